"""What a trader types, read exactly or refused in words: decimals with a point or a comma, thousands and millions by a
letter, times in market time, and how long an order is to live. Prices counted from the quote are in `pips`."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from protocols.market.times import DAY, HOUR, MINUTE, SECOND, UtcNs
from protocols.market.values import DIGITS, MAXIMUM, scaled_from_text

_DECIMAL = re.compile(r"([+\-\N{MINUS SIGN}]?)(\d*)(?:([.,])(\d+))?", re.ASCII)
_GROUPED = re.compile(r"[+\-\N{MINUS SIGN}]?\d{1,3}(?:[\s.,'’_]\d{3})+(?:[.,]\d+)?")
_THREE_BEHIND = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_MOMENT = re.compile(
    r"(?:(?:(\d{4})-(\d\d)-(\d\d)|(\d{1,2})\.(\d{1,2})\.(\d{4})?)[ T]+)?"
    r"(\d{1,2})([AB])?:(\d\d)(?::(\d\d))?(Z| UTC)?",
    re.ASCII | re.IGNORECASE,
)
_LETTERED = re.compile(r"(.*\S)\s*([km])", re.IGNORECASE | re.DOTALL)
_LETTERS = {"k": 1_000, "m": 1_000_000}
_DURATION = re.compile(r"\+?\s*(?:(\d{1,4})d)?\s*(?:(\d{1,4})h)?\s*(?:(\d{1,4})m(?:in)?)?", re.ASCII | re.IGNORECASE)


class TextRefused(ValueError):
    """The text is not what it should be, or may mean two things; the words say which."""


def decimal_from_text(text: str, decimals: int) -> int:
    """A decimal in units of 1e-9. Point and comma are both the decimal mark; nothing groups thousands.

    `1.234` is refused where an instrument has fewer than three decimals: it may mean 1234.
    """
    text = text.strip()
    match = _DECIMAL.fullmatch(text)
    if match is None or not (match[2] or match[4]):
        if _GROUPED.fullmatch(text):
            raise TextRefused(f"“{text[:40]}” has a group separator: write the number without")
        raise TextRefused(f"“{text[:40]}” is not a number")
    sign, whole, _, part = match.groups()
    part = part or ""
    if len(whole.lstrip("0")) > DIGITS or len(part) > DIGITS:
        raise TextRefused("has too many digits")
    if decimals < 3 and _THREE_BEHIND.fullmatch(f"{whole}.{part}"):
        raise TextRefused(
            f"“{text}” may mean {whole}{part} or {whole}.{part.rstrip('0') or '0'}: write it without doubt"
        )
    return scaled_from_text(f"{'' if sign in ('', '+') else '-'}{whole or '0'}.{part or '0'}")


def quantity_from_text(text: str, decimals: int) -> int:
    """A decimal that may end with `k` for thousands or `m` for millions: `250k`, `1.5m`. In units of 1e-9.

    `1.250m` is how a million and a quarter is written; `10.000k` is refused where an instrument has fewer than three
    decimals, as `10.000` is: it may mean ten million.
    """
    match = _LETTERED.fullmatch(text.strip())
    if match is None:
        return decimal_from_text(text, decimals)
    letter = match[2].casefold()
    value = decimal_from_text(match[1], DIGITS if letter == "m" else decimals) * _LETTERS[letter]
    if abs(value) > MAXIMUM:
        raise TextRefused("is too large")
    return value


def until_from_text(text: str, typed_at: UtcNs, zone: tzinfo) -> UtcNs:
    """When an order is to end: a time as `moment_from_text` reads it, or how long it is to live, counted from the
    second in which that was typed: `90m`, `+2h`, `1d12h`. A day is 24 hours."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or match.groups() == (None, None, None):
        return moment_from_text(text, typed_at, zone)
    days, hours, minutes = (int(group or 0) for group in match.groups())
    return UtcNs(typed_at // SECOND * SECOND + days * DAY + hours * HOUR + minutes * MINUTE)


def moment_from_text(text: str, now: UtcNs, zone: tzinfo) -> UtcNs:
    """A time to come, in the zone unless it ends with `Z`: `2026-11-21 15:45`, `21.11. 15:45`, or `15:45`, which is
    the next time it is that late. On the day that has an hour twice it wants the letter: `02A:30`, `02B:30`.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise TextRefused(f"“{text.strip()[:40]}” is not a time: write 15:45, 2026-11-21 15:45 or 90m")
    year, month, day, day2, month2, year2, hour, letter, minute, second, utc = match.groups()
    there: tzinfo = UTC if utc else zone
    if utc and letter:
        raise TextRefused("A and B tell hours of market time apart, UTC has none twice")
    today = datetime.fromtimestamp(now // SECOND, there).date()
    clock = (int(hour), int(minute), int(second or 0))
    try:
        if year or year2 or month2:
            on = date(int(year or year2 or today.year), int(month or month2), int(day or day2))
            if not (year or year2) and on < today:
                on = on.replace(year=on.year + 1)
            return _instant(on, clock, letter, there)
        at = _instant(today, clock, letter, there)
        return at if at > now else _instant(today + timedelta(days=1), clock, letter, there)
    except (ValueError, OverflowError) as error:
        if isinstance(error, TextRefused):
            raise
        raise TextRefused(f"“{text.strip()[:40]}” is no day or time of the calendar") from error


def moment_text(at: UtcNs, zone: tzinfo, named: bool = False) -> str:
    """The moment in the zone, `2026-11-21 15:45`, as `moment_from_text` reads it; `named` adds day and zone."""
    local = datetime.fromtimestamp(at // SECOND, zone)
    hour = f"{local.hour:02}"
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        hour += "AB"[local.fold]
    text = f"{local:%Y-%m-%d} {hour}:{local.minute:02}"
    if local.second:
        text += f":{local.second:02}"
    return f"{local:%a} {text} {local.tzname()}" if named else text


def _instant(on: date, clock: tuple[int, int, int], letter: str | None, zone: tzinfo) -> UtcNs:
    hour, minute, second = clock
    fold = 1 if (letter or "").upper() == "B" else 0
    local = datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=zone, fold=fold)
    at = local.timestamp()
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    skipped = twice and datetime.fromtimestamp(at, zone).replace(tzinfo=None) != local.replace(tzinfo=None)
    if skipped:
        raise TextRefused(f"there is no {hour:02}:{minute:02} on {on}: the clocks go forward")
    if twice and not letter:
        raise TextRefused(f"{hour:02}:{minute:02} comes twice on {on}: write {hour:02}A or {hour:02}B")
    if letter and not twice:
        raise TextRefused(f"{hour:02}:{minute:02} comes once on {on}: write it without the letter")
    return UtcNs(int(at) * SECOND)
