"""What something was as of an event of the market: immutable versions, bounded by age and count."""

from bisect import bisect_left, bisect_right
from typing import Generic, TypeVar

from protocols.market.times import SECOND, UtcNs

Version = TypeVar("Version")

KEPT_FOR = 300 * SECOND
KEPT_COUNT = 20_000
_TRIM_EVERY = 256


class NotHeld(LookupError):
    """That far back nothing is known any more."""


class History(Generic[Version]):
    """Versions by the number of the market event that made them. The newest is never forgotten.

    Over `KEPT_COUNT` versions, or older than `KEPT_FOR` before the newest, the oldest are forgotten, a batch at a time.
    """

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._times: list[UtcNs] = []
        self._versions: list[Version] = []
        self._forgot = False

    @property
    def latest(self) -> Version | None:
        return self._versions[-1] if self._versions else None

    def record(self, number: int, at: UtcNs, version: Version) -> None:
        """Adds the version that holds from event `number` on."""
        self._numbers.append(number)
        self._times.append(at)
        self._versions.append(version)
        if len(self._numbers) % _TRIM_EVERY == 0:
            self._trim(UtcNs(at - KEPT_FOR))

    def at(self, number: int) -> Version | None:
        """The version as of event `number`, None before the first. Raises `NotHeld` when it was forgotten."""
        index = bisect_right(self._numbers, number) - 1
        if index >= 0:
            return self._versions[index]
        if self._forgot:
            raise NotHeld(f"event {number} is older than what is kept")
        return None

    def _trim(self, horizon: UtcNs) -> None:
        # The version that held at the horizon stays, hence the -1.
        count = max(bisect_left(self._times, horizon) - 1, len(self._numbers) - KEPT_COUNT)
        if count > 0:
            del self._numbers[:count], self._times[:count], self._versions[:count]
            self._forgot = True
