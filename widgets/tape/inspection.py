"""The row under inspection: whatever comes on top, and whatever is filtered or merged, it stays where it is seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from widgets.grid import GridView
from widgets.tape.pill import Pill
from widgets.tape.rows import News, TapeRows


class Anchor(NamedTuple):
    """What was looked at, by the tape's numbers: `held` was seen at the height `y` of the view. None for neither:
    at the top nothing is held, there the newest is looked at."""

    current: int | None
    held: int | None
    y: int


class Inspection:
    """Changes which rows the grid shows, and keeps what is looked at; the pill counts what is new above."""

    def __init__(self, grid: GridView, rows: TapeRows, pill: Pill) -> None:
        self._grid = grid
        self._rows = rows
        self._pill = pill
        self._lost: Anchor | None = None
        """What was looked at before a filter hid it: it comes back with a filter that shows it, such as the next letter
        of the word that is typed. Forgotten as soon as the trader looks elsewhere."""
        self._placing = False
        grid.scrolled.connect(self._moved)
        grid.current_changed.connect(self._moved)

    def advance(self) -> News:
        """Takes in what was folded since. It moves neither the current row nor, once scrolled, what is in view."""
        rows, grid, anchor = self._rows, self._grid, self._look()
        top = None if grid.at_top else rows.number(grid.visible_rows().start)
        y = grid.row_rect(grid.visible_rows().start).top()
        news = rows.advance()
        with self._place():
            if top is not None:
                self._pill.add(len(news.rows))
            grid.insert_on_top(len(news.rows), rows.count)
            if anchor.current is not None and rows.number(grid.current) != anchor.current:
                self._set_current(anchor.current)
            if top is not None:
                grid.scroll_row_to(rows.row_at_or_below(top), y)
        return news

    def choose(self, choose: Callable[[], object], elsewhere: bool = False) -> None:
        """`choose` says which trades are shown from now on; what is looked at stays in view, or what is next to it in
        time. `elsewhere`: they are another contract's, and begin with the newest unless the current one is among them.
        """
        rows, grid, anchor = self._rows, self._grid, self._lost or self._look()
        newest_seen = rows.number(self._pill.new) if self._pill.new else None
        choose()
        if elsewhere and (anchor.current is None or rows.row_of(anchor.current) is None):
            anchor = Anchor(None, None, 0)
        with self._place():
            grid.set_count(rows.count)
            self._set_current(anchor.current)
            place = None if anchor.held is None else rows.row_of(anchor.held)
            if anchor.held is None:
                grid.to_top()
            else:
                grid.scroll_row_to(rows.row_at_or_below(anchor.held) if place is None else place, anchor.y)
        self._pill.count(0 if grid.at_top or newest_seen is None else rows.row_at_or_below(newest_seen))
        hidden = any(number is not None and rows.row_of(number) is None for number in anchor[:2])
        self._lost = anchor if hidden else None
        grid.update_all()

    def _look(self) -> Anchor:
        grid, rows = self._grid, self._rows
        seen = grid.visible_rows()
        current = rows.number(grid.current) if grid.current >= 0 else None
        if current is not None and grid.current in seen:
            return Anchor(current, current, grid.row_rect(grid.current).top())
        held = None if grid.at_top else rows.number(seen.start)
        return Anchor(current, held, grid.row_rect(seen.start).top())

    def _set_current(self, number: int | None) -> None:
        place = None if number is None else self._rows.row_of(number)
        self._grid.set_current(-1 if place is None else place, show=False)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """What moves the grid meanwhile is not the trader."""
        self._placing = True
        try:
            yield
        finally:
            self._placing = False

    def _moved(self) -> None:
        if not self._placing:
            self._lost = None
