"""Where everything in a ladder is, in whole logical pixels. Plain integers, no Qt."""

import dataclasses
import enum
from collections.abc import Set
from typing import NamedTuple

WHOLE_DIGITS = 5
"""Room for the whole part of a price, sign included: `−9999`, `12345`."""

WHOLE_QUANTITY = 4
"""Room for the whole part of a quantity; a fifth digit uses the padding."""

WHOLE_WATTS = 7
"""The same for flexibility, which is counted in W."""

OWN_CHARACTERS = 6
"""Room for the state's glyph and the quantity of an own order."""

OWN_WIDE = 12
"""With room for its place in the queue beside: `14.2/3`."""

MIXED_CHARACTERS, MIXED_WIDE = 9, 18
"""The same on a ladder of all windows: room for `? Sat 15:45`, and for `Sat 15:45–16:00` with the quantity beside."""

LAST_CHARACTERS = 6
"""Room for the last trade's glyph and quantity beside the volume: `▲ 25.0`."""

PRESET_COUNT = 5

BUCKET_CHARACTERS = 9
"""Room for `10.00 fixed` in the small font."""


class Column(enum.IntEnum):
    """The ladder's columns from left to right."""

    OWN_BUY = enum.auto()
    BID = enum.auto()
    PRICE = enum.auto()
    ASK = enum.auto()
    OWN_SELL = enum.auto()
    TRADED = enum.auto()


class Rect(NamedTuple):
    """`right` and `bottom` are one past the last pixel."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def contains(self, x: int, y: int) -> bool:
        return self.x <= x < self.right and self.y <= y < self.bottom

    def shrunk(self, left: int, top: int, right: int, bottom: int) -> "Rect":
        return Rect(self.x + left, self.y + top, self.width - left - right, self.height - top - bottom)


@dataclasses.dataclass(frozen=True, slots=True)
class Metrics:
    """What the fonts, the theme and the instrument ask for, in logical pixels and characters."""

    digit: int
    """The width of one figure of the number font, rounded up."""
    row_height: int
    line_height: int
    padding: int
    price_decimals: int
    quantity_decimals: int
    whole_quantity: int = WHOLE_QUANTITY
    filtered: bool = False
    """Whether there is a line of filters above the rows."""
    mixed: bool = False
    """Whether own orders are of different delivery windows."""
    amount: int = 0
    """Room in pixels for the next quantity with its unit: as wide as any preset's would be."""
    chip: int = 0
    """Room in pixels for a preset's text."""
    quote: int = 0
    """Room in pixels that the best prices need at least, beside the buttons of the strip."""

    @property
    def own_characters(self) -> tuple[int, int]:
        """Of a column of own orders, the least and the most."""
        return (MIXED_CHARACTERS, MIXED_WIDE) if self.mixed else (OWN_CHARACTERS, OWN_WIDE)

    @property
    def price_characters(self) -> int:
        return WHOLE_DIGITS + _fraction(self.price_decimals)

    @property
    def quantity_characters(self) -> int:
        return self.whole_quantity + _fraction(self.quantity_decimals)


class Geometry:
    """The layout of one ladder of a given size. Immutable by convention, and cheap: made anew when anything changes."""

    def __init__(self, width: int, height: int, metrics: Metrics, hidden: Set[Column]) -> None:
        self.metrics = metrics
        self.width, self.height = width, height
        line, row, pad = metrics.line_height, metrics.row_height, metrics.padding
        self.header = Rect(0, 0, width, 4 * line + pad)
        self.filters = Rect(0, self.header.bottom, width, _filters_height(metrics))
        self.strip = Rect(0, self.filters.bottom, width, row + 4)
        self.titles = Rect(0, self.strip.bottom, width, line + 2)
        self.bar = Rect(0, max(self.titles.bottom, height - bar_height(metrics)), width, bar_height(metrics))
        self.footer = Rect(0, max(self.titles.bottom, self.bar.y - row), width, row)
        room = self.footer.y - self.titles.bottom
        self.slots = max(0, room // row)
        self.body = Rect(0, self.titles.bottom, width, max(0, room))
        self._columns = _columns(width, metrics, hidden)

        self.buttons, self.bucket = _controls(self.strip, metrics)
        self.presets, self.send, self.drop = _bar_controls(self.bar, metrics)

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(self._columns)

    def header_line(self, number: int) -> Rect:
        """Lines 0 to 3 of the header, within its padding."""
        pad, line = self.metrics.padding, self.metrics.line_height
        return Rect(pad, pad // 2 + number * line, self.width - 2 * pad, line)

    def bar_line(self, number: int) -> Rect:
        """Line 0, what is staged, and line 1, the note, within the bar's padding; up to the buttons at its right."""
        pad, line = self.metrics.padding, self.metrics.line_height
        return Rect(pad, self.bar.y + 4 + number * line, max(0, self.send.x - 2 * pad), line)

    def row(self, slot: int) -> Rect:
        height = self.metrics.row_height
        return Rect(0, self.body.y + slot * height, self.width, height)

    def cell(self, slot: int, column: Column) -> Rect:
        x, width = self._columns[column]
        height = self.metrics.row_height
        return Rect(x, self.body.y + slot * height, width, height)

    def column(self, column: Column, band: Rect) -> Rect:
        """The part of a horizontal band that lies in the column."""
        x, width = self._columns[column]
        return Rect(x, band.y, width, band.height)

    def point(self, column: Column) -> int:
        """The x at which every number of the column has its decimal point."""
        m = self.metrics
        x, width = self._columns[column]
        if column is Column.PRICE:
            field = m.digit * m.price_characters
            return x + (width - field) // 2 + m.digit * WHOLE_DIGITS
        if column is Column.ASK:
            # Close to the price, as the bids are on its other side.
            return x + m.padding + m.digit * m.whole_quantity
        return x + width - m.padding - m.digit * _fraction(m.quantity_decimals)

    def pixel(self, position: float) -> float:
        """The y of a place given in rows from the middle of the top row."""
        return self.body.y + (position + 0.5) * self.metrics.row_height

    def slot_at(self, y: int) -> int | None:
        slot = (y - self.body.y) // self.metrics.row_height
        return slot if 0 <= slot < self.slots else None

    def column_at(self, x: int) -> Column | None:
        for column, (left, width) in self._columns.items():
            if left <= x < left + width:
                return column
        return None


def _filters_height(metrics: Metrics) -> int:
    return metrics.row_height + 8 if metrics.filtered else 0


def _fraction(decimals: int) -> int:
    """Characters from the decimal point on."""
    return decimals + 1 if decimals else 0


def _controls(strip: Rect, metrics: Metrics) -> tuple[tuple[Rect, ...], Rect]:
    """The strip's buttons from left to right (three, then narrower and wider bucket) and, between the last two, the
    bucket's text; all at the right end. In a narrow ladder those at the left give way first, and all of them before the
    best prices do: keys and the menu do the same."""
    side = strip.height - 4
    label = BUCKET_CHARACTERS * metrics.digit
    y = strip.y + 2
    wider = Rect(strip.right - metrics.padding // 2 - side, y, side, side)
    bucket = Rect(wider.x - label, strip.y, label, strip.height)
    narrower = Rect(bucket.x - side, y, side, side)
    first = narrower.x - metrics.padding - 3 * side
    three = tuple(Rect(first + index * side, y, side, side) for index in range(3))
    free = 2 * metrics.padding + metrics.quote
    if free > narrower.x:
        return (_gone(strip),) * 5, _gone(strip)
    return (*(three if free <= first else (_gone(strip),) * 3), narrower, wider), bucket


def _gone(band: Rect) -> Rect:
    """Where what has no room would be: at the band's right end, without a width."""
    return Rect(band.right, band.y, 0, 0)


def bar_height(metrics: Metrics) -> int:
    """Two lines, and some air."""
    return 2 * metrics.line_height + 8


def _bar_controls(bar: Rect, metrics: Metrics) -> tuple[tuple[Rect, ...], Rect, Rect]:
    """Presets beside the next quantity; send and drop at the right end, where no preset ever is: a second click on
    a bar that has just sent must meet nothing."""
    pad, line = metrics.padding, metrics.line_height
    wide, y = 6 * metrics.digit, bar.y + 5
    drop = Rect(bar.right - pad // 2 - wide, y, wide, bar.height - 9)
    send = Rect(drop.x - 4 - wide, y, wide, bar.height - 9)
    first = 2 * pad + max(metrics.amount, 8 * metrics.digit)
    chip = max(metrics.chip, 4 * metrics.digit)
    presets = [Rect(first + index * (chip + 3), bar.y + 4, chip, line) for index in range(PRESET_COUNT)]
    # In a narrow ladder some have no room; the keys do the same.
    return tuple(rect if rect.right <= send.x else _gone(bar) for rect in presets), send, drop


def minimum_width(metrics: Metrics, hidden: Set[Column]) -> int:
    """The narrowest ladder in which no number is cut."""
    return sum(_least(metrics, column) for column in Column if column not in hidden)


def comfortable_width(metrics: Metrics, hidden: Set[Column]) -> int:
    """The narrowest ladder in which places in the queue have room too."""
    own = sum(column not in hidden for column in (Column.OWN_BUY, Column.OWN_SELL))
    least, wide = metrics.own_characters
    return minimum_width(metrics, hidden) + own * (wide - least) * metrics.digit


def minimum_height(metrics: Metrics) -> int:
    """Header, strip, titles, footer, bar and six rows."""
    header = 5 * metrics.line_height + metrics.padding + 2 + _filters_height(metrics)
    return header + 8 * metrics.row_height + 4 + bar_height(metrics)


def _least(metrics: Metrics, column: Column) -> int:
    characters = {
        Column.OWN_BUY: metrics.own_characters[0],
        Column.OWN_SELL: metrics.own_characters[0],
        Column.PRICE: metrics.price_characters + 1,
        Column.TRADED: metrics.quantity_characters + LAST_CHARACTERS + 1,
    }.get(column, metrics.quantity_characters + 1)
    return characters * metrics.digit + 2 * metrics.padding


def _columns(width: int, metrics: Metrics, hidden: Set[Column]) -> dict[Column, tuple[int, int]]:
    """Each shown column's x and width: what is over goes to own orders first, until their places in the queue fit, then
    to bids and asks alike, so that the price stays between."""
    shown = [column for column in Column if column not in hidden]
    widths: dict[Column, int] = {column: _least(metrics, column) for column in shown}
    over = max(0, width - sum(widths.values()))
    own = [column for column in shown if column in (Column.OWN_BUY, Column.OWN_SELL)]
    if own:
        least, wide = metrics.own_characters
        wider = min(over // len(own), (wide - least) * metrics.digit)
        widths.update({column: widths[column] + wider for column in own})
        over -= wider * len(own)
    for column in (Column.BID, Column.ASK):
        widths[column] += over // 2
    widths[Column.PRICE] += over % 2
    placed, x = {}, 0
    for column in shown:
        placed[column] = (x, widths[column])
        x += widths[column]
    return placed
