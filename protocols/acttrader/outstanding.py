"""Requests that were sent, each watched until the venue's evidence ends it. Nothing here is ever sent twice.

A request ends by a refusal, or by a record of its order that shows what it asked for. An acknowledgement of a
modification or cancellation is no such record: the order is asked about. What can't be known stays in doubt.
"""

import enum
from collections.abc import Callable, Sequence

import msgspec

from protocols.acttrader.ledger import Known, Ledger
from protocols.market.commands import AmendOrder, CancelOrder, Command, FxTerms, Intent, PlaceOrder
from protocols.market.order_events import OrderEvent, RequestDoubted, RequestDropped
from protocols.market.times import Instant

ANSWER_SECONDS = 10.0
"""How long a request may go without an answer before it is in doubt."""
SETTLE_SECONDS = 5.0
"""How long the venue must go on not knowing an order, before it is taken not to have arrived: a frame of a lost link
may still be on its way within the venue."""
ASKED_ENOUGH = 3
"""So many times the venue shows an order as if a request had not been made, and the request is taken for refused."""
AGAIN_SECONDS = 2.0


class Outstanding(msgspec.Struct):
    """One request on one order; a pair's placement is one on each leg."""

    intent: Intent
    client_id: str
    command: Command
    deadline: float
    doubted: bool = False
    acknowledged: bool = False
    shown_otherwise: int = 0
    unknown_since: float | None = None
    unaskable: bool = False


class Next(enum.Enum):
    """What a request that is not over yet calls for."""

    DONE = "done"
    WAIT = "wait"
    ASK = "ask"


class Requests:
    """All outstanding requests of a connection: one per order. `tell` takes events."""

    def __init__(self, connection: str, ledger: Ledger, tell: Callable[[OrderEvent], None]) -> None:
        self._connection = connection
        self._ledger = ledger
        self._tell = tell
        self._outstanding: dict[str, Outstanding] = {}
        self._committed: set[str] = set()

    def of_order(self, client_id: str) -> Outstanding | None:
        return self._outstanding.get(client_id)

    def of_request(self, request_id: str) -> list[Outstanding]:
        """What an answer with this identifier answers: one, or the two legs of a pair."""
        return [each for each in self._outstanding.values() if each.intent.intent_id == request_id]

    def all(self) -> list[Outstanding]:
        return list(self._outstanding.values())

    @property
    def in_flight(self) -> list[Outstanding]:
        """Those that wait for an answer and are not in doubt."""
        return [each for each in self._outstanding.values() if not each.doubted]

    def commit(self, intent: Intent, now: Instant) -> bool:
        """Watches what is about to be sent. False when it was committed before: it must not be sent."""
        if intent.intent_id in self._committed:
            return False
        self._committed.add(intent.intent_id)
        self._watch(intent, now.monotonic + ANSWER_SECONDS)
        return True

    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        """Takes up what an earlier run sent, all of it in doubt; a later request of an order replaces its placement."""
        for intent in intents:
            self._committed.add(intent.intent_id)
            self._watch(intent, now.monotonic)
        for each in self._outstanding.values():
            self.doubt(each, "sent before a restart; asking the venue", now)

    def _watch(self, intent: Intent, deadline: float) -> None:
        placements = intent.placements()
        for client_id, order in placements:
            self._ledger.place(client_id, order)
            self._outstanding[client_id] = Outstanding(intent, client_id, order, deadline)
        if not placements:
            self._outstanding[intent.client_id] = Outstanding(intent, intent.client_id, intent.command, deadline)

    def forget(self, client_id: str) -> None:
        """A person decided what became of it."""
        self._outstanding.pop(client_id, None)

    # What becomes of them

    def dropped(self, intent_id: str, reason: str, now: Instant) -> None:
        """The frame was never written."""
        for each in self.of_request(intent_id):
            self._drop(each, reason, now)

    def doubt(self, each: Outstanding, reason: str, now: Instant) -> None:
        """No answer will come, or it can't be read."""
        if not each.doubted:
            each.doubted = True
            self._say_doubted(each, reason, now)

    def doubt_all(self, reason: str, now: Instant) -> None:
        """The link is lost, or something on it could not be read: any answer may have been in it."""
        for each in self.all():
            self.doubt(each, reason, now)

    def overdue(self, now: Instant) -> list[Outstanding]:
        """Puts what has waited too long in doubt, and returns it: the venue is to be asked."""
        late = [each for each in self.in_flight if now.monotonic > each.deadline]
        for each in late:
            self.doubt(each, f"no answer for {ANSWER_SECONDS:.0f} s", now)
        return late

    def refused(self, each: Outstanding, reason: str, now: Instant) -> None:
        """The venue says no. The request is over, its order as it was."""
        known = self._ledger.get(each.client_id)
        del self._outstanding[each.client_id]
        if known is not None:
            known.refused = isinstance(each.command, PlaceOrder)
            self._ledger.reject(known, reason, now)

    def shown(self, known: Known, now: Instant, *, sure: bool) -> Next:
        """The venue shows an order: tells how it stands, and whether that ends what was asked of it."""
        each = self._outstanding.get(known.client_id)
        if each is None:
            self._ledger.report(known, now)
            return Next.DONE
        cancelling = isinstance(each.command, CancelOrder)
        if self._is_done(each, known, sure):
            del self._outstanding[known.client_id]
            self._ledger.report(known, now, answers=True, cancelling=cancelling)
            return Next.DONE
        self._ledger.report(known, now, cancelling=cancelling)
        if not sure:
            return Next.WAIT
        each.shown_otherwise += 1
        if each.shown_otherwise < ASKED_ENOUGH:
            return Next.ASK
        what = "cancelled" if cancelling else "modified"
        self.refused(each, f"not {what}: the venue still shows it as it was", now)
        return Next.DONE

    def unknown(self, each: Outstanding, now: Instant) -> Next:
        """The venue says that it has no such order. Believed of a new one only, and only when it says so for long."""
        known = self._ledger.get(each.client_id)
        if not isinstance(each.command, PlaceOrder) or (known is not None and known.status is not None):
            return Next.ASK
        if each.unknown_since is None:
            each.unknown_since = now.monotonic
        if now.monotonic - each.unknown_since < SETTLE_SECONDS:
            return Next.ASK
        self._drop(each, "the venue does not know it: it never arrived there", now)
        return Next.DONE

    def unaskable(self, each: Outstanding, now: Instant) -> None:
        """This dialect has no way to find out; only an execution, or a person, can end it."""
        if not each.unaskable:
            each.unaskable = True
            each.doubted = True
            self._say_doubted(
                each, "its answer was lost and the venue can't be asked about it: decide what became of it", now
            )

    def _drop(self, each: Outstanding, reason: str, now: Instant) -> None:
        del self._outstanding[each.client_id]
        self._tell(RequestDropped(self._connection, each.client_id, each.intent.intent_id, reason, now))

    def _say_doubted(self, each: Outstanding, reason: str, now: Instant) -> None:
        self._tell(RequestDoubted(self._connection, each.client_id, each.intent.intent_id, reason, now))

    @staticmethod
    def _is_done(each: Outstanding, known: Known, sure: bool) -> bool:
        if known.over:
            return True
        match each.command:
            case PlaceOrder():
                return True
            case AmendOrder() as amend:
                # An acknowledged one is over when the venue shows the order, whatever it made of it.
                return sure and (each.acknowledged or matches(known, amend))
            case _:
                return False


def matches(known: Known, amend: AmendOrder) -> bool:
    """Whether the order is as the amendment asked. Its quantity may be meant as the whole or as what remains: the page
    leaves it open, and we amend it only while nothing is executed."""
    terms: FxTerms = known.terms
    wanted = (
        (amend.price, known.price),
        (amend.stop_price, terms.stop_price),
        (amend.until, terms.until),
    )
    if any(asked is not None and asked != shown for asked, shown in wanted):
        return False
    if amend.forever and terms.until is not None:
        return False
    return amend.quantity is None or amend.quantity in (known.quantity, known.quantity - known.executed)
