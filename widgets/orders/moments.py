"""Times as they are typed into a filter, and conditions in words. No Qt, no clock: `now` is handed in."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from protocols.market.times import SECOND, UtcNs
from protocols.market.values import ValueRefused, plain_text, scaled_from_text
from widgets.delivery import day_text, time_text
from widgets.orders.catalogue import COLUMNS, KINDS, Col, Kind
from widgets.orders.conditions import Choice, Condition, Range, Words

_TYPED = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?))?\s*(?:(\d\d?):(\d\d)(?::(\d\d))?)?", re.ASCII)
_LONGEST = 40
NAMED = 3
"""So many choices are named; the rest are counted."""


class EndRefused(ValueError):
    """What was typed is no end of a range; the text says why."""


def end_of_range(text: str, kind: Kind, now: UtcNs, zone: ZoneInfo, *, last: bool) -> int | None:
    """A number in 1e-9, or a time in nanoseconds; None for nothing typed. Raises `EndRefused`.

    A time is `14:30` or `14:30:05` of today, `2026-11-20`, or both. As the `last` one it means all of its minute,
    second or day.
    """
    typed = text.strip()
    if not typed:
        return None
    if len(typed) > _LONGEST:
        raise EndRefused("Too long")
    if kind is Kind.TIME:
        return _moment(typed, now, zone, last)
    try:
        return scaled_from_text(typed.replace(" ", "").replace(",", "."))
    except ValueRefused as refused:
        raise EndRefused(f"Not a number: {typed}" if "number" in str(refused) else str(refused)) from refused


def _moment(typed: str, now: UtcNs, zone: ZoneInfo, last: bool) -> UtcNs:
    found = _TYPED.fullmatch(typed)
    if found is None:
        raise EndRefused("A time such as 14:30, or 2026-11-20 14:30")
    year, month, day, hour, minute, second = (None if part is None else int(part) for part in found.groups())
    today = datetime.fromtimestamp(now // SECOND, zone)
    try:
        # In the hour that comes twice the first one begins a range, and the second one ends it.
        at = datetime(
            year or today.year, month or today.month, day or today.day, hour or 0, minute or 0, second or 0,
            tzinfo=zone, fold=int(last),
        )  # fmt: skip
    except ValueError as error:
        raise EndRefused(f"There is no such time: {typed}") from error
    if not last:
        return UtcNs(int(at.timestamp()) * SECOND)
    if hour is None:
        return UtcNs(int((at + timedelta(days=1)).timestamp()) * SECOND - 1)
    return UtcNs((int(at.timestamp()) + (60 if second is None else 1)) * SECOND - 1)


def end_text(value: int | None, kind: Kind, zone: ZoneInfo) -> str:
    """As it would be typed."""
    if value is None:
        return ""
    if kind is not Kind.TIME:
        return plain_text(value)
    return f"{datetime.fromtimestamp(value // SECOND, zone):%Y-%m-%d %H:%M:%S}"


def condition_words(column: Col, condition: Condition, zone: ZoneInfo) -> str:
    """`Price 38 to 40`, `Status working, filled`, `Reason has “too far”`."""
    title = COLUMNS[column].title if column is not Col.QUANTITY else "Quantity"
    match condition:
        case Words(text):
            return f"{title} has “{text}”"
        case Choice(texts):
            named = ", ".join(text or "nothing" for text in texts[:NAMED])
            more = f" and {len(texts) - NAMED} more" if len(texts) > NAMED else ""
            return f"{title} {named}{more}" if texts else f"{title}: none chosen"
        case Range(least, most):
            ends = [None if end is None else _said(end, KINDS[column], zone) for end in (least, most)]
            if ends[0] is None:
                return f"{title} up to {ends[1]}"
            return f"{title} from {ends[0]}" if ends[1] is None else f"{title} {ends[0]} to {ends[1]}"


def _said(end: int, kind: Kind, zone: ZoneInfo) -> str:
    if kind is not Kind.TIME:
        return plain_text(end)
    return f"{day_text(UtcNs(end), zone)} {time_text(UtcNs(end), zone)}"
