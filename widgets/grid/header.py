"""The strip of column titles above a grid: edges and titles to drag, and a menu of what can be shown."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from widgets.grid.geometry import ColumnWidths
from widgets.grid.painter import CellPainter
from widgets.wording import plain_tip


class GridHeader(QWidget):
    """Paints the titles; dragging an edge asks for another width, dragging a title for another place."""

    resize_asked = Signal(int, int)
    place_asked = Signal(int, object)
    """A column, and the one that it is to stand before; None to stand last."""
    menu_asked = Signal(QPoint, int)
    """Where on the screen, and the column there; -1 beside all."""

    def __init__(self, widths: ColumnWidths, cells: CellPainter, parent: QWidget) -> None:
        super().__init__(parent)
        self._widths = widths
        self.cells = cells
        self._titles: dict[str, str] = {}
        self._offset = 0
        self.hint = ""
        """What every title's tool tip ends with."""
        self._dragged = -1
        self._pressed: tuple[int, int] | None = None
        self._carried = -1
        self._gap: int | None = None
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
        for index in self._widths.shown:
            column = self._widths.columns[index]
            if not self._widths.widths[index]:
                continue
            left = self._widths.lefts[index] - self._offset
            rect = QRect(left, 0, self._widths.widths[index], self.height() - 1)
            if index == self._carried:
                painter.fillRect(rect, theme.accent_surface)
            self.cells.header(painter, rect, column, self._titles.get(column.key, column.title))
        if self._carried >= 0:
            x = self._widths.gap_left(self._gap) - self._offset
            painter.fillRect(QRect(max(0, x - 1), 0, 3, self.height()), theme.accent)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.border)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        x = self._content_x(event)
        self._dragged = self._widths.edge_at(x)
        title = self._widths.at(x)
        self._pressed = (x, title) if self._dragged < 0 and title >= 0 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = self._content_x(event)
        if self._dragged >= 0:
            self.resize_asked.emit(self._dragged, x - self._widths.lefts[self._dragged])
        elif self._pressed is not None:
            self._carry(x, *self._pressed)
        else:
            on_edge = self._widths.edge_at(x) >= 0
            self.setCursor(Qt.CursorShape.SplitHCursor if on_edge else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        carried, gap = self._carried, self._gap
        self._dragged = self._carried = -1
        self._pressed = None
        if carried >= 0:
            self.place_asked.emit(carried, gap)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(event.globalPos(), self._widths.at(event.pos().x() + self._offset))

    def _carry(self, x: int, pressed: int, title: int) -> None:
        """Nothing is carried until the mouse has gone as far as a drag takes: a click moves no column."""
        if self._carried < 0 and abs(x - pressed) < QApplication.startDragDistance():
            return
        self._carried, self._gap = title, self._widths.gap_at(x)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self._widths.at(event.pos().x() + self._offset)
            own = self._widths.columns[index].tip if index >= 0 else ""
            tip = "\n".join(filter(None, (own, self.hint)))
            QToolTip.showText(event.globalPos(), plain_tip(tip), self)
            return True
        return super().event(event)

    def _content_x(self, event: QMouseEvent) -> int:
        return int(event.position().x()) + self._offset
