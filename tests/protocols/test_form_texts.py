"""What a trader types into a pair's fields: letters, pips from the quote and lifetimes, read exactly or refused."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.events import Quote
from protocols.market.form_text import TextRefused, quantity_from_text, until_from_text
from protocols.market.instruments import ContractKey, InstrumentSpec
from protocols.market.pips import Typed, from_market_text, is_from_quote, pips_text, price_from_text
from protocols.market.times import DAY, HOUR, MINUTE, SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import Price, Quantity, scaled_from_text

SPEC = InstrumentSpec(Price(10_000), Quantity(1000 * 10**9), 5, 0, "USD", "EUR")
PIP = Price(100_000)
AT = utc_from_text("2026-11-20T13:30:00.75Z")


def scaled(text: str) -> int:
    return scaled_from_text(text)


def quote(bid: str | None = "1.05000", ask: str | None = "1.05020") -> Quote:
    sides = [None if text is None else Price(scaled(text)) for text in (bid, ask)]
    return Quote(ContractKey("FX", "FX", "EURUSD"), sides[0], sides[1], None, Instant(0.0, AT))


TYPED = Typed(AT, quote())
NO_QUOTES = Typed(AT, None, "stale: 40 s without a tick")


# Quantities


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5m", "1500000"), ("1,5M", "1500000"), ("250k", "250000"), ("0.5 k", "500"), (" 1K ", "1000"),
        ("1.250m", "1250000"), ("25000", "25000"), ("0.000001m", "1"), ("999m", "999000000"),
    ],
)  # fmt: skip
def test_k_and_m_are_thousands_and_millions(text: str, value: str) -> None:
    assert quantity_from_text(text, 0) == scaled(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10.000k", "may mean"), ("1.234", "may mean"), ("1 000k", "group separator"), ("k", "not a number"),
        ("1kk", "not a number"), ("1mk", "not a number"), ("1b", "not a number"), ("1e3k", "not a number"),
        ("1000m", "too large"), ("999999999m", "too large"), ("9" * 5000 + "m", "too many digits"),
        ("NaNk", "not a number"), ("infm", "not a number"), ("m1", "not a number"), ("1\nk2", "not a number"),
    ],
)  # fmt: skip
def test_a_quantity_that_may_be_another_is_refused(text: str, why: str) -> None:
    with pytest.raises(TextRefused, match=why):
        quantity_from_text(text, 0)


@given(st.integers(1, 10**12 - 1))
def test_every_quantity_in_millions_is_exact(units: int) -> None:
    text = f"{units // 10**6}.{units % 10**6:06}m"
    if units < 10**9:
        assert quantity_from_text(text, 0) == units * 10**9


# Prices


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("1.0512", "1.0512"), ("1,0512", "1.0512"), ("+12p", "1.05140"), ("-12p", "1.04880"), ("b-3p", "1.04970"),
        ("a+3p", "1.05050"), ("B + 1.5 P", "1.05015"), ("a-1p", "1.05010"), ("b", "1.05"), ("A", "1.0502"),
        ("+0p", "1.0502"), ("\N{MINUS SIGN}0,1pips", "1.04999"), ("b-3pip", "1.0497"),
    ],
)  # fmt: skip
def test_a_price_is_written_in_full_or_counted_from_the_quote(text: str, price: str) -> None:
    assert price_from_text(text, SPEC, PIP, TYPED) == scaled(price)
    assert is_from_quote(text) is (text[0] not in "1")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12p", "no price"), ("+12", "no price"), ("-12", "no price"), ("b3p", "no price"), ("b-3", "no price"),
        ("+p", "no price"), ("m+3p", "no price"), ("+-3p", "no price"), ("bb", "not a number"), ("p", "no price"),
        ("+1e3p", "no price"), ("+NaNp", "no price"), ("+1.2.3p", "not a number"), ("+1.234,5p", "group separator"),
        ("+.p", "not a number"), ("+0.000001p", "finer than any price"), ("1e999", "not a number"),
        ("+" + "9" * 5000 + "p", "too many digits"), ("+999999999p", None), ("9" * 5000, "too many digits"),
        ("+٣p", "no price"),
    ],
)  # fmt: skip
def test_a_price_that_is_none_is_refused_in_words(text: str, why: str | None) -> None:
    if why is None:
        assert price_from_text(text, SPEC, PIP, TYPED) > 0, "the collar is the risk check's"
        return
    with pytest.raises(TextRefused, match=why):
        price_from_text(text, SPEC, PIP, TYPED)


@pytest.mark.parametrize("text", ["+12p", "-12p", "b", "a-1p"])
def test_nothing_is_counted_from_a_quote_that_is_not_live(text: str) -> None:
    with pytest.raises(TextRefused, match="stale: 40 s"):
        price_from_text(text, SPEC, PIP, NO_QUOTES)


def test_a_one_sided_quote_has_only_that_side_to_count_from() -> None:
    typed = Typed(AT, quote(ask=None))
    assert price_from_text("-1p", SPEC, PIP, typed) == scaled("1.0499")
    with pytest.raises(TextRefused, match="live quote"):
        price_from_text("+1p", SPEC, PIP, typed)


def test_where_there_are_no_pips_a_price_is_a_number() -> None:
    assert price_from_text("-38.40", SPEC, Price(0), TYPED) == scaled("-38.4")
    with pytest.raises(TextRefused, match="not a number"):
        price_from_text("+3p", SPEC, Price(0), TYPED)


@given(st.integers(0, 20_000), st.sampled_from("ab"), st.sampled_from("+-"))
def test_pips_are_exact(tenths: int, side: str, sign: str) -> None:
    best = scaled("1.05000" if side == "b" else "1.05020")
    text = f"{side}{sign}{tenths // 10}.{tenths % 10}p"
    moved = tenths * 10_000
    assert price_from_text(text, SPEC, PIP, TYPED) == (best + moved if sign == "+" else best - moved)


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ("1.0488", "12 p below the bid"), ("1.05020", "at the ask"), ("1.05", "at the bid"),
        ("1.05143", "12.3 p above the ask"), ("1.05010", "within the spread"),
    ],
)  # fmt: skip
def test_where_a_price_is_beside_the_market(price: str, words: str) -> None:
    assert from_market_text(Price(scaled(price)), quote(), PIP) == words
    assert pips_text(-scaled("0.0012"), PIP) == "12 p"


# Lifetimes


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("90m", 90 * MINUTE), ("+90m", 90 * MINUTE), ("2h", 2 * HOUR), ("1d", DAY),
        ("1d2h30m", 26 * HOUR + 30 * MINUTE), ("1h 30min", 90 * MINUTE), ("+ 5M", 5 * MINUTE), ("0m", 0),
    ],
)  # fmt: skip
def test_a_duration_counts_from_the_second_it_was_typed_in(text: str, after: int) -> None:
    assert until_from_text(text, AT, UTC) == AT // SECOND * SECOND + after


def test_a_time_is_read_as_ever() -> None:
    assert until_from_text("17:30", AT, UTC) == utc_from_text("2026-11-20T17:30:00Z")
    assert until_from_text("13:30", AT, UTC) == utc_from_text("2026-11-21T13:30:00Z")


@pytest.mark.parametrize(
    "text", ["", "+", "90", "-90m", "1.5h", "m", "90s", "h2", "30m1h", "1e3m", "99999m", "9" * 5000 + "d", "NaNm", "٣m"]
)
def test_what_is_no_lifetime_is_refused(text: str) -> None:
    with pytest.raises(TextRefused, match="not a time"):
        until_from_text(text, AT, UTC)


@given(st.text(max_size=12), st.sampled_from(["quantity", "price", "until"]))
def test_no_text_breaks_the_reading(text: str, what: str) -> None:
    try:
        if what == "quantity":
            quantity_from_text(text, 0)
        elif what == "price":
            price_from_text(text, SPEC, PIP, TYPED)
        else:
            assert until_from_text(text, AT, UTC) < UtcNs(10_000 * 366 * DAY)
    except TextRefused:
        pass
