"""The flexibility venue in memory, on virtual time, and clients that read its JSON by themselves."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from protocols.market.times import HOUR, SECOND, Instant, UtcNs, utc_from_text, utc_text
from protocols.practice.glocalflex.faults import FlexFaults
from protocols.practice.glocalflex.flex_venue import Account, Asked, FlexVenue
from protocols.practice.glocalflex.settings import FlexSettings
from protocols.practice.replies import Answer
from protocols.practice.sockets import HangUp

START = utc_from_text("2026-11-21T12:00:00Z")
CLIENT = "glocalflexmarket_public_api"
FORM = "application/x-www-form-urlencoded"
WINDOW = {
    "delivery_start": utc_text(UtcNs(START + 3 * HOUR)),
    "delivery_end": utc_text(UtcNs(START + 4 * HOUR)),
    "expiry_time": utc_text(UtcNs(START + 2 * HOUR)),
}
BASELINE = {
    "metering_id": "ce15bc33-2bda-4d26-8ddd-b958b22b569b",
    "created_at": "2024-05-02T12:00:00Z",
    "reading_start": "2024-05-02T13:15:00Z",
    "reading_end": "2024-05-02T13:30:00Z",
    "resolution": 1,
    "direction": "consumption",
    "quality": "estimated",
    "energy_product": "apparent",
    "unit_measured": "kWh",
    "data_points": [{"2024-05-02T13:15:00Z": 1}],
}


def order(side: str = "buy", power: float = 1000.0, price: float = 0.25, **changes: Any) -> dict[str, Any]:
    """An order as the page shows it, for Finland; a seller's with a baseline."""
    usual = {
        "side": side,
        "power": power,
        "price": price,
        **WINDOW,
        "location": {"location_id": ["loc1"], "country_code": "FI"},
        "baseline": BASELINE if side == "sell" else None,
    }
    return {**usual, **changes}


def read(body: bytes) -> Any:
    """JSON with exact numbers."""
    return json.loads(body, parse_float=Decimal)


class FlexRig:
    """A venue where nobody else does anything, unless `settings` say otherwise."""

    def __init__(self, *, token_lifetime: int = 3_600, seed: int = 1, **settings: Any) -> None:
        quiet = {"orders": 0, "rate": 0.0, "windows": 10}
        faults = FlexFaults(**settings.pop("faults", {}))
        chosen = FlexSettings(**{**quiet, **settings}, faults=faults)
        account = Account("trader", "practice", b"secret" * 6, token_lifetime)
        self.venue = FlexVenue(chosen, account, seed, fault_seed=seed)
        self.elapsed = 0.0
        self._inboxes: dict[int, list[bytes | HangUp]] = {}
        self._clients = 0

    @property
    def now(self) -> Instant:
        return Instant(1_000.0 + self.elapsed, UtcNs(START + round(self.elapsed * SECOND)))

    def pass_time(self, seconds: float, step: float = 0.1) -> None:
        until = self.elapsed + seconds
        while self.elapsed < until - 1e-9:
            self.elapsed = min(until, self.elapsed + step)
            self.venue.tick(self.now)

    def ask(self, method: str, path: str, body: Any = None, *, bearer: str = "", form: bool = False) -> Answer:
        raw = urlencode(body).encode() if form else b"" if body is None else json.dumps(body).encode()
        kind = FORM if form else "application/json"
        return self.venue.answer(Asked(method, path, raw, kind, bearer), self.now)

    def grant(self, **fields: str) -> Answer:
        """Asks for a token; by password unless `fields` say otherwise, and without those that are ""."""
        usual = {"client_id": CLIENT, "grant_type": "password", "username": "trader", "password": "practice"}
        return self.ask("POST", "/auth/oauth/v2/token", {k: v for k, v in (usual | fields).items() if v}, form=True)

    def token(self) -> str:
        return str(read(self.grant().body)["access_token"])

    def turn(self, **faults: Any) -> None:
        answer = self.ask("POST", "/practice/flex/faults", faults)
        assert answer.status == 200, answer.body

    def other(self, side: str, power: float, price: float, **changes: Any) -> None:
        """Somebody else places an order."""
        answer = self.ask("POST", "/practice/flex/order", order(side, power, price, **changes))
        assert answer.status == 200, answer.body

    def truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = read(self.ask("GET", "/truth/flex").body)
        return truth

    def connect(self, endpoint: str, bearer: str | None = None) -> "FlexClient":
        self._clients += 1
        token = self.token() if bearer is None else bearer
        self.venue.sockets[f"/api/v1/ws/{endpoint}"].connected(self._clients, token, self.now)
        return FlexClient(self, self._clients)

    def place(self, bearer: str | None = None, **fields: Any) -> Answer:
        """`POST /api/v1/order/` of an order as `order` makes it."""
        return self.ask("POST", "/api/v1/order/", order(**fields), bearer=self.token() if bearer is None else bearer)

    def inbox(self, client: int) -> list[bytes | HangUp]:
        """Takes what was sent to a client since the last look."""
        for wish in self.venue.outgoing():
            sent = wish if isinstance(wish, HangUp) else wish.data
            self._inboxes.setdefault(wish.client, []).append(sent)
        return self._inboxes.pop(client, [])


class FlexClient:
    """One socket."""

    def __init__(self, rig: FlexRig, number: int) -> None:
        self.rig = rig
        self.number = number

    def raw(self) -> list[bytes]:
        return [sent for sent in self.rig.inbox(self.number) if isinstance(sent, bytes)]

    def take(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Takes the messages that came since the last look; with `kind`, those of one type."""
        return [message for message in map(read, self.raw()) if kind in (None, message["type"])]

    def statuses(self) -> list[str]:
        """Takes the names of the status updates that came."""
        return [message["name"] for message in self.take() if message["type"].endswith("status_update")]
