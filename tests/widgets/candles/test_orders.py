"""Own orders on the candles: what stands there, and what a drag stages, holds or refuses. A drag sends nothing."""

import msgspec
import pytest
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from app.gallery.market import FX, price, quantity
from protocols.market.commands import AmendOrder, FxTerms, PlaceOrder
from protocols.market.events import Feed, Freshness
from protocols.market.order_events import OwnExecuted
from protocols.market.orders import VenueState
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Side
from tests.widgets.candles.rig import LEFT, NONE, Rig
from widgets.candles.ink import Ink
from widgets.candles.marks import joined, lines_of
from widgets.candles.words import shortened
from widgets.staging import Stage


@pytest.fixture
def rig(qtbot: object) -> Rig:
    return Rig(qtbot).filled()


def test_orders_stand_at_their_prices_with_side_quantity_and_kind(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    rig.stop(Side.SELL, "1.0835")
    rig.stop_limit(Side.BUY, "1.0845", "1.0846")
    found = {line.text: line.price for line in rig.body().lines}
    assert found == {
        "B 25k LMT": price("1.0836"),
        "■ S 10k STP": price("1.0835"),
        "■ B 10k STL": price("1.0845"),
        "■ B 10k STL limit": price("1.0846"),
    }


def test_a_quantity_that_has_no_short_form_has_its_thousands_set_apart(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836", "1234567")
    (line,) = rig.body().lines
    assert line.text == "B 1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567 LMT"


def test_words_of_many_orders_at_nearly_one_price_are_all_in_the_plot_and_whole(rig: Rig, monkeypatch) -> None:
    drawn: list[tuple[QRectF, str]] = []
    chip = Ink.chip

    def remember(self: Ink, painter, rect: QRectF, text: str, **looks) -> None:
        drawn.append((QRectF(rect), text))
        chip(self, painter, rect, text, **looks)

    for number in range(24):
        rig.limit(Side.BUY, f"1.0836{number % 10}", f"12345{number:02}")
    monkeypatch.setattr(Ink, "chip", remember)
    rig.frame()
    rig.canvas.grab()
    ink, layout = rig.canvas._ink, rig.canvas.looking.layout
    tags = {text: rect for rect, text in drawn if text.startswith("B 1")}
    assert len(tags) == 24
    for text, rect in tags.items():
        assert rect.left() >= 0 and rect.right() <= layout.right
        assert rect.width() >= ink.width(text) - 1
        assert layout.top - ink.chip_height <= rect.top() and rect.bottom() <= layout.bottom + ink.chip_height
        assert not any(rect.intersects(other) for name, other in tags.items() if name != text)


@pytest.mark.parametrize(
    ("room", "last_counts", "shown"),
    [
        (60, False, "11:00   O 1.08403   H 1.08418   C 1.08412   +0.9 pips"),
        (50, False, "11:00  O 1.08403  H 1.08418  C 1.08412  +0.9 pips"),
        (48, False, "11:00  O 1.08403  H 1.08418  C 1.08412  …"),
        (30, False, "11:00  O 1.08403  H 1.08418  …"),
        (35, True, "11:00  O 1.08403  …  +0.9 pips"),
        (3, True, "11:00  …  +0.9 pips"),
    ],
)
def test_a_line_of_figures_is_shortened_by_whole_figures(room: int, last_counts: bool, shown: str) -> None:
    text = "11:00   O 1.08403   H 1.08418   C 1.08412   +0.9 pips"
    assert shortened(text, lambda words: len(words) <= room, last_counts) == shown


def test_the_legs_of_a_pair_and_the_prices_of_a_stop_limit_are_joined(rig: Rig) -> None:
    rig.stop_limit(Side.BUY, "1.0845", "1.0846")
    exhibit = rig.exhibit
    for number, (at, stop) in enumerate((("1.0838", None), (None, "1.0844")), start=1):
        terms = FxTerms("LIMIT" if stop is None else "STOP", "AON", None if stop is None else price(stop))
        order = PlaceOrder(rig.key, Side.BUY, quantity("10000"), None if at is None else price(at), terms)
        exhibit.intend(order, f"0bpair.{number}")
    joins = joined(lines_of(exhibit.market.blotter.own_alive(rig.key)))
    assert [(one.price, other.price) for one, other in joins] == [
        (price("1.0845"), price("1.0846")),
        (price("1.0838"), price("1.0844")),
    ]


def test_orders_out_of_view_are_counted_and_can_be_brought_there(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0700")
    rig.stop_limit(Side.BUY, "1.2000", "1.2001")
    body = rig.body()
    assert (body.above, body.below, body.lines) == (1, 1, ())
    rig.canvas.select_own(1)
    (line, _) = rig.body().lines
    assert line.price == price("1.2") and rig.frame().selected == line.name
    rig.chart.amend_selected()
    assert [order.client_id for order in rig.amended] == [line.name]


def test_executions_are_drawn_at_what_they_cost_once_for_each_candle_side_and_price(rig: Rig) -> None:
    now = rig.exhibit.utc
    for number, (minutes, side, at) in enumerate(
        ((61, Side.BUY, "1.0838"), (61, Side.BUY, "1.0838"), (61, Side.SELL, None), (99_999, Side.BUY, "1.08"))
    ):
        told = OwnExecuted(
            rig.key, f"0b{number}", side, quantity("5000"), quantity("5000"), None if at is None else price(at),
            UtcNs(now - minutes * MINUTE),
        )  # fmt: skip
        rig.exhibit.market.apply(told)
    fills = rig.body().fills
    assert [(fill.side, fill.price, fill.quantity) for fill in fills] == [
        (Side.BUY, price("1.0838"), quantity("10000")),
        (Side.SELL, None, quantity("5000")),
    ]
    layout = rig.canvas.looking.layout
    rig.move(rig.point(rig.body().x(fills[0].number, layout), layout.top + 60))
    assert rig.frame().readout.endswith("own: B 5k @ 1.08380, B 5k @ 1.08380, S 5k price not told")


def test_orders_that_are_not_live_look_it(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    assert rig.frame().orders_live
    live = rig.canvas.grab().toImage()
    rig.exhibit.channel(Feed.OWN_ORDERS, Freshness.STALE, "the link was lost", FX)
    assert not rig.frame().orders_live
    assert rig.canvas.grab().toImage() != live


def test_what_is_staged_elsewhere_is_drawn_in(rig: Rig) -> None:
    rig.on_ladder = Stage(rig.key, Side.BUY, price("1.0840"), quantity("50000"), FxTerms("LIMIT", "AON"))
    stage = rig.body().stage
    assert stage is not None and stage.text == "staged: B 50k 1.08400"


# Dragging


def test_a_drag_stages_the_change_at_the_tick_and_says_how_far(rig: Rig) -> None:
    order = rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.08395")
    frame = rig.frame()
    assert frame.drag is not None
    at = frame.drag.price
    assert at % 10_000 == 0 and abs(at - price("1.08395")) <= 20_000
    pips = (at - order.limit) // 10_000
    assert frame.drag_words.startswith(f"B 25k LMT 1.08360 → {at / 10**9:.5f}   +{pips / 10:g} pips   ")
    assert frame.drag_words.endswith(" pips below the ask")
    assert rig.staged == []
    rig.release(end)
    assert [(found.client_id, to) for found, to in rig.staged] == [(order.client_id, at)]
    assert rig.exhibit.market.blotter.get(order.connection, order.client_id) == order, "nothing was asked of it"
    assert rig.said == []


def test_a_click_selects_and_stages_nothing(rig: Rig) -> None:
    order = rig.limit(Side.BUY, "1.0836")
    rig.frame()
    place = rig.place(200, "1.0836")
    rig.press(place)
    rig.release(place)
    assert rig.staged == [] and rig.canvas.selected == order


def test_put_back_where_it_was_it_stays(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    rig.grasp("1.0836", "1.0839")
    rig.release(rig.place(200, "1.0836"))
    assert (rig.staged, rig.said) == ([], [])


def test_prices_stand_still_while_an_order_is_in_hand(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.0839")
    before = rig.body().scale
    rig.quote("1.0900", "1.0901")
    assert rig.body().scale == before
    rig.release(end)
    assert rig.body().scale != before


def test_what_can_not_be_staged_says_why_at_the_first_pull(rig: Rig) -> None:
    rig.stop_limit(Side.BUY, "1.0845", "1.0846")
    rig.drag("1.0845", "1.0843")
    assert rig.staged == []
    (why,) = rig.said
    assert why.startswith("A stop limit order has more than one price")


def test_an_order_with_a_request_outstanding_is_not_moved(rig: Rig) -> None:
    order = rig.limit(Side.BUY, "1.0836")
    rig.exhibit.amending(order)
    rig.drag("1.0836", "1.0839")
    assert rig.staged == [] and rig.said == ["The order's modify request is not answered yet"]


def test_an_order_that_has_moved_since_it_was_painted_is_not_taken_hold_of(rig: Rig) -> None:
    order = rig.limit(Side.BUY, "1.0836")
    rig.frame()
    start, end = rig.place(200, "1.0836"), rig.place(200, "1.0839")
    rig.press(start)
    rig.exhibit.intend(AmendOrder(order.connection, order.client_id, price=price("1.0830")), order.client_id)
    now = rig.exhibit.market.blotter.get(order.connection, order.client_id)
    assert now is not None
    rig.exhibit.report(msgspec.structs.replace(now, price=price("1.0830")))
    QTest.mouseMove(rig.chart.window().windowHandle(), end)
    rig.release(end)
    assert rig.staged == [] and rig.said == ["The order has moved meanwhile: look, and drag again"]


def test_nothing_is_dragged_on_a_stale_quote(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    rig.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    rig.drag("1.0836", "1.0839")
    assert rig.staged == []
    assert rig.said == ["Nothing is staged: the quote is stale (no quote for 30 s); cancelling is possible"]


def test_a_quote_that_goes_stale_under_the_hand_stages_nothing(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.0839")
    rig.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    rig.release(end)
    assert rig.staged == [] and "the quote is stale" in rig.said[0]


@pytest.mark.parametrize(
    ("state", "left", "words"),
    [
        (VenueState.FILLED, None, "The order is filled: nothing is staged"),
        (VenueState.CANCELLED, None, "The order is cancelled: nothing is staged"),
        (VenueState.ACTIVE, "5000", "The order was executed in part meanwhile: look, and drag again"),
    ],
)
def test_an_order_that_changes_under_the_hand_is_let_go_and_said(
    rig: Rig, state: VenueState, left: str | None, words: str
) -> None:
    order = rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.0839")
    rig.exhibit.report(order, state, left)
    assert rig.frame().drag is None
    assert rig.said == [words]
    rig.release(end)
    assert rig.staged == [] and len(rig.said) == 1


def test_an_order_that_changes_between_the_frame_and_the_release_is_held(rig: Rig) -> None:
    order = rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.0839")
    rig.exhibit.intend(AmendOrder(order.connection, order.client_id, price=price("1.0830")), order.client_id)
    rig.release(end)
    assert rig.staged == [] and rig.said == ["The order changed meanwhile: look, and drag again"]


def test_a_market_that_comes_to_the_price_between_frame_and_release_is_held(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.08400")
    assert "!" not in rig.frame().drag_words
    rig.exhibit.quote("EURUSD", "1.08380", "1.08385")
    QTest.mouseRelease(rig.chart.window().windowHandle(), LEFT, NONE, end)
    assert rig.staged == []
    assert "it would trade at once, the quote has moved: drag again" in rig.said[0]


def test_a_limit_dragged_over_the_market_is_marked_and_staged_as_it_was_seen(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.0843")
    assert rig.frame().drag_words.endswith("! would trade at once")
    rig.release(end)
    assert len(rig.staged) == 1


def test_a_stop_that_would_set_off_at_once_is_refused(rig: Rig) -> None:
    rig.stop(Side.SELL, "1.0837")
    rig.drag("1.0837", "1.0843")
    assert rig.staged == []
    assert rig.said[0].startswith("A sell stop waits below the bid: at 1.08")


def test_another_contract_or_interval_drops_what_is_in_hand(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.0839")
    rig.chart.choose_interval("1h")
    assert not rig.canvas.dragging
    rig.release(end)
    assert rig.staged == [] and rig.said == ["The drag was dropped: the chart shows something else"]


def test_a_press_before_the_new_pair_is_painted_means_nothing(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    rig.frame()
    start, end = rig.place(200, "1.0836"), rig.place(200, "1.0839")
    rig.exhibit.group.choose(rig.exhibit.quote("EURGBP", "0.8651", "0.8653"))
    rig.press(start)
    rig.move(end)
    rig.release(end)
    assert (rig.staged, rig.canvas.selected) == ([], None)


def test_a_chart_that_is_hidden_holds_nothing(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.0839")
    rig.canvas.hide()
    assert not rig.canvas.dragging
    rig.canvas.show()
    rig.release(end)
    assert rig.staged == []


def test_esc_lets_it_go(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    end = rig.grasp("1.0836", "1.0839")
    rig.canvas.drop()
    rig.move(rig.place(200, "1.0841"))
    rig.release(end)
    assert (rig.staged, rig.said) == ([], [])


def test_dragged_out_of_the_plot_it_stays_at_its_edge(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    rig.grasp("1.0836", "1.0839")
    outside = rig.point(200, -40)
    rig.move(outside)
    drag = rig.frame().drag
    assert drag is not None and rig.body().scale.holds(drag.price)
    rig.release(outside)


def test_the_pointer_says_what_a_line_can_do(rig: Rig) -> None:
    rig.limit(Side.BUY, "1.0836")
    rig.stop_limit(Side.BUY, "1.0845", "1.0846")
    rig.frame()
    shapes = []
    for at in ("1.0836", "1.0845", "1.0841"):
        rig.move(rig.place(200, at))
        shapes.append(rig.canvas.cursor().shape())
    shape = Qt.CursorShape
    assert shapes == [shape.SizeVerCursor, shape.ForbiddenCursor, shape.CrossCursor]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (
            "1.0836",
            "Own buy 25\N{NO-BREAK SPACE}000 EUR @ 1.08360: working, AON"
            "<br>Drag it to another price to stage its change",
        ),
        ("1.0845", "A stop limit order has more than one price"),
    ],
)
def test_a_line_says_all_that_is_known_of_its_order(rig: Rig, at: str, words: str) -> None:
    rig.limit(Side.BUY, "1.0836")
    rig.stop_limit(Side.BUY, "1.0845", "1.0846")
    rig.frame()
    place = rig.canvas.mapFrom(rig.chart.window(), rig.place(200, at))
    QApplication.sendEvent(rig.canvas, QHelpEvent(QEvent.Type.ToolTip, place, rig.canvas.mapToGlobal(place)))
    assert words in QToolTip.text()
    QToolTip.hideText()
