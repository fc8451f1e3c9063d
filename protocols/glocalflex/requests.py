"""Orders as the body of a request, and back: what is checked before it is sent is what the bytes say."""

from protocols.glocalflex import messages
from protocols.glocalflex.codec import (
    Unreadable,
    decode_one,
    encode,
    number,
    read_price,
    read_quantity,
    read_reading,
    read_time,
    time_text,
)
from protocols.glocalflex.ledger import expires_at
from protocols.market.commands import (
    AmendOrder,
    CancelOrder,
    Command,
    FlexTerms,
    PlaceOrder,
    SetOrderActive,
)
from protocols.market.flex import AREA, Baseline, Delivery, Place, Reading
from protocols.market.instruments import window_key
from protocols.market.times import utc_text
from protocols.market.values import Side
from protocols.strict_json import refuse_contradictions


class Refused(ValueError):
    """Why a command can't become a request, in words that name the field or the state."""


def encode_order(command: Command, terms: FlexTerms | None = None) -> bytes:
    """The body of `POST /api/v1/order/`. `terms` are those of the order that the command is about. Raises `Refused`."""
    match command:
        case PlaceOrder():
            return _encode(command)
        case CancelOrder():
            when = "" if terms is None else f"; it expires at {utc_text(expires_at(terms))} at the latest"
            raise Refused(f"cancel: GLocalFlex documents no way to take an order back{when}")
        case AmendOrder():
            raise Refused("amend: GLocalFlex documents no way to change an order")
        case SetOrderActive():
            raise Refused("order: GLocalFlex knows no inactive orders")
    raise Refused("order: GLocalFlex knows no pairs of orders")


def read_order(body: bytes, connection: str) -> PlaceOrder:
    """What a body says. Raises `Unreadable`."""
    refuse_contradictions(body)
    request = decode_one(messages.OrderRequest, body)
    sides = {messages.BUY: Side.BUY, messages.SELL: Side.SELL}
    if request.side not in sides:
        raise Unreadable(f"side: {request.side[:40]!r}")
    delivery = Delivery(read_time(request.delivery_start), read_time(request.delivery_end))
    terms = FlexTerms(
        delivery=delivery,
        expiry=read_time(request.expiry_time),
        place=_place(request.location),
        baseline=None if request.baseline is None else _read_baseline(request.baseline),
    )
    return PlaceOrder(
        key=window_key(connection, delivery),
        side=sides[request.side],
        quantity=read_quantity(request.power),
        price=read_price(request.price),
        terms=terms,
    )


def _encode(order: PlaceOrder) -> bytes:
    terms = order.terms
    if not isinstance(terms, FlexTerms) or order.key.area != AREA:
        raise Refused("order: not one for flexibility")
    if order.price is None:
        raise Refused("price: is missing")
    if terms.expiry is None:
        raise Refused("expiry: is missing")
    if not order.active:
        raise Refused("order: GLocalFlex knows no inactive orders")
    place = terms.place
    return encode(
        messages.OrderRequest(
            side=messages.BUY if order.side is Side.BUY else messages.SELL,
            power=number(order.quantity),
            price=number(order.price),
            delivery_start=time_text(terms.delivery.start),
            delivery_end=time_text(terms.delivery.end),
            expiry_time=time_text(terms.expiry),
            location=messages.Location(location_id=list(place.location_ids), country_code=place.country_code),
            baseline=None if terms.baseline is None else _baseline(terms.baseline),
        )
    )


def _baseline(baseline: Baseline) -> messages.Baseline:
    return messages.Baseline(
        metering_id=baseline.metering_id,
        created_at=utc_text(baseline.created_at),
        reading_start=utc_text(baseline.reading_start),
        reading_end=utc_text(baseline.reading_end),
        resolution=baseline.resolution,
        direction=baseline.direction,
        quality=baseline.quality,
        energy_product=baseline.energy_product,
        unit_measured=baseline.unit_measured,
        data_points=[{utc_text(each.at): number(each.value)} for each in baseline.readings],
    )


def _read_baseline(told: messages.Baseline) -> Baseline:
    readings = [
        Reading(read_time(at), read_reading(value)) for point in told.data_points for at, value in point.items()
    ]
    return Baseline(
        metering_id=told.metering_id,
        created_at=read_time(told.created_at),
        reading_start=read_time(told.reading_start),
        reading_end=read_time(told.reading_end),
        readings=tuple(readings),
        resolution=told.resolution,
        direction=told.direction,
        quality=told.quality,
        energy_product=told.energy_product,
        unit_measured=told.unit_measured,
    )


def _place(location: messages.Location) -> Place:
    return Place(tuple(each for each in location.location_id or () if each), location.country_code or "")
