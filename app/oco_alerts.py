"""Alerts where a pair does what a pair does not do: one leg lives without the other, or both were executed.

What the venue tells of a pair comes in two pieces, so nothing is said until it has stayed so for a while; and nothing
while the connection is not live, because then half of it is old.
"""

from collections.abc import Callable

import msgspec

from protocols.market.events import ConnectionStatus
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, Request
from protocols.market.pair_book import OwnPair, PairBook, PairName
from protocols.market.pairs import PairState
from protocols.market.state import MarketState
from protocols.market.times import Instant
from protocols.market.values import plain_text

GATHERED = 1.0
"""Seconds that a pair has to be broken: the news of its other leg may be on its way."""
ENDS_WITHIN = 5.0
"""Seconds within which one leg's execution ends the other."""
_PATIENCE = {PairState.BROKEN: GATHERED, PairState.BOTH_FILLED: 0.0, PairState.ENDING: ENDS_WITHIN}


class _Noticed(msgspec.Struct):
    """How a pair stands, since when, and whether that was told."""

    state: PairState
    since: float
    told: bool = False


class PairAlerts:
    """`alert` shows words until they are dismissed; with an order it offers to cancel that. Call `look` every tick."""

    def __init__(self, market: MarketState, pairs: PairBook, alert: Callable[[str, Order | None], None]) -> None:
        self._market = market
        self._pairs = pairs
        self._alert = alert
        self._noticed: dict[PairName, _Noticed] = {}
        self._seen = -1

    def look(self, now: Instant) -> None:
        """Notices what changed since the last look; tells what has stayed so long enough."""
        self._pairs.look()
        if self._pairs.revision != self._seen:
            self._seen = self._pairs.revision
            self._notice(now.monotonic)
        for name, noticed in self._noticed.items():
            pair = self._pairs.get(name)
            if pair is not None and not noticed.told and self._due(pair, noticed, now.monotonic):
                noticed.told = True
                self._alert(self._words(pair), pair.result.survivor)

    def _notice(self, now: float) -> None:
        """Pairs in a state that they may not stay in."""
        found = {pair.name: pair.result.state for pair in self._pairs.pairs() if pair.result.state in _PATIENCE}
        for name in self._noticed.keys() - found.keys():
            del self._noticed[name]
        for name, state in found.items():
            known = self._noticed.get(name)
            if known is None or known.state is not state:
                self._noticed[name] = _Noticed(state, now)

    def _due(self, pair: OwnPair, noticed: _Noticed, now: float) -> bool:
        connection = self._market.connections.get(pair.key.connection)
        if connection is None or connection.status is not ConnectionStatus.LIVE:
            noticed.since = now
            return False
        alone = pair.result.survivor
        # Both legs are being pulled, one after the other: that breaks nothing.
        pulled = alone is not None and alone.request is Request.CANCEL
        return not pulled and now - noticed.since >= _PATIENCE[noticed.state]

    def _words(self, pair: OwnPair) -> str:
        leg, result = pair.legs[0], pair.result
        named = f"{leg.connection}: pair {leg.side.value} {plain_text(leg.quantity)} {self._name(pair.key)}"
        lives_on = ", which lives on" if result.state is PairState.ENDING else ""
        return f"{named}: {result.words}{lives_on}"

    def _name(self, key: ContractKey) -> str:
        found = self._market.instrument(key)
        return key.contract_id if found is None else found.title
