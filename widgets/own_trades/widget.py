"""The own trades: one by one, newest first, or by contract with totals; filtered, copied, exported."""

from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from protocols.market.events import Feed
from protocols.market.order_events import OwnTrade
from protocols.market.state import MarketState
from protocols.market.times import HOUR, MINUTE, UtcNs
from widgets.buttons import dress_small
from widgets.delivery import zone_of_all, zone_span
from widgets.elsewhere import own_words, power_only
from widgets.feeds import feed_standing
from widgets.fields import FilterField, Toggle
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.grid.table import TableShell, bar_row, rebuild_in_place
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.linked_switch import LinkedSwitch
from widgets.own_trades.rows import OwnTradeRows
from widgets.own_trades.source import OwnTradeSource
from widgets.own_trades.totals import footer_text
from widgets.sheet import Sheet
from widgets.theme import Theme
from widgets.wording import StandingStrip

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
        self.only_linked = LinkedSwitch("own_trades.linked", "Own trades", "all contracts", theme, self)
        self.export = QPushButton("Export…", self)
        self.standing = StandingStrip(theme, self)
        self._shell = TableShell(self, self.grid, self.filter, self.standing)
        self.footer = self._shell.footer
        self._build()
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window uses

    def set_theme(self, theme: Theme) -> None:
        self._shell.set_theme(theme)
        self.by_contract.set_theme(theme)
        self.only_linked.set_theme(theme)
        dress_small(theme, self.export)

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)

    def set_keys(self, keys: KeyTexts) -> None:
        """Names the keys of the acts `own_trades.…` in the tool tips."""
        self.filter.set_keys(keys)
        self.only_linked.set_keys(keys)
        self.by_contract.setToolTip(keys.tip("One by one, or by contract with totals", "own_trades.by_contract"))
        self.export.setToolTip(keys.tip("Write the trades that are shown into a file", "own_trades.export"))
        self._name_filter()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        return {
            **self._shell.state(),
            "by_contract": self.by_contract.isChecked(),
            "only_linked": self.only_linked.isChecked(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.by_contract.setChecked(bool(state.get("by_contract", False)))
        self.only_linked.setChecked(bool(state.get("only_linked", False)))
        self._shell.restore(state)

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
        self.filter.key_in_rows(event)

    # Within

    def _build(self) -> None:
        self._shell.set_names("Own trades", "Totals of own trades")
        self._shell.on_chosen(self._act)
        self.filter.setMaximumWidth(220)
        self.filter.textChanged.connect(self._rebuild)
        self.by_contract.set_words("By contract")
        self.by_contract.setAccessibleName("By contract, with totals")
        self.by_contract.toggled.connect(self._grouping_changed)
        self.only_linked.toggled.connect(self._rebuild)
        self.export.clicked.connect(self.export_requested)
        self.export.setAccessibleName("Export own trades")
        bar = QWidget(self)
        shares = ((self.filter, 1), (self.by_contract, 0), (self.only_linked, 0), (self.standing, 1), (self.export, 0))
        bar_row(bar, shares, spacing=6)
        self._shell.stack(bar, self.grid)
        self._shell.chain_tabs(self.filter, self.by_contract, self.only_linked, self.export, self.grid)

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
        trades = self._market.positions.trades()
        rebuild_in_place(self.grid, lambda: self._rows.rows, lambda: self._rows.build(trades, self._passes))
        totals, elsewhere = footer_text(self._rows.shown, self._market.contracts), power_only(self._market)
        self.footer.say(f"{totals}   ({elsewhere})" if elsewhere else totals)

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
        now = self._source.now = self._clock.now.utc
        self.grid.header.set_title("time", f"Time {zone_span(UtcNs(now - 24 * HOUR), now, self._source.zone)}")

    def _name_standing(self) -> None:
        key = self._group.contract if self.only_linked.isChecked() else None
        standing = feed_standing(self._market, Feed.OWN_TRADES, key)
        elsewhere = own_words(self._market.instrument(key))
        if elsewhere:
            self.standing.say(elsewhere)
            self.grid.set_empty_text(elsewhere)
            return
        self.standing.show_standing(standing, MAY_MISS)
        if self._market.positions.trades():
            self.grid.set_empty_text("No own trade passes the filter")
        else:
            self.grid.set_empty_text("No own trades yet" if standing.live else "No own trades received")

    def _name_filter(self) -> None:
        self.only_linked.name_contract(self._group.chosen_words(self._market))
