"""Freshness in words and colours, within docks: after a change of tabs or theme too."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLineEdit, QMainWindow, QVBoxLayout, QWidget

from protocols.market.events import Freshness
from protocols.market.state import Standing
from tests.widgets.desk import DARK, LIGHT, show
from widgets.docking import Docking, Place
from widgets.marks import INKS
from widgets.wording import StandingStrip


def colours(widget: QWidget) -> set[str]:
    picture = widget.grab().toImage()
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}


@pytest.mark.parametrize("freshness", list(Freshness))
def test_a_strip_in_a_dock_keeps_its_colours_over_tabs_and_themes(qtbot, freshness: Freshness) -> None:
    window = QMainWindow()
    docking = Docking(window, DARK)
    page = QWidget()
    strip = StandingStrip(DARK, page)
    column = QVBoxLayout(page)
    column.addWidget(strip)
    column.addStretch(1)
    docking.add(page, "tape", "Tape", Place.LEFT)
    docking.add(QLineEdit(), "chart", "Chart", Place.TAB, "tape")
    show(qtbot, window, 500, 300)
    docking.show_dock("tape")
    strip.show_standing(Standing(freshness, "" if freshness is Freshness.LIVE else "because"))
    for theme in (DARK, LIGHT, DARK):
        docking.set_theme(theme)
        strip.set_theme(theme)
        for name in ("chart", "tape"):
            docking.show_dock(name)
        seen = colours(strip)
        stale = freshness is Freshness.STALE
        ground: QColor = theme.danger_surface if stale else theme.surface
        ink: QColor = theme.text if stale else getattr(theme, INKS[freshness])
        others = {getattr(theme, name).name() for name in ("live", "warning", "danger")} - {ink.name()}
        assert strip.grab().toImage().pixelColor(1, 1).name() == ground.name()
        assert ink.name() in seen
        assert not others & seen
