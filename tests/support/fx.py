"""A desk with an ActTrader session and no venue: what it sends is kept, what it is told the test writes itself."""

import json
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.desk import Ordering
from app.fx_limits import shipped_fx_limits
from app.fx_table import fx_table
from app.limits import shipped_limits
from protocols.acttrader.messages import Dialect
from protocols.acttrader.session import ActTraderSession
from protocols.acttrader.settings import AREA, Settings
from protocols.market.commands import FxTerms, Intent, OcoLeg, PlaceOco, PlaceOrder
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.times import UtcNs, utc_from_text
from protocols.market.values import Price, Quantity, Side, scaled_from_text
from protocols.session import Call, Dropped, Reply, Send, Written
from tests.support.session_desk import SessionDesk, kind_of

START = utc_from_text("2026-11-20T13:30:00Z")
LOGIN = "700100"
SYMBOLS = ("EURUSD", "GBPUSD", "USDJPY")
ORDERS_URL = {Dialect.LATER: "ws://127.0.0.1/acttrader/orders", Dialect.SEED: "ws://127.0.0.1/acttrader/seed/orders"}
CHART_URL = "ws://127.0.0.1/acttrader/chart"


def settings(dialect: Dialect = Dialect.LATER, **changes: Any) -> Settings:
    usual: dict[str, Any] = {
        "name": "FX", "orders_url": ORDERS_URL[dialect], "login": LOGIN, "symbols": SYMBOLS, "dialect": dialect,
        "chart_url": CHART_URL,
    }  # fmt: skip
    return Settings(**{**usual, **changes})


def key(symbol: str = "EURUSD") -> ContractKey:
    return ContractKey("FX", AREA, symbol)


def price(text: str | None) -> Price | None:
    return None if text is None else Price(scaled_from_text(text))


def order(
    kind: str = "LIMIT",
    at: str | None = "1.05",
    stop: str | None = None,
    *,
    side: Side = Side.BUY,
    units: str = "10000",
    tif: str | None = None,
    symbol: str = "EURUSD",
    until: UtcNs | None = None,
    note: str = "",
) -> PlaceOrder:
    terms = FxTerms(kind, tif or ("IOC" if kind == "MARKET" else "AON"), price(stop), until, note)
    limit = price(at) if kind in ("LIMIT", "STOP_LIMIT") else None
    return PlaceOrder(key(symbol), side, Quantity(scaled_from_text(units)), limit, terms)


def pair(low: str = "1.05", high: str = "1.15", *, side: Side = Side.BUY, units: str = "10000") -> PlaceOco:
    """The usual one: a buyer's limit below the market and stop above it, or a seller's the other way round."""
    limit, stop = (low, high) if side is Side.BUY else (high, low)
    legs = (OcoLeg("LIMIT", price(limit)), OcoLeg("STOP", None, price(stop)))
    return PlaceOco(key(), side, Quantity(scaled_from_text(units)), legs, "AON")


class FxDesk(SessionDesk):
    """`sent` are the order frames as JSON, `charted` those of the chart service."""

    def __init__(self, folder: Path, dialect: Dialect = Dialect.LATER, *, seed: int = 1, **changes: Any) -> None:
        self.settings = settings(dialect, **changes)
        super().__init__(folder, START, seed)

    def ordering(self) -> Ordering:
        return Ordering(self.journal, shipped_limits(), lambda: self.now, self.new_id, fx_limits=shipped_fx_limits())

    def new_session(self, shown: Sequence[Order]) -> ActTraderSession:
        randomness = random.Random(self._seed)
        return ActTraderSession(self.settings, fx_table(), self.new_id, randomness, self.journal.is_ours, shown)

    def begin(self, restored: list[Intent]) -> None:
        self.sent: list[dict[str, Any]] = []
        self.frames: list[bytes] = []
        self.charted: list[dict[str, Any]] = []
        super().begin(restored)

    # The crank

    def execute(self, wish: Any) -> None:
        super().execute(wish)
        if isinstance(wish, Send):
            self.write(wish)

    def write(self, wish: Send) -> None:
        kind = kind_of(wish.stream)
        if self.streams.get(kind) != wish.stream:
            if wish.report:
                self.session.left(wish.send_id, Dropped("the socket was gone"), self.now)
            return
        self.on_frame(kind, wish.frame)
        if wish.report:
            self.session.left(wish.send_id, Written(), self.now)

    def on_frame(self, kind: str, frame: bytes) -> None:
        if kind == "orders":
            self.frames.append(frame)
            self.sent.append(json.loads(frame, parse_float=Decimal))
        else:
            self.charted.append(json.loads(frame))

    # What happens to it

    def open(self, kind: str = "orders") -> None:
        self.connect(kind, self.stream(kind))

    def lose(self, kind: str = "orders", reason: str = "the link was cut", **why: Any) -> None:
        super().lose(kind, reason, **why)

    def say(self, message: Any, kind: str = "orders") -> None:
        self.hear(kind, message)

    def answer(self, request: dict[str, Any], payload: Any = None, *, named: bool = True) -> None:
        """Answers a request that was sent."""
        message = {"event": request["event"]}
        if named:
            message["requestId"] = request["requestId"]
        self.say(message if payload is None else {**message, "payload": payload})

    def refuse(self, request: dict[str, Any], error: str, code: int = 499) -> None:
        body = {"code": code, "error": error, "event": request["event"]}
        self.say({"event": "error", "requestId": request["requestId"], "payload": body})

    def reply(self, call: Call, body: Any, status: int = 200) -> None:
        self.session.answered(call.call_id, Reply(status, json.dumps(body).encode()), self.now)
        self.crank()

    # Shortcuts

    def ready(self, *records: dict[str, Any]) -> None:
        """Open, its orders listed, order entry unlocked."""
        self.open()
        self.answer(self.last("orders"), list(records))
        self.wait(0.2)
        assert self.locked == ""

    @property
    def locked(self) -> str:
        return next(each for each in self.session.report().channels if each.channel == "orders").reason

    def last(self, event: str) -> dict[str, Any]:
        return [message for message in self.sent if message["event"] == event][-1]

    def count(self, event: str) -> int:
        return sum(message["event"] == event for message in self.sent)

    def status(self, client_id: str) -> str:
        found = self.get(client_id)
        return "unknown" if found is None else found.status.value

    def quote(self, symbol: str = "EURUSD", bid: str = "1.09998", ask: str = "1.10002", **more: Any) -> None:
        ticker = {"m": symbol, "time": "2026-11-20T13:30:00.000000001Z", "bid": Decimal(bid), "ask": Decimal(ask)}
        text = json.dumps({"m": "ticker", "d": [{**ticker, **more}]}, default=lambda value: float(value))
        self.say(text.encode(), "chart")

    def anomalies(self) -> list[str]:
        return [f"{anomaly.kind}: {anomaly.message}" for anomaly in self.desk.market.anomalies]


def record(client_id: str | None, venue_id: int | None, **fields: Any) -> dict[str, Any]:
    """An order as the venue shows it: a buyer's working LIMIT unless `fields` say otherwise."""
    usual = {
        "symbol": "EURUSD", "type": "LIMIT", "side": "BUY", "orderId": venue_id, "clientOrderId": client_id,
        "price": 1.05, "origQty": 10000, "executedQty": 0, "timeInForce": "AON", "status": "NEW",
    }  # fmt: skip
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


def placed(desk: FxDesk, command: Any = None, venue_id: int = 501, status: str = "NEW") -> str:
    """An order that the venue has acknowledged."""
    client_id = desk.submit(command or order())
    sent = desk.last("newordersingle")
    desk.answer(sent, {"orderId": venue_id, "clientOrderId": client_id, "status": status, "type": "LIMIT"})
    return client_id
