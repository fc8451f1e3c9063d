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

    @property
    def reason(self) -> str:
        """For the blotter and for notices."""
        return f"decided by hand: {self.decision.value}{f' ({self.note})' if self.note else ''}"

    def event(self) -> OrderDecided:
        """As the blotter is told it."""
        return OrderDecided(self.connection, self.client_id, self.intent_id, self.decision, self.reason, self.at)

    @property
    def ends_the_order(self) -> bool:
        """Whether nothing was expected of the order any more."""
        return self.decision is Decision.GONE or self.request is Request.PLACE


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


def speaks_of(decided: Decided, report: OrderReport) -> bool:
    """Whether a report is the venue's evidence on what was decided.

    On an order that was thought over, any is. Of a request that was thought never to have arrived, it is one with the
    request's correlation, or one that a person's request led to and that answers this kind.
    """
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
    though it was thought over, it was traded though it was thought unsent, a request was thought never made."""
    if not decided.ends_the_order:
        return True
    return not order.status.over or (decided.decision is Decision.NEVER_ARRIVED and order.filled > 0)
