"""A desk with a GLocalFlex session and no venue: what it asks for is kept, what it is told the test writes itself."""

import json
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.desk import Ordering
from app.flex_table import flex_spec
from app.limits import shipped_limits
from protocols.glocalflex.codec import decode_form
from protocols.glocalflex.session import GLocalFlexSession
from protocols.glocalflex.settings import Settings
from protocols.market.commands import FlexTerms, PlaceOrder
from protocols.market.flex import Baseline, Delivery, Place, Reading
from protocols.market.instruments import window_key
from protocols.market.orders import Order
from protocols.market.times import HOUR, MINUTE, UtcNs, utc_from_text, utc_text
from protocols.market.values import Price, Quantity, Side, scaled_from_text
from protocols.secret import Secret
from protocols.session import Call, CallFailed, Closed, Reply
from tests.support.session_desk import SessionDesk

NAME = "Flex"
START = utc_from_text("2026-11-21T12:00:00Z")
PING_SECONDS = 20.0
KINDS = ("trade", "orderbook", "ticker")
HELLO = {"type": "control", "status": "success", "data": {"message": "Connected to the WebSocket API"}}


def settings(**changes: Any) -> Settings:
    usual: dict[str, Any] = {
        "name": NAME, "http_url": "http://127.0.0.1", "ws_url": "ws://127.0.0.1", "user": "trader",
        "password": Secret("practice"), "spec": flex_spec(),
    }  # fmt: skip
    return Settings(**{**usual, **changes})


def window(hours: int = 3) -> Delivery:
    """An hour that begins so many hours after the start."""
    start = UtcNs(START + hours * HOUR)
    return Delivery(start, UtcNs(start + HOUR))


def baseline(delivery: Delivery) -> Baseline:
    return Baseline(
        metering_id="ce15bc33-2bda-4d26-8ddd-b958b22b569b",
        created_at=START,
        reading_start=delivery.start,
        reading_end=delivery.end,
        readings=(Reading(delivery.start, Quantity(scaled_from_text("1.5"))),),
    )


def order(
    side: Side = Side.BUY,
    power: str = "1000",
    at: str = "0.25",
    *,
    delivery: Delivery | None = None,
    expiry: UtcNs | None = None,
    place: Place | None = None,
    based: bool = True,
) -> PlaceOrder:
    """For Finland, until 15 min before delivery; a seller's with a baseline unless it is not `based`."""
    delivery = delivery or window()
    latest = UtcNs(delivery.start - 15 * MINUTE)
    terms = FlexTerms(
        delivery,
        expiry or latest,
        place or Place(("loc1",), "FI"),
        baseline(delivery) if side is Side.SELL and based else None,
    )
    quantity, price = Quantity(scaled_from_text(power)), Price(scaled_from_text(at))
    return PlaceOrder(window_key(NAME, delivery), side, quantity, price, terms)


def order_object(placed: PlaceOrder, venue_id: str, status: str, **fields: Any) -> dict[str, Any]:
    """The venue's object about an order, as it might write it."""
    terms = placed.terms
    assert isinstance(terms, FlexTerms)
    assert terms.expiry is not None
    usual = {
        "order_id": venue_id,
        "status": status,
        "side": placed.side.value.lower(),
        "power": placed.quantity // 10**9,
        "price": float(Decimal(placed.limit) / 10**9),
        "delivery_start": utc_text(terms.delivery.start),
        "delivery_end": utc_text(terms.delivery.end),
        "expiry_time": utc_text(terms.expiry),
        "location": {"location_id": list(terms.place.location_ids), "country_code": terms.place.country_code},
    }
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


class FlexDesk(SessionDesk):
    """`bodies` is what was placed, as JSON."""

    def __init__(self, folder: Path, *, seed: int = 1, **changes: Any) -> None:
        self.settings = settings(**changes)
        self.bodies: list[dict[str, Any]] = []
        self.muted = False
        self._pinged = 0.0
        super().__init__(folder, START, seed)

    def ordering(self) -> Ordering:
        return Ordering(self.journal, shipped_limits(), lambda: self.now, self.new_id)

    def new_session(self, shown: Sequence[Order]) -> GLocalFlexSession:
        return GLocalFlexSession(self.settings, random.Random(self._seed), shown)

    # The crank

    def keep(self) -> None:
        for frame in self.session.kept():
            self.journal.frame(frame)

    def execute(self, wish: Any) -> None:
        super().execute(wish)
        if isinstance(wish, Call) and wish.url.endswith("/order/"):
            assert wish.body is not None
            self.bodies.append(json.loads(wish.body.reveal(), parse_float=Decimal))

    def tick(self) -> None:
        self.pong()
        super().tick()

    # What happens to it

    def pong(self) -> None:
        """The sockets answer pings, unless the test mutes them."""
        if not self.muted and self.now.monotonic >= self._pinged + PING_SECONDS:
            self._pinged = self.now.monotonic
            for stream in self.streams.values():
                self.session.ponged(stream, self.now)

    def form(self, call: Call | None = None) -> dict[str, str]:
        """The last question for a token, or this one."""
        body = (call or self.calls[-1]).body
        assert body is not None
        return decode_form(body.reveal().encode())

    def reply(self, body: Any, status: int = 200, call: Call | None = None, retry_after: float | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answered = (call or self.calls[-1]).call_id
        self.session.answered(answered, Reply(status, content, retry_after), self.now)
        self.crank()

    def fail(self, reason: str = "timed out", call: Call | None = None, *, unsent: bool = False) -> None:
        self.session.answered((call or self.calls[-1]).call_id, CallFailed(reason, unsent), self.now)
        self.crank()

    def grant(self, number: int = 1, seconds: int = 3_600, **fields: Any) -> None:
        token = {"access_token": f"token-{number}", "refresh_token": f"refresh-{number}", "expires_in": seconds}
        self.reply({**token, **fields})

    def open(self, *kinds: str) -> None:
        for kind in kinds or KINDS:
            self.connect(kind, self.stream(kind))
            self.say(kind, HELLO)

    def refuse(self, kind: str, status: int) -> None:
        self.session.closed(self.stream(kind), Closed(f"HTTP {status}", http_status=status), self.now)
        self.crank()

    def say(self, kind: str, message: Any) -> None:
        self.hear(kind, message)

    def ready(self) -> None:
        """A token, three sockets, a book."""
        self.grant()
        self.wait(0.1)
        self.open()
        self.book()
        assert self.status == "live", self.reason

    def book(self, bids: Any = None, asks: Any = None, at: UtcNs | None = None) -> None:
        created = utc_text(self.now.utc if at is None else at)
        data = {"bids": bids or {}, "asks": asks or {}}
        self.say("orderbook", {"type": "orderbook_update", "created_at": created, "data": data})

    def update(self, data: dict[str, Any], kind: str = "order_status_update", at: UtcNs | None = None) -> None:
        created = utc_text(self.now.utc if at is None else at)
        self.say("trade", {"type": kind, "name": data.get("status", ""), "created_at": created, "data": data})

    # Shortcuts

    @property
    def status(self) -> str:
        return self.desk.market.connections[NAME].status.value

    @property
    def reason(self) -> str:
        return self.desk.market.connections[NAME].reason

    def state(self, client_id: str) -> str:
        found = self.get(client_id)
        return "unknown" if found is None else str(found.status.value)

    def channel(self, name: str) -> Any:
        return self.desk.market.channels[NAME, name]

    def anomalies(self) -> list[str]:
        return [anomaly.kind for anomaly in self.desk.market.anomalies]
