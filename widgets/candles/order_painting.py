"""Paints our orders, what is executed of them, what is staged, and the order that is dragged."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from protocols.market.values import Price, Side
from widgets.candles.frame import Body, Frame
from widgets.candles.ink import PAD, Ink, across, broken, triangle
from widgets.candles.marks import OrderLine
from widgets.candles.words import LETTERS, order_words, reaches
from widgets.fx_staging import short_quantity
from widgets.staging import price_text

MARK = 9.0
"""The height of an execution's mark."""
WORDS_FROM = 14.0
"""Pixels from candle to candle from which an execution's quantity stands beside its mark."""
JOIN = 7
"""Pixels between the right edge and the line that joins two legs."""


class OrderPainter:
    """Sides have a colour and a letter; what is not sure is dashed and has a mark."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink

    def fills(self, painter: QPainter, frame: Frame, body: Body) -> None:
        """A buy's tip points up to its price, a sale's down to it; without a price it stands at the candle's end."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._ink
        for fill in body.fills:
            candle = body.candles[fill.number - body.first]
            buys = fill.side is Side.BUY
            price = fill.price if fill.price is not None else candle.low if buys else candle.high
            x, y = body.x(fill.number, frame.layout), body.scale.y(price)
            hollow = fill.price is None
            painter.setPen(QPen(ink.theme.surface if not hollow else ink.side(fill.side), 1))
            painter.setBrush(ink.theme.surface if hollow else ink.side(fill.side))
            painter.drawPolygon(triangle(x, y, MARK, up=buys))
            word = LETTERS[fill.side]
            if body.span.step >= WORDS_FROM:
                word = f"{word} {short_quantity(fill.quantity)}"
            self._fill_word(painter, x, y, word, fill.side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def lines(self, painter: QPainter, frame: Frame, body: Body) -> list[QRectF]:
        """From the left edge to the words at the right one. What is near is put side by side, never over another.
        Returns where words are."""
        tags: list[QRectF] = []
        self._joins(painter, frame, body)
        for line in sorted(body.lines, key=lambda line: -line.price):
            dragged = frame.drag is not None and frame.drag.order.client_id == line.name
            tag = self._place(frame, body, line.price, f"{line.text} {price_text(line.price, body.pair.spec)}", tags)
            self._line(painter, frame, body, line, tag, dragged)
        self._beyond(painter, frame, body)
        if body.stage is not None and body.scale.holds(body.stage.price):
            tag = self._place(frame, body, body.stage.price, body.stage.text, tags)
            colour = self._ink.side(body.stage.side)
            across(painter, 0, tag.left(), body.scale.y(body.stage.price), broken(colour, Qt.PenStyle.DashDotLine))
            self._ink.chip(
                painter,
                tag,
                body.stage.text,
                ground=self._ink.theme.surface_raised,
                ink=colour,
                edge=colour,
                dashed=True,
            )
        return tags

    def dragged(self, painter: QPainter, frame: Frame, body: Body) -> None:
        """The order in hand: where it is held, over everything else."""
        drag = frame.drag
        if drag is None or not body.scale.holds(drag.price):
            return
        ink, theme, order = self._ink, self._ink.theme, drag.order
        does = reaches(order, drag.price, frame.quote)
        colour = theme.warning if does else ink.side(order.side)
        text = f"{order_words(order)} {price_text(drag.price, body.pair.spec)}{f' ! {does}' if does else ''}"
        tag = self._place(frame, body, drag.price, text, [])
        across(painter, 0, tag.left(), body.scale.y(drag.price), QPen(colour, 2))
        ink.chip(painter, tag, text, ground=colour, ink=theme.text_inverse, edge=colour)

    def chips(self, painter: QPainter, frame: Frame, body: Body) -> None:
        """On the prices: where the dragged order is."""
        drag, layout, ink = frame.drag, frame.layout, self._ink
        if drag is None:
            return
        top = min(max(layout.top, body.scale.y(drag.price) - ink.chip_height / 2), layout.bottom - ink.chip_height)
        rect = QRectF(layout.right + 1, round(top), layout.axis - 2, ink.chip_height)
        colour = ink.side(drag.order.side)
        ink.chip(painter, rect, price_text(drag.price, body.pair.spec), ground=colour, ink=ink.theme.text_inverse)

    # Within

    def _line(self, painter: QPainter, frame: Frame, body: Body, line: OrderLine, tag: QRectF, dragged: bool) -> None:
        ink, theme = self._ink, self._ink.theme
        sure = line.look.solid and frame.orders_live and not dragged
        colour = ink.side(line.order.side) if frame.orders_live else theme.text_muted
        if line.look.tone is not None:
            colour = getattr(theme, line.look.tone.value)
        selected = frame.selected == line.name
        pen = QPen(colour, 2 if selected else 1) if sure else broken(colour)
        across(painter, 0, tag.left(), body.scale.y(line.price), pen)
        text = f"{line.text} {price_text(line.price, body.pair.spec)}"
        ground = ink.side_ground(line.order.side) if sure else theme.surface_raised
        ink.chip(
            painter,
            tag,
            text,
            ground=ground,
            ink=theme.text,
            edge=theme.accent if selected else colour,
            dashed=not sure,
        )

    def _joins(self, painter: QPainter, frame: Frame, body: Body) -> None:
        """A bracket at the right edge between what belongs together, with a word."""
        theme, right = self._ink.theme, frame.layout.right - JOIN / 2 + 0.5
        painter.setPen(QPen(theme.text_secondary, 1))
        for one, other in body.joins:
            top, bottom = sorted((body.scale.y(one.price), body.scale.y(other.price)))
            painter.drawLine(QPointF(right, top), QPointF(right, bottom))
            for y in (top, bottom):
                painter.drawLine(QPointF(right - JOIN / 2, y), QPointF(right, y))

    def _beyond(self, painter: QPainter, frame: Frame, body: Body) -> None:
        """How many orders are out of view, and where."""
        layout, ink = frame.layout, self._ink
        for count, glyph, y in (
            (body.above, "▲", layout.top + 2),
            (body.below, "▼", layout.bottom - ink.chip_height - 2),
        ):
            if count:
                text = f"{glyph} {count} own order{'s' * (count != 1)}"
                rect = QRectF(PAD, y, ink.width(text), ink.chip_height)
                theme = ink.theme
                ink.chip(painter, rect, text, ground=theme.surface_raised, ink=theme.text, edge=theme.border_strong)

    def _place(self, frame: Frame, body: Body, price: Price, text: str, tags: list[QRectF]) -> QRectF:
        """At the right edge of the plot, left of whatever is there already; where that leaves no room for all of it, as
        little below its price as need be, else above it."""
        layout, ink = frame.layout, self._ink
        width, height = ink.width(text), ink.chip_height
        top = round(body.scale.y(price) - height / 2)
        below = range(top + height, layout.bottom - height, height // 2)
        above = range(top - height, layout.top, -height // 2)
        for y in (top, *below, *above):
            rect = QRectF(layout.right - JOIN - width, y, width, height)
            for other in sorted(tags, key=lambda other: -other.left()):
                if rect.intersects(other):
                    rect.moveRight(other.left() - PAD)
            if rect.left() >= 0:
                break
        else:
            rect = QRectF(0, top, min(width, layout.right - JOIN), height)
        tags.append(rect)
        return rect

    def _fill_word(self, painter: QPainter, x: float, y: float, word: str, side: Side) -> None:
        ink, height = self._ink, self._ink.number_metrics.height() - 2
        width = ink.number_metrics.horizontalAdvance(word) + 4
        rect = QRectF(x - width / 2, y + MARK + 1 if side is Side.BUY else y - MARK - 1 - height, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.side_ground(side))
        painter.drawRoundedRect(rect, 2, 2)
        painter.setFont(ink.numbers)
        painter.setPen(ink.theme.text)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, word)
