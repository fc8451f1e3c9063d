"""What was bought and sold, and what that came to: exact integers, in whatever order it happened.

What was bought and sold alike is closed: its profit is realised, at the average of all that was bought and of all that
was sold. The rest is open, at the average of its own side. So the sum of both is exactly what was received less what
was paid plus what the rest is worth, and nothing depends on the order in which reports came.
"""

import msgspec

from protocols.market.values import SCALE, Price, Side


class Turnover(msgspec.Struct):
    """Quantities in 1e-9 of their unit, values (price times quantity) in 1e-18. `unpriced` is how much of the
    quantities came without a price: with any of it, no average and no profit is known."""

    bought: int = 0
    bought_value: int = 0
    sold: int = 0
    sold_value: int = 0
    unpriced: int = 0

    def add(self, side: Side, quantity: int, price: int | None) -> None:
        """Counts an execution; a negative quantity takes one back."""
        self.change(side, quantity, quantity * (price or 0), quantity if price is None else 0)

    def change(self, side: Side, quantity: int, value: int, unpriced: int) -> None:
        """Counts what is known now and was not before, each of it: `value` may be of what was counted without one."""
        self.unpriced += unpriced
        if side is Side.BUY:
            self.bought += quantity
            self.bought_value += value
        else:
            self.sold += quantity
            self.sold_value += value

    @property
    def net(self) -> int:
        """Positive is long."""
        return self.bought - self.sold

    @property
    def average(self) -> Price | None:
        """Of the side that is open, rounded to 1e-9; None when flat, or not known."""
        if self.unpriced or not self.net:
            return None
        value, quantity = (self.bought_value, self.bought) if self.net > 0 else (self.sold_value, self.sold)
        return Price(rounded(value, quantity))

    @property
    def realised(self) -> int | None:
        """In 1e-9 of the price's currency times the quantity's unit, rounded; None when not known."""
        if self.unpriced:
            return None
        closed = min(self.bought, self.sold)
        if not closed:
            return 0
        difference = self.sold_value * self.bought - self.bought_value * self.sold
        return rounded(closed * difference, self.bought * self.sold * SCALE)

    def unrealised(self, mark: int) -> int | None:
        """What closing the rest at `mark` would bring on top, in the same unit; None when not known."""
        if self.unpriced:
            return None
        if not self.net:
            return 0
        value, quantity = (self.bought_value, self.bought) if self.net > 0 else (self.sold_value, self.sold)
        return rounded(self.net * (mark * quantity - value), quantity * SCALE)


def rounded(numerator: int, denominator: int) -> int:
    """Half away from zero; the denominator is above 0."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size
