"""How the blotter's rows are painted: like those of the grids beside it."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from protocols.market.orders import OrderStatus
from widgets.grid import Band, Column
from widgets.grid.painter import CellPainter
from widgets.orders.catalogue import Col
from widgets.orders.model import OrdersModel

SELECTED_BAR = 3
LEG_BAR = 2
_PAST_THE_DIM = (Col.STATUS, Col.REASON)
"""What an order in doubt goes on saying in amber while its feed is down: then above all."""

Place = tuple[int, Column, int, int]
"""A column that is in view: its index, itself, its left edge and its width."""


class RowState(NamedTuple):
    """What the trader did with a row. `selected` looks the same wherever the keyboard is: acts are for it."""

    selected: bool
    current: bool
    focused: bool


class RowPainter:
    """Paints rows whole. Qt's own way, a delegate asked for each cell, takes half as long again."""

    def __init__(self, cells: CellPainter, orders: OrdersModel) -> None:
        self.cells = cells
        self._orders = orders

    def row(self, painter: QPainter, rect: QRect, row: int, state: RowState, places: Sequence[Place]) -> None:
        """An order's row, or a header."""
        line = self._orders.line(row)
        order = self._orders.order(row)
        if line is None:
            return
        if order is None:
            band = self._orders.band(row)
            if band is not None:
                self._band(painter, rect, band, state)
            return
        look = self._orders.look(row)
        selected = state.selected and order.ours
        ground = look._replace(chosen=selected)
        # Keys act on what is selected: a row that is only current is not to look like it.
        self.cells.ground(painter, rect, ground, state.current, state.focused and selected)
        doubted = order.status is OrderStatus.IN_DOUBT
        for index, column, left, width in places:
            dim = look.dim and not (doubted and index in _PAST_THE_DIM)
            place = QRect(left, rect.top(), width, rect.height())
            self.cells.cell(painter, place, column, self._orders.cell(line, index), dim)
        self._edge(painter, rect, selected, order.pair is not None)

    def band_end(self, rect: QRect, band: Band) -> QRect:
        """Where the button of a header is."""
        return self.cells.band_end(rect, band)

    def _band(self, painter: QPainter, rect: QRect, band: Band, state: RowState) -> None:
        """A header across the view. What stands at its right end is a button."""
        theme = self.cells.theme
        self.cells.band(
            painter, rect, band._replace(chosen=state.selected), state.current, state.focused and state.selected
        )
        if band.right:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.danger, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            box = QRectF(self.cells.band_end(rect, band)).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, theme.sizes.radius, theme.sizes.radius)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._edge(painter, rect, state.selected, leg=False)

    def _edge(self, painter: QPainter, rect: QRect, selected: bool, leg: bool) -> None:
        """At the left: what is selected, and what is a leg of the pair above."""
        theme = self.cells.theme
        if leg:
            painter.fillRect(QRect(rect.left(), rect.top(), LEG_BAR, rect.height()), theme.text_muted)
        if selected:
            painter.fillRect(QRect(rect.left(), rect.top(), SELECTED_BAR, rect.height()), theme.accent)
