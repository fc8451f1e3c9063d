"""The chart service's REST side: which pairs it has, and candles. Asked again while an instrument is initialising."""

from collections.abc import Callable
from urllib.parse import urlencode

import msgspec

from protocols.acttrader import messages
from protocols.acttrader.codec import Unreadable, decode_one, result_of
from protocols.acttrader.pairs import PairDirectory
from protocols.acttrader.quotes import candle_of
from protocols.acttrader.settings import QUOTES_CHANNEL
from protocols.market.events import CandlesArrived, Event
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderEvent
from protocols.market.times import Instant
from protocols.notices import Notices
from protocols.secret import Secret
from protocols.session import Call, CallFailed, CallId, Outgoing, Reply

INTERVALS = ("1m", "3m", "5m", "10m", "15m", "30m", "1h", "2h", "4h", "8h", "1day", "1week", "1month", "1year")
INITIALISING_SECONDS = 5.0
"""How soon an instrument that is initialising is asked for again."""
INITIALISING_TRIES = 12


class _Asked(msgspec.Struct):
    """One question; without an interval it is for the list of symbols."""

    symbol: str
    interval: str
    count: int
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
        self._put(_Asked("", "", 0), new_call)

    def ask_candles(self, symbol: str, interval: str, count: int, new_call: Callable[[], CallId]) -> None:
        """Raises `ValueError` for an interval that the service doesn't have, or a count that is not positive."""
        if interval not in INTERVALS or count < 1:
            raise ValueError(f"candles: {count} of {interval!r}")
        self._put(_Asked(symbol, interval, count), new_call)

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
            self._problem(asked, reply.reason)
            return
        try:
            answer = decode_one(messages.ChartAnswer, reply.body)
            if answer.error_code == messages.INSTRUMENT_INITIALIZING and asked.tries < INITIALISING_TRIES:
                asked.tries += 1
                asked.due = now.monotonic + INITIALISING_SECONDS
                self._later.append(asked)
            elif reply.status != 200 or not answer.success or answer.error_code:
                self._problem(asked, _words(answer, reply.status))
            elif asked.interval:
                self._candles(asked, result_of(list[messages.CandleRow], answer))
            else:
                self._symbols(result_of(list[messages.SymbolRow], answer))
        except Unreadable as error:
            status = "" if reply.status == 200 else f" (status {reply.status})"
            self._problem(asked, f"unreadable{status}: {error}")

    def _put(self, asked: _Asked, new_call: Callable[[], CallId]) -> None:
        call = new_call()
        self._open[call] = asked
        path = "/symbols"
        if asked.interval:
            path = "/candles?" + urlencode({"symbol": asked.symbol, "interval": asked.interval, "count": asked.count})
        self._out.append(Call(call, "GET", self._base + path, None, self._token))

    def _symbols(self, rows: list[messages.SymbolRow]) -> None:
        strange = self._pairs.add(row.name for row in rows)
        if strange:
            self._notice("symbols", f"no currency pairs: {', '.join(strange)}"[:200])

    def _candles(self, asked: _Asked, rows: list[messages.CandleRow]) -> None:
        candles = tuple(sorted((candle_of(row) for row in rows), key=lambda candle: candle.at))
        self._events.append(CandlesArrived(self._key(asked), asked.interval, candles))

    def _problem(self, asked: _Asked, words: str) -> None:
        if asked.interval:
            self._events.append(CandlesArrived(self._key(asked), asked.interval, (), words))
        else:
            self._notice("symbols", f"the venue's list of symbols: {words}"[:200])

    def _key(self, asked: _Asked) -> ContractKey:
        return self._pairs.key(asked.symbol)


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
