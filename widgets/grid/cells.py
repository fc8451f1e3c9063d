"""What a grid shows, without Qt: columns, cells, and who answers for them. Inks and fills are names of theme tokens."""

import dataclasses
import enum
from typing import NamedTuple, Protocol


class Align(enum.Enum):
    """Where a cell's text stands. `DECIMAL` puts the decimal points of a column below one another."""

    LEFT = enum.auto()
    RIGHT = enum.auto()
    DECIMAL = enum.auto()


@dataclasses.dataclass(frozen=True)
class Column:
    """One column. `width` in figures of the number font; `decimals` is what `Align.DECIMAL` keeps room for."""

    key: str
    title: str
    width: int
    align: Align = Align.LEFT
    decimals: int = 0
    numbers: bool = False
    tip: str = ""
    stretch: bool = False
    vital: bool = False
    """Stays in view when there is little room, as far as others can give way."""
    gives_way: int = 0
    """When there is too little room for the vital columns, columns give way in this order; 0 never does."""
    glyph: bool = False
    """Gives way down to its cells' marks rather than altogether."""
    least: int = 0
    """Gives way down to so many figures, where it is more than 0, rather than altogether."""
    middle: bool = False
    """What does not fit is cut in the middle: names that differ at their end can be told apart."""
    roomy: int = 0
    """Figures that it takes where there is room for them, before the stretching column takes the rest."""


class Cell(NamedTuple):
    """One cell's text. `mark` is a glyph at the cell's left edge, in the same ink unless it has its own; `note`, behind
    a text at the left, is never cut, and what is copied is without it."""

    text: str = ""
    ink: str = "text"
    mark: str = ""
    bold: bool = False
    strike: bool = False
    mark_ink: str = ""
    note: str = ""


class RowLook(NamedTuple):
    """How a whole row looks. `glow` (0 to 255) is how strong the `fill` token is laid over the ground."""

    dim: bool = False
    chosen: bool = False
    alternate: bool = False
    fill: str = ""
    glow: int = 255


class Band(NamedTuple):
    """A row without columns: a section's header or a folded group. `fold` is the glyph at its left edge; a `chosen` one
    has the chosen rows' ground."""

    left: tuple[Cell, ...]
    right: tuple[Cell, ...] = ()
    fold: str = ""
    header: bool = True
    chosen: bool = False


class GridSource(Protocol):
    """Answers for rows `0 <= row < count()`, at any time and at once: the grid keeps nothing."""

    def columns(self) -> tuple[Column, ...]: ...
    def count(self) -> int: ...
    def cell(self, row: int, column: int) -> Cell: ...
    def look(self, row: int) -> RowLook: ...
    def band(self, row: int) -> Band | None:
        """Not None for a row that is no table row."""
        ...

    def section_of(self, row: int) -> int:
        """The row of the header that stays at the top while this row is the first visible one; -1 for none."""
        ...

    def spoken(self, row: int) -> str:
        """The row in words, for screen readers."""
        ...

    def tip(self, row: int, column: int) -> str:
        """The tool tip of a cell, plain text; empty for none."""
        ...
