"""Own orders for flexibility and their contracts: how far each is, and all that the venue said of it."""

from typing import Any

import msgspec
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from protocols.market.events import Feed
from protocols.market.flex import AREA
from protocols.market.instruments import window_key
from protocols.market.state import NEVER_SEEN, MarketState
from protocols.market.times import SECOND
from widgets.fields import FilterField
from widgets.figures import grouped
from widgets.flex.contract_rows import ContractRows, Row
from widgets.flex.progress import progress_of, step_words
from widgets.flex.step_line import StepLine
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.grid.table import TableShell, bar_row
from widgets.key_texts import KeyTexts
from widgets.link_group import LinkGroup
from widgets.theme import Theme, scroll_bar_sheet
from widgets.wording import PlainLabel, StandingStrip

FILTER_TIP = "Show only orders and contracts with these words: identifier, window, status, venue"
MAY_MISS = "newer statuses may be missing"
REBUILD_EVERY = 0.25
"""Seconds: statuses are read, not aimed at."""
NOTHING_CHOSEN = "Choose an order or a contract above: all that the venue said of it is shown here."


class FlexContracts(QWidget):
    """Enter or a double click sets the link group's delivery window; the fields as they came are below the rows."""

    def __init__(
        self, market: MarketState, clock: FrameClock, group: LinkGroup, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._seen: tuple[int, ...] = ()
        self._built_at = float("-inf")
        self._second = -1
        self._rows = ContractRows(market)
        self.grid = GridView(self._rows, theme, self)
        self.filter = FilterField("contracts.filter", "Filter flexibility orders and contracts", FILTER_TIP, self)
        self.standing = StandingStrip(theme, self)
        self.line = StepLine(theme, self)
        self.words = PlainLabel("", self)
        self.raw = QPlainTextEdit(self)
        self._shell = TableShell(self, self.grid, self.filter, self.standing)
        self.footer = self._shell.footer
        self._build()
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)

    # What the main window uses

    def set_theme(self, theme: Theme) -> None:
        self._shell.set_theme(theme)
        self.line.set_theme(theme)
        self.words.setFont(theme.ui_font(theme.sizes.font_title))
        self.raw.setFont(theme.number_font(theme.sizes.font_title))
        self.raw.setStyleSheet(
            f"QPlainTextEdit {{ background: {theme.surface_sunken.name()}; color: {theme.text.name()};"
            f" border: 1px solid {theme.border.name()}; }}"
            f"QPlainTextEdit:focus {{ border: 1px solid {theme.focus_ring.name()}; }}"
        )
        self.raw.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)

    def set_keys(self, keys: KeyTexts) -> None:
        """Names the keys of the acts `contracts.…` in the tool tips."""
        self.filter.set_keys(keys)

    def begin_filter(self) -> None:
        self.filter.begin()

    @property
    def rows(self) -> list[Row]:
        """What is shown, from the top."""
        return self._rows.rows

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        return self._shell.state()

    def restore(self, state: dict[str, Any]) -> None:
        self._shell.restore(state)

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(760, 420)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rebuild()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.filter.key_in_rows(event)

    # Within

    def _build(self) -> None:
        self._shell.set_names("Flexibility orders and contracts", "Flexibility orders and contracts in all")
        self._shell.on_chosen(self._choose)
        self.grid.current_changed.connect(self._show_current)
        self.filter.setMaximumWidth(240)
        self.filter.textChanged.connect(self._rebuild)
        self.raw.setReadOnly(True)
        self.raw.setTabChangesFocus(True)
        self.raw.setAccessibleName("What the venue said, as it came")
        self.raw.setToolTip("Every field as the venue sent it")
        self.words.elide()
        self.words.setContentsMargins(8, 2, 8, 4)
        bar = QWidget(self)
        bar_row(bar, ((self.filter, 1), (self.standing, 2)), spacing=4)
        details = QWidget(self)
        below = QVBoxLayout(details)
        below.setContentsMargins(0, 4, 0, 0)
        below.setSpacing(0)
        for widget in (self.line, self.words, self.raw):
            below.addWidget(widget)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.grid)
        parts.addWidget(details)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        self._shell.stack(bar, parts)
        self._shell.chain_tabs(self.filter, self.grid, self.raw)

    def _pulse(self) -> None:
        if not self.isVisible():
            return
        now, flex = self._clock.now, self._market.flex
        self._rows.now = now
        seen = (
            self._market.blotter.revision,
            flex.contracts.revision,
            flex.told_revision,
            self._market.status_revision,
        )
        if seen != self._seen and now.monotonic - self._built_at >= REBUILD_EVERY:
            self._rebuild()
        elif now.utc // SECOND != self._second:
            self._second = now.utc // SECOND
            self.grid.update_all()

    def _rebuild(self) -> None:
        """Builds the rows anew; the current one, and what is in view, stay where they are."""
        market, rows, grid = self._market, self._rows, self.grid
        flex = market.flex
        self._seen = (market.blotter.revision, flex.contracts.revision, flex.told_revision, market.status_revision)
        self._built_at = self._clock.now.monotonic
        rows.now = self._clock.now
        current = rows.rows[grid.current].name if 0 <= grid.current < len(rows.rows) else None
        y = grid.row_rect(grid.current).top() if current is not None else 0
        rows.build(tuple(self.filter.text().casefold().replace("-", "–").split()))
        grid.set_count(len(rows.rows))
        place = -1 if current is None else rows.index_of(current)
        grid.set_current(place, show=False)
        if place >= 0 and not grid.at_top:
            grid.scroll_row_to(place, y)
        self._name_all()
        self._show_current()

    def _name_all(self) -> None:
        market, rows = self._market, self._rows.rows
        where = [(name, AREA) for name in market.flex.markets]
        standing = market.feed_standing(Feed.OWN_ORDERS, where) if where else NEVER_SEEN
        self.standing.show_standing(standing, MAY_MISS)
        told = "No flexibility orders yet" if standing.live else "No flexibility orders received"
        self.grid.set_empty_text("Nothing passes the filter" if self.filter.text().strip() else told)
        orders = sum(row.view is None for row in rows)
        contracts, left = len(rows) - orders, self._rows.unfinished()
        words = f"{grouped(orders)} order{'s' * (orders != 1)} · {grouped(contracts)} contract{'s' * (contracts != 1)}"
        self.footer.say(f"{words}, {grouped(left)} not settled" if left else words)
        self.grid.update_all()

    def _show_current(self) -> None:
        rows, current = self._rows.rows, self.grid.current
        row = rows[current] if 0 <= current < len(rows) else None
        progress = None if row is None or row.view is None else progress_of(row.view)
        self.line.show_progress(progress, self._rows.zone)
        self.words.say(self._steps(row))
        text = NOTHING_CHOSEN if row is None else self._raw(row)
        if text != self.raw.toPlainText():
            self.raw.setPlainText(text)

    def _steps(self, row: Row | None) -> str:
        if row is None or row.view is None:
            return ""
        return "  ▸  ".join(step_words(step.word) for step in row.view.steps)

    def _raw(self, row: Row) -> str:
        """Laid out to be read; what can't be laid out stands as it came."""
        if row.view is not None:
            return laid_out(row.view.contract.raw)
        assert row.order is not None
        told = self._market.flex.told.get((row.order.connection, row.order.client_id))
        if told is None:
            return row.order.reason or "The venue has not said anything about this order yet."
        return laid_out(told.raw)

    def _choose(self, row: int) -> None:
        shown = self._rows.rows[row]
        if shown.view is not None and shown.view.contract.delivery is not None:
            self._group.choose(window_key(shown.view.contract.connection, shown.view.contract.delivery))
        elif shown.order is not None:
            self._group.choose(shown.order.key)


def laid_out(raw: str) -> str:
    """A JSON object with a line for each field; another text as it is."""
    try:
        return msgspec.json.format(raw, indent=2)
    except msgspec.DecodeError:
        return raw
