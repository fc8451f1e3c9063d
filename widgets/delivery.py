"""Times and delivery periods in market time, as traders write them: right on the days of 23 and 25 hours.

On the day that has an hour twice the two are told apart by a letter, as the exchanges do: `02A:15` is
summer time still, `02B:15` an hour later. Everything comes in as UTC, so that a local time is never guessed; nothing
here reads a clock. (The standard library's zones: `whenever` says the same and adds 40 ms to the start.)
"""

import functools
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from protocols.market.instruments import CurrencyPair, Instrument, PowerContract
from protocols.market.times import MINUTE, SECOND, UtcNs

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

CONTINENT = ZoneInfo("Europe/Paris")
BRITAIN = ZoneInfo("Europe/London")
UNIVERSAL = ZoneInfo("UTC")
AMBER = 15 * 60
RED = 5 * 60
"""Seconds before the end of trading from which a countdown is amber, and red. A shown 5:00 is a little less."""

_BRITISH_AREAS = frozenset({"UK-ELEXON"})


def market_zone(area: str) -> ZoneInfo:
    """The zone in which an area's contracts are named: CET/CEST on the continent, GMT/BST in Britain."""
    return BRITAIN if area in _BRITISH_AREAS else CONTINENT


def instrument_zone(instrument: Instrument) -> ZoneInfo:
    """The zone in which times of an instrument's orders are meant: market time, and UTC for currency pairs."""
    return UNIVERSAL if isinstance(instrument, CurrencyPair) else market_zone(instrument.key.area)


def zone_name(utc: UtcNs, zone: ZoneInfo) -> str:
    """What the zone is called at that moment: `CET` or `CEST`, `GMT` or `BST`, `UTC`."""
    return _local(utc, zone).tzname() or zone.key


def zone_span(first: UtcNs, last: UtcNs, zone: ZoneInfo) -> str:
    """What the zone is called from `first` to `last`: `CET`, or `CEST/CET` where it changes on the way."""
    before, after = zone_name(first, zone), zone_name(last, zone)
    return before if before == after else f"{before}/{after}"


def zone_of_all(areas: Iterable[str]) -> ZoneInfo:
    """The one zone that times of these areas are shown in: the continent's, unless all are British."""
    return BRITAIN if {market_zone(area) for area in areas} == {BRITAIN} else CONTINENT


def time_text(utc: UtcNs, zone: ZoneInfo, seconds: bool = True) -> str:
    """The time of day, `15:02:23` or `15:02`; in the hour that comes twice `02A:02:23`. Fractions are cut."""
    local = _local(utc, zone)
    text = f"{_hour_text(local)}:{local.minute:02}"
    return f"{text}:{local.second:02}" if seconds else text


def day_text(utc: UtcNs, zone: ZoneInfo) -> str:
    """The calendar day there, `Sun 25 Oct`."""
    local = _local(utc, zone)
    weekday = _DAYS[local.weekday()]
    return f"{weekday} {local.day} {_MONTHS[local.month - 1]}"


def moment_text(utc: UtcNs, zone: ZoneInfo) -> str:
    """In full, `Sun 25 Oct 02A:02:23 CEST`."""
    return f"{day_text(utc, zone)} {time_text(utc, zone)} {zone_name(utc, zone)}"


@functools.lru_cache(maxsize=4096)
def other_day(start: UtcNs, now: UtcNs, zone: ZoneInfo) -> str:
    """The day of a delivery, `Sun 22`, where that is another one than today there; empty for today's."""
    day = _local(start, zone)
    return "" if day.date() == _local(now, zone).date() else f"{_DAYS[day.weekday()]} {day.day}"


def dated_name(contract: PowerContract, now: UtcNs) -> str:
    """The exchange's name, which comes again every day, with the day where that is not today's: `23-24_XB Sun 22`. A
    name that holds its date needs none. For the screen: what is copied or exported has the name alone."""
    day = day_of_name(contract, now)
    return f"{contract.name} {day}" if day else contract.name


def day_of_name(contract: PowerContract, now: UtcNs) -> str:
    """What `dated_name` puts behind the name; empty where nothing is missing."""
    zone = market_zone(contract.area)
    dated = f"{_local(contract.delivery_start, zone):%Y%m%d}" in contract.name.replace("-", "")
    return "" if dated else other_day(contract.delivery_start, UtcNs(now - now % MINUTE), zone)


def dated_title(instrument: Instrument, now: UtcNs) -> str:
    """What it is called where it stands alone, a power contract with its day: `23-24_XB Sun 22 DE-AMPRION`."""
    if isinstance(instrument, PowerContract):
        return f"{dated_name(instrument, now)} {instrument.area}"
    return instrument.title


@functools.lru_cache(maxsize=4096)
def delivery_text(start: UtcNs, end: UtcNs, zone: ZoneInfo) -> str:
    """A delivery period, `15:45–16:00`; a day's last one ends at `24:00`; one of several days names them."""
    if end <= start:
        return f"{time_text(start, zone, seconds=False)}–?"
    first, last = _local(start, zone), _local(end, zone)
    from_text = time_text(start, zone, seconds=False)
    to_text = time_text(end, zone, seconds=False)
    if first.date() == last.date():
        return f"{from_text}–{to_text}"
    if to_text == "00:00" and first.date() + timedelta(days=1) == last.date():
        return f"{from_text}–24:00"
    return f"{day_text(start, zone)} {from_text} – {day_text(end, zone)} {to_text}"


def seconds_until(end: UtcNs, now: UtcNs) -> int:
    """Whole seconds that are left, 0 when it is past: as on a wall clock that counts down, 1 stands to the very end."""
    return max(0, -((now - end) // SECOND))


def period_text(start: UtcNs, end: UtcNs, zone: ZoneInfo) -> str:
    """A delivery period with its weekday, for a narrow column: `Sat 15:45–16:00`, `Sat 23:00–Sun 01:00`."""
    first, last = _local(start, zone).date(), _local(UtcNs(end - 1), zone).date()
    weekday = _DAYS[first.weekday()]
    if first == last or end <= start:
        return f"{weekday} {delivery_text(start, end, zone)}"
    until = time_text(end, zone, seconds=False)
    until = "24:00" if until == "00:00" else until  # the end of the last day, not the beginning of the next
    return f"{weekday} {time_text(start, zone, seconds=False)}–{_DAYS[last.weekday()]} {until}"


def countdown_text(seconds: float) -> str:
    """What is left, `4:59` or `1:12:05` or, from a day on, `2 d 03:10`; cut, never rounded up."""
    left = max(0, int(seconds))
    minutes, second = divmod(left, 60)
    hours, minute = divmod(minutes, 60)
    if hours >= 24:
        days, hour = divmod(hours, 24)
        return f"{days} d {hour:02}:{minute:02}"
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def age_text(seconds: float) -> str:
    """How long ago, in one unit: `0.4 s`, `12 s`, `3 min`, `2 h`."""
    if seconds < 1:
        return f"{max(0, int(seconds * 10)) / 10:.1f} s"
    if seconds < 60:
        return f"{int(seconds)} s"
    if seconds < 3600:
        return f"{int(seconds) // 60} min"
    return f"{int(seconds) // 3600} h"


def _local(utc: UtcNs, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(utc // SECOND, zone)


def _hour_text(local: datetime) -> str:
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return f"{local.hour:02}"
    return f"{local.hour:02}{'AB'[local.fold]}"
