"""A practice venue in memory, on virtual time, with clients that read what it sends."""

import gc
import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from protocols.market.book import Book
from protocols.market.events import BookChanged, BookOrder, BookReplaced
from protocols.market.instruments import ContractKey
from protocols.market.times import SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import plain_text, scaled_from_text
from protocols.practice.contracts import Contract
from protocols.practice.settings import PracticeSettings
from protocols.practice.venue import Answer, Venue, build
from tests.protocols.practice.trader import Trader

GUID = "6395d740-6e55-11e8-b566-0800200c9a66"
START = utc_from_text("2026-11-21T11:30:00Z")
SECRET = b"a secret of the tests"


class Rig:
    """A venue, a virtual clock, and what each client was sent."""

    def __init__(self, settings: PracticeSettings, start: UtcNs = START) -> None:
        self.start = start
        self.elapsed = 0.0
        self.venue: Venue = build(settings, lambda: self.now, SECRET)
        self.gateway = self.venue.gateway
        self._inbox: dict[int, list[bytes]] = {}
        self.used: set[Contract] = set()
        """What tests have taken for themselves (see `Trader.market`)."""

    @property
    def now(self) -> Instant:
        return Instant(1_000.0 + self.elapsed, UtcNs(self.start + round(self.elapsed * SECOND)))

    def http(self, method: str, path: str, query: dict[str, str] | None = None, body: Any = None) -> Answer:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.venue.http(method, path, query or {}, raw, self.now)

    def token(self) -> str:
        answer = self.http("POST", "/api/auth", body={"username": "trader", "password": "practice"})
        assert answer.status == 200
        return str(json.loads(answer.body)["token"])

    def connect(self, client: int = 1) -> None:
        self.gateway.connected(client, self.token(), self.now)

    def send(self, message: Any, client: int = 1) -> None:
        self.gateway.receive(client, message if isinstance(message, bytes) else json.dumps(message).encode(), self.now)

    def subscribe(self, channel: str, client: int = 1, correlation: str = "c-1") -> None:
        self.send({"type": "subscribe", "channel": channel, "correlation": correlation}, client)

    def pass_time(self, seconds: float, step: float = 0.05) -> None:
        until = self.elapsed + seconds
        while self.elapsed < until - 1e-9:
            self.elapsed = min(until, self.elapsed + step)
            self.gateway.tick(self.now)

    def raw(self, client: int = 1) -> list[bytes]:
        """Takes the frames sent to a client since the last look."""
        for frame in self.gateway.outgoing():
            self._inbox.setdefault(frame.client, []).append(frame.data)
        return self._inbox.pop(client, [])

    def take(self, client: int = 1, kind: str | None = None) -> list[dict[str, Any]]:
        """Takes the decoded messages sent to a client; with `kind`, those of one type."""
        messages = [decoded(frame) for frame in self.raw(client)]
        return [message for message in messages if kind in (None, message["type"])]

    def truth(self, channel: str, sequence: int | None = None, subscription: int | None = None) -> Any:
        answer = self.try_truth(channel, sequence, subscription)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def try_truth(self, channel: str, sequence: int | None = None, subscription: int | None = None) -> Answer:
        query = {"channel": channel}
        if sequence is not None:
            query["sequence"] = str(sequence)
        if subscription is not None:
            query["subscription"] = str(subscription)
        return self.http("GET", "/truth", query)


def decoded(frame: bytes) -> dict[str, Any]:
    """A frame with its `data` decoded as well; numbers stay the text they were."""
    message: dict[str, Any] = json.loads(frame)
    if "data" in message:
        assert isinstance(message["data"], str), "data is a string that holds JSON"
        message["data"] = json.loads(message["data"], parse_float=str, parse_int=str)
    return message


class Folded:
    """Books as a client folds them from payloads, with the project's own fold."""

    def __init__(self) -> None:
        self.books: dict[str, Book] = {}

    def apply(self, payload: Any) -> None:
        for entry in payload if isinstance(payload, list) else [payload]:
            name = entry["contractArea"]["identifier"]
            key = ContractKey("practice", entry["contractArea"]["deliveryArea"], name)
            book = self.books.setdefault(name, Book(key, "channel"))
            kind = BookChanged if entry["isDelta"] else BookReplaced
            book.apply(
                kind(
                    channel="channel",
                    key=key,
                    bids=_orders(entry["buyOrders"]),
                    asks=_orders(entry["sellOrders"]),
                    venue_revision=int(entry.get("revisionNumber", 0)),
                )
            )

    def ladders(self) -> dict[str, tuple[list[list[str]], list[list[str]]]]:
        """Contract identifier to bids and asks as the truth writes them."""
        return {name: (_levels(book.bids), _levels(book.asks)) for name, book in self.books.items()}


def _orders(entries: list[dict[str, Any]]) -> tuple[BookOrder, ...]:
    return tuple(
        BookOrder(
            identifier=str(entry["identifier"]),
            price=scaled_from_text(entry["price"]),
            quantity=scaled_from_text(entry["quantity"]),
            entered=utc_from_text(entry["entryDate"]),
        )
        for entry in entries
    )


def _levels(side: Any) -> list[list[str]]:
    return [[plain_text(level.price), plain_text(level.quantity)] for level in side.levels()]


def _channel(resource: str, area: str = "DE-AMPRION", product: str = "Hour", scope: str = "m7") -> str:
    tail = f":{product}" if resource in ("public_order_books", "market_information") else ""
    return f"urn:ez-api:EZ4a26927fea:{scope}:{resource}:{GUID}:{area}{tail}"


@pytest.fixture(scope="session", autouse=True)
def _few_collections() -> Iterator[None]:
    """A market is fifty thousand objects and no garbage: looking through them time and again takes a fifth of a run."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, *before[1:])
    yield
    gc.set_threshold(*before)


@pytest.fixture
def channel() -> Callable[..., str]:
    """channel(resource, area, product): its name."""
    return _channel


@pytest.fixture
def rig() -> Callable[..., Rig]:
    """rig(start=..., **settings): a venue in memory."""

    def make(start: str | None = None, **changes: Any) -> Rig:
        settings = msgspec.structs.replace(PracticeSettings(), **changes)
        return Rig(settings, START if start is None else utc_from_text(start))

    return make


@pytest.fixture
def folded() -> Callable[[], Folded]:
    return Folded


@pytest.fixture(scope="session")
def shared_venue() -> Rig:
    """One venue for tests that leave no trace but their answers."""
    return Rig(PracticeSettings(rate=1.0))


@pytest.fixture(scope="module")
def quiet_venue() -> Rig:
    """A venue where next to nothing happens by itself, shared by a file's tests: each takes a contract of its own."""
    return Rig(PracticeSettings(rate=0.01, colleagues=False))


@pytest.fixture
def trader(quiet_venue: Rig) -> Iterator[Trader]:
    """A trader at the quiet venue, with a connection of his own."""
    made = Trader(quiet_venue)
    yield made
    made.leave()


@pytest.fixture
def npid_trader(quiet_venue: Rig) -> Iterator[Trader]:
    """The same, in scope `npid`, where only so many requests a second are taken."""
    quiet_venue.pass_time(1, step=1)
    made = Trader(quiet_venue, scope="npid")
    yield made
    made.leave()
