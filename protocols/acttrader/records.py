"""An order as the venue shows it, in our words. Lenient: a reason or a status may be written in several ways."""

import enum
from decimal import Decimal

import msgspec

from protocols.acttrader import messages
from protocols.acttrader.codec import Unreadable, identifier_text, read_time
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side, ValueRefused, scaled

SIDES = {messages.BUY: Side.BUY, messages.SELL: Side.SELL}
WIRE_SIDES = {side: word for word, side in SIDES.items()}
PRICED = (messages.LIMIT, messages.STOP_LIMIT)
"""Types with a limit price."""
STOPPED = (messages.STOP, messages.STOP_LIMIT)
"""Types with a stop price."""


class Status(enum.Enum):
    """The venue's five words."""

    NEW = messages.NEW
    PARTIAL_FILL = messages.PARTIAL_FILL
    FILLED = messages.FILLED
    CANCELED = messages.CANCELED
    REJECTED = messages.REJECTED

    @property
    def rank(self) -> int:
        """How far along it is: an order only ever moves up."""
        return {Status.NEW: 0, Status.PARTIAL_FILL: 1}.get(self, 2)

    @property
    def over(self) -> bool:
        return self.rank == 2


_STATUSES = {
    **{status.value: status for status in Status},
    "CANCELLED": Status.CANCELED,
    "PARTIALLY_FILLED": Status.PARTIAL_FILL,
}


class Told(msgspec.Struct, frozen=True):
    """What a record says; None where it says nothing. `reason` is one of the venue's words where it is known,
    otherwise as it came. `until` is only to be believed where `says_until`."""

    venue_id: str | None = None
    client_id: str | None = None
    symbol: str | None = None
    side: Side | None = None
    type: str | None = None
    price: Price | None = None
    stop_price: Price | None = None
    quantity: Quantity | None = None
    executed: Quantity | None = None
    paid: Decimal | None = None
    """What all that is executed came to, in the second currency."""
    time_in_force: str | None = None
    until: UtcNs | None = None
    says_until: bool = False
    status: Status | None = None
    reason: str = ""
    note: str | None = None
    transacted: UtcNs | None = None


def told_of(record: messages.OrderRecord) -> Told:
    """Reads a record of `orders`, `orderstatus` or `execution`. Raises `Unreadable`."""
    side = None
    if record.side is not None:
        side = SIDES.get(record.side.upper())
        if side is None:
            raise Unreadable(f"side: {record.side[:40]!r}")
    until = record.till_time if record.till_time is not None else record.life_time
    kind = None if record.type is None else record.type.upper()
    return Told(
        venue_id=identifier_text(record.order_id),
        client_id=record.client_order_id or None,
        symbol=record.symbol,
        side=side,
        type=kind,
        price=_price("price", record.price, kind, PRICED),
        stop_price=_price("stopPrice", record.stop_price, kind, STOPPED),
        quantity=_quantity("origQty", record.orig_qty),
        executed=_quantity("executedQty", record.executed_qty),
        paid=_paid(record),
        time_in_force=record.time_in_force,
        until=None if not until else read_time(until),
        says_until=until is not None,
        status=status_of(record.status),
        reason=reason_of(record.reason),
        note=record.note,
        transacted=None if not record.transact_time else read_time(record.transact_time),
    )


def told_of_placed(placed: messages.Placed) -> Told:
    """Reads the acknowledgement of one order. Raises `Unreadable`."""
    return Told(
        venue_id=identifier_text(placed.order_id),
        client_id=placed.client_order_id or None,
        type=placed.type,
        status=status_of(placed.status),
        reason=reason_of(placed.reason),
    )


def status_of(text: str | None) -> Status | None:
    """Raises `Unreadable` for a word that is none of the five: what it means for the order is not known."""
    if text is None:
        return None
    found = _STATUSES.get(text.upper())
    if found is None:
        raise Unreadable(f"status: {text[:40]!r}")
    return found


def reason_of(text: str | None) -> str:
    """`lifetime expired` is LIFETIME_EXPIRED; what is none of the three is left as it came."""
    if not text:
        return ""
    word = text.strip().upper().replace(" ", "_")
    known = (messages.OCO_CONDITION, messages.LIFETIME_EXPIRED, messages.USER)
    return word if word in known else text[:200]


def _paid(record: messages.OrderRecord) -> Decimal | None:
    """Fills are only for show, and believed where they add up to what is executed."""
    if record.cummulative_quote_qty:
        return record.cummulative_quote_qty
    fills = record.fills or []
    if not fills or sum(fill.qty for fill in fills) != record.executed_qty:
        return None
    return sum((fill.price * fill.qty for fill in fills), Decimal(0))


def _price(field: str, value: Decimal | None, kind: str | None, kinds: tuple[str, ...]) -> Price | None:
    """The vendor's examples show a price of 0 where there is none, and a MARKET order's price."""
    if value is None or (kind is not None and kind not in kinds) or not value:
        return None
    return Price(_scaled(field, value))


def _quantity(field: str, value: Decimal | None) -> Quantity | None:
    if value is None:
        return None
    quantity = _scaled(field, value)
    if quantity < 0:
        raise Unreadable(f"{field}: below zero")
    return Quantity(quantity)


def _scaled(field: str, value: Decimal) -> int:
    try:
        return scaled(value)
    except ValueRefused as refused:
        raise Unreadable(f"{field}: {refused}") from refused
