"""The price axis of the pair's small ladder: rows of one width, which stay where they are until somebody moves them.
Pure."""

from collections.abc import Iterable
from itertools import count
from typing import NamedTuple

from protocols.market.values import Price

MARGIN = 1
"""Rows left above and below what is to be seen."""
_STEPS = (1, 2, 5)


class Axis(NamedTuple):
    """Row 0 is the highest. A row holds the prices from its own up to that of the row above."""

    top: int
    """The price of row 0, in steps."""
    step: Price
    rows: int

    def price(self, row: int) -> Price:
        """What a click on the row means, and what is written in it."""
        return Price((self.top - row) * self.step)

    def row(self, price: Price) -> int:
        """The row that holds a price: below 0 or from `rows` on when it is out of sight."""
        return self.top - price // self.step

    def sees(self, price: Price) -> bool:
        return 0 <= self.row(price) < self.rows


def fitted(prices: Iterable[Price], tick: Price, rows: int) -> Axis:
    """The finest axis, in 1-2-5 steps of the tick, that has all these prices in sight with a margin; they stand in
    its middle. At least one price, at least three rows."""
    wanted = sorted(prices)
    lowest, highest = wanted[0], wanted[-1]
    rows = max(2 * MARGIN + 1, rows)
    for step in _steps(tick):
        used = highest // step - lowest // step + 1
        if used <= rows - 2 * MARGIN:
            return Axis(highest // step + (rows - used) // 2, step, rows)
    raise AssertionError("steps grow without end")


def resized(axis: Axis, rows: int) -> Axis:
    """The same axis in another number of rows: its middle stays."""
    return axis._replace(top=axis.top + (rows - axis.rows) // 2, rows=rows)


def _steps(tick: Price) -> Iterable[Price]:
    for power in count():
        for step in _STEPS:
            yield Price(tick * step * 10**power)
