"""Paints the bar below the rows. Reads nothing but the frame."""

from PySide6.QtGui import QPainter

from protocols.market.values import Side
from widgets.ladder.bar import Bar
from widgets.ladder.frame import LadderFrame
from widgets.ladder.geometry import Geometry, Rect
from widgets.ladder.ink import Face, Ink, Pixels
from widgets.ladder.words import Tone

EDGE = 4


class BarPainter:
    """Paints what is staged with one ink; the buttons beside are widgets of their own."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink

    def paint(self, painter: QPainter, pixels: Pixels, frame: LadderFrame) -> None:
        theme, geometry, bar = self._ink.theme, frame.geometry, frame.bar
        ground = theme.surface_raised
        if bar is not None and bar.side is not None:
            ground = theme.buy_surface if bar.side is Side.BUY else theme.sell_surface
        painter.fillRect(pixels.rect(geometry.bar), ground)
        painter.fillRect(pixels.across(0, geometry.width, geometry.bar.y), theme.border_strong)
        if bar is None:
            return
        if bar.side is not None:
            strong = theme.buy if bar.side is Side.BUY else theme.sell
            band = geometry.bar
            painter.fillRect(pixels.across(0, geometry.width, band.y), strong)
            painter.fillRect(pixels.rect(Rect(0, band.y, EDGE, band.height)), strong)
        self._words(painter, geometry, bar)

    def _words(self, painter: QPainter, geometry: Geometry, bar: Bar) -> None:
        first, second = geometry.bar_line(0), geometry.bar_line(1)
        title = getattr(self._ink.theme, bar.title.tone.value)
        if bar.stage is None:
            second = Rect(second.x, second.y, geometry.width - 2 * second.x, second.height)
        for face in (Face.NAME, Face.TEXT, Face.TITLE, Face.SMALL):
            if self._ink.width(face, bar.title.text) <= first.width:
                self._ink.draw(painter, face, bar.title.text, first.x, first, title)
                self._note(painter, second, bar)
                return
        # A price must never be cut off: it takes the note's line.
        what, at, rest = bar.title.text.partition(" @ ")
        if bar.note.tone is Tone.WARNING:
            rest += f"  {bar.note.text}"
        for line, text in ((first, what), (second, at.lstrip() + rest)):
            face = Face.TEXT if self._ink.width(Face.TEXT, text) <= line.width else Face.SMALL
            self._ink.draw(painter, face, self._ink.fitting(face, text, line.width), line.x, line, title)

    def _note(self, painter: QPainter, band: Rect, bar: Bar) -> None:
        tone = Tone.TEXT if bar.stage is not None and bar.note.tone is Tone.SECONDARY else bar.note.tone
        face = Face.TITLE if self._ink.width(Face.TITLE, bar.note.text) <= band.width else Face.SMALL
        text = self._ink.fitting(face, bar.note.text, band.width)
        self._ink.draw(painter, face, text, band.x, band, getattr(self._ink.theme, tone.value))
