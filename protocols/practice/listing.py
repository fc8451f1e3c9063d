"""A listed contract with its book and its state, and who is told of what happens in it."""

from typing import Protocol

import msgspec

from protocols.market.times import UtcNs
from protocols.practice.contracts import Contract
from protocols.practice.history import History
from protocols.practice.matching import BookState, Order, OrderBook
from protocols.practice.trades import TradeRecord

CLOSED, CONTINUOUS, FROZEN = "Closed", "Continuous", "Frozen"
"""Phases of trading. M7 tells them apart from the state; NPID's state says it all."""


class StateRecord(msgspec.Struct, frozen=True):
    """State and trading phase of a contract, the same in every area of its zone."""

    contract: Contract
    state: str
    phase: str
    phase_start: UtcNs
    phase_end: UtcNs


class Listing:
    """A listed contract: its book and its state, now and as of earlier events."""

    def __init__(self, contract: Contract, book: OrderBook, listed_by: int) -> None:
        self.contract = contract
        self.book = book
        self.revision = 0
        self.changed_at = contract.listed_at
        """When its book changed last."""
        self.listed_by = listed_by
        """The number of the market event that listed it."""
        self.books: History[BookState] = History()
        self.states: History[StateRecord] = History()

    @property
    def state(self) -> StateRecord:
        latest = self.states.latest
        assert latest is not None, "a listing has a state from its first moment"
        return latest

    @property
    def trading(self) -> bool:
        return self.state.phase == CONTINUOUS


class Watcher(Protocol):
    """Who looks after the orders of the venue's users, and is told what becomes of any order."""

    def traded(self, listing: Listing, trade: TradeRecord) -> None:
        """A trade was made, just now."""
        ...

    def refilled(self, listing: Listing, order: Order) -> None:
        """An iceberg shows its next part."""
        ...

    def revised(self, trade: TradeRecord) -> None:
        """A trade has a new revision."""
        ...

    def closed(self, listing: Listing) -> None:
        """The gate has closed; the book is empty."""
        ...

    def forgotten(self, listing: Listing) -> None:
        """The contract was delivered long ago."""
        ...
