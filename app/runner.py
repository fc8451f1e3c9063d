"""Turns the crank of one session: hands it what happened, executes what it wishes, applies what it learnt.

Works on any asyncio loop, Qt's included. Everything happens on the loop's thread, inside the callback that brought
the news: a batch of frames costs one reading of the clock, one drain and no task.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from app.clock import Clock
from app.failures import Failure, FailureHandler
from app.news import log_news
from protocols.market.events import (
    AnomalyNoticed,
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    Event,
    Freshness,
)
from protocols.market.order_events import OrderEvent
from protocols.market.times import Instant
from protocols.secret import Secret
from protocols.session import (
    Call,
    CallFailed,
    CallId,
    Closed,
    ConnectionReport,
    Dropped,
    Frame,
    Open,
    Outgoing,
    Reply,
    SendId,
    Session,
    Written,
)

if TYPE_CHECKING:
    from protocols.link import Link
    from protocols.rest import Rest

TICK_SECONDS = 0.1


class Ticker:
    """One timer for everything that has deadlines. `add` before or after `start`; on the loop's thread."""

    def __init__(self, failures: FailureHandler, seconds: float = TICK_SECONDS) -> None:
        self._failures = failures
        self._seconds = seconds
        self._ticks: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None

    def add(self, tick: Callable[[], None]) -> None:
        """Calls `tick` from now on."""
        self._ticks.append(tick)

    def remove(self, tick: Callable[[], None]) -> None:
        """Stops calling `tick`; harmless when it is not called."""
        if tick in self._ticks:
            self._ticks.remove(tick)

    def start(self) -> None:
        """Begins on the running loop."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._turn)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn(self) -> None:
        # The next one first: a tick that fails, or stops the ticker, leaves the right thing behind.
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._turn)
        for tick in tuple(self._ticks):
            self._failures.guarded("a tick", tick, lambda failure: None)


class Runner:
    """Runs one session on its link and its REST client.

    A session, or the desk's `apply`, that raises ends this connection and nothing else: its sockets are closed, its
    channels leave the live state, an anomaly says what broke, and the session is not called again.

    `keep` takes the frames of order channels for the journal; `know` every token that is used, to be masked in it.
    """

    def __init__(
        self,
        session: Session,
        link: "Link",
        rest: "Rest",
        clock: Clock,
        apply: Callable[[Event | OrderEvent], None],
        failures: FailureHandler,
        keep: Callable[[Frame], None],
        know: Callable[[Secret], None],
    ) -> None:
        self._session = session
        self._link = link
        self._rest = rest
        self._clock = clock
        self._apply = apply
        self._failures = failures
        self._keep = keep
        self._know = know
        self._draining = False
        self._channels: dict[str, ChannelChanged] = {}
        first = session.report()
        self.name, self._venue = first.name, first.venue
        self.broken: Failure | None = None
        """Why this connection was given up; None while it runs."""
        link.report_to(self)
        rest.report_to(self.answered)

    async def start(self) -> None:
        """Starts the session."""
        self._turn("starting", self._session.start)

    async def stop(self) -> None:
        """Stops the session and waits for its sockets and calls to end: a few seconds at most."""
        self._turn("stopping", self._session.stop)
        await asyncio.gather(self._link.aclose(), self._rest.aclose())

    def tick(self) -> None:
        """For the ticker, every 100 ms."""
        self._turn("ticking", self._session.tick)

    def call(self, what: str, act: Callable[[Instant], None]) -> None:
        """Runs any other act on the session, such as a command of the desk's, and drains. `what` names it."""
        self._turn(what, act)

    def report(self) -> ConnectionReport:
        """The session's counters; of a connection that was given up, with nothing in them that looks live."""
        found: list[ConnectionReport] = []
        self._failures.guarded(f"{self.name}: reporting", lambda: found.append(self._session.report()), self._give_up)
        down = ConnectionReport(self.name, self._venue, ConnectionStatus.DOWN, "", 0, 0, "", None, [])
        report = found[0] if found else down
        report.latency = self._link.latency
        if self.broken is not None:
            report.status = ConnectionStatus.DOWN
            report.reason = report.last_error = self._reason(self.broken)
            for channel in report.channels:
                channel.status, channel.reason = Freshness.UNSYNCHRONISED, report.reason
        return report

    # What the link and the REST client report

    def opened(self, stream: str) -> None:
        self._turn("opening", lambda now: self._session.opened(stream, now))

    def frames(self, stream: str, batch: list[bytes]) -> None:
        def receive_all(now: Instant) -> None:
            receive = self._session.receive
            for frame in batch:
                receive(stream, frame, now)

        self._turn("receiving", receive_all)

    def ponged(self, stream: str) -> None:
        self._turn("hearing a pong", lambda now: self._session.ponged(stream, now))

    def closed(self, stream: str, why: Closed) -> None:
        self._turn("closing", lambda now: self._session.closed(stream, why, now))

    def left(self, send_id: SendId, outcome: Written | Dropped) -> None:
        self._turn("sending", lambda now: self._session.left(send_id, outcome, now))

    def answered(self, call_id: CallId, reply: Reply | CallFailed) -> None:
        self._turn("calling", lambda now: self._session.answered(call_id, reply, now))

    # The crank

    def _turn(self, what: str, act: Callable[[Instant], None]) -> None:
        """Runs one act on the session and drains it, unless an outer turn is draining already.

        The link reports from within `execute`, and the desk may command from within `apply`: those acts run at once,
        for the session itself is not in a call then, and what they lead to is drained by the outer turn, in order.
        """
        if self.broken is not None:
            return
        now = self._clock()
        self._failures.guarded(f"{self.name}: {what}", lambda: act(now), self._give_up)
        if not self._draining:
            self._draining = True
            self._failures.guarded(f"{self.name}: {what}", self._drain, self._give_up)
            self._draining = False

    def _drain(self) -> None:
        """Until the session has nothing more to say: executes its wishes, applies its events."""
        session = self._session
        while self.broken is None:
            wishes = session.outgoing()
            for wish in wishes:
                self._execute(wish)
            self._keep_frames()
            events = session.events()
            if not wishes and not events:
                return
            for event in events:
                self._tell(event)

    def _execute(self, wish: Outgoing) -> None:
        if self.broken is not None:
            return  # given up by what an earlier wish led to
        if isinstance(wish, (Open, Call)) and wish.bearer is not None:
            self._know(wish.bearer)
        if isinstance(wish, Call):
            self._rest.execute(wish)
        else:
            self._link.execute(wish)

    def _keep_frames(self) -> None:
        for frame in self._session.kept():
            self._keep(frame)

    def _tell(self, event: Event | OrderEvent) -> None:
        if self.broken is not None:
            return  # given up by what an earlier event led to: nothing may look live after that
        if isinstance(event, ChannelChanged):
            self._channels[event.channel] = event
        log_news(event)
        self._apply(event)

    def _give_up(self, failure: Failure) -> None:
        """Ends the connection after an unexpected exception. What was shown may be half a change: none of it is
        consistent any more, so it must not look like something that was right once."""
        if self.broken is not None:
            return
        self.broken = failure
        # The frame that broke it, above all.
        self._failures.guarded(f"{self.name}: giving up", self._keep_frames, _nothing)
        reason = self._reason(failure)
        now = self._clock()
        last_words: list[Event] = [
            ConnectionChanged(self.name, ConnectionStatus.DOWN, reason, now),
            *(
                ChannelChanged(
                    self.name,
                    channel.channel,
                    channel.feed,
                    channel.area,
                    channel.product,
                    Freshness.UNSYNCHRONISED,
                    reason,
                    now,
                )
                for channel in self._channels.values()
            ),
            AnomalyNoticed(self.name, None, "internal error", str(failure), now),
        ]
        for event in last_words:
            log_news(event)
            self._failures.guarded(f"{self.name}: giving up", partial(self._apply, event), _nothing)
        self._link.close_all("internal error")
        self._rest.abandon_all()

    @staticmethod
    def _reason(failure: Failure) -> str:
        return f"stopped after an internal error: {failure.error}"


def _nothing(failure: Failure) -> None:
    """The log and the failure handler's `show` have it."""
