"""Everything known of flexibility: books, the ticker's rows, contracts, and what the venue said of each order."""

from protocols.market.flex import delivery_of
from protocols.market.flex_book import FlexBook
from protocols.market.flex_contracts import FlexContracts
from protocols.market.flex_events import (
    FlexBookLost,
    FlexBookReplaced,
    FlexCandidate,
    FlexCandidatesChanged,
    FlexContractReported,
    FlexEvent,
    FlexExpiryPrinted,
    FlexMarketListed,
    FlexOrderRefused,
    FlexOrderTold,
    FlexPonged,
    FlexTradePrinted,
)
from protocols.market.flex_tape import FlexTape
from protocols.market.instruments import ContractKey, FlexMarket, FlexWindow, market_key
from protocols.market.times import Instant


class FlexState:
    """The folds of flexibility, of all connections."""

    def __init__(self) -> None:
        self.markets: dict[str, FlexMarket] = {}
        """By connection."""
        self.books: dict[str, FlexBook] = {}
        """By connection."""
        self.tape = FlexTape()
        self.contracts = FlexContracts()
        self.told: dict[tuple[str, str], FlexOrderTold] = {}
        """The venue's latest object about each order, by connection and client identifier."""
        self.refusals: dict[tuple[str, str], FlexOrderRefused] = {}
        """What the venue found fault with, by connection and client identifier."""
        self.told_revision = 0
        """Counts changes of either."""
        self._candidates: dict[str, dict[str, tuple[FlexCandidate, ...]]] = {}
        self.pongs: dict[tuple[str, str], Instant] = {}
        """When a socket last answered a ping, by connection and channel."""

    def instrument(self, key: ContractKey) -> FlexMarket | FlexWindow | None:
        """What a key of flexibility names; None for another."""
        market = self.markets.get(key.connection)
        if market is None or key.area != market.key.area:
            return None
        if key == market.key:
            return market
        delivery = delivery_of(key.contract_id)
        return None if delivery is None else market.window(delivery)

    def candidates(self, connection: str, client_id: str) -> tuple[FlexCandidate, ...]:
        """The venue's orders that may be this one of ours, the oldest first."""
        return self._candidates.get(connection, {}).get(client_id, ())

    def apply(self, event: FlexEvent) -> None:
        """Folds one event."""
        match event:
            case FlexBookReplaced() | FlexBookLost():
                connection = event.key.connection
                if connection not in self.books:
                    self.books[connection] = FlexBook(market_key(connection))
                self.books[connection].apply(event)
            case FlexTradePrinted() | FlexExpiryPrinted():
                self.tape.apply(event)
            case FlexContractReported():
                self.contracts.apply(event)
            case FlexOrderTold():
                self.told[event.connection, event.client_id] = event
                self.told_revision += 1
            case FlexOrderRefused():
                self.refusals[event.connection, event.client_id] = event
                self.told_revision += 1
            case FlexCandidatesChanged():
                self._candidates[event.connection] = dict(event.candidates)
            case FlexPonged():
                self.pongs[event.connection, event.channel] = event.at
            case FlexMarketListed():
                self.markets[event.market.key.connection] = event.market
