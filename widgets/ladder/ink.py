"""Drawing primitives of the ladder: fonts, cached text, and edges that fall on the screen's own pixels."""

import enum
import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStaticText, QTransform

from protocols.market.instruments import FlexMarket, Instrument
from widgets.flex.view import is_flex
from widgets.ladder.geometry import WHOLE_QUANTITY, WHOLE_WATTS, Metrics, Rect
from widgets.theme import Theme

NO_ROOM = "###"
"""Stands for a number where there is no room for it: without its leading figures it would be another one."""

CHIP_AIR = 14
"""Around a preset's text, within its button."""

LONG_QUOTE = "B  88.88888  "
"""As long as a best price with its letter usually is, `S  -123.45` or `B  150.248`, and what parts it from the next."""

TEXTS_KEPT = 4096
"""Laid-out texts kept per font; when there are more, all are dropped and made again as they are needed."""


class Face(enum.IntEnum):
    """The ladder's few fonts, by use."""

    TEXT = enum.auto()
    NAME = enum.auto()
    TITLE = enum.auto()
    SMALL = enum.auto()
    NUMBER = enum.auto()
    NUMBER_STRONG = enum.auto()
    PLATE = enum.auto()


class Ink:
    """The fonts of one theme at one density, and every text drawn with them, measured and laid out once."""

    def __init__(self, theme: Theme, compact: bool) -> None:
        self.theme = theme
        sizes, shrink = theme.sizes, 1 if compact else 0
        strong = QFont.Weight.DemiBold
        self._fonts = {
            Face.TEXT: theme.ui_font(sizes.font_ui - shrink),
            Face.NAME: theme.ui_font(sizes.font_ui + 1 - shrink, strong),
            Face.TITLE: theme.ui_font(sizes.font_title - shrink, QFont.Weight.Medium),
            Face.SMALL: theme.ui_font(sizes.font_title - 2, QFont.Weight.Medium),
            Face.NUMBER: theme.number_font(sizes.font_numbers - shrink),
            Face.NUMBER_STRONG: theme.number_font(sizes.font_numbers - shrink, QFont.Weight.Bold),
            Face.PLATE: theme.ui_font(2 * sizes.font_ui - 2, QFont.Weight.Bold),
        }
        self._metrics = {face: QFontMetrics(font) for face, font in self._fonts.items()}
        self._texts: dict[Face, dict[str, QStaticText]] = {face: {} for face in Face}
        self._widths: dict[Face, dict[str, int]] = {face: {} for face in Face}
        self.digit = self._metrics[Face.NUMBER].horizontalAdvance("0" * 16) / 16
        """The width of a figure in fractions of a pixel."""
        self.row_height = sizes.row_height_compact if compact else sizes.row_height
        self.line_height = self._metrics[Face.NAME].height() + (1 if compact else 3)

    def metrics(self, contract: Instrument | None, amounts: Iterable[str] = (), presets: Iterable[str] = ()) -> Metrics:
        """What a layout needs to know of the fonts, of the instrument's numbers, and of the quantities that stand in
        the bar: with their units (`amounts`), and as presets say them."""
        spec, flex = None if contract is None else contract.spec, is_flex(contract)
        return Metrics(
            digit=math.ceil(self.digit),
            row_height=self.row_height,
            line_height=self.line_height,
            padding=self.theme.sizes.padding,
            price_decimals=spec.price_decimals if spec else 2,
            quantity_decimals=spec.quantity_decimals if spec else 1,
            whole_quantity=WHOLE_WATTS if flex else WHOLE_QUANTITY,
            filtered=flex,
            mixed=isinstance(contract, FlexMarket),
            amount=max((self.width(Face.NAME, text) for text in amounts), default=0),
            chip=max((self.width(Face.TITLE, text) for text in presets), default=0) + CHIP_AIR,
            quote=2 * self.width(Face.SMALL, LONG_QUOTE),
        )

    def font(self, face: Face) -> QFont:
        return self._fonts[face]

    def width(self, face: Face, text: str) -> int:
        """Measured once: most of what a frame says, the one before said."""
        known = self._widths[face]
        width = known.get(text)
        if width is None:
            if len(known) >= TEXTS_KEPT:
                known.clear()
            width = known[text] = self._metrics[face].horizontalAdvance(text)
        return width

    def height(self, face: Face) -> int:
        return self._metrics[face].height()

    def fitting(self, face: Face, text: str, width: int) -> str:
        """The text, cut with an ellipsis where it is wider."""
        return self._metrics[face].elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))

    def number_within(self, face: Face, text: str, room: float) -> tuple[Face, str]:
        """The face in which a number is drawn whole: its own, or the small one where that is too wide; `###` where even
        that has no room."""
        for fitting in (face, Face.SMALL):
            if self.width(fitting, text) <= room:
                return fitting, text
        return Face.SMALL, NO_ROOM

    def top(self, face: Face, band: Rect) -> int:
        """The y at which text stands in the middle of a band."""
        return band.y + (band.height - self._metrics[face].height()) // 2

    def draw(self, painter: QPainter, face: Face, text: str, x: float, band: Rect, colour: QColor) -> None:
        """Draws a line of text from x on, in the middle of the band."""
        self.draw_many(painter, face, [(x, self.top(face, band), text)], colour)

    def draw_many(
        self, painter: QPainter, face: Face, texts: Iterable[tuple[float, float, str]], colour: QColor
    ) -> None:
        """Draws texts of one font and colour, each from its upper left corner."""
        painter.setFont(self._fonts[face])
        painter.setPen(colour)
        known, draw = self._texts[face], painter.drawStaticText
        for x, y, text in texts:
            draw(QPointF(x, y), known.get(text) or self._lay_out(face, text))

    def draw_right(self, painter: QPainter, face: Face, text: str, right: int, band: Rect, colour: QColor) -> None:
        self.draw(painter, face, text, right - self.width(face, text), band, colour)

    def draw_centred(self, painter: QPainter, face: Face, text: str, band: Rect, colour: QColor) -> None:
        text = self.fitting(face, text, band.width)
        self.draw(painter, face, text, band.x + (band.width - self.width(face, text)) // 2, band, colour)

    def _lay_out(self, face: Face, text: str) -> QStaticText:
        texts = self._texts[face]
        if len(texts) >= TEXTS_KEPT:
            texts.clear()
        laid_out = QStaticText(text)
        laid_out.setTextFormat(Qt.TextFormat.PlainText)
        laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        laid_out.prepare(QTransform(), self._fonts[face])
        texts[text] = laid_out
        return laid_out


class Pixels:
    """Rounds logical coordinates to the device's pixels, for one painter at one place: lines stay crisp at 125 %."""

    def __init__(self, painter: QPainter) -> None:
        transform = painter.deviceTransform()
        self._sx, self._sy = transform.m11(), transform.m22()
        self._dx, self._dy = transform.dx(), transform.dy()
        self.line = max(1, int(self._sy)) / self._sy
        """The thickness of a thin line: one logical pixel, in whole device pixels."""

    def x(self, x: float) -> float:
        return (round(x * self._sx + self._dx) - self._dx) / self._sx

    def y(self, y: float) -> float:
        return (round(y * self._sy + self._dy) - self._dy) / self._sy

    def rect(self, rect: Rect) -> QRectF:
        x, y = self.x(rect.x), self.y(rect.y)
        return QRectF(x, y, self.x(rect.right) - x, self.y(rect.bottom) - y)

    def across(self, x: float, right: float, y: float) -> QRectF:
        """A thin horizontal line whose upper edge is nearest y."""
        left = self.x(x)
        return QRectF(left, self.y(y), self.x(right) - left, self.line)

    def down(self, x: float, y: float, bottom: float) -> QRectF:
        """A thin vertical line whose left edge is nearest x."""
        top = self.y(y)
        return QRectF(self.x(x), top, self.line, self.y(bottom) - top)


def outline(painter: QPainter, pixels: Pixels, rect: Rect, colour: QColor) -> None:
    """A thin line around, on whole device pixels."""
    whole, line = pixels.rect(rect), pixels.line
    for edge in (
        QRectF(whole.x(), whole.y(), whole.width(), line),
        QRectF(whole.x(), whole.bottom() - line, whole.width(), line),
        QRectF(whole.x(), whole.y(), line, whole.height()),
        QRectF(whole.right() - line, whole.y(), line, whole.height()),
    ):
        painter.fillRect(edge, colour)
