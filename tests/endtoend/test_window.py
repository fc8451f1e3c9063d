"""The real window on the real practice venue, over loopback, by real keys and clicks."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from tests.support.truth import crossed_and_live, differences, live_channels, live_without_channel

pytestmark = pytest.mark.qt_loop


@on_a_desk
async def test_everything_is_live_and_true(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port))
    await desk.live()
    state = desk.state()
    assert differences(state, venue.truth) == []
    assert crossed_and_live(state) == []
    assert len(live_channels(state)) == 32
    assert len([book for book in state["books"] if book["freshness"] == "live"]) > 400
    assert desk.notices() == ""


@on_a_desk
async def test_a_click_in_the_panel_sets_the_contract_of_ladder_and_tape(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port))
    await desk.live()
    await desk.frame()
    before = desk.window.group.contract
    panel = desk.window.area_states
    desk.window.docking.focus("states")
    for _ in range(3):
        desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    chosen = desk.window.group.contract
    assert chosen is not None
    assert chosen != before
    await desk.frame()
    name = desk.market.contracts[chosen].name
    assert name in desk.window.docking.title("ladder")
    assert desk.window.ladder.painted is not None
    assert desk.window.tape.only_linked.text() == "All contracts"
    desk.window.tape.only_linked.click()
    assert name in desk.window.tape.only_linked.text()
    clicked = set()
    for rows in (-2, 2):  # which contracts stand there depends on the time of day; the chosen one may be one of them
        desk.click(panel.grid, panel.grid.rect().center() + QPoint(0, rows * panel.grid.row_height))
        await desk.frame()
        clicked.add(desk.window.group.contract)
    assert len(clicked) == 2


@on_a_desk
async def test_filter_by_keyboard(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port))
    await desk.live()
    desk.window.docking.focus("states")
    everything = desk.window.area_states.summary.text()
    desk.key(Qt.Key.Key_Slash)
    for letter in (Qt.Key.Key_F, Qt.Key.Key_R):
        desk.key(letter)
    await desk.until(lambda: desk.window.area_states.summary.text() != everything)
    desk.key(Qt.Key.Key_Escape)
    await desk.until(lambda: "of" in desk.window.area_states.summary.text())


@on_a_desk
async def test_numerals_focus_their_widgets_and_the_status_bar_says_where_keys_go(
    desk: Desk, venue: VenueProcess
) -> None:
    await desk.connect(connection(venue.port))
    await desk.live()
    for numeral, name in ((3, "Trade tape"), (2, "Contract areas"), (1, "Ladder")):
        desk.key(Qt.Key(Qt.Key.Key_0.value + numeral), Qt.KeyboardModifier.ControlModifier)
        await desk.until(lambda name=name: name in desk.window.status.target.whole_text)


@on_a_desk
async def test_the_ladder_stays_where_it_is_until_it_is_recentred(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port))
    await desk.live()
    desk.window.docking.focus("ladder")
    await desk.until(lambda: desk.window.ladder.painted is not None)
    desk.key(Qt.Key.Key_Space)
    for _ in range(30):
        await desk.frame()
    assert desk.window.ladder.painted is not None


@on_a_desk
async def test_both_themes_paint_the_whole_window(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port))
    await desk.live()
    grounds: list[QColor] = []
    for theme in ("light", "dark"):
        desk.window.use_theme(theme)
        await desk.frame()
        picture = desk.window.grab().toImage()
        grounds.append(picture.pixelColor(picture.width() // 2, picture.height() - 6))
    assert grounds[0].lightness() > 200
    assert grounds[1].lightness() < 60


@on_a_desk
async def test_the_way_back_to_the_first_layout_and_escape_takes_a_toast(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port))
    await desk.live()
    window = desk.window
    assert window.windowTitle() == "PRACTICE — Quarterdeck"
    window.docking.float_dock("tape")
    window.docking.close_dock("states")
    window.reset_layout()
    await desk.frame()
    assert not window.docking.is_floating("tape")
    assert all(window.docking.is_open(name) for name in window.docking.names())
    window.toasts.say("passed")
    desk.key(Qt.Key.Key_Escape)
    assert window.toasts.texts() == []
    window.group.choose(None)
    assert "DE-" not in window.status.target.whole_text


@pytest.mark.timeout(240)
@pytest.mark.parametrize("base", [0, 1])
@on_a_desk
async def test_under_faults_what_is_live_is_true_and_all_is_live_after_them(
    desk: Desk, venue: VenueProcess, base: int
) -> None:
    """The session's campaigns run on virtual time; this is the same claim with sockets, processes and the window."""
    venue.faults(reorder=0.2, duplicate=0.05, drop_every=20, split=4, split_base=base)
    await desk.connect(connection(venue.port))
    await desk.until(lambda: counted(desk, "reordered") > 100 and counted(desk, "dropped") > 20)
    await desk.until(lambda: counted(desk, "gaps") > 2)
    for _ in range(10):
        await desk.frame()
        state = desk.state()
        assert differences(state, venue.truth) == []
        assert crossed_and_live(state) == []
        assert live_without_channel(state) == []
    venue.faults(reorder=0, duplicate=0, drop_every=0, split=0)
    began = desk.terminal.clock().monotonic
    await desk.live()
    assert desk.terminal.clock().monotonic - began < 20, "promised: all live within 20 s of the last fault"
    assert differences(desk.state(), venue.truth) == []


def counted(desk: Desk, name: str) -> int:
    return sum(getattr(channel, name) for report in desk.terminal.desk.reports() for channel in report.channels)
