"""What a frame asks for, read as strictly as the page allows: a field of the other dialect, a repeated key, a number as
text or an unknown enum is refused, so that a client's slip shows here and not at the real venue.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

import msgspec

from protocols.acttrader import codec, messages
from protocols.acttrader.messages import Dialect
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side, ValueRefused, scaled
from protocols.practice.acttrader import refusals
from protocols.practice.acttrader.account import Change
from protocols.practice.acttrader.orders import OrderId, Terms
from protocols.practice.acttrader.pairs import LARGEST, PAIRS, STEP

LONGEST_TEXT = 256
"""Characters of an identifier or note."""

_SIDES = {messages.BUY: Side.BUY, messages.SELL: Side.SELL}
_TYPES = (messages.MARKET, messages.LIMIT, messages.STOP, messages.STOP_LIMIT)
_TIMES_IN_FORCE = {
    Dialect.SEED: (messages.AON, messages.FOK, messages.IOC, messages.GTC, messages.GTT),
    Dialect.LATER: (messages.AON, messages.FOK, messages.IOC, messages.TPI, messages.GTC, messages.GTT),
}
_NEEDS_PRICE = (messages.LIMIT, messages.STOP_LIMIT)
_NEEDS_STOP = (messages.STOP, messages.STOP_LIMIT)
_NOT_IN_SEED = frozenset(("tillTime", "note", "clientOrderIdValue", "fromTime"))
_NOT_IN_LATER = frozenset(("lifeTime",))
_NUMBERS = frozenset(("price", "stopPrice", "quantity"))

Payload = TypeVar("Payload", bound=messages.Wire)


class Name(msgspec.Struct, frozen=True):
    """An order as a request names it."""

    identifier: OrderId | None
    client_id: str | None


class Request(msgspec.Struct, frozen=True):
    """A frame's envelope; `payload` is decoded JSON, `UNSET` where there is none."""

    event: str
    request_id: str
    payload: Any


def read(frame: bytes) -> Request:
    """Reads a frame. Raises `Refused` for what is no request at all: there is nothing to answer to."""
    try:
        found = json.loads(
            frame.decode(), object_pairs_hook=_without_repeats, parse_float=_exact, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        if isinstance(error, refusals.Refused):
            raise
        raise refusals.malformed("not JSON") from error
    if not isinstance(found, dict) or set(found) - {"event", "requestId", "payload"}:
        raise refusals.malformed("not an object of event, requestId and payload")
    event, request_id = found.get("event"), found.get("requestId")
    if not isinstance(event, str):
        raise refusals.malformed("event: not text")
    if not isinstance(request_id, str) or not 0 < len(request_id) <= LONGEST_TEXT:
        raise refusals.malformed("requestId: not text")
    return Request(event, request_id, found.get("payload", msgspec.UNSET))


def new_order(request: Request, dialect: Dialect, login: str, now: UtcNs) -> Terms:
    """Reads `newordersingle`. Raises `Refused`."""
    order = _payload(messages.NewOrder, request.payload, dialect)
    _check_login(order.login, dialect, login)
    terms = Terms(
        symbol=order.symbol,
        side=_side(order.side),
        type=order.type,
        quantity=_quantity(order.quantity),
        time_in_force=order.time_in_force,
        price=_price("price", order.symbol, order.price),
        stop_price=_price("stopPrice", order.symbol, order.stop_price),
        till=_till(order.till_time or order.life_time, now),
        client_id=_text("clientOrderId", order.client_order_id),
        note=_text("note", order.note),
    )
    _check(terms, dialect)
    return terms


def new_oco(request: Request, dialect: Dialect, login: str, now: UtcNs) -> tuple[Terms, Terms]:
    """Reads `neworderoco`: two legs. Raises `Refused`."""
    pair = _payload(messages.NewOco, request.payload, dialect)
    _check_login(pair.login, dialect, login)
    if len(pair.orders) != 2:
        raise refusals.invalid("orders", "a pair has exactly two legs")
    one, other = (
        Terms(
            symbol=pair.symbol,
            side=_side(pair.side),
            type=leg.type,
            quantity=_quantity(pair.quantity),
            time_in_force=pair.time_in_force,
            price=_price("price", pair.symbol, leg.price),
            stop_price=_price("stopPrice", pair.symbol, leg.stop_price),
            till=_till(pair.till_time or pair.life_time, now),
            client_id=_text("clientOrderId", leg.client_order_id),
            note=_text("note", leg.note),
        )
        for leg in pair.orders
    )
    for leg in (one, other):
        _check(leg, dialect)
        if leg.type == messages.MARKET:
            raise refusals.invalid("type", "a leg waits for a price")
    return one, other


def modification(request: Request, dialect: Dialect) -> tuple[Name, messages.ModifyOrder]:
    """Reads `modifyordersingle`. Its values are checked by `change`, once the order is known. Raises `Refused`."""
    modify = _payload(messages.ModifyOrder, request.payload, dialect)
    return _name(modify.order_id, modify.client_order_id, dialect), modify


def change(modify: messages.ModifyOrder, symbol: str, now: UtcNs) -> Change:
    """What a modification does to an order of `symbol`. `tillTime` empty clears it, left out leaves it. Raises
    `Refused`."""
    till = None if modify.till_time is msgspec.UNSET else modify.till_time
    return Change(
        price=_price("price", symbol, modify.price),
        stop_price=_price("stopPrice", symbol, modify.stop_price),
        quantity=None if modify.quantity is None else _quantity(modify.quantity),
        till=_till(till or None, now),
        clear_till=till == "",
        client_id=_text("clientOrderIdValue", modify.client_order_id_value),
        note=_text("note", modify.note),
    )


def order_name(request: Request, dialect: Dialect) -> tuple[Name, str | None]:
    """Reads `orderstatus` and `ordercancel`: which order, and a note. Raises `Refused`."""
    named = _payload(messages.OrderName, request.payload, dialect)
    return _name(named.order_id, named.client_order_id, dialect), _text("note", named.note)


def orders_since(request: Request, dialect: Dialect) -> UtcNs | None:
    """Reads `orders`: the later dialect may say since when. Raises `Refused`."""
    if request.payload is msgspec.UNSET:
        return None
    if dialect is Dialect.SEED:
        raise refusals.malformed("orders: takes no payload")
    return _time("fromTime", _payload(messages.OrdersSince, request.payload, dialect).from_time)


# Within


def _payload(kind: type[Payload], payload: Any, dialect: Dialect) -> Payload:
    if not isinstance(payload, dict):
        raise refusals.malformed("payload: not an object")
    _check_fields(kind, payload, dialect)
    legs = payload.get("orders")
    if kind is messages.NewOco and isinstance(legs, list):
        for leg in legs:
            if isinstance(leg, dict):
                _check_fields(messages.OcoLeg, leg, dialect)
    try:
        return msgspec.convert(payload, kind, strict=True)
    except msgspec.ValidationError as error:
        raise refusals.malformed(str(error)) from error


def _check_fields(kind: type[messages.Wire], payload: dict[str, Any], dialect: Dialect) -> None:
    known = {field.encode_name for field in msgspec.structs.fields(kind)}
    seed = dialect is Dialect.SEED
    known -= _NOT_IN_SEED if seed else _NOT_IN_LATER
    if seed and kind in (messages.ModifyOrder, messages.OrderName):
        known -= {"clientOrderId"}
    strange = sorted(set(payload) - known)
    if strange:
        raise refusals.malformed(f"{strange[0][:40]}: no such field in this dialect")
    for field in _NUMBERS & set(payload):
        if isinstance(payload[field], str):
            raise refusals.malformed(f"{field}: a number stands as text")


def _check(terms: Terms, dialect: Dialect) -> None:
    """The page's order rules."""
    if terms.type not in _TYPES:
        raise refusals.invalid("type", terms.type[:40])
    if terms.time_in_force not in _TIMES_IN_FORCE[dialect]:
        raise refusals.invalid("timeInForce", terms.time_in_force[:40])
    if terms.time_in_force == messages.TPI and terms.type != messages.LIMIT:
        raise refusals.invalid("timeInForce", "TPI is for LIMIT orders")
    if terms.time_in_force == messages.GTT and terms.till is None:
        raise refusals.invalid("timeInForce", "GTT needs a lifetime")
    for field, given, types in (("price", terms.price, _NEEDS_PRICE), ("stopPrice", terms.stop_price, _NEEDS_STOP)):
        if given is None and terms.type in types:
            raise refusals.invalid(field, f"missing for a {terms.type} order")
        if given is not None and terms.type not in types:
            raise refusals.invalid(field, f"a {terms.type} order has none")


def _check_login(given: messages.Identifier, dialect: Dialect, login: str) -> None:
    if isinstance(given, int) is (dialect is Dialect.SEED):
        raise refusals.malformed(f"login: {'text' if dialect is Dialect.SEED else 'a number'} in this dialect")
    if str(given) != login:
        raise refusals.wrong_login()


def _name(identifier: messages.Identifier | None, client_id: str | None, dialect: Dialect) -> Name:
    if identifier is not None and identifier != "":
        if not isinstance(identifier, int):
            raise refusals.malformed("orderId: not a number")
        return Name(identifier, None)
    if dialect is Dialect.SEED or not client_id:
        raise refusals.malformed("orderId: missing")
    return Name(None, client_id)


def _side(text: str) -> Side:
    if text not in _SIDES:
        raise refusals.invalid("side", text[:40])
    return _SIDES[text]


def _price(field: str, symbol: str, value: Decimal | None) -> Price | None:
    pair = PAIRS.get(symbol)
    if pair is None:
        raise refusals.unknown_symbol(symbol)
    if value is None:
        return None
    price = _scaled(field, value)
    if price <= 0:
        raise refusals.invalid(field, "not positive")
    if price % pair.tick:
        raise refusals.invalid(field, "off the tick")
    return Price(price)


def _quantity(value: Decimal) -> Quantity:
    quantity = _scaled("quantity", value)
    if not 0 < quantity <= LARGEST:
        raise refusals.invalid("quantity", "not positive, or too large")
    if quantity % STEP:
        raise refusals.invalid("quantity", "not a multiple of the step")
    return Quantity(quantity)


def _scaled(field: str, value: Decimal) -> int:
    try:
        return scaled(value)
    except ValueRefused as error:
        raise refusals.invalid(field, str(error)) from error


def _till(text: str | None, now: UtcNs) -> UtcNs | None:
    if text is None:
        return None
    till = _time("lifetime", text)
    if till <= now:
        raise refusals.invalid("lifetime", "in the past")
    return till


def _time(field: str, text: str) -> UtcNs:
    try:
        return codec.read_time(text)
    except codec.Unreadable as error:
        raise refusals.invalid(field, "not a time") from error


def _text(field: str, text: str | None) -> str | None:
    if text is not None and not 0 < len(text) <= LONGEST_TEXT:
        raise refusals.invalid(field, f"empty, or longer than {LONGEST_TEXT} characters")
    return text


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise refusals.malformed("a key is repeated")
    return found


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise refusals.malformed("a number that nobody can hold") from error


def _no_constant(text: str) -> NoReturn:
    raise refusals.malformed(f"{text} is no JSON")
