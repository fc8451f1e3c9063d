"""Finding the contract or pair that a ticket is for, by a few letters: `eurj`, then Enter."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListWidget, QListWidgetItem, QWidget

from protocols.market.instruments import ContractKey
from widgets.palette import ROW_HEIGHT, Entry, EntryPainter
from widgets.theme import Theme, scroll_bar_sheet
from widgets.ticket.sheet import input_sheet, list_sheet

ROWS = 6
Find = Callable[[str], Sequence[tuple[ContractKey, str, str]]]
"""What a text finds, the best first: key, name, and a word on what it is."""


class ContractSearch(QWidget):
    """A line, and a list below it while something is found. Up and Down choose, Enter takes, Esc gives up."""

    chosen = Signal(object)
    """ContractKey that was taken."""
    given_up = Signal()

    def __init__(self, find: Find, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._find = find
        self._host = parent
        self._theme = theme
        self._found: list[ContractKey] = []
        self.label = QLabel("Find", self)
        self.line = QLineEdit(self)
        self.line.setMaxLength(60)
        self.line.installEventFilter(self)
        self.line.textEdited.connect(self._search)
        self.label.setBuddy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 2)
        row.setSpacing(8)
        row.addWidget(self.label)
        row.addWidget(self.line, 1)
        self.list = QListWidget(parent)
        self.list.setAccessibleName("Found contracts and pairs")
        self.list.setToolTip("A click takes it")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda item: self._take(self.list.row(item)))
        self.list.hide()
        self.look_for("a contract or a currency pair", "eurj, 15q4 amprion")
        self.set_theme(theme)

    def look_for(self, what: str, example: str) -> None:
        """What can be found here, `a currency pair`, and how that is typed."""
        self._what = what
        self.line.setPlaceholderText(example)
        self.line.setAccessibleName(f"Find {what}")
        self.set_tip("")

    def set_tip(self, keys: str) -> None:
        """`keys` are those that lead here."""
        self.line.setToolTip(f"Find {self._what}; Enter takes it" + (f" ({keys})" if keys else ""))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for widget in (self.label, self.line):
            widget.setFont(theme.ui_font())
        self.line.setFixedHeight(theme.sizes.row_height + 2)
        self.line.setStyleSheet(input_sheet(theme, "QLineEdit"))
        palette = self.label.palette()
        palette.setColor(self.label.foregroundRole(), theme.text_secondary)
        self.label.setPalette(palette)
        self.list.setStyleSheet(list_sheet(theme))
        self.list.setItemDelegate(EntryPainter(theme, self.list))
        self.list.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))

    @property
    def names(self) -> list[str]:
        """What is found now."""
        return [self.list.item(row).text() for row in range(self.list.count())] if self._found else []

    def begin(self) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._pressed(event)
        if isinstance(event, QFocusEvent) and event.type() is QEvent.Type.FocusOut:
            self._close()
        return False

    # Within

    def _pressed(self, event: QKeyEvent) -> bool:
        row, rows = self.list.currentRow(), len(self._found)
        match event.key():
            case Qt.Key.Key_Down if rows:
                self.list.setCurrentRow((row + 1) % rows)
            case Qt.Key.Key_Up if rows:
                self.list.setCurrentRow((row - 1) % rows)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                # It never goes on to the ticket: there it would send.
                if not event.isAutoRepeat():
                    self._take(row)
            case Qt.Key.Key_Escape:
                self._close()
                self.given_up.emit()
            case _:
                return False
        return True

    def _search(self, text: str) -> None:
        found = list(self._find(text)) if text.strip() else []
        self._found = [key for key, _, _ in found]
        self.list.clear()
        for _, name, detail in found:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, Entry(name, detail, "", lambda: None))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {detail}")
            self.list.addItem(item)
        if text.strip() and not found:
            nothing = QListWidgetItem("Nothing found")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            nothing.setData(Qt.ItemDataRole.UserRole, Entry("Nothing found", "", "", lambda: None))
            self.list.addItem(nothing)
        if found:
            self.list.setCurrentRow(0)
        self._place()

    def _place(self) -> None:
        host = self._host
        rows = min(ROWS, self.list.count())
        corner = self.line.mapTo(host, QPoint(0, self.line.height() + 1))
        self.list.setGeometry(corner.x(), corner.y(), self.line.width(), rows * ROW_HEIGHT + 2)
        self.list.setVisible(rows > 0)
        self.list.raise_()

    def _take(self, row: int) -> None:
        if 0 <= row < len(self._found):
            key = self._found[row]
            self._close()
            self.chosen.emit(key)

    def _close(self) -> None:
        self._found = []
        self.line.clear()
        self.list.clear()
        self.list.hide()
