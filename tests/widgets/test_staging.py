"""Putting an order together: always on tick and step, never following the market, never in silence."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.eznergy.rules import keeps_place
from protocols.market.book import Book
from protocols.market.commands import AmendOrder, PlaceOrder, PowerTerms
from protocols.market.events import BookOrder, BookReplaced
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Price, Quantity, Side
from tests.widgets.desk import M7, NOON, form_of, price, quantity
from widgets import staging
from widgets.staging import Entry, NotStaged, Stage

KEY = ContractKey(M7, "DE-AMPRION", "1")
SPEC = InstrumentSpec(price("0.01"), quantity("0.1"), 2, 1, "EUR/MWh", "MW")
CONTRACT = PowerContract(KEY, "1", "15Q4", "QuarterHour", "Local", NOON, UtcNs(NOON + 15 * MINUTE), SPEC)
NEXT = msgspec.structs.replace(CONTRACT, key=ContractKey(M7, "DE-AMPRION", "2"), name="16Q1")
TEN = quantity("10")
M7_FORM = form_of(CONTRACT)
assert M7_FORM is not None


def book_of(bid: str | None, ask: str | None, key: ContractKey = KEY) -> Book:
    book = Book(key, "b")
    bids = (BookOrder("b", price(bid), TEN),) if bid else ()
    asks = (BookOrder("a", price(ask), TEN),) if ask else ()
    book.apply(BookReplaced("b", key, bids, asks))
    return book


def order(
    at: str = "38.40", much: str = "10", left: str | None = None, status: OrderStatus = OrderStatus.WORKING
) -> Order:
    remaining = quantity(left or much)
    return Order(M7, "c1", KEY, Side.BUY, price(at), quantity(much), remaining, PowerTerms(), status, True)


@pytest.mark.parametrize(
    ("side", "take", "bid", "ask", "staged"),
    [
        (Side.BUY, False, "38.40", "38.60", "38.40"),
        (Side.SELL, False, "38.40", "38.60", "38.60"),
        (Side.BUY, True, "38.40", "38.60", "38.60"),
        (Side.SELL, True, "38.40", "38.60", "38.40"),
        (Side.BUY, False, "-5.00", None, "-5.00"),
        # Off the tick: joined away from the market, taken beyond.
        (Side.BUY, False, "38.405", None, "38.40"),
        (Side.SELL, False, None, "38.405", "38.41"),
        (Side.BUY, True, None, "38.405", "38.41"),
        (Side.SELL, True, "38.405", None, "38.40"),
        (Side.BUY, False, "-0.505", None, "-0.51"),
    ],
)
def test_join_and_take(side: Side, take: bool, bid: str | None, ask: str | None, staged: str) -> None:
    stage = staging.at_best(CONTRACT, book_of(bid, ask), side, TEN, take)
    assert (stage.side, stage.price, stage.quantity) == (side, price(staged), TEN)


@pytest.mark.parametrize(
    ("side", "take", "bid", "ask", "why"),
    [
        (Side.BUY, False, None, "38.60", "No bids: nothing to join"),
        (Side.SELL, False, "38.40", None, "No asks: nothing to join"),
        (Side.BUY, True, "38.40", None, "No asks: nothing to take"),
        (Side.SELL, True, None, None, "No bids: nothing to take"),
    ],
)
def test_an_empty_side_stages_nothing_and_says_why(
    side: Side, take: bool, bid: str | None, ask: str | None, why: str
) -> None:
    with pytest.raises(NotStaged, match=why):
        staging.at_best(CONTRACT, book_of(bid, ask), side, TEN, take)


PRICES = st.integers(-(10**15), 10**15).map(Price)
SPACINGS = st.sampled_from([1, 10**6, 10**7, 25 * 10**7, 10**9])


@given(PRICES, st.lists(st.integers(-1000, 1000)), SPACINGS, st.sampled_from(Side))
def test_a_price_is_on_tick_after_any_nudges(at: Price, nudges: list[int], tick: int, side: Side) -> None:
    now = staging.on_tick(at, side, tick)
    assert now % tick == 0
    assert 0 <= (at - now if side is Side.BUY else now - at) < tick
    for ticks in nudges:
        before, now = now, staging.nudged_price(now, ticks, tick)
        assert now == before + ticks * tick


@given(PRICES, SPACINGS, st.sampled_from([-10, -1, 1, 10]))
def test_a_nudge_from_off_the_tick_leads_to_the_neighbour(at: Price, tick: int, ticks: int) -> None:
    now = staging.nudged_price(at, ticks, tick)
    assert now % tick == 0
    assert 0 < (now - at) * (1 if ticks > 0 else -1) <= abs(ticks) * tick


@given(st.integers(1, 10**13).map(Quantity), st.lists(st.integers(-1000, 1000)), SPACINGS)
def test_a_quantity_is_in_steps_and_never_below_one(much: Quantity, nudges: list[int], step: int) -> None:
    now = staging.on_step(much, step)
    for steps in (0, *nudges):
        now = staging.nudged_quantity(now, steps, step)
        assert now >= step
        assert now % step == 0


@given(st.lists(st.sampled_from(["38.40", "38.41", "-5", "0.07", None]), min_size=2), st.sampled_from(Side))
def test_what_is_staged_never_follows_the_market(bids: list[str | None], side: Side) -> None:
    book = book_of("38.40", "38.60")
    stage = staging.at_best(CONTRACT, book, side, TEN)
    said, asked = staging.preview(stage, CONTRACT), staging.to_command(stage)
    for number, bid in enumerate(bids):
        orders = (BookOrder(str(number), price(bid), TEN),) if bid else ()
        book.apply(BookReplaced("b", KEY, orders, ()))
        assert (staging.preview(stage, CONTRACT), staging.to_command(stage)) == (said, asked)


# Typing


@pytest.mark.parametrize(
    ("keys", "value"),
    [("12.5", "12.5"), ("12,5", "12.5"), ("7", "7"), ("7.", "7"), (".5", "0.5"), ("12\b5", "15"), ("a1 x2", "12")],
)
def test_typing_a_quantity(keys: str, value: str) -> None:
    entry = Entry().typed(keys)
    assert entry.fault(SPEC) == ""
    assert entry.read(SPEC) == quantity(value)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("", "No quantity was typed"),
        ("12.55", "12.55 is not a multiple of 0.1 MW"),
        ("0", "more than 0"),
        ("1.2.3", "1.2.3 is not a quantity"),
        (".", "not a quantity"),
        ("9999999999999999", "out of range"),
    ],
)
def test_what_is_no_quantity_says_why(keys: str, why: str) -> None:
    entry = Entry().typed(keys)
    with pytest.raises(NotStaged, match=why):
        entry.read(SPEC)
    assert bool(entry.fault(SPEC)) == bool(keys)


@given(st.text("0123456789.,\b", max_size=20))
def test_whatever_is_typed_is_a_quantity_in_steps_or_refused(keys: str) -> None:
    try:
        value = Entry().typed(keys).read(SPEC)
    except NotStaged:
        return
    assert value > 0
    assert value % SPEC.step == 0


# Terms and previews


def test_the_preview_says_everything_that_is_sent() -> None:
    stage = staging.at_best(CONTRACT, book_of("38.40", None), Side.BUY, TEN)
    assert staging.preview(stage, CONTRACT) == "BUY 10.0 MW 15Q4 DE-AMPRION @ 38.40 GFS"
    stage = staging.with_display(staging.next_terms(stage, M7_FORM), quantity("5"))
    assert staging.preview(stage, CONTRACT) == "BUY 10.0 MW 15Q4 DE-AMPRION @ 38.40 GFS IOC shows 5.0"
    stage = msgspec.structs.replace(stage, side=Side.SELL, price=price("-0.5"))
    assert staging.preview(stage, CONTRACT).startswith("SELL 10.0 MW 15Q4 DE-AMPRION @ −0.50")


@pytest.mark.parametrize(
    ("scope", "field", "round_"),
    [
        ("m7", "restriction", ["None", "ImmediateOrCancel", "FillOrKill", "AllOrNone", "None"]),
        ("npid", "validity", ["GoodForSession", "ImmediateOrCancel", "FillOrKill", "GoodForSession"]),
    ],
)
def test_terms_go_round_in_the_words_of_the_contracts_own_form(scope: str, field: str, round_: list[str]) -> None:
    """`GoodToDate` needs a date, which one key can't give."""
    form = form_of(msgspec.structs.replace(CONTRACT, scope=scope))
    assert form is not None
    stage, seen = staging.at_best(CONTRACT, book_of("38.40", None), Side.BUY, TEN), []
    for _ in round_:
        seen.append(getattr(stage.terms, field))
        stage = staging.next_terms(stage, form)
    assert seen == round_


def test_terms_that_go_on_from_a_date_have_none() -> None:
    stage = staging.at_best(CONTRACT, book_of("38.40", None), Side.BUY, TEN)
    dated = PowerTerms(validity="GoodToDate", validity_until=UtcNs(1))
    form = form_of(msgspec.structs.replace(CONTRACT, scope="npid"))
    assert form is not None
    assert staging.next_terms(msgspec.structs.replace(stage, terms=dated), form).terms == PowerTerms()


def test_a_block_order_is_not_amended() -> None:
    block = msgspec.structs.replace(order(), terms=PowerTerms("Aon", "FillOrKill", kind="UserDefinedBlock"))
    with pytest.raises(NotStaged, match="UserDefinedBlock"):
        staging.amendment(CONTRACT, book_of("38.40", None), block)


def test_an_iceberg_shows_less_than_it_is_for() -> None:
    stage = staging.at_best(CONTRACT, book_of("38.40", None), Side.BUY, TEN)
    with pytest.raises(NotStaged, match="must be for more"):
        staging.with_display(stage, TEN)
    stage = staging.with_quantity(staging.with_display(stage, quantity("5")), quantity("4"))
    with pytest.raises(NotStaged, match="must be for more"):
        staging.to_command(stage)


# Amendments


def amended(to: str = "38.40", much: str = "10", before: Order | None = None) -> Stage:
    stage = staging.amendment(CONTRACT, book_of("38.40", "38.60"), before or order())
    return msgspec.structs.replace(stage, price=price(to), quantity=quantity(much))


@pytest.mark.parametrize(
    ("to", "much", "said"),
    [
        ("38.40", "8", "MODIFY BUY 10.0 @ 38.40 → 8.0 @ 38.40: keeps its place"),
        ("38.40", "12", "MODIFY BUY 10.0 @ 38.40 → 12.0 @ 38.40: loses its place"),
        ("38.41", "8", "MODIFY BUY 10.0 @ 38.40 → 8.0 @ 38.41: loses its place"),
        ("38.40", "10", "MODIFY BUY 10.0 @ 38.40: nothing changed yet"),
    ],
)
def test_an_amendment_tells_of_its_place(to: str, much: str, said: str) -> None:
    assert staging.preview(amended(to, much), CONTRACT, keeps_place=keeps_place) == said


def test_without_a_rule_no_place_is_promised() -> None:
    assert staging.preview(amended(much="8"), CONTRACT).endswith("may lose its place")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("38.39", "first in the queue"),
        ("38.40", "behind 10.0 / 1"),
        ("38.60", "trades at once: the best ask is 38.60"),
    ],
)
def test_an_amendment_tells_where_it_goes(to: str, said: str) -> None:
    assert staging.new_place(amended(to), order(), book_of("38.40", "38.60"), CONTRACT.spec) == said


def test_only_what_was_changed_is_asked_for() -> None:
    assert staging.to_command(amended("38.41"), order()) == AmendOrder(M7, "c1", None, price("38.41"))
    assert staging.to_command(amended(much="8"), order()) == AmendOrder(M7, "c1", quantity("8"), None)
    with pytest.raises(NotStaged, match="Nothing is changed"):
        staging.to_command(amended(), order())


def test_a_fill_in_between_is_not_overwritten() -> None:
    filled = order(left="6", status=OrderStatus.PARTLY_FILLED)
    # Only the price was changed: what remains stays what remains.
    assert staging.to_command(amended("38.41"), filled) == AmendOrder(M7, "c1", None, price("38.41"))
    assert staging.preview(amended("38.41"), CONTRACT, filled).startswith("MODIFY BUY 6.0 @ 38.40 → 6.0 @ 38.41")
    with pytest.raises(NotStaged, match="changed meanwhile"):
        staging.to_command(amended(much="8"), filled)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (None, "not known"),
        (order(status=OrderStatus.FILLED), "is filled"),
        (order(status=OrderStatus.IN_DOUBT), "in doubt"),
        (order(status=OrderStatus.PENDING), "pending"),
        (msgspec.structs.replace(order(), request=Request.CANCEL), "cancel request is not answered"),
        (order("38.39"), "changed meanwhile"),
    ],
)
def test_an_order_that_may_not_be_asked_is_not_amended(now: Order | None, why: str) -> None:
    with pytest.raises(NotStaged, match=why):
        staging.to_command(amended("38.41"), now)


def test_an_amendment_changes_price_and_quantity_only() -> None:
    for act in (
        lambda stage: staging.next_terms(stage, M7_FORM),
        lambda stage: staging.with_display(stage, quantity("1")),
    ):
        with pytest.raises(NotStaged, match="price and quantity only"):
            act(amended())


# Hopping


@given(st.integers(-500, 500), st.integers(-2000, 2000))
def test_a_hop_keeps_the_distance_to_the_best_and_the_quantity(ticks: int, elsewhere: int) -> None:
    stage = staging.with_price(staging.at_best(CONTRACT, book_of("38.40", None), Side.BUY, TEN), ticks, SPEC.tick)
    there = Book(NEXT.key, "b")
    best = Price(elsewhere * SPEC.tick)
    there.apply(BookReplaced("b", NEXT.key, (BookOrder("b", best, TEN),), ()))
    hopped = staging.hopped(stage, NEXT, there)
    assert (hopped.key, hopped.price, hopped.quantity) == (NEXT.key, best + ticks * SPEC.tick, TEN)
    back = staging.hopped(hopped, CONTRACT, book_of("38.40", None))
    assert back == stage


def test_a_hop_to_where_there_is_nothing_to_compare_with_drops() -> None:
    stage = staging.at_best(CONTRACT, book_of("38.40", None), Side.BUY, TEN)
    with pytest.raises(NotStaged, match="16Q1 has no bids"):
        staging.hopped(stage, NEXT, book_of(None, "50", NEXT.key))
    with pytest.raises(NotStaged, match="another contract"):
        staging.hopped(amended(), NEXT, book_of("38", None, NEXT.key))
    lone = staging.at_price(CONTRACT, book_of(None, None), Side.BUY, price("1"), TEN)
    with pytest.raises(NotStaged, match="no best price"):
        staging.hopped(lone, NEXT, book_of("38", None, NEXT.key))


def test_a_new_order_asks_for_what_the_preview_says() -> None:
    stage = staging.at_price(CONTRACT, book_of("38.40", None), Side.SELL, price("39.999"), TEN)
    assert staging.to_command(stage) == PlaceOrder(KEY, Side.SELL, TEN, price("40.00"), PowerTerms())
