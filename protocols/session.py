"""The session: a sans-IO client of one connection, and the words it shares with whoever executes its wishes.

A session decides everything and does nothing: when to open a socket, what to send, when to give up. `protocols.link`
executes sockets, `protocols.rest` HTTP calls, `app.runner` turns the crank. After *any* call on a session: execute
`outgoing()`, then apply `events()`; what `kept()` gives is for the journal. Sessions never sleep, await, read a clock
or log a secret.
"""

import enum
from collections.abc import Sequence
from typing import NewType, Protocol, TypeVar, runtime_checkable

import msgspec

from protocols.market.commands import Command, Intent
from protocols.market.events import ConnectionStatus, Event, Feed, Freshness
from protocols.market.intervals import CandleQuery
from protocols.market.order_events import OrderDecided, OrderEvent
from protocols.market.times import Instant
from protocols.secret import Secret

Taken = TypeVar("Taken")

CallId = NewType("CallId", int)
SendId = NewType("SendId", int)

FRAME_LIMIT = 16 * 1024 * 1024
"""Bytes of one message. A larger one ends the link with `too_large`: visible, and not retried at once."""


class Tls(msgspec.Struct, frozen=True):
    """How a link is secured. Verification is never off; `ca_file` adds a private authority."""

    enabled: bool = True
    ca_file: str | None = None


class Open(msgspec.Struct, frozen=True):
    """Open a WebSocket. `bearer` goes into the Authorization header, behind the word for it as the venue spells it."""

    stream: str
    url: str
    bearer: Secret | None = None
    scheme: str = "bearer"


class Send(msgspec.Struct, frozen=True):
    """Write one text frame. The link answers with `left(send_id, ...)` where `report` asks for it."""

    stream: str
    send_id: SendId
    frame: bytes
    report: bool = False


class BodyKind(enum.Enum):
    """What a body is, in the words of the Content-Type header."""

    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"


class Call(msgspec.Struct, frozen=True):
    """Make one HTTP call. `body` is a Secret because bodies carry passwords and orders."""

    call_id: CallId
    method: str
    url: str
    body: Secret | None = None
    bearer: Secret | None = None
    body_kind: BodyKind = BodyKind.JSON
    scheme: str = "bearer"


class Close(msgspec.Struct, frozen=True):
    """Close a WebSocket; frames that were not written die with it. Harmless when it is closed already."""

    stream: str
    reason: str = ""


Outgoing = Open | Send | Call | Close


class Closed(msgspec.Struct, frozen=True):
    """Why a stream ended or never opened, in words for the trader.

    `http_status` is set when the handshake was refused with one, `too_large` when a message exceeded the cap.
    """

    reason: str
    http_status: int | None = None
    too_large: bool = False


class Reply(msgspec.Struct, frozen=True):
    """An HTTP answer, whatever its status. `retry_after` in seconds, where the server said so."""

    status: int
    body: bytes
    retry_after: float | None = None

    def __repr__(self) -> str:
        return f"Reply({self.status}, {len(self.body)} bytes)"  # the body may hold a token


class CallFailed(msgspec.Struct, frozen=True):
    """No HTTP answer: refused, unreachable, timed out, TLS not verified. In words, without secrets.

    `unsent` says that the request surely never left this machine; without it, the server may have acted on it.
    """

    reason: str
    unsent: bool = False


class Written(msgspec.Struct, frozen=True):
    """The frame was handed to the operating system."""


class Dropped(msgspec.Struct, frozen=True):
    """The frame was never written."""

    reason: str


class Direction(enum.Enum):
    """Which way a frame went."""

    IN = "in"
    OUT = "out"


class Frame(msgspec.Struct, frozen=True):
    """One frame of an order channel, or one REST call or answer about orders, as it was on the wire but for headers.

    `channel` is the venue's name of it; empty where the venue named none. May hold secrets: whoever writes it masks it.
    """

    direction: Direction
    connection: str
    channel: str
    data: bytes
    at: Instant

    def __repr__(self) -> str:
        return f"Frame({self.direction.value}, {self.channel}, {len(self.data)} bytes)"


class Prepared(msgspec.Struct, frozen=True):
    """An intent, encoded. `said` is what the frame says when it is decoded again: the risk check judges that, not what
    was meant. Good for one `commit`, on the socket (`stream`) that it was prepared for."""

    intent: Intent
    said: Command
    stream: str
    correlation: str
    frame: bytes


class Denied(msgspec.Struct, frozen=True):
    """Why an intent can't become a frame, in words that name the field or the state; nothing was sent."""

    intent: Intent
    reason: str


class ChannelReport(msgspec.Struct):
    """A channel's counters since start. `last_sequence` is None before the first event of a subscription.

    `dropped` counts what came late, twice or from an earlier subscription (`stragglers` are those last alone),
    `unsubscribed` how often the venue ended the subscription by itself, `missing` how often two heartbeats in a row did
    not list the channel. `last_heard` is the newest event of any subscription that was current.
    """

    channel: str
    feed: Feed
    area: str
    product: str
    status: Freshness
    reason: str = ""
    applied: int = 0
    reordered: int = 0
    dropped: int = 0
    gaps: int = 0
    resubscribes: int = 0
    last_sequence: int | None = None
    stragglers: int = 0
    unsubscribed: int = 0
    missing: int = 0
    last_heard: Instant | None = None
    last_pong: Instant | None = None
    """When the socket last answered a ping; None where nothing rests on that."""


class ConnectionReport(msgspec.Struct):
    """A connection's counters since start."""

    name: str
    venue: str
    status: ConnectionStatus
    reason: str
    messages: int
    reconnects: int
    last_error: str
    last_message: Instant | None
    channels: list[ChannelReport]
    token_refreshes: int = 0
    """Tokens that the venue sent by itself."""
    unauthorised: int = 0
    """How often a password, a token or the account was refused (401, 403)."""
    slow_downs: int = 0
    """How often the venue asked to slow down (429)."""
    heartbeats_missed: int = 0
    """How often the link was given up because none came, or because one came far too late."""
    anomalies: dict[str, int] = {}
    """How often each kind of oddity was met, what is not recognised among them."""
    lists_asked: int = 0
    """How often the venue's list of orders was asked for, on account of orders in doubt."""
    lists_failed: int = 0
    """How many of those brought no list that could be read whole."""
    latency: float | None = None
    """Seconds to the venue and back, as its sockets' last pings took: what the link measures, and no session."""


class Session(Protocol):
    """What every venue's session offers. After any call: execute `outgoing()`, apply `events()`."""

    def start(self, now: Instant) -> None: ...
    def opened(self, stream: str, now: Instant) -> None: ...
    def receive(self, stream: str, frame: bytes, now: Instant) -> None: ...
    def closed(self, stream: str, why: Closed, now: Instant) -> None: ...
    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None: ...
    def ponged(self, stream: str, now: Instant) -> None:
        """The other end answered one of the link's pings: the socket is alive, though it may have nothing to tell."""
        ...

    def left(self, send: SendId, outcome: Written | Dropped, now: Instant) -> None: ...
    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        """Before `start`: what an earlier run sent and has no answer to, placements first."""
        ...

    def prepare(self, intent: Intent, now: Instant) -> Prepared | Denied:
        """Encodes an intent. Changes nothing and sends nothing."""
        ...

    def commit(self, prepared: Prepared, now: Instant) -> None:
        """Sends a prepared intent: the one act that may emit a frame that changes an order. The journal has it by now.
        A frame whose socket is gone, or that was committed before, is not sent, and an event says so."""
        ...

    def ask(self, client_id: str, now: Instant) -> str | None:
        """Asks the venue at once what became of an order in doubt. Why it can't be asked now, in words; None when it
        is. The answer comes as reports and one `OrdersListed`."""
        ...

    def decided(self, decision: OrderDecided, now: Instant) -> None:
        """A person decided what became of an order in doubt; the journal has it. Sends nothing. Where he found it among
        the venue's, it is told as that one from now on."""
        ...

    def tick(self, now: Instant) -> None:
        """Every 100 ms: heartbeats, staleness, deadlines."""
        ...

    def stop(self, now: Instant) -> None:
        """Closes what is open and stays off."""
        ...

    def outgoing(self) -> list[Outgoing]:
        """Takes what is to be executed, in order."""
        ...

    def events(self) -> list[Event | OrderEvent]:
        """Takes what became known, in order."""
        ...

    def kept(self) -> list[Frame]:
        """Takes the frames and REST bodies of order channels that were written and received, in order, each once
        (`protocols.record`)."""
        ...

    def report(self) -> ConnectionReport:
        """The counters as they stand."""
        ...


@runtime_checkable
class CandleSource(Protocol):
    """What a session offers besides where its venue keeps candles. A question changes nothing at the venue: it needs no
    journal, and may be repeated."""

    def ask_candles(self, query: CandleQuery, now: Instant) -> str | None:
        """Asks. Why it can't be asked now, in words; None when it is. Then one `CandlesArrived` ends it, and others
        that are `waiting` may come before; none comes from a session that ends."""
        ...


def take_all(shared: list[Taken]) -> list[Taken]:
    """What a list holds, which is empty then: the list itself is shared with all who add to it."""
    taken = shared[:]
    shared.clear()
    return taken
