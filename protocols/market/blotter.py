"""The fold of everything about orders. It only ever moves an order along the one table of transitions."""

from collections.abc import Callable

import msgspec

from protocols.market.commands import AmendOrder, Intent, PlaceOrder, PowerTerms
from protocols.market.instruments import ContractKey
from protocols.market.order_events import (
    OrderDecided,
    OrderDenied,
    OrderIntended,
    OrderRecalled,
    OrderReported,
    RequestDoubted,
    RequestDropped,
)
from protocols.market.orders import (
    TRANSITIONS,
    Decision,
    Fact,
    Order,
    OrderReport,
    OrderStatus,
    Request,
    VenueState,
    Verdict,
    Version,
    request_of,
)
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Quantity

_ANSWERS = {
    Request.AMEND: (VenueState.ACTIVE, VenueState.HIBERNATED),
    Request.ACTIVATE: (VenueState.ACTIVE,),
    Request.DEACTIVATE: (VenueState.HIBERNATED,),
    Request.CANCEL: (),
}
"""The living states that say yes to a request; a dead order has answered every request."""

ARRIVED = "the venue acknowledges it after all"
_SAID_OVER = (OrderStatus.NOT_SENT, OrderStatus.CLOSED_BY_HAND)

OrderName = tuple[str, str]
"""(connection, client identifier)."""

CHANGES_KEPT = 65_536
"""Entries of the log of changes. Over it the oldest eighth is cut off: who reads the log every frame is never that far
behind, and who was reads all orders anew."""

_ENDS = {
    VenueState.FILLED: Fact.FILLED,
    VenueState.CANCELLED: Fact.CANCELLED,
    VenueState.EXPIRED: Fact.EXPIRED,
}


class Blotter:
    """Every order known, in the order in which they were first heard of.

    `is_ours` tells our orders from a colleague's by client identifier: ours are in the journal, which knows when one
    was sent as well (`sent_at`). An order's number is its place among `rows()`, and stays so; none is ever forgotten.
    """

    def __init__(
        self,
        is_ours: Callable[[str], bool] = lambda client_id: False,
        sent_at: Callable[[str], UtcNs | None] = lambda client_id: None,
    ) -> None:
        self._is_ours = is_ours
        self._sent_at = sent_at
        self._orders: dict[OrderName, Order] = {}
        self._number_of: dict[OrderName, int] = {}
        self._names: list[OrderName] = []
        self._of_contract: dict[ContractKey, list[OrderName]] = {}
        self._of_venue_id: dict[tuple[str, str], OrderName] = {}
        self._open: dict[OrderName, None] = {}
        self.revision = 0
        self.changed: list[int] = []
        """Numbers of orders in order of change, new ones included: a reader keeps its place in this list."""
        self.changed_offset = 0
        """How many entries were cut off the front of `changed`."""
        self.refused: list[tuple[OrderName, OrderStatus | None, Fact]] = []
        """Transitions that are not in the table and were not made; each is a defect, here or at the venue."""

    def __len__(self) -> int:
        return len(self._orders)

    def get(self, connection: str, client_id: str) -> Order | None:
        return self._orders.get((connection, client_id))

    def rows(self) -> list[Order]:
        """All orders, the oldest first."""
        return list(self._orders.values())

    def order(self, number: int) -> Order:
        """The order with this number, `0 <= number < len(self)`."""
        return self._orders[self._names[number]]

    def number_of(self, name: OrderName) -> int | None:
        """None for an order that was never heard of."""
        return self._number_of.get(name)

    def of_contract(self, key: ContractKey) -> list[Order]:
        """All orders of a contract, the oldest first."""
        return [self._orders[name] for name in self._of_contract.get(key, ())]

    def own_alive(self, key: ContractKey | None = None) -> list[Order]:
        """Our orders that the venue holds or may hold (in doubt and pending included), of one contract or of all."""
        if key is None:
            return [self._orders[name] for name in self._open]
        return [order for order in self.of_contract(key) if order.ours and not order.status.over]

    def with_venue_id(self, connection: str, venue_id: str) -> Order | None:
        """The order that has or had this identifier at the venue."""
        name = self._of_venue_id.get((connection, venue_id))
        return None if name is None else self._orders[name]

    def apply(
        self,
        event: OrderIntended
        | OrderDenied
        | RequestDropped
        | RequestDoubted
        | OrderDecided
        | OrderRecalled
        | OrderReported,
    ) -> None:
        """Folds one event; what it tells may be late, doubled or out of order."""
        match event:
            case OrderIntended():
                self._intended(event.intent)
            case OrderDenied():
                self._denied(event.intent, event.reason)
            case RequestDropped():
                self._dropped(event)
            case RequestDoubted():
                self._doubted(event)
            case OrderDecided():
                self._decided(event)
            case OrderRecalled():
                order = self.get(event.connection, event.client_id)
                if order is not None:
                    self._put(msgspec.structs.replace(order, recalled=True))
            case OrderReported():
                self._reported(event.report, event.snapshot, event.at)

    # What we did

    def _intended(self, intent: Intent) -> None:
        command, placements = intent.command, intent.placements()
        for client_id, placed in placements:
            self._move((intent.connection, client_id), Fact.INTENDED, _placed(intent, client_id, placed))
        order = self.get(intent.connection, intent.client_id)
        if order is not None and not placements:
            if isinstance(command, AmendOrder):
                foretold = None if intent.seen is None else intent.seen.keeps_place
                order = msgspec.structs.replace(order, kept_place=None, foretold_place=foretold)
            self._put(
                msgspec.structs.replace(
                    order,
                    request=request_of(command),
                    intent_id=intent.intent_id,
                    asked_at=order.version.revision if order.version is not None else None,
                    asked=intent.at,
                    reason="",
                    updated=intent.at,
                )
            )

    def _denied(self, intent: Intent, reason: str) -> None:
        placements = intent.placements()
        for client_id, command in placements:
            order = _placed(intent, client_id, command)
            denied = msgspec.structs.replace(order, request=None, intent_id=None, reason=reason)
            self._move((intent.connection, client_id), Fact.DENIED, denied)
        known = self._orders.get((intent.connection, intent.client_id))
        # What is said of an order in doubt stays: it is more than why one more request was not made.
        if known is not None and not placements and known.status is not OrderStatus.IN_DOUBT:
            self._put(msgspec.structs.replace(known, reason=reason, updated=intent.at))

    def _dropped(self, event: RequestDropped) -> None:
        name = (event.connection, event.client_id)
        order = self._orders.get(name)
        if order is None or order.intent_id != event.intent_id:
            return
        ended = msgspec.structs.replace(order, request=None, intent_id=None, reason=event.reason, updated=event.at)
        if order.request is Request.PLACE:
            self._move(name, Fact.DROPPED, ended)
        else:
            self._put(ended)

    def _doubted(self, event: RequestDoubted) -> None:
        name = (event.connection, event.client_id)
        order = self._orders.get(name)
        if order is None or order.intent_id != event.intent_id or order.status.over:
            return
        # The request stays beside the status: it says what is in doubt.
        self._move(name, Fact.LOST_SIGHT, msgspec.structs.replace(order, reason=event.reason, updated=event.at))

    def _decided(self, event: OrderDecided) -> None:
        name = (event.connection, event.client_id)
        order = self._orders.get(name)
        if order is None or order.status is not OrderStatus.IN_DOUBT or order.intent_id != event.intent_id:
            return  # the venue was faster
        if event.decision is Decision.NAMED:  # what becomes of it the venue's own updates say
            self._put(msgspec.structs.replace(order, reason=event.reason, updated=event.at))
            return
        # `asked_at` stays: a reject that comes after all says which request it is of.
        ended = msgspec.structs.replace(order, request=None, intent_id=None, reason=event.reason, updated=event.at)
        if event.decision is Decision.GONE:
            self._move(name, Fact.DECIDED_OVER, ended)
        elif order.request is Request.PLACE:
            self._move(name, Fact.DECIDED_UNSENT, ended)
        else:
            self._move(name, fact_of(ended), ended)

    # What the venue says

    def _reported(self, report: OrderReport, snapshot: bool, at: Instant) -> None:
        name = (report.connection, report.client_id)
        order = self._orders.get(name) or self._heard_of(report)
        if report.verdict is Verdict.REJECTED:
            self._request_rejected(name, order, report, at)
            return
        if report.state is None:
            if name not in self._orders:  # acknowledged before we knew of it: from before a restart, or a colleague's
                self._move(name, Fact.INTENDED, order)
            elif report.verdict is Verdict.ACKNOWLEDGED and order.status in _SAID_OVER:
                # It has arrived after all, and what comes of it is still to be told.
                request = Request.PLACE if not order.versions else None
                told = msgspec.structs.replace(order, request=request, intent_id=report.correlation, updated=at)
                self._move(name, Fact.ACKNOWLEDGED, msgspec.structs.replace(told, reason=ARRIVED))
            return
        versions, news = _with_version(order.versions, report)
        if not news and not (snapshot and versions):
            return
        before = order.version
        order = msgspec.structs.replace(order, versions=versions, updated=at, recalled=False)
        order = _as_shown(order, report if news else None)
        if self._answered(order, report, snapshot, news):
            kept = order.kept_place
            if order.request is Request.AMEND and news and before is not None and isinstance(order.terms, PowerTerms):
                # An FX order has one identifier for life, and its venue says nothing of queues.
                kept = report.venue_id == before.venue_id
            order = msgspec.structs.replace(
                order, request=None, intent_id=None, asked_at=None, reason=report.reason, kept_place=kept
            )
        elif order.status is OrderStatus.IN_DOUBT:
            # An execution of it, say: it lives, and what was asked of it is still in doubt.
            self._put(order)
            return
        self._move(name, fact_of(order), order)

    @staticmethod
    def _answered(order: Order, report: OrderReport, snapshot: bool, news: bool) -> bool:
        """Whether the report ends the outstanding request (True as well where there is none)."""
        if order.request is None or order.request is Request.PLACE or snapshot:
            return True
        if not any(version.state.alive for version in order.versions):
            # Dead, whoever did it; but for a replacement, whose other half is still to come.
            return not _waits_for_replacement(order)
        return news and report.by_user and report.state in _ANSWERS[order.request]

    def _heard_of(self, report: OrderReport) -> Order:
        """An order that we first hear of from the venue: a colleague's, or ours from before a restart."""
        ours = self._is_ours(report.client_id)
        return Order(
            connection=report.connection,
            client_id=report.client_id,
            key=report.key,
            side=report.side,
            price=report.price,
            quantity=report.initial,
            remaining=report.quantity,
            terms=report.terms,
            status=OrderStatus.IN_DOUBT,
            ours=ours,
            entered=report.entered,
            sent_before=self._sent_at(report.client_id) if ours else None,
        )

    def _request_rejected(self, name: OrderName, order: Order, report: OrderReport, at: Instant) -> None:
        ended = msgspec.structs.replace(
            order, request=None, intent_id=None, asked_at=None, reason=report.reason or "rejected by the venue",
            venue_state=report.venue_state, updated=at,
        )  # fmt: skip
        if not order.versions:
            if order.status is not OrderStatus.REJECTED:
                self._move(name, Fact.REJECTED, ended)
            return
        unasked = order.request in (None, Request.PLACE) and order.status is not OrderStatus.CLOSED_BY_HAND
        if unasked or (report.revision or 0) < (order.asked_at or 0):
            return  # an old one, or told twice
        # The request is over, the order is as it was.
        self._move(name, fact_of(ended), ended)

    # The table

    def _move(self, name: OrderName, fact: Fact | None, order: Order) -> None:
        known = self._orders.get(name)
        before = known.status if known is not None else None
        if fact is None:
            status = before if before is not None else OrderStatus.IN_DOUBT
        else:
            found = TRANSITIONS.get((before, fact))
            if found is None:
                self.refused.append((name, before, fact))
                if known is not None and order.versions != known.versions:
                    self._put(msgspec.structs.replace(known, versions=order.versions))
                return
            status = found
        self._put(msgspec.structs.replace(order, status=status))

    def _put(self, order: Order) -> None:
        name = (order.connection, order.client_id)
        number = self._number_of.get(name)
        if number is None:
            number = self._number_of[name] = len(self._names)
            self._names.append(name)
            self._of_contract.setdefault(order.key, []).append(name)
        self._orders[name] = order
        for version in order.versions:
            self._of_venue_id[order.connection, version.venue_id] = name
        if order.ours and not order.status.over:
            self._open[name] = None
        else:
            self._open.pop(name, None)
        self.revision += 1
        self.changed.append(number)
        if len(self.changed) > CHANGES_KEPT:
            cut = CHANGES_KEPT // 8
            del self.changed[:cut]
            self.changed_offset += cut


def _placed(intent: Intent, client_id: str, command: PlaceOrder) -> Order:
    return Order(
        connection=command.key.connection,
        client_id=client_id,
        key=command.key,
        side=command.side,
        price=command.price,
        quantity=command.quantity,
        remaining=command.quantity,
        terms=command.terms,
        status=OrderStatus.PENDING,
        ours=True,
        request=Request.PLACE,
        intent_id=intent.intent_id,
        sent=intent.at,
        asked=intent.at,
        updated=intent.at,
    )


def _with_version(versions: tuple[Version, ...], report: OrderReport) -> tuple[tuple[Version, ...], bool]:
    """The versions with what the report adds; False when it adds nothing newer."""
    if report.state is None or report.venue_id is None or report.revision is None:
        return versions, False
    version = Version(report.venue_id, report.revision, report.state, report.price, report.quantity, report.initial)
    for index, known in enumerate(versions):
        if known.venue_id == version.venue_id:
            if version.revision < known.revision or (
                # The page does not say that an execution raises the revision: less remaining is news all the same.
                version.revision == known.revision and version.quantity >= known.quantity
            ):
                return versions, False
            return (*versions[:index], version, *versions[index + 1 :]), True
    return (*versions, version), True


def _as_shown(order: Order, report: OrderReport | None) -> Order:
    """Price and quantities as the living (else the newest) version has them."""
    version = order.version
    if version is None:
        return order
    if report is not None and report.entered is not None:
        # An amendment that lost its place begins anew at the venue; the order itself is as old as it was.
        order = msgspec.structs.replace(order, entered=min(report.entered, order.entered or report.entered))
    shown = msgspec.structs.replace(order, price=version.price, quantity=version.initial, remaining=version.quantity)
    if report is None or report.venue_id != version.venue_id:
        return shown
    return msgspec.structs.replace(
        shown, terms=report.terms, venue_state=report.venue_state, reason=report.reason or shown.reason
    )


def _waits_for_replacement(order: Order) -> bool:
    return bool(order.versions) and all(version.state is VenueState.REPLACED for version in order.versions)


def fact_of(order: Order) -> Fact | None:
    """What the versions together say; None where they say nothing yet (replaced, and the new one not seen)."""
    version = order.version
    if version is None or _waits_for_replacement(order):
        return None
    if version.state is VenueState.ACTIVE:
        return Fact.PART_FILLED if version.quantity < version.initial else Fact.ACTIVE
    if version.state is VenueState.HIBERNATED:
        return Fact.HIBERNATED
    ended = [known.state for known in order.versions if known.state in _ENDS]
    return _ENDS[VenueState.FILLED if VenueState.FILLED in ended else ended[-1]]


def amended_quantity(order: Order, command: AmendOrder) -> Quantity:
    """What would remain after the amendment."""
    return order.remaining if command.quantity is None else command.quantity
