"""Where a candle ends: counted on from the venue's own, whatever its days begin with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.intervals import INTERVALS, candles_between, next_start, start_of
from protocols.market.times import HOUR, UtcNs, utc_from_text, utc_text


@pytest.mark.parametrize(
    ("interval", "known", "at", "start"),
    [
        ("1m", "2026-11-20T13:29:00Z", "2026-11-20T13:29:59.9Z", "2026-11-20T13:29:00Z"),
        ("1m", "2026-11-20T13:29:00Z", "2026-11-20T13:30:00Z", "2026-11-20T13:30:00Z"),
        ("4h", "2026-11-20T21:00:00Z", "2026-11-21T04:59:00Z", "2026-11-21T01:00:00Z"),
        ("1day", "2026-11-19T22:00:00Z", "2026-11-21T21:59:00Z", "2026-11-20T22:00:00Z"),
        ("1week", "2026-11-15T22:00:00Z", "2026-11-23T00:00:00Z", "2026-11-22T22:00:00Z"),
        ("1month", "2026-12-01T00:00:00Z", "2027-02-28T00:00:00Z", "2027-02-01T00:00:00Z"),
        ("1month", "2026-01-31T00:00:00Z", "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z"),
        ("1year", "2024-01-01T00:00:00Z", "2026-11-20T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("5m", "2026-11-20T13:30:00Z", "2026-11-20T13:00:00Z", "2026-11-20T13:30:00Z"),
    ],
)
def test_beginnings_are_counted_on_from_the_venues(interval: str, known: str, at: str, start: str) -> None:
    assert utc_text(start_of(INTERVALS[interval], utc_from_text(known), utc_from_text(at))) == start


@given(
    st.sampled_from(sorted(INTERVALS)),
    st.integers(utc_from_text("2000-01-01T00:00Z"), utc_from_text("2050-01-01T00:00Z")),
    st.integers(0, 5_000 * HOUR),
)
def test_a_moment_lies_in_its_candle(name: str, known: int, later: int) -> None:
    interval, at = INTERVALS[name], UtcNs(known + later)
    start = start_of(interval, UtcNs(known), at)
    assert start <= at < next_start(interval, start)


def test_candles_are_counted() -> None:
    assert candles_between(INTERVALS["15m"], UtcNs(0), UtcNs(HOUR)) == 4
    assert candles_between(INTERVALS["1h"], UtcNs(HOUR), UtcNs(0)) == 0
