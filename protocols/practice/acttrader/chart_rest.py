"""The chart service's REST side: `GET /symbols` and `GET /candles` (protocol page, Quotes)."""

import re
from collections.abc import Mapping
from typing import Any

from protocols.acttrader import codec, messages
from protocols.market.times import TimeRefused, UtcNs, utc_from_text, utc_text
from protocols.practice.acttrader.bars import INTERVALS, Bar
from protocols.practice.acttrader.exchange import Exchange
from protocols.practice.acttrader.pairs import PAIRS

USUAL_CANDLES = 100
MOST_CANDLES = 1_000
_MILLION = 1_000_000
"""Volumes are told in millions of the base currency: what the vendor counts in is not said."""

_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)

Reply = tuple[int, bytes]
"""HTTP status and JSON body."""


class _Failed(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(message)


def symbols(exchange: Exchange) -> Reply:
    """All pairs, with their day."""
    rows = []
    for quote in exchange.market.quotes():
        day = exchange.candles.day(quote.symbol)
        rows.append(
            messages.SymbolRow(
                name=quote.symbol,
                bid=codec.number(quote.bid),
                ask=codec.number(quote.ask),
                volume=codec.number(day.volume // _MILLION),
                high=codec.number(day.high),
                low=codec.number(day.low),
            )
        )
    return _succeeded(rows)


def candles(exchange: Exchange, query: Mapping[str, str]) -> Reply:
    """The newest `count` candles that begin at or after `from` and before `till`. The last may still be growing."""
    try:
        return _succeeded([_row(bar) for bar in _asked(exchange, query)])
    except _Failed as failed:
        return failed.status, codec.encode({"success": False, "message": str(failed), "errorCode": failed.code})


def _asked(exchange: Exchange, query: Mapping[str, str]) -> list[Bar]:
    symbol, interval = query.get("symbol", ""), query.get("interval", "")
    if symbol not in PAIRS:
        raise _Failed(400, "UNKNOWN_SYMBOL", f"no such symbol: {symbol[:40]}")
    if interval not in INTERVALS:
        raise _Failed(400, "INVALID_INTERVAL", f"interval: one of {' '.join(INTERVALS)}")
    count = _count(query.get("count"))
    begin, end = _moment("from", query.get("from")), _moment("till", query.get("till"))
    if exchange.faults.instrument_initializing:
        raise _Failed(200, messages.INSTRUMENT_INITIALIZING, f"{symbol} is being initialized")
    step, bucket = INTERVALS[interval]
    found: list[Bar] = []
    if not exchange.faults.insufficient_chart_data:
        found = exchange.candles.bars(symbol, step, bucket)
    chosen = [bar for bar in found if (begin is None or bar.start >= begin) and (end is None or bar.start < end)]
    if not chosen:
        raise _Failed(200, messages.INSUFFICIENT_CHART_DATA, f"no candles of {symbol} then")
    return chosen[-count:]


def _count(text: str | None) -> int:
    if text is None:
        return USUAL_CANDLES
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0):
        raise _Failed(400, "INVALID_COUNT", "count: a number above 0")
    return min(int(text), MOST_CANDLES)


def _moment(field: str, text: str | None) -> UtcNs | None:
    """`YYYYMMDDHHMM`, UTC."""
    if text is None:
        return None
    found = _MOMENT.fullmatch(text)
    try:
        if found is not None:
            return utc_from_text("{}-{}-{}T{}:{}Z".format(*found.groups()))
    except TimeRefused:
        pass
    raise _Failed(400, "INVALID_TIME", f"{field}: YYYYMMDDHHMM, in UTC")


def _row(bar: Bar) -> messages.CandleRow:
    return messages.CandleRow(
        time=utc_text(bar.start),
        open=codec.number(bar.open),
        high=codec.number(bar.high),
        low=codec.number(bar.low),
        close=codec.number(bar.close),
        volume=codec.number(bar.volume // _MILLION),
        count=bar.count,
    )


def _succeeded(rows: list[Any]) -> Reply:
    return 200, codec.encode({"success": True, "message": "", "result": rows})
