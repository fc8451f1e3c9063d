"""Prices and quantities as exact integers in units of 1e-9, for every instrument.

No float ever holds one. Text and JSON numbers become integers here, at the edge, and only after it is sure that the
conversion is cheap and exact: `int(Decimal("1e999999"))` runs for minutes, and `Decimal("NaN")` compares like nothing.
"""

import enum
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import NewType

Price = NewType("Price", int)
"""A price in 1e-9 of the instrument's price unit; may be negative."""

Quantity = NewType("Quantity", int)
"""A quantity in 1e-9 of the instrument's quantity unit."""

DIGITS = 9
SCALE = 10**DIGITS
MAXIMUM = 10**9 * SCALE - 1
"""The largest value taken: just below a milliard units, which fits in 64 bits."""

_EXACT = Context(prec=4 * DIGITS, traps=[Inexact, InvalidOperation])


class Side(enum.Enum):
    """Whose order it is: a buyer's (a bid) or a seller's (an ask)."""

    BUY = "Buy"
    SELL = "Sell"

    @property
    def other(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY


class ValueRefused(ValueError):
    """A number that no price or quantity can be: not finite, too large, or finer than 1e-9."""


def scaled(value: Decimal) -> int:
    """`value` in units of 1e-9, exactly. Raises `ValueRefused`."""
    if not value.is_finite():
        raise ValueRefused(f"{value} is not a number")
    # adjusted() is the exponent of the first digit and costs nothing, whatever the exponent is.
    if not -DIGITS <= value.adjusted() < DIGITS and value:
        raise ValueRefused(f"{_short(str(value))} is out of range")
    if not value:
        return 0
    try:
        shifted = _EXACT.scaleb(value, DIGITS)
    except Inexact as error:
        raise ValueRefused(f"{_short(str(value))} has too many digits") from error
    result = int(shifted)
    if result != shifted:
        raise ValueRefused(f"{_short(str(value))} is finer than 1e-9")
    return result


def scaled_average(value: Decimal) -> int:
    """Like `scaled`, for a figure that a division made (a VWAP): what is finer than 1e-9 is rounded, half to even."""
    if value.is_finite() and value and value.adjusted() < DIGITS:
        value = round(value, DIGITS)
    return scaled(value)


def scaled_from_text(text: str) -> int:
    """Like `scaled`, for decimal text such as `-38.40`."""
    try:
        return scaled(Decimal(text))
    except InvalidOperation as error:
        raise ValueRefused(f"{_short(text)!r} is not a number") from error


def plain_text(value: int) -> str:
    """The exact decimal text of a scaled value, without exponent or trailing zeros: `38.4`, `-0.05`, `12`."""
    whole, part = divmod(abs(value), SCALE)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{part:09d}".rstrip("0").rstrip(".") if part else f"{sign}{whole}"


def fixed_text(value: int, decimals: int) -> str:
    """Like `plain_text`, with at least `decimals` decimals: `38.40`. A value that is finer is shown in full."""
    whole, part = divmod(abs(value), SCALE)
    digits = f"{part:09d}"
    shown = max(decimals, len(digits.rstrip("0")))
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{digits[:shown]}" if shown else f"{sign}{whole}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
