"""The fold of what was executed of our orders, at venues that tell no trades: when, how much, at what price.

An execution may be told again, by a session that begins anew: what counts is how much of an order is executed in all.
"""

import msgspec

from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnExecuted
from protocols.market.profit import Turnover

MOST_KEPT = 10_000
"""Executions of one pair; the oldest are forgotten first (the journal has their orders)."""


class Executions:
    """`revision` counts all changes."""

    def __init__(self) -> None:
        self._of_pair: dict[ContractKey, list[OwnExecuted]] = {}
        self._executed: dict[tuple[str, str], int] = {}
        self._turnover: dict[ContractKey, Turnover] = {}
        self.revision = 0

    def of(self, key: ContractKey) -> list[OwnExecuted]:
        """Of one pair, as they became known. To read only."""
        return self._of_pair.get(key, [])

    def turnover(self, key: ContractKey) -> Turnover:
        """What all of one pair came to, forgotten ones included. To read only."""
        return self._turnover.get(key) or Turnover()

    def apply(self, event: OwnExecuted) -> None:
        name = (event.key.connection, event.client_id)
        before = self._executed.get(name, 0)
        if event.executed <= before:
            return
        if event.executed - event.quantity != before:
            # Part of it was told before, or something in between was not: what this part cost nobody knows.
            event = msgspec.structs.replace(event, quantity=event.executed - before, price=None)
        self._executed[name] = event.executed
        self._turnover.setdefault(event.key, Turnover()).add(event.side, event.quantity, event.price)
        found = self._of_pair.setdefault(event.key, [])
        found.append(event)
        if len(found) > MOST_KEPT:
            del found[: MOST_KEPT // 10]
        self.revision += 1
