"""A clock that stands still until it is turned."""

from protocols.market.times import SECOND, Instant, UtcNs


class VirtualClock:
    """Callable like `app.clock.SystemClock`."""

    def __init__(self, monotonic: float = 1_000.0, utc: int = 1_795_000_000 * SECOND) -> None:
        self._monotonic = monotonic
        self._utc = UtcNs(utc)

    def __call__(self) -> Instant:
        return Instant(self._monotonic, self._utc)

    def advance(self, seconds: float) -> Instant:
        """Turns both hands and returns the new time."""
        self._monotonic += seconds
        self._utc = UtcNs(self._utc + round(seconds * SECOND))
        return self()
