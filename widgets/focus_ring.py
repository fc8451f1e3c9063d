"""The outline of the docked widget that has the keyboard: over its edge, whatever within it has the focus."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from widgets.theme import Theme

WIDTH = 2


class FocusRing(QWidget):
    """Lies over the edge of `widget`, and only there: what the widget paints within costs nothing more."""

    def __init__(self, widget: QWidget, theme: Theme) -> None:
        super().__init__(widget.parentWidget())
        self._widget = widget
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        widget.installEventFilter(self)
        self._follow()
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._follow()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.focus_ring)
        painter.end()

    def _follow(self) -> None:
        self.setGeometry(self._widget.geometry())
        inner = self.rect().adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH)
        self.setMask(QRegion(self.rect()) - QRegion(inner))
        self.raise_()
