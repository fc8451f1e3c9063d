"""The bar of what blocks, the toasts of what passed, and the practice band."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton, QVBoxLayout, QWidget

from protocols.market.events import ClockCompared, ConnectionChanged, ConnectionStatus
from protocols.market.times import SECOND
from tests.widgets.desk import DARK, LIGHT, M7, Desk, click, press, show
from widgets.notice_line import Offer
from widgets.notices import NoticeBar
from widgets.practice_band import PracticeBand
from widgets.toasts import FOOT, TOAST_SECONDS, Toasts


def window_with(qtbot, widget: QWidget) -> QWidget:
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(widget)
    column.addStretch(1)
    show(qtbot, window, 700, 300)
    return window


def test_a_connection_that_is_down_is_told_with_its_reason_until_it_is_back(qtbot) -> None:
    desk = Desk()
    bar = NoticeBar(DARK, desk.clock, desk.market)
    window = window_with(qtbot, bar)
    assert window.isVisible()
    desk.beat()
    assert not bar.isVisible()
    reason = "the venue refused the password (401) <b>now</b>"
    desk.market.apply(ConnectionChanged(M7, ConnectionStatus.DOWN, reason, desk.clock.now))
    desk.beat()
    assert bar.isVisible()
    assert bar.texts() == [f"EPEX M7 is down: {reason}"]
    line = bar._lines[f"connection:{M7}"]
    assert line.text.text() == bar.texts()[0]
    assert line.text.textFormat() is Qt.TextFormat.PlainText
    desk.market.apply(ConnectionChanged(M7, ConnectionStatus.LIVE, "", desk.clock.now))
    desk.beat()
    assert not bar.isVisible()


def test_an_alert_stays_until_it_is_dismissed(qtbot) -> None:
    bar = NoticeBar(DARK)
    window = window_with(qtbot, bar)
    assert window.isVisible()
    bar.block("trading", "blocked")
    for text in ("first", "second", "first"):
        bar.alert(text)
    assert bar.texts() == ["blocked", "second", "first"] and bar.alerted
    dismiss = next(button for button in bar.findChildren(QToolButton) if button.accessibleName() == "Dismiss: second")
    QTest.mouseClick(dismiss, Qt.MouseButton.LeftButton)
    assert bar.texts() == ["blocked", "first"]
    bar.dismiss_alert()
    bar.dismiss_alert()
    assert bar.texts() == ["blocked"] and not bar.alerted


def test_an_alert_offers_what_can_be_done_and_stays(qtbot) -> None:
    bar, done = NoticeBar(DARK), []
    window = window_with(qtbot, bar)
    bar.alert("leg 1 lives alone", Offer("Cancel leg 1", "Cancel leg 1, which lives alone", lambda: done.append(1)))
    (button,) = [each for each in bar.findChildren(QPushButton) if each is not bar.more]
    assert (button.text(), button.accessibleName()) == ("Cancel leg 1", "Cancel leg 1, which lives alone")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    window.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    press(bar, Qt.Key.Key_Space)
    bar.set_theme(LIGHT)
    assert done == [1, 1] and bar.texts() == ["leg 1 lives alone"] and window.isVisible()


def compare_clocks(desk: Desk, seconds: float) -> None:
    desk.market.apply(ClockCompared(M7, round(seconds * SECOND), desk.clock.now))
    desk.beat()


def test_a_clock_that_is_wrong_is_told_while_it_lasts_and_blocks_nothing(qtbot) -> None:
    desk = Desk()
    bar = NoticeBar(DARK, desk.clock, desk.market)
    window = window_with(qtbot, bar)
    assert window.isVisible()
    compare_clocks(desk, 1.9)
    assert bar.texts() == []
    compare_clocks(desk, 3.2)
    behind = "This computer's clock is 3.2 s behind EPEX M7: countdowns follow the venue; set the clock"
    assert bar.texts() == [behind] and bar.isVisible()
    line = bar._lines[f"clock:{M7}"]
    assert (line.mark.text(), line.accessibleName()) == ("◆", f"Warning: {behind}")
    assert not bar.alerted
    bar.block("trading", "New orders are blocked")
    bar.alert("read me")
    assert bar.texts() == ["New orders are blocked", "read me", behind], "a warning takes nobody's place"
    tops = [bar._lines[key].y() for key in ("trading", "alert:read me")]
    assert tops == sorted(tops) and not line.isVisible()
    bar.dismiss_alerts()
    compare_clocks(desk, -150)
    ahead = "ahead of EPEX M7, or its messages come late: countdowns follow the venue; set the clock"
    assert bar.texts()[-1] == f"This computer's clock is 2 min {ahead}"
    bar.set_theme(LIGHT)
    assert line._ground == LIGHT.surface_raised
    compare_clocks(desk, 1.8)
    assert len(bar.texts()) == 2, "at the border it does not come and go"
    compare_clocks(desk, 1.4)
    assert bar.texts() == ["New orders are blocked"]


def test_the_clock_of_a_connection_that_is_off_warns_nobody(qtbot) -> None:
    desk = Desk()
    bar = NoticeBar(DARK, desk.clock, desk.market)
    qtbot.addWidget(bar)
    compare_clocks(desk, 5)
    desk.market.apply(ConnectionChanged(M7, ConnectionStatus.DOWN, "gone", desk.clock.now))
    desk.beat()
    assert len(bar.texts()) == 2, "countdowns still go by it"
    desk.market.apply(ConnectionChanged(M7, ConnectionStatus.OFF, "", desk.clock.now))
    desk.beat()
    assert bar.texts() == []


def test_many_blocking_notices_are_counted_and_unfold(qtbot) -> None:
    bar = NoticeBar(DARK)
    window = window_with(qtbot, bar)
    assert window.isVisible()
    for number in range(4):
        bar.block(f"k{number}", f"reason {number}")
    bar.block("k0", "reason 0, changed")
    assert bar.texts() == ["reason 3", "reason 2", "reason 1", "reason 0, changed"]
    assert [line.isVisible() for line in bar._lines.values()] == [False, False, True, True]
    assert bar.more.text() == "▾ 2 more"
    click(bar.more, bar.more.rect().center())
    assert all(line.isVisible() for line in bar._lines.values())
    bar.set_theme(LIGHT)
    for number in range(4):
        bar.resolve(f"k{number}")
    bar.resolve("k0")
    assert not bar.isVisible()


def test_what_ends_the_whole_desk_stands_above_the_connections_that_it_took_along(qtbot) -> None:
    desk = Desk()
    bar = NoticeBar(DARK, desk.clock, desk.market)
    window = window_with(qtbot, bar)
    bar.block("practice venue", "The practice venue has ended")
    bar.alert("Leg 1 lives on alone")
    for name in ("Power", "FX", "Flex"):
        desk.market.apply(ConnectionChanged(name, ConnectionStatus.DOWN, "connection refused", desk.clock.now))
        desk.beat()
    assert bar.texts()[:2] == ["The practice venue has ended", "Leg 1 lives on alone"]
    shown = [line.text.text() for line in bar._lines.values() if line.isVisible()]
    assert sorted(shown) == ["Leg 1 lives on alone", "The practice venue has ended"] and window.isVisible()
    assert (bar.more.text(), bar.more.accessibleName()) == ("▾ 3 more", "3 more notices")
    window.activateWindow()
    bar.more.setFocus()
    qtbot.waitUntil(bar.more.hasFocus)
    press(bar.more, Qt.Key.Key_Space)
    assert bar.more.text() == "▴ Show fewer" and all(line.isVisible() for line in bar._lines.values())


def test_toasts_pass_are_counted_and_move_nothing(qtbot) -> None:
    desk = Desk()
    content = QWidget()
    window = window_with(qtbot, content)
    toasts = Toasts(window, desk.clock, DARK)
    before = content.geometry()
    toasts.say("saved")
    toasts.say("saved")
    toasts.say("slow answer", warning=True)
    assert toasts.isVisible()
    assert toasts.texts() == ["saved", "slow answer"]
    assert toasts._toasts[0].line.text.text() == "saved  ×2"
    assert content.geometry() == before
    assert window.rect().contains(toasts.geometry())
    assert toasts.geometry().bottom() < window.height() - FOOT, "the buttons at a table's foot stay in sight"
    toasts.set_theme(LIGHT)
    desk.beat(TOAST_SECONDS + 0.1)
    assert toasts.texts() == []
    assert not toasts.isVisible()


def test_only_so_many_toasts_and_escape_takes_the_newest(qtbot) -> None:
    desk = Desk()
    window = window_with(qtbot, QWidget())
    toasts = Toasts(window, desk.clock, DARK)
    for number in range(6):
        toasts.say(f"passed {number}")
    assert toasts.texts() == ["passed 2", "passed 3", "passed 4", "passed 5"]
    toasts.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    toasts.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert toasts.texts() == ["passed 2", "passed 3", "passed 4"]


def test_the_practice_band_says_what_it_means(qtbot) -> None:
    band = PracticeBand(DARK)
    window = window_with(qtbot, band)
    assert window.isVisible()
    assert band.accessibleName() == "PRACTICE — simulated market, no orders leave this machine"
    picture = band.grab().toImage()
    assert picture.pixelColor(1, 1) == DARK.practice_surface
    assert picture.pixelColor(1, picture.height() - 1) == DARK.practice
    band.set_theme(LIGHT)
    assert band.grab().toImage().pixelColor(1, 1) == LIGHT.practice_surface
