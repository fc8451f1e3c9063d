"""The chart service's WebSocket, sans-IO: subscriptions to symbols in, tickers out.

A ticker holds the latest quote of each symbol that was quoted since the last one, so a slow tick costs no backlog.
"""

from collections.abc import Iterable

import msgspec

from protocols.acttrader import codec, messages
from protocols.market.times import SECOND, UtcNs, utc_text
from protocols.practice.acttrader.exchange import Exchange
from protocols.practice.acttrader.pairs import PAIRS
from protocols.practice.acttrader.quotes import Quote
from protocols.practice.sockets import ClientId, Frame, HangUp

_POLICY_VIOLATION = 1008


class ChartGateway:
    """All connections to the chart service. It asks for no token, and says nothing to what it can't read or quote:
    the page knows no refusal here."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._clients: dict[ClientId, set[str]] = {}
        self._outgoing: list[Frame | HangUp] = []

    def connected(self, client: ClientId) -> None:
        """A handshake."""
        self._clients[client] = set()

    def disconnected(self, client: ClientId) -> None:
        """The connection ended, however it did; harmless for one that is unknown."""
        self._clients.pop(client, None)

    def receive(self, client: ClientId, frame: bytes) -> None:
        """Subscribes or unsubscribes. A new subscriber gets the latest quote at once."""
        subscribed = self._clients.get(client)
        if subscribed is None:
            return
        try:
            asked = codec.decode_one(messages.ChartRequest, frame)
        except codec.Unreadable:
            return
        symbols = [symbol for symbol in dict.fromkeys(asked.p) if symbol in PAIRS]
        if asked.m == messages.SUBSCRIBE:
            subscribed.update(symbols)
            self._tell(client, [self._exchange.market.quote(symbol) for symbol in symbols])
        elif asked.m == messages.UNSUBSCRIBE:
            subscribed.difference_update(symbols)

    def publish(self, quotes: list[Quote]) -> None:
        """Tells every subscriber what was quoted."""
        latest = {quote.symbol: quote for quote in quotes}
        for client, subscribed in self._clients.items():
            self._tell(client, [quote for symbol, quote in latest.items() if symbol in subscribed])

    def too_slow(self, client: ClientId) -> None:
        """The client doesn't take what waits for it: its connection ends."""
        if self._clients.pop(client, None) is not None:
            self._outgoing.append(HangUp(client, _POLICY_VIOLATION, "too slow"))

    def outgoing(self) -> list[Frame | HangUp]:
        """Takes what is to be sent and which connections are to end, in order."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def _tell(self, client: ClientId, quotes: Iterable[Quote]) -> None:
        tickers = [self._ticker(quote) for quote in quotes]
        if tickers:
            envelope = messages.ChartEnvelope(m=messages.TICKER, d=msgspec.Raw(codec.encode(tickers)))
            self._outgoing.append(Frame(client, codec.encode(envelope), event=True))

    def _ticker(self, quote: Quote) -> messages.Ticker:
        day = self._exchange.candles.day(quote.symbol)
        return messages.Ticker(
            m=quote.symbol,
            time=nanosecond_text(quote.at),
            bid=codec.number(quote.bid),
            ask=codec.number(quote.ask),
            day_open=codec.number(day.open),
            day_high=codec.number(day.high),
            day_low=codec.number(day.low),
        )


def nanosecond_text(at: UtcNs) -> str:
    """ISO 8601 with all nine digits: `2023-04-28T13:09:05.311877774Z`."""
    whole, rest = divmod(at, SECOND)
    return f"{utc_text(UtcNs(whole * SECOND))[:-1]}.{rest:09d}Z"
