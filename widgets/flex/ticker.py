"""The flexibility tape: what the ticker told, newest first. Trades and expired orders are two kinds, never mixed up."""

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from protocols.market.events import Feed
from protocols.market.flex import AREA, POWER_UNIT, PRICE_UNIT, delivery_of
from protocols.market.instruments import InstrumentSpec, window_key
from protocols.market.state import NEVER_SEEN, MarketState, Standing
from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.market.values import Price, Quantity
from widgets.delivery import zone_span
from widgets.fields import FilterField, Toggle
from widgets.flex.ticker_rows import Kind, TickerFilter, TickerRows
from widgets.flex.ticker_source import TickerSource
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.grid.table import TableShell, bar_row
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.linked_switch import LinkedSwitch
from widgets.tape.pill import Pill
from widgets.theme import Theme
from widgets.wording import StandingStrip, plain_tip

FILTER_TIP = "Show only rows with these words: window, country, location, connection, trade, expired"
MAY_MISS = "newer trades and expiries may be missing"
_PLAIN = InstrumentSpec(Price(1), Quantity(1), 0, 0, PRICE_UNIT, POWER_UNIT)
"""How totals are written before a market was described."""


class FlexTicker(QWidget):
    """Enter or a double click sets the link group's delivery window."""

    def __init__(
        self, market: MarketState, clock: FrameClock, group: LinkGroup, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._kind = Kind.ALL
        self._seen: tuple[int, ...] = ()
        self._rows = TickerRows(market.flex.tape)
        self._source = TickerSource(market, self._rows)
        self.grid = GridView(self._source, theme, self)
        self.pill = Pill(self.grid)
        self.filter = FilterField("ticker.filter", "Filter the flexibility tape", FILTER_TIP, self)
        self.kind = Toggle(theme, self)
        self.only_linked = LinkedSwitch("ticker.linked", "The tape", "all windows", theme, self)
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
        for themed in (self._shell, self.pill, self.kind, self.only_linked):
            themed.set_theme(theme)

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)

    def set_keys(self, keys: KeyTexts) -> None:
        """Names the keys of the acts `ticker.…` in the tool tips."""
        self.filter.set_keys(keys)
        self.only_linked.set_keys(keys)
        tip = "Trades and expiries, trades only, expiries only: an expiry is an order that nobody took"
        self.kind.setToolTip(plain_tip(keys.tip(tip, "ticker.kind")))
        self._name_switches()

    def begin_filter(self) -> None:
        self.filter.begin()

    def next_kind(self) -> None:
        """Both kinds, trades only, expiries only."""
        self._kind = self._kind.next
        self.kind.setChecked(self._kind is not Kind.ALL)
        self._choose_rows()

    def toggle_linked(self) -> None:
        self.only_linked.toggle()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        return {
            **self._shell.state(),
            "kind": self._kind.name,
            "only_linked": self.only_linked.isChecked(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._kind = Kind.__members__.get(str(state.get("kind")), Kind.ALL)
        self.kind.setChecked(self._kind is not Kind.ALL)
        self.only_linked.setChecked(bool(state.get("only_linked", False)))
        self._shell.restore(state)
        self._choose_rows()

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(680, 360)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._seen = ()
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pill.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.filter.key_in_rows(event)

    # Within

    def _build(self) -> None:
        self._shell.set_names("Flexibility tape", "Totals of the flexibility tape")
        self._shell.on_chosen(self._choose)
        self.grid.scrolled.connect(lambda: self.pill.passed(self._above()))
        self.filter.setMaximumWidth(220)
        self.filter.textChanged.connect(self._choose_rows)
        self.kind.clicked.connect(self.next_kind)
        self.only_linked.toggled.connect(self._choose_rows)
        self.pill.clicked.connect(self._to_newest)
        bar = QWidget(self)
        bar_row(bar, ((self.filter, 2), (self.kind, 0), (self.only_linked, 0), (self.standing, 1)), spacing=4)
        self._shell.stack(bar, self.grid)
        self._shell.chain_tabs(self.filter, self.kind, self.only_linked, self.grid, self.pill)

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        market = self._market
        minute = self._clock.now.utc // MINUTE
        seen = (market.flex.tape.end, market.status_revision, market.contracts_revision, minute)
        if seen == self._seen:
            return
        self._seen = seen
        at_top = self.grid.at_top
        added = self._rows.advance()
        self.grid.insert_on_top(added, self._rows.count)
        if not at_top:
            self.pill.add(added)
        self._name_all()

    def _choose_rows(self) -> None:
        """Shows what filter and switches say, from the newest on."""
        key = self._group.contract if self.only_linked.isChecked() else None
        of_flex = key is not None and key.area == AREA
        words = tuple(self.filter.text().casefold().replace("–", "-").split())
        delivery = delivery_of(key.contract_id) if key is not None and of_flex else None
        # Linked to something that is no flexibility: no connection has this name, so that nothing passes.
        connection = None if key is None else key.connection if of_flex else ""
        self._rows.choose(TickerFilter(self._kind, words, delivery, connection))
        self.pill.count(0)
        self.grid.set_current(-1, show=False)
        self.grid.set_count(self._rows.count)
        self.grid.to_top()
        self._name_all()

    def _contract_changed(self) -> None:
        if self.only_linked.isChecked():
            self._choose_rows()
        else:
            self._name_switches()

    def _name_all(self) -> None:
        now = self._clock.now.utc
        self.grid.header.set_title("time", f"Time {zone_span(UtcNs(now - 24 * HOUR), now, self._source.zone)}")
        standing = self._standing()
        self.standing.show_standing(standing, MAY_MISS)
        self.grid.set_empty_text(self._empty_text(standing))
        markets = self._market.flex.markets
        spec = next(iter(markets.values())).spec if markets else _PLAIN
        self.footer.say(self._rows.totals.text(spec))
        self._name_switches()
        self.grid.update_all()

    def _standing(self) -> Standing:
        """The worst of all flexibility tickers."""
        where = [(name, AREA) for name in self._market.flex.markets]
        return self._market.feed_standing(Feed.TICKER, where) if where else NEVER_SEEN

    def _empty_text(self, standing: Standing) -> str:
        if len(self._market.flex.tape):
            return "Nothing on the tape passes the filter"
        return "No trades or expiries yet" if standing.live else "No trades or expiries received"

    def _name_switches(self) -> None:
        self.kind.set_words(self._kind.value)
        self.kind.setAccessibleName(f"Kinds shown: {self._kind.value}")
        self.only_linked.name_contract(self._group.chosen_words(self._market))

    def _above(self) -> int:
        return 0 if self.grid.at_top else self.grid.visible_rows().start

    def _to_newest(self) -> None:
        self.grid.to_top()
        self.grid.setFocus()

    def _choose(self, row: int) -> None:
        shown = self._rows.row(row)
        if shown is not None:
            self._group.choose(window_key(shown.connection, shown.delivery))
