"""How freshness and the venues' words are said on screen: the same everywhere."""

import html
import re

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from protocols.market.events import Freshness
from protocols.market.state import Standing
from widgets.marks import INKS, MARKS
from widgets.theme import Theme


def standing_text(standing: Standing) -> str:
    """`live`, or the freshness with its reason: `stale: the link is down`."""
    word = standing.freshness.value
    return f"{word}: {standing.reason}" if standing.reason and not standing.live else word


def plain_tip(text: str) -> str:
    """A tool tip that shows the text as it is: Qt would take `<b>` in a venue's words for HTML."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""


def with_line_above(line: str, tip: str) -> str:
    """A tool tip of `plain_tip`, perhaps empty, below a line of plain text."""
    above = plain_tip(line)
    return f"{above.removesuffix('</qt>')}<br>{tip.removeprefix('<qt>')}" if tip else above


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
        self._ink: QColor | None = None
        self.setText(text)

    def set_ink(self, ink: QColor) -> None:
        """Another colour than the palette's, whatever style sheet is above; for one line that is not selected."""
        self._ink = ink
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ink is None:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self._ink)
        painter.drawText(self.contentsRect(), self.alignment() | Qt.TextFlag.TextSingleLine, self.text())
        painter.end()

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
            text = QFontMetrics(self.font()).elidedText(text, Qt.TextElideMode.ElideRight, self.contentsRect().width())
            self.setToolTip(plain_tip(self._whole) if text != self._whole else "")
        self.setText(text)


class StandingStrip(QWidget):
    """One line that names how fresh the widget below it is: a glyph, the word, the reason.

    It paints itself: a palette set on a widget below QtAds' style sheet is put back at the next polish, and a strip
    that says "live" in the colour of "stale" is worse than none.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Standing | None = None
        self._text = ""
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_theme(theme)

    @property
    def text(self) -> str:
        return self._text

    def show_standing(self, standing: Standing, note: str = "") -> None:
        """`note` is added when it is not live: what that means for this widget."""
        if (standing, note) == (self._shown, self._note):
            return
        self._shown, self._note = standing, note
        text = f"{MARKS[standing.freshness]} {standing_text(standing)}"
        self._text = f"{text} — {note}" if note and not standing.live else text
        self.setAccessibleName(f"Data: {self._text}")
        self._tip()
        self.update()

    def say(self, words: str) -> None:
        """Shows words in place of a freshness: there is no such data, which is neither live nor stale."""
        if (self._shown, self._text) == (None, words):
            return
        self._shown, self._note, self._text = None, "", words
        self.setAccessibleName(words)
        self._tip()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._font = theme.ui_font(theme.sizes.font_title)
        self.updateGeometry()
        self.update()

    def colours(self) -> tuple[QColor, QColor]:
        """Ground and ink of the standing that is shown."""
        theme = self._theme
        if self._shown is None:
            return theme.surface, theme.text_secondary
        freshness = self._shown.freshness
        ink: QColor = getattr(theme, INKS[freshness])
        return (theme.danger_surface, theme.text) if freshness is Freshness.STALE else (theme.surface, ink)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font)
        return QSize(metrics.horizontalAdvance(self._text) + 2 * self._theme.sizes.padding, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        ground, ink = self.colours()
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground)
        painter.setFont(self._font)
        painter.setPen(ink)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        painter.drawText(self._room(), flags, self._fitting())
        painter.end()

    def _room(self) -> QRect:
        padding = self._theme.sizes.padding
        return self.rect().adjusted(padding, 0, -padding, 0)

    def _fitting(self) -> str:
        return QFontMetrics(self._font).elidedText(self._text, Qt.TextElideMode.ElideRight, self._room().width())

    def _tip(self) -> None:
        self.setToolTip(plain_tip(self._text) if self._fitting() != self._text else "")
