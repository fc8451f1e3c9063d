"""What the flexibility market truly holds: `GET /truth/flex`, from the venue's own records, to hold a client against.

Prices, power and energy are plain decimal text in the venue's units; times ISO 8601.
"""

import msgspec

from protocols.market.times import UtcNs, utc_text
from protocols.market.values import Side, plain_text
from protocols.practice.glocalflex.exchange import Arrival, Exchange
from protocols.practice.glocalflex.orders import Resting, Terms
from protocols.practice.glocalflex.own_orders import Contract, OwnOrder
from protocols.practice.glocalflex.wire import SIDES


class Goods(msgspec.Struct, frozen=True):
    """What is wanted or offered, and where. `expires` is when it ends by itself."""

    side: str
    power: str
    price: str
    delivery_start: str
    delivery_end: str
    location_id: tuple[str | None, ...]
    country_code: str | None
    expires: str


class BookTruth(msgspec.Struct, frozen=True):
    """An order in the book, with what is left of it."""

    goods: Goods
    left: str
    entered: str
    order_id: str | None
    """Of the user's orders only."""


class OrderTruth(msgspec.Struct, frozen=True):
    """An order of the user's, with every status it had."""

    order_id: str
    goods: Goods
    status: str
    filled: str
    baseline: bool
    created: str
    history: list[tuple[str, str]]


class ContractTruth(msgspec.Struct, frozen=True):
    """A contract of the user's, with every status it had; none before its verification begins."""

    contract_id: str
    order_id: str
    power: str
    price: str
    status: str
    created: str
    history: list[tuple[str, str]]


class ArrivalTruth(msgspec.Struct, frozen=True):
    """A valid order as it came in; `lost` when a fault swallowed it."""

    goods: Goods
    at: str
    lost: bool


class FlexTruth(msgspec.Struct, frozen=True):
    """Everything. Book and orders in priority and age."""

    now: str
    revision: int
    bids: list[BookTruth]
    asks: list[BookTruth]
    orders: list[OrderTruth]
    contracts: list[ContractTruth]
    arrivals: list[ArrivalTruth]


def tell(exchange: Exchange) -> FlexTruth:
    """Everything that is remembered."""
    bids, asks = ([_resting(exchange, order) for order in exchange.book.side(side)] for side in (Side.BUY, Side.SELL))
    return FlexTruth(
        now=utc_text(exchange.now),
        revision=exchange.book.revision,
        bids=bids,
        asks=asks,
        orders=[_order(order) for order in exchange.office.orders.values()],
        contracts=[_contract(contract) for contract in exchange.office.contracts.values()],
        arrivals=[_arrival(arrival) for arrival in exchange.arrivals],
    )


def _goods(terms: Terms) -> Goods:
    return Goods(
        side=SIDES[terms.side],
        power=plain_text(terms.power),
        price=plain_text(terms.price),
        delivery_start=utc_text(terms.delivery.start),
        delivery_end=utc_text(terms.delivery.end),
        location_id=terms.location.identifiers,
        country_code=terms.location.country,
        expires=utc_text(terms.expires),
    )


def _resting(exchange: Exchange, order: Resting) -> BookTruth:
    return BookTruth(_goods(order.terms), plain_text(order.left), utc_text(order.entered), exchange.owner(order))


def _order(order: OwnOrder) -> OrderTruth:
    return OrderTruth(
        order_id=order.identifier,
        goods=_goods(order.terms),
        status=order.status,
        filled=plain_text(order.filled),
        baseline=order.baseline,
        created=utc_text(order.created),
        history=_history(order.history),
    )


def _contract(contract: Contract) -> ContractTruth:
    return ContractTruth(
        contract_id=contract.identifier,
        order_id=contract.order,
        power=plain_text(contract.power),
        price=plain_text(contract.price),
        status=contract.status,
        created=utc_text(contract.created),
        history=_history(contract.history),
    )


def _arrival(arrival: Arrival) -> ArrivalTruth:
    return ArrivalTruth(_goods(arrival.terms), utc_text(arrival.at), arrival.lost)


def _history(steps: tuple[tuple[str, UtcNs], ...]) -> list[tuple[str, str]]:
    return [(status, utc_text(at)) for status, at in steps]
