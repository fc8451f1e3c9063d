"""The tape: one row a trade, whatever is reported again."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.events import Trade, TradePrinted, TradeState
from protocols.market.instruments import ContractKey
from protocols.market.tape import Tape
from protocols.market.values import SCALE, Price, Quantity

BUY = ContractKey("EPEX M7", "DE-AMPRION", "1")
SELL = ContractKey("EPEX M7", "DE-TENNET", "2")


def printed(
    identifier: str, revision: int = 1, state: TradeState = TradeState.ACTIVE, at: int | None = 0
) -> TradePrinted:
    trade = Trade("EPEX M7", identifier, revision, Price(SCALE), Quantity(SCALE), state, "", at, BUY, SELL)  # type: ignore[arg-type]
    return TradePrinted("trades", trade)


def last_identifier(tape: Tape) -> str | None:
    last = tape.last_standing(BUY)
    return last and last.identifier


def test_a_trade_across_areas_is_one_row_of_both_contracts() -> None:
    tape = Tape()
    assert tape.apply(printed("T1"))
    assert not tape.apply(printed("T1")), "reported once per area"
    assert len(tape) == 1
    assert tape.rows_of(BUY) == tape.rows_of(SELL) == [0]


def test_a_later_revision_replaces_its_row_and_an_earlier_one_does_not() -> None:
    tape = Tape()
    tape.apply(printed("T1", 1))
    tape.apply(printed("T2", 1))
    tape.apply(printed("T1", 3, TradeState.RECALLED))
    tape.apply(printed("T1", 2, TradeState.DISPUTED))
    assert [tape.row(number).state for number in range(2)] == [TradeState.RECALLED, TradeState.ACTIVE]
    assert tape.changed == [0, 1, 0]


def test_the_last_price_skips_recalled_trades_and_follows_execution_time() -> None:
    tape = Tape()
    tape.apply(printed("T1", at=10))
    tape.apply(printed("T2", at=30))
    tape.apply(printed("T3", at=20))
    assert last_identifier(tape) == "T2"
    tape.apply(printed("T2", 2, TradeState.RECALLED, at=30))
    assert last_identifier(tape) == "T3"


def test_the_last_price_does_not_depend_on_the_order_of_reports() -> None:
    tape = Tape()
    for at in range(200, 0, -1):
        tape.apply(printed(f"T{at}", at=at))
    assert last_identifier(tape) == "T200"
    for at in range(200, 100, -1):
        tape.apply(printed(f"T{at}", 2, TradeState.CANCELLED, at=at))
    assert last_identifier(tape) == "T100"


def test_each_area_may_report_its_own_side_only() -> None:
    tape = Tape()
    one, other = printed("T1").trade, printed("T1", 2).trade
    tape.apply(TradePrinted("trades", msgspec.structs.replace(one, sell=None)))
    assert tape.rows_of(SELL) == []
    tape.apply(TradePrinted("trades", msgspec.structs.replace(one, buy=None)))
    assert (tape.row(0).buy, tape.row(0).sell) == (BUY, SELL)
    tape.apply(TradePrinted("trades", msgspec.structs.replace(other, buy=None)))
    assert (tape.row(0).buy, tape.row(0).revision) == (BUY, 2)
    assert tape.rows_of(BUY) == tape.rows_of(SELL) == [0]


def test_a_side_told_late_stands_in_the_order_of_the_tape() -> None:
    tape = Tape()
    tape.apply(TradePrinted("trades", msgspec.structs.replace(printed("T1").trade, sell=None)))
    tape.apply(printed("T2"))
    tape.apply(printed("T1"))
    assert tape.rows_of(SELL) == [0, 1]


def test_a_revision_that_moves_a_trade_to_another_contract_leaves_nothing_behind() -> None:
    tape = Tape(capacity=3)
    tape.apply(printed("T1"))
    tape.apply(TradePrinted("trades", msgspec.structs.replace(printed("T1", 2).trade, buy=SELL)))
    assert (tape.rows_of(BUY), tape.rows_of(SELL), tape.last_standing(BUY)) == ([], [0], None)
    for number in range(2, 9):
        tape.apply(printed(f"T{number}"))
    assert tape.rows_of(BUY) == tape.rows_of(SELL) == [5, 6, 7]


def test_what_is_forgotten_leaves_the_contracts_and_the_last_price() -> None:
    tape = Tape(capacity=3)
    tape.apply(printed("late", at=99))
    for number in range(3):
        tape.apply(printed(f"T{number}", at=number))
    assert tape.number_of("EPEX M7", "late") is None
    assert tape.number_of("EPEX M7", "T0") == 1
    assert tape.rows_of(BUY) == tape.rows_of(SELL) == [1, 2, 3]
    assert last_identifier(tape) == "T2"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4)), max_size=120))
def test_over_capacity_the_oldest_are_forgotten_and_numbers_stay(reports: list[tuple[int, int]]) -> None:
    tape = Tape(capacity=10)
    for name, revision in reports:
        tape.apply(printed(f"T{name}", revision))
        assert len(tape) <= 10
        assert tape.end - tape.first == len(tape)
        rows = tape.rows_of(BUY)
        assert rows == list(range(tape.first, tape.end))
        assert all(number < tape.end for number in tape.changed)
        assert len(tape.changed) <= 11
    assert len({tape.row(number).identifier for number in range(tape.first, tape.end)}) == len(tape)
