"""The band that tells a practice window from a live one at a glance."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import Theme

WORD = "PRACTICE"
MEANING = "simulated market, no orders leave this machine"


class PracticeBand(QWidget):
    """Stays at the top of a practice window; it can't be closed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{WORD} — {MEANING}")
        self.setToolTip("This window trades on the built-in practice venue")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._bold = theme.ui_font(theme.sizes.font_title, QFont.Weight.Bold)
        self._plain = theme.ui_font(theme.sizes.font_title)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, QFontMetrics(self._bold).height() + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(QFontMetrics(self._bold).horizontalAdvance(WORD) + 24, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        painter.fillRect(self.rect(), theme.practice_surface)
        painter.fillRect(QRect(0, self.height() - 2, self.width(), 2), theme.practice)
        bold, plain = QFontMetrics(self._bold), QFontMetrics(self._plain)
        word = bold.horizontalAdvance(WORD)
        meaning = f"— {MEANING}"
        whole = word + 8 + plain.horizontalAdvance(meaning)
        left = max(12, (self.width() - whole) // 2)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        height = self.height() - 2
        painter.setFont(self._bold)
        painter.setPen(theme.practice_text)
        painter.drawText(QRect(left, 0, word + 2, height), flags, WORD)
        rest = QRect(left + word + 8, 0, max(0, self.width() - left - word - 16), height)
        painter.setFont(self._plain)
        painter.setPen(theme.text)
        painter.drawText(rest, flags, plain.elidedText(meaning, Qt.TextElideMode.ElideRight, rest.width()))
        painter.end()
