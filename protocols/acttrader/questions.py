"""Questions about single orders (`orderstatus`): asked when due, again when no answer comes, never all at once.

A question is harmless, so it may be repeated; orders never are.
"""

from collections.abc import Callable

import msgspec

from protocols.acttrader.requests import encode_status
from protocols.acttrader.settings import Settings
from protocols.market.times import Instant

ANSWER_SECONDS = 10.0
"""How long an answer may take."""
AGAIN_SECONDS = (2.0, 4.0, 8.0, 16.0, 30.0)
"""How long to wait before asking again, the more often it was asked."""
SETTLE_TRIES = 3
"""So often a question of the reconciliation is asked in vain, and nothing waits for its answer any more."""
OPEN_AT_A_TIME = 20


class Wanted(msgspec.Struct):
    """An order to be asked about. `name` is our client identifier, or `venue:<identifier>`."""

    name: str
    due: float
    tries: int = 0


class Questions:
    """`names` gives an order's (client identifier, venue identifier); `unaskable` hears of orders that this dialect
    can't ask for."""

    def __init__(
        self,
        settings: Settings,
        new_id: Callable[[], str],
        send: Callable[[bytes], None],
        names: Callable[[str], tuple[str | None, str | None]],
        unaskable: Callable[[str, Instant], None],
    ) -> None:
        self._settings = settings
        self._new_id = new_id
        self._send = send
        self._names = names
        self._unaskable = unaskable
        self._wanted: dict[str, Wanted] = {}
        self._open: dict[str, tuple[str, float]] = {}
        self._settling: set[str] = set()

    @property
    def settled(self) -> bool:
        """Whether each question of the reconciliation is answered, or was asked so often that it won't be."""
        return not self._settling

    def ask(self, name: str, due: float, *, settle: bool = False) -> None:
        """Asks about an order at `due` (monotonic seconds), or earlier where that was wanted already."""
        wanted = self._wanted.get(name)
        if wanted is None:
            self._wanted[name] = Wanted(name, due)
        else:
            wanted.due = min(wanted.due, due)
        if settle:
            self._settling.add(name)

    def forget(self, name: str) -> None:
        """Nothing is to be asked about it any more."""
        self._wanted.pop(name, None)
        self._settling.discard(name)

    def waits_for(self, request_id: str) -> bool:
        return request_id in self._open

    def answered(self, request_id: str) -> str | None:
        """The order that a question was about, which is over now; None for one that we did not ask, or that was
        answered before."""
        found = self._open.pop(request_id, None)
        if found is None:
            return None
        self.forget(found[0])
        return found[0]

    def retry(self, name: str, tries: int, now: Instant) -> None:
        """The answer was no answer: asks again later."""
        delay = AGAIN_SECONDS[min(tries, len(AGAIN_SECONDS) - 1)]
        self._wanted[name] = Wanted(name, now.monotonic + delay, tries + 1)
        if tries + 1 >= SETTLE_TRIES:
            self._settling.discard(name)

    def unreadable(self, now: Instant) -> None:
        """Something could not be read: it may have been the answer to any open question."""
        for name, _ in self._open.values():
            wanted = self._wanted.get(name)
            self.retry(name, 0 if wanted is None else wanted.tries, now)
        self._open.clear()

    def link_lost(self) -> None:
        """No answer will come on that link; what was wanted is wanted still."""
        self._open.clear()
        self._settling.clear()

    def tick(self, now: Instant) -> None:
        """Asks what is due. Only while the socket is open."""
        for request_id, (name, deadline) in list(self._open.items()):
            if now.monotonic > deadline:
                del self._open[request_id]
                wanted = self._wanted.get(name)
                self.retry(name, 0 if wanted is None else wanted.tries, now)
        asked = {name for name, _ in self._open.values()}
        for wanted in sorted(self._wanted.values(), key=lambda each: each.due):
            if wanted.due > now.monotonic or len(self._open) >= OPEN_AT_A_TIME:
                return
            if wanted.name not in asked:
                self._put(wanted, now)

    def _put(self, wanted: Wanted, now: Instant) -> None:
        client_id, venue_id = self._names(wanted.name)
        request_id = self._new_id()
        frame = encode_status(request_id, client_id, self._settings, venue_id)
        if frame is None:
            self.forget(wanted.name)
            self._unaskable(wanted.name, now)
            return
        self._open[request_id] = (wanted.name, now.monotonic + ANSWER_SECONDS)
        self._send(frame)
