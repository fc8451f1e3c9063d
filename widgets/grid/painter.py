"""Paints a grid's cells. Knows a theme and rectangles; asks nobody for data."""

import math

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter

from widgets.grid.cells import Align, Band, Cell, Column, RowLook
from widgets.grid.numbers import NumberRoom
from widgets.theme import Theme, faded

PADDING = 6
MARK_GAP = 3
CHOSEN_BAR = 3
CURSOR_TINT = 28
FITTED_KEPT = 4_096
"""Texts that are known to fit, or how they are cut: most of what is painted was painted before."""

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_NUMBER = _RIGHT | Qt.TextFlag.TextDontClip


class CellPainter:
    """The fonts, metrics and colours of one theme at one row height."""

    def __init__(self, theme: Theme, compact: bool) -> None:
        self.theme = theme
        sizes = theme.sizes
        self.row_height = sizes.row_height_compact if compact else sizes.row_height
        shrink = 1 if compact else 0
        bold = QFont.Weight.DemiBold
        self._ui = theme.ui_font(sizes.font_ui - shrink)
        self._ui_bold = theme.ui_font(sizes.font_ui - shrink, bold)
        self._number = theme.number_font(sizes.font_numbers - shrink)
        self._number_bold = theme.number_font(sizes.font_numbers - shrink, bold)
        self._number_fonts = (self._number, self._number_bold)
        self._room = NumberRoom(*self._number_fonts)
        self._struck: dict[tuple[bool, bool], QFont] = {}
        self._mark_widths: dict[str, int] = {}
        self._fitted: dict[tuple[str, bool, bool, bool, int], str] = {}
        self._title = theme.ui_font(sizes.font_title - shrink, QFont.Weight.Medium)
        self.header_height = self.row_height
        # In fractions of a pixel: rounded down, fifteen figures lose the last one.
        self.figure = max(QFontMetricsF(font).horizontalAdvance("0" * 16) / 16 for font in self._number_fonts)
        self._metrics = {
            False: QFontMetrics(self._ui),
            True: QFontMetrics(self._ui_bold),
        }
        self._title_metrics = QFontMetrics(self._title)

    def width_of(self, column: Column) -> int:
        """Pixels that show `column.width` figures and the column's title."""
        return max(self.figures(column.width), self._title_width(column)) + 2 * PADDING

    def width_with(self, column: Column, title: str) -> int:
        """Like `width_of`, and wide enough for this title."""
        return max(self.width_of(column), self._title_metrics.horizontalAdvance(title) + 2 + 2 * PADDING)

    def roomy_width_of(self, column: Column) -> int:
        """What the column takes where there is room; 0 for one that does not grow."""
        return self.figures(column.roomy) + 2 * PADDING if column.roomy else 0

    def narrow_width_of(self, column: Column) -> int:
        """What is left of a column that gave way. Down to its marks, its title is still read."""
        if column.glyph:
            return self._title_width(column) + 2 * PADDING
        return self.figures(column.least) + 2 * PADDING if column.least else 0

    def _title_width(self, column: Column) -> int:
        """With a little to spare: on a screen of two pixels a unit the same title is a fraction wider."""
        return self._title_metrics.horizontalAdvance(column.title) + 2

    def figures(self, count: int) -> int:
        """Pixels that hold so many figures."""
        return math.ceil(count * self.figure)

    def header(self, painter: QPainter, rect: QRect, column: Column, title: str, end: str = "") -> None:
        """A column's title. `end` stands behind it, and is never cut."""
        painter.setFont(self._title)
        painter.setPen(self.theme.text_secondary)
        inner = rect.adjusted(PADDING, 0, -PADDING, 0)
        right = column.align is not Align.LEFT
        room = inner.width() - (self._title_metrics.horizontalAdvance(end) if end else 0)
        text = self._title_metrics.elidedText(title, Qt.TextElideMode.ElideRight, room) + end
        painter.drawText(inner, _RIGHT if right else _LEFT, text)

    def ground(self, painter: QPainter, rect: QRect, look: RowLook, current: bool, focused: bool) -> None:
        """A row's background, with what marks it as chosen or current."""
        theme = self.theme
        painter.fillRect(rect, theme.row_alternate if look.alternate else theme.surface)
        if look.chosen:
            painter.fillRect(rect, theme.accent_surface)
        if look.fill:
            painter.fillRect(rect, faded(getattr(theme, look.fill), look.glow))
        if current:
            self._cursor(painter, rect, focused)
        if look.chosen:
            painter.fillRect(QRect(rect.left(), rect.top(), CHOSEN_BAR, rect.height()), theme.accent)

    def cell(self, painter: QPainter, rect: QRect, column: Column, cell: Cell, dim: bool, brief: bool = False) -> bool:
        """`brief` shows the mark alone. False where a number has too little room: `lacking` says how much it needs."""
        if not cell.text and not cell.mark:
            return True
        inner = rect.adjusted(PADDING, 0, -PADDING, 0)
        ink: QColor = self.theme.text_muted if dim else getattr(self.theme, cell.ink)
        if cell.mark:
            painter.setPen(getattr(self.theme, cell.mark_ink) if cell.mark_ink and not dim else ink)
            painter.setFont(self._number)
            painter.drawText(inner, _LEFT, cell.mark)
            if brief:
                return True
            if column.align is Align.LEFT:
                inner.setLeft(inner.left() + self._mark_width(cell.mark) + MARK_GAP)
        painter.setPen(ink)
        painter.setFont(self._font(column.numbers, cell.bold, cell.strike))
        if column.align is not Align.LEFT:
            return self._figures(painter, rect, column, cell)
        if cell.note:
            self._noted(painter, inner, column, cell, dim)
        else:
            painter.drawText(inner, _LEFT, self._fitting(cell, column, inner.width()))
        return True

    def lacking(self, width: int, column: Column, cell: Cell) -> int:
        """By how many pixels a cell of this width is too narrow for its number; 0 where it has room."""
        if column.align is Align.LEFT or not cell.text:
            return 0
        start, end = self._span(0, width, column, cell)
        over = math.ceil(len(cell.text) * self.figure - (end - start))
        return 0 if over <= 0 else over if cell.mark else over + PADDING

    def _figures(self, painter: QPainter, rect: QRect, column: Column, cell: Cell) -> bool:
        """A number, every figure of it: with its point below the others' or, where it answers False, as large as there
        is room for it."""
        start, end = self._span(rect.left(), rect.width(), column, cell)
        text = cell.text
        fits = len(text) * self.figure <= end - start
        if not fits:
            end = max(end, rect.right() + 1 - PADDING)
            font, text = self._room.fit(text, cell.bold, end - start)
            if cell.strike:
                font = QFont(font)
                font.setStrikeOut(True)
            painter.setFont(font)
        painter.drawText(QRect(start, rect.top(), end - start, rect.height()), _NUMBER, text)
        return fits

    def _span(self, left: int, width: int, column: Column, cell: Cell) -> tuple[int, int]:
        """Where a number may begin and where it ends. It may enter the padding at its left, never the next column or
        its mark; it ends where its decimal point is the column's, a finer value in the padding."""
        start = left + PADDING + self._mark_width(cell.mark) + MARK_GAP if cell.mark else left
        end = left + width - PADDING
        if column.align is not Align.DECIMAL:
            return start, end
        point = cell.text.rfind(".")
        decimals = len(cell.text) - point - 1 if point >= 0 else -1
        return start, min(end - round((column.decimals - decimals) * self.figure), end + PADDING)

    def _noted(self, painter: QPainter, inner: QRect, column: Column, cell: Cell, dim: bool) -> None:
        """The text and, behind it, its note."""
        metrics = self._metrics[False]
        note = metrics.horizontalAdvance(cell.note) + metrics.horizontalAdvance(" ")
        text = self._fitting(cell, column, inner.width() - note)
        painter.drawText(inner, _LEFT, text)
        inner = inner.adjusted(painter.fontMetrics().horizontalAdvance(f"{text} "), 0, 0, 0)
        painter.setFont(self._font(False, False, cell.strike))
        painter.setPen(self.theme.text_muted if dim else self.theme.text_secondary)
        painter.drawText(inner, _LEFT, cell.note)

    def _mark_width(self, mark: str) -> int:
        """Not every glyph is in the number font: one from another may be wider than a figure."""
        width = self._mark_widths.get(mark)
        if width is None:
            width = max(self.figures(len(mark)), QFontMetrics(self._number).horizontalAdvance(mark))
            self._mark_widths[mark] = width
        return width

    def frame(self, painter: QPainter, area: QRect, empty_text: str, focused: bool) -> None:
        """What lies over the rows: words where there are none, and an outline while keys go there."""
        if empty_text:
            painter.setFont(self._ui)
            painter.setPen(self.theme.text_secondary)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(16, 0, -16, 0), flags, empty_text)
        if focused:
            painter.setPen(self.theme.focus_ring)
            painter.drawRect(area.adjusted(0, 0, -1, -1))

    def band(self, painter: QPainter, rect: QRect, band: Band, current: bool, focused: bool) -> None:
        """A section's header or a folded group, across all columns."""
        theme = self.theme
        painter.fillRect(rect, theme.surface_raised if band.header else theme.surface)
        if band.chosen:
            painter.fillRect(rect, theme.accent_surface)
        if current:
            self._cursor(painter, rect, focused)
        if band.header:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.border)
        x = rect.left() + PADDING
        if band.fold:
            painter.setFont(self._number)
            painter.setPen(theme.text_secondary)
            painter.drawText(QRect(x, rect.top(), self.figures(2), rect.height()), _LEFT, band.fold)
        x += self.figures(2)
        right = rect.right() - PADDING
        for cell in reversed(band.right):
            right -= self._band_text(painter, cell, rect, right - self._advance(cell), right) + 2 * PADDING
        for cell in band.left:
            x += self._band_text(painter, cell, rect, x, right) + 2 * PADDING

    def band_end(self, rect: QRect, band: Band) -> QRect:
        """Where the words at a band's right end stand, with some room around: a button may be drawn there."""
        width = sum(self._advance(cell) for cell in band.right) + 2 * PADDING * len(band.right)
        return QRect(rect.right() - width, rect.top() + 2, width, rect.height() - 4)

    def _cursor(self, painter: QPainter, rect: QRect, focused: bool) -> None:
        """The row that keys act on: an outline, where the chosen row has a ground and a bar."""
        theme = self.theme
        if focused:
            painter.fillRect(rect, faded(theme.focus_ring, CURSOR_TINT))
        edge = theme.focus_ring if focused else theme.border_strong
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), edge)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), edge)

    def _band_text(self, painter: QPainter, cell: Cell, rect: QRect, left: int, limit: int) -> int:
        width = min(self._advance(cell), max(0, limit - left))
        painter.setFont(self._font(False, cell.bold, cell.strike))
        painter.setPen(getattr(self.theme, cell.ink))
        text = f"{cell.mark} {cell.text}" if cell.mark else cell.text
        text = self._metrics[cell.bold].elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(left, rect.top(), width, rect.height()), _LEFT, text)
        return width

    def _advance(self, cell: Cell) -> int:
        text = f"{cell.mark} {cell.text}" if cell.mark else cell.text
        return self._metrics[cell.bold].horizontalAdvance(text) + 1

    def _fitting(self, cell: Cell, column: Column, width: int) -> str:
        numbers = column.numbers
        if numbers and len(cell.text) * self.figure <= width:
            return cell.text
        key = (cell.text, numbers, cell.bold, column.middle, width)
        fitting = self._fitted.get(key)
        if fitting is None:
            metrics = QFontMetrics(self._number) if numbers else self._metrics[cell.bold]
            mode = Qt.TextElideMode.ElideMiddle if column.middle else Qt.TextElideMode.ElideRight
            if len(self._fitted) >= FITTED_KEPT:
                self._fitted.clear()
            fitting = self._fitted[key] = metrics.elidedText(cell.text, mode, width)
        return fitting

    def _font(self, numbers: bool, bold: bool, strike: bool) -> QFont:
        font = (self._number_bold if bold else self._number) if numbers else (self._ui_bold if bold else self._ui)
        if not strike:
            return font
        struck = self._struck.get((numbers, bold))
        if struck is None:
            struck = self._struck[numbers, bold] = QFont(font)
            struck.setStrikeOut(True)
        return struck
