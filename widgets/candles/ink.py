"""The fonts and pens of one theme, made once, and the small shapes that everything on the chart is drawn with."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from protocols.market.values import Side
from widgets.theme import Theme

PAD = 6


class Ink:
    """A theme as the chart uses it."""

    def __init__(self, theme: Theme, compact: bool) -> None:
        self.theme = theme
        size = theme.sizes.font_title - (1 if compact else 0)
        self.numbers = theme.number_font(size)
        self.words = theme.ui_font(size)
        self.number_metrics = QFontMetricsF(self.numbers)
        self.word_metrics = QFontMetricsF(self.words)
        self.chip_height = round(self.number_metrics.height()) + 3
        """Of a word on the chart."""
        self.grid = QPen(_between(theme.border, theme.surface), 0)
        self.grid_strong = broken(theme.border_strong, Qt.PenStyle.DotLine)

    def side(self, side: Side) -> QColor:
        return self.theme.buy if side is Side.BUY else self.theme.sell

    def side_ground(self, side: Side) -> QColor:
        return self.theme.buy_surface if side is Side.BUY else self.theme.sell_surface

    def width(self, text: str) -> float:
        """Of a chip with this text."""
        return round(self.number_metrics.horizontalAdvance(text)) + 2 * PAD

    def chip(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        *,
        ground: QColor,
        ink: QColor,
        edge: QColor | None = None,
        dashed: bool = False,
    ) -> None:
        """A word on a ground of its own, so that it can be read over whatever lies below."""
        painter.setPen(broken(edge or ground) if dashed else QPen(edge or ground, 1))
        painter.setBrush(ground)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setFont(self.numbers)
        painter.setPen(ink)
        # Centred in too little room it would lose its side and its first figures without a sign.
        fitting = self.number_metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, fitting)


def broken(colour: QColor, style: Qt.PenStyle = Qt.PenStyle.DashLine) -> QPen:
    """A dashed or dotted pen, a hair wide at any scale."""
    return QPen(colour, 0, style)


def _between(one: QColor, other: QColor) -> QColor:
    """Halfway. A line that can be seen through takes Qt ten times as long."""
    return QColor((one.red() + other.red()) // 2, (one.green() + other.green()) // 2, (one.blue() + other.blue()) // 2)


def sharp(place: float) -> float:
    """The middle of a pixel: a line there is one pixel wide."""
    return round(place - 0.5) + 0.5


def across(painter: QPainter, left: float, right: float, y: float, pen: QPen) -> None:
    painter.setPen(pen)
    painter.drawLine(QPointF(left, sharp(y)), QPointF(right, sharp(y)))


def down(painter: QPainter, x: float, top: float, bottom: float, pen: QPen) -> None:
    painter.setPen(pen)
    painter.drawLine(QPointF(sharp(x), top), QPointF(sharp(x), bottom))


def triangle(x: float, y: float, size: float, up: bool) -> QPolygonF:
    """One whose tip is at the place: it hangs below it where it points up, and stands on it where it points down."""
    far = y + size if up else y - size
    return QPolygonF([QPointF(x, y), QPointF(x - size * 0.6, far), QPointF(x + size * 0.6, far)])
