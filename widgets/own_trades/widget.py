"""The own trades: one by one, newest first, or by contract with totals; filtered, copied, exported."""

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from protocols.market.events import Feed
from protocols.market.order_events import OwnTrade
from protocols.market.state import MarketState
from protocols.market.times import HOUR, MINUTE, UtcNs
from widgets.buttons import button_sheet
from widgets.delivery import zone_of_all, zone_span
from widgets.feeds import feed_standing
from widgets.fields import FilterField, Toggle
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.own_trades.rows import OwnTradeRows
from widgets.own_trades.source import OwnTradeSource
from widgets.own_trades.totals import footer_text
from widgets.sheet import Sheet
from widgets.theme import Theme
from widgets.wording import PlainLabel, StandingStrip, plain_tip

FILTER_TIP = "Show only trades with these words: contract, area, side, comment"
MAY_MISS = "newer own trades and recalls may be missing"


class OwnTrades(QWidget):
    """What we traded. Enter or a double click on a trade sets the link group's contract, on a header folds it."""

    export_requested = Signal()
    """The trader wants the trades that are shown in a file; `sheet` has them."""

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
        self._rows = OwnTradeRows(market.contracts.get)
        self._source = OwnTradeSource(market, self._rows)
        self.grid = GridView(self._source, theme, self)
        self.filter = FilterField("own_trades.filter", "Filter own trades", FILTER_TIP, self)
        self.by_contract = Toggle(theme, self)
        self.only_linked = Toggle(theme, self)
        self.export = QPushButton("Export…", self)
        self.standing = StandingStrip(theme, self)
        self.footer = PlainLabel("", self)
        self._build()
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window uses

    def set_theme(self, theme: Theme) -> None:
        self.grid.set_theme(theme)
        self.filter.set_theme(theme)
        self.standing.set_theme(theme)
        self.by_contract.set_theme(theme)
        self.only_linked.set_theme(theme)
        self.footer.setFont(theme.ui_font(theme.sizes.font_title))
        self.export.setFont(theme.ui_font(theme.sizes.font_title))
        self.export.setStyleSheet(button_sheet(theme))
        self.export.setFixedHeight(theme.sizes.row_height)

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)

    def set_keys(self, keys: KeyTexts) -> None:
        """Names the keys of the acts `own_trades.…` in the tool tips."""
        self._keys = keys
        self.filter.set_keys(keys)
        self.by_contract.setToolTip(keys.tip("One by one, or by contract with totals", "own_trades.by_contract"))
        self.export.setToolTip(keys.tip("Write the trades that are shown into a file", "own_trades.export"))
        self._name_filter()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        return {
            "filter": self.filter.text(),
            "by_contract": self.by_contract.isChecked(),
            "only_linked": self.only_linked.isChecked(),
            "columns": self.grid.column_widths(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.by_contract.setChecked(bool(state.get("by_contract", False)))
        self.only_linked.setChecked(bool(state.get("only_linked", False)))
        self.filter.setText(str(state.get("filter", "")))
        self.grid.set_column_widths(dict(state.get("columns", {})))

    def sheet(self) -> Sheet:
        """The trades that pass the filter, exact, to be exported."""
        return self._source.sheet()

    def begin_filter(self) -> None:
        self.filter.begin()

    def toggle_by_contract(self) -> None:
        self.by_contract.toggle()

    def toggle_linked(self) -> None:
        self.only_linked.toggle()

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(760, 360)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.filter.text():
            self.filter.clear()
        else:
            event.ignore()

    # Within

    def _build(self) -> None:
        self.grid.setAccessibleName("Own trades")
        self.grid.activated.connect(self._act)
        self.grid.double_clicked.connect(self._act)
        self.filter.setMaximumWidth(220)
        self.filter.textChanged.connect(self._rebuild)
        self.filter.left.connect(self.grid.setFocus)
        self.filter.entered.connect(self._to_first)
        self.by_contract.set_words("By contract")
        self.by_contract.setAccessibleName("By contract, with totals")
        self.by_contract.toggled.connect(self._grouping_changed)
        self.only_linked.toggled.connect(self._rebuild)
        self.export.clicked.connect(self.export_requested)
        self.export.setAccessibleName("Export own trades")
        self.footer.setAccessibleName("Totals of own trades")
        self.footer.setContentsMargins(8, 3, 8, 3)
        self.footer.elide()
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 3, 6, 3)
        bar.setSpacing(6)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.by_contract)
        bar.addWidget(self.only_linked)
        bar.addWidget(self.standing, 1)
        bar.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.grid, 1)
        column.addWidget(self.footer)
        for one, other in pairwise((self.filter, self.by_contract, self.only_linked, self.export, self.grid)):
            self.setTabOrder(one, other)
        self.setFocusProxy(self.grid)

    def _to_first(self) -> None:
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.grid.set_current(0)

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        market = self._market
        seen = (
            market.positions.revision,
            market.status_revision,
            market.contracts_revision,
            self._clock.now.utc // MINUTE,
        )
        if seen == self._seen:
            return
        before, self._seen = self._seen, seen
        if not before or seen[0] != before[0] or seen[2] != before[2]:
            self._take_rows()
        self._name_zone()
        self._name_standing()
        self._name_filter()
        self.grid.update_all()

    def _take_rows(self) -> None:
        """Builds the rows anew and keeps the current one, and what is in view, where they are."""
        rows, grid = self._rows, self.grid
        current = rows.rows[grid.current].name if 0 <= grid.current < len(rows.rows) else None
        top = grid.visible_rows().start
        held = rows.rows[top].name if not grid.at_top and top < len(rows.rows) else None
        y = grid.row_rect(top).top()
        rows.build(self._market.positions.trades(), self._passes)
        grid.set_count(len(rows.rows))
        grid.set_current(-1 if current is None else rows.index_of(current), show=False)
        if held is not None and (place := rows.index_of(held)) >= 0:
            grid.scroll_row_to(place, y)
        self.footer.say(footer_text(rows.shown, self._market.contracts))
        grid.update_all()

    def _passes(self, trade: OwnTrade) -> bool:
        if self.only_linked.isChecked() and trade.key != self._group.contract:
            return False
        words = self.filter.text().casefold().split()
        if not words:
            return True
        contract = self._market.contracts.get(trade.key)
        name = contract.name if contract is not None else trade.key.contract_id
        bought = "bought buy" if trade.side.value == "Buy" else "sold sell"
        text = " ".join((name, trade.key.area, bought, trade.state.value, trade.comment, trade.connection)).casefold()
        return all(word in text for word in words)

    def _rebuild(self) -> None:
        self._take_rows()
        self._name_filter()
        self._name_standing()

    def _grouping_changed(self, by_contract: bool) -> None:
        self._rows.by_contract = by_contract
        self._rebuild()

    def _contract_changed(self) -> None:
        if self.only_linked.isChecked():
            self._rebuild()
        else:
            self._name_filter()

    def _act(self, row: int) -> None:
        shown = self._rows.rows[row]
        if shown.trade is None:
            self._rows.toggle(shown.key)
            self._take_rows()
        else:
            self._group.choose(shown.key)

    def _name_zone(self) -> None:
        self._source.zone = zone_of_all(trade.key.area for trade in self._rows.shown)
        now = self._clock.now.utc
        self.grid.header.set_title("time", f"Time {zone_span(UtcNs(now - 24 * HOUR), now, self._source.zone)}")

    def _name_standing(self) -> None:
        key = self._group.contract if self.only_linked.isChecked() else None
        standing = feed_standing(self._market, Feed.OWN_TRADES, key)
        self.standing.show_standing(standing, MAY_MISS)
        if self._market.positions.trades():
            self.grid.set_empty_text("No own trade passes the filter")
        else:
            self.grid.set_empty_text("No own trades yet" if standing.live else "No own trades received")

    def _name_filter(self) -> None:
        name = self._group.chosen_words(self._market)
        one = self.only_linked.isChecked()
        tip = "Show all contracts" if one else f"Show only {name}"
        self.only_linked.set_words(f"Only {name}" if one else "All contracts")
        self.only_linked.setToolTip(plain_tip(self._keys.tip(tip, "own_trades.linked")))
        self.only_linked.setAccessibleName(f"Own trades of {name} only" if one else "Own trades of all contracts")
