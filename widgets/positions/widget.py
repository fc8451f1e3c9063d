"""The positions: currency pairs by connection, power by area and delivery period; filtered, copied, exported."""

from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from protocols.market.commands import FxTerms, PowerTerms
from protocols.market.events import Feed
from protocols.market.fx_positions import FxTally, Sums
from protocols.market.instruments import ContractKey
from protocols.market.state import NEVER_SEEN, MarketState, Standing
from widgets.buttons import dress_small
from widgets.fields import FilterField, Toggle
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.grid.table import TableShell, bar_row, rebuild_in_place
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.positions.doubts import DOUBT_MARK, Doubt, count_words, doubts_of
from widgets.positions.rows import PositionRows
from widgets.positions.source import PositionSource
from widgets.positions.unmatched import UnmatchedList
from widgets.positions.words import results_text
from widgets.sheet import Sheet
from widgets.theme import Theme
from widgets.wording import StandingStrip

FILTER_TIP = "Show only positions with these words: pair, contract, area, long, short, in doubt, connection"
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
        self._doubts: dict[ContractKey, Doubt] = {}
        self._built: tuple[int, ...] = ()
        self._painted: tuple[int, ...] = ()
        self._unmatched_seen = -1
        self.unmatched = UnmatchedList(theme, self)
        self.grid = GridView(self._source, theme, self)
        self.filter = FilterField("positions.filter", "Filter positions", FILTER_TIP, self)
        self.only_open = Toggle(theme, self)
        self.export = QPushButton("Export…", self)
        self.standing = StandingStrip(theme, self)
        self._shell = TableShell(self, self.grid, self.filter, self.standing)
        self.footer = self._shell.footer
        self._build()
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        clock.pulse.connect(self._pulse)

    # What the main window uses

    def set_theme(self, theme: Theme) -> None:
        for each in (self._shell, self.unmatched, self.only_open):
            each.set_theme(theme)
        dress_small(theme, self.export)

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
            **self._shell.state(),
            "only_open": self.only_open.isChecked(),
            "choice": self.grid.column_choice(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.only_open.setChecked(bool(state.get("only_open", False)))
        self._shell.restore(state)
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
        self.filter.key_in_rows(event)

    # Within

    def _build(self) -> None:
        self._shell.set_names("Positions", "Totals of positions")
        self._shell.on_chosen(self._act)
        self.filter.setMaximumWidth(220)
        self.filter.textChanged.connect(self._rebuild)
        self.only_open.toggled.connect(self._rebuild)
        self.export.clicked.connect(self.export_requested)
        self.export.setAccessibleName("Export positions")
        self.unmatched.dismiss_requested.connect(self.dismiss_requested)
        bar = QWidget(self)
        bar_row(bar, ((self.filter, 1), (self.only_open, 0), (self.standing, 1), (self.export, 0)), spacing=6)
        self._shell.stack(bar, self.unmatched, self.grid)
        unmatched = self.unmatched
        self._shell.chain_tabs(self.filter, self.only_open, self.export, unmatched.dismiss, unmatched.grid, self.grid)

    def _pulse(self) -> None:
        # What is unmatched is told though the widget is hidden: its title says it then.
        if self._market.strays.revision != self._unmatched_seen:
            self._unmatched_seen = self._market.strays.revision
            left = self._market.strays.left()
            self.unmatched.show_executions(left)
            self.unmatched_changed.emit(len(left))
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        market = self._market
        built = (
            market.blotter.revision,
            market.executions.revision,
            market.positions.revision,
            market.contracts_revision,
        )
        if built != self._built:
            self._built = built
            self._take_rows()
        painted = (*built, market.quotes.revision, market.status_revision, self._books())
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
        rebuild_in_place(self.grid, lambda: self._rows.rows, self._build_rows)

    def _build_rows(self) -> None:
        """What orders in doubt may have opened has its row as well: nobody knows that it is flat."""
        alive, positions = self._market.blotter.own_alive(), self._market.positions
        fx, power = doubts_of(alive, FxTerms), doubts_of(alive, PowerTerms)
        self._doubts = {**fx, **power}
        sums = self._tally.sums()
        pairs = {key: sums.get(key, Sums()) for key in sorted({*sums, *fx})}
        self._rows.build(
            {key: each for key, each in pairs.items() if self._passes(key, each.bought - each.sold)},
            [key for key in {*positions.traded(), *power} if self._passes(key, positions.net(key))],
            self._doubts,
        )

    def _passes(self, key: ContractKey, net: int) -> bool:
        doubted = key in self._doubts
        if self.only_open.isChecked() and not net and not doubted:
            return False
        words = self.filter.text().casefold().split()
        if not words:
            return True
        held = "long" if net > 0 else "short" if net < 0 else "flat"
        doubt = "in doubt" if doubted else ""
        text = " ".join((self._source.name(key), key.area, held, doubt, key.connection)).casefold()
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
        doubted = sum(row.doubt.orders for row in shown)
        doubt = f" · {DOUBT_MARK} {count_words(doubted)} may have moved them" if doubted else ""
        self.footer.say(f"{count} · {results_text(results)}{doubt}" if results else "no positions")

    def _name_standing(self) -> None:
        self.standing.show_standing(self._standing(), MAY_DIFFER)
        known = bool(self._market.positions.traded() or self._tally.sums() or self._doubts)
        self.grid.set_empty_text("No position passes the filter" if known else "No own trade is known here yet")

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
