"""What is executed of our orders, as the nearest to a trade that the venue tells: each once, at what was paid."""

from typing import Any

import pytest

from protocols.market.executions import Executions
from protocols.market.order_events import OwnExecuted
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


def executed(quantity: int, total: int) -> OwnExecuted:
    return OwnExecuted(key(), "a", Side.BUY, Quantity(quantity), Quantity(total), Price(7), UtcNs(0))


def test_what_overlaps_counts_once_and_has_no_price() -> None:
    fold = Executions()
    for event in (executed(4, 4), executed(4, 4), executed(10, 10), executed(3, 9)):
        fold.apply(event)
    assert [(each.quantity, each.price) for each in fold.of(key())] == [(4, 7), (6, None)]
    assert fold.revision == 2
