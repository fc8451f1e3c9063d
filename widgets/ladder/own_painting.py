"""Paints our own orders over the rows, and the row that a staged order would stand in. Reads nothing but the frame."""

from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from protocols.market.queues import Ahead
from protocols.market.values import Side
from widgets.ladder.frame import Body
from widgets.ladder.geometry import Column, Geometry, Rect
from widgets.ladder.ink import Face, Ink, Pixels, outline
from widgets.ladder.own import STOP_MARK, OwnCell
from widgets.ladder.words import Number
from widgets.theme import faded

WHOLE_OWN = 3
"""Figures before the point that the mark leaves room for."""

MARK_ROOM = 13
EDGE = 3
FOOT = 2
DASH = 2


class OwnPainter:
    """Paints the two columns of own orders with one ink."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink

    def paint(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body) -> None:
        for side, column, own in (
            (Side.BUY, Column.OWN_BUY, body.own_buys),
            (Side.SELL, Column.OWN_SELL, body.own_sells),
        ):
            if column not in geometry.columns:
                continue
            for slot, cell in own.cells.items():
                if body.rows[slot] is not None:
                    self._cell(painter, pixels, geometry, slot, column, cell, side, cell.holds(body.selected))
        if body.mark is not None:
            self._mark(painter, pixels, geometry, body)

    def _cell(
        self,
        painter: QPainter,
        pixels: Pixels,
        geometry: Geometry,
        slot: int,
        column: Column,
        cell: OwnCell,
        side: Side,
        selected: bool,
    ) -> None:
        ink, theme, look = self._ink, self._ink.theme, cell.look
        area = geometry.cell(slot, column)
        strong = theme.buy if side is Side.BUY else theme.sell
        colour = strong if look.tone is None else getattr(theme, look.tone.value)
        pill = Rect(area.x + 2, area.y + 2, area.width - 3, area.height - 3)
        if look.solid:
            painter.fillRect(pixels.rect(pill), theme.buy_surface if side is Side.BUY else theme.sell_surface)
            edge = Rect(pill.right - EDGE, pill.y, EDGE, pill.height)
            if side is Side.SELL:
                edge = Rect(pill.x, pill.y, EDGE, pill.height)
            painter.fillRect(pixels.rect(edge), strong)
        else:
            dashed(painter, pixels, pill, colour)
        if cell.progress is not None:
            self._progress(painter, pixels, pill, cell.progress)
        if selected:
            for inset in range(2):
                outline(painter, pixels, pill.shrunk(inset, inset, inset, inset), theme.accent)
        x = area.x + 5 if side is Side.BUY else area.x + 3 + EDGE
        if look.mark:
            ink.draw(painter, Face.NUMBER_STRONG, look.mark, x, area, colour)
        ground = colour if look.tone is None else theme.text
        right = pill.right - 4 - (EDGE if side is Side.BUY else 0)
        end: float
        if cell.windows:
            x += MARK_ROOM if look.mark else EDGE
            text = next((each for each in cell.windows if x + ink.width(Face.SMALL, each) <= right), cell.windows[-1])
            ink.draw(painter, Face.SMALL, text, x, area, ground)
            end = x + ink.width(Face.SMALL, text)
        else:
            face = Face.NUMBER_STRONG if look.solid else Face.NUMBER
            least = x + MARK_ROOM if look.mark else x
            end = self._number(painter, face, cell.number, (x + MARK_ROOM, least), right, area, ground)
        width = ink.width(Face.SMALL, cell.tail)
        if cell.tail and right - width >= end + 3:
            ink.draw(painter, Face.SMALL, cell.tail, right - width, area, theme.text_secondary)

    def _number(
        self, painter: QPainter, face: Face, number: Number, lefts: tuple[int, int], right: int, area: Rect, ink: QColor
    ) -> float:
        """Draws a quantity with its point below the others', or as it fits up to the right edge; answers where it ends.
        `lefts` are the edge that leaves room for a mark, and the one that it may come to."""
        usual, least = lefts
        x = usual + max(0, WHOLE_OWN - number.whole) * self._ink.digit
        x = max(least, min(x, right - len(number.text) * self._ink.digit))
        face, text = self._ink.number_within(face, number.text, right - x)
        self._ink.draw(painter, face, text, x, area, ink)
        return x + self._ink.width(face, text)

    def _progress(self, painter: QPainter, pixels: Pixels, pill: Rect, ahead: Ahead) -> None:
        """A line at the foot: of what stood ahead, the part that has gone; executed whole, pulled broken."""
        gone = ahead.traded + ahead.pulled + ahead.untold
        traded = pill.width * ahead.traded // (gone + ahead.quantity)
        end = pill.width * gone // (gone + ahead.quantity)
        foot, theme = pill.bottom - FOOT, self._ink.theme
        painter.fillRect(pixels.rect(Rect(pill.x, foot, traded, FOOT)), theme.text)
        for x in range(traded, end, 2 * DASH):
            painter.fillRect(pixels.rect(Rect(pill.x + x, foot, min(DASH, end - x), FOOT)), theme.text_secondary)

    def _mark(self, painter: QPainter, pixels: Pixels, geometry: Geometry, body: Body) -> None:
        mark = body.mark
        assert mark is not None
        theme, buying = self._ink.theme, mark.column is Column.OWN_BUY
        colour = theme.buy if buying else theme.sell
        price = geometry.cell(mark.slot, Column.PRICE)
        for inset in range(2):
            outline(painter, pixels, price.shrunk(inset, inset, inset, inset), colour)
        quantities = geometry.cell(mark.slot, Column.BID if buying else Column.ASK)
        dashed(painter, pixels, quantities.shrunk(2, 2, 2, 1), colour)
        row = body.rows[mark.slot]
        if mark.column not in geometry.columns or (row is not None and row.own(mark.column) is not None):
            return
        area = geometry.cell(mark.slot, mark.column)
        pill = Rect(area.x + 2, area.y + 2, area.width - 3, area.height - 3)
        painter.fillRect(pixels.rect(pill), theme.surface)
        painter.fillRect(pixels.rect(pill), faded(colour, 40))
        dashed(painter, pixels, pill, colour)
        x = area.x + 6
        glyph = "→" if mark.dragged else STOP_MARK if mark.stop else "+"
        self._ink.draw(painter, Face.NUMBER_STRONG, glyph, x, area, colour)
        whole = mark.text.find(".") if "." in mark.text else len(mark.text)
        staged = Number(mark.text, whole)
        left = x + MARK_ROOM
        self._number(painter, Face.NUMBER, staged, (left, left), pill.right - 4, area, theme.text)


def dashed(painter: QPainter, pixels: Pixels, rect: Rect, colour: QColor) -> None:
    """A broken line around: what is not in the book, or not yet."""
    whole, line = pixels.rect(rect), pixels.line
    pen = QPen(QBrush(colour), line)
    pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.setBrush(QBrush())
    half = line / 2
    painter.drawRect(whole.adjusted(half, half, -half, -half))
