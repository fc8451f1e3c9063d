"""The order form: what may be typed, what that comes to, and that the venue reads the same."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.flex_table import flex_spec
from protocols.glocalflex.requests import Refused, encode_order, read_order
from protocols.glocalflex.rules import order_form, to_order, with_baseline
from protocols.market.commands import FlexTerms, FxTerms, PlaceOrder
from protocols.market.flex import Baseline, Delivery, Place, Reading
from protocols.market.forms import check
from protocols.market.instruments import FlexMarket, market_key, window_key
from protocols.market.times import MINUTE, SECOND, UtcNs
from protocols.market.values import MAXIMUM, Price, Quantity, Side, plain_text
from tests.support.flex import NAME, START, order, window

MARKET = FlexMarket(market_key(NAME), flex_spec())
FORM = order_form(MARKET.window(window()))
TYPED = {"side": "Buy", "quantity": "1000", "price": "0.25", "location": "loc1, loc2", "country": "FI"}


def checked(**changes: str) -> Any:
    return check(FORM, {**TYPED, **changes}, MARKET.spec, START)


def test_a_window_is_filled_in_and_the_latest_expiry_with_it() -> None:
    defaults = FORM.defaults()
    assert (defaults["delivery_start"], defaults["delivery_end"]) == ("2026-11-21 15:00 UTC", "2026-11-21 16:00 UTC")
    assert defaults["expiry"] == "2026-11-21 14:45 UTC"
    found = checked()
    assert found.problems == {}
    assert to_order(MARKET.key, found.values) == order(place=Place(("loc1", "loc2"), "FI"))


def test_of_the_whole_book_the_window_is_asked_for() -> None:
    form = order_form(MARKET)
    problems = check(form, TYPED, MARKET.spec, START).problems
    assert set(problems) == {"delivery_start", "delivery_end", "expiry"}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"quantity": "0"}, "quantity", "above zero"),
        ({"quantity": "1.5"}, "quantity", "step"),
        ({"price": "0.2555"}, "price", ""),
        ({"side": "Lend"}, "side", "none of its choices"),
        ({"country": "SE"}, "country", "none of its choices"),
        ({"location": "x" * 500}, "location", "at most"),
        ({"delivery_end": "2026-11-21 15:00 UTC"}, "delivery_end", "after delivery from"),
        ({"delivery_start": "2026-11-21 12:10 UTC"}, "delivery_start", "too soon"),
        ({"expiry": "2026-11-21 12:00 UTC"}, "expiry", "in the future"),
        ({"expiry": "2026-11-21 14:46 UTC"}, "expiry", "2026-11-21T14:45:00Z at the latest"),
        ({"expiry": ""}, "expiry", "missing"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes: dict[str, str], field: str, words: str) -> None:
    assert words in checked(**changes).problems[field]


def test_a_place_may_be_left_out() -> None:
    found = checked(location="", country="")
    assert found.problems == {}
    command = to_order(MARKET.key, found.values)
    assert isinstance(command.terms, FlexTerms)
    assert command.terms.place == Place()


times = st.integers(START // SECOND * 1_000, START // SECOND * 1_000 + 10**9).map(lambda ms: UtcNs(ms * 10**6))
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
quantities = st.integers(0, MAXIMUM).map(Quantity)


@st.composite
def baselines(draw: st.DrawFn) -> Baseline:
    at = draw(st.lists(times, min_size=1, max_size=4, unique=True))
    readings = tuple(Reading(each, Quantity(draw(st.integers(-MAXIMUM, MAXIMUM)))) for each in at)
    return Baseline(draw(words), draw(times), draw(times), draw(times), readings, draw(st.integers(1, 60)), draw(words))


@st.composite
def placements(draw: st.DrawFn) -> PlaceOrder:
    delivery = Delivery(draw(times), draw(times))
    place = Place(tuple(draw(st.lists(words, max_size=3))), draw(st.sampled_from(["", "FI", "DE"])))
    terms = FlexTerms(delivery, draw(times), place, draw(st.none() | baselines()))
    price = Price(draw(st.integers(-MAXIMUM, MAXIMUM)))
    return PlaceOrder(window_key(NAME, delivery), draw(st.sampled_from(Side)), draw(quantities), price, terms)


@given(placements())
def test_what_is_written_reads_as_what_was_meant(command: PlaceOrder) -> None:
    assert read_order(encode_order(command), NAME) == command


def test_a_time_finer_than_the_venue_writes_shows_in_what_the_bytes_say() -> None:
    command = order(expiry=UtcNs(window().start - 20 * MINUTE + 1))
    assert read_order(encode_order(command), NAME) != command


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"price": None}, "price: is missing"),
        ({"active": False}, "no inactive orders"),
        ({"terms": FxTerms("LIMIT", "AON")}, "not one for flexibility"),
    ],
)
def test_what_cant_be_a_request_is_refused_in_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        encode_order(msgspec.structs.replace(order(), **changes))


def test_a_baseline_is_added_and_taken_away() -> None:
    sell = order(Side.SELL, based=False)
    based = order(Side.SELL)
    assert isinstance(based.terms, FlexTerms)
    assert with_baseline(sell, based.terms.baseline) == based
    assert with_baseline(based, None) == sell
    assert plain_text(based.quantity) == "1000"
