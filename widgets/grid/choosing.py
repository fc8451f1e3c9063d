"""How the trader chooses a table's columns: a menu on its titles, and a dialog that needs no mouse."""

from collections.abc import Callable, Collection

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidgetItem, QMenu, QVBoxLayout, QWidget

from widgets.buttons import dialog_button
from widgets.grid.columns import ColumnChoice
from widgets.theme import Theme, scroll_bar_sheet
from widgets.tick_list import TickList, TickPainter, tick_state
from widgets.wording import plain_tip

SIZE = QSize(320, 460)
INDEX = Qt.ItemDataRole.UserRole

Changed = Callable[[], object]
"""Called after the choice changed."""


def columns_menu(
    parent: QWidget,
    choice: ColumnChoice,
    at: int,
    squeezed: Collection[int],
    changed: Changed,
    more: Callable[[], object],
) -> QMenu:
    """Every column with a tick, moves for the one `at` which it was opened (-1 for none), and the way to the dialog.
    Those `squeezed` are chosen and have no room. Deletes itself when it closes."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)

    def act(words: str, tip: str, change: Callable[[], object]) -> None:
        action = menu.addAction(words)
        action.setToolTip(plain_tip(tip))
        action.triggered.connect(lambda: (change(), changed()))

    for index in choice.order:
        column = choice.columns[index]
        action = menu.addAction(f"{column.title}  (no room now)" if index in squeezed else column.title)
        action.setToolTip(plain_tip(column.tip))
        action.setCheckable(True)
        action.setChecked(choice.is_shown(index))
        action.setEnabled(choice.shown != (index,))
        action.toggled.connect(lambda on, index=index: (choice.show(index, on), changed()))
    menu.addSeparator()
    if at >= 0:
        title = choice.columns[at].title
        act(f"Move {title} left", "Or drag its title", lambda: _step_over_shown(choice, at, -1))
        act(f"Move {title} right", "Or drag its title", lambda: _step_over_shown(choice, at, 1))
    act("Default columns", "The table's own columns, in its own order", choice.reset)
    more_action = menu.addAction("Columns by keyboard…")
    more_action.setToolTip(plain_tip("A list to tick and to sort without a mouse"))
    more_action.triggered.connect(lambda: more())
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _step_over_shown(choice: ColumnChoice, index: int, step: int) -> None:
    """To the other side of its neighbour among those that are seen."""
    shown = choice.shown
    place = shown.index(index) + step
    if 0 <= place < len(shown):
        beyond = place + 1 if step > 0 else place
        choice.place_before(index, shown[beyond] if beyond < len(shown) else None)


class _ColumnList(TickList):
    move_asked = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held == Qt.KeyboardModifier.ControlModifier and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_asked.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


class ColumnDialog(QDialog):
    """Ticks and order of a table's columns; what is done here is seen at once. Deletes itself when it closes."""

    def __init__(self, whose: str, choice: ColumnChoice, changed: Changed, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._choice = choice
        self._changed = changed
        self.setWindowTitle(f"Columns: {whose}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(SIZE)
        self.list = _ColumnList(self)
        self.list.setAccessibleName(f"Columns of {whose}")
        self.list.setToolTip(plain_tip("Space shows and hides; Ctrl+Up and Ctrl+Down move"))
        self.list.setItemDelegate(TickPainter(theme, self.list))
        self.list.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))
        self.up = dialog_button("Up", "Move the column to the left (Ctrl+Up)", lambda: self._move(-1), theme, self)
        self.down = dialog_button(
            "Down", "Move the column to the right (Ctrl+Down)", lambda: self._move(1), theme, self
        )
        self.reset = dialog_button("Default", "The table's own columns, in its own order", self._reset, theme, self)
        self.close_button = dialog_button("Close", "Keep them like this (Esc)", self.close, theme, self)
        self.close_button.setDefault(True)
        row = QHBoxLayout()
        for button in (self.up, self.down, self.reset):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self._fill(choice.order[0])
        self.list.itemChanged.connect(self._ticked)
        self.list.move_asked.connect(self._move)
        self.list.setFocus()

    @property
    def _current(self) -> int:
        """The column of the current row."""
        return int(self.list.currentItem().data(INDEX))

    def _fill(self, current: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for index in self._choice.order:
            column = self._choice.columns[index]
            item = QListWidgetItem(column.title, self.list)
            item.setToolTip(plain_tip(column.tip))
            item.setData(INDEX, index)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(tick_state(self._choice.is_shown(index)))
            if index == current:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)

    def _ticked(self, item: QListWidgetItem) -> None:
        on = item.checkState() is Qt.CheckState.Checked
        if self._choice.show(int(item.data(INDEX)), on):
            self._changed()
        elif not on:
            item.setCheckState(Qt.CheckState.Checked)  # the last one stays

    def _move(self, step: int) -> None:
        current = self._current
        if self._choice.move(current, step):
            self._fill(current)
            self._changed()

    def _reset(self) -> None:
        self._choice.reset()
        self._fill(self._current)
        self._changed()
