"""What the FX account truly holds: `GET /truth/fx`, from the venue's own records, to hold a client against.

Prices and quantities are plain decimal text; times ISO 8601.
"""

from collections import Counter

import msgspec

from protocols.market.times import utc_text
from protocols.market.values import plain_text
from protocols.practice.acttrader.exchange import Exchange
from protocols.practice.acttrader.orders import Order


class OrderTruth(msgspec.Struct, frozen=True):
    """An order as it is. `sibling` is the other leg of its OCO pair; `paid` is in the quote currency."""

    client_id: str | None
    venue_id: str
    symbol: str
    side: str
    type: str
    time_in_force: str
    price: str | None
    stop_price: str | None
    quantity: str
    executed: str
    paid: str
    status: str
    reason: str | None
    till: str | None
    note: str | None
    sibling: str | None
    fills: list[tuple[str, str]]
    at: str


class PositionTruth(msgspec.Struct, frozen=True):
    """What was bought and sold of a pair, in the base currency."""

    bought: str
    sold: str
    net: str


class FxTruth(msgspec.Struct, frozen=True):
    """`arrivals` counts new orders by client identifier as they came in, refused and swallowed ones too; `strays` are
    orders of which an execution was pushed, and of which the venue otherwise knows nothing."""

    orders: list[OrderTruth]
    strays: list[OrderTruth]
    arrivals: dict[str, int]
    positions: dict[str, PositionTruth]
    forgotten: int


def tell(exchange: Exchange) -> FxTruth:
    """Everything that is remembered, orders oldest first."""
    account = exchange.account
    return FxTruth(
        orders=[_order(order) for order in account.orders()],
        strays=[_order(order) for order in account.strays],
        arrivals=dict(Counter(arrival.client_id or "" for arrival in exchange.arrivals)),
        positions={
            symbol: PositionTruth(
                plain_text(position.bought), plain_text(position.sold), plain_text(position.bought - position.sold)
            )
            for symbol, position in account.positions.items()
        },
        forgotten=account.forgotten,
    )


def _order(order: Order) -> OrderTruth:
    terms = order.terms
    return OrderTruth(
        client_id=terms.client_id,
        venue_id=str(order.identifier),
        symbol=terms.symbol,
        side=terms.side.value,
        type=terms.type,
        time_in_force=terms.time_in_force,
        price=_text(terms.price),
        stop_price=_text(terms.stop_price),
        quantity=plain_text(terms.quantity),
        executed=plain_text(order.executed),
        paid=plain_text(order.paid),
        status=order.status,
        reason=order.reason,
        till=None if terms.till is None else utc_text(terms.till),
        note=terms.note,
        sibling=None if order.sibling is None else str(order.sibling),
        fills=[(plain_text(fill.price), plain_text(fill.quantity)) for fill in order.fills],
        at=utc_text(order.at),
    )


def _text(value: int | None) -> str | None:
    return None if value is None else plain_text(value)
