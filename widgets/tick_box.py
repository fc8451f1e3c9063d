"""A check box whose box is seen on a dark ground too."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from widgets.theme import Theme

BOX = 15
GAP = 7


class TickBox(QCheckBox):
    """A box, a tick when it is on, and words."""

    def __init__(self, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._words = text
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(theme.ui_font())
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(BOX + GAP + metrics.horizontalAdvance(self._words) + 8, max(BOX, metrics.height()) + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, alive = self._theme, self.isEnabled()
        painter = QPainter(self)
        paint_tick_box(painter, self.rect(), theme, self.isChecked(), alive, self.hasFocus())
        painter.setPen(theme.text if alive else theme.text_muted)
        words = self.rect().adjusted(BOX + GAP, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._words)
        painter.end()

    def set_words(self, words: str) -> None:
        """What stands behind the box."""
        self._words = words
        self.setText(words)
        self.updateGeometry()
        self.update()

    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be clicked."""
        return True


def paint_tick_box(
    painter: QPainter, room: QRect, theme: Theme, on: bool, alive: bool = True, focused: bool = False
) -> None:
    """A box at the left of `room`, half way down, with a tick when it is on."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(room.left() + 0.5, room.top() + (room.height() - BOX) / 2 + 0.5, BOX - 1, BOX - 1)
    edge = theme.focus_ring if focused else theme.accent if on and alive else theme.border_strong
    painter.setPen(QPen(edge, 2 if focused else 1))
    painter.setBrush(theme.accent_surface if on and alive else theme.surface_sunken)
    painter.drawRoundedRect(box, 3, 3)
    if on:
        painter.setPen(QPen(theme.accent if alive else theme.text_muted, 2))
        x, y = box.left(), box.top()
        painter.drawPolyline([QPointF(x + 3, y + 7), QPointF(x + 6, y + 10.5), QPointF(x + 11.5, y + 3.5)])
    painter.restore()
