"""What the venue answers to a request, besides doing it: `Pending` and `Rejected` (protocol page, section 7).

Both repeat the values that were asked for, and the identifier and revision that the request named.
"""

import msgspec

from protocols.market.values import Quantity
from protocols.practice.market import Market
from protocols.practice.own_orders import PENDING, REJECTED, OrderRecord, OwnOrder, Terms
from protocols.practice.requests import (
    ACTIVATION,
    CANCELLATION,
    CREATION,
    DEACTIVATION,
    MODIFICATION,
    Ask,
    Refused,
    listing_named,
    terms_after,
)

_ACKNOWLEDGED = {
    CREATION: "AddedByUser",
    MODIFICATION: "ModifiedByUser",
    ACTIVATION: "AddedByUser",
    DEACTIVATION: "DeactivatedByUser",
    CANCELLATION: "DeletedByUser",
}
"""The action of each request's `Pending`."""
_REJECTED = {
    CREATION: "AddedByUser",
    MODIFICATION: "ModifiedByUser",
    ACTIVATION: "ModifiedByUser",
    DEACTIVATION: "ModifiedByUser",
    CANCELLATION: "DeletedByUser",
}


class Who(msgspec.Struct, frozen=True):
    """Who asks: the user himself, or a colleague of the same company."""

    owner: str
    ours: bool


class Ticket(msgspec.Struct, frozen=True):
    """A request that the office has taken. `first` is False for a creation whose client identifier was used."""

    ask: Ask
    who: Who
    first: bool
    old_first: bool = False
    """Of a modification that loses its place: whether the old identifier's end is reported first."""


def acknowledgement(market: Market, ticket: Ticket, order: OwnOrder | None) -> OrderRecord:
    """`Pending`. `order` is what the venue knows under the client identifier."""
    return _echo(market, ticket, order, PENDING, _ACKNOWLEDGED[ticket.ask.kind])


def rejection(market: Market, ticket: Ticket, order: OwnOrder | None, reason: str) -> OrderRecord:
    """`Rejected`."""
    return _echo(market, ticket, order, REJECTED, _REJECTED[ticket.ask.kind], reason)


def _echo(
    market: Market, ticket: Ticket, order: OwnOrder | None, state: str, action: str, reason: str | None = None
) -> OrderRecord:
    ask = ticket.ask
    if ask.kind == CREATION:
        order = None  # of the same client identifier, and not this one
    listing = None if order is None else order.listing
    if ask.kind == CREATION:
        try:
            listing = listing_named(market, ask)
        except Refused:
            listing = None
    quantity = ask.quantity if ask.quantity is not None or order is None else order.remaining
    terms = terms_after(ask, Terms() if order is None else order.terms)
    shown = quantity if terms.display is None else terms.display
    return OrderRecord(
        area=ask.area,
        client_id=ask.client_id,
        ours=ticket.who.ours,
        identifier=None if ask.kind == CREATION else ask.identifier,
        revision=None if ask.kind == CREATION else ask.revision,
        contract=None if listing is None else listing.contract,
        named=ask.named,
        side=ask.side if order is None else order.side,
        price=ask.price if ask.price is not None or order is None else order.price,
        quantity=quantity,
        initial=quantity if order is None else order.initial,
        hidden=Quantity(max(0, (quantity or 0) - (shown or 0))),
        terms=terms,
        state=state,
        action=action,
        reason=reason,
        at=market.now,
        standing=ticket.first,
    )
