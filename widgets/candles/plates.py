"""Paints words over the chart: why it is not live, why there is nothing, what is awaited."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from widgets.candles.frame import Frame, Plate
from widgets.candles.ink import PAD, Ink

WIDEST = 460
BAR, BAR_WIDTH, RUNNER = 3, 160, 48
SWEEP = 1.4
"""Seconds in which the mark of a wait runs from one end to the other."""


class PlatePainter:
    """Words in a box, readable over whatever lies below."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        theme = ink.theme
        self._title = theme.ui_font(theme.sizes.font_ui, QFont.Weight.DemiBold)
        self._title_metrics = QFontMetricsF(self._title)

    def paint(self, painter: QPainter, frame: Frame) -> None:
        if frame.note:
            self._note(painter, frame)
        if frame.fetching and frame.body is not None:
            self._fetching(painter, frame)
        if frame.plate is not None:
            self._plate(painter, frame, frame.plate)

    def _plate(self, painter: QPainter, frame: Frame, plate: Plate) -> None:
        ink, theme, layout = self._ink, self._ink.theme, frame.layout
        room = min(WIDEST, layout.right - 4 * PAD)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        words = "\n".join(plate.lines)
        title = self._title_metrics.boundingRect(QRectF(0, 0, room, 200), flags, plate.title)
        lines = ink.word_metrics.boundingRect(QRectF(0, 0, room, 400), flags, words) if words else QRectF()
        height = title.height() + lines.height() + (4 if words else 0) + (BAR + 10 if plate.busy else 0)
        width = max(title.width(), lines.width(), BAR_WIDTH if plate.busy else 0)
        box = QRectF(0, 0, width + 4 * PAD, height + 4 * PAD)
        box.moveCenter(QRectF(0, layout.top, layout.right, layout.bottom - layout.top).center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.border_strong, 1))
        painter.setBrush(theme.surface_raised)
        painter.drawRoundedRect(box, theme.sizes.radius, theme.sizes.radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        inner = box.adjusted(2 * PAD, 2 * PAD, -2 * PAD, -2 * PAD)
        painter.setFont(self._title)
        painter.setPen(theme.text)
        painter.drawText(inner, flags, plate.title)
        painter.setFont(ink.words)
        painter.setPen(theme.text_secondary)
        painter.drawText(inner.adjusted(0, title.height() + 4, 0, 0), flags, words)
        if plate.busy:
            self._busy(painter, inner.center().x() - BAR_WIDTH / 2, inner.bottom() - BAR, frame.time)

    def _note(self, painter: QPainter, frame: Frame) -> None:
        """A problem at the top of the plot: the candles below it are older than they should be."""
        ink, theme = self._ink, self._ink.theme
        room = frame.layout.right - 4 * PAD
        text = ink.number_metrics.elidedText(f"! {frame.note}", Qt.TextElideMode.ElideRight, room)
        above = 0 if frame.body is None or not frame.body.above else ink.chip_height + 4
        rect = QRectF(PAD, frame.layout.top + 2 + above, ink.width(text), ink.chip_height)
        ink.chip(painter, rect, text, ground=theme.surface_raised, ink=theme.warning, edge=theme.warning)

    def _fetching(self, painter: QPainter, frame: Frame) -> None:
        ink, theme, layout = self._ink, self._ink.theme, frame.layout
        text = "older candles are on their way"
        rect = QRectF(2 * PAD, layout.bottom - ink.chip_height - 10, max(ink.width(text), BAR_WIDTH), ink.chip_height)
        ink.chip(painter, rect, text, ground=theme.surface_raised, ink=theme.text_secondary, edge=theme.border_strong)
        self._busy(painter, rect.left(), rect.bottom() + 2, frame.time)

    def _busy(self, painter: QPainter, left: float, top: float, time: float) -> None:
        """How much there is to come nobody says: a mark runs to and fro."""
        theme = self._ink.theme
        turn = time / SWEEP % 2
        place = (turn if turn <= 1 else 2 - turn) * (BAR_WIDTH - RUNNER)
        painter.fillRect(QRectF(left, top, BAR_WIDTH, BAR), theme.border)
        painter.fillRect(QRectF(left + place, top, RUNNER, BAR), theme.accent)
