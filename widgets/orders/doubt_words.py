"""What is said of an order in doubt before a person decides: what is known, and what each decision comes to. No Qt."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from protocols.market.blotter import fact_of
from protocols.market.commands import FlexTerms
from protocols.market.decisions import decisions_for, may_be_named
from protocols.market.flex import Place
from protocols.market.flex_events import FlexCandidate
from protocols.market.orders import TRANSITIONS, Decision, Order, OrderStatus, Request
from protocols.market.times import UtcNs
from widgets.delivery import market_zone, moment_text, period_text, zone_name
from widgets.figures import amount_text
from widgets.orders.cells import OrderCells
from widgets.orders.words import REQUESTS, event_text, status_text
from widgets.wording import standing_text


class Choice(NamedTuple):
    """One decision: what it says happened, and what becomes of the order here."""

    decision: Decision
    words: str
    then: str
    venue_id: str | None = None
    """Whom it says the order to be."""


CANDIDATES_OFFERED = 5
"""Of the venue's orders, each as a choice with a key; of more it is said that there are."""
ID_LENGTH = 60


def known(order: Order, cells: OrderCells, candidates: Sequence[FlexCandidate] = ()) -> list[tuple[str, str]]:
    """Name and words of everything that is known, in the order in which it happened; then what the venue shows that may
    be the order."""
    spec = cells.spec(order)
    amount = f"{amount_text(order.quantity, spec.quantity_decimals)} {spec.quantity_unit}"
    price = f"{cells.price_words(order)} {spec.price_unit}"
    lines = [
        ("Order", f"{order.side.value} {contract_words(order, cells)}, {amount} at {price}"),
        ("Client id", order.client_id),
    ]
    if isinstance(order.terms, FlexTerms):
        lines.append(("Asked for", "; ".join(_until_and_where(order.terms.expiry, order.terms.place, order))))
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
    shown = candidates if may_be_named(order) else ()
    lines += [(f"May be {_short(each.venue_id)}", _told_of(each, order)) for each in shown[:CANDIDATES_OFFERED]]
    if len(shown) > CANDIDATES_OFFERED:
        lines.append(("May be others", f"{len(shown) - CANDIDATES_OFFERED} more of the venue's orders: see Positions"))
    return lines


def contract_words(order: Order, cells: OrderCells) -> str:
    """`15Q4 DE-AMPRION`, `Flex Sat 14:00–15:00 CET`."""
    name, area = cells.contract_name(order), order.key.area
    if not isinstance(order.terms, FlexTerms):
        return f"{name} {area}"
    (start, end), zone = msgspec.structs.astuple(order.terms.delivery), market_zone(area)
    return f"{name} {period_text(start, end, zone)} {zone_name(start, zone)}"


def choices(order: Order, candidates: Sequence[FlexCandidate] = ()) -> list[Choice]:
    """What can be decided of it now; `candidates` are the venue's orders that it may be."""
    decided = [Choice(decision, _words(order, decision), _then(order, decision)) for decision in decisions_for(order)]
    then = "It goes by that name here from now on, and stands as the venue tells of it."
    named = [
        Choice(Decision.NAMED, f"It is the venue's order {_short(each.venue_id)}", then, each.venue_id)
        for each in (candidates[:CANDIDATES_OFFERED] if may_be_named(order) else ())
    ]
    return [*decided, *named]


def _told_of(candidate: FlexCandidate, order: Order) -> str:
    """`accepted; first told of Sat 21 Nov 12:00:05 CET; expires ...; FI · loc1`, as far as the venue says."""
    since = f"first told of {_moment(candidate.since.utc, order)}"
    rest = _until_and_where(candidate.expiry, candidate.place, order)
    return "; ".join((candidate.status or "no status told", since, *rest))


def _until_and_where(expiry: UtcNs | None, place: Place | None, order: Order) -> list[str]:
    until = "no expiry told" if expiry is None else f"expires {_moment(expiry, order)}"
    named = () if place is None else (place.country_code, *place.location_ids)
    return [until, " · ".join(filter(None, named)) or "no place"]


def _short(text: str) -> str:
    """A name of the venue's on one line."""
    text = "".join(each if each.isprintable() else " " for each in text)
    return text if len(text) <= ID_LENGTH else f"{text[: ID_LENGTH - 1]}…"


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
