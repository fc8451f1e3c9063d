"""What the venue said of each order that it named, and the reports that come of it.

There are no sequence numbers and no revisions, only the time of each update. An update made before the newest one
changes nothing; of two made at once, the one that is further on counts. Whatever comes late, twice or out of order, an
order ends where the newest word puts it.
"""

from collections.abc import Callable, Iterator

import msgspec

from protocols.glocalflex import messages
from protocols.glocalflex.objects import OrderObject
from protocols.market.commands import FlexTerms, PlaceOrder
from protocols.market.flex import Place
from protocols.market.instruments import window_key
from protocols.market.orders import OrderReport, VenueState, Verdict
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Quantity

CLOSING = 15 * MINUTE
"""So long before delivery an order expires by itself."""

_STATES = {
    messages.PENDING: (0, VenueState.ACTIVE),
    # Known to the venue and in no book: that is what hibernation is.
    messages.AWAITING_BASELINE: (1, VenueState.HIBERNATED),
    messages.SELECTED_FOR_BASELINE: (2, VenueState.HIBERNATED),
    messages.ACCEPTED: (3, VenueState.ACTIVE),
    messages.MATCHING: (4, VenueState.ACTIVE),
    messages.PARTLY_FILLED: (5, VenueState.ACTIVE),
    "partially_filled": (5, VenueState.ACTIVE),
    messages.FILLED: (9, VenueState.FILLED),
    messages.CANCELLED: (9, VenueState.CANCELLED),
    "canceled": (9, VenueState.CANCELLED),
    "rejected": (9, VenueState.CANCELLED),
    messages.EXPIRED: (9, VenueState.EXPIRED),
}
_REASONS = {
    messages.AWAITING_BASELINE: "waits for its baseline data",
    messages.SELECTED_FOR_BASELINE: "selected for baseline activation",
    "rejected": "rejected by the venue",
}
_UNKNOWN_RANK = 0
"""Of a word that nobody knows here, our own `TAKEN` among them: it hides no word of the venue that comes after it."""
TAKEN = "taken (200)"
"""Shown of an order that the venue answered for and has not told of since."""
BY_HAND = "found among the venue's orders by hand"


class Known(msgspec.Struct):
    """An order that the venue named. `by_terms` when only its terms say that it is the one we placed, or a person did
    (`by_hand`). `doubted` while nobody knows that it lives, because its time was over without a word (`late`) or the
    desk was started anew, whatever a person has decided of it since: only the venue's later word ends that."""

    venue_id: str
    client_id: str
    order: PlaceOrder
    status: str = ""
    rank: int = -1
    state: VenueState = VenueState.ACTIVE
    remaining: Quantity = Quantity(0)
    told_at: UtcNs | None = None
    revision: int = 0
    by_terms: bool = False
    by_hand: bool = False
    doubted: bool = False
    late: bool = False

    @property
    def terms(self) -> FlexTerms:
        assert isinstance(self.order.terms, FlexTerms)
        return self.order.terms


class Ledger:
    """One connection's. `notice` tells of what does not fit."""

    def __init__(self, connection: str, notice: Callable[[str, str], None]) -> None:
        self._connection = connection
        self._notice = notice
        self._known: dict[str, Known] = {}
        self._of_client: dict[str, str] = {}
        self._by_terms: list[Known] = []
        self._untold: dict[str, Known] = {}
        self.stragglers = 0
        """Updates that were older than what was known."""

    def get(self, venue_id: str) -> Known | None:
        return self._known.get(venue_id)

    def of_client(self, client_id: str) -> Known | None:
        venue_id = self._of_client.get(client_id)
        return None if venue_id is None else self._known[venue_id]

    def alive(self) -> Iterator[Known]:
        """The orders that the venue holds, as far as is known: none that is in doubt or decided to be over."""
        return (known for known in list(self._known.values()) if known.state.alive and not known.doubted)

    def overdue(self, latest: UtcNs) -> list[Known]:
        """Those of whose end the venue should have told by now, each once: their time was over by `latest`."""
        found = [k for k in self._known.values() if k.state.alive and not k.late and latest > expires_at(k.terms)]
        for known in found:
            known.late = known.doubted = True
        return found

    def uncertain(self) -> list[Known]:
        """Orders of ours that an order of the venue which says the same may be as well: those that only their terms
        name, and those that an answer named and no update has told of since."""
        return [*self._by_terms, *self._untold.values()]

    def link(
        self,
        venue_id: str,
        client_id: str,
        order: PlaceOrder,
        *,
        by_terms: bool = False,
        by_hand: bool = False,
        sent: bool = False,
    ) -> Known:
        """From now on the venue's identifier is that order's; `sent` where an answer to us named it."""
        known = Known(venue_id, client_id, order, remaining=order.quantity, by_terms=by_terms, by_hand=by_hand)
        self._known[venue_id] = known
        self._of_client[client_id] = venue_id
        if by_terms:
            self._by_terms.append(known)
        elif sent:
            self._untold[venue_id] = known
        return known

    def recall(self, known: Known) -> None:
        """An order that an earlier session of this desk knew."""
        self._known[known.venue_id] = known
        self._of_client[known.client_id] = known.venue_id

    def taken(self, known: Known) -> OrderReport:
        """The venue answered for the order, and named it, and no more."""
        known.rank = max(known.rank, 0)
        known.status = known.status or TAKEN
        return self._report(known, "")

    def apply(self, known: Known, told: OrderObject) -> OrderReport | None:
        """Takes an update; None where it tells nothing newer."""
        found = _STATES.get(told.status.lower())
        if found is None and told.status:
            self._notice("unrecognised status", f"{told.status[:80]!r}: shown as it came")
        rank, state = found or (min(max(known.rank, _UNKNOWN_RANK), 8), known.state)
        remaining = _remaining(known, told, state)
        if not self._is_news(known, told, rank, remaining):
            return None
        if not known.state.alive and state.alive:
            self._notice("alive again", f"order {known.venue_id[:60]} was {known.status} and is {told.status[:60]}")
        known.status = told.status or known.status
        known.rank, known.state, known.remaining = rank, state, remaining
        known.told_at = told.told_at or known.told_at
        if told.told_at is not None:
            self._untold.pop(known.venue_id, None)
        known.doubted = known.late = False
        known.order = _with_terms(known.order, told)
        if others := other_terms(known.order, told):
            words = f"order {known.venue_id[:60]}: the venue tells of another {', '.join(others)} than was ordered"
            self._notice("other terms", words)
        return self._report(known, told.reason or _reason(known, told))

    def again(self, known: Known, reason: str) -> OrderReport:
        """The same once more, with something to be said of it."""
        return self._report(known, reason)

    # Within

    def _is_news(self, known: Known, told: OrderObject, rank: int, remaining: Quantity) -> bool:
        if known.rank < 0:
            return True
        if told.told_at is not None and known.told_at is not None and told.told_at != known.told_at:
            if told.told_at > known.told_at:
                return True
            self.stragglers += 1
            return False
        if rank != known.rank or (remaining, told.status) != (known.remaining, known.status):
            return rank >= known.rank
        # What an earlier session was told has no time here: of an order that came to be in doubt by its expiry, the
        # same said again is news where the venue said it after that.
        return known.doubted and known.told_at is None and (told.told_at or 0) > expires_at(known.terms)

    def _report(self, known: Known, reason: str) -> OrderReport:
        known.revision += 1
        order = known.order
        return OrderReport(
            connection=self._connection,
            client_id=known.client_id,
            venue_id=known.venue_id,
            revision=known.revision,
            key=window_key(self._connection, known.terms.delivery),
            side=order.side,
            price=order.price,
            quantity=known.remaining,
            initial=order.quantity,
            state=known.state,
            verdict=Verdict.NONE,
            venue_state=known.status,
            terms=order.terms,
            reason="; ".join(filter(None, (reason, BY_HAND if known.by_hand else ""))),
        )


def rank_of(status: str) -> int:
    """How far on an order of this status is."""
    found = _STATES.get(status.lower())
    return _UNKNOWN_RANK if found is None else found[0]


def is_over(status: str) -> bool:
    """Whether an order of this status is no more."""
    found = _STATES.get(status.lower())
    return found is not None and not found[1].alive


def other_terms(order: PlaceOrder, told: OrderObject) -> list[str]:
    """What of side, power, price and window is told to be other than ours; what is left out is not."""
    terms = order.terms
    assert isinstance(terms, FlexTerms)
    pairs = (
        ("side", told.side, order.side),
        ("power", told.power, order.quantity),
        ("price", told.price, order.price),
        ("delivery window", told.delivery, terms.delivery),
    )
    return [name for name, theirs, ours in pairs if theirs not in (None, ours)]


def expires_at(terms: FlexTerms) -> UtcNs:
    """When the order is over at the latest: at its expiry, or a quarter of an hour before delivery."""
    closing = UtcNs(terms.delivery.start - CLOSING)
    return closing if terms.expiry is None else min(terms.expiry, closing)


def _remaining(known: Known, told: OrderObject, state: VenueState) -> Quantity:
    if state is VenueState.FILLED:
        return Quantity(0)
    if told.remaining is not None:
        return min(told.remaining, known.order.quantity)
    if told.filled is not None:
        return Quantity(max(0, known.order.quantity - told.filled))
    return known.remaining


def _with_terms(order: PlaceOrder, told: OrderObject) -> PlaceOrder:
    """What the venue says of expiry and place counts; a baseline it is not told back."""
    terms = order.terms
    assert isinstance(terms, FlexTerms)
    place = terms.place if told.place is None or told.place == Place() else told.place
    changed = msgspec.structs.replace(terms, expiry=told.expiry or terms.expiry, place=place)
    return order if changed == terms else msgspec.structs.replace(order, terms=changed)


def _reason(known: Known, told: OrderObject) -> str:
    status = told.status.lower()
    partly = status in (messages.PARTLY_FILLED, "partially_filled")
    if partly and known.remaining == known.order.quantity:
        return "filled in part; the venue does not say how much"
    return _REASONS.get(status, "")
