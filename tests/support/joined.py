"""A desk's session and a practice venue joined in memory: virtual time, no sockets, links that break when told to."""

from typing import Any
from urllib.parse import urlsplit

from protocols.practice.sockets import HangUp
from protocols.session import Call, Close, Closed, Open
from tests.support.session_desk import SessionDesk, kind_of


class Joined(SessionDesk):
    """`run` lets time pass at both ends. A venue's own says where its sockets are and how it answers calls."""

    STEP = 0.1
    venue: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        self.reachable = True
        self.placements = 0
        """Requests to place orders that reached the venue's door."""
        self._clients: dict[int, str] = {}
        self._number = 0
        super().__init__(*args, **options)

    def path(self, kind: str) -> str:
        """Where the venue has the sockets of that kind."""
        raise NotImplementedError

    def bearer(self, wish: Open) -> str:
        return ""

    def answer_call(self, call: Call) -> None:
        raise NotImplementedError

    def answer_due(self) -> None:
        """Calls whose answers take their time, at a venue that has such."""

    # Both ends

    def run(self, seconds: float, step: float | None = None) -> None:
        until = self.now.monotonic + seconds
        while self.now.monotonic < until - 1e-9:
            self.step(step or self.STEP)
            self.venue.tick(self.now)
            self.deliver()
            self.answer_due()
            self.tick()
            self.deliver()

    def cut(self, kind: str) -> None:
        """The link breaks; what was on its way is lost."""
        if kind in self.streams:
            self._forget(kind)
            self.lose(kind)

    def restart(self) -> None:
        for kind in list(self.streams):
            self._forget(kind)
        super().restart()

    def deliver(self) -> None:
        """What the venue has to send comes."""
        while frames := self.venue.outgoing():
            for frame in frames:
                kind = self._clients.get(frame.client)
                if kind is None or kind not in self.streams:
                    continue
                if isinstance(frame, HangUp):
                    del self._clients[frame.client]
                    self.lose(kind, frame.reason)
                else:
                    self.session.receive(self.streams[kind], frame.data, self.now)
                self.crank()

    def client(self, kind: str) -> int:
        """What the venue calls the socket."""
        return next(number for number, its in self._clients.items() if its == kind)

    # Within

    def execute(self, wish: Any) -> None:
        if isinstance(wish, Close) and self.streams.get(kind_of(wish.stream)) == wish.stream:
            self._forget(kind_of(wish.stream))
        super().execute(wish)
        match wish:
            case Open():
                self._join(wish)
            case Call():
                self.answer_call(wish)

    def _join(self, wish: Open) -> None:
        if not self.reachable:
            self.session.closed(wish.stream, Closed("nobody there"), self.now)
            return
        self._number += 1
        self.let_in(wish)

    def let_in(self, wish: Open) -> None:
        kind = kind_of(wish.stream)
        self.venue.sockets[urlsplit(wish.url).path].connected(self._number, self.bearer(wish), self.now)
        self._clients[self._number] = kind
        self.streams[kind] = wish.stream
        self.session.opened(wish.stream, self.now)

    def _forget(self, kind: str) -> None:
        for number in [number for number, its in self._clients.items() if its == kind]:
            del self._clients[number]
            self.venue.sockets[self.path(kind)].disconnected(number)
