"""Exact values: every decimal text that a venue may send, and those it must not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.values import (
    MAXIMUM,
    SCALE,
    ValueRefused,
    fixed_text,
    plain_text,
    scaled,
    scaled_average,
    scaled_from_text,
)


@pytest.mark.parametrize(
    ("text", "value", "plain", "fixed"),
    [
        ("38.4", 38_400_000_000, "38.4", "38.40"),
        ("-0.05", -50_000_000, "-0.05", "-0.05"),
        ("0", 0, "0", "0.00"),
        ("-0.0", 0, "0", "0.00"),
        ("1E+2", 100 * SCALE, "100", "100.00"),
        ("12.345678901e0", 12_345_678_901, "12.345678901", "12.345678901"),
        ("999999999.999999999", MAXIMUM, "999999999.999999999", "999999999.999999999"),
        ("0E+999999", 0, "0", "0.00"),
    ],
)
def test_texts_become_exact_values_and_back(text: str, value: int, plain: str, fixed: str) -> None:
    assert scaled_from_text(text) == value
    assert plain_text(value) == plain
    assert fixed_text(value, 2) == fixed


@pytest.mark.parametrize(
    "text",
    ["NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "1e-999999", "-1e9", "1000000000", "0.0000000001", "9" * 5000],
)
def test_what_no_price_can_be_is_refused_at_once(text: str) -> None:
    with pytest.raises(ValueRefused):
        scaled(Decimal(text))


@pytest.mark.parametrize("text", ["", "abc", "1,5", "0x10", "--1"])
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused, match="is not a number"):
        scaled_from_text(text)


def test_an_average_is_rounded_where_a_price_would_be_refused() -> None:
    third = Decimal(115) / Decimal(3)
    with pytest.raises(ValueRefused, match="finer"):
        scaled(third)
    assert plain_text(scaled_average(third)) == "38.333333333"
    assert scaled_average(Decimal("1e-999999")) == 0


@given(st.integers(-MAXIMUM, MAXIMUM))
def test_plain_text_is_exact_and_canonical(value: int) -> None:
    text = plain_text(value)
    assert scaled_from_text(text) == value
    assert "e" not in text.lower()
    assert "." not in text or not text.endswith(("0", "."))


@given(st.integers(-MAXIMUM, MAXIMUM), st.integers(0, 9))
def test_fixed_text_never_loses_a_digit(value: int, decimals: int) -> None:
    text = fixed_text(value, decimals)
    assert scaled_from_text(text) == value
    assert len(text.partition(".")[2]) >= decimals
