"""Where a grid's rows and columns are, in logical pixels. Without Qt."""

from collections.abc import Sequence

from widgets.grid.cells import Column

EDGE = 4
"""How near to a column's right edge, in pixels, the mouse resizes it."""

NARROWEST = 24


class ColumnWidths:
    """Widths asked for, and those shown: the stretching column takes what is left over."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._asked = [0] * len(columns)
        self.lefts = [0] * len(columns)
        self.widths = [0] * len(columns)
        self.total = 0

    def measure(self, widths: Sequence[int], available: int) -> None:
        """Takes the widths asked for and lays the columns out."""
        self._asked = [max(NARROWEST, width) for width in widths]
        self.fit(available)

    def fit(self, available: int) -> None:
        """Lays the columns out in `available` pixels."""
        self.widths = list(self._asked)
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
