"""Flexibility in the state file: books, the ticker, contracts, and what the venue said of each order."""

from typing import Any

from protocols.market.flex import Delivery, Place
from protocols.market.flex_book import FlexBook
from protocols.market.flex_contracts import FlexContractView
from protocols.market.flex_events import FlexBookOrder, FlexTrade
from protocols.market.flex_tape import FlexRow
from protocols.market.state import MarketState
from protocols.market.times import UtcNs, utc_text
from protocols.market.values import plain_text

ROWS = 1_000
"""Of the ticker, the newest."""


def flex_state_of(market: MarketState) -> dict[str, Any]:
    """Power in W, energy in Wh, prices in EUR/kWh, as plain decimal text; times ISO 8601, null where unknown."""
    flex = market.flex
    return {
        "flex_books": [_book(market, name, book) for name, book in sorted(flex.books.items())],
        "flex_ticker": [_row(row) for row in flex.tape.newest(ROWS)],
        "flex_contracts": [_contract(view) for view in flex.contracts.rows()],
        "flex_orders": [
            {"connection": told.connection, "client_id": told.client_id, "venue_id": told.venue_id, "raw": told.raw}
            for told in flex.told.values()
        ],
    }


def _book(market: MarketState, connection: str, book: FlexBook) -> dict[str, Any]:
    standing = market.flex_standing(connection)
    return {
        "connection": connection,
        "created_at": _time(book.created_at),
        "received_at": None if book.received is None else utc_text(book.received.utc),
        "freshness": standing.freshness.value,
        "reason": standing.reason,
        "orders": [_order(order) for order in book.orders()],
        "revision": book.revision,
    }


def _order(order: FlexBookOrder) -> dict[str, Any]:
    return {"side": order.side.value, **_goods(order)}


def _row(row: FlexRow) -> dict[str, Any]:
    """A trade and an expired order are told apart by `kind`."""
    kind, at = ("trade", row.closed_at) if isinstance(row, FlexTrade) else ("expired", row.expired_at)
    return {"connection": row.connection, "kind": kind, "at": _time(at), **_goods(row)}


def _goods(row: FlexBookOrder | FlexRow) -> dict[str, Any]:
    return {
        "price": plain_text(row.price),
        "power": plain_text(row.power),
        "energy": _value(row.energy),
        **_delivery(row.delivery),
        **_place(row.place),
    }


def _contract(view: FlexContractView) -> dict[str, Any]:
    contract = view.contract
    return {
        "connection": contract.connection,
        "id": contract.identifier,
        "order_ids": list(contract.order_ids),
        "status": contract.status,
        "verification": contract.verification,
        "settlement": contract.settlement,
        "side": None if contract.side is None else contract.side.value,
        "price": _value(contract.price),
        "power": _value(contract.power),
        "steps": [[step.word, _time(step.told_at)] for step in view.steps],
    }


def _delivery(delivery: Delivery) -> dict[str, str]:
    return {"delivery_start": utc_text(delivery.start), "delivery_end": utc_text(delivery.end)}


def _place(place: Place) -> dict[str, Any]:
    return {"location_ids": list(place.location_ids), "country_code": place.country_code}


def _value(value: int | None) -> str | None:
    return None if value is None else plain_text(value)


def _time(at: UtcNs | None) -> str | None:
    return None if at is None else utc_text(at)
