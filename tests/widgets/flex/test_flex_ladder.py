"""The ladder on a flexibility book: exactly what the filter lets through; mixed windows are named, and take nothing."""

import dataclasses
import math
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from protocols.market.events import Freshness
from protocols.market.flex import AREA, Delivery, Place
from protocols.market.flex_book import FlexFilter
from protocols.market.flex_events import FlexBookOrder, FlexBookReplaced, FlexFault, FlexPonged
from protocols.market.instruments import ContractKey
from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.widgets.desk import DARK, click, press, price
from tests.widgets.flex.flex_desk import FLEX, WINDOWS, FlexDesk, order
from widgets.books import book_of
from widgets.key_texts import NO_KEYS
from widgets.ladder import Ladder
from widgets.ladder.frame import LadderFrame
from widgets.ladder.geometry import Column
from widgets.ladder.ink import Face, Ink
from widgets.ladder.menu import own_orders_menu
from widgets.ladder.own import OwnCell, own_text
from widgets.staging import Stage

K = Qt.Key


def frame(desk: FlexDesk, ladder: Ladder) -> LadderFrame:
    desk.beat()
    ladder.repaint()
    assert ladder.painted is not None
    return ladder.painted


def many(number: int, windows: int) -> list[FlexBookOrder]:
    """A large book, without chance: prices, windows and places go round at their own lengths."""
    start = WINDOWS[0].start
    deliveries = [
        Delivery(UtcNs(start + k * 15 * MINUTE), UtcNs(start + k * 15 * MINUTE + HOUR)) for k in range(windows)
    ]
    orders = []
    for k in range(number):
        side = Side.BUY if k // windows % 2 else Side.SELL
        cents = 10 + k % 37 if side is Side.BUY else 50 + k % 41
        place = Place((f"loc{k % 53}",), ("DE", "FI", "")[k // windows % 3])
        power = Quantity((1 + k % 97) * SCALE)
        orders.append(FlexBookOrder(side, Price(cents * SCALE // 100), power, None, deliveries[k % windows], place))
    return orders


def plainly(orders: list[FlexBookOrder], side: Side, chosen: FlexFilter) -> dict[int, tuple[int, int]]:
    """Power and number of orders at each price, read off the list in the plainest way."""
    power: Counter[int] = Counter()
    count: Counter[int] = Counter()
    for each in orders:
        if each.side is not side:
            continue
        if chosen.delivery is not None and each.delivery != chosen.delivery:
            continue
        if chosen.country is not None and each.place.country_code != chosen.country:
            continue
        if chosen.location is not None and chosen.location not in each.place.location_ids:
            continue
        power[each.price] += each.power
        count[each.price] += 1
    return {at: (power[at], count[at]) for at in power}


def shown(desk: FlexDesk, key: ContractKey, place: FlexFilter, side: Side) -> dict[int, tuple[int, int]]:
    book = book_of(desk.market, key, place)
    assert book is not None
    return {level.price: (level.quantity, level.orders) for level in book.side(side).levels()}


_places = st.builds(
    Place,
    st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True).map(tuple),
    st.sampled_from(["DE", "FI", ""]),
)
_orders = st.builds(
    FlexBookOrder,
    st.sampled_from(Side),
    st.integers(-5, 9).map(lambda cents: Price(cents * SCALE // 100)),
    st.integers(1, 10**15).map(Quantity),
    st.none(),
    st.sampled_from(WINDOWS[:3]),
    _places,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    orders=st.lists(_orders, max_size=25),
    window=st.sampled_from([None, 0, 1]),
    country=st.sampled_from([None, "DE", ""]),
    location=st.sampled_from([None, "a"]),
)
def test_the_filtered_book_is_what_a_plain_reading_of_the_list_gives(
    desk: FlexDesk, orders: list[FlexBookOrder], window: int | None, country: str | None, location: str | None
) -> None:
    desk.books(orders)
    place = FlexFilter(country=country, location=location)
    key = desk.key if window is None else desk.window(window)
    chosen = FlexFilter(None if window is None else WINDOWS[window], country, location)
    for side in Side:
        assert shown(desk, key, place, side) == plainly(orders, side, chosen)


def test_five_thousand_orders_in_two_hundred_windows_are_painted_exactly(desk: FlexDesk, ladder: Ladder) -> None:
    orders = many(5_000, 200)
    delivery = orders[8].delivery
    desk.book(orders)
    chosen = [(None, FlexFilter()), (delivery, FlexFilter()), (delivery, FlexFilter(country="FI"))]
    for window, place in chosen:
        listed = desk.market.flex.markets[FLEX]
        desk.group.choose(desk.key if window is None else listed.window(window).key)
        ladder.choose_place(place)
        ladder.set_options(ladder.options)
        painted = frame(desk, ladder)
        assert painted.body is not None
        for side, depth in ((Side.BUY, painted.body.bids), (Side.SELL, painted.body.asks)):
            plain = plainly(orders, side, FlexFilter(window, place.country, place.location))
            assert depth.total == sum(power for power, _ in plain.values())
            assert depth.orders == sum(count for _, count in plain.values())
            in_view = [0] * len(depth.rows)
            for at, (power, _) in plain.items():
                slot = painted.body.axis.place(side, Price(at)).slot
                if 0 <= slot < len(in_view):
                    in_view[slot] += power
            assert [row.quantity for row in depth.rows] == in_view
        assert sum(row.quantity for row in painted.body.bids.rows) > 0


def test_mixed_windows_are_called_different_goods_and_take_no_orders(desk: FlexDesk, ladder: Ladder) -> None:
    painted = frame(desk, ladder)
    assert painted.header is not None
    assert painted.header.state.text == "6 windows mixed: different goods"
    asked: list[Stage] = []
    ladder.ticket_requested.connect(asked.append)
    ladder.stage(Side.BUY)
    assert "choose a delivery window" in ladder.notice
    assert asked == []
    assert ladder.staged is None
    ladder.preset_quantity(2)
    assert "Power is said in the ticket" in ladder.notice


def own_of(painted: LadderFrame) -> dict[tuple[int, Column], OwnCell]:
    """Own cells in view, by price and column."""
    assert painted.body is not None
    rows = [row for row in painted.body.rows if row is not None]
    found = ((row, column, row.own(column)) for row in rows for column in (Column.OWN_BUY, Column.OWN_SELL))
    return {(row.meaning.price, column): cell for row, column, cell in found if cell is not None}


def in_single_levels(desk: FlexDesk, ladder: Ladder, window: int = 0) -> LadderFrame:
    ladder.set_options(dataclasses.replace(ladder.options, collapsed=True))
    bids = [order(Side.BUY, at, window=window) for at in ("0.212", "0.210")]
    desk.books(bids, order(Side.SELL, "0.224", window=window))
    return frame(desk, ladder)


def test_own_orders_of_all_windows_stand_there_with_the_window_they_are_of(desk: FlexDesk, ladder: Ladder) -> None:
    desk.order("o1", Side.BUY, "0.212", "120", "matching_active", 0)
    desk.order("o2", Side.SELL, "0.224", "450", "matching_active", 3)
    cells = own_of(in_single_levels(desk, ladder))
    buy, sell = cells[price("0.212"), Column.OWN_BUY], cells[price("0.224"), Column.OWN_SELL]
    assert (buy.windows[0], buy.tail) == ("Sat 13:00–14:00", "120")
    assert (sell.windows[0], sell.tail) == ("Sat 16:00–17:00", "450")
    (own,) = sell.orders
    spec = desk.market.flex.markets[FLEX].spec
    assert own_text(own, spec).startswith("Own sell 450 W @ 0.224 for Sat 16:00–17:00 CET: working")
    assert "1 own buy order, 120 watt" in ladder.accessibleDescription()
    # On the ladder of one window there is nothing to tell apart, and the other one's order is not there.
    desk.look_at(3)
    (cell,) = own_of(in_single_levels(desk, ladder, window=3)).values()
    assert (cell.windows, cell.number.text) == ((), "450")


def test_own_orders_of_different_windows_are_not_summed(desk: FlexDesk, ladder: Ladder) -> None:
    for name, window in (("o1", 0), ("o2", 1), ("o3", 1)):
        desk.order(name, Side.BUY, "0.210", "1000", "matching_active", window)
    cell = own_of(in_single_levels(desk, ladder))[price("0.210"), Column.OWN_BUY]
    assert (cell.windows, cell.tail) == (("2 windows",), "×3")
    assert [own.window for own in cell.orders] == ["Sat 13:00–14:00 CET", *["Sat 14:00–15:00 CET"] * 2]
    assert "3 own buy orders, in 2 delivery windows" in ladder.accessibleDescription()


def test_the_window_of_an_own_order_is_said_however_narrow_the_ladder(desk: FlexDesk, ladder: Ladder) -> None:
    desk.order("o1", Side.BUY, "0.212", "120", "matching_active", 0)
    cell = own_of(in_single_levels(desk, ladder))[price("0.212"), Column.OWN_BUY]
    ink = Ink(DARK, compact=False)
    least = ink.metrics(desk.market.instrument(desk.key)).own_characters[0] * math.ceil(ink.digit)
    assert ink.width(Face.SMALL, f"? {cell.windows[-1]}") < least


def test_keys_and_mouse_reach_own_orders_of_every_window_and_change_none(desk: FlexDesk, ladder: Ladder) -> None:
    desk.order("o1", Side.BUY, "0.212", "120", "matching_active", 0)
    desk.order("o2", Side.SELL, "0.224", "450", "matching_active", 3)
    painted = in_single_levels(desk, ladder)
    chosen = []
    for _ in range(3):
        ladder.next_own(1)
        assert ladder.selected is not None
        chosen.append(ladder.selected.client_id)
    assert chosen == ["0bo2", "0bo1", "0bo2"]
    assert painted.body is not None
    slots = [slot for slot, row in enumerate(painted.body.rows) if row and row.own(Column.OWN_BUY)]
    cell = painted.geometry.cell(slots[0], Column.OWN_BUY)
    start = QPoint(cell.x + cell.width // 2, cell.y + cell.height // 2)
    handle = ladder.windowHandle()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in (20, 40):
        QTest.mouseMove(handle, start + QPoint(0, step))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(0, 40))
    assert "choose a delivery window" in ladder.notice
    assert ladder.staged is None
    row = painted.body.rows[slots[0]]
    assert row is not None
    assert row.own_buy is not None
    spec = desk.market.flex.markets[FLEX].spec
    menu = own_orders_menu(ladder, row.own_buy, spec, NO_KEYS, None, lambda orders: None, lambda order: None)
    assert menu.actions()[0].text().endswith("@ 0.212 Sat 13:00–14:00 CET")
    menu.deleteLater()


def test_one_window_sends_what_is_aimed_at_to_the_ticket_and_stages_nothing(desk: FlexDesk, ladder: Ladder) -> None:
    desk.look_at(1)
    painted = frame(desk, ladder)
    assert painted.header is not None
    assert painted.header.state.text == "one delivery window"
    assert painted.bar is not None
    assert "no place in the queue is known" in painted.bar.note.text
    asked: list[Stage] = []
    ladder.ticket_requested.connect(asked.append)
    ladder.stage(Side.SELL, take=True)
    (stage,) = asked
    assert (stage.key, stage.side) == (desk.window(1), Side.SELL)
    assert painted.sight is not None
    assert stage.price == painted.sight.bid
    assert ladder.staged is None


def test_a_key_on_a_market_that_has_moved_is_held_there_too(desk: FlexDesk, ladder: Ladder) -> None:
    desk.look_at(1)
    frame(desk, ladder)
    asked: list[Stage] = []
    ladder.ticket_requested.connect(asked.append)
    desk.book([order(Side.BUY, "0.215", window=1)])
    ladder.stage(Side.BUY)
    assert asked == []
    assert "press again" in ladder.notice


def test_age_pong_and_the_end_of_orders_are_seen(desk: FlexDesk, ladder: Ladder) -> None:
    desk.look_at(0)
    desk.books(order(Side.BUY, "0.21"))
    desk.market.apply(FlexPonged(FLEX, "orderbook", desk.exhibit.clock.now))
    desk.beat(3.0)
    painted = frame(desk, ladder)
    assert painted.header is not None
    figures = {figure.label: figure.value for figure in painted.header.figures}
    assert (figures["Bids"], figures["Asks"]) == ("1", "0")
    assert (figures["Age"], figures["Pong"]) == ("5 s", "4 s")
    assert painted.header.closing.text.startswith("orders end in 44:")


def test_an_order_that_can_not_be_read_takes_its_own_window_alone(desk: FlexDesk, ladder: Ladder) -> None:
    now = desk.exhibit.clock.now
    fault = FlexFault(WINDOWS[1], "price: not a number")
    whole = tuple(order(Side.BUY, "0.21", window=window) for window in (0, 1))
    desk.market.apply(FlexBookReplaced("orderbook", desk.key, now.utc, whole, (fault,), now))
    desk.look_at(0)
    assert frame(desk, ladder).condition.live
    for number in (1, None):
        desk.look_at(number)
        painted = frame(desk, ladder)
        assert painted.body is None
        assert painted.plate is not None
        assert "price: not a number" in " ".join(painted.plate.lines)


def test_stale_looks_stale_and_takes_no_orders(desk: FlexDesk, ladder: Ladder) -> None:
    desk.look_at(1)
    desk.channels(Freshness.STALE, "the link was lost")
    painted = frame(desk, ladder)
    assert painted.plate is not None
    assert painted.plate.title == "Stale"
    ladder.stage(Side.BUY)
    assert "the book is stale" in ladder.notice
    assert "cancelling" not in ladder.notice, "there is none at this venue"


def test_the_filter_by_keys(desk: FlexDesk, ladder: Ladder) -> None:
    ladder.begin_filter()
    assert ladder.filters.window_box.hasFocus()
    press(ladder, K.Key_Down)
    assert desk.group.contract == desk.window(0)
    press(ladder, K.Key_Tab)
    press(ladder, "D")
    assert ladder.filters.country_box.currentText() == "DE"
    painted = frame(desk, ladder)
    assert painted.header is not None
    assert painted.header.area == "Flexibility DE"
    press(ladder, K.Key_Tab)
    press(ladder, K.Key_Down)
    assert ladder.filters.location_box.value is not None
    press(ladder, K.Key_Escape)
    assert ladder.hasFocus()
    desk.books(order(Side.BUY, "0.21", window=2, place=2))
    painted = frame(desk, ladder)
    assert painted.plate is not None
    assert painted.plate.lines == ("None of the book's 1 orders passes the filter.",)
    assert "empty" in ladder.filters.window_box.currentText()
    assert "not in the book" in ladder.filters.country_box.currentText()
    ladder.filters.country_box.setFocus()
    press(ladder, K.Key_Home)
    assert ladder.filters.location_box.value is None, "another country has other locations"


def test_other_books_have_no_filter(desk: FlexDesk, ladder: Ladder) -> None:
    desk.group.choose(ContractKey("EPEX M7", "DE-AMPRION", "1"))
    desk.beat()
    assert not ladder.filters.isVisible()
    ladder.begin_filter()
    assert "Only a flexibility book is filtered" in ladder.notice
    ladder.list_orders()
    assert "Only the orders of a flexibility book" in ladder.notice


def test_a_click_on_a_price_lists_its_orders_and_enter_shows_one_window(desk: FlexDesk, ladder: Ladder) -> None:
    desk.books([order(Side.BUY, "0.21", "5", 3), order(Side.BUY, "0.21", "7", 4), order(Side.SELL, "0.30", "9", 5)])
    ladder.recentre()
    painted = frame(desk, ladder)
    assert painted.body is not None
    slot = painted.body.axis.place(Side.BUY, price("0.21")).slot
    cell = painted.geometry.cell(slot, Column.PRICE)
    click(ladder, QPoint(cell.x + cell.width // 2, cell.y + cell.height // 2))
    listed = ladder.order_list
    assert listed.isVisible()
    grid = listed.grid
    assert grid is not None
    texts = [grid.row_text(row) for row in range(5)]
    assert texts[0].startswith("S 0.300 EUR/kWh\t1 order")
    assert "2 windows: different goods" in texts[2]
    assert "0.210" in grid.row_text(grid.current)
    press(listed, K.Key_Down)
    press(listed, K.Key_Return)
    assert not listed.isVisible()
    assert desk.group.contract == desk.window(4)


def test_the_list_stays_at_its_place_and_says_when_it_is_not_live(desk: FlexDesk, ladder: Ladder) -> None:
    ladder.list_orders()
    listed = ladder.order_list
    assert listed.grid is not None
    before = listed.grid.row_text(listed.grid.current)
    desk.books([order(Side.BUY, "0.5"), *desk.market.flex.books[FLEX].orders()])
    assert listed.grid.row_text(listed.grid.current) == before
    desk.channels(Freshness.STALE, "the link was lost")
    desk.beat()
    assert "stale" in listed.standing.text
    press(listed, K.Key_Escape)
    assert not listed.isVisible()


def test_no_key_of_flexibility_names_a_window_by_guess(desk: FlexDesk) -> None:
    assert desk.market.instrument(ContractKey(FLEX, AREA, "2026-11-21T12:00:00Z/soon")) is None


@pytest.mark.parametrize("number", [0, 1, 5])
def test_windows_are_named_in_market_time(desk: FlexDesk, number: int) -> None:
    desk.look_at(number)
    assert desk.group.chosen_words(desk.market) == f"Flex Sat {13 + number}:00–{14 + number}:00 CET"


def test_watts_have_their_thousands_apart(desk: FlexDesk, ladder: Ladder) -> None:
    desk.books([order(Side.BUY, "0.21", "7996800"), order(Side.SELL, "0.30", "25178976")])
    desk.look_at(0)
    body = frame(desk, ladder).body
    assert body is not None
    texts = [text.text for row in body.rows if row for text in (row.bid_text, row.ask_text) if text]
    assert sorted(text.replace("\N{NO-BREAK SPACE}", " ") for text in texts) == ["25 178 976", "7 996 800"]
