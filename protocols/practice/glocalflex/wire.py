"""Orders, contracts, trades and books as the venue writes them.

The pages don't show the order and contract objects. Decided here: they hold what the order request holds, with
`order_id`, `contract_id`, `status` and the inner statuses that the page on status codes shows; a message's `name` is
the status that it tells of.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec

from protocols.glocalflex import codec, messages
from protocols.market.flex import Delivery
from protocols.market.times import SECOND, UtcNs, utc_text
from protocols.market.values import Price, Quantity, Side
from protocols.practice.glocalflex.locations import Location
from protocols.practice.glocalflex.orders import Match, Resting, energy
from protocols.practice.glocalflex.own_orders import SETTLEMENT_FAILED, Contract, OwnOrder

SIDES = {Side.BUY: messages.BUY, Side.SELL: messages.SELL}
_CONTRACT_STATUSES = {
    messages.VERIFICATION_INITIATED: ("processing_verification", "awaiting_verification_completion"),
    messages.VERIFICATION_SUCCESS: ("completed_success", "ready_not_initiated"),
    messages.SETTLEMENT_INITIATED: ("completed_success", "initiated"),
    messages.SETTLEMENT_SUCCESS: ("completed_success", "completed_success"),
    SETTLEMENT_FAILED: ("completed_success", "completed_failed"),
}
"""What verification and settlement are at, in the finer words of the REST pages."""


def moment_text(at: UtcNs) -> str:
    """To the microsecond, as the vendor writes what happened: `2024-05-02T12:06:45.842304Z`."""
    whole, rest = divmod(at, SECOND)
    return f"{utc_text(UtcNs(whole * SECOND))[:-1]}.{rest // 1_000:06d}Z"


def order_object(order: OwnOrder) -> dict[str, Any]:
    """An order of the user's."""
    terms = order.terms
    told = {
        "order_id": order.identifier,
        "status": order.status,
        "side": SIDES[terms.side],
        **_goods(terms.power, terms.price, terms.delivery),
        "expiry_time": codec.time_text(terms.expires if terms.expiry is None else terms.expiry),
        "created_at": moment_text(order.created),
        "location": location(terms.location),
        "filled_power": codec.number(order.filled),
        "remaining_power": codec.number(order.left),
    }
    if terms.side is Side.SELL:
        told["verification"] = {"status": _verification(order)}
    return told


def contract_object(contract: Contract) -> dict[str, Any]:
    """A contract of the user's."""
    terms = contract.terms
    verification, settlement = _CONTRACT_STATUSES[contract.status]
    return {
        "contract_id": contract.identifier,
        "order_id": contract.order,
        "status": contract.status,
        "side": SIDES[terms.side],
        **_goods(contract.power, contract.price, terms.delivery),
        "created_at": moment_text(contract.created),
        "location": location(terms.location),
        "verification_result": {"status": verification},
        "settlement": {"status": settlement},
    }


def matched(match: Match) -> bytes:
    """`ticker_update`: the location is the seller's, where the flexibility is."""
    terms = match.sell.terms
    return codec.message(
        messages.TICKER_UPDATE,
        {
            "closed_at": moment_text(match.at),
            **_goods(match.power, match.price, terms.delivery),
            "location": location(terms.location),
        },
        moment_text(match.at),
    )


def expired(order: Resting, at: UtcNs) -> bytes:
    """`expired_order_update`: what was left of it."""
    terms = order.terms
    return codec.message(
        messages.EXPIRED_ORDER_UPDATE,
        {
            "expired_at": moment_text(at),
            **_goods(order.left, terms.price, terms.delivery),
            "location": location(terms.location),
        },
        moment_text(at),
    )


def book_order(order: Resting, *, country: bool = True) -> bytes:
    """An entry of the book; without `country` the key is left out."""
    terms = order.terms
    where = location(terms.location)
    if not country:
        where.pop("country_code", None)
    return codec.encode(
        {"side": SIDES[terms.side], **_goods(order.left, terms.price, terms.delivery), "location": where}
    )


def levels(entries: Iterable[tuple[Price, bytes]]) -> list[tuple[Price, bytes]]:
    """Entries in priority, each with its price, as the levels that they make: the price, and the list below it."""
    return [
        (price, b"[" + b",".join(entry for _, entry in level) + b"]")
        for price, level in groupby(entries, key=lambda entry: entry[0])
    ]


def book(created_at: UtcNs, bids: Iterable[tuple[str, bytes]], asks: Iterable[tuple[str, bytes]]) -> bytes:
    """`orderbook_update`, of keys and the levels below them, in the order in which they are to stand."""
    sides = (b"{" + b",".join(_quoted(key) + b":" + level for key, level in side) + b"}" for side in (bids, asks))
    data = b'{"bids":%b,"asks":%b}' % tuple(sides)
    return codec.message(messages.ORDERBOOK_UPDATE, msgspec.Raw(data), moment_text(created_at))


def location(where: Location) -> dict[str, Any]:
    """A location as it was given; coordinates where they are known."""
    told: dict[str, Any] = {"location_id": list(where.identifiers)}
    if where.country is not None:
        told["country_code"] = where.country
    if where.coordinates is not None:
        found = where.coordinates
        told["coordinates"] = {"latitude": Decimal(found.latitude), "longitude": Decimal(found.longitude)}
    return told


def _goods(power: Quantity, price: Price, delivery: Delivery) -> dict[str, Any]:
    return {
        "power": codec.number(power),
        "price": codec.number(price),
        "delivery_start": codec.time_text(delivery.start),
        "delivery_end": codec.time_text(delivery.end),
        "energy": codec.number(energy(power, delivery)),
    }


def _verification(order: OwnOrder) -> str:
    """What a sell order's verification is at, in the words of the REST pages."""
    if any(status == messages.ACCEPTED for status, _ in order.history):
        return "baseline_accepted"
    return "baseline_received" if order.baseline else messages.AWAITING_BASELINE


def _quoted(text: str) -> bytes:
    return b'"' + text.encode() + b'"'
