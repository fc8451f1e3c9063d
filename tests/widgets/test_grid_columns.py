"""A table's columns as the trader chose them: order and which are shown, by mouse and by keys, kept and restored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.widgets.desk import DARK, press, show
from tests.widgets.grid_rows import PlainRows
from widgets.grid import Cell, Column, GridView
from widgets.grid.choosing import ColumnDialog
from widgets.grid.columns import ColumnChoice
from widgets.key_texts import KeyTexts

KEYS = ("a", "b", "c", "d")
CTRL = Qt.KeyboardModifier.ControlModifier


class Letters(PlainRows):
    """Four columns of one letter each; `c` is vital, `b` gives way."""

    def columns(self) -> tuple[Column, ...]:
        ways = {"b": 1}
        return tuple(
            Column(key, key.upper(), 8, tip=f"Column {key}", vital=key == "c", gives_way=ways.get(key, 0))
            for key in KEYS
        )

    def cell(self, row: int, column: int) -> Cell:
        return Cell(f"{KEYS[column]}{row}")


@pytest.fixture
def grid(qtbot) -> GridView:
    view = GridView(Letters(), DARK)
    view.setAccessibleName("Letters")
    view.set_count(2)
    show(qtbot, view, 600, 200)
    view.setFocus()
    return view


def seen(grid: GridView) -> str:
    """The letters that are shown, left to right."""
    lefts = [grid._widths.lefts[index] for index in grid._widths.shown]
    assert lefts == sorted(lefts)
    return "".join(text[0] for text in grid.row_text(0).split("\t"))


def drag(grid: GridView, start: int, end: int) -> None:
    """Drags in the header with the left button, by content positions."""
    window = grid.windowHandle()
    places = [grid.header.mapTo(grid, QPoint(x, 8)) for x in (start, (start + end) // 2, end)]
    QTest.mousePress(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    for place in places[1:]:
        QTest.mouseMove(window, place)
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])


def middle(grid: GridView, key: str) -> int:
    index = KEYS.index(key)
    return grid._widths.lefts[index] + grid._widths.widths[index] // 2


def test_a_title_is_dragged_to_another_place_and_a_click_moves_nothing(grid: GridView) -> None:
    drag(grid, middle(grid, "a"), middle(grid, "c") + 8)
    assert seen(grid) == "bcad"
    drag(grid, middle(grid, "d"), 2)
    assert seen(grid) == "dbca"
    drag(grid, middle(grid, "d"), middle(grid, "d") + 3)
    assert seen(grid) == "dbca"
    drag(grid, middle(grid, "b"), grid._widths.total + 20)
    assert seen(grid) == "dcab"
    assert grid.row_text(0) == "d0\tc0\ta0\tb0", "what is copied is what is seen"


def menu_of(grid: GridView, at: str) -> QMenu:
    """Opened by the right button on a title."""
    place = QPoint(middle(grid, at), 8)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, grid.header.mapToGlobal(place))
    QApplication.sendEvent(grid.header, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def pick(menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text() == text)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def test_the_menu_on_the_titles_shows_hides_and_moves(grid: GridView) -> None:
    pick(menu_of(grid, "b"), "B")
    assert seen(grid) == "acd"
    pick(menu_of(grid, "a"), "Move A right")
    assert seen(grid) == "cad"
    pick(menu_of(grid, "c"), "Move C left")
    assert seen(grid) == "cad", "it is the first"
    for title in ("A", "D"):
        pick(menu_of(grid, "c"), title)
    last = next(action for action in menu_of(grid, "c").actions() if action.text() == "C")
    assert not last.isEnabled(), "a table without columns would be lost"
    QApplication.activePopupWidget().close()
    pick(menu_of(grid, "c"), "Default columns")
    assert seen(grid) == "abcd"


def dialog_of(qtbot, grid: GridView) -> ColumnDialog:
    grid.choose_columns()
    dialog = grid.findChild(ColumnDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.list.hasFocus())
    return dialog


def test_the_dialog_needs_no_mouse(qtbot, grid: GridView) -> None:
    dialog = dialog_of(qtbot, grid)
    assert dialog.windowTitle() == "Columns: Letters"
    press(dialog, Qt.Key.Key_Down)
    press(dialog, Qt.Key.Key_Space)
    assert seen(grid) == "acd", "seen at once"
    press(dialog, Qt.Key.Key_Space)
    press(dialog, Qt.Key.Key_Down, CTRL)
    press(dialog, Qt.Key.Key_Down, CTRL)
    press(dialog, Qt.Key.Key_Down, CTRL)
    assert seen(grid) == "acdb"
    press(dialog, Qt.Key.Key_Up, CTRL)
    assert seen(grid) == "acbd"
    assert dialog.list.currentItem().text() == "B", "the keys stay with the column"
    press(dialog, Qt.Key.Key_Home)
    for _ in KEYS:
        press(dialog, Qt.Key.Key_Space)
        press(dialog, Qt.Key.Key_Down)
    assert seen(grid) == "d", "the last one stays"
    dialog.reset.setFocus()
    press(dialog, Qt.Key.Key_Space)
    assert seen(grid) == "abcd"
    assert all(button.toolTip() for button in (dialog.up, dialog.down, dialog.reset, dialog.close_button))
    press(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: grid.findChild(ColumnDialog) is None)


def test_the_choice_is_kept_and_brought_back(qtbot, grid: GridView) -> None:
    grid.set_column_choice({"order": ["d", "b", "a", "c"], "hidden": ["b"]})
    assert seen(grid) == "dac"
    assert grid.column_choice() == {"order": ["d", "b", "a", "c"], "hidden": ["b"]}
    grid.set_column_widths({"a": 99})
    assert seen(grid) == "dac", "a width brings no column back"
    grid.set_column_choice({"order": ["d", "gone", "c"], "hidden": ["gone"]})
    assert seen(grid) == "abdc", "what is new stands behind the one it follows, what is gone is passed over"


def test_a_hidden_column_makes_room_and_has_no_edge_to_drag(grid: GridView) -> None:
    total = grid._widths.total
    width = grid._widths.widths[1]
    grid.set_column_choice({"order": list(KEYS), "hidden": ["b"]})
    assert grid._widths.total == total - width
    edge = grid._widths.lefts[2]
    assert grid._widths.edge_at(edge) == 0
    assert [grid._widths.at(x) for x in (0, edge)] == [0, 2]


def test_columns_give_way_by_where_they_stand_now(grid: GridView) -> None:
    grid.resize(120, 200)
    assert grid._widths.widths[1] == 0, "it stands left of the vital one"
    assert "B  (no room now)" in [action.text() for action in menu_of(grid, "c").actions()]
    QApplication.activePopupWidget().close()
    grid.set_column_choice({"order": ["a", "c", "b", "d"], "hidden": []})
    assert grid._widths.widths[1] > 0, "right of it, it takes nothing from it"


def test_titles_say_how_columns_are_chosen(grid: GridView) -> None:
    grid.set_columns_keys(KeyTexts({"panel.columns": ("C",)}), "panel.columns")
    assert grid.header.hint == "Drag moves the column, right click chooses columns (C)"


orders = st.lists(st.sampled_from([*KEYS, "unknown"]), max_size=8)


@given(order=orders, hidden=orders, steps=st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3), st.booleans())))
def test_whatever_is_kept_or_done_every_column_has_one_place_and_one_is_shown(order, hidden, steps) -> None:
    choice = ColumnChoice(Letters().columns())
    choice.restore({"order": order, "hidden": hidden})
    for index, step, on in steps:
        choice.move(index, step)
        choice.show(index, on)
        assert sorted(choice.order) == [0, 1, 2, 3]
        assert choice.shown
    again = ColumnChoice(Letters().columns())
    again.restore(choice.state())
    assert again.state() == choice.state()
    assert again.shown == choice.shown
