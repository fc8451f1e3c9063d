"""The style sheet of the docks: QtAds brings one of its own that no palette reaches."""

from widgets.theme import Theme


def docking_sheet(theme: Theme) -> str:
    """Flat tabs on the window's ground, thin borders, an accent line above the tab that is shown.

    Selectors name QtAds' own classes only, so that nothing within a dock is touched.
    """
    c = {
        "window": theme.window.name(),
        "surface": theme.surface.name(),
        "raised": theme.surface_raised.name(),
        "border": theme.border.name(),
        "strong": theme.border_strong.name(),
        "text": theme.text.name(),
        "quiet": theme.text_secondary.name(),
        "accent": theme.accent.name(),
    }
    return f"""
    ads--CDockContainerWidget {{ background: {c["window"]}; }}
    ads--CDockContainerWidget > QSplitter {{ padding: 0; }}
    ads--CDockSplitter::handle {{ background: {c["window"]}; }}
    ads--CDockSplitter::handle:hover {{ background: {c["accent"]}; }}
    ads--CDockAreaWidget {{ background: {c["surface"]}; border: 1px solid {c["border"]}; }}
    ads--CDockAreaTitleBar {{
        background: {c["window"]}; border: none; border-bottom: 1px solid {c["border"]}; padding: 0;
    }}
    ads--CDockWidgetTab {{
        background: {c["window"]}; border: none; border-top: 2px solid {c["window"]};
        border-right: 1px solid {c["border"]}; padding: 0 4px; min-height: 24px;
    }}
    ads--CDockWidgetTab:hover {{ background: {c["raised"]}; border-top-color: {c["strong"]}; }}
    ads--CDockWidgetTab[activeTab="true"] {{ background: {c["surface"]}; border-top-color: {c["strong"]}; }}
    ads--CDockWidgetTab[focused="true"] {{ background: {c["surface"]}; border-top-color: {c["accent"]}; }}
    ads--CDockWidgetTab QLabel, ads--CDockWidgetTab ads--CElidingLabel {{ color: {c["quiet"]}; }}
    ads--CDockWidgetTab[activeTab="true"] QLabel,
    ads--CDockWidgetTab[activeTab="true"] ads--CElidingLabel {{ color: {c["text"]}; }}
    ads--CDockWidget {{ background: {c["surface"]}; border: none; }}
    ads--CTitleBarButton, #tabCloseButton, #floatingTitleCloseButton, #floatingTitleMaximizeButton {{
        background: transparent; border: none; padding: 2px; margin: 1px;
    }}
    ads--CTitleBarButton:hover, #tabCloseButton:hover, #floatingTitleCloseButton:hover {{
        background: {c["strong"]};
    }}
    ads--CTitleBarButton::menu-indicator {{ image: none; }}
    ads--CFloatingDockContainer {{ background: {c["window"]}; border: 1px solid {c["strong"]}; }}
    """
