"""Delivery periods and times in market time, the two odd days of the year above all."""

from zoneinfo import ZoneInfo

import pytest

from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.times import MINUTE, SECOND, UtcNs, utc_from_text
from protocols.market.values import Price, Quantity
from widgets.delivery import (
    BRITAIN,
    CONTINENT,
    age_text,
    countdown_text,
    dated_name,
    dated_title,
    day_text,
    delivery_text,
    market_zone,
    period_text,
    seconds_until,
    time_text,
    zone_name,
)


@pytest.mark.parametrize(
    ("start", "minutes", "zone", "text"),
    [
        ("2026-11-21T14:45Z", 15, CONTINENT, "15:45–16:00"),
        ("2026-07-21T13:45Z", 15, CONTINENT, "15:45–16:00"),
        ("2026-11-21T22:45Z", 15, CONTINENT, "23:45–24:00"),
        ("2026-11-20T23:00Z", 1440, CONTINENT, "00:00–24:00"),
        # 25 October 2026 has 25 hours on the continent: 02 comes twice.
        ("2026-10-24T22:00Z", 25 * 60, CONTINENT, "00:00–24:00"),
        ("2026-10-24T23:45Z", 15, CONTINENT, "01:45–02A:00"),
        ("2026-10-25T00:00Z", 15, CONTINENT, "02A:00–02A:15"),
        ("2026-10-25T00:45Z", 15, CONTINENT, "02A:45–02B:00"),
        ("2026-10-25T00:00Z", 60, CONTINENT, "02A:00–02B:00"),
        ("2026-10-25T01:00Z", 15, CONTINENT, "02B:00–02B:15"),
        ("2026-10-25T01:00Z", 60, CONTINENT, "02B:00–03:00"),
        ("2026-10-25T01:45Z", 15, CONTINENT, "02B:45–03:00"),
        # 28 March 2027 has 23 hours: 02 does not exist.
        ("2027-03-28T00:45Z", 15, CONTINENT, "01:45–03:00"),
        ("2027-03-28T00:00Z", 60, CONTINENT, "01:00–03:00"),
        ("2027-03-27T23:00Z", 23 * 60, CONTINENT, "00:00–24:00"),
        # Britain changes at the same instant, an hour earlier by its own clock.
        ("2026-10-25T00:00Z", 30, BRITAIN, "01A:00–01A:30"),
        ("2026-10-25T00:30Z", 30, BRITAIN, "01A:30–01B:00"),
        ("2026-10-25T01:00Z", 30, BRITAIN, "01B:00–01B:30"),
        ("2027-03-28T00:30Z", 30, BRITAIN, "00:30–02:00"),
        ("2026-11-20T23:00Z", 2880, CONTINENT, "Sat 21 Nov 00:00 – Mon 23 Nov 00:00"),
        ("2026-11-21T14:45Z", 0, CONTINENT, "15:45–?"),
    ],
)
def test_delivery_periods(start: str, minutes: int, zone: ZoneInfo, text: str) -> None:
    begin = utc_from_text(start)
    assert delivery_text(begin, UtcNs(begin + minutes * MINUTE), zone) == text


@pytest.mark.parametrize(("day", "hours"), [("2026-10-24T22:00Z", 25), ("2027-03-27T23:00Z", 23)])
def test_every_quarter_hour_of_an_odd_day_has_its_own_name(day: str, hours: int) -> None:
    begin = utc_from_text(day)
    names = [
        delivery_text(UtcNs(begin + quarter * 15 * MINUTE), UtcNs(begin + (quarter + 1) * 15 * MINUTE), CONTINENT)
        for quarter in range(hours * 4)
    ]
    assert len(set(names)) == hours * 4
    assert names[0] == "00:00–00:15"
    assert names[-1] == "23:45–24:00"


@pytest.mark.parametrize(
    ("utc", "zone", "text", "name"),
    [
        ("2026-11-21T14:02:23.999Z", CONTINENT, "15:02:23", "CET"),
        ("2026-07-21T14:02:23Z", CONTINENT, "16:02:23", "CEST"),
        ("2026-10-25T00:59:59Z", CONTINENT, "02A:59:59", "CEST"),
        ("2026-10-25T01:00:00Z", CONTINENT, "02B:00:00", "CET"),
        ("2026-11-21T14:02:23Z", BRITAIN, "14:02:23", "GMT"),
        ("2026-07-21T14:02:23Z", BRITAIN, "15:02:23", "BST"),
        ("2026-07-21T14:02:23Z", ZoneInfo("UTC"), "14:02:23", "UTC"),
    ],
)
def test_times_name_their_zone(utc: str, zone: ZoneInfo, text: str, name: str) -> None:
    at = utc_from_text(utc)
    assert time_text(at, zone) == text
    assert time_text(at, zone, seconds=False) == text[:-3]
    assert zone_name(at, zone) == name


@pytest.mark.parametrize(
    ("utc", "zone", "text"),
    [
        ("2026-10-24T21:59:59Z", CONTINENT, "Sat 24 Oct"),
        ("2026-10-24T22:00:00Z", CONTINENT, "Sun 25 Oct"),
        ("2026-10-24T22:00:00Z", BRITAIN, "Sat 24 Oct"),
        ("2027-01-01T00:00:00Z", CONTINENT, "Fri 1 Jan"),
    ],
)
def test_days(utc: str, zone: ZoneInfo, text: str) -> None:
    assert day_text(utc_from_text(utc), zone) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (299, "4:59"),
        (299.99, "4:59"),
        (4325, "1:12:05"),
        (59, "0:59"),
        (3600, "1:00:00"),
        (0, "0:00"),
        (-3, "0:00"),
        (86399, "23:59:59"),
        (2 * 86400 + 3 * 3600 + 10 * 60 + 59, "2 d 03:10"),
    ],
)
def test_countdowns_never_promise_more_than_is_left(seconds: float, text: str) -> None:
    assert countdown_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.44, "0.4 s"), (-1, "0.0 s"), (12.9, "12 s"), (200, "3 min"), (7200, "2 h")],
)
def test_ages(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


def test_areas_know_their_zone() -> None:
    assert market_zone("UK-ELEXON") is BRITAIN
    assert market_zone("DE-AMPRION") is CONTINENT
    assert market_zone("FR-RTE") is CONTINENT


@pytest.mark.parametrize(
    ("left", "seconds"), [(SECOND, 1), (SECOND - 1, 1), (SECOND + 1, 2), (1, 1), (0, 0), (-1, 0), (-90 * SECOND, 0)]
)
def test_the_last_second_stands_to_the_very_end(left: int, seconds: int) -> None:
    assert seconds_until(UtcNs(10**18 + left), UtcNs(10**18)) == seconds


@pytest.mark.parametrize(
    ("start", "minutes", "text"),
    [
        ("2026-11-21T14:45Z", 15, "Sat 15:45–16:00"),
        ("2026-11-21T22:00Z", 60, "Sat 23:00–24:00"),
        ("2026-11-21T22:00Z", 120, "Sat 23:00–Sun 01:00"),
        ("2026-11-20T23:00Z", 48 * 60, "Sat 00:00–Sun 24:00"),
        ("2026-10-25T00:00Z", 120, "Sun 02A:00–03:00"),
        ("2026-11-21T14:45Z", 0, "Sat 15:45–?"),
    ],
)
def test_periods_with_their_weekday(start: str, minutes: int, text: str) -> None:
    begin = utc_from_text(start)
    assert period_text(begin, UtcNs(begin + minutes * MINUTE), CONTINENT) == text


@pytest.mark.parametrize(
    ("name", "area", "start", "now", "text"),
    [
        ("23-24_XB", "DE-AMPRION", "2026-11-22T22:00Z", "2026-11-21T21:00Z", "23-24_XB Sun 22"),
        ("23-24_XB", "DE-AMPRION", "2026-11-22T22:00Z", "2026-11-22T21:00Z", "23-24_XB"),
        ("22-23_XB", "DE-AMPRION", "2026-11-21T21:00Z", "2026-11-21T23:30Z", "22-23_XB Sat 21"),
        # Half an hour before midnight on the continent it is still that day in Britain, an hour later there.
        ("1B", "UK-ELEXON", "2026-11-21T23:30Z", "2026-11-21T23:15Z", "1B"),
        ("00-01_XB", "FR-RTE", "2026-11-21T23:00Z", "2026-11-21T22:59:59Z", "00-01_XB Sun 22"),
        ("00-01_XB", "FR-RTE", "2026-11-21T23:00Z", "2026-11-21T23:00:00Z", "00-01_XB"),
        # What Nord Pool calls a contract holds its date.
        ("QH-20261122-20", "DE-AMPRION", "2026-11-22T03:45Z", "2026-11-21T21:00Z", "QH-20261122-20"),
        ("PH-2026-11-22-05", "DE-AMPRION", "2026-11-22T03:00Z", "2026-11-21T21:00Z", "PH-2026-11-22-05"),
        # The odd days: the 25th hour is still the same day.
        ("02-03B", "DE-AMPRION", "2026-10-25T01:00Z", "2026-10-24T22:00Z", "02-03B"),
    ],
)
def test_a_name_that_comes_again_tomorrow_has_its_day_where_that_is_not_today(
    name: str, area: str, start: str, now: str, text: str
) -> None:
    begins, spec = utc_from_text(start), InstrumentSpec(Price(1), Quantity(1), 2, 1, "EUR/MWh", "MW")
    key = ContractKey("M7", area, name)
    contract = PowerContract(key, None, name, "Hour", "Xbid", begins, UtcNs(begins + 60 * MINUTE), spec)
    assert dated_name(contract, utc_from_text(now)) == text
    assert dated_title(contract, utc_from_text(now)) == f"{text} {area}"
