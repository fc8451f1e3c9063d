"""The venue's books of its users: every report on their orders and trades, by the market event that made it.

What the private channels' snapshots, the REST companions and the truth say all comes from here.
"""

from collections.abc import Hashable, Iterable
from typing import Generic, Protocol, TypeVar

from protocols.market.times import HOUR, UtcNs
from protocols.practice.contracts import Contract
from protocols.practice.own_orders import ALIVE, PENDING, REJECTED, OrderRecord, OwnTradeRecord

SHOWN_AFTER_END = HOUR
"""A snapshot tells of orders that ended within this time before it."""


class _Told(Protocol):
    @property
    def area(self) -> str: ...


Told = TypeVar("Told", bound=_Told)


class _Log(Generic[Told]):
    """Reports per area, in the order of their events."""

    def __init__(self) -> None:
        self.by_area: dict[str, list[tuple[int, Told]]] = {}

    def add(self, number: int, told: Told) -> None:
        self.by_area.setdefault(told.area, []).append((number, told))

    def until(self, area: str, number: int) -> Iterable[Told]:
        for made, told in self.by_area.get(area, ()):
            if made > number:
                return
            yield told


class Ledger:
    """Reports of all areas. A contract's are forgotten with it."""

    def __init__(self) -> None:
        self._orders: _Log[OrderRecord] = _Log()
        self._trades: _Log[OwnTradeRecord] = _Log()

    def enter(self, number: int, report: OrderRecord | OwnTradeRecord) -> None:
        """Takes a report that market event `number` made."""
        if isinstance(report, OwnTradeRecord):
            self._trades.add(number, report)
        elif report.standing:
            self._orders.add(number, report)

    def orders_as_of(self, area: str, number: int) -> list[OrderRecord]:
        """How the area's orders stood after market event `number`: one record per identifier; a creation that has
        none (pending or rejected) by its client's."""
        known: dict[Hashable, OrderRecord] = {}
        for record in self._orders.until(area, number):
            nameless = (record.client_id, None)
            if record.state not in (PENDING, REJECTED):
                known.pop(nameless, None)
            known[record.client_id, record.identifier] = record
        return list(known.values())

    def snapshot(self, area: str, number: int, began: UtcNs) -> list[OrderRecord]:
        """Like `orders_as_of`, without those that ended more than an hour before `began`."""
        return [
            record
            for record in self.orders_as_of(area, number)
            if record.state in (*ALIVE, PENDING) or record.at >= began - SHOWN_AFTER_END
        ]

    def trades_as_of(self, area: str, number: int) -> list[OwnTradeRecord]:
        """The user's trades after market event `number`, each in the revision it then had."""
        known: dict[int, OwnTradeRecord] = {}
        for record in self._trades.until(area, number):
            known[record.trade.identifier] = record
        return list(known.values())

    def forget(self, contract: Contract) -> None:
        """Drops all that is known of a contract delivered long ago, and the requests that named none."""
        for area in contract.zone.areas:
            orders = self._orders.by_area.get(area, [])
            orders[:] = [entry for entry in orders if entry[1].contract is not None and entry[1].contract != contract]
            trades = self._trades.by_area.get(area, [])
            trades[:] = [entry for entry in trades if entry[1].trade.contract != contract]
