"""What a book holds as it opens, and what was traded before the market started: pure functions of a generator."""

import math
import random
from collections.abc import Callable, Iterable, Iterator

from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.practice.contracts import Contract, Liquidity, Zone
from protocols.practice.listing import Listing
from protocols.practice.matching import Order
from protocols.practice.prices import Fundamentals

TICK = SCALE // 100
STEP = SCALE // 10
_PER_EURO = 100
_FIRST_AREA = 0.6
_MEMORY = 2 * HOUR
"""Orders found in the books at the start were entered within this time."""
_ROUND_SIZES = (1, 1, 2, 2, 3, 4, 5, 5, 5, 8, 10, 10, 12, 15, 20, 25, 25, 50)

EarlierTrade = tuple[Contract, Price, Quantity, UtcNs, str, str]


def size(rng: random.Random) -> Quantity:
    """Mostly 1 to 25 MW, now and then 50, in steps of 0.1 MW."""
    if rng.random() < 0.6:
        return Quantity(rng.choice(_ROUND_SIZES) * SCALE)
    return Quantity((1 + int(min(240.0, rng.expovariate(1 / 60)))) * STEP)


def area_of(rng: random.Random, zone: Zone) -> str:
    """The area a participant of the zone enters an order in; the first is the busiest."""
    areas = zone.areas
    return areas[0] if len(areas) == 1 else _area_drawn(areas, rng.random())


def _area_drawn(areas: tuple[str, ...], draw: float) -> str:
    """The first in six cases of ten, each other one in its share of the rest."""
    if draw < _FIRST_AREA:
        return areas[0]
    others = len(areas) - 1
    return areas[1 + min(others - 1, int((draw - _FIRST_AREA) / (1 - _FIRST_AREA) * others))]


def half_spread(contract: Contract, traded: Liquidity, now: UtcNs) -> float:
    """Currency/MWh on either side of fair: some ticks near gate closure, much more far out and in thin products."""
    hours = max(0, contract.closes_at - now) / HOUR
    return (0.04 + 0.11 * math.pow(min(hours, 12.0), 0.8)) * traded.spread


def price_at(euros: float) -> Price:
    """The nearest tick."""
    return Price(round(euros * _PER_EURO) * TICK)


def opening_orders(
    rng: random.Random,
    contract: Contract,
    traded: Liquidity,
    fair: float,
    depth: int,
    now: UtcNs,
    next_order: Callable[[], int],
) -> Iterator[Order]:
    """`depth` price levels a side, one to three orders each, around `fair` (per MWh). Oldest first in a level."""
    spread = half_spread(contract, traded, now)
    gap = 2 * traded.reach / depth
    since = min(_MEMORY, max(0, now - contract.opens_at))
    random, areas = rng.random, contract.zone.areas
    for side, sign in ((Side.BUY, -1), (Side.SELL, 1)):
        ticks = round(fair * _PER_EURO) + sign * max(1, round(spread * rng.uniform(0.6, 1.3) * _PER_EURO))
        for _ in range(depth):
            count = 1 if random() < 0.7 else rng.randint(2, 3)
            ages = [random() for _ in range(count)]
            ages.sort(reverse=True)
            price = Price(ticks * TICK)
            for age in ages:
                # By position, and with the draw of `area_of` in line: this makes 25,000 orders at the start.
                yield Order(
                    next_order(),
                    side,
                    price,
                    size(rng),
                    areas[0] if len(areas) == 1 else _area_drawn(areas, random()),
                    "others",
                    UtcNs((now - int(age * since)) // 1_000_000 * 1_000_000),
                )
            ticks += sign * (1 + int(rng.expovariate(1 / gap) * _PER_EURO))


def earlier_trades(
    rng: random.Random, listings: Iterable[Listing], fundamentals: Fundamentals, start: UtcNs
) -> list[EarlierTrade]:
    """What was traded before `start` in books that were open by then, in order of time."""
    trades: list[EarlierTrade] = []
    for listing in listings:
        of = listing.contract
        open_for = start - of.opens_at
        if open_for < 5 * MINUTE:
            continue
        fair = fundamentals.fair(of)
        nearness = open_for / (24 * HOUR)
        for _ in range(rng.randint(1, 3 + int(18 * nearness**2))):
            # Trading thickens towards the present.
            at = UtcNs(start - int(open_for * rng.random() ** 2))
            drift = (start - at) / HOUR * rng.gauss(0.0, 0.25)
            price = price_at(fair + drift + rng.gauss(0.0, 0.4))
            buy, sell = area_of(rng, of.zone), area_of(rng, of.zone)
            trades.append((of, price, size(rng), UtcNs(at // 1_000_000 * 1_000_000), buy, sell))
    trades.sort(key=lambda trade: trade[3])
    return trades
