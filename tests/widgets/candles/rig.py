"""A candle chart in a window, before a market filled by hand, at a venue that answers when told."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.gallery.candle_scenes import a_past, quoted
from app.gallery.market import Exhibit, price, quantity
from protocols.market.commands import FxTerms, PlaceOrder
from protocols.market.events import Candle, CandlesArrived
from protocols.market.instruments import ContractKey
from protocols.market.intervals import CandleQuery
from protocols.market.orders import Order
from protocols.market.values import Price, Side
from tests.widgets.desk import DARK, show
from widgets.candles import CandleChart
from widgets.candles.canvas import Canvas
from widgets.candles.frame import Body, Frame
from widgets.staging import Stage

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Rig:
    """EURUSD at 1.08412 to 1.08416. `staged` is what the chart asked for, `said` why something was not done."""

    def __init__(self, qtbot, size: tuple[int, int] = (900, 460)) -> None:
        self.asked: list[CandleQuery] = []
        self.why_not: str | None = None
        self.on_ladder: Stage | None = None
        self.staged: list[tuple[Order, Price]] = []
        self.amended: list[Order] = []
        self.said: list[str] = []
        self.exhibit = Exhibit()
        exhibit = self.exhibit
        self.chart = CandleChart(
            exhibit.market, exhibit.clock, exhibit.group, DARK, self._ask, lambda: self.on_ladder
        )  # fmt: skip
        self.chart.stage_requested.connect(lambda order, at: self.staged.append((order, at)))
        self.chart.amend_requested.connect(self.amended.append)
        self.chart.refused.connect(self.said.append)
        show(qtbot, self.chart, *size)
        self.chart.setFocus()
        self.key: ContractKey = quoted(exhibit)

    def _ask(self, query: CandleQuery) -> str | None:
        self.asked.append(query)
        return self.why_not

    @property
    def canvas(self) -> Canvas:
        return self.chart.canvas

    def answer(self, candles: tuple[Candle, ...] | None = None, problem: str = "", **more: bool) -> None:
        """To the newest question."""
        query = self.asked[-1]
        told = a_past(self.exhibit, query.interval) if candles is None and not problem else candles or ()
        self.exhibit.market.apply(CandlesArrived(query, told, self.exhibit.clock.now, problem, **more))

    def filled(self) -> "Rig":
        """With the venue's candles on the screen."""
        self.frame()
        self.answer()
        self.frame()
        return self

    def frame(self, seconds: float = 0.04) -> Frame:
        self.exhibit.beat(seconds)
        QApplication.processEvents()
        assert self.canvas.painted is not None
        return self.canvas.painted

    def body(self) -> Body:
        found = self.frame().body
        assert found is not None
        return found

    def quote(self, bid: str, ask: str) -> None:
        self.exhibit.quote("EURUSD", bid, ask)

    # Orders

    def limit(self, side: Side, at: str, much: str = "25000") -> Order:
        return self.exhibit.placed(PlaceOrder(self.key, side, quantity(much), price(at), FxTerms("LIMIT", "AON")))

    def stop(self, side: Side, at: str) -> Order:
        terms = FxTerms("STOP", "AON", price(at))
        return self.exhibit.placed(PlaceOrder(self.key, side, quantity("10000"), None, terms))

    def stop_limit(self, side: Side, at: str, limit: str) -> Order:
        terms = FxTerms("STOP_LIMIT", "AON", price(at))
        return self.exhibit.placed(PlaceOrder(self.key, side, quantity("10000"), price(limit), terms))

    # The mouse

    def place(self, x: float, at: str) -> QPoint:
        """In the window, by the frame that was painted."""
        frame = self.canvas.painted
        assert frame is not None and frame.body is not None
        return self.point(x, frame.body.scale.y(price(at)))

    def point(self, x: float, y: float) -> QPoint:
        return self.canvas.mapTo(self.chart.window(), QPointF(x, y).toPoint())

    def press(self, place: QPoint) -> None:
        QTest.mousePress(self.chart.window().windowHandle(), LEFT, NONE, place)

    def move(self, place: QPoint) -> None:
        QTest.mouseMove(self.chart.window().windowHandle(), place)
        self.frame()

    def release(self, place: QPoint) -> None:
        QTest.mouseRelease(self.chart.window().windowHandle(), LEFT, NONE, place)
        self.frame()

    def grasp(self, before: str, after: str) -> QPoint:
        """Drags what stands at a price to another, and keeps it in hand there."""
        self.frame()
        start, end = self.place(200, before), self.place(200, after)
        self.press(start)
        self.move((start + end) / 2)
        self.move(end)
        return end

    def drag(self, before: str, after: str) -> None:
        self.release(self.grasp(before, after))
