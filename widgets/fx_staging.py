"""What is different where an order of a currency pair is staged: limits and stops, no queue, its own terms. No Qt.

A stage's price is where the order is to wait: the limit of a limit order, the stop price of a stop.
"""

from datetime import UTC

import msgspec

from protocols.market.commands import FlexTerms, FxTerms, PlaceOrder, PowerTerms, Terms
from protocols.market.form_text import moment_text
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.values import SCALE, Price, Quantity, Side, plain_text
from widgets.figures import amount_text

LIMIT, STOP = "LIMIT", "STOP"
ALL_OR_NONE = "AON"
"""What is sent when nobody chooses, and always shown: the venue's own default is not known."""

MADE_IN_ITS_TICKET = "An order for flexibility says when and where: it is made in its ticket"

_NEEDS_A_DATE, _NEEDS_A_LIMIT = "GTT", "TPI"
"""Good till time, take profit immediately."""

PAIR_PRESETS = tuple(Quantity(thousands * 1_000 * SCALE) for thousands in (10, 25, 50, 100, 500))
"""Preset quantities of pairs until the trader edits them, in units of the first currency."""


def fresh_terms(stop: bool) -> FxTerms:
    return FxTerms(STOP if stop else LIMIT, ALL_OR_NONE)


def is_stop(terms: Terms) -> bool:
    """Whether it waits for the market to come against it, and has no limit of its own."""
    return isinstance(terms, FxTerms) and terms.type == STOP


def placement(key: ContractKey, side: Side, quantity: Quantity, price: Price, terms: FxTerms) -> PlaceOrder:
    """The order that waits at `price`."""
    if terms.type == STOP:
        return PlaceOrder(key, side, quantity, None, msgspec.structs.replace(terms, stop_price=price))
    return PlaceOrder(key, side, quantity, price, terms)


def passed_over(terms: Terms) -> set[str]:
    """Times in force that an order staged here can't have: one that needs a date, or a limit that it has not."""
    return {_NEEDS_A_DATE, _NEEDS_A_LIMIT} if is_stop(terms) else {_NEEDS_A_DATE}


def why_not_here(terms: Terms) -> str:
    """Why an order of this kind is not staged or amended on a ladder, where one price says all; empty when it is."""
    if isinstance(terms, FlexTerms):
        return MADE_IN_ITS_TICKET
    return "" if isinstance(terms, PowerTerms) else why_not_of_type(terms.type)


def why_not_of_type(type_: str) -> str:
    """The same of a currency order, by the venue's word for its type."""
    if type_ in (LIMIT, STOP):
        return ""
    return f"A {_plain(type_)} order has more than one price, or none: it is sent and changed from its ticket"


def kind_text(terms: FxTerms) -> str:
    """`stop limit`."""
    return _plain(terms.type)


def _plain(type_: str) -> str:
    return type_.replace("_", " ").lower()


def terms_words(terms: FxTerms) -> str:
    """`AON`, `STOP AON until 2026-11-21 17:30 UTC`: all that would be sent, the note as far as that there is one."""
    kind = "" if terms.type == LIMIT else terms.type.replace("_", " ")
    until = "" if terms.until is None else f"until {moment_text(terms.until, UTC)} UTC"
    return " ".join(filter(None, (kind, terms.time_in_force, until, "with a note" if terms.note else "")))


def sets_off(side: Side, stop: Price, bid: Price | None, ask: Price | None) -> bool:
    """Whether a stop would set off at once: to buy, the ask is there already; to sell, the bid."""
    market = ask if side is Side.BUY else bid
    return market is not None and (stop <= market if side is Side.BUY else stop >= market)


def own_word(order: Order) -> str:
    """What stands beside an own order that is no plain limit: `stop`."""
    terms = order.terms
    return kind_text(terms) if isinstance(terms, FxTerms) and terms.type != LIMIT else ""


def short_quantity(quantity: int) -> str:
    """`100k`, `1.5M`, where that says every digit; otherwise in full, `1 234 567`."""
    for unit, letter in ((1_000_000 * SCALE, "M"), (1_000 * SCALE, "k")):
        if quantity >= unit and not quantity % (unit // 1_000):
            text = plain_text(quantity * SCALE // unit)
            if len(text) <= 5:
                return f"{text}{letter}"
    return amount_text(quantity, 0)
