"""The strip of column titles above a grid, with edges to drag."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from widgets.grid.geometry import ColumnWidths
from widgets.grid.painter import CellPainter


class GridHeader(QWidget):
    """Paints the titles; dragging an edge asks for another width."""

    resize_asked = Signal(int, int)

    def __init__(self, widths: ColumnWidths, cells: CellPainter, parent: QWidget) -> None:
        super().__init__(parent)
        self._widths = widths
        self.cells = cells
        self._titles: dict[str, str] = {}
        self._offset = 0
        self._dragged = -1
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_title(self, key: str, title: str) -> None:
        """Another title than the column's own, such as one that names the zone."""
        if self._titles.get(key) != title:
            self._titles[key] = title
            self.update()

    def title(self, key: str) -> str:
        own = {column.key: column.title for column in self._widths.columns}
        return self._titles.get(key, own[key])

    def set_offset(self, offset: int) -> None:
        self._offset = offset
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self.cells.theme
        painter.fillRect(self.rect(), theme.surface_raised)
        for index, column in enumerate(self._widths.columns):
            if not self._widths.widths[index]:
                continue
            left = self._widths.lefts[index] - self._offset
            rect = QRect(left, 0, self._widths.widths[index], self.height() - 1)
            self.cells.header(painter, rect, column, self._titles.get(column.key, column.title))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.border)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragged = self._widths.edge_at(self._content_x(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = self._content_x(event)
        if self._dragged >= 0:
            self.resize_asked.emit(self._dragged, x - self._widths.lefts[self._dragged])
            return
        on_edge = self._widths.edge_at(x) >= 0
        self.setCursor(Qt.CursorShape.SplitHCursor if on_edge else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = -1

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self._widths.at(event.pos().x() + self._offset)
            tip = self._widths.columns[index].tip if index >= 0 else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _content_x(self, event: QMouseEvent) -> int:
        return int(event.position().x()) + self._offset
