"""A flexibility book as a ladder sees it: through a filter of delivery window, country and location. No Qt."""

import functools
from collections.abc import Sequence

import msgspec

from protocols.market.book import Level
from protocols.market.events import BookOrder
from protocols.market.flex import AREA, WHOLE_BOOK, delivery_of
from protocols.market.flex_book import FlexBook, FlexFilter, FlexLevel
from protocols.market.instruments import ContractKey, FlexMarket, FlexWindow, Instrument
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.values import Price, Side

CHOOSE_A_WINDOW = "choose a delivery window: orders of different windows are different goods"


class FlexSide:
    """One side of what the filter shows. Its orders have no identifiers, so there is no queue to look at."""

    def __init__(self, levels: Sequence[FlexLevel]) -> None:
        self._levels = levels

    @property
    def best(self) -> Price | None:
        return self._levels[0].price if self._levels else None

    def __len__(self) -> int:
        return len(self._levels)

    def levels(self) -> list[Level]:
        return [Level(level.price, level.power, len(level.orders)) for level in self._levels]

    def at(self, price: Price) -> list[BookOrder]:
        return []


class FlexView:
    """What a filter shows of a book, as a `BookView`. Cheap: the book keeps what it has worked out."""

    def __init__(self, book: FlexBook, chosen: FlexFilter) -> None:
        self.chosen = chosen
        self.revision = book.revision
        self.venue_revision: int | None = None
        self.fault = book.fault_of(chosen)
        self.bids = FlexSide(book.levels(Side.BUY, chosen))
        self.asks = FlexSide(book.levels(Side.SELL, chosen))

    def side(self, side: Side) -> FlexSide:
        return self.bids if side is Side.BUY else self.asks


def is_flex(contract: Instrument | None) -> bool:
    return isinstance(contract, FlexMarket | FlexWindow)


def flex_book(market: MarketState, key: ContractKey) -> FlexBook | None:
    """The whole book behind a key of flexibility; None for another key, and before a book came."""
    book = market.flex.books.get(key.connection)
    return book if book is not None and key.area == book.key.area else None


def is_whole_book(key: ContractKey) -> bool:
    """Whether a key names a whole flexibility book, whose orders are of different windows."""
    return key.area == AREA and key.contract_id == WHOLE_BOOK


def stands_on(shown: ContractKey, order: Order) -> bool:
    """Whether an order belongs to what is shown: it is of that contract, or of a window of that whole book."""
    key = order.key
    return key == shown or (is_whole_book(shown) and (key.connection, key.area) == (shown.connection, shown.area))


def own_alive_on(market: MarketState, shown: ContractKey) -> list[Order]:
    """Our orders that may live and belong to what is shown; on a whole book those of every window."""
    if not is_whole_book(shown):
        return market.blotter.own_alive(shown)
    return [order for order in market.blotter.own_alive() if stands_on(shown, order)]


@functools.lru_cache(maxsize=1024)
def narrowed(place: FlexFilter, key: ContractKey) -> FlexFilter:
    """The filter of a place, for the window that the key names; for all of them where it names the whole book."""
    delivery = None if key.contract_id == WHOLE_BOOK else delivery_of(key.contract_id)
    return msgspec.structs.replace(place, delivery=delivery)


def place_words(place: FlexFilter) -> str:
    """`DE · loc1`, `no country`; `everywhere` where nothing is chosen."""
    country = "" if place.country is None else place.country or "no country"
    return " · ".join(filter(None, (country, place.location))) or "everywhere"
