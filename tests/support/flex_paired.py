"""A desk and the practice flexibility venue joined in memory: virtual time, no sockets, and the faults switched on."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from protocols.market.times import SECOND, Instant, UtcNs
from protocols.practice.glocalflex.faults import FlexFaults
from protocols.practice.glocalflex.flex_venue import Account, Asked, FlexVenue
from protocols.practice.glocalflex.settings import FlexSettings
from protocols.practice.sockets import HangUp
from protocols.practice.tokens import Unauthorised
from protocols.session import Call, CallFailed, CallId, Close, Closed, Open, Reply
from tests.support.flex import FlexDesk

STEP = 0.2
ANSWER_LIMIT = 10.0


class FlexPaired(FlexDesk):
    """`run` lets time pass at both ends. Nobody else trades unless `market` says so."""

    def __init__(
        self, folder: Path, *, seed: int = 1, lifetime: int = 3_600, faults: Any = None, **market: Any
    ) -> None:
        quiet = {"orders": 0, "rate": 0.0, "windows": 10, "pace": 10.0}
        chosen = FlexSettings(**{**quiet, **market}, faults=FlexFaults(**(faults or {})))
        account = Account("trader", "practice", b"secret" * 6, lifetime)
        self.venue = FlexVenue(chosen, account, seed, fault_seed=seed)
        self.reachable = True
        self.placements = 0
        self._clients: dict[int, str] = {}
        self._late: list[tuple[float, CallId, Reply | CallFailed]] = []
        self._number = 0
        super().__init__(folder, seed=seed)

    def run(self, seconds: float, step: float = STEP) -> None:
        until = self.now.monotonic + seconds
        while self.now.monotonic < until - 1e-9:
            self.now = Instant(self.now.monotonic + step, UtcNs(self.now.utc + round(step * SECOND)))
            self.venue.tick(self.now)
            self._deliver()
            due = [each for each in self._late if each[0] <= self.now.monotonic]
            self._late = [each for each in self._late if each[0] > self.now.monotonic]
            for _, call, reply in due:
                self.session.answered(call, reply, self.now)
                self.crank()
            self.pong()
            self.session.tick(self.now)
            self.crank()
            self._deliver()

    def cut(self, kind: str) -> None:
        """The link breaks; what was on its way is lost."""
        if kind in self.streams:
            self._forget(kind)
            self.lose(kind)

    def turn(self, **faults: Any) -> None:
        """These switches and no others."""
        self.tell("faults", msgspec.to_builtins(FlexFaults(**faults)))

    def tell(self, what: str, body: Any) -> None:
        """One of the venue's practice commands."""
        answer = self._ask("POST", f"/practice/flex/{what}", json.dumps(body).encode())
        assert answer.status == 200, answer.body
        self._deliver()

    def truth(self) -> dict[str, Any]:
        return dict(json.loads(self._ask("GET", "/truth/flex").body))

    def restart(self) -> None:
        for kind in list(self.streams):
            self._forget(kind)
        self._late.clear()
        super().restart()

    # Within

    def execute(self, wish: Any) -> None:
        if isinstance(wish, Close) and self.streams.get(wish.stream.split("-")[0]) == wish.stream:
            self._forget(wish.stream.split("-")[0])
        super().execute(wish)
        match wish:
            case Open():
                self._connect(wish)
            case Call():
                self._answer(wish)

    def _answer(self, call: Call) -> None:
        if not self.reachable:
            self._late.append((self.now.monotonic, call.call_id, CallFailed("nobody there", unsent=True)))
            return
        self.placements += call.url.endswith("/order/")
        body = b"" if call.body is None else call.body.reveal().encode()
        bearer = "" if call.bearer is None else call.bearer.reveal()
        asked = Asked(call.method, urlsplit(call.url).path, body, call.body_kind.value, bearer)
        answer = self.venue.answer(asked, self.now)
        if answer.withheld or answer.late > ANSWER_LIMIT:
            failed = CallFailed(f"did not answer within {ANSWER_LIMIT:g} s")
            self._late.append((self.now.monotonic + ANSWER_LIMIT, call.call_id, failed))
            return
        headers = {name.lower(): value for name, value in answer.headers}
        retry = headers.get("retry-after")
        reply = Reply(answer.status, answer.body, None if retry is None else float(retry))
        self._late.append((self.now.monotonic + answer.late, call.call_id, reply))

    def _connect(self, wish: Open) -> None:
        kind = wish.stream.split("-")[0]
        if not self.reachable:
            self.session.closed(wish.stream, Closed("nobody there"), self.now)
            return
        self._number += 1
        bearer = "" if wish.bearer is None else wish.bearer.reveal()
        try:
            self.venue.sockets[urlsplit(wish.url).path].connected(self._number, bearer, self.now)
        except Unauthorised:
            self.session.closed(wish.stream, Closed("HTTP 401", http_status=401), self.now)
            return
        self._clients[self._number] = kind
        self.streams[kind] = wish.stream
        self.session.opened(wish.stream, self.now)

    def _ask(self, method: str, path: str, body: bytes = b"") -> Any:
        return self.venue.answer(Asked(method, path, body, "application/json"), self.now)

    def _forget(self, kind: str) -> None:
        for number in [number for number, its in self._clients.items() if its == kind]:
            del self._clients[number]
            self.venue.sockets[f"/api/v1/ws/{kind}"].disconnected(number)

    def _deliver(self) -> None:
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
