"""Order entry as the gateway hands it on: what came in is noted, faults are thrown in, the office does the rest."""

import random
from collections import deque
from functools import partial

import msgspec

from protocols.market.times import SECOND, UtcNs, utc_text
from protocols.practice import codes
from protocols.practice.answers import Ticket, Who
from protocols.practice.asks import CREATION, Ask, Refused
from protocols.practice.faults import Faults
from protocols.practice.market import Market
from protocols.practice.market_events import Answer
from protocols.practice.office import Office

KEPT_REQUESTS = 100_000
"""In the list of what was received; the oldest are forgotten, and counted."""


class Received(msgspec.Struct, frozen=True):
    """One order of one request, as it came in. `lost` when a fault swallowed it."""

    client_id: str
    type: str
    correlation: str | None
    at: str
    identifier: int | str | None
    revision: int | None
    lost: bool


class OrderEntry:
    """Takes the batches of all connections. `rng` decides faults only."""

    def __init__(self, market: Market, office: Office, rng: random.Random) -> None:
        self._market = market
        self._office = office
        self._rng = rng
        self._received: deque[Received] = deque()
        self._forgotten = 0
        self._most = market.rulebook.orders.requests_per_second
        self._lately: dict[str, deque[UtcNs]] = {}
        """When each user asked, within the last second."""

    def take(self, client: int, who: Who, asks: list[Ask], correlation: str | None, faults: Faults, at: UtcNs) -> None:
        """Has a batch done when the market reaches `at`: acknowledged then, settled `answer_delay` later."""
        lost = self._happens(faults.lose_request)
        throttled = not lost and self._throttled(who.owner, at)
        for ask in asks:
            self._note(Received(ask.client_id, ask.kind, correlation, utc_text(at), ask.identifier, ask.revision, lost))
            if lost:
                continue
            ticket = self._office.take(ask, who, old_first=self._happens(faults.old_first), throttled=throttled)
            refused = Refused("rejected on purpose", faults.reject_code or codes.UNKNOWN)
            rejected = refused if self._happens(faults.reject_requests) else None
            settled = UtcNs(at + int(faults.answer_delay * SECOND))
            acknowledge = partial(self._office.acknowledge, ticket, Answer(client, correlation))
            self._market.schedule(at, acknowledge)
            self._market.schedule(settled, partial(self._settle, ticket, Answer(client), rejected))

    def loses_answer(self, faults: Faults) -> bool:
        """Whether this answer is never sent."""
        return self._happens(faults.lose_acknowledgement)

    def doubles_answer(self, faults: Faults) -> bool:
        """Whether this answer is given once more."""
        return self._happens(faults.double_acknowledgement)

    def received(self) -> dict[str, object]:
        """Everything that came in, by client identifier, with the number of creations."""
        orders: dict[str, dict[str, object]] = {}
        requests: dict[str, list[Received]] = {}
        for entry in self._received:
            requests.setdefault(entry.client_id, []).append(entry)
        for client_id, entries in requests.items():
            creations = sum(entry.type == CREATION for entry in entries)
            orders[client_id] = {"creations": creations, "requests": entries}
        return {"orders": orders, "forgotten": self._forgotten}

    def _settle(self, ticket: Ticket, answers: Answer, rejected: Refused | None) -> None:
        if rejected is not None:
            self._office.reject(ticket, rejected, answers)
        else:
            self._office.settle(ticket, answers)

    def _throttled(self, user: str, at: UtcNs) -> bool:
        """Whether a request is one too many; those that were rejected for it don't count."""
        if self._most is None:
            return False
        lately = self._lately.setdefault(user, deque())
        while lately and lately[0] <= at - SECOND:
            lately.popleft()
        if len(lately) >= self._most:
            return True
        lately.append(at)
        return False

    def _note(self, entry: Received) -> None:
        if len(self._received) >= KEPT_REQUESTS:
            self._received.popleft()
            self._forgotten += 1
        self._received.append(entry)

    def _happens(self, probability: float) -> bool:
        return probability > 0 and self._rng.random() < probability
