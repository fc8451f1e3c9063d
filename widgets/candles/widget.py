"""The candles of the link group's currency pair: intervals, the venue's candles built on by live bids, our orders."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from protocols.market.events import Freshness
from protocols.market.intervals import INTERVALS
from protocols.market.state import NEVER_SEEN, MarketState, Standing
from protocols.market.values import Price, ValueRefused, plain_text, scaled_from_text
from widgets.candles.asking import Ask, Asking
from widgets.candles.canvas import Canvas
from widgets.candles.interval_bar import IntervalBar
from widgets.candles.scale import PriceRange
from widgets.candles.span import NARROWEST, WIDEST, Span
from widgets.candles.times import UTC
from widgets.delivery import zone_name
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.staging import Stage
from widgets.theme import Theme
from widgets.wording import PlainLabel, StandingStrip

RING = 2
"""Pixels kept free around the chart for the outline that says it has the keyboard."""


class CandleChart(QWidget):
    """`ask` asks the venue for candles; `staged` is what is staged on the ladder, drawn in.

    Dragging an order asks for its change to be staged (`stage_requested`: order, price) and sends nothing.
    """

    stage_requested = Signal(object, object)
    amend_requested = Signal(object)
    """An own order that is to be modified where that is done."""
    refused = Signal(str)
    """Why an act did nothing, in words for the trader."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        ask: Ask,
        staged: Callable[[], Stage | None] = lambda: None,
        zone: ZoneInfo = UTC,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._zone = zone
        self._status = -1
        self._released = False
        self.title = PlainLabel("", self)
        self.standing = StandingStrip(theme, self)
        self.intervals = IntervalBar(theme, self)
        self.canvas = Canvas(market, clock, Asking(ask), theme, zone, staged, self)
        self._build()
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        self.intervals.chosen.connect(self.choose_interval)
        self.intervals.follow_requested.connect(self.canvas.follow)
        self.intervals.fit_requested.connect(self.canvas.fit_prices)
        self.canvas.view_changed.connect(self._show_view)
        self.canvas.stage_requested.connect(self.stage_requested)
        self.canvas.refused.connect(self.refused)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._follow_group)
        self._follow_group()

    # How it looks

    def set_theme(self, theme: Theme) -> None:
        self.standing.set_theme(theme)
        self.title.setFont(theme.ui_font(theme.sizes.font_title))
        self.intervals.set_theme(theme)
        self.canvas.set_theme(theme)

    def set_compact(self, on: bool) -> None:
        self.intervals.set_compact(on)
        self.canvas.set_compact(on)

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of its acts are written."""
        self.intervals.set_keys(keys)
        tips = (
            "Drag to move, wheel to zoom; on the prices, or with Ctrl, the wheel zooms those",
            "Drag an own order to another price to stage its change",
            keys.tip("Back to the newest candles", "chart.follow"),
            keys.tip("Prices that fit", "chart.fit"),
        )
        self.canvas.setToolTip("\n".join(tips))

    def sizeHint(self) -> QSize:
        return QSize(720, 380)

    def release(self) -> None:
        """After this the widget shows nothing more."""
        if not self._released:
            self._released = True
            self._clock.pulse.disconnect(self._pulse)
            self._group.contract_changed.disconnect(self._follow_group)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.release()
        super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._name_standing()

    # Acts

    @property
    def interval(self) -> str:
        """The name of the interval that is shown."""
        return self.canvas.looking.interval

    def choose_interval(self, name: str) -> None:
        """What is missing is asked for with the next frame."""
        self.canvas.follow_key(self._group.contract, name)
        self._describe()

    def next_interval(self, step: int) -> None:
        """The next longer (1) or shorter (-1) interval; stays at the ends."""
        names = list(INTERVALS)
        at = names.index(self.interval) + step
        self.choose_interval(names[min(max(0, at), len(names) - 1)])

    def amend_selected(self) -> None:
        """Asks for the selected own order to be modified."""
        order = self.canvas.selected
        if order is None:
            self.refused.emit("No own order is selected on the chart")
        else:
            self.amend_requested.emit(order)

    # What a workspace keeps

    def state(self) -> dict[str, Any]:
        """The interval, how wide candles are, and the prices where they were chosen, with the pair they belong to."""
        looking = self.canvas.looking
        kept: dict[str, Any] = {"interval": self.interval, "step": round(looking.span.step, 3)}
        if looking.prices is not None and looking.key is not None:
            kept["pair"] = [looking.key.connection, looking.key.contract_id]
            kept["prices"] = [plain_text(looking.prices.low), plain_text(looking.prices.high)]
        return kept

    def restore(self, state: dict[str, Any]) -> None:
        """Takes what fits; what can't be read leaves things as they are."""
        looking = self.canvas.looking
        interval = state.get("interval")
        if isinstance(interval, str) and interval in INTERVALS:
            self.choose_interval(interval)
        step = state.get("step")
        if isinstance(step, int | float) and NARROWEST <= step <= WIDEST:
            looking.span = Span(float(step), looking.span.back)
        key = looking.key
        if key is not None and state.get("pair") == [key.connection, key.contract_id]:
            looking.prices = _range_of(state.get("prices")) or looking.prices
        self._show_view()
        self.canvas.update()

    # Within

    def _build(self) -> None:
        self.setFocusProxy(self.canvas)
        self.canvas.setAccessibleName("Candles")
        self.title.setContentsMargins(8, 0, 0, 0)
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 3, 0, 0)
        bar.setSpacing(8)
        bar.addWidget(self.title)
        bar.addWidget(self.standing, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(RING, RING, RING, RING)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.intervals)
        column.addWidget(self.canvas, 1)
        before: QWidget = self.canvas
        for after in (*self.intervals.buttons.values(), self.intervals.more, self.intervals.follow, self.intervals.fit):
            QWidget.setTabOrder(before, after)
            before = after

    def _pulse(self) -> None:
        if self.isVisible():
            self._look()

    def _look(self) -> None:
        if self._status != self._market.status_revision + self._market.contracts_revision:
            self._status = self._market.status_revision + self._market.contracts_revision
            self._describe()
        self._name_standing()
        self.canvas.look()

    def _follow_group(self) -> None:
        self.canvas.follow_key(self._group.contract, self.interval)
        self._describe()
        self._name_standing()

    def _describe(self) -> None:
        """Title and names of what is shown."""
        key = self._group.contract
        pair = None if key is None else self._market.pairs.get(key)
        interval = INTERVALS[self.interval]
        self.intervals.show_interval(self.interval)
        if pair is None:
            self.title.say(f"No currency pair is chosen in link group {self._group.number}")
        else:
            zone = zone_name(self._clock.now.utc, self._zone)
            self.title.say(f"{pair.title} · {interval.title} · newest built on by live bids · time {zone}")
        self.canvas.setAccessibleName(f"Candles of {self._group.chosen_words(self._market)}, {interval.title}")

    def _name_standing(self) -> None:
        key = self._group.contract
        standing = NEVER_SEEN if key is None else self._market.quote_standing(key)
        series = self.canvas.series
        if standing.live and (series is None or not series.candles):
            standing = Standing(Freshness.UNSYNCHRONISED, "no candles yet")
        self.standing.setVisible(key is not None)
        self.standing.show_standing(standing, "the newest candle is not built on")

    def _show_view(self) -> None:
        looking = self.canvas.looking
        self.intervals.show_view(following=looking.span.following, fitted=looking.prices is None)


def _range_of(texts: object) -> PriceRange | None:
    """Two prices as they are kept; None for anything else."""
    if not isinstance(texts, list) or len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        return None
    try:
        low, high = (Price(scaled_from_text(text)) for text in texts)
    except ValueRefused:
        return None
    return PriceRange(low, high) if low < high else None
