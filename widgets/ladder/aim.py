"""What a click was aimed at, and whether that is still so. No Qt."""

from protocols.market.flex_book import ALL, FlexFilter
from protocols.market.instruments import ContractKey, InstrumentSpec
from protocols.market.state import MarketState
from protocols.market.values import Side
from widgets.books import book_of
from widgets.ladder.axis import Axis
from widgets.ladder.frame import RowMeaning
from widgets.ladder.words import number

_HELD = {Side.BUY: "a bid", Side.SELL: "an ask", None: "empty"}


def meaning_at(
    market: MarketState, key: ContractKey, axis: Axis | None, slot: int, place: FlexFilter = ALL
) -> RowMeaning | None:
    """What the row means as the market stands now; None where there is no row, or no book."""
    book = book_of(market, key, place)
    price = None if axis is None else axis.price(slot)
    if book is None or axis is None or price is None:
        return None
    for side in Side:
        for level in book.side(side).levels():
            at = axis.place(side, level.price)
            if at.exact and at.slot == slot:
                return RowMeaning(price, side)
    return RowMeaning(price, None)


def changed_words(seen: RowMeaning, now: RowMeaning | None, spec: InstrumentSpec) -> str:
    """What became of a row between the frame that was clicked and now; empty when it means the same."""
    if seen == now:
        return ""
    if now is None or seen.price != now.price:
        return "The rows have moved: click again to stage"
    price = number(seen.price, spec.price_decimals).text
    return f"{price} was {_HELD[seen.holds]}, is {_HELD[now.holds]} now: click again to stage"
