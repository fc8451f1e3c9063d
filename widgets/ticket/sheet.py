"""The ticket's own small style sheets: what the palette can't say of inputs and of rows of choices."""

from PySide6.QtGui import QColor

from protocols.market.values import Side
from widgets.theme import Theme


def input_sheet(theme: Theme, kind: str, edge: QColor | None = None) -> str:
    """For one `QLineEdit` or `QComboBox`; `edge` is the border of one with something wrong."""
    border = (edge or theme.border_strong).name()
    focus = (edge or theme.focus_ring).name()
    return f"""
    {kind} {{
        background: {_well(theme)}; color: {theme.text.name()};
        border: 1px solid {border}; border-radius: {theme.sizes.radius}px; padding: 0 6px;
        selection-background-color: {theme.selection.name()}; selection-color: {theme.text.name()};
    }}
    {kind}:focus {{ border: 1px solid {focus}; background: {theme.accent_surface.name()}; }}
    {kind}:disabled {{
        color: {theme.text_muted.name()}; background: {_closed(theme)}; border-color: {theme.border.name()};
    }}
    QComboBox::drop-down {{ border: none; width: 18px; }}
    QComboBox::down-arrow {{ image: none; }}
    QComboBox QAbstractItemView {{
        background: {theme.surface_raised.name()}; color: {theme.text.name()}; border: 1px solid {border};
        selection-background-color: {theme.selection.name()}; selection-color: {theme.text.name()}; outline: none;
    }}
    """


def segment_sheet(theme: Theme, side: Side | None, first: bool, last: bool, wrong: bool) -> str:
    """For one button of a row of choices; a side's has its colour when it is the chosen one."""
    ink, ground = theme.accent, theme.accent_surface
    if side is not None:
        ink = theme.buy if side is Side.BUY else theme.sell
        ground = theme.buy_surface if side is Side.BUY else theme.sell_surface
    edge = theme.danger if wrong else theme.border_strong
    left, right = (theme.sizes.radius if end else 0 for end in (first, last))
    return f"""
    QPushButton {{
        background: {_well(theme)}; color: {theme.text_secondary.name()};
        border: 1px solid {edge.name()}; padding: 0 4px;
        border-top-left-radius: {left}px; border-bottom-left-radius: {left}px;
        border-top-right-radius: {right}px; border-bottom-right-radius: {right}px;
    }}
    QPushButton:checked {{ background: {ground.name()}; color: {ink.name()}; border-color: {ink.name()}; }}
    QPushButton:focus {{ border: 2px solid {theme.focus_ring.name()}; padding: 0 3px; }}
    QPushButton:disabled {{ color: {theme.text_muted.name()}; border-color: {theme.border.name()}; }}
    """


def list_sheet(theme: Theme) -> str:
    """For the list below a line."""
    edge = theme.border_strong.name()
    return f"QListWidget {{ background: {theme.surface.name()}; border: 1px solid {edge}; outline: none; }}"


def _well(theme: Theme) -> str:
    """The ground of what can be filled in: darker than around it in the dark, white in the light."""
    dark = theme.surface.lightness() < 128
    return (theme.surface_sunken if dark else theme.surface).name()


def _closed(theme: Theme) -> str:
    """The ground of what can't."""
    dark = theme.surface.lightness() < 128
    return (theme.surface if dark else theme.surface_raised).name()
