"""What power orders' forms come to, and the rules across their fields."""

from protocols.market.commands import PlaceOrder, PowerTerms
from protocols.market.forms import (
    ACTIVE,
    COMMENT,
    DISPLAY_QUANTITY,
    PRICE,
    PRICE_DELTA,
    QUANTITY,
    RESTRICTION,
    SIDE,
    VALIDITY,
    VALIDITY_UNTIL,
    OrderForm,
    Problem,
    Values,
)
from protocols.market.instruments import ContractKey, InstrumentSpec
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side, fixed_text


def to_command(key: ContractKey, values: Values) -> PlaceOrder:
    """The order that checked values of a power form come to.

    Only for a `Checked` that is ok: side, quantity or price missing is a `KeyError`.
    """
    until, display, delta = (values.get(name) for name in (VALIDITY_UNTIL, DISPLAY_QUANTITY, PRICE_DELTA))
    plain = PowerTerms()
    return PlaceOrder(
        key=key,
        side=Side(values[SIDE]),
        quantity=Quantity(int(values[QUANTITY])),
        price=Price(int(values[PRICE])),
        terms=PowerTerms(
            restriction=str(values.get(RESTRICTION, plain.restriction)),
            validity=str(values.get(VALIDITY, plain.validity)),
            validity_until=None if until is None else UtcNs(int(until)),
            display_quantity=None if display is None else Quantity(int(display)),
            price_delta=None if delta is None else Price(int(delta)),
            comment=str(values.get(COMMENT, "")),
        ),
        active=bool(values.get(ACTIVE, True)),
    )


def display_below_quantity(form: OrderForm, values: Values, spec: InstrumentSpec, now: UtcNs) -> Problem | None:
    """An iceberg shows less than it is for."""
    shown, quantity = values.get(DISPLAY_QUANTITY), values.get(QUANTITY)
    if shown is None or quantity is None or int(shown) < int(quantity):
        return None
    whole = fixed_text(int(quantity), spec.quantity_decimals)
    words = f"{form.label(DISPLAY_QUANTITY)} must be below the {form.label(QUANTITY).lower()} of {whole}"
    return Problem(DISPLAY_QUANTITY, words)


def delta_moves_away(form: OrderForm, values: Values, spec: InstrumentSpec, now: UtcNs) -> Problem | None:
    """Each slice of an iceberg goes away from the market: a buyer's down, a seller's up, or stays."""
    delta, side = values.get(PRICE_DELTA), values.get(SIDE)
    if delta is None or side is None:
        return None
    label = form.label(PRICE_DELTA)
    if side == Side.BUY.value and int(delta) > 0:
        return Problem(PRICE_DELTA, f"{label} of a buy order must be zero or negative")
    if side == Side.SELL.value and int(delta) < 0:
        return Problem(PRICE_DELTA, f"{label} of a sell order must be zero or positive")
    return None
