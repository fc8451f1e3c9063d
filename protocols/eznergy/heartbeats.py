"""The venue's heartbeat: whether the link is alive, whether it has fallen behind, and what time it is there. Sections 4
and 8."""

from collections import deque

from protocols.eznergy import messages
from protocols.market.times import SECOND, Instant, utc_from_text

HEARTBEAT_SECONDS = 5.0
"""The interval until the venue's first heartbeat tells its own."""
HEARTBEATS_MISSED = 2.0
"""Stale, and reconnected, after so many intervals without one (section 8), or when one is so much late."""
INTERVALS = (1.0, 30.0)
"""Seconds between heartbeats that are believed; the page says 5."""
COMPARED = 12
"""Heartbeats that the clocks are compared over, a minute: the one that came through fastest tells the time best."""


class Heartbeats:
    """One link's watch. `opened` begins it anew."""

    def __init__(self) -> None:
        self._interval = HEARTBEAT_SECONDS
        self._due = 0.0
        self._least_lag: float | None = None
        self._ahead: deque[int] = deque(maxlen=COMPARED)
        self.missed = 0
        """How often a link was given up because none came, or because one came far too late; since start."""

    def opened(self, now: Instant) -> None:
        self._interval = HEARTBEAT_SECONDS
        self._due = now.monotonic + self.patience
        self._least_lag = None
        self._ahead.clear()

    @property
    def patience(self) -> float:
        """Seconds without a heartbeat after which the link is given up."""
        return HEARTBEATS_MISSED * self._interval

    def overdue(self, now: Instant) -> bool:
        return now.monotonic > self._due

    def beat(self, heartbeat: messages.Heartbeat, now: Instant) -> tuple[float, float | None]:
        """Takes one. Returns how late it came, in seconds, and its interval where that is not believed. Raises
        `TimeRefused`."""
        current = utc_from_text(heartbeat.current)
        interval = (utc_from_text(heartbeat.next) - current) / SECOND
        # Their clock may be wrong; the difference of two of its readings is not (section 8).
        believed = INTERVALS[0] <= interval <= INTERVALS[1]
        if believed:
            self._interval = interval
        self._due = now.monotonic + self.patience
        # How much later than the earliest one on this socket, by their clock and ours, this one arrived: a link that
        # falls behind delivers old books with old heartbeats, at the right distance from one another.
        lag = now.monotonic - current / SECOND
        self._least_lag = lag if self._least_lag is None else min(lag, self._least_lag)
        self._ahead.append(current - round(now.monotonic * SECOND))
        return lag - self._least_lag, None if believed else interval

    def clock_offset(self, now: Instant) -> int:
        """Nanoseconds by which the venue's clock is ahead of ours, by the least delayed of the last heartbeats; what
        that one took on its way is missing. Kept against our monotonic clock, so that a step of our wall clock
        counts at once. Call it after a `beat`."""
        return max(self._ahead) + round(now.monotonic * SECOND) - now.utc
