"""A currency pair on the ladder, from key and click to the venue and back: the book is its quote."""

import asyncio

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from protocols.market.commands import FxTerms
from protocols.market.events import ConnectionStatus
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import SCALE, Price, Side, scaled_from_text
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from widgets.ladder.frame import LadderFrame
from widgets.ladder.geometry import Column
from widgets.ladder.own import OwnCell

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key
EURUSD = ContractKey("Practice FX", "FX", "EURUSD")
PIP = scaled_from_text("0.0001")


async def ready(desk: Desk, venue: VenueProcess) -> None:
    """EURUSD on the ladder, armed, with the keyboard there. Nothing is quoted but what is asked for."""
    venue.fx_hold()
    await desk.connect(connection(venue.port, "later"))
    await desk.until(lambda: EURUSD in desk.market.pairs and desk.market.quote_standing(EURUSD).live)
    await desk.until(lambda: desk.market.connections["Practice FX"].status is ConnectionStatus.LIVE)
    desk.window.group.choose(EURUSD)
    desk.window.docking.focus("ladder")
    await desk.until(lambda: painted(desk).body is not None and painted(desk).condition.live and not asking())
    desk.key(K.Key_A, CTRL | SHIFT)
    assert desk.terminal.trading.armed


def asking() -> bool:
    """Whether an HTTP call is under way: Qt's test keys run the loop within the test's own task, where none goes on."""
    return any("Rest." in repr(task) for task in asyncio.all_tasks())


def painted(desk: Desk) -> LadderFrame:
    assert desk.window.ladder.painted is not None
    return desk.window.ladder.painted


def own(desk: Desk) -> list[Order]:
    return [order for order in desk.market.blotter.rows() if order.ours and order.key == EURUSD]


def title(desk: Desk) -> str:
    """What the preview on the screen says."""
    bar = painted(desk).bar
    return "" if bar is None else bar.title.text


def own_buys(desk: Desk) -> dict[int, OwnCell]:
    body = painted(desk).body
    return {} if body is None else body.own_buys.cells


def mark_of(desk: Desk, slot: int) -> tuple[str, str, str] | None:
    """How the own order to sell in a row is drawn."""
    body = painted(desk).body
    cell = body.own_sells.cells.get(slot) if body is not None else None
    return None if cell is None else (cell.look.mark, cell.tail, cell.number.text)


def bid(desk: Desk) -> int:
    quote = desk.market.quotes.get(EURUSD)
    assert quote is not None and quote.bid is not None
    return quote.bid


def send(desk: Desk) -> Order:
    before = len(own(desk))
    desk.key(K.Key_Return)
    assert len(own(desk)) == before + 1, desk.notices()
    return own(desk)[-1]


async def click(desk: Desk, slot: int, column: Column, held: Qt.KeyboardModifier) -> None:
    ladder = desk.window.ladder
    await desk.until(lambda: ladder.firm)
    cell = painted(desk).geometry.cell(slot, column)
    at = ladder.mapTo(desk.window, QPoint(cell.x + cell.width // 2, cell.y + cell.height // 2))
    QTest.mouseClick(desk.window.windowHandle(), Qt.MouseButton.LeftButton, held, at)


@on_a_desk
async def test_a_buy_at_the_bid_works_stands_in_its_row_and_is_cancelled(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    desk.key(K.Key_B)
    desk.key(K.Key_T)
    desk.key(K.Key_T)
    ladder = desk.window.ladder
    assert ladder.preview.startswith("BUY 50\N{NO-BREAK SPACE}000 EUR EURUSD @ "), ladder.preview
    staged = ladder.staged
    assert staged is not None and staged.price == bid(desk)
    assert isinstance(staged.terms, FxTerms)
    assert (staged.terms.type, staged.terms.time_in_force) == ("LIMIT", "IOC")
    for _ in range(3):
        desk.key(K.Key_T)
    desk.key(K.Key_Down, SHIFT)
    desk.key(K.Key_Right)
    assert ladder.staged is not None and ladder.staged.price == bid(desk) - PIP
    await desk.until(lambda: "51\N{NO-BREAK SPACE}000" in title(desk))
    order = send(desk)
    assert (order.price, order.quantity) == (Price(bid(desk) - PIP), 51_000 * SCALE)
    await desk.until(lambda: own(desk)[-1].status is OrderStatus.WORKING)
    await desk.until(lambda: own_buys(desk))
    desk.key(K.Key_N)
    desk.key(K.Key_X)
    await desk.until(lambda: own(desk)[-1].status is OrderStatus.CANCELLED)


@on_a_desk
async def test_a_stop_to_sell_by_ctrl_and_click_is_marked_and_sets_off_when_the_market_comes(
    desk: Desk, venue: VenueProcess
) -> None:
    await ready(desk, venue)
    body = painted(desk).body
    assert body is not None and body.bids.best_slot is not None
    slot = body.bids.best_slot + 4
    price = body.axis.price(slot)
    await click(desk, slot, Column.ASK, CTRL)
    staged = desk.window.ladder.staged
    assert staged is not None and staged.is_stop and (staged.side, staged.price) == (Side.SELL, price)
    assert "STOP AON" in desk.window.ladder.preview
    await desk.until(lambda: "STOP" in title(desk))
    order = send(desk)
    assert isinstance(order.terms, FxTerms)
    assert (order.price, order.terms.stop_price) == (None, price)
    await desk.until(lambda: own(desk)[-1].status is OrderStatus.WORKING)
    await desk.until(lambda: mark_of(desk, slot) == ("■", "stop", "50k"))
    venue.fx_move(symbol="EURUSD", pips=-8)
    await desk.until(lambda: own(desk)[-1].status is OrderStatus.FILLED)


@on_a_desk
async def test_a_stop_that_would_set_off_at_once_is_not_staged(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    body = painted(desk).body
    assert body is not None and body.asks.best_slot is not None
    await click(desk, body.asks.best_slot - 3, Column.ASK, CTRL)
    assert desk.window.ladder.staged is None
    assert desk.window.ladder.notice.startswith("A sell stop waits below the bid, which is ")


@on_a_desk
async def test_without_quotes_the_ladder_is_not_live_and_stages_nothing(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    assert painted(desk).header is not None and "no depth" in painted(desk).header.area
    await desk.terminal.switchboard.stop()
    await desk.until(lambda: not painted(desk).condition.live)
    desk.key(K.Key_B)
    assert desk.window.ladder.staged is None
    assert desk.window.ladder.notice.startswith("Nothing is staged: the quote is ")
