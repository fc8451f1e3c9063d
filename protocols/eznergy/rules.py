"""The order forms of the eZ-nergy scopes, and what an amendment does to an order's place. Sections 6 to 8 of the page.

Defaults differ between the scopes and are always sent, hence always in the form: a ticket shows them.
"""

from collections.abc import Callable

import msgspec

from protocols.eznergy.dialects import (
    ALL_OR_NONE,
    AON,
    DIALECTS,
    FILL_OR_KILL,
    GOOD_FOR_SESSION,
    GOOD_TO_DATE,
    GOOD_UNTIL_DATE,
    IMMEDIATE_OR_CANCEL,
    M7,
    NO_RESTRICTION,
    NPID,
    Dialect,
)
from protocols.market import forms, power_forms
from protocols.market.forms import Choice, Field, FieldKind, OrderForm, When
from protocols.market.instruments import InstrumentSpec, PowerContract
from protocols.market.orders import Order
from protocols.market.values import Price, Quantity, Side

_LABELS = {
    NO_RESTRICTION: "None",
    IMMEDIATE_OR_CANCEL: "Immediate or cancel",
    FILL_OR_KILL: "Fill or kill",
    ALL_OR_NONE: "All or none",
    AON: "All or none",
    GOOD_FOR_SESSION: "Good for session",
    GOOD_UNTIL_DATE: "Good until date",
    GOOD_TO_DATE: "Good to date",
}
_SIDES = (Choice(Side.BUY.value, "Buy"), Choice(Side.SELL.value, "Sell"))
_RULES = (power_forms.display_below_quantity, power_forms.delta_moves_away, forms.until_is_ahead)


class Limits(msgspec.Struct, frozen=True):
    """What an exchange takes at all, both ends included. Not on the wire: from the instruments' table."""

    lowest_price: Price
    highest_price: Price
    largest_quantity: Quantity


def order_form(contract: PowerContract, limits: Limits) -> OrderForm | None:
    """The form of the contract's scope; None for a scope whose orders are not offered."""
    build = _FORMS.get(contract.scope)
    return None if build is None else build(contract.spec, limits)


def keeps_place(order: Order, price: Price | None, quantity: Quantity | None) -> bool:
    """Whether an amendment to these values (None leaves one as it is) keeps the order's place in the queue.

    Less of the same price does; another price, or more than remains, goes to the end. A hibernated order has no place
    to lose, and neither has an iceberg whose terms change: those are not amended (section 8). The page has one table
    for both scopes, and no other rule for NPID.
    """
    same_price = price is None or price == order.price
    no_more = quantity is None or quantity <= order.remaining
    return same_price and no_more


def _m7(spec: InstrumentSpec, limits: Limits) -> OrderForm:
    """M7: restriction and validity are two fields; iceberg is inferred from its own."""
    dialect = DIALECTS[M7]
    return OrderForm(
        name="M7 limit order",
        fields=(
            *_what(spec, limits),
            _restriction(dialect, "What becomes of the part that is not executed at once"),
            *_validity(dialect, "Validity", "How long the order stays"),
            *_rest(spec),
        ),
        to_command=power_forms.to_command,
        rules=_RULES,
        cycled=forms.RESTRICTION,
    )


def _npid(spec: InstrumentSpec, limits: Limits) -> OrderForm:
    """NPID: the time in force says what becomes of the rest, the restriction only whether parts are taken at all."""
    dialect = DIALECTS[NPID]
    return OrderForm(
        name="Nord Pool limit order",
        fields=(
            *_what(spec, limits),
            *_validity(dialect, "Time in force", "How long the order stays, and whether any of it waits"),
            _restriction(dialect, "All or none is executed whole or not at all"),
            *_rest(spec),
        ),
        to_command=power_forms.to_command,
        rules=_RULES,
        cycled=forms.VALIDITY,
    )


def _restriction(dialect: Dialect, tip: str) -> Field:
    return Field(
        forms.RESTRICTION, "Restriction", FieldKind.CHOICE, _choices(dialect.restrictions), NO_RESTRICTION,
        required=True, tip=tip,
    )  # fmt: skip


def _validity(dialect: Dialect, label: str, tip: str) -> tuple[Field, ...]:
    dated = When(forms.VALIDITY, (dialect.dated,))
    return (
        Field(
            forms.VALIDITY, label, FieldKind.CHOICE, _choices(dialect.validities), GOOD_FOR_SESSION, required=True,
            tip=tip,
        ),
        Field(
            forms.VALIDITY_UNTIL, "Valid until", FieldKind.DATETIME, required_when=dated, only_when=dated,
            tip="15:45 is the next time it is that late; or 2026-11-21 15:45. Market time",
        ),
    )  # fmt: skip


def _choices(words: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(word, _LABELS[word]) for word in words)


def _what(spec: InstrumentSpec, limits: Limits) -> tuple[Field, ...]:
    return (
        Field(forms.SIDE, "Side", FieldKind.CHOICE, _SIDES, required=True),
        Field(
            forms.QUANTITY, "Quantity", FieldKind.QUANTITY, unit=spec.quantity_unit, required=True,
            maximum=limits.largest_quantity,
        ),
        Field(
            forms.PRICE, "Price", FieldKind.PRICE, unit=spec.price_unit, required=True,
            minimum=limits.lowest_price, maximum=limits.highest_price, tip="The limit; may be negative",
        ),
    )  # fmt: skip


def _rest(spec: InstrumentSpec) -> tuple[Field, ...]:
    """Iceberg, comment, and whether it is to be in the book at once."""
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
        Field(forms.COMMENT, "Comment", FieldKind.TEXT, tip="Goes to the exchange with the order"),
        Field(
            forms.ACTIVE, "Active", FieldKind.FLAG, default=forms.YES, required=True,
            tip="In the book at once; off, the exchange keeps it hibernated",
        ),
    )  # fmt: skip


_FORMS: dict[str, Callable[[InstrumentSpec, Limits], OrderForm]] = {M7: _m7, NPID: _npid}
"""By scope."""
