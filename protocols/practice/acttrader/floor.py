"""The FX venue once somebody has asked for it: exchange, gateways, and what is answered over HTTP. Sans-IO."""

import random
from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec

from protocols.acttrader import codec
from protocols.market.times import Instant, utc_text
from protocols.market.values import SCALE, Price, Side, ValueRefused, plain_text, scaled
from protocols.practice.acttrader import chart_rest, truth
from protocols.practice.acttrader.chart_gateway import ChartGateway
from protocols.practice.acttrader.chart_rest import Reply
from protocols.practice.acttrader.exchange import Exchange
from protocols.practice.acttrader.order_gateway import OrderGateway
from protocols.practice.acttrader.pairs import PAIRS
from protocols.practice.acttrader.settings import FxSettings
from protocols.practice.faults import FaultRefused, changed

_PIP = 10
"""Ticks."""


class Floor:
    """`orders` and `chart` take the frames, `answer` everything else. Call `advance` before either."""

    def __init__(self, settings: FxSettings, seed: int, fault_seed: int, now: Instant) -> None:
        rng = random.Random(f"fx faults {fault_seed}")
        self.exchange = Exchange(seed, now.utc, settings.rate, settings.faults, rng)
        self.orders = OrderGateway(self.exchange, settings.login, settings.token, rng)
        self.chart = ChartGateway(self.exchange)
        self._answers: dict[tuple[str, str], Callable[[Mapping[str, str], bytes], Reply]] = {
            ("GET", "/acttrader/chart/symbols"): self._symbols,
            ("GET", "/acttrader/chart/candles"): self._candles,
            ("GET", "/truth/fx"): self._tell_truth,
            ("GET", "/practice/fx/faults"): self._tell_faults,
            ("POST", "/practice/fx/faults"): self._set_faults,
            ("POST", "/practice/fx/move"): self._move,
        }

    def advance(self, now: Instant) -> None:
        """Lets the market go on until `now`, and tells what happened."""
        self.exchange.advance(now)
        self._publish()

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Reply:
        """Answers one of `fx_venue.PATHS`. Raises `KeyError` for any other."""
        return self._answers[method, path](query, body)

    def _publish(self) -> None:
        self.chart.publish(self.exchange.quotes())
        self.orders.report()

    def _symbols(self, query: Mapping[str, str], body: bytes) -> Reply:
        return chart_rest.symbols(self.exchange)

    def _candles(self, query: Mapping[str, str], body: bytes) -> Reply:
        return chart_rest.candles(self.exchange, query)

    def _tell_truth(self, query: Mapping[str, str], body: bytes) -> Reply:
        return 200, codec.encode(truth.tell(self.exchange))

    def _tell_faults(self, query: Mapping[str, str], body: bytes) -> Reply:
        return 200, codec.encode(self.exchange.faults)

    def _set_faults(self, query: Mapping[str, str], body: bytes) -> Reply:
        try:
            self.exchange.turn(changed(self.exchange.faults, body))
        except FaultRefused as error:
            return _refusal(str(error))
        self._publish()
        return 200, codec.encode(self.exchange.faults)

    def _move(self, query: Mapping[str, str], body: bytes) -> Reply:
        """`{"symbol": "EURUSD"}` with one of `bid`, `ask` (a price) and `pips` (of both, down when negative)."""
        market = self.exchange.market
        try:
            asked = codec.decode_one(_Move, body)
            pair = PAIRS.get(asked.symbol)
            if pair is None:
                raise ValueError(f"symbol: {asked.symbol[:40]} is not quoted here")
            side, price = asked.target(market.quote(pair.name).bid, pair.tick)
            self.exchange.move(market.move(pair.name, side, price))
        except ValueError as error:
            return _refusal(str(error))
        self._publish()
        quote = market.quote(asked.symbol)
        told = {"bid": plain_text(quote.bid), "ask": plain_text(quote.ask), "at": utc_text(quote.at)}
        return 200, codec.encode({"symbol": asked.symbol, **told})


class _Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    symbol: str
    bid: Decimal | None = None
    ask: Decimal | None = None
    pips: Decimal | None = None

    def target(self, bid: Price, tick: Price) -> tuple[Side, Price]:
        """Whose touch is to be where. Raises `ValueError`."""
        given = [value for value in (self.bid, self.ask, self.pips) if value is not None]
        if len(given) != 1:
            raise ValueError("one of bid, ask and pips")
        try:
            value = scaled(given[0])
        except ValueRefused as error:
            raise ValueError(str(error)) from error
        price = value if self.pips is None else bid + value * _PIP * tick // SCALE
        if price % tick:
            raise ValueError("off the tick")
        return (Side.BUY if self.ask is not None else Side.SELL), Price(price)


def _refusal(message: str) -> Reply:
    return 422, codec.encode({"message": message})
