"""The baseline as steps over time, with the delivery window behind it. Importing this imports pyqtgraph: do it late."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from protocols.market.flex import Delivery, Reading
from protocols.market.times import SECOND, UtcNs
from protocols.market.values import SCALE
from widgets.price_chart import MarketTimeAxis, ValueAxis
from widgets.theme import Theme, faded

AXIS_WIDTH = 54


class BaselinePlot(QWidget):
    """Each reading holds until the next one, the last until the readings end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._axis = MarketTimeAxis()
        self.plot = pg.PlotWidget(self, axisItems={"bottom": self._axis, "left": ValueAxis()})
        self._line = self.plot.plot([], [])
        self._points = pg.ScatterPlotItem(size=6, pxMode=True)
        self._window = pg.LinearRegionItem(movable=False)
        item = self.plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.showGrid(x=True, y=True, alpha=0.12)
        item.getAxis("left").enableAutoSIPrefix(False)
        item.getAxis("left").setWidth(AXIS_WIDTH)
        item.addItem(self._window, ignoreBounds=False)
        item.addItem(self._points)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setToolTip("The readings over time; the band is the delivery window")
        self.plot.setAccessibleName("Plot of the baseline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.setBackground(theme.surface)
        for name in ("bottom", "left"):
            axis = self.plot.getAxis(name)
            axis.setPen(pg.mkPen(theme.border_strong))
            axis.setTextPen(pg.mkPen(theme.text_secondary))
            axis.setTickFont(theme.number_font(theme.sizes.font_title - 1))
        self._line.setPen(pg.mkPen(theme.accent, width=2))
        self._points.setBrush(pg.mkBrush(theme.accent))
        self._points.setPen(None)
        self._window.setBrush(pg.mkBrush(faded(theme.accent, 26)))
        for line in self._window.lines:
            line.setPen(pg.mkPen(faded(theme.accent, 140), style=Qt.PenStyle.DashLine))

    def show_readings(
        self, readings: Sequence[Reading], end: UtcNs | None, unit: str, delivery: Delivery, zone: ZoneInfo
    ) -> None:
        """`end` is when the last reading's time is over; None while that is not known."""
        self._axis.zone = zone
        times = [reading.at / SECOND for reading in readings]
        values = [reading.value / SCALE for reading in readings]
        self._points.setData(times, values)
        if readings and end is not None:
            times, values = [*times, end / SECOND], [*values, values[-1]]
        self._line.setData(np.array(times), np.array(values), stepMode="right" if len(times) > 1 else None)
        self._window.setRegion((delivery.start / SECOND, delivery.end / SECOND))
        self.plot.setLabel("left", unit, color=self._theme.text_secondary.name())
        self.plot.getPlotItem().enableAutoRange()

    def release(self) -> None:
        """Frees what pyqtgraph holds; after this it shows nothing more."""
        self.plot.close()
