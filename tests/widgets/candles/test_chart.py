"""The candles on the screen: what is asked for, what is read off them, how one moves about, by real mouse and keys."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.candle_acts import chart_acts
from app.gallery.candle_scenes import a_past
from app.gallery.market import FX, price
from protocols.market.events import Candle, Feed, Freshness
from protocols.market.times import MINUTE, UtcNs
from tests.widgets.candles.rig import LEFT, NONE, Rig
from tests.widgets.desk import LIGHT, click
from widgets.candles.span import USUAL
from widgets.key_texts import KeyTexts


@pytest.fixture
def rig(qtbot: object) -> Rig:
    return Rig(qtbot)


def wheel(rig: Rig, x: float, y: float, turned: int, held: Qt.KeyboardModifier = NONE) -> None:
    canvas, place = rig.canvas, QPointF(x, y)
    event = QWheelEvent(
        place, QPointF(canvas.mapToGlobal(place.toPoint())), QPoint(), QPoint(0, turned),
        Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def number_under(rig: Rig, x: float) -> int:
    body = rig.body()
    return body.count - 1 - body.span.behind(x, rig.canvas.looking.layout.right)


# What is asked, and what is said while there is nothing


def test_candles_are_asked_for_when_they_can_be_seen_and_not_before(rig: Rig) -> None:
    rig.chart.hide()
    rig.frame()
    assert rig.asked == []
    rig.chart.show()
    rig.frame()
    rig.frame()
    (query,) = rig.asked
    assert (query.key, query.interval, query.till) == (rig.key, "5m", None)
    plate = rig.frame().plate
    assert plate is not None and plate.busy and plate.title == "Asking for candles of EURUSD, 5 minutes"
    assert rig.chart.standing.text.startswith("○ unsynchronised: no candles yet")
    rig.answer()
    assert rig.frame().plate is None
    assert rig.chart.standing.text == "● live"
    assert len(rig.body().candles) > 50


@pytest.mark.parametrize(
    ("problem", "more", "title", "busy"),
    [
        ("it is initialising", {"waiting": True}, "Asking for candles of EURUSD, 5 minutes", True),
        ("<b>not enough data</b>", {"none_there": True}, "No candles of EURUSD, 5 minutes", False),
    ],
)
def test_why_there_are_none_stands_there_in_words(
    rig: Rig, problem: str, more: dict[str, bool], title: str, busy: bool
) -> None:
    rig.frame()
    rig.answer(problem=problem, **more)
    plate = rig.frame().plate
    assert plate is not None and (plate.title, plate.busy) == (title, busy)
    assert problem in plate.lines
    if not busy:
        assert plate.lines[1] == "asked again in 5 s"
        rig.frame(5.1)
        assert len(rig.asked) == 2


def test_without_a_chart_connection_it_says_so(rig: Rig) -> None:
    rig.why_not = "no connection to the chart service: it is off"
    plate = rig.frame().plate
    assert plate is not None and rig.why_not in plate.lines
    rig.why_not = None
    rig.frame(5.1)
    rig.answer()
    assert rig.frame().plate is None


def test_a_contract_of_power_and_no_contract_are_no_pairs(rig: Rig) -> None:
    rig.exhibit.group.choose(None)
    plate = rig.frame().plate
    assert plate is not None and plate.title == "No currency pair"
    assert "link group" in rig.chart.title.whole_text


def test_a_problem_later_on_leaves_the_candles_and_is_named(rig: Rig) -> None:
    rig.filled()
    rig.frame(400)
    rig.answer(problem="the link was lost")
    frame = rig.frame()
    assert frame.body is not None and frame.note.startswith("not renewed: the link was lost; asked again in ")


# What can be read off them


def test_stale_is_drawn_and_named_and_no_quote_is_shown(rig: Rig) -> None:
    rig.filled()
    live = rig.frame()
    assert live.quote is not None and live.live
    rig.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    stale = rig.frame()
    assert stale.quote is None and not stale.live
    assert stale.plate is not None
    assert stale.plate.lines == ("no quote for 30 s", "the venue told its candles at 11:00:00 UTC")
    assert rig.chart.standing.text.startswith("▲ stale: no quote for 30 s")


def test_live_bids_build_on_the_newest_candle_and_the_venue_replaces_it(rig: Rig) -> None:
    rig.filled()
    rig.quote("1.0850", "1.0851")
    frame = rig.frame()
    assert "C 1.08500   V –" in frame.readout and frame.readout.endswith("so far, from live bids")
    body = rig.body()
    assert body.built == body.count - 1
    rig.frame(6 * 60)
    rig.answer()
    assert "from live bids" not in rig.frame().readout


def test_the_crosshair_reads_exact_figures(rig: Rig) -> None:
    rig.filled()
    body = rig.body()
    layout = rig.canvas.looking.layout
    candle = body.candles[-7]
    rig.move(rig.point(body.x(body.count - 7, layout), body.scale.y(price("1.08405"))))
    frame = rig.frame()
    assert frame.crosshair is not None
    assert (frame.crosshair.number, frame.crosshair.price) == (body.count - 7, price("1.08405"))
    assert frame.readout.startswith("Sat 21 Nov 10:30   O ")
    assert f"H {candle.high / 10**9:.5f}" in frame.readout
    assert rig.canvas.accessibleDescription() == frame.readout
    rig.move(rig.point(layout.right + 20, 100))
    assert rig.frame().crosshair is None


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


def test_it_is_painted_when_something_changed_and_not_otherwise(rig: Rig) -> None:
    rig.filled()
    rig.frame()
    paints = Paints()
    rig.canvas.installEventFilter(paints)
    for _ in range(5):
        rig.frame()
    assert paints.count == 0
    before = rig.frame().revision
    rig.quote("1.08413", "1.08417")
    assert rig.frame().revision == before + 1
    rig.move(rig.point(300, 200))
    assert (paints.count, rig.frame().revision) == (2, before + 1), "under the mouse the ground stays"


# Moving about


def test_dragging_moves_it_and_following_brings_it_back(rig: Rig) -> None:
    rig.filled()
    at = number_under(rig, 300)
    start = rig.point(300, 200)
    rig.press(start)
    rig.move(start + QPoint(200, 0))
    rig.release(start + QPoint(200, 0))
    assert number_under(rig, 500) == at
    assert not rig.canvas.looking.span.following and rig.chart.intervals.follow.ground == ""
    click(rig.chart, rig.chart.intervals.follow.geometry().center() + rig.chart.intervals.pos())
    assert rig.canvas.looking.span.following and rig.chart.intervals.follow.ground == "accent"


def test_what_is_looked_at_stays_when_a_new_candle_begins(rig: Rig) -> None:
    rig.filled()
    rig.canvas.pan(100)
    rig.frame()
    body = rig.body()
    seen = body.candles[10].at
    rig.exhibit.beat(5 * 60)
    rig.quote("1.08413", "1.08417")
    rig.frame()
    assert rig.body().count == body.count + 1
    assert rig.body().candles[10].at == seen


def test_the_wheel_zooms_about_the_pointer_and_with_ctrl_the_prices(rig: Rig) -> None:
    rig.filled()
    rig.canvas.pan(60)
    at = number_under(rig, 400)
    wheel(rig, 400, 200, 240)
    assert rig.canvas.looking.span.step > USUAL
    assert abs(number_under(rig, 400) - at) <= 1
    scale = rig.body().scale
    wheel(rig, 400, 200, 120, Qt.KeyboardModifier.ControlModifier)
    assert rig.body().scale.high - rig.body().scale.low < scale.high - scale.low
    QTest.mouseDClick(
        rig.chart.window().windowHandle(), LEFT, NONE, rig.point(rig.canvas.looking.layout.right + 30, 200)
    )
    assert rig.canvas.looking.prices is None


def test_older_candles_are_asked_for_where_somebody_looks_and_put_before(rig: Rig) -> None:
    rig.filled()
    assert len(rig.asked) == 1
    rig.canvas.show_oldest()
    frame = rig.frame()
    assert rig.asked[-1].till is not None and len(rig.asked) == 2
    assert rig.frame().fetching
    body = rig.body()
    oldest = body.candles[0].at
    assert rig.asked[-1].till == oldest
    one = price("1.08")
    older = tuple(Candle(UtcNs(oldest - number * 5 * MINUTE), one, one, one, one) for number in range(500, 0, -1))
    rig.answer(older)
    frame = rig.frame()
    assert not frame.fetching
    assert rig.body().candles[0].at < oldest, "they are beside what is looked at"
    assert rig.body().count == body.count + 500


# Every act


class Shown:
    """The chart as the acts see it."""

    def __init__(self, rig: Rig) -> None:
        self.candles, self.of_pair = rig.chart, True

    def follow(self) -> None:
        self.candles.canvas.follow()


@pytest.mark.parametrize(
    ("act", "changed"),
    [
        ("interval_1h", "interval"),
        ("longer", "interval"),
        ("shorter", "interval"),
        ("zoom_in", "step"),
        ("zoom_out", "step"),
        ("older", "back"),
        ("oldest", "back"),
        ("price_up", "low"),
        ("price_down", "low"),
        ("price_in", "low"),
        ("price_out", "low"),
        ("look_older", "cursor"),
        ("look_older_more", "cursor"),
    ],
)
def test_each_act_changes_one_thing(rig: Rig, act: str, changed: str) -> None:
    rig.filled()
    acts = {each.name: each for each in chart_acts(lambda: Shown(rig), rig.said.append)}

    def seen() -> dict[str, Any]:
        looking, body = rig.canvas.looking, rig.frame().body
        low = None if body is None or looking.prices is None else looking.prices.low
        span = looking.span
        return {
            "interval": rig.chart.interval,
            "step": span.step,
            "back": span.back,
            "low": low,
            "cursor": looking.cursor,
        }

    before = seen()
    acts[f"chart.{act}"].run()
    after = seen()
    assert {name for name in before if before[name] != after[name]} == {changed}
    acts["chart.follow"].run()
    follows = seen()
    assert (follows["back"], follows["low"], follows["cursor"]) == (None, None, None)
    assert acts["chart.drop"].ready() is False


def test_keys_look_from_candle_to_candle_and_bring_them_into_view(rig: Rig) -> None:
    rig.filled()
    rig.canvas.look_aside(-1)
    rig.canvas.look_aside(-10)
    frame = rig.frame()
    assert frame.crosshair is not None and frame.body is not None
    assert frame.crosshair.number == frame.body.count - 11
    for _ in range(20):
        rig.canvas.look_aside(-10)
    frame = rig.frame()
    assert frame.crosshair is not None and frame.body is not None
    assert frame.body.first <= frame.crosshair.number < frame.body.first + len(frame.body.candles)
    rig.canvas.look_aside(10_000)
    crosshair = rig.frame().crosshair
    assert crosshair is not None and crosshair.number == rig.body().count - 1


def test_intervals_by_button_and_by_menu_and_the_chosen_one_is_always_there(rig: Rig) -> None:
    rig.filled()
    bar = rig.chart.intervals
    bar.set_keys(KeyTexts({"chart.interval_1h": ("7",)}))
    assert bar.buttons["1h"].toolTip() == "Candles of 1 hour (7)"
    click(rig.chart, bar.buttons["1h"].geometry().center() + bar.pos())
    rig.frame()
    assert rig.chart.interval == "1h" and rig.asked[-1].interval == "1h"
    rig.chart.resize(380, 300)
    rig.chart.choose_interval("1year")
    rig.frame()
    assert bar.buttons["1year"].isVisible() and not bar.buttons["8h"].isVisible()
    assert bar.more.isVisible() and bar.more.geometry().right() < bar.follow.geometry().left()
    bar.open_menu()
    menu = QApplication.activePopupWidget()
    assert menu is not None
    texts = {action.text(): action for action in menu.actions()}
    assert texts["1 year"].isChecked()
    texts["1 hour\t7"].trigger()
    menu.close()
    assert rig.chart.interval == "1h"


def test_the_theme_and_compact_rows_change_how_it_looks(rig: Rig) -> None:
    rig.filled()
    before = rig.canvas.looking.layout.top
    rig.chart.set_compact(True)
    assert rig.canvas.looking.layout.top < before
    dark = rig.canvas.grab().toImage().pixelColor(300, 40)
    rig.chart.set_theme(LIGHT)
    assert rig.canvas.grab().toImage().pixelColor(300, 40) != dark


# A workspace


def test_a_workspace_keeps_interval_width_and_chosen_prices(rig: Rig, qtbot: object) -> None:
    rig.filled()
    rig.chart.choose_interval("15m")
    rig.frame()
    rig.answer(a_past(rig.exhibit, "15m"))
    rig.frame()
    rig.canvas.zoom(2)
    rig.canvas.zoom_prices(3)
    kept = rig.chart.state()
    other = Rig(qtbot).filled()
    other.chart.restore(kept)
    assert other.chart.state() == kept
    assert other.canvas.looking.prices == rig.canvas.looking.prices


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"interval": "2m", "step": 0, "prices": [1]},
        {"interval": 5, "step": "wide", "pair": ["EPEX M7", "EURUSD"], "prices": ["1.2", "1.1"]},
        {"step": 1e9, "pair": ["EPEX M7", "EURUSD"], "prices": ["one", "two"]},
    ],
)
def test_a_state_that_can_not_be_read_changes_nothing(rig: Rig, state: dict[str, Any]) -> None:
    before = rig.chart.state()
    rig.chart.restore(state)
    assert rig.chart.state() == before
