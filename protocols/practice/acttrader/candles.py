"""Candles of the bid: what was quoted since the venue began, and a past that leads up to it.

The past is made when first asked for, backwards from the opening rates: minutes since midnight (early in the day since
the midnight before), hours for a quarter of a year, days for eight years. All intervals are sums of the same bars, so
they agree with each other, with the quotes and with the day's figures. Days are UTC days.
"""

import itertools
import math
import random
from collections import deque

from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs
from protocols.market.values import SCALE, Price
from protocols.practice.acttrader.activity import quotes_per_second, spread_in_ticks
from protocols.practice.acttrader.bars import DAY, Bar, Bucket, summed
from protocols.practice.acttrader.pairs import PAIRS, VOLATILITY, Pair
from protocols.practice.acttrader.quotes import Quote, QuotedMarket
from protocols.practice.acttrader.rates import YEAR, middle_of, volatility_of

_FEWEST_MINUTES, _HOURS, _DAYS = 6 * 60, 90 * 24, 8 * 365
_KEPT = {MINUTE: 3 * 24 * 60, HOUR: _HOURS, DAY: 4_000}
"""Bars that are kept of what was quoted, by their length."""
_USUAL_SIZE = 1_950_000 * SCALE
"""What a quote offers on average."""

Levels = dict[str, float]


class Candles:
    """Bars of all pairs. `record` takes every quote, in order."""

    def __init__(self, seed: int, market: QuotedMarket) -> None:
        self._seed = seed
        self._start = market.start
        self._opening = market.rates.levels()
        self._live = {(symbol, step): deque[Bar](maxlen=kept) for symbol in PAIRS for step, kept in _KEPT.items()}
        self._walks: dict[int, list[tuple[UtcNs, Levels]]] = {}
        self._past: dict[tuple[str, int], list[Bar]] = {}
        self._early: dict[str, list[Bar]] = {}
        for quote in market.quotes():
            self.record(quote)

    def record(self, quote: Quote) -> None:
        """Adds a quote to the bars that are being made."""
        size = (quote.bid_size + quote.ask_size) // 2
        for step in _KEPT:
            bars = self._live[quote.symbol, step]
            start = UtcNs(quote.at // step * step)
            if bars and bars[-1].start == start:
                bars[-1].add(quote.bid, size)
            else:
                bars.append(Bar(start, quote.bid, quote.bid, quote.bid, quote.bid, size, 1))

    def day(self, symbol: str) -> Bar:
        """The newest day that something was quoted on. Raises `KeyError` for a pair that isn't quoted here."""
        live = self._live[symbol, DAY][-1]
        if live.start > self._start:
            return live
        early = self._early.get(symbol)
        if early is None:
            today = (bar for bar in self._made(symbol, MINUTE) if bar.start >= live.start)
            early = self._early[symbol] = summed(today, lambda _: live.start)
        return summed([*early, live], lambda _: live.start)[0]

    def bars(self, symbol: str, step: int, bucket: Bucket) -> list[Bar]:
        """Bars summed by `bucket`, oldest first; `step` is the longest of a minute, an hour and a day that fits.

        Raises `KeyError` for a pair that isn't quoted here.
        """
        live = self._live[symbol, step]
        rows: list[Bar] = []
        if len(live) < _KEPT[step]:  # otherwise there would be a hole where the oldest live bars have gone
            for longer in (DAY, HOUR, MINUTE):
                if longer <= step:
                    rows += self._made(symbol, longer)
        return summed([*rows, *live], bucket)

    # The past

    def _made(self, symbol: str, step: int) -> list[Bar]:
        found = self._past.get((symbol, step))
        if found is None:
            found = self._past[symbol, step] = self._make(PAIRS[symbol], step)
        return found

    def _make(self, pair: Pair, step: int) -> list[Bar]:
        """Bars between the moments of a walk: their extremes are drawn as a walk's are between two known points."""
        walk, rng = self._walk(step), random.Random(f"fx past {self._seed} {pair.name} {step}")
        middles = [middle_of(pair, levels) for _, levels in walk]
        volatility = volatility_of(pair)
        bars: list[Bar] = []
        usual: dict[UtcNs, tuple[float, float]] = {}
        for number, ((begin, _), (end, _)) in enumerate(itertools.pairwise(walk)):
            hour = UtcNs(begin // HOUR * HOUR)
            if hour not in usual:
                usual[hour] = spread_in_ticks(pair, hour) / 2, quotes_per_second(pair, hour)
            half_spread, rate = usual[hour]
            first, last = middles[number], middles[number + 1]
            variance = volatility**2 * (end - begin) / YEAR
            opened, closed, high, low = (
                _bid(pair, middle, half_spread)
                for middle in (
                    first,
                    last,
                    _extreme(first, last, variance, rng, 1),
                    _extreme(first, last, variance, rng, -1),
                )
            )
            count = max(1, round(rate * (end - begin) / SECOND))
            start = UtcNs(begin // step * step)
            bars.append(Bar(start, opened, high, low, closed, count * _USUAL_SIZE, count))
        return bars

    def _walk(self, step: int) -> list[tuple[UtcNs, Levels]]:
        """Moments and where every driver stood, oldest first, ending where the next finer walk begins."""
        found = self._walks.get(step)
        if found is not None:
            return found
        if step == MINUTE:
            at, levels = self._start, self._opening
            until = UtcNs((at - _FEWEST_MINUTES * MINUTE) // DAY * DAY)
        else:
            at, levels = self._walk(MINUTE if step == HOUR else HOUR)[0]
            until = UtcNs(at - (_HOURS if step == HOUR else _DAYS) * step)
        rng = random.Random(f"fx past {self._seed} {step}")
        moments = [(at, levels)]
        while at > until:
            earlier = UtcNs((at - 1) // step * step)
            spread = math.sqrt((at - earlier) / YEAR)
            levels = {driver: level + rng.gauss(0.0, VOLATILITY[driver] * spread) for driver, level in levels.items()}
            at = earlier
            moments.append((at, levels))
        moments.reverse()
        self._walks[step] = moments
        return moments


def _extreme(begin: float, end: float, variance: float, rng: random.Random, sign: int) -> float:
    """The highest (`sign` 1) or lowest point of a walk from `begin` to `end`: exact in distribution."""
    distance = math.log(end / begin)
    reach = math.sqrt(distance * distance - 2 * variance * math.log(1.0 - rng.random()))
    return begin * math.exp((distance + sign * reach) / 2)


def _bid(pair: Pair, middle: float, half_spread: float) -> Price:
    return Price(max(1, round(middle * SCALE / pair.tick - half_spread)) * pair.tick)
