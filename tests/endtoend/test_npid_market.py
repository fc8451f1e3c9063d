"""A contract of Nord Pool whose borders close while it is looked at and traded: the same row, described anew."""

import pytest
from PySide6.QtCore import Qt

from protocols.market.instruments import ContractKey
from protocols.market.orders import OrderStatus
from protocols.market.times import HOUR, MINUTE
from tests.endtoend.support import Desk, connection
from tests.endtoend.test_orders import own
from tests.endtoend.turned import TurnedClock, venue_by
from widgets.area_states.columns import MARKET

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key


def hours_from(desk: Desk, begins: int) -> list[ContractKey]:
    """The hour contracts whose delivery begins then: one, whatever becomes of its description."""
    return [
        key
        for key, contract in desk.market.contracts.items()
        if (contract.area, contract.product, contract.delivery_start) == ("DE-AMPRION", "P60Min", begins)
    ]


def market_cell(desk: Desk, key: ContractKey) -> str:
    """What the contract's row in the panel says of its market; empty when it has no row."""
    panel = desk.window.area_states
    row = panel._rows.index_of_contract(key)
    return "" if row is None else panel._source.cell(row, MARKET).text


def arm(desk: Desk) -> None:
    desk.key(K.Key_A, CTRL | SHIFT)
    assert desk.terminal.trading.armed


async def test_a_contract_that_becomes_local_keeps_row_book_ladder_and_orders() -> None:
    clock = TurnedClock(past_the_hour=56 * MINUTE)
    with venue_by(clock) as port:
        desk = Desk(clock=clock)
        await desk.open()
        try:
            await becomes_local(desk, clock, port)
        finally:
            await desk.close()


async def becomes_local(desk: Desk, clock: TurnedClock, port: int) -> None:
    await desk.connect(connection(port, "npid", areas=("DE-AMPRION",), products=("P60Min", "P15Min")))
    await desk.live()
    now = clock().utc
    begins = now - now % HOUR + 2 * HOUR  # across borders until the next full hour
    (key,) = hours_from(desk, begins)
    desk.window.group.choose(key)
    desk.window.docking.focus("ladder")
    ladder = desk.window.ladder
    await desk.until(lambda: ladder.painted is not None and ladder.painted.condition.live)
    arm(desk)
    desk.key(K.Key_B)
    for _ in range(40):
        desk.key(K.Key_Down, SHIFT)  # far enough that nobody trades with it in the minutes to come
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk) and own(desk)[0].status is OrderStatus.WORKING)
    order, book = own(desk)[0], desk.market.books[key]
    await desk.until(lambda: market_cell(desk, key) == "Xbid")

    clock.forward(4 * MINUTE)
    await desk.until(lambda: market_cell(desk, key) == "Local")

    state = desk.market.area_states.get(key)
    assert state is not None
    assert state.state == "Active"
    assert desk.window.group.contract == key
    assert desk.market.books[key] is book
    assert desk.market.book_standing(key).live
    assert [row.key for row in desk.window.area_states._rows.rows].count(key) == 1
    assert hours_from(desk, begins) == [key]
    after = own(desk)[0]
    assert (after.status, after.venue_id, after.price) == (OrderStatus.WORKING, order.venue_id, order.price)
    assert order.venue_id in {each.identifier for each in book.side(order.side).at(order.price)}
    await desk.until(lambda: ladder.painted is not None and ladder.painted.condition.live)
    assert desk.market.contracts[key].name in desk.window.docking.title("ladder")
    (report,) = desk.terminal.desk.reports()
    assert report.anomalies == {}
    assert [channel.resubscribes for channel in report.channels if channel.resubscribes] == []

    assert not desk.terminal.trading.armed, "a clock that jumps is what a machine that slept looks like"
    arm(desk)
    desk.key(K.Key_N)
    desk.key(K.Key_M)
    desk.key(K.Key_Down)
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk)[0].kept_place is False)
    desk.key(K.Key_X)
    await desk.until(lambda: own(desk)[0].status is OrderStatus.CANCELLED)
