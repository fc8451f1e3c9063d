"""What a person may decide of an order in doubt, and what the venue may say against it later."""

import msgspec

from protocols.market.blotter import fact_of
from protocols.market.order_events import OrderDecided
from protocols.market.orders import Decision, Order, OrderReport, OrderStatus, Request, VenueState, Verdict
from protocols.market.times import Instant


class Decided(msgspec.Struct, frozen=True):
    """A decision as the journal has it. `request` is what was in doubt; None where nothing of ours was outstanding."""

    connection: str
    client_id: str
    intent_id: str | None
    request: Request | None
    decision: Decision
    note: str
    """The trader's own words; may be empty."""
    known: str
    """What was shown to him as known of the order."""
    at: Instant
    venue_id: str | None = None
    """Whom he found the order to be, of `Decision.NAMED`."""

    @property
    def reason(self) -> str:
        """For the blotter and for notices."""
        what = " ".join(filter(None, (self.decision.value, (self.venue_id or "")[:60])))
        return f"decided by hand: {what}{f' ({self.note})' if self.note else ''}"

    def event(self) -> OrderDecided:
        """As the blotter is told it."""
        names = (self.connection, self.client_id, self.intent_id)
        return OrderDecided(*names, self.decision, self.reason, self.at, self.venue_id)

    @property
    def ends_the_order(self) -> bool:
        """Whether nothing was expected of the order any more."""
        return self.decision is Decision.GONE or (
            self.decision is Decision.NEVER_ARRIVED and self.request is Request.PLACE
        )

    @property
    def ends_the_request(self) -> bool:
        """Whether no answer to what was asked is expected any more: not where the order itself was found."""
        return self.decision is not Decision.NAMED


def decisions_for(order: Order) -> tuple[Decision, ...]:
    """What may be decided of an order now; nothing unless it is ours and in doubt.

    That a request never arrived can be decided only where it is known how the order stands without it: not after a
    restart before the venue showed the order, and not once it showed that an amendment replaced it.
    """
    if not order.ours or order.status is not OrderStatus.IN_DOUBT:
        return ()
    if order.request is Request.PLACE or (order.request is not None and fact_of(order) is not None):
        return (Decision.NEVER_ARRIVED, Decision.GONE)
    return (Decision.GONE,)


def may_be_named(order: Order) -> bool:
    """Whether a person may say which of the venue's orders it is: while the venue has no name for it."""
    in_doubt = order.ours and order.status is OrderStatus.IN_DOUBT
    return in_doubt and order.request is Request.PLACE and order.version is None


def speaks_of(decided: Decided, report: OrderReport) -> bool:
    """Whether a report is the venue's evidence on what was decided.

    On an order that was thought over, any is. Of a request that was thought never to have arrived, it is one with the
    request's correlation, or one that a person's request led to and that answers this kind. Of an order that was found
    it is one that ends it, or that knows it as another.
    """
    if decided.decision is Decision.NAMED:
        other = report.venue_id not in (None, decided.venue_id)
        return other or report.verdict is Verdict.REJECTED or (report.state is not None and not report.state.alive)
    if decided.ends_the_order or report.correlation == decided.intent_id:
        return True
    if not report.by_user or report.verdict is not Verdict.NONE:
        return False
    match decided.request:
        case Request.CANCEL:
            return report.state is VenueState.CANCELLED
        case Request.ACTIVATE:
            return report.state is VenueState.ACTIVE
        case Request.DEACTIVATE:
            return report.state is VenueState.HIBERNATED
    return report.state in (VenueState.ACTIVE, VenueState.REPLACED)


def contradicts(decided: Decided, order: Order) -> bool:
    """Whether the venue's evidence on a decision made it a wrong one, as the order stands now: it lives or may live
    though it was thought over, it was traded though it was thought unsent, a request was thought never made, it is
    another than was thought."""
    if decided.decision is Decision.NAMED:
        return order.venue_id != decided.venue_id
    if not decided.ends_the_order:
        return True
    return not order.status.over or (decided.decision is Decision.NEVER_ARRIVED and order.filled > 0)
