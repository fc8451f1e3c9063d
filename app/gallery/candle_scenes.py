"""The candles of a currency pair: live, not live, without any, with orders and executions, and one in hand."""

import random
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.gallery.market import FX, Exhibit, price, quantity
from app.gallery.scenes import Scene, both, key_texts
from protocols.market.commands import CancelOrder, FxTerms, PlaceOrder
from protocols.market.events import Candle, CandlesArrived, Feed, Freshness
from protocols.market.instruments import ContractKey
from protocols.market.intervals import INTERVALS, CandleQuery, start_of
from protocols.market.order_events import OwnExecuted
from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from widgets.candles import CandleChart
from widgets.candles.frame import Body, Frame
from widgets.theme import Theme

SIZE, NARROW = (900, 460), (420, 380)
BID, ASK = "1.08412", "1.08416"
TICK = SCALE // 100_000
MANY = 400
EXECUTED = ((195, Side.BUY, "1.08373", 25), (60, Side.SELL, "1.0842", 10), (30, Side.BUY, None, 5))
"""Minutes ago, side, price (none where the venue did not say), thousands."""


def make_candles(exhibit: Exhibit, theme: Theme) -> CandleChart:
    chart = CandleChart(exhibit.market, exhibit.clock, exhibit.group, theme, lambda query: None)
    chart.set_keys(key_texts())
    return chart


def a_past(exhibit: Exhibit, interval: str = "5m", count: int = MANY) -> tuple[Candle, ...]:
    """Candles that lead up to the quote; the same each time."""
    rng = random.Random(interval)
    known = INTERVALS[interval]
    length = known.length or known.months * 30 * 24 * HOUR
    last = start_of(known, UtcNs(0), UtcNs(exhibit.utc))
    close, found = int(price(BID)), []
    for number in range(count):
        swing = rng.randint(2, 14) * TICK
        opened = close - rng.randint(-swing, swing) // TICK * TICK
        high = max(opened, close) + rng.randint(0, 6) * TICK
        low = min(opened, close) - rng.randint(0, 6) * TICK
        volume = Quantity(rng.randint(10, 300) * SCALE // 10)
        at = UtcNs(last - number * length)
        found.append(Candle(at, Price(opened), Price(high), Price(low), Price(close), volume))
        close = opened
    return tuple(reversed(found))


def quoted(exhibit: Exhibit) -> ContractKey:
    key = exhibit.quote("EURUSD", BID, ASK)
    exhibit.channel(Feed.OWN_ORDERS, area=FX)
    exhibit.group.choose(key)
    return key


def candles(exhibit: Exhibit, interval: str = "5m") -> ContractKey:
    """A live pair with candles, the newest built on by a quote."""
    key = quoted(exhibit)
    told = CandlesArrived(CandleQuery(key, interval, MANY), a_past(exhibit, interval), exhibit.clock.now)
    exhibit.market.apply(told)
    exhibit.quote("EURUSD", BID, ASK)
    return key


def _answered(exhibit: Exhibit, problem: str, *, waiting: bool = False) -> None:
    key = quoted(exhibit)
    exhibit.beat(1.0)
    query = CandleQuery(key, "5m", MANY)
    exhibit.market.apply(CandlesArrived(query, (), exhibit.clock.now, problem, waiting=waiting))


def orders(exhibit: Exhibit) -> None:
    """A limit, a stop, a stop limit, an OCO pair, one in doubt, one being cancelled; and what was executed."""
    key = candles(exhibit)
    for order in (
        PlaceOrder(key, Side.BUY, quantity("25000"), price("1.0836"), FxTerms("LIMIT", "AON")),
        PlaceOrder(key, Side.SELL, quantity("100000"), None, FxTerms("STOP", "GTC", price("1.08345"))),
        PlaceOrder(key, Side.BUY, quantity("50000"), price("1.0850"), FxTerms("STOP_LIMIT", "AON", price("1.08485"))),
    ):
        exhibit.placed(order)
    for number, leg in enumerate(
        (
            PlaceOrder(key, Side.SELL, quantity("10000"), price("1.08465"), FxTerms("LIMIT", "AON")),
            PlaceOrder(key, Side.SELL, quantity("10000"), None, FxTerms("STOP", "AON", price("1.08375"))),
        ),
        start=1,
    ):
        _leg(exhibit, leg, number)
    cancelled = exhibit.placed(PlaceOrder(key, Side.SELL, quantity("40000"), price("1.0844"), FxTerms("LIMIT", "AON")))
    exhibit.intend(CancelOrder(cancelled.connection, cancelled.client_id), cancelled.client_id)
    for minutes, side, at, much in EXECUTED:
        exhibit.market.apply(
            OwnExecuted(
                key, f"0b-{minutes}", side, Quantity(much * 1000 * SCALE), Quantity(much * 1000 * SCALE),
                None if at is None else price(at), UtcNs(exhibit.utc - minutes * MINUTE),
            )
        )  # fmt: skip
    exhibit.beat(1.0)


def _leg(exhibit: Exhibit, order: PlaceOrder, number: int) -> None:
    client_id = f"0b610ab0-6e55-41e8-b566-0800200c9a66.{number}"
    exhibit.intend(order, client_id)
    known = exhibit.market.blotter.get(order.key.connection, client_id)
    assert known is not None
    exhibit.report(known)


def silent(exhibit: Exhibit) -> None:
    exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    exhibit.beat(12.0)


# Hands


def _seen(chart: CandleChart) -> tuple[Frame, Body]:
    frame = chart.canvas.painted
    assert frame is not None
    assert frame.body is not None
    return frame, frame.body


def _mouse(chart: CandleChart, kind: QEvent.Type, x: float, y: float, held: bool) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    place = QPointF(x, y)
    event = QMouseEvent(kind, place, place, left, left if held else none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(chart.canvas, event)


def _drag_limit(exhibit: Exhibit, chart: CandleChart) -> None:
    """The buy limit is half way up."""
    _, body = _seen(chart)
    scale = body.scale
    x, y = 300.0, scale.y(price("1.0836"))
    _mouse(chart, QEvent.Type.MouseButtonPress, x, y, True)
    _mouse(chart, QEvent.Type.MouseMove, x, y - 20, True)
    _mouse(chart, QEvent.Type.MouseMove, x, scale.y(price("1.08395")), True)


def _look_at_fill(exhibit: Exhibit, chart: CandleChart) -> None:
    frame, body = _seen(chart)
    x = body.x(body.count - 13, frame.layout)
    _mouse(chart, QEvent.Type.MouseMove, x, frame.layout.top + 90.0, False)


def _look_aside(exhibit: Exhibit, chart: CandleChart) -> None:
    chart.canvas.look_aside(-1)
    chart.canvas.look_aside(-9)


def _scene(
    state: str,
    happens: Callable[[Exhibit], object],
    hands: Callable[[Exhibit, CandleChart], object] = lambda exhibit, chart: None,
    size: tuple[int, int] = SIZE,
    **more: bool,
) -> Scene:
    def on_chart(exhibit: Exhibit, widget: QWidget) -> None:
        assert isinstance(widget, CandleChart)
        hands(exhibit, widget)

    return Scene("Candles", state, size, make_candles, happens, on_chart, **more)


def scenes() -> list[Scene]:
    return [
        _scene("live", candles),
        _scene("stale", both(candles, silent)),
        _scene("nothing received", lambda exhibit: None, bare=True),
        _scene("asking", quoted),
        _scene("initialising", lambda exhibit: _answered(exhibit, "the venue is still initialising", waiting=True)),
        _scene("none there", lambda exhibit: _answered(exhibit, "the venue has not enough data for candles")),
        _scene("orders and executions", orders),
        _scene("orders, stale", both(orders, silent)),
        _scene("an execution looked at", orders, _look_at_fill),
        _scene("dragging a limit", orders, _drag_limit),
        _scene("moved back", candles, lambda exhibit, chart: chart.canvas.pan(150)),
        _scene("wide candles", orders, lambda exhibit, chart: chart.canvas.zoom(6)),
        _scene("narrow candles", candles, lambda exhibit, chart: chart.canvas.zoom(-8)),
        _scene("looked at by key", candles, _look_aside),
        _scene("days", lambda exhibit: candles(exhibit, "1day"), lambda exhibit, chart: chart.choose_interval("1day")),
        _scene("compact", orders, lambda exhibit, chart: chart.set_compact(True)),
        _scene("narrow", orders, size=NARROW),
        _scene("practice", orders, practice=True),
    ]
