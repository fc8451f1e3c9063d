"""The contract areas in the real window, by real keys and mouse: columns, filter, folds, ribbon, alerts, the clock."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from protocols.market.events import AreaStateChanged, ClockCompared, TradeState
from protocols.market.order_events import OwnTrade, OwnTradePrinted
from protocols.market.times import SECOND
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from widgets.area_states import AreaStates
from widgets.area_states.rows import Kind
from widgets.grid.choosing import ColumnDialog
from widgets.ribbon.slots import Mode

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key


async def at_the_panel(desk: Desk, venue: VenueProcess) -> AreaStates:
    """Live, with the keyboard on the contract areas."""
    await desk.connect(connection(venue.port))
    await desk.live()
    desk.key(K.Key_2, CTRL)
    await desk.frame()
    assert desk.window.area_states.grid.hasFocus()
    return desk.window.area_states


def shown(panel: AreaStates) -> list[str]:
    columns = panel._source.columns()
    return [columns[index].key for index in panel.grid._widths.shown]


def kinds(panel: AreaStates) -> list[Kind]:
    return [row.kind for row in panel._rows.rows]


@on_a_desk
async def test_columns_are_chosen_by_keys_and_dragged_by_mouse(desk: Desk, venue: VenueProcess) -> None:
    panel = await at_the_panel(desk, venue)
    own = shown(panel)
    desk.key(K.Key_C)
    await desk.until(lambda: (dialog := panel.grid.findChild(ColumnDialog)) is not None and dialog.list.hasFocus())
    dialog = panel.grid.findChild(ColumnDialog)
    assert dialog is not None
    handle = dialog.windowHandle()
    QTest.keyClick(handle, K.Key_Down, CTRL)  # the contract's name behind its delivery
    QTest.keyClick(handle, K.Key_Up)
    QTest.keyClick(handle, K.Key_Space)  # the delivery goes
    assert shown(panel) == ["contract", *own[2:]]
    QTest.keyClick(handle, K.Key_Escape)
    desk.window.activateWindow()
    await desk.until(lambda: panel.grid.hasFocus())
    widths = panel.grid._widths
    start = widths.lefts[0] + widths.widths[0] // 2
    end = widths.lefts[5] + widths.widths[5] - 4
    QTest.mousePress(panel.grid.header, Qt.MouseButton.LeftButton, pos=QPoint(start, 8))
    for x in (start + 30, end):
        QTest.mouseMove(panel.grid.header, QPoint(x, 8))
    QTest.mouseRelease(panel.grid.header, Qt.MouseButton.LeftButton, pos=QPoint(end, 8))
    assert shown(panel)[0] != "contract"
    kept = panel.state()
    panel.restore({})
    assert shown(panel) == own
    panel.restore(kept)
    assert "delivery" not in shown(panel) and shown(panel)[0] != "contract"


@on_a_desk
async def test_the_filter_and_the_folds_by_keys(desk: Desk, venue: VenueProcess) -> None:
    panel = await at_the_panel(desk, venue)
    count = len(panel._rows.rows)
    desk.key(K.Key_Slash)
    for key in (K.Key_F, K.Key_R):
        desk.key(key)
    await desk.until(lambda: len(panel._rows.sections) == 1)
    desk.key(K.Key_C)
    assert panel.filter.text() == "frc", "what is typed there is no act"
    assert panel.grid.findChild(ColumnDialog) is None
    desk.key(K.Key_Escape)
    await desk.until(lambda: panel.grid.hasFocus() and len(panel._rows.sections) > 1)
    desk.key(K.Key_Home)
    desk.key(K.Key_Left)
    folded = len(panel._rows.rows)
    assert folded < count
    assert kinds(panel)[:2] == [Kind.SECTION, Kind.SECTION]
    desk.key(K.Key_Right)
    assert len(panel._rows.rows) > folded


@on_a_desk
async def test_the_ribbon_turns_hides_and_chooses(desk: Desk, venue: VenueProcess) -> None:
    panel = await at_the_panel(desk, venue)
    ribbon = panel.ribbon
    first = ribbon.mode  # by position where the venue already knows trades of ours
    assert first in (Mode.STATE, Mode.POSITION)
    desk.key(K.Key_R)
    assert ribbon.mode is first.following
    desk.key(K.Key_R, SHIFT)
    assert not ribbon.isVisible()
    desk.key(K.Key_R)
    assert ribbon.isVisible() and ribbon.mode is first.following.following
    await desk.frame()
    before = desk.window.group.contract
    index = next(
        index
        for index, slot in reversed(list(enumerate(ribbon._slots)))
        if slot.contract is not None and slot.contract.key != before
    )
    strip = ribbon._strip()
    x = strip.left() + round((index + 0.5) * strip.width() / len(ribbon._slots))
    desk.click(ribbon, QPoint(x, strip.center().y()))
    chosen = ribbon._slots[index].contract
    assert chosen is not None
    assert desk.window.group.contract == chosen.key
    await desk.until(lambda: chosen.name in desk.window.docking.title("ladder"))


@on_a_desk
async def test_a_contract_of_ours_that_closes_is_an_alert_until_it_is_dismissed(
    desk: Desk, venue: VenueProcess
) -> None:
    await at_the_panel(desk, venue)
    key = desk.window.group.contract
    assert key is not None
    contract, state = desk.market.contracts[key], desk.market.area_states.get(key)
    assert state is not None
    own = OwnTrade(
        key.connection, "t", 1, Side.BUY, key, Price(SCALE), Quantity(SCALE), TradeState.ACTIVE, "Active", None, "v"
    )
    desk.terminal.desk.apply(OwnTradePrinted("OWN", own))
    revision = desk.market.positions.revision
    await desk.until(lambda: desk.market.positions.revision >= revision)
    for _ in range(12):  # a few ticks: the alert compares with what was there
        await desk.frame()
    closed = type(state)(key, "Inactive", "Closed", state.phase_end, contract.delivery_start)
    channel = desk.market.area_states.channel_of(key)
    assert channel is not None
    desk.terminal.desk.apply(AreaStateChanged(channel, closed))
    await desk.until(lambda: desk.window.notices.alerted)
    (words,) = desk.window.notices.texts()
    assert words.startswith("A contract with a net position closed at") and contract.name in words
    dismiss = next(
        button
        for button in desk.window.notices.findChildren(QToolButton)
        if button.accessibleName() == f"Dismiss: {words}"
    )
    centre = dismiss.rect().center()
    await desk.until(lambda: desk.window.childAt(dismiss.mapTo(desk.window, centre)) is dismiss)  # it has its place
    desk.click(dismiss, centre)
    assert not desk.window.notices.alerted
    assert not desk.window.notices.isVisible()


@on_a_desk
async def test_all_alerts_go_by_the_palette(desk: Desk) -> None:
    for number in range(3):
        desk.terminal.alert(f"number {number}")
    await desk.frame()
    desk.window.docking.focus("ladder")
    desk.key(K.Key_K, CTRL)
    await desk.frame()
    for letter in "dismiss all":
        desk.key(K.Key_Space if letter == " " else K(ord(letter.upper())))
    await desk.frame()
    desk.key(K.Key_Return)
    await desk.until(lambda: not desk.window.notices.alerted)


@on_a_desk
async def test_a_venue_whose_clock_is_elsewhere_is_told_and_then_forgotten(desk: Desk, venue: VenueProcess) -> None:
    panel = await at_the_panel(desk, venue)
    name = connection(venue.port).name
    await desk.until(lambda: desk.market.clock_offset(name) is not None)
    offset = desk.market.clock_offset(name)
    assert offset is not None and abs(offset) < SECOND, "the venue runs on this machine"
    desk.terminal.desk.apply(ClockCompared(name, 4 * SECOND, desk.terminal.clock()))
    await desk.until(lambda: "4.0 s behind" in desk.notices())
    await desk.until(lambda: desk.notices() == "")  # its next heartbeat says how it is
    assert panel.isVisible()


@on_a_desk
async def test_the_menu_on_the_titles_opens_by_the_right_button(desk: Desk, venue: VenueProcess) -> None:
    from PySide6.QtGui import QContextMenuEvent

    panel = await at_the_panel(desk, venue)
    place = QPoint(20, 8)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, panel.grid.header.mapToGlobal(place))
    QApplication.sendEvent(panel.grid.header, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    titles = [action.text().partition("  (")[0] for action in menu.actions()]
    assert {"Contract", "Market", "Day-ahead", "Move Contract right", "Columns by keyboard…"} <= set(titles)
    QTest.keyClick(menu, K.Key_Escape)
    await desk.until(lambda: QApplication.activePopupWidget() is None)
