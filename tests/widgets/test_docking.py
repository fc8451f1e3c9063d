"""The docking adapter: numerals, tabs, floating, layouts that come back, and no leaks."""

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMainWindow, QWidget
from PySide6QtAds import CDockWidgetTab, TitleBarButtonTabsMenu

from tests.widgets.desk import DARK, LIGHT, press, show
from widgets.docking import Docking, Place
from widgets.key_texts import KeyTexts
from widgets.practice_band import PracticeBand


def docked(qtbot) -> tuple[QMainWindow, Docking]:
    window = QMainWindow()
    docking = Docking(window, DARK)
    docking.add(QLineEdit(), "ladder", "Ladder", Place.LEFT)
    docking.add(QLineEdit(), "states", "States", Place.RIGHT, "ladder")
    docking.add(QLineEdit(), "tape", "Tape", Place.BOTTOM, "states")
    docking.add(QLineEdit(), "chart", "Chart", Place.TAB, "tape")
    show(qtbot, window, 900, 600)
    return window, docking


def test_titles_carry_numerals_and_numerals_focus(qtbot) -> None:
    window, docking = docked(qtbot)
    assert [docking.title(name) for name in docking.names()] == ["1 Ladder", "2 States", "3 Tape", "4 Chart"]
    assert not docking.widget("tape").isVisible()
    assert docking.focus_numeral(3)
    assert docking.widget("tape").isVisible()
    press(window, "abc")
    assert docking.widget("tape").text() == "abc"
    assert not docking.focus_numeral(9)
    docking.set_title("tape", "Trade tape")
    assert docking.title("tape") == "3 Trade tape"


def test_a_click_on_a_tab_gives_the_keys_to_its_widget(qtbot) -> None:
    window, docking = docked(qtbot)
    docking.focus("ladder")
    docking.show_dock("tape")
    for name in ("chart", "states", "states"):
        tab = next(tab for tab in window.findChildren(CDockWidgetTab) if docking.title(name) == tab.accessibleName())
        at = tab.mapTo(window, tab.rect().center())
        QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=at)
        assert docking.widget(name).hasFocus(), name


def test_the_dock_with_the_keyboard_is_told(qtbot) -> None:
    _, docking = docked(qtbot)
    heard: list[str] = []
    docking.focused.connect(heard.append)
    docking.focus("states")
    docking.focus("ladder")
    qtbot.waitUntil(lambda: heard[-1:] == ["ladder"])


def test_a_layout_comes_back(qtbot) -> None:
    _, docking = docked(qtbot)
    saved = docking.save()
    docking.float_dock("chart")
    docking.close_dock("ladder")
    assert docking.is_floating("chart")
    assert not docking.is_open("ladder")
    assert docking.restore(saved)
    assert not docking.is_floating("chart")
    assert docking.is_open("ladder")


def test_a_damaged_layout_is_refused_and_changes_nothing(qtbot) -> None:
    _, docking = docked(qtbot)
    before = docking.save()
    for damaged in (b"", b"nonsense", before[: len(before) // 2], b"<?xml version='1.0'?><x/>"):
        assert not docking.restore(damaged)
    assert docking.save() == before
    assert all(docking.is_open(name) for name in docking.names())


def test_a_closed_dock_is_told_and_shown_again(qtbot) -> None:
    _, docking = docked(qtbot)
    heard: list[str] = []
    docking.closed.connect(heard.append)
    docking.close_dock("states")
    assert heard == ["states"]
    assert not docking.widget("states").isVisible()
    docking.show_dock("states")
    assert docking.widget("states").isVisible()
    docking.toggle_action("states").trigger()
    assert not docking.is_open("states")


def test_a_removed_dock_hands_its_widget_back_and_frees_its_numeral(qtbot) -> None:
    _, docking = docked(qtbot)
    widget = docking.remove("states")
    qtbot.addWidget(widget)
    assert widget.parent() is None
    docking.add(QLineEdit(), "depth", "Depth", Place.FLOATING)
    assert docking.title("depth") == "2 Depth"
    assert docking.is_floating("depth")


def test_the_theme_is_in_the_tabs(qtbot) -> None:
    window, docking = docked(qtbot)
    for theme in (LIGHT, DARK):
        docking.set_theme(theme)
        picture = window.grab().toImage()
        colours = {picture.pixelColor(x, 12).name() for x in range(300)}
        assert theme.surface.name() in colours
        assert theme.window.name() in colours


def test_everything_goes_with_the_window(qtbot) -> None:
    window = QMainWindow()
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    docking = Docking(window, DARK)
    widgets = [QLineEdit() for _ in range(3)]
    for number, widget in enumerate(widgets):
        docking.add(widget, str(number), str(number), Place.FLOATING if number == 2 else Place.LEFT)
    window.show()
    window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not shiboken6.isValid(docking)
    assert not any(shiboken6.isValid(widget) for widget in widgets)


def test_a_floating_window_says_practice_and_gives_its_escape_away(qtbot) -> None:
    window = QMainWindow()
    docking = Docking(window, DARK, practice=True)
    docking.add(QWidget(), "tape", "Tape", Place.LEFT)
    docking.add(QWidget(), "chart", "Chart", Place.RIGHT, "tape")
    show(qtbot, window, 900, 600)
    docking.float_dock("chart")
    floating = docking.floating_windows()[0]
    assert floating.windowTitle() == "2 Chart — PRACTICE"
    docking.set_title("chart", "Price chart")
    qtbot.waitUntil(lambda: floating.windowTitle() == "2 Price chart — PRACTICE")
    assert [band.isVisible() for band in floating.findChildren(PracticeBand)] == [True]
    docking.set_theme(LIGHT)
    heard: list[str] = []
    docking.escaped.connect(lambda: heard.append("escaped"))
    docking.widget("chart").setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    docking.focus("chart")
    qtbot.waitUntil(lambda: floating.isActiveWindow())
    QTest.keyClick(docking.widget("chart"), Qt.Key.Key_Escape)
    assert heard == ["escaped"]
    docking.focus("tape")
    qtbot.waitUntil(lambda: window.isActiveWindow())


def test_a_dock_closed_while_it_floats_comes_back_docked(qtbot) -> None:
    _, docking = docked(qtbot)
    docking.float_dock("chart")
    docking.close_dock("chart")
    docking.show_dock("chart")
    assert docking.is_open("chart")
    assert not docking.is_floating("chart")


def test_a_floating_window_stays_in_sight_when_the_main_one_comes_and_goes(qtbot) -> None:
    window, docking = docked(qtbot)
    docking.float_dock("chart")
    floating = docking.floating_windows()[0]
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    for active in (window, other, window, floating):
        active.activateWindow()
        qtbot.waitUntil(active.isActiveWindow)
        assert floating.isVisible()


def test_a_floating_window_is_minimised_with_the_main_one(qtbot) -> None:
    window, docking = docked(qtbot)
    docking.float_dock("chart")
    floating = docking.floating_windows()[0]
    window.showMinimized()
    qtbot.waitUntil(floating.isMinimized)
    window.showNormal()
    qtbot.waitUntil(lambda: not floating.isMinimized())


def test_a_tab_names_the_key_that_focuses_its_dock(qtbot) -> None:
    _, docking = docked(qtbot)
    tab = docking._docks["tape"].tabWidget()
    assert "Focus Tape; drag" in tab.toolTip()
    docking.set_keys(KeyTexts({"window.focus_3": ("Ctrl+3",)}))
    assert "Focus Tape (Ctrl+3); drag" in tab.toolTip()
    docking.set_title("tape", "<b>Tape</b>")
    assert "&lt;b&gt;" in tab.toolTip()


def test_tabs_keep_their_words_and_scroll_where_there_is_little_room(qtbot) -> None:
    window, docking = docked(qtbot)
    for name in ("Connections", "Own trades", "Flex contracts"):
        docking.add(QLineEdit(), name.lower(), name, Place.TAB, "tape")
    tabs = {tab.accessibleName(): tab for tab in window.findChildren(CDockWidgetTab)}
    area = docking._docks["tape"].dockAreaWidget()
    menu = area.titleBarButton(TitleBarButtonTabsMenu)
    for width, all_fit in ((1500, True), (700, False), (1500, True)):
        window.resize(width, 600)
        qtbot.waitUntil(lambda fit=all_fit: menu.isVisible() is not fit)
        assert not any(tab.isTitleElided() for tab in tabs.values())
        for name in ("flex contracts", "tape"):
            docking.focus(name)
            tab = tabs[docking.title(name)]
            bar = area.titleBar().tabBar()
            qtbot.waitUntil(lambda tab=tab, bar=bar: bar.rect().contains(tab.mapTo(bar, tab.rect().center())))


def test_a_group_s_buttons_look_the_same_after_the_layout_came_back(qtbot) -> None:
    window, docking = docked(qtbot)
    layout = docking.save()
    docking.float_dock("chart")
    assert docking.restore(layout)

    def unnamed() -> list[QAbstractButton]:
        found = [each for each in window.findChildren(QAbstractButton) if each.objectName() == "detachGroupButton"]
        assert len(found) >= 3
        return [each for each in found if each.accessibleName() != "Float these tabs"]

    qtbot.waitUntil(lambda: not unnamed())


@pytest.mark.qt_log_ignore("This plugin does not support (setParent|lower)", extend=True)
def test_docks_of_a_closed_floating_group_come_back_with_their_tabs(qtbot) -> None:
    window, docking = docked(qtbot)
    docking.add(QLineEdit(), "orders", "Orders", Place.TAB, "tape")
    area = docking._docks["tape"].dockAreaWidget()
    area.setFloating()
    docking.floating_windows()[0].close()
    assert not any(docking.is_open(name) for name in ("tape", "chart", "orders"))
    for name in ("orders", "chart", "tape"):
        docking.focus(name)
        tab = docking._docks[name].tabWidget()
        qtbot.waitUntil(tab.isVisible)
        assert tab.window() is window and docking.is_open(name) and docking.widget(name).isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support (setParent|lower)", extend=True)
def test_docks_of_a_closed_floating_group_come_back_to_where_they_were(qtbot) -> None:
    window, docking = docked(qtbot)
    docking.add(QLineEdit(), "orders", "Orders", Place.TAB, "tape")

    def box(name: str) -> QRect:
        area = docking._docks[name].dockAreaWidget()
        return QRect(area.mapTo(window, QPoint(0, 0)), area.size())

    before = box("tape")
    docking._docks["tape"].dockAreaWidget().setFloating()
    docking.floating_windows()[0].close()
    for name in ("orders", "chart", "tape"):
        docking.focus(name)
        qtbot.waitUntil(lambda name=name: box(name) == before)
    areas = {docking._docks[name].dockAreaWidget() for name in ("orders", "chart", "tape")}
    assert len(areas) == 1, "in one group again"
