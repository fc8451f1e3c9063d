"""What is executed of our orders, as the nearest to a trade that the venue tells: each once, at what was paid."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.executions import Executions
from protocols.market.order_events import OwnExecuted
from protocols.market.profit import Turnover, rounded
from protocols.market.times import UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.support.fx import FxDesk, key, order, price, record

AT = utc_from_text("2026-11-20T13:29:30Z")


def execute(desk: FxDesk, client_id: str, executed: int, **more: Any) -> None:
    status = "FILLED" if executed == 10_000 else "PARTIAL_FILL"
    fields = {"status": status, "executedQty": executed, "transactTime": "2026-11-20T13:29:30Z", **more}
    desk.say({"event": "execution", "payload": record(client_id, 1, **fields)})


def told(desk: FxDesk) -> list[tuple[int, Price | None]]:
    return [(each.quantity // SCALE, each.price) for each in desk.desk.market.executions.of(key())]


def test_each_growth_is_one_execution_at_what_it_cost(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    execute(desk, client_id, 4_000, cummulativeQuoteQty=4_200)
    execute(desk, client_id, 4_000, cummulativeQuoteQty=4_200)
    execute(desk, client_id, 10_000, cummulativeQuoteQty=10_560)
    assert told(desk) == [(4_000, price("1.05")), (6_000, price("1.06"))]
    first = desk.desk.market.executions.of(key())[0]
    assert (first.side, first.at, first.client_id) == (Side.BUY, AT, client_id)


def test_what_nobody_said_is_not_made_up(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    execute(desk, client_id, 4_000)
    execute(desk, client_id, 10_000, cummulativeQuoteQty=10_560)
    assert told(desk) == [(4_000, None), (6_000, None)]


@pytest.mark.parametrize(
    ("fills", "at"),
    [
        ([{"price": 1.04, "qty": 5000}, {"price": 1.05, "qty": 5000}], "1.045"),
        ([{"price": 1.04, "qty": 5000}], None),
    ],
)
def test_fills_are_believed_where_they_add_up(desk: FxDesk, fills: list[dict[str, float]], at: str | None) -> None:
    client_id = desk.submit(order())
    execute(desk, client_id, 10_000, fills=fills)
    assert told(desk) == [(10_000, price(at))]


def test_a_session_that_begins_anew_tells_nothing_twice(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    execute(desk, client_id, 4_000, cummulativeQuoteQty=4_200)
    desk.connect_anew()
    desk.open()
    part = {"status": "PARTIAL_FILL", "executedQty": 4_000, "cummulativeQuoteQty": 4_200}
    desk.answer(desk.last("orders"), [record(client_id, 1, **part)])
    execute(desk, client_id, 10_000, cummulativeQuoteQty=10_560)
    assert [quantity for quantity, _ in told(desk)] == [4_000, 6_000]


def test_a_colleagues_executions_are_not_ours(desk: FxDesk) -> None:
    execute(desk, "somebody-else", 10_000, cummulativeQuoteQty=10_500)
    assert told(desk) == []


def executed(quantity: int, total: int, at: int | None = 7) -> OwnExecuted:
    paid = None if at is None else Price(at)
    return OwnExecuted(key(), "a", Side.BUY, Quantity(quantity), Quantity(total), paid, UtcNs(0))


def folded(*events: OwnExecuted) -> Executions:
    fold = Executions()
    for event in events:
        fold.apply(event)
    return fold


def shares(fold: Executions) -> list[tuple[int, Price | None]]:
    return [(each.quantity, each.price) for each in fold.of(key())]


def test_what_overlaps_counts_once_and_has_no_price() -> None:
    fold = folded(executed(4, 4), executed(4, 4), executed(8, 10), executed(3, 9))
    assert shares(fold) == [(4, 7), (6, None)]
    assert fold.revision == 2
    assert fold.turnover(key()) == Turnover(bought=10, bought_value=28, unpriced=6)


def test_an_order_told_as_a_whole_prices_what_was_not_told_before() -> None:
    """A list says of an order that is known in part what all of it came to: the rest is the difference."""
    fold = folded(executed(4, 4, 7), executed(10, 10, 10))
    assert shares(fold) == [(4, 7), (6, 12)]
    assert fold.turnover(key()) == Turnover(bought=10, bought_value=100)


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        # Which part cost what nobody said, but what they cost together.
        ([executed(4, 4, None), executed(6, 10, 9)], executed(10, 10, 8), [(4, None), (6, 9)]),
        ([executed(4, 4, None)], executed(10, 10, 8), [(4, None), (6, None)]),
        ([executed(10, 10, None)], executed(10, 10, 8), [(10, 8)]),
        # 1 of 10 000 at an average that is rounded: too much of the rounding would be in its price.
        ([executed(9_999, 9_999, 8)], executed(10_000, 10_000, 8), [(9_999, 8), (1, None)]),
    ],
)
def test_what_all_of_it_came_to_counts_whoever_paid_which_part(
    first: list[OwnExecuted], then: OwnExecuted, expected: list[tuple[int, int | None]]
) -> None:
    fold = folded(*first, then)
    assert shares(fold) == expected
    assert fold.turnover(key()) == Turnover(bought=then.executed, bought_value=8 * then.executed)


@pytest.mark.parametrize("ordered", [10, 100_000])
def test_what_can_not_be_true_together_has_no_price(ordered: int) -> None:
    """All of it cheaper than a part of it."""
    first = ordered - 1
    fold = folded(executed(first, first, 100), executed(ordered, ordered, 7))
    assert shares(fold) == [(first, 100), (1, None)]
    assert fold.turnover(key()) == Turnover(bought=ordered, bought_value=100 * first, unpriced=1)
    before = fold.revision
    for event in (executed(first, first, None), executed(ordered, ordered, 7)):
        fold.apply(event)
    assert (fold.revision, shares(fold)) == (before, [(first, 100), (1, None)])


parts = st.lists(st.tuples(st.integers(1, 10**6), st.integers(10**8, 10**12) | st.none()), min_size=1, max_size=6)


@given(parts=parts, cut=st.integers(0, 6), say=st.booleans(), seed=st.randoms())
def test_told_again_by_another_run_it_adds_up_to_the_same(parts, cut, say, seed) -> None:
    """The journal's executions first, then the venue's list of the same order as a whole, and late pushes of parts."""
    total, events = 0, []
    for quantity, at in parts:
        total += quantity
        events.append(executed(quantity, total, at))
    paid = None if any(at is None for _, at in parts) else sum(quantity * at for quantity, at in parts)
    whole = executed(total, total, None if paid is None or not say else rounded(paid, total))
    late = seed.sample(events, len(events))
    once, again = folded(*events), folded(*events[:cut], whole, *late, whole)
    net, other = once.turnover(key()), again.turnover(key())
    assert (other.bought, other.sold) == (net.bought, net.sold) == (total, 0)
    if whole.price is not None:
        assert other.unpriced == 0
        assert abs(other.bought_value - net.bought_value) <= total, "an average is exact to 1e-9"
    else:
        assert other.unpriced >= net.unpriced, "nothing is known of it that was not told"
    assert sum(each.quantity for each in again.of(key())) == total
