"""Pairs of which one cancels the other, by real keys in the real window, against the practice venue over loopback."""

import pytest
from PySide6.QtCore import Qt

from protocols.market.events import ConnectionStatus
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import SCALE, Side, scaled_from_text
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from tests.endtoend.test_fx_ladder import asking

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key
EURUSD = ContractKey("Practice FX", "FX", "EURUSD")
PIP = scaled_from_text("0.0001")


async def ready(desk: Desk, venue: VenueProcess, **faults: object) -> None:
    """EURUSD on the ladder, armed, with the keyboard there. Nothing is quoted but what is asked for."""
    venue.fx_faults(hold_quotes=True, **faults)
    await desk.connect(connection(venue.port, "later"))
    await desk.until(lambda: EURUSD in desk.market.pairs and desk.market.quote_standing(EURUSD).live)
    await desk.until(lambda: desk.market.connections["Practice FX"].status is ConnectionStatus.LIVE)
    desk.window.group.choose(EURUSD)
    desk.window.docking.focus("ladder")
    await desk.until(lambda: not asking())
    desk.key(K.Key_A, CTRL | SHIFT)
    assert desk.terminal.trading.armed


class Keys:
    """Counts what is pressed; a frame passes between two keys."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.pressed = 0

    async def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.pressed += 1
            self._desk.key(key, held)
            await self._desk.frame()
            self._desk.window.oco.ladder.repaint()


def legs(desk: Desk) -> list[Order]:
    """Of the newest pair."""
    found = [order for order in desk.market.blotter.rows() if order.ours and order.pair is not None]
    return [order for order in found if order.pair == found[-1].pair]


def statuses(desk: Desk) -> list[str]:
    return [leg.status.value for leg in legs(desk)]


@on_a_desk
async def test_a_pair_is_on_the_wire_with_three_keys_and_its_limit_fills(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    keys = Keys(desk)
    await keys.press(K.Key_O, K.Key_B, K.Key_Return)
    assert keys.pressed <= 12
    limit, stop = legs(desk)
    quote = desk.market.quotes.get(EURUSD)
    assert quote is not None and quote.bid is not None and quote.ask is not None
    assert (limit.price, stop.waits_at) == (quote.bid - 20 * PIP, quote.ask + 20 * PIP)
    assert {limit.quantity, stop.quantity} == {50_000 * SCALE} and limit.side is stop.side is Side.BUY
    await desk.until(lambda: statuses(desk) == ["working", "working"])
    ticket = desk.window.oco
    await desk.until(lambda: "both legs working" in ticket.outcome.headline.text())
    venue.fx_move(symbol="EURUSD", pips=-25)
    await desk.until(lambda: statuses(desk) == ["filled", "cancelled"])
    assert legs(desk)[1].reason == "cancelled by the venue: the other leg was executed"
    await desk.until(lambda: "the other leg was executed" in ticket.outcome.legs[1].text())
    assert desk.notices() == ""
    assert OrderStatus.FILLED is legs(desk)[0].status
