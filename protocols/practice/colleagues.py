"""The user's colleagues: a few orders of the same company per area, which come, change, sleep, trade and go.

Seeded, and driven by the market's time. They ask the same office by the same rules as the user does.
"""

import random
import uuid
from functools import partial

from protocols.eznergy import messages
from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs, utc_text
from protocols.market.values import Price, Quantity, Side
from protocols.practice.answers import Who
from protocols.practice.asks import ACTIVATION, CANCELLATION, CREATION, DEACTIVATION, MODIFICATION, Ask
from protocols.practice.listing import Listing
from protocols.practice.market import Market
from protocols.practice.office import Office
from protocols.practice.openings import STEP, TICK
from protocols.practice.own_orders import ACTIVE, HIBERNATED, OwnOrder

NAMES = ("colleague-1", "colleague-2")
EVERY = 30.0
"""Seconds between two acts in an area, on average."""
_FEWEST, _MOST = 2, 4
_NOT_WITHIN = 10 * MINUTE
"""They keep away from contracts whose gate closes that soon."""
_WITHIN = 8 * HOUR


class Colleagues:
    """All colleagues in all areas. What they do follows from the seed and from the market."""

    def __init__(self, market: Market, office: Office, seed: int) -> None:
        self._market = market
        self._office = office
        self._rules = market.rulebook.orders
        self._rng = random.Random(f"colleagues {seed}")
        self._orders: dict[str, list[OwnOrder]] = {area: [] for area in market.rulebook.zone_of_area}

    def begin(self) -> None:
        """Their first orders, and everything after; in acts that the market is asked to schedule."""
        for area in self._orders:
            for _ in range(_FEWEST):
                self._market.schedule(self._market.now, partial(self._place, area))
            if self._market.rulebook.custom is not None:
                self._market.schedule(self._market.now, partial(self._place_block, area))
            self._wait(area)

    def _wait(self, area: str) -> None:
        seconds = 1.0 + self._rng.expovariate(1 / (EVERY - 1.0))
        self._market.schedule(UtcNs(self._market.now + int(seconds * SECOND)), partial(self._act, area))

    def _act(self, area: str) -> None:
        self._wait(area)
        self._orders[area] = orders = [order for order in self._orders[area] if order.alive]
        if len(orders) < _FEWEST or (len(orders) < _MOST and self._rng.random() < 0.25):
            self._place(area)
            return
        order = self._rng.choice(orders)
        draw = self._rng.random()
        if order.state == HIBERNATED:
            self._ask(order, ACTIVATION if draw < 0.8 else CANCELLATION)
        elif draw < 0.2:
            self._ask(order, DEACTIVATION)
        elif draw < 0.4 and order.remaining > STEP:
            less = STEP * self._rng.randrange(1, order.remaining // STEP)
            self._ask(order, MODIFICATION, quantity=Quantity(less))
        elif draw < 0.6:
            self._ask(order, MODIFICATION, price=Price(order.price + TICK * self._rng.choice((-2, -1, 1, 2))))
        elif draw < 0.75 and not order.terms.block:
            self._ask(order, MODIFICATION, price=order.listing.book.best(order.side.other))  # to trade
        else:
            self._ask(order, CANCELLATION)
            if order.terms.block:
                self._place_block(area)

    def _place(self, area: str) -> None:
        listing, side = self._contract(area), self._rng.choice((Side.BUY, Side.SELL))
        best = None if listing is None else listing.book.best(side)
        if listing is None or best is None:
            return
        away = TICK * self._rng.randint(0, 30) * (-1 if side is Side.BUY else 1)
        named = messages.ContractArea(delivery_area=area, identifier=listing.contract.identifier(area))
        self._create(self._rules.resting(self._wish(area, named, side, Price(best + away))))

    def _place_block(self, area: str) -> None:
        """Over two to four of the hours to come, at a price around the first one's."""
        listing = self._contract(area)
        if listing is None:
            return
        side = self._rng.choice((Side.BUY, Side.SELL))
        start = listing.contract.delivery_start // HOUR * HOUR + HOUR
        named = messages.ContractArea(
            delivery_area=area,
            delivery_start=utc_text(UtcNs(start)),
            delivery_end=utc_text(UtcNs(start + HOUR * self._rng.randint(2, 4))),
        )
        best = listing.book.best(side)
        ask = None if best is None else self._rules.block(self._wish(area, named, side, best))
        if ask is not None:
            self._create(ask)

    def _wish(self, area: str, named: messages.ContractArea, side: Side, price: Price) -> Ask:
        return Ask(
            kind=CREATION,
            area=area,
            client_id=str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            named=named,
            side=side,
            price=price,
            quantity=Quantity(STEP * self._rng.randint(10, 100)),
            state=HIBERNATED if self._rng.random() < 0.15 else ACTIVE,
        )

    def _create(self, ask: Ask) -> None:
        self._settle(ask, Who(self._rng.choice(NAMES), ours=False))
        order = self._office.order(ask.client_id)
        if order is not None:
            self._orders[ask.area].append(order)

    def _contract(self, area: str) -> Listing | None:
        now = self._market.now
        near = [
            listing
            for listing in self._market.listings.values()
            if area in listing.contract.zone.areas
            and listing.trading
            and listing.contract.product.liquidity is not None
            and _NOT_WITHIN < listing.contract.closes_at - now < _WITHIN
        ]
        return self._rng.choice(near) if near else None

    def _ask(self, order: OwnOrder, kind: str, price: Price | None = None, quantity: Quantity | None = None) -> None:
        ask = Ask(
            kind=kind,
            area=order.area,
            client_id=order.client_id,
            identifier=order.venue_id,
            revision=order.revision,
            price=price,
            quantity=quantity,
        )
        self._settle(ask, Who(order.owner, ours=False))

    def _settle(self, ask: Ask, who: Who) -> None:
        """Without an acknowledgement: that goes to the sender alone."""
        self._office.settle(self._office.take(ask, who), None)
