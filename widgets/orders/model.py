"""The orders as a Qt model that says exactly what changed: rows keep their selection through every update."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from protocols.market.blotter import OrderName
from protocols.market.orders import Order
from protocols.market.state import MarketState
from widgets.grid import Cell, RowLook
from widgets.orders.cells import COLUMNS, Col, OrderCells
from widgets.orders.rows import OrderRows, name_of
from widgets.wording import plain_tip

Index = QModelIndex | QPersistentModelIndex

SEEN_AFTER = 3.0
"""Seconds for which a new or changed row is highlighted once it is in view."""
RUNS_AT_MOST = 64
"""More runs of rows coming and going than this, and the model is reset: cheaper than to say each."""
GLOW = 46
_NO_INDEX = QModelIndex()


class OrdersModel(QAbstractTableModel):
    """A row per order shown. `refresh` takes what the blotter has now."""

    def __init__(self, market: MarketState, cells: OrderCells, rows: OrderRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._market = market
        self.cells = cells
        self.rows = rows
        self._shown: list[Order] = []
        self._names: list[OrderName] = []
        self._known: dict[OrderName, Order] | None = None
        """Every order as it was at the last refresh; None before the first."""
        self.news: dict[OrderName, float | None] = {}
        """New and changed orders -> when they came into view; None while they have not."""
        self.glowing = True

    # What the view asks

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        order = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cells.text(order, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.cells.tip(order))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()].title}: {self.cells.text(order, index.column()) or 'empty'}"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.cells.spoken(order)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return COLUMNS[section].tip if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A colleague's order can be the current row, to be read and copied, and is never among the selected."""
        order = self.order(index.row())
        if order is None or not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        own = Qt.ItemFlag.ItemIsSelectable if order.ours else Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren | own

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1 is newest first."""
        self.rows.sorted_by = column if column >= 0 else None
        self.rows.descending = order == Qt.SortOrder.DescendingOrder
        self.rearrange()

    # What the widget asks

    def order(self, row: int) -> Order | None:
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, name: OrderName) -> int | None:
        try:
            return self._names.index(name)
        except ValueError:
            return None

    def shown(self) -> list[Order]:
        return self._shown

    def look(self, row: int) -> RowLook:
        order = self._shown[row]
        news = self.glowing and name_of(order) in self.news
        return RowLook(
            dim=not order.ours or not self.cells.standing(order).live,
            alternate=row % 2 == 1,
            fill="flash" if news else "",
            glow=GLOW,
        )

    def cell(self, order: Order, column: int) -> Cell:
        """What the delegate paints."""
        cell = self.cells.cell(order, column)
        if column == Col.TIME and name_of(order) in self.news:
            return cell._replace(mark="•", mark_ink="last")
        return cell

    def refresh(self) -> None:
        """Takes the blotter as it is; what is new or looks different from before is news."""
        orders = self._market.blotter.rows()
        before = self._known
        self._known = {name_of(order): order for order in orders}
        if before is not None:
            for name, order in self._known.items():
                known = before.get(name)
                if known is not order and (known is None or _differs(known, order)):
                    self.news[name] = None
        self._show(self.rows.arrange(orders))

    def rearrange(self) -> None:
        """Filters or the sorting changed, the orders did not."""
        self._show(self.rows.arrange(self._market.blotter.rows()))

    def repaint_all(self) -> None:
        if self._shown:
            self._changed(0, len(self._shown) - 1)

    def see(self, rows: range, current: int, now: float) -> None:
        """These rows are in view: what is new among them stops being so 3 s from now, or at once as the current."""
        for row in rows:
            name = self._names[row]
            if name not in self.news:
                continue
            since = self.news[name]
            if since is None:
                self.news[name] = now
            elif row == current or now - since >= SEEN_AFTER:
                self._forget(row, name)

    # Within

    def _forget(self, row: int, name: OrderName) -> None:
        del self.news[name]
        self._changed(row, row)

    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _show(self, wanted: list[Order]) -> None:
        names = [name_of(order) for order in wanted]
        before = self._shown
        if names == self._names:
            self._shown = wanted
            changed = [row for row, order in enumerate(wanted) if order is not before[row]]
        else:
            was = dict(zip(self._names, before, strict=True))
            self._move_to(wanted, names)
            changed = [row for row, name in enumerate(names) if name in was and was[name] is not wanted[row]]
        for first, last in _runs(changed):
            self._changed(first, last)

    def _move_to(self, wanted: list[Order], names: list[OrderName]) -> None:
        """Removes, moves and inserts rows until the model shows what is wanted."""
        stay = set(names)
        gone = list(_runs([row for row, name in enumerate(self._names) if name not in stay]))
        here = set(self._names)
        come = list(_runs([row for row, name in enumerate(names) if name not in here]))
        if len(gone) + len(come) > RUNS_AT_MOST:
            self.beginResetModel()
            self._shown, self._names = wanted, names
            self.endResetModel()
            return
        # The lists are replaced, never the ones that were handed out changed.
        self._shown, self._names = list(self._shown), list(self._names)
        for first, last in reversed(gone):
            self.beginRemoveRows(_NO_INDEX, first, last)
            del self._shown[first : last + 1], self._names[first : last + 1]
            self.endRemoveRows()
        self._permute([order for order, name in zip(wanted, names, strict=True) if name in here])
        for first, last in come:
            self.beginInsertRows(_NO_INDEX, first, last)
            self._shown[first:first] = wanted[first : last + 1]
            self._names[first:first] = names[first : last + 1]
            self.endInsertRows()

    def _permute(self, orders: Sequence[Order]) -> None:
        """The same rows in another order; selection and current row go with them."""
        names = [name_of(order) for order in orders]
        if names == self._names:
            self._shown = list(orders)
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        old_names = [self._names[index.row()] for index in old]
        self._shown, self._names = list(orders), names
        place = {name: row for row, name in enumerate(names)}
        new = [self.index(place[name], index.column()) for name, index in zip(old_names, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()


def _differs(one: Order, other: Order) -> bool:
    """Whether a trader would see a difference: a report that confirms what is known is no news."""
    return _seen(one) != _seen(other)


def _seen(order: Order) -> tuple[object, ...]:
    return (
        order.status, order.request, order.price, order.quantity, order.remaining,
        order.reason, order.kept_place, order.terms,
    )  # fmt: skip


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending rows as (first, last) of each unbroken run."""
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at] != rows[at - 1] + 1:
            yield rows[start], rows[at - 1]
            start = at
