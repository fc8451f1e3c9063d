"""The orders as a Qt model that says exactly what changed: rows keep their selection through every update."""

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from protocols.market.orders import Order
from protocols.market.state import MarketState
from widgets.grid import Band, Cell, RowLook
from widgets.orders.arrangement import pair_line
from widgets.orders.bands import band_of, band_words
from widgets.orders.catalogue import COLUMNS, Col
from widgets.orders.cells import OrderCells
from widgets.orders.facts import Fact
from widgets.orders.rows import OrderRows
from widgets.orders.vocabulary import NONE, Integers, Mask
from widgets.wording import plain_tip

Index = QModelIndex | QPersistentModelIndex

SEEN_AFTER = 3.0
"""Seconds for which a new or changed row is highlighted once it is in view."""
RUNS_AT_MOST = 64
"""More runs of rows coming and going than this, and the model is reset: cheaper than to say each."""
GLOW = 46
_NO_INDEX = QModelIndex()
_OTHERS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_OWN = _OTHERS | Qt.ItemFlag.ItemIsSelectable


class OrdersModel(QAbstractTableModel):
    """A row per line: an order, or a header. `refresh` takes what the blotter has now, a share of it if it is much."""

    def __init__(self, market: MarketState, cells: OrderCells, rows: OrderRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._market = market
        self.cells = cells
        self.rows = rows
        self._lines: Integers = np.empty(0, np.int64)
        self._row_of: Integers | None = None
        """By order the row, -1 without one; made when somebody asks."""
        self.news: dict[int, float | None] = {}
        """Numbers of new and changed orders -> when they came into view; None while they have not."""
        self._unseen: Mask = np.empty(0, np.bool_)
        """By order whether it is news that has not come into view."""
        self.glowing = True
        self._title_hint = ""

    def set_title_hint(self, hint: str) -> None:
        """What every title's tool tip ends with."""
        self._title_hint = hint

    # What the view asks

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        order = self.order(index.row())
        if order is None:
            return self._header_data(index, role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.cells.text(order, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self.cells.tip(order))
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{COLUMNS[index.column()].title}: {self.cells.text(order, index.column()) or 'empty'}"
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self.cells.spoken(order)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return f"{COLUMNS[section].tip}\n{self._title_hint}".rstrip() if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A group's header and a colleague's orders can be the current row, to be read and copied, and are never among
        the selected. The header of a pair stands for its legs, and is selected like them."""
        line = self.line(index.row())
        if line is None:
            return Qt.ItemFlag.NoItemFlags
        numbers = [line] if line >= 0 else self.rows.legs(line)
        return _OWN if any(self.rows.facts.orders[number].ours for number in numbers) else _OTHERS

    # What the widget asks

    @property
    def lines(self) -> Integers:
        """Of each row the order's number, or what names its header; never changed, replaced instead."""
        return self._lines

    def line(self, row: int) -> int | None:
        return int(self._lines[row]) if 0 <= row < len(self._lines) else None

    def order(self, row: int) -> Order | None:
        """None for a header, and where there is no row."""
        line = self.line(row)
        return None if line is None or line < 0 else self.rows.facts.orders[line]

    def row_of_line(self, line: int | None) -> int | None:
        """Where an order or a header stands now."""
        if line is None:
            return None
        if line < 0:
            found = np.flatnonzero(self._lines == line)
            return int(found[0]) if len(found) else None
        if self._row_of is None:
            self._row_of = np.full(len(self.rows.facts), -1)
            at = np.flatnonzero(self._lines >= 0)
            self._row_of[self._lines[at]] = at
        row = int(self._row_of[line]) if line < len(self._row_of) else -1
        return None if row < 0 else row

    def shown(self) -> list[Order]:
        """The orders of the rows, top to bottom."""
        orders = self.rows.facts.orders
        return [orders[line] for line in self._lines.tolist() if line >= 0]

    def look(self, row: int) -> RowLook:
        line = self.line(row)
        order = self.order(row)
        if line is None or order is None:
            return RowLook()
        news = self.glowing and line in self.news
        return RowLook(
            dim=not order.ours or not self.cells.standing(order).live,
            alternate=row % 2 == 1,
            fill="flash" if news else "",
            glow=GLOW,
        )

    def band(self, row: int) -> Band | None:
        """What stands in a header's row; None for an order's."""
        line = self.line(row)
        return None if line is None or line >= 0 else band_of(self.rows, line, self.cells)

    def is_folded(self, row: int) -> bool:
        """Whether the header in this row hides what is below it."""
        line = self.line(row)
        return line is not None and line < 0 and self.rows.arrangement.is_folded(line)

    def pair_header(self, row: int) -> int | None:
        """The line that names the header of an order's pair; None for a single order, and for a header."""
        line = self.line(row)
        pair = -1 if line is None or line < 0 else self.rows.facts.at(Fact.PAIR, line)
        return None if pair < 0 else pair_line(pair)

    def cell(self, line: int, column: int) -> Cell:
        """What the delegate paints of an order, by its number."""
        cell = self.cells.cell(self.rows.facts.orders[line], column)
        if column == Col.TIME and line in self.news:
            return cell._replace(mark="•", mark_ink="last")
        return cell

    def row_text(self, row: int, columns: Sequence[int]) -> str:
        """The row as it is seen, cells parted by tabs."""
        order = self.order(row)
        if order is not None:
            return "\t".join(self.cells.text(order, column) for column in columns)
        band = self.band(row)
        return "" if band is None else band_words(band)

    def refresh(self) -> bool:
        """Takes what changed in the blotter; what is new or looks different from before is news. False when nothing
        did."""
        touched, news = self.rows.follow()
        if not touched:
            return False
        self.news.update(dict.fromkeys(news))
        more = len(self.rows.facts) - len(self._unseen)
        if more:
            self._unseen = np.concatenate((self._unseen, np.zeros(more, np.bool_)))
        self._unseen[news] = True
        self._show(self.rows.lines, touched)
        return True

    def rearrange(self) -> None:
        """The filter, the sorting or the grouping changed, the orders did not."""
        self.rows.arrangement.renew()
        self._show(self.rows.lines, [])

    def refold(self) -> None:
        """Headers were folded or unfolded."""
        self.rows.arrangement.fold()
        self._show(self.rows.lines, [])

    def unseen_above(self, row: int) -> int:
        """How many new or changed orders, not seen yet, stand above a row."""
        if not row or not self.news:
            return 0
        lines = self._lines[:row]
        return int(np.count_nonzero(self._unseen[lines[lines >= 0]]))

    def repaint_all(self) -> None:
        if len(self._lines):
            self._changed(0, len(self._lines) - 1)

    def repaint_countdowns(self, rows: range) -> None:
        """Where time alone changes what stands there."""
        numbers = self._lines[rows.start : rows.stop]
        facts = self.rows.facts
        lives = facts.column(Fact.LIFETIME, numbers[numbers >= 0])
        if (lives != NONE).any():
            self.dataChanged.emit(self.index(rows.start, Col.LIFETIME), self.index(rows.stop - 1, Col.LIFETIME))

    def see(self, rows: range, current: int, now: float) -> None:
        """These rows are in view: what is new among them stops being so 3 s from now, or at once as the current."""
        for row in rows:
            number = int(self._lines[row])
            if number not in self.news:
                continue
            since = self.news[number]
            if since is None:
                self.news[number] = now
                self._unseen[number] = False
            elif row == current or now - since >= SEEN_AFTER:
                del self.news[number]
                self._changed(row, row)

    # Within

    def _header_data(self, index: Index, role: int) -> object:
        band = self.band(index.row())
        words = "" if band is None else band_words(band).replace("\t", ", ")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return words if index.column() == 0 else ""
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(words)
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return words
        return None

    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _show(self, wanted: Integers, touched: Sequence[int]) -> None:
        """Rows that came are told as such; of the others those whose orders were touched, and their headers."""
        before = self._lines
        if not np.array_equal(wanted, before):
            self._move_to(wanted)
        if len(touched) > RUNS_AT_MOST:
            self.repaint_all()
            return
        arrangement = self.rows.arrangement
        lines = {*touched, *(header for number in touched for header in arrangement.headers_over(number))}
        rows = sorted(row for line in lines if (row := self.row_of_line(line)) is not None)
        for first, last in _runs(rows):
            self._changed(first, last)

    def _move_to(self, wanted: Integers) -> None:
        """Removes, moves and inserts rows until the model shows what is wanted."""
        before = self._lines
        stays = np.isin(before, wanted, kind="table") if len(before) else np.empty(0, np.bool_)
        known = np.isin(wanted, before, kind="table") if len(wanted) else np.empty(0, np.bool_)
        gone, come = (list(_runs(np.flatnonzero(~mask).tolist())) for mask in (stays, known))
        if len(gone) + len(come) > RUNS_AT_MOST:
            self.beginResetModel()
            self._take(wanted)
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(_NO_INDEX, first, last)
            self._take(np.delete(self._lines, slice(first, last + 1)))
            self.endRemoveRows()
        self._permute(wanted[known])
        for first, last in come:
            self.beginInsertRows(_NO_INDEX, first, last)
            self._take(np.insert(self._lines, first, wanted[first : last + 1]))
            self.endInsertRows()

    def _permute(self, lines: Integers) -> None:
        """The same rows in another order; selection and current row go with them."""
        if np.array_equal(lines, self._lines):
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        was = [int(self._lines[index.row()]) for index in old]
        self._take(lines)
        row_of = {line: row for line in set(was) if (row := self.row_of_line(line)) is not None}
        new = [self.index(row_of[line], index.column()) for line, index in zip(was, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _take(self, lines: Integers) -> None:
        self._lines = lines
        self._row_of = None


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending rows as (first, last) of each unbroken run."""
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at] != rows[at - 1] + 1:
            yield rows[start], rows[at - 1]
            start = at
