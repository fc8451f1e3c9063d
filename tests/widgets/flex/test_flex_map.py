"""The map: every order with a position in its place, none lost, by key and mouse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt

from app.gallery.flex_market import SPEC
from app.gallery.market import price, quantity
from protocols.market.events import Freshness
from protocols.market.flex import Coordinates, Place
from protocols.market.flex_book import FlexFilter
from protocols.market.flex_events import FlexBookOrder
from protocols.market.values import Side
from tests.widgets.desk import click, press, show
from tests.widgets.flex.flex_desk import FLEX, WINDOWS, FlexDesk, order
from widgets.flex.map import FlexMap
from widgets.flex.map_places import Box, MapPlace, Projection, map_of, place_labels

K = Qt.Key


@pytest.fixture
def chart(qtbot, desk: FlexDesk) -> FlexMap:
    chart = FlexMap(*desk.parts)
    show(qtbot, chart, 560, 420)
    chart.setFocus()
    desk.look_at(None)
    desk.beat()
    return chart


def test_each_place_adds_up_its_own_orders_and_the_rest_is_counted(desk: FlexDesk, chart: FlexMap) -> None:
    desk.books(
        order(Side.BUY, "0.2", "100", 0, 0), order(Side.SELL, "0.3", "40", 1, 0), order(Side.BUY, "0.2", "7", 0, 4)
    )  # fmt: skip
    assert chart.view.nowhere == 1
    (place,) = chart.view.places
    assert place.words(SPEC) == "DE Hamburg-Altona: B 100 W in 1 order, S 40 W in 1 order · 2 windows: different goods"
    desk.look_at(0)
    desk.beat()
    assert chart.view.places[0].words(SPEC) == "DE Hamburg-Altona: B 100 W in 1 order"


def test_keys_and_clicks_choose_a_place_and_ask_for_its_orders(desk: FlexDesk, chart: FlexMap) -> None:
    asked: list[FlexFilter] = []
    chart.place_chosen.connect(asked.append)
    press(chart, K.Key_Return)
    assert asked == [], "nothing is chosen yet"
    press(chart, K.Key_Down)
    assert chart.words.startswith("FI Helsinki") or chart.words.startswith("DE Hamburg")
    first = chart.view.places[0]
    press(chart, K.Key_Return)
    assert asked == [FlexFilter(country=first.country, location=first.names[0])]
    press(chart, K.Key_Up)
    assert chart.current == len(chart.view.places) - 1
    x, y = chart._projection().point(chart.view.places[1].position)
    click(chart, QPointF(x, y).toPoint())
    assert chart.current == 1
    press(chart, K.Key_Escape)
    assert chart.current == -1


def test_the_chosen_place_stays_while_books_come_and_stale_is_said(desk: FlexDesk, chart: FlexMap) -> None:
    press(chart, K.Key_Down)
    press(chart, K.Key_Down)
    held = chart.view.places[chart.current].position
    desk.books(desk.market.flex.books[FLEX].orders()[::-1])
    assert chart.view.places[chart.current].position == held
    before = chart.grab().toImage()
    desk.channels(Freshness.STALE, "the link was lost")
    desk.beat()
    assert chart.grab().toImage() != before
    desk.books(order(Side.BUY, "0.2", place=4))
    assert chart.current == -1


def test_without_flexibility_it_says_what_to_do(desk: FlexDesk, chart: FlexMap) -> None:
    desk.group.choose(None)
    desk.beat()
    assert chart.words.startswith("Choose a flexibility book or window")
    assert chart.view.places == ()


_places = st.builds(
    lambda north, east: Place(("x",), "DE", Coordinates(north, east)),
    st.integers(-100, 100).map(float),
    st.integers(-190, 190).map(float),
)


@given(st.lists(st.tuples(_places, st.sampled_from(Side), st.integers(1, 9)), max_size=20))
def test_no_order_is_lost_and_every_place_is_in_view(told: list[tuple[Place, Side, int]]) -> None:
    desk = FlexDesk()
    orders = [
        FlexBookOrder(side, price("0.2"), quantity(str(much)), None, WINDOWS[0], place) for place, side, much in told
    ]
    desk.book(orders)
    view = map_of(desk.market.flex.books[FLEX], FlexFilter())
    assert view.nowhere + sum(place.bid_orders + place.ask_orders for place in view.places) == len(orders)
    projection = Projection((place.position for place in view.places), 400, 300, 40)
    for place in view.places:
        x, y = projection.point(place.position)
        assert -1 <= x <= 401
        assert -1 <= y <= 301
    parallels, meridians = projection.lines(400, 300)
    assert all(0 <= y < 300 for y, _ in parallels)
    assert all(0 <= x < 400 for x, _ in meridians)


BOXES = st.builds(Box, st.floats(-50, 350), st.floats(0, 300), st.floats(1, 90), st.just(14.0))


@given(st.lists(st.tuples(st.lists(BOXES, min_size=1, max_size=6), st.booleans()), max_size=12))
def test_labels_hide_none_of_the_others_and_what_must_be_read_is_there(wanted: list[tuple[list[Box], bool]]) -> None:
    found = place_labels(wanted, 300.0)
    assert all(box in boxes for box, (boxes, _) in zip(found, wanted, strict=True) if box is not None)
    assert all(box is not None for box, (_, must) in zip(found, wanted, strict=True) if must)
    free = [box for box, (_, must) in zip(found, wanted, strict=True) if box is not None and not must]
    for index, box in enumerate(free):
        assert box.x >= 0 and box.x + box.width <= 300
        assert not any(box.meets(other) for other in free[index + 1 :])


def test_a_place_whose_name_begins_with_its_country_says_it_once() -> None:
    assert MapPlace((60.0, 25.0), ("FI-Oulu",), "FI").title == "FI-Oulu"
    assert MapPlace((60.0, 25.0), ("Oulu", "x"), "FI").title == "FI Oulu, x"
