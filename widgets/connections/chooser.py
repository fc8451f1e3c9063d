"""Chooses what each connection subscribes to: its delivery areas and products, or its currency pairs, with ticks."""

import itertools
from collections.abc import Collection, Mapping, Sequence

import msgspec
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from widgets.buttons import button_sheet
from widgets.connections.choice_list import ChoiceList
from widgets.fields import FilterField
from widgets.theme import Theme
from widgets.wording import plain_tip

SIZE = QSize(820, 560)
BUTTON_HEIGHT = 28
SAVE = "Save"
SAVE_ALL_THE_SAME = "Save all the same"


class ChoosableList(msgspec.Struct, frozen=True):
    """One list of a connection. `names` in order, each with how people read it."""

    key: str
    title: str
    names: Mapping[str, str]
    chosen: Collection[str]


class Choosable(msgspec.Struct, frozen=True):
    """One connection, with a line that says what it is."""

    name: str
    detail: str
    lists: tuple[ChoosableList, ...]


class _Page(QWidget):
    """One connection's lists side by side."""

    def __init__(self, connection: Choosable, theme: Theme) -> None:
        super().__init__()
        self.connection = connection
        self.lists = {each.key: _choice_list(each, connection, theme) for each in connection.lists}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(_plain(connection.detail, self))
        row = QHBoxLayout()
        row.setSpacing(12)
        for each in self.lists.values():
            row.addWidget(each)
        column.addLayout(row, 1)

    def changes(self) -> dict[str, tuple[str, ...]]:
        """What is chosen now of each list that was chosen otherwise."""
        return {
            each.key: self.lists[each.key].chosen()
            for each in self.connection.lists
            if set(self.lists[each.key].chosen()) != set(each.chosen)
        }

    @property
    def problem(self) -> str:
        """Why it can't be saved like this; empty when it can."""
        empty = [each.title.lower() for each in self.connection.lists if not self.lists[each.key].chosen()]
        return f"{self.connection.name} has no {' and no '.join(empty)}: tick at least one" if empty else ""


class ChooserDialog(QDialog):
    """Shows what `show_connections` hands it and asks to `save`; its owner closes it when that is done.

    Esc in the filter empties it, anywhere else it closes the dialog and keeps nothing.
    """

    save_requested = Signal(object, bool)
    """The changes by connection and list, and whether the question that is shown was answered."""
    reload_requested = Signal()

    def __init__(self, where: str, theme: Theme, parent: QWidget | None = None) -> None:
        """`where` says where the choices are kept."""
        super().__init__(parent)
        self.setWindowTitle("Connections: areas, products and pairs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(SIZE)
        self._theme = theme
        self._question = ""
        self._problem = ""
        self.filter = FilterField("", "Filter the names", "Shows the names that hold every word", self)
        self.filter.set_theme(theme)
        self.connections = QListWidget(self)
        self.connections.setAccessibleName("Connections")
        self.connections.setToolTip("Up and Down choose the connection")
        self.pages = QStackedWidget(self)
        self.words = _plain("", self)
        self.words.setAccessibleName("What stands in the way")
        self.where = _plain(where, self)
        self.buttons = QDialogButtonBox(self)
        role = QDialogButtonBox.ButtonRole
        self.save = self._button(SAVE, role.AcceptRole, "Write the file and connect anew what changed (Enter)")
        self.save.setDefault(True)
        self.reload = self._button("Read the file again", role.ActionRole, "Show what the file says now")
        self.cancel = self._button("Cancel", role.RejectRole, "Change nothing (Esc)")
        self._lay_out()
        self.filter.textChanged.connect(self._filter)
        self.filter.left.connect(self._to_list)
        self.filter.entered.connect(self._to_list)
        self.connections.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.save.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.reload.clicked.connect(self.reload_requested)
        for button in self.findChildren(QPushButton):
            button.setStyleSheet(button_sheet(theme))
            button.setFixedHeight(BUTTON_HEIGHT)

    def show_connections(self, connections: Sequence[Choosable], current: str | None = None) -> None:
        """These, in place of any that were shown; what was ticked and not saved is forgotten."""
        self.connections.clear()
        for before in self._pages:
            self.pages.removeWidget(before)
            before.deleteLater()
        for connection in connections:
            page = _Page(connection, self._theme)
            for each in page.lists.values():
                each.changed.connect(self._changed)
            self.pages.addWidget(page)
            item = QListWidgetItem(connection.name, self.connections)
            item.setSizeHint(QSize(0, self._theme.sizes.row_height))
        names = [connection.name for connection in connections]
        self.connections.setCurrentRow(names.index(current) if current in names else 0)
        self._order_tabs()
        self._filter(self.filter.text())
        self._changed()

    def show_problem(self, words: str, reload: bool = False) -> None:
        """Why nothing was saved. With `reload` the file has to be read again before it can be."""
        self._problem, self._question = words, ""
        self.reload.setVisible(reload)
        self._show()
        self.save.setEnabled(not reload and not self._unsaveable)

    def show_question(self, words: str) -> None:
        """What saving would lead to: the same button again agrees to it, any other tick takes it back."""
        self._question, self._problem = words, ""
        self._show()

    def accept(self) -> None:
        """Asks for the changes to be saved; without any there is nothing to do but close."""
        if not self.save.isEnabled():
            return
        changes = self._changes()
        if changes:
            self.save_requested.emit(changes, bool(self._question))
        else:
            super().accept()

    def saved(self) -> None:
        """It is done."""
        super().accept()

    # Within

    @property
    def _pages(self) -> list[_Page]:
        found = [self.pages.widget(index) for index in range(self.pages.count())]
        return [page for page in found if isinstance(page, _Page)]

    @property
    def _unsaveable(self) -> str:
        return next((page.problem for page in self._pages if page.problem), "")

    def _changes(self) -> dict[str, dict[str, tuple[str, ...]]]:
        return {page.connection.name: changes for page in self._pages if (changes := page.changes())}

    def _changed(self) -> None:
        self._question = self._problem = ""
        self.reload.hide()
        self._show()
        self.save.setEnabled(bool(self._pages) and not self._unsaveable)

    def _show(self) -> None:
        words = self._problem or self._question or self._unsaveable
        self.words.setText(f"▲ {words}" if words else "")
        self.words.setVisible(bool(words))
        self.save.setText(SAVE_ALL_THE_SAME if self._question else SAVE)
        self.save.setAccessibleName(self.save.text())

    def _filter(self, text: str) -> None:
        for page in self._pages:
            for each in page.lists.values():
                each.filter(text)

    def _to_list(self) -> None:
        page = self.pages.currentWidget()
        if isinstance(page, _Page):
            shown = [each for each in page.lists.values() if any(not item.isHidden() for item in each.items)]
            for each in shown[:1]:
                each.list.setFocus(Qt.FocusReason.TabFocusReason)

    def _lay_out(self) -> None:
        right = QWidget(self)
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.filter)
        beside.addWidget(self.pages, 1)
        splitter = QSplitter(self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.connections)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([170, 560])
        column = QVBoxLayout(self)
        column.addWidget(splitter, 1)
        column.addWidget(self.words)
        column.addWidget(self.where)
        column.addWidget(self.buttons)

    def _order_tabs(self) -> None:
        order: list[QWidget] = [self.connections, self.filter]
        order += [each for page in self._pages for choices in page.lists.values() for each in choices.tab_order]
        order += [self.save, self.reload, self.cancel]
        for before, after in itertools.pairwise(order):
            self.setTabOrder(before, after)

    def _button(self, text: str, role: QDialogButtonBox.ButtonRole, tip: str) -> QPushButton:
        button = self.buttons.addButton(text, role)
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(text)
        return button


def _choice_list(each: ChoosableList, connection: Choosable, theme: Theme) -> ChoiceList:
    return ChoiceList(each.title, each.names, each.chosen, connection.name, theme)


def _plain(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
