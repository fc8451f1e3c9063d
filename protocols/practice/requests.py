"""Batches as they come in, and the contract that a request is for (protocol page, section 7).

The page names no field for the reason of a reject: at M7 it stands in the report's `metadata`, as `rejectReason`; NPID
has `errors`.
"""

from protocols.eznergy import codec, messages
from protocols.market.times import HOUR, TimeRefused, UtcNs, utc_from_text
from protocols.market.values import ValueRefused
from protocols.practice import codes
from protocols.practice.asks import KINDS, Ask, Malformed, Refused
from protocols.practice.contracts import AHEAD
from protocols.practice.listing import Listing
from protocols.practice.market import Market
from protocols.practice.rulebook import OrderRules

MOST_IN_BATCH = 1_000
LONGEST_BLOCK = 24 * HOUR


def read_batch(json: bytes, area: str, rules: OrderRules) -> list[Ask]:
    """The orders of a request's payload, on the channel of `area`. Raises `Malformed`."""
    try:
        batch = codec.decode_one(messages.OrderBatch, json)
    except codec.Unreadable as error:
        raise Malformed(str(error)) from error
    if batch.type not in KINDS:
        raise Malformed(f"type: {batch.type[:40]!r}")
    if not 0 < len(batch.orders) <= MOST_IN_BATCH:
        raise Malformed("orders: none, or too many")
    try:
        return [rules.read(batch.type, area, order) for order in batch.orders]
    except (ValueRefused, TimeRefused) as error:
        raise Malformed(str(error)) from error


def listing_named(market: Market, ask: Ask) -> Listing:
    """The contract that a creation is for: by identifier, else by both delivery times. Raises `Refused`."""
    named = _named(ask)
    if named.identifier is not None:
        for listing in market.listings.values():
            of = listing.contract
            if ask.area in of.zone.areas and of.identifier(ask.area) == str(named.identifier):
                return listing
        raise Refused(f"contractArea: no contract {str(named.identifier)[:60]!r}", codes.NOT_FOUND)
    period = _period(named)
    for listing in market.listings.values():
        of = listing.contract
        if ask.area in of.zone.areas and (of.delivery_start, of.delivery_end) == period:
            return listing
    raise Refused("contractArea: no contract of that period", codes.NOT_FOUND)


def block_named(market: Market, ask: Ask) -> Listing:
    """The block of whole hours that a creation is for: by both delivery times, or by the identifier that it has
    since somebody asked for it first. Raises `Refused`."""
    named = _named(ask)
    if named.identifier is not None:
        return listing_named(market, ask)
    start, end = _period(named)
    if start % HOUR or end % HOUR or not start < end <= start + LONGEST_BLOCK:
        raise Refused("contractArea: a block is of 1 to 24 whole hours", codes.OUT_OF_RANGE)
    zone = market.rulebook.zone_of_area[ask.area]
    if not market.now < start - zone.closes_before or start > market.now + AHEAD:
        raise Refused("contractArea: the block's first hour is not traded", codes.NOT_ALLOWED)
    return market.list_block(zone, start, end)


def _named(ask: Ask) -> messages.ContractArea:
    named = ask.named
    if named is None:
        raise Refused("contractArea: missing", codes.MISSING)
    if named.delivery_area != ask.area:
        raise Refused("contractArea: its deliveryArea is not the channel's", codes.INVALID_AREA)
    return named


def _period(named: messages.ContractArea) -> tuple[UtcNs, UtcNs]:
    if named.delivery_start is None or named.delivery_end is None:
        raise Refused("contractArea: neither identifier nor both delivery times", codes.MISSING)
    try:
        return utc_from_text(named.delivery_start), utc_from_text(named.delivery_end)
    except TimeRefused as error:
        raise Refused(f"contractArea: {error}", codes.BAD_FORMAT) from error
