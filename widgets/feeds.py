"""How fresh feeds are: of several areas in one standing, and of each by itself."""

from protocols.market.events import Feed, Freshness
from protocols.market.instruments import ContractKey
from protocols.market.state import MarketState, Standing

NAMED = 2
"""So many areas are named; the rest are counted."""


class Standings:
    """How fresh the feeds of single areas are, for as many cells as ask: each is looked up once as long as no status
    changes."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self._known: dict[tuple[Feed, str, str], Standing] = {}
        self._known_of = -1

    def of(self, feed: Feed, connection: str, area: str) -> Standing:
        if self._known_of != self._market.status_revision:
            self._known.clear()
            self._known_of = self._market.status_revision
        where = (feed, connection, area)
        found = self._known.get(where)
        if found is None:
            found = self._known[where] = self._market.feed_standing(feed, [(connection, area)])
        return found


def feed_standing(market: MarketState, feed: Feed, only: ContractKey | None = None) -> Standing:
    """Of the area of `only`; without it the worst of all areas, naming those that are not live where others are."""
    if only is not None:
        return market.feed_standing(feed, [(only.connection, only.area)])
    worst = market.feed_standing(feed)
    if worst.live:
        return worst
    channels = [view for view in market.channels.values() if view.feed is feed and not view.dropped]
    bad = sorted({view.area for view in channels if view.status is not Freshness.LIVE})
    if not bad or len(bad) == len({view.area for view in channels}):
        return worst
    named = ", ".join(bad[:NAMED]) + (f" and {len(bad) - NAMED} more" if len(bad) > NAMED else "")
    return Standing(worst.freshness, f"{named}, {worst.reason}" if worst.reason else named)
