"""The tape's bell: rung by large trades, never more than once a second. No Qt."""

from collections.abc import Callable

PAUSE = 1.0
"""Seconds from one ring to the next: a burst is heard once."""


class Bell:
    """`ring` makes the sound."""

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._rung = float("-inf")

    def strike(self, now: float) -> None:
        """Rings unless it just did; `now` in seconds of the monotonic clock."""
        if now - self._rung >= PAUSE:
            self._rung = now
            self._ring()
