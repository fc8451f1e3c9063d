"""The blotter: every order, newest first, in words; what is in doubt can't be overlooked."""

from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from protocols.market.events import Feed
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import MarketState, Standing
from protocols.market.times import HOUR, SECOND, UtcNs
from widgets.buttons import dress_small
from widgets.delivery import zone_of_all, zone_span
from widgets.feeds import feed_standing
from widgets.figures import grouped
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.orders.bands import pair_of, survivor_of
from widgets.orders.bar import OrdersBar
from widgets.orders.catalogue import Col
from widgets.orders.cells import OrderCells
from widgets.orders.choosing import Choosing
from widgets.orders.copying import Copying
from widgets.orders.keeping import Keeper
from widgets.orders.menus import Entry, popup_menu
from widgets.orders.model import OrdersModel
from widgets.orders.pill import NewPill
from widgets.orders.rows import OrderRows
from widgets.orders.sheet import order_sheet
from widgets.orders.totals import totals, totals_text
from widgets.orders.view import OrdersView
from widgets.orders.vocabulary import Integers
from widgets.sheet import Sheet
from widgets.theme import Theme
from widgets.wording import PlainLabel

AMEND, CANCEL, HIBERNATE = "orders.amend", "orders.cancel", "orders.hibernate"
ASK, DECIDE, EXPORT = "orders.ask", "orders.decide", "orders.export"

MAY_DIFFER = "orders may stand differently by now"


class OrdersTable(QWidget):
    """A row per order, both legs of a pair under one header. Enter chooses an order's contract in the link group.

    What is done with orders is done by named acts, whether a key, a button or the row's menu asks for it: who does
    them asks `selected()`. `choosing` is how orders are shown.
    """

    act_requested = Signal(str)
    """The name of an act, such as `orders.cancel`, asked for with the mouse."""

    def __init__(
        self, market: MarketState, clock: FrameClock, group: LinkGroup, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._seen: tuple[int, ...] = ()
        self._second = -1
        self._acted_on = 0
        self._painted = False
        """Whether the list was on the screen since it came up last."""
        self._acted_rows: Integers = np.empty(0, np.int64)
        """The rows that stand for what acts are for."""
        self._totals = ""
        self._copying: Copying | None = None
        self._cells = OrderCells(market)
        self._rows = OrderRows(market, self._cells)
        self.model = OrdersModel(market, self._cells, self._rows, self)
        self.view = OrdersView(self.model, theme, self)
        self.bar = OrdersBar(theme, self)
        self.filter, self.only_working, self.only_linked = self.bar.filter, self.bar.only_working, self.bar.only_linked
        self.standing = self.bar.standing
        self.summary = PlainLabel("", self)
        self.amend = QPushButton("Modify…", self)
        self.cancel = QPushButton("Cancel", self)
        self.pill = NewPill(self.view)
        self.choosing = Choosing(self.view, self.bar, self._rows, self._cells, lambda: clock.now.utc)
        self._keeper = Keeper(self.view, self.model)
        self._build()
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        self._name_filter()
        self.view.viewport().installEventFilter(self)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window and the key registry use

    def selected(self) -> list[Order]:
        """Our orders that are selected, top to bottom, as the blotter has them now; for a pair's header its legs. Never
        a colleague's."""
        blotter = self._market.blotter
        return [order for order in map(blotter.order, self._chosen_numbers().tolist()) if order.ours]

    def brings_into_sight(self) -> bool:
        """Whether any of what acts are for is in view, and was painted since the list came up. If nothing is, it is
        brought there instead: whoever asks asks again once it was seen."""
        self._name_acts()
        if len(self._acted_rows) and not self._painted:
            return False
        if self._out_of_sight:
            row = int(self._acted_rows[0])
            self.view.scrollTo(self.model.index(row, max(0, self.view.currentIndex().column())))
            return False
        return True

    def begin_filter(self) -> None:
        """What is typed next says which orders are shown."""
        self.filter.begin()

    def toggle_working(self) -> None:
        self.only_working.toggle()

    def toggle_own(self) -> None:
        self.bar.only_own.toggle()

    def toggle_linked(self) -> None:
        self.only_linked.toggle()

    def choose_columns(self) -> None:
        self.view.choose_columns()

    def sheet(self) -> Sheet:
        """The orders that are shown, folded ones included, with the columns that are shown: as they are now, however
        long it is read."""
        facts = self._rows.facts
        orders = [facts.orders[number] for number in self._rows.arrangement.orders.tolist()]
        listed = {key: found for key in facts.instruments.keys if (found := self._market.instrument(key)) is not None}
        return order_sheet(orders, listed, [Col(column) for column in self.view.choice.shown], self._cells.zone)

    def set_theme(self, theme: Theme) -> None:
        self.choosing.theme = theme
        for widget in (self.view, self.bar, self.pill):
            widget.set_theme(theme)
        self.summary.setFont(theme.ui_font(theme.sizes.font_title))
        dress_small(theme, self.amend, self.cancel)

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of the acts on orders are written."""
        self._keys = self.choosing.keys = keys
        self.bar.set_keys(keys)
        hint = keys.tip("Click sorts, with Shift by this one too; drag moves; right click filters", "orders.columns")
        self.model.set_title_hint(hint)
        for widget, act, words in (
            (self.amend, AMEND, "Modify the selected order: a power order on the ladder, an FX order in its ticket"),
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
        return {
            "filter": self.filter.text(),
            "only_working": self.only_working.isChecked(),
            "only_own": self.bar.only_own.isChecked(),
            "only_linked": self.only_linked.isChecked(),
            "widths": self.view.column_widths(),
            **self.view.choice.state(),
            **self._rows.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._rows.restore(state)
        self.only_working.setChecked(bool(state.get("only_working", False)))
        self.bar.only_own.setChecked(bool(state.get("only_own", False)))
        self.only_linked.setChecked(bool(state.get("only_linked", False)))
        self.filter.setText(str(state.get("filter", "")))
        self.view.choice.restore(state)
        self.view.set_column_widths(dict(state.get("widths", {})))
        self.view.arrange_columns()
        self.choosing.show_titles()
        self._filter_changed()

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(1000, 320)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._painted = True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._painted = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pill.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._copying is not None:
            self._copying = None
            self._say_summary()
        else:
            self.filter.key_in_rows(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        titles = self.view.titles
        at = titles.mapFromGlobal(event.globalPos())
        if titles.rect().contains(at):
            self.choosing.popup_title_menu(titles.logicalIndexAt(at), event.globalPos())
        elif self.view.currentIndex().isValid():
            popup_menu(self, self._row_entries(self.view.currentIndex().row()), event.globalPos())

    # Within

    def _build(self) -> None:
        self.view.setAccessibleName("Orders")
        self.view.chosen.connect(self._choose)
        self.view.rescue_asked.connect(self._rescue)
        self.view.copy_asked.connect(self._copy)
        self.view.selectionModel().selectionChanged.connect(self._name_acts)
        self.view.selectionModel().currentRowChanged.connect(self._name_acts)
        self.view.verticalScrollBar().valueChanged.connect(self._say_summary)
        self.choosing.rearranged.connect(self._rearrange)
        self.choosing.refolded.connect(lambda: self._keeper.keeping(self.model.refold))
        self.filter.left.connect(lambda: self.view.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.filter.entered.connect(self._to_first_row)
        self.bar.filter_changed.connect(self._filter_changed)
        self.bar.export_asked.connect(lambda: self.act_requested.emit(EXPORT))
        self.amend.clicked.connect(lambda: self.act_requested.emit(AMEND))
        self.cancel.clicked.connect(lambda: self.act_requested.emit(CANCEL))
        self.summary.setAccessibleName("Summary")
        self.summary.elide()
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 4, 6, 4)
        foot.setSpacing(6)
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.amend)
        foot.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        bar = self.bar
        switches = (bar.only_working, bar.only_own, bar.only_linked)
        order = (self.filter, *switches, bar.group, bar.export, bar.all, self.view)
        for one, other in zip((*order, self.amend), (*order[1:], self.amend, self.cancel), strict=True):
            self.setTabOrder(one, other)
        self.setFocusProxy(self.view)
        self._name_acts()

    def _row_entries(self, row: int) -> list[Entry]:
        alive = self._alive()
        doubted = [order for order in alive if order.status is OrderStatus.IN_DOUBT]
        hibernated = bool(alive) and alive[0].status is OrderStatus.HIBERNATED
        line = self.model.line(row)
        foldable = line is not None and (line < 0 or self._rows.arrangement.header_of(line) is not None)
        return [
            *(
                (self._keys.entry(words, act), partial(self.act_requested.emit, act), possible)
                for words, act, possible in (
                    ("Modify…", AMEND, self.amend.isEnabled()),
                    (self.cancel.text(), CANCEL, self.cancel.isEnabled()),
                    ("Activate" if hibernated else "Hibernate", HIBERNATE, bool(alive)),
                    ("Ask the venue", ASK, bool(doubted)),
                    ("Decide by hand…", DECIDE, len(doubted) == 1),
                )
            ),
            ("Show its contract\tEnter", lambda: self._choose(row), self.model.order(row) is not None),
            (self._keys.entry("Fold or unfold", "orders.fold"), self.choosing.toggle_fold, foldable),
            ("Copy\tCtrl+C", self._copy, True),
        ]

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        market, now = self._market, self._clock.now
        self._cells.now = now
        seen = (market.blotter.revision, market.status_revision, market.contracts_revision)
        second, ticked = now.utc // SECOND, now.utc // SECOND != self._second
        if seen != self._seen or ticked or self._rows.facts.behind:
            before, self._seen, self._second = self._seen, seen, second
            self._name_zone()
            self._name_standing()
            if seen[2:] != before[2:]:
                self._name_filter()
            if self._keeper.keeping(self.model.refresh):
                facts = self._rows.facts
                self.view.set_figures(facts.instruments.price_decimals, facts.quantity_figures)
                self._summarise()
                self._name_acts()
            if seen[1:] != before[1:]:
                self.model.repaint_all()
            elif ticked and not self.view.isColumnHidden(Col.LIFETIME):
                self.model.repaint_countdowns(self.view.visible_rows())
        if self.model.news:
            self.model.see(self.view.visible_rows(), self.view.currentIndex().row(), now.monotonic)
        self.pill.tell(self.model.unseen_above(self.view.visible_rows().start))
        if self._copying is not None:
            self._copy_on()

    def _rearrange(self) -> None:
        self._keeper.keeping(self.model.rearrange)
        self._name_standing()
        self._summarise()
        self._name_acts()

    def _name_zone(self) -> None:
        now = self._clock.now.utc
        zone = self._cells.zone = zone_of_all(key.area for key in self._rows.facts.instruments.keys)
        for column, title in ((Col.TIME, "Time"), (Col.CHANGED, "Changed")):
            self.view.titles.set_title(column, f"{title} {zone_span(UtcNs(now - 24 * HOUR), now, zone)}")

    def _name_standing(self) -> None:
        only = self._group.contract if self.only_linked.isChecked() else None
        standing = feed_standing(self._market, Feed.OWN_ORDERS, only)
        self.standing.show_standing(standing, MAY_DIFFER)
        self.view.set_empty_text(self._empty_text(standing))

    def _empty_text(self, standing: Standing) -> str:
        if self.only_linked.isChecked() and self._group.contract is None:
            return f"No contract is chosen in link group {self._group.number}"
        if len(self._market.blotter) and self._rows.arrangement.chosen.active:
            return f"None of {grouped(len(self._market.blotter))} orders passes the filter"
        return "No orders" if standing.live else "No orders received"

    def _name_filter(self) -> None:
        self.only_linked.set_words(f"Only {self._group.chosen_words(self._market)}")

    @property
    def _out_of_sight(self) -> bool:
        rows, sight = self._acted_rows, self.view.rows_in_sight()
        return len(rows) > 0 and not np.any((rows >= sight.start) & (rows < sight.stop))

    def _summarise(self) -> None:
        """Adds up what is shown."""
        found = totals(self._rows.facts, self._rows.arrangement.shown)
        self._totals = totals_text(found, len(self._market.blotter))

    def _say_summary(self) -> None:
        """The totals of what is shown; before them what acts are for, which may be scrolled out of sight, and how far a
        long list is read, or copied."""
        facts, words = self._rows.facts, self._totals
        if self._acted_on:
            where = ", out of sight" if self._out_of_sight else ""
            words = f"{grouped(self._acted_on)} selected{where} · {words}"
        if self._copying is not None:
            of = self._copying.done + self._copying.left
            words = f"Copying {grouped(self._copying.done)} of {grouped(of)} rows, Esc ends it · {words}"
        if facts.sweeping:
            words = f"Reading {grouped(len(facts))} of {grouped(len(self._market.blotter))} · {words}"
        elif facts.behind:
            words = f"{grouped(facts.behind)} changes to be read · {words}"
        self.summary.say(words)

    def _chosen_numbers(self) -> Integers:
        """The orders that acts are for, a colleague's among them: a hundred thousand may be selected."""
        return self._rows.acted_on(self.model.lines[self.view.selected_rows()])

    def _name_acts(self) -> None:
        rows = self.view.selected_rows()
        living, stand_for = self._rows.acting(self.model.lines[rows])
        alive = self._acted_on = len(living)
        self._acted_rows = rows[stand_for]
        self.cancel.setEnabled(alive > 0)
        self.amend.setEnabled(alive == 1)
        self.cancel.setText(f"Cancel {alive}" if alive > 1 else "Cancel")
        self._say_summary()

    def _filter_changed(self) -> None:
        self.view.drop_selection()
        chosen = self._rows.arrangement.chosen
        chosen.needle = self.filter.text()
        chosen.only_working = self.only_working.isChecked()
        chosen.only_own = self.bar.only_own.isChecked()
        chosen.only_contract = self.only_linked.isChecked()
        chosen.contract = self._group.contract
        self._rearrange()

    def _contract_changed(self) -> None:
        self._name_filter()
        if self.only_linked.isChecked():
            self._filter_changed()

    def _to_first_row(self) -> None:
        self.view.go_to_first()
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choose(self, row: int) -> None:
        """An order's contract for the link group; a header is folded or unfolded."""
        order, line = self.model.order(row), self.model.line(row)
        if order is not None:
            self._group.choose(order.key)
        elif line is not None:
            self.choosing.toggle_fold()

    def _rescue(self, row: int) -> None:
        """Cancels the leg that a broken pair has left: it is selected first, so that it is seen what is cancelled."""
        line = self.model.line(row)
        result = None if line is None else pair_of(self._rows, line)
        order = None if result is None else survivor_of(result)
        if order is None:
            return
        number = self._market.blotter.number_of((order.connection, order.client_id))
        leg = self.model.row_of_line(number)
        if leg is None and line is not None:
            self.choosing.toggle_fold()
            leg = self.model.row_of_line(number)
        if leg is not None:
            self.view.selectRow(leg)
            self.act_requested.emit(CANCEL)

    def _copy(self) -> None:
        """The selected rows, else the current one, as they are seen: cells parted by tabs."""
        facts, columns = self._rows.facts, self.view.choice.shown
        lines = self.model.lines[self.view.selected_rows()]
        orders = [order for line in lines.tolist() if line >= 0 and (order := facts.orders[line]).ours]
        if orders:
            self._copying = Copying(orders, columns, self._cells)
            self._copy_on()
        elif self.view.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self.model.row_text(self.view.currentIndex().row(), columns))

    def _copy_on(self) -> None:
        assert self._copying is not None
        self._copying.step()
        if not self._copying.left:
            QGuiApplication.clipboard().setText(self._copying.text)
            self._copying = None
        self._say_summary()

    def _alive(self) -> list[Order]:
        return [order for order in self.selected() if not order.status.over]
