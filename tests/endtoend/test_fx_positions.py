"""Positions of pairs, an execution of nobody's order, and two filled legs, in the real window against the venue."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.practice_file import practice_file
from app.trading import TO_READ
from protocols.market.commands import OcoLeg, PlaceOco
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.app.hands import send_key
from tests.endtoend import test_oco as oco
from tests.endtoend.support import Desk, VenueProcess, on_a_desk
from tests.endtoend.test_fx_ladder import EURUSD, PIP, SHIFT, painted, ready
from widgets.grid import Cell
from widgets.positions.source import Col
from widgets.positions.unmatched import described

pytestmark = pytest.mark.qt_loop

K = Qt.Key
FIFTY = Quantity(50_000 * SCALE)


def quoted(desk: Desk, symbol: str) -> bool:
    return desk.market.quotes.get(ContractKey("Practice FX", "FX", symbol)) is not None


def legs(desk: Desk) -> list[Order]:
    return [order for order in desk.market.blotter.rows() if order.ours and order.pair is not None]


def net_of(desk: Desk, name: str) -> str:
    source = desk.window.positions._source
    rows = {source.cell(row, Col.NAME).text: row for row in range(source.count())}
    cell = source.cell(rows[name], Col.NET) if name in rows else Cell()
    return f"{cell.mark} {cell.text}".strip()


@on_a_desk
async def test_an_execution_of_nobodys_order_is_loud_until_it_is_dismissed(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    venue.fx_faults(stray_execution=1.0)
    desk.key(K.Key_B, SHIFT)
    desk.key(K.Key_Return)
    (order,) = (order for order in desk.market.blotter.rows() if order.ours)
    await desk.until(lambda: desk.window.docking.title("positions").endswith("Positions ! 1 unmatched"))
    (stray,) = desk.state()["unmatched_executions"]
    assert (stray["client_id"], stray["status"], stray["dismissed"]) == ("", "FILLED", False)
    await desk.until(lambda: "belongs to no order known here" in desk.notices())
    assert f"order {stray['venue_id']} of Practice FX" in desk.notices()
    await desk.until(lambda: desk.market.blotter.get("Practice FX", order.client_id).status is OrderStatus.FILLED)
    desk.window.docking.focus("positions")
    await desk.until(lambda: desk.window.positions.unmatched.isVisible() and net_of(desk, "EURUSD"))
    assert net_of(desk, "EURUSD") == "+50\N{NO-BREAK SPACE}000 EUR", "the stray one is not in it"
    desk.key(K.Key_D)
    since = desk.terminal.clock().monotonic
    await desk.until(lambda: desk.terminal.clock().monotonic - since > TO_READ)
    assert desk.window.positions.unmatched.isVisible()
    desk.key(K.Key_D)
    await desk.until(lambda: not desk.window.positions.unmatched.isVisible())
    assert desk.window.docking.title("positions").endswith("Positions")
    assert [each["dismissed"] for each in desk.state()["unmatched_executions"]] == [True]


async def test_after_a_restart_the_position_is_there_and_what_was_unmatched(venue: VenueProcess) -> None:
    """In the seed dialect, whose list leaves out orders that are over: only the journal has them."""
    desk = Desk(practice=False)
    try:
        await desk.open()
        await oco.ready(desk, venue, "seed", stray_execution=1.0)
        await desk.until(lambda: painted(desk).body is not None and painted(desk).condition.live)
        desk.key(K.Key_B, SHIFT)
        desk.key(K.Key_Return)
        await desk.until(lambda: desk.market.strays.left() and desk.market.executions.of(EURUSD))
        (told,) = desk.market.executions.of(EURUSD)
        (stray,) = desk.market.strays.left()
        await oco.restart(desk, practice=False)
        await oco.ready(desk, venue, "seed")
        assert desk.market.executions.of(EURUSD) == [told]
        assert [(each.venue_id, each.recalled) for each in desk.market.strays.left()] == [(stray.venue_id, True)]
        desk.window.docking.focus("positions")
        await desk.until(lambda: desk.window.positions.unmatched.isVisible() and net_of(desk, "EURUSD"))
        assert net_of(desk, "EURUSD") == "J +50\N{NO-BREAK SPACE}000 EUR"
        words = f"from before the restart belongs to no order known here: {described(stray)}"
        await desk.until(lambda: words in desk.notices())
    finally:
        await desk.close()


@on_a_desk
async def test_two_filled_legs_alert_and_both_are_in_the_position(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    venue.fx_faults(fill_both_legs=1.0)
    quote = desk.market.quotes.get(EURUSD)
    assert quote is not None and quote.bid is not None and quote.ask is not None
    prices = (OcoLeg("LIMIT", Price(quote.bid - 20 * PIP)), OcoLeg("STOP", None, Price(quote.ask + 20 * PIP)))
    assert not desk.terminal.trading.send(PlaceOco(EURUSD, Side.BUY, FIFTY, prices, "AON"), None)
    await desk.until(lambda: [leg.status for leg in legs(desk)] == 2 * [OrderStatus.WORKING])
    venue.fx_move(symbol="EURUSD", pips=-40)
    await desk.until(lambda: [leg.status for leg in legs(desk)] == 2 * [OrderStatus.FILLED])
    await desk.until(lambda: "both legs were executed" in desk.notices())
    desk.window.docking.focus("positions")
    await desk.until(lambda: net_of(desk, "EURUSD") == "+100\N{NO-BREAK SPACE}000 EUR")


@on_a_desk
async def test_pages_go_from_pair_to_pair_and_drop_the_stage(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    await desk.until(lambda: len(desk.market.quotes) == 8)
    symbols = [name for name in (pair.name for pair in desk.market.pairs.values()) if quoted(desk, name)]
    desk.key(K.Key_B)
    assert desk.window.ladder.staged is not None
    desk.key(K.Key_PageDown)
    assert desk.window.group.contract is not None
    assert desk.window.group.contract.contract_id == symbols[symbols.index("EURUSD") + 1]
    assert desk.window.ladder.staged is None
    assert "The stage was dropped: a price of EURUSD says nothing of another pair" in desk.window.ladder.notice
    desk.key(K.Key_PageUp)
    assert desk.window.group.contract == EURUSD
    for _ in symbols:
        desk.key(K.Key_PageUp)
    assert desk.window.group.contract.contract_id == symbols[0]
    assert any(f"comes before {symbols[0]}" in text for text in desk.window.toasts.texts())


@on_a_desk
async def test_a_pair_that_is_ticked_is_quoted(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    assert not quoted(desk, "NZDUSD")
    desk.terminal.connections.use(practice_file(Path(desk.profile), venue.port))
    desk.terminal.connections.choose("Practice FX")
    dialog = desk.terminal.connections.chooser.dialog
    assert dialog is not None
    await desk.until(dialog.isVisible)
    handle = dialog.windowHandle()
    for letter in "nzd":
        send_key(handle, K(ord(letter.upper())), text=letter)
    for key in (K.Key_Down, K.Key_Space):
        send_key(handle, key)
    send_key(handle, K.Key_Return, release=False)
    await desk.until(lambda: quoted(desk, "NZDUSD") and desk.market.quote_standing(EURUSD).live)
    assert "NZDUSD" in (Path(desk.profile) / "practice.toml").read_text()
