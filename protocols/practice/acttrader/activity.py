"""How busy a pair is by the hour: Asia, Europe and America open and close, the rollover in New York is thin.

Nothing ever closes by itself: a trader practises when he has the time (the switch `market_closed` closes it all).
"""

from protocols.market.times import HOUR, UtcNs
from protocols.practice.acttrader.pairs import Pair

_ASIA = (0.9, 1.0, 1.0, 0.9, 0.8, 0.75, 0.75, 0.7, 0.5, 0.35, 0.3, 0.3)
_ASIA_LATE = (0.3, 0.3, 0.3, 0.3, 0.3, 0.25, 0.25, 0.25, 0.25, 0.3, 0.5, 0.7)
_EUROPE = (0.2, 0.2, 0.2, 0.2, 0.25, 0.35, 0.6, 0.9, 1.0, 1.0, 0.95, 0.9)
_EUROPE_LATE = (0.95, 1.0, 1.0, 1.0, 0.85, 0.6, 0.45, 0.35, 0.3, 0.2, 0.2, 0.2)
_AMERICA = (0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.35, 0.45, 0.5, 0.5, 0.55, 0.65)
_AMERICA_LATE = (0.85, 1.0, 1.0, 1.0, 0.95, 0.85, 0.7, 0.6, 0.5, 0.35, 0.2, 0.3)
_LEVELS = {
    **dict.fromkeys(("JPY", "AUD", "NZD"), _ASIA + _ASIA_LATE),
    **dict.fromkeys(("EUR", "GBP", "CHF"), _EUROPE + _EUROPE_LATE),
    **dict.fromkeys(("USD", "CAD"), _AMERICA + _AMERICA_LATE),
}
_ROLLOVER = range(21, 23)

_QUIET, _BUSY = 2.0, 8.0
_CROSS = 0.6
"""How often a cross is quoted for one quote of a major."""


def level(pair: Pair, at: UtcNs) -> float:
    """0 to 1: how awake the two currencies' home markets are."""
    hour, within = divmod(at % (24 * HOUR), HOUR)
    share = within / HOUR

    def of(currency: str) -> float:
        table = _LEVELS[currency]
        return table[hour] * (1 - share) + table[(hour + 1) % 24] * share

    base, quote = of(pair.base), of(pair.quote)
    return 0.6 * max(base, quote) + 0.4 * min(base, quote)


def quotes_per_second(pair: Pair, at: UtcNs) -> float:
    """Two to eight for a major, fewer for a cross."""
    rate = _QUIET + (_BUSY - _QUIET) * level(pair, at)
    return rate if pair.major else rate * _CROSS


def spread_in_ticks(pair: Pair, at: UtcNs) -> float:
    """Wider when fewer are awake, and widest while New York rolls over."""
    thin = 3.0 if at % (24 * HOUR) // HOUR in _ROLLOVER else 1.0
    return pair.spread * (1.9 - 0.9 * level(pair, at)) * thin
