"""What currencies are worth: one walk per driver, and every pair a quotient, so that triangles close.

Floats: opinions, which become exact prices when the market quotes them (`quotes`).
"""

import math
import random

from protocols.market.times import SECOND, UtcNs
from protocols.practice.acttrader.pairs import DRIVERS, VOLATILITY, WORTH, Pair

YEAR = 365.25 * 86_400 * SECOND
_SCATTER = 0.01
"""How far, as a standard deviation of each logarithm, a seed begins from the usual rates."""


class Rates:
    """Walks that are moved on when somebody looks: a driver that nobody looked at takes one longer step."""

    def __init__(self, seed: int, start: UtcNs) -> None:
        self._rng = random.Random(f"fx rates {seed}")
        self._levels = {driver: self._rng.gauss(0.0, _SCATTER) for driver in VOLATILITY}
        self._moved_at = dict.fromkeys(VOLATILITY, start)

    def middle(self, pair: Pair, at: UtcNs) -> float:
        """Between bid and ask. `at` never goes back."""
        for currency in (pair.base, pair.quote):
            for driver in DRIVERS[currency]:
                self._walk(driver, at)
        return middle_of(pair, self._levels)

    def levels(self) -> dict[str, float]:
        """Where every driver stands: the logarithm of what it adds to the usual rates."""
        return dict(self._levels)

    def shift(self, pair: Pair, middle: float, at: UtcNs) -> None:
        """Moves the pair to `middle`, by the driver of its own that moves the fewest others."""
        distance = math.log(middle / self.middle(pair, at))
        if pair.base != "USD":
            self._levels[pair.base] += distance
        else:
            self._levels[pair.quote] -= distance

    def rest(self, at: UtcNs) -> None:
        """Lets time pass without anything happening."""
        self._moved_at = dict.fromkeys(VOLATILITY, at)

    def _walk(self, driver: str, at: UtcNs) -> None:
        elapsed = at - self._moved_at[driver]
        if elapsed > 0:
            self._levels[driver] += self._rng.gauss(0.0, VOLATILITY[driver] * math.sqrt(elapsed / YEAR))
            self._moved_at[driver] = at


def middle_of(pair: Pair, levels: dict[str, float]) -> float:
    """A pair's rate, the drivers standing where `levels` says."""
    return _worth(pair.base, levels) / _worth(pair.quote, levels)


def volatility_of(pair: Pair) -> float:
    """Standard deviation of the rate's logarithm in a year: of the drivers that don't cancel out."""
    only_one = set(DRIVERS[pair.base]) ^ set(DRIVERS[pair.quote])
    return math.sqrt(sum(VOLATILITY[driver] ** 2 for driver in only_one))


def _worth(currency: str, levels: dict[str, float]) -> float:
    return WORTH[currency] * math.exp(sum(levels[driver] for driver in DRIVERS[currency]))
