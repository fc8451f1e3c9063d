"""What a ladder stands on: the order book of a power contract, the quote of a currency pair, which is a book of two
prices and nothing else, or a flexibility book as a filter shows it. No Qt."""

from collections.abc import Sequence
from typing import Protocol

from protocols.market.book import Level
from protocols.market.events import BookOrder, Quote
from protocols.market.flex_book import ALL, FlexFilter
from protocols.market.instruments import ContractKey
from protocols.market.state import MarketState
from protocols.market.values import Price, Quantity, Side
from widgets.flex.view import FlexView, flex_book, narrowed


class SideView(Protocol):
    """One side, as far as a ladder looks at it."""

    @property
    def best(self) -> Price | None: ...
    def __len__(self) -> int: ...
    def levels(self) -> Sequence[Level]: ...
    def at(self, price: Price) -> Sequence[BookOrder]: ...


class BookView(Protocol):
    """Both sides; `protocols.market.book.Book` is one. `fault` says why nothing in it is to be believed."""

    @property
    def revision(self) -> int: ...
    @property
    def venue_revision(self) -> int | None: ...
    @property
    def fault(self) -> str | None: ...
    @property
    def bids(self) -> SideView: ...
    @property
    def asks(self) -> SideView: ...
    def side(self, side: Side) -> SideView: ...


class QuotedSide:
    """At most one price. Nobody says how much is bid or asked there: its quantity and orders are 0, and never shown."""

    def __init__(self, price: Price | None) -> None:
        self.best = price

    def __len__(self) -> int:
        return 0 if self.best is None else 1

    def levels(self) -> list[Level]:
        return [] if self.best is None else [Level(self.best, Quantity(0), 0)]

    def at(self, price: Price) -> list[BookOrder]:
        return []


class QuoteBook:
    """A quote as a book. `revision` counts the quotes of its pair."""

    venue_revision: int | None = None

    def __init__(self, quote: Quote, revision: int, fault: str | None) -> None:
        self.bids, self.asks = QuotedSide(quote.bid), QuotedSide(quote.ask)
        self.revision = revision
        self.fault = fault

    def side(self, side: Side) -> QuotedSide:
        return self.bids if side is Side.BUY else self.asks


BEST = {Side.BUY: "best bid", Side.SELL: "best ask"}


def reaches(side: Side, price: Price, opposite: Price | None) -> bool:
    """Whether a limit trades at once with the other side's best price."""
    return opposite is not None and (price >= opposite if side is Side.BUY else price <= opposite)


def book_of(market: MarketState, key: ContractKey | None, place: FlexFilter = ALL) -> BookView | None:
    """What is known of it, fresh or not; None before anything was. `place` narrows a flexibility book."""
    if key is None:
        return None
    if key in market.pairs:
        quote = market.quotes.get(key)
        return None if quote is None else QuoteBook(quote, market.quotes.revision_of(key), market.quotes.fault_of(key))
    whole = flex_book(market, key)
    return market.books.get(key) if whole is None else FlexView(whole, narrowed(place, key))
