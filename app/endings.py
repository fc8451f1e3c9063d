"""Orders that are over, of a venue that has no list of orders: after a restart they are shown as the journal has them,
and marked as such, until the venue tells of them itself.

The last day's, as far as a snapshot of other venues reaches; the journal keeps what is older. It also keeps such an
order from being taken for a stranger's, should the venue tell of it late.
"""

from collections.abc import Iterator

from app.journal import EndingRecord, Journal
from app.journal.endings import Ending
from app.recalled import recalled
from protocols.market.commands import FlexTerms, Intent
from protocols.market.order_events import (
    OrderDecided,
    OrderIntended,
    OrderRecalled,
    OrderReported,
    RequestDoubted,
    RequestDropped,
)
from protocols.market.orders import Decision, OrderStatus, Verdict
from protocols.market.state import MarketState
from protocols.market.times import DAY, Instant, UtcNs
from protocols.market.values import Quantity

BY_JOURNAL = "told by our journal, not by the venue"

Told = OrderIntended | OrderReported | RequestDropped | RequestDoubted | OrderDecided | OrderRecalled


class Endings:
    """Call `look` with every order that may have ended, once the fold has it, and before the journal ends its intent.
    Without a record nothing outlives the desk."""

    def __init__(self, record: EndingRecord | None, journal: Journal, market: MarketState) -> None:
        self._record = record
        self._journal = journal
        self._market = market
        self._kept: set[str] = set()

    def look(self, connection: str, client_id: str, at: Instant) -> None:
        """Keeps how an order ended, where it did."""
        order = self._market.blotter.get(connection, client_id)
        if self._record is None or order is None or not order.ours or not isinstance(order.terms, FlexTerms):
            return
        if order.status.over:
            self._kept.add(client_id)
            self._record.keep(order, at)
        elif client_id in self._kept:
            self._kept.discard(client_id)
            self._record.drop(client_id)

    def restore(self, now: Instant) -> None:
        """Shows what ended within a day; what the journal holds open is shown in doubt instead."""
        for ending in () if self._record is None else self._record.since(UtcNs(now.utc - DAY)):
            placed = self._journal.placed(ending.client_id)
            if placed is not None and not self._journal.open_of(ending.client_id):
                self._kept.add(ending.client_id)
                for event in _told(placed, ending):
                    self._market.apply(event)


def _told(placed: Intent, ending: Ending) -> Iterator[Told]:
    """What leads to the order as it ended."""
    names = (ending.connection, ending.client_id)
    reason = "; ".join(dict.fromkeys(filter(None, (*ending.reason.split("; "), BY_JOURNAL))))
    yield OrderIntended(placed)
    rejected = ending.status is OrderStatus.REJECTED
    if ending.state is not None or rejected:
        yield recalled(
            placed, ending.venue_id, ending.revision, None if rejected else ending.state, ending.at,
            quantity=Quantity(ending.remaining), verdict=Verdict.REJECTED if rejected else Verdict.NONE,
            venue_state=ending.venue_state, reason=reason,
        )  # fmt: skip
    if ending.status is OrderStatus.NOT_SENT:
        yield RequestDropped(*names, placed.intent_id, reason, ending.at)
    elif ending.status is OrderStatus.CLOSED_BY_HAND:
        open_request = placed.intent_id if ending.state is None else None
        yield RequestDoubted(*names, open_request, reason, ending.at)
        yield OrderDecided(*names, open_request, Decision.GONE, reason, ending.at)
    yield OrderRecalled(*names)
