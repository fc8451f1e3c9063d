"""The grid itself: scrolling, the current row, keys and mouse. Painting and geometry are next door."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from widgets.figures import typewritten
from widgets.grid.cells import Cell, GridSource
from widgets.grid.choosing import ColumnDialog, columns_menu
from widgets.grid.columns import ColumnChoice
from widgets.grid.geometry import ColumnWidths, offset_to_show, visible_rows
from widgets.grid.header import GridHeader
from widgets.grid.painter import CellPainter
from widgets.key_texts import KeyTexts
from widgets.theme import Theme, scroll_bar_sheet
from widgets.wording import with_line_above


class GridView(QAbstractScrollArea):
    """Shows a `GridSource`. The owner says what changed: rows inserted on top, the count, a row, a cell."""

    activated = Signal(int)
    """Enter on the current row."""
    double_clicked = Signal(int)
    pressed = Signal(int)
    """A left press on a row, after it became the current one."""
    current_changed = Signal()
    scrolled = Signal()

    def __init__(self, source: GridSource, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._compact = False
        self._cells = CellPainter(theme, compact=False)
        self._choice = ColumnChoice(source.columns())
        self._widths = ColumnWidths(source.columns())
        self.header = GridHeader(self._widths, self._cells, self)
        self.header.resize_asked.connect(self._resize_column)
        self.header.place_asked.connect(self._place_column)
        self.header.menu_asked.connect(self.show_columns_menu)
        self._count = 0
        self._current = -1
        self._empty_text = ""
        self._own_widths: dict[str, int] = {}
        self._grown: dict[int, int] = {}
        self._growing: dict[int, int] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerWidget(QWidget(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)

    # Looks

    def set_theme(self, theme: Theme) -> None:
        self._cells = CellPainter(theme, self._compact)
        self.header.cells = self._cells
        self._grown.clear()
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            bar.setStyleSheet(scroll_bar_sheet(theme))
        self._measure()

    def set_compact(self, compact: bool) -> None:
        top = self._offset // self._cells.row_height
        self._compact = compact
        self.set_theme(self._cells.theme)
        self.verticalScrollBar().setValue(top * self._cells.row_height)

    def set_empty_text(self, text: str) -> None:
        """What stands in the middle while there is no row."""
        if text != self._empty_text:
            self._empty_text = text
            self.viewport().update()

    def column_widths(self) -> dict[str, int]:
        """Widths in logical pixels that the user dragged, by column key."""
        return dict(self._own_widths)

    def set_column_widths(self, widths: dict[str, int]) -> None:
        self._own_widths = {key: width for key, width in widths.items() if width > 0}
        self._measure()

    # Which columns, and in which order

    def set_columns_keys(self, keys: KeyTexts, act: str) -> None:
        """`act` is the named act that opens `choose_columns`."""
        self.header.hint = keys.tip("Drag moves the column, right click chooses columns", act)

    def column_choice(self) -> dict[str, Any]:
        """The columns' order and which are hidden, by their keys: for a workspace."""
        return self._choice.state()

    def set_column_choice(self, state: dict[str, Any]) -> None:
        self._choice.restore(state)
        self._rearrange()

    def show_columns_menu(self, at: QPoint, column: int = -1) -> None:
        """Opens the menu of columns at a place on the screen; `column` is the one that lies there."""
        squeezed = [index for index in self._widths.shown if not self._widths.widths[index]]
        columns_menu(self, self._choice, column, squeezed, self._rearrange, self.choose_columns).popup(at)

    def choose_columns(self) -> None:
        """Opens the dialog that shows, hides and moves columns by keyboard."""
        ColumnDialog(self.accessibleName(), self._choice, self._rearrange, self._cells.theme, self).open()

    @property
    def row_height(self) -> int:
        return self._cells.row_height

    def sizeHint(self) -> QSize:
        return QSize(min(self._widths.total, 900) or 300, self._cells.row_height * 14)

    # What the owner says changed

    def set_count(self, count: int) -> None:
        """The number of rows is now this; rows were added or removed at the bottom, or all is new."""
        if count == self._count:
            return
        self._count = count
        if self._current >= count:
            self._current = -1
        self._update_ranges()
        self.viewport().update()

    def insert_on_top(self, added: int, count: int) -> None:
        """`added` rows came on top. Scrolled away from the top, what is in view stays where it is."""
        at_top = self.at_top
        if self._current >= 0:
            self._current = self._current + added if self._current + added < count else -1
        offset = self._offset
        self.set_count(count)
        if not at_top:
            self.verticalScrollBar().setValue(offset + added * self.row_height)
        self.viewport().update()

    def update_row(self, row: int) -> None:
        for y in self._tops(row):
            self.viewport().update(0, y, self.viewport().width(), self.row_height)

    def update_cell(self, row: int, column: int) -> None:
        left = self._widths.lefts[column] - self.horizontalScrollBar().value()
        for y in self._tops(row):
            self.viewport().update(left, y, self._widths.widths[column], self.row_height)

    def update_all(self) -> None:
        self.viewport().update()

    # Where we are

    @property
    def _offset(self) -> int:
        return self.verticalScrollBar().value()

    @property
    def at_top(self) -> bool:
        return self._offset == 0

    def visible_rows(self) -> range:
        return visible_rows(self._offset, self.viewport().height(), self.row_height, self._count)

    @property
    def current(self) -> int:
        """The row that keys act on; -1 for none."""
        return self._current

    def set_current(self, row: int, show: bool = True) -> None:
        row = max(-1, min(row, self._count - 1))
        if show and row >= 0:
            covered = self.row_height if self._source.section_of(row) not in (-1, row) else 0
            height = self.viewport().height()
            self.verticalScrollBar().setValue(offset_to_show(row, self._offset, height, self.row_height, covered))
        if row == self._current:
            return
        before, self._current = self._current, row
        for changed in (before, row):
            if changed >= 0:
                self.update_row(changed)
        if row >= 0:
            self._speak(self._source.spoken(row))
        self.current_changed.emit()

    def to_top(self) -> None:
        self.verticalScrollBar().setValue(0)

    def scroll_row_to(self, row: int, y: int) -> None:
        """Scrolls so that the row's top is at viewport height `y`, as far as there is content."""
        self.verticalScrollBar().setValue(row * self.row_height - y)

    def row_at(self, y: int) -> int:
        """The row at viewport height `y`, the header that stays at the top included; -1 below all."""
        sticky = self._sticky()
        if sticky >= 0 and y < self.row_height:
            return sticky
        row = (y + self._offset) // self.row_height
        return row if 0 <= row < self._count else -1

    def row_rect(self, row: int) -> QRect:
        """Where the row is in the viewport, seen or not."""
        return QRect(0, row * self.row_height - self._offset, self.viewport().width(), self.row_height)

    # Qt's calls

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        area = event.rect()
        theme = self._cells.theme
        first = (self._offset + area.top()) // self.row_height
        last = (self._offset + area.bottom()) // self.row_height
        for row in range(max(0, first), min(last + 1, self._count)):
            self._paint_row(painter, row, row * self.row_height - self._offset, area)
        below = self._count * self.row_height - self._offset
        if below <= area.bottom():
            painter.fillRect(QRect(area.left(), below, area.width(), area.bottom() - below + 1), theme.surface)
        sticky = self._sticky()
        if sticky >= 0 and area.top() < self.row_height:
            self._paint_row(painter, sticky, 0, area)
        empty_text = "" if self._count else self._empty_text
        self._cells.frame(painter, self.viewport().rect(), empty_text, self.hasFocus())
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, y: int, area: QRect) -> None:
        offset = self.horizontalScrollBar().value()
        width = max(self.viewport().width(), self._widths.total - offset)
        rect = QRect(0, y, self.viewport().width(), self.row_height)
        current, focused = row == self._current, self.hasFocus()
        band = self._source.band(row)
        if band is not None:
            self._cells.band(painter, rect, band, current, focused)
            return
        look = self._source.look(row)
        self._cells.ground(painter, QRect(0, y, width, self.row_height), look, current, focused)
        columns, lefts, widths = self._widths.columns, self._widths.lefts, self._widths.widths
        for index in self._widths.shown:
            column = columns[index]
            left = lefts[index] - offset
            if not widths[index] or left > area.right() or left + widths[index] < area.left():
                continue
            cell, brief = self._source.cell(row, index), column.glyph and index in self._widths.given_way
            place = QRect(left, y, widths[index], self.row_height)
            if not self._cells.cell(painter, place, column, cell, look.dim, brief):
                self._ask_for_room(index, cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths.fit(self.viewport().width())
        self._update_ranges()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self.header.set_offset(self.horizontalScrollBar().value())
        if dy:
            self.scrolled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(1, self.viewport().height() // self.row_height - 1)
        here = self._current if self._current >= 0 else self.visible_rows().start - 1
        match event.key():
            case Qt.Key.Key_Down:
                self.set_current(here + 1)
            case Qt.Key.Key_Up:
                self.set_current(max(0, here - 1))
            case Qt.Key.Key_PageDown:
                self.set_current(here + page)
            case Qt.Key.Key_PageUp:
                self.set_current(max(0, here - page))
            case Qt.Key.Key_Home:
                self.set_current(0)
                self.to_top()
            case Qt.Key.Key_End:
                self.set_current(self._count - 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._current >= 0:
                self.activated.emit(self._current)
            case _ if event.matches(QKeySequence.StandardKey.Copy) and self._current >= 0:
                QGuiApplication.clipboard().setText(typewritten(self.row_text(self._current)))
            case _:
                event.ignore()

    def row_text(self, row: int) -> str:
        """The row as it is seen, cells parted by tabs."""
        band = self._source.band(row)
        if band is not None:
            return "\t".join(cell.text for cell in (*band.left, *band.right))
        return "\t".join(self._source.cell(row, index).text for index in self._widths.shown)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(int(event.position().y()))
        if event.button() is Qt.MouseButton.LeftButton and row >= 0:
            self.set_current(row, show=row == self._sticky())
            self.pressed.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The row pressed first, wherever it has moved since: rows may come in on top between the two presses.
        if event.button() is Qt.MouseButton.LeftButton and self._current >= 0:
            self.double_clicked.emit(self._current)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().viewportEvent(event)

    # Within

    def _show_tip(self, at: QPoint, where: QPoint) -> None:
        row = self.row_at(at.y())
        column = self._widths.at(at.x() + self.horizontalScrollBar().value())
        tip = self._source.tip(row, column) if row >= 0 and column >= 0 else ""
        QToolTip.showText(where, self._with_whole_number(row, column, tip), self.viewport())

    def _with_whole_number(self, row: int, column: int, tip: str) -> str:
        """What there was no room to draw in its size, or at all, is said in full."""
        if row < 0 or column < 0 or self._source.band(row) is not None:
            return tip
        drawn, cell = self._widths.columns[column], self._source.cell(row, column)
        if not self._cells.lacking(self._widths.widths[column], drawn, cell):
            return tip
        return with_line_above(f"{self.header.title(drawn.key)} {cell.text}", tip)

    def _ask_for_room(self, index: int, cell: Cell) -> None:
        """A column grows with its widest number, once all is painted; not one that was dragged to its width."""
        width, column = self._widths.widths[index], self._widths.columns[index]
        lacking = self._cells.lacking(width, column, cell)
        if column.key in self._own_widths or index in self._widths.given_way:
            return
        if not self._growing:
            QTimer.singleShot(0, self, self._grow)
        self._growing[index] = max(width + lacking, self._growing.get(index, 0))

    def _grow(self) -> None:
        self._grown.update(self._growing)
        self._growing.clear()
        self._measure()

    def _speak(self, text: str) -> None:
        self.setAccessibleDescription(text)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _sticky(self) -> int:
        """The header that is laid over the first visible row; -1 when that is not needed."""
        top = self._offset // self.row_height
        if top >= self._count or self._offset == 0:
            return -1
        section = self._source.section_of(top)
        return section if section * self.row_height < self._offset else -1

    def _tops(self, row: int) -> list[int]:
        tops = [row * self.row_height - self._offset]
        if row == self._sticky():
            tops.append(0)
        height = self.viewport().height()
        return [top for top in tops if -self.row_height < top < height]

    def _resize_column(self, index: int, width: int) -> None:
        self._own_widths[self._widths.columns[index].key] = max(1, width)
        self._widths.resize(index, width, self.viewport().width())
        self._update_ranges()
        self.header.update()
        self.viewport().update()

    def _place_column(self, index: int, before: int | None) -> None:
        if self._choice.place_before(index, before):
            self._rearrange()

    def _rearrange(self) -> None:
        self._widths.arrange(self._choice.shown, self.viewport().width())
        self._update_ranges()
        self.header.update()
        self.viewport().update()

    def _measure(self) -> None:
        columns = self._widths.columns
        wanted = [
            self._own_widths.get(column.key) or max(self._cells.width_of(column), self._grown.get(index, 0))
            for index, column in enumerate(columns)
        ]
        narrow = [self._cells.narrow_width_of(column) for column in columns]
        self.setViewportMargins(0, self._cells.header_height, 0, 0)
        roomy = [self._cells.roomy_width_of(column) for column in columns]
        self._widths.measure(wanted, self.viewport().width(), narrow, self._own_widths, roomy)
        self._update_ranges()
        self.header.update()
        self.viewport().update()

    def _update_ranges(self) -> None:
        height, width = self.viewport().height(), self.viewport().width()
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setRange(0, max(0, self._count * self.row_height - height))
        vertical.setPageStep(max(1, height))
        vertical.setSingleStep(self.row_height)
        horizontal.setRange(0, max(0, self._widths.total - width))
        horizontal.setPageStep(max(1, width))
        horizontal.setSingleStep(self._cells.figures(4))
        self.header.setGeometry(0, 0, width, self._cells.header_height)
