"""Figures on the screen: one minus, thousands set apart, every digit; and back as a keyboard writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.values import MAXIMUM, SCALE, fixed_text
from widgets.figures import (
    amount_text,
    currency_sign,
    price_figure,
    rounded_text,
    signed_amount,
    true_minus,
    typewritten,
)

GAP = "\N{NO-BREAK SPACE}"
VALUES = st.integers(-MAXIMUM, MAXIMUM)


@given(value=VALUES, decimals=st.integers(0, 9))
def test_what_is_read_can_be_written_again_to_the_last_digit(value: int, decimals: int) -> None:
    exact = fixed_text(value, decimals)
    for text in (price_figure(value, decimals), amount_text(value, decimals)):
        assert "-" not in text
        assert typewritten(text) == exact
    assert typewritten(signed_amount(value, decimals)).removeprefix("+") == exact


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1_250_000 * SCALE, 0, f"1{GAP}250{GAP}000"),
        (12_345 * SCALE + SCALE // 2, 1, f"12{GAP}345.5"),
        (-SCALE // 2, 1, "−0.5"),
        (-1_000 * SCALE, 2, f"−1{GAP}000.00"),
        (999 * SCALE, 0, "999"),
        (0, 1, "0.0"),
    ],
)
def test_amounts(value: int, decimals: int, text: str) -> None:
    assert amount_text(value, decimals) == text
    assert signed_amount(value, decimals) == (f"+{text}" if value > 0 else text)


def test_a_figure_that_a_division_made_has_the_same_minus() -> None:
    assert rounded_text(-7 * SCALE, 2, 1) == "−3.5"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Price -38.40 EUR/MWh is below -35", "Price −38.40 EUR/MWh is below −35"),
        ("delta (-0.50)", "delta (−0.50)"),
        ("HH-20261121-47 until 2026-11-21", "HH-20261121-47 until 2026-11-21"),
        ("5-10 MW, DE-AMPRION", "5-10 MW, DE-AMPRION"),
    ],
)
def test_hyphens_of_names_dates_and_ranges_stay(words: str, shown: str) -> None:
    assert true_minus(words) == shown


@pytest.mark.parametrize(
    ("unit", "sign"), [("EUR/MWh", ""), ("GBP/MWh", "£"), ("USD", "$"), ("JPY", "¥"), ("CHF", "CHF"), ("", "")]
)
def test_what_stands_before_a_price_that_is_not_in_euros(unit: str, sign: str) -> None:
    assert currency_sign(unit) == sign
