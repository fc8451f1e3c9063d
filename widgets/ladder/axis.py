"""The ladder's price axis: which price each row stands for. Plain integers, no Qt.

An axis is immutable. Nothing in it follows the market: prices stay on their rows until the trader scrolls,
recentres or changes the bucket, each of which makes a new axis. Rows are counted from the top of the ladder (slot 0)
and prices fall downwards.

With buckets a bid counts in the row at or below its price and an ask in the row at or above it. So the price written
on a row is always the least aggressive price of what the row holds, and no row of an uncrossed book holds both sides:
`floor(bid) <= bid < ask <= ceil(ask)`.
"""

import dataclasses
from bisect import bisect_left
from collections.abc import Sequence
from operator import neg

from protocols.market.values import Price, Side

LEVELS_A_SIDE = 10
"""How many levels of each side a recentred axis tries to show."""

FAR = 20
"""A level this many times farther from the best price than all nearer ones is not looked at when a bucket is chosen."""

COARSEST = 5_000_000
"""The widest bucket, in ticks: at a tick of 0.01 it is 50,000, wider than any market's price range."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a level belongs: in the row at `slot`, or, when not `exact`, in the gap just above that row."""

    slot: int
    exact: bool


@dataclasses.dataclass(frozen=True, slots=True)
class BucketAxis:
    """A row for every multiple of `bucket`; the topmost row's price is `top * bucket`."""

    bucket: int
    top: int

    def price(self, slot: int) -> Price:
        return Price((self.top - slot) * self.bucket)

    def place(self, side: Side, price: Price) -> Place:
        row = price // self.bucket if side is Side.BUY else -(-price // self.bucket)
        return Place(self.top - row, exact=True)

    def traded_slot(self, price: Price) -> int:
        """The row a trade is counted in: the nearest, the higher one at equal distance."""
        return self.top - (2 * price + self.bucket) // (2 * self.bucket)

    def position(self, price: Price) -> float:
        """Where the price lies, in rows from the middle of the top row: for pixels only."""
        return self.top - price / self.bucket

    def scrolled(self, rows: int, slots: int) -> "BucketAxis":
        """Shows what lies `rows` rows further down, towards lower prices, in a view of `slots` rows."""
        return dataclasses.replace(self, top=self.top - rows)

    def with_bucket(self, bucket: int, slots: int) -> "BucketAxis":
        """The same price stays in the middle of the view."""
        middle = (self.top - slots // 2) * self.bucket
        return BucketAxis(bucket, (2 * middle + bucket) // (2 * bucket) + slots // 2)


@dataclasses.dataclass(frozen=True, slots=True)
class LevelAxis:
    """A row for each of `prices`, which fall; slot 0 shows `prices[first]`, and `first` may lie outside."""

    prices: tuple[Price, ...]
    first: int

    def price(self, slot: int) -> Price | None:
        index = self.first + slot
        return self.prices[index] if 0 <= index < len(self.prices) else None

    def place(self, side: Side, price: Price) -> Place:
        index = bisect_left(self.prices, -price, key=neg)
        exact = index < len(self.prices) and self.prices[index] == price
        return Place(index - self.first, exact)

    def traded_slot(self, price: Price) -> int | None:
        """The row of exactly that price; None when there is none."""
        place = self.place(Side.BUY, price)
        return place.slot if place.exact else None

    def position(self, price: Price) -> float | None:
        """Where the price lies, in rows from the middle of the top row; None above or below all rows."""
        place = self.place(Side.BUY, price)
        if place.exact:
            return place.slot
        index = place.slot + self.first
        if not 0 < index < len(self.prices):
            return None
        above, below = self.prices[index - 1], self.prices[index]
        return place.slot - (price - below) / (above - below)

    def scrolled(self, rows: int, slots: int) -> "LevelAxis":
        """Shows what lies `rows` rows further down; one row always stays in view."""
        return dataclasses.replace(self, first=max(1 - slots, min(self.first + rows, len(self.prices) - 1)))


Axis = BucketAxis | LevelAxis


def coarser(bucket: int, tick: int) -> int:
    """The next wider bucket of 1, 2, 5, 10, 20... ticks; the same one at the end."""
    multiple = bucket // tick
    return min(step for step in _steps() if step > multiple or step == COARSEST) * tick


def finer(bucket: int, tick: int) -> int:
    """The next narrower bucket; a tick is the narrowest."""
    multiple = bucket // tick
    return max((step for step in _steps() if step < multiple), default=1) * tick


def _steps() -> list[int]:
    return [lead * 10**zeros for zeros in range(7) for lead in (1, 2, 5)]


def fitting_bucket(bids: Sequence[Price], asks: Sequence[Price], tick: int, slots: int) -> int:
    """The narrowest bucket in which about ten levels a side (best first) are in view once centred, and both best
    prices: those of a book that mixes goods cross, and far."""
    last_bid, last_ask = _near(bids, asks, tick)
    ends = [(Side.BUY, last_bid), (Side.SELL, last_ask)]
    ends += [(Side.BUY, price) for price in bids[:1]] + [(Side.SELL, price) for price in asks[:1]]
    for multiple in _steps():
        bucket = multiple * tick
        axis = centred_buckets(bucket, bids[:1], asks[:1], slots)
        if all(0 <= axis.place(side, price).slot < slots for side, price in ends if price is not None):
            return bucket
    return COARSEST * tick


def _near(bids: Sequence[Price], asks: Sequence[Price], tick: int) -> tuple[Price | None, Price | None]:
    """The last level of each side that belongs to the market: an order at the end of the price range, far beyond
    everything nearer, must not squeeze a market into one row."""
    spread = asks[0] - bids[0] if bids and asks else 0
    return _last_near(bids, spread, tick), _last_near(asks, spread, tick)


def _last_near(prices: Sequence[Price], spread: int, tick: int) -> Price | None:
    last, reach = None, max(spread, LEVELS_A_SIDE * tick)
    for price in prices[:LEVELS_A_SIDE]:
        distance = abs(price - prices[0])
        if distance > FAR * reach:
            break
        last, reach = price, max(reach, distance)
    return last


def centred_buckets(bucket: int, bids: Sequence[Price], asks: Sequence[Price], slots: int) -> BucketAxis:
    """The market in the middle: half way between the best bid's and the best ask's rows, or the one there is."""
    rows = [bids[0] // bucket] if bids else []
    if asks:
        rows.append(-(-asks[0] // bucket))
    middle = sum(rows) // len(rows) if rows else 0
    return BucketAxis(bucket, middle + slots // 2)


def centred_levels(bids: Sequence[Price], asks: Sequence[Price], slots: int) -> LevelAxis:
    """Every occupied price a row, the spread in the middle of the view."""
    prices = tuple(sorted({*bids, *asks}, reverse=True))
    above = len(asks) if asks else 0
    return LevelAxis(prices, above - slots // 2)
