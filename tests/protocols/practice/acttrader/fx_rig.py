"""The FX venue in memory, on virtual time, and clients that write and read its JSON by themselves."""

import json
from decimal import Decimal
from typing import Any

from protocols.market.times import SECOND, Instant, UtcNs, utc_from_text
from protocols.practice.acttrader.faults import FxFaults
from protocols.practice.acttrader.fx_venue import FxVenue
from protocols.practice.acttrader.settings import FxSettings
from protocols.practice.sockets import HangUp

START = utc_from_text("2026-11-20T13:30:00Z")
"""A Friday; Europe and America are both awake."""
LOGIN = 700100
PATHS = {"later": "/acttrader/orders", "seed": "/acttrader/seed/orders"}


class FxRig:
    """A venue that stands still until told: nothing is quoted but what `move` asks for, unless `hold` is off."""

    def __init__(self, *, hold: bool = True, seed: int = 1, start: UtcNs = START, **settings: Any) -> None:
        faults = settings.pop("faults", {})
        chosen = FxSettings(faults=FxFaults(hold_quotes=hold, **faults), **settings)
        self.venue = FxVenue(chosen, seed, fault_seed=seed)
        self.elapsed = 0.0
        self._start = start
        self._inboxes: dict[int, list[bytes | HangUp]] = {}
        self._clients = 0

    @property
    def now(self) -> Instant:
        return Instant(1_000.0 + self.elapsed, UtcNs(self._start + round(self.elapsed * SECOND)))

    def client(self, dialect: str = "later", bearer: str = "") -> "FxClient":
        """A connection to the order path of a dialect."""
        return FxClient(self, self.connect(PATHS[dialect], bearer), dialect)

    def connect(self, path: str, bearer: str = "") -> int:
        self._clients += 1
        self.venue.sockets[path].connected(self._clients, bearer, self.now)
        return self._clients

    def pass_time(self, seconds: float, step: float = 0.05) -> None:
        until = self.elapsed + seconds
        while self.elapsed < until - 1e-9:
            self.elapsed = min(until, self.elapsed + step)
            self.venue.tick(self.now)

    def get(self, path: str, **query: str) -> Any:
        status, body = self.venue.answer("GET", path, query, b"", self.now)
        assert status == 200, body
        return read(body)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        status, answer = self.venue.answer("POST", path, {}, json.dumps(body).encode(), self.now)
        return status, read(answer)

    def turn(self, **faults: Any) -> None:
        status, answer = self.post("/practice/fx/faults", faults)
        assert status == 200, answer

    def move(self, symbol: str = "EURUSD", **where: Any) -> None:
        status, answer = self.post("/practice/fx/move", {"symbol": symbol, **where})
        assert status == 200, answer

    def truth(self) -> dict[str, dict[str, Any]]:
        """The venue's orders by client identifier."""
        return {order["client_id"]: order for order in self.get("/truth/fx")["orders"]}

    def inbox(self, client: int) -> list[bytes | HangUp]:
        """Takes what was sent to a client since the last look."""
        for wish in self.venue.outgoing():
            sent = wish if isinstance(wish, HangUp) else wish.data
            self._inboxes.setdefault(wish.client, []).append(sent)
        return self._inboxes.pop(client, [])


class FxClient:
    """One order connection."""

    def __init__(self, rig: FxRig, number: int, dialect: str) -> None:
        self.rig = rig
        self.number = number
        self.dialect = dialect
        self._requests = 0

    @property
    def login(self) -> int | str:
        return LOGIN if self.dialect == "later" else str(LOGIN)

    @property
    def lifetime(self) -> str:
        """The name of the field."""
        return "tillTime" if self.dialect == "later" else "lifeTime"

    def send(self, frame: bytes) -> None:
        self.rig.venue.sockets[PATHS[self.dialect]].receive(self.number, frame, self.rig.now)

    def request(self, event: str, payload: Any = None) -> str:
        """Sends a request; returns its `requestId`."""
        self._requests += 1
        name = f"{self.number}-{self._requests}"
        message = {"event": event, "requestId": name}
        self.send(json.dumps(message if payload is None else {**message, "payload": payload}).encode())
        return name

    def raw(self) -> list[bytes]:
        return [sent for sent in self.rig.inbox(self.number) if isinstance(sent, bytes)]

    def take(self, event: str | None = None) -> list[dict[str, Any]]:
        """Takes the messages that came since the last look; with `event`, those of one kind."""
        return [message for message in map(read, self.raw()) if event in (None, message["event"])]

    def ask(self, event: str, payload: Any = None) -> Any:
        """Sends a request and takes its answer; what was pushed meanwhile is dropped."""
        self.request(event, payload)
        (answer,) = [message for message in self.take() if message["event"] != "execution"]
        return answer

    def order(self, name: str = "mine", **fields: Any) -> dict[str, Any]:
        """The payload of a new order: a buyer's LIMIT far below the market unless `fields` say otherwise."""
        usual = {"symbol": "EURUSD", "side": "BUY", "type": "LIMIT", "quantity": 10_000, "timeInForce": "AON"}
        order = {**usual, "clientOrderId": name, "login": self.login, **fields}
        if order["type"] in ("LIMIT", "STOP_LIMIT"):
            order.setdefault("price", 1.0)
        return {key: value for key, value in order.items() if value is not None}

    def place(self, name: str = "mine", **fields: Any) -> list[dict[str, Any]]:
        """Places an order; returns what came back, in order."""
        self.take()
        self.request("newordersingle", self.order(name, **fields))
        return self.take()

    def pair(self, one: dict[str, Any], other: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
        """Places an OCO pair, named `one` and `other`; returns what came back."""
        self.take()
        usual = {"symbol": "EURUSD", "side": "BUY", "quantity": 10_000, "timeInForce": "AON", "login": self.login}
        legs = [{"clientOrderId": "one", **one}, {"clientOrderId": "other", **other}]
        self.request("neworderoco", {**usual, **fields, "orders": legs})
        return self.take()


def read(text: bytes) -> Any:
    """JSON with exact numbers; a repeated key or anything else that isn't strict fails."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), f"a key is repeated: {pairs}"
        return dict(pairs)

    return json.loads(text, parse_float=Decimal, object_pairs_hook=unique)
