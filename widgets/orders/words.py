"""How an order's state and terms are said. No Qt, and no venue: the venue's own words are spelt out or shortened."""

import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

from protocols.market.commands import FlexTerms, FxTerms, PowerTerms, Terms
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.times import UtcNs
from widgets.delivery import time_text
from widgets.figures import amount_text, price_figure
from widgets.flex.progress import order_words
from widgets.wording import plain_words


class Look(NamedTuple):
    """A glyph and an ink that stand beside a word, never in its place."""

    mark: str
    ink: str
    bold: bool = False


LOOKS = {
    OrderStatus.PENDING: Look("…", "text_secondary"),
    OrderStatus.WORKING: Look("●", "live"),
    OrderStatus.PARTLY_FILLED: Look("▶", "live"),
    OrderStatus.HIBERNATED: Look("◇", "text_secondary"),
    OrderStatus.FILLED: Look("✓", "text"),
    OrderStatus.CANCELLED: Look("×", "text_muted"),
    OrderStatus.EXPIRED: Look("×", "text_muted"),
    OrderStatus.CLOSED_BY_HAND: Look("✗", "text"),
    OrderStatus.REJECTED: Look("▲", "danger"),
    OrderStatus.DENIED: Look("■", "danger"),
    OrderStatus.NOT_SENT: Look("□", "danger"),
    # Amber is of this one alone.
    OrderStatus.IN_DOUBT: Look("?", "warning", bold=True),
}

REQUESTS = {
    Request.PLACE: "new order",
    Request.AMEND: "modify",
    Request.CANCEL: "cancel",
    Request.ACTIVATE: "activate",
    Request.DEACTIVATE: "deactivate",
}

RANK = {
    status: rank
    for rank, status in enumerate(
        (
            OrderStatus.IN_DOUBT,
            OrderStatus.PENDING,
            OrderStatus.PARTLY_FILLED,
            OrderStatus.WORKING,
            OrderStatus.HIBERNATED,
            OrderStatus.DENIED,
            OrderStatus.NOT_SENT,
            OrderStatus.REJECTED,
            OrderStatus.FILLED,
            OrderStatus.CANCELLED,
            OrderStatus.EXPIRED,
            OrderStatus.CLOSED_BY_HAND,
        )
    )
}
"""What wants attention first, when sorted by status."""


def status_text(order: Order) -> str:
    """The status with the outstanding request beside it: `working · modify pending`, `in doubt · cancel unanswered`;
    and where our journal alone tells it, that it does."""
    word = order.status.value
    if order.recalled:
        return f"{word} · as journaled"
    if order.request is None or (order.status is OrderStatus.PENDING and order.request is Request.PLACE):
        return word
    if order.status is OrderStatus.IN_DOUBT:
        return f"{word} · {REQUESTS[order.request]} unanswered"
    return f"{word} · {REQUESTS[order.request]} pending"


def event_text(order: Order) -> str:
    """The venue's last word, and what became of the place in the queue after an amendment."""
    if isinstance(order.terms, FlexTerms):
        return order_words(order.venue_state)
    parts = [plain_words(part) for part in order.venue_state.split("/") if part and part != "None"]
    if order.kept_place is not None:
        place = "kept its place" if order.kept_place else "lost its place"
        parts.append(f"{place}, foretold otherwise" if order.misforetold else place)
    return " · ".join(parts)


def reason_text(order: Order) -> str:
    """Who ended it and why, or why a request came to nothing; where nobody said more, the venue's last word on an order
    that was pulled."""
    if order.reason or order.status not in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        return order.reason
    return event_text(order).rpartition(" · ")[2]


def entered_at(order: Order) -> UtcNs | None:
    """When it was entered, by the venue's clock; while the venue has not said, when it was sent, by ours: after a
    restart by the journal's word."""
    if order.entered is not None:
        return order.entered
    return order.sent_before if order.sent is None else order.sent.utc


def lifetime_of(terms: Terms) -> UtcNs | None:
    """When the venue ends the order by itself; None for one without such a time."""
    match terms:
        case FxTerms():
            return terms.until
        case FlexTerms():
            return terms.expiry
        case PowerTerms():
            return terms.validity_until


def note_of(terms: Terms) -> str:
    match terms:
        case FxTerms():
            return terms.note
        case FlexTerms():
            return ""
        case PowerTerms():
            return terms.comment


def type_text(terms: Terms) -> str:
    """`limit`, `stop limit`, `iceberg`, `user defined block`."""
    if isinstance(terms, FxTerms):
        return terms.type.replace("_", " ").lower()
    if isinstance(terms, FlexTerms):
        return "limit"
    if terms.kind:
        return plain_words(terms.kind)
    return "limit" if terms.display_quantity is None else "iceberg"


def tif_text(terms: Terms) -> str:
    """Time in force, or restriction and validity: `AON`, `GFS`, `IOC GFS`."""
    if isinstance(terms, FxTerms):
        return terms.time_in_force
    if isinstance(terms, FlexTerms):
        return ""
    return " ".join(initials(word) for word in (terms.restriction, terms.validity) if word and word != "None")


def terms_text(terms: Terms, zone: ZoneInfo, decimals: tuple[int, int]) -> str:
    """Terms in the short: `GFS`, `IOC GFS`, `GUD 15:45`, `GFS ice 2.0 Δ−0.50`, `user defined block Aon FOK`; of an FX
    order `STOP 1.0850 AON until 15:45`. `decimals` of price and quantity.
    """
    if isinstance(terms, FxTerms):
        return _fx_terms_text(terms, zone, decimals[0])
    if isinstance(terms, FlexTerms):
        return _flex_terms_text(terms, zone)
    words = [plain_words(terms.kind)] if terms.kind else []
    words += [initials(word) for word in (terms.restriction, terms.validity) if word and word != "None"]
    if terms.validity_until is not None:
        words.append(time_text(terms.validity_until, zone, seconds=False))
    if terms.display_quantity is not None:
        words.append(f"ice {amount_text(terms.display_quantity, decimals[1])}")
    if terms.price_delta is not None:
        words.append(f"Δ{price_figure(terms.price_delta, decimals[0])}")
    return " ".join(words)


def terms_words(terms: Terms) -> str:
    """The venue's words of the terms, spelt out."""
    if isinstance(terms, FxTerms):
        return f"{terms.type.replace('_', ' ').lower()}, time in force {terms.time_in_force}"
    if isinstance(terms, FlexTerms):
        return f"{terms.delivery.text}, {_place_text(terms) or 'no location'}"
    restriction, validity = (plain_words(word) or "not told" for word in (terms.restriction, terms.validity))
    return f"Restriction {restriction}, {validity}"


def _fx_terms_text(terms: FxTerms, zone: ZoneInfo, decimals: int) -> str:
    words = [terms.type.replace("_", " ")]
    if terms.stop_price is not None:
        words.append(price_figure(terms.stop_price, decimals))
    words.append(terms.time_in_force)
    if terms.until is not None:
        words.append(f"until {time_text(terms.until, zone, seconds=False)}")
    return " ".join(words)


def _flex_terms_text(terms: FlexTerms, zone: ZoneInfo) -> str:
    until = "" if terms.expiry is None else f"until {time_text(terms.expiry, zone, seconds=False)}"
    return " ".join(filter(None, (until, _place_text(terms), "baseline" if terms.baseline is not None else "")))


def _place_text(terms: FlexTerms) -> str:
    return " ".join(filter(None, (terms.place.country_code, *terms.place.location_ids)))


def initials(venue_word: str) -> str:
    """`GoodForSession` is `GFS`; a word of one part stays."""
    letters = re.findall(r"[A-Z](?=[a-z])", venue_word)
    return "".join(letters) if len(letters) > 1 else venue_word
