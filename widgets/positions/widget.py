"""The positions: currency pairs by connection, power by area and delivery period; filtered, copied, exported."""

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from protocols.market.events import Feed
from protocols.market.fx_positions import FxTally
from protocols.market.instruments import ContractKey
from protocols.market.state import NEVER_SEEN, MarketState, Standing
from widgets.buttons import button_sheet
from widgets.fields import FilterField, Toggle
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.positions.rows import PositionRows
from widgets.positions.source import PositionSource
from widgets.positions.unmatched import UnmatchedList
from widgets.positions.words import results_text
from widgets.sheet import Sheet
from widgets.theme import Theme
from widgets.wording import PlainLabel, StandingStrip

FILTER_TIP = "Show only positions with these words: pair, contract, area, long, short, connection"
MAY_DIFFER = "positions may have changed"


class Positions(QWidget):
    """What we hold, from our own orders and trades. Enter or a double click sets the link group's contract, on a header
    folds its positions away."""

    export_requested = Signal()
    """The trader wants the positions that are shown in a file; `sheet` has them."""
    dismiss_requested = Signal(object)
    """The trader has seen to an `Unmatched` execution; None where there is none."""
    unmatched_changed = Signal(int)
    """How many executions belong to no order known here."""

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
        self._group = group
        self._tally = FxTally(market)
        self._rows = PositionRows(market.contracts.get)
        self._source = PositionSource(market, self._rows)
        self._built: tuple[int, ...] = ()
        self._painted: tuple[int, ...] = ()
        self._unmatched_seen = -1
        self.unmatched = UnmatchedList(theme, self)
        self.grid = GridView(self._source, theme, self)
        self.filter = FilterField("positions.filter", "Filter positions", FILTER_TIP, self)
        self.only_open = Toggle(theme, self)
        self.export = QPushButton("Export…", self)
        self.standing = StandingStrip(theme, self)
        self.footer = PlainLabel("", self)
        self._build()
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        clock.pulse.connect(self._pulse)

    # What the main window uses

    def set_theme(self, theme: Theme) -> None:
        for each in (self.unmatched, self.grid, self.filter, self.standing, self.only_open):
            each.set_theme(theme)
        self.footer.setFont(theme.ui_font(theme.sizes.font_title))
        self.export.setFont(theme.ui_font(theme.sizes.font_title))
        self.export.setStyleSheet(button_sheet(theme))
        self.export.setFixedHeight(theme.sizes.row_height)

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)
        self.unmatched.set_compact(compact)

    def set_keys(self, keys: KeyTexts) -> None:
        """Names the keys of the acts `positions.…` in the tool tips."""
        self._keys = keys
        self.filter.set_keys(keys)
        self.unmatched.set_keys(keys)
        self.export.setToolTip(keys.tip("Write the positions that are shown into a file", "positions.export"))
        self._name_open()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        return {
            "filter": self.filter.text(),
            "only_open": self.only_open.isChecked(),
            "columns": self.grid.column_widths(),
            "choice": self.grid.column_choice(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.only_open.setChecked(bool(state.get("only_open", False)))
        self.filter.setText(str(state.get("filter", "")))
        self.grid.set_column_widths(dict(state.get("columns", {})))
        self.grid.set_column_choice(dict(state.get("choice", {})))

    def sheet(self) -> Sheet:
        """The positions that pass the filter, exact, to be exported."""
        return self._source.sheet()

    def begin_filter(self) -> None:
        self.filter.begin()

    def toggle_open(self) -> None:
        self.only_open.toggle()

    def dismiss(self) -> None:
        """Asks for the marked unmatched execution to be dismissed."""
        self.unmatched.dismiss_current()

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(820, 360)

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
        self.grid.setAccessibleName("Positions")
        self.grid.activated.connect(self._act)
        self.grid.double_clicked.connect(self._act)
        self.filter.setMaximumWidth(220)
        self.filter.textChanged.connect(self._rebuild)
        self.filter.left.connect(self.grid.setFocus)
        self.filter.entered.connect(self._to_first)
        self.only_open.toggled.connect(self._rebuild)
        self.export.clicked.connect(self.export_requested)
        self.export.setAccessibleName("Export positions")
        self.unmatched.dismiss_requested.connect(self.dismiss_requested)
        self.footer.setAccessibleName("Totals of positions")
        self.footer.setContentsMargins(8, 3, 8, 3)
        self.footer.elide()
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 3, 6, 3)
        bar.setSpacing(6)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.only_open)
        bar.addWidget(self.standing, 1)
        bar.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.unmatched)
        column.addWidget(self.grid, 1)
        column.addWidget(self.footer)
        order = (self.filter, self.only_open, self.export, self.unmatched.dismiss, self.unmatched.grid, self.grid)
        for one, other in pairwise(order):
            self.setTabOrder(one, other)
        self.setFocusProxy(self.grid)

    def _to_first(self) -> None:
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.grid.set_current(0)

    def _pulse(self) -> None:
        # What is unmatched is told though the widget is hidden: its title says it then.
        if self._market.unmatched_revision != self._unmatched_seen:
            self._unmatched_seen = self._market.unmatched_revision
            left = self._market.left_unmatched()
            self.unmatched.show_executions(left)
            self.unmatched_changed.emit(len(left))
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        market = self._market
        built = (market.blotter.revision, market.positions.revision, market.contracts_revision)
        if built != self._built:
            self._built = built
            self._take_rows()
        painted = (*built, market.quotes.revision, market.executions.revision, market.status_revision, self._books())
        if painted != self._painted:
            self._painted = painted
            self._name_standing()
            self._say_totals()
            self.grid.update_all()

    def _books(self) -> int:
        """Moves with every book that a position is marked at."""
        books = self._market.books
        return sum(books[key].revision for row in self._rows.shown if (key := row.key) is not None and key in books)

    def _take_rows(self) -> None:
        """Builds the rows anew and keeps the current one, and what is in view, where they are."""
        rows, grid = self._rows, self.grid
        current = rows.rows[grid.current].name if 0 <= grid.current < len(rows.rows) else None
        top = grid.visible_rows().start
        held = rows.rows[top].name if not grid.at_top and top < len(rows.rows) else None
        y = grid.row_rect(top).top()
        pairs = {key: sums for key, sums in self._tally.sums().items() if self._passes(key, sums[0] - sums[1])}
        turnover = self._market.positions.turnover
        contracts = [key for key in self._market.positions.traded() if self._passes(key, turnover(key).net)]
        rows.build(pairs, contracts)
        grid.set_count(len(rows.rows))
        grid.set_current(-1 if current is None else rows.index_of(current), show=False)
        if held is not None and (place := rows.index_of(held)) >= 0:
            grid.scroll_row_to(place, y)
        grid.update_all()

    def _passes(self, key: ContractKey, net: int) -> bool:
        if self.only_open.isChecked() and not net:
            return False
        words = self.filter.text().casefold().split()
        if not words:
            return True
        held = "long" if net > 0 else "short" if net < 0 else "flat"
        text = " ".join((self._source.name(key), key.area, held, key.connection)).casefold()
        return all(word in text for word in words)

    def _rebuild(self) -> None:
        self._take_rows()
        self._say_totals()
        self._name_open()
        self._name_standing()

    def _act(self, row: int) -> None:
        shown = self._rows.rows[row]
        if shown.key is None:
            self._rows.toggle(shown.section)
            self._take_rows()
        else:
            self._group.choose(shown.key)

    def _say_totals(self) -> None:
        shown = self._rows.shown
        count = f"{len(shown)} position{'' if len(shown) == 1 else 's'}"
        results = [figures.total for row in shown if (figures := self._source.figures(row)) is not None]
        self.footer.say(f"{count} · {results_text(results)}" if results else "no positions")

    def _name_standing(self) -> None:
        self.standing.show_standing(self._standing(), MAY_DIFFER)
        known = bool(self._market.positions.traded() or self._tally.sums())
        self.grid.set_empty_text("No position passes the filter" if known else "Nothing was traded yet")

    def _standing(self) -> Standing:
        """The worst of what positions are made of, as far as anything of it is connected."""
        market = self._market
        pairs = {(key.connection, key.area) for key in market.pairs}
        found = [market.feed_standing(Feed.OWN_ORDERS, pairs)] if pairs else []
        if any(view.feed is Feed.OWN_TRADES for view in market.channels.values()):
            found.append(market.feed_standing(Feed.OWN_TRADES))
        return next((standing for standing in found if not standing.live), found[0] if found else NEVER_SEEN)

    def _name_open(self) -> None:
        only = self.only_open.isChecked()
        self.only_open.set_words("Open only" if only else "Open and flat")
        tip = "Show what was closed again too" if only else "Show only what is open"
        self.only_open.setToolTip(self._keys.tip(tip, "positions.open"))
        self.only_open.setAccessibleName("Open positions only" if only else "Open and flat positions")
