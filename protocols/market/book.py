"""The order book of one contract: order by order, and aggregated by price. A fold of book events."""

from bisect import bisect_left, insort
from collections.abc import Iterable

import msgspec

from protocols.market.events import BookChanged, BookOrder, BookReplaced, ContractLost
from protocols.market.instruments import ContractKey
from protocols.market.values import Price, Quantity, Side


class Level(msgspec.Struct, frozen=True):
    """All orders of a side at one price."""

    price: Price
    quantity: Quantity
    orders: int


def age(order: BookOrder) -> tuple[bool, int, int, str]:
    """Sorts the orders of one price, the oldest first. One of unknown age comes last; of two entered at once the one
    with the lower identifier is first."""
    return order.entered is None, order.entered or 0, len(order.identifier), order.identifier


class BookSide:
    """One side's orders, and their sums per price kept sorted as they change."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._orders: dict[str, BookOrder] = {}
        self._prices: list[Price] = []  # ascending, each once
        self._sums: dict[Price, list[int]] = {}  # price -> [quantity, number of orders]

    def __len__(self) -> int:
        return len(self._orders)

    @property
    def best(self) -> Price | None:
        """The highest bid or lowest ask, None when the side is empty."""
        if not self._prices:
            return None
        return self._prices[-1 if self._side is Side.BUY else 0]

    def levels(self) -> list[Level]:
        """Best level first."""
        prices: Iterable[Price] = reversed(self._prices) if self._side is Side.BUY else self._prices
        sums = self._sums
        return [Level(price, Quantity(sums[price][0]), sums[price][1]) for price in prices]

    def orders(self) -> list[BookOrder]:
        """Every order, best price first and oldest first within a price."""
        sign = -1 if self._side is Side.BUY else 1
        return sorted(self._orders.values(), key=lambda order: (sign * order.price, age(order)))

    def at(self, price: Price) -> list[BookOrder]:
        """The queue of a price: its orders, oldest first."""
        return sorted((order for order in self._orders.values() if order.price == price), key=age)

    def entries(self) -> Iterable[BookOrder]:
        """Every order, in no order."""
        return self._orders.values()

    def order(self, identifier: str) -> BookOrder | None:
        """The order with the venue's identifier."""
        return self._orders.get(identifier)

    def put(self, order: BookOrder) -> None:
        """Adds an order, replaces the one with its identifier, or removes that when the quantity is 0."""
        before = self._orders.pop(order.identifier, None)
        if before is not None:
            self._add(before.price, -before.quantity, -1)
        if order.quantity:
            self._orders[order.identifier] = order
            self._add(order.price, order.quantity, 1)

    def replace(self, orders: Iterable[BookOrder]) -> None:
        """Forgets every order and takes these."""
        self._orders.clear()
        self._prices.clear()
        self._sums.clear()
        for order in orders:
            self.put(order)

    def _add(self, price: Price, quantity: int, count: int) -> None:
        found = self._sums.get(price)
        if found is None:
            self._sums[price] = [quantity, count]
            insort(self._prices, price)
            return
        found[0] += quantity
        found[1] += count
        if not found[1]:
            del self._sums[price]
            del self._prices[bisect_left(self._prices, price)]


class Book:
    """Both sides of one contract. `revision` grows by one with every event that was applied."""

    def __init__(self, key: ContractKey, channel: str) -> None:
        self.key = key
        self.channel = channel
        self.bids = BookSide(Side.BUY)
        self.asks = BookSide(Side.SELL)
        self.revision = 0
        self.venue_revision: int | None = None
        self.fault: str | None = "no snapshot yet"
        """Why this book is not to be believed whatever its channel says; None when it is consistent."""

    def side(self, side: Side) -> BookSide:
        return self.bids if side is Side.BUY else self.asks

    @property
    def crossed(self) -> bool:
        """Whether the best bid reaches the best ask, which no book of a continuous market shows at rest."""
        bid, ask = self.bids.best, self.asks.best
        return bid is not None and ask is not None and bid >= ask

    def apply(self, event: BookReplaced | BookChanged | ContractLost) -> None:
        """Folds one event. A change without a base leaves the book faulty, never half-filled."""
        self.revision += 1
        match event:
            case BookReplaced():
                self.channel = event.channel  # it is as fresh as whoever fed it last
                self.bids.replace(event.bids)
                self.asks.replace(event.asks)
                self.fault = None
            case BookChanged():
                if self.fault is not None:
                    return
                for order in event.bids:
                    self.bids.put(order)
                for order in event.asks:
                    self.asks.put(order)
            case ContractLost():
                self.fault = event.reason
                return
        self.venue_revision = event.venue_revision
