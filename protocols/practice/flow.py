"""The other participants: who rests, requotes, cancels and takes, and when. Seeded, and driven by the market's time.

Arrivals are Poisson with bursts; which contract is hit follows from how near its gate closure is. Prices start as
opinions (`prices`, floats in EUR/MWh) and become exact multiples of the tick the moment they are quoted.
"""

import itertools
import math
import random
from collections.abc import Iterable
from functools import partial

from protocols.market.times import HOUR, SECOND, UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.practice.contracts import Contract, Liquidity
from protocols.practice.listing import Listing
from protocols.practice.market import Market
from protocols.practice.matching import Fact, Matched, Order, OrderAdded
from protocols.practice.openings import (
    STEP,
    TICK,
    area_of,
    earlier_trades,
    half_spread,
    opening_orders,
    price_at,
    size,
)
from protocols.practice.prices import Fundamentals
from protocols.practice.rulebook import Rulebook

OTHERS = "others"
MAKERS = ("maker-1", "maker-2", "maker-3")
_OWNERS = frozenset((OTHERS, *MAKERS))

_TIME_STEP = 10_000
"""Nanoseconds: things happen at whole multiples of 10 microseconds."""
_REFRESH = 2 * SECOND
_BURST_CHANCE = 0.12
_CALM = 0.86
"""Between bursts arrivals are this much rarer, so that the long run has the rate that was asked for."""
_FACTS_PER_ACTION = 1.1
"""Book changes that one action makes on average, measured."""
_RECALL_CHANCE = 0.003


class Flow:
    """Participants of a market. `rate` is the average of book changes per second, summed over all areas."""

    def __init__(self, rulebook: Rulebook, seed: int, rate: float) -> None:
        if rate <= 0:
            raise ValueError("the rate must be positive")
        self._rulebook = rulebook
        self._rng = random.Random(seed)
        self._rate = rate
        self._fundamentals = Fundamentals(seed, self._rng, rulebook.zones)
        self._quotes: dict[tuple[str, int], dict[tuple[str, Side], int]] = {}
        self._depth: dict[tuple[str, int], int] = {}
        self._active: list[Listing] = []
        self._weights: list[float] = []
        self._per_second = 0.0
        self._burst_until = UtcNs(0)
        self._burst = 1.0

    # What the market asks

    def begin(self, market: Market) -> None:
        """See `Participants`."""
        trading = [listing for listing in market.listings.values() if listing.trading]
        for trade in earlier_trades(self._rng, trading, self._fundamentals, market.start):
            market.print_earlier_trade(*trade)
        self._refresh(market)
        market.schedule(self._next_arrival(market), partial(self._arrive, market))

    def orders_at_opening(self, market: Market, listing: Listing) -> Iterable[Order]:
        """See `Participants`."""
        of = listing.contract
        traded = of.product.liquidity
        if traded is None:
            return ()
        depth = self._depth[of.key] = self._rng.randint(traded.fewest_levels + 4, traded.most_levels - 8)
        fair = self._fundamentals.fair(of)
        return opening_orders(self._rng, of, traded, fair, depth, market.now, market.next_order)

    def day_ahead(self, contract: Contract) -> Price:
        """See `Participants`."""
        return price_at(self._fundamentals.reference(contract))

    def closed(self, contract: Contract) -> None:
        """See `Participants`."""
        self._quotes.pop(contract.key, None)
        self._depth.pop(contract.key, None)
        self._fundamentals.forget(contract)

    # When, and where

    def _refresh(self, market: Market) -> None:
        self._fundamentals.step()
        self._active = [
            listing for listing in market.listings.values() if listing.trading and listing.contract.product.liquidity
        ]
        weights = [_weight(listing.contract, market.now) for listing in self._active]
        self._weights = list(itertools.accumulate(weights))
        seen = sum(
            weight * len(listing.contract.zone.areas) for weight, listing in zip(weights, self._active, strict=True)
        )
        self._per_second = self._rate * self._weights[-1] / seen / _FACTS_PER_ACTION
        if self._rng.random() < _BURST_CHANCE:
            self._begin_burst(market.now)
        market.schedule(UtcNs(market.now + _REFRESH), partial(self._refresh, market))

    def _begin_burst(self, now: UtcNs) -> None:
        self._burst = self._rng.uniform(3.0, 5.0)
        self._burst_until = UtcNs(now + int(self._rng.uniform(0.3, 1.5) * SECOND))
        if self._rng.random() < 0.4:
            self._fundamentals.surprise(self._rng.choice(self._rulebook.zones))

    def _next_arrival(self, market: Market) -> UtcNs:
        factor = self._burst if market.now < self._burst_until else _CALM
        wait = self._rng.expovariate(self._per_second * factor)
        return UtcNs((market.now + int(wait * SECOND)) // _TIME_STEP * _TIME_STEP + _TIME_STEP)

    def _arrive(self, market: Market) -> None:
        market.schedule(self._next_arrival(market), partial(self._arrive, market))
        listing = self._rng.choices(self._active, cum_weights=self._weights)[0]
        if listing.trading:
            self._act(market, listing)

    # What

    def _act(self, market: Market, listing: Listing) -> None:
        side = Side.BUY if self._rng.random() < 0.5 else Side.SELL
        traded = _traded(listing.contract)
        levels = len(listing.book.levels(side))
        wanted = self._depth[listing.contract.key]
        lean = max(-0.2, min(0.25, (wanted - levels) * 0.02))
        draw = self._rng.random()
        if levels > traded.most_levels or (draw > 0.72 - lean and draw < 0.80 and levels > traded.fewest_levels):
            self._cancel(market, listing, side)
        elif draw < 0.26 + lean or levels <= traded.fewest_levels:
            self._rest(market, listing, side)
        elif draw < 0.50:
            self._requote(market, listing)
        elif draw < 0.66:
            self._amend(market, listing, side)
        elif draw < 0.70:
            self._take(market, listing)
        else:
            self._cancel(market, listing, side)

    def _rest(self, market: Market, listing: Listing, side: Side) -> None:
        """A limit order at some distance from the spread, and never one that would trade."""
        of = listing.contract
        traded = _traded(of)
        away = half_spread(of, traded, market.now) + self._rng.expovariate(1 / traded.reach)
        sign = -1 if side is Side.BUY else 1
        price = _passive(listing, side, price_at(self._fundamentals.fair(of) + sign * away))
        area = area_of(self._rng, of.zone)
        market.insert(listing, side, price, size(self._rng), area=area, owner=OTHERS)

    def _cancel(self, market: Market, listing: Listing, side: Side) -> None:
        orders = _of_the_flow(listing, side)
        if orders and len(listing.book.levels(side)) > _traded(listing.contract).most_levels:
            market.cancel(listing, orders[-1].identifier)
        elif orders:
            market.cancel(listing, self._rng.choice(orders).identifier)

    def _amend(self, market: Market, listing: Listing, side: Side) -> None:
        """Less of the same, which keeps the place; or another price or more, which loses it."""
        orders = _of_the_flow(listing, side)
        if not orders:
            return
        order = self._rng.choice(orders)
        if self._rng.random() < 0.6 and order.quantity > STEP:
            left = STEP * self._rng.randrange(1, order.quantity // STEP)
            market.amend(listing, order.identifier, order.price, Quantity(left))
            return
        moved = Price(order.price + TICK * self._rng.randint(-8, 8))
        market.amend(listing, order.identifier, _passive(listing, side, moved), size(self._rng))

    def _take(self, market: Market, listing: Listing) -> None:
        """Hits or lifts: the side that fair value favours, or either; what isn't filled may stay."""
        of, book = listing.contract, listing.book
        bid, ask = book.best(Side.BUY), book.best(Side.SELL)
        if bid is None or ask is None:
            return
        middle, fair = (bid + ask) / 2, float(price_at(self._fundamentals.fair(of)))
        favoured = Side.BUY if fair > middle else Side.SELL
        side = favoured if self._rng.random() < 0.75 else favoured.other
        if len(book.levels(side.other)) <= _traded(of).fewest_levels:
            return
        best = ask if side is Side.BUY else bid
        sign = 1 if side is Side.BUY else -1
        limit = Price(best + sign * TICK * self._rng.choice((0, 0, 0, 1, 2, 5)))
        stays = self._rng.random() < 0.3
        area = area_of(self._rng, of.zone)
        facts = market.insert(listing, side, limit, size(self._rng), area=area, owner=OTHERS, rest=stays)
        if any(isinstance(fact, Matched) for fact in facts) and self._rng.random() < _RECALL_CHANCE:
            self._plan_recall(market)

    def _plan_recall(self, market: Market) -> None:
        """Somebody finds a mistake: the newest trade is asked back, and the exchange decides."""
        identifier, states = market.newest_trade, self._rulebook.trade_states
        asked = UtcNs(market.now + int(self._rng.uniform(10.0, 60.0) * SECOND))
        decided = UtcNs(asked + int(self._rng.uniform(8.0, 40.0) * SECOND))
        verdict = states.struck if self._rng.random() < 0.6 else states.kept
        market.schedule(asked, partial(market.revise_trade, identifier, states.questioned))
        market.schedule(decided, partial(market.revise_trade, identifier, verdict))

    # Market makers

    def _requote(self, market: Market, listing: Listing) -> None:
        """A maker moves its quotes; in short periods often those of the neighbours at the same moment.

        A quote that reaches orders left behind by the news trades with them: that is how a book follows fair value.
        """
        maker = self._rng.choice(MAKERS)
        self._quote(market, listing, maker)
        of = listing.contract
        if _traded(of).together and self._rng.random() < 0.15:
            for periods in (1, 2):
                neighbour = market.listings.get(self._rulebook.neighbour(of, periods))
                if neighbour is not None and neighbour.trading:
                    self._quote(market, neighbour, maker)

    def _quote(self, market: Market, listing: Listing, maker: str) -> None:
        of = listing.contract
        quotes = self._quotes.setdefault(of.key, {})
        fair, width = self._fundamentals.fair(of), half_spread(of, _traded(of), market.now)
        both = self._rng.random() < 0.5
        for side in (Side.BUY, Side.SELL) if both else (self._rng.choice((Side.BUY, Side.SELL)),):
            sign = -1 if side is Side.BUY else 1
            aimed = price_at(fair + sign * width * self._rng.uniform(0.7, 1.5))
            resting = quotes.get((maker, side))
            if resting is not None and listing.book.order(resting) is not None:
                facts = market.amend(listing, resting, aimed, size(self._rng))
            else:
                area = of.zone.areas[0]
                facts = market.insert(listing, side, aimed, size(self._rng), area=area, owner=maker)
            added = _added(facts, maker)
            if added is not None:
                quotes[maker, side] = added


def _traded(contract: Contract) -> Liquidity:
    traded = contract.product.liquidity
    assert traded is not None, "the flow keeps to what is traded"
    return traded


def _weight(contract: Contract, now: UtcNs) -> float:
    """How much of the arrivals a contract gets: rising steeply towards gate closure."""
    hours = (contract.closes_at - now) / HOUR
    return contract.zone.weight * _traded(contract).weight * (0.03 + 1 / math.pow(0.25 + max(0.0, hours), 1.1))


def _passive(listing: Listing, side: Side, price: Price) -> Price:
    """The price, or the nearest that doesn't trade with the other side."""
    other = listing.book.best(side.other)
    if other is None:
        return price
    return min(price, Price(other - TICK)) if side is Side.BUY else max(price, Price(other + TICK))


def _of_the_flow(listing: Listing, side: Side) -> list[Order]:
    """A side's orders, next to trade first, without those of the venue's clients: they are not the flow's to touch."""
    return [order for order in listing.book.orders(side) if order.owner in _OWNERS]


def _added(facts: list[Fact], maker: str) -> int | None:
    for fact in facts:
        if isinstance(fact, OrderAdded) and fact.order.owner == maker:
            return fact.order.identifier
    return None
