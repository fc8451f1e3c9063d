"""An order of the flexibility market: what it asks for, and what rests of it in the book."""

import msgspec

from protocols.market.flex import Delivery
from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.practice.glocalflex.locations import Location

CLOSES_BEFORE = 15 * MINUTE
"""How long before its delivery starts an order expires by itself (protocol page, section 4)."""

Sequence = int
"""Numbers orders in the order in which they reached the book: their time priority."""


class Terms(msgspec.Struct, frozen=True):
    """What an order asks for: `power` in W and `price` in EUR/kWh, both in units of 1e-9."""

    side: Side
    power: Quantity
    price: Price
    delivery: Delivery
    location: Location
    expiry: UtcNs | None = None

    @property
    def expires(self) -> UtcNs:
        """When it ends by itself: at its expiry time, or when its window closes."""
        closes = closing(self.delivery)
        return closes if self.expiry is None else min(self.expiry, closes)

    @property
    def energy(self) -> Quantity:
        """What its power comes to over its window."""
        return energy(self.power, self.delivery)


class Resting(msgspec.Struct, eq=False):
    """An order in the book. `left` is what is still to be had of its power; a seller's is all or nothing."""

    sequence: Sequence
    terms: Terms
    entered: UtcNs
    left: Quantity

    @property
    def rank(self) -> tuple[int, Sequence]:
        """Price-time priority on its side: the smallest is served first."""
        return (-self.terms.price if self.terms.side is Side.BUY else self.terms.price), self.sequence


class Match(msgspec.Struct, frozen=True):
    """A seller's whole power went to one buyer, at the price of whichever order was there first."""

    buy: Resting
    sell: Resting
    price: Price
    power: Quantity
    at: UtcNs


def closing(delivery: Delivery) -> UtcNs:
    """When trading for a window ends."""
    return UtcNs(delivery.start - CLOSES_BEFORE)


def energy(power: Quantity, delivery: Delivery) -> Quantity:
    """Wh, in units of 1e-9, of a power (W, same units) over a window; what is finer is cut off."""
    return Quantity(power * (delivery.end - delivery.start) // HOUR)
