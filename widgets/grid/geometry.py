"""Where a grid's rows and columns are, in logical pixels. Without Qt."""

from collections.abc import Collection, Sequence

from widgets.grid.cells import Column

EDGE = 4
"""How near to a column's right edge, in pixels, the mouse resizes it."""

NARROWEST = 24


class ColumnWidths:
    """Widths asked for, and those shown: the stretching column takes what is left over."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._asked = [0] * len(columns)
        self._narrow = [0] * len(columns)
        self._held: frozenset[str] = frozenset()
        self.given_way: frozenset[int] = frozenset()
        """Columns that show their marks only, or nothing at all."""
        self.lefts = [0] * len(columns)
        self.widths = [0] * len(columns)
        self.total = 0

    def measure(
        self, widths: Sequence[int], available: int, narrow: Sequence[int] = (), held: Collection[str] = ()
    ) -> None:
        """Takes the widths asked for and lays the columns out. `narrow` is what each is left with when it gives way;
        those `held`, by key, never do."""
        self._asked = [max(NARROWEST, width) for width in widths]
        self._narrow = list(narrow) or [0] * len(self.columns)
        self._held = frozenset(held)
        self.fit(available)

    def fit(self, available: int) -> None:
        """Lays the columns out in `available` pixels."""
        self.widths = list(self._asked)
        self._give_way(available)
        spare = available - sum(self.widths)
        for index, column in enumerate(self.columns):
            if column.stretch and spare > 0:
                self.widths[index] += spare
                break
        left = 0
        for index, width in enumerate(self.widths):
            self.lefts[index] = left
            left += width
        self.total = left

    def _give_way(self, available: int) -> None:
        vital = max((index for index, column in enumerate(self.columns) if column.vital), default=-1)
        ready = sorted(
            (column.gives_way, index)
            for index, column in enumerate(self.columns)
            if column.gives_way and index < vital and column.key not in self._held
        )
        gone: set[int] = set()
        for _, index in ready:
            if sum(self.widths[: vital + 1]) <= available:
                break
            self.widths[index] = self._narrow[index] if self.columns[index].glyph else 0
            gone.add(index)
        self.given_way = frozenset(gone)

    def resize(self, index: int, width: int, available: int) -> None:
        self._asked[index] = max(NARROWEST, width)
        self.fit(available)

    def asked(self) -> dict[str, int]:
        """Widths by column key, to be saved."""
        return {column.key: width for column, width in zip(self.columns, self._asked, strict=True)}

    def at(self, x: int) -> int:
        """The column at content position `x`; -1 beside all."""
        for index, left in enumerate(self.lefts):
            if left <= x < left + self.widths[index]:
                return index
        return -1

    def edge_at(self, x: int) -> int:
        """The column whose right edge is at `x`; -1 for none."""
        for index, left in enumerate(self.lefts):
            if abs(left + self.widths[index] - x) <= EDGE:
                return index
        return -1


def visible_rows(offset: int, height: int, row_height: int, count: int) -> range:
    """Rows that are seen, even in part, when the content is scrolled by `offset` pixels."""
    first = max(0, offset // row_height)
    last = min(count, -(-(offset + height) // row_height))
    return range(first, max(first, last))


def offset_to_show(row: int, offset: int, height: int, row_height: int, covered: int = 0) -> int:
    """The scroll offset nearest to `offset` that shows the whole row, below `covered` pixels of fixed header."""
    top = row * row_height
    if top - covered < offset:
        return max(0, top - covered)
    if top + row_height > offset + height:
        return top + row_height - height
    return offset
