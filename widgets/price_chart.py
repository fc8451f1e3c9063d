"""The trades of the link group's contract over time, and their VWAP. Importing this imports pyqtgraph: do it late."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from protocols.market.events import Feed
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.state import NEVER_SEEN, MarketState
from protocols.market.times import SECOND
from protocols.market.values import SCALE
from widgets.delivery import CONTINENT, market_zone, zone_name
from widgets.figures import price_figure
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.theme import Theme
from widgets.time_axis import step_for, ticks_between
from widgets.value_axis import value_ticks
from widgets.wording import PlainLabel, StandingStrip

REDRAW_EVERY = 0.25
"""Seconds: a chart is looked at, not aimed at."""

TICK_SPACING, VALUE_SPACING = 90, 40
"""Pixels that a time and a value want on their axes."""

RING = 2
"""Pixels kept free around the chart for the outline that says it has the keyboard."""


class MarketTimeAxis(pg.AxisItem):
    """pyqtgraph's own date axis takes one offset for the whole axis, which is wrong on the days the clocks change."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.zone = CONTINENT
        self._texts: dict[float, str] = {}

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        span = maxVal - minVal
        if span <= 0 or size <= 0:
            return []
        step = step_for(span, int(size // TICK_SPACING))
        ticks = ticks_between(minVal, maxVal, step, self.zone)
        self._texts = dict(ticks)
        return [(float(step), [position for position, _ in ticks])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self._texts.get(value, "") for value in values]


class ValueAxis(pg.AxisItem):
    """pyqtgraph's own axis gives each level of its ticks decimals of its own: `108` below `108.5`."""

    def __init__(self) -> None:
        super().__init__("left")
        self._texts: dict[float, str] = {}

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        if maxVal <= minVal or size <= 0:
            return []
        self._texts = dict(value_ticks(minVal, maxVal, int(size // VALUE_SPACING)))
        return [((maxVal - minVal) / max(1, len(self._texts)), list(self._texts))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self._texts.get(value, "") for value in values]


class PriceChart(QWidget):
    """A point per trade that stands, joined by steps, and the venue's VWAP as a dashed line."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._drawn: tuple[object, ...] = ()
        self._drawn_at = float("-inf")
        self._status = -1
        self.title = PlainLabel("", self)
        self.standing = StandingStrip(theme, self)
        self.times = np.empty(0)
        self.prices = np.empty(0)
        self._axis = MarketTimeAxis()
        self.plot = pg.PlotWidget(self, axisItems={"bottom": self._axis, "left": ValueAxis()})
        self._steps = self.plot.plot([], [], connect="all")
        self._points = pg.ScatterPlotItem(size=5, pxMode=True)
        self._vwap = pg.InfiniteLine(angle=0, movable=False)
        self._build()
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.standing.set_theme(theme)
        self.title.setFont(theme.ui_font(theme.sizes.font_title))
        self.plot.setBackground(theme.surface)
        for name in ("bottom", "left"):
            axis = self.plot.getAxis(name)
            axis.setPen(pg.mkPen(theme.border_strong))
            axis.setTextPen(pg.mkPen(theme.text_secondary))
            axis.setTickFont(theme.number_font(theme.sizes.font_title - 1))
        self._drawn = ()
        if self.isVisible():
            self._refresh(at_once=True)

    def sizeHint(self) -> QSize:
        return QSize(560, 320)

    def release(self) -> None:
        """Frees what pyqtgraph holds; after this the widget shows nothing more."""
        if self._clock is not None:
            self._clock.pulse.disconnect(self._pulse)
            self._group.contract_changed.disconnect(self._contract_changed)
            self._clock = None  # type: ignore[assignment]  # dead from here on
            self.plot.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.release()
        super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh(at_once=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The outline of the widget that keys go to."""
        if self.plot.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self._theme.focus_ring, 2 * RING))
            painter.drawRect(self.rect())
            painter.end()

    def show_all(self) -> None:
        """Every trade, at prices that fit."""
        self.plot.getPlotItem().enableAutoRange()

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of its acts are written."""
        self.plot.setToolTip(keys.tip("Trades over time; drag to move, wheel to zoom", "chart.follow", "shows all"))

    def _build(self) -> None:
        item = self.plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.showGrid(x=True, y=True, alpha=0.12)
        item.getAxis("left").enableAutoSIPrefix(False)
        item.getAxis("left").setWidth(58)
        item.addItem(self._points)
        self.plot.setAccessibleName("Trades of the contract over time")
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.plot)
        self.title.setContentsMargins(8, 0, 0, 0)
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 3, 0, 3)
        bar.setSpacing(8)
        bar.addWidget(self.title)
        bar.addWidget(self.standing, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(RING, RING, RING, RING)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.plot, 1)
        self.plot.installEventFilter(self)

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh(at_once=False)

    def _contract_changed(self) -> None:
        self.plot.getPlotItem().enableAutoRange()
        self._drawn = ()
        if self.isVisible():
            self._refresh(at_once=True)

    def _refresh(self, at_once: bool) -> None:
        key = self._group.contract
        if self._market.status_revision != self._status or at_once:
            self._status = self._market.status_revision
            self._name_standing(key)
            self._drawn = ()
        now = self._clock.now.monotonic
        if not at_once and now - self._drawn_at < REDRAW_EVERY and self._drawn:
            return
        seen = (key, self._market.tape.revision, self._market.information.revision, self._market.contracts_revision)
        if seen != self._drawn:
            self._drawn, self._drawn_at = seen, now
            self._draw(key)

    def _name_standing(self, key: ContractKey | None) -> None:
        standing = NEVER_SEEN
        if key is not None:
            standing = self._market.feed_standing(Feed.TRADES, [(key.connection, key.area)])
        self.standing.setVisible(key is not None)
        self.standing.show_standing(standing, "newer trades may be missing")

    def _draw(self, key: ContractKey | None) -> None:
        contract = self._market.contracts.get(key) if key is not None else None
        self._read(key)
        self._axis.zone = market_zone(key.area) if key is not None else CONTINENT
        theme = self._theme
        live = key is not None and self._market.feed_standing(Feed.TRADES, [(key.connection, key.area)]).live
        line, point = (theme.border_strong, theme.last) if live else (theme.border, theme.text_muted)
        self._steps.setData(self.times, self.prices, stepMode="right", pen=pg.mkPen(line))
        self._points.setData(self.times, self.prices, pen=None, brush=pg.mkBrush(point))
        for axis in ("left", "bottom"):
            # Without a trade the axes would show figures of nothing.
            self.plot.getPlotItem().getAxis(axis).setStyle(showValues=bool(len(self.times)))
        vwap = self._draw_vwap(key, contract)
        self.title.say(self._title(key, contract, vwap))

    def _read(self, key: ContractKey | None) -> None:
        """The tape's trades, and before them what the venue's figures tell of earlier ones: those have no identifiers,
        so that of the tape's own time it can't be told which are the same."""
        tape = self._market.tape
        trades = [tape.row(number) for number in tape.rows_of(key)] if key is not None else []
        pairs = sorted((t.executed_at, t.price) for t in trades if t.state.stands and t.executed_at is not None)
        figures = self._market.information.get(key) if key is not None else None
        past = sorted(
            (t.traded_at, t.price)
            for t in (figures.past if figures is not None else ())
            if t.state.stands and t.traded_at is not None and (not pairs or t.traded_at < pairs[0][0])
        )
        pairs = past + pairs
        self.times = np.array([at / SECOND for at, _ in pairs])
        self.prices = np.array([price / SCALE for _, price in pairs])

    def _draw_vwap(self, key: ContractKey | None, contract: PowerContract | None) -> str:
        figures = self._market.information.get(key) if key is not None else None
        item = self.plot.getPlotItem()
        if key is None or contract is None or figures is None or figures.vwap is None:
            item.removeItem(self._vwap) if self._vwap.scene() is not None else None
            return ""
        live = self._market.information_standing(key).live
        colour: QColor = self._theme.guide if live else self._theme.border_strong
        self._vwap.setPen(pg.mkPen(colour, style=Qt.PenStyle.DashLine))
        self._vwap.setValue(figures.vwap / SCALE)
        if self._vwap.scene() is None:
            item.addItem(self._vwap)
        text = price_figure(figures.vwap, contract.spec.price_decimals)
        return f"VWAP {text}" if live else f"VWAP {text} (not live)"

    def _title(self, key: ContractKey | None, contract: PowerContract | None, vwap: str) -> str:
        if key is None:
            return f"No contract is chosen in link group {self._group.number}"
        name = f"{contract.name} {contract.area}" if contract is not None else key.contract_id
        zone = zone_name(self._clock.now.utc, self._axis.zone)
        count = len(self.times)
        words = [name, f"{count} trade{'' if count == 1 else 's'}" if count else "no trades yet", vwap, f"time {zone}"]
        return " · ".join(word for word in words if word)

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget: nothing yet."""
        return {}
