"""The chart service: quotes over a second socket of the same venue. Optional; nothing about orders depends on it."""

import random
from collections.abc import Callable

from protocols.acttrader import messages
from protocols.acttrader.chart_rest import ChartRest
from protocols.acttrader.codec import Unreadable, chart_request, decode_chart, tickers_of
from protocols.acttrader.pairs import PairDirectory
from protocols.acttrader.quotes import Lateness, quote_of
from protocols.acttrader.settings import AREA, QUOTES_CHANNEL, Settings
from protocols.market.events import ChannelChanged, ContractLost, Event, Feed, Freshness, QuoteChanged
from protocols.market.intervals import CandleQuery
from protocols.market.order_events import OrderEvent
from protocols.market.times import Instant
from protocols.notices import Notices
from protocols.session import CallFailed, CallId, ChannelReport, Closed, Outgoing, Reply, SendId
from protocols.socket import Socket

QUIET_SECONDS = 30.0
"""No quote of any pair for so long, and none is shown as live: the service tells nothing of its own health."""
SYMBOLS_PER_MESSAGE = 50


class ChartFeed:
    """`new_send` and `new_call` number what is sent, across the connection."""

    def __init__(
        self,
        settings: Settings,
        chart_url: str,
        pairs: PairDirectory,
        randomness: random.Random,
        out: list[Outgoing],
        events: list[Event | OrderEvent],
        notices: Notices,
        new_send: Callable[[], SendId],
        new_call: Callable[[], CallId],
    ) -> None:
        self._settings = settings
        self._pairs = pairs
        self._events = events
        self._notice = notices.of_channel(QUOTES_CHANNEL)
        self._new_send = new_send
        self._new_call = new_call
        self.socket = Socket("chart", chart_url, settings.token, randomness, out)
        self._rest = ChartRest(chart_url, settings.token, pairs, out, events, notices)
        self._lateness = Lateness()
        self._heard_at = 0.0
        self._quoted: set[str] = set()
        self.report = ChannelReport(QUOTES_CHANNEL, Feed.QUOTES, AREA, "", Freshness.UNSYNCHRONISED)

    def opened(self, stream: str, now: Instant) -> bool:
        if not self.socket.opened(stream, now):
            return False
        self._lateness = Lateness()
        self._heard_at = now.monotonic
        self.report.resubscribes += self.socket.times_opened > 1
        for symbol in sorted(self._quoted):
            reason = "not quoted since the connection was made anew"
            self._events.append(ContractLost(QUOTES_CHANNEL, Feed.QUOTES, self._pairs.key(symbol), reason))
        self._quoted.clear()
        symbols = list(self._settings.symbols)
        for start in range(0, len(symbols), SYMBOLS_PER_MESSAGE):
            frame = chart_request(messages.SUBSCRIBE, symbols[start : start + SYMBOLS_PER_MESSAGE])
            self.socket.send(self._new_send(), frame)
        self._rest.forget(now)
        self._rest.ask_symbols(self._new_call)
        self._move(Freshness.RESYNCHRONISING, "waiting for the first quote", now)
        return True

    def closed(self, stream: str, why: Closed, now: Instant) -> bool:
        if not self.socket.closed(stream, why, now):
            return False
        self._gone(now)
        return True

    def stop(self, now: Instant) -> None:
        self.socket.stop()
        self._move(Freshness.STALE if self._quoted else Freshness.UNSYNCHRONISED, "switched off", now)

    def receive(self, frame: bytes, now: Instant) -> None:
        """A frame of the current socket."""
        try:
            message = decode_chart(frame)
            if message.m != messages.TICKER:
                self._notice("unrecognised message", message.m[:80])
                return
            tickers = tickers_of(message)
        except Unreadable as error:
            self._notice("unreadable quote", str(error))
            self.report.dropped += 1
            self._doubt_all(str(error))
            return
        self._heard_at = now.monotonic
        self.report.last_heard = now
        for ticker in tickers:
            self._ticker(ticker, now)
        if self.report.status is not Freshness.LIVE and tickers:
            self._move(Freshness.LIVE, "", now)

    def tick(self, now: Instant) -> None:
        self.socket.tick(now)
        if not self.socket.is_open:
            return
        self._rest.tick(now, self._new_call)
        if now.monotonic - self._heard_at > QUIET_SECONDS and self.report.status is Freshness.LIVE:
            self._move(Freshness.STALE, f"no quote for {QUIET_SECONDS:.0f} s", now)

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        self._rest.answered(call, reply, now)

    def ask_candles(self, query: CandleQuery) -> str | None:
        """The answer comes as `CandlesArrived`. Why it can't be asked now, in words; None when it is. Raises
        `ValueError` for an interval that the service doesn't have."""
        if not self.socket.is_open:
            return f"no connection to the chart service: {self.socket.reason or 'it is off'}"
        self._rest.ask_candles(query, self._new_call)
        return None

    def _ticker(self, ticker: messages.Ticker, now: Instant) -> None:
        if self._pairs.get(ticker.m) is None:
            self._notice("unasked quote", ticker.m[:40])
            return
        try:
            quote = quote_of(ticker, self._pairs, now)
        except Unreadable as error:
            self._notice("unreadable quote", f"{ticker.m[:40]}: {error}")
            self._lose(ticker.m, f"unreadable: {error}")
            return
        self._events.append(QuoteChanged(QUOTES_CHANNEL, quote))
        self._quoted.add(ticker.m)
        self.report.applied += 1
        late = self._lateness.words(quote)
        if late:
            self._lose(ticker.m, late)

    def _doubt_all(self, why: str) -> None:
        """A message of which not even the pairs can be told: any of them may have been quoted anew."""
        for symbol in sorted(self._quoted):
            self._lose(symbol, f"a message could not be read: {why}")

    def _lose(self, symbol: str, reason: str) -> None:
        self._events.append(ContractLost(QUOTES_CHANNEL, Feed.QUOTES, self._pairs.key(symbol), reason))

    def _gone(self, now: Instant) -> None:
        self._move(Freshness.STALE if self._quoted else Freshness.UNSYNCHRONISED, self.socket.reason, now)

    def _move(self, status: Freshness, reason: str, now: Instant) -> None:
        if (status, reason) == (self.report.status, self.report.reason):
            return
        self.report.status, self.report.reason = status, reason
        self._events.append(
            ChannelChanged(self._settings.name, QUOTES_CHANNEL, Feed.QUOTES, AREA, "", status, reason, now)
        )
