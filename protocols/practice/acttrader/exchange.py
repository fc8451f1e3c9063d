"""Market, account and faults joined: time passes, quotes reach the orders, requests are done in between. Sans-IO."""

import random
from collections import deque

import msgspec

from protocols.market.times import Instant, UtcNs, utc_text
from protocols.market.values import SCALE, Quantity
from protocols.practice.acttrader import refusals
from protocols.practice.acttrader.account import Account, Change
from protocols.practice.acttrader.candles import Candles
from protocols.practice.acttrader.faults import FxFaults
from protocols.practice.acttrader.liquidity import Liquidity
from protocols.practice.acttrader.orders import Order, OrderId, Terms
from protocols.practice.acttrader.pairs import PAIRS
from protocols.practice.acttrader.quotes import Quote, QuotedMarket

KEPT_ARRIVALS = 100_000
"""New orders that are remembered as they came in; the oldest are forgotten."""


class Arrival(msgspec.Struct, frozen=True):
    """A new order as it came in, whatever became of it. `lost` when a fault swallowed it."""

    client_id: str | None
    symbol: str
    at: str
    lost: bool


class Exchange:
    """After any call: take `reports` (orders, as they were after each thing that happened) and `quotes`."""

    def __init__(self, seed: int, start: UtcNs, rate: float, faults: FxFaults, rng: random.Random) -> None:
        self.market = QuotedMarket(seed, start, rate)
        self.candles = Candles(seed, self.market)
        self.account = Account()
        self.arrivals: deque[Arrival] = deque(maxlen=KEPT_ARRIVALS)
        self._rng = rng
        self._faults = faults
        self._reports: list[Order] = []
        self._quotes: list[Quote] = []
        self._offer(self.market.quotes())

    @property
    def faults(self) -> FxFaults:
        return self._faults

    def turn(self, faults: FxFaults) -> None:
        """Sets the switches. What the market offers is offered anew."""
        self._faults = faults
        self._offer(self.market.quotes())

    def happens(self, probability: float) -> bool:
        """Whether a fault of this probability strikes now."""
        return probability > 0 and self._rng.random() < probability

    def advance(self, now: Instant) -> None:
        """Lets the market go on until `now`. Lifetimes end at their own time, before a later quote."""
        faults = self._faults
        for quote in self.market.advance(now.utc, hold=faults.hold_quotes or faults.market_closed):
            self._take(quote)
        self._reports += self.account.expire(self.market.now)

    def move(self, quotes: list[Quote]) -> None:
        """Takes in quotes that somebody asked the market for."""
        for quote in quotes:
            self._take(quote)

    def reports(self) -> list[Order]:
        """Takes what happened to orders since the last look."""
        reports, self._reports = self._reports, []
        return reports

    def quotes(self) -> list[Quote]:
        """Takes what was quoted since the last look."""
        quotes, self._quotes = self._quotes, []
        return quotes

    # What is asked

    def arrived(self, terms: Terms, *, lost: bool = False) -> None:
        """Notes a new order as it comes in."""
        self.arrivals.append(Arrival(terms.client_id, terms.symbol, utc_text(self.market.now), lost))

    def place(self, terms: Terms) -> Order:
        """Takes a single order. It trades in `work`. Raises `Refused`."""
        self._check_open()
        rejected = self.happens(self._faults.reject_orders)
        return self.account.place(terms, self.market.now, rejected=rejected)

    def place_pair(self, legs: tuple[Terms, Terms]) -> tuple[Order, Order]:
        """Takes an OCO pair; a fault may reject one leg. Raises `Refused`, and then neither is taken."""
        self._check_open()
        self.account.check_room(len(legs))
        refused = self._rng.randrange(2) if self.happens(self._faults.refuse_leg) else None
        one, other = (
            self.account.place(leg, self.market.now, rejected=number == refused) for number, leg in enumerate(legs)
        )
        self.account.pair(one, other, follows=self.happens(self._faults.fill_both_legs))
        return one, other

    def modify(self, order: Order, change: Change) -> Order:
        """Changes an order; raises `Refused`. What the change makes it trade comes in `work`."""
        self._check_open()
        return self.account.modify(order, change, self.market.now)

    def cancel(self, order: Order, note: str | None) -> Order:
        """Ends an order. Raises `Refused`."""
        ended = self.account.cancel(order, self.market.now, note)
        self._reports.append(ended)
        return ended

    def work(self, identifier: OrderId) -> None:
        """Lets a new or changed order trade."""
        self._reports += self.account.work(identifier, self.market.now)

    def stray(self, like: Terms) -> None:
        """By a fault: an execution is reported of an order that nobody placed."""
        (quote,) = (quote for quote in self.market.quotes() if quote.symbol == like.symbol)
        self._reports.append(self.account.stray(like, quote.touch(like.side), self.market.now))

    # Within

    def _check_open(self) -> None:
        if self._faults.market_closed:
            raise refusals.market_closed()

    def _take(self, quote: Quote) -> None:
        self._reports += self.account.expire(quote.at)
        self.candles.record(quote)
        self._quotes.append(quote)
        self._offer([quote])

    def _offer(self, quotes: list[Quote]) -> None:
        faults = self._faults
        size = Quantity(faults.liquidity * SCALE) if faults.liquidity else None
        for quote in quotes:
            offered = Liquidity(quote, PAIRS[quote.symbol].tick, partial=faults.partial_fills, size=size)
            self.account.offer(offered)
            if not faults.market_closed:
                self._reports += self.account.work_all(quote)
