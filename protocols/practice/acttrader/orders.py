"""An order as the venue holds it, and what a request asks for. Frozen: every change makes a new one, so that what was
reported stays what it was.
"""

import msgspec

from protocols.acttrader import messages
from protocols.market.times import UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side

OrderId = int

ALIVE = frozenset((messages.NEW, messages.PARTIAL_FILL))
"""States that an order may leave; the others are final."""


class Fill(msgspec.Struct, frozen=True, gc=False):
    """A part of an execution."""

    price: Price
    quantity: Quantity


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """A new order as it was asked for, each value checked by itself. `till` is when it ends, if it does by itself."""

    symbol: str
    side: Side
    type: str
    quantity: Quantity
    time_in_force: str
    price: Price | None = None
    stop_price: Price | None = None
    till: UtcNs | None = None
    client_id: str | None = None
    note: str | None = None

    @property
    def whole(self) -> bool:
        """All of it at once, or nothing."""
        return self.time_in_force in (messages.AON, messages.FOK)

    @property
    def at_once(self) -> bool:
        """What can't be had at the first try is cancelled."""
        return self.type == messages.MARKET or self.time_in_force in (messages.FOK, messages.IOC)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One order. `triggered`: a stop whose price was reached. `sibling`: the other leg of its OCO pair; `follows`: by a
    fault it is filled when that one executes."""

    identifier: OrderId
    terms: Terms
    at: UtcNs
    status: str = messages.NEW
    reason: str | None = None
    fills: tuple[Fill, ...] = ()
    triggered: bool = False
    sibling: OrderId | None = None
    follows: bool = False

    @property
    def alive(self) -> bool:
        return self.status in ALIVE

    @property
    def executed(self) -> Quantity:
        return Quantity(sum(fill.quantity for fill in self.fills))

    @property
    def left(self) -> Quantity:
        return Quantity(self.terms.quantity - self.executed)

    @property
    def paid(self) -> int:
        """What was executed, in 1e-9 of the quote currency: exact, since quantities are whole units."""
        return sum(fill.price * (fill.quantity // SCALE) for fill in self.fills)

    @property
    def waits_for_stop(self) -> bool:
        return self.terms.type in (messages.STOP, messages.STOP_LIMIT) and not self.triggered

    def filled(self, fills: list[Fill], at: UtcNs) -> "Order":
        """With more executed; what was had at the same price is one fill."""
        joined = list(self.fills)
        for fill in fills:
            if joined and joined[-1].price == fill.price:
                fill = Fill(fill.price, Quantity(fill.quantity + joined.pop().quantity))
            joined.append(fill)
        done = sum(fill.quantity for fill in joined) == self.terms.quantity
        status = messages.FILLED if done else messages.PARTIAL_FILL
        return msgspec.structs.replace(self, fills=tuple(joined), status=status, at=at)

    def ended(self, at: UtcNs, reason: str | None = None) -> "Order":
        """Cancelled, for a reason the protocol knows or for none."""
        return msgspec.structs.replace(self, status=messages.CANCELED, reason=reason, at=at)


def reached(side: Side, stop_price: Price, touch: Price) -> bool:
    """Whether a stop goes off: a buyer's when the ask has risen to it, a seller's when the bid has fallen to it."""
    return touch >= stop_price if side is Side.BUY else touch <= stop_price


def within(side: Side, limit: Price | None, touch: Price) -> bool:
    """Whether an order of `side` may trade at `touch`."""
    return limit is None or (touch <= limit if side is Side.BUY else touch >= limit)
