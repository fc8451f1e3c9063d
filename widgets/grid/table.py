"""What stands around a grid that is a widget of its own: filter and freshness above the rows, a line below them."""

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.fields import FilterField
from widgets.grid.view import GridView
from widgets.theme import Theme
from widgets.wording import PlainLabel, StandingStrip


class TableShell:
    """The parts that every such widget has, what they do with each other, and where they stand.

    The widget itself says what its rows are, what else is in the bar, and what is to be read in each part.
    """

    def __init__(self, owner: QWidget, grid: GridView, filter_field: FilterField, standing: StandingStrip) -> None:
        self._owner = owner
        self.grid = grid
        self.filter = filter_field
        self.standing = standing
        self.footer = PlainLabel("", owner)
        self.footer.setContentsMargins(8, 3, 8, 3)
        self.footer.elide()
        self.filter.left.connect(self.grid.setFocus)
        self.filter.entered.connect(self._to_first)

    def set_names(self, rows: str, footer: str) -> None:
        """What a screen reader calls the rows, and the line below them."""
        self.grid.setAccessibleName(rows)
        self.footer.setAccessibleName(footer)

    def on_chosen(self, act: Callable[[int], object]) -> None:
        """Enter and a double click on a row mean the same."""
        self.grid.activated.connect(act)
        self.grid.double_clicked.connect(act)

    def stack(self, bar: QWidget, *rows: QWidget) -> None:
        """Lays the widget out: the bar, the rows with what belongs to them, of which the last takes the room, and the
        line below."""
        column = QVBoxLayout(self._owner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        for each in rows:
            column.addWidget(each, int(each is rows[-1]))
        column.addWidget(self.footer)

    def chain_tabs(self, *widgets: QWidget) -> None:
        """Tab goes from each to the next; where keys go first is the rows, which Qt wants to know last."""
        chain_tabs(*widgets)
        self._owner.setFocusProxy(self.grid)

    def set_theme(self, theme: Theme) -> None:
        for each in (self.grid, self.filter, self.standing):
            each.set_theme(theme)
        self.footer.setFont(theme.ui_font(theme.sizes.font_title))

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of these parts."""
        return {"filter": self.filter.text(), "columns": self.grid.column_widths()}

    def restore(self, state: dict[str, Any]) -> None:
        self.filter.setText(str(state.get("filter", "")))
        self.grid.set_column_widths(dict(state.get("columns", {})))

    def _to_first(self) -> None:
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.grid.set_current(0)


class NamedRow(Protocol):
    """A row that is called the same however its figures change."""

    @property
    def name(self) -> Hashable: ...


def place_of(rows: Sequence[NamedRow], name: Hashable) -> int:
    """Where the row of that name is; -1 when it is not shown."""
    return next((place for place, row in enumerate(rows) if row.name == name), -1)


def rebuild_in_place(grid: GridView, rows: Callable[[], Sequence[NamedRow]], build: Callable[[], None]) -> None:
    """Builds the rows anew and keeps the current one, and what is in view, where they are."""
    before = rows()
    current = before[grid.current].name if 0 <= grid.current < len(before) else None
    top = grid.visible_rows().start
    held = before[top].name if not grid.at_top and top < len(before) else None
    y = grid.row_rect(top).top()
    build()
    after = rows()
    grid.set_count(len(after))
    grid.set_current(-1 if current is None else place_of(after, current), show=False)
    if held is not None and (place := place_of(after, held)) >= 0:
        grid.scroll_row_to(place, y)
    grid.update_all()


def bar_row(bar: QWidget, parts: Sequence[tuple[QWidget, int]], spacing: int) -> None:
    """Fills the bar above the rows, from the left: each part with its share of the room, 0 for what it needs."""
    row = QHBoxLayout(bar)
    row.setContentsMargins(6, 3, 6, 3)
    row.setSpacing(spacing)
    for part, share in parts:
        row.addWidget(part, share)


def chain_tabs(*widgets: QWidget) -> None:
    """Tab goes from each to the next."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)
