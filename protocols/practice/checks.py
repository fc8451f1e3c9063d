"""Rules that a request must satisfy in every scope. All raise `Refused`."""

import re

from protocols.market.values import SCALE, Side
from protocols.practice import codes
from protocols.practice.asks import Ask, Refused
from protocols.practice.openings import STEP, TICK
from protocols.practice.own_orders import ALIVE, Terms

LARGEST_PRICE = 9_999 * SCALE
"""Per MWh, either side of zero."""
LARGEST_QUANTITY = 999 * SCALE
"""MW."""
LONGEST_COMMENT = 250
MOST_SLICES = 1_000

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


def check_creation(ask: Ask) -> None:
    """What a creation must say, and must not."""
    for name, given in (("price", ask.price), ("quantity", ask.quantity), ("direction", ask.side)):
        if given is None:
            raise Refused(f"{name}: missing", codes.MISSING)
    if _GUID.fullmatch(ask.client_id) is None:
        raise Refused("clientIdentifier: not a GUID", codes.BAD_FORMAT)
    if ask.identifier is not None or ask.revision is not None:
        raise Refused("identifier, revisionNumber: the venue gives them", codes.ILLEGAL)
    if ask.state not in ALIVE:
        raise Refused("state: neither Active nor Hibernated", codes.MISSING if ask.state is None else codes.ILLEGAL)


def check_price(price: int) -> None:
    """Tick and limits."""
    if price % TICK:
        raise Refused("price: not a multiple of 0.01 EUR/MWh", codes.BAD_FORMAT)
    if abs(price) > LARGEST_PRICE:
        raise Refused("price: beyond 9999 EUR/MWh", codes.OUT_OF_RANGE)


def check_quantity(quantity: int) -> None:
    """Step and limits."""
    if quantity <= 0:
        raise Refused("quantity: not positive", codes.OUT_OF_RANGE)
    if quantity % STEP:
        raise Refused("quantity: not a multiple of 0.1 MW", codes.BAD_FORMAT)
    if quantity > LARGEST_QUANTITY:
        raise Refused("quantity: over 999 MW", codes.OUT_OF_RANGE)


def check_comment(terms: Terms) -> None:
    """Its length."""
    if terms.comment is not None and len(terms.comment) > LONGEST_COMMENT:
        raise Refused("comment: too long", codes.OUT_OF_RANGE)


def check_iceberg(terms: Terms, side: Side, quantity: int) -> None:
    """What is shown and by how much the price moves, for so much in all."""
    if terms.display is None:
        if terms.delta is not None:
            raise Refused("icebergPriceDelta: without icebergDisplayQuantity", codes.ILLEGAL)
        return
    if terms.display <= 0 or terms.display % STEP:
        raise Refused("icebergDisplayQuantity: not a positive multiple of 0.1 MW", codes.BAD_FORMAT)
    if terms.display > quantity:
        raise Refused("icebergDisplayQuantity: more than the quantity", codes.OUT_OF_RANGE)
    delta = terms.delta or 0
    if delta % TICK or abs(delta) > LARGEST_PRICE:
        raise Refused("icebergPriceDelta: not a multiple of 0.01 EUR/MWh", codes.BAD_FORMAT)
    if delta and (delta > 0) is (side is Side.BUY):
        raise Refused("icebergPriceDelta: towards the other side", codes.ILLEGAL)
    slices = -(-quantity // terms.display)
    if slices > MOST_SLICES:
        raise Refused("icebergDisplayQuantity: over 1000 parts", codes.OUT_OF_RANGE)
