"""The contract-area state panel: what is open where, until when, and at what prices."""

import itertools
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.state import MarketState
from protocols.market.times import HOUR, MINUTE, SECOND, Instant, UtcNs
from widgets.area_states.columns import ASK, BID, DATA, DAY_AHEAD, GATE, LAST, NET, PHASE, STATE, WORKING
from widgets.area_states.rows import Area, AreaRows, Kind, Row
from widgets.area_states.source import AreaSource, Seen, delivery_words
from widgets.delivery import BRITAIN, CONTINENT, market_zone, zone_span
from widgets.fields import CountField, FilterField
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.key_texts import KeyTexts
from widgets.link_group import LinkGroup
from widgets.ribbon import DeliveryRibbon
from widgets.theme import Theme
from widgets.wording import PlainLabel

_PARTS = ((STATE, PHASE, DATA), (GATE,), (BID, ASK, DATA), (*range(LAST, DAY_AHEAD + 1), DATA), (NET,), (WORKING,))
"""The columns that each part of `AreaSource.seen` is painted in."""

MOST_KEPT = 96
"""Closed contracts of an area that can be kept in view: a day of quarter-hours."""


class AreaStates(QWidget):
    """The day's ribbon, and below it a section per area, a row per contract. Enter or a click sets the link group's
    contract."""

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
        self._rows = AreaRows(market, self._words_of)
        self._source = AreaSource(market, self._rows, clock, group)
        self._painted: dict[ContractKey, tuple[Seen, ...]] = {}
        self._built: tuple[object, ...] = ()
        self._built_at = UtcNs(0)
        self._status = -1
        self._moment: tuple[int, ...] = ()
        self._minute = -1
        self.grid = GridView(self._source, theme, self)
        tip = "Show only contracts with these words: name, area, delivery, state"
        self.filter = FilterField("panel.filter", "Filter contracts", tip, self)
        self.summary = PlainLabel("", self)
        self.closed_kept = CountField(self)
        self.ribbon = DeliveryRibbon(market, clock, group, theme, self)
        self._build()
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window uses

    def set_theme(self, theme: Theme) -> None:
        self.grid.set_theme(theme)
        self.ribbon.set_theme(theme)
        self.filter.set_theme(theme)
        self.closed_kept.set_theme(theme)
        self.summary.setFont(theme.ui_font(theme.sizes.font_title))

    def set_keys(self, keys: KeyTexts) -> None:
        self.filter.set_keys(keys)
        self.ribbon.set_keys(keys)
        self.grid.set_columns_keys(keys, "panel.columns")

    @property
    def ribbon_shown(self) -> bool:
        return not self.ribbon.isHidden()

    def toggle_ribbon(self) -> None:
        self.ribbon.setHidden(self.ribbon_shown)

    def next_ribbon_mode(self) -> None:
        """The ribbon's colours mean something else, and it is there to be seen."""
        self.ribbon.show()
        self.ribbon.next_mode()

    def begin_filter(self) -> None:
        self.filter.begin()

    def choose_columns(self) -> None:
        self.grid.choose_columns()

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        rows = self._rows
        return {
            "filter": self.filter.text(),
            "unfolded": _kept(rows.unfolded),
            "later_unfolded": _kept(rows.later_unfolded),
            "folded": _kept(rows.folded),
            "closed_kept": rows.closed_kept,
            "columns": self.grid.column_widths(),
            "column_choice": self.grid.column_choice(),
            "ribbon": {"shown": self.ribbon_shown, **self.ribbon.state()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._rows.unfolded = _areas(state.get("unfolded", []))
        self._rows.later_unfolded = _areas(state.get("later_unfolded", []))
        self._rows.folded = _areas(state.get("folded", []))
        self.closed_kept.setValue(int(state.get("closed_kept", 0)))
        self.filter.setText(str(state.get("filter", "")))
        self.grid.set_column_widths(dict(state.get("columns", {})))
        self.grid.set_column_choice(dict(state.get("column_choice", {})))
        ribbon = dict(state.get("ribbon", {}))
        self.ribbon.setVisible(bool(ribbon.get("shown", True)))
        self.ribbon.restore(ribbon)
        self._built = ()

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(760, 520)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._fold_current(event.key() == Qt.Key.Key_Left)
        else:
            self.filter.key_in_rows(event)

    # Within

    def _build(self) -> None:
        self.grid.setAccessibleName("Contract states by area")
        self.grid.activated.connect(self._act)
        self.grid.pressed.connect(self._act)
        self.filter.setMaximumWidth(280)
        self.filter.textChanged.connect(self._filter_changed)
        self.filter.left.connect(lambda: self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.filter.entered.connect(self._to_first_contract)
        self.closed_kept.setRange(0, MOST_KEPT)
        self.closed_kept.setPrefix("closed kept: ")
        self.closed_kept.setAccessibleName("Closed contracts kept in view")
        self.closed_kept.setToolTip(
            "So many of an area's closed contracts stay in view, the rest folds away (Up, Down)"
        )
        self.closed_kept.valueChanged.connect(self._keep_closed)
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 4, 8, 4)
        bar.setSpacing(10)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.summary)
        bar.addWidget(self.closed_kept)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.ribbon)
        column.addWidget(self.grid, 1)
        order = (self.filter, self.closed_kept, self.ribbon, self.grid)
        for before, after in itertools.pairwise(order):
            self.setTabOrder(before, after)
        self.setFocusProxy(self.grid)

    def _words_of(self, contract: PowerContract) -> str:
        state = self._market.area_states.get(contract.key)
        words = [contract.name, contract.area, contract.product, delivery_words(contract)]
        return " ".join(words if state is None else [*words, state.state, state.phase])

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        market, now = self._market, self._clock.now
        # A countdown moves with its venue's seconds, which are not ours.
        seconds = (market.venue_now(name, now) // SECOND for name in market.clocks)
        moment = (market.revision, now.utc // SECOND, *seconds)
        if moment == self._moment and self._built:
            return
        self._moment = moment
        self._rebuild_if_needed(now)
        if market.status_revision != self._status:
            self._status = market.status_revision
            self.grid.update_all()
        self._name_zone(now.utc)
        self._repaint_what_changed()

    def _rebuild_if_needed(self, now: Instant) -> None:
        market, rows = self._market, self._rows
        over = rows.next_end is not None and now.utc >= rows.next_end
        # What is delivered depends on the time there: clocks may be set, even back.
        ahead = tuple(compared.offset_ns // SECOND for compared in market.clocks.values())
        built = (market.contracts_revision, market.area_states.revision, rows.needle, ahead)
        if built != self._built or over or now.utc < self._built_at:
            self._built, self._built_at = built, now.utc
            self._rebuild(now)

    def _rebuild(self, now: Instant) -> None:
        """Lays the rows out anew; what is in view stays where it is, and so does the current row."""
        grid, before = self.grid, self._rows.rows
        in_view = [(before[row], grid.row_rect(row).top()) for row in grid.visible_rows()]
        current = before[grid.current] if grid.current >= 0 else None
        keep_top = grid.at_top
        if self._rows.rebuild(now):
            self._painted.clear()
            grid.set_count(len(self._rows.rows))
            place = self._rows.index_of(current) if current is not None else None
            grid.set_current(-1 if place is None else place, show=False)
            if not keep_top:
                for row, top in in_view:
                    index = self._rows.index_of(row)
                    if index is not None and row.kind is not Kind.SECTION:
                        grid.scroll_row_to(index, top)
                        break
        self._summarise()
        grid.update_all()

    def _summarise(self) -> None:
        opened = sum(len(section.open) for section in self._rows.sections.values())
        total = len(self._market.contracts)
        self.summary.say(f"{opened} open of {total} contracts")
        if not total:
            self.grid.set_empty_text("No contracts received yet")
        elif self._rows.needle:
            self.grid.set_empty_text(f"No contract matches '{self._rows.needle}' — Esc clears")

    def _name_zone(self, now: UtcNs) -> None:
        if now // MINUTE == self._minute and self._rows.sections:
            return
        self._minute = now // MINUTE
        zones = {market_zone(area) for _, area in self._rows.sections} or {CONTINENT}
        names = [zone_span(now, UtcNs(now + 24 * HOUR), zone) for zone in (CONTINENT, BRITAIN) if zone in zones]
        self.grid.header.set_title("delivery", f"Delivery {', '.join(names)}")

    def _repaint_what_changed(self) -> None:
        painted = self._painted
        for row in self.grid.visible_rows():
            key = self._rows.rows[row].key
            if key is None:
                continue
            seen = self._source.seen(key)
            before = painted.get(key)
            if before == seen:
                continue
            painted[key] = seen
            if before is None:
                self.grid.update_row(row)
                continue
            for part, columns in enumerate(_PARTS):
                if before[part] != seen[part]:
                    for column in columns:
                        self.grid.update_cell(row, column)

    def _filter_changed(self, text: str) -> None:
        self._rows.needle = text.strip()
        self._moment = ()
        self.grid.to_top()
        self._refresh()

    def _to_first_contract(self) -> None:
        for index, row in enumerate(self._rows.rows):
            if row.kind is Kind.CONTRACT:
                self.grid.set_current(index)
                break
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _act(self, index: int) -> None:
        row = self._rows.rows[index]
        if row.kind is Kind.SECTION:
            self._fold(row.area, row.area not in self._rows.folded)
        elif row.kind in (Kind.CLOSED, Kind.LATER):
            self._rows.toggle(row)
            self._rebuild(self._clock.now)
        elif row.key is not None:
            self._group.choose(row.key)

    def _fold_current(self, away: bool) -> None:
        """Folds the area of the current row, from any of its rows, or unfolds it."""
        index = self.grid.current
        if index >= 0:
            area = self._rows.rows[index].area
            self._fold(area, away)
            header = self._rows.index_of(Row(Kind.SECTION, area))
            if away and header is not None:
                self.grid.set_current(header)

    def _fold(self, area: Area, away: bool) -> None:
        self._rows.fold(area, away)
        self._rebuild(self._clock.now)

    def _keep_closed(self, kept: int) -> None:
        self._rows.closed_kept = kept
        self._rebuild(self._clock.now)

    def _contract_changed(self) -> None:
        """The chosen row is marked, and shown when it is there to be shown."""
        key = self._group.contract
        index = self._rows.index_of_contract(key) if key is not None else None
        if index is not None and index != self.grid.current:
            self.grid.set_current(index)
        self.grid.update_all()


def _kept(areas: Iterable[Area]) -> list[list[str]]:
    return [list(area) for area in sorted(areas)]


def _areas(kept: Iterable[Any]) -> set[Area]:
    return {(str(area[0]), str(area[1])) for area in kept}
