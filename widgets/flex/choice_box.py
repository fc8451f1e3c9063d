"""One choice of a list that comes with the market: it changes under the trader's eyes, what he chose never does."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from widgets.theme import Theme

GONE = "(not in the book)"
ARROW = 13


class ChoiceBox(QComboBox):
    """Entries are a value and its label. The wheel changes nothing: it scrolls what is around."""

    chosen = Signal()
    """By the trader: `value` is another one."""
    left = Signal()
    """Esc: the keys are to go back."""

    def __init__(self, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._entries: tuple[tuple[object, str], ...] = ()
        self._value: object = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.activated.connect(self._activated)
        self.set_theme(theme)

    @property
    def value(self) -> object:
        return self._value

    @property
    def entries(self) -> tuple[tuple[object, str], ...]:
        """What there is to choose from."""
        return self._entries

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(theme.ui_font(theme.sizes.font_title))
        self.setStyleSheet(_sheet(theme))
        self.setFixedHeight(theme.sizes.row_height + 2)

    def offer(self, entries: Sequence[tuple[object, str]], value: object) -> None:
        """What there is to choose from, and what is chosen: kept and named so when it is not among them. An open list
        stays as it is, so that nothing moves under the mouse."""
        entries = tuple(entries)
        if value not in [each for each, _ in entries]:
            entries = (*entries, (value, f"{value or 'none'} {GONE}"))
        if self.view().isVisible() or (entries, value) == (self._entries, self._value):
            return
        with QSignalBlocker(self):
            if entries != self._entries:
                self._entries = entries
                self.clear()
                self.addItems([label for _, label in entries])
            self._value = value
            self.setCurrentIndex([each for each, _ in entries].index(value))
        self.setAccessibleDescription(self.currentText())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.showPopup()
        else:
            before = self.currentIndex()
            super().keyPressEvent(event)
            if self.currentIndex() != before:
                self._activated(self.currentIndex())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.text_secondary, 1.4))
        x, y = self.width() - float(ARROW), self.height() / 2 - 1.5
        painter.drawPolyline([QPointF(x - 4, y), QPointF(x, y + 4), QPointF(x + 4, y)])
        painter.end()

    def _activated(self, index: int) -> None:
        value = self._entries[index][0]
        if value != self._value:
            self._value = value
            self.setAccessibleDescription(self.currentText())
            self.chosen.emit()


def _sheet(theme: Theme) -> str:
    """A well with a thin edge, as the ticket's fields are. (Theirs can't be taken: the ladder, which has this box, is
    below the ticket.)"""
    well = theme.surface_sunken if theme.surface.lightness() < 128 else theme.surface
    return f"""
    QComboBox {{
        background: {well.name()}; color: {theme.text.name()};
        border: 1px solid {theme.border_strong.name()}; border-radius: {theme.sizes.radius}px; padding: 0 6px;
    }}
    QComboBox:focus {{ border: 1px solid {theme.focus_ring.name()}; background: {theme.accent_surface.name()}; }}
    QComboBox::drop-down {{ border: none; width: 18px; }}
    QComboBox::down-arrow {{ image: none; }}
    QComboBox QAbstractItemView {{
        background: {theme.surface_raised.name()}; color: {theme.text.name()};
        border: 1px solid {theme.border_strong.name()}; outline: none;
        selection-background-color: {theme.selection.name()}; selection-color: {theme.text.name()};
    }}
    """
