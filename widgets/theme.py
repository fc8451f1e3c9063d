"""Design tokens as Qt values. Widgets ask for meanings (`theme.buy`), never for colours.

How the theme is switched at run time: `dress` gives the application its style, palette and font, and every widget has
`set_theme(theme)`, which takes the new theme, drops what it cached of the old and repaints. Who makes a widget tells
it; there is no holder to listen to. Widgets with rows also have `set_compact(compact)`, widgets that flash
`set_flashing(on)`.

There is no application style sheet: one anywhere above a table makes its painting two to three times slower. Where
the palette can't say it (scroll bars, a pill) the one widget gets its own small sheet.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip

UI_FAMILY = "Inter"
NUMBER_FAMILY = "JetBrains Mono"


class TokensRefused(ValueError):
    """The token file lacks a name, has one too many, or a value that is not one."""


@dataclasses.dataclass(frozen=True)
class Sizes:
    """Logical pixels."""

    font_ui: int
    font_numbers: int
    font_title: int
    row_height: int
    row_height_compact: int
    padding: int
    radius: int


@dataclasses.dataclass(frozen=True)
class Theme:
    """One theme's colours, and the sizes and durations (milliseconds) all themes share."""

    name: str
    sizes: Sizes
    flash_ms: int

    window: QColor
    surface: QColor
    surface_raised: QColor
    surface_sunken: QColor
    row_alternate: QColor
    border: QColor
    border_strong: QColor
    text: QColor
    text_secondary: QColor
    text_muted: QColor
    text_inverse: QColor
    accent: QColor
    accent_surface: QColor
    selection: QColor
    focus_ring: QColor
    buy: QColor
    buy_surface: QColor
    buy_depth: QColor
    sell: QColor
    sell_surface: QColor
    sell_depth: QColor
    last: QColor
    up: QColor
    down: QColor
    flash: QColor
    live: QColor
    warning: QColor
    danger: QColor
    danger_surface: QColor
    off: QColor
    stale_veil: QColor
    practice: QColor
    practice_surface: QColor
    practice_text: QColor
    guide: QColor

    def ui_font(self, size: int | None = None, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The interface font, with tabular figures. `size` in logical pixels."""
        font = QFont(UI_FAMILY)
        font.setPixelSize(size or self.sizes.font_ui)
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def number_font(self, size: int | None = None, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The font of prices and quantities: every figure as wide as every other."""
        font = QFont(NUMBER_FAMILY)
        font.setPixelSize(size or self.sizes.font_numbers)
        font.setWeight(weight)
        return font

    def palette(self) -> QPalette:
        """The application palette that Fusion paints with."""
        role = QPalette.ColorRole
        palette = QPalette()
        for name, colour in {
            role.Window: self.surface,
            role.WindowText: self.text,
            role.Base: self.surface,
            role.AlternateBase: self.row_alternate,
            role.Text: self.text,
            role.PlaceholderText: self.text_muted,
            role.Button: self.surface_raised,
            role.ButtonText: self.text,
            role.BrightText: self.danger,
            role.ToolTipBase: self.surface_raised,
            role.ToolTipText: self.text,
            role.Highlight: self.selection,
            role.HighlightedText: self.text,
            role.Link: self.accent,
            role.LinkVisited: self.accent,
            role.Light: self.border_strong,
            role.Midlight: self.border,
            role.Mid: self.border,
            role.Dark: self.border,
            role.Shadow: self.window,
        }.items():
            palette.setColor(name, colour)
        for name in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, name, self.text_muted)
        return palette


def theme_from_tokens(tokens: Mapping[str, Any], name: str) -> Theme:
    """Builds the theme `name` from the parsed token file. Raises `TokensRefused` naming what is wrong."""
    try:
        colours, sizes, durations = tokens[name], tokens["sizes"], tokens["durations"]
    except KeyError as error:
        raise TokensRefused(f"the token file has no table [{error.args[0]}]") from error
    wanted = {field.name for field in dataclasses.fields(Theme)} - {"name", "sizes", "flash_ms"}
    _same_names(f"[{name}]", wanted, set(colours))
    _same_names("[sizes]", {field.name for field in dataclasses.fields(Sizes)}, set(sizes))
    _same_names("[durations]", {"flash"}, set(durations))
    return Theme(
        name=name,
        sizes=Sizes(**sizes),
        flash_ms=durations["flash"],
        **{key: _colour(f"{name}.{key}", text) for key, text in colours.items()},
    )


def load_fonts(files: Mapping[str, bytes]) -> None:
    """Registers the bundled fonts, given as file name -> content. Raises `TokensRefused` if Qt can't read one."""
    for name, content in sorted(files.items()):
        if QFontDatabase.addApplicationFontFromData(content) < 0:
            raise TokensRefused(f"the bundled font {name} can't be read")


def dress(application: QApplication, theme: Theme) -> None:
    """Gives the application the theme's style, palette and font; each widget is then told by `set_theme`."""
    if application.style().name().lower() != "fusion":
        application.setStyle(QStyleFactory.create("Fusion"))
    palette = theme.palette()
    application.setPalette(palette)
    application.setFont(theme.ui_font())
    QToolTip.setPalette(palette)
    QToolTip.setFont(theme.ui_font())


def scroll_bar_sheet(theme: Theme) -> str:
    """A thin scroll bar without buttons, for one QScrollBar."""
    track, handle, held = theme.surface.name(), theme.border_strong.name(), theme.text_muted.name()
    return f"""
    QScrollBar {{ background: {track}; border: none; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {handle}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {held}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
    """


def faded(colour: QColor, alpha: int) -> QColor:
    """The colour with this opacity, 0 to 255."""
    result = QColor(colour)
    result.setAlpha(alpha)
    return result


def contrast(one: QColor, other: QColor) -> float:
    """The WCAG 2 contrast ratio of two opaque colours, 1 to 21; text wants 4.5."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _same_names(where: str, wanted: set[str], found: set[str]) -> None:
    for name in sorted(wanted - found):
        raise TokensRefused(f"the token file lacks {name} in {where}")
    for name in sorted(found - wanted):
        raise TokensRefused(f"the token file has an unknown name {name} in {where}")


def _colour(where: str, text: str) -> QColor:
    # CSS writes the alpha last, QColor reads it first.
    colour = QColor(f"#{text[7:9]}{text[1:7]}" if len(text) == 9 else text)
    if not colour.isValid():
        raise TokensRefused(f"{where} is not a colour: {text!r}")
    return colour
