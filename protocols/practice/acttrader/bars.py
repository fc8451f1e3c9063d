"""Candles: what they are, and how they are summed into longer ones."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs
from protocols.market.values import Price

DAY = 24 * HOUR

Bucket = Callable[[UtcNs], UtcNs]
"""When the candle begins that a moment belongs to."""


class Bar:
    """One candle, still growing. `volume` is in 1e-9 of the base currency, `count` the number of quotes."""

    __slots__ = ("close", "count", "high", "low", "open", "start", "volume")

    def __init__(
        self, start: UtcNs, open: Price, high: Price, low: Price, close: Price, volume: int, count: int
    ) -> None:
        self.start = start
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.count = count

    def add(self, price: Price, volume: int) -> None:
        """One more quote."""
        self.high = max(self.high, price)
        self.low = min(self.low, price)
        self.close = price
        self.volume += volume
        self.count += 1


def summed(bars: Iterable[Bar], bucket: Bucket) -> list[Bar]:
    """New bars, one for each bucket that any of `bars` (oldest first) falls into."""
    sums: list[Bar] = []
    for bar in bars:
        start = bucket(bar.start)
        if not sums or sums[-1].start != start:
            sums.append(Bar(start, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.count))
            continue
        total = sums[-1]
        total.high, total.low = max(total.high, bar.high), min(total.low, bar.low)
        total.close = bar.close
        total.volume += bar.volume
        total.count += bar.count
    return sums


def _every(length: int) -> Bucket:
    return lambda at: UtcNs(at // length * length)


def _calendar(first: Callable[[datetime], datetime]) -> Bucket:
    def bucket(at: UtcNs) -> UtcNs:
        midnight = datetime.fromtimestamp(at // DAY * DAY // SECOND, UTC)
        return UtcNs(int(first(midnight).timestamp()) * SECOND)

    return bucket


INTERVALS: dict[str, tuple[int, Bucket]] = {
    **{f"{minutes}m": (MINUTE, _every(minutes * MINUTE)) for minutes in (1, 3, 5, 10, 15, 30)},
    **{f"{hours}h": (HOUR, _every(hours * HOUR)) for hours in (1, 2, 4, 8)},
    "1day": (DAY, _every(DAY)),
    "1week": (DAY, _calendar(lambda day: day - timedelta(days=day.weekday()))),
    "1month": (DAY, _calendar(lambda day: day.replace(day=1))),
    "1year": (DAY, _calendar(lambda day: day.replace(month=1, day=1))),
}
"""The vendor's names: the longest bar that fits into the interval, and how bars are summed."""
