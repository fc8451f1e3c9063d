"""Prices and where they stand: exact integers, of which only places in pixels are made. No Qt."""

import dataclasses
from collections.abc import Iterable

from protocols.market.values import MAXIMUM, Price
from widgets.value_axis import round_step

MARGIN = 12
"""A twelfth of the height stays free above and below what is shown."""


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """From `high` at `top` down to `low` at `top + height`, in logical pixels."""

    low: Price
    high: Price
    top: int
    height: int

    def y(self, price: int) -> float:
        return self.top + (self.high - price) * self.height / (self.high - self.low)

    def price_at(self, y: float, tick: int) -> Price:
        """The tick nearest to a place."""
        exact = self.high - round((y - self.top) * (self.high - self.low) / self.height)
        return Price(-(-(2 * exact - tick) // (2 * tick)) * tick)

    def holds(self, price: int) -> bool:
        return self.low <= price <= self.high

    def marks(self, tick: int, room: int) -> list[Price]:
        """Round prices, at least `room` pixels from one another, the lowest first."""
        step = round_step((self.high - self.low) * room // max(1, self.height), tick)
        first = -(-self.low // step) * step
        return [Price(price) for price in range(first, self.high + 1, step)]


@dataclasses.dataclass(frozen=True, slots=True)
class PriceRange:
    """What a trader has chosen to see: from `low` to `high`."""

    low: Price
    high: Price

    def zoomed(self, factor: float, tick: int) -> "PriceRange":
        """Less (above 1) or more of it, about its middle; never less than ten ticks."""
        middle, half = (self.low + self.high) // 2, max(5 * tick, round((self.high - self.low) / factor) // 2)
        return _within(middle - half, middle + half)

    def moved(self, distance: int) -> "PriceRange":
        return _within(self.low + distance, self.high + distance)


def fitted(prices: Iterable[int], tick: int) -> PriceRange:
    """The range in which all of these are well in view; a few ticks where they are all the same."""
    known = list(prices)
    lowest, highest = min(known), max(known)
    room = max((highest - lowest) // (MARGIN - 2), 4 * tick)
    return _within(lowest - room, highest + room)


def _within(low: int, high: int) -> PriceRange:
    low, high = max(-MAXIMUM, low), min(MAXIMUM, high)
    return PriceRange(Price(low), Price(max(high, low + 1)))
