"""ISO 8601 as venues write it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.times import SECOND, TimeRefused, UtcNs, utc_from_text, utc_text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2022-05-22T15:02:23Z", "2022-05-22T15:02:23Z"),
        ("2022-05-22T15:02Z", "2022-05-22T15:02:00Z"),
        ("2022-05-22T15:02:23.5Z", "2022-05-22T15:02:23.5Z"),
        ("2022-05-22T15:02:23,250Z", "2022-05-22T15:02:23.25Z"),
        ("2022-05-22T15:02:23.123456789987Z", "2022-05-22T15:02:23.123456789Z"),
        ("2022-05-22T15:02:23", "2022-05-22T15:02:23Z"),
        ("2022-05-22T17:02:23+02:00", "2022-05-22T15:02:23Z"),
        ("2022-05-22T14:02:23-0100", "2022-05-22T15:02:23Z"),
        ("1970-01-01T00:00Z", "1970-01-01T00:00:00Z"),
        ("2261-12-31T23:59:59.999999999Z", "2261-12-31T23:59:59.999999999Z"),
    ],
)
def test_times_are_read_exactly(text: str, read: str) -> None:
    assert utc_text(utc_from_text(text)) == read


@pytest.mark.parametrize(
    "text",
    [
        "2022-05-22T15:02.23Z",  # minutes with a fraction, or a typing error: nobody knows
        "2022-05-22",
        "2022-13-01T00:00Z",
        "2022-02-30T00:00Z",
        "2022-05-22T24:00Z",
        "2022-05-22T23:60Z",
        "2022-05-22 15:02Z",
        "٢٠٢٢-05-22T15:02Z",
        "1969-12-31T23:59:59Z",
        "2262-01-01T00:00Z",
        "9999-12-31T23:59-23:59",
        "",
        "now",
    ],
)
def test_what_is_not_sure_is_refused(text: str) -> None:
    with pytest.raises(TimeRefused):
        utc_from_text(text)


@given(st.integers(0, 292 * 365 * 86400 * 10**6 - 1), st.integers(0, 999))
def test_reading_agrees_with_the_calendar(microseconds: int, nanoseconds: int) -> None:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
    at = UtcNs(microseconds * 1000 + nanoseconds)
    assert utc_from_text(f"{moment:%Y-%m-%dT%H:%M:%S.%f}{nanoseconds:03d}Z") == at
    assert utc_from_text(utc_text(at)) == at
    assert datetime.fromtimestamp(at // SECOND, UTC) == moment.replace(microsecond=0)
