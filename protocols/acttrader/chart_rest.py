"""The chart service's REST side: which pairs it has, and candles. Asked again while an instrument is initialising."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec

from protocols.acttrader import messages
from protocols.acttrader.codec import Unreadable, decode_one, result_of
from protocols.acttrader.pairs import PairDirectory
from protocols.acttrader.quotes import candle_of
from protocols.acttrader.settings import QUOTES_CHANNEL
from protocols.market.events import Candle, CandlesArrived, Event
from protocols.market.intervals import INTERVALS, CandleQuery, next_start
from protocols.market.order_events import OrderEvent
from protocols.market.times import MINUTE, SECOND, Instant, UtcNs
from protocols.notices import Notices
from protocols.secret import Secret
from protocols.session import Call, CallFailed, CallId, Outgoing, Reply

INITIALISING_SECONDS = 5.0
"""How soon an instrument that is initialising is asked for again."""
INITIALISING_TRIES = 12
AHEAD = 5 * MINUTE
"""How far the venue's clock may be ahead of ours: a candle that begins later than that is none."""


class _Asked(msgspec.Struct):
    """One question; without a query it is for the list of symbols."""

    query: CandleQuery | None = None
    tries: int = 0
    due: float = 0.0


class ChartRest:
    """One connection's. `chart_url` is the socket's address; REST is beside it."""

    def __init__(
        self,
        chart_url: str,
        token: Secret | None,
        pairs: PairDirectory,
        out: list[Outgoing],
        events: list[Event | OrderEvent],
        notices: Notices,
    ) -> None:
        self._base = rest_address(chart_url)
        self._token = token
        self._pairs = pairs
        self._out = out
        self._events = events
        self._notices = notices
        self._notice = notices.of_channel(QUOTES_CHANNEL)
        self._open: dict[CallId, _Asked] = {}
        self._later: list[_Asked] = []

    def ask_symbols(self, new_call: Callable[[], CallId]) -> None:
        self._put(_Asked(), new_call)

    def ask_candles(self, query: CandleQuery, new_call: Callable[[], CallId]) -> None:
        """Raises `ValueError` for an interval that the service doesn't have, or a count that is not positive."""
        if query.interval not in INTERVALS or query.count < 1:
            raise ValueError(f"candles: {query.count} of {query.interval!r}")
        self._put(_Asked(query), new_call)

    def forget(self, now: Instant) -> None:
        """The connection was made anew: what waits to be asked again is given up, and whoever asked is told."""
        waiting, self._later = self._later, []
        for asked in waiting:
            self._problem(asked, "the connection to the chart service was made anew", now)

    def tick(self, now: Instant, new_call: Callable[[], CallId]) -> None:
        due = [asked for asked in self._later if now.monotonic >= asked.due]
        self._later = [asked for asked in self._later if asked not in due]
        for asked in due:
            self._put(asked, new_call)

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        """Takes an answer; one to another call is none of ours."""
        asked = self._open.pop(call, None)
        if asked is None:
            return
        if isinstance(reply, CallFailed):
            self._problem(asked, reply.reason, now)
            return
        try:
            answer = decode_one(messages.ChartAnswer, reply.body)
            if answer.error_code == messages.INSTRUMENT_INITIALIZING and asked.tries < INITIALISING_TRIES:
                self._ask_later(asked, now)
            elif reply.status != 200 or not answer.success or answer.error_code:
                none_there = answer.error_code == messages.INSUFFICIENT_CHART_DATA
                self._problem(asked, _words(answer, reply.status), now, none_there)
            elif asked.query is not None:
                self._candles(asked.query, result_of(list[messages.CandleRow], answer), now)
            else:
                self._symbols(result_of(list[messages.SymbolRow], answer))
        except Unreadable as error:
            status = "" if reply.status == 200 else f" (status {reply.status})"
            self._problem(asked, f"unreadable{status}: {error}", now)

    def _put(self, asked: _Asked, new_call: Callable[[], CallId]) -> None:
        call = new_call()
        self._open[call] = asked
        path = "/symbols" if asked.query is None else f"/candles?{urlencode(_parameters(asked.query))}"
        self._out.append(Call(call, "GET", self._base + path, None, self._token))

    def _ask_later(self, asked: _Asked, now: Instant) -> None:
        asked.tries += 1
        asked.due = now.monotonic + INITIALISING_SECONDS
        self._later.append(asked)
        if asked.query is not None:
            words = f"the venue is still initialising this pair; it is asked again every {INITIALISING_SECONDS:.0f} s"
            self._events.append(CandlesArrived(asked.query, (), now, words, waiting=True))

    def _symbols(self, rows: list[messages.SymbolRow]) -> None:
        strange = self._pairs.add(row.name for row in rows)
        if strange:
            self._notice("symbols", f"no currency pairs: {', '.join(strange)}"[:200])

    def _candles(self, query: CandleQuery, rows: list[messages.CandleRow], now: Instant) -> None:
        """One that can't be so is left out, and said: the others are as good as they were."""
        found: dict[UtcNs, Candle] = {}
        latest = max(now.utc + AHEAD, next_start(INTERVALS[query.interval], now.utc))
        for row in rows:
            try:
                candle = candle_of(row)
                if candle.at > latest:
                    raise Unreadable(f"time: {str(row.time)[:40]} is still to come")
            except Unreadable as error:
                self._notice("candle", f"{query.key.contract_id} {query.interval}: {error}"[:200])
            else:
                found[candle.at] = candle
        if rows and not found:
            self._problem(_Asked(query), "none of the venue's candles could be read", now)
            return
        candles = tuple(candle for _, candle in sorted(found.items()))
        self._events.append(CandlesArrived(query, candles, now))

    def _problem(self, asked: _Asked, words: str, now: Instant, none_there: bool = False) -> None:
        if asked.query is not None:
            self._events.append(CandlesArrived(asked.query, (), now, words, none_there))
        else:
            self._notice("symbols", f"the venue's list of symbols: {words}"[:200])


def _parameters(query: CandleQuery) -> dict[str, str]:
    asked = {"symbol": query.key.contract_id, "interval": query.interval, "count": str(query.count)}
    if query.till is not None:
        # Whole minutes, rounded up: told twice is better than left out.
        minute = -(-query.till // MINUTE) * MINUTE
        asked["till"] = datetime.fromtimestamp(minute // SECOND, UTC).strftime("%Y%m%d%H%M")
    return asked


def rest_address(chart_url: str) -> str:
    """`wss://host/ws` is beside `https://host`, `ws://host/acttrader/chart` is itself with the other scheme."""
    scheme, _, rest = chart_url.partition("://")
    return f"{'https' if scheme == 'wss' else 'http'}://{rest.removesuffix('/').removesuffix('/ws')}"


def _words(answer: messages.ChartAnswer, status: int) -> str:
    match answer.error_code:
        case messages.INSUFFICIENT_CHART_DATA:
            return "the venue has not enough data for candles of this pair and interval"
        case messages.INSTRUMENT_INITIALIZING:
            return "the venue is still initialising this pair"
        case None:
            return f"the venue answered {status}: {answer.message or 'no reason given'}"[:200]
        case code:
            return f"the venue says {code}: {answer.message or ''}"[:200].rstrip(": ")
