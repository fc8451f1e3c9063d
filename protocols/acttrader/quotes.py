"""What the chart service says, turned into facts: quotes from its socket, pairs and candles from its REST answers.

A quote is as old as the venue's clock says, measured against the freshest one seen: what lay in a buffer while the
machine slept arrives in order and looks like news.
"""

from decimal import Decimal

from protocols.acttrader import messages
from protocols.acttrader.codec import Unreadable, read_time
from protocols.acttrader.pairs import PairDirectory
from protocols.market.events import Candle, Quote
from protocols.market.times import SECOND, Instant
from protocols.market.values import Price, Quantity, ValueRefused, scaled

LATE_SECONDS = 10.0
"""A quote so much later than the quickest of the link is not shown as live."""
OLD_SECONDS = 60.0
"""Nor is one so much older than our own clock, which may be wrong by a little."""


class Lateness:
    """How late quotes arrive, on one link."""

    def __init__(self) -> None:
        self._least: float | None = None

    def words(self, quote: Quote) -> str:
        """Why the quote is not to be shown as live; empty when it may be."""
        if quote.at is None:
            return ""
        now = quote.received
        lag = now.monotonic - quote.at / SECOND
        self._least = lag if self._least is None else min(lag, self._least)
        late = lag - self._least
        if late > LATE_SECONDS:
            return f"the quote arrived {late:.0f} s late"
        old = (now.utc - quote.at) / SECOND
        return f"the venue's quote is {old:.0f} s old" if old > OLD_SECONDS else ""


def quote_of(ticker: messages.Ticker, pairs: PairDirectory, now: Instant) -> Quote:
    """Raises `Unreadable`. A bid or ask of 0 is none."""
    return Quote(
        key=pairs.key(ticker.m),
        bid=_price("bid", ticker.bid),
        ask=_price("ask", ticker.ask),
        at=None if ticker.time is None else read_time(ticker.time),
        received=now,
        day_open=_price("day_open", ticker.day_open),
        day_high=_price("day_high", ticker.day_high),
        day_low=_price("day_low", ticker.day_low),
    )


def candle_of(row: messages.CandleRow) -> Candle:
    """Raises `Unreadable`, for a candle that contradicts itself too."""
    candle = Candle(
        at=read_time(row.time),
        open=Price(_scaled("open", row.open)),
        high=Price(_scaled("high", row.high)),
        low=Price(_scaled("low", row.low)),
        close=Price(_scaled("close", row.close)),
        volume=None if row.volume is None else Quantity(_scaled("volume", row.volume)),
    )
    if not 0 < candle.low <= min(candle.open, candle.close) <= max(candle.open, candle.close) <= candle.high:
        raise Unreadable(f"candle of {str(row.time)[:40]}: open, high, low and close contradict each other")
    if candle.volume is not None and candle.volume < 0:
        raise Unreadable(f"candle of {str(row.time)[:40]}: volume is below zero")
    return candle


def _price(field: str, value: Decimal | None) -> Price | None:
    return None if not value else Price(_scaled(field, value))


def _scaled(field: str, value: Decimal) -> int:
    try:
        return scaled(value)
    except ValueRefused as refused:
        raise Unreadable(f"{field}: {refused}") from refused
