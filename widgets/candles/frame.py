"""One picture of the candles as plain facts: what stands where. No Qt.

A frame is made when it is painted and kept until the next: the mouse is answered from the frame that was seen.
"""

import dataclasses
from typing import NamedTuple

from protocols.market.events import Candle, Quote
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.intervals import Interval
from protocols.market.values import Price, Side
from widgets.candles.drag import Drag
from widgets.candles.marks import Fill, OrderLine
from widgets.candles.scale import Scale
from widgets.candles.span import Span
from widgets.candles.times import TimeMark

GRIP = 5
"""Pixels above and below a line in which it can be taken hold of."""


class Layout(NamedTuple):
    """Logical pixels: a line of words above, the plot, prices to its right, times below."""

    width: int
    height: int
    top: int
    axis: int
    """The width of the prices."""
    foot: int
    """The height of the times."""

    @property
    def right(self) -> int:
        return max(1, self.width - self.axis)

    @property
    def bottom(self) -> int:
        return max(self.top + 1, self.height - self.foot)

    def in_plot(self, x: float, y: float) -> bool:
        return 0 <= x < self.right and self.top <= y < self.bottom

    def on_prices(self, x: float) -> bool:
        return x >= self.right


NO_ROOM = Layout(0, 0, 0, 0, 0)


class Plate(NamedTuple):
    """Words across a chart that is not live, or has nothing to show. `busy` while an answer is still to come."""

    title: str
    lines: tuple[str, ...]
    busy: bool = False


class Crosshair(NamedTuple):
    """The candle looked at, by number from the oldest, and a price: the pointer's, or the candle's close."""

    number: int
    price: Price | None
    time: str


class StageLine(NamedTuple):
    """What is staged elsewhere: nothing that can be moved here."""

    side: Side
    price: Price
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """What the plot shows. `first` is the number of the first candle in view, `count` how many there are in all."""

    candles: tuple[Candle, ...]
    first: int
    count: int
    span: Span
    scale: Scale
    interval: Interval
    pair: CurrencyPair
    time_marks: tuple[TimeMark, ...]
    price_marks: tuple[Price, ...]
    lines: tuple[OrderLine, ...]
    joins: tuple[tuple[OrderLine, OrderLine], ...]
    above: int
    """Orders beyond the upper edge, and below the lower one."""
    below: int
    fills: tuple[Fill, ...]
    built: int
    """The number of the first candle that is built from quotes; `count` where none is."""
    stage: StageLine | None

    def x(self, number: float, layout: Layout) -> float:
        return self.span.x(self.count - 1 - number, layout.right)


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """`quote` is there only while it is live. `note` is a problem in words while there are candles all the same."""

    revision: int
    layout: Layout
    key: ContractKey | None
    live: bool
    orders_live: bool
    plate: Plate | None
    note: str
    body: Body | None
    quote: Quote | None
    readout: str
    crosshair: Crosshair | None
    drag: Drag | None
    drag_words: str
    fetching: bool
    """Whether older candles are on their way."""
    selected: str | None
    time: float
    """Seconds, for what moves while something is awaited."""

    def line_at(self, x: float, y: float) -> OrderLine | None:
        """The order's line to take hold of at a place: the nearest, and of several the last that was drawn."""
        if self.body is None or not self.layout.in_plot(x, y):
            return None
        scale = self.body.scale
        near = [line for line in reversed(self.body.lines) if abs(scale.y(line.price) - y) <= GRIP]
        return min(near, key=lambda line: abs(scale.y(line.price) - y), default=None)
