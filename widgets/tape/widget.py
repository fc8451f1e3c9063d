"""The trade tape: newest first, a million rows, and the row under inspection never runs away."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from protocols.market.events import Feed
from protocols.market.form_text import TextRefused
from protocols.market.instruments import ContractKey
from protocols.market.state import MarketState, Standing
from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.market.values import Side
from widgets.delivery import zone_of_all, zone_span
from widgets.elsewhere import tape_words
from widgets.feeds import feed_standing
from widgets.figures import grouped
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.grid.table import TableShell
from widgets.key_texts import KeyTexts
from widgets.link_group import LinkGroup
from widgets.sheet import Sheet
from widgets.tape.bar import TapeBar
from widgets.tape.bell import Bell
from widgets.tape.columns import BOUGHT, OWN, SOLD
from widgets.tape.filter import TapeFilter, filter_from_text
from widgets.tape.inspection import Inspection
from widgets.tape.pill import Pill
from widgets.tape.rows import News, TapeRows
from widgets.tape.sheet import HEADINGS, KINDS, NewestFirst, TapeSheetRows
from widgets.tape.source import TapeSource, side_to_choose
from widgets.tape.totals import totals_text
from widgets.theme import Theme

FLASH_AT_MOST = 100
"""More trades than this in one frame are a backlog, not news: they don't flash, and none of them is heard."""

MAY_MISS = "newer trades and recalls may be missing"

_NOTHING = TapeFilter(least=1, most=0)
"""While it can't be told what the filter means."""


class TradeTape(QWidget):
    """Trades of all contracts, or those that pass the filter. Enter or a double click sets the group's contract."""

    export_requested = Signal()
    """The trader wants the trades that are shown in a file; `sheet` has them."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        ring: Callable[[], object] = QApplication.beep,
    ) -> None:
        """`ring` makes the sound of trades that are to be heard."""
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._bell = Bell(ring)
        self._flashing = True
        self._seen: tuple[int, ...] = ()
        self._minute = -1
        self._problem = ""
        self._rows = TapeRows(market.tape, market.contracts)
        self._source = TapeSource(market, self._rows, clock, theme.flash_ms)
        self.bar = TapeBar(theme, self)
        self.filter, self.only_linked, self.merged = self.bar.filter, self.bar.only_linked, self.bar.merged
        self.standing = self.bar.standing
        self.grid = GridView(self._source, theme, self)
        self._shell = TableShell(self, self.grid, self.filter, self.standing)
        self.footer = self._shell.footer
        self.pill = Pill(self.grid)
        self._inspection = Inspection(self.grid, self._rows, self.pill)
        self._build()
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window uses

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._source.flash_ms = theme.flash_ms
        self._shell.set_theme(theme)
        self.bar.set_theme(theme)
        self.pill.set_theme(theme)

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of the tape's acts are written."""
        self.bar.set_keys(keys)
        self._name_linked()

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)

    def set_flashing(self, on: bool) -> None:
        self._flashing = on
        if not on:
            self._source.flashing.clear()
            self.grid.update_all()

    def begin_filter(self) -> None:
        self.filter.begin()

    def toggle_linked(self) -> None:
        """All contracts, or the link group's only."""
        self.only_linked.toggle()

    def toggle_merged(self) -> None:
        """Equal trades as one row, or each by itself."""
        self.merged.toggle()

    def open_sizes(self) -> None:
        self.bar.open_sizes()

    def sheet(self) -> Sheet:
        """The trades that are shown, newest first and each by itself, to be exported."""
        tape = self._market.tape
        trades = NewestFirst(tape.copy(), tape.first, self._rows.trade_numbers())
        source, is_own = self._source, self._market.positions.is_own
        return Sheet("trades", HEADINGS, TapeSheetRows(trades, source.contract, is_own, source.zone), KINDS)

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        return {
            **self._shell.state(),
            "only_linked": self.only_linked.isChecked(),
            "merged": self.merged.isChecked(),
            "sizes": self.bar.sizes.sizes.texts(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._shell.restore(state)
        self.only_linked.setChecked(bool(state.get("only_linked", False)))
        self.merged.setChecked(bool(state.get("merged", False)))
        self.bar.sizes.set_texts({name: str(text) for name, text in dict(state.get("sizes", {})).items()})

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(620, 420)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh(news=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pill.place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.pill.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.filter.key_in_rows(event)

    # Within

    def _build(self) -> None:
        self._shell.set_names("Trade tape", "Totals")
        self._shell.on_chosen(self._choose)
        self.bar.changed.connect(self._choose_rows)
        self.bar.export_requested.connect(self.export_requested)
        self.pill.clicked.connect(self._to_newest)
        self.grid.scrolled.connect(self._scrolled)
        self._shell.stack(self.bar, self.grid)
        self._shell.chain_tabs(self.bar.tab_order[-1], self.grid, self.pill)

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh(news=True)

    def _refresh(self, news: bool) -> None:
        """`news` when what comes now is new, not only new here."""
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
        before = self._seen or (-1,) * len(seen)
        if seen == before and minute == self._minute and not self._rows.behind:
            return
        self._seen, self._minute = seen, minute
        if seen[2] != before[2]:
            self._inspection.choose(self._rows.contracts_listed)
        if seen[3] != before[3]:
            self._rows.set_own(self._own_marks())
        self._take_rows(news)
        self._name_zone()
        self._name_standing()
        self._name_linked()
        self._show_totals()

    def _own_marks(self) -> dict[tuple[str, str], int]:
        marks: dict[tuple[str, str], int] = {}
        for trade in self._market.positions.trades():
            name = trade.connection, trade.identifier
            marks[name] = marks.get(name, 0) | OWN | (BOUGHT if trade.side is Side.BUY else SOLD)
        return marks

    def _take_rows(self, told: bool) -> None:
        news = self._inspection.advance()
        if told and len(news.rows) <= FLASH_AT_MOST:
            self._tell(news)

    def _tell(self, news: News) -> None:
        source, now = self._source, self._clock.now.monotonic
        if self._flashing:
            source.flashing.update(dict.fromkeys((*news.rows, *news.grown), now))
        heard = self.bar.sizes.sizes.heard
        if heard is None:
            return
        tape = self._market.tape
        for number in (*news.rows, *news.grown):
            if number < tape.first or source.size(number) < heard:
                continue
            trade = tape.row(number)
            if trade.state.stands and source.standing(trade).live:
                self._bell.strike(now)

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
        elsewhere = tape_words(self._market.instrument(self._only()))
        if elsewhere:
            self.standing.say(elsewhere)
        else:
            self.standing.show_standing(standing, MAY_MISS)
        self.grid.set_empty_text(elsewhere or self._empty_text(standing))
        self.grid.update_all()

    def _empty_text(self, standing: Standing) -> str:
        if self._problem:
            return self._problem
        if self.only_linked.isChecked() and self._group.contract is None:
            return f"No contract is chosen in link group {self._group.number}"
        if len(self._market.tape) and (self.filter.text().strip() or self.bar.sizes.sizes.least is not None):
            return "No trade passes the filter"
        return "No trades yet" if standing.live else "No trades received"

    def _name_linked(self) -> None:
        self.bar.only_linked.name_contract(self._group.chosen_words(self._market))

    def _show_totals(self) -> None:
        text, behind = totals_text(self._rows.totals()), self._rows.behind
        self.footer.say(f"counting, {grouped(behind)} to go … {text}" if behind else text)

    def _choose_rows(self, elsewhere: bool = False) -> None:
        """Shows what the filter, the switches and the sizes say; of another contract (`elsewhere`) the newest."""
        sizes = self.bar.sizes.sizes
        try:
            chosen, self._problem = filter_from_text(self.filter.text()), ""
        except TextRefused as refused:
            chosen, self._problem = _NOTHING, str(refused)
        chosen, linked, merged = chosen.with_least(sizes.least), self.only_linked.isChecked(), self.merged.isChecked()
        self._source.stands_out = sizes.stands_out
        self._inspection.choose(
            lambda: self._rows.choose(chosen, linked, self._group.contract, merged),
            elsewhere,
        )
        self._name_linked()
        self._seen = ()
        if self.isVisible():
            self._refresh(news=False)

    def _contract_changed(self) -> None:
        if self.only_linked.isChecked():
            self._choose_rows(elsewhere=True)
        else:
            self._name_linked()

    def _choose(self, row: int) -> None:
        trade = self._rows.trade(row)
        key = side_to_choose(trade, self._group.contract) if trade is not None else None
        if key is not None:
            self._group.choose(key)

    def _to_newest(self) -> None:
        self.grid.to_top()
        self.grid.setFocus()

    def _scrolled(self) -> None:
        self.pill.passed(0 if self.grid.at_top else self.grid.visible_rows().start)
