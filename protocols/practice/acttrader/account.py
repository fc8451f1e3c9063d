"""All orders of the practice account, and what becomes of them. Pure: requests, quotes and time in; orders out.

What the page leaves open is decided here so: `quantity` of a modification is the new total; a limit trades at the
quote's price, which is at or within its own; a stop beyond the market goes off at once; TPI waits as GTC does and takes
what each quote offers; an AON order that waits fills whole or not at all; a MARKET order never waits.
"""

from collections import deque

import msgspec

from protocols.acttrader import messages
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.practice.acttrader import refusals
from protocols.practice.acttrader.liquidity import Liquidity
from protocols.practice.acttrader.orders import Fill, Order, OrderId, Terms, reached
from protocols.practice.acttrader.pairs import PAIRS
from protocols.practice.acttrader.quotes import Quote

MOST_ALIVE = 1_000
"""Orders that may wait at a time."""
KEPT_CLOSED = 10_000
"""Orders that have ended; the oldest are forgotten, and counted."""
KEPT_STRAYS = 1_000
FIRST_IDENTIFIER = 100_001


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a modification changes: None leaves a value as it is. `till` is None in `clear_till` only."""

    price: Price | None = None
    stop_price: Price | None = None
    quantity: Quantity | None = None
    till: UtcNs | None = None
    clear_till: bool = False
    client_id: str | None = None
    note: str | None = None


class Position(msgspec.Struct, frozen=True):
    """What was bought and sold of a pair since the venue began, in units of the base currency."""

    bought: Quantity = Quantity(0)
    sold: Quantity = Quantity(0)

    def with_fills(self, side: Side, fills: list[Fill]) -> "Position":
        done = sum(fill.quantity for fill in fills)
        if side is Side.BUY:
            return Position(Quantity(self.bought + done), self.sold)
        return Position(self.bought, Quantity(self.sold + done))


class Account:
    """Every act returns the orders as they were after each thing that happened to them, in order: that is what is
    reported. Nothing that was executed is ever taken back, and of an OCO pair at most one leg executes, unless a fault
    wants both to."""

    def __init__(self) -> None:
        self.forgotten = 0
        self.positions: dict[str, Position] = {}
        self.strays: deque[Order] = deque(maxlen=KEPT_STRAYS)
        """Executed orders that nobody finds here."""
        self._next = FIRST_IDENTIFIER
        self._orders: dict[OrderId, Order] = {}
        self._alive: dict[str, dict[OrderId, None]] = {symbol: {} for symbol in PAIRS}
        self._closed: deque[OrderId] = deque()
        self._by_client_id: dict[str, OrderId] = {}
        self._liquidity: dict[str, Liquidity] = {}

    # What there is

    def orders(self) -> list[Order]:
        """All that are remembered, oldest first."""
        return list(self._orders.values())

    def pending(self) -> list[Order]:
        """Those that may still execute, oldest first."""
        return [self._orders[identifier] for identifier in sorted(set().union(*self._alive.values()))]

    def find(self, identifier: OrderId | None, client_id: str | None) -> Order:
        """By the venue's identifier or the client's (of several, the newest). Raises `Refused`."""
        if identifier is None and client_id is not None:
            identifier = self._by_client_id.get(client_id)
        order = None if identifier is None else self._orders.get(identifier)
        if order is None:
            raise refusals.no_such_order()
        return order

    # What is asked

    def place(self, terms: Terms, at: UtcNs, *, rejected: bool = False) -> Order:
        """Takes an order, or keeps it as `REJECTED`. It trades only in `work`. Raises `Refused`."""
        self.check_room(1)
        status = messages.REJECTED if rejected else messages.NEW
        order = Order(identifier=self._next, terms=terms, at=at, status=status)
        self._next += 1
        if terms.client_id is not None:
            self._by_client_id[terms.client_id] = order.identifier
        return self._keep(order)

    def check_room(self, orders: int) -> None:
        """Raises `Refused` when so many more don't fit."""
        if sum(map(len, self._alive.values())) + orders > MOST_ALIVE:
            raise refusals.too_many_orders()

    def pair(self, one: Order, other: Order, *, follows: bool = False) -> None:
        """Makes an OCO pair of two orders that haven't traded. A leg that is `REJECTED` leaves the other on its own."""
        if one.alive and other.alive:
            self._keep(msgspec.structs.replace(one, sibling=other.identifier, follows=follows))
            self._keep(msgspec.structs.replace(other, sibling=one.identifier, follows=follows))

    def stray(self, like: Terms, price: Price, at: UtcNs) -> Order:
        """An order like another that was filled at once, and that nobody finds here. It counts in no position."""
        terms = msgspec.structs.replace(like, client_id=None, note=None)
        order = Order(identifier=self._next, terms=terms, at=at).filled([Fill(price, terms.quantity)], at)
        self._next += 1
        self.strays.append(order)
        return order

    def modify(self, order: Order, change: Change, at: UtcNs) -> Order:
        """Another price, stop price, total quantity, lifetime, client identifier or note. Raises `Refused`."""
        if not order.alive:
            raise refusals.already_closed()
        terms = order.terms
        for field in ("price", "stop_price"):
            if getattr(change, field) is not None and getattr(terms, field) is None:
                raise refusals.invalid(field, f"a {terms.type} order has none")
        if change.quantity is not None and change.quantity <= order.executed:
            raise refusals.invalid("quantity", "so much is executed already")
        wanted = {
            field: value
            for field in ("price", "stop_price", "quantity", "till", "client_id", "note")
            if (value := getattr(change, field)) is not None
        }
        if change.clear_till:
            wanted["till"] = None
        if change.client_id is not None:
            self._rename(order, change.client_id)
        return self._keep(msgspec.structs.replace(order, terms=msgspec.structs.replace(terms, **wanted), at=at))

    def cancel(self, order: Order, at: UtcNs, note: str | None = None) -> Order:
        """Ends an order at its owner's wish. Raises `Refused`."""
        if not order.alive:
            raise refusals.already_closed()
        if note is not None:
            order = msgspec.structs.replace(order, terms=msgspec.structs.replace(order.terms, note=note))
        return self._keep(order.ended(at, messages.USER))

    # What happens

    def work(self, identifier: OrderId, at: UtcNs) -> list[Order]:
        """Lets an order trade with what the latest quote still offers."""
        order = self._orders[identifier]
        liquidity = self._liquidity.get(order.terms.symbol)
        if liquidity is None or not order.alive:
            return []
        terms = order.terms
        if order.waits_for_stop:
            if terms.stop_price is None or not reached(terms.side, terms.stop_price, liquidity.quote.touch(terms.side)):
                return []
            order = self._keep(msgspec.structs.replace(order, triggered=True))
        limit = terms.price if terms.type in (messages.LIMIT, messages.STOP_LIMIT) else None
        fills = liquidity.take(terms.side, limit, order.left, whole=terms.whole)
        happened: list[Order] = []
        if fills:
            order = self._fill(order, fills, at)
            happened.append(order)
            happened += self._end_sibling(order, at)
        if order.alive and terms.at_once:
            happened.append(self._keep(order.ended(at)))
        return happened

    def offer(self, liquidity: Liquidity) -> None:
        """Replaces what may be had in a pair."""
        self._liquidity[liquidity.quote.symbol] = liquidity

    def work_all(self, quote: Quote) -> list[Order]:
        """Stops of the pair go off, and what can trade does, oldest first."""
        happened: list[Order] = []
        for identifier in list(self._alive[quote.symbol]):
            happened += self.work(identifier, quote.at)
        return happened

    def expire(self, at: UtcNs) -> list[Order]:
        """Ends the orders whose lifetime is over."""
        return [
            self._keep(order.ended(at, messages.LIFETIME_EXPIRED))
            for order in self.pending()
            if order.terms.till is not None and order.terms.till <= at
        ]

    def _end_sibling(self, order: Order, at: UtcNs) -> list[Order]:
        other = None if order.sibling is None else self._orders.get(order.sibling)
        if other is None or not other.alive:
            return []
        if other.follows:
            at_price = other.terms.price or other.terms.stop_price or order.fills[-1].price
            return [self._fill(other, [Fill(at_price, other.left)], at)]
        return [self._keep(other.ended(at, messages.OCO_CONDITION))]

    def _fill(self, order: Order, fills: list[Fill], at: UtcNs) -> Order:
        terms = order.terms
        position = self.positions.get(terms.symbol, Position())
        self.positions[terms.symbol] = position.with_fills(terms.side, fills)
        return self._keep(order.filled(fills, at))

    def _rename(self, order: Order, client_id: str) -> None:
        old = order.terms.client_id
        if old is not None and self._by_client_id.get(old) == order.identifier:
            del self._by_client_id[old]
        self._by_client_id[client_id] = order.identifier

    def _keep(self, order: Order) -> Order:
        identifier, alive = order.identifier, self._alive[order.terms.symbol]
        self._orders[identifier] = order
        if order.alive:
            alive[identifier] = None
        else:
            alive.pop(identifier, None)
            self._closed.append(identifier)
            self._forget()
        return order

    def _forget(self) -> None:
        while len(self._closed) > KEPT_CLOSED:
            order = self._orders.pop(self._closed.popleft())
            self.forgotten += 1
            client_id = order.terms.client_id
            if client_id is not None and self._by_client_id.get(client_id) == order.identifier:
                del self._by_client_id[client_id]
