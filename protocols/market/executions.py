"""The fold of what was executed of our orders, at venues that tell no trades: when, how much, at what price.

An execution may be told again, by a session that begins anew: what counts is how much of an order is executed in all.
So the journal's executions of an earlier run and the venue's list of the same orders add up to each order once.
"""

import msgspec

from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnExecuted, OwnExecutionsRecalled
from protocols.market.profit import Turnover, rounded
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity

MOST_KEPT = 10_000
"""Executions of one pair; the oldest are forgotten first (the journal has them)."""

EXACT_ENOUGH = 1_000
"""The price of what is left of an order is figured out of averages that are exact to 1e-9, and is as much less exact as
it is less of the order: up to so many times it is shown."""


class _Order(msgspec.Struct):
    """How much of an order is known to be executed, what that came to (price times quantity, in 1e-18), and how much
    of it came without a price."""

    executed: int = 0
    value: int = 0
    unpriced: int = 0


class Executions:
    """`revision` counts all changes. What is recalled is from the journal; `since` when is told by connection: every
    order is in it, whole, of which anything was executed since then, as far as the journal knows."""

    def __init__(self) -> None:
        self._of_pair: dict[ContractKey, list[OwnExecuted]] = {}
        self._orders: dict[tuple[str, str], _Order] = {}
        self._turnover: dict[ContractKey, Turnover] = {}
        self.since: dict[str, UtcNs] = {}
        self.revision = 0

    def of(self, key: ContractKey) -> list[OwnExecuted]:
        """Of one pair, as they became known. To read only."""
        return self._of_pair.get(key, [])

    def pairs(self) -> list[ContractKey]:
        """The pairs of which anything of ours was executed."""
        return list(self._turnover)

    def turnover(self, key: ContractKey) -> Turnover:
        """What all of one pair came to, forgotten ones included. To read only."""
        return self._turnover.get(key) or Turnover()

    def executed(self, connection: str, client_id: str) -> int:
        """How much of one order, in 1e-9 of its unit."""
        known = self._orders.get((connection, client_id))
        return 0 if known is None else known.executed

    def recall(self, event: OwnExecutionsRecalled) -> None:
        """Folds what the journal has of a connection."""
        self.since[event.connection] = event.since
        self.revision += 1
        for each in event.executions:
            self.apply(each)

    def apply(self, event: OwnExecuted) -> None:
        """Folds an execution; what is known of it already changes nothing, nor does the revision move."""
        order = self._orders.setdefault((event.key.connection, event.client_id), _Order())
        more = event.executed - order.executed
        if more > 0:
            price, value = self._cost(order, event, more)
            self._keep(msgspec.structs.replace(event, quantity=Quantity(more), price=price))
        elif more == 0 and order.unpriced and (value := self._whole_value(order, event)) is not None:
            self._price_single(event)  # nothing more, but what all of it came to is told now
        else:
            return
        self._count(event, order, value)
        self.revision += 1

    def _cost(self, order: _Order, event: OwnExecuted, more: int) -> tuple[Price | None, int | None]:
        """The price of what is new in it, and what all of the order came to (in 1e-18); None where nobody knows."""
        if event.quantity == more:
            known = event.price is not None and not order.unpriced
            return event.price, order.value + event.price * more if known and event.price is not None else None
        value = self._whole_value(order, event)
        if value is None or order.unpriced or event.executed > EXACT_ENOUGH * more:
            return None, value
        rest = rounded(value - order.value, more)
        return Price(rest) if rest > 0 else None, value

    @staticmethod
    def _whole_value(order: _Order, event: OwnExecuted) -> int | None:
        """What all of the order came to, where the event says so: it tells the order from its beginning, and not less
        than a part of it cost."""
        if event.quantity != event.executed or event.price is None:
            return None
        value = event.price * event.executed
        return value if value > order.value else None

    def _count(self, event: OwnExecuted, order: _Order, value: int | None) -> None:
        """Puts how the order stands now into the pair's turnover, in place of how it stood."""
        more = event.executed - order.executed
        if value is not None:
            after = _Order(event.executed, value, 0)
        elif event.quantity == more and event.price is not None:
            after = _Order(event.executed, order.value + event.price * more, order.unpriced)
        else:
            after = _Order(event.executed, order.value, order.unpriced + more)
        turnover = self._turnover.setdefault(event.key, Turnover())
        turnover.change(event.side, more, after.value - order.value, after.unpriced - order.unpriced)
        self._orders[event.key.connection, event.client_id] = after

    def _keep(self, event: OwnExecuted) -> None:
        found = self._of_pair.setdefault(event.key, [])
        found.append(event)
        if len(found) > MOST_KEPT:
            del found[: MOST_KEPT // 10]

    def _price_single(self, event: OwnExecuted) -> None:
        """Where the order is one execution, its price is known now; which of several had which is not."""
        found = self._of_pair.get(event.key, [])
        parts = [number for number, each in enumerate(found) if each.client_id == event.client_id]
        if len(parts) == 1 and found[parts[0]].quantity == event.executed:
            found[parts[0]] = msgspec.structs.replace(found[parts[0]], price=event.price)
