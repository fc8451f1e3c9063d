"""The book of flexibility: orders of many windows and places, replaced whole, and looked at through a filter.

Nothing is worked out before it is asked for: a book of 5,000 orders comes every second, and is looked at in one or two
ways. What was worked out is kept until the next book.
"""

from collections.abc import Iterable

import msgspec

from protocols.market.flex import Delivery
from protocols.market.flex_events import FlexBookLost, FlexBookOrder, FlexBookReplaced, FlexFault
from protocols.market.instruments import ContractKey
from protocols.market.times import SECOND, Instant, UtcNs
from protocols.market.values import Price, Quantity, Side


class FlexFilter(msgspec.Struct, frozen=True):
    """What of a book is looked at. None is all; an empty `country` stands for orders that name none."""

    delivery: Delivery | None = None
    country: str | None = None
    location: str | None = None

    def takes(self, order: FlexBookOrder) -> bool:
        return (
            (self.delivery is None or order.delivery == self.delivery)
            and (self.country is None or order.place.country_code == self.country)
            and (self.location is None or self.location in order.place.location_ids)
        )


ALL = FlexFilter()


class FlexLevel(msgspec.Struct, frozen=True):
    """All orders of a side at one price, oldest first. `power` is their sum in W; those of different windows are
    different goods: where `windows` is more than 1, the sum is of things that can't be had together."""

    price: Price
    power: Quantity
    orders: tuple[FlexBookOrder, ...]
    windows: int


class FlexBook:
    """One connection's. `revision` grows by one with every event that was applied."""

    def __init__(self, key: ContractKey) -> None:
        self.key = key
        self.channel = ""
        self.revision = 0
        self.created_at: UtcNs | None = None
        """When the venue made the book that is shown."""
        self.received: Instant | None = None
        self.fault: str | None = "no book yet"
        """Why nothing of it is to be believed whatever its channel says; None when it is consistent."""
        self.faults: tuple[FlexFault, ...] = ()
        self._orders: tuple[FlexBookOrder, ...] = ()
        self._levels: dict[tuple[Side, FlexFilter], list[FlexLevel]] = {}
        self._deliveries: list[Delivery] | None = None

    def __len__(self) -> int:
        return len(self._orders)

    def apply(self, event: FlexBookReplaced | FlexBookLost) -> None:
        """Folds one event."""
        self.revision += 1
        self.channel = event.channel
        if isinstance(event, FlexBookLost):
            self.fault = event.reason
            return
        self.created_at, self.received = event.created_at, event.at
        self.fault, self.faults, self._orders = None, event.faults, event.orders
        self._levels.clear()
        self._deliveries = None

    def age(self, now: Instant) -> float | None:
        """Seconds since the venue made it, by this machine's clock, and at least since it came: one that is sent over
        and over again does not become younger. None before the first."""
        if self.received is None or self.created_at is None:
            return None
        return max(0.0, now.monotonic - self.received.monotonic, (now.utc - self.created_at) / SECOND)

    def fault_of(self, chosen: FlexFilter = ALL) -> str | None:
        """Why what the filter shows is not to be believed; None when it is whole."""
        if self.fault is not None:
            return self.fault
        for fault in self.faults:
            if None in (chosen.delivery, fault.delivery) or fault.delivery == chosen.delivery:
                return f"an order of this book can't be read: {fault.reason}"
        return None

    def levels(self, side: Side, chosen: FlexFilter = ALL) -> list[FlexLevel]:
        """Best level first, by number."""
        found = self._levels.get((side, chosen))
        if found is None:
            taken = (order for order in self._orders if order.side is side and chosen.takes(order))
            found = self._levels[side, chosen] = _levels(taken, side)
        return found

    def best(self, side: Side, chosen: FlexFilter = ALL) -> FlexLevel | None:
        levels = self.levels(side, chosen)
        return levels[0] if levels else None

    def orders(self) -> tuple[FlexBookOrder, ...]:
        """Every order, as the venue sorted them, bids first."""
        return self._orders

    def deliveries(self) -> list[Delivery]:
        """The windows that have orders, the earliest first."""
        if self._deliveries is None:
            self._deliveries = sorted({order.delivery for order in self._orders})
        return self._deliveries

    def countries(self) -> list[str]:
        """The country codes in the book, sorted; the empty one first where an order names none."""
        return sorted({order.place.country_code for order in self._orders})

    def locations(self, country: str | None = None) -> list[str]:
        """The locations in the book, sorted, of one country or of all."""
        places = {order.place for order in self._orders}
        chosen = (place for place in places if country is None or place.country_code == country)
        return sorted({location for place in chosen for location in place.location_ids})


def _levels(orders: Iterable[FlexBookOrder], side: Side) -> list[FlexLevel]:
    at: dict[Price, list[FlexBookOrder]] = {}
    for order in orders:
        found = at.get(order.price)
        if found is None:
            at[order.price] = [order]
        else:
            found.append(order)
    return [
        FlexLevel(
            price,
            Quantity(sum(order.power for order in at[price])),
            tuple(at[price]),
            len({order.delivery for order in at[price]}),
        )
        for price in sorted(at, reverse=side is Side.BUY)
    ]
