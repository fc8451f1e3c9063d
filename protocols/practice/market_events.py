"""What a market tells: everything that happened at once, as one numbered event."""

import msgspec

from protocols.market.times import UtcNs
from protocols.practice.contracts import Contract
from protocols.practice.listing import StateRecord
from protocols.practice.matching import Order
from protocols.practice.own_orders import OrderRecord, OwnTradeRecord
from protocols.practice.trades import TradeRecord


class BookFact(msgspec.Struct, frozen=True):
    """What one event did to a book: orders as they are now, quantity 0 for one that left; or the whole book."""

    contract: Contract
    revision: int
    at: UtcNs
    whole: bool
    bids: tuple[Order, ...]
    asks: tuple[Order, ...]


class Answer(msgspec.Struct, frozen=True):
    """The report answers a request that came from this client; `correlation` is echoed by acknowledgements."""

    client: int
    correlation: str | None = None


class MarketEvent(msgspec.Struct, frozen=True):
    """Everything that happened at once. `figures` names the (area, contract) pairs whose figures changed."""

    number: int
    at: UtcNs
    books: tuple[BookFact, ...]
    trades: tuple[TradeRecord, ...]
    states: tuple[StateRecord, ...]
    figures: tuple[tuple[str, Contract], ...]
    report: OrderRecord | OwnTradeRecord | None = None
    """What it tells the users; such an event tells nothing else."""
    answers: Answer | None = None
