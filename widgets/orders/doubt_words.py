"""What is said of an order in doubt before a person decides: what is known, and what each decision comes to. No Qt."""

from typing import NamedTuple

from protocols.market.blotter import fact_of
from protocols.market.decisions import decisions_for
from protocols.market.orders import TRANSITIONS, Decision, Order, OrderStatus, Request
from protocols.market.times import UtcNs
from widgets.delivery import market_zone, moment_text
from widgets.figures import amount_text
from widgets.orders.cells import OrderCells
from widgets.orders.words import REQUESTS, event_text, status_text
from widgets.wording import standing_text


class Choice(NamedTuple):
    """One decision: what it says happened, and what becomes of the order here."""

    decision: Decision
    words: str
    then: str


def known(order: Order, cells: OrderCells) -> list[tuple[str, str]]:
    """Name and words of everything that is known, in the order in which it happened."""
    spec = cells.spec(order)
    amount = f"{amount_text(order.quantity, spec.quantity_decimals)} {spec.quantity_unit}"
    price = f"{cells.price_words(order)} {spec.price_unit}"
    lines = [
        ("Order", f"{order.side.value} {cells.contract_name(order)} {order.key.area}, {amount} at {price}"),
        ("Client id", order.client_id),
    ]
    if order.sent is not None:
        lines.append(("Sent", _moment(order.sent.utc, order)))
    if order.entered is not None:
        lines.append(("Entered", f"{_moment(order.entered, order)}, by the venue's clock"))
    if order.request not in (None, Request.PLACE) and order.asked is not None:
        lines.append(("Then asked", f"{REQUESTS[order.request]}, {_moment(order.asked.utc, order)}"))
    lines.append(("The venue said", _said(order, cells)))
    lines.append(("In doubt", order.reason or status_text(order)))
    standing = cells.standing(order)
    if not standing.live:
        lines.append(("Orders feed", standing_text(standing)))
    return lines


def choices(order: Order) -> list[Choice]:
    """What can be decided of it now."""
    return [Choice(decision, _words(order, decision), _then(order, decision)) for decision in decisions_for(order)]


def _words(order: Order, decision: Decision) -> str:
    if decision is Decision.GONE:
        return "It is over at the venue: filled, cancelled, expired or refused there"
    what = "The order" if order.request in (None, Request.PLACE) else f"The {REQUESTS[order.request]} request"
    return f"{what} never reached the venue"


def _then(order: Order, decision: Decision) -> str:
    if decision is Decision.GONE:
        return f"It ends here as “{OrderStatus.CLOSED_BY_HAND.value}” and counts towards no limit."
    if order.request is Request.PLACE:
        return f"It ends here as “{OrderStatus.NOT_SENT.value}” and counts towards no limit."
    fact = fact_of(order)
    assert fact is not None  # or it could not be decided
    return f"It stands here as the venue last showed it: {TRANSITIONS[order.status, fact].value}."


def _said(order: Order, cells: OrderCells) -> str:
    version = order.version
    if version is None:
        return event_text(order) or "nothing of it yet"
    spec = cells.spec(order)
    left = f"{amount_text(version.quantity, spec.quantity_decimals)} {spec.quantity_unit} left"
    return f"{event_text(order)}; {left}; id {version.venue_id}, revision {version.revision}"


def _moment(utc: UtcNs, order: Order) -> str:
    zone = market_zone(order.key.area)
    return moment_text(utc, zone)
