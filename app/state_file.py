"""The desk's whole state as JSON: the handle for automation that the README documents. Fields may be added."""

import os
from pathlib import Path
from typing import Any

import msgspec

from app.desk import Desk
from app.flex_state import flex_state_of
from protocols.market.book import BookSide
from protocols.market.commands import FlexTerms, FxTerms, PowerTerms, Terms
from protocols.market.events import AreaState, MarketInformation, Quote, Trade
from protocols.market.fx_positions import FxPosition, fx_positions
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnTrade
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.times import Instant, UtcNs, utc_text
from protocols.market.values import plain_text
from protocols.session import ConnectionReport

VERSION = 1


def state_of(desk: Desk, now: Instant) -> dict[str, Any]:
    """Everything the desk knows at `now`. Prices and quantities are decimal text without exponent or trailing zeros,
    best level first; times ISO 8601 in UTC, null where unknown.
    """
    market, reports = desk.market, desk.reports()
    return {
        "version": VERSION,
        "captured_at": utc_text(now.utc),
        "connections": [_connection(report) for report in reports],
        "channels": [channel for report in reports for channel in _channels(report)],
        "books": [_book(market, key) for key in sorted(market.books)],
        "trades": [_trade(market, trade) for trade in market.tape.newest_first()],
        "area_states": [_area_state(market, state) for _, state in sorted(market.area_states.rows().items())],
        "market_information": [
            _information(market, information) for _, information in sorted(market.information.rows().items())
        ],
        "orders": [_order(order) for order in market.blotter.rows()],
        "own_trades": [_own_trade(trade) for trade in market.positions.trades()],
        "quotes": [_quote(market, quote) for _, quote in sorted(market.quotes.rows().items())],
        "positions": [_position(position) for position in fx_positions(market)],
        **flex_state_of(market),
        "unmatched_executions": [
            msgspec.structs.asdict(each) | {"at": utc_text(each.at.utc), "dismissed": each in market.strays.dismissed}
            for each in market.strays.all()
        ],
    }


def write_state(path: Path, desk: Desk, now: Instant) -> None:
    """Writes the state, whole or not at all. Raises OSError."""
    content = msgspec.json.format(msgspec.json.encode(state_of(desk, now)), indent=1) + b"\n"
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a pipe or a device can't be replaced
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _connection(report: ConnectionReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "venue": report.venue,
        "status": report.status.value,
        "reason": report.reason,
        "messages": report.messages,
        "reconnects": report.reconnects,
        "token_refreshes": report.token_refreshes,
        "unauthorised": report.unauthorised,
        "slow_downs": report.slow_downs,
        "heartbeats_missed": report.heartbeats_missed,
        "anomalies": report.anomalies,
        "last_error": report.last_error,
    }


def _channels(report: ConnectionReport) -> list[dict[str, Any]]:
    return [
        {
            "connection": report.name,
            "channel": channel.channel,
            "status": channel.status.value,
            "reason": channel.reason,
            "applied": channel.applied,
            "reordered": channel.reordered,
            "dropped": channel.dropped,
            "gaps": channel.gaps,
            "resubscribes": channel.resubscribes,
            "last_sequence": channel.last_sequence,
            "stragglers": channel.stragglers,
            "unsubscribed": channel.unsubscribed,
            "missing": channel.missing,
            "last_heard": None if channel.last_heard is None else _time(channel.last_heard.utc),
            "last_pong": None if channel.last_pong is None else _time(channel.last_pong.utc),
        }
        for channel in report.channels
    ]


def _book(market: MarketState, key: ContractKey) -> dict[str, Any]:
    book = market.books[key]
    standing = market.book_standing(key)
    return {
        **_contract(market, key),
        "freshness": standing.freshness.value,
        "reason": standing.reason,
        "bids": _levels(book.bids),
        "asks": _levels(book.asks),
        "revision": book.revision,
    }


def _levels(side: BookSide) -> list[list[str]]:
    return [[plain_text(level.price), plain_text(level.quantity)] for level in side.levels()]


def _contract(market: MarketState, key: ContractKey) -> dict[str, Any]:
    contract = market.contracts[key]
    return {
        "connection": key.connection,
        "area": key.area,
        "product": contract.product,
        "contract": contract.name,
        "contract_id": key.contract_id,
        "delivery_start": utc_text(contract.delivery_start),
        "delivery_end": utc_text(contract.delivery_end),
    }


def _order(order: Order) -> dict[str, Any]:
    """`status` is ours (`partly filled`, `in doubt`), `venue_state` the venue's own words."""
    return {
        "connection": order.connection,
        "area": order.key.area,
        "contract_id": order.key.contract_id,
        "client_id": order.client_id,
        "venue_id": order.venue_id,
        "ours": order.ours,
        "side": order.side.value,
        "type": _type(order.terms),
        "price": _value(order.price),
        "stop_price": _value(order.terms.stop_price) if isinstance(order.terms, FxTerms) else None,
        "quantity": plain_text(order.quantity),
        "filled": plain_text(order.filled),
        **_lifetime(order.terms),
        "group": order.pair,
        "status": order.status.value,
        "request": order.request.value if order.request is not None else None,
        "reason": order.reason,
        "venue_state": order.venue_state,
    }


def _quote(market: MarketState, quote: Quote) -> dict[str, Any]:
    standing = market.quote_standing(quote.key)
    return {
        "connection": quote.key.connection,
        "symbol": quote.key.contract_id,
        "bid": _value(quote.bid),
        "ask": _value(quote.ask),
        "day_open": _value(quote.day_open),
        "day_high": _value(quote.day_high),
        "day_low": _value(quote.day_low),
        "at": _time(quote.at),
        "freshness": standing.freshness.value,
        "reason": standing.reason,
    }


def _position(position: FxPosition) -> dict[str, Any]:
    """FX, from own orders' executed quantities; `exposure` in the account's currency, null with its reason;
    realised and unrealised in the quote currency, null where what was paid, or a live quote, is not known.
    `from_journal` is how much of what was bought and sold the venue has not listed since the desk began."""
    return {
        "connection": position.key.connection,
        "symbol": position.key.contract_id,
        "net": plain_text(position.net),
        "exposure": _value(position.exposure),
        "account_currency": position.account_currency,
        "reason": position.reason,
        "average": _value(position.average),
        "mark": _value(position.mark),
        "realised": _value(position.realised),
        "unrealised": _value(position.unrealised),
        "cost_reason": position.cost_reason,
        "mark_reason": position.mark_reason,
        "from_journal": plain_text(position.unlisted),
    }


def _type(terms: Terms) -> str:
    """An FX order's type in the venue's word."""
    if isinstance(terms, FxTerms):
        return terms.type
    if isinstance(terms, FlexTerms):
        return "Limit"
    return terms.kind or ("Iceberg" if terms.display_quantity is not None else "Limit")


def _lifetime(terms: Terms) -> dict[str, Any]:
    match terms:
        case FxTerms():
            return {"tif": terms.time_in_force, "restriction": None, "until": _time(terms.until)}
        case FlexTerms():
            return {"tif": None, "restriction": None, "until": _time(terms.expiry)}
        case PowerTerms():
            until = _time(terms.validity_until)
            return {"tif": terms.validity, "restriction": terms.restriction, "until": until}


def _trade(market: MarketState, trade: Trade) -> dict[str, Any]:
    # A trade across areas is one trade: it is named by its buyer's side, the seller's stands beside it.
    named, other = trade.buy or trade.sell, trade.sell
    return {
        "connection": trade.connection,
        "area": named.area if named else None,
        "contract_id": named.contract_id if named else None,
        "sell_area": other.area if other else None,
        "sell_contract_id": other.contract_id if other else None,
        "id": trade.identifier,
        "revision": trade.revision,
        "state": trade.venue_state,
        "price": plain_text(trade.price),
        "quantity": plain_text(trade.quantity),
        "executed_at": _time(trade.executed_at),
        "own": market.positions.is_own(trade.connection, trade.identifier),
    }


def _own_trade(trade: OwnTrade) -> dict[str, Any]:
    """Our side of a trade; of one with both sides ours there are two."""
    return {
        "connection": trade.connection,
        "area": trade.key.area,
        "contract_id": trade.key.contract_id,
        "id": trade.identifier,
        "revision": trade.revision,
        "state": trade.venue_state,
        "side": trade.side.value,
        "price": plain_text(trade.price),
        "quantity": plain_text(trade.quantity),
        "executed_at": _time(trade.executed_at),
        "order_venue_id": trade.order_venue_id,
        "comment": trade.comment,
    }


def _area_state(market: MarketState, state: AreaState) -> dict[str, Any]:
    standing = market.area_state_standing(state.key)
    return {
        **_contract(market, state.key),
        "state": state.state,
        "phase": state.phase,
        "phase_start": _time(state.phase_start),
        "phase_end": _time(state.phase_end),
        "freshness": standing.freshness.value,
    }


def _information(market: MarketState, information: MarketInformation) -> dict[str, Any]:
    standing = market.information_standing(information.key)
    return {
        **_contract(market, information.key),
        "last_price": _value(information.last_price),
        "last_quantity": _value(information.last_quantity),
        "last_at": _time(information.last_at),
        "total_quantity": _value(information.total_quantity),
        "high": _value(information.high),
        "low": _value(information.low),
        "direction": information.direction,
        "vwap": _value(information.vwap),
        "day_ahead": _value(information.day_ahead),
        "freshness": standing.freshness.value,
    }


def _value(value: int | None) -> str | None:
    return None if value is None else plain_text(value)


def _time(at: UtcNs | None) -> str | None:
    return None if at is None else utc_text(at)
