"""One line of what the trader must read: a glyph, words that wrap, and what can be done about it."""

import enum
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from widgets.buttons import button_sheet
from widgets.theme import Theme
from widgets.wording import PlainLabel, plain_tip

WIDEST_MARK = "▲"
"""Room for it is left before every text, so that texts of several notices begin at one edge."""


class Kind(enum.Enum):
    """Glyph, ink, ground and word of a notice, from what matters most to what matters least."""

    QUESTION = ("?", "accent", "surface_raised", "Question")
    """About what the trader did just now: it waits for him."""
    BLOCK = ("▲", "danger", "danger_surface", "Blocking")
    """The whole desk."""
    ALERT = ("!", "danger", "danger_surface", "Alert")
    DOWN = ("▲", "danger", "danger_surface", "Connection down")
    """One connection, which its lamp tells too."""
    WARNING = ("◆", "warning", "surface_raised", "Warning")

    @property
    def rank(self) -> int:
        return list(Kind).index(self)


class Offer(NamedTuple):
    """What can be done about an alert, on a button beside it."""

    words: str
    tip: str
    act: Callable[[], object]


class Line(QWidget):
    """One notice: a glyph, text that wraps, and room for a button."""

    def __init__(self, parent: QWidget, kind: Kind = Kind.BLOCK) -> None:
        super().__init__(parent)
        self.kind = kind
        self._ground = self._edge = QColor()
        self.framed = False
        self.mark = PlainLabel("", self)
        self.text = PlainLabel("", self)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(12, 5, 8, 5)
        self.row.setSpacing(8)
        self.row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addWidget(self.text, 1)
        self.offered: QPushButton | None = None
        self._closer: QToolButton | None = None

    def offer(self, offer: Offer) -> None:
        self.offered = button = QPushButton(offer.words, self)
        button.setToolTip(plain_tip(f"{offer.tip} (Space)"))
        button.setAccessibleName(offer.tip)
        button.clicked.connect(lambda: offer.act())
        self.row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def dress_as_kind(self, theme: Theme) -> None:
        _, ink, ground, _ = self.kind.value
        self.dress(theme, ink, ground)

    def dress(self, theme: Theme, ink: str, ground: str) -> None:
        self._ground, self._edge = getattr(theme, ground), theme.border_strong
        self.mark.set_ink(getattr(theme, ink))
        bold = theme.ui_font(weight=QFont.Weight.Bold)
        self.mark.setFont(bold)
        self.mark.setFixedWidth(QFontMetrics(bold).horizontalAdvance(WIDEST_MARK))
        self.text.setFont(theme.ui_font(weight=QFont.Weight.Medium))
        if self.offered is not None:
            self.offered.setFont(theme.ui_font())
            self.offered.setStyleSheet(button_sheet(theme))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ground)
        if self.framed:
            painter.setPen(self._edge)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def closer(self, tip: str, name: str, act: Callable[[], object]) -> None:
        """A small × at the end."""
        self._closer = button = QToolButton(self)
        button.setText("×")
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.clicked.connect(lambda: act())
        self.row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def name_closer(self, name: str) -> None:
        """The words changed, and so does what its × is called."""
        if self._closer is not None:
            self._closer.setAccessibleName(name)
