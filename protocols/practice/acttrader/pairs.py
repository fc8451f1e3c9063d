"""The pairs that the practice venue quotes: how their numbers are spaced, and how they usually behave.

Tick and step are exact; rates, volatilities and spreads are opinions, hence floats, and become exact when quoted.
"""

import msgspec

from protocols.market.values import SCALE, Price, Quantity

STEP = Quantity(1_000 * SCALE)
"""Orders are multiples of a thousand units of the base currency, in every pair."""
LARGEST = Quantity(100_000_000 * SCALE)
"""The largest single order."""


class Pair(msgspec.Struct, frozen=True):
    """`base` is bought or sold, in units; its price is in `quote`."""

    name: str
    tick: Price
    """A tenth of a pip."""
    spread: float
    """Usual distance of bid and ask, in ticks, while both currencies' home markets are open."""
    major: bool
    """Quoted more often."""

    @property
    def base(self) -> str:
        return self.name[:3]

    @property
    def quote(self) -> str:
        return self.name[3:]


def _pair(name: str, spread: float, *, major: bool = False) -> Pair:
    decimals = 3 if name.endswith("JPY") else 5
    return Pair(name, Price(SCALE // 10**decimals), spread, major)


PAIRS = {
    pair.name: pair
    for pair in (
        _pair("EURUSD", 4.0, major=True),
        _pair("GBPUSD", 7.0, major=True),
        _pair("USDJPY", 6.0, major=True),
        _pair("USDCHF", 8.0, major=True),
        _pair("AUDUSD", 7.0, major=True),
        _pair("USDCAD", 9.0, major=True),
        _pair("NZDUSD", 10.0, major=True),
        _pair("EURGBP", 9.0),
        _pair("EURJPY", 11.0),
        _pair("GBPJPY", 17.0),
        _pair("EURCHF", 12.0),
        _pair("AUDJPY", 13.0),
    )
}

WORTH = {
    "USD": 1.0,
    "EUR": 1.0840,
    "GBP": 1.2710,
    "JPY": 1 / 149.60,
    "CHF": 1 / 0.8835,
    "AUD": 0.6540,
    "NZD": 0.6010,
    "CAD": 1 / 1.3620,
}
"""US dollars, about: where the seed's own beginning scatters around."""

VOLATILITY = {
    "dollar": 0.050,
    "europe": 0.030,
    "pacific": 0.040,
    "EUR": 0.030,
    "GBP": 0.050,
    "JPY": 0.070,
    "CHF": 0.045,
    "AUD": 0.050,
    "NZD": 0.060,
    "CAD": 0.030,
}
"""What moves rates, each by a walk of its own; standard deviation of its logarithm in a year."""

DRIVERS = {
    "USD": (),
    "EUR": ("dollar", "europe", "EUR"),
    "GBP": ("dollar", "europe", "GBP"),
    "JPY": ("dollar", "JPY"),
    "CHF": ("dollar", "europe", "CHF"),
    "AUD": ("dollar", "pacific", "AUD"),
    "NZD": ("dollar", "pacific", "NZD"),
    "CAD": ("dollar", "CAD"),
}
"""What a currency's worth in dollars is made of: neighbours share a driver, so their cross moves less than either."""
