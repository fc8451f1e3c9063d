"""The double auction: whole sellers against buyers in parts, by price and time.

Decided here, where the pages are silent: trading is continuous; a seller is served whole by *one* buyer, who must have
that much power left and at least that price; a seller who is too large for a buyer is passed over and keeps his place;
a match is made at the price of the order that rested. So a bid above an ask may stand: no pair that could trade does.
"""

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterator

from protocols.market.flex import Delivery
from protocols.market.times import UtcNs
from protocols.market.values import Quantity, Side
from protocols.practice.glocalflex.orders import Match, Resting, Sequence, Terms


class _Queue:
    """One side in price-time priority."""

    def __init__(self) -> None:
        self._orders: list[Resting] = []

    def __iter__(self) -> Iterator[Resting]:
        return iter(self._orders)

    def __len__(self) -> int:
        return len(self._orders)

    def add(self, order: Resting) -> None:
        insort(self._orders, order, key=_rank)

    def remove(self, order: Resting) -> None:
        del self._orders[bisect_left(self._orders, order.rank, key=_rank)]


def _rank(order: Resting) -> tuple[int, Sequence]:
    return order.rank


class Book:
    """All orders of all windows. `revision` grows with every change."""

    def __init__(self) -> None:
        self.revision = 0
        self._sequence = 0
        self._sides = {side: _Queue() for side in Side}
        self._windows: dict[Delivery, dict[Side, _Queue]] = {}
        self._orders: dict[Sequence, Resting] = {}
        self._expiries: list[tuple[UtcNs, Sequence]] = []

    def __len__(self) -> int:
        return len(self._orders)

    @property
    def next_sequence(self) -> Sequence:
        """What the next order will be numbered."""
        return self._sequence + 1

    def side(self, side: Side) -> Iterator[Resting]:
        """All orders of a side, the best price first, the older first at one price."""
        return iter(self._sides[side])

    def count(self, side: Side) -> int:
        """How many orders a side has."""
        return len(self._sides[side])

    def queue(self, delivery: Delivery, side: Side) -> list[Resting]:
        """The orders of a side for one window, in priority."""
        sides = self._windows.get(delivery)
        return [] if sides is None else list(sides[side])

    def enter(self, terms: Terms, at: UtcNs) -> tuple[Resting, list[Match]]:
        """Matches a new order as far as it goes, and lets the rest of it stand."""
        self._sequence += 1
        order = Resting(self._sequence, terms, at, terms.power)
        matches = [self._match(order, other, at) for other in self._partners(order)]
        if order.left:
            self._add(order)
        return order, matches

    def holds(self, order: Resting) -> bool:
        """Whether it is still in the book."""
        return order.sequence in self._orders

    def withdraw(self, order: Resting) -> None:
        """Takes an order out. Raises `KeyError` for one that is not there."""
        self._remove(order)

    @property
    def next_expiry(self) -> UtcNs | None:
        """When the next order expires; None in an empty book."""
        while self._expiries and self._expiries[0][1] not in self._orders:
            heapq.heappop(self._expiries)
        return self._expiries[0][0] if self._expiries else None

    def expire(self, at: UtcNs) -> list[Resting]:
        """Takes out what has expired by `at`, in order."""
        expired = []
        while (due := self.next_expiry) is not None and due <= at:
            order = self._orders[self._expiries[0][1]]
            self._remove(order)
            expired.append(order)
        return expired

    def _partners(self, order: Resting) -> Iterator[Resting]:
        """Who trades with a new order, in priority; its `left` shrinks between two of them."""
        terms = order.terms
        for other in self.queue(terms.delivery, terms.side.other):
            if not order.left:
                return
            buy, sell = (order, other) if terms.side is Side.BUY else (other, order)
            if buy.terms.price < sell.terms.price:
                return
            if sell.left <= buy.left and sell.terms.location.serves(buy.terms.location):
                yield other

    def _match(self, order: Resting, other: Resting, at: UtcNs) -> Match:
        buy, sell = (order, other) if order.terms.side is Side.BUY else (other, order)
        power = sell.left
        for one in (buy, sell):
            one.left = Quantity(one.left - power)
        if not other.left:
            self._remove(other)
        self.revision += 1
        return Match(buy, sell, other.terms.price, power, at)

    def _add(self, order: Resting) -> None:
        sides = self._windows.setdefault(order.terms.delivery, {side: _Queue() for side in Side})
        sides[order.terms.side].add(order)
        self._sides[order.terms.side].add(order)
        self._orders[order.sequence] = order
        heapq.heappush(self._expiries, (order.terms.expires, order.sequence))
        self.revision += 1

    def _remove(self, order: Resting) -> None:
        del self._orders[order.sequence]
        self._sides[order.terms.side].remove(order)
        sides = self._windows[order.terms.delivery]
        sides[order.terms.side].remove(order)
        if not any(sides.values()):
            del self._windows[order.terms.delivery]
        self.revision += 1
