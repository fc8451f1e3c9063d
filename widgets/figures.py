"""Figures as they are read on the screen: a true minus, thousands set apart, exact until the last digit. No Qt.

What is typed into a field, copied or exported has neither: `typewritten` takes them away again.
"""

import re

from protocols.market import profit
from protocols.market.forms import grouped_text
from protocols.market.values import fixed_text

MINUS = "\N{MINUS SIGN}"
_SIGNS = {"GBP": "£", "USD": "$", "JPY": "¥"}
_BEFORE_A_NUMBER = re.compile(r"(?<![\w.,)-])-(?=\d)", re.ASCII)
_BETWEEN_DIGITS = re.compile("(?<=\\d)\N{NO-BREAK SPACE}(?=\\d)")


def true_minus(text: str) -> str:
    """Words with a true minus before each negative number; dates, names and ranges keep their hyphens."""
    return _BEFORE_A_NUMBER.sub(MINUS, text)


def typewritten(text: str) -> str:
    """A text of the screen as a keyboard would write it and a spreadsheet reads it: `-1250000` for `−1 250 000`."""
    return _BETWEEN_DIGITS.sub("", text).replace(MINUS, "-")


def price_figure(value: int, decimals: int) -> str:
    """`−38.40`: a scaled price with at least `decimals` decimals, and with every digit."""
    return fixed_text(value, decimals).replace("-", MINUS)


def currency_sign(price_unit: str) -> str:
    """What stands before a price that is not in euros: `£`, `$`, else the currency's code. Nothing before euros, nor
    where the unit is not known."""
    currency = price_unit.partition("/")[0]
    return "" if currency == "EUR" else _SIGNS.get(currency, currency)


def amount_text(value: int, decimals: int) -> str:
    """Likewise with its thousands set apart, for what has to be counted in zeros: `1 250 000`, `−12 345.5`."""
    return f"{MINUS if value < 0 else ''}{grouped_text(fixed_text(abs(value), decimals))}"


def signed_amount(value: int, decimals: int) -> str:
    """Likewise, with a plus as well: `+50 000`, `−0.5`; a plain zero has no sign."""
    return f"{'+' if value > 0 else ''}{amount_text(value, decimals)}"


def rounded(numerator: int, denominator: int, decimals: int) -> int:
    """The quotient of a scaled value, rounded half away from zero to `decimals` decimals. Integers throughout."""
    unit: int = 10 ** (9 - decimals)
    return profit.rounded(numerator, denominator * unit) * unit


def rounded_text(numerator: int, denominator: int, decimals: int) -> str:
    """The same as text, such as a VWAP."""
    return price_figure(rounded(numerator, denominator, decimals), decimals)


def grouped(count: int) -> str:
    """A whole number with its thousands set apart, `12 345`."""
    return grouped_text(str(count))
