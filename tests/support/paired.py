"""A desk with one session, joined in memory with the practice venue: no sockets, virtual time, any order of events."""

import json
import random
from typing import Any
from urllib.parse import urlsplit

import msgspec

from app.desk import Desk
from app.state_file import state_of
from protocols.eznergy.channels import TEST_CHANNELS, Settings
from protocols.eznergy.session import EzNergySession
from protocols.market.instruments import InstrumentSpec
from protocols.market.times import SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity
from protocols.practice.settings import PracticeSettings
from protocols.practice.tokens import Unauthorised
from protocols.practice.venue import build
from protocols.secret import Secret
from protocols.session import Call, Close, Closed, Direction, Dropped, Frame, Open, Reply, Send, Written

SPEC = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE // 10), 2, 1, "EUR/MWh", "MW")
START = utc_from_text("2026-11-21T11:30:00Z")
STEP = 0.05
NAMES = {"m7": "EPEX M7", "npid": "Nord Pool", "test": "Test"}
PRODUCTS = {"m7": ("Hour", "QuarterHour"), "npid": ("P60Min", "P15Min"), "test": ()}
"""What is subscribed to in each scope, unless a test says otherwise."""


class Paired:
    """Both ends of one connection. `run` lets virtual time pass; `state` is the desk's state file."""

    def __init__(
        self,
        seed: int,
        areas: tuple[str, ...] = ("DE-AMPRION", "FR-RTE"),
        rate: float = 60.0,
        scope: str = "m7",
        products: tuple[str, ...] | None = None,
        **venue: Any,
    ) -> None:
        self.now = Instant(1_000.0, START)
        self.venue = build(
            PracticeSettings(seed=seed, start=START, rate=rate, **venue), lambda: self.now, secret=b"in memory"
        )
        ids = iter(range(10**9))
        self.session = EzNergySession(
            Settings(
                name=NAMES[scope],
                ws_url="ws://127.0.0.1/ws",
                api_url="http://127.0.0.1/api",
                contract="EZ4a26927fea",
                client_guid="6395d740-6e55-11e8-b566-0800200c9a66",
                scope=scope,
                areas=areas,
                products=PRODUCTS[scope] if products is None else products,
                user="trader",
                password=Secret("practice"),
                test_channels=TEST_CHANNELS,
            ),
            lambda area: SPEC,
            lambda: f"c-{next(ids)}",
            random.Random(seed),
        )
        self.desk = Desk()
        self.desk.add(self.session.report)
        self.reachable = True
        self.wire: list[tuple[Direction, bytes]] = []
        """Every frame that crossed, as the link would see it."""
        self.kept: list[Frame] = []
        """What the session keeps for the journal."""
        self._client = 0
        self._stream: str | None = None
        self.session.start(self.now)
        self._crank()

    def run(self, seconds: float, step: float = STEP) -> None:
        """Both ends work; the venue's frames arrive in the order that it sent them."""
        until = self.now.monotonic + seconds
        while self.now.monotonic < until:
            self.now = Instant(self.now.monotonic + step, UtcNs(self.now.utc + int(step * SECOND)))
            self.venue.gateway.tick(self.now)
            self._deliver()
            self.session.tick(self.now)
            self._crank()

    def cut(self) -> None:
        """The link breaks; what was on its way is lost."""
        if self._stream is not None:
            self._hang_up("the link was cut")
        self._crank()

    def faults(self, **switches: Any) -> None:
        answer = self.venue.http("POST", "/practice/faults", {}, json.dumps(switches).encode(), self.now)
        assert answer.status == 200, answer.body

    def truth(self, channel: str, sequence: int) -> dict[str, Any]:
        answer = self.venue.http("GET", "/truth", {"channel": channel, "sequence": str(sequence)}, b"", self.now)
        assert answer.status == 200, answer.body
        return dict(json.loads(answer.body))

    def state(self) -> dict[str, Any]:
        return dict(msgspec.json.decode(msgspec.json.encode(state_of(self.desk, self.now))))

    def counters(self, name: str) -> int:
        """A counter's sum over all channels."""
        return sum(getattr(channel, name) for channel in self.session.report().channels)

    def _deliver(self) -> None:
        for frame in self.venue.gateway.outgoing():
            if frame.client == self._client and self._stream is not None:
                self.wire.append((Direction.IN, frame.data))
                self.session.receive(self._stream, frame.data, self.now)
                self._crank()

    def _crank(self) -> None:
        while True:
            wishes, events = self.session.outgoing(), self.session.events()
            self.kept += self.session.kept()
            for event in events:
                self.desk.apply(event)
            if not wishes and not events:
                return
            for wish in wishes:
                match wish:
                    case Call():
                        self._call(wish)
                    case Open():
                        self._connect(wish)
                    case Send() if wish.stream == self._stream:
                        self.wire.append((Direction.OUT, wish.frame))
                        self.venue.gateway.receive(self._client, wish.frame, self.now)
                        self.session.left(wish.send_id, Written(), self.now)
                    case Send():
                        self.session.left(wish.send_id, Dropped("the socket was gone"), self.now)
                    case Close() if wish.stream == self._stream:
                        self._hang_up("closed")

    def _call(self, wish: Call) -> None:
        body = b"" if wish.body is None else wish.body.reveal().encode()
        bearer = "" if wish.bearer is None else wish.bearer.reveal()
        answer = self.venue.http(wish.method, urlsplit(wish.url).path, {}, body, self.now, bearer=bearer)
        self.session.answered(wish.call_id, Reply(answer.status, answer.body), self.now)

    def _connect(self, wish: Open) -> None:
        assert wish.bearer is not None
        if not self.reachable:
            self.session.closed(wish.stream, Closed("nobody there"), self.now)
            return
        self._client += 1
        try:
            self.venue.gateway.connected(self._client, wish.bearer.reveal(), self.now)
        except Unauthorised:
            self.session.closed(wish.stream, Closed("401", http_status=401), self.now)
            return
        self._stream = wish.stream
        self.session.opened(wish.stream, self.now)

    def _hang_up(self, why: str) -> None:
        stream, self._stream = self._stream, None
        self.venue.gateway.disconnected(self._client)
        assert stream is not None
        self.session.closed(stream, Closed(why), self.now)
