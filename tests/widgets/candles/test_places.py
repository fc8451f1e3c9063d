"""Where candles, prices and times stand: tables, and what holds for any of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.events import Candle
from protocols.market.intervals import INTERVALS
from protocols.market.times import UtcNs, utc_from_text
from protocols.market.values import Price, scaled_from_text
from widgets.candles.scale import PriceRange, Scale, fitted
from widgets.candles.span import KEPT, NARROWEST, ROOM, USUAL, WIDEST, Span
from widgets.candles.times import UTC, candle_text, time_marks
from widgets.delivery import CONTINENT
from widgets.value_axis import round_step

RIGHT, WIDTH = 800.0, 800.0
TICK = scaled_from_text("0.00001")
WEEKS = ["17 Nov", "24 Nov", "1 Dec", "8 Dec", "15 Dec", "22 Dec", "29 Dec", "5 Jan", "12 Jan"]


def price(text: str) -> Price:
    return Price(scaled_from_text(text))


# Which candles


def test_the_newest_is_followed_with_room_beside_it() -> None:
    span = Span()
    assert span.following
    assert span.x(0, RIGHT) == RIGHT - ROOM - 0.5 * USUAL
    assert span.first_and_last(300, WIDTH) == (204, 300)


@given(
    st.floats(NARROWEST, WIDEST),
    st.floats(-100, 400) | st.none(),
    st.floats(0.2, 5),
    st.floats(0, RIGHT),
    st.integers(1, 500),
)
def test_zooming_keeps_what_is_under_the_pointer(
    step: float, back: float | None, factor: float, x: float, count: int
) -> None:
    span = Span(step, back)
    zoomed = span.zoomed(factor, x, RIGHT, count)
    assert NARROWEST <= zoomed.step <= WIDEST
    assert zoomed.following or not span.following
    place = (RIGHT - x) / span.step + span.offset
    free = place - (RIGHT - x) / zoomed.step
    if not span.following and -ROOM / zoomed.step < free < count - KEPT:
        assert (RIGHT - x) / zoomed.step + zoomed.offset == pytest.approx(place)


@given(st.lists(st.floats(-2000, 2000), max_size=12), st.integers(KEPT, 2000))
def test_some_candles_stay_in_view_wherever_one_goes(moves: list[float], count: int) -> None:
    span = Span()
    for move in moves:
        span = span.panned(move, count)
        first, last = span.first_and_last(count, WIDTH)
        assert last - first >= min(KEPT, count) - 1


@given(st.floats(NARROWEST, WIDEST), st.floats(-50, 300) | st.none(), st.integers(-40, 300))
def test_a_place_is_the_candle_that_stands_there(step: float, back: float | None, behind: int) -> None:
    span = Span(step, back)
    assert span.behind(span.x(behind, RIGHT), RIGHT) == behind


def test_what_is_looked_at_stays_when_newer_ones_come() -> None:
    span = Span().panned(50, 300)
    assert not span.following
    before = span.x(100, RIGHT)
    assert span.grown(2).x(102, RIGHT) == pytest.approx(before)
    assert Span().grown(2) == Span()
    assert span.followed().following
    assert span.panned(-5000, 300).offset < 0


def test_back_at_the_newest_it_is_followed_again() -> None:
    span = Span().panned(10, 300)
    assert span.panned(-10, 300).following


# Prices


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**7), st.integers(100, 2000), st.data())
def test_a_tick_survives_its_way_to_the_screen_where_a_pixel_is_finer(low: int, ticks: int, height: int, data) -> None:
    tick = 10_000
    scale = Scale(Price(low * tick), Price((low + min(ticks, height // 2)) * tick + tick), 10, height)
    at = data.draw(st.integers(0, min(ticks, height // 2)))
    exact = Price((low + at) * tick)
    assert scale.price_at(scale.y(exact), tick) == exact
    assert scale.price_at(scale.y(exact) + 0.2, tick) == exact


def test_a_price_between_two_ticks_is_the_nearer() -> None:
    scale = Scale(price("1"), price("1.001"), 0, 1000)
    assert scale.price_at(0, TICK) == price("1.001")
    assert scale.price_at(1000, TICK) == price("1")
    assert scale.price_at(503, TICK) == price("1.0005")
    assert scale.price_at(506, TICK) == price("1.00049")
    assert not scale.holds(price("1.0011"))


def test_round_prices_leave_room_for_their_texts() -> None:
    scale = Scale(price("1.0813"), price("1.0857"), 0, 400)
    marks = scale.marks(TICK, 40)
    assert marks[0] == price("1.0815") and marks[1] == price("1.0820")
    assert all(scale.holds(mark) for mark in marks)
    assert [round_step(least, 10) for least in (0, 11, 21, 51, 101)] == [10, 20, 50, 100, 200]


def test_a_range_fits_what_is_shown_and_can_be_chosen() -> None:
    fit = fitted([price("1.08"), price("1.09")], TICK)
    assert (fit.low, fit.high) == (price("1.079"), price("1.091"))
    flat = fitted([price("1.08")], TICK)
    assert flat.high - flat.low == 8 * TICK
    assert fit.zoomed(2, TICK) == PriceRange(price("1.082"), price("1.088"))
    assert fit.zoomed(1e9, TICK).high - fit.zoomed(1e9, TICK).low == 10 * TICK
    assert fit.moved(price("0.001")) == PriceRange(price("1.08"), price("1.092"))
    huge = PriceRange(Price(0), Price(10**18)).zoomed(1e-9, TICK)
    assert huge.low < huge.high <= 10**18


# Times


def candles(*times: str) -> list[Candle]:
    one = Price(1)
    return [Candle(utc_from_text(f"2026-{time}Z"), one, one, one, one) for time in times]


def minutes(begin: str, count: int, length: int) -> list[Candle]:
    start, one = utc_from_text(begin), Price(1)
    return [Candle(UtcNs(start + number * length * 60 * 10**9), one, one, one, one) for number in range(count)]


@pytest.mark.parametrize(
    ("begin", "count", "interval", "most", "texts"),
    [
        ("2026-11-20T13:55:00Z", 40, "1m", 4, ["14:00", "14:10", "14:20", "14:30"]),
        ("2026-11-20T22:10:00Z", 30, "5m", 5, ["22:30", "23:00", "23:30", "21 Nov", "00:30"]),
        ("2026-11-18T12:00:00Z", 60, "1h", 3, ["19 Nov", "20 Nov"]),
        ("2025-11-10T00:00:00Z", 70, "1day", 10, WEEKS),
        ("2025-11-10T00:00:00Z", 60, "1day", 2, ["Dec", "2026"]),
    ],
)  # fmt: skip
def test_times_stand_where_something_begins(begin: str, count: int, interval: str, most: int, texts: list[str]) -> None:
    known = INTERVALS[interval]
    shown = minutes(begin, count, known.length // (60 * 10**9))
    assert [mark.text for mark in time_marks(shown, 0, count, known, most, UTC)] == texts


def test_a_gap_is_no_reason_for_a_mark_of_its_own() -> None:
    shown = candles("11-20T21:58:00", "11-20T21:59:00", "11-22T22:00:00", "11-22T22:01:00")
    marks = time_marks(shown, 0, 4, INTERVALS["1m"], 4, UTC)
    assert [(mark.number, mark.text, mark.major) for mark in marks][1] == (2, "22 Nov", True)


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ("5m", "Fri 20 Nov 23:30"),
        ("4h", "Fri 20 Nov 23:30"),
        ("1day", "Fri 20 Nov 2026"),
        ("1month", "Nov 2026"),
        ("1year", "2026"),
    ],
)  # fmt: skip
def test_a_candle_says_when_it_begins(interval: str, text: str) -> None:
    assert candle_text(utc_from_text("2026-11-20T23:30:00Z"), INTERVALS[interval], UTC) == text


def test_it_says_so_in_the_zone_of_the_widget() -> None:
    assert candle_text(utc_from_text("2026-11-20T23:30:00Z"), INTERVALS["5m"], CONTINENT) == "Sat 21 Nov 00:30"
