"""The desk: what comes in is folded into the market here, and what goes out leaves through `submit`. No Qt.

The way out, all of it on the loop's thread and within one call: intent -> the session encodes it -> risk check on what
those bytes say -> journal, on the disk -> shown as pending -> the session sends. What can't be sent is denied, in
words; what has to be confirmed is handed back, and nothing of it is shown or kept.
"""

import enum
import uuid
from collections.abc import Callable
from typing import Any

import msgspec

from app.clock import Clock
from app.doubts import Doubts, Telling, Untold
from app.endings import Endings
from app.executed import Executed
from app.flex_limits import FlexLimits, shipped_flex_limits
from app.flex_risk import check_flex, is_flex
from app.fx_limits import FxLimits, shipped_fx_limits
from app.fx_risk import check_fx, is_fx
from app.journal import AlreadyRecorded, Journal, JournalRefused, Outcome
from app.limits import Limits
from app.names import RESTARTED, Names
from app.order_entry import OrderEntry
from app.risk import Assessment, Finding, check, opens
from protocols.market.commands import (
    AmendOrder,
    Command,
    FlexTerms,
    Intent,
    PlaceOco,
    PlaceOrder,
    Seen,
    leg_id,
    pair_of,
)
from protocols.market.events import AnomalyNoticed, ConnectionChanged, ConnectionStatus, Event
from protocols.market.order_events import (
    OrderDenied,
    OrderEvent,
    OrderIntended,
    OrderReported,
    OrdersListed,
    RequestDoubted,
    RequestDropped,
)
from protocols.market.orders import Decision, Order, OrderStatus, Verdict
from protocols.market.pair_book import PairBook
from protocols.market.state import MarketState
from protocols.market.times import Instant, UtcNs
from protocols.session import ConnectionReport, Denied, Prepared


def new_guid() -> str:
    """An identifier that nobody else has."""
    return str(uuid.uuid4())


class Ordering(msgspec.Struct, frozen=True):
    """What a desk needs to take orders."""

    journal: Journal
    limits: Limits
    clock: Clock
    new_id: Callable[[], str] = new_guid
    fx_limits: FxLimits = msgspec.field(default_factory=shipped_fx_limits)
    flex_limits: FlexLimits = msgspec.field(default_factory=shipped_flex_limits)
    outlives: bool = True
    """Whether what is executed outlives the desk. Where the venues end with it, as the practice venue does that it
    starts itself, it does not: the next one's account begins with nothing."""


class Step(enum.Enum):
    """How far a submission came."""

    TAKEN = "taken"
    """In the journal and with the session. The blotter shows what becomes of it."""
    ASKS = "asks"
    """It has to be confirmed. Nothing was sent, nothing is shown."""
    DENIED = "denied"


class Submission(msgspec.Struct, frozen=True):
    """What became of a command that was submitted. `reason` is for the trader; empty when it was taken.

    `said` is what its frame says; None where there is none. A submission that asks is confirmed by handing it back.
    """

    step: Step
    command: Command
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    intent: Intent | None = None
    said: Command | None = None


class Desk:
    """Owns the market that widgets read. Without `ordering` it only looks. `telling` hears what the trader has to know
    of orders in doubt."""

    def __init__(self, ordering: Ordering | None = None, telling: Telling | None = None) -> None:
        self._ordering = ordering
        journal = None if ordering is None else ordering.journal
        self.market = MarketState() if journal is None else MarketState(journal.is_ours, journal.sent_at)
        self.pairs = PairBook(self.market.blotter, self._pair_placed)
        """Our pairs of which one cancels the other."""
        self._telling = telling or Untold()
        self._doubts = self._executed = self._endings = self._names = None
        if ordering is not None:
            self._doubts = Doubts(ordering.journal, ordering.clock, self.market, self._telling)
            record = ordering.journal.executed if ordering.outlives else None
            self._executed = Executed(record, ordering.clock, self.market, self._telling)
            endings = ordering.journal.endings if ordering.outlives else None
            self._endings = Endings(endings, ordering.journal, self.market)
            names = ordering.journal.names if ordering.outlives else None
            self._names = Names(names, ordering.journal, self.market)
        self._reports: list[Callable[[], ConnectionReport]] = []
        self._entries: dict[str, OrderEntry] = {}
        self._asked: dict[str, Command] = {}
        self._after: dict[type[Any], Callable[[Any], None]] = {
            RequestDropped: self._request_dropped,
            RequestDoubted: self._request_doubted,
            OrderReported: self._order_reported,
            OrdersListed: self._orders_listed,
            ConnectionChanged: self._connection_changed,
        }
        if self._executed is not None:
            self._after |= self._executed.after

    def add(self, report: Callable[[], ConnectionReport]) -> None:
        """A connection whose `report` counts with the others, in this order."""
        self._reports.append(report)

    def add_orders(self, connection: str, entry: OrderEntry) -> None:
        """Commands for this connection go there from now on, to a session that is about to begin: what was executed
        before it is shown."""
        self._entries[connection] = entry
        if self._executed is not None:
            self._executed.begin(connection)

    def reports(self) -> list[ConnectionReport]:
        """The counters of every connection as they stand."""
        return [report() for report in self._reports]

    @property
    def blocked(self) -> str | None:
        """Why no new order is taken, whatever it is, in words for the trader; None when orders are taken."""
        if self._ordering is None:
            return "this desk only looks"
        journal = self._ordering.journal
        return None if journal.healthy else f"the journal can't be written: {journal.reason}"

    # In

    def apply(self, event: Event | OrderEvent) -> None:
        """Folds one event; the only way anything becomes known."""
        self.market.apply(event)
        after = self._after.get(type(event))
        if after is not None and self._ordering is not None:
            after(event)

    def restore(self) -> list[Intent]:
        """Shows what was sent before a restart and has no known end, in doubt. Call it before anything connects, and
        hand the intents (each order's placement before its request) and the orders shown to their sessions, who ask the
        venue."""
        ordering = self._ordering
        if ordering is None or self._endings is None or self._names is None:
            return []
        now = ordering.clock()
        self._endings.restore(now)
        shown = self._names.restore(now)
        restored: list[Intent] = []
        known: set[tuple[str, str]] = set()
        for found in ordering.journal.open_intents():
            intent = found.intent
            if found.placed is None:
                continue  # no row can be made up for it; the venue's report of the order will end it
            for each in found.unless(known):
                restored.append(each)
                if not each.placements() or not shown.issuperset((each.intent_id, its) for its in each.client_ids()):
                    self.market.apply(OrderIntended(each))
            self._asked[intent.intent_id] = intent.command
            # Not through `apply`: the journal knows, or it would not be here.
            for client_id in intent.client_ids():
                self.market.apply(RequestDoubted(intent.connection, client_id, intent.intent_id, RESTARTED, now))
                if (decided := ordering.journal.decided(client_id)) is not None:
                    self.market.apply(decided.event())
        return restored

    def tick(self) -> None:
        """For the ticker: a journal that failed is tried again."""
        if self._ordering is not None and not self._ordering.journal.healthy:
            self._ordering.journal.mend(self._ordering.clock())

    # Out

    def submit(self, command: Command, confirmed: Submission | None = None, seen: Seen | None = None) -> Submission:
        """Sends a command, once, or says why not.

        `confirmed` is an earlier answer that asked, and that the trader has agreed to. Everything is checked again: it
        is sent if the frame says the same as then, and nothing is found that was not agreed to. `seen` is what was on
        the trader's screen: it goes into the journal with the intent.
        """
        ordering = self._ordering
        if ordering is None:
            return Submission(Step.DENIED, command, "this desk only looks")
        intent = self._intent(ordering, command, seen)
        entry = self._entries.get(intent.connection)
        if entry is None:
            return self._deny(intent, f"connection: {intent.connection} takes no orders")
        prepared = entry.prepare(intent)
        if isinstance(prepared, Denied):
            return self._deny(intent, prepared.reason)
        said = prepared.said
        if said != command or prepared.intent != intent:
            return self._deny(intent, f"the frame says something else: {_difference(command, said)}", prepared)
        assessment = self._assess(ordering, said, intent.at.utc)
        if assessment.blocked:
            return self._deny(intent, assessment.words, prepared, assessment)
        if assessment.asks and not _agreed(assessment, said, confirmed):
            return Submission(Step.ASKS, command, assessment.words, assessment.findings, None, said)
        try:
            ordering.journal.record(prepared, assessment, confirmed=assessment.asks)
        except AlreadyRecorded as refused:
            return self._tell_denied(intent, f"journal: {refused}")
        except JournalRefused as refused:
            if opens(said):
                return self._deny(intent, f"journal: {refused}", prepared, assessment)
            # What only ever takes something out of the market goes all the same.
            ordering.journal.record_late(prepared, assessment)
        self._asked[intent.intent_id] = said
        self.market.apply(OrderIntended(intent))
        entry.commit(prepared)
        return Submission(Step.TAKEN, command, "", assessment.findings, intent, said)

    def _assess(self, ordering: Ordering, said: Command, now: UtcNs) -> Assessment:
        if is_fx(said, self.market):
            return check_fx(said, self.market, ordering.fx_limits, now, self._asked)
        if is_flex(said, self.market):
            return check_flex(said, self.market, ordering.flex_limits, now)
        return check(said, self.market, ordering.limits, now, self._asked)

    @staticmethod
    def _intent(ordering: Ordering, command: Command, seen: Seen | None) -> Intent:
        intent_id = ordering.new_id()
        client_id = ordering.new_id() if isinstance(command, PlaceOrder | PlaceOco) else command.client_id
        return Intent(intent_id, client_id, command, ordering.clock(), seen)

    def _deny(
        self, intent: Intent, reason: str, prepared: Prepared | None = None, assessment: Assessment | None = None
    ) -> Submission:
        assert self._ordering is not None
        confirmed = assessment is not None and assessment.asks
        self._ordering.journal.deny(intent, reason, prepared=prepared, assessment=assessment, confirmed=confirmed)
        return self._tell_denied(intent, reason, assessment, None if prepared is None else prepared.said)

    def _tell_denied(
        self, intent: Intent, reason: str, assessment: Assessment | None = None, said: Command | None = None
    ) -> Submission:
        self.market.apply(OrderDenied(intent, reason))
        findings = () if assessment is None else assessment.findings
        return Submission(Step.DENIED, intent.command, reason, findings, intent, said)

    # In doubt

    def ask(self, order: Order) -> str | None:
        """Asks the venue what became of an order in doubt; its answer is told. Why it can't be asked now, in words."""
        entry = self._entries.get(order.connection)
        if entry is None:
            return f"connection: {order.connection} takes no orders"
        return entry.ask(order.connection, order.client_id)

    def decide(
        self, order: Order, decision: Decision, note: str = "", known: str = "", venue_id: str | None = None
    ) -> str | None:
        """Ends an order's doubt by a person's decision, which is in the journal, durably, before anything shows it.
        Nothing is sent because of it. Why it can't be, in words; None when it is.

        `order` is what the trader looked at, `known` what was said to him of it, `note` his own words, `venue_id` which
        of the venue's orders he found it to be.
        """
        if self._doubts is None or self._ordering is None:
            return "this desk only looks"
        outstanding = () if decision is Decision.NAMED else self._ordering.journal.open_of(order.client_id)
        decided = self._doubts.decide(order, decision, note, known, venue_id)
        if isinstance(decided, str):
            return decided
        for intent_id in outstanding:
            self._asked.pop(intent_id, None)
        self.market.apply(decided)
        self._ended(order.connection, order.client_id, decided.at)
        if self._names is not None:
            self._names.forget(order.connection, order.client_id)
        entry = self._entries.get(order.connection)
        if entry is not None:
            entry.decided(decided)
        return None

    # What becomes of it

    def _request_dropped(self, event: RequestDropped) -> None:
        self._ended(event.connection, event.client_id, event.at)
        kind, reason = Outcome.NOT_SENT, event.reason
        if self._brother_arrived(event):
            # One intent made both legs: with one of them at the venue it was sent, whatever became of the other.
            kind, reason = Outcome.ANSWERED, f"leg {event.client_id[-1]}: {event.reason}"
        self._outcome(event.client_id, event.intent_id, kind, reason, event.at)

    def _brother_arrived(self, event: RequestDropped) -> bool:
        """Whether the request was a pair's placement, and the venue has, or had, the other leg."""
        order = self.market.blotter.get(event.connection, event.client_id)
        if order is None or order.pair is None or order.status is not OrderStatus.NOT_SENT:
            return False
        legs = (self.market.blotter.get(event.connection, leg_id(order.pair, number)) for number in (1, 2))
        return any(leg is not None and leg.status is not OrderStatus.NOT_SENT for leg in legs)

    def _request_doubted(self, event: RequestDoubted) -> None:
        if event.intent_id is not None:
            self._outcome(event.client_id, event.intent_id, Outcome.IN_DOUBT, event.reason, event.at)

    def _order_reported(self, event: OrderReported) -> None:
        """An answer, where the fold took it for one: no request of the order is outstanding any more."""
        assert self._doubts is not None
        assert self._executed is not None
        assert self._names is not None
        self._doubts.reported(event)
        self._executed.reported(event)
        names = event.report.connection, event.report.client_id
        self._names.look(*names)
        self._ended(*names, event.at)
        self._answered(event)
        self._names.forget(*names)

    def _answered(self, event: OrderReported) -> None:
        assert self._ordering is not None
        report = event.report
        open_intents = self._ordering.journal.open_of(report.client_id)
        order = self.market.blotter.get(report.connection, report.client_id) if open_intents else None
        if order is None:
            return
        if order.request is None or order.status.over:
            words = f"{report.venue_state} {report.reason}".strip() or order.status.value
            if order.misforetold and any(isinstance(self._asked.get(each), AmendOrder) for each in open_intents):
                self._misforetold(order, event)
            # Its venue has no list to ask: after a restart, nobody but the journal knows that it lives.
            lives = isinstance(order.terms, FlexTerms) and not order.status.over
            for intent_id in open_intents:
                self._outcome(report.client_id, intent_id, Outcome.SENT if lives else Outcome.ANSWERED, words, event.at)
        elif report.verdict is Verdict.ACKNOWLEDGED and order.intent_id is not None:
            self._outcome(report.client_id, order.intent_id, Outcome.SENT, report.venue_state, event.at)

    def _misforetold(self, order: Order, event: OrderReported) -> None:
        """The rule that the trader was shown is wrong: he relied on it, and will again."""
        did, foretold = ("kept", "lose") if order.kept_place else ("lost", "keep")
        words = (
            f"{order.connection}: a modified order of {order.key.area} {did} its place in the queue,"
            f" though it was foretold to {foretold} it (client id {order.client_id})"
        )
        self._telling.alert(words)
        self.market.apply(AnomalyNoticed(order.connection, event.channel, "place foretold wrongly", words, event.at))

    def _orders_listed(self, event: OrdersListed) -> None:
        assert self._doubts is not None
        self._doubts.listed(event)

    def _ended(self, connection: str, client_id: str, at: Instant) -> None:
        """It may have: before its intent is ended, the journal has how it did."""
        if self._endings is not None:
            self._endings.look(connection, client_id, at)

    def _outcome(self, client_id: str, intent_id: str, kind: Outcome, reason: str, at: Instant) -> None:
        assert self._ordering is not None
        if intent_id not in self._ordering.journal.open_of(client_id):
            return  # a colleague's, or ended already
        if kind.final and not self._settled(client_id, intent_id):
            return
        if kind.final:
            self._asked.pop(intent_id, None)
        self._ordering.journal.outcome(intent_id, kind, reason, at)

    def _settled(self, client_id: str, intent_id: str) -> bool:
        """Whether nothing of the intent is outstanding: of a pair's placement, on neither leg."""
        pair = pair_of(client_id)
        if pair is None:
            return True
        legs = (order for order in self.market.blotter.own_alive() if order.pair == pair)
        return all(leg.intent_id != intent_id for leg in legs)

    def _pair_placed(self, pair: str) -> PlaceOco | None:
        """What was sent under a pair's name, by the journal."""
        intent = None if self._ordering is None else self._ordering.journal.placed(pair)
        return intent.command if intent is not None and isinstance(intent.command, PlaceOco) else None

    def _connection_changed(self, event: ConnectionChanged) -> None:
        """A connection that is down answers nothing. Its session says so of its requests, unless it was given up."""
        if event.status not in (ConnectionStatus.DOWN, ConnectionStatus.OFF):
            return
        reason = f"the connection is {event.status.value}: {event.reason}".rstrip(": ")
        for order in self.market.blotter.own_alive():
            outstanding = order.intent_id is not None and order.status is not OrderStatus.IN_DOUBT
            if order.connection == event.connection and outstanding and order.intent_id is not None:
                self.apply(RequestDoubted(order.connection, order.client_id, order.intent_id, reason, event.at))


def _agreed(assessment: Assessment, said: Command, confirmed: Submission | None) -> bool:
    """Whether the trader has agreed to all of this. Numbers in the words may have moved, what is at fault may not."""
    if confirmed is None or confirmed.step is not Step.ASKS or confirmed.said != said:
        return False
    agreed = {finding.point for finding in confirmed.findings}
    return all(finding.point in agreed for finding in assessment.findings)


def _difference(meant: Command, said: Command) -> str:
    """Where two commands differ, in the names of their fields."""
    if type(meant) is not type(said):
        return f"{type(said).__name__} for {type(meant).__name__}"
    before, after = msgspec.structs.asdict(meant), msgspec.structs.asdict(said)
    names = [name for name in before if before[name] != after[name]]
    return ", ".join(f"{name} {after[name]} for {before[name]}" for name in names) or "another order"
