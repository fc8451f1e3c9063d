"""What a connection has to say of odd things: each kind told once per link and counted, the newest error kept."""

from collections import Counter
from collections.abc import Callable

from protocols.market.events import AnomalyNoticed, Event
from protocols.market.order_events import OrderEvent
from protocols.market.times import Instant

KEPT = 1_000
"""Kinds remembered so that each is told once; over it all are forgotten, and may be told again."""


class Notices:
    """Anomalies become events once per kind and channel (section 8: log once per kind)."""

    def __init__(self, connection: str, events: list[Event | OrderEvent]) -> None:
        self.last_error = ""
        self.counts: Counter[str] = Counter()
        """How often each kind of anomaly was met since start, told or not."""
        self._connection = connection
        self._events = events
        self._told: set[tuple[str, str | None]] = set()
        self._now: Instant | None = None

    def begin(self, now: Instant) -> None:
        """The instant of what is being handled: translators tell of oddities without knowing the time."""
        self._now = now

    def forget(self) -> None:
        """A new link: everything may be told again."""
        self._told.clear()

    def error(self, text: str) -> None:
        """The newest error, for the report."""
        self.last_error = text

    def notice(self, kind: str, message: str, now: Instant, channel: str | None = None) -> None:
        """Tells of an anomaly, once per kind and channel."""
        if kind in self.counts or len(self.counts) < KEPT:
            self.counts[kind] += 1
        if (kind, channel) in self._told:
            return
        if len(self._told) >= KEPT:
            self._told.clear()
        self._told.add((kind, channel))
        self._events.append(AnomalyNoticed(self._connection, channel, kind, message, now))

    def alarm(self, kind: str, message: str, channel: str | None = None) -> None:
        """Tells of something that needs a person, however often that kind was told before."""
        self.counts[kind] += 1
        self.last_error = message
        if self._now is not None:
            self._events.append(AnomalyNoticed(self._connection, channel, kind, message, self._now))

    def of_channel(self, channel: str) -> Callable[[str, str], None]:
        """A teller of one channel's anomalies: (kind, message)."""

        def tell(kind: str, message: str) -> None:
            if self._now is not None:
                self.notice(kind, message, self._now, channel)

        return tell
