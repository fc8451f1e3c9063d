"""Paints what a ladder that is not live says of itself: a veil over its rows, and a band that says why.

The band hides rows. It stands where it hides the least of what a trader needs just then: what rests there of his own,
and where the market was last seen.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from protocols.market.events import Freshness
from widgets.ladder.frame import LadderFrame, Plate
from widgets.ladder.geometry import Rect
from widgets.ladder.ink import Face, Ink, Pixels
from widgets.ladder.standing import Condition
from widgets.ladder.words import Tone
from widgets.marks import INKS
from widgets.theme import faded

BAR = 4
GAP = 16
SPARE_FIGURES = 4
"""Room left beside the words, so that an age that grows by a figure does not lay the band out anew."""

TONES = {
    Condition.NO_CONTRACT: Tone.MUTED,
    Condition.UNSYNCHRONISED: Tone(INKS[Freshness.UNSYNCHRONISED]),
    Condition.RESYNCHRONISING: Tone(INKS[Freshness.RESYNCHRONISING]),
    Condition.STALE: Tone(INKS[Freshness.STALE]),
    Condition.CLOSED: Tone.SECONDARY,
    Condition.HALTED: Tone.SECONDARY,
    Condition.EMPTY: Tone.MUTED,
}
_HATCHES = {
    Condition.UNSYNCHRONISED: Qt.BrushStyle.DiagCrossPattern,
    Condition.RESYNCHRONISING: Qt.BrushStyle.BDiagPattern,
    Condition.HALTED: Qt.BrushStyle.Dense6Pattern,
}
_QUIET = (Condition.EMPTY, Condition.NO_CONTRACT)
"""Nothing is wrong: words on the rows, no alarm."""

_WRAPPED = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


class Run(NamedTuple):
    """So many rows from a slot on."""

    slot: int
    rows: int

    @property
    def end(self) -> int:
        return self.slot + self.rows

    def hides(self, slots: Collection[int]) -> int:
        """How many of these slots it lies on."""
        return sum(self.slot <= slot < self.end for slot in slots)

    def cuts(self, positions: Sequence[float]) -> int:
        """How many labels of lines, which stand across a line between rows, it would cut in two."""
        edges = (self.slot - 0.5, self.end - 0.5)
        return sum(abs(position - edge) < 0.5 for position in positions for edge in edges)


class _Words(NamedTuple):
    """One text of the band, and where in it."""

    face: Face
    text: str
    colour: QColor
    place: QRect


class PlatePainter:
    """Paints plates with one ink; keeps nothing between frames."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink

    def veil(self, painter: QPainter, pixels: Pixels, frame: LadderFrame) -> None:
        """Dims the rows: no number of a ladder that is not live looks as if it were."""
        if frame.condition is Condition.EMPTY:
            return
        theme, area = self._ink.theme, pixels.rect(frame.geometry.body)
        painter.fillRect(area, theme.stale_veil if frame.body is not None else theme.surface_sunken)
        hatch = _HATCHES.get(frame.condition)
        if hatch is not None:
            painter.fillRect(area, QBrush(faded(self._tone(frame.condition), 40), hatch))

    def words(self, painter: QPainter, pixels: Pixels, frame: LadderFrame, plate: Plate) -> None:
        """The band: what is wrong, and why."""
        theme, quiet = self._ink.theme, frame.condition in _QUIET
        texts, height = self._laid_out(painter, frame, plate)
        band = _band(frame, height)
        painter.fillRect(pixels.rect(band), theme.surface if quiet else theme.surface_raised)
        if not quiet:
            tone = self._tone(frame.condition)
            painter.fillRect(pixels.across(0, band.right, band.y), tone)
            painter.fillRect(pixels.across(0, band.right, band.bottom), tone)
            painter.fillRect(pixels.rect(Rect(0, band.y, BAR, band.height)), tone)
        top = band.y + (band.height - height) // 2
        for face, text, colour, place in texts:
            painter.setFont(self._ink.font(face))
            painter.setPen(colour)
            painter.drawText(place.translated(0, top), _WRAPPED, text)

    def _tone(self, condition: Condition) -> QColor:
        colour: QColor = getattr(self._ink.theme, TONES[condition].value)
        return colour

    def _laid_out(self, painter: QPainter, frame: LadderFrame, plate: Plate) -> tuple[list[_Words], int]:
        """The texts, with places from the band's upper edge, and how tall the band has to be for them."""
        theme, width, pad = self._ink.theme, frame.geometry.body.width, frame.geometry.metrics.padding
        if frame.condition in _QUIET:
            quiet = [(Face.TEXT, line, theme.text_muted) for line in plate.lines]
            return self._stacked(painter, [(Face.NAME, plate.title, theme.text_secondary), *quiet], frame)
        title = (Face.PLATE, plate.title.upper(), self._tone(frame.condition))
        lines = [(Face.TEXT, line, theme.text) for line in plate.lines]
        left = self._ink.width(Face.PLATE, title[1])
        right = max((self._ink.width(Face.TEXT, line) for line in plate.lines), default=0)
        spare = round(SPARE_FIGURES * self._ink.digit)
        if frame.body is None or BAR + left + GAP + right + spare + 2 * pad > width:
            return self._stacked(painter, [title, *lines], frame)
        return self._beside(title, lines, (width - left - GAP - right) // 2)

    def _beside(
        self, title: tuple[Face, str, QColor], lines: list[tuple[Face, str, QColor]], x: int
    ) -> tuple[list[_Words], int]:
        """The lines at the title's right: a band that hides few rows."""
        ink = self._ink
        left, tall, line = ink.width(title[0], title[1]), ink.height(title[0]), ink.height(Face.TEXT)
        height = max(tall, len(lines) * line)
        texts = [_Words(*title, QRect(x, (height - tall) // 2, left + 1, tall))]
        y = (height - len(lines) * line) // 2
        for index, (face, text, colour) in enumerate(lines):
            place = QRect(x + left + GAP, y + index * line, ink.width(face, text) + 1, line)
            texts.append(_Words(face, text, colour, place))
        return texts, height

    def _stacked(
        self, painter: QPainter, parts: list[tuple[Face, str, QColor]], frame: LadderFrame
    ) -> tuple[list[_Words], int]:
        """One below the other, wrapped where the ladder is narrow."""
        pad = frame.geometry.metrics.padding
        width, y, texts = frame.geometry.body.width - 2 * pad, pad, []
        for face, text, colour in parts:
            painter.setFont(self._ink.font(face))
            tall = painter.boundingRect(QRect(0, 0, width, 10_000), _WRAPPED, text).height() + 2
            texts.append(_Words(face, text, colour, QRect(pad, y, width, tall)))
            y += tall
        return texts, y + pad


def _band(frame: LadderFrame, height: int) -> Rect:
    """Where the band stands: whole rows of a market, else the middle of an empty ground."""
    geometry, area = frame.geometry, frame.geometry.body
    if frame.body is None or not geometry.slots:
        return Rect(0, area.y + max(0, (area.height - height) // 2), area.width, height)
    body, tall = frame.body, geometry.metrics.row_height
    rows = min(-(-height // tall), geometry.slots)
    # Best prices out of view stand in rows of their own, which stay free.
    span = range(1 if body.notice_above else 0, geometry.slots - (1 if body.notice_below else 0))
    own = {*body.own_buys.cells, *body.own_sells.cells, *([body.mark.slot] if body.mark is not None else [])}
    best = {slot for slot in (body.bids.best_slot, body.asks.best_slot) if slot is not None}
    aim = (span.start + span.stop - rows) // 2 if frame.condition in _QUIET else span.start
    run = clear_run(span, rows, own, best, [guide.position for guide in body.guides], aim)
    return Rect(0, area.y + run.slot * tall, area.width, run.rows * tall)


def clear_run(
    span: range, rows: int, own: Collection[int], best: Collection[int], labels: Sequence[float], aim: int
) -> Run:
    """Which rows of a span a band of so many hides: those with the fewest own orders, then without a best price, then
    with no label of a line at their edges (a row more where that helps); of these the nearest to the slot aimed at."""
    runs = [Run(slot, tall) for tall in (rows, rows + 1) for slot in range(span.start, span.stop - tall + 1)]

    def cost(run: Run) -> tuple[int, ...]:
        return run.hides(own), run.hides(best), run.cuts(labels), abs(run.slot - aim), run.rows

    return min(runs, key=cost, default=Run(0, rows))
