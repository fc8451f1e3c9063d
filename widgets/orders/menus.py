"""The blotter's menus: what can be done with a row, with a column, and what rows are put together by."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from widgets.grid.choosing import columns_menu
from widgets.orders.catalogue import GroupBy
from widgets.orders.view import OrdersView

Entry = tuple[str, Callable[[], object], bool]
"""What it says, what it does, and whether it can be done now."""


def popup_menu(parent: QWidget, entries: Iterable[Entry], at: QPoint) -> None:
    menu = _menu(parent)
    for text, act, enabled in entries:
        menu.addAction(text, act).setEnabled(enabled)
    menu.popup(at)


def popup_title_menu(view: OrdersView, column: int, entries: Sequence[Entry], at: QPoint) -> None:
    """What can be done with the column whose title it is, above the list of all columns."""
    menu = columns_menu(view, view.choice, column, view.squeezed, view.arrange_columns, view.choose_columns)
    first = menu.actions()[0]
    for text, act, enabled in entries:
        action = QAction(text, menu)
        action.triggered.connect(lambda _checked=False, act=act: act())
        action.setEnabled(enabled)
        menu.insertAction(first, action)
    menu.insertSeparator(first)
    menu.popup(at)


def popup_column_picker(view: OrdersView, heading: str, picked: Callable[[int], object]) -> None:
    """The columns that are shown, to pick one by keyboard."""
    menu = _menu(view)
    menu.addSection(heading)
    for column in view.choice.shown:
        menu.addAction(view.titles.title(column), partial(picked, column))
    menu.popup(view.titles.mapToGlobal(QPoint(8, view.titles.height())))
    menu.setActiveAction(menu.actions()[1])


def popup_group_menu(button: QWidget, group: GroupBy, picked: Callable[[GroupBy], object]) -> None:
    menu = _menu(button)
    for each in GroupBy:
        action = menu.addAction(each.words, partial(picked, each))
        action.setCheckable(True)
        action.setChecked(each is group)
        if each is group:
            menu.setActiveAction(action)
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
