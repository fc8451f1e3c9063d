"""What a user asks of his orders: batches as they come in, and the rules that a request must satisfy.

Protocol page, section 7. A batch that can't be read is `Malformed` and answered with `error.not_processed`; one that
can be read and not be done is `Refused` and answered with a `Rejected` report. The page names no field for the reason
of a reject: it stands in the report's `metadata`, as `rejectReason`.
"""

import re

import msgspec

from protocols.eznergy import codec, messages
from protocols.market.times import TimeRefused, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side, ValueRefused, scaled
from protocols.practice.listing import Listing
from protocols.practice.market import Market
from protocols.practice.openings import STEP, TICK
from protocols.practice.own_orders import (
    ALIVE,
    AT_ONCE,
    GOOD_FOR_SESSION,
    GOOD_UNTIL_DATE,
    HIBERNATED,
    Terms,
)

CREATION, MODIFICATION, CANCELLATION = "Creation", "Modification", "Cancellation"
ACTIVATION, DEACTIVATION = "Activation", "Deactivation"
KINDS = (CREATION, MODIFICATION, ACTIVATION, DEACTIVATION, CANCELLATION)

LARGEST_PRICE = 9_999 * SCALE
"""EUR/MWh, either side of zero."""
LARGEST_QUANTITY = 999 * SCALE
"""MW."""
MOST_IN_BATCH = 1_000
LONGEST_COMMENT = 250

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class Malformed(ValueError):
    """The batch can't be read; the text names the field."""


class Refused(ValueError):
    """The request can't be done; the text is the reason that the user is told."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One order of a batch: what its sender wrote, in exact values. None is what he left out."""

    kind: str
    area: str
    client_id: str
    named: messages.ContractArea | None = None
    identifier: int | str | None = None
    revision: int | None = None
    side: Side | None = None
    price: Price | None = None
    quantity: Quantity | None = None
    state: str | None = None
    restriction: str | None = None
    validity: str | None = None
    validity_until: UtcNs | None = None
    display: Quantity | None = None
    delta: Price | None = None
    comment: str | None = None


def read_batch(json: bytes, area: str) -> list[Ask]:
    """The orders of a request's payload, on the channel of `area`. Raises `Malformed`."""
    try:
        batch = codec.decode_one(messages.OrderBatch, json)
    except codec.Unreadable as error:
        raise Malformed(str(error)) from error
    if batch.type not in KINDS:
        raise Malformed(f"type: {batch.type[:40]!r}")
    if not 0 < len(batch.orders) <= MOST_IN_BATCH:
        raise Malformed("orders: none, or too many")
    try:
        return [_read(batch.type, area, order) for order in batch.orders]
    except (ValueRefused, TimeRefused) as error:
        raise Malformed(str(error)) from error


def _read(kind: str, area: str, order: messages.PrivateOrder) -> Ask:
    if not order.client_identifier:
        raise Malformed("clientIdentifier: missing")
    if order.direction not in (None, Side.BUY.value, Side.SELL.value):
        raise Malformed(f"direction: {order.direction[:40]!r}")
    display = order.iceberg_display_quantity
    if display is None:
        display = order.iceberg_visible_quantity  # the modification table's name for it
    return Ask(
        kind=kind,
        area=area,
        client_id=order.client_identifier,
        named=order.contract_area,
        identifier=order.identifier,
        revision=order.revision_number,
        side=None if order.direction is None else Side(order.direction),
        price=None if order.price is None else Price(scaled(order.price)),
        quantity=None if order.quantity is None else Quantity(scaled(order.quantity)),
        state=order.state,
        restriction=order.execution_restriction,
        validity=order.validity_restriction,
        validity_until=None if order.validity_date is None else utc_from_text(order.validity_date),
        display=None if display is None else Quantity(scaled(display)),
        delta=None if order.iceberg_price_delta is None else Price(scaled(order.iceberg_price_delta)),
        comment=order.comment,
    )


def listing_named(market: Market, ask: Ask) -> Listing:
    """The contract that a creation is for: by identifier, else by both delivery times. Raises `Refused`."""
    named = ask.named
    if named is None:
        raise Refused("contractArea: missing")
    if named.delivery_area != ask.area:
        raise Refused("contractArea: its deliveryArea is not the channel's")
    if named.identifier is not None:
        for listing in market.listings.values():
            of = listing.contract
            if ask.area in of.zone.areas and of.identifier(ask.area) == str(named.identifier):
                return listing
        raise Refused(f"contractArea: no contract {str(named.identifier)[:60]!r}")
    if named.delivery_start is None or named.delivery_end is None:
        raise Refused("contractArea: neither identifier nor both delivery times")
    try:
        period = utc_from_text(named.delivery_start), utc_from_text(named.delivery_end)
    except TimeRefused as error:
        raise Refused(f"contractArea: {error}") from error
    for listing in market.listings.values():
        of = listing.contract
        if ask.area in of.zone.areas and (of.delivery_start, of.delivery_end) == period:
            return listing
    raise Refused("contractArea: no contract of that period")


def check_creation(ask: Ask) -> None:
    """What a creation must say, and must not. Raises `Refused`."""
    for name, given in (("price", ask.price), ("quantity", ask.quantity), ("direction", ask.side)):
        if given is None:
            raise Refused(f"{name}: missing")
    if _GUID.fullmatch(ask.client_id) is None:
        raise Refused("clientIdentifier: not a GUID")
    if ask.identifier is not None or ask.revision is not None:
        raise Refused("identifier, revisionNumber: the venue gives them")
    if ask.state not in ALIVE:
        raise Refused("state: neither Active nor Hibernated")


def check_price(price: int) -> None:
    """Raises `Refused`."""
    if price % TICK:
        raise Refused("price: not a multiple of 0.01 EUR/MWh")
    if abs(price) > LARGEST_PRICE:
        raise Refused("price: beyond 9999 EUR/MWh")


def check_quantity(quantity: int) -> None:
    """Raises `Refused`."""
    if quantity <= 0:
        raise Refused("quantity: not positive")
    if quantity % STEP:
        raise Refused("quantity: not a multiple of 0.1 MW")
    if quantity > LARGEST_QUANTITY:
        raise Refused("quantity: over 999 MW")


def terms_after(ask: Ask, before: Terms) -> Terms:
    """The terms with what the request says of them, unchecked."""
    validity = before.validity if ask.validity is None else ask.validity
    until = before.validity_until if ask.validity_until is None else ask.validity_until
    return Terms(
        restriction=before.restriction if ask.restriction is None else ask.restriction,
        validity=validity,
        validity_until=None if validity == GOOD_FOR_SESSION else until,
        display=before.display if ask.display is None else ask.display,
        delta=before.delta if ask.delta is None else ask.delta,
        comment=before.comment if ask.comment is None else ask.comment,
    )


def check_terms(terms: Terms, side: Side, quantity: int, state: str, now: UtcNs) -> None:
    """Restriction, validity and iceberg, for a new order or an order with a new quantity. Raises `Refused`."""
    if terms.restriction == "AllOrNone":
        raise Refused("executionRestriction: AllOrNone is for blocks only")
    if terms.restriction not in ("None", *AT_ONCE):
        raise Refused(f"executionRestriction: {terms.restriction[:40]!r}")
    if terms.restriction in AT_ONCE and (state == HIBERNATED or terms.display is not None):
        raise Refused(f"executionRestriction: no iceberg and no hibernated order is {terms.restriction}")
    if terms.validity not in (GOOD_FOR_SESSION, GOOD_UNTIL_DATE):
        raise Refused(f"validityRestriction: {terms.validity[:40]!r}")
    if terms.validity == GOOD_UNTIL_DATE and terms.validity_until is None:
        raise Refused("validityDate: missing, with GoodUntilDate")
    if terms.validity_until is not None and terms.validity_until <= now:
        raise Refused("validityDate: in the past")
    if terms.comment is not None and len(terms.comment) > LONGEST_COMMENT:
        raise Refused("comment: too long")
    _check_iceberg(terms, side, quantity)


def _check_iceberg(terms: Terms, side: Side, quantity: int) -> None:
    if terms.display is None:
        if terms.delta is not None:
            raise Refused("icebergPriceDelta: without icebergDisplayQuantity")
        return
    if terms.display <= 0 or terms.display % STEP:
        raise Refused("icebergDisplayQuantity: not a positive multiple of 0.1 MW")
    if terms.display > quantity:
        raise Refused("icebergDisplayQuantity: more than the quantity")
    delta = terms.delta or 0
    if delta % TICK or abs(delta) > LARGEST_PRICE:
        raise Refused("icebergPriceDelta: not a multiple of 0.01 EUR/MWh")
    if delta and (delta > 0) is (side is Side.BUY):
        raise Refused("icebergPriceDelta: towards the other side")
    slices = -(-quantity // terms.display)
    if slices > 1_000:
        raise Refused("icebergDisplayQuantity: over 1000 parts")
