"""Order books as the venue sends them, in the market's words: whole, exact, and quickly enough for one each second.

Windows, places and numbers repeat thousands of times in a book. Each is made once and shared: that is what makes 5,000
orders cheap, to read as well as to compare.
"""

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import msgspec

from protocols.glocalflex import messages
from protocols.glocalflex.codec import (
    Unreadable,
    data_of,
    decode_one,
    raw_data,
    read_price,
    read_quantity,
    read_time,
)
from protocols.market.flex import Coordinates, Delivery, Place
from protocols.market.flex_events import FlexBookOrder, FlexFault
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.strict_json import refuse_contradictions

KEPT = 20_000
"""Windows, places and numbers remembered, of each kind; over it all are forgotten and made anew."""
FAULTS_KEPT = 100
"""Orders that can't be read, of one book, each told by itself; more of them make the whole book unreadable."""

_POWER = b'"power"'

Notice = Callable[[str, str], None]
"""Tells of an oddity: (kind, message)."""


class FlexReader:
    """Reads what books and tickers are made of. `notice` tells of what was odd and could be taken all the same."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._deliveries: dict[tuple[str, str], Delivery] = {}
        self._places: dict[tuple[object, ...], Place] = {}
        self._prices: dict[Decimal, Price] = {}
        self._quantities: dict[Decimal, Quantity] = {}

    def book(self, envelope: messages.Envelope) -> tuple[tuple[FlexBookOrder, ...], tuple[FlexFault, ...]]:
        """A whole book: its orders, bids first, and what of it can't be read. Raises `Unreadable`."""
        self._forget_much()
        text = raw_data(envelope)
        try:
            book = decode_one(messages.Book, text)
        except Unreadable:
            refuse_contradictions(text)
            return self._piecemeal(data_of(messages.RawBook, envelope))
        count = sum(map(len, book.bids.values())) + sum(map(len, book.asks.values()))
        if text.count(_POWER) > count:  # a level twice, say: of equal keys the decoder keeps the last
            refuse_contradictions(text)
        orders: list[FlexBookOrder] = []
        faults: list[FlexFault] = []
        for side, levels in ((Side.BUY, book.bids), (Side.SELL, book.asks)):
            for key, entries in levels.items():
                self._level(side, key, entries, orders, faults)
        return tuple(orders), _bounded(faults)

    def delivery(self, start: str, end: str) -> Delivery:
        """A window. Raises `Unreadable`."""
        found = self._deliveries.get((start, end))
        if found is None:
            found = Delivery(read_time(start), read_time(end))
            if found.end <= found.start:
                raise Unreadable(f"delivery: it ends at {end[:40]}, before it has begun")
            self._deliveries[start, end] = found
        return found

    def place(self, location: messages.Location | None) -> Place:
        """Where; a missing `country_code` and a null location are no error."""
        if location is None:
            return Place()
        at = location.coordinates
        degrees = None if at is None else (at.latitude, at.longitude)
        name = (location.country_code, degrees, *(location.location_id or ()))
        found = self._places.get(name)
        if found is None:
            ids = tuple(each for each in location.location_id or () if each)
            found = self._places[name] = Place(ids, location.country_code or "", _coordinates(degrees))
        return found

    def price(self, value: Decimal) -> Price:
        """Raises `Unreadable`."""
        try:
            return self._prices[value]
        except KeyError:
            found = self._prices[value] = read_price(value)
            return found
        except TypeError as error:  # NaN as text can be one that has no hash
            raise Unreadable("price: is not a number") from error

    def quantity(self, value: Decimal, name: str = "power") -> Quantity:
        """Raises `Unreadable`."""
        try:
            return self._quantities[value]
        except KeyError:
            found = self._quantities[value] = read_quantity(value, name)
            return found
        except TypeError as error:
            raise Unreadable(f"{name}: is not a number") from error

    # Within

    def _level(
        self,
        side: Side,
        key: str,
        entries: list[messages.BookOrder],
        orders: list[FlexBookOrder],
        faults: list[FlexFault],
    ) -> None:
        named = _number(key) if entries else None
        for entry in entries:
            try:
                order = self._order(side, entry)
            except Unreadable as error:
                faults.append(self._fault(entry.delivery_start, entry.delivery_end, str(error)))
                continue
            if entry.price != named:
                self._notice(
                    "price key",
                    f"an order at {entry.price} stands under the price {key[:40]!r}: its own price is taken",
                )
            orders.append(order)

    def _order(self, side: Side, entry: messages.BookOrder) -> FlexBookOrder:
        if entry.side != (messages.BUY if side is Side.BUY else messages.SELL):
            raise Unreadable(f"side: {entry.side[:40]!r} among the {'bids' if side is Side.BUY else 'asks'}")
        return FlexBookOrder(
            side,
            self.price(entry.price),
            self.quantity(entry.power),
            None if entry.energy is None else self.quantity(entry.energy, "energy"),
            self.delivery(entry.delivery_start, entry.delivery_end),
            self.place(entry.location),
        )

    def _piecemeal(self, book: messages.RawBook) -> tuple[tuple[FlexBookOrder, ...], tuple[FlexFault, ...]]:
        """A book in which something is wrong: order by order, so that only its own window suffers."""
        orders: list[FlexBookOrder] = []
        faults: list[FlexFault] = []
        for side, levels in ((Side.BUY, book.bids), (Side.SELL, book.asks)):
            for key, entries in levels.items():
                for raw in entries:
                    try:
                        entry = decode_one(messages.BookOrder, bytes(raw))
                    except Unreadable as error:
                        faults.append(self._fault(*_window_in(bytes(raw)), str(error)))
                        continue
                    self._level(side, key, [entry], orders, faults)
        return tuple(orders), _bounded(faults)

    def _fault(self, start: str, end: str, reason: str) -> FlexFault:
        try:
            return FlexFault(self.delivery(start, end), reason)
        except Unreadable:
            return FlexFault(None, reason)

    def _forget_much(self) -> None:
        for memory in (self._deliveries, self._places, self._prices, self._quantities):
            if len(memory) > KEPT:
                memory.clear()


class _Window(msgspec.Struct):
    delivery_start: str = ""
    delivery_end: str = ""


def read_moment(text: str | None) -> UtcNs | None:
    """A time that is told and may be unsure: None then."""
    if text is None:
        return None
    try:
        return read_time(text)
    except Unreadable:
        return None


def _window_in(raw: bytes) -> tuple[str, str]:
    """The window of an order that is wrong elsewhere; empty texts where that can't be read either."""
    try:
        window = decode_one(_Window, raw)
    except Unreadable:
        return "", ""
    return window.delivery_start, window.delivery_end


def _number(key: str) -> Decimal | None:
    try:
        number = Decimal(key)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _coordinates(degrees: tuple[float | None, float | None] | None) -> Coordinates | None:
    if degrees is None or degrees[0] is None or degrees[1] is None:
        return None
    latitude, longitude = degrees[0], degrees[1]
    return Coordinates(latitude, longitude) if math.isfinite(latitude) and math.isfinite(longitude) else None


def _bounded(faults: list[FlexFault]) -> tuple[FlexFault, ...]:
    if len(faults) > FAULTS_KEPT:
        return (FlexFault(None, f"{len(faults)} orders, the first: {faults[0].reason}"),)
    return tuple(faults)
