"""How orders are shown, as the trader chooses it by mouse or keyboard: sorting, columns' filters, groups and folds."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal

from protocols.market.times import UtcNs
from widgets.key_texts import NO_KEYS
from widgets.orders.bar import OrdersBar
from widgets.orders.catalogue import KINDS, Col, GroupBy, Kind
from widgets.orders.cells import OrderCells
from widgets.orders.conditions import Condition, choices
from widgets.orders.filter_dialog import FilterDialog
from widgets.orders.menus import Entry, popup_column_picker, popup_group_menu, popup_title_menu
from widgets.orders.moments import condition_words
from widgets.orders.rows import OrderRows
from widgets.orders.sorting import NEWEST_FIRST, Level
from widgets.orders.view import OrdersView
from widgets.theme import Theme


class Choosing(QObject):
    """Changes the arrangement, and tells: `rearranged` when rows are to be found anew, `refolded` when headers were
    folded or unfolded."""

    rearranged = Signal()
    refolded = Signal()

    def __init__(
        self, view: OrdersView, bar: OrdersBar, rows: OrderRows, cells: OrderCells, now: Callable[[], UtcNs]
    ) -> None:
        super().__init__(view)
        self._view = view
        self._bar = bar
        self._arrangement = rows.arrangement
        self._facts = rows.facts
        self._cells = cells
        self._now = now
        self.keys = NO_KEYS
        self.theme: Theme | None = None
        view.titles.sort_asked.connect(self.sort)
        view.fold_asked.connect(self._fold_row)
        bar.group_asked.connect(self.choose_group)
        bar.all_asked.connect(self.clear_filters)
        self.show_titles()

    # Sorting

    def sort(self, column: int, joins: bool = False) -> None:
        """Up, down, then newest first as at the start; alone, or after the columns that were chosen before."""
        col, before = Col(column), self._arrangement.levels
        levels = {level.column: level for level in before}
        mine = levels.get(col)
        if not joins or not self._sorted:
            levels = {} if mine is None else {col: mine}
        if mine is None or (mine.descending and not self._sorted):
            levels[col] = Level(col)
        elif not mine.descending:
            levels[col] = Level(col, True)
        else:
            del levels[col]
        self.sort_by(tuple(levels.values()))

    @property
    def _sorted(self) -> bool:
        """Whether somebody chose what to sort by."""
        return self._arrangement.levels != NEWEST_FIRST

    def sort_by(self, levels: tuple[Level, ...]) -> None:
        """By no column is newest first."""
        self._arrangement.levels = levels or NEWEST_FIRST
        self._changed()

    def choose_sort(self, joins: bool = False) -> None:
        """Opens the list of columns to sort by."""
        heading = "Then sort by" if joins else "Sort by"
        popup_column_picker(self._view, heading, lambda column: self.sort(column, joins))

    # Filters of columns

    def choose_filter(self) -> None:
        """Opens the list of columns to filter by."""
        popup_column_picker(self._view, "Filter by", self.filter_column)

    def filter_column(self, column: int) -> None:
        """Opens the filter of a column."""
        col, chosen = Col(column), self._arrangement.chosen
        offered = choices(self._facts, col) if KINDS[col] is Kind.CHOICE else []
        time = (self._now(), self._cells.zone)
        assert self.theme is not None
        dialog = FilterDialog(
            col, chosen.by_column.get(col), offered, time, partial(self.set_condition, col), self.theme, self._view
        )
        dialog.open()

    def set_condition(self, column: Col, condition: Condition | None) -> None:
        """None takes the filter away."""
        by_column = self._arrangement.chosen.by_column
        if condition is None:
            by_column.pop(column, None)
        else:
            by_column[column] = condition
        self._refilter()

    def clear_filters(self) -> None:
        """Takes the filters of all columns away; the search and the switches stay."""
        self._arrangement.chosen.by_column.clear()
        self._refilter()

    # Groups

    def choose_group(self) -> None:
        """Opens the list of what rows can be put together by."""
        popup_group_menu(self._bar.group, self._arrangement.group, self.set_group)

    def set_group(self, group: GroupBy) -> None:
        self._arrangement.group = group
        self._changed()

    def toggle_fold(self) -> None:
        """Folds the group or the pair of the current row, or unfolds it."""
        model, arrangement = self._view.orders, self._arrangement
        line = model.line(self._view.currentIndex().row())
        if line is None:
            return
        header = line if line < 0 else arrangement.header_of(line)
        if header is not None:
            self._fold(header, not arrangement.is_folded(header))

    def toggle_all_folds(self) -> None:
        """Folds all groups, or all pairs where there are no groups; unfolds them once all are folded."""
        arrangement = self._arrangement
        headers = arrangement.headers()
        on = not all(map(arrangement.is_folded, headers))
        for header in headers:
            arrangement.set_folded(header, on)
        arrangement.fold()
        self.refolded.emit()

    def _fold_row(self, row: int, on: bool) -> None:
        line = self._view.orders.line(row)
        if line is not None and line < 0:
            self._fold(line, on)

    def _fold(self, header: int, on: bool) -> None:
        """The keys stay with the header: what they were on may be hidden now."""
        self._arrangement.set_folded(header, on)
        self._arrangement.fold()
        self.refolded.emit()
        row = self._view.orders.row_of_line(header)
        if row is not None and on:
            self._view.setCurrentIndex(self._view.orders.index(row, max(0, self._view.currentIndex().column())))

    # Titles

    def show_titles(self) -> None:
        """Says in titles and bar what is chosen."""
        arrangement = self._arrangement
        conditions = arrangement.chosen.by_column
        self._view.show_sorting(arrangement.levels, frozenset(conditions))
        self._bar.show_group(arrangement.group)
        words = (condition_words(column, conditions[column], self._cells.zone) for column in sorted(conditions))
        self._bar.show_conditions(" · ".join(words))

    def popup_title_menu(self, column: int, at: QPoint) -> None:
        """For a click with the right button on a title; -1 beside all."""
        entries: list[Entry] = []
        if column >= 0:
            col = Col(column)
            title = self._view.columns[column].title
            entries = [
                (f"Sort by {title} ↑", lambda: self.sort_by((Level(col),)), True),
                (f"Sort by {title} ↓", lambda: self.sort_by((Level(col, True),)), True),
                (f"Then sort by {title}", lambda: self.sort(column, True), self._sorted),
                (self.keys.entry(f"Filter {title}…", "orders.column_filter"), lambda: self.filter_column(column), True),
                (f"Show all of {title}", lambda: self.set_condition(col, None), self._filters(col)),
            ]
        popup_title_menu(self._view, column, entries, at)

    def _filters(self, column: Col) -> bool:
        return column in self._arrangement.chosen.by_column

    def _refilter(self) -> None:
        self._view.drop_selection()
        self._changed()

    def _changed(self) -> None:
        self.show_titles()
        self.rearranged.emit()
