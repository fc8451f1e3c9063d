"""Where a grid's rows and columns are, in logical pixels. Without Qt."""

from collections.abc import Collection, Sequence

from widgets.grid.cells import Column

EDGE = 4
"""How near to a column's right edge, in pixels, the mouse resizes it."""

NARROWEST = 24


class ColumnWidths:
    """Widths asked for, and those shown: roomy columns grow, the stretching one takes what is left over. Columns go by
    their index in `columns`; `shown` has them left to right, and one that is not in it is 0 wide."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.shown: Sequence[int] = range(len(columns))
        self._asked = [0] * len(columns)
        self._narrow = [0] * len(columns)
        self._roomy = [0] * len(columns)
        self._held: frozenset[str] = frozenset()
        self.given_way: frozenset[int] = frozenset()
        """Columns that are narrower than they want to be, or not there at all."""
        self.lefts = [0] * len(columns)
        self.widths = [0] * len(columns)
        self.total = 0

    def measure(
        self,
        widths: Sequence[int],
        available: int,
        narrow: Sequence[int] = (),
        held: Collection[str] = (),
        roomy: Sequence[int] = (),
    ) -> None:
        """Takes the widths asked for and lays the columns out. `narrow` is what each is left with when it gives way,
        by default nothing, `roomy` what it takes where there is room; those `held`, by key, do neither."""
        self._asked = [max(NARROWEST, width) for width in widths]
        self._narrow = list(narrow) or [0] * len(self.columns)
        self._roomy = list(roomy) or [0] * len(self.columns)
        self._held = frozenset(held)
        self.fit(available)

    def arrange(self, shown: Sequence[int], available: int) -> None:
        """Lays out these columns, in this order."""
        self.shown = shown
        self.fit(available)

    def fit(self, available: int) -> None:
        """Lays the columns out in `available` pixels."""
        self.widths = [0] * len(self.columns)
        for index in self.shown:
            self.widths[index] = self._asked[index]
        self._give_way(available)
        spare = max(0, available - sum(self.widths))
        for index in self.shown:
            wanted = self._roomy[index] - self.widths[index]
            if self.widths[index] and wanted > 0 and self.columns[index].key not in self._held:
                grown = min(wanted, spare)
                self.widths[index] += grown
                spare -= grown
        for index in self.shown:
            if self.columns[index].stretch and spare:
                self.widths[index] += spare
                break
        left = 0
        for index in self.shown:
            self.lefts[index] = left
            left += self.widths[index]
        self.total = left

    def _give_way(self, available: int) -> None:
        """Columns left of the last vital one give way until that is in view."""
        last = max((place for place, index in enumerate(self.shown) if self.columns[index].vital), default=-1)
        in_view = self.shown[: last + 1]
        ready = sorted(
            (self.columns[index].gives_way, index)
            for index in in_view
            if self.columns[index].gives_way and self.columns[index].key not in self._held
        )
        gone: set[int] = set()
        for _, index in ready:
            if sum(self.widths[index] for index in in_view) <= available:
                break
            self.widths[index] = self._narrow[index]
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
        for index in self.shown:
            if self.lefts[index] <= x < self.lefts[index] + self.widths[index]:
                return index
        return -1

    def edge_at(self, x: int) -> int:
        """The column whose right edge is at `x`; -1 for none."""
        for index in self.shown:
            if self.widths[index] and abs(self.lefts[index] + self.widths[index] - x) <= EDGE:
                return index
        return -1

    def gap_at(self, x: int) -> int | None:
        """The column that one dropped at content position `x` would come to stand before; None behind the last."""
        for index in self.shown:
            if x < self.lefts[index] + self.widths[index] / 2:
                return index
        return None

    def gap_left(self, before: int | None) -> int:
        """Where that place is, in content pixels."""
        return self.total if before is None else self.lefts[before]


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
