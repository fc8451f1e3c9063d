"""The ladder's context menu: every act with its key, and what is shown."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from widgets.ladder.geometry import Column
from widgets.ladder.keys import Act
from widgets.ladder.options import ALWAYS_SHOWN, Options

_COLUMNS = {
    Column.OWN_BUY: "Own buy orders",
    Column.OWN_SELL: "Own sell orders",
    Column.TRADED: "Last traded and volume at price",
}


def ladder_menu(
    parent: QWidget,
    options: Options,
    perform: Callable[[Act], None],
    show_column: Callable[[Column, bool], None],
    set_compact: Callable[[bool], None],
    set_flash: Callable[[bool], None],
) -> QMenu:
    """A menu that deletes itself when it closes. Keys stand behind a tab: written, not bound."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    ticked = {Act.CUMULATIVE: options.cumulative, Act.COLLAPSED: options.collapsed}
    for act in Act:
        action = menu.addAction(f"{act.title}\t{act.keys}")
        if act in ticked:
            _tick(action, ticked[act])
        action.triggered.connect(lambda _=False, act=act: perform(act))
    menu.addSeparator()
    for column in Column:
        if column not in ALWAYS_SHOWN:
            action = menu.addAction(_COLUMNS[column])
            _tick(action, column not in options.hidden)
            action.toggled.connect(lambda on, column=column: show_column(column, on))
    menu.addSeparator()
    for title, on, act_on in (
        ("Compact rows", options.compact, set_compact),
        ("Flash on change", options.flash, set_flash),
    ):
        action = menu.addAction(title)
        _tick(action, on)
        action.toggled.connect(act_on)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _tick(action: QAction, on: bool) -> None:
    action.setCheckable(True)
    action.setChecked(on)
