"""Rows of a grid of which only the columns and the cells matter."""

from widgets.grid import Band, RowLook


class PlainRows:
    """Two rows without sections, looks or words of their own; who inherits brings `columns` and `cell`."""

    def count(self) -> int:
        return 2

    def look(self, row: int) -> RowLook:
        return RowLook()

    def band(self, row: int) -> Band | None:
        return None

    def section_of(self, row: int) -> int:
        return -1

    def spoken(self, row: int) -> str:
        return ""

    def tip(self, row: int, column: int) -> str:
        return ""
