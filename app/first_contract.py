"""Which contract a desk looks at before anyone chose one."""

from protocols.market.instruments import ContractKey
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
        if self._choosing and market.books and not early:
            self._looked = (market.revision, now.monotonic)
            self._group.choose(first_contract(market, now))

    def _chosen(self) -> None:
        self._choosing = False


def first_contract(market: MarketState, now: Instant) -> ContractKey | None:
    """The next contract whose book is live, is not empty, and stays open for a while; None while there is none.

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
