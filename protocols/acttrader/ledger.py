"""What the venue has said of each order. Reports come late, doubled and out of order, and have no number: what counts
is that an order only moves forward. Its executed quantity grows and never exceeds the whole; what is over stays over.

What can't be true together is not decided here: `take` says that the venue has to be asked.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import msgspec

from protocols.acttrader import messages
from protocols.acttrader.codec import Unreadable
from protocols.acttrader.pairs import PairDirectory
from protocols.acttrader.records import Status, Told
from protocols.acttrader.settings import ORDERS_CHANNEL
from protocols.market.commands import FxTerms, PlaceOrder
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderEvent, OrderReported, OwnExecuted
from protocols.market.orders import Order, OrderReport, OrderStatus, VenueState, Verdict
from protocols.market.pairs import UNEXPLAINED
from protocols.market.times import Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side, ValueRefused, plain_text, scaled_average

Notice = Callable[[str, str], None]
"""Told (kind, message) of what can't be taken as it stands."""


_PER_SECOND = 1_000_000
_OUR_NAME = "client:"
"""Before our own name of an order that is told before the venue has named it."""


class Known(msgspec.Struct):
    """One order. `status` is None before the venue said any; `revision` grows with whatever we took of it."""

    client_id: str
    ours: bool
    key: ContractKey
    side: Side
    quantity: Quantity
    price: Price | None
    terms: FxTerms
    executed: Quantity = Quantity(0)
    paid: Decimal | None = None
    """What that came to in the second currency; None where it is not known."""
    told_executed: Quantity = Quantity(0)
    """How much of it was told as executions."""
    told_paid: Decimal | None = Decimal(0)
    venue_id: str | None = None
    status: Status | None = None
    reason: str = ""
    revision: int = 0
    transacted: UtcNs | None = None
    was_alive: bool = False
    """Whether the venue has ever shown it alive, or executed."""
    refused: bool = False
    """The venue refused to take it. Should it show it all the same, that is believed."""
    pulled: bool = False
    """We had asked for its end, and it ended as a user's wish: later records of it don't take that back."""
    doubted: bool = False
    """From before a restart, and the venue has said nothing of it since: what we hold of it is what was ordered."""
    shown_as: str | None = None
    """The identifier under which it is told: the venue's, unless there was none when it was first told."""

    @property
    def over(self) -> bool:
        return self.refused if self.status is None else self.status.over

    @property
    def alive(self) -> bool:
        return self.status is not None and not self.status.over


class Taken(msgspec.Struct, frozen=True):
    """What a record did: whether it changed anything, and whether the venue has to be asked what is so."""

    changed: bool
    ask: bool = False


class Ledger:
    """All orders of one connection. `tell` takes reports; `is_ours` knows our client identifiers."""

    def __init__(
        self,
        connection: str,
        pairs: PairDirectory,
        is_ours: Callable[[str], bool],
        tell: Callable[[OrderEvent], None],
        notice: Notice,
        alarm: Notice,
    ) -> None:
        self._connection = connection
        self._pairs = pairs
        self._is_ours = is_ours
        self._tell = tell
        self._notice = notice
        self._alarm = alarm
        self._orders: dict[str, Known] = {}
        self._by_venue: dict[str, Known] = {}
        self._revision = 0

    def begin(self, now: Instant) -> None:
        """Before anything is told. Revisions go on from the clock, so that they are above those of an earlier session
        of the same desk, which the blotter remembers."""
        self._revision = max(self._revision, int(now.monotonic * _PER_SECOND))

    def get(self, client_id: str) -> Known | None:
        return self._orders.get(client_id)

    def client_of(self, venue_id: str) -> str | None:
        """Our name of the order with this identifier at the venue."""
        known = self._by_venue.get(venue_id)
        return None if known is None else known.client_id

    def alive(self) -> list[Known]:
        """Orders that the venue held when it last said something of them."""
        return [known for known in self._orders.values() if known.alive]

    def doubted(self) -> list[Known]:
        """Orders of an earlier run that the venue has said nothing of."""
        return [known for known in self._orders.values() if known.doubted]

    def give_up(self, client_id: str) -> None:
        """A person decided that such an order is over: nothing is known of it, unless the venue shows it after all."""
        known = self._orders.get(client_id)
        if known is not None and known.doubted:
            known.doubted, known.status = False, None

    def place(self, client_id: str, order: PlaceOrder) -> None:
        """An order of ours that is about to be sent, or was before a restart."""
        assert isinstance(order.terms, FxTerms)
        if client_id not in self._orders:
            self._orders[client_id] = Known(
                client_id, True, order.key, order.side, order.quantity, order.price, order.terms
            )

    def recall(self, order: Order) -> None:
        """An order that the desk shows as the venue's, from an earlier session: its name there is not forgotten, and
        the venue is asked about it where its list leaves it out."""
        version = order.version
        if version is None or not version.state.alive or not isinstance(order.terms, FxTerms):
            return
        known = Known(order.client_id, order.ours, order.key, order.side, order.quantity, order.price, order.terms)
        known.executed = known.told_executed = order.filled
        known.told_paid = None if order.filled else Decimal(0)
        known.doubted = order.status is OrderStatus.IN_DOUBT and order.request is None
        known.status = Status.PARTIAL_FILL if order.filled else Status.NEW
        known.was_alive = True
        known.shown_as = version.venue_id
        self._orders[order.client_id] = known
        if not version.venue_id.startswith(_OUR_NAME):
            self._name(known, version.venue_id)

    def find(self, told: Told) -> Known | None:
        """The order that a record is about: by the venue's identifier, else by ours. None where it is not known, and
        where the venue has another order under the same name of ours, or since a restart under the same of its own."""
        named = None if told.venue_id is None else self._by_venue.get(told.venue_id)
        if named is not None and not (named.doubted and told.client_id not in (None, named.client_id)):
            return named
        known = self._orders.get(told.client_id or "")
        if known is None or (known.venue_id is not None and told.venue_id is not None):
            return None
        return known

    def adopt(self, told: Told) -> Known:
        """Takes up an order that we did not know: a colleague's, or ours from before a restart. Raises `Unreadable`
        when the record doesn't say what it is for."""
        if told.symbol is None or told.side is None or told.quantity is None or told.type is None:
            raise Unreadable("order: symbol, side, type or origQty is missing")
        client_id = told.client_id
        if client_id is not None and client_id in self._orders:
            if self._orders[client_id].ours:
                both = f"{self._orders[client_id].venue_id} and {told.venue_id}"
                self._alarm("one name, two orders", f"the venue has orders {both} under our name {client_id}")
            client_id = None
        if client_id is None and told.venue_id is None:
            raise Unreadable("order: neither orderId nor clientOrderId")
        name = client_id or f"venue:{told.venue_id}"
        terms = FxTerms(told.type, told.time_in_force or "", told.stop_price, told.until, told.note or "")
        self._pairs.add([told.symbol])
        known = Known(
            name, self._is_ours(name), self._pairs.key(told.symbol), told.side, told.quantity, told.price, terms
        )
        self._orders[name] = known
        self._name(known, told.venue_id)
        return known

    def _name(self, known: Known, venue_id: str | None) -> None:
        if venue_id is not None and known.venue_id is None:
            known.venue_id = venue_id
            self._by_venue[venue_id] = known

    # What the venue says

    def take(self, known: Known, told: Told, *, sure: bool) -> Taken:
        """Takes a record of the order. `sure` when it answers a question of ours about this very order, so that it
        can't be older than the question."""
        self._name(known, told.venue_id)
        if told.status is None:
            return Taken(False, ask=True)
        executed = self._executed(known, told, sure)
        if executed is None:
            return Taken(False, ask=True)
        grown = executed > known.executed
        before = known.status
        if before is None or told.status.rank > before.rank or (sure and _better_told(before, told.status)):
            if executed < known.executed:
                return self._shrunk(known, told, executed, sure)
            self._move(known, told, executed)
        elif told.status.rank == before.rank and told.status is before and executed >= known.executed:
            # Late answers can be older than what a push said since: then they say nothing of price and lifetime.
            if not (grown or _newer(told, known) or (sure and not _older(told, known))):
                return Taken(False)
            self._move(known, told, executed)
        elif grown:
            # It contradicts what was said before: an order that is over was executed further. Never less than told.
            known.executed, known.paid = executed, told.paid
            self._moved(known)
            return Taken(True, ask=not sure)
        else:
            return Taken(False)
        return Taken(True)

    def _executed(self, known: Known, told: Told, sure: bool) -> Quantity | None:
        """The executed quantity that the record says; None where it is not to be believed, or doesn't say."""
        whole = known.quantity if told.quantity is None else told.quantity
        executed = told.executed
        if executed is None and told.status is Status.NEW:
            executed = Quantity(0) if known.status is None else known.executed
        if executed is None and told.status is Status.REJECTED:
            executed = known.executed
        if executed is None and told.status is Status.FILLED and sure:
            executed = whole
        if executed is None:
            return None
        if executed > whole:
            self._odd("executed more than ordered", known, f"{plain_text(executed)} of {plain_text(whole)}")
            return None
        if told.status is Status.FILLED and executed < whole:
            self._odd("filled, but not wholly", known, f"{plain_text(executed)} of {plain_text(whole)}")
        return executed

    def _shrunk(self, known: Known, told: Told, executed: Quantity, sure: bool) -> Taken:
        """It moved on, and with less executed than was told before: one of the two is wrong."""
        if not sure:
            return Taken(False, ask=True)
        self._odd(
            "executed quantity shrank",
            known,
            f"{plain_text(known.executed)}, then {plain_text(executed)}; not believed",
        )
        self._move(known, told, known.executed)
        return Taken(True)

    def _moved(self, known: Known) -> None:
        self._revision += 1
        known.revision = self._revision

    def _move(self, known: Known, told: Told, executed: Quantity) -> None:
        terms = known.terms
        known.terms = msgspec.structs.replace(
            terms,
            type=told.type or terms.type,
            time_in_force=told.time_in_force or terms.time_in_force,
            stop_price=told.stop_price if told.stop_price is not None else terms.stop_price,
            until=told.until if told.says_until else terms.until,
            note=terms.note if told.note is None else told.note,
        )
        known.price = told.price if told.price is not None else known.price
        known.quantity = told.quantity if told.quantity is not None else known.quantity
        if told.executed == executed and told.paid is not None:
            known.paid = told.paid
        elif executed != known.executed:
            known.paid = None
        known.executed = executed
        known.status = told.status
        known.doubted = False
        known.reason = told.reason or known.reason
        known.transacted = told.transacted if told.transacted is not None else known.transacted
        known.was_alive |= known.alive or known.executed > 0
        self._moved(known)

    def _odd(self, kind: str, known: Known, words: str) -> None:
        self._notice(kind, f"order {known.venue_id or known.client_id}: {words}")

    # What is told

    def report(self, known: Known, at: Instant, *, answers: bool = False, cancelling: bool = False) -> None:
        """Tells how the order stands. `answers` when it is the answer to what was asked of it; `cancelling` when we
        had asked for its end.

        What was executed comes first: the report may end the order's intent in the journal, and after that nobody asks
        about it any more. A death in between must not find the intent ended and the execution unwritten.
        """
        never_taken = known.status is Status.REJECTED and not known.was_alive
        known.pulled |= cancelling and known.status is Status.CANCELED
        if known.ours and known.executed > known.told_executed:
            self._tell_executed(known, at)
        reason = _reason(known, known.pulled)
        state = None if never_taken else _state(known)
        self._say(known, at, state, Verdict.REJECTED if never_taken else Verdict.NONE, reason, answers)

    def _tell_executed(self, known: Known, at: Instant) -> None:
        """The venue tells no trades: what was executed since it was last told is the nearest to one."""
        more = Quantity(known.executed - known.told_executed)
        price = None
        if known.paid is not None and known.told_paid is not None:
            price = _average(known.paid - known.told_paid, more)
        time = at.utc if known.transacted is None else known.transacted
        self._tell(OwnExecuted(known.key, known.client_id, known.side, more, known.executed, price, time))
        known.told_executed, known.told_paid = known.executed, known.paid

    def reject(self, known: Known, reason: str, at: Instant) -> None:
        """Tells that a request on the order was refused. The order is as it was."""
        self._moved(known)
        self._say(known, at, None, Verdict.REJECTED, reason, False)

    def _say(
        self, known: Known, at: Instant, state: VenueState | None, verdict: Verdict, reason: str, answers: bool
    ) -> None:
        status = "" if known.status is None else known.status.value
        if known.shown_as is None and state is not None:
            known.shown_as = known.venue_id or f"{_OUR_NAME}{known.client_id}"
        report = OrderReport(
            connection=self._connection,
            client_id=known.client_id,
            venue_id=known.shown_as,
            revision=known.revision,
            key=known.key,
            side=known.side,
            price=known.price,
            quantity=Quantity(known.quantity - known.executed),
            initial=known.quantity,
            state=state,
            verdict=verdict,
            venue_state=f"{status}/{known.reason}" if known.reason else status,
            terms=known.terms,
            by_user=answers,
            reason=reason,
        )
        self._tell(OrderReported(ORDERS_CHANNEL, report, False, at))


def _average(paid: Decimal, quantity: Quantity) -> Price | None:
    try:
        price = Price(scaled_average(paid * SCALE / quantity))
    except (ValueRefused, InvalidOperation):
        return None
    return price if price > 0 else None


def _newer(told: Told, known: Known) -> bool:
    if told.transacted is None:
        return False
    return known.transacted is None or told.transacted > known.transacted


def _older(told: Told, known: Known) -> bool:
    return told.transacted is not None and known.transacted is not None and told.transacted < known.transacted


def _better_told(before: Status, now: Status) -> bool:
    """How an order ended may be told better, but one that was filled stays so."""
    return before.over and now.over and now is not before and before is not Status.FILLED


def _state(known: Known) -> VenueState:
    match known.status:
        case Status.FILLED:
            return VenueState.FILLED
        case Status.CANCELED | Status.REJECTED:
            return VenueState.EXPIRED if known.reason == messages.LIFETIME_EXPIRED else VenueState.CANCELLED
        case _:
            return VenueState.ACTIVE


def _reason(known: Known, cancelling: bool) -> str:
    """Who ended it and why, in words; empty for one that lives or is filled."""
    match known.status, known.reason:
        case Status.CANCELED, messages.OCO_CONDITION:
            return "cancelled by the venue: the other leg was executed"
        case Status.CANCELED | Status.REJECTED, messages.LIFETIME_EXPIRED:
            return "its lifetime expired"
        case Status.CANCELED, messages.USER:
            return "cancelled by us" if cancelling else "cancelled by a user of the account"
        case Status.CANCELED, "":
            return "cancelled by us" if cancelling else UNEXPLAINED
        case Status.REJECTED, reason:
            return f"rejected by the venue: {reason}" if reason else "rejected by the venue"
        case Status.CANCELED, reason:
            return reason
        case _:
            return ""
