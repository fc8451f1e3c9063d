"""What tells of new rows above while the tape is scrolled, and brings back to them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from widgets.figures import grouped
from widgets.grid import GridView
from widgets.theme import Theme


class Pill(QPushButton):
    """`▲ 12 new`, over the grid's first row; hidden when there is nothing new above."""

    def __init__(self, grid: GridView) -> None:
        super().__init__(grid)
        self._grid = grid
        self._new = 0
        self.setToolTip("Back to the newest trade (Home)")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self.setFont(theme.ui_font(theme.sizes.font_title))
        self.setStyleSheet(
            f"QPushButton {{ background: {theme.accent.name()}; color: {theme.text_inverse.name()};"
            f" border: none; border-radius: 10px; min-height: 20px; padding: 0 12px; }}"
            f"QPushButton:focus {{ border: 2px solid {theme.text.name()}; }}"
        )
        self.place()

    def add(self, rows: int) -> None:
        """So many came on top."""
        self._show(self._new + rows)

    @property
    def new(self) -> int:
        """How many rows above are new."""
        return self._new

    def count(self, new: int) -> None:
        """So many of those above are new, in all."""
        self._show(new)

    def passed(self, above: int) -> None:
        """No more than these are above what is in view."""
        self._show(min(self._new, above))

    def place(self) -> None:
        self.adjustSize()
        self.move((self._grid.width() - self.width()) // 2, self._grid.header.height() + 6)
        self.raise_()

    def _show(self, new: int) -> None:
        self._new = new
        self.setVisible(new > 0)
        text = f"▲ {grouped(new)} new"
        if new and text != self.text():
            self.setText(text)
            self.setAccessibleName(f"{new} new trades, back to the newest")
            self.place()
