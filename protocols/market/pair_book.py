"""Our pairs of which one leg cancels the other, put together again from their legs' identifiers. Pure.

Nothing more is needed after a restart: the venue names its orders as we named them, and the journal knows what was
sent under a pair's name.
"""

from collections.abc import Callable

import msgspec

from protocols.market.blotter import Blotter
from protocols.market.commands import PlaceOco, leg_id
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.pair_results import PairResult, pair_result
from protocols.market.pairs import PairState

KEPT = 1_000
"""Pairs that are remembered; of more, the oldest that are over are forgotten. They stay in the blotter."""

PairName = tuple[str, str]
"""(connection, the identifier that its legs share)."""


class OwnPair(msgspec.Struct, frozen=True):
    """A pair of ours. `legs` are those that were heard of, one or two."""

    name: PairName
    legs: tuple[Order, ...]
    result: PairResult

    @property
    def key(self) -> ContractKey:
        return self.legs[0].key


class PairBook:
    """`placed` knows what was sent under a pair's identifier, by the journal; None where it does not."""

    def __init__(self, blotter: Blotter, placed: Callable[[str], PlaceOco | None] = lambda pair: None) -> None:
        self._blotter = blotter
        self._placed = placed
        self._pairs: dict[PairName, OwnPair] = {}
        self._sent: dict[str, PlaceOco | None] = {}
        self._place = 0
        self.revision = 0
        """Moves with every pair."""

    def look(self) -> None:
        """Takes up what has changed since the last look, however far it went meanwhile."""
        blotter = self._blotter
        begin = self._place - blotter.changed_offset
        self._place = blotter.changed_offset + len(blotter.changed)
        numbers = blotter.changed[begin:] if begin >= 0 else range(len(blotter))
        for number in dict.fromkeys(numbers):
            order = blotter.order(number)
            if order.ours and order.pair is not None:
                self._refresh((order.connection, order.pair))
        self._forget()

    def get(self, name: PairName) -> OwnPair | None:
        return self._pairs.get(name)

    def pairs(self) -> list[OwnPair]:
        """All that are remembered, the oldest first."""
        return list(self._pairs.values())

    def of_contract(self, key: ContractKey) -> list[OwnPair]:
        """Those of a currency pair, the newest first."""
        return [pair for pair in reversed(self._pairs.values()) if pair.key == key]

    def _refresh(self, name: PairName) -> None:
        connection, pair = name
        found = (self._blotter.get(connection, leg_id(pair, number)) for number in (1, 2))
        legs = tuple(order for order in found if order is not None and order.ours)
        if not legs:
            return
        self._pairs[name] = OwnPair(name, legs, pair_result(legs, self._was_sent(pair) if len(legs) < 2 else None))
        self.revision += 1

    def _was_sent(self, pair: str) -> PlaceOco | None:
        if pair not in self._sent:
            self._sent[pair] = self._placed(pair)
        return self._sent[pair]

    def _forget(self) -> None:
        over = [name for name, pair in self._pairs.items() if pair.result.state is PairState.DONE]
        for name in over[: max(0, len(self._pairs) - KEPT)]:
            del self._pairs[name]
            self._sent.pop(name[1], None)
            self.revision += 1
