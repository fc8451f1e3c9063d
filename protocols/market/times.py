"""Points in time as plain integers, and the one reader of ISO 8601 text.

Two clocks run in a terminal. *When did it happen* is UTC, in nanoseconds since 1970 (`UtcNs`); *how long ago* is
monotonic seconds. An `Instant` carries both, read once by `app.clock` and handed down: nothing below reads a clock.
"""

import re
from datetime import UTC, date, datetime
from typing import NewType

import msgspec

UtcNs = NewType("UtcNs", int)
"""Nanoseconds since 1970-01-01T00:00:00Z."""

SECOND = 1_000_000_000
MILLISECOND = SECOND // 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,32}))?)?(?:Z|([+-])(\d\d):?(\d\d))?", re.ASCII
)


class Instant(msgspec.Struct, frozen=True, order=True, gc=False):
    """One reading of both clocks: `monotonic` in seconds from an arbitrary start, `utc` in nanoseconds."""

    monotonic: float
    utc: UtcNs


class TimeRefused(ValueError):
    """The text is not a time we are sure of."""


def utc_from_text(text: str) -> UtcNs:
    """Reads ISO 8601 as venues write it: seconds optional, fractions of any length (cut at nanoseconds), UTC unless
    an offset is given, years 1970 to 2261. Raises `TimeRefused` for everything else, `15:02.23` (minutes with a
    fraction) included: `datetime.fromisoformat` reads that silently as 15:02:00.23.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        raise TimeRefused(f"not a time: {text[:40]!r}")
    year, month, day, hour, minute, second, fraction, sign, off_hour, off_minute = match.groups()
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH_ORDINAL
    except ValueError as error:
        raise TimeRefused(f"not a time: {text[:40]!r}") from error
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    # 2262 is where nanoseconds leave 64 bits; before 1970 nothing was traded here.
    if not 1970 <= int(year) < 2262 or hours > 23 or minutes > 59 or seconds > 59:
        raise TimeRefused(f"not a time: {text[:40]!r}")
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if sign is not None:
        offset = (int(off_hour) * 60 + int(off_minute)) * 60
        total += -offset if sign == "+" else offset
    nanoseconds = int(fraction[:9].ljust(9, "0")) if fraction else 0
    return UtcNs(total * SECOND + nanoseconds)


def utc_text(at: UtcNs) -> str:
    """ISO 8601 with a `Z`, as short as it is exact: `2026-11-21T15:00:00Z`, `...00.25Z`."""
    seconds, nanoseconds = divmod(at, SECOND)
    text = datetime.fromtimestamp(seconds, UTC).isoformat()[:19]  # strftime imports a module at each call
    if nanoseconds:
        text += f".{nanoseconds:09d}".rstrip("0")
    return text + "Z"
