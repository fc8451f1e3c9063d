"""Orders: what they are, the one table of what may become of them, and the fold that keeps them.

Two things are kept apart. What the *venue* shows of an order is a version per venue identifier (a modification that
loses its queue place gives a new one); an order is dead only when none of its identifiers lives. What *we* did is the
request that is outstanding, at most one per order. A reject of a request never kills an order: it ends the request.

Reports carry versions, so that they may come late, twice and in any order: an older one changes nothing.
"""

import enum

import msgspec

from protocols.market.commands import (
    AmendOrder,
    CancelOrder,
    Command,
    FxTerms,
    PlaceOco,
    PlaceOrder,
    PowerTerms,
    SetOrderActive,
    Terms,
    limit_of,
    pair_of,
    power_of,
)
from protocols.market.instruments import ContractKey
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price, Quantity, Side


class OrderStatus(enum.Enum):
    """Where an order stands, in the words of the blotter."""

    DENIED = "denied"
    """By us, before anything was sent."""
    NOT_SENT = "not sent"
    """Its frame never left: the link was gone."""
    PENDING = "pending"
    """Sent; the venue has not said whether it takes it."""
    WORKING = "working"
    PARTLY_FILLED = "partly filled"
    HIBERNATED = "hibernated"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    """By the venue."""
    EXPIRED = "expired"
    CLOSED_BY_HAND = "closed by hand"
    """A person decided that it is over at the venue; how it ended is not known here."""
    IN_DOUBT = "in doubt"
    """Sent, and what became of it is not known. Only the venue's evidence or a person's decision ends this."""

    @property
    def over(self) -> bool:
        """Whether nothing more can come of it."""
        return self in _OVER

    @property
    def alive(self) -> bool:
        """Whether the venue holds it: in the book, or hibernated."""
        return self in (OrderStatus.WORKING, OrderStatus.PARTLY_FILLED, OrderStatus.HIBERNATED)


_OVER = frozenset(
    {
        OrderStatus.DENIED,
        OrderStatus.NOT_SENT,
        OrderStatus.FILLED,
        OrderStatus.CANCELLED,
        OrderStatus.REJECTED,
        OrderStatus.EXPIRED,
        OrderStatus.CLOSED_BY_HAND,
    }
)


class Request(enum.Enum):
    """What was asked of the venue and is not answered yet; shown beside the status."""

    PLACE = "place"
    AMEND = "amend"
    CANCEL = "cancel"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"

    @property
    def word(self) -> str:
        """As traders read it everywhere; the value is what the journal and the state file keep."""
        return "modify" if self is Request.AMEND else self.value


class VenueState(enum.Enum):
    """What the venue's latest word on one of its identifiers comes to."""

    ACTIVE = "active"
    HIBERNATED = "hibernated"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    """Gone because a modification lost its place: the order lives on under another identifier."""

    @property
    def alive(self) -> bool:
        return self in (VenueState.ACTIVE, VenueState.HIBERNATED)


class Verdict(enum.Enum):
    """What a report says of a request of ours."""

    NONE = "none"
    ACKNOWLEDGED = "acknowledged"
    """The venue has it and is thinking (`Pending`)."""
    REJECTED = "rejected"


class Decision(enum.Enum):
    """What a person may decide of an order in doubt, in the words that are shown. What lives at the venue shows itself,
    and mostly says whose it is; `NAMED` is for where it does not."""

    NEVER_ARRIVED = "it never reached the venue"
    """A new order counts as not sent; after any other request the order stands as if it had not been made."""
    GONE = "the order is over at the venue"
    """Filled, cancelled, expired or refused there."""
    NAMED = "it is the venue's order"
    """One that the venue shows and that nothing but a person can tell to be ours. What becomes of it the venue says."""


class OrderReport(msgspec.Struct, frozen=True, gc=False):
    """One report of the venue on one order, in our words; `venue_state` keeps the venue's (`Active/ModifiedByUser`).

    `venue_id` and `revision` are absent from a creation's acknowledgement and reject. `state` is None where the
    report tells of a request only. `quantity` is what remains, `initial` what the order began with (or was amended
    to). `by_user` says that a person's request led to it, and not an execution, the system or market operations: it
    answers the request that is outstanding. `correlation` is the request's own where the venue echoes it.
    """

    connection: str
    client_id: str
    venue_id: str | None
    revision: int | None
    key: ContractKey
    side: Side
    price: Price | None
    quantity: Quantity
    initial: Quantity
    state: VenueState | None
    verdict: Verdict
    venue_state: str
    terms: Terms
    by_user: bool = False
    reason: str = ""
    correlation: str | None = None
    entered: UtcNs | None = None


class Version(msgspec.Struct, frozen=True, gc=False):
    """The latest the venue said of one of its identifiers."""

    venue_id: str
    revision: int
    state: VenueState
    price: Price | None
    quantity: Quantity
    initial: Quantity


class Order(msgspec.Struct, frozen=True, gc=False):
    """One order as it stands. `quantity` is what it is for in all, `remaining` what is not filled of it.

    `ours` is False for a colleague's: shown, never counted, never acted on.
    """

    connection: str
    client_id: str
    key: ContractKey
    side: Side
    price: Price | None
    quantity: Quantity
    remaining: Quantity
    terms: Terms
    status: OrderStatus
    ours: bool
    request: Request | None = None
    intent_id: str | None = None
    """Of the outstanding request."""
    asked_at: int | None = None
    """The revision that the outstanding request was made on: a reject names it, though a fill came in between."""
    versions: tuple[Version, ...] = ()
    reason: str = ""
    """Why it was denied, rejected, not sent or is in doubt; or why the last request was rejected."""
    venue_state: str = ""
    kept_place: bool | None = None
    """After an amendment: whether it kept its place in the queue."""
    foretold_place: bool | None = None
    """What the trader was told of that before the amendment was sent; None where nothing was."""
    sent: Instant | None = None
    """When this desk sent it; None for a colleague's, and for ours that only the venue told of."""
    asked: Instant | None = None
    """When the outstanding request was sent."""
    entered: UtcNs | None = None
    """When it was entered, by the venue's clock: the earliest that it told."""
    sent_before: UtcNs | None = None
    """When it was sent by the journal's word, for ours of before a restart that only the venue told of."""
    updated: Instant | None = None
    recalled: bool = False
    """Whether our journal told how it stands, after a restart: its venue has not since."""

    @property
    def filled(self) -> Quantity:
        return Quantity(self.quantity - self.remaining)

    @property
    def limit(self) -> Price:
        """The price of an order that has one, as every power order does; `ValueError` for another."""
        return limit_of(self.price)

    @property
    def stop(self) -> Price | None:
        """From where a stop becomes an order; None for any other."""
        return self.terms.stop_price if isinstance(self.terms, FxTerms) else None

    @property
    def waits_at(self) -> Price | None:
        """Where it waits on an axis of prices: a stop at its stop price, others at their limit; None: it does not."""
        return self.price if self.stop is None else self.stop

    @property
    def power(self) -> PowerTerms:
        """The terms of a power order; `ValueError` for another."""
        return power_of(self.terms)

    @property
    def pair(self) -> str | None:
        """What it shares with the order that ends when it fills (one cancels other); None for a single order."""
        return pair_of(self.client_id)

    @property
    def venue_id(self) -> str | None:
        """The identifier to act on: the living one, else the newest."""
        version = self.version
        return version.venue_id if version is not None else None

    @property
    def misforetold(self) -> bool:
        """Whether the last amendment did to its place what the trader was told it would not."""
        return None not in (self.kept_place, self.foretold_place) and self.kept_place is not self.foretold_place

    @property
    def version(self) -> Version | None:
        """What the venue says of it: of its living identifier, else of the newest. None before it said anything."""
        living = [version for version in self.versions if version.state.alive]
        known = living or self.versions
        return known[-1] if known else None


def request_of(command: Command) -> Request:
    """What a command asks of the venue."""
    match command:
        case PlaceOrder() | PlaceOco():
            return Request.PLACE
        case AmendOrder():
            return Request.AMEND
        case CancelOrder():
            return Request.CANCEL
        case SetOrderActive():
            return Request.ACTIVATE if command.active else Request.DEACTIVATE


class Fact(enum.Enum):
    """What can happen to an order's status."""

    DENIED = "denied"
    INTENDED = "intended"
    DROPPED = "dropped"
    LOST_SIGHT = "lost sight"
    ACTIVE = "active"
    PART_FILLED = "part filled"
    HIBERNATED = "hibernated"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    ACKNOWLEDGED = "acknowledged"
    """Only where it says something new: of an order that was thought never to have arrived, or to be over."""
    DECIDED_UNSENT = "decided: never arrived"
    DECIDED_OVER = "decided: over"


_S, _F = OrderStatus, Fact
_VENUE_SAYS = {
    _F.ACTIVE: _S.WORKING,
    _F.PART_FILLED: _S.PARTLY_FILLED,
    _F.HIBERNATED: _S.HIBERNATED,
    _F.FILLED: _S.FILLED,
    _F.CANCELLED: _S.CANCELLED,
    _F.EXPIRED: _S.EXPIRED,
}
_OPEN = (_S.PENDING, _S.WORKING, _S.PARTLY_FILLED, _S.HIBERNATED, _S.IN_DOUBT)
_LIVES = (_F.ACTIVE, _F.PART_FILLED, _F.HIBERNATED)

TRANSITIONS: dict[tuple[OrderStatus | None, Fact], OrderStatus] = {
    (None, _F.DENIED): _S.DENIED,
    (None, _F.INTENDED): _S.PENDING,
    # A colleague's order, or ours from before a restart, is first heard of in any state.
    **{(None, fact): status for fact, status in _VENUE_SAYS.items()},
    (None, _F.REJECTED): _S.REJECTED,
    (_S.PENDING, _F.DROPPED): _S.NOT_SENT,
    # In doubt when the link broke, and then known for sure never to have been written.
    (_S.IN_DOUBT, _F.DROPPED): _S.NOT_SENT,
    (_S.PENDING, _F.REJECTED): _S.REJECTED,
    (_S.IN_DOUBT, _F.REJECTED): _S.REJECTED,
    **{(status, _F.LOST_SIGHT): _S.IN_DOUBT for status in _OPEN},
    # What the venue shows is so, whatever we thought: an open order becomes it.
    **{(status, fact): then for status in _OPEN for fact, then in _VENUE_SAYS.items()},
    # A frame that we took for unsent and the venue shows all the same: its word is the evidence.
    **{(_S.NOT_SENT, fact): then for fact, then in _VENUE_SAYS.items()},
    # A person's decision, and whatever the venue shows after it: its word is the evidence here, too.
    (_S.IN_DOUBT, _F.DECIDED_UNSENT): _S.NOT_SENT,
    (_S.IN_DOUBT, _F.DECIDED_OVER): _S.CLOSED_BY_HAND,
    **{(_S.CLOSED_BY_HAND, fact): then for fact, then in _VENUE_SAYS.items()},
    **{(status, _F.REJECTED): _S.REJECTED for status in (_S.NOT_SENT, _S.CLOSED_BY_HAND)},
    **{(status, _F.ACKNOWLEDGED): _S.IN_DOUBT for status in (_S.NOT_SENT, _S.CLOSED_BY_HAND)},
    # How it ended may be told better: a fill that is reported after the removal, never the reverse.
    **{(status, fact): _VENUE_SAYS[fact] for status in (_S.CANCELLED, _S.EXPIRED) for fact in _VENUE_SAYS},
    (_S.FILLED, _F.FILLED): _S.FILLED,
    # Rejected, and yet the venue shows it executed or over: its word is the evidence.
    **{(_S.REJECTED, fact): then for fact, then in _VENUE_SAYS.items()},
    # An order that lives under any identifier lives, whatever was thought before: it must be seen to be pulled.
    **{(status, fact): _VENUE_SAYS[fact] for status in (_S.FILLED, _S.REJECTED) for fact in _LIVES},
}
"""The one table: (status before, fact) -> status after. What is not in it does not happen; the fold counts it."""
