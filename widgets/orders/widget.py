"""The blotter: every order, newest first, in words; what is in doubt can't be overlooked."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from protocols.market.blotter import OrderName
from protocols.market.events import Feed
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import MarketState, Standing
from protocols.market.times import HOUR, MINUTE, UtcNs
from widgets.buttons import button_sheet
from widgets.delivery import zone_of_all, zone_span
from widgets.feeds import feed_standing
from widgets.fields import FilterField, Toggle
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.orders.catalogue import COLUMN_OF
from widgets.orders.cells import COLUMNS, Col, OrderCells
from widgets.orders.menus import RowAct, popup_column_menu, popup_row_menu
from widgets.orders.model import OrdersModel
from widgets.orders.rows import OrderRows, name_of
from widgets.orders.sheet import order_sheet
from widgets.orders.view import OrdersView
from widgets.sheet import Sheet
from widgets.theme import Theme
from widgets.wording import PlainLabel, StandingStrip

AMEND, CANCEL, HIBERNATE = "orders.amend", "orders.cancel", "orders.hibernate"
ASK, DECIDE = "orders.ask", "orders.decide"

MAY_DIFFER = "orders may stand differently by now"


class OrdersTable(QWidget):
    """A row per order. Enter chooses its contract in the link group.

    What is done with orders is done by named acts, whether a key, a button or the row's menu asks for it: who does
    them asks `selected()`.
    """

    act_requested = Signal(str)
    """The name of an act, such as `orders.cancel`, asked for with the mouse."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._seen: tuple[int, ...] = ()
        self._contracts_seen = -1
        self._minute = -1
        self._kept: list[OrderName] = []
        self._kept_current: OrderName | None = None
        self._cells = OrderCells(market)
        self._rows = OrderRows(self._cells)
        self.model = OrdersModel(market, self._cells, self._rows, self)
        self.view = OrdersView(self.model, theme, self)
        tip = "Show only orders with these words: contract, area, status, reason, ids"
        self.filter = FilterField("orders.filter", "Filter orders", tip, self)
        self.only_working = Toggle(theme, self)
        self.only_linked = Toggle(theme, self)
        self.standing = StandingStrip(theme, self)
        self.summary = PlainLabel("", self)
        self.amend = QPushButton("Amend…", self)
        self.cancel = QPushButton("Cancel", self)
        self._build()
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        self._name_filter()
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window and the key registry use

    def selected(self) -> list[Order]:
        """Our orders that are selected, top to bottom, as the blotter has them now. Never a colleague's."""
        chosen = []
        for order in self.view.selected_orders():
            now = self._market.blotter.get(order.connection, order.client_id)
            if now is not None and now.ours:
                chosen.append(now)
        return chosen

    def begin_filter(self) -> None:
        """What is typed next says which orders are shown."""
        self.filter.begin()

    def toggle_working(self) -> None:
        self.only_working.toggle()

    def toggle_linked(self) -> None:
        self.only_linked.toggle()

    def sheet(self) -> Sheet:
        """The orders that are shown, with the columns that are shown: as they are now, however long it is read."""
        orders = list(self.model.shown())
        keys = {order.key for order in orders}
        listed = {key: found for key in keys if (found := self._market.instrument(key)) is not None}
        columns = [COLUMN_OF[COLUMNS[column].key] for column in self.view.visible_columns()]
        return order_sheet(orders, listed, columns, self._cells.zone)

    def set_theme(self, theme: Theme) -> None:
        self.view.set_theme(theme)
        self.standing.set_theme(theme)
        for field in (self.filter, self.only_working, self.only_linked):
            field.set_theme(theme)
        small = theme.ui_font(theme.sizes.font_title)
        self.summary.setFont(small)
        for button in (self.amend, self.cancel):
            button.setFont(small)
            button.setStyleSheet(button_sheet(theme))
            button.setFixedHeight(theme.sizes.row_height)

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of the acts on orders are written."""
        self._keys = keys
        self.filter.set_keys(keys)
        for widget, act, words in (
            (self.only_working, "orders.working", "Show only orders that are not over: pending and in doubt included"),
            (self.only_linked, "orders.linked", "Show only the orders of the link group's contract"),
            (self.amend, AMEND, "Stage a modification of the selected order on the ladder"),
            (self.cancel, CANCEL, "Cancel the selected orders"),
        ):
            widget.setToolTip(keys.tip(words, act))

    def set_compact(self, compact: bool) -> None:
        self.view.set_compact(compact)

    def set_flashing(self, on: bool) -> None:
        """Without it new and changed rows keep their dot and lose the colour behind."""
        self.model.glowing = on
        self.view.viewport().update()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        sorted_by = self._rows.sorted_by
        return {
            "filter": self.filter.text(),
            "only_working": self.only_working.isChecked(),
            "only_linked": self.only_linked.isChecked(),
            "columns": self.view.column_widths(),
            "order": [COLUMNS[self.view.titles.logicalIndex(place)].key for place in range(len(COLUMNS))],
            "hidden": [column.key for index, column in enumerate(COLUMNS) if self.view.isColumnHidden(index)],
            "sorted_by": None if sorted_by is None else COLUMNS[sorted_by].key,
            "descending": self._rows.descending,
        }

    def restore(self, state: dict[str, Any]) -> None:
        index_of = {column.key: index for index, column in enumerate(COLUMNS)}
        self.only_working.setChecked(bool(state.get("only_working", False)))
        self.only_linked.setChecked(bool(state.get("only_linked", False)))
        self.filter.setText(str(state.get("filter", "")))
        self.view.set_column_widths(dict(state.get("columns", {})))
        known = [index_of[key] for key in state.get("order", []) if key in index_of]
        for place, column in enumerate(known):
            self.view.titles.moveSection(self.view.titles.visualIndex(column), place)
        for key in state.get("hidden", []):
            if key in index_of:
                self.view.setColumnHidden(index_of[key], True)
        self._sort(index_of.get(str(state.get("sorted_by")), -1), bool(state.get("descending", False)))

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(1000, 320)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.filter.text():
            self.filter.clear()
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        header = self.view.titles
        if header.rect().contains(header.mapFromGlobal(event.globalPos())):
            popup_column_menu(self.view, event.globalPos())
        elif self.view.currentIndex().isValid():
            row = self.view.currentIndex().row()
            alive = self._alive()
            doubted = [order for order in alive if order.status is OrderStatus.IN_DOUBT]
            hibernated = bool(alive) and alive[0].status is OrderStatus.HIBERNATED
            acts: tuple[RowAct, ...] = (
                *(
                    (self._keys.entry(words, act), partial(self.act_requested.emit, act), possible)
                    for words, act, possible in (
                        ("Amend…", AMEND, self.amend.isEnabled()),
                        (self.cancel.text(), CANCEL, self.cancel.isEnabled()),
                        ("Activate" if hibernated else "Hibernate", HIBERNATE, bool(alive)),
                        ("Ask the venue", ASK, bool(doubted)),
                        ("Decide by hand…", DECIDE, len(doubted) == 1),
                    )
                ),
                ("Show its contract\tEnter", lambda: self._choose(row), True),
                ("Copy\tCtrl+C", self.view.copy, True),
            )
            popup_row_menu(self, acts, event.globalPos())

    # Within

    def _build(self) -> None:
        self.view.setAccessibleName("Orders")
        self.view.chosen.connect(self._choose)
        self.view.titles.sectionClicked.connect(self._title_clicked)
        self.view.selectionModel().selectionChanged.connect(self._name_acts)
        self.model.modelAboutToBeReset.connect(self._before_reset)
        self.model.modelReset.connect(self._after_reset)
        self.filter.setMaximumWidth(200)
        self.filter.textChanged.connect(self._filter_changed)
        self.filter.left.connect(lambda: self.view.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.filter.entered.connect(self._to_first_row)
        self.only_working.set_words("Only working")
        self.only_working.setAccessibleName("Only working orders")
        self.only_linked.setAccessibleName("Only the link group's contract")
        for toggle in (self.only_working, self.only_linked):
            toggle.toggled.connect(self._filter_changed)
        self.amend.clicked.connect(lambda: self.act_requested.emit(AMEND))
        self.cancel.clicked.connect(lambda: self.act_requested.emit(CANCEL))
        self.summary.setAccessibleName("Summary")
        self.summary.elide()
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 4, 0, 4)
        bar.setSpacing(4)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.only_working)
        bar.addWidget(self.only_linked)
        bar.addWidget(self.standing, 2)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 4, 6, 4)
        foot.setSpacing(6)
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.amend)
        foot.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        for one, other in zip(
            (self.filter, self.only_working, self.only_linked, self.view, self.amend),
            (self.only_working, self.only_linked, self.view, self.amend, self.cancel),
            strict=True,
        ):
            self.setTabOrder(one, other)
        self.setFocusProxy(self.view)
        self._name_acts()

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        market, now = self._market, self._clock.now
        seen = (market.blotter.revision, market.status_revision, market.contracts_revision)
        minute = now.utc // MINUTE
        if seen != self._seen or minute != self._minute:
            before, self._seen, self._minute = self._seen, seen, minute
            self._name_zone()
            self._name_standing()
            if seen[2:] != before[2:]:
                self._name_filter()
            if seen != before:
                self._keeping_view(self.model.refresh)
                self._summarise()
                self._name_acts()
            if seen[1:] != before[1:]:
                self.model.repaint_all()
        if self.model.news:
            self.model.see(self.view.visible_rows(), self.view.currentIndex().row(), now.monotonic)

    def _keeping_view(self, change: Callable[[], None]) -> None:
        """Does what may add or remove rows; scrolled away from the top, what is in view stays where it is."""
        model, bar = self.model, self.view.verticalScrollBar()
        height = self.view.verticalHeader().defaultSectionSize()
        top = model.order(bar.value() // height) if bar.value() else None
        within = bar.value() % height
        change()
        row = model.row_of(name_of(top)) if top is not None else None
        if row is not None and row * height + within != bar.value():
            self.view.settle()
            bar.setValue(row * height + within)

    def _before_reset(self) -> None:
        current = self.model.order(self.view.currentIndex().row())
        self._kept = [name_of(order) for order in self.view.selected_orders()]
        self._kept_current = name_of(current) if current is not None else None

    def _after_reset(self) -> None:
        """A reset forgets selection and current row; what is still there gets them back."""
        selection, flag = self.view.selectionModel(), QItemSelectionModel.SelectionFlag
        row = self.model.row_of(self._kept_current) if self._kept_current is not None else None
        if row is not None:
            selection.setCurrentIndex(self.model.index(row, 0), flag.NoUpdate)
        kept = set(self._kept)
        if kept:
            chosen = QItemSelection()
            for row, order in enumerate(self.model.shown()):
                if name_of(order) in kept:
                    index = self.model.index(row, 0)
                    chosen.select(index, index)
            selection.select(chosen, flag.Select | flag.Rows)

    def _name_zone(self) -> None:
        now = self._clock.now.utc
        zone = self._cells.zone = zone_of_all(order.key.area for order in self._market.blotter.rows())
        self.view.titles.set_title(Col.TIME, f"Time {zone_span(UtcNs(now - 24 * HOUR), now, zone)}")

    def _name_standing(self) -> None:
        only = self._group.contract if self.only_linked.isChecked() else None
        standing = feed_standing(self._market, Feed.OWN_ORDERS, only)
        self.standing.show_standing(standing, MAY_DIFFER)
        self.view.set_empty_text(self._empty_text(standing))

    def _empty_text(self, standing: Standing) -> str:
        if self.only_linked.isChecked() and self._group.contract is None:
            return f"No contract is chosen in link group {self._group.number}"
        if len(self._market.blotter) and self._rows.filtered:
            return f"None of {len(self._market.blotter)} orders passes the filter"
        return "No orders" if standing.live else "No orders received"

    def _name_filter(self) -> None:
        self.only_linked.set_words(f"Only {self._group.chosen_words(self._market)}")

    def _summarise(self) -> None:
        shown, total = self.model.shown(), len(self._market.blotter)
        alive = waiting = doubt = 0
        for order in shown:
            if order.ours and not order.status.over:
                doubted = order.status is OrderStatus.IN_DOUBT
                doubt += doubted
                alive += order.status.alive
                waiting += order.request is not None and not doubted
        parts = [f"{len(shown)} of {total} orders" if len(shown) != total else f"{total} order{'s' * (total != 1)}"]
        parts.append(f"{alive} own working")
        if waiting:
            parts.append(f"{waiting} waiting for the venue")
        if doubt:
            parts.append(f"? {doubt} in doubt")
        self.summary.say(" · ".join(parts))

    def _name_acts(self) -> None:
        alive = self._alive()
        self.cancel.setEnabled(bool(alive))
        self.amend.setEnabled(len(alive) == 1)
        self.cancel.setText(f"Cancel {len(alive)}" if len(alive) > 1 else "Cancel")

    def _filter_changed(self) -> None:
        self._rows.needle = self.filter.text()
        self._rows.only_working = self.only_working.isChecked()
        self._rows.only_contract = self.only_linked.isChecked()
        self._rows.contract = self._group.contract
        self._keeping_view(self.model.rearrange)
        self._name_standing()
        self._summarise()

    def _contract_changed(self) -> None:
        self._name_filter()
        if self.only_linked.isChecked():
            self._filter_changed()

    def _title_clicked(self, column: int) -> None:
        """Up, down, then newest first again."""
        if self._rows.sorted_by != column:
            self._sort(column, descending=False)
        elif not self._rows.descending:
            self._sort(column, descending=True)
        else:
            self._sort(-1, descending=False)

    def _sort(self, column: int, descending: bool) -> None:
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.view.titles.setSortIndicatorShown(column >= 0)
        self.view.titles.setSortIndicator(column, order)
        self.model.sort(column, order)

    def _to_first_row(self) -> None:
        if self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(0, 0))
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choose(self, row: int) -> None:
        order = self.model.order(row)
        if order is not None:
            self._group.choose(order.key)

    def _alive(self) -> list[Order]:
        return [order for order in self.selected() if not order.status.over]
