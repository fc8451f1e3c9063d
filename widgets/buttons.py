"""How push buttons look: flat, with a thin border. The style's own have gradients that no palette takes away."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget

from protocols.market.values import Side
from widgets.theme import Theme

DIALOG_BUTTON_HEIGHT = 26


def dress_small(theme: Theme, *buttons: QPushButton) -> None:
    """Buttons beside a table's rows: as high as one of them, in the letters of its titles."""
    for button in buttons:
        button.setFont(theme.ui_font(theme.sizes.font_title))
        button.setStyleSheet(button_sheet(theme))
        button.setFixedHeight(theme.sizes.row_height)


def dialog_button(text: str, tip: str, act: Callable[[], object], theme: Theme, parent: QWidget) -> QPushButton:
    """A button of a small dialog: Enter in a field is no press on it."""
    button = QPushButton(text, parent)
    button.setStyleSheet(button_sheet(theme))
    button.setFixedHeight(DIALOG_BUTTON_HEIGHT)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoDefault(False)
    button.clicked.connect(lambda: act())
    return button


def button_sheet(theme: Theme, side: Side | None = None) -> str:
    """For one button; one that buys or sells has the colour of its side."""
    if side is not None:
        ink = theme.buy if side is Side.BUY else theme.sell
        ground, text, edge = ink.name(), theme.text_inverse.name(), ink.name()
    else:
        ground, text, edge = theme.surface_raised.name(), theme.text.name(), theme.border_strong.name()
    return f"""
    QPushButton {{
        background: {ground}; color: {text}; border: 1px solid {edge};
        border-radius: {theme.sizes.radius}px; padding: 0 12px;
    }}
    QPushButton:hover {{ border-color: {theme.text.name()}; }}
    QPushButton:pressed {{ border: 2px solid {theme.text.name()}; }}
    QPushButton:focus {{ border: 2px solid {theme.text.name()}; }}
    QPushButton:disabled {{
        background: {theme.surface.name()}; color: {theme.text_muted.name()}; border-color: {theme.border.name()};
    }}
    """
