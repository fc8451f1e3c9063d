"""How the blotter's rows are painted: like those of the grids beside it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from protocols.market.orders import Order, OrderStatus
from widgets.grid import Band, RowLook
from widgets.grid.painter import CellPainter
from widgets.orders.catalogue import Col

if TYPE_CHECKING:
    from widgets.orders.view import OrdersView

Index = QModelIndex | QPersistentModelIndex
SELECTED_BAR = 3
LEG_BAR = 2
_PAST_THE_DIM = (Col.STATUS, Col.REASON)
"""What an order in doubt goes on saying in amber while its feed is down: then above all."""


class OrderDelegate(QStyledItemDelegate):
    """Paints the cells of orders with the theme's tokens. Headers go across all columns: the view has them painted
    by `band` when the cells are done."""

    def __init__(self, cells: CellPainter, view: "OrdersView") -> None:
        super().__init__(view)
        self.cells = cells
        self._view = view
        self._row = -1
        self._order: Order | None = None
        self._look = RowLook()
        self._selected = self._marked = self._focused = self._doubted = self._leg = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Cells come row by row, and the model is asked directly: a value through Qt's roles costs more than its text.
        row, column, view = index.row(), index.column(), self._view
        if row != self._row:
            self._take_row(row, bool(option.state & QStyle.StateFlag.State_Selected))
        if self._order is None:
            return
        rect = option.rect
        self.cells.ground(painter, rect, self._look, self._marked, self._focused)
        if view.columnViewportPosition(column) <= 0:
            self._paint_edge(painter, rect)
        dim = self._look.dim and not (self._doubted and column in _PAST_THE_DIM)
        self.cells.cell(painter, rect, view.columns[column], view.orders.cell(row, column), dim)

    def begin(self) -> None:
        """A new frame: nothing that was known of a row holds."""
        self._row = -1

    def band(self, painter: QPainter, rect: QRect, band: Band, row: int) -> None:
        """A header across the view. What stands at its right end is a button."""
        view, theme = self._view, self.cells.theme
        self.cells.band(painter, rect, band, row == view.currentIndex().row(), view.hasFocus())
        if band.right:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.danger, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            box = QRectF(self.cells.band_end(rect, band)).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, theme.sizes.radius, theme.sizes.radius)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_edge(self, painter: QPainter, rect: QRect) -> None:
        """At the left: what is selected, and what is a leg of the pair above."""
        theme = self.cells.theme
        if self._leg:
            painter.fillRect(QRect(rect.left(), rect.top(), LEG_BAR, rect.height()), theme.text_muted)
        if self._selected:
            painter.fillRect(QRect(rect.left(), rect.top(), SELECTED_BAR, rect.height()), theme.accent)

    def _take_row(self, row: int, selected: bool) -> None:
        view = self._view
        self._row = row
        self._order = order = view.orders.order(row)
        if order is None:
            return
        self._look = view.orders.look(row)
        self._selected = selected and order.ours
        self._marked = self._selected or row == view.currentIndex().row()
        self._focused = view.hasFocus() and order.ours
        self._doubted = order.status is OrderStatus.IN_DOUBT
        self._leg = order.pair is not None
