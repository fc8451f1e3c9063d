"""The list behind a price: every order of a flexibility book that the ladder's filter shows, by key and by mouse."""

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from protocols.market.flex_book import ALL, FlexFilter
from protocols.market.instruments import ContractKey, window_key
from protocols.market.state import MarketState
from protocols.market.values import Price
from widgets.delivery import market_zone, period_text
from widgets.flex.order_rows import OrderRows
from widgets.flex.view import place_words
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.link_group import LinkGroup
from widgets.theme import Theme
from widgets.wording import PlainLabel, StandingStrip

SIZE = QSize(800, 380)
NO_NAMES = "The venue names no orders: there is no place in the queue, and none can be followed from book to book"


class OrderList(QFrame):
    """A popup over its ladder. Enter or a double click shows the order's window alone; Esc or a click beside closes."""

    def __init__(
        self, market: MarketState, clock: FrameClock, group: LinkGroup, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("orders")
        self.setAccessibleName("Orders of the flexibility book")
        self._market = market
        self._clock = clock
        self._group = group
        self._theme = theme
        self._key: ContractKey | None = None
        self._chosen = ALL
        self._seen: tuple[int, ...] = ()
        self._rows: OrderRows | None = None
        self.title = PlainLabel("", self)
        self.standing = StandingStrip(theme, self)
        self.note = PlainLabel(NO_NAMES, self)
        self.note.elide()
        self.grid: GridView | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        for widget in (self.title, self.standing, self.note):
            widget.setContentsMargins(8, 3, 8, 3)
            self._column.addWidget(widget)
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(
            f"#orders {{ background: {theme.surface_raised.name()}; border: 1px solid {theme.border_strong.name()}; }}"
        )
        self.title.setFont(theme.ui_font())
        self.note.setFont(theme.ui_font(theme.sizes.font_title))
        self.standing.set_theme(theme)
        if self.grid is not None:
            self.grid.set_theme(theme)

    def show_orders(self, key: ContractKey, chosen: FlexFilter, price: Price | None) -> None:
        """Fills itself with the filter's orders, beginning with those at a price, or else the best bid's."""
        self._key, self._chosen, self._seen = key, chosen, ()
        self._name()
        self._fill()
        self._go_to(price)

    def open_over(self, ladder: QWidget, key: ContractKey, chosen: FlexFilter, price: Price | None) -> None:
        """Shows them over a ladder, and takes the keyboard."""
        self.resize(SIZE.expandedTo(QSize(ladder.width() - 40, 0)))
        self.move(ladder.mapToGlobal(QPoint(20, max(0, (ladder.height() - self.height()) // 2))))
        self.show_orders(key, chosen, price)
        self.show()
        self._go_to(price)  # how many rows are in view is known only now
        if self.grid is not None:
            self.grid.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            event.ignore()

    # Within

    def _name(self) -> None:
        assert self._key is not None
        zone, delivery = market_zone(self._key.area), self._chosen.delivery
        window = "All windows" if delivery is None else period_text(delivery.start, delivery.end, zone)
        self.title.say(f"Orders of {window} · {place_words(self._chosen)}")
        contract = self._market.instrument(self._key)
        if contract is None:
            return
        self._rows = OrderRows(contract.spec, zone)
        if self.grid is not None:
            self._column.removeWidget(self.grid)
            self.grid.deleteLater()
        self.grid = GridView(self._rows, self._theme, self)
        self.grid.setAccessibleName("Orders of the flexibility book")
        self.grid.activated.connect(self._choose)
        self.grid.double_clicked.connect(self._choose)
        self._column.insertWidget(2, self.grid, 1)

    def _go_to(self, price: Price | None) -> None:
        """The level next to a price, or the best bid's, with its first order the current row."""
        if self.grid is not None and self._rows is not None:
            row = self._rows.first_at(price)
            self.grid.set_current(row)
            self.grid.scroll_row_to(max(0, row - 1), 0)

    def _pulse(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        """What the book holds now; the row under inspection stays at its place in its price level."""
        market, key, grid, rows = self._market, self._key, self.grid, self._rows
        if key is None or grid is None or rows is None:
            return
        book = market.flex.books.get(key.connection)
        seen = (-1 if book is None else book.revision, market.status_revision)
        if seen == self._seen:
            return
        self._seen = seen
        standing = market.flex_standing(key.connection, self._chosen)
        self.standing.show_standing(standing, "these are the last orders that came")
        current = rows.rows[grid.current] if 0 <= grid.current < len(rows.rows) else None
        y = grid.row_rect(grid.current).top() if current is not None else 0
        rows.live = standing.live
        rows.build(book, self._chosen)
        grid.set_empty_text("No orders pass the filter" if standing.live else "No orders are known")
        grid.set_count(rows.count())
        if current is not None:
            place = rows.index_of(current)
            grid.set_current(place, show=False)
            if place >= 0:
                grid.scroll_row_to(place, y)
        grid.update_all()

    def _choose(self, row: int) -> None:
        order = self._rows.rows[row].order if self._rows is not None else None
        if order is not None and self._key is not None:
            self.close()
            self._group.choose(window_key(self._key.connection, order.delivery))
