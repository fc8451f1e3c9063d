"""A desk and the practice FX venue joined in memory: virtual time, no sockets, whatever faults are switched on."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from protocols.acttrader.messages import Dialect
from protocols.market.times import SECOND, Instant, UtcNs
from protocols.market.values import Price, scaled_from_text
from protocols.practice.acttrader.faults import FxFaults
from protocols.practice.acttrader.fx_venue import FxVenue
from protocols.practice.acttrader.settings import FxSettings
from protocols.practice.sockets import HangUp
from protocols.session import Call, Close, Closed, Open, Reply, Send, Written
from tests.support.fx import FxDesk

STEP = 0.1


class FxPaired(FxDesk):
    """`run` lets time pass at both ends. The venue stands where `move` puts it unless it quotes by itself."""

    def __init__(
        self, folder: Path, dialect: Dialect = Dialect.LATER, *, seed: int = 1, hold: bool = True, **changes: Any
    ) -> None:
        faults = FxFaults(hold_quotes=hold, partial_fills=True)
        self.venue = FxVenue(FxSettings(faults=faults), seed, fault_seed=seed)
        self.placements = 0
        self.reachable = True
        self._hold = hold
        self._clients: dict[int, str] = {}
        self._number = 0
        super().__init__(folder, dialect, seed=seed, **changes)

    # Both ends

    def run(self, seconds: float) -> None:
        until = self.now.monotonic + seconds
        while self.now.monotonic < until - 1e-9:
            self.now = Instant(self.now.monotonic + STEP, UtcNs(self.now.utc + round(STEP * SECOND)))
            self.venue.tick(self.now)
            self._deliver()
            self.session.tick(self.now)
            self.crank()
            self._deliver()

    def cut(self, kind: str = "orders") -> None:
        """The link breaks; what was on its way is lost."""
        if kind in self.streams:
            self._forget(kind)
            self.lose(kind)

    def turn(self, **faults: Any) -> None:
        """These switches and no others."""
        chosen = FxFaults(hold_quotes=self._hold, **faults)
        self._post("/practice/fx/faults", msgspec.to_builtins(chosen))

    def move(self, **where: Any) -> Price:
        """Makes the market quote a price; returns the bid."""
        return Price(scaled_from_text(self._post("/practice/fx/move", {"symbol": "EURUSD", **where})["bid"]))

    def truth(self) -> dict[str, Any]:
        status, body = self.venue.answer("GET", "/truth/fx", {}, b"", self.now)
        assert status == 200
        return dict(json.loads(body))

    def restart(self) -> None:
        for kind in list(self.streams):
            self._forget(kind)
        super().restart()

    # Within

    def _post(self, path: str, body: Any) -> dict[str, Any]:
        status, answer = self.venue.answer("POST", path, {}, json.dumps(body).encode(), self.now)
        assert status == 200, answer
        self._deliver()
        return dict(json.loads(answer))

    def _execute(self, wish: Any) -> None:
        if isinstance(wish, Close) and self.streams.get(wish.stream.split("-")[0]) == wish.stream:
            self._forget(wish.stream.split("-")[0])
        super()._execute(wish)
        match wish:
            case Open():
                self._connect(wish)
            case Call():
                url = urlsplit(wish.url)
                status, body = self.venue.answer(wish.method, url.path, dict(parse_qsl(url.query)), b"", self.now)
                self.session.answered(wish.call_id, Reply(status, body), self.now)

    def _connect(self, wish: Open) -> None:
        kind = wish.stream.split("-")[0]
        if not self.reachable:
            self.session.closed(wish.stream, Closed("nobody there"), self.now)
            return
        self._number += 1
        self.venue.sockets[urlsplit(wish.url).path].connected(self._number, "", self.now)
        self._clients[self._number] = kind
        self.streams[kind] = wish.stream
        self.session.opened(wish.stream, self.now)

    def _write(self, wish: Send) -> None:
        kind = wish.stream.split("-")[0]
        if self.streams.get(kind) != wish.stream:
            super()._write(wish)
            return
        self.on_frame(kind, wish.frame)
        if json.loads(wish.frame).get("event") in ("newordersingle", "neworderoco"):
            self.placements += 1
        client = next(number for number, its in self._clients.items() if its == kind)
        self.venue.sockets[self._path(kind)].receive(client, wish.frame, self.now)
        if wish.report:
            self.session.left(wish.send_id, Written(), self.now)

    def _path(self, kind: str) -> str:
        return urlsplit(self.settings.orders_url if kind == "orders" else self.settings.chart_url or "").path

    def _forget(self, kind: str) -> None:
        for number in [number for number, its in self._clients.items() if its == kind]:
            del self._clients[number]
            self.venue.sockets[self._path(kind)].disconnected(number)

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
