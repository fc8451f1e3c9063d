"""The plot of candles under a trader's hands: moves the view, drags orders. It stages nothing and sends nothing."""

import dataclasses
import enum

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QHideEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from protocols.market.values import Price
from widgets.candles.compose import price_range
from widgets.candles.drag import Drag, grasp, released
from widgets.candles.marks import OrderLine
from widgets.candles.scale import PriceRange
from widgets.candles.span import NOTCH, Span
from widgets.candles.view import CandleView
from widgets.ladder.own import OwnOrder, own_text
from widgets.staging import NotStaged
from widgets.wording import plain_tip

WHEEL_NOTCH = 120
PAN_NOTCH = 6
"""Candles that a notch of a sideways wheel moves."""
PRICE_NOTCH = 24
"""Pixels along the prices that zoom them by as much as a notch of the wheel."""


class Hold(enum.Enum):
    """What the pressed button has hold of."""

    PLOT = "plot"
    PRICES = "prices"
    ORDER = "order"


@dataclasses.dataclass(slots=True)
class Press:
    """Where the button went down, and what was there. `far` once the mouse has moved enough to mean it; `prices` is the
    range that was painted, and `chosen` says whether the trader had set it."""

    x: float
    y: float
    hold: Hold
    line: OrderLine | None
    span: Span
    prices: PriceRange | None
    chosen: bool
    far: bool = False

    def moved(self, x: float, y: float) -> float:
        return abs(x - self.x) + abs(y - self.y)


class Canvas(CandleView):
    """One button at one chart: drags the view, the prices, or an order's line."""

    _press: Press | None = None

    def let_loose(self) -> None:
        self._press = None
        super().let_loose()

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        frame = self.painted
        if event.button() is not Qt.MouseButton.LeftButton or frame is None or frame.key != self.looking.key:
            event.ignore()  # what is on the screen is not what would be acted on
            return
        x, y = event.position().x(), event.position().y()
        line = frame.line_at(x, y)
        hold = Hold.ORDER if line is not None else Hold.PRICES if frame.layout.on_prices(x) else Hold.PLOT
        chosen = None if frame.body is None else price_range(frame.body.scale)
        self._press = Press(x, y, hold, line, self.looking.span, chosen, self.looking.prices is not None)
        if line is not None:
            self.looking.selected = line.name
            self._changed()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, y = event.position().x(), event.position().y()
        self.looking.pointer = (x, y) if self.looking.layout.in_plot(x, y) else None
        self.looking.cursor = None
        press = self._press
        if press is not None and (press.far or press.moved(x, y) >= QApplication.startDragDistance()):
            press.far = True
            self._pull(press, x, y)
        self._shape(x, y)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        drag = self.looking.drag
        self.let_loose()
        if drag is not None:
            self._let_go(drag.at(self._price_at(event.position().y()) or drag.price))
        self._changed()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.looking.layout.on_prices(event.position().x()):
            self.fit_prices()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.let_loose()

    def leaveEvent(self, event: QEvent) -> None:
        if self.looking.drag is None:
            self.looking.pointer = None
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        x, sideways = event.position().x(), event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        event.accept()
        if self.dragging:
            return
        turned = event.angleDelta()
        if turned.x() and abs(turned.x()) > abs(turned.y()):
            self.pan(turned.x() / WHEEL_NOTCH * PAN_NOTCH)
        elif sideways:
            self.pan(turned.y() / WHEEL_NOTCH * PAN_NOTCH)
        elif event.modifiers() == Qt.KeyboardModifier.ControlModifier or self.looking.layout.on_prices(x):
            self.zoom_prices(turned.y() / WHEEL_NOTCH)
        else:
            self.zoom(turned.y() / WHEEL_NOTCH, x)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tip(event)
            return True
        return super().event(event)

    # The mouse

    def _pull(self, press: Press, x: float, y: float) -> None:
        """What the press holds goes along."""
        looking = self.looking
        if press.hold is Hold.ORDER:
            self._pull_order(press, y)
            return
        if press.hold is Hold.PLOT:
            looking.span = press.span.panned((x - press.x) / press.span.step, self._count)
            if press.chosen and press.prices is not None:
                span = press.prices.high - press.prices.low
                height = max(1, looking.layout.bottom - looking.layout.top)
                looking.prices = press.prices.moved(round((y - press.y) * span / height))
        elif press.prices is not None and self.painted is not None and self.painted.body is not None:
            tick = self.painted.body.pair.spec.tick
            looking.prices = press.prices.zoomed(NOTCH ** ((press.y - y) / PRICE_NOTCH), tick)
        self._changed()

    def _pull_order(self, press: Press, y: float) -> None:
        """The first pull takes hold of the order, or says why it can't. Prices stand still while it is in hand."""
        looking = self.looking
        if looking.drag is None and press.line is not None and looking.key is not None:
            line, press.line = press.line, None
            try:
                looking.drag = grasp(self._market, looking.key, line)
            except NotStaged as why:
                self.refused.emit(str(why))
                return
            looking.held = press.prices
            self._changed()
        price = self._price_at(y)
        if looking.drag is not None and price is not None:
            looking.drag = looking.drag.at(price)

    def _let_go(self, drag: Drag) -> None:
        painted = None if self.painted is None else self.painted.quote
        try:
            found = released(self._market, drag, painted)
        except NotStaged as why:
            self.refused.emit(str(why))
            return
        if found is not None:
            self.stage_requested.emit(*found)

    def _price_at(self, y: float) -> Price | None:
        """By the frame that was seen, within the plot."""
        frame = self.painted
        if frame is None or frame.body is None:
            return None
        within = min(max(y, frame.layout.top), frame.layout.bottom - 1)
        return frame.body.scale.price_at(within, frame.body.pair.spec.tick)

    def _shape(self, x: float, y: float) -> None:
        line = None if self.painted is None else self.painted.line_at(x, y)
        if self.dragging or line is not None:
            stuck = line is not None and bool(line.why_not) and not self.dragging
            shape = Qt.CursorShape.ForbiddenCursor if stuck else Qt.CursorShape.SizeVerCursor
        elif self.looking.layout.on_prices(x):
            shape = Qt.CursorShape.SizeVerCursor
        else:
            shape = Qt.CursorShape.CrossCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)

    def _tip(self, event: QHelpEvent) -> None:
        """Of an order's line all that is known; the axes say what can be done."""
        place: QPoint = event.pos()
        frame = self.painted
        line = None if frame is None else frame.line_at(place.x(), place.y())
        if line is not None and frame is not None and frame.body is not None:
            text = own_text(OwnOrder(line.order, None), frame.body.pair.spec)
            text += f"\n{line.why_not}" if line.why_not else "\nDrag it to another price to stage its change"
        elif not self.looking.layout.in_plot(place.x(), place.y()):
            text = self.toolTip()
        else:
            text = ""
        QToolTip.showText(event.globalPos(), plain_tip(text), self) if text else QToolTip.hideText()
