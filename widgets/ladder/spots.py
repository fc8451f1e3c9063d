"""Where the numbers of a column begin: their points below one another, as far as there is room. No Qt."""

from typing import NamedTuple

from widgets.ladder.geometry import Column, Geometry
from widgets.ladder.words import Number

EDGE = 2


class Spots(NamedTuple):
    """Between two edges, which no number crosses, and where their decimal points are."""

    left: int
    point: int
    right: int

    @property
    def room(self) -> int:
        return self.right - self.left

    def x_of(self, number: Number, digit: float) -> float | None:
        """Where it begins when it is drawn in figures of the usual width; None: it has no room like that."""
        length = len(number.text) * digit
        x = max(self.left, min(self.point - number.whole * digit, self.right - length))
        return x if x + length <= self.right else None


def spots_of(geometry: Geometry, column: Column) -> Spots:
    """Of any row of the column, totals included."""
    cell = geometry.column(column, geometry.body)
    return Spots(cell.x + 1, geometry.point(column), cell.right - EDGE)
