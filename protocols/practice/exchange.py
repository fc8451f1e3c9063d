"""One scope of the venue in one piece: its market, who looks after its users' orders, and what its channels tell."""

import random
from collections.abc import Callable

from protocols.market.times import SECOND, UtcNs
from protocols.practice.colleagues import Colleagues
from protocols.practice.faults import Faults
from protocols.practice.flow import Flow
from protocols.practice.m7.rulebook import M7
from protocols.practice.market import Market
from protocols.practice.market_data import AreaStates, Feed, Information, OrderBooks, Trades
from protocols.practice.market_events import MarketEvent
from protocols.practice.npid.rulebook import NPID
from protocols.practice.office import Office
from protocols.practice.order_entry import OrderEntry
from protocols.practice.private_data import PrivateOrders, PrivateTrades
from protocols.practice.rulebook import Rulebook
from protocols.practice.settings import PracticeSettings
from protocols.practice.urn import TEST, Channel

CATCH_UP = 30 * SECOND
"""Virtual time that one tick advances at most: after a long sleep the market catches up over several ticks."""
FROZEN_FOR = 20 * SECOND
"""How long a contract stays frozen that `freeze_every` has frozen."""

RULEBOOKS = {rulebook.scope: rulebook for rulebook in (M7, NPID)}
FEEDS: dict[str, Callable[[Rulebook], Feed]] = {
    "public_order_books": OrderBooks,
    "public_trades": Trades,
    "contract_area_states": AreaStates,
    "market_information": Information,
    "private_orders": PrivateOrders,
    "private_trades": PrivateTrades,
}


def exists(channel: Channel) -> bool:
    """Whether the venue has the channel, its area and its product; asking doesn't open an exchange."""
    if channel.scope == TEST:
        return True
    return FEEDS[channel.resource](RULEBOOKS[channel.scope]).exists(channel)


class Exchange:
    """Built, it has begun: what happens in it follows from the seed and from `start` alone, and from its users."""

    def __init__(self, rulebook: Rulebook, start: UtcNs, settings: PracticeSettings) -> None:
        self.rulebook = rulebook
        self.scope = rulebook.scope
        self.market = Market(rulebook, start, Flow(rulebook, settings.seed, settings.rate))
        self.office = Office(self.market)
        if settings.colleagues:
            Colleagues(self.market, self.office, settings.seed).begin()
            self.market.advance(start)
        self.orders = OrderEntry(self.market, self.office, random.Random(f"order entry {settings.fault_seed}"))
        self.feeds = {resource: make(rulebook) for resource, make in FEEDS.items()}
        self.advanced_to = start
        self._rng = random.Random(f"freezes {settings.fault_seed}")
        self._frozen_at = start

    def advance(self, now: UtcNs) -> list[MarketEvent]:
        """Lets the market's time reach `now`, or come nearer; returns what happened."""
        self.advanced_to = max(self.advanced_to, min(now, UtcNs(self.advanced_to + CATCH_UP)))
        return self.market.advance(self.advanced_to)

    def schedule(self, act: Callable[[], None]) -> None:
        """Has something done in the market by the next `advance`, as an event of its own."""
        self.market.schedule(self.advanced_to, act)

    def suffer(self, faults: Faults) -> None:
        """The faults that act on the market itself."""
        self.market.big_numbers = faults.big_numbers
        since = self.advanced_to - self._frozen_at
        if not faults.freeze_every or not self.rulebook.freezes:
            self._frozen_at = self.advanced_to
        elif since >= faults.freeze_every * SECOND:
            self._frozen_at = self.advanced_to
            self.schedule(self._freeze_one)

    def _freeze_one(self) -> None:
        trading = [listing for listing in self.market.listings.values() if listing.trading]
        if trading:
            self.market.freeze(self._rng.choice(trading), UtcNs(self.market.now + FROZEN_FOR))


class Exchanges:
    """The venue's scopes. M7 begins with the venue; any other when it is first asked for, so that those who don't
    use it don't wait for it."""

    def __init__(self, start: UtcNs, settings: PracticeSettings) -> None:
        self._start = start
        self._settings = settings
        self.opened: dict[str, Exchange] = {}
        self.open(M7.scope, start)

    def open(self, scope: str, now: UtcNs) -> Exchange:
        """The scope's exchange; its market starts now, though not before the venue's start, if it didn't yet."""
        exchange = self.opened.get(scope)
        if exchange is None:
            exchange = Exchange(RULEBOOKS[scope], max(self._start, now), self._settings)
            self.opened[scope] = exchange
        return exchange
