"""Numbers of the wire as values of the market: exact, or `Unreadable` with the field's name."""

from collections.abc import Callable
from decimal import Decimal

from protocols.eznergy.codec import Unreadable
from protocols.market.values import Price, Quantity, ValueRefused, scaled


def scaled_of(field: str, value: Decimal, convert: Callable[[Decimal], int] = scaled) -> int:
    """In units of 1e-9. Raises `Unreadable`."""
    try:
        return convert(value)
    except ValueRefused as error:
        raise Unreadable(f"{field}: {error}") from error


def price_of(field: str, value: Decimal) -> Price:
    """Any sign. Raises `Unreadable`."""
    return Price(scaled_of(field, value))


def quantity_of(field: str, value: Decimal) -> Quantity:
    """Zero or more. Raises `Unreadable`."""
    quantity = scaled_of(field, value)
    if quantity < 0:
        raise Unreadable(f"{field}: {value} is negative")
    return Quantity(quantity)


def optional_price(field: str, value: Decimal | None, convert: Callable[[Decimal], int] = scaled) -> Price | None:
    """None stays None: an absent value is not 0 (section 6)."""
    return None if value is None else Price(scaled_of(field, value, convert))


def optional_quantity(field: str, value: Decimal | None) -> Quantity | None:
    """None stays None: an absent value is not 0 (section 6)."""
    return None if value is None else quantity_of(field, value)
