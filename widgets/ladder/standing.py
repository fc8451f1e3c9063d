"""How a contract's book stands, and why it takes no orders. No Qt."""

import enum

from protocols.market.events import Feed, Freshness
from protocols.market.flex_book import ALL, FlexFilter
from protocols.market.instruments import ContractKey, FlexMarket, Instrument
from protocols.market.state import MarketState, Standing
from widgets.books import book_of
from widgets.flex.view import CHOOSE_A_WINDOW, is_flex, narrowed
from widgets.ladder import words


class Condition(enum.Enum):
    """What the rows are, worst news first. Only `LIVE` and `EMPTY` look live."""

    NO_CONTRACT = "no contract chosen"
    UNSYNCHRONISED = "unsynchronised"
    RESYNCHRONISING = "resynchronising"
    STALE = "stale"
    HALTED = "halted"
    CLOSED = "closed"
    EMPTY = "no orders"
    LIVE = "live"

    @property
    def live(self) -> bool:
        return self in (Condition.LIVE, Condition.EMPTY)

    @property
    def numbers(self) -> bool:
        """Whether there are numbers that may be shown at all, dimmed or not."""
        return self not in (Condition.NO_CONTRACT, Condition.UNSYNCHRONISED)


def standing_of(market: MarketState, key: ContractKey, contract: Instrument | None) -> Standing:
    """The book's standing, or the quote's; without the contract's tick and decimals its numbers can't be shown."""
    if key in market.pairs:
        standing = market.quote_standing(key)
    elif is_flex(contract):
        standing = market.flex_standing(key.connection, narrowed(ALL, key))
    else:
        standing = market.book_standing(key)
    if contract is None and standing.freshness is not Freshness.UNSYNCHRONISED:
        return Standing(Freshness.UNSYNCHRONISED, "the contract was not described yet")
    return standing


def condition_of(market: MarketState, key: ContractKey, standing: Standing, place: FlexFilter = ALL) -> Condition:
    match standing.freshness:
        case Freshness.UNSYNCHRONISED:
            return Condition.UNSYNCHRONISED
        case Freshness.RESYNCHRONISING:
            return Condition.RESYNCHRONISING
        case Freshness.STALE:
            return Condition.STALE
        case Freshness.LIVE:
            pass
    state = market.area_states.get(key)
    if words.is_halted(state):
        return Condition.HALTED
    if words.is_closed(state):
        return Condition.CLOSED
    book = book_of(market, key, place)
    return Condition.LIVE if book is not None and (len(book.bids) or len(book.asks)) else Condition.EMPTY


def why_no_orders(market: MarketState, key: ContractKey | None) -> str:
    """Why nothing new may be staged or sent, in words; empty when it may. Cancelling stays possible as long as own
    orders are heard of."""
    if key is None:
        return "no contract is chosen"
    contract = market.instrument(key)
    standing = standing_of(market, key, contract)
    condition = condition_of(market, key, standing)
    state = market.area_states.get(key)
    match condition:
        case Condition.LIVE | Condition.EMPTY:
            return CHOOSE_A_WINDOW if isinstance(contract, FlexMarket) else ""
        case Condition.CLOSED:
            return "the contract is closed"
        case Condition.HALTED:
            return f"the contract is {state.state.lower()}" if state is not None else "the contract is halted"
        case _:
            reason = f" ({standing.reason})" if standing.reason else ""
            what = "quote" if key in market.pairs else "book"
            pulled = "; cancelling is possible" if _cancels(market, key) else ""
            return f"the {what} is {condition.value}{reason}{pulled}"


def _cancels(market: MarketState, key: ContractKey) -> bool:
    """Whether the channel that own orders of the contract come over is live. Flexibility takes no order back."""
    return not is_flex(market.instrument(key)) and any(
        channel.status is Freshness.LIVE and not channel.dropped and channel.area in ("", key.area)
        for channel in market.channels.values()
        if channel.connection == key.connection and channel.feed is Feed.OWN_ORDERS
    )
