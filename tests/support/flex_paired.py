"""A desk and the practice flexibility venue joined in memory: virtual time, no sockets, and the faults switched on."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from protocols.practice.glocalflex.faults import FlexFaults
from protocols.practice.glocalflex.flex_venue import Account, Asked, FlexVenue
from protocols.practice.glocalflex.settings import FlexSettings
from protocols.practice.tokens import Unauthorised
from protocols.session import Call, CallFailed, CallId, Closed, Open, Reply
from tests.support.flex import FlexDesk
from tests.support.joined import Joined

ANSWER_LIMIT = 10.0


class FlexPaired(Joined, FlexDesk):
    """`run` lets time pass at both ends. Nobody else trades unless `market` says so."""

    STEP = 0.2

    def __init__(
        self, folder: Path, *, seed: int = 1, lifetime: int = 3_600, faults: Any = None, **market: Any
    ) -> None:
        quiet = {"orders": 0, "rate": 0.0, "windows": 10, "pace": 10.0}
        chosen = FlexSettings(**{**quiet, **market}, faults=FlexFaults(**(faults or {})))
        account = Account("trader", "practice", b"secret" * 6, lifetime)
        self.venue = FlexVenue(chosen, account, seed, fault_seed=seed)
        self._late: list[tuple[float, CallId, Reply | CallFailed]] = []
        super().__init__(folder, seed=seed)

    def answer_due(self) -> None:
        due = [each for each in self._late if each[0] <= self.now.monotonic]
        self._late = [each for each in self._late if each[0] > self.now.monotonic]
        for _, call, reply in due:
            self.session.answered(call, reply, self.now)
            self.crank()

    def turn(self, **faults: Any) -> None:
        """These switches and no others."""
        self.tell("faults", msgspec.to_builtins(FlexFaults(**faults)))

    def tell(self, what: str, body: Any) -> None:
        """One of the venue's practice commands."""
        answer = self._ask("POST", f"/practice/flex/{what}", json.dumps(body).encode())
        assert answer.status == 200, answer.body
        self.deliver()

    def truth(self) -> dict[str, Any]:
        return dict(json.loads(self._ask("GET", "/truth/flex").body))

    def restart(self) -> None:
        self._late.clear()
        super().restart()

    # Within

    def path(self, kind: str) -> str:
        return f"/api/v1/ws/{kind}"

    def bearer(self, wish: Open) -> str:
        return "" if wish.bearer is None else wish.bearer.reveal()

    def let_in(self, wish: Open) -> None:
        try:
            super().let_in(wish)
        except Unauthorised:
            self.session.closed(wish.stream, Closed("HTTP 401", http_status=401), self.now)

    def answer_call(self, call: Call) -> None:
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

    def _ask(self, method: str, path: str, body: bytes = b"") -> Any:
        return self.venue.answer(Asked(method, path, body, "application/json"), self.now)
