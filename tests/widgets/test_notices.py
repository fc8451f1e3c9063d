"""The bar of what blocks, the toasts of what passed, and the practice band."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from protocols.market.events import ConnectionChanged, ConnectionStatus
from tests.widgets.desk import DARK, LIGHT, M7, Desk, click, press, show
from widgets.notices import TOAST_SECONDS, NoticeBar, Toasts
from widgets.practice_band import PracticeBand


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
    assert bar.texts() == ["second", "first", "blocked"] and bar.alerted
    dismiss = next(button for button in bar.findChildren(QToolButton) if button.accessibleName() == "Dismiss: second")
    QTest.mouseClick(dismiss, Qt.MouseButton.LeftButton)
    assert bar.texts() == ["first", "blocked"]
    bar.dismiss_alert()
    bar.dismiss_alert()
    assert bar.texts() == ["blocked"] and not bar.alerted


def test_many_blocking_notices_are_counted_and_unfold(qtbot) -> None:
    bar = NoticeBar(DARK)
    window = window_with(qtbot, bar)
    assert window.isVisible()
    for number in range(4):
        bar.block(f"k{number}", f"reason {number}")
    bar.block("k0", "reason 0, changed")
    assert bar.texts() == ["reason 3", "reason 2", "reason 1", "reason 0, changed"]
    assert [line.isVisible() for line in bar._lines.values()] == [False, False, True, True]
    assert bar.more.text() == "2 more"
    click(bar.more, bar.more.rect().center())
    assert all(line.isVisible() for line in bar._lines.values())
    bar.set_theme(LIGHT)
    for number in range(4):
        bar.resolve(f"k{number}")
    bar.resolve("k0")
    assert not bar.isVisible()


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
