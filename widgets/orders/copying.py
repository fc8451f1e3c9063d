"""Rows as text for the clipboard, a share of them per frame: a hundred thousand would stop the window. No Qt."""

from collections.abc import Sequence

from protocols.market.orders import Order
from widgets.orders.cells import OrderCells

AT_ONCE = 150
"""Rows per frame, some ten milliseconds."""


class Copying:
    """Orders as they were when it was begun; `text` is whole once `left` is 0."""

    def __init__(self, orders: Sequence[Order], columns: Sequence[int], cells: OrderCells) -> None:
        self._orders = orders
        self._columns = columns
        self._cells = cells
        self._lines: list[str] = []

    @property
    def done(self) -> int:
        return len(self._lines)

    @property
    def left(self) -> int:
        return len(self._orders) - len(self._lines)

    def step(self, limit: int = AT_ONCE) -> None:
        text = self._cells.text
        for order in self._orders[self.done : self.done + limit]:
            self._lines.append("\t".join(text(order, column) for column in self._columns))

    @property
    def text(self) -> str:
        return "\n".join(self._lines)
