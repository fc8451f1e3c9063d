"""Which trades the tape shows and what they add up to: the same as looking at every trade, after any history."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from protocols.market.events import Trade, TradePrinted, TradeState
from protocols.market.form_text import TextRefused
from protocols.market.instruments import ContractKey
from protocols.market.tape import Tape
from protocols.market.times import UtcNs
from protocols.market.values import MAXIMUM
from tests.widgets.desk import M7, Desk, price, quantity
from widgets.tape import columns
from widgets.tape.columns import BOUGHT, OWN, RECALLED, SOLD
from widgets.tape.evaluation import exact_sums
from widgets.tape.filter import TapeFilter, filter_from_text
from widgets.tape.rows import TapeRows

A, B, GB = "DE-AMPRION", "DE-TENNET", "UK-ELEXON"
CAPACITY = 12
FILTERS = ("", "15q4", "amprion", "tennet→de-amprion", "own", "bought", "recalled", ">2", "2..3", "<=2 amprion", "=9")
SIZES = ("1", "2", "3", "7.5")


class Looking(RuleBasedStateMachine):
    """A tape and its rows beside a plain look at every trade of it."""

    @initialize()
    def begin(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(columns, "COMPACT_AFTER", 3)
        self.desk = Desk()
        self.keys = [
            self.desk.contract(A, "15Q4"),
            self.desk.contract(B, "15Q4"),
            self.desk.contract(GB, "1H", minutes=60, unit="GBP/MWh"),
        ]
        self.later = ContractKey(M7, A, f"{A}/16Q1")
        self.tape = Tape(CAPACITY)
        self.rows = TapeRows(self.tape, self.desk.market.contracts)
        self.text, self.linked, self.only, self.merged = "", False, None, False
        self.own: dict[tuple[str, str], int] = {}
        self.known: set[int] = set()
        self.settled = True

    @rule(
        told=st.lists(
            st.tuples(
                st.integers(0, 30),  # which trade
                st.integers(1, 3),  # its revision
                st.sampled_from(("1", "1", "-2.5")),
                st.sampled_from(SIZES),
                st.sampled_from((TradeState.ACTIVE,) * 4 + tuple(TradeState)),
                st.sampled_from((7, 7, 8, None)),  # executed
                st.tuples(st.integers(0, 3), st.integers(0, 3)),  # buyer's and seller's contract
            ),
            min_size=1,
            max_size=12,
        )
    )
    def told(self, told) -> None:
        keys = [*self.keys, self.later]
        for name, revision, at, much, state, when, sides in told:
            trade = Trade(
                M7, str(name), revision, price(at), quantity(much), state, state.value,
                None if when is None else UtcNs(when), keys[sides[0]], keys[sides[1]],
            )  # fmt: skip
            self.tape.apply(TradePrinted("", trade))
        self.settled = False

    @rule(text=st.sampled_from(FILTERS), linked=st.booleans(), only=st.integers(-1, 2), merged=st.booleans())
    def choose(self, text, linked, only, merged) -> None:
        self.text, self.linked, self.only, self.merged = text, linked, self.keys[only] if only >= 0 else None, merged
        self.rows.choose(filter_from_text(text), linked, self.only, merged)
        self.settled = False

    @rule(name=st.integers(0, 30), side=st.sampled_from((BOUGHT, SOLD)))
    def ours(self, name, side) -> None:
        self.own = {**self.own, (M7, str(name)): OWN | side}
        self.rows.set_own(self.own)
        self.settled = False

    @rule()
    def listed(self) -> None:
        self.desk.contract(A, "16Q1")
        self.rows.contracts_listed()
        self.settled = False

    @rule(limit=st.integers(1, 20))
    def frame(self, limit) -> None:
        before = [self.rows.number(row) for row in range(self.rows.count)]
        known = self.rows.columns
        news = self.rows.advance(limit)
        if known is self.rows.columns:  # else the log was cut: all is counted anew
            assert not set(news.rows) & set(before)
        self.settled = not self.rows.behind

    @invariant()
    def rows_know_their_places(self) -> None:
        for row in range(self.rows.count):
            number = self.rows.number(row)
            if number is not None and self.settled:
                assert self.rows.row_of(number) == row
                assert self.rows.row_at_or_below(number) == row

    @invariant()
    def the_same_as_looking_at_every_trade(self) -> None:
        if not self.settled:
            return
        shown = [self.rows.number(row) for row in range(self.rows.count)]
        passing = [number for group in self.groups() if self.passes(group) for number in group]
        assert sorted(self.rows.trade_numbers()) == sorted(passing)
        assert sorted(member for number in shown for member in self.rows.members(number)) == sorted(passing)
        assert shown == sorted(shown, reverse=True)
        if not self.merged:
            assert sorted(shown) == sorted(passing)
        standing = [self.tape.row(number) for number in passing if self.tape.row(number).state.stands]
        sums = self.rows.totals().values()
        assert sum(total.count for total in sums) == len(standing)
        assert sum(total.quantity for total in sums) == sum(trade.quantity for trade in standing)
        assert sum(total.value for total in sums) == sum(trade.price * trade.quantity for trade in standing)

    def teardown(self) -> None:
        if hasattr(self, "patch"):
            self.patch.undo()

    def groups(self) -> Iterable[list[int]]:
        groups: dict[object, list[int]] = {}
        for number in range(self.tape.first, self.tape.end):
            trade = self.tape.row(number)
            alone = (
                not self.merged
                or trade.state is not TradeState.ACTIVE
                or trade.executed_at is None
                or (trade.connection, trade.identifier) in self.own
            )
            key = number if alone else (trade.buy, trade.sell, trade.price, trade.executed_at)
            groups.setdefault(key, []).append(number)
        return groups.values()

    def passes(self, group: list[int]) -> bool:
        trade = self.tape.row(group[0])
        if self.linked and self.only not in (trade.buy, trade.sell):
            return False
        size = sum(self.tape.row(number).quantity for number in group)
        marks = self.own.get((trade.connection, trade.identifier), 0)
        area = trade.buy.area if trade.buy == trade.sell else f"{trade.sell.area}→{trade.buy.area}"
        names = [key.contract_id for key in (trade.buy, trade.sell)]
        two = quantity("2")
        return {
            "": True,
            "15q4": any(name.endswith("15Q4") for name in names),
            "amprion": "AMPRION" in area,
            "tennet→de-amprion": area == f"{B}→{A}",
            "own": bool(marks),
            "bought": bool(marks & BOUGHT),
            "recalled": trade.state is TradeState.RECALLED,
            ">2": size > two,
            "2..3": two <= size <= quantity("3"),
            "<=2 amprion": size <= two and "AMPRION" in area,
            "=9": size == quantity("9"),
        }[self.text]


TestLooking = Looking.TestCase
TestLooking.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)


def test_a_trade_is_shown_though_the_log_was_cut_before_it_was_read() -> None:
    desk = Desk()
    key = desk.contract(A, "15Q4")
    tape = Tape(10)
    rows = TapeRows(tape, desk.market.contracts)

    def tell(name: str, revision: int) -> None:
        trade = Trade(M7, name, revision, price("1"), quantity("1"), TradeState.ACTIVE, "", UtcNs(0), key, key)
        tape.apply(TradePrinted("", trade))

    tell("old", 1)
    rows.choose(filter_from_text("15q4"), False, None, False)
    rows.advance()
    tell("new", 1)
    for revision in range(2, 20):
        tell("old", revision)
    while rows.behind or rows.columns.lost:
        rows.advance()
    assert [rows.trade(row).identifier for row in range(rows.count)] == ["new", "old"]


INTEGERS = st.integers(-MAXIMUM, MAXIMUM)


@given(st.lists(st.tuples(INTEGERS, INTEGERS), max_size=50))
def test_sums_of_products_are_exact_whatever_their_size(pairs) -> None:
    one = np.array([pair[0] for pair in pairs], np.int64)
    other = np.array([pair[1] for pair in pairs], np.int64)
    products = sum(first * second for first, second in pairs)
    assert exact_sums(one, other) == (sum(second for _, second in pairs), products)


def test_many_of_the_largest_do_not_overflow() -> None:
    most = np.full(200_000, -MAXIMUM, np.int64)
    assert exact_sums(most, most) == (-200_000 * MAXIMUM, 200_000 * MAXIMUM**2)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        (">10", Fraction(10) + Fraction(1, 10**9), None),
        (">=10", 10, None),
        ("<1,5", None, Fraction("1.499999999")),
        ("<=1.5", None, Fraction("1.5")),
        ("=0.1", Fraction("0.1"), Fraction("0.1")),
        ("10..50", 10, 50),
        ("0.5..", Fraction("0.5"), None),
        (">", None, None),
        (">5 >10 <50 <=20", Fraction(10) + Fraction(1, 10**9), 20),
    ],
)
def test_sizes_are_read_exactly(text, least, most) -> None:
    chosen = filter_from_text(text)
    for found, wanted in ((chosen.least, least), (chosen.most, most)):
        assert found == (None if wanted is None else wanted * 10**9)
    assert chosen.words == ()


def test_words_marks_and_sizes_together() -> None:
    assert filter_from_text("DE-AMPRION->de-tennet Recalled own 15Q") == TapeFilter(
        ("de-amprion→de-tennet", "15q"), RECALLED | OWN
    )
    assert filter_from_text("  ").passes_all


@pytest.mark.parametrize("text", [">abc", "<-5", "=1.2.3", ">1'000"])
def test_a_size_that_cannot_be_read_is_refused_in_words(text) -> None:
    with pytest.raises(TextRefused, match="“"):
        filter_from_text(text)
