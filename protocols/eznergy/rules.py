"""The order forms of the eZ-nergy scopes, and what an amendment does to an order's place. Sections 6 to 8 of the page.

Defaults differ between the scopes and are always sent, hence always in the form: a ticket shows them.
"""

from collections.abc import Callable

import msgspec

from protocols.market import forms
from protocols.market.forms import Choice, Field, FieldKind, OrderForm, When
from protocols.market.instruments import InstrumentSpec, PowerContract
from protocols.market.orders import Order
from protocols.market.values import SCALE, Price, Quantity, Side

M7 = "m7"

NO_RESTRICTION = "None"
GOOD_FOR_SESSION = "GoodForSession"
GOOD_UNTIL_DATE = "GoodUntilDate"

RESTRICTIONS = (
    Choice(NO_RESTRICTION, "None"),
    Choice("ImmediateOrCancel", "Immediate or cancel"),
    Choice("FillOrKill", "Fill or kill"),
    Choice("AllOrNone", "All or none"),
)
VALIDITIES = (
    Choice(GOOD_FOR_SESSION, "Good for session"),
    Choice(GOOD_UNTIL_DATE, "Good until date"),
)
SIDES = (Choice(Side.BUY.value, "Buy"), Choice(Side.SELL.value, "Sell"))

_M7_RULES = (forms.display_below_quantity, forms.delta_moves_away, forms.until_is_ahead)


class Limits(msgspec.Struct, frozen=True):
    """What an exchange takes at all, both ends included. Not on the wire: a table may say otherwise."""

    lowest_price: Price = Price(-9999 * SCALE)
    highest_price: Price = Price(9999 * SCALE)
    largest_quantity: Quantity = Quantity(999 * SCALE)


EXCHANGE = Limits()


def order_form(contract: PowerContract, scope: str = M7, limits: Limits = EXCHANGE) -> OrderForm | None:
    """The form of the scope for the contract; None for a scope whose orders are not offered."""
    build = _FORMS.get(scope)
    return None if build is None else build(contract.spec, limits)


def keeps_place(order: Order, price: Price | None, quantity: Quantity | None) -> bool:
    """Whether an amendment to these values (None leaves one as it is) keeps the order's place in M7's queue.

    Less of the same price does; another price, or more than remains, goes to the end. A hibernated order has no place
    to lose, and neither has an iceberg whose terms change: those are not amended (section 8).
    """
    same_price = price is None or price == order.price
    no_more = quantity is None or quantity <= order.remaining
    return same_price and no_more


def _m7(spec: InstrumentSpec, limits: Limits) -> OrderForm:
    """M7: restriction and validity are two fields; iceberg is inferred from its own."""
    return OrderForm(
        name="M7 limit order",
        fields=(
            *_what(spec, limits),
            Field(
                forms.RESTRICTION, "Restriction", FieldKind.CHOICE, RESTRICTIONS, NO_RESTRICTION, required=True,
                tip="What becomes of the part that is not executed at once",
            ),
            Field(
                forms.VALIDITY, "Validity", FieldKind.CHOICE, VALIDITIES, GOOD_FOR_SESSION, required=True,
                tip="How long the order stays",
            ),
            Field(
                forms.VALIDITY_UNTIL, "Valid until", FieldKind.DATETIME,
                required_when=When(forms.VALIDITY, (GOOD_UNTIL_DATE,)),
                only_when=When(forms.VALIDITY, (GOOD_UNTIL_DATE,)),
                tip="15:45 is the next time it is that late; or 2026-11-21 15:45. Market time",
            ),
            *_iceberg(spec),
            Field(forms.COMMENT, "Comment", FieldKind.TEXT, tip="Goes to the exchange with the order"),
            Field(
                forms.ACTIVE, "Active", FieldKind.FLAG, default=forms.YES, required=True,
                tip="In the book at once; off, the exchange keeps it hibernated",
            ),
        ),
        rules=_M7_RULES,
    )  # fmt: skip


def _what(spec: InstrumentSpec, limits: Limits) -> tuple[Field, ...]:
    return (
        Field(forms.SIDE, "Side", FieldKind.CHOICE, SIDES, required=True),
        Field(
            forms.QUANTITY, "Quantity", FieldKind.QUANTITY, unit=spec.quantity_unit, required=True,
            maximum=limits.largest_quantity,
        ),
        Field(
            forms.PRICE, "Price", FieldKind.PRICE, unit=spec.price_unit, required=True,
            minimum=limits.lowest_price, maximum=limits.highest_price, tip="The limit; may be negative",
        ),
    )  # fmt: skip


def _iceberg(spec: InstrumentSpec) -> tuple[Field, ...]:
    return (
        Field(
            forms.DISPLAY_QUANTITY, "Iceberg shows", FieldKind.QUANTITY, unit=spec.quantity_unit,
            tip="What the book shows at a time; empty for an order that shows all of itself",
        ),
        Field(
            forms.PRICE_DELTA, "Price delta", FieldKind.PRICE, unit=spec.price_unit,
            only_when=When(forms.DISPLAY_QUANTITY),
            tip="What each new slice's price moves by: zero or negative to buy, zero or positive to sell",
        ),
    )  # fmt: skip


_FORMS: dict[str, Callable[[InstrumentSpec, Limits], OrderForm]] = {M7: _m7}
"""By scope. npid differs in restriction, time in force and their defaults, and would stand beside."""
