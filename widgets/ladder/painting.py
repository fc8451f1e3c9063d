"""Paints the rows of a frame: bars, numbers, lines and marks. Reads nothing but the frame."""

import math

from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor, QPainter, QPen

from protocols.market.values import Side
from widgets.ladder.depth import RowSide
from widgets.ladder.frame import Body, FrameRow, LastMark
from widgets.ladder.geometry import Column, Geometry, Rect
from widgets.ladder.ink import Face, Ink, Pixels, outline
from widgets.ladder.spots import spots_of
from widgets.ladder.words import Number, Word
from widgets.theme import faded

BEST_BAR = 3
FLASH_OPACITY = 70
PILL_HEIGHT = 14
Shown = list[tuple[int, FrameRow]]

LAST_GLYPHS = {1: "▲", -1: "▼", 0: "=", None: "•"}


class RowPainter:
    """Paints the body of frames with one ink; keeps nothing between frames."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        theme = ink.theme
        self._separator = faded(theme.border, 110)
        self._volume = faded(theme.guide, 45)
        self._guide_pen = QPen(theme.guide, 0)
        self._guide_pen.setDashPattern([4, 4])

    def paint(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body) -> None:
        shown = [(slot, row) for slot, row in enumerate(body.rows) if row is not None]
        self._grounds(painter, pixels, geometry, body)
        self._bars(painter, pixels, geometry, body, shown)
        self._volumes(painter, pixels, geometry, body, shown)
        self._grid(painter, pixels, geometry)
        self._guides(painter, pixels, geometry, body)
        self._numbers(painter, geometry, body, shown)
        self._last(painter, pixels, geometry, body)
        self._gaps(painter, pixels, geometry, body)
        for words, slot in ((body.notice_above, 0), (body.notice_below, geometry.slots - 1)):
            if words:
                self._notice(painter, pixels, geometry.row(slot), words)

    def paint_landmarks(self, painter: QPainter, geometry: Geometry, body: Body) -> None:
        """Once more, above the veil over rows that are not live: the prices of our own orders, and the best of last
        sight with what rested there. Without colour, which is for what is live."""
        muted = self._ink.theme.text_muted
        best = [slot for slot in (body.bids.best_slot, body.asks.best_slot) if slot is not None]
        for slot, row in enumerate(body.rows):
            if row is None or not (slot in best or row.own_buy or row.own_sell):
                continue
            strong = slot in best
            self._column(painter, geometry, Column.PRICE, [(slot, row.price)], muted, strong)
            for column, text in ((Column.BID, row.bid_text), (Column.ASK, row.ask_text)):
                if strong and text:
                    self._column(painter, geometry, column, [(slot, text)], muted, strong)

    def _grounds(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body) -> None:
        theme = self._ink.theme
        rows = Rect(0, geometry.body.y, geometry.width, geometry.slots * geometry.metrics.row_height)
        painter.fillRect(pixels.rect(geometry.column(Column.PRICE, rows)), theme.surface_raised)
        ask, bid = body.asks.best_slot, body.bids.best_slot
        if ask is None or bid is None:
            return
        top, end = max(0, ask + 1), min(geometry.slots, bid)
        if top < end:
            first, last = geometry.cell(top, Column.BID), geometry.cell(end - 1, Column.ASK)
            zone = Rect(first.x, first.y, last.right - first.x, last.bottom - first.y)
            painter.fillRect(pixels.rect(zone), theme.surface_sunken)

    def _bars(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body, shown: Shown) -> None:
        theme = self._ink.theme
        for side, column, whole, strong, surface, bar in (
            (Side.BUY, Column.BID, body.bids, theme.buy, theme.buy_surface, theme.buy_depth),
            (Side.SELL, Column.ASK, body.asks, theme.sell, theme.sell_surface, theme.sell_depth),
        ):
            buying = side is Side.BUY
            for slot, row in shown:
                cell = geometry.cell(slot, column)
                if whole.best_slot == slot:
                    painter.fillRect(pixels.rect(cell), surface)
                    x = cell.right if buying else cell.x - BEST_BAR
                    painter.fillRect(pixels.rect(Rect(x, cell.y, BEST_BAR, cell.height)), strong)
                width = _bar_width(row.bid if buying else row.ask, body, cell.width)
                if width:
                    x = cell.right - width if buying else cell.x
                    painter.fillRect(pixels.rect(Rect(x, cell.y + 1, width, cell.height - 1)), bar)
                glow = body.flashes.get((side, row.meaning.price)) if body.flashes else None
                if glow:
                    painter.fillRect(pixels.rect(cell), faded(theme.flash, int(FLASH_OPACITY * glow)))

    def _volumes(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body, shown: Shown) -> None:
        if Column.TRADED not in geometry.columns:
            return
        for slot, row in shown:
            if row.volume:
                cell = geometry.cell(slot, Column.TRADED)
                width = max(1, cell.width * row.volume // body.full_volume)
                painter.fillRect(pixels.rect(Rect(cell.x, cell.y + 1, width, cell.height - 1)), self._volume)

    def _grid(self, painter: QPainter, pixels: Pixels, geometry: Geometry) -> None:
        bottom = geometry.row(geometry.slots).y
        for slot in range(1, geometry.slots + 1):
            painter.fillRect(pixels.across(0, geometry.width, geometry.row(slot).y), self._separator)
        for column in geometry.columns[1:]:
            x = geometry.column(column, geometry.body).x
            painter.fillRect(pixels.down(x, geometry.body.y, bottom), self._ink.theme.border)

    def _numbers(self, painter: QPainter, geometry: Geometry, body: Body, shown: Shown) -> None:
        """Column by column, so that font and colour rarely change."""
        theme = self._ink.theme
        bid, ask = body.bids.best_slot, body.asks.best_slot
        best = {slot: colour for slot, colour in ((bid, theme.buy), (ask, theme.sell)) if slot is not None}
        plain = [(slot, row.price) for slot, row in shown if slot not in best and not row.round_price]
        rounds = [(slot, row.price) for slot, row in shown if slot not in best and row.round_price]
        bids = [(slot, row.bid_text) for slot, row in shown if row.bid_text]
        asks = [(slot, row.ask_text) for slot, row in shown if row.ask_text]
        volumes = [(slot, row.volume_text) for slot, row in shown if row.volume_text]
        self._column(painter, geometry, Column.PRICE, plain, theme.text_secondary)
        self._column(painter, geometry, Column.PRICE, rounds, theme.text)
        for slot, colour in best.items():
            strong = [(slot, row.price) for at, row in shown if at == slot]
            self._column(painter, geometry, Column.PRICE, strong, colour, strong=True)
        self._column(painter, geometry, Column.BID, [pair for pair in bids if pair[0] != bid], theme.text)
        self._column(painter, geometry, Column.ASK, [pair for pair in asks if pair[0] != ask], theme.text)
        self._column(painter, geometry, Column.BID, [pair for pair in bids if pair[0] == bid], theme.text, True)
        self._column(painter, geometry, Column.ASK, [pair for pair in asks if pair[0] == ask], theme.text, True)
        if Column.TRADED in geometry.columns:
            colour = theme.text_muted if body.trades_note else theme.text_secondary
            self._column(painter, geometry, Column.TRADED, volumes, colour)

    def _column(
        self,
        painter: QPainter,
        geometry: Geometry,
        column: Column,
        numbers: list[tuple[int, Number]],
        colour: QColor,
        strong: bool = False,
    ) -> None:
        """Draws a column's numbers with their decimal points below one another."""
        if not numbers:
            return
        face = Face.NUMBER_STRONG if strong else Face.NUMBER
        digit, spots = self._ink.digit, spots_of(geometry, column)
        first, tall = geometry.row(0), geometry.metrics.row_height
        top = self._ink.top(face, first)
        placed, tight = [], []
        for slot, number in numbers:
            x = spots.x_of(number, digit)
            if x is None:
                tight.append((slot, number.text))
            else:
                placed.append((x, top + slot * tall, number.text))
        self._ink.draw_many(painter, face, placed, colour)
        for slot, text in tight:
            fitting, text = self._ink.number_within(Face.SMALL, text, spots.room)
            self._ink.draw_right(painter, fitting, text, spots.right, geometry.row(slot), colour)

    def _extents(self, geometry: Geometry, row: FrameRow) -> list[tuple[float, float]]:
        """Where a row's numbers begin and end, from left to right."""
        digit, extents = self._ink.digit, []
        for column, number in (
            (Column.BID, row.bid_text),
            (Column.PRICE, row.price),
            (Column.ASK, row.ask_text),
            (Column.TRADED, row.volume_text),
        ):
            if number is not None and column in geometry.columns:
                spots = spots_of(geometry, column)
                x = spots.x_of(number, digit)
                extent = (spots.left, spots.right) if x is None else (x, x + len(number.text) * digit)
                extents.append(extent)
        return extents

    def _guides(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body) -> None:
        ink, theme = self._ink, self._ink.theme
        taken: list[tuple[float, int]] = []
        for guide in body.guides:
            y = pixels.y(geometry.pixel(guide.position))
            painter.setPen(self._guide_pen)
            middle = y + pixels.line / 2
            for left, right in self._free(geometry, body, guide.position):
                painter.drawLine(QLineF(left, middle, right, middle))
            # Those that would cover one another stand side by side.
            width = ink.width(Face.SMALL, guide.label) + 8
            left = _label_edge(geometry, body, round(y))
            x = max((right for other, right in taken if abs(other - y) < PILL_HEIGHT), default=left)
            taken.append((y, x + width + 2))
            highest = geometry.row(1 if body.notice_above else 0).y
            label = Rect(x, max(round(y) - PILL_HEIGHT // 2, highest), width, PILL_HEIGHT)
            painter.fillRect(pixels.rect(label), theme.surface_raised)
            ink.draw(painter, Face.SMALL, guide.label, x + 4, label, theme.text_secondary)

    def _free(self, geometry: Geometry, body: Body, position: float) -> list[tuple[float, float]]:
        """The stretches in which a line at a position strikes no number through."""
        slot = math.floor(position + 0.5)
        row = body.rows[slot] if 0 <= slot < len(body.rows) else None
        from_middle = abs(position - slot) * geometry.metrics.row_height
        if row is None or from_middle > self._ink.height(Face.NUMBER) / 2:
            return [(0.0, float(geometry.width))]
        taken = self._extents(geometry, row)
        if body.last is not None and body.last.slot == slot and Column.TRADED in geometry.columns:
            face, text, x = self._last_words(geometry, body.last, row)
            place = len(taken) - 1 if row.volume_text else len(taken)
            taken.insert(place, (x, x + self._ink.width(face, text)))
        edges = [0.0, *(edge for left, right in taken for edge in (left - 4, right + 4)), float(geometry.width)]
        return list(zip(edges[::2], edges[1::2], strict=True))

    def _last(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body) -> None:
        mark = body.last
        if mark is None or mark.slot is None or body.rows[mark.slot] is None:
            return
        theme = self._ink.theme
        colour = theme.text_muted if body.trades_note else theme.last
        outline(painter, pixels, geometry.cell(mark.slot, Column.PRICE), colour)
        if Column.TRADED in geometry.columns:
            face, text, x = self._last_words(geometry, mark, body.rows[mark.slot])
            self._ink.draw(painter, face, text, x, geometry.cell(mark.slot, Column.TRADED), colour)

    def _last_words(self, geometry: Geometry, mark: LastMark, row: FrameRow | None) -> tuple[Face, str, int]:
        """The last trade's direction and quantity as they fit beside the volume, and where they begin."""
        cell = geometry.column(Column.TRADED, geometry.body)
        right = float(cell.right)
        if row is not None and row.volume_text:
            right = self._extents(geometry, row)[-1][0]
        text = f"{LAST_GLYPHS[mark.direction]} {mark.text}"
        return *self._ink.number_within(Face.NUMBER_STRONG, text, right - cell.x - 7), cell.x + 5

    def _gaps(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body) -> None:
        """Levels that came since the rows were chosen: `+2` between the rows where they belong."""
        theme = self._ink.theme
        for depth, column, colour, ground in (
            (body.bids, Column.BID, theme.buy, theme.buy_surface),
            (body.asks, Column.ASK, theme.sell, theme.sell_surface),
        ):
            for slot, count in sorted(depth.gaps.items()):
                if 0 <= slot <= geometry.slots:
                    self._gap(painter, pixels, geometry, slot, column, f"+{count}", colour, ground)

    def _gap(
        self,
        painter: QPainter,
        pixels: Pixels,
        geometry: Geometry,
        slot: int,
        column: Column,
        text: str,
        colour: QColor,
        ground: QColor,
    ) -> None:
        cell = geometry.cell(slot, column)
        width = self._ink.width(Face.SMALL, text) + 10
        y = min(max(cell.y - PILL_HEIGHT // 2, geometry.body.y), geometry.footer.y - PILL_HEIGHT)
        x = cell.x + 2 if column is Column.BID else cell.right - width - 2
        painter.fillRect(pixels.across(cell.x, cell.right, y + PILL_HEIGHT // 2), colour)
        pill = Rect(x, y, width, PILL_HEIGHT)
        painter.fillRect(pixels.rect(pill), ground)
        outline(painter, pixels, pill, colour)
        self._ink.draw(painter, Face.SMALL, text, x + 5, pill, colour)

    def _notice(self, painter: QPainter, pixels: Pixels, row: Rect, words: tuple[Word, ...]) -> None:
        ink, theme = self._ink, self._ink.theme
        painter.fillRect(pixels.rect(row), theme.surface_raised)
        outline(painter, pixels, row, theme.border_strong)
        gap = ink.width(Face.TITLE, "  ")
        x = row.x + (row.width - sum(ink.width(Face.TITLE, word.text) + gap for word in words) + gap) // 2
        for word in words:
            ink.draw(painter, Face.TITLE, word.text, x, row, getattr(theme, word.tone.value))
            x += ink.width(Face.TITLE, word.text) + gap


def _bar_width(depth: RowSide, body: Body, room: int) -> int:
    """Cumulative bars run on through rows without orders; the others stand behind a quantity each."""
    quantity = depth.cumulative if body.cumulative else depth.quantity
    return max(1, room * quantity // body.full_bar) if quantity else 0


def _label_edge(geometry: Geometry, body: Body, y: int) -> int:
    """Where a line's label stands: at the left edge, unless it would cover own orders or a staged one there."""
    slots = (geometry.slot_at(y - PILL_HEIGHT // 2), geometry.slot_at(y + PILL_HEIGHT // 2))
    for column, own in ((Column.OWN_BUY, body.own_buys), (Column.OWN_SELL, body.own_sells)):
        if column not in geometry.columns:
            return 2
        marked = body.mark is not None and body.mark.column is column and body.mark.slot in slots
        if not marked and not any(slot in own.cells for slot in slots):
            return geometry.cell(0, column).x + 2
    return geometry.cell(0, Column.BID).x + 2
