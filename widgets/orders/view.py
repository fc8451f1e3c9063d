"""The blotter's table: Qt's own view, painted like the grids beside it."""

from collections.abc import Collection, Sequence

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from protocols.market.orders import Order
from widgets.grid import Column
from widgets.grid.choosing import ColumnDialog
from widgets.grid.columns import ColumnChoice
from widgets.grid.geometry import ColumnWidths
from widgets.grid.painter import CellPainter
from widgets.orders.catalogue import COLUMNS, HIDDEN_AT_FIRST, PRICES, Col, price_column, quantity_column
from widgets.orders.model import OrdersModel
from widgets.orders.painting import Place, RowPainter, RowState
from widgets.orders.sorting import Level
from widgets.orders.titles import OrdersTitles
from widgets.orders.vocabulary import Integers
from widgets.theme import Theme, scroll_bar_sheet

Index = QModelIndex | QPersistentModelIndex
FOLD_FIGURES = 3
"""How wide the place at a header's left is where a click folds."""


class OrdersView(QTableView):
    """Keys: arrows, Shift with them for several, Enter chooses, left and right fold, Ctrl+C copies. All else goes to
    the widget around."""

    chosen = Signal(int)
    """Enter or a double click on a row."""
    fold_asked = Signal(int, bool)
    """A header's row, and whether it is to be folded."""
    rescue_asked = Signal(int)
    """A click on what a header offers at its right end."""
    copy_asked = Signal()

    def __init__(self, model: OrdersModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.orders = model
        self.columns: list[Column] = list(COLUMNS)
        """As they are now: figures are as wide as the longest of them want."""
        self.choice = ColumnChoice(COLUMNS, HIDDEN_AT_FIRST)
        self._widths = ColumnWidths(self.columns)
        self._compact = False
        self._theme = theme
        self._empty_text = ""
        self._own_widths: dict[str, int] = {}
        self.inspecting = False
        """Whether the trader went to the current row: a view that gets the keyboard has one by itself."""
        self._pressed_end = -1
        self._arranging = False
        self.setModel(model)
        painter = CellPainter(theme, compact=False)
        self._rows = RowPainter(painter, model)
        self.titles = OrdersTitles(self.columns, painter, self)
        self.setHorizontalHeader(self.titles)
        self.titles.sectionResized.connect(self._resized)
        self.titles.sectionMoved.connect(self._moved)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(QWidget(self))
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.arrange_columns()
        self.set_theme(theme)

    # Looks

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        painter = CellPainter(theme, self._compact)
        self._rows.cells = self.titles.cells = painter
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            bar.setStyleSheet(scroll_bar_sheet(theme))
        self.verticalHeader().setDefaultSectionSize(painter.row_height)
        self.titles.setFixedHeight(painter.header_height)
        self.verticalScrollBar().setSingleStep(painter.row_height)
        self._measure()
        self.viewport().update()
        self.titles.viewport().update()

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.set_theme(self._theme)

    def set_empty_text(self, text: str) -> None:
        if text != self._empty_text:
            self._empty_text = text
            self.viewport().update()

    @property
    def empty_text(self) -> str:
        return self._empty_text

    @property
    def row_height(self) -> int:
        return self.verticalHeader().defaultSectionSize()

    # Columns

    def set_figures(self, price_decimals: int, quantity_figures: int) -> None:
        """How many decimals the finest instrument has, and how many figures the longest quantity takes."""
        wanted = {column: price_column(column, price_decimals) for column in PRICES}
        wanted[Col.QUANTITY] = quantity_column(quantity_figures)
        if any(self.columns[column] != found for column, found in wanted.items()):
            for column, found in wanted.items():
                self.columns[column] = found
            self._measure()

    def show_sorting(self, levels: Sequence[Level], filtered: Collection[int]) -> None:
        """Which columns are sorted by, in turn, and which have a filter."""
        self.titles.show_sorting(levels, filtered)
        self._measure()

    def column_widths(self) -> dict[str, int]:
        """Widths that the user dragged, by column key."""
        return dict(self._own_widths)

    def set_column_widths(self, widths: dict[str, int]) -> None:
        self._own_widths = {key: width for key, width in widths.items() if width > 0}
        self._measure()

    def arrange_columns(self) -> None:
        """Shows what is chosen, in the chosen order."""
        self._arranging = True
        for place, column in enumerate(self.choice.order):
            self.titles.moveSection(self.titles.visualIndex(column), place)
        self._arranging = False
        self._measure()
        self.titles.viewport().update()
        self.viewport().update()

    @property
    def squeezed(self) -> frozenset[int]:
        """Columns that are chosen and have no room: what can't do without comes before them."""
        return frozenset(column for column in self.choice.shown if not self._widths.widths[column])

    def choose_columns(self) -> None:
        """Opens the dialog that shows, hides and moves columns by keyboard."""
        ColumnDialog(self.accessibleName(), self.choice, self.arrange_columns, self._theme, self).open()

    # Rows

    def visible_rows(self) -> range:
        """Rows in view, even in part."""
        height, offset = self.row_height, self.verticalScrollBar().value()
        first = offset // height
        last = -(-(offset + self.viewport().height()) // height)
        return range(first, max(first, min(last, self.orders.rowCount())))

    def selected_rows(self) -> Integers:
        """Top to bottom. By ranges: an index for each of 10,000 rows takes a second."""
        ranges = self.selectionModel().selection()
        selected = np.zeros(self.orders.rowCount(), np.bool_)
        for number in range(ranges.count()):
            block = ranges.at(number)
            selected[block.top() : block.bottom() + 1] = True
        return np.flatnonzero(selected)

    def selected_orders(self) -> list[Order]:
        """Selected orders of ours, top to bottom."""
        orders = (self.orders.order(row) for row in self.selected_rows().tolist())
        return [order for order in orders if order is not None and order.ours]

    def is_acted_on(self, row: int) -> bool:
        """Whether acts are for it: it is selected, or the header of its pair is."""
        selection, lines = self.selectionModel(), self.orders.lines
        if selection.isSelected(self.orders.index(row, 0)):
            return True
        header = self.orders.pair_header(row)
        # A leg stands below its header, or below that and the other leg.
        above = (over for over in (row - 1, row - 2) if header is not None and over >= 0)
        return any(lines[over] == header and selection.isSelected(self.orders.index(over, 0)) for over in above)

    def rows_in_sight(self) -> range:
        """Rows of which at least half is in view."""
        height, offset = self.row_height, self.verticalScrollBar().value()
        first = (offset + height // 2) // height
        last = -(-(offset + self.viewport().height() - height // 2) // height)
        return range(first, max(first, min(last, self.orders.rowCount())))

    def drop_selection(self) -> None:
        """For other rows: nothing that was chosen among those before is acted on among these."""
        self.clearSelection()
        self.inspecting = False

    def go_to_first(self) -> None:
        """The keys are at the first row, and an order there is selected. A pair's header stands for more than the row
        that was looked for: it is not selected before somebody does that."""
        if not self.orders.rowCount():
            return
        index = self.orders.index(0, max(0, self.currentIndex().column()))
        if self.orders.order(0) is None:
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            self.setCurrentIndex(index)
        self.scrollTo(index)

    def row_rect(self, row: int) -> QRect:
        """Across the view, wherever its columns are scrolled."""
        return QRect(0, self.rowViewportPosition(row), self.viewport().width(), self.row_height)

    def show_newest(self) -> None:
        """Back to the top, and stays there whatever comes, until the trader goes to a row."""
        self.inspecting = False
        self.verticalScrollBar().setValue(0)

    # Qt's calls

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        row, key = self.currentIndex().row(), event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if row >= 0 and not event.isAutoRepeat():
                self.chosen.emit(row)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.orders.band(row) is not None:
            self.fold_asked.emit(row, key == Qt.Key.Key_Left)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._is_only_current():
            self.inspecting = True
            self.setCurrentIndex(self.currentIndex())
            self.scrollTo(self.currentIndex())
        elif key in _MOVES or (key in (Qt.Key.Key_Home, Qt.Key.Key_End) and control):
            self.inspecting = True
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.inspecting = True
            self._to_end(last=key == Qt.Key.Key_End)
        else:
            # Letters are acts: the view's own search by typing would eat them.
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.inspecting = self.rowAt(int(event.position().y())) >= 0
        self._pressed_end = -1
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        row, at = self.rowAt(int(event.position().y())), event.position().toPoint()
        band = self.orders.band(row)
        if band is None:
            return
        if self._on_end(row, at):
            self._pressed_end = row
        elif at.x() < self._rows.cells.figures(FOLD_FIGURES):
            self.fold_asked.emit(row, not self.orders.is_folded(row))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row, self._pressed_end = self._pressed_end, -1
        if row >= 0 and self._on_end(row, event.position().toPoint()):
            self.rescue_asked.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The row pressed first, wherever it has moved since.
        if event.button() is Qt.MouseButton.LeftButton and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row())

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        spoken = self.orders.data(current, Qt.ItemDataRole.AccessibleDescriptionRole)
        if isinstance(spoken, str):
            self._speak(spoken)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths.fit(self.viewport().width())
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        cells, area = self._rows.cells, event.rect()
        painter.fillRect(area, cells.theme.surface)
        places = self._places()
        current, focused = self.currentIndex().row(), self.hasFocus()
        for row in self.visible_rows():
            rect = self.row_rect(row)
            if rect.intersects(area):
                state = RowState(self.is_acted_on(row), row == current, focused)
                self._rows.row(painter, rect, row, state, places)
        cells.frame(painter, self.viewport().rect(), "" if self.orders.rowCount() else self._empty_text, focused)
        painter.end()

    def _places(self) -> list[Place]:
        """The columns in view, left to right."""
        found, width = [], self.viewport().width()
        for column in self.choice.shown:
            left, wide = self.columnViewportPosition(column), self.columnWidth(column)
            if wide and left < width and left + wide > 0:
                found.append((column, self.columns[column], left, wide))
        return found

    def settle(self) -> None:
        """Takes rows that came or went into account now; Qt would with the next event."""
        self.executeDelayedItemsLayout()

    # Within

    def _on_end(self, row: int, at: QPoint) -> bool:
        band = self.orders.band(row)
        return band is not None and bool(band.right) and self.band_end(row).contains(at)

    def band_end(self, row: int) -> QRect:
        """Where the button of a header is."""
        band = self.orders.band(row)
        return QRect() if band is None else self._rows.cells.band_end(self.row_rect(row), band)

    def _is_only_current(self) -> bool:
        """Whether the keys are at a row that could be selected while nothing is: the first arrow selects it."""
        flags = self.currentIndex().flags() if self.currentIndex().isValid() else Qt.ItemFlag.NoItemFlags
        return bool(flags & Qt.ItemFlag.ItemIsSelectable) and not self.selectionModel().hasSelection()

    def _to_end(self, last: bool) -> None:
        count = self.orders.rowCount()
        if count:
            column = max(0, self.columnAt(0))
            self.setCurrentIndex(self.orders.index(count - 1 if last else 0, column))

    def _measure(self) -> None:
        """What somebody made as wide as it is, sorts or filters by gives way to nothing."""
        cells, own = self._rows.cells, self._own_widths
        asked = [
            own.get(column.key) or cells.width_with(column, self.titles.title(index))
            for index, column in enumerate(self.columns)
        ]
        held = {*own, *(self.columns[index].key for index in self.titles.marked)}
        narrow = [cells.narrow_width_of(column) for column in self.columns]
        self._widths.shown = self.choice.shown
        self._widths.measure(asked, self.viewport().width(), narrow, held)
        self._lay_out()

    def _lay_out(self) -> None:
        for index, width in enumerate(self._widths.widths):
            self.setColumnHidden(index, not width)
            if width:
                self.setColumnWidth(index, width)

    def _resized(self, column: int, _old: int, new: int) -> None:
        shown = self.choice.shown
        if self.titles.held and column != shown[-1]:
            self._own_widths[COLUMNS[column].key] = new

    def _moved(self) -> None:
        """By dragging a title."""
        if self._arranging:
            return
        self.choice.take_order([self.titles.logicalIndex(place) for place in range(len(COLUMNS))])

    def _speak(self, text: str) -> None:
        self.setAccessibleDescription(text)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))


_MOVES = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
