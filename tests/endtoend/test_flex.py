"""Flexibility in the real window: from the ladder through the ticket to settled, and what goes wrong on the way."""

import asyncio
import functools
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from protocols.market import forms
from protocols.market.commands import FlexTerms
from protocols.market.events import ConnectionStatus
from protocols.market.flex import Delivery
from protocols.market.flex_book import FlexFilter
from protocols.market.instruments import FlexWindow, market_key
from protocols.market.orders import Order, OrderStatus
from protocols.market.times import MINUTE, UtcNs, utc_text
from protocols.market.values import Side, plain_text, scaled_from_text
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key
NAME = "Practice Flex"
ALL = market_key(NAME)


@pytest.fixture(scope="module")
def _flex_venue() -> Iterator[VenueProcess]:
    venue = VenueProcess("--flex-orders", "60", "--flex-windows", "6", "--flex-pace", "8")
    yield venue
    venue.stop()


@pytest.fixture
def venue(_flex_venue: VenueProcess) -> VenueProcess:
    """Nobody trades but who is asked to."""
    _flex_venue.flex_faults(hold_market=True)
    return _flex_venue


async def ready(desk: Desk, venue: VenueProcess) -> None:
    """The whole book on the ladder, armed, with the keyboard there."""
    await desk.connect(connection(venue.port, "flexibility"))
    await desk.until(lambda: desk.market.flex_standing(NAME).live and len(desk.market.flex.books[NAME]))
    await desk.until(lambda: desk.market.connections[NAME].status is ConnectionStatus.LIVE)
    desk.window.group.choose(ALL)
    desk.window.docking.focus("ladder")
    await press(desk, K.Key_A, CTRL | SHIFT)
    assert desk.terminal.trading.armed
    await drawn(desk)


async def drawn(desk: Desk) -> None:
    """The ladder shows what the link group looks at."""
    await desk.until(lambda: (frame := desk.window.ladder.painted) and frame.key == desk.window.group.contract)
    await desk.frame()


async def hop(desk: Desk, windows: int) -> Delivery:
    """PgDn so often: the window that the ladder shows now."""
    for _ in range(windows):
        await press(desk, K.Key_PageDown)
        await drawn(desk)
    window = desk.market.instrument(desk.window.group.contract)
    assert isinstance(window, FlexWindow)
    return window.delivery


async def outside(act: Callable[[], object]) -> None:
    """Does it from outside this task: Qt's tests let the loop run within a key's event, and with it the tasks of calls
    and sockets."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def run() -> None:
        act()
        done.set_result(None)

    loop.call_soon(run)
    await done


async def press(desk: Desk, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    await outside(lambda: desk.key(key, held))


async def press_in(widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """On another window than the main one."""
    await outside(lambda: QTest.keyClick(widget.window().windowHandle(), key, held))


async def type_text(desk: Desk, text: str, widget: QWidget | None = None) -> None:
    window = (widget.window() if widget is not None else desk.window).windowHandle()
    for character in text:
        await outside(functools.partial(QTest.keyClick, window, character))


async def send(desk: Desk) -> Order:
    """Enter in the ticket, which has an order to send."""
    before = len(own(desk))
    await press(desk, K.Key_Return)
    ticket = desk.window.ticket
    said = [ticket.header.note.text(), ticket.foot.general.text(), *(row.problem for row in ticket.rows.values())]
    assert len(own(desk)) == before + 1, (said, desk.window.target.name, ticket.texts())
    return own(desk)[-1]


def own(desk: Desk) -> list[Order]:
    return [order for order in desk.market.blotter.rows() if order.ours]


def offered(delivery: Delivery, side: str, price: str, power: float, **rest: object) -> dict[str, object]:
    """Somebody else's order, good for everybody."""
    return {
        "side": side,
        "power": power,
        "price": float(price),
        "delivery_start": utc_text(delivery.start),
        "delivery_end": utc_text(delivery.end),
        "expiry_time": utc_text(UtcNs(delivery.start - 20 * MINUTE)),
        "location": {"location_id": [], "country_code": ""},
        "baseline": None,
        **rest,
    }


def best(desk: Desk, side: Side, delivery: Delivery) -> str:
    level = desk.market.flex.books[NAME].best(side, FlexFilter(delivery))
    return "" if level is None else plain_text(level.price)


def between(desk: Desk, delivery: Delivery) -> str:
    """A price within the spread of a window, on the tick: whoever offers there comes first."""
    book, chosen = desk.market.flex.books[NAME], FlexFilter(delivery)
    bid, ask = book.best(Side.BUY, chosen), book.best(Side.SELL, chosen)
    assert bid is not None
    assert ask is not None
    tick = desk.market.flex.markets[NAME].spec.tick
    return plain_text((bid.price + ask.price) // 2 // tick * tick)


def texts(desk: Desk) -> dict[str, str]:
    return desk.window.ticket.texts()


async def settled(desk: Desk) -> None:
    """The newest own order is filled, and its one contract told of to the end."""

    def words() -> list[str]:
        views = desk.market.flex.contracts.of_order(NAME, own(desk)[-1].venue_id or "")
        return [view.steps[-1].word for view in views]

    await desk.until(lambda: own(desk)[-1].status is OrderStatus.FILLED)
    await desk.until(lambda: words() == ["settlement_completed_success"])


@on_a_desk
async def test_a_buy_and_a_sell_with_a_baseline_go_from_the_ladder_to_settled(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    ladder = desk.window.ladder
    await press(desk, K.Key_B)
    assert "choose a delivery window" in ladder.notice
    delivery = await hop(desk, 3)
    inside = between(desk, delivery)
    venue.flex_order(**offered(delivery, "sell", inside, 1500.0))
    await desk.until(lambda: best(desk, Side.SELL, delivery) == inside)
    await desk.frame()

    # To buy, at the best ask.
    await press(desk, K.Key_B, SHIFT)
    await desk.until(lambda: desk.window.target.name == "ticket")
    assert texts(desk)[forms.SIDE] == "Buy"
    assert scaled_from_text(texts(desk)[forms.PRICE]) == scaled_from_text(inside)
    await type_text(desk, "1500")
    assert "no order back: it ends when filled, or in" in desk.window.flex.section.end.text()
    order = await send(desk)
    assert (order.side, plain_text(order.quantity)) == (Side.BUY, "1500")
    await settled(desk)

    # To sell what somebody wants, with a baseline that is pasted.
    inside = between(desk, delivery)
    venue.flex_order(**offered(delivery, "buy", inside, 800.0))
    await desk.until(lambda: best(desk, Side.BUY, delivery) == inside)
    desk.window.docking.focus("ladder")
    await desk.frame()
    await press(desk, K.Key_S, SHIFT)
    await desk.until(lambda: desk.window.target.name == "ticket")
    await type_text(desk, "800")
    section = desk.window.flex.section
    assert "waits for its baseline" in section.words.text()
    section.edit.setFocus()
    await press(desk, K.Key_Return)
    editor = desk.window.flex.editor
    await desk.until(lambda: editor.isVisible() and editor.isActiveWindow())
    await type_text(desk, "meter-1", editor)
    steps = (delivery.end - delivery.start) // (5 * MINUTE)
    times = [utc_text(UtcNs(delivery.start + step * 5 * MINUTE)) for step in range(steps)]
    clipboard = QApplication.clipboard()
    clipboard.setText("\n".join(f"{at}\tx" for at in times))
    editor.table.setFocus()
    await press_in(editor, K.Key_V, CTRL)
    assert editor.problems.item(0).text() == "■ Row 1, value: “x” is not a number"
    await press_in(editor, K.Key_A, CTRL)
    clipboard.setText("\n".join(f"{at}\t1.25" for at in times))
    await press_in(editor, K.Key_V, CTRL)
    await press_in(editor, K.Key_Return, CTRL)
    assert not editor.isVisible()
    assert f"{steps} reading" in section.words.text()
    desk.window.activateWindow()
    await desk.until(lambda: QGuiApplication.focusWindow() is desk.window.windowHandle())
    order = await send(desk)
    assert isinstance(order.terms, FlexTerms)
    assert order.terms.baseline is not None
    assert [reading.value for reading in order.terms.baseline.readings] == [1_250_000_000] * steps
    await settled(desk)

    # Both stand with their contracts, told to the end.
    desk.window.docking.focus("contracts")
    contracts = desk.window.flex.contracts
    await desk.until(lambda: len(contracts.rows) == 4)
    assert "2 orders · 2 contracts" in contracts.footer.text()
    await press(desk, K.Key_Home)
    await press(desk, K.Key_Down)
    assert contracts.line.accessibleName().startswith("Progress: Verification done")
    assert "settlement_completed_success" in contracts.raw.toPlainText()
