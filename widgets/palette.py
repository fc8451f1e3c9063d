"""The command palette: a line and a list over the window. It knows nothing of what it offers."""

import dataclasses
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.theme import Theme, scroll_bar_sheet
from widgets.wording import PlainLabel

WIDTH = 620
ROWS = 12
ROW_HEIGHT = 30
MARGIN = 10


@dataclasses.dataclass(frozen=True)
class Entry:
    """One thing on offer: its title, a word on what it is, the keys that do the same, and what is run."""

    title: str
    detail: str
    keys: str
    run: Callable[[], object]


class Palette(QFrame):
    """Asks `find` for what to offer as the text changes. Enter or a click closes it and runs the entry; Esc closes it.

    One is made for each time: `closed` tells that it is done and about to be deleted.
    """

    closed = Signal(bool)
    """Whether the keyboard should go back to where it was; not when a click took it elsewhere."""

    def __init__(self, host: QWidget, find: Callable[[str], Sequence[Entry]], theme: Theme) -> None:
        super().__init__(host)
        self._host = host
        self._find = find
        self._theme = theme
        self._entries: list[Entry] = []
        self._done = False
        self.setAutoFillBackground(False)
        self.setAccessibleName("Command palette")
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("A command or a contract: “15Q4”, “fr 18-19”")
        self.line.setAccessibleName("Command or contract")
        self.line.setToolTip("Up and Down choose, Enter runs, Esc closes")
        self.line.setFrame(False)
        self.line.setFont(theme.ui_font(15))
        self.line.setFixedHeight(34)
        self.line.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._search)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Found")
        self.list.setToolTip("A click runs it")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(EntryPainter(theme, self.list))
        self.list.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))
        self.list.itemClicked.connect(self._clicked)
        self.nothing = PlainLabel("", self)
        self.nothing.elide()
        self.nothing.set_ink(theme.text_secondary)
        self.nothing.setFixedHeight(ROW_HEIGHT)
        self.nothing.setContentsMargins(10, 0, 10, 0)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 6, MARGIN, MARGIN)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addWidget(self.list)
        column.addWidget(self.nothing)
        host.installEventFilter(self)
        self._search("")

    def open(self) -> None:
        """Shows it and takes the keyboard."""
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def finish(self, give_back: bool = True) -> None:
        """Closes it; nothing is run."""
        if not self._done:
            self._done = True
            self.hide()
            self.closed.emit(give_back)
            self.deleteLater()

    @property
    def titles(self) -> list[str]:
        """What is on offer now."""
        return [entry.title for entry in self._entries]

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line:
            if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
                return self._pressed(event)
            if isinstance(event, QFocusEvent) and event.type() is QEvent.Type.FocusOut:
                self.finish(event.reason() is Qt.FocusReason.ActiveWindowFocusReason)
        elif watched is self._host and event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.border_strong, 1))
        painter.setBrush(self._theme.surface)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setPen(self._theme.border)
        below = self.line.geometry().bottom() + 3
        painter.drawLine(1, below, self.width() - 2, below)
        painter.end()

    # Within

    def _pressed(self, event: QKeyEvent) -> bool:
        row, page = self.list.currentRow(), ROWS - 1
        match event.key():
            case Qt.Key.Key_Escape:
                self.finish()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                # A held Enter must not go on to whatever gets the keyboard next.
                if not event.isAutoRepeat():
                    self._run(row)
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self._choose(row + 1)
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self._choose(row - 1)
            case Qt.Key.Key_PageDown:
                self._choose(min(row + page, self.list.count() - 1))
            case Qt.Key.Key_PageUp:
                self._choose(max(row - page, 0))
            case _:
                return False
        return True

    def _choose(self, row: int) -> None:
        if self._entries:
            self.list.setCurrentRow(row % len(self._entries) if row >= 0 else len(self._entries) - 1)

    def _clicked(self, item: QListWidgetItem) -> None:
        self._run(self.list.row(item))

    def _run(self, row: int) -> None:
        if 0 <= row < len(self._entries):
            entry = self._entries[row]
            self.finish()
            entry.run()

    def _search(self, text: str) -> None:
        self._entries = list(self._find(text))
        self.list.clear()
        for entry in self._entries:
            item = QListWidgetItem(entry.title)
            item.setData(Qt.ItemDataRole.UserRole, entry)
            spoken = ", ".join(part for part in (entry.title, entry.detail, entry.keys) if part)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            self.list.addItem(item)
        if self._entries and text.strip():
            self.list.setCurrentRow(0)  # with nothing asked, Enter has nothing to run
        self._say_nothing("" if self._entries else f"Nothing matches “{text.strip()}”")
        self._place()

    def _say_nothing(self, words: str) -> None:
        """An empty list looks as if it were still being filled."""
        self.nothing.say(words)
        self.nothing.setVisible(bool(words))
        self.list.setVisible(not words)
        self.line.setAccessibleDescription(words)

    def _place(self) -> None:
        self.list.setFixedHeight(min(ROWS, len(self._entries)) * ROW_HEIGHT)
        width = min(WIDTH, self._host.width() - 20)
        height = self._column.sizeHint().height()
        self.setGeometry((self._host.width() - width) // 2, min(90, self._host.height() // 8), width, height)


class EntryPainter(QStyledItemDelegate):
    """Title on the left, what it is behind it, keys on the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = theme.ui_font()
        self._quiet = theme.ui_font(theme.sizes.font_title)
        self._keys = theme.ui_font(theme.sizes.font_title, QFont.Weight.Medium)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry = index.data(Qt.ItemDataRole.UserRole)
        theme = self._theme
        rect = QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.selection if selected else theme.surface)
        if selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), theme.accent)
        inner = rect.adjusted(10, 0, -10, 0)
        keys = self._text(painter, inner, entry.keys, self._keys, theme.accent, Qt.AlignmentFlag.AlignRight)
        inner.setRight(inner.right() - (keys + 16 if keys else 0))
        title = self._text(painter, inner, entry.title, self._title, theme.text, Qt.AlignmentFlag.AlignLeft)
        inner.setLeft(inner.left() + title + 14)
        self._text(painter, inner, entry.detail, self._quiet, theme.text_muted, Qt.AlignmentFlag.AlignLeft)
        painter.restore()

    @staticmethod
    def _text(painter: QPainter, rect: QRect, text: str, font: QFont, colour: QColor, side: Qt.AlignmentFlag) -> int:
        painter.setFont(font)
        painter.setPen(colour)
        metrics = QFontMetrics(font)
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, rect.width()))
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, cut)
        return metrics.horizontalAdvance(cut)
