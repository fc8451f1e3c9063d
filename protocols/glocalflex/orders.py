"""Own orders: sent once, answered or not, and told of by updates that name nobody. Sans-IO.

An answer and an update of one order come in any order, and either may never come. What is known of an order comes from
the ledger once the venue's name for it is known; until then it is a placement, which only its terms can identify.
"""

from collections.abc import Callable, Sequence

import msgspec

from protocols.glocalflex import messages
from protocols.glocalflex.access import RETRY_AFTER_CAP
from protocols.glocalflex.ledger import Known, Ledger, expires_at
from protocols.glocalflex.naming import Naming
from protocols.glocalflex.objects import ContractObject, ObjectReader, OrderObject
from protocols.glocalflex.placements import Placement, Placements
from protocols.glocalflex.refusals import Answer, Outcome, answer_of
from protocols.glocalflex.reports import acknowledged, recalled, rejected
from protocols.glocalflex.settings import SCHEME, TRADE_CHANNEL, Settings
from protocols.market.commands import FlexTerms, Intent, PlaceOrder
from protocols.market.events import Event
from protocols.market.flex_events import FlexContract, FlexContractReported, FlexOrderRefused, FlexOrderTold
from protocols.market.order_events import OrderDecided, OrderEvent, OrderReported, RequestDoubted, RequestDropped
from protocols.market.orders import Order, OrderReport
from protocols.market.times import SECOND, Instant, UtcNs, utc_text
from protocols.notices import Notices
from protocols.record import Record
from protocols.secret import Secret
from protocols.session import Call, CallFailed, CallId, Outgoing, Prepared, Reply

NAME_SECONDS = 15.0
"""How long the venue may take to name an order that it has answered for, before the order is in doubt."""
GRACE = 60 * SECOND
"""How long after its time an order may still be told of as expired."""
SLOW_DOWN_SECONDS = 10.0
UPDATE_ALONE = "how it stands the venue tells with its next update alone"
SENT_BEFORE = f"sent before this connection was made; {UPDATE_ALONE}"
EXPIRY_PASSED = "expiry passed, unconfirmed"


class OrderTraffic:
    """One connection's. `unauthorised` is told of a token that the venue refused."""

    def __init__(
        self,
        settings: Settings,
        out: list[Outgoing],
        events: list[Event | OrderEvent],
        notices: Notices,
        record: Record,
        new_call: Callable[[], CallId],
        unauthorised: Callable[[Secret | None, Instant], None],
    ) -> None:
        self._settings = settings
        self._out = out
        self._events = events
        self._notices = notices
        self._notice = notices.of_channel(TRADE_CHANNEL)
        self._record = record
        self._new_call = new_call
        self._unauthorised = unauthorised
        self._placements = Placements()
        self._slow_until = 0.0
        self.ledger = Ledger(settings.name, self._notice)
        self._naming = Naming(
            settings.name, self._placements, self.ledger, notices, events.append, self._doubt, self._tell
        )
        self._reader = ObjectReader(settings.order_id_keys, settings.contract_id_keys, self._notice)
        self.slow_downs = 0

    # From before

    def recall(self, orders: Sequence[Order]) -> None:
        """The orders that the desk shows, from an earlier session of the same connection."""
        for order in orders:
            known = recalled(order)
            if known is not None:
                self.ledger.recall(known)

    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        """What was sent before and is not known to be over: in doubt, and matched as updates come."""
        for intent in intents:
            placed = isinstance(intent.command, PlaceOrder) and isinstance(intent.command.terms, FlexTerms)
            if placed and self.ledger.of_client(intent.client_id) is None:
                placement = Placement(intent)
                self._placements.put(placement)
                self._doubt(placement, SENT_BEFORE, now)

    # Out

    def slowed(self, now: Instant) -> float:
        """Seconds for which the venue asked to be left alone."""
        return max(0.0, self._slow_until - now.monotonic)

    def is_known(self, client_id: str) -> bool:
        return self._placements.get(client_id) is not None or self.ledger.of_client(client_id) is not None

    def terms_of(self, client_id: str) -> FlexTerms | None:
        placed, known = self._placements.get(client_id), self.ledger.of_client(client_id)
        if placed is not None:
            return placed.terms
        return None if known is None else known.terms

    def send(self, prepared: Prepared, token: Secret, now: Instant) -> None:
        """Sends an order: the one call that may change anything at the venue."""
        body = Secret(prepared.frame.decode())
        call = Call(self._new_call(), "POST", self._settings.order_url, body, token, scheme=SCHEME)
        self._placements.put(Placement(prepared.intent, call.call_id, token, now))
        self._record.called(TRADE_CHANNEL, call, now)
        self._out.append(call)

    def drop(self, intent: Intent, reason: str, now: Instant) -> None:
        """It never left."""
        self._placements.end(intent.client_id)
        self._events.append(RequestDropped(self._settings.name, intent.client_id, intent.intent_id, reason, now))

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> bool:
        """Takes the answer to a placement; False where it is to another call."""
        placed = self._placements.of_call(call)
        if placed is None:
            return False
        reply = _without(reply, placed.token)
        self._record.answered(TRADE_CHANNEL, reply, now)
        placed.call = None
        answer = answer_of(reply)
        match answer.outcome:
            case Outcome.TAKEN:
                assert isinstance(reply, Reply)
                self._taken(placed, reply, now)
            case Outcome.REFUSED:
                assert isinstance(reply, Reply)
                self._refused(placed, reply, answer, now)
            case Outcome.UNSENT:
                self.drop(placed.intent, answer.reason, now)
            case Outcome.UNKNOWN:
                self._doubt(placed, f"{answer.reason}; the order may have been taken", now)
        self._naming.match_all(now)
        return True

    def stop(self, now: Instant) -> None:
        """Switched off: answers that are still to come are none of ours any more."""
        for placed in self._placements:
            if placed.call is not None:
                placed.call = None
                self._doubt(placed, "switched off before the venue answered", now)
        self._naming.match_all(now)

    def decided(self, decision: OrderDecided, now: Instant) -> None:
        """A person said what became of an order: it is no candidate any more, or one of the venue's is it."""
        if decision.venue_id is not None:
            self._found(decision, decision.venue_id, now)
            return
        placed, known = self._placements.end(decision.client_id), self.ledger.of_client(decision.client_id)
        if placed is not None:
            self._naming.decided(placed, now)
        elif known is not None:
            known.doubted = True

    # In

    def update(self, envelope: messages.Envelope, now: Instant) -> None:
        """An update of an order or of a contract. Raises `Unreadable`."""
        told = self._reader.read(envelope)
        if isinstance(told, ContractObject):
            self._contract(told, now)
        elif not told.identifier:
            keys = ", ".join(self._settings.order_id_keys)
            self._notices.alarm("order without a name", f"an update of an order has none of {keys}: {told.raw[:200]}")
        elif (known := self.ledger.get(told.identifier)) is not None:
            self._tell(known, told, now)
        else:
            self._naming.update(told, now)

    def unconfirmed(self, since: str, now: Instant) -> None:
        """Something was missed, and it is not told again: orders that lived are as they were as far as anyone knows.
        Of others this says nothing: what is in doubt or decided stays so until the venue tells."""
        for placed in self._placements:
            placed.missed = True
        for known in self.ledger.alive():
            reason = f"not confirmed since {since}, and the venue has no list to ask for"
            self._report(self.ledger.again(known, reason), now)

    def tick(self, now: Instant) -> None:
        """Doubts what the venue should have told of by now."""
        for placed in self._placements:
            waits = placed.taken_at is not None and not placed.doubted
            if waits and now.monotonic - (placed.taken_at or 0.0) > NAME_SECONDS:
                words = f"the venue took it (200) and has not told of it within {NAME_SECONDS:.0f} s"
                self._doubt(placed, words, now)
            if placed.call is None and not placed.late and now.utc > expires_at(placed.terms) + GRACE:
                placed.late = True
                self._doubt(placed, EXPIRY_PASSED, now)
        for known in self.ledger.overdue(UtcNs(now.utc - GRACE)):
            words = f"{EXPIRY_PASSED}: its time was over at {utc_text(expires_at(known.terms))}"
            self._events.append(RequestDoubted(self._settings.name, known.client_id, None, words, now))

    # Answers

    def _taken(self, placed: Placement, reply: Reply, now: Instant) -> None:
        named = self._reader.answer(reply.body)
        if named is not None:
            self._named(named, placed, now)
            return
        placed.taken_at = now.monotonic
        self._report(acknowledged(self._settings.name, placed), now)

    def _named(self, named: OrderObject, placed: Placement, now: Instant) -> None:
        """The answer has the venue's name for the order, and may say how it stands."""
        known = self.ledger.get(named.identifier)
        if known is None or known.client_id != placed.intent.client_id:
            if not self._naming.link(named.identifier, placed, now, by_terms=False):
                return
            known = self.ledger.get(named.identifier)
        assert known is not None
        if named.status:
            self._tell(known, named, now)
        elif known.rank < 0:
            self._report(self.ledger.taken(known), now)

    def _refused(self, placed: Placement, reply: Reply, answer: Answer, now: Instant) -> None:
        intent = placed.intent
        self._placements.end(intent.client_id)
        if reply.status == 401:
            self._unauthorised(placed.token, now)
        elif reply.status == 429:
            self.slow_downs += 1
            seconds = SLOW_DOWN_SECONDS if reply.retry_after is None else min(reply.retry_after, RETRY_AFTER_CAP)
            self._slow_until = now.monotonic + seconds
        if answer.problems:
            self._events.append(FlexOrderRefused(self._settings.name, intent.client_id, answer.problems, now))
        self._report(rejected(self._settings.name, placed, reply.status, answer.reason), now)

    def _doubt(self, placed: Placement, reason: str, now: Instant) -> None:
        placed.doubted = True
        intent = placed.intent
        self._events.append(RequestDoubted(self._settings.name, intent.client_id, intent.intent_id, reason, now))

    def _found(self, decision: OrderDecided, venue_id: str, now: Instant) -> None:
        """A person found an order of ours among the venue's, now or in an earlier session."""
        client_id = decision.client_id
        placed, known = self._placements.get(client_id), self.ledger.of_client(client_id)
        if placed is not None:
            self._naming.name(placed, venue_id, now)
            if self._placements.get(client_id) is not None:
                self._doubt(placed, f"{decision.reason}; {UPDATE_ALONE}", now)
        elif known is not None and known.venue_id == venue_id:
            known.by_hand = True

    # What is told

    def _tell(self, known: Known, told: OrderObject, now: Instant) -> None:
        name, client = self._settings.name, known.client_id
        self._events.append(FlexOrderTold(name, client, known.venue_id, told.status, told.raw, now))
        report = self.ledger.apply(known, told)
        if report is not None:
            self._report(report, now)

    def _report(self, report: OrderReport, now: Instant) -> None:
        self._events.append(OrderReported(TRADE_CHANNEL, report, False, now))

    def _contract(self, told: ContractObject, now: Instant) -> None:
        contract = FlexContract(
            self._settings.name, told.identifier, told.order_ids, told.status, told.verification, told.settlement,
            told.side, told.price, told.power, told.energy, told.delivery, told.told_at, told.raw,
        )  # fmt: skip
        self._events.append(FlexContractReported(TRADE_CHANNEL, contract, now))


def _without(reply: Reply | CallFailed, token: Secret | None) -> Reply | CallFailed:
    """The same without the token, in case the venue quotes it: what it says is shown, and kept."""
    if not isinstance(reply, Reply) or token is None:
        return reply
    return msgspec.structs.replace(reply, body=reply.body.replace(token.reveal().encode(), b"***"))
