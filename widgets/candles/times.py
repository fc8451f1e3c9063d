"""The time below the candles: which of them get a mark, and what is written there. No Qt.

Candles stand side by side, so a mark belongs to a candle: the first that begins in another quarter-hour, day or month
than the one before it."""

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from protocols.market.events import Candle
from protocols.market.intervals import DAY, Interval
from protocols.market.times import SECOND, UtcNs
from widgets.delivery import time_text

UTC = ZoneInfo("UTC")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720)


class TimeMark(NamedTuple):
    """Below the candle of this number (from 0, the oldest); `major` where a day, month or year begins."""

    number: int
    text: str
    major: bool


class _Division(NamedTuple):
    """One way to divide time; `minutes` is about how long a part is."""

    minutes: int
    part: Callable[[datetime], tuple[int, ...]]


def _clock(minutes: int) -> _Division:
    return _Division(
        minutes, lambda at: (at.year, at.month, at.day, at.fold, (at.hour * 60 + at.minute) // minutes)
    )  # fmt: skip


_DIVISIONS = (
    *(_clock(minutes) for minutes in _MINUTES),
    _Division(1440, lambda at: (at.year, at.month, at.day)),
    _Division(7 * 1440, lambda at: at.isocalendar()[:2]),
    _Division(30 * 1440, lambda at: (at.year, at.month)),
    _Division(91 * 1440, lambda at: (at.year, (at.month - 1) // 3)),
    _Division(365 * 1440, lambda at: (at.year,)),
    _Division(5 * 365 * 1440, lambda at: (at.year // 5,)),
    _Division(10 * 365 * 1440, lambda at: (at.year // 10,)),
)


def time_marks(
    candles: Sequence[Candle], first: int, last: int, interval: Interval, most: int, zone: ZoneInfo
) -> list[TimeMark]:
    """Marks for the candles from number `first` up to, without, `last`: about `most`, fewer where days have gaps."""
    if last - first < 2 or most < 1:
        return []
    length = interval.length or interval.months * 30 * DAY
    wanted = (last - first) * length // (60 * SECOND) // most
    division = next((each for each in _DIVISIONS if each.minutes >= wanted), _DIVISIONS[-1])
    marks = []
    before = _local(candles[max(0, first - 1)].at, zone)
    for number in range(max(1, first), last):
        at = _local(candles[number].at, zone)
        if division.part(at) != division.part(before):
            marks.append(_mark(number, at, before, candles[number].at, zone, division.minutes))
        before = at
    return marks


def candle_text(at: UtcNs, interval: Interval, zone: ZoneInfo) -> str:
    """When a candle begins: `Fri 20 Nov 14:35`; `Fri 20 Nov 2026` where it is as long as a day."""
    local = _local(at, zone)
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
    if interval.months == 12:
        return str(local.year)
    if interval.months:
        return f"{_MONTHS[local.month - 1]} {local.year}"
    return f"{day} {local.year}" if interval.length >= DAY else f"{day} {time_text(at, zone, seconds=False)}"


def _mark(number: int, at: datetime, before: datetime, utc: UtcNs, zone: ZoneInfo, minutes: int) -> TimeMark:
    if at.year != before.year:
        return TimeMark(number, str(at.year), True)
    if minutes >= 30 * 1440:
        return TimeMark(number, _MONTHS[at.month - 1], False)
    if at.month != before.month or at.day != before.day:
        return TimeMark(number, f"{at.day} {_MONTHS[at.month - 1]}", minutes < 1440 or at.month != before.month)
    return TimeMark(number, time_text(utc, zone, seconds=False), False)


@functools.lru_cache(maxsize=4096)
def _local(at: UtcNs, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at // SECOND, zone)
