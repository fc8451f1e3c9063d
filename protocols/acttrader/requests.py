"""Intents become frames, and frames are read again: strict JSON, documented values only, a client identifier always.

The request's own identifier is the intent's, so that an answer finds its intent after whatever happened in between.
"""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from protocols.acttrader import messages
from protocols.acttrader.codec import (
    Unreadable,
    decode_message,
    identifier,
    identifier_text,
    message,
    number,
    payload_of,
    read_time,
    time_text,
)
from protocols.acttrader.messages import Dialect, Identifier
from protocols.acttrader.records import PRICED, SIDES, STOPPED, WIRE_SIDES
from protocols.acttrader.settings import AREA, Settings
from protocols.market.commands import (
    AmendOrder,
    CancelOrder,
    Command,
    FxTerms,
    Intent,
    OcoLeg,
    PlaceOco,
    PlaceOrder,
    leg_id,
    pair_of,
)
from protocols.market.instruments import ContractKey
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side, ValueRefused, scaled

TYPES = (messages.MARKET, messages.LIMIT, messages.STOP, messages.STOP_LIMIT)


class Refused(ValueError):
    """The intent can't become a frame; the text names the field or the state."""


def encode_intent(intent: Intent, settings: Settings, venue_id: str | None) -> bytes:
    """The intent's frame. `venue_id` is the order's at the venue, where it has one. Raises `Refused`."""
    match intent.command:
        case PlaceOrder() as order:
            return message(messages.NEW_ORDER, intent.intent_id, _new_order(intent.client_id, order, settings))
        case PlaceOco() as pair:
            return message(messages.NEW_OCO, intent.intent_id, _new_oco(intent.client_id, pair, settings))
        case AmendOrder() as amend:
            return message(messages.MODIFY_ORDER, intent.intent_id, _modify(amend, settings, venue_id))
        case CancelOrder() as cancel:
            named = _name(cancel.client_id, settings, venue_id)
            return message(messages.CANCEL_ORDER, intent.intent_id, named)
        case _:
            raise Refused("order: this venue knows no inactive orders")


def encode_status(request_id: str, client_id: str | None, settings: Settings, venue_id: str | None) -> bytes | None:
    """Asks for one order; None where this dialect has no way to name it."""
    if venue_id is None and (client_id is None or settings.dialect is Dialect.SEED):
        return None
    return message(messages.ORDER_STATUS, request_id, _name(client_id or "", settings, venue_id))


def encode_orders(request_id: str, settings: Settings, since: UtcNs) -> bytes:
    """Asks for all orders: pending ones, and in the later dialect those filled or cancelled since then too."""
    if settings.dialect is Dialect.SEED:
        return message(messages.ORDERS, request_id)
    return message(messages.ORDERS, request_id, messages.OrdersSince(from_time=time_text(since)))


def read_request(frame: bytes, connection: str, client_of: Callable[[str], str | None]) -> Command:
    """What a frame of ours says: the risk check judges this, not what was meant. `client_of` knows orders by the
    venue's identifier. Raises `Unreadable`."""
    envelope = decode_message(frame)
    match envelope.event:
        case messages.NEW_ORDER:
            return _read_order(payload_of(messages.NewOrder, envelope), connection)
        case messages.NEW_OCO:
            return _read_oco(payload_of(messages.NewOco, envelope), connection)
        case messages.MODIFY_ORDER:
            return _read_modify(payload_of(messages.ModifyOrder, envelope), connection, client_of)
        case messages.CANCEL_ORDER:
            named = payload_of(messages.OrderName, envelope)
            return CancelOrder(connection, _read_name(named.order_id, named.client_order_id, client_of))
    raise Unreadable(f"request: event {envelope.event!r}")


# Out


def _new_order(client_id: str, order: PlaceOrder, settings: Settings) -> messages.NewOrder:
    terms = _fx_terms(order)
    _check(terms.type, order.price, terms.stop_price, terms.note, settings)
    life, till = _lifetime(terms.until, settings)
    return messages.NewOrder(
        symbol=order.key.contract_id,
        side=WIRE_SIDES[order.side],
        type=terms.type,
        quantity=number(order.quantity),
        time_in_force=_time_in_force(terms.time_in_force, terms.type, settings),
        login=_login(settings),
        price=_decimal(order.price),
        stop_price=_decimal(terms.stop_price),
        client_order_id=client_id,
        life_time=life,
        till_time=till,
        note=terms.note or None,
    )


def _new_oco(pair_id: str, pair: PlaceOco, settings: Settings) -> messages.NewOco:
    for leg in pair.legs:
        _check(leg.type, leg.price, leg.stop_price, leg.note, settings)
        if leg.type == messages.MARKET:
            raise Refused("type: a leg of a pair waits for a price, a MARKET order does not")
    life, till = _lifetime(pair.until, settings)
    return messages.NewOco(
        login=_login(settings),
        symbol=pair.key.contract_id,
        side=WIRE_SIDES[pair.side],
        time_in_force=_time_in_force(pair.time_in_force, messages.STOP, settings),
        quantity=number(pair.quantity),
        orders=[
            messages.OcoLeg(
                type=leg.type,
                price=_decimal(leg.price),
                stop_price=_decimal(leg.stop_price),
                client_order_id=leg_id(pair_id, position),
                note=leg.note or None,
            )
            for position, leg in enumerate(pair.legs, start=1)
        ],
        life_time=life,
        till_time=till,
    )


def _modify(amend: AmendOrder, settings: Settings, venue_id: str | None) -> messages.ModifyOrder:
    till: str | msgspec.UnsetType = msgspec.UNSET
    if amend.forever:
        till = ""
    elif amend.until is not None:
        till = time_text(amend.until)
    if till is not msgspec.UNSET and settings.dialect is Dialect.SEED:
        raise Refused("lifetime: can't be changed in the seed dialect")
    if till is msgspec.UNSET and (amend.price, amend.stop_price, amend.quantity) == (None, None, None):
        raise Refused("price, stop price, quantity, lifetime: a modification changes one of them")
    named = _name(amend.client_id, settings, venue_id)
    return messages.ModifyOrder(
        order_id=named.order_id,
        client_order_id=named.client_order_id,
        price=_decimal(amend.price),
        stop_price=_decimal(amend.stop_price),
        quantity=_decimal(amend.quantity),
        till_time=till,
    )


def _name(client_id: str, settings: Settings, venue_id: str | None) -> messages.OrderName:
    """By the venue's identifier where there is one; the later dialect takes ours in its place."""
    if venue_id is not None:
        return messages.OrderName(order_id=identifier(venue_id))
    if settings.dialect is Dialect.SEED:
        raise Refused("order: the venue has not named it yet, and the seed dialect knows no other name")
    return messages.OrderName(client_order_id=client_id)


def _fx_terms(order: PlaceOrder) -> FxTerms:
    if not isinstance(order.terms, FxTerms):
        raise Refused("terms: not those of an FX order")
    return order.terms


def _check(kind: str, price: Price | None, stop: Price | None, note: str, settings: Settings) -> None:
    """Which types have which prices; rounding, side and market are other checks' business."""
    if kind not in TYPES:
        raise Refused(f"type: {kind!r} is none that the venue documents")
    for name, value, kinds in (("price", price, PRICED), ("stop price", stop, STOPPED)):
        if value is None and kind in kinds:
            raise Refused(f"{name}: a {kind} order needs one")
        if value is not None and kind not in kinds:
            raise Refused(f"{name}: a {kind} order takes none")
    if note and settings.dialect is Dialect.SEED:
        raise Refused("note: the seed dialect carries none")


def _time_in_force(text: str, kind: str, settings: Settings) -> str:
    if text not in settings.times_in_force:
        raise Refused(f"time in force: {text!r} is none that may be sent on this connection")
    if text == messages.TPI and kind != messages.LIMIT:
        raise Refused("time in force: TPI goes with LIMIT orders only")
    return text


def _lifetime(until: UtcNs | None, settings: Settings) -> tuple[str | None, str | None]:
    """(`lifeTime`, `tillTime`): each dialect has one of them."""
    text = None if until is None else time_text(until)
    return (text, None) if settings.dialect is Dialect.SEED else (None, text)


def _login(settings: Settings) -> Identifier:
    if settings.dialect is Dialect.SEED:
        return settings.login
    if not (settings.login.isascii() and settings.login.isdigit()):
        raise Refused("login: is a number in the later dialect")
    return int(settings.login)


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else number(value)


# In


def _read_order(order: messages.NewOrder, connection: str) -> PlaceOrder:
    terms = FxTerms(
        type=order.type,
        time_in_force=order.time_in_force,
        stop_price=_read_price(order.stop_price),
        until=_read_until(order.till_time or order.life_time),
        note=order.note or "",
    )
    key, quantity = ContractKey(connection, AREA, order.symbol), Quantity(_read(order.quantity))
    return PlaceOrder(key, _read_side(order.side), quantity, _read_price(order.price), terms)


def _read_oco(pair: messages.NewOco, connection: str) -> PlaceOco:
    names = [leg.client_order_id or "" for leg in pair.orders]
    owner = pair_of(names[0]) if len(names) == 2 else None
    if owner is None or names != [leg_id(owner, 1), leg_id(owner, 2)]:
        raise Unreadable("request: not two legs of one pair")
    one, other = (
        OcoLeg(leg.type, _read_price(leg.price), _read_price(leg.stop_price), leg.note or "") for leg in pair.orders
    )
    return PlaceOco(
        key=ContractKey(connection, AREA, pair.symbol),
        side=_read_side(pair.side),
        quantity=Quantity(_read(pair.quantity)),
        legs=(one, other),
        time_in_force=pair.time_in_force,
        until=_read_until(pair.till_time or pair.life_time),
    )


def _read_modify(modify: messages.ModifyOrder, connection: str, client_of: Callable[[str], str | None]) -> AmendOrder:
    till = modify.till_time
    return AmendOrder(
        connection=connection,
        client_id=_read_name(modify.order_id, modify.client_order_id, client_of),
        quantity=None if modify.quantity is None else Quantity(_read(modify.quantity)),
        price=_read_price(modify.price),
        stop_price=_read_price(modify.stop_price),
        until=_read_until(till) if isinstance(till, str) else None,
        forever=till == "",
    )


def _read_name(order_id: Identifier | None, client_id: str | None, client_of: Callable[[str], str | None]) -> str:
    venue_id = identifier_text(order_id)
    found = client_id if venue_id is None else client_of(venue_id)
    if not found:
        raise Unreadable("request: it names no order that is known here")
    return found


def _read_side(text: str) -> Side:
    if text not in SIDES:
        raise Unreadable(f"request: side {text!r}")
    return SIDES[text]


def _read_price(value: Decimal | None) -> Price | None:
    return None if value is None else Price(_read(value))


def _read_until(text: str | None) -> UtcNs | None:
    return read_time(text) if text else None


def _read(value: Decimal) -> int:
    try:
        return scaled(value)
    except ValueRefused as refused:
        raise Unreadable(f"request: {refused}") from refused
