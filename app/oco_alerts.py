"""What becomes of pairs, told wherever the trader is: in one line what is as it should be, in an alert what a pair does
not do, which is that one leg lives without the other, or that both were executed.

What the venue tells of a pair comes in two pieces, so nothing is said until it has stayed so for a while; and nothing
while the connection is not live, because then half of it is old.
"""

from collections.abc import Callable

import msgspec

from protocols.market.events import ConnectionStatus
from protocols.market.forms import grouped_text
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.pair_book import OwnPair, PairBook, PairName
from protocols.market.pairs import PairState
from protocols.market.state import MarketState
from protocols.market.times import Instant
from protocols.market.values import plain_text

GATHERED = 1.0
"""Seconds that a pair has to be broken: the news of its other leg may be on its way."""
ENDS_WITHIN = 5.0
"""Seconds within which one leg's execution ends the other."""
_TOLD = frozenset({PairState.WORKING, PairState.DONE, PairState.IN_DOUBT})
"""What is told when a pair comes to it."""
_PATIENCE = {PairState.BROKEN: GATHERED, PairState.BOTH_FILLED: 0.0, PairState.ENDING: ENDS_WITHIN}


class _Noticed(msgspec.Struct):
    """How a pair stands, since when, and whether that was told."""

    state: PairState
    since: float
    told: bool = False


class PairAlerts:
    """`alert` shows words until they are dismissed; with an order it offers to cancel that. `say` shows words for a
    moment. Call `look` every tick."""

    def __init__(
        self,
        market: MarketState,
        pairs: PairBook,
        alert: Callable[[str, Order | None], None],
        say: Callable[[str], None],
    ) -> None:
        self._market = market
        self._pairs = pairs
        self._alert = alert
        self._say = say
        self._states: dict[PairName, PairState] = {}
        self._noticed: dict[PairName, _Noticed] = {}
        self._seen = -1

    def look(self, now: Instant) -> None:
        """Notices what changed since the last look; tells what has stayed so long enough."""
        self._pairs.look()
        if self._pairs.revision != self._seen:
            self._seen = self._pairs.revision
            self._tell_results()
            self._notice(now.monotonic)
        for name, noticed in self._noticed.items():
            pair = self._pairs.get(name)
            if pair is not None and not noticed.told and self._due(pair, noticed, now.monotonic):
                noticed.told = True
                self._alert(self._words(pair), pair.result.survivor)

    def _tell_results(self) -> None:
        """One line for both legs, each time that it is another; not what only a restart brings to light again."""
        before, self._states = self._states, {}
        for pair in self._pairs.pairs():
            state = self._states[pair.name] = pair.result.state
            sent_now = any(leg.sent is not None for leg in pair.legs)
            denied = all(leg.status is OrderStatus.DENIED for leg in pair.legs)
            as_before = state is PairState.WORKING and not sent_now
            news = before.get(pair.name, None if sent_now else state) is not state and not as_before
            if state in _TOLD and news and not denied:
                self._say(self._words(pair))

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
        quantity = grouped_text(plain_text(leg.quantity))
        named = f"{leg.connection}: pair {leg.side.value} {quantity} {self._name(pair.key)}"
        lives_on = ", which lives on" if result.state is PairState.ENDING else ""
        return f"{named}: {result.words}{lives_on}"

    def _name(self, key: ContractKey) -> str:
        found = self._market.instrument(key)
        return key.contract_id if found is None else found.title
