"""How the ribbon looks. Colour never stands alone: a position's bar goes up or down from the middle, a price's is as
high as the price, a state has a pattern."""

from bisect import bisect_right
from zoneinfo import ZoneInfo

import msgspec
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from protocols.market.times import HOUR, UtcNs
from widgets.delivery import time_text
from widgets.ribbon.slots import Mode, Slot
from widgets.theme import Theme

LABEL_GAP = 8
_STATES = {
    "active": ("live", Qt.BrushStyle.SolidPattern),
    "standby": ("warning", Qt.BrushStyle.BDiagPattern),
    "hibernated": ("warning", Qt.BrushStyle.FDiagPattern),
    "frozen": ("warning", Qt.BrushStyle.DiagCrossPattern),
}
"""Ink and pattern by state; what is closed or inactive stays empty."""


class Scale(msgspec.Struct, frozen=True):
    """The range of what is drawn: the largest position of the day, its lowest and highest price."""

    largest: int
    lowest: int
    highest: int


def scale_of(slots: list[Slot]) -> Scale:
    prices = [slot.price for slot in slots if slot.price is not None]
    return Scale(max((abs(slot.net) for slot in slots), default=0), min(prices, default=0), max(prices, default=0))


def edges_of(count: int, area: QRect) -> list[int]:
    """The left edge of each of `count` cells and the right one of the last: whole pixels, spread evenly."""
    return [area.left() + round(index * area.width() / count) for index in range(count + 1)] if count else []


def cell_at(x: int, edges: list[int]) -> int:
    """The cell at x; -1 beside all."""
    if not edges or not edges[0] <= x < edges[-1]:
        return -1
    return bisect_right(edges, x) - 1


def is_open(slot: Slot) -> bool:
    """Whether it can be traded: in the venue's words for the state and, where it has them, the phase."""
    return slot.state.casefold() == "active" and slot.phase.casefold() in ("", "continuous")


class RibbonPainter:
    """Paints cells into `area` with the painter's own state left as it was."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.font = theme.ui_font(theme.sizes.font_title - 1)
        self.metrics = QFontMetrics(self.font)

    def cells(self, painter: QPainter, area: QRect, slots: list[Slot], mode: Mode, scale: Scale) -> None:
        theme = self._theme
        painter.fillRect(area, theme.surface_sunken)
        edges = edges_of(len(slots), area)
        for index, slot in enumerate(slots):
            gap = 1 if edges[index + 1] - edges[index] > 3 else 0
            cell = QRect(edges[index], area.top(), edges[index + 1] - edges[index] - gap, area.height())
            if slot.contract is None:
                continue
            painter.fillRect(cell, theme.row_alternate if is_open(slot) else theme.surface_sunken)
            match mode:
                case Mode.POSITION:
                    self._position(painter, cell, slot, scale)
                case Mode.PRICE:
                    self._price(painter, cell, slot, scale)
                case Mode.STATE:
                    self._state(painter, cell, slot)
            if slot.standing is not None and not slot.standing.live:
                painter.fillRect(cell, theme.stale_veil)
        if mode is Mode.POSITION and slots:
            painter.fillRect(QRect(area.left(), area.center().y(), area.width(), 1), theme.border_strong)

    def frame(self, painter: QPainter, area: QRect, count: int, index: int, colour: QColor) -> None:
        """Outlines one cell."""
        edges = edges_of(count, area)
        painter.setPen(colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRect(edges[index] - 1, area.top(), edges[index + 1] - edges[index], area.height() - 1))

    def now(self, painter: QPainter, area: QRect, slots: list[Slot], now: UtcNs) -> None:
        """A line where the day is, with a notch above so that it is more than a colour."""
        if not slots or not slots[0].start <= now < slots[-1].end:
            return
        x = area.left() + (now - slots[0].start) * area.width() // (slots[-1].end - slots[0].start)
        painter.fillRect(QRect(x, area.top(), 1, area.height()), self._theme.text)
        painter.fillRect(QRect(x - 2, area.top(), 5, 2), self._theme.text)

    def hours(self, painter: QPainter, strip: QRect, slots: list[Slot], zone: ZoneInfo) -> None:
        """Names hours below the strip, as many as there is room for; the hour that comes twice is `02A` and `02B`."""
        if not slots:
            return
        painter.setFont(self.font)
        edges = edges_of(len(slots), strip)
        names = [
            (edges[index], time_text(slot.start, zone, seconds=False).partition(":")[0])
            for index, slot in enumerate(slots)
            if (slot.start - slots[0].start) % HOUR == 0
        ]
        room = self.metrics.horizontalAdvance("00A") + LABEL_GAP
        every = max(1, -(-room * len(names) // max(1, strip.width())))
        every = next(step for step in (1, 2, 3, 6, 12, 24, 48) if step >= min(every, 48))
        for number, (x, name) in enumerate(names):
            painter.fillRect(QRect(x, strip.top(), 1, 3), self._theme.border_strong)
            if number % every == 0:
                painter.setPen(self._theme.text_secondary)
                painter.drawText(x + 3, strip.top() + self.metrics.ascent() + 1, name)

    def _position(self, painter: QPainter, cell: QRect, slot: Slot, scale: Scale) -> None:
        if not slot.net or not scale.largest:
            return
        half = cell.height() // 2
        height = max(2, half * abs(slot.net) // scale.largest)
        top = cell.center().y() - height + 1 if slot.net > 0 else cell.center().y() + 1
        colour = self._theme.buy if slot.net > 0 else self._theme.sell
        painter.fillRect(QRect(cell.left(), top, cell.width(), height), colour)

    def _price(self, painter: QPainter, cell: QRect, slot: Slot, scale: Scale) -> None:
        if slot.price is None:
            return
        span = scale.highest - scale.lowest
        height = cell.height() if not span else 3 + (cell.height() - 3) * (slot.price - scale.lowest) // span
        colour = QColor(self._theme.last)
        colour.setAlpha(230 if is_open(slot) else 110)
        painter.fillRect(QRect(cell.left(), cell.bottom() - height + 1, cell.width(), height), colour)

    def _state(self, painter: QPainter, cell: QRect, slot: Slot) -> None:
        found = _STATES.get(slot.state.casefold())
        if found is None:
            return
        ink, pattern = found
        if not is_open(slot) and pattern is Qt.BrushStyle.SolidPattern:
            pattern = Qt.BrushStyle.Dense6Pattern  # active, and its trading phase is over or has not begun
        colour = getattr(self._theme, ink)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        brush = painter.brush()
        brush.setStyle(pattern)
        painter.fillRect(cell, brush)
