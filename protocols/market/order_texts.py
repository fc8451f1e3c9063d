"""The other way: an order as the texts that would have to be typed for it, and what changed texts ask of it."""

from collections.abc import Mapping
from datetime import UTC, tzinfo

from protocols.market import flex_form, forms
from protocols.market.commands import AmendOrder, FlexTerms, FxTerms, PlaceOrder, Terms
from protocols.market.form_text import moment_text
from protocols.market.forms import OrderForm, Values
from protocols.market.instruments import InstrumentSpec
from protocols.market.orders import Order
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side, fixed_text, plain_text

AMENDABLE = (forms.QUANTITY, forms.PRICE, forms.STOP_PRICE, forms.VALIDITY_UNTIL)
"""What an amendment may change at all."""


def to_texts(form: OrderForm, order: PlaceOrder, spec: InstrumentSpec, zone: tzinfo = UTC) -> dict[str, str]:
    """What would have to be typed into the form for this order."""
    texts = _texts(order.side, order.quantity, order.price, order.terms, spec, zone)
    texts[forms.ACTIVE] = forms.YES if order.active else forms.NO
    return _of_form(form, texts)


def texts_of(form: OrderForm, order: Order, spec: InstrumentSpec, zone: tzinfo = UTC) -> dict[str, str]:
    """A living order as it stands; its quantity is what remains of it."""
    return _of_form(form, _texts(order.side, order.remaining, order.price, order.terms, spec, zone))


def amendment(order: Order, texts: Mapping[str, str], before: Mapping[str, str], values: Values) -> AmendOrder | None:
    """What the changed texts ask of an FX order: only what is another value now; None when nothing is.

    `before` are the texts that the order was shown with: one that was not touched asks for nothing, whatever it reads.
    """
    terms = order.terms
    if not isinstance(terms, FxTerms):
        raise ValueError("only FX orders are amended by their form")
    touched = {name for name in AMENDABLE if name in texts and texts[name].strip() != before.get(name, "")}
    shown = {
        forms.QUANTITY: order.remaining,
        forms.PRICE: order.price,
        forms.STOP_PRICE: terms.stop_price,
        forms.VALIDITY_UNTIL: terms.until,
    }
    other = {name: values.get(name) for name in touched if values.get(name) != shown[name]}
    if not other:
        return None
    quantity, price, stop, until = (other.get(name) for name in AMENDABLE)
    return AmendOrder(
        connection=order.connection,
        client_id=order.client_id,
        quantity=None if quantity is None else Quantity(int(quantity)),
        price=None if price is None else Price(int(price)),
        stop_price=None if stop is None else Price(int(stop)),
        until=None if until is None else UtcNs(int(until)),
        forever=forms.VALIDITY_UNTIL in other and until is None,
    )


def _texts(
    side: Side, quantity: Quantity, price: Price | None, terms: Terms, spec: InstrumentSpec, zone: tzinfo
) -> dict[str, str]:
    texts = {
        forms.SIDE: side.value,
        forms.QUANTITY: fixed_text(quantity, spec.quantity_decimals),
        forms.PRICE: _price_text(price, spec),
    }
    if isinstance(terms, FxTerms):
        return texts | {
            forms.ORDER_TYPE: terms.type,
            forms.STOP_PRICE: _price_text(terms.stop_price, spec),
            forms.TIME_IN_FORCE: terms.time_in_force,
            forms.VALIDITY_UNTIL: _moment(terms.until, zone),
            forms.COMMENT: terms.note,
        }
    if isinstance(terms, FlexTerms):
        return texts | {
            flex_form.DELIVERY_START: _moment(terms.delivery.start, zone),
            flex_form.DELIVERY_END: _moment(terms.delivery.end, zone),
            flex_form.EXPIRY: _moment(terms.expiry, zone),
            flex_form.LOCATION: flex_form.locations_text(terms.place),
            flex_form.COUNTRY: terms.place.country_code,
        }
    return texts | {
        forms.RESTRICTION: terms.restriction,
        forms.VALIDITY: terms.validity,
        forms.VALIDITY_UNTIL: _moment(terms.validity_until, zone),
        forms.DISPLAY_QUANTITY: "" if terms.display_quantity is None else plain_text(terms.display_quantity),
        forms.PRICE_DELTA: "" if terms.price_delta is None else plain_text(terms.price_delta),
        forms.COMMENT: terms.comment,
    }


def _of_form(form: OrderForm, texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if form.field(name) is not None}


def _price_text(price: Price | None, spec: InstrumentSpec) -> str:
    return "" if price is None else fixed_text(price, spec.price_decimals)


def _moment(at: UtcNs | None, zone: tzinfo) -> str:
    return "" if at is None else moment_text(at, zone)
