"""The blotter's table: Qt's own view, painted like the grids beside it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from protocols.market.orders import Order, OrderStatus
from widgets.grid import RowLook
from widgets.grid.painter import CellPainter
from widgets.orders.cells import COLUMNS, Col
from widgets.orders.model import OrdersModel
from widgets.theme import Theme, scroll_bar_sheet

Index = QModelIndex | QPersistentModelIndex
SELECTED_BAR = 3
_PAST_THE_DIM = (Col.STATUS, Col.REASON)
"""What an order in doubt goes on saying in amber while its feed is down: then above all."""


class CellDelegate(QStyledItemDelegate):
    """Paints a cell with the theme's tokens."""

    def __init__(self, cells: CellPainter, view: "OrdersView") -> None:
        super().__init__(view)
        self.cells = cells
        self._view = view
        self._row = -1
        self._order: Order | None = None
        self._look = RowLook()
        self._selected = self._marked = self._focused = self._doubted = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Cells come row by row, and the model is asked directly: a value through Qt's roles costs more than its text.
        row, column, view = index.row(), index.column(), self._view
        if row != self._row:
            self._take_row(row, bool(option.state & QStyle.StateFlag.State_Selected))
        if self._order is None:
            return
        rect = option.rect
        self.cells.ground(painter, rect, self._look, self._marked, self._focused)
        if self._selected and view.columnViewportPosition(column) <= 0:
            painter.fillRect(QRect(rect.left(), rect.top(), SELECTED_BAR, rect.height()), self.cells.theme.accent)
        dim = self._look.dim and not (self._doubted and column in _PAST_THE_DIM)
        self.cells.cell(painter, rect, COLUMNS[column], view.orders.cell(self._order, column), dim)

    def begin(self) -> None:
        """A new frame: nothing that was known of a row holds."""
        self._row = -1

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


class OrdersHeader(QHeaderView):
    """Column titles with the arrow of the sorted one."""

    def __init__(self, cells: CellPainter, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.cells = cells
        self._titles: dict[int, str] = {}
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setMinimumSectionSize(24)
        self.held = False
        """Whether a mouse button is down: sections resized now are resized by the user."""

    def set_title(self, column: int, title: str) -> None:
        """Another title than the column's own, such as one that names the zone."""
        if self._titles.get(column) != title:
            self._titles[column] = title
            self.viewport().update()

    def title(self, column: int) -> str:
        return self._titles.get(column, COLUMNS[column].title)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.held = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.held = False

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        theme = self.cells.theme
        painter.fillRect(rect, theme.surface_raised)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.border)
        title = self.title(logicalIndex)
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex:
            title += " ▲" if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else " ▼"
        self.cells.header(painter, rect, COLUMNS[logicalIndex], title)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self.cells.theme.surface_raised)
        painter.end()
        super().paintEvent(event)


class OrdersView(QTableView):
    """Keys: arrows, Shift with them for several, Enter chooses, Ctrl+C copies. All else goes to the widget around."""

    chosen = Signal(int)
    """Enter or a double click on a row."""

    def __init__(self, model: OrdersModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.orders = model
        self._compact = False
        self._theme = theme
        self._empty_text = ""
        self._own_widths: dict[str, int] = {}
        self.setModel(model)
        painter = CellPainter(theme, compact=False)
        self._delegate = CellDelegate(painter, self)
        self.setItemDelegate(self._delegate)
        self.titles = OrdersHeader(painter, self)
        self.setHorizontalHeader(self.titles)
        self.titles.sectionResized.connect(self._resized)
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
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        painter = CellPainter(theme, self._compact)
        self._delegate.cells = self.titles.cells = painter
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

    def column_widths(self) -> dict[str, int]:
        """Widths that the user dragged, by column key."""
        return dict(self._own_widths)

    def set_column_widths(self, widths: dict[str, int]) -> None:
        self._own_widths = {key: width for key, width in widths.items() if width > 0}
        self._measure()

    def visible_rows(self) -> range:
        """Rows in view, even in part."""
        height = self.verticalHeader().defaultSectionSize()
        first = self.verticalScrollBar().value() // height
        last = -(-(self.verticalScrollBar().value() + self.viewport().height()) // height)
        return range(first, min(last, self.orders.rowCount()))

    def visible_columns(self) -> list[int]:
        """Logical indices of what is shown, left to right."""
        logical = [self.titles.logicalIndex(place) for place in range(len(COLUMNS))]
        return [column for column in logical if not self.isColumnHidden(column)]

    def selected_orders(self) -> list[Order]:
        """Selected orders of ours, top to bottom. By ranges: an index for each of 10,000 rows takes a second."""
        ranges = self.selectionModel().selection()
        rows: set[int] = set()
        for number in range(ranges.count()):
            block = ranges.at(number)
            rows.update(range(block.top(), block.bottom() + 1))
        orders = (self.orders.order(row) for row in sorted(rows))
        return [order for order in orders if order is not None and order.ours]

    # Qt's calls

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if row >= 0 and not event.isAutoRepeat():
                self.chosen.emit(row)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif event.key() in _MOVES or (event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and control):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._to_end(last=event.key() == Qt.Key.Key_End)
        else:
            # Letters are acts: the view's own search by typing would eat them.
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The row pressed first, wherever it has moved since.
        if event.button() is Qt.MouseButton.LeftButton and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row())

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        order = self.orders.order(current.row())
        if order is not None:
            self._speak(self.orders.cells.spoken(order))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.begin()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        empty_text = "" if self.orders.rowCount() else self._empty_text
        self._delegate.cells.frame(painter, self.viewport().rect(), empty_text, self.hasFocus())
        painter.end()

    # Acts

    def settle(self) -> None:
        """Takes rows that came or went into account now; Qt would with the next event."""
        self.executeDelayedItemsLayout()

    def copy(self) -> None:
        """The selected rows, else the current one, as they are seen: cells parted by tabs."""
        orders = self.selected_orders()
        current = self.orders.order(self.currentIndex().row())
        if not orders and current is not None:
            orders = [current]
        if orders:
            columns = self.visible_columns()
            lines = ["\t".join(self.orders.cells.text(order, column) for column in columns) for order in orders]
            QGuiApplication.clipboard().setText("\n".join(lines))

    # Within

    def _to_end(self, last: bool) -> None:
        count = self.orders.rowCount()
        if count:
            column = max(0, self.columnAt(0))
            self.setCurrentIndex(self.orders.index(count - 1 if last else 0, column))

    def _measure(self) -> None:
        painter = self._delegate.cells
        for index, column in enumerate(COLUMNS):
            self.setColumnWidth(index, self._own_widths.get(column.key) or painter.width_of(column))

    def _resized(self, column: int, _old: int, new: int) -> None:
        stretched = self.titles.visualIndex(column) == len(COLUMNS) - 1
        if self.titles.held and not stretched:
            self._own_widths[COLUMNS[column].key] = new

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
