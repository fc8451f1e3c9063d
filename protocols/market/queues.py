"""What stands before our orders in the queues of their prices, and what became of what stood there.

An order-by-order book says for certain which orders are ahead of ours, what each shows, and what has gone from each
since ours was first seen. It does not say whether that was executed or pulled by its owner. Told apart:

- pulled, for certain: what went from an order while an older one at the price stands, for the oldest trades first;
- executed: what went from the front, as far as trades at the price since then account for it, our own fills taken off.
  While ours rests nobody rests opposite at its price, so every trade at it was made with this queue;
- pulled, as a guess: what went from the front and no trade accounts for. Trades come on a channel of their own, so a
  fill looks pulled until its trade is told, and one that names neither side in our area always does;
- untold: what was found gone while the trades were not live.

What icebergs hide ahead of us nobody sees; a new part of one goes to the end, behind ours.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from protocols.market.blotter import Blotter
from protocols.market.book import Book, BookSide, age
from protocols.market.events import BookChanged, BookOrder, BookReplaced, Trade
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.tape import Tape
from protocols.market.values import Side


class Ahead(NamedTuple):
    """What will be executed before an order at its price: quantity shown, and how many orders; and what has gone from
    there since it was first seen."""

    quantity: int
    orders: int
    traded: int = 0
    pulled: int = 0
    untold: int = 0
    """Gone, and not known whether traded or pulled."""


class _Place:
    """One order of ours in its queue."""

    def __init__(self, side: Side, mine: BookOrder, ahead: Iterable[BookOrder], since: int | None, filled: int) -> None:
        self.side = side
        self.mine = mine
        self.ahead = {order.identifier: order for order in ahead}  # the oldest first
        self.since = since
        self.filled = filled
        self.front = self.pulled = self.untold = 0
        self.told = 0
        self.trades: set[str] = set()
        self.blind = False
        """Whether trades may have been missed: nothing is told apart from then on."""

    def same(self, order: BookOrder | None) -> bool:
        """Whether it still stands where it did."""
        return order is not None and (order.price, order.entered) == (self.mine.price, self.mine.entered)

    def follow(self, rows: BookSide, changed: Iterable[BookOrder], trades_live: Callable[[], bool]) -> None:
        """Takes what the orders ahead lost, and those that came in among them."""
        changed = [order for order in changed if order.identifier != self.mine.identifier]
        if any(order.identifier in self.ahead for order in changed):
            self._lose(rows, trades_live)
        newer = [order for order in changed if order.quantity and self._is_ahead(order)]
        if any(order.identifier not in self.ahead for order in newer):
            # A venue that tells no times, or the same for several: then identifiers say who is first.
            self.ahead |= {order.identifier: order for order in newer}
            self.ahead = dict(sorted(self.ahead.items(), key=lambda item: age(item[1])))

    def count(self, trade: Trade) -> None:
        """Takes a trade, once, that this queue can have made."""
        if trade.price != self.mine.price or trade.identifier in self.trades:
            return
        self.trades.add(trade.identifier)
        if self.since is None or trade.executed_at is None or trade.executed_at >= self.since:
            self.told += trade.quantity

    def known(self, order: Order) -> Ahead:
        ours = max(0, order.filled - self.filled)
        traded = max(0, min(self.front, self.told - ours))
        quantity = sum(each.quantity for each in self.ahead.values())
        return Ahead(quantity, len(self.ahead), traded, self.pulled + self.front - traded, self.untold)

    def _is_ahead(self, order: BookOrder) -> bool:
        return order.price == self.mine.price and age(order) < age(self.mine)

    def _lose(self, rows: BookSide, trades_live: Callable[[], bool]) -> None:
        after, older_stands, front, pulled = {}, False, 0, 0
        for identifier, before in self.ahead.items():
            now = rows.order(identifier)
            left = 0
            if now is not None and (now.price, now.entered) == (before.price, before.entered):
                after[identifier], left = now, now.quantity
            lost = max(0, before.quantity - left)
            if older_stands:
                pulled += lost
            else:
                front += lost
            older_stands = older_stands or left > 0
        self.ahead = after
        if front + pulled and not self.blind:
            self.blind = not trades_live()
        if self.blind:
            self.untold += front + pulled
        else:
            self.front += front
            self.pulled += pulled


class Queues:
    """Follows every order of ours that a public book shows. `trades_live` says whether a contract's trades are."""

    def __init__(self, blotter: Blotter, tape: Tape, trades_live: Callable[[ContractKey], bool]) -> None:
        self._blotter = blotter
        self._tape = tape
        self._trades_live = trades_live
        self._places: dict[ContractKey, dict[str, _Place]] = {}

    def ahead(self, order: Order) -> Ahead | None:
        """None where the public book does not show the order."""
        place = self._places.get(order.key, {}).get(order.venue_id or "")
        return None if place is None else place.known(order)

    def book_applied(self, book: Book, event: BookReplaced | BookChanged | None = None) -> None:
        """After the book folded an event; without one, after an order was reported."""
        if book.fault is not None:
            return  # nothing can be compared until it is whole again
        places = self._places.get(book.key, {})
        own = [order for order in self._blotter.own_alive(book.key) if order.venue_id is not None]
        if not own and not places:
            return
        if event is not None:
            whole = isinstance(event, BookReplaced)
            for known in places.values():
                self._follow(known, book, event, whole)
        self._places[book.key] = {
            order.venue_id: place
            for order in own
            if order.venue_id is not None and (place := self._place(places, book, order)) is not None
        }

    def trade_printed(self, trade: Trade) -> None:
        for key in {trade.buy, trade.sell}:
            for place in self._places.get(key, {}).values() if key is not None else ():
                place.count(trade)

    def _follow(self, place: _Place, book: Book, event: BookReplaced | BookChanged, whole: bool) -> None:
        rows = book.side(place.side)
        changed = event.bids if place.side is Side.BUY else event.asks
        if whole:
            gone = (order for order in place.ahead.values() if rows.order(order.identifier) is None)
            changed = (*changed, *(msgspec.structs.replace(order, quantity=0) for order in gone))
        place.follow(rows, changed, lambda: self._trades_live(book.key))

    def _place(self, places: dict[str, _Place], book: Book, order: Order) -> _Place | None:
        """Where the order stands: as before, or anew."""
        rows = book.side(order.side)
        mine = rows.order(order.venue_id or "")
        if mine is None:
            return None
        before = places.get(mine.identifier)
        if before is not None and before.same(mine):
            before.mine = mine
            return before
        return self._join(book, order, mine)

    def _join(self, book: Book, order: Order, mine: BookOrder) -> _Place:
        newest = max(
            (each.entered for side in Side for each in book.side(side).entries() if each.entered), default=None
        )
        # What is in the book came before what will be traded in this queue: also where ours has stood for long.
        since = None if newest is None else newest + 1
        # What it had traded before it stood here: on entering, say. An iceberg's book order is a part of it only.
        whole = order.power.display_quantity is None
        filled = order.quantity - mine.quantity if whole else order.filled
        ahead = [each for each in book.side(order.side).at(mine.price) if age(each) < age(mine)]
        place = _Place(order.side, mine, ahead, since, filled)
        known = [self._tape.row(number) for number in self._tape.rows_of(book.key)]
        if since is None:
            place.trades = {trade.identifier for trade in known}
        for trade in known:
            place.count(trade)
        return place
