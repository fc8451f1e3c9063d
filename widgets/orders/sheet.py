"""The blotter as a table that leaves the desk: rows are made when they are written. No Qt."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from protocols.market.commands import FlexTerms
from protocols.market.flex import Delivery
from protocols.market.instruments import ContractKey, Instrument, PowerContract
from protocols.market.orders import Order
from protocols.market.times import UtcNs
from protocols.market.values import plain_text
from widgets.orders.catalogue import COLUMNS, Col
from widgets.orders.words import (
    entered_at,
    event_text,
    lifetime_of,
    note_of,
    reason_text,
    status_text,
    terms_words,
    tif_text,
    type_text,
)
from widgets.sheet import ColumnKind, LazyRows, Row, Sheet, Value, zoned_text

Read = Callable[[Order, Instrument | None, ZoneInfo], Value]


class Field(NamedTuple):
    """One column of the sheet."""

    heading: str
    kind: ColumnKind
    read: Read


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(plain_text(value))


def _time(name: str, at: Callable[[Order], UtcNs | None]) -> tuple[Field, ...]:
    """As UTC for machines, and as it is shown."""
    return (
        Field(f"{name}_utc", ColumnKind.TIME, lambda order, _, zone: at(order)),
        Field(name, ColumnKind.TEXT, lambda order, _, zone: zoned_text(at(order), zone)),
    )


def _text(column: Col, text: Callable[[Order], str]) -> tuple[Field, ...]:
    return (Field(COLUMNS[column].key, ColumnKind.TEXT, lambda order, _, zone: text(order) or None),)


def _price(name: str, value: Callable[[Order], int | None]) -> tuple[Field, ...]:
    return (
        Field(name, ColumnKind.DECIMAL, lambda order, _, zone: _number(value(order))),
        Field(f"{name}_unit", ColumnKind.TEXT, lambda _, listed, zone: listed.spec.price_unit if listed else None),
    )


def _delivery(order: Order, listed: Instrument | None) -> Delivery | None:
    """What is delivered when; None for what isn't, and for a contract that nobody listed."""
    if isinstance(order.terms, FlexTerms):
        return order.terms.delivery
    return Delivery(listed.delivery_start, listed.delivery_end) if isinstance(listed, PowerContract) else None


def _delivered(name: str, end: Callable[[Delivery], UtcNs]) -> Field:
    def read(order: Order, listed: Instrument | None, zone: ZoneInfo) -> Value:
        delivery = _delivery(order, listed)
        return None if delivery is None else end(delivery)

    return Field(name, ColumnKind.TIME, read)


def _contract(order: Order, listed: Instrument | None, zone: ZoneInfo) -> Value:
    """The exchange's name; flexibility, which has none, is told by its window, in UTC."""
    if isinstance(order.terms, FlexTerms):
        return f"Flex {order.terms.delivery.text}"
    return order.key.contract_id if listed is None else listed.name


def _quantity_unit(order: Order, listed: Instrument | None, zone: ZoneInfo) -> Value:
    return None if listed is None else listed.spec.quantity_unit


FIELDS: Mapping[Col, tuple[Field, ...]] = {
    Col.TIME: _time("time", entered_at),
    Col.VENUE: _text(Col.VENUE, lambda order: order.connection),
    Col.CONTRACT: (Field("contract", ColumnKind.TEXT, _contract),),
    Col.DELIVERY: (
        _delivered("delivery_start_utc", lambda delivery: delivery.start),
        _delivered("delivery_end_utc", lambda delivery: delivery.end),
    ),
    Col.AREA: _text(Col.AREA, lambda order: order.key.area),
    Col.SIDE: _text(Col.SIDE, lambda order: order.side.value),
    Col.TYPE: _text(Col.TYPE, lambda order: type_text(order.terms)),
    Col.QUANTITY: (
        Field("filled", ColumnKind.DECIMAL, lambda order, _, zone: _number(order.filled)),
        Field("quantity", ColumnKind.DECIMAL, lambda order, _, zone: _number(order.quantity)),
        Field("quantity_unit", ColumnKind.TEXT, _quantity_unit),
    ),
    Col.PRICE: _price("price", lambda order: order.price),
    Col.STOP: _price("stop", lambda order: order.stop),
    Col.TIF: _text(Col.TIF, lambda order: tif_text(order.terms)),
    Col.LIFETIME: _time("lifetime", lambda order: lifetime_of(order.terms)),
    Col.STATUS: _text(Col.STATUS, status_text),
    Col.REASON: _text(Col.REASON, reason_text),
    Col.EVENT: _text(Col.EVENT, event_text),
    Col.TERMS: _text(Col.TERMS, lambda order: terms_words(order.terms)),
    Col.WHOSE: _text(Col.WHOSE, lambda order: "ours" if order.ours else "colleague"),
    Col.NOTE: _text(Col.NOTE, lambda order: note_of(order.terms)),
    Col.CHANGED: _time("changed", lambda order: None if order.updated is None else order.updated.utc),
    Col.VENUE_ID: _text(Col.VENUE_ID, lambda order: order.venue_id or ""),
    Col.CLIENT_ID: _text(Col.CLIENT_ID, lambda order: order.client_id),
}


class OrderSheetRows(LazyRows[Order]):
    """Orders as they were when it was made, in their order. Reads what never changes: any thread may."""

    def __init__(
        self, orders: Sequence[Order], listed: Mapping[ContractKey, Instrument], fields: Sequence[Field], zone: ZoneInfo
    ) -> None:
        super().__init__(orders)
        self._listed = listed
        self._fields = fields
        self._zone = zone

    def row_of(self, order: Order) -> Row:
        listed = self._listed.get(order.key)
        return tuple(field.read(order, listed, self._zone) for field in self._fields)


def order_sheet(
    orders: Sequence[Order], listed: Mapping[ContractKey, Instrument], columns: Sequence[Col], zone: ZoneInfo
) -> Sheet:
    """What is shown: these orders, top to bottom, and of each these columns, left to right. Figures are exact, with
    their units beside them. `listed` knows what they are orders of; neither it nor `orders` may change any more."""
    fields = tuple(field for column in columns for field in FIELDS[column])
    rows = OrderSheetRows(orders, listed, fields, zone)
    return Sheet("orders", tuple(field.heading for field in fields), rows, tuple(field.kind for field in fields))
