"""A desk with an ActTrader session and no venue: what it sends is kept, what it is told the test writes itself."""

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.desk import Desk, Ordering, SessionOrders
from app.fx_limits import shipped_fx_limits
from app.fx_table import fx_table
from app.journal import Journal
from app.limits import shipped_limits
from protocols.acttrader.messages import Dialect
from protocols.acttrader.session import ActTraderSession
from protocols.acttrader.settings import AREA, Settings
from protocols.market.commands import FxTerms, Intent, OcoLeg, PlaceOco, PlaceOrder
from protocols.market.instruments import ContractKey
from protocols.market.times import SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import Price, Quantity, Side, scaled_from_text
from protocols.session import Call, Close, Closed, Dropped, Open, Reply, Send, Written

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


class Told:
    """What the trader is told of orders in doubt."""

    def __init__(self, said: list[str], alerts: list[str]) -> None:
        self.say = said.append
        self.alert = alerts.append


class FxDesk:
    """`sent` are the order frames as JSON, `opens` the sockets that were asked for, `calls` the HTTP calls."""

    def __init__(self, folder: Path, dialect: Dialect = Dialect.LATER, *, seed: int = 1, **changes: Any) -> None:
        self.now = Instant(1_000.0, START)
        self.journal = Journal(folder, lambda text: text)
        self.settings = settings(dialect, **changes)
        self._ids = iter(range(10**9))
        self._seed = seed
        self._folder = folder
        self._boot()

    def _boot(self) -> None:
        ordering = Ordering(
            self.journal, shipped_limits(), lambda: self.now, self._new_id, fx_limits=shipped_fx_limits()
        )
        self.said: list[str] = []
        self.alerts: list[str] = []
        self.desk = Desk(ordering, Told(self.said, self.alerts))
        self._begin(self.desk.restore())

    def connect_anew(self) -> None:
        """The same desk, another session: what is not answered goes from one to the other."""
        found = [each for each in self.journal.open_intents() if each.placed is not None]
        intents = {each.intent_id: each for pair in found for each in (pair.placed, pair.intent) if each is not None}
        self.session.stop(self.now)
        self.crank()
        self._begin(list(intents.values()))

    def _begin(self, restored: list[Intent]) -> None:
        self.session = ActTraderSession(
            self.settings, fx_table(), self._new_id, random.Random(self._seed), self.journal.is_ours,
            self.desk.market.blotter.rows(),
        )  # fmt: skip
        self.desk.add(self.session.report)
        self.desk.add_orders(self.settings.name, SessionOrders(self, self.session))
        self.sent: list[dict[str, Any]] = []
        self.frames: list[bytes] = []
        self.charted: list[dict[str, Any]] = []
        self.opens: list[Open] = []
        self.calls: list[Call] = []
        self.streams: dict[str, str] = {}
        self.swallow = False
        self.session.restore(restored, self.now)
        self.session.start(self.now)
        self.crank()

    def _new_id(self) -> str:
        return f"id-{next(self._ids)}"

    def restart(self) -> None:
        """The desk dies and a new one begins on the same journal."""
        self.journal.close()
        self.journal = Journal(self._folder, lambda text: text)
        self._boot()

    # The crank

    def call(self, what: str, act: Any) -> None:
        act(self.now)
        self.crank()

    def crank(self) -> None:
        while True:
            wishes, events = self.session.outgoing(), self.session.events()
            for wish in wishes:
                self._execute(wish)
            for event in events:
                self.desk.apply(event)
            if not wishes and not events:
                return

    def _execute(self, wish: Any) -> None:
        match wish:
            case Open():
                self.opens.append(wish)
            case Call():
                self.calls.append(wish)
            case Close():
                kind = wish.stream.split("-")[0]
                if self.streams.get(kind) == wish.stream:
                    del self.streams[kind]
                    self.session.closed(wish.stream, Closed("closed"), self.now)
            case Send():
                self._write(wish)

    def _write(self, wish: Send) -> None:
        kind = wish.stream.split("-")[0]
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
        stream = [wish.stream for wish in self.opens if wish.stream.startswith(kind)][-1]
        self.streams[kind] = stream
        self.session.opened(stream, self.now)
        self.crank()

    def lose(self, kind: str = "orders", reason: str = "the link was cut", **why: Any) -> None:
        stream = self.streams.pop(kind)
        self.session.closed(stream, Closed(reason, **why), self.now)
        self.crank()

    def say(self, message: Any, kind: str = "orders") -> None:
        frame = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.session.receive(self.streams[kind], frame, self.now)
        self.crank()

    def answer(self, request: dict[str, Any], payload: Any = None, *, named: bool = True) -> None:
        """Answers a request that was sent."""
        message = {"event": request["event"]}
        if named:
            message["requestId"] = request["requestId"]
        self.say(message if payload is None else {**message, "payload": payload})

    def refuse(self, request: dict[str, Any], error: str, code: int = 499) -> None:
        body = {"code": code, "error": error, "event": request["event"]}
        self.say({"event": "error", "requestId": request["requestId"], "payload": body})

    def wait(self, seconds: float, step: float = 0.1) -> None:
        until = self.now.monotonic + seconds
        while self.now.monotonic < until - 1e-9:
            self.now = Instant(self.now.monotonic + step, UtcNs(self.now.utc + round(step * SECOND)))
            self.session.tick(self.now)
            self.crank()

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

    def submit(self, command: Any) -> str:
        """Sends a command, confirming what is asked; returns its client identifier."""
        submission = self.desk.submit(command)
        if submission.step.value == "asks":
            submission = self.desk.submit(command, submission)
        assert submission.step.value == "taken", submission.reason
        assert submission.intent is not None
        return submission.intent.client_id

    def status(self, client_id: str) -> str:
        found = self.desk.market.blotter.get("FX", client_id)
        return "unknown" if found is None else found.status.value

    def get(self, client_id: str) -> Any:
        return self.desk.market.blotter.get("FX", client_id)

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
