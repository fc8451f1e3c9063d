"""The acts of the window itself, and of the widgets that only show."""

from typing import Protocol

from app.commands import Act, Menu, Trading

NUMERALS = range(1, 14)
"""Every dock's: what has no key is in the menu and in the palette."""


class WindowPort(Protocol):
    """What the window's keys do to it."""

    def close(self) -> object: ...
    def toggle_palette(self) -> object: ...
    def reset_layout(self) -> object: ...
    def toggle_full_screen(self) -> object: ...
    def use_theme(self, name: str) -> object: ...
    def toggle_compact(self) -> object: ...
    def dismiss(self) -> object: ...
    def dismiss_alert(self) -> object: ...
    def dismiss_alerts(self) -> object: ...
    def focus_numeral(self, numeral: int) -> object: ...
    def dock_words(self, numeral: int) -> str:
        """The dock's title with its numeral; empty when no dock has it."""

    @property
    def can_dismiss(self) -> bool: ...

    @property
    def alerted(self) -> bool: ...

    @property
    def full_screen(self) -> bool: ...

    @property
    def compact(self) -> bool: ...

    @property
    def theme_name(self) -> str: ...


def window_acts(window: WindowPort, trading: Trading) -> list[Act]:
    """They work from text fields as well; what makes the desk safer works under dialogs too."""
    return [
        Act("window.arm", "Arm: allow sending", trading.arm, Menu.DESK, checked=lambda: trading.armed),
        Act("window.disarm", "Disarm", trading.disarm, Menu.DESK, in_text=True, under_dialogs=True),
        Act("window.palette", "Command palette", window.toggle_palette, Menu.DESK, in_text=True),
        Act(
            "window.dismiss",
            "Dismiss the newest notice",
            window.dismiss,
            Menu.DESK,
            drops=True,
            ready=lambda: window.can_dismiss,
        ),
        Act(
            "window.dismiss_alert",
            "Dismiss the newest alert",
            window.dismiss_alert,
            Menu.DESK,
            offered=lambda: window.alerted,
        ),
        Act(
            "window.dismiss_alerts",
            "Dismiss all alerts",
            window.dismiss_alerts,
            Menu.DESK,
            offered=lambda: window.alerted,
        ),
        Act("window.quit", "Quit", window.close, Menu.DESK, in_text=True),
        _theme(window, "dark"),
        _theme(window, "light"),
        Act(
            "window.compact",
            "Compact rows",
            window.toggle_compact,
            Menu.VIEW,
            in_text=True,
            checked=lambda: window.compact,
        ),
        Act(
            "window.full_screen",
            "Full screen",
            window.toggle_full_screen,
            Menu.VIEW,
            in_text=True,
            checked=lambda: window.full_screen,
        ),
        Act("window.reset_layout", "Dock all again (reset layout)", window.reset_layout, Menu.WIDGETS, "layout"),
        *(_focus(window, numeral) for numeral in NUMERALS),
    ]


def _theme(window: WindowPort, name: str) -> Act:
    return Act(
        f"window.theme_{name}",
        f"{name.capitalize()} theme",
        lambda: window.use_theme(name),
        Menu.VIEW,
        checked=lambda: window.theme_name == name,
    )


def _focus(window: WindowPort, numeral: int) -> Act:
    return Act(
        f"window.focus_{numeral}",
        f"Go to widget {numeral}",
        lambda: window.focus_numeral(numeral),
        Menu.WIDGETS,
        in_text=True,
        offered=lambda: bool(window.dock_words(numeral)),
        label=lambda: f"Go to {window.dock_words(numeral) or f'widget {numeral}'}",
    )
