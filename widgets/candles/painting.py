"""Paints a frame: grid, candles, quote, crosshair, axes; orders and words have painters of their own."""

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QRegion

from protocols.market.values import Price
from widgets.candles.frame import Body, Frame
from widgets.candles.ink import PAD, Ink, across, broken, down, sharp
from widgets.candles.order_painting import OrderPainter
from widgets.candles.plates import PlatePainter
from widgets.candles.words import shortened
from widgets.staging import price_text

HOLLOW = 4.0
"""Pixels from candle to candle from which a rising one is seen to be hollow; narrower ones are filled."""
ONLY_WICKS = 2.5
BODY_SHARE = 0.68
"""Of the room of a candle."""


class ChartPainter:
    """Paints with the inks of one theme."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        self._orders = OrderPainter(ink)
        self._plates = PlatePainter(ink)
        self._words: list[QRect] = []
        """Of orders, on the ground: the crosshair doesn't strike them through."""

    def ground(self, painter: QPainter, frame: Frame) -> None:
        """All that stays as it is while only the mouse moves."""
        layout, theme, body = frame.layout, self._ink.theme, frame.body
        painter.fillRect(0, 0, layout.width, layout.height, theme.surface)
        if body is not None:
            plot = QRectF(0, layout.top, layout.right, layout.bottom - layout.top)
            self._grid(painter, frame, body)
            painter.save()
            painter.setClipRect(plot)
            self._candles(painter, frame, body)
            self._orders.fills(painter, frame, body)
            if not frame.live:
                painter.fillRect(plot, theme.stale_veil)
            self._quote_lines(painter, frame, body)
            self._words = [tag.toAlignedRect() for tag in self._orders.lines(painter, frame, body)]
            painter.restore()
            self._prices(painter, frame, body)
            self._times(painter, frame, body)
            self._quote_chips(painter, frame, body)
        self._frame_lines(painter, frame)

    def above(self, painter: QPainter, frame: Frame) -> None:
        """What goes along with the mouse, and the words over everything."""
        layout, body = frame.layout, frame.body
        if body is not None:
            painter.save()
            free = QRegion(0, layout.top, layout.right, layout.bottom - layout.top)
            for words in self._words:
                free -= QRegion(words)
            painter.setClipRegion(free)
            self._crosshair_lines(painter, frame, body)
            painter.setClipRect(QRectF(0, layout.top, layout.right, layout.bottom - layout.top))
            self._orders.dragged(painter, frame, body)
            painter.restore()
            self._crosshair_chips(painter, frame, body)
            self._orders.chips(painter, frame, body)
        self._readout(painter, frame)
        self._plates.paint(painter, frame)

    # The market

    def _grid(self, painter: QPainter, frame: Frame, body: Body) -> None:
        layout = frame.layout
        for price in body.price_marks:
            across(painter, 0, layout.right, body.scale.y(price), self._ink.grid)
        for mark in body.time_marks:
            pen = self._ink.grid_strong if mark.major else self._ink.grid
            down(painter, body.x(mark.number, layout), layout.top, layout.bottom, pen)

    def _candles(self, painter: QPainter, frame: Frame, body: Body) -> None:
        """Rising ones are hollow and falling ones filled: the colour says it a second time."""
        step, scale, layout = body.span.step, body.scale, frame.layout
        width = max(1, round(step * BODY_SHARE)) | 1
        half, high, top, share = width // 2, scale.high, scale.top, scale.height / (scale.high - scale.low)
        x, hollow = body.x(body.first, layout), step >= HOLLOW
        wicks: dict[bool, list[QLineF]] = {True: [], False: []}
        bodies: dict[bool, list[QRectF]] = {True: [], False: []}
        for candle in body.candles:
            rises = candle.close >= candle.open
            upper, lower = (candle.close, candle.open) if rises else (candle.open, candle.close)
            middle, highest = round(x - 0.5) + 0.5, top + (high - candle.high) * share
            lowest = max(top + (high - candle.low) * share, highest + 1)
            first, last = sharp(top + (high - upper) * share), sharp(top + (high - lower) * share)
            if rises and hollow:
                # What is hollow has its wicks outside.
                wicks[True] += (QLineF(middle, highest, middle, first), QLineF(middle, last, middle, lowest))
            else:
                wicks[rises].append(QLineF(middle, highest, middle, lowest))
            bodies[rises].append(QRectF(middle - half, first, width - 1, last - first))
            x += step
        for rises, ink in ((True, self._ink.theme.up), (False, self._ink.theme.down)):
            painter.setPen(QPen(ink, 1))
            painter.drawLines(wicks[rises])
            if step < ONLY_WICKS:
                continue
            painter.setBrush(QBrush(Qt.BrushStyle.NoBrush) if rises and hollow else QBrush(ink))
            painter.drawRects(bodies[rises])

    def _quote_lines(self, painter: QPainter, frame: Frame, body: Body) -> None:
        for _, price in _quoted(frame):
            pen = broken(self._ink.theme.guide, Qt.PenStyle.DotLine)
            across(painter, 0, frame.layout.right, body.scale.y(price), pen)

    def _quote_chips(self, painter: QPainter, frame: Frame, body: Body) -> None:
        theme = self._ink.theme
        for (name, price), top in zip(_quoted(frame), self._chip_tops(frame, body), strict=True):
            text = f"{name} {price_text(price, body.pair.spec)}"
            self._price_chip(painter, frame, top, text, theme.surface_raised, theme.text, theme.guide)

    def _chip_tops(self, frame: Frame, body: Body) -> list[int]:
        """Where the quote stands on the prices: the ask above the bid however near they are, so that both are read."""
        height = self._ink.chip_height
        places = [body.scale.y(price) - height / 2 for _, price in _quoted(frame)]
        if len(places) == 2 and places[1] - places[0] < height:
            middle = (places[0] + places[1] + height) / 2
            places = [middle - height, middle]
        return [round(place) for place in places]

    # The crosshair

    def _crosshair_lines(self, painter: QPainter, frame: Frame, body: Body) -> None:
        crosshair, layout = frame.crosshair, frame.layout
        if crosshair is None or frame.drag is not None:
            return
        pen = broken(self._ink.theme.text_secondary)
        down(painter, body.x(crosshair.number, layout), layout.top, layout.bottom, pen)
        if crosshair.price is not None:
            across(painter, 0, layout.right, body.scale.y(crosshair.price), pen)

    def _crosshair_chips(self, painter: QPainter, frame: Frame, body: Body) -> None:
        crosshair, layout, ink = frame.crosshair, frame.layout, self._ink
        if crosshair is None or frame.drag is not None:
            return
        ground, word = ink.theme.text_secondary, ink.theme.surface
        if crosshair.price is not None:
            top = round(body.scale.y(crosshair.price) - ink.chip_height / 2)
            self._price_chip(painter, frame, top, price_text(crosshair.price, body.pair.spec), ground, word, ground)
        width = ink.width(crosshair.time)
        left = min(max(0.0, body.x(crosshair.number, layout) - width / 2), max(0.0, layout.right - width))
        rect = QRectF(round(left), layout.bottom + 1, width, layout.foot - 2)
        ink.chip(painter, rect, crosshair.time, ground=ground, ink=word)

    def _price_chip(
        self, painter: QPainter, frame: Frame, top: float, text: str, ground: QColor, ink: QColor, edge: QColor
    ) -> None:
        layout, height = frame.layout, self._ink.chip_height
        top = min(max(layout.top, top), layout.bottom - height)
        rect = QRectF(layout.right + 1, top, layout.axis - 2, height)
        self._ink.chip(painter, rect, text, ground=ground, ink=ink, edge=edge)

    # Around it

    def _prices(self, painter: QPainter, frame: Frame, body: Body) -> None:
        layout, ink = frame.layout, self._ink
        painter.setFont(ink.numbers)
        painter.setPen(ink.theme.text_secondary)
        half, tops = ink.number_metrics.height() / 2, self._chip_tops(frame, body)
        for price in body.price_marks:
            y = body.scale.y(price)
            covered = any(top - half < y < top + ink.chip_height + half for top in tops)
            if layout.top + half <= y <= layout.bottom - half and not covered:
                rect = QRectF(layout.right, y - half, layout.axis - PAD, 2 * half)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(rect, flags, price_text(price, body.pair.spec))

    def _times(self, painter: QPainter, frame: Frame, body: Body) -> None:
        """Where two would touch, the beginning of a day goes before a time of day."""
        layout, ink = frame.layout, self._ink
        taken: list[tuple[float, float]] = []
        for mark in sorted(body.time_marks, key=lambda mark: not mark.major):
            width = ink.number_metrics.horizontalAdvance(mark.text) + PAD
            left = body.x(mark.number, layout) - width / 2
            if (
                left < 0
                or left + width > layout.right
                or any(left < end and left + width > begin for begin, end in taken)
            ):
                continue
            taken.append((left, left + width))
            painter.setFont(ink.numbers)
            painter.setPen(ink.theme.text if mark.major else ink.theme.text_secondary)
            rect = QRectF(left, layout.bottom, width, layout.foot)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _frame_lines(self, painter: QPainter, frame: Frame) -> None:
        layout, pen = frame.layout, QPen(self._ink.theme.border, 1)
        across(painter, 0, layout.width, layout.bottom, pen)
        down(painter, layout.right, layout.top, layout.bottom, pen)

    def _readout(self, painter: QPainter, frame: Frame) -> None:
        """The line of words above the plot: what is dragged, else the candle that is looked at."""
        layout, ink = frame.layout, self._ink
        text = frame.drag_words or frame.readout
        if not text:
            return
        painter.setFont(ink.numbers)
        painter.setPen(ink.theme.warning if "!" in frame.drag_words else ink.theme.text)
        room = QRectF(PAD, 0, layout.width - 2 * PAD, layout.top)

        def fits(words: str) -> bool:
            return ink.number_metrics.horizontalAdvance(words) <= room.width()

        fitting = shortened(text, fits, last_counts=bool(frame.drag_words))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, fitting)


def _quoted(frame: Frame) -> list[tuple[str, Price]]:
    """The ask first, which is above."""
    quote = frame.quote
    if quote is None:
        return []
    return [(name, price) for name, price in (("ask", quote.ask), ("bid", quote.bid)) if price is not None]
