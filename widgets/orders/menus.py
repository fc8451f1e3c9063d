"""The blotter's two menus: what can be done with a row, and which columns are shown."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from widgets.orders.cells import COLUMNS
from widgets.orders.view import OrdersView

RowAct = tuple[str, Callable[[], object], bool]
"""What it says, what it does, and whether it can be done now."""


def popup_row_menu(parent: QWidget, acts: Iterable[RowAct], at: QPoint) -> None:
    menu = _menu(parent)
    for text, act, enabled in acts:
        menu.addAction(text, act).setEnabled(enabled)
    menu.popup(at)


def popup_column_menu(view: OrdersView, at: QPoint) -> None:
    """Ticks for the columns that are shown; the last one can't be hidden."""
    menu = _menu(view)
    shown = view.visible_columns()
    for index, column in enumerate(COLUMNS):
        action = menu.addAction(column.title)
        action.setCheckable(True)
        action.setChecked(index in shown)
        action.setEnabled(index not in shown or len(shown) > 1)
        action.toggled.connect(lambda on, index=index: view.setColumnHidden(index, not on))
    menu.popup(at)


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
