"""Pairs of which one cancels the other, by real keys in the real window, against the practice venue over loopback."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton

from app.clock import SystemClock
from app.fx_connections import FxConnectionSettings
from app.terminal import Terminal
from protocols.market.events import ConnectionStatus
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.values import SCALE, Side, scaled_from_text
from tests.app.hands import send_key
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from tests.endtoend.test_fx_ladder import asking
from widgets.oco.question import TO_READ

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key
EURUSD = ContractKey("Practice FX", "FX", "EURUSD")
PIP = scaled_from_text("0.0001")


async def ready(desk: Desk, venue: VenueProcess, dialect: str = "later", **faults: object) -> None:
    """EURUSD on the ladder, armed, with the keyboard there."""
    venue.fx_hold(**faults)
    await connected(desk, venue, dialect)
    desk.key(K.Key_A, CTRL | SHIFT)
    assert desk.terminal.trading.armed


async def connected(desk: Desk, venue: VenueProcess, dialect: str) -> None:
    settings = connection(venue.port, "later")
    if dialect == "seed":
        assert isinstance(settings, FxConnectionSettings)
        url = settings.orders_url.replace("/acttrader/orders", "/acttrader/seed/orders")
        settings = msgspec.structs.replace(settings, scope="seed", orders_url=url)
    await desk.connect(settings)
    await desk.until(lambda: EURUSD in desk.market.pairs and desk.market.quote_standing(EURUSD).live)
    await live(desk)
    desk.window.group.choose(EURUSD)
    desk.window.docking.focus("ladder")
    await desk.until(lambda: not asking())


async def live(desk: Desk) -> None:
    await desk.until(lambda: desk.market.connections["Practice FX"].status is ConnectionStatus.LIVE)


async def restart(desk: Desk, *, practice: bool = True) -> None:
    """Another terminal on the same profile."""
    await desk.terminal.close()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    desk.terminal = Terminal(application, SystemClock(), practice=practice)
    desk.market, desk.window = desk.terminal.desk.market, desk.terminal.window
    await desk.open()


class Keys:
    """Counts what is pressed; a frame passes between two keys. They are sent as the window system does it, without Qt's
    events in between: while a link goes down no task may run within another."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.pressed = 0

    async def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.pressed += 1
            send_key(self._desk.window.windowHandle(), key, held)
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
    assert quote is not None and quote.ask is not None
    assert (limit.price, stop.waits_at) == (quote.ask - 20 * PIP, quote.ask + 20 * PIP)
    assert {limit.quantity, stop.quantity} == {50_000 * SCALE} and limit.side is stop.side is Side.BUY
    await desk.until(lambda: statuses(desk) == ["working", "working"])
    ticket = desk.window.oco
    await desk.until(lambda: "both legs working" in ticket.outcome.headline.text())
    venue.fx_move(symbol="EURUSD", pips=-25)
    await desk.until(lambda: statuses(desk) == ["filled", "cancelled"])
    assert legs(desk)[1].reason == "cancelled by the venue: the other leg was executed"
    await desk.until(lambda: "the other leg was executed" in ticket.outcome.legs[1].text())
    assert desk.notices() == ""


@on_a_desk
async def test_a_leg_is_refused_and_the_other_cancelled_by_key(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue, refuse_leg=1.0)
    keys, ticket = Keys(desk), desk.window.oco
    await keys.press(K.Key_O, K.Key_S, K.Key_Return)
    await desk.until(lambda: sorted(statuses(desk)) == ["rejected", "working"])
    await desk.until(lambda: "lives alone" in desk.notices())
    survivor = next(leg for leg in legs(desk) if leg.status.alive)
    number = survivor.client_id[-1]
    assert f"leg {number}" in desk.notices().split(";")[-1]
    offered = [button.text() for button in desk.window.notices.findChildren(QPushButton) if button.isVisible()]
    assert offered == [f"Cancel leg {number}"]
    await desk.until(lambda: ticket.outcome.cancel.isVisible())
    await keys.press(K.Key_X)
    await desk.until(lambda: sorted(statuses(desk)) == ["cancelled", "rejected"])
    assert next(leg for leg in legs(desk) if leg.status.value == "cancelled").reason == "cancelled by us"
    await desk.until(lambda: not ticket.outcome.cancel.isVisible())
    assert "lives alone" in desk.notices()


@on_a_desk
async def test_a_pair_that_would_trade_at_once_is_asked_about_and_typed_prices_are_sent(
    desk: Desk, venue: VenueProcess
) -> None:
    await ready(desk, venue)
    keys, ticket = Keys(desk), desk.window.oco
    await keys.press(K.Key_O, K.Key_B, K.Key_Tab, K.Key_Tab)
    desk.click(ticket.fields.rows["price_1"].entry, QPoint(20, 8))
    ticket.fields.rows["price_1"].editor.set_text("")
    await keys.press(K.Key_A, K.Key_Plus, K.Key_3, K.Key_P)
    assert "would trade at once" in ticket.foot.general.text()
    await keys.press(K.Key_Return)
    assert legs_of_ours(desk) == []
    asked = desk.terminal.clock().monotonic
    assert "Leg 1, LIMIT" in ticket.foot.general.text()
    await keys.press(K.Key_Return)
    if desk.terminal.clock().monotonic - asked < TO_READ:
        assert legs_of_ours(desk) == []
    await desk.until(lambda: desk.terminal.clock().monotonic - asked > 2 * TO_READ)
    await keys.press(K.Key_Return)
    await desk.until(lambda: statuses(desk) == ["filled", "cancelled"])


@pytest.mark.parametrize("dialect", ["later", "seed"])
@on_a_desk
async def test_a_lost_acknowledgement_a_reconnect_and_a_restart_leave_one_pair(
    desk: Desk, venue: VenueProcess, dialect: str
) -> None:
    await ready(desk, venue, dialect)
    keys = Keys(desk)
    await keys.press(K.Key_O, K.Key_B)
    venue.fx_hold(drop_after=1.0)
    await keys.press(K.Key_Return)
    name = legs(desk)[0].pair
    await desk.until(lambda: statuses(desk) == ["in doubt", "in doubt"])
    await desk.until(lambda: "in doubt" in desk.window.oco.outcome.headline.text())
    venue.fx_hold()
    await desk.until(lambda: statuses(desk) == ["working", "working"])
    assert arrivals(venue, name) == {f"{name}.1": 1, f"{name}.2": 1}
    await restart(desk)
    await connected(desk, venue, dialect)
    await desk.until(lambda: len(legs_of_ours(desk)) > 1 and statuses(desk) == ["working", "working"])
    assert legs(desk)[0].pair == name
    await Keys(desk).press(K.Key_O)
    await desk.until(lambda: "both legs working" in desk.window.oco.outcome.headline.text())
    venue.fx_move(symbol="EURUSD", pips=-25)
    await desk.until(lambda: statuses(desk) == ["filled", "cancelled"])
    ended = [pair for pair in desk.terminal.desk.pairs.pairs() if pair.name[1] == name]
    assert "the other leg was executed" in ended[0].result.words
    assert arrivals(venue, name) == {f"{name}.1": 1, f"{name}.2": 1}
    assert desk.notices() == ""


def legs_of_ours(desk: Desk) -> list[Order]:
    return [order for order in desk.market.blotter.rows() if order.ours and order.pair is not None]


def arrivals(venue: VenueProcess, name: str | None) -> dict[str, int]:
    """How often each leg of a pair came to the venue."""
    return {each: times for each, times in venue.fx_truth()["arrivals"].items() if each.startswith(str(name))}
