"""Keys on the real window over the real practice venue: where they go, and that only what is meant happens."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key


async def live(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port))
    await desk.live()
    await desk.frame()


def words(desk: Desk) -> str:
    return desk.window.status.target.whole_text


@on_a_desk
async def test_a_contract_is_found_in_the_palette_by_keyboard(desk: Desk, venue: VenueProcess) -> None:
    await live(desk, venue)
    desk.window.docking.focus("ladder")
    before = desk.window.group.contract
    now = desk.terminal.clock().utc
    wanted = next(
        contract
        for contract in desk.market.contracts.values()
        if contract.area == "FR-RTE" and contract.delivery_start > now and contract.key != before
    )
    desk.key(K.Key_K, CTRL)
    await desk.frame()
    assert words(desk) == "Keys go to the command palette"
    for letter in f"fr {wanted.name}":
        desk.key(K.Key_Space if letter == " " else K(ord(letter.upper())))
    await desk.frame()
    desk.key(K.Key_Return)
    chosen = desk.window.group.contract
    assert chosen is not None
    assert (chosen.area, desk.market.contracts[chosen].name) == ("FR-RTE", wanted.name)
    await desk.until(lambda: wanted.name in words(desk))
    assert desk.window.ladder.hasFocus()


@on_a_desk
async def test_the_desk_starts_disarmed_and_says_so(desk: Desk, venue: VenueProcess) -> None:
    await live(desk, venue)
    assert desk.window.status.armed.text() == "○ DISARMED"


@on_a_desk
async def test_keys_go_where_the_status_bar_says(desk: Desk, venue: VenueProcess) -> None:
    await live(desk, venue)
    for numeral, name in ((1, "ladder"), (3, "tape"), (2, "states"), (1, "ladder")):
        desk.key(K(K.Key_0.value + numeral), CTRL)
        await desk.frame()
        assert desk.window.target.name == name
        assert words(desk).startswith(f"Keys go to {desk.window.docking.title(name)}")
    cumulative = desk.window.ladder.options.cumulative
    desk.key(K.Key_V)
    assert desk.window.ladder.options.cumulative is not cumulative
    desk.key(K.Key_3, CTRL)
    desk.key(K.Key_V)
    assert desk.window.ladder.options.cumulative is not cumulative


@on_a_desk
async def test_a_dialog_keeps_the_keys_from_the_desk(desk: Desk, venue: VenueProcess) -> None:
    await live(desk, venue)
    desk.window.docking.focus("ladder")
    before = desk.window.ladder.options
    dialog = QDialog(desk.window)
    dialog.open()
    await desk.until(lambda: QApplication.focusWindow() is dialog.windowHandle())
    for key in (K.Key_V, K.Key_C):
        desk.key(key)
    assert desk.window.ladder.options == before
    dialog.done(0)
    desk.window.activateWindow()
    await desk.until(desk.window.ladder.hasFocus)
    desk.key(K.Key_V)
    assert desk.window.ladder.options != before


@on_a_desk
async def test_full_screen_and_back(desk: Desk, venue: VenueProcess) -> None:
    desk.key(K.Key_F11)
    assert desk.window.full_screen
    desk.key(K.Key_F11)
    assert not desk.window.full_screen


@on_a_desk
async def test_quit_closes_the_window(desk: Desk, venue: VenueProcess) -> None:
    desk.key(K.Key_Q, CTRL)
    assert not desk.window.isVisible()
