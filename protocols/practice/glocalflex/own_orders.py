"""The user's orders and contracts, as the venue keeps them."""

import msgspec

from protocols.glocalflex import messages
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.practice.glocalflex.orders import Terms

OrderId = str
ContractId = str

ENDED = frozenset((messages.FILLED, messages.CANCELLED, messages.EXPIRED))
"""Statuses of orders that stay as they are."""

SETTLEMENT_FAILED = "settlement_completed_failed"


class OwnOrder(msgspec.Struct, frozen=True):
    """An order of the user's. Every status it had is in `history`, with its time, the present one last."""

    identifier: OrderId
    terms: Terms
    baseline: bool
    created: UtcNs
    filled: Quantity
    history: tuple[tuple[str, UtcNs], ...]

    @property
    def status(self) -> str:
        return self.history[-1][0]

    @property
    def open(self) -> bool:
        """Whether anything can still come of it."""
        return self.status not in ENDED

    @property
    def left(self) -> Quantity:
        """What is not filled of its power."""
        return Quantity(self.terms.power - self.filled)

    def turned(self, status: str, at: UtcNs, filled: int = 0) -> "OwnOrder":
        """The same with another status, and so much more of it filled."""
        return msgspec.structs.replace(
            self, history=(*self.history, (status, at)), filled=Quantity(self.filled + filled)
        )


class Contract(msgspec.Struct, frozen=True):
    """What a match came to for one of the two: verified after delivery, then settled."""

    identifier: ContractId
    order: OrderId
    terms: Terms
    price: Price
    power: Quantity
    created: UtcNs
    history: tuple[tuple[str, UtcNs], ...] = ()

    @property
    def side(self) -> Side:
        return self.terms.side

    @property
    def status(self) -> str:
        """Empty until verification begins."""
        return self.history[-1][0] if self.history else ""

    def turned(self, status: str, at: UtcNs) -> "Contract":
        """The same with another status."""
        return msgspec.structs.replace(self, history=(*self.history, (status, at)))
