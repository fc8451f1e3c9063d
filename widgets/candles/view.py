"""The plot of candles: what it looks at, what is asked for, when it is painted anew. Hands are in `canvas.py`."""

import bisect
from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from protocols.market.candles import Series
from protocols.market.events import Feed
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.values import Price
from widgets.candles.asking import Asking
from widgets.candles.compose import Looking, composed, followed, price_range
from widgets.candles.drag import still_held
from widgets.candles.frame import Frame, Layout
from widgets.candles.ink import Ink
from widgets.candles.painting import ChartPainter
from widgets.candles.span import NOTCH
from widgets.frame_clock import FrameClock
from widgets.ladder.hand import down_the_ladder
from widgets.staging import NotStaged, Stage, price_text
from widgets.theme import Theme

USUAL_INTERVAL = "5m"
SHIFTED = 10
"""A tenth of the range is what a key moves the prices by."""
BUSY_FRAMES = 15
"""A second, of the mark that runs while something is awaited."""


class CandleView(QWidget):
    """`view_changed` when what is followed, chosen or looked at has changed, for whoever shows that."""

    stage_requested = Signal(object, object)
    """An own order and the price that it was dragged to."""
    refused = Signal(str)
    """Why an act did nothing, in words."""
    view_changed = Signal()

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        asking: Asking,
        theme: Theme,
        zone: ZoneInfo,
        staged: Callable[[], Stage | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._asking = asking
        self._staged = staged
        self._theme, self._compact = theme, False
        self._watched: tuple[object, ...] = ()
        self._newest_at: int | None = None
        self._widest = ""
        self._revision = 0
        self._ground: QPixmap | None = None
        """What stays while only the mouse moves; None when it has to be painted anew."""
        self._shown: tuple[object, ...] = ()
        self.painted: Frame | None = None
        """The frame on the screen: what the mouse is answered from."""
        self.looking = Looking(USUAL_INTERVAL, zone)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self._dress()

    # How it looks

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._dress()

    def set_compact(self, on: bool) -> None:
        self._compact = on
        self._dress()

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    # What it looks at

    @property
    def series(self) -> Series | None:
        key = self.looking.key
        return None if key is None else self._market.candles_of(key, self.looking.interval)

    def follow_key(self, key: ContractKey | None, interval: str) -> None:
        """Another pair or interval: from its newest candles on. What was in hand is dropped, and said."""
        looking = self.looking
        if (key, interval) == (looking.key, looking.interval):
            return
        if looking.drag is not None:
            self.refused.emit("The drag was dropped: the chart shows something else")
        if key != looking.key:
            looking.selected = None
        looking.key, looking.interval = key, interval
        looking.span, looking.prices = looking.span.followed(), None
        looking.cursor, self._newest_at = None, None
        self.let_loose()
        self._asking.follow(key, interval)
        self._changed()

    # Acts

    def follow(self) -> None:
        """Back to the newest candles, at prices that fit."""
        self.looking.span, self.looking.prices, self.looking.cursor = self.looking.span.followed(), None, None
        self._changed()

    def pan(self, candles: float) -> None:
        """Towards the past; with less than 0 towards the newest."""
        self.looking.span = self.looking.span.panned(candles, self._count)
        self._changed()

    def pan_pages(self, pages: float) -> None:
        self.pan(pages * self.looking.layout.right / self.looking.span.step)

    def show_oldest(self) -> None:
        """The oldest candles that are loaded; older ones are asked for."""
        self.pan(self._count)

    def zoom(self, notches: float, x: float | None = None) -> None:
        """More (above 0) or less room for each candle, about a place or the right edge."""
        right = self.looking.layout.right
        self.looking.span = self.looking.span.zoomed(NOTCH**notches, right if x is None else x, right, self._count)
        self._changed()

    def zoom_prices(self, notches: float) -> None:
        body = None if self.painted is None else self.painted.body
        if body is not None:
            chosen = price_range(body.scale)
            self.looking.prices = chosen.zoomed(NOTCH**notches, body.pair.spec.tick)
            self._changed()

    def shift_prices(self, tenths: int) -> None:
        """Towards higher prices, or with less than 0 lower ones."""
        body = None if self.painted is None else self.painted.body
        if body is not None:
            chosen = price_range(body.scale)
            self.looking.prices = chosen.moved((chosen.high - chosen.low) // SHIFTED * tenths)
            self._changed()

    def fit_prices(self) -> None:
        """Prices fit what is in view again."""
        self.looking.prices = None
        self._changed()

    def look_aside(self, candles: int) -> None:
        """Moves the crosshair by candles, towards the newest where above 0, and brings it into view."""
        looking, count = self.looking, self._count
        if not count:
            return
        at = 0 if looking.cursor is None else looking.cursor - candles
        looking.cursor, looking.pointer = min(max(0, at), count - 1), None
        x = looking.span.x(looking.cursor, looking.layout.right)
        if not 0 <= x < looking.layout.right:
            aim = looking.layout.right * (0.2 if x < 0 else 0.8)
            looking.span = looking.span.panned((aim - x) / looking.span.step, count)
        self._changed()

    def select_own(self, step: int) -> None:
        """The next own order, down the prices (1) or up (-1), brought into view."""
        key = self.looking.key
        orders = [] if key is None else down_the_ladder(self._market.blotter.own_alive(key))
        orders = [order for order in orders if order.waits_at is not None]
        if not orders:
            self.refused.emit("No own orders of this pair wait at a price")
            return
        names = [order.client_id for order in orders]
        first = 0 if step > 0 else -1
        place = names.index(self.looking.selected) + step if self.looking.selected in names else first
        chosen = orders[place % len(orders)]
        self.looking.selected = chosen.client_id
        self._bring_into_view(chosen.waits_at)
        self._changed()

    @property
    def selected(self) -> Order | None:
        """The selected own order, as long as anything can come of it."""
        key, name = self.looking.key, self.looking.selected
        order = None if key is None or name is None else self._market.blotter.get(key.connection, name)
        return None if order is None or order.status.over else order

    @property
    def dragging(self) -> bool:
        return self.looking.drag is not None

    def drop(self) -> None:
        """Gives up what is dragged: the order stays where it is."""
        self.let_loose()
        self._changed()

    def let_loose(self) -> None:
        """Nothing is in hand any more."""
        self.looking.drag, self.looking.held = None, None

    # The pulse

    def look(self) -> None:
        """With every frame while it can be seen: asks for what is missing, and paints what moved."""
        looking, series = self.looking, self.series
        key, now = looking.key, self._clock.now
        if key is not None and key in self._market.pairs:
            live = self._market.feed_standing(Feed.QUOTES, [(key.connection, key.area)]).live
            self._asking.look(series, now, self._market.venue_now(key.connection, now), live)
        self._grow(series)
        self._look_back(series)
        self._hold_drag()
        looking.stage = self._staged()
        self._make_room(series)
        watched = self._watch(series)
        if watched != self._watched:
            self._watched = watched
            self.update()

    def _grow(self, series: Series | None) -> None:
        """Newer candles push nothing out of view that somebody looks at."""
        if series is None or not series.candles:
            return
        newest = series.candles[-1].at
        if self._newest_at is not None and newest > self._newest_at:
            known = bisect.bisect_right(series.candles, self._newest_at, key=lambda candle: candle.at)
            more = len(series.candles) - known
            self.looking.span = self.looking.span.grown(more)
            if self.looking.cursor:
                self.looking.cursor += more
        self._newest_at = newest

    def _look_back(self, series: Series | None) -> None:
        if series is None or not series.candles or self.looking.layout.right <= 1:
            return
        first, last = self.looking.span.first_and_last(len(series.candles), self.looking.layout.right)
        if first < (last - first) // 2:
            self._asking.look_back(series, self._clock.now)

    def _make_room(self, series: Series | None) -> None:
        """The axis is as wide as this pair's prices."""
        pair = None if self.looking.key is None else self._market.pairs.get(self.looking.key)
        if pair is not None and series is not None and series.candles:
            widest = f"ask {price_text(series.candles[-1].high, pair.spec)}"
            if len(widest) != len(self._widest):
                self._widest = widest
                self._lay_out()

    def _hold_drag(self) -> None:
        """An order that is filled or cancelled, or changed, is not dragged any more."""
        drag = self.looking.drag
        if drag is None:
            return
        try:
            still_held(self._market, drag)
        except NotStaged as why:
            self.drop()
            self.refused.emit(str(why))

    def _watch(self, series: Series | None) -> tuple[object, ...]:
        looking, market, asking = self.looking, self._market, self._asking
        busy = asking.fetching or asking.waiting
        return (
            looking.key,
            None if series is None else series.revision,
            None if looking.key is None else market.quotes.revision_of(looking.key),
            market.status_revision,
            market.contracts_revision,
            market.blotter.revision,
            market.executions.revision,
            looking.stage,
            asking.said,
            asking.again_in(self._clock.now),
            int(self._clock.now.monotonic * BUSY_FRAMES) if busy else None,
        )

    # Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        # Not of this widget: a picture may be painted finer than the screen.
        scale, series = painter.paintEngine().paintDevice().devicePixelRatio(), self.series
        watched = self._watch(series)
        if self._ground is None or self._ground.devicePixelRatio() != scale or watched != self._shown:
            self._shown = watched
            self.painted = self._compose()
            self._ground = self._paint_ground(self.painted, scale)
        elif self.painted is not None:
            self.painted = followed(self.painted, self.looking, series)
        painter.drawPixmap(0, 0, self._ground)
        if self.painted is not None:
            self._painter.above(painter, self.painted)
            if self.painted.readout != self.accessibleDescription():
                self.setAccessibleDescription(self.painted.readout)
        painter.end()

    def _compose(self) -> Frame:
        self._revision += 1
        return composed(self._market, self.looking, self._asking, self._clock.now, self._revision)

    def _paint_ground(self, frame: Frame, scale: float) -> QPixmap:
        ground = QPixmap(self.size() * scale)
        ground.setDevicePixelRatio(scale)
        painter = QPainter(ground)
        self._painter.ground(painter, frame)
        painter.end()
        return ground

    # Within

    @property
    def _count(self) -> int:
        series = self.series
        return 0 if series is None else len(series.candles)

    def _bring_into_view(self, price: Price | None) -> None:
        body = None if self.painted is None else self.painted.body
        if body is None or price is None or body.scale.holds(price):
            return
        chosen = price_range(body.scale)
        self.looking.prices = chosen.moved(price - (chosen.low + chosen.high) // 2)

    def _changed(self) -> None:
        self._ground = None
        self.view_changed.emit()
        self.update()

    def _dress(self) -> None:
        self._ink = Ink(self._theme, self._compact)
        self._painter = ChartPainter(self._ink)
        self._lay_out()
        self.update()

    def _lay_out(self) -> None:
        self._ground = None
        line = self._ink.chip_height + (2 if self._compact else 6)
        axis = self._ink.width(self._widest or "ask 1.08416")
        self.looking.layout = Layout(self.width(), self.height(), line, round(axis) + 4, line)
