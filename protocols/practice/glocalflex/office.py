"""What becomes of the user's orders, step by step and in time: from `pending` into the book, from there to settlement.

A trader waits hours for the real steps after delivery; here they take seconds, so that they can be seen. `pace`
multiplies how fast.
"""

import heapq
import itertools
import random
import uuid
from collections.abc import Callable
from functools import partial

from protocols.glocalflex import messages
from protocols.market.times import SECOND, UtcNs
from protocols.market.values import Quantity, Side
from protocols.practice.glocalflex.orders import Match, Terms
from protocols.practice.glocalflex.own_orders import (
    SETTLEMENT_FAILED,
    Contract,
    ContractId,
    OrderId,
    OwnOrder,
)

STEP = 0.4
"""Seconds from one status of a new order to the next: received, checked, stored, active."""
CONTRACT_STEPS = (
    (3.0, messages.VERIFICATION_INITIATED),
    (5.0, messages.VERIFICATION_SUCCESS),
    (2.0, messages.SETTLEMENT_INITIATED),
    (4.0, messages.SETTLEMENT_SUCCESS),
)
"""Seconds from one status of a contract to the next, the first counted from the match."""
KEPT = 20_000
"""Orders that are remembered, and as many contracts; the oldest that have ended are forgotten first."""

Told = OwnOrder | Contract
"""An order or contract as it was after something happened to it."""


class Office:
    """After any call: take `reports`. `ready` is called with an order that is to enter the book, `leave` with what
    is to be taken out of it."""

    def __init__(
        self,
        rng: random.Random,
        pace: float,
        ready: Callable[[OwnOrder, UtcNs], None],
        leave: Callable[[OwnOrder], None],
    ) -> None:
        self.baseline_after = 0.0
        """Seconds until a sell order without a baseline gets one; 0 for never."""
        self.orders: dict[OrderId, OwnOrder] = {}
        self.contracts: dict[ContractId, Contract] = {}
        self._rng = rng
        self._pace = pace
        self._ready = ready
        self._leave = leave
        self._reports: list[Told] = []
        self._agenda: list[tuple[UtcNs, int, Callable[[UtcNs], None]]] = []
        self._numbers = itertools.count()

    @property
    def next_step(self) -> UtcNs | None:
        """When something happens next by itself."""
        return self._agenda[0][0] if self._agenda else None

    def step(self, at: UtcNs) -> None:
        """Does what is due by `at`."""
        while self._agenda and self._agenda[0][0] <= at:
            due, _, act = heapq.heappop(self._agenda)
            act(due)

    def reports(self) -> list[Told]:
        """Takes what happened since the last look, in order."""
        reports, self._reports = self._reports, []
        return reports

    # Orders

    @property
    def full(self) -> bool:
        """Whether no more orders can be kept: none of those that are has ended."""
        return len(self.orders) >= KEPT and all(order.open for order in self.orders.values())

    def receive(self, terms: Terms, baseline: bool, at: UtcNs) -> OwnOrder:
        """Takes a new order, which is `pending`; its steps follow by themselves."""
        self._forget()
        identifier = self._identifier()
        order = OwnOrder(identifier, terms, baseline, at, Quantity(0), ((messages.PENDING, at),))
        self._keep(order)
        self._after(STEP, at, partial(self._check, identifier))
        self._at(terms.expires, partial(self.expire, identifier))
        return order

    def matched(self, identifier: OrderId, match: Match, fails: bool) -> None:
        """An order of the user's traded. With `fails` its contract will not be settled."""
        order = self.orders[identifier]
        whole = order.filled + match.power == order.terms.power
        self._keep(order.turned(messages.FILLED if whole else messages.PARTLY_FILLED, match.at, match.power))
        name = self._identifier()
        self.contracts[name] = Contract(name, identifier, order.terms, match.price, match.power, match.at)
        due = 0.0
        for seconds, status in CONTRACT_STEPS:
            due += seconds
            ends = SETTLEMENT_FAILED if fails and status == messages.SETTLEMENT_SUCCESS else status
            self._after(due, match.at, partial(self._progress, name, ends))

    def expire(self, identifier: OrderId, at: UtcNs) -> None:
        """An order's time is over, in the book or before; harmless for one that has ended."""
        self._end(identifier, messages.EXPIRED, at)

    def cancel(self, identifier: OrderId, at: UtcNs) -> bool:
        """The venue's operator ends an order; False for one that is unknown or has ended."""
        return self._end(identifier, messages.CANCELLED, at)

    def _check(self, identifier: OrderId, at: UtcNs) -> None:
        """Sell orders need a baseline; one that has it is looked at first."""
        order = self.orders.get(identifier)
        if order is None or not order.open:
            return
        if order.terms.side is Side.BUY:
            self._accept(identifier, at)
        elif order.baseline:
            self._turn(identifier, messages.SELECTED_FOR_BASELINE, at)
            self._after(STEP, at, partial(self._accept, identifier))
        else:
            self._turn(identifier, messages.AWAITING_BASELINE, at)
            if self.baseline_after:
                self._after(self.baseline_after * self._pace, at, partial(self._accept, identifier))

    def _accept(self, identifier: OrderId, at: UtcNs) -> None:
        if self._turn(identifier, messages.ACCEPTED, at):
            self._after(STEP, at, partial(self._activate, identifier))

    def _activate(self, identifier: OrderId, at: UtcNs) -> None:
        if self._turn(identifier, messages.MATCHING, at):
            self._ready(self.orders[identifier], at)

    def _turn(self, identifier: OrderId, status: str, at: UtcNs) -> bool:
        """Whether the order was open to be turned."""
        order = self.orders.get(identifier)
        if order is None or not order.open:
            return False
        self._keep(order.turned(status, at))
        return True

    def _end(self, identifier: OrderId, status: str, at: UtcNs) -> bool:
        if not self._turn(identifier, status, at):
            return False
        self._leave(self.orders[identifier])
        return True

    # Contracts

    def _progress(self, identifier: ContractId, status: str, at: UtcNs) -> None:
        contract = self.contracts.get(identifier)
        if contract is not None:
            self.contracts[identifier] = contract = contract.turned(status, at)
            self._reports.append(contract)

    # Within

    def _keep(self, order: OwnOrder) -> None:
        self.orders[order.identifier] = order
        self._reports.append(order)

    def _forget(self) -> None:
        if len(self.orders) >= KEPT:
            old = next((name for name, order in self.orders.items() if not order.open), None)
            if old is not None:
                del self.orders[old]
        if len(self.contracts) >= KEPT:
            del self.contracts[next(iter(self.contracts))]

    def _after(self, seconds: float, at: UtcNs, act: Callable[[UtcNs], None]) -> None:
        self._at(UtcNs(at + round(seconds * SECOND / self._pace)), act)

    def _at(self, due: UtcNs, act: Callable[[UtcNs], None]) -> None:
        heapq.heappush(self._agenda, (due, next(self._numbers), act))

    def _identifier(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
