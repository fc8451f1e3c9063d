"""A contract's way on one line: a station each for verification and settlement, begun and done."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.delivery import CONTINENT, time_text, zone_name
from widgets.flex.progress import INKS, Progress, State, Station
from widgets.theme import Theme

DOT = 7.0
"""Radius of a station."""
MARGIN = 10


class StepLine(QWidget):
    """Shows a progress, or nothing. What it paints it also says, for a screen reader."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._progress: Progress | None = None
        self._zone: ZoneInfo = CONTINENT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._font = theme.ui_font(theme.sizes.font_title)
        self.updateGeometry()
        self.update()

    def show_progress(self, progress: Progress | None, zone: ZoneInfo) -> None:
        """None shows nothing and takes no room."""
        self.setVisible(progress is not None)
        if (progress, zone) == (self._progress, self._zone):
            return
        self._progress, self._zone = progress, zone
        stations = () if progress is None else progress.stations
        said = [f"{each.label} {each.state.name.lower()} {self._time(each)}".rstrip() for each in stations]
        self.setAccessibleName(f"Progress: {', '.join(said)}")
        self.setToolTip(progress.words if progress is not None else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 2 * QFontMetrics(self._font).height() + round(2 * DOT) + 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        progress, theme = self._progress, self._theme
        if progress is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.surface)
        painter.setFont(self._font)
        count = len(progress.stations)
        share, line = (self.width() - 2 * MARGIN) / count, QFontMetrics(self._font).height()
        y = line + 4 + DOT
        for index, station in enumerate(progress.stations):
            x = MARGIN + share * (index + 0.5)
            if index:
                reached = station.state is not State.AHEAD
                painter.setPen(QPen(getattr(theme, INKS[station.state]) if reached else theme.border_strong, 2))
                painter.drawLine(QPointF(x - share + DOT + 3, y), QPointF(x - DOT - 3, y))
            self._station(painter, station, QPointF(x, y))
            room = QRectF(x - share / 2, 0, share, line + 2)
            painter.setPen(theme.text if station.state is not State.AHEAD else theme.text_secondary)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, station.label)
            painter.setPen(theme.text_secondary)
            below = QRectF(x - share / 2, y + DOT + 3, share, line)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._time(station))
        painter.end()

    def _station(self, painter: QPainter, station: Station, middle: QPointF) -> None:
        theme = self._theme
        ink = getattr(theme, INKS[station.state])
        painter.setPen(QPen(ink, 2))
        painter.setBrush(ink if station.state is State.DONE else theme.surface)
        painter.drawEllipse(middle, DOT, DOT)
        if station.state is State.FAILED:
            arm = DOT / 2.2
            for one, other in ((-arm, arm), (arm, -arm)):
                painter.drawLine(middle + QPointF(one, -arm), middle + QPointF(other, arm))
        elif station.state is State.DONE:
            painter.setPen(QPen(theme.surface, 2))
            x, y = middle.x(), middle.y()
            painter.drawPolyline([QPointF(x - 3, y), QPointF(x - 0.7, y + 2.6), QPointF(x + 3.4, y - 2.6)])

    def _time(self, station: Station) -> str:
        if station.at is None:
            return ""
        return f"{time_text(station.at, self._zone)} {zone_name(station.at, self._zone)}"
