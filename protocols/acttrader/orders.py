"""The order socket: what comes back there, and whose order or request it is about.

After every connect, and after anything that could not be read, order entry is locked until `orders` was answered and
every order that the answer leaves open was asked about. Nothing is concluded from an order's absence in a list.
"""

from collections.abc import Callable, Sequence

from protocols.acttrader import messages
from protocols.acttrader.codec import Unreadable, has_payload, payload_of
from protocols.acttrader.ledger import Known, Ledger
from protocols.acttrader.listing import FAILURES, Listing
from protocols.acttrader.oco import ALARM, PairWatch
from protocols.acttrader.outstanding import AGAIN_SECONDS, SETTLE_SECONDS, Next, Outstanding, Requests
from protocols.acttrader.pairing import match_legs
from protocols.acttrader.pairs import PairDirectory
from protocols.acttrader.questions import Questions
from protocols.acttrader.records import Told, told_of, told_of_placed
from protocols.acttrader.settings import AREA, ORDERS_CHANNEL, Settings
from protocols.acttrader.unmatched import UnmatchedExecutions
from protocols.market.commands import Intent, pair_of
from protocols.market.events import Event
from protocols.market.order_events import OrderDecided, OrderEvent, OrdersListed, RequestDoubted
from protocols.market.orders import Decision
from protocols.market.times import Instant
from protocols.notices import Notices

UNMATCHED_SECONDS = 2.0
"""How long an execution may wait for the acknowledgement that says whose it is, before the venue is asked."""
ODD_SECONDS = 30.0
"""How soon the venue is asked again about an order of which its answer can't be true."""
UNKNOWN = "sent before a restart; the venue says that it has no such order: decide what became of it"
UNASKABLE = "sent before a restart; the venue never named it and can't be asked about it: decide what became of it"
VENUE = "venue:"
"""Before the venue's identifier of an order that has no other name here."""


class OrderTraffic:
    """Everything about the orders of one connection. `send` writes a frame on the order socket."""

    def __init__(
        self,
        settings: Settings,
        pairs: PairDirectory,
        is_ours: Callable[[str], bool],
        new_id: Callable[[], str],
        send: Callable[[bytes], None],
        events: list[Event | OrderEvent],
        notices: Notices,
    ) -> None:
        self._notices = notices
        self._tell_odd = notices.of_channel(ORDERS_CHANNEL)
        self._name = settings.name
        self._asked_by_hand: set[str] = set()
        self._tell = tell = events.append
        self.ledger = Ledger(settings.name, pairs, is_ours, tell, self._tell_odd, notices.alarm)
        self.requests = Requests(settings.name, self.ledger, tell)
        self._unmatched = UnmatchedExecutions(settings.name, tell)
        self._questions = Questions(settings, new_id, send, self._names, self._unaskable)
        self._listing = Listing(settings, new_id, send)
        self._watch = PairWatch(self.ledger, self._alarm, self._ask_now)
        self.locked = "not connected"
        """Why no order is taken; empty when all is reconciled."""
        self._handlers: dict[str, Callable[[messages.Envelope, Instant], None]] = {
            messages.NEW_ORDER: self._placed,
            messages.NEW_OCO: self._pair_placed,
            messages.MODIFY_ORDER: self._acknowledged,
            messages.CANCEL_ORDER: self._acknowledged,
            messages.ORDERS: self._listed,
            messages.ORDER_STATUS: self._status,
            messages.EXECUTION: self._execution,
            messages.ERROR: self._error,
        }

    # The link

    def connected(self, now: Instant) -> None:
        """The socket is open: everything about orders is asked for anew."""
        self._reconcile("asking the venue for its orders", now)
        self.tick(now)

    def disconnected(self, reason: str, now: Instant) -> None:
        """The socket is gone. Orders are taken to live on; what was in flight is in doubt."""
        self._listing.link_lost(now, known=not self.locked)
        self._questions.link_lost()
        self.locked = f"not connected: {reason}"
        self.requests.doubt_all(reason, now)
        self._tell_listed(reason, now)

    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        """Before the first connect: what an earlier run sent and has no answer to."""
        for intent in intents:
            self._listing.reach(intent.at.utc)
        self.requests.restore(intents, now)

    def receive(self, message: messages.Envelope, now: Instant) -> None:
        """Takes a message. Raises `Unreadable` for one that is not what it should be."""
        handler = self._handlers.get(message.event)
        if handler is None:
            self._notices.notice("unrecognised message", message.event[:80], now, ORDERS_CHANNEL)
            return
        handler(message, now)

    def unreadable(self, reason: str, now: Instant) -> None:
        """Something could not be read. It may have been any answer, or an execution."""
        self.requests.doubt_all(f"an unreadable message came: {reason}", now)
        self._questions.unreadable(now)
        self._reconcile("an unreadable message came; asking the venue for its orders", now)

    def tick(self, now: Instant) -> None:
        """While the socket is open."""
        for each in self.requests.overdue(now):
            self._listing.reach(each.intent.at.utc)
            self._questions.ask(each.client_id, now.monotonic)
        self._listing.tick(now)
        self._questions.tick(now)
        self._watch.tick(now)
        if not self._listing.wanted and self._questions.settled:
            self.locked = ""
            self._tell_listed("", now)

    @property
    def broken(self) -> bool:
        """Whether the venue has failed to list its orders so often that another link is worth a try."""
        return self._listing.failures >= FAILURES

    def _reconcile(self, why: str, now: Instant) -> None:
        self.locked = why
        for each in self.requests.all():
            self._listing.reach(each.intent.at.utc)
        self._listing.ask(now.monotonic)

    # What a person wants

    def ask(self, client_id: str, now: Instant) -> str | None:
        """Asks what became of an order in doubt; why that can't be, in words. The answer ends with `OrdersListed`."""
        doubted = self._in_doubt()
        if client_id not in doubted:
            return "order: nothing of it is in doubt"
        self._asked_by_hand |= doubted
        if (each := self.requests.of_order(client_id)) is not None:
            self._listing.reach(each.intent.at.utc)
        self._listing.ask(now.monotonic)
        self._questions.ask(client_id, now.monotonic, settle=True)
        self.tick(now)
        return None

    def decided(self, decision: OrderDecided) -> None:
        """A person decided what became of an order in doubt: nothing is asked about it any more."""
        self.requests.forget(decision.client_id)
        self._questions.forget(decision.client_id)
        if decision.decision is Decision.GONE:
            self.ledger.give_up(decision.client_id)

    def _in_doubt(self) -> set[str]:
        doubted = {each.client_id for each in self.requests.all() if each.doubted}
        return doubted | {known.client_id for known in self.ledger.doubted()}

    def _tell_listed(self, problem: str, now: Instant) -> None:
        """Answers who asked: how many of the orders in doubt are none any more."""
        if not self._asked_by_hand:
            return
        left = self._in_doubt() & self._asked_by_hand
        settled = len(self._asked_by_hand) - len(left)
        self._asked_by_hand = set()
        self._tell(OrdersListed(self._name, AREA, settled, len(left), problem, now))

    # Answers to requests

    def _placed(self, message: messages.Envelope, now: Instant) -> None:
        told = told_of_placed(payload_of(messages.Placed, message))
        found = self.requests.of_request(_id(message))
        if len(found) != 1:
            self._unasked(message, now)
            return
        if told.client_id not in (None, found[0].client_id):
            raise Unreadable(f"clientOrderId: {str(told.client_id)[:40]!r} is not what was sent")
        self._taken(found[0], told, now)

    def _pair_placed(self, message: messages.Envelope, now: Instant) -> None:
        entries = [told_of_placed(entry) for entry in payload_of(list[messages.Placed], message)]
        legs = self.requests.of_request(_id(message))
        if not legs:
            self._unasked(message, now)
            return
        match = match_legs(legs, entries)
        for entry in match.strange:
            self._tell_odd("strange leg", f"the venue answers for {entry.venue_id} {entry.client_id}, {entry.type}")
        for leg, told in match.legs:
            self._taken(leg, told, now)
        for leg in match.missing:
            known = self.ledger.get(leg.client_id)
            if known is not None and known.status is not None:
                continue
            self._watch.missing(pair_of(leg.client_id) or "", int(leg.client_id[-1]))
            self.requests.doubt(leg, "the venue's answer says nothing of this leg", now)
            self._questions.ask(leg.client_id, now.monotonic)

    def _taken(self, each: Outstanding, told: Told, now: Instant) -> None:
        """The venue has a new order: its acknowledgement tells a status, and nothing of what was executed."""
        known = self.ledger.get(each.client_id)
        if known is None:
            return
        taken = self.ledger.take(known, told, sure=False)
        each.acknowledged = True
        if taken.ask:
            self._questions.ask(each.client_id, now.monotonic)
        self._claim(known, now)
        if known.status is not None:
            self._show(known, now, sure=False)
        self._unmatched.claimed()

    def _acknowledged(self, message: messages.Envelope, now: Instant) -> None:
        """A modification or cancellation was accepted. What became of the order is asked: the seed's answer says
        nothing, the later dialect's nothing of what was executed meanwhile."""
        if has_payload(message):
            payload_of(messages.Changed, message)
        found = self.requests.of_request(_id(message))
        if not found:
            self._unasked(message, now)
        for each in found:
            each.acknowledged = True
            self._questions.ask(each.client_id, now.monotonic)

    def _error(self, message: messages.Envelope, now: Instant) -> None:
        body = payload_of(messages.ErrorBody, message)
        words = f"{body.error or 'error'} ({body.code})" if body.code is not None else body.error or "error"
        request_id = _id(message)
        self._notices.error(f"the venue says: {words}"[:200])
        if self._questions.waits_for(request_id):
            self._not_told(request_id, body, now)
        elif self._listing.names(request_id):
            self._listing.failed(now)
        elif found := self.requests.of_request(request_id):
            for each in found:
                self._refused(each, body, words, now)
        elif not request_id:
            raise Unreadable(f"error without requestId: {words[:100]}")
        else:
            self._unasked(message, now)

    def _refused(self, each: Outstanding, body: messages.ErrorBody, words: str, now: Instant) -> None:
        known = self.ledger.get(each.client_id)
        if _means(body, messages.ORDER_ALREADY_CLOSED) or _means(body, messages.ORDER_NOT_EXISTS):
            # Closed is not cancelled: it may as well be filled.
            self.requests.doubt(each, f"the venue says {words}; asking for the status", now)
            self._questions.ask(each.client_id, now.monotonic)
        elif known is not None and known.status is None and known.venue_id is not None:
            self._questions.ask(each.client_id, now.monotonic)  # it has named it before: not to be believed
        else:
            self.requests.refused(each, f"rejected by the venue: {words}"[:250], now)
            if known is not None:
                self._watch.look(known, now)

    # Answers to questions

    def _listed(self, message: messages.Envelope, now: Instant) -> None:
        request_id = None if message.request_id is None else str(message.request_id)
        if not self._listing.is_answer(request_id):
            self._unasked(message, now)
            return
        try:
            told = [told_of(record) for record in payload_of(list[messages.OrderRecord], message)]
            for each in told:
                if self.ledger.find(each) is None:
                    self.ledger.adopt(each)
        except Unreadable:
            self._listing.failed(now)
            raise
        self._listing.arrived()
        listed = set()
        for each in told:
            known = self.ledger.find(each)
            if known is not None:
                listed.add(known.client_id)
                self._take(known, each, now, sure=True, settle=True)
        open_ones = [known.client_id for known in self.ledger.alive()]
        for client_id in (*open_ones, *(each.client_id for each in self.requests.all() if each.doubted)):
            if client_id not in listed:
                self._questions.ask(client_id, now.monotonic, settle=True)

    def _status(self, message: messages.Envelope, now: Instant) -> None:
        request_id = _id(message)
        if not self._questions.waits_for(request_id):
            self._unasked(message, now)
            return
        told = told_of(payload_of(messages.OrderRecord, message))
        known = self.ledger.find(told) or self.ledger.adopt(told)
        name = self._questions.answered(request_id)
        if name not in (known.client_id, f"{VENUE}{known.venue_id or told.venue_id}"):
            self._tell_odd("another order", f"asked for {name}, the venue answers for {known.client_id}")
            if name is not None:
                self._questions.ask(name, now.monotonic + ODD_SECONDS)
        self._take(known, told, now, sure=True)

    def _not_told(self, request_id: str, body: messages.ErrorBody, now: Instant) -> None:
        name = self._questions.answered(request_id)
        if name is None:
            return
        each = self.requests.of_order(name)
        if not _means(body, messages.ORDER_NOT_EXISTS):
            self._questions.retry(name, 2, now)
        elif each is not None:
            if self.requests.unknown(each, now) is Next.ASK:
                self._questions.ask(name, now.monotonic + SETTLE_SECONDS)
            known = self.ledger.get(name)
            if known is not None and known.status is not None:
                self._tell_odd("order vanished", f"the venue has no order {known.venue_id or name} any more")
        elif (known := self.ledger.get(name)) is not None and known.alive:
            self._tell_odd("order vanished", f"the venue has no order {known.venue_id or name} any more")
            self._questions.ask(name, now.monotonic + ODD_SECONDS)
            self._undecidable(known, UNKNOWN, now)

    # Executions

    def _execution(self, message: messages.Envelope, now: Instant) -> None:
        told = told_of(payload_of(messages.OrderRecord, message))
        if told.status is None and told.executed is None:
            raise Unreadable("execution: neither status nor executedQty")
        known = self.ledger.find(told)
        if known is None:
            if not self._unmatched.hold(told, now):
                self._tell_odd("unmatched executions", "so many came that the oldest was given up")
            if told.venue_id is not None:
                self._questions.ask(VENUE + told.venue_id, now.monotonic + UNMATCHED_SECONDS)
            return
        self._take(known, told, now, sure=False)

    # Within

    def _take(self, known: Known, told: Told, now: Instant, *, sure: bool, settle: bool = False) -> None:
        taken = self.ledger.take(known, told, sure=sure)
        if taken.ask:
            delay = ODD_SECONDS if sure and not settle else 0.0
            self._questions.ask(known.client_id, now.monotonic + delay, settle=settle)
        self._claim(known, now)
        if taken.changed or (sure and known.status is not None):
            self._show(known, now, sure=sure)
        self._unmatched.claimed()

    def _show(self, known: Known, now: Instant, *, sure: bool) -> None:
        if self.requests.shown(known, now, sure=sure) is Next.ASK:
            self._questions.ask(known.client_id, now.monotonic + AGAIN_SECONDS)
        self._watch.look(known, now)

    def _claim(self, known: Known, now: Instant) -> None:
        """What came of an order before we knew that it was this one."""
        for told in self._unmatched.claim(known.venue_id, known.client_id):
            taken = self.ledger.take(known, told, sure=False)
            if taken.ask:
                self._questions.ask(known.client_id, now.monotonic)
            if taken.changed:
                self._show(known, now, sure=False)

    def _names(self, name: str) -> tuple[str | None, str | None]:
        if name.startswith(VENUE):
            return None, name.removeprefix(VENUE)
        known = self.ledger.get(name)
        return name, None if known is None else known.venue_id

    def _unaskable(self, name: str, now: Instant) -> None:
        """The seed dialect can't name an order that the venue has not named. Its frame may still be on its way, so the
        list is asked for once more before it is left to the trader."""
        each = self.requests.of_order(name)
        if each is None:
            if (known := self.ledger.get(name)) is not None:
                self._undecidable(known, UNASKABLE, now)
            return
        if each.unknown_since is None:
            each.unknown_since = now.monotonic
        settled = each.unknown_since + SETTLE_SECONDS
        if now.monotonic < settled:
            self._listing.ask(settled)
        else:
            self.requests.unaskable(each, now)

    def _undecidable(self, known: Known, why: str, now: Instant) -> None:
        """Of an order from before a restart the venue can't say what became: a person has to."""
        if known.doubted:
            self._tell(RequestDoubted(self._name, known.client_id, None, why, now))

    def _ask_now(self, client_id: str) -> None:
        self._questions.ask(client_id, 0.0)

    def _alarm(self, words: str) -> None:
        self._notices.alarm(ALARM, words, ORDERS_CHANNEL)

    def _unasked(self, message: messages.Envelope, now: Instant) -> None:
        """Doubled, or too late to mean anything: what it says was told before, or asked about since."""
        self._notices.notice("unasked answer", f"{message.event}: no such request is open", now, ORDERS_CHANNEL)


def _id(message: messages.Envelope) -> str:
    return "" if message.request_id is None else str(message.request_id)


def _means(body: messages.ErrorBody, word: str) -> bool:
    return (body.error or "").strip().upper().replace(" ", "_").startswith(word)
