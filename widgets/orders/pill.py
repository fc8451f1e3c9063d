"""What tells of new and changed orders above while the blotter is scrolled, and brings to them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from widgets.figures import grouped
from widgets.orders.view import OrdersView
from widgets.theme import Theme


class NewPill(QPushButton):
    """`▲ 2 new above`, over the first rows; hidden when there is nothing new above."""

    def __init__(self, view: OrdersView) -> None:
        super().__init__(view)
        self._view = view
        self.setToolTip("To the top, where new and changed orders are (Home)")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Home does it
        self.clicked.connect(view.show_newest)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self.setFont(theme.ui_font(theme.sizes.font_title))
        self.setStyleSheet(
            f"QPushButton {{ background: {theme.accent.name()}; color: {theme.text_inverse.name()};"
            f" border: none; border-radius: 10px; min-height: 20px; padding: 0 12px; }}"
        )
        self.place()

    def tell(self, new: int) -> None:
        """So many are above what is in view."""
        self.setVisible(new > 0)
        text = f"▲ {grouped(new)} new above"
        if new and text != self.text():
            self.setText(text)
            self.setAccessibleName(f"{new} new or changed orders above")
            self.place()

    def place(self) -> None:
        self.adjustSize()
        self.move((self._view.width() - self.width()) // 2, self._view.titles.height() + 6)
        self.raise_()
