"""A living order in the ticket, to be changed: what was shown of it, what may be changed, and what is asked. No Qt."""

from collections.abc import Mapping
from datetime import tzinfo

import msgspec

from protocols.market import forms
from protocols.market.commands import AmendOrder, FxTerms
from protocols.market.forms import Checked, OrderForm
from protocols.market.instruments import InstrumentSpec
from protocols.market.order_texts import AMENDABLE, amendment, texts_of
from protocols.market.orders import Order, OrderStatus


class Amending(msgspec.Struct, frozen=True):
    """The order as it was on the screen; `before` are its texts, `locks` the fields that can't be changed, and why."""

    order: Order
    before: dict[str, str]
    locks: dict[str, str]


def why_not(form: OrderForm | None, order: Order) -> str:
    """Why an order is not changed from its ticket now; empty when it is."""
    if order.status.over:
        return f"The order is {order.status.value}: there is nothing to modify"
    if order.status is OrderStatus.IN_DOUBT:
        return "The order is in doubt: ask the venue first"
    if not order.status.alive:
        return "The order is pending: the venue has not taken it yet"
    if form is None or form.locks is None or not isinstance(order.terms, FxTerms):
        return "Orders of this contract are not modified from the ticket"
    return ""


def begun(form: OrderForm, order: Order, spec: InstrumentSpec, zone: tzinfo) -> Amending:
    """The order as it stands. Only where `why_not` has nothing to say."""
    assert form.locks is not None
    return Amending(order, texts_of(form, order, spec, zone), dict(form.locks(form, order)))


def same(one: Order, other: Order) -> bool:
    """Whether an order stands as it did, in all that an amendment is about."""
    return (one.price, one.remaining, one.quantity, one.terms) == (
        other.price,
        other.remaining,
        other.quantity,
        other.terms,
    )


def carried_on(before: Amending, after: Amending, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts on the order as it is now: what was typed stays, what was not touched is the order's."""
    kept = {name: text for name, text in texts.items() if text != before.before.get(name, "")}
    open_ones = {name: text for name, text in kept.items() if name not in after.locks}
    return {**after.before, **open_ones}


def problems(amending: Amending, checked: Checked, texts: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with what was changed: what nobody touched is the venue's, and as it should be."""
    return {
        name: words
        for name, words in checked.problems.items()
        if name in AMENDABLE and texts[name] != amending.before.get(name, "")
    }


def asked(amending: Amending, checked: Checked, texts: Mapping[str, str]) -> AmendOrder | None:
    """What the texts ask for; None when they change nothing."""
    return amendment(amending.order, texts, amending.before, checked.values)


def changed_labels(form: OrderForm, amend: AmendOrder | None) -> list[str]:
    """Which fields an amendment changes, as they are called."""
    if amend is None:
        return []
    values = {
        forms.QUANTITY: amend.quantity,
        forms.PRICE: amend.price,
        forms.STOP_PRICE: amend.stop_price,
        forms.VALIDITY_UNTIL: amend.until or amend.forever or None,
    }
    return [form.label(name).lower() for name, value in values.items() if value is not None]


def title(order: Order) -> str:
    """`Modify buy stop limit`."""
    kind = order.terms.type.replace("_", " ") if isinstance(order.terms, FxTerms) else ""
    return f"Modify {order.side.value} {kind}".strip().capitalize()
