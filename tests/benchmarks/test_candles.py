"""Painting a thousand candles with orders and executions: after a quote, and under the crosshair; CPU time."""

import time
from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage

from app.gallery.candle_scenes import a_past, make_candles, orders
from app.gallery.market import Exhibit
from app.resources import tokens
from protocols.market.events import CandlesArrived
from protocols.market.intervals import CandleQuery
from widgets.candles.span import NARROWEST, Span
from widgets.theme import dress, theme_from_tokens

REPAINTS = 100
SIZE = (1700, 700)
CROSSHAIR, WHOLE = 1000 / 60, 1000 / 30
"""Milliseconds: sixty times a second under the mouse, and a frame of the clock for what a quote changes."""


@pytest.mark.usefixtures("qapp")
def test_a_thousand_candles_are_no_strain(qtbot, qapp) -> None:
    theme = theme_from_tokens(tokens(), "dark")
    dress(qapp, theme)
    exhibit = Exhibit()
    chart = make_candles(exhibit, theme)
    qtbot.addWidget(chart)
    chart.resize(*SIZE)
    chart.show()
    orders(exhibit)
    key = exhibit.group.contract
    assert key is not None
    exhibit.market.apply(CandlesArrived(CandleQuery(key, "5m", 1000), a_past(exhibit, count=2000), exhibit.clock.now))
    exhibit.beat(1.0)
    canvas = chart.canvas
    canvas.looking.span = Span(NARROWEST)
    picture = QImage(canvas.size(), QImage.Format.Format_RGB32)

    def median(before: Callable[[int], object]) -> float:
        taken = []
        for number in range(REPAINTS):
            before(number)
            begun = time.process_time()
            canvas.render(picture)
            taken.append((time.process_time() - begun) * 1000)
        return sorted(taken)[REPAINTS // 2]

    def move(number: int) -> None:
        canvas.looking.pointer = (100.0 + 10 * number, 300.0)

    whole = median(lambda number: exhibit.quote("EURUSD", "1.08412", f"1.0841{6 + number % 2}"))
    crosshair = median(move)
    assert canvas.painted is not None
    assert canvas.painted.body is not None
    count = len(canvas.painted.body.candles)
    print(f"\n{count} candles: after a quote {whole:.2f} ms, under the crosshair {crosshair:.2f} ms")
    assert count >= 1000
    assert whole < WHOLE
    assert crosshair < CROSSHAIR
