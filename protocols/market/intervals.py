"""The intervals that candles have, and where one ends and the next begins.

Where a day or a week begins is the venue's business, and its candles say it: beginnings are counted on from one of
them, never from a calendar of ours.
"""

import calendar
from datetime import UTC, datetime

import msgspec

from protocols.market.instruments import ContractKey
from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs

DAY = 24 * HOUR


class Interval(msgspec.Struct, frozen=True):
    """`name` is how it is asked for. `length` in nanoseconds, 0 where it is a number of calendar `months`."""

    name: str
    title: str
    length: int
    months: int = 0


def _minutes(count: int) -> Interval:
    return Interval(f"{count}m", f"{count} minute{'s' * (count != 1)}", count * MINUTE)


def _hours(count: int) -> Interval:
    return Interval(f"{count}h", f"{count} hour{'s' * (count != 1)}", count * HOUR)


INTERVALS: dict[str, Interval] = {
    interval.name: interval
    for interval in (
        *(_minutes(count) for count in (1, 3, 5, 10, 15, 30)),
        *(_hours(count) for count in (1, 2, 4, 8)),
        Interval("1day", "1 day", DAY),
        Interval("1week", "1 week", 7 * DAY),
        Interval("1month", "1 month", 0, 1),
        Interval("1year", "1 year", 0, 12),
    )
}
"""All that are known, the shortest first."""


class CandleQuery(msgspec.Struct, frozen=True):
    """A question for candles: the newest `count`, or with `till` the newest that begin before it."""

    key: ContractKey
    interval: str
    count: int
    till: UtcNs | None = None


def next_start(interval: Interval, start: UtcNs) -> UtcNs:
    """When the candle after the one that begins at `start` begins."""
    if not interval.months:
        return UtcNs(start + interval.length)
    begun = datetime.fromtimestamp(start // SECOND, UTC)
    years, month = divmod(begun.month - 1 + interval.months, 12)
    year, month = begun.year + years, month + 1
    day = min(begun.day, calendar.monthrange(year, month)[1])
    return UtcNs(calendar.timegm((year, month, day, begun.hour, begun.minute, begun.second)) * SECOND)


def start_of(interval: Interval, known: UtcNs, at: UtcNs) -> UtcNs:
    """When the candle begins that `at` belongs to, counted on from one that begins at `known`; `known` for what lies
    before it."""
    if interval.length:
        return UtcNs(known + max(0, at - known) // interval.length * interval.length)
    start = known
    while (following := next_start(interval, start)) <= at:
        start = following
    return start


def candles_between(interval: Interval, start: UtcNs, end: UtcNs) -> int:
    """How many candles begin after `start` and no later than `end`, were none left out; of months about as many."""
    length = interval.length or interval.months * 30 * DAY
    return int(max(0, end - start) // length)
