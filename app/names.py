"""Orders of ours that live, under the names that their venues gave them: after a restart they are shown in doubt, until
the venue's word or a person ends that.

A flexibility venue has no list: by the name, an order of somebody else that says the same is not taken for ours. An FX
venue's list may leave out what is over (the seed dialect's always, the later one's after a day): by the name, the
session asks about an order that ended while no desk ran.
"""

from app.journal import Journal, NameRecord
from app.recalled import recalled
from protocols.market.commands import FlexTerms, FxTerms, Intent, PlaceOrder
from protocols.market.order_events import OrderIntended, RequestDoubted
from protocols.market.orders import Decision, VenueState
from protocols.market.state import MarketState
from protocols.market.times import Instant

RESTARTED = "sent before a restart; asking the venue"
NAMED = "sent before a restart; the venue calls it {}"
UNTOLD = "how it stands the venue tells with its next update alone"


class Names:
    """Call `look` with every order that the venue told of, once the fold has it and before the journal ends its intent,
    and `forget` after that. Without a record nothing outlives the desk."""

    def __init__(self, record: NameRecord | None, journal: Journal, market: MarketState) -> None:
        self._record = record
        self._journal = journal
        self._market = market
        self._named: dict[str, str] = {}
        """What the journal has, by client identifier."""

    def look(self, connection: str, client_id: str) -> None:
        """Keeps what the venue calls an order that lives."""
        order = self._market.blotter.get(connection, client_id)
        if self._record is None or order is None or not order.ours or not isinstance(order.terms, FlexTerms | FxTerms):
            return
        if not order.status.over and order.venue_id is not None and self._named.get(client_id) != order.venue_id:
            self._named[client_id] = order.venue_id
            self._record.name(client_id, order.venue_id)

    def forget(self, connection: str, client_id: str) -> None:
        """Deletes what is kept of an order that is over."""
        order = self._market.blotter.get(connection, client_id)
        if self._record is not None and order is not None and order.status.over and client_id in self._named:
            del self._named[client_id]
            self._record.forget(client_id)

    def restore(self, now: Instant) -> set[tuple[str, str]]:
        """Shows the orders that lived; returns which placements that are (intent, client identifier). What the venue
        said of them besides is not known: whatever it says now is news."""
        shown: set[tuple[str, str]] = set()
        for client_id, venue_id in () if self._record is None else self._record.names():
            placed = self._journal.placed(client_id)
            if placed is None:
                continue
            order = placed.of_order(client_id)
            if not self._may_live(order):
                assert self._record is not None
                self._record.forget(client_id)
                continue
            self._named[client_id] = venue_id
            orders = {(placed.intent_id, client_id)}
            if placed.intent_id in self._journal.open_of(client_id):
                # A pair that is not wholly answered has both legs, of which the venue may have named one.
                orders = {(placed.intent_id, each) for each in placed.client_ids()}
                if not orders <= shown:
                    self._market.apply(OrderIntended(placed))
            shown |= orders
            self._show(order, venue_id, now)
        return shown

    def _may_live(self, placed: Intent) -> bool:
        """Whether a death came before the row of an order that is over was deleted, is seen elsewhere in the journal:
        in a person's decision, and for a flexibility order in its intent, which is open as long as it lives."""
        decided = self._journal.decided(placed.client_id)
        if decided is not None and decided.decision is Decision.GONE:
            return False
        command = placed.command
        flexibility = isinstance(command, PlaceOrder) and isinstance(command.terms, FlexTerms)
        return not flexibility or placed.intent_id in self._journal.open_of(placed.client_id)

    def _show(self, placed: Intent, venue_id: str, now: Instant) -> None:
        told = recalled(placed, venue_id, 0, VenueState.ACTIVE, now)  # that the venue holds it, and no more
        reason = RESTARTED
        if isinstance(told.report.terms, FlexTerms):
            decided = self._journal.decided(placed.client_id)
            reason = f"{NAMED.format(venue_id[:60]) if decided is None else decided.reason}; {UNTOLD}"
        self._market.apply(told)
        self._market.apply(RequestDoubted(placed.connection, placed.client_id, None, reason, now))
