"""A strip on the raised ground."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.theme import Theme


class Raised(QWidget):
    """Paints its ground by the theme at hand. A ground in the palette is lost where the style sheets around it are
    replaced while it is hidden: a light theme's words then stood on the dark one's ground."""

    _theme: Theme

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.surface_raised)
