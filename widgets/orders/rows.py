"""Which orders are shown, and in what order. No Qt."""

from protocols.market.blotter import OrderName
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.orders import Order
from widgets.orders.cells import OrderCells


def name_of(order: Order) -> OrderName:
    return (order.connection, order.client_id)


class OrderRows:
    """Filters and sorts. Newest first is the order in which they were first heard of, so that no row jumps when it
    changes; sorted by a column, equal ones stay newest first."""

    def __init__(self, cells: OrderCells) -> None:
        self._cells = cells
        self.needle = ""
        self.only_working = False
        self.only_contract = False
        self.contract: ContractKey | None = None
        """The link group's, which `only_contract` shows alone."""
        self.sorted_by: int | None = None
        self.descending = False
        self._words: dict[OrderName, tuple[Order, PowerContract | None, str]] = {}
        """Of each order, as long as neither it nor what is known of its contract changes."""

    @property
    def filtered(self) -> bool:
        return bool(self.needle.strip()) or self.only_working or self.only_contract

    def arrange(self, orders: list[Order]) -> list[Order]:
        """The orders to show, first to last; `orders` are oldest first."""
        shown = orders[::-1]
        if self.only_working:
            shown = [order for order in shown if not order.status.over]
        if self.only_contract:
            shown = [order for order in shown if order.key == self.contract]
        needles = self.needle.casefold().split()
        if needles:
            shown = [order for order in shown if self._has(order, needles)]
        if self.sorted_by is not None:
            shown.sort(key=self._cells.sort_key(self.sorted_by), reverse=self.descending)
        return shown

    def _has(self, order: Order, needles: list[str]) -> bool:
        name, contract = name_of(order), self._cells.contract(order)
        known = self._words.get(name)
        if known is None or known[0] is not order or known[1] is not contract:
            known = self._words[name] = (order, contract, self._cells.words(order))
        return all(needle in known[2] for needle in needles)
