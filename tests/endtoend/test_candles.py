"""Candles in the real window: asked for at the chart service, an order dragged in them, sent by Enter, filled."""

import asyncio

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from protocols.market.events import ConnectionStatus
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import Price, scaled_from_text
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from widgets.candles.canvas import Canvas
from widgets.candles.frame import Body, Frame

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
K = Qt.Key
EURUSD = ContractKey("Practice FX", "FX", "EURUSD")
PIP = scaled_from_text("0.0001")


def canvas(desk: Desk) -> Canvas:
    return desk.window.chart.candles.canvas


def painted(desk: Desk) -> Frame:
    frame = canvas(desk).painted
    assert frame is not None
    return frame


def body(desk: Desk) -> Body:
    found = painted(desk).body
    assert found is not None
    return found


def asking() -> bool:
    """Qt's test keys run the loop within the test's own task, where no HTTP call goes on."""
    return any("Rest." in repr(task) for task in asyncio.all_tasks())


async def ready(desk: Desk, venue: VenueProcess) -> None:
    """Candles of EURUSD on the screen, armed. Nothing is quoted but what is asked for."""
    venue.fx_hold()
    await desk.connect(connection(venue.port, "later"))
    await desk.until(lambda: EURUSD in desk.market.pairs and desk.market.quote_standing(EURUSD).live)
    await desk.until(lambda: desk.market.connections["Practice FX"].status is ConnectionStatus.LIVE)
    desk.window.group.choose(EURUSD)
    desk.window.docking.show_dock("chart")
    await desk.until(lambda: canvas(desk).painted is not None and painted(desk).body is not None and not asking())


async def press(desk: Desk, key: Qt.Key) -> None:
    """A key that leads to an HTTP call: it comes from Qt's own loop, as a trader's does."""
    handle = desk.window.windowHandle()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.postEvent(handle, QKeyEvent(kind, key, NONE, QKeySequence(key).toString()))
    await desk.frame()


def own(desk: Desk) -> Order:
    (order,) = (order for order in desk.market.blotter.rows() if order.ours and order.key == EURUSD)
    return order


def grasp(desk: Desk, before: Price, after: Price) -> QPoint:
    """Drags by real mouse events, and keeps it in hand."""
    at, window = canvas(desk), desk.window
    scale, x = body(desk).scale, painted(desk).layout.right // 2
    start, end = (at.mapTo(window, QPointF(x, scale.y(price)).toPoint()) for price in (before, after))
    handle = window.windowHandle()
    QTest.mousePress(handle, LEFT, NONE, start)
    QTest.mouseMove(handle, (start + end) / 2 + QPoint(20, 0))
    QTest.mouseMove(handle, end)
    return end


def drag(desk: Desk, before: Price, after: Price) -> None:
    QTest.mouseRelease(desk.window.windowHandle(), LEFT, NONE, grasp(desk, before, after))


@on_a_desk
async def test_an_order_is_dragged_in_the_candles_sent_by_enter_and_its_execution_drawn_in(
    desk: Desk, venue: VenueProcess
) -> None:
    await ready(desk, venue)
    assert len(body(desk).candles) > 20
    desk.window.docking.focus("chart")
    await press(desk, K.Key_7)
    await desk.until(lambda: painted(desk).body is not None and body(desk).interval.name == "1h" and not asking())
    await press(desk, K.Key_1)
    await desk.until(lambda: painted(desk).body is not None and body(desk).interval.name == "1m" and not asking())

    desk.window.docking.focus("ladder")
    desk.key(K.Key_A, CTRL | SHIFT)
    desk.key(K.Key_B)
    desk.key(K.Key_Down, SHIFT)
    await desk.until(lambda: "50\N{NO-BREAK SPACE}000" in desk.window.ladder.preview)
    await desk.until(lambda: body(desk).stage is not None)
    await desk.frame()
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk).status is OrderStatus.WORKING and bool(body(desk).lines))

    before = own(desk).limit
    end = grasp(desk, before, Price(before - PIP))
    assert canvas(desk).dragging
    desk.key(K.Key_Escape)
    assert not canvas(desk).dragging
    QTest.mouseRelease(desk.window.windowHandle(), LEFT, NONE, end)
    assert desk.window.ladder.staged is None

    after = Price(before - 2 * PIP)
    drag(desk, before, after)
    staged = desk.window.ladder.staged
    assert staged is not None and staged.order is not None, desk.notices()
    scale = body(desk).scale
    pixel = PIP / abs(scale.y(before) - scale.y(after)) * 2
    assert abs(staged.price - after) <= pixel
    assert own(desk).request is None, "a drag sends nothing"
    assert desk.window.target.name == "ladder"
    await desk.frame()
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk).price == staged.price and own(desk).request is None)

    venue.fx_move(symbol="EURUSD", pips=-8)
    await desk.until(lambda: own(desk).status is OrderStatus.FILLED)
    await desk.until(lambda: bool(body(desk).fills))
    (fill,) = body(desk).fills
    assert fill.price is not None and fill.price <= staged.price
