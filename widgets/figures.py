"""Figures that a division or a count made, as text: exact integers until the last digit. No Qt."""

from protocols.market.values import fixed_text


def rounded_text(numerator: int, denominator: int, decimals: int) -> str:
    """The quotient of a scaled value, rounded half away from zero to `decimals` decimals. Integers throughout."""
    unit = 10 ** (9 - decimals)
    whole, rest = divmod(abs(numerator), denominator * unit)
    whole += 2 * rest >= denominator * unit
    return fixed_text(-whole * unit if numerator < 0 else whole * unit, decimals)


def grouped(count: int) -> str:
    """A whole number with its thousands set apart, `12 345`."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")
