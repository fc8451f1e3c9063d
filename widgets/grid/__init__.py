"""A table of uniform rows, painted by hand: a million rows cost what is visible, and a pulse costs what changed."""

from widgets.grid.cells import Align, Band, Cell, Column, GridSource, RowLook
from widgets.grid.view import GridView

__all__ = ["Align", "Band", "Cell", "Column", "GridSource", "GridView", "RowLook"]
