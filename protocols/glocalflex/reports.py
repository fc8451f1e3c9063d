"""Reports and rows made of placements and of what the venue told."""

from protocols.glocalflex import messages
from protocols.glocalflex.ledger import Known, rank_of
from protocols.glocalflex.objects import OrderObject
from protocols.glocalflex.placements import Placement, Unnamed
from protocols.market.commands import FlexTerms, PlaceOrder
from protocols.market.events import Unmatched
from protocols.market.flex import Place
from protocols.market.flex_events import FlexCandidate
from protocols.market.instruments import window_key
from protocols.market.orders import Order, OrderReport, Verdict
from protocols.market.times import Instant
from protocols.market.values import plain_text

ACCEPTED = "accepted (200)"


def acknowledged(connection: str, placed: Placement) -> OrderReport:
    """The venue answered for the order, without a name for it."""
    return _on_request(connection, placed, Verdict.ACKNOWLEDGED, ACCEPTED, "")


def rejected(connection: str, placed: Placement, status: int, reason: str) -> OrderReport:
    """The venue refused the order as a whole."""
    return _on_request(connection, placed, Verdict.REJECTED, f"refused ({status})", reason)


def order_told(connection: str, told: OrderObject) -> PlaceOrder | None:
    """An order that this desk did not send, as one; None where too little is told of it."""
    if told.side is None or told.power is None or told.price is None or told.delivery is None:
        return None
    terms = FlexTerms(told.delivery, told.expiry, told.place or Place())
    return PlaceOrder(window_key(connection, told.delivery), told.side, told.power, told.price, terms)


def recalled(order: Order) -> Known | None:
    """What the desk shows of an order that the venue named; None for one that it has not. Of one in doubt, or decided
    to be over, the venue's last word that it lived counts no more than at the desk."""
    version, terms = order.version, order.terms
    if version is None or not isinstance(terms, FlexTerms):
        return None
    placed = PlaceOrder(order.key, order.side, version.initial, version.price, terms)
    return Known(
        venue_id=version.venue_id,
        client_id=order.client_id,
        order=placed,
        status=order.venue_state,
        rank=rank_of(order.venue_state),
        state=version.state,
        remaining=version.quantity,
        revision=version.revision,
        doubted=version.state.alive and not order.status.alive,
    )


def row_of(connection: str, unnamed: Unnamed, at: Instant) -> Unmatched:
    """One of the venue's orders that is not matched, as it came."""
    whole, latest = unnamed.whole, unnamed.latest
    filled = latest.filled
    if latest.status == messages.FILLED and filled is None:
        filled = whole.power
    return Unmatched(
        connection=connection,
        venue_id=unnamed.venue_id,
        client_id="",
        symbol="" if whole.delivery is None else whole.delivery.text,
        side="" if whole.side is None else whole.side.value,
        executed="" if filled is None else plain_text(filled),
        status=latest.status,
        at=at,
    )


def candidate_of(unnamed: Unnamed) -> FlexCandidate:
    """The same, for the question whether it is one of ours."""
    whole, latest = unnamed.whole, unnamed.latest
    return FlexCandidate(unnamed.venue_id, latest.status, whole.expiry, whole.place, unnamed.since, latest.raw)


def _on_request(connection: str, placed: Placement, verdict: Verdict, venue_state: str, reason: str) -> OrderReport:
    order = placed.order
    return OrderReport(
        connection=connection,
        client_id=placed.intent.client_id,
        venue_id=None,
        revision=None,
        key=order.key,
        side=order.side,
        price=order.price,
        quantity=order.quantity,
        initial=order.quantity,
        state=None,
        verdict=verdict,
        venue_state=venue_state,
        terms=order.terms,
        reason=reason,
        correlation=placed.intent.intent_id,
    )
