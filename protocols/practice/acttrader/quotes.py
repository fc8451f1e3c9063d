"""The market as it is quoted: bid, ask and what may be had there, pair by pair. A function of seed and start.

Quotes come at random moments, more often when more of the world is awake. After a gap of more than `CATCH_UP` (a
machine that slept) the market goes on from where it would be, without the quotes in between.
"""

import heapq
import random

import msgspec

from protocols.market.times import SECOND, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.practice.acttrader.activity import quotes_per_second, spread_in_ticks
from protocols.practice.acttrader.pairs import PAIRS, Pair
from protocols.practice.acttrader.rates import Rates

CATCH_UP = 30 * SECOND
"""Quotes that lie further back than this are left out."""
_STEP = 1_000
"""Nanoseconds: things happen at whole microseconds, so that every driver's clock is exact in text."""
_LOT = 100_000 * SCALE


class Quote(msgspec.Struct, frozen=True):
    """What the market bids and asks from `at` on, and how much may be sold and bought there (never on the wire)."""

    symbol: str
    at: UtcNs
    bid: Price
    ask: Price
    bid_size: Quantity
    ask_size: Quantity

    def touch(self, side: Side) -> Price:
        """What an order of `side` trades at: a buyer takes the ask."""
        return self.ask if side is Side.BUY else self.bid


class QuotedMarket:
    """All pairs. `rate` multiplies how often they are quoted."""

    def __init__(self, seed: int, start: UtcNs, rate: float = 1.0) -> None:
        if rate <= 0:
            raise ValueError("the rate must be positive")
        self.start = start
        self.now = start
        self.rates = Rates(seed, start)
        self._rng = random.Random(f"fx quotes {seed}")
        self._rate = rate
        self._quotes = {pair.name: self._made(pair, start) for pair in PAIRS.values()}
        self._arrivals: list[tuple[UtcNs, str]] = []
        self._plan_all(start)

    def quote(self, symbol: str) -> Quote:
        """The latest. Raises `KeyError` for a pair that isn't quoted here."""
        return self._quotes[symbol]

    def quotes(self) -> list[Quote]:
        """The latest of every pair."""
        return list(self._quotes.values())

    def advance(self, to: UtcNs, *, hold: bool = False) -> list[Quote]:
        """Lets time pass until `to`; returns what was quoted meanwhile, in order. With `hold` nothing is."""
        if to <= self.now:
            return []
        if hold:
            self.rates.rest(to)
            self._plan_all(to)
        elif to - self.now > CATCH_UP:
            self._plan_all(UtcNs(to - CATCH_UP))
        made = []
        while self._arrivals[0][0] <= to:
            at, symbol = heapq.heappop(self._arrivals)
            pair = PAIRS[symbol]
            made.append(self._quoted(self._made(pair, at)))
            heapq.heappush(self._arrivals, (self._following(pair, at), symbol))
        self.now = to
        return made

    def move(self, symbol: str, side: Side, price: Price) -> list[Quote]:
        """Has the market quote `price` where an order of `side` trades, and all pairs of that currency follow.

        Raises `KeyError` for a pair that isn't quoted here, `ValueError` for a price that isn't positive.
        """
        pair, quote = PAIRS[symbol], self._quotes[symbol]
        if price <= 0:
            raise ValueError("a price is positive")
        spread = quote.ask - quote.bid
        bid = price - spread if side is Side.BUY else price
        if bid <= 0:
            raise ValueError("the bid would not be positive")
        self.rates.shift(pair, (bid + spread / 2) / SCALE, self.now)
        sizes = self._size(), self._size()
        made = [self._quoted(Quote(symbol, self.now, Price(bid), Price(bid + spread), *sizes))]
        moved = pair.base if pair.base != "USD" else pair.quote
        made += [
            self._quoted(self._made(other, self.now))
            for other in PAIRS.values()
            if moved in (other.base, other.quote) and other is not pair
        ]
        return made

    def _made(self, pair: Pair, at: UtcNs) -> Quote:
        middle = self.rates.middle(pair, at) * SCALE / pair.tick
        ticks = max(1, round(spread_in_ticks(pair, at) * self._rng.lognormvariate(0.0, 0.2)))
        bid = max(1, round(middle - ticks / 2))
        ask = Price((bid + ticks) * pair.tick)
        return Quote(pair.name, at, Price(bid * pair.tick), ask, self._size(), self._size())

    def _quoted(self, quote: Quote) -> Quote:
        self._quotes[quote.symbol] = quote
        return quote

    def _size(self) -> Quantity:
        """Half a million to five, small ones more often."""
        return Quantity(_LOT * round(5 * 10 ** self._rng.random()))

    def _plan_all(self, after: UtcNs) -> None:
        self._arrivals = [(self._following(pair, after), pair.name) for pair in PAIRS.values()]
        heapq.heapify(self._arrivals)

    def _following(self, pair: Pair, at: UtcNs) -> UtcNs:
        wait = self._rng.expovariate(quotes_per_second(pair, at) * self._rate)
        return UtcNs((at + int(wait * SECOND)) // _STEP * _STEP + _STEP)
