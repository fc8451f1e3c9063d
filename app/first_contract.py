"""Which contract a desk looks at before anyone chose one."""

from protocols.market.events import ConnectionStatus, Feed
from protocols.market.instruments import ContractKey, market_key
from protocols.market.state import MarketState
from protocols.market.times import MINUTE, Instant
from widgets.link_group import LinkGroup

LOOK_EVERY = 1.0
"""Seconds between two looks for one."""

SPARE = 10 * MINUTE
"""Not one whose gate closes within this: the first thing seen should not be one that vanishes."""


class FirstContract:
    """Chooses one in the link group, until somebody has: once a second at most, and only when something came."""

    def __init__(self, market: MarketState, group: LinkGroup) -> None:
        self._market = market
        self._group = group
        self._choosing = True
        self._looked = (0, float("-inf"))
        group.contract_changed.connect(self._chosen)

    def look(self, now: Instant) -> None:
        market, (revision, at) = self._market, self._looked
        early = market.revision == revision or now.monotonic - at < LOOK_EVERY
        if self._choosing and (market.books or market.flex.books) and not early:
            self._looked = (market.revision, now.monotonic)
            self._group.choose(first_contract(market, now))

    def _chosen(self) -> None:
        self._choosing = False


def first_contract(market: MarketState, now: Instant) -> ContractKey | None:
    """The next power contract to be delivered; without a connection that could bring one, the whole of the first live
    book of flexibility. None while there is none."""
    power = _first_power(market, now)
    return power if power is not None or _power_may_come(market) else _first_flexibility(market)


def _first_power(market: MarketState, now: Instant) -> ContractKey | None:
    """The next contract whose book is live, is not empty, and stays open for a while.

    Of one delivery start the longest period is taken (an hour rather than its first quarter): it trades most. The
    first area in the connections' order wins.
    """
    order = {area: number for number, area in enumerate(dict.fromkeys(key.area for key in market.area_states.rows()))}
    open_now = [
        (contract.delivery_start, -contract.delivery_end, order[key.area], key)
        for key, state in market.area_states.rows().items()
        if (contract := market.contracts.get(key)) is not None
        and (state.phase_end or 0) > now.utc + SPARE
        and (book := market.books.get(key)) is not None
        and book.bids.best is not None
        and book.asks.best is not None
        and market.book_standing(key).live
    ]
    return min(open_now)[3] if open_now else None


def _power_may_come(market: MarketState) -> bool:
    """Whether a connection is on that is not known to have no books of power: one that is down may be up soon."""
    feeds: dict[str, set[Feed]] = {name: set() for name in market.connections}
    for view in market.channels.values():
        feeds.setdefault(view.connection, set()).add(view.feed)
    return any(
        view.status is not ConnectionStatus.OFF
        and name not in market.flex.markets
        and (not feeds[name] or Feed.ORDER_BOOKS in feeds[name])
        for name, view in market.connections.items()
    )


def _first_flexibility(market: MarketState) -> ContractKey | None:
    """All windows: which of them a trader is after nobody can know."""
    return next((market_key(name) for name in market.flex.markets if market.flex_standing(name).live), None)
