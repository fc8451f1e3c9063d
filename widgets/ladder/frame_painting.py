"""Paints a whole frame of the ladder with one ink, layer upon layer. Reads nothing but the frame."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from widgets.ladder.bar_painting import BarPainter
from widgets.ladder.frame import Body, LadderFrame
from widgets.ladder.ink import Ink, Pixels
from widgets.ladder.own_painting import OwnPainter
from widgets.ladder.painting import RowPainter
from widgets.ladder.plate import PlatePainter
from widgets.ladder.surround import SurroundPainter

OWN_OPACITY = 0.6
"""Of our own orders on rows that are not live."""


class FramePainter:
    """Keeps nothing between frames."""

    def __init__(self, ink: Ink) -> None:
        self._ground = ink.theme.surface
        self._rows = RowPainter(ink)
        self._own = OwnPainter(ink)
        self._plate = PlatePainter(ink)
        self._surround = SurroundPainter(ink)
        self._bar = BarPainter(ink)

    def paint(self, painter: QPainter, frame: LadderFrame, area: QRect, focused: bool) -> None:
        pixels = Pixels(painter)
        painter.fillRect(area, self._ground)
        if frame.body is not None:
            self._rows.paint(painter, pixels, frame.geometry, frame.body)
        if frame.plate is not None:
            self._plate.veil(painter, pixels, frame)
        if frame.body is not None:
            self._paint_own(painter, pixels, frame, frame.body)
        if frame.plate is not None:
            self._plate.words(painter, pixels, frame, frame.plate)
        self._surround.header(painter, pixels, frame)
        self._surround.titles(painter, pixels, frame)
        self._surround.footer(painter, pixels, frame)
        self._bar.paint(painter, pixels, frame)
        if focused:
            self._surround.focus(painter, pixels, frame.geometry)

    def _paint_own(self, painter: QPainter, pixels: Pixels, frame: LadderFrame, body: Body) -> None:
        """Our orders: above the veil of rows that are not live, fainter than ever in a live market but readable, since
        what still works is asked just then."""
        if not frame.condition.live:
            self._rows.paint_landmarks(painter, frame.geometry, body)
            painter.setOpacity(OWN_OPACITY)
        self._own.paint(painter, pixels, frame.geometry, body)
        painter.setOpacity(1.0)
