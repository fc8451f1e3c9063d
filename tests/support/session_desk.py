"""A desk with one session and no venue, of whatever venue: what its session asks for is kept, time is the test's."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.desk import Desk, Ordering
from app.doubts import found_by_hand
from app.journal import Journal
from app.order_entry import SessionOrders
from protocols.market.commands import Intent
from protocols.market.orders import Order
from protocols.market.times import SECOND, Instant, UtcNs
from protocols.session import Call, Close, Closed, Open


class Told:
    """What the trader is told of orders in doubt."""

    def __init__(self, said: list[str], alerts: list[str]) -> None:
        self.say = said.append
        self.alert = alerts.append


class SessionDesk:
    """`opens` are the sockets that were asked for, `calls` the HTTP calls, `streams` the sockets that are open, by
    their kind. A venue's own says how its session is made and what else it may wish."""

    settings: Any

    def __init__(self, folder: Path, start: UtcNs, seed: int) -> None:
        self.now = Instant(1_000.0, start)
        self.journal = Journal(folder, lambda text: text)
        self._ids = iter(range(10**9))
        self._seed = seed
        self._folder = folder
        self.boot()

    def ordering(self) -> Ordering:
        raise NotImplementedError

    def new_session(self, shown: Sequence[Order]) -> Any:
        raise NotImplementedError

    def boot(self) -> None:
        self.said: list[str] = []
        self.alerts: list[str] = []
        self.desk = Desk(self.ordering(), Told(self.said, self.alerts))
        self.begin(self.desk.restore())

    def begin(self, restored: list[Intent]) -> None:
        self.session = self.new_session(self.desk.market.blotter.rows())
        self.desk.add(self.session.report)
        self.desk.add_orders(self.settings.name, SessionOrders(self, self.session))
        self.opens: list[Open] = []
        self.calls: list[Call] = []
        self.streams: dict[str, str] = {}
        self.session.restore(restored, self.now)
        for found in found_by_hand(self.journal, restored):
            self.session.decided(found, self.now)
        self.session.start(self.now)
        self.crank()

    def connect_anew(self) -> None:
        """The same desk, another session: what is not answered goes from one to the other."""
        found = [each for each in self.journal.open_intents() if each.placed is not None]
        intents = {each.intent_id: each for pair in found for each in (pair.placed, pair.intent) if each is not None}
        self.session.stop(self.now)
        self.crank()
        self.begin(list(intents.values()))

    def restart(self) -> None:
        """The desk dies and a new one begins on the same journal."""
        self.journal.close()
        self.journal = Journal(self._folder, lambda text: text)
        self.boot()

    def new_id(self) -> str:
        return f"id-{next(self._ids)}"

    # The crank

    def call(self, what: str, act: Any) -> None:
        act(self.now)
        self.crank()

    def crank(self) -> None:
        while True:
            wishes, events = self.session.outgoing(), self.session.events()
            for wish in wishes:
                self.execute(wish)
            self.keep()
            for event in events:
                self.desk.apply(event)
            if not wishes and not events:
                return

    def keep(self) -> None:
        """What the session kept of its frames stays there, for the test to look at."""

    def execute(self, wish: Any) -> None:
        match wish:
            case Open():
                self.opens.append(wish)
            case Call():
                self.calls.append(wish)
            case Close():
                kind = kind_of(wish.stream)
                if self.streams.get(kind) == wish.stream:
                    del self.streams[kind]
                    self.session.closed(wish.stream, Closed("closed"), self.now)

    # What happens to it

    def step(self, seconds: float) -> None:
        self.now = Instant(self.now.monotonic + seconds, UtcNs(self.now.utc + round(seconds * SECOND)))

    def wait(self, seconds: float, step: float = 0.1) -> None:
        until = self.now.monotonic + seconds
        while self.now.monotonic < until - 1e-9:
            self.step(step)
            self.tick()

    def tick(self) -> None:
        self.session.tick(self.now)
        self.crank()

    def stream(self, kind: str) -> str:
        """The newest that was asked for."""
        return [wish.stream for wish in self.opens if kind_of(wish.stream) == kind][-1]

    def connect(self, kind: str, stream: str) -> None:
        self.streams[kind] = stream
        self.session.opened(stream, self.now)
        self.crank()

    def lose(self, kind: str, reason: str = "the link was cut", **why: Any) -> None:
        self.session.closed(self.streams.pop(kind), Closed(reason, **why), self.now)
        self.crank()

    def hear(self, kind: str, message: Any) -> None:
        """A frame comes: bytes as they are, anything else as JSON."""
        frame = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.session.receive(self.streams[kind], frame, self.now)
        self.crank()

    # Shortcuts

    def submit(self, command: Any) -> str:
        """Sends a command, confirming what is asked; returns its client identifier."""
        submission = self.desk.submit(command)
        if submission.step.value == "asks":
            submission = self.desk.submit(command, submission)
        assert submission.step.value == "taken", submission.reason
        assert submission.intent is not None
        return submission.intent.client_id

    def get(self, client_id: str) -> Any:
        return self.desk.market.blotter.get(self.settings.name, client_id)


def kind_of(stream: str) -> str:
    """`orders` of `orders-3`."""
    return stream.split("-")[0]
