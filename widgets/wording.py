"""How freshness and the venues' words are said on screen: the same everywhere."""

import html
import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from protocols.market.events import ConnectionStatus, Freshness
from protocols.market.state import Standing
from widgets.theme import Theme

MARKS = {
    Freshness.LIVE: "●",
    Freshness.STALE: "▲",
    Freshness.RESYNCHRONISING: "↻",
    Freshness.UNSYNCHRONISED: "○",
}
INKS = {
    Freshness.LIVE: "live",
    Freshness.STALE: "danger",
    Freshness.RESYNCHRONISING: "warning",
    Freshness.UNSYNCHRONISED: "warning",
}
CONNECTION_MARKS = {
    ConnectionStatus.LIVE: "●",
    ConnectionStatus.RESYNCHRONISING: "↻",
    ConnectionStatus.DOWN: "▲",
    ConnectionStatus.OFF: "○",
}
CONNECTION_INKS = {
    ConnectionStatus.LIVE: "live",
    ConnectionStatus.RESYNCHRONISING: "warning",
    ConnectionStatus.DOWN: "danger",
    ConnectionStatus.OFF: "text_muted",
}


def standing_text(standing: Standing) -> str:
    """`live`, or the freshness with its reason: `stale: the link is down`."""
    word = standing.freshness.value
    return f"{word}: {standing.reason}" if standing.reason and not standing.live else word


def plain_tip(text: str) -> str:
    """A tool tip that shows the text as it is: Qt would take `<b>` in a venue's words for HTML."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""


def plain_words(venue_word: str) -> str:
    """A venue's compound word in plain ones: `RecallRequested` is `recall requested`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", venue_word).lower()


class PlainLabel(QLabel):
    """A label that never reads HTML into its text, and is cut with an ellipsis where it does not fit."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._whole = text
        self._elided = False
        self.setText(text)

    def elide(self) -> None:
        """From now on the label may be narrower than its text."""
        self._elided = True
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def whole_text(self) -> str:
        return self._whole

    def say(self, text: str) -> None:
        """Shows the text; nothing happens when it is the same."""
        if text == self._whole:
            return
        self._whole = text
        self._fit()

    def resizeEvent(self, event: object) -> None:
        if self._elided:
            self._fit()

    def _fit(self) -> None:
        text = self._whole
        if self._elided:
            text = QFontMetrics(self.font()).elidedText(text, Qt.TextElideMode.ElideRight, self.width())
            self.setToolTip(plain_tip(self._whole) if text != self._whole else "")
        self.setText(text)


class StandingStrip(QWidget):
    """One line that names how fresh the widget below it is: a glyph, the word, the reason."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Standing | None = None
        self._note = ""
        self._label = PlainLabel("", self)
        self._label.elide()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.sizes.padding, 2, theme.sizes.padding, 2)
        row.addWidget(self._label)
        self.setAutoFillBackground(True)
        self.set_theme(theme)

    @property
    def text(self) -> str:
        return self._label.whole_text

    def show_standing(self, standing: Standing, note: str = "") -> None:
        """`note` is added when it is not live: what that means for this widget."""
        if (standing, note) == (self._shown, self._note):
            return
        self._shown, self._note = standing, note
        text = f"{MARKS[standing.freshness]} {standing_text(standing)}"
        self._label.say(f"{text} — {note}" if note and not standing.live else text)
        self.setAccessibleName(f"Data: {self._label.whole_text}")
        self._paint()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._label.setFont(theme.ui_font(theme.sizes.font_title))
        self._paint()

    def _paint(self) -> None:
        freshness = self._shown.freshness if self._shown else Freshness.UNSYNCHRONISED
        theme = self._theme
        palette = self.palette()
        stale = freshness is Freshness.STALE
        palette.setColor(self.backgroundRole(), theme.danger_surface if stale else theme.surface)
        palette.setColor(self.foregroundRole(), theme.text if stale else getattr(theme, INKS[freshness]))
        self.setPalette(palette)
        self._label.setPalette(palette)
