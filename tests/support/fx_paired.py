"""A desk and the practice FX venue joined in memory: virtual time, no sockets, whatever faults are switched on."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from protocols.acttrader.messages import Dialect
from protocols.market.values import Price, scaled_from_text
from protocols.practice.acttrader.faults import FxFaults
from protocols.practice.acttrader.fx_venue import FxVenue
from protocols.practice.acttrader.settings import FxSettings
from protocols.session import Call, Reply, Send, Written
from tests.support.fx import FxDesk
from tests.support.joined import Joined
from tests.support.session_desk import kind_of


class FxPaired(Joined, FxDesk):
    """`run` lets time pass at both ends. The venue stands where `move` puts it unless it quotes by itself."""

    def __init__(
        self, folder: Path, dialect: Dialect = Dialect.LATER, *, seed: int = 1, hold: bool = True, **changes: Any
    ) -> None:
        faults = FxFaults(hold_quotes=hold, partial_fills=True)
        self.venue = FxVenue(FxSettings(faults=faults), seed, fault_seed=seed)
        self._hold = hold
        super().__init__(folder, dialect, seed=seed, **changes)

    # Both ends

    def cut(self, kind: str = "orders") -> None:
        super().cut(kind)

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

    # Within

    def _post(self, path: str, body: Any) -> dict[str, Any]:
        status, answer = self.venue.answer("POST", path, {}, json.dumps(body).encode(), self.now)
        assert status == 200, answer
        self.deliver()
        return dict(json.loads(answer))

    def path(self, kind: str) -> str:
        return urlsplit(self.settings.orders_url if kind == "orders" else self.settings.chart_url or "").path

    def answer_call(self, call: Call) -> None:
        url = urlsplit(call.url)
        status, body = self.venue.answer(call.method, url.path, dict(parse_qsl(url.query)), b"", self.now)
        self.session.answered(call.call_id, Reply(status, body), self.now)

    def write(self, wish: Send) -> None:
        kind = kind_of(wish.stream)
        if self.streams.get(kind) != wish.stream:
            super().write(wish)
            return
        self.on_frame(kind, wish.frame)
        if json.loads(wish.frame).get("event") in ("newordersingle", "neworderoco"):
            self.placements += 1
        self.venue.sockets[self.path(kind)].receive(self.client(kind), wish.frame, self.now)
        if wish.report:
            self.session.left(wish.send_id, Written(), self.now)
