"""Strips on the raised ground, whatever happens to the style sheets around them."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from tests.widgets.desk import DARK, LIGHT, show
from widgets.oco.offer import PairOffer


def test_a_strip_has_the_ground_of_the_theme_whatever_happened_while_it_was_hidden(qtbot) -> None:
    around = QWidget()
    column = QVBoxLayout(around)
    column.setContentsMargins(0, 0, 0, 0)
    around.setStyleSheet(f"QWidget {{ background: {DARK.surface.name()} }}")
    strip = PairOffer(DARK, around)
    column.addWidget(strip)
    show(qtbot, around, 300, 120)
    strip.hide()
    strip.set_theme(LIGHT)
    around.setStyleSheet(f"QWidget {{ background: {LIGHT.surface.name()} }}")
    strip.show()
    assert strip.grab().toImage().pixelColor(2, 2) == LIGHT.surface_raised
