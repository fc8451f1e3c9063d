"""How long to wait before trying again: longer each time, up to a cap, never in step with others."""

import random


class BackOff:
    """Exponential, capped, with jitter. `delay()` is for a failure, `reset()` for a success that lasted."""

    def __init__(self, first: float, cap: float, randomness: random.Random) -> None:
        self._first = first
        self._cap = cap
        self._randomness = randomness
        self._current = 0.0

    def delay(self) -> float:
        """Seconds to wait now: between half and all of the current step."""
        self._current = min(self._cap, self._current * 2 or self._first)
        return self._current * self._randomness.uniform(0.5, 1.0)

    def longest(self) -> float:
        """Seconds to wait where trying soon would only do the same again."""
        self._current = self._cap
        return self._cap

    def reset(self) -> None:
        self._current = 0.0
