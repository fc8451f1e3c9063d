"""The blotter's column titles: what is sorted by, and in which turn; what is filtered."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from widgets.grid import Column
from widgets.grid.painter import CellPainter
from widgets.orders.sorting import NEWEST_FIRST, Level

FILTERED = "▼"
"""Behind the title of a column that has a filter; sorted ones have an arrow, and their turn where there are several."""


class OrdersTitles(QHeaderView):
    """A click sorts by a column, with Shift by that one too; a drag moves it."""

    sort_asked = Signal(int, bool)
    """A column, and whether it joins those that are sorted by already."""

    def __init__(self, columns: Sequence[Column], cells: CellPainter, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.cells = cells
        self.columns = columns
        self._titles: dict[int, str] = {}
        self._levels: Sequence[Level] = ()
        self._filtered: Collection[int] = ()
        self._joins = False
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setMinimumSectionSize(24)
        self.sectionClicked.connect(lambda column: self.sort_asked.emit(column, self._joins))
        self.held = False
        """Whether a mouse button is down: sections resized now are resized by the user."""

    def set_title(self, column: int, title: str) -> None:
        """Another title than the column's own, such as one that names the zone."""
        if self._titles.get(column) != title:
            self._titles[column] = title
            self.viewport().update()

    def show_sorting(self, levels: Sequence[Level], filtered: Collection[int]) -> None:
        """Which columns are sorted by, in turn, and which have a filter."""
        if (levels, filtered) != (self._levels, self._filtered):
            self._levels, self._filtered = levels, filtered
            self.viewport().update()

    @property
    def marked(self) -> set[int]:
        """The columns that somebody sorts or filters by."""
        levels = () if self._levels == NEWEST_FIRST else self._levels
        return {*self._filtered, *(int(level.column) for level in levels)}

    def title(self, column: int) -> str:
        """As it is written, with what is chosen there: `Time CET ▼ ↑2`."""
        return self._name(column) + self._end(column)

    def _name(self, column: int) -> str:
        return self._titles.get(column, self.columns[column].title)

    def _end(self, column: int) -> str:
        end = f" {FILTERED}" if column in self._filtered else ""
        for turn, level in enumerate(self._levels, start=1):
            if level.column == column:
                end += f" {'↓' if level.descending else '↑'}{turn if len(self._levels) > 1 else ''}"
        return end

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.held = True
        self._joins = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.held = False

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        theme = self.cells.theme
        painter.fillRect(rect, theme.surface_raised)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.border)
        self.cells.header(painter, rect, self.columns[logicalIndex], self._name(logicalIndex), self._end(logicalIndex))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self.cells.theme.surface_raised)
        painter.end()
        super().paintEvent(event)
