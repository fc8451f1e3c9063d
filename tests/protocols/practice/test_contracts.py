"""The calendar: names by market time, identifiers, gate closures; also on the days of 23 and 25 hours."""

import pytest

from protocols.market.times import HOUR, MINUTE, utc_from_text
from protocols.practice.contracts import Product, Zone, starts_between
from protocols.practice.m7.calendar import DE, FR, HOURS, NL, QUARTERS
from protocols.practice.m7.rulebook import M7


@pytest.mark.parametrize(
    ("product", "start", "name"),
    [
        (HOURS, "2026-11-21T17:00:00Z", "18-19_XB"),
        (HOURS, "2026-07-21T16:00:00Z", "18-19_XB"),
        (HOURS, "2026-11-21T22:00:00Z", "23-24_XB"),
        (HOURS, "2026-11-21T23:00:00Z", "00-01_XB"),
        (QUARTERS, "2026-11-21T14:45:00Z", "15Q4"),
        (QUARTERS, "2026-11-21T23:00:00Z", "00Q1"),
        # The clocks go back on 25 October 2026: 02:00 comes twice.
        (HOURS, "2026-10-24T23:00:00Z", "01-02_XB"),
        (HOURS, "2026-10-25T00:00:00Z", "02A-03A_XB"),
        (HOURS, "2026-10-25T01:00:00Z", "02B-03B_XB"),
        (HOURS, "2026-10-25T02:00:00Z", "03-04_XB"),
        (QUARTERS, "2026-10-25T00:15:00Z", "02AQ2"),
        (QUARTERS, "2026-10-25T01:15:00Z", "02BQ2"),
        # They go forward on 28 March 2027: there is no 02:00.
        (HOURS, "2027-03-28T00:00:00Z", "01-02_XB"),
        (HOURS, "2027-03-28T01:00:00Z", "03-04_XB"),
        (QUARTERS, "2027-03-28T01:00:00Z", "03Q1"),
    ],
)
def test_names_are_market_time(product: Product, start: str, name: str) -> None:
    assert M7.contract(DE, product, utc_from_text(start)).name == name


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z", 24),
        ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
        ("2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z", 23),
    ],
)
def test_a_market_day_has_its_hours_and_each_name_once(first: str, last: str, hours: int) -> None:
    after, until = utc_from_text(first) - 1, utc_from_text(last) - 1
    for product, count in ((HOURS, hours), (QUARTERS, 4 * hours)):
        starts = list(starts_between(product, after, until))
        assert len(starts) == count
        assert len({M7.contract(DE, product, start).name for start in starts}) == count


def test_identifiers_tell_area_and_period_apart() -> None:
    start = utc_from_text("2026-11-21T17:00:00Z")
    hour, quarter = M7.contract(DE, HOURS, start), M7.contract(DE, QUARTERS, start)
    assert hour.number != quarter.number
    assert hour.identifier("DE-AMPRION") == f"DE-AMPRION-{hour.number}"
    assert M7.contract(DE, HOURS, start) == hour
    numbers = {
        M7.contract(DE, p, s).number for p in (HOURS, QUARTERS) for s in starts_between(p, start, start + 24 * HOUR)
    }
    assert len(numbers) == 24 + 96


@pytest.mark.parametrize(("zone", "minutes"), [(DE, 5), (FR, 30), (NL, 60)])
def test_gates_close_before_delivery(zone: Zone, minutes: int) -> None:
    of = M7.contract(zone, HOURS, utc_from_text("2026-11-21T17:00:00Z"))
    assert of.delivery_start - of.closes_at == minutes * MINUTE
    assert of.listed_at < of.opens_at < of.closes_at
    assert of.delivery_end - of.delivery_start == HOUR
