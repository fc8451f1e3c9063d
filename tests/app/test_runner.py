"""The crank: order, re-entrancy, failures, and a real link underneath."""

import asyncio
import contextlib
import json
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from app.clock import SystemClock
from app.failures import Failure, FailureHandler
from app.runner import Runner, Ticker
from protocols.link import Link
from protocols.market.events import (
    AnomalyNoticed,
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    Event,
    Feed,
    Freshness,
)
from protocols.market.state import MarketState
from protocols.market.times import Instant
from protocols.rest import Rest
from protocols.secret import Secret
from protocols.session import (
    Call,
    CallFailed,
    CallId,
    ChannelReport,
    Close,
    Closed,
    ConnectionReport,
    Direction,
    Dropped,
    Frame,
    Open,
    Outgoing,
    Reply,
    Send,
    SendId,
    Written,
)
from tests.support.clock import VirtualClock
from tests.support.loops import both_loops
from tests.support.wire import PLAIN, accept, peer_at

AT = VirtualClock()()


def _channel(status: Freshness) -> ChannelChanged:
    return ChannelChanged("EPEX", "urn:books", Feed.ORDER_BOOKS, "FR-RTE", "Hour", status, "", AT)


class Scripted:
    """A session that writes down what it is told, and answers as the test says."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []
        self.wishes: list[Outgoing] = []
        self.facts: list[Event] = []
        self.frames: list[Frame] = []
        self.on: dict[str, Callable[..., None]] = {}

    def _hear(self, kind: str, *what: object) -> None:
        self.heard.append((kind, *what))
        self.on.get(kind, lambda *what: None)(*what)

    def start(self, now: Instant) -> None:
        self._hear("start")

    def stop(self, now: Instant) -> None:
        self._hear("stop")

    def opened(self, stream: str, now: Instant) -> None:
        self._hear("opened", stream)

    def receive(self, stream: str, frame: bytes, now: Instant) -> None:
        self._hear("receive", frame)

    def closed(self, stream: str, why: Closed, now: Instant) -> None:
        self._hear("closed", why)

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        self._hear("answered", call, reply)

    def ponged(self, stream: str, now: Instant) -> None:
        self._hear("ponged", stream)

    def left(self, send: SendId, outcome: Written | Dropped, now: Instant) -> None:
        self._hear("left", send, outcome)

    def tick(self, now: Instant) -> None:
        self._hear("tick", now)

    def outgoing(self) -> list[Outgoing]:
        self.heard.append(("outgoing",))
        wishes, self.wishes = self.wishes, []
        return wishes

    def events(self) -> list[Event]:
        facts, self.facts = self.facts, []
        return facts

    def kept(self) -> list[Frame]:
        kept, self.frames = self.frames, []
        return kept

    def report(self) -> ConnectionReport:
        live = ChannelReport("urn:books", Feed.ORDER_BOOKS, "FR-RTE", "Hour", Freshness.LIVE)
        return ConnectionReport("EPEX", "eznergy", ConnectionStatus.LIVE, "", 7, 0, "", None, [live])


class Stage:
    """A runner on a scripted session, with everything it needs."""

    def __init__(self, apply: Callable[[Event], None] | None = None) -> None:
        self.session = Scripted()
        self.applied: list[Event] = []
        self.kept: list[Frame] = []
        self.known: list[Secret] = []
        self.shown: list[Failure] = []
        self.failures = FailureHandler(self.shown.append, lambda text: text)
        self.clock = VirtualClock()
        self.link = Link(PLAIN, close_limit=0.05)
        self.runner = Runner(
            self.session,
            self.link,
            Rest(PLAIN),
            self.clock,
            apply or self.applied.append,
            self.failures,
            self.kept.append,
            self.known.append,
        )

    def told(self, *kinds: str) -> list[tuple[object, ...]]:
        return [heard for heard in self.session.heard if heard[0] in kinds]


def test_a_batch_is_received_whole_before_one_drain() -> None:
    stage = Stage()
    stage.runner.frames("market", [b"one", b"two", b"three"])
    assert stage.session.heard == [
        ("receive", b"one"),
        ("receive", b"two"),
        ("receive", b"three"),
        ("outgoing",),
    ]


def test_the_report_tells_the_latency_that_the_link_measured(monkeypatch) -> None:
    stage = Stage()
    assert stage.runner.report().latency is None
    monkeypatch.setattr(Link, "latency", 0.012)
    assert stage.runner.report().latency == 0.012


def test_wishes_are_executed_before_events_are_applied_until_there_are_no_more() -> None:
    stage = Stage()
    fact = _channel(Freshness.LIVE)

    def start() -> None:
        stage.session.wishes = [Send("market", SendId(1), b"x", True)]
        stage.session.facts = [fact]

    def left(send: SendId, outcome: object) -> None:
        stage.session.facts.append(_channel(Freshness.STALE))

    stage.session.on = {"start": start, "left": left}
    asyncio.run(stage.runner.start())
    assert stage.told("left") == [("left", 1, Dropped("not connected"))]
    assert [event.status for event in stage.applied if isinstance(event, ChannelChanged)] == [
        Freshness.LIVE,
        Freshness.STALE,
    ]


async def test_what_a_wish_leads_to_is_executed_after_the_wishes_before_it() -> None:
    """The link answers from within: the session's reply must not overtake what it had wished already."""
    stage = Stage()
    executed: list[str] = []
    execute = stage.link.execute

    def watched(wish: Open | Send | Close) -> None:
        executed.append(f"{type(wish).__name__} {wish.stream}")
        execute(wish)

    stage.link.execute = watched  # type: ignore[method-assign]

    def start() -> None:
        stage.session.wishes = [Open("a", "ws://elsewhere.example/"), Close("b"), Close("c")]

    def closed(why: Closed) -> None:
        stage.session.wishes.append(Close("d"))

    stage.session.on = {"start": start, "closed": closed}
    await stage.runner.start()
    assert executed == ["Open a", "Close b", "Close c", "Close d"]


def test_a_command_from_within_apply_runs_at_once_and_drains_in_order() -> None:
    applied: list[Freshness] = []

    def apply(event: Event) -> None:
        assert isinstance(event, ChannelChanged)
        applied.append(event.status)
        if event.status is Freshness.LIVE:
            stage.runner.call("a command", lambda now: stage.session.facts.append(_channel(Freshness.STALE)))
            assert applied == [Freshness.LIVE]  # not applied in the middle of this one

    stage = Stage(apply)
    stage.session.on["tick"] = lambda now: (
        stage.session.facts.extend([_channel(Freshness.LIVE), _channel(Freshness.RESYNCHRONISING)])
        if not applied
        else None
    )
    stage.runner.tick()
    assert applied == [Freshness.LIVE, Freshness.RESYNCHRONISING, Freshness.STALE]


def _divide() -> None:
    raise ZeroDivisionError("a bug")


def _live_stage(apply: Callable[[Event], None] | None = None) -> Stage:
    """One with a channel that looks live."""
    stage = Stage(apply)
    stage.session.facts = [_channel(Freshness.LIVE)]
    stage.runner.tick()
    return stage


def test_a_session_that_raises_ends_its_connection_and_nothing_looks_live_any_more() -> None:
    market = MarketState()
    stage = _live_stage(market.apply)
    stage.session.on["receive"] = lambda frame: _divide()
    stage.runner.frames("market", [b"one", b"two"])
    assert stage.told("receive") == [("receive", b"one")]
    reason = "stopped after an internal error: ZeroDivisionError: a bug"
    assert market.connections["EPEX"].status is ConnectionStatus.DOWN
    assert market.connections["EPEX"].reason == reason
    assert {view.status for view in market.channels.values()} == {Freshness.UNSYNCHRONISED}
    assert market.anomalies[0].message == "EPEX: receiving: ZeroDivisionError: a bug"
    assert [str(failure) for failure in stage.shown] == ["EPEX: receiving: ZeroDivisionError: a bug"]

    report = stage.runner.report()
    assert (report.status, report.reason) == (ConnectionStatus.DOWN, reason)
    assert {channel.status for channel in report.channels} == {Freshness.UNSYNCHRONISED}

    before = len(stage.session.heard)
    stage.runner.tick()
    stage.runner.frames("market", [b"three"])
    assert len(stage.session.heard) == before


def test_frames_of_orders_are_kept_in_order_and_the_one_that_broke_the_session_above_all() -> None:
    stage = Stage()
    frames = [Frame(Direction.IN, "EPEX", "urn:orders", data, AT) for data in (b"one", b"two", b"breaks")]

    def receive(data: bytes) -> None:
        stage.session.frames.append(frames[len(stage.kept + stage.session.frames)])
        if data == b"breaks":
            raise ZeroDivisionError("a bug")

    stage.session.on["receive"] = receive
    stage.runner.frames("market", [b"one", b"two"])
    assert stage.kept == frames[:2]
    stage.runner.frames("market", [b"breaks"])
    assert stage.kept == frames and stage.runner.broken is not None


def test_tokens_that_are_used_are_made_known_to_be_masked() -> None:
    stage = Stage()
    opening = Open("market", "ws://127.0.0.1:1/ws", Secret("planted-1"))
    calling = Call(CallId(1), "GET", "http://127.0.0.1:1/api", None, Secret("planted-2"))
    stage.link.execute = lambda wish: None  # type: ignore[method-assign, assignment]
    stage.runner._rest = stage.link  # type: ignore[assignment]
    stage.session.wishes = [Send("market", SendId(1), b"x"), opening, calling]
    stage.runner.tick()
    assert [secret.reveal() for secret in stage.known] == ["planted-1", "planted-2"]


def test_a_report_that_raises_is_down_and_says_why() -> None:
    stage = Stage()
    stage.session.report = _divide  # type: ignore[assignment, method-assign]
    report = stage.runner.report()
    assert (report.name, report.venue, report.status) == ("EPEX", "eznergy", ConnectionStatus.DOWN)
    assert report.reason == "stopped after an internal error: ZeroDivisionError: a bug"


def test_a_desk_that_raises_ends_the_connection_whose_event_it_was() -> None:
    applied: list[Event] = []

    def apply(event: Event) -> None:
        applied.append(event)
        if isinstance(event, ChannelChanged) and event.status is Freshness.STALE:
            _divide()

    stage = _live_stage(apply)
    stage.session.facts = [_channel(Freshness.STALE), _channel(Freshness.LIVE)]
    stage.runner.tick()
    after = applied[2:]
    assert [type(event) for event in after] == [ConnectionChanged, ChannelChanged, AnomalyNoticed]
    assert isinstance(after[1], ChannelChanged)
    assert after[1].status is Freshness.UNSYNCHRONISED


def test_a_desk_that_can_apply_nothing_at_all_leaves_the_runner_standing() -> None:
    stage = Stage(lambda event: _divide())
    stage.session.facts = [_channel(Freshness.LIVE)]
    stage.runner.tick()
    assert stage.runner.broken is not None
    assert stage.shown


def test_events_after_a_nested_failure_are_not_applied() -> None:
    """A command from within `apply` breaks the session: what was learnt before must not look live afterwards."""
    market = MarketState()

    def apply(event: Event) -> None:
        market.apply(event)
        if isinstance(event, ChannelChanged) and event.status is Freshness.RESYNCHRONISING:
            stage.runner.call("a command", lambda now: _divide())

    stage = _live_stage(apply)
    stage.session.facts = [_channel(Freshness.RESYNCHRONISING), _channel(Freshness.LIVE)]
    stage.runner.tick()
    assert {view.status for view in market.channels.values()} == {Freshness.UNSYNCHRONISED}


async def test_giving_up_closes_the_sockets() -> None:
    gone = asyncio.Event()

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        await reader.read()
        gone.set()

    async with peer_at(peer) as port:
        stage = Stage()
        stage.session.wishes = [Open("market", f"ws://127.0.0.1:{port}/ws")]
        stage.session.on["opened"] = lambda stream: _divide()
        await stage.runner.start()
        await gone.wait()
        await stage.runner.stop()
    assert not stage.told("stop")
    assert stage.runner.broken is not None


async def _echo(connection: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


@both_loops
async def test_with_real_sockets_and_calls() -> None:
    """Authenticates, connects, sends, receives and stops, on either loop, and leaves nothing behind."""
    before = asyncio.all_tasks()
    body = json.dumps({"token": "t"}).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    done = asyncio.Event()

    async def auth(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with serve(_echo, "127.0.0.1", 0) as server, peer_at(auth) as auth_port:
        port = next(iter(server.sockets)).getsockname()[1]
        stage = Stage()
        session = stage.session
        session.on = {
            "start": lambda: session.wishes.append(Call(CallId(1), "GET", f"http://127.0.0.1:{auth_port}/")),
            "answered": lambda call, reply: session.wishes.append(
                Open("market", f"ws://127.0.0.1:{port}/ws", Secret("t"))
            ),
            "opened": lambda stream: session.wishes.append(Send("market", SendId(1), b"hello", True)),
            "receive": lambda frame: done.set(),
            "stop": lambda: session.wishes.append(Close("market", "switched off")),
        }
        await stage.runner.start()
        await done.wait()
        await stage.runner.stop()
    kinds = [heard[0] for heard in session.heard if heard[0] != "outgoing"]
    assert kinds == ["start", "answered", "opened", "left", "receive", "stop", "closed"]
    assert not stage.shown
    assert not {task for task in asyncio.all_tasks() - before if "Link" in repr(task) or "Rest" in repr(task)}


@both_loops
async def test_one_timer_ticks_for_all_and_a_tick_that_fails_stops_no_other() -> None:
    shown: list[Failure] = []
    ticks: list[str] = []
    enough = asyncio.Event()

    def second() -> None:
        ticks.append("second")
        if len(ticks) == 3:
            ticker.stop()
            enough.set()

    ticker = Ticker(FailureHandler(shown.append, lambda text: text), seconds=0.001)
    ticker.add(_divide)
    ticker.add(second)
    ticker.start()
    ticker.start()
    await enough.wait()
    assert ticks == ["second"] * 3
    assert shown[0] == Failure("a tick", "ZeroDivisionError: a bug")
    ticker.remove(second)
    ticker.remove(second)


def test_a_session_hears_the_clock_it_was_given() -> None:
    stage = Stage()
    stage.clock.advance(1.5)
    stage.runner.tick()
    assert stage.told("tick") == [("tick", stage.clock())]
    assert isinstance(SystemClock()(), Instant)
