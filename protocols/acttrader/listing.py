"""The list of orders, asked for after each connect and whenever something was missed. One request at a time: the answer
of the seed dialect does not say which request it answers.
"""

from collections.abc import Callable

from protocols.acttrader.requests import encode_orders
from protocols.acttrader.settings import Settings
from protocols.market.times import HOUR, MINUTE, SECOND, Instant, UtcNs

ANSWER_SECONDS = 10.0
AGAIN_SECONDS = 2.0
"""How soon it is asked for again when the answer was none, or none that could be read."""
FAILURES = 3
"""So many times in a row, and the link is taken for broken."""
MARGIN = 5 * MINUTE
"""How much further back `fromTime` reaches than needed: the venue's clock may be wrong."""
FIRST_REACH = 24 * HOUR
"""How far back the first list reaches."""


class Listing:
    """`send` writes a frame. `wanted` while a list is asked for, or about to be."""

    def __init__(self, settings: Settings, new_id: Callable[[], str], send: Callable[[bytes], None]) -> None:
        self._settings = settings
        self._new_id = new_id
        self._send = send
        self._request_id: str | None = None
        self._deadline = 0.0
        self._due: float | None = None
        self._oldest: UtcNs | None = None
        self._known_until: UtcNs | None = None
        self.failures = 0

    @property
    def wanted(self) -> bool:
        return self._due is not None or self._request_id is not None

    def ask(self, due: float) -> None:
        """Asks at `due` (monotonic seconds), or earlier where that was wanted already."""
        self._due = due if self._due is None else min(self._due, due)

    def reach(self, at: UtcNs) -> None:
        """What happened since `at` has to be in the next list."""
        self._oldest = at if self._oldest is None else min(self._oldest, at)

    def link_lost(self, now: Instant, known: bool) -> None:
        """`known` when all orders were known up to now."""
        self._request_id = None
        self._due = None
        self.failures = 0
        if known:
            self._known_until = now.utc

    def is_answer(self, request_id: str | None) -> bool:
        """Whether a list, or an error, answers the request that is open. Without an identifier it is taken to."""
        return self._request_id is not None and request_id in (None, self._request_id)

    def names(self, request_id: str | None) -> bool:
        """Whether an error names the open request."""
        return request_id is not None and request_id == self._request_id

    def arrived(self) -> None:
        """It was answered, and the answer is good."""
        self._request_id = None
        self._oldest = None
        self.failures = 0

    def failed(self, now: Instant) -> None:
        """The answer was none that could be used."""
        self._request_id = None
        self.failures += 1
        self.ask(now.monotonic + AGAIN_SECONDS)

    def tick(self, now: Instant) -> None:
        """While the socket is open."""
        if self._request_id is not None:
            if now.monotonic > self._deadline:
                self.failed(now)
            return
        if self._due is not None and now.monotonic >= self._due:
            self._due = None
            self._request_id = self._new_id()
            self._deadline = now.monotonic + ANSWER_SECONDS
            self._send(encode_orders(self._request_id, self._settings, self._since(now)))

    def _since(self, now: Instant) -> UtcNs:
        since = UtcNs(now.utc - FIRST_REACH) if self._known_until is None else self._known_until
        if self._oldest is not None:
            since = min(since, self._oldest)
        return UtcNs(max(since - MARGIN, SECOND))
