"""Price-time order matching of one book. Pure: orders in, facts out; no clock, no randomness.

A book belongs to a contract in a market zone. Within a price the older order trades first; a trade happens at the
resting order's price. Prices and quantities are integers in units of 1e-9 (`protocols.market.values`).
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator

import msgspec

from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side

OrderId = int
LevelRow = tuple[Price, Quantity]
"""Price, and the sum of the quantities that rest there."""


class Order(msgspec.Struct, frozen=True, gc=False):
    """A limit order. `area` is the delivery area it was entered in, `owner` the participant's name."""

    identifier: OrderId
    side: Side
    price: Price
    quantity: Quantity
    area: str
    owner: str
    entered: UtcNs

    def left_with(self, quantity: int) -> "Order":
        """The same order with another quantity; with 0 it stands for its own removal."""
        return Order(self.identifier, self.side, self.price, Quantity(quantity), self.area, self.owner, self.entered)


class OrderAdded(msgspec.Struct, frozen=True):
    """An order rests in the book from now on."""

    order: Order


class OrderChanged(msgspec.Struct, frozen=True):
    """A resting order has another quantity and kept its place in the queue."""

    order: Order


class OrderRemoved(msgspec.Struct, frozen=True):
    """An order has left the book: filled, cancelled, or replaced by one with another place."""

    order: Order


class Matched(msgspec.Struct, frozen=True):
    """Two orders met at the resting order's price. `buy` and `sell` are the orders as they were just before."""

    price: Price
    quantity: Quantity
    buy: Order
    sell: Order


class SliceAdded(msgspec.Struct, frozen=True):
    """An iceberg's shown part was traded away and the next one has come in, at the end of its price's queue."""

    order: Order


Fact = OrderAdded | OrderChanged | OrderRemoved | SliceAdded | Matched


class Reserve(msgspec.Struct, frozen=True):
    """What an iceberg holds back: `hidden` in all, shown `display` at a time, each part `delta` away in price."""

    hidden: Quantity
    display: Quantity
    delta: int


class BookState(msgspec.Struct, frozen=True):
    """Both sides summed by price, best level first: what the book is, whatever was ever told of it."""

    bids: tuple[LevelRow, ...]
    asks: tuple[LevelRow, ...]


class OrderRefused(ValueError):
    """The order can't be entered, changed or found."""


class _Queue:
    """One side: orders per price in order of age, the prices sorted, and the sums per price."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.prices: list[Price] = []  # ascending
        self.levels: dict[Price, dict[OrderId, Order]] = {}
        self.sums: dict[Price, LevelRow] = {}
        self._rows: tuple[LevelRow, ...] | None = ()

    def best(self) -> Price | None:
        if not self.prices:
            return None
        return self.prices[-1] if self.side is Side.BUY else self.prices[0]

    def rows(self) -> tuple[LevelRow, ...]:
        if self._rows is None:
            prices = reversed(self.prices) if self.side is Side.BUY else iter(self.prices)
            self._rows = tuple(map(self.sums.__getitem__, prices))
        return self._rows

    def orders(self) -> Iterator[Order]:
        prices = reversed(self.prices) if self.side is Side.BUY else iter(self.prices)
        for price in prices:
            yield from self.levels[price].values()

    def put(self, order: Order) -> None:
        """Appends a new order to its price's queue."""
        price = order.price
        level = self.levels.get(price)
        if level is None:
            self.levels[price] = {order.identifier: order}
            self.sums[price] = (price, order.quantity)
            insort(self.prices, price)
        else:
            level[order.identifier] = order
            self.sums[price] = (price, Quantity(self.sums[price][1] + order.quantity))
        self._rows = None

    def shrink(self, order: Order, left: int) -> Order | None:
        """Leaves `left` of a resting order in its place; None when nothing is left."""
        price = order.price
        level = self.levels[price]
        self._rows = None
        if left:
            changed = level[order.identifier] = order.left_with(left)
        else:
            changed = None
            del level[order.identifier]
            if not level:
                del self.levels[price], self.sums[price], self.prices[bisect_left(self.prices, price)]
                return None
        self.sums[price] = (price, Quantity(self.sums[price][1] - order.quantity + left))
        return changed


class OrderBook:
    """The resting orders of one contract. Never crossed after any call.

    `identifiers` gives the next free order identifier; the venue shares one source among all its books.
    """

    def __init__(self, identifiers: Callable[[], OrderId]) -> None:
        self._identifiers = identifiers
        self._bids = _Queue(Side.BUY)
        self._asks = _Queue(Side.SELL)
        self._orders: dict[OrderId, Order] = {}
        self._reserves: dict[OrderId, Reserve] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def order(self, identifier: OrderId) -> Order | None:
        """The resting order with this identifier."""
        return self._orders.get(identifier)

    def best(self, side: Side) -> Price | None:
        """The highest bid or the lowest ask."""
        return self._queue(side).best()

    def levels(self, side: Side) -> tuple[LevelRow, ...]:
        """A side summed by price, best first. The tuple is shared and never changes."""
        return self._queue(side).rows()

    def orders(self, side: Side) -> list[Order]:
        """A side's orders, next to trade first."""
        return list(self._queue(side).orders())

    def state(self) -> BookState:
        """The whole book by price, immutable."""
        return BookState(self._bids.rows(), self._asks.rows())

    def load(self, orders: Iterable[Order]) -> None:
        """Rests many orders without matching. Raises `OrderRefused` when that leaves the book crossed."""
        for order in orders:
            self._orders[order.identifier] = order
            self._queue(order.side).put(order)
        bid, ask = self._bids.best(), self._asks.best()
        if bid is not None and ask is not None and bid >= ask:
            raise OrderRefused("the book would be crossed")

    def insert(
        self,
        side: Side,
        price: Price,
        quantity: Quantity,
        *,
        area: str,
        owner: str,
        at: UtcNs,
        rest: bool = True,
        identifier: OrderId | None = None,
        display: Quantity | None = None,
        delta: int = 0,
    ) -> list[Fact]:
        """Enters a limit order: it trades as far as its price reaches, what is left rests (or not: `rest`).

        `identifier` brings one that `identifiers` gave before. With `display` it is an iceberg: it trades with all it
        has as it enters, and then rests with so much at a time; each further part's price moves by `delta`, away from
        the other side. Raises `OrderRefused` for a quantity that isn't positive, or a delta towards the other side.
        """
        if quantity <= 0 or (display is not None and display <= 0):
            raise OrderRefused("a quantity must be positive")
        if delta and (delta > 0) is (side is Side.BUY):
            raise OrderRefused("an iceberg's price moves away from the other side")
        given = self._identifiers() if identifier is None else identifier
        order = Order(given, side, price, quantity, area, owner, at)
        facts: list[Fact] = []
        left = self._match(order, facts)
        if left and rest:
            shown = left if display is None else min(left, display)
            if display is not None and left > shown:
                self._reserves[given] = Reserve(Quantity(left - shown), display, delta)
            resting = order.left_with(shown)
            self._orders[order.identifier] = resting
            self._queue(side).put(resting)
            facts.append(OrderAdded(resting))
        return facts

    def cancel(self, identifier: OrderId) -> list[Fact]:
        """Takes an order out of the book. Raises `OrderRefused` when it doesn't rest there."""
        order = self._resting(identifier)
        del self._orders[identifier]
        self._reserves.pop(identifier, None)
        self._queue(order.side).shrink(order, 0)
        return [OrderRemoved(order)]

    def amend(self, identifier: OrderId, price: Price, quantity: Quantity, at: UtcNs) -> list[Fact]:
        """Changes an order. Less quantity at the same price keeps its place and identifier; anything else loses
        both: the order leaves, and enters again as a new one (protocol page, section 7).

        Raises `OrderRefused` when it doesn't rest here or the quantity isn't positive.
        """
        order = self._resting(identifier)
        if quantity <= 0:
            raise OrderRefused("a quantity must be positive")
        if price == order.price and quantity == order.quantity:
            return []
        if price == order.price and quantity < order.quantity:
            changed = self._queue(order.side).shrink(order, quantity)
            assert changed is not None
            self._orders[identifier] = changed
            return [OrderChanged(changed)]
        facts = self.cancel(identifier)
        facts += self.insert(order.side, price, quantity, area=order.area, owner=order.owner, at=at)
        return facts

    def reduce(self, identifier: OrderId, total: Quantity) -> list[Fact]:
        """Leaves `total` of an order, in its place: an iceberg gives up what is hidden first.

        Raises `OrderRefused` when it doesn't rest here, or `total` is not positive or is more than there is.
        """
        order = self._resting(identifier)
        reserve = self._reserves.get(identifier)
        hidden = 0 if reserve is None else reserve.hidden
        if not 0 < total <= order.quantity + hidden:
            raise OrderRefused("a reduction leaves something, and not more than there was")
        if total > order.quantity:
            assert reserve is not None
            self._reserves[identifier] = Reserve(Quantity(total - order.quantity), reserve.display, reserve.delta)
            return []
        self._reserves.pop(identifier, None)
        return self.amend(identifier, order.price, total, order.entered)

    def hidden(self, identifier: OrderId) -> Quantity:
        """What an iceberg holds back; 0 for any other order."""
        reserve = self._reserves.get(identifier)
        return Quantity(0) if reserve is None else reserve.hidden

    def available(self, side: Side, price: Price) -> int:
        """How much an order of `side` could trade at `price` or better, what icebergs hide included."""
        total = 0
        buying = side is Side.BUY
        for order in self._queue(side.other).orders():
            if order.price > price if buying else order.price < price:
                break
            total += order.quantity
            reserve = self._reserves.get(order.identifier)
            if reserve is None:
                continue
            slice_price, hidden = order.price + reserve.delta, int(reserve.hidden)
            while hidden and not (slice_price > price if buying else slice_price < price):
                total += min(hidden, reserve.display)
                hidden -= min(hidden, reserve.display)
                slice_price += reserve.delta
        return total

    def clear(self) -> list[Fact]:
        """Takes out every order, as gate closure does."""
        facts: list[Fact] = [OrderRemoved(order) for order in self._orders.values()]
        self._orders.clear()
        self._reserves.clear()
        self._bids, self._asks = _Queue(Side.BUY), _Queue(Side.SELL)
        return facts

    def _match(self, order: Order, facts: list[Fact]) -> int:
        """Trades `order` against the other side; returns what is left of it."""
        queue = self._queue(order.side.other)
        buying = order.side is Side.BUY
        left: int = order.quantity
        while left:
            price = queue.best()
            if price is None or (price > order.price if buying else price < order.price):
                break
            resting = next(iter(queue.levels[price].values()))
            traded = min(left, resting.quantity)
            aggressor = order.left_with(left)
            buy, sell = (aggressor, resting) if buying else (resting, aggressor)
            facts.append(Matched(price, Quantity(traded), buy, sell))
            left -= traded
            changed = queue.shrink(resting, resting.quantity - traded)
            if changed is None:
                del self._orders[resting.identifier]
                facts.append(OrderRemoved(resting))
                if resting.identifier in self._reserves:
                    facts.append(self._next_slice(resting, order.entered))
            else:
                self._orders[resting.identifier] = changed
                facts.append(OrderChanged(changed))
        return left

    def _next_slice(self, order: Order, at: UtcNs) -> SliceAdded:
        """Shows the next part of an iceberg whose shown part is gone."""
        reserve = self._reserves.pop(order.identifier)
        shown = min(reserve.hidden, reserve.display)
        if reserve.hidden > shown:
            left = Quantity(reserve.hidden - shown)
            self._reserves[order.identifier] = Reserve(left, reserve.display, reserve.delta)
        price = Price(order.price + reserve.delta)
        part = Order(order.identifier, order.side, price, Quantity(shown), order.area, order.owner, at)
        self._orders[order.identifier] = part
        self._queue(order.side).put(part)
        return SliceAdded(part)

    def _queue(self, side: Side) -> _Queue:
        return self._bids if side is Side.BUY else self._asks

    def _resting(self, identifier: OrderId) -> Order:
        order = self._orders.get(identifier)
        if order is None:
            raise OrderRefused(f"no order {identifier} rests here")
        return order
