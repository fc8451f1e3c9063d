"""The only reader of clocks. Everything else is handed `Instant`s."""

import sys
import time
from collections.abc import Callable

from protocols.market.times import Instant, UtcNs

Clock = Callable[[], Instant]
"""Whoever needs the time takes one of these, so that tests can turn it."""


class SystemClock:
    """Reads the machine's clocks; two readings are never in reverse order of `monotonic`."""

    def __init__(self) -> None:
        # The usual monotonic clock of Linux stands still while the machine sleeps: after a resume, a dead link's
        # book would look live for as long as its heartbeat was still allowed to take before the sleep.
        boot_time: int | None = getattr(time, "CLOCK_BOOTTIME", None)
        if sys.platform == "darwin":
            boot_time = time.CLOCK_MONOTONIC  # asked directly it counts the sleep there, unlike time.monotonic()
        self._monotonic: Callable[[], float] = (
            time.monotonic if boot_time is None else lambda: time.clock_gettime(boot_time)
        )

    def __call__(self) -> Instant:
        return Instant(self._monotonic(), UtcNs(time.time_ns()))
