"""What the venue answers to a request, besides doing it: `Pending` and `Rejected` (protocol page, section 7).

Both repeat the values that were asked for, and the identifier and revision that the request named.
"""

import msgspec

from protocols.market.values import Quantity
from protocols.practice import codes
from protocols.practice.asks import ACTIVATION, CANCELLATION, CREATION, DEACTIVATION, MODIFICATION, Ask, Refused
from protocols.practice.market import Market
from protocols.practice.own_orders import PENDING, REJECTED, OrderRecord, OwnOrder
from protocols.practice.requests import listing_named
from protocols.practice.rulebook import Actions


def _acknowledged(actions: Actions, kind: str) -> str:
    """The action of a request's `Pending`."""
    return {
        CREATION: actions.added,
        MODIFICATION: actions.modified,
        ACTIVATION: actions.added,
        DEACTIVATION: actions.deactivated,
        CANCELLATION: actions.deleted,
    }[kind]


def _rejected(actions: Actions, kind: str) -> str:
    """The action of a request's `Rejected`: it tells no difference between three of them."""
    return {CREATION: actions.added, CANCELLATION: actions.deleted}.get(kind, actions.modified)


class Who(msgspec.Struct, frozen=True):
    """Who asks: the user himself, or a colleague of the same company."""

    owner: str
    ours: bool


class Ticket(msgspec.Struct, frozen=True):
    """A request that the office has taken. `first` is False for a creation whose client identifier was used."""

    ask: Ask
    who: Who
    first: bool
    busy: bool = False
    """Whether another request for the same order is being done."""
    throttled: bool = False
    """Whether the user asks too much at once."""
    old_first: bool = False
    """Of a modification that loses its place: whether the old identifier's end is reported first."""


def acknowledgement(market: Market, ticket: Ticket, order: OwnOrder | None) -> OrderRecord:
    """`Pending`. `order` is what the venue knows under the client identifier."""
    action = _acknowledged(market.rulebook.orders.actions, ticket.ask.kind)
    return _echo(market, ticket, order, PENDING, action)


def rejection(market: Market, ticket: Ticket, order: OwnOrder | None, why: Refused) -> OrderRecord:
    """`Rejected`."""
    action = _rejected(market.rulebook.orders.actions, ticket.ask.kind)
    return _echo(market, ticket, order, REJECTED, action, why)


def _echo(
    market: Market, ticket: Ticket, order: OwnOrder | None, state: str, action: str, why: Refused | None = None
) -> OrderRecord:
    ask, rules = ticket.ask, market.rulebook.orders
    if ask.kind == CREATION:
        order = None  # of the same client identifier, and not this one
    quantity = ask.quantity if ask.quantity is not None or order is None else order.remaining
    terms = rules.terms_after(ask, rules.defaults if order is None else order.terms)
    listing = None if order is None else order.listing
    if ask.kind == CREATION and not terms.block:
        try:
            listing = listing_named(market, ask)
        except Refused:
            listing = None
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
        reason=None if why is None else str(why),
        code=codes.UNKNOWN if why is None else why.code,
        at=market.now,
        standing=ticket.first,
    )
