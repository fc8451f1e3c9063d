"""Book, office and participants joined: time passes, and everything happens at its own time. Sans-IO."""

import random
from collections import deque

import msgspec

from protocols.market.times import MINUTE, SECOND, Instant, UtcNs
from protocols.practice.glocalflex.book import Book
from protocols.practice.glocalflex.faults import FlexFaults
from protocols.practice.glocalflex.office import Office, Told
from protocols.practice.glocalflex.orders import Match, Resting, Sequence, Terms
from protocols.practice.glocalflex.own_orders import OrderId, OwnOrder
from protocols.practice.glocalflex.participants import Participants
from protocols.practice.glocalflex.settings import FlexSettings

KEPT_ARRIVALS = 100_000
"""Orders of the user that are remembered as they came in; the oldest are forgotten."""
_CATCH_UP = MINUTE
"""After a pause (a machine that slept) participants make up for so much of it, not for all."""


class Arrival(msgspec.Struct, frozen=True):
    """A valid order as it came in, whatever became of it: `lost` when a fault swallowed it."""

    terms: Terms
    at: UtcNs
    lost: bool


class Expiry(msgspec.Struct, frozen=True):
    """An order left the book because its time was over."""

    order: Resting
    at: UtcNs


Tick = Match | Expiry


class Exchange:
    """After any call: take `reports` (the user's orders and contracts) and `ticks` (what the whole market sees)."""

    def __init__(self, seed: int, start: UtcNs, settings: FlexSettings, rng: random.Random) -> None:
        self.book = Book()
        self.now = start
        self.arrivals: deque[Arrival] = deque(maxlen=KEPT_ARRIVALS)
        self._settings = settings
        self._rng = rng
        self._times = random.Random(f"flex times {seed}")
        self._participants = Participants(seed, settings.orders, settings.windows)
        self._ticks: list[Tick] = []
        self._own: dict[Sequence, OrderId] = {}
        self._resting: dict[OrderId, Resting] = {}
        self.office = Office(random.Random(f"flex names {seed}"), settings.pace, self._activate, self._withdraw)
        self._next_arrival = start
        for then, terms in self._participants.found(start):
            self.book.enter(terms, then)
        self._schedule(start)
        self.turn(settings.faults)

    @property
    def faults(self) -> FlexFaults:
        return self._faults

    def turn(self, faults: FlexFaults) -> None:
        """Sets the switches."""
        self._faults = faults
        self.office.baseline_after = faults.baseline_after

    def happens(self, probability: float) -> bool:
        """Whether a fault of this probability strikes now."""
        return probability > 0 and self._rng.random() < probability

    def advance(self, now: Instant) -> None:
        """Lets everything happen that is due, in the order of its time; what ends comes before what begins."""
        until = max(now.utc, self.now)
        if self._faults.hold_market:
            self._next_arrival = max(self._next_arrival, until)
        self._next_arrival = max(self._next_arrival, UtcNs(until - _CATCH_UP))
        while True:
            expiry, step = self.book.next_expiry, self.office.next_step
            acts = self._settings.rate and not self._faults.hold_market
            due = [at for at in (expiry, step, self._next_arrival if acts else None) if at is not None]
            if not due or min(due) > until:
                break
            self.now = max(self.now, min(due))
            if expiry is not None and expiry <= self.now:
                self._expire()
            elif step is not None and step <= self.now:
                self.office.step(self.now)
            else:
                self._arrive()
        self.now = until

    def place(self, terms: Terms, baseline: bool) -> OwnOrder:
        """Takes an order of the user's."""
        return self.office.receive(terms, baseline, self.now)

    def enter(self, terms: Terms) -> None:
        """Somebody else's order enters the book now."""
        self._settle(self.book.enter(terms, self.now)[1])

    def arrived(self, terms: Terms, *, lost: bool) -> None:
        """Notes a valid order as it comes in."""
        self.arrivals.append(Arrival(terms, self.now, lost))

    def cancel(self, identifier: OrderId) -> bool:
        """The venue's operator ends an order of the user's; False for one that is unknown or has ended."""
        return self.office.cancel(identifier, self.now)

    def reports(self) -> list[Told]:
        """Takes what happened to the user's orders and contracts since the last look."""
        return self.office.reports()

    def ticks(self) -> list[Tick]:
        """Takes what was matched, or expired in the book, since the last look."""
        ticks, self._ticks = self._ticks, []
        return ticks

    def owner(self, order: Resting) -> OrderId | None:
        """Which of the user's orders one in the book is; None for somebody else's."""
        return self._own.get(order.sequence)

    # Within

    def _activate(self, order: OwnOrder, at: UtcNs) -> None:
        """An order of the user's enters the book. It is known as his before it matches: its matches are told as his."""
        identifier = order.identifier
        self._own[self.book.next_sequence] = identifier
        resting, matches = self.book.enter(order.terms, at)
        if resting.left:
            self._resting[identifier] = resting
        self._settle(matches)

    def _withdraw(self, order: OwnOrder) -> None:
        resting = self._resting.pop(order.identifier, None)
        if resting is not None:
            del self._own[resting.sequence]
            if self.book.holds(resting):
                self.book.withdraw(resting)

    def _settle(self, matches: list[Match]) -> None:
        """Tells the market of matches, and the user of those that are his."""
        for match in matches:
            self._ticks.append(match)
            for one in (match.buy, match.sell):
                identifier = self._own.get(one.sequence)
                if identifier is not None:
                    self.office.matched(identifier, match, self.happens(self._faults.fail_contracts))
        for match in matches:
            for one in (match.buy, match.sell):
                if not one.left:  # only now: an order that came in may have several matches to be told
                    self._resting.pop(self._own.pop(one.sequence, ""), None)

    def _expire(self) -> None:
        for order in self.book.expire(self.now):
            identifier = self._own.get(order.sequence)
            if identifier is not None:
                self.office.expire(identifier, self.now)
            if identifier is None or not self._faults.silent_expiry:
                self._ticks.append(Expiry(order, self.now))

    def _arrive(self) -> None:
        for lacking in self._participants.missing(self.book, self.now):
            self.enter(lacking)
        watched = sorted({order.terms.delivery for order in self._resting.values() if self.book.holds(order)})
        terms = self._participants.act(self.book, watched, self.now)
        if terms.expires > self.now:
            self.enter(terms)
        self._schedule(self.now)

    def _schedule(self, at: UtcNs) -> None:
        rate = self._settings.rate
        if rate:
            self._next_arrival = UtcNs(at + round(self._times.expovariate(rate) * SECOND) + 1)
