"""The trade tape: newest first, a million rows, and the row under inspection never runs away."""

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from protocols.market.events import Feed
from protocols.market.instruments import ContractKey
from protocols.market.state import MarketState, Standing
from protocols.market.times import HOUR, MINUTE, UtcNs
from widgets.delivery import zone_of_all, zone_span
from widgets.feeds import feed_standing
from widgets.fields import Toggle
from widgets.figures import grouped
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.tape.rows import TapeRows
from widgets.tape.source import TapeSource, side_to_choose
from widgets.tape.totals import TapeTotals, totals_text
from widgets.theme import Theme
from widgets.wording import PlainLabel, StandingStrip, plain_tip

FLASH_AT_MOST = 100
"""More trades than this in one frame are a backlog, not news: they don't flash."""

MAY_MISS = "newer trades and recalls may be missing"


class TradeTape(QWidget):
    """Trades of all contracts, or of the link group's only. Enter or a double click sets the group's contract."""

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
        self._keys = NO_KEYS
        self._flashing = True
        self._new = 0
        self._seen: tuple[int, ...] = ()
        self._minute = -1
        self._contracts_seen = -1
        self._rows = TapeRows(market.tape)
        self._totals = TapeTotals(market.tape, market.contracts)
        self._source = TapeSource(market, self._rows, clock, theme.flash_ms)
        self.grid = GridView(self._source, theme, self)
        self.grid.setAccessibleName("Trade tape")
        self.only_linked = Toggle(theme, self)
        self.pill = QPushButton(self.grid)
        self.standing = StandingStrip(theme, self)
        self.footer = PlainLabel("", self)
        self._build()
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window uses

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._source.flash_ms = theme.flash_ms
        self.grid.set_theme(theme)
        self.standing.set_theme(theme)
        self.footer.setFont(theme.ui_font(theme.sizes.font_title))
        self.only_linked.set_theme(theme)
        self.pill.setFont(theme.ui_font(theme.sizes.font_title))
        self.pill.setStyleSheet(
            f"QPushButton {{ background: {theme.accent.name()}; color: {theme.text_inverse.name()};"
            f" border: none; border-radius: 10px; min-height: 20px; padding: 0 12px; }}"
            f"QPushButton:focus {{ border: 2px solid {theme.text.name()}; }}"
        )
        self._place_pill()

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of the tape's acts are written."""
        self._keys = keys
        self._name_filter()

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)

    def set_flashing(self, on: bool) -> None:
        self._flashing = on
        if not on:
            self._source.flashing.clear()
            self.grid.update_all()

    def toggle_linked(self) -> None:
        """All contracts, or the link group's only."""
        self.only_linked.toggle()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        return {"only_linked": self.only_linked.isChecked(), "columns": self.grid.column_widths()}

    def restore(self, state: dict[str, Any]) -> None:
        self.only_linked.setChecked(bool(state.get("only_linked", False)))
        self.grid.set_column_widths(dict(state.get("columns", {})))

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(620, 420)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh(flash=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_pill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._place_pill()

    # Within

    def _build(self) -> None:
        self.only_linked.toggled.connect(self._filter_changed)
        self.pill.setToolTip("Back to the newest trade (Home)")
        self.pill.setCursor(Qt.CursorShape.PointingHandCursor)
        self.pill.hide()
        self.pill.clicked.connect(self._to_newest)
        self.grid.activated.connect(self._choose)
        self.grid.double_clicked.connect(self._choose)
        self.grid.scrolled.connect(self._scrolled)
        self.footer.setAccessibleName("Totals")
        self.footer.setContentsMargins(8, 3, 8, 3)
        self.footer.elide()
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 3, 0, 3)
        bar.setSpacing(4)
        bar.addWidget(self.only_linked)
        bar.addWidget(self.standing, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.grid, 1)
        column.addWidget(self.footer)
        self.setTabOrder(self.only_linked, self.grid)
        self.setTabOrder(self.grid, self.pill)
        self.setFocusProxy(self.grid)

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh(flash=True)

    def _refresh(self, flash: bool) -> None:
        market, now = self._market, self._clock.now
        if self._source.flashing:
            self._fade(now.monotonic)
        minute = now.utc // MINUTE
        seen = (
            market.tape.revision,
            market.status_revision,
            market.contracts_revision,
            # The venue may tell of our side before or after the public trade.
            market.positions.revision,
        )
        if seen == self._seen and minute == self._minute and not self._totals.behind:
            return
        if seen != self._seen or minute != self._minute:
            self._name_zone()
            self._name_standing()
            self._name_filter()
        if market.contracts_revision != self._contracts_seen:
            self._contracts_seen = market.contracts_revision
            if any(not group.price_unit for group in self._totals.of_all()):
                self._totals.restart()
        if self._seen and seen[-1] != self._seen[-1]:
            self.grid.update_all()
        if seen != self._seen:
            self._take_rows(flash and self._flashing)
        self._seen, self._minute = seen, minute
        self._totals.advance()
        self._show_totals()

    def _take_rows(self, flash: bool) -> None:
        news = self._rows.advance()
        if flash and len(news) <= FLASH_AT_MOST:
            self._source.flashing.update(dict.fromkeys(news, self._clock.now.monotonic))
        if not self.grid.at_top:
            self._new += len(news)
        self.grid.insert_on_top(len(news), self._rows.count)
        self._show_pill()

    def _fade(self, now: float) -> None:
        flashing = self._source.flashing
        for number, began in list(flashing.items()):
            row = self._rows.row_of(number)
            if row is not None:
                self.grid.update_row(row)
            if (now - began) * 1000 >= self._theme.flash_ms:
                del flashing[number]

    def _name_zone(self) -> None:
        key, now = self._only(), self._clock.now.utc
        areas = [key.area] if key is not None else (contract.area for contract in self._market.contracts)
        zone = self._source.zone = zone_of_all(areas)
        self.grid.header.set_title("time", f"Time {zone_span(UtcNs(now - 24 * HOUR), now, zone)}")

    def _only(self) -> ContractKey | None:
        return self._group.contract if self.only_linked.isChecked() else None

    def _name_standing(self) -> None:
        standing = feed_standing(self._market, Feed.TRADES, self._only())
        self.standing.show_standing(standing, MAY_MISS)
        self.grid.set_empty_text(self._empty_text(standing))
        self.grid.update_all()

    def _empty_text(self, standing: Standing) -> str:
        if self.only_linked.isChecked() and self._group.contract is None:
            return f"No contract is chosen in link group {self._group.number}"
        return "No trades yet" if standing.live else "No trades received"

    def _name_filter(self) -> None:
        name, one = self._group.chosen_words(self._market), self.only_linked.isChecked()
        self.only_linked.set_words(f"Only {name}" if one else "All contracts")
        does = "Show all contracts" if one else f"Show only {name}"
        self.only_linked.setToolTip(plain_tip(self._keys.tip(does, "tape.linked")))
        self.only_linked.setAccessibleName(f"Trades of {name} only" if one else "Trades of all contracts")

    def _show_totals(self) -> None:
        one = self.only_linked.isChecked()
        text = totals_text(self._totals.of_contract() if one else self._totals.of_all())
        behind = self._totals.behind
        self.footer.say(f"counting, {grouped(behind)} to go … {text}" if behind else text)

    def _filter_changed(self) -> None:
        key = self._group.contract
        if self.only_linked.isChecked():
            self._rows.show_only(key)
            self._totals.choose(key)
        else:
            self._rows.show_all()
        self._name_filter()
        self._new = 0
        self.grid.set_current(-1, show=False)
        self.grid.set_count(self._rows.count)
        self.grid.to_top()
        self.grid.update_all()
        self._show_pill()
        self._seen = ()
        if self.isVisible():
            self._refresh(flash=False)

    def _contract_changed(self) -> None:
        if self.only_linked.isChecked():
            self._filter_changed()
        else:
            self._name_filter()

    def _choose(self, row: int) -> None:
        trade = self._rows.trade(row)
        key = side_to_choose(trade, self._group.contract) if trade is not None else None
        if key is not None:
            self._group.choose(key)

    def _to_newest(self) -> None:
        self.grid.to_top()
        self.grid.setFocus()

    def _scrolled(self) -> None:
        above = self.grid.visible_rows().start
        self._new = 0 if self.grid.at_top else min(self._new, above)
        self._show_pill()

    def _show_pill(self) -> None:
        self.pill.setVisible(self._new > 0)
        if self._new:
            text = f"▲ {grouped(self._new)} new"
            if text != self.pill.text():
                self.pill.setText(text)
                self.pill.setAccessibleName(f"{self._new} new trades, back to the newest")
                self._place_pill()

    def _place_pill(self) -> None:
        self.pill.adjustSize()
        self.pill.move((self.grid.width() - self.pill.width()) // 2, self.grid.header.height() + 6)
        self.pill.raise_()
