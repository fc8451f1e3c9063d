"""Everybody else in the market: households, buildings, plants and the grid companies that buy from them.

What they do follows from the seed and from what they find in the book. Floats: opinions, which become exact prices when
an order is made of them.
"""

import math
import random

from protocols.market.flex import Delivery
from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.practice.glocalflex.book import Book
from protocols.practice.glocalflex.locations import PLACES, Location
from protocols.practice.glocalflex.orders import Resting, Terms, closing

TICK = SCALE // 200
"""Their prices are multiples of half a cent; the venue takes any."""
NEAREST = 30 * MINUTE
"""How soon a window begins at the earliest that somebody makes an order for."""
_QUARTER = HOUR // 4
_WINDOWS_AN_HOUR = 5
"""The hour and its quarters."""

_SIZES = ((500, 11_000, 0.55), (10_000, 120_000, 0.33), (150_000, 2_000_000, 0.12))
"""Watts, from and to, and how many are like that: households, buildings, plants."""
_DREAMS = (Price(2 * SCALE), Price(9 * SCALE), Price(10 * SCALE), Price(11 * SCALE), Price(100 * SCALE))
"""What some ask for who need not sell. As text these don't sort as they do as numbers."""
_DREAMERS = 0.02
_ATTENTION = 0.3
"""Chance that who acts looks at a window in which the user has an order."""
_FAIR = 0.35
"""How far from their own opinion they still take a price."""


def windows_at(at: UtcNs, count: int) -> list[Delivery]:
    """The windows that are traded then: of each hour the hour itself and its quarters, the nearest first."""
    found: list[Delivery] = []
    hour = UtcNs(at // HOUR * HOUR)
    while len(found) < count:
        of_hour = [Delivery(hour, UtcNs(hour + HOUR))]
        of_hour += [Delivery(UtcNs(hour + n * _QUARTER), UtcNs(hour + (n + 1) * _QUARTER)) for n in range(4)]
        found += [delivery for delivery in of_hour if delivery.start >= at + NEAREST]
        hour = UtcNs(hour + HOUR)
    return found[:count]


class Participants:
    """Makes up orders; whoever asks enters them. `count` of theirs rest in the book, about, over `windows` windows."""

    def __init__(self, seed: int, count: int, windows: int) -> None:
        self._rng = random.Random(f"flex participants {seed}")
        self._count = count
        self._windows = windows
        self._mood = 0.0

    def found(self, at: UtcNs) -> list[tuple[UtcNs, Terms]]:
        """What rests when the market is first looked at, with the times it was entered: nothing of it matches."""
        times = sorted(UtcNs(at - self._rng.randrange(2 * HOUR)) for _ in range(self._count))
        deliveries = windows_at(at, self._windows)
        return [(then, self._passive(self._rng.choice(deliveries), self._either(), at)) for then in times]

    def missing(self, book: Book, at: UtcNs) -> list[Terms]:
        """What fills a book that lost most of its orders: after a pause whole windows have closed."""
        lacking = self._count - len(book)
        if lacking <= self._count // 2:
            return []
        deliveries = windows_at(at, self._windows)
        return [self._passive(self._rng.choice(deliveries), self._either(), at, book) for _ in range(lacking)]

    def act(self, book: Book, watched: list[Delivery], at: UtcNs) -> Terms:
        """The next order. `watched` are windows in which the user has orders that wait."""
        rng = self._rng
        self._mood += rng.gauss(-0.05 * self._mood, 0.01)
        deliveries = windows_at(at, self._windows)
        delivery = rng.choice(watched if watched and rng.random() < _ATTENTION else deliveries)
        crowded = len(book) >= self._count
        if rng.random() < (0.8 if crowded else 0.3):
            side = self._either()
            found = self._fair(book.queue(delivery, side.other), delivery)
            if found is not None:
                return self._taking(found, side, at, whole=crowded)
        # Whoever comes to wait is on the side that lacks orders.
        scarce = Side.BUY if book.count(Side.BUY) <= book.count(Side.SELL) else Side.SELL
        return self._passive(delivery, scarce, at, book)

    def _either(self) -> Side:
        return self._rng.choice((Side.BUY, Side.SELL))

    def _fair(self, waiting: list[Resting], delivery: Delivery) -> Resting | None:
        """The best of those who wait, if its price is not absurd."""
        if not waiting:
            return None
        middle = self._middle(delivery)
        return waiting[0] if abs(waiting[0].terms.price / SCALE - middle) <= _FAIR * middle else None

    def _taking(self, other: Resting, side: Side, at: UtcNs, *, whole: bool) -> Terms:
        """An order that trades with one which waits: all of a seller and perhaps more, some or all of a buyer. `whole`
        leaves nothing of either."""
        rng = self._rng
        if whole:
            power = int(other.left)
        elif side is Side.BUY:
            power = other.left * rng.choice((1, 1, 1, 2, 4)) + SCALE * rng.choice((0, 0, 500))
        else:
            power = other.left if rng.random() < 0.4 else max(SCALE, other.left // SCALE // rng.randint(2, 5) * SCALE)
            power = min(power, other.left)
        return self._terms(side, power, other.terms.price, other.terms.delivery, other.terms.location, at)

    def _passive(self, delivery: Delivery, side: Side, at: UtcNs, book: Book | None = None) -> Terms:
        """An order that waits: on its own side of what its maker thinks, and not beyond the best on the other."""
        rng = self._rng
        if side is Side.SELL and rng.random() < _DREAMERS:
            price = int(rng.choice(_DREAMS))
        else:
            away = 0.015 + rng.expovariate(12.0)
            away = max(1 - away, 0.05) if side is Side.BUY else 1 + away
            ticks = self._middle(delivery) * away * SCALE / TICK
            price = max(1, math.floor(ticks) if side is Side.BUY else math.ceil(ticks)) * TICK
        across = book.queue(delivery, side.other) if book is not None else []
        if across:
            best = int(across[0].terms.price)
            price = min(price, best - TICK) if side is Side.BUY else max(price, best + TICK)
        low, high, _ = rng.choices(_SIZES, [size[2] for size in _SIZES])[0]
        if side is Side.BUY:
            high *= 2  # buyers gather what many sellers have
        power = round(math.exp(rng.uniform(math.log(low), math.log(high))) / 100) * 100 * SCALE
        return self._terms(side, power, max(price, 0), delivery, self._location(), at)

    def _terms(self, side: Side, power: int, price: int, delivery: Delivery, where: Location, at: UtcNs) -> Terms:
        time_left = max(closing(delivery) - at, MINUTE)
        expiry = None
        if self._rng.random() < 0.7:
            expiry = UtcNs(at + self._rng.randrange(MINUTE, max(time_left, 2 * MINUTE)) // SECOND * SECOND)
        return Terms(side, Quantity(power), Price(price), delivery, where, expiry)

    def _middle(self, delivery: Delivery) -> float:
        """What power is worth then, in EUR/kWh: dear in the morning and the evening, cheap at noon and at night."""
        hour = delivery.start / HOUR % 24
        daily = 0.09 * math.cos((hour - 18.5) / 12 * math.pi) + 0.05 * math.cos((hour - 7.5) / 6 * math.pi)
        return (0.28 + daily) * math.exp(self._mood)

    def _location(self) -> Location:
        """Mostly one named area; now and then two, none, null, no country, or a country with the key left out."""
        rng = self._rng
        place = rng.choice(PLACES)
        name = f"{place.country}-{place.name}"
        kinds: tuple[tuple[float, Location], ...] = (
            (70, Location((name,), place.country, place.coordinates)),
            (8, Location((name, f"{name}-{rng.randint(2, 9)}"), place.country, place.coordinates)),
            (10, Location((), place.country)),
            (4, Location((name,), None, place.coordinates)),
            (3, Location((None,), place.country)),
            (3, Location((None,), "")),
            (2, Location((), "")),
        )
        return rng.choices([where for _, where in kinds], [weight for weight, _ in kinds])[0]
