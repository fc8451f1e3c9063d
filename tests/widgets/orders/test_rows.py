"""Which orders stand in which rows: integers in columns, held against plain Python that looks at each order."""

import itertools

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.market.commands import FxTerms, PlaceOrder, PowerTerms
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderDenied
from protocols.market.orders import Order, OrderStatus, VenueState
from protocols.market.times import HOUR, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.widgets.desk import NOON
from tests.widgets.orders.market import A, B, OrderDesk
from tests.widgets.orders.oracle import DESK, FX, KEYS, Book, expected, found, orders, rows_over
from widgets.orders.arrangement import group_of_line, pair_of_line
from widgets.orders.catalogue import COLUMNS, KINDS, Col, GroupBy, Kind
from widgets.orders.cells import OrderCells
from widgets.orders.conditions import Choice, Range, Words, choices
from widgets.orders.rows import OrderRows
from widgets.orders.sorting import NEWEST_FIRST, Level
from widgets.orders.totals import exact_sum, totals, totals_text

conditions = st.one_of(
    st.tuples(
        st.sampled_from([column for column in Col if KINDS[column] is Kind.NUMBER]),
        st.builds(Range, st.sampled_from((None, 0, 38 * SCALE)), st.sampled_from((None, SCALE, 39 * SCALE))),
    ),
    st.tuples(
        st.sampled_from((Col.TIME, Col.LIFETIME)),
        st.builds(Range, st.sampled_from((None, NOON)), st.sampled_from((None, NOON, NOON + HOUR))),
    ),
    st.tuples(
        st.sampled_from([column for column in Col if KINDS[column] is Kind.CHOICE]),
        st.builds(
            Choice,
            st.lists(
                st.sampled_from(("15Q4", "EURUSD", A, FX, "fx", "Buy", "limit", "GFS", "working", "ours", "", "AON"))
            ).map(tuple),
        ),
    ),
    st.tuples(
        st.sampled_from((Col.REASON, Col.NOTE, Col.CLIENT_ID)),
        st.builds(Words, st.sampled_from(("TOO", "c1", "h", " "))),
    ),
)
levels = st.one_of(
    st.just(NEWEST_FIRST),
    st.lists(st.builds(Level, st.sampled_from(Col), st.booleans()), max_size=3, unique_by=lambda level: level[0]).map(
        tuple
    ),
)
SIZE = 14
NEVER_THERE = (OrderStatus.DENIED, OrderStatus.NOT_SENT, OrderStatus.REJECTED)
changes = st.lists(st.integers(0, SIZE - 1), max_size=12)


@settings(max_examples=60)
@given(data=st.data(), first=st.integers(0, SIZE), chosen_levels=levels, group=st.sampled_from(GroupBy))
def test_rows_are_what_plain_python_says(data, first: int, chosen_levels: tuple[Level, ...], group: GroupBy) -> None:
    """Whatever is chosen, and however orders come and change: all at once, or one after the other."""
    book = Book()
    rows = rows_over(book)
    cells = OrderCells(DESK.market)
    for number in range(first):
        book.put(number, data.draw(orders(number)))
    rows.follow()
    arrangement = rows.arrangement
    arrangement.levels, arrangement.group = tuple(chosen_levels), group
    arrangement.chosen.needle = data.draw(st.sampled_from(("", "", "buy", "38.4", "gfs c", "cancel", "é")))
    arrangement.chosen.only_working = data.draw(st.booleans())
    arrangement.chosen.only_own = data.draw(st.booleans())
    arrangement.chosen.only_contract = data.draw(st.sampled_from((False, False, True)))
    arrangement.chosen.contract = KEYS[2]
    arrangement.chosen.by_column = dict(data.draw(st.lists(conditions, max_size=2)))
    arrangement.renew()
    assert found(rows) == expected(book, rows, cells)
    for line in [line for line in arrangement.lines.tolist() if line < 0]:
        if data.draw(st.booleans()):
            arrangement.set_folded(line, True)
    arrangement.fold()
    assert found(rows) == expected(book, rows, cells)
    for number in data.draw(changes):
        number = min(number, len(book))
        book.put(number, data.draw(orders(number)))
        if data.draw(st.booleans()):
            rows.follow()
    while rows.facts.behind:
        rows.follow()
    assert found(rows) == expected(book, rows, cells)


@settings(max_examples=40)
@given(data=st.data(), group=st.sampled_from(GroupBy))
def test_headers_know_what_is_below_them_and_rows_know_their_header(data, group: GroupBy) -> None:
    book = Book()
    rows = rows_over(book)
    for number in range(SIZE):
        book.put(number, data.draw(orders(number)))
    rows.follow()
    arrangement = rows.arrangement
    arrangement.group = group
    arrangement.renew()
    header = pair = None
    for line in arrangement.lines.tolist():
        if group_of_line(line) is not None:
            header = line
            assert arrangement.header_of(line) is None
        elif pair_of_line(line) is not None:
            pair = line
            assert arrangement.header_of(line) == header
        else:
            of_pair = book.order(line).pair is not None
            assert arrangement.header_of(line) == (pair if of_pair else header)
            assert header is None or line in arrangement.within(header).tolist()
            assert not of_pair or line in arrangement.within(pair).tolist()


@settings(max_examples=40)
@given(data=st.data())
def test_totals_add_up_each_unit_for_itself_however_large(data) -> None:
    book = Book()
    rows = rows_over(book)
    for number in range(SIZE):
        order = data.draw(orders(number))
        book.put(number, msgspec.structs.replace(order, quantity=Quantity(data.draw(st.sampled_from((1, 10**18 - 1))))))
    rows.follow()
    sums = {one.unit: one for one in totals(rows.facts, rows.arrangement.orders).sums}
    for unit, keys in (("MW", KEYS[:2]), ("", KEYS[2:])):
        mine = [o for o in book.all if o.ours and o.key in keys and o.status not in NEVER_THERE]
        assert (unit in sums) is bool(mine)
        if mine:
            once: dict[object, list[Order]] = {}
            for order in mine:
                once.setdefault(order.client_id if order.pair is None else (order.connection, order.pair), []).append(
                    order
                )
            done = {name: sum(order.filled for order in legs) for name, legs in once.items()}
            whole = {name: max(done[name], *(order.quantity for order in legs)) for name, legs in once.items()}
            assert sums[unit].quantity == sum(whole.values())
            assert sums[unit].filled == sum(done.values())
    found = totals(rows.facts, rows.arrangement.orders)
    asleep = sum(order.ours and order.status is OrderStatus.HIBERNATED for order in book.all)
    assert found.working == sum(order.ours and order.status.alive for order in book.all) - asleep
    assert found.hibernated == asleep
    assert found.doubted == sum(order.ours and order.status is OrderStatus.IN_DOUBT for order in book.all)


def test_a_sum_may_be_larger_than_64_bits() -> None:
    values = np.array([10**18 - 1, -3] * 40)
    assert exact_sum(values) == 40 * (10**18 - 1) - 120


def stop_order(number: int, stop: int | None) -> Order:
    terms = FxTerms("LIMIT" if stop is None else "STOP", "AON", None if stop is None else Price(stop))
    one = Quantity(SCALE)
    return Order(FX, f"C{number}", KEYS[2], Side.BUY, None, one, one, terms, OrderStatus.WORKING, True)


@pytest.mark.parametrize("descending", [False, True])
def test_what_has_nothing_in_a_column_comes_last_whenever_it_comes(descending: bool) -> None:
    book = Book()
    rows = rows_over(book)
    rows.arrangement.levels = (Level(Col.STOP, descending),)
    stops = [5, None, 7, None, 6]
    for number, stop in enumerate(stops):
        book.put(number, stop_order(number, stop))
        rows.follow()
    expected_lines = [2, 4, 0, 3, 1] if descending else [0, 4, 2, 3, 1]
    assert rows.lines.tolist() == expected_lines, "one after the other"
    rows.arrangement.renew()
    assert rows.lines.tolist() == expected_lines, "all at once"


def test_texts_that_came_after_a_sorting_are_sorted_by_the_next_one() -> None:
    desk = OrderDesk()
    rows = OrderRows(desk.market, OrderCells(desk.market))
    names = []
    for _ in range(3):
        names += [desk.working(), desk.colleague()]
        rows.follow()
        rows.arrangement.levels = (Level(Col.CLIENT_ID),)
        rows.arrangement.renew()
        assert [rows.facts.orders[line].client_id for line in rows.lines.tolist()] == sorted(names)


@pytest.mark.parametrize("column", [column for column in Col if KINDS[column] is Kind.CHOICE])
def test_the_choices_of_a_column_are_what_its_cells_say(column: Col) -> None:
    desk = OrderDesk()
    for key, side in itertools.product((desk.one, desk.other), Side):
        desk.working(key, side)
    desk.place()
    desk.colleague()
    cells = OrderCells(desk.market)
    rows = OrderRows(desk.market, cells)
    rows.follow()
    said = [cells.cell(order, column).text for order in desk.market.blotter.rows()]
    offered = choices(rows.facts, column)
    assert dict(offered) == {text: said.count(text) for text in said}
    if column in (Col.CONTRACT, Col.DELIVERY):
        assert [text for text, _ in offered] == sorted({*said})


def test_a_long_list_is_read_over_many_frames_and_then_followed() -> None:
    desk = OrderDesk()
    for _ in range(25):
        desk.working()
    rows = OrderRows(desk.market, OrderCells(desk.market))
    shown = []
    while rows.facts.sweeping:
        assert rows.follow(limit=10).news == [], "what is there at first is no news"
        shown.append(len(rows.lines))
        desk.working()
    assert shown == [10, 20, 27]
    assert rows.follow().news == [27]
    assert rows.follow().touched == []


def test_a_contract_that_is_listed_later_changes_names_units_and_decimals() -> None:
    desk = OrderDesk()
    key = ContractKey("EPEX M7", A, f"{A}/17Q1")
    desk.working(key, at="38.4")
    iceberg = PowerTerms(display_quantity=Quantity(2 * SCALE))
    desk.place(key, at="7", terms=iceberg)
    rows = OrderRows(desk.market, OrderCells(desk.market))
    rows.follow()
    rows.arrangement.chosen.needle = "38.40"
    rows.arrangement.renew()
    assert rows.lines.tolist() == []
    desk.contract(A, "17Q1", UtcNs(NOON + 5 * HOUR))
    assert rows.follow().touched == [0, 1]
    assert rows.lines.tolist() == [0], "now it is written with two decimals"
    assert totals_text(totals(rows.facts, rows.arrangement.orders), 1).endswith("0.0 of 10.0 MW filled")
    rows.arrangement.chosen.needle = "ice 2.0"
    rows.arrangement.renew()
    assert rows.lines.tolist() == [1], "and so are its terms"


def test_what_a_workspace_keeps_and_what_it_can_not_read() -> None:
    desk = OrderDesk()
    rows = OrderRows(desk.market, OrderCells(desk.market))
    arrangement = rows.arrangement
    arrangement.levels = (Level(Col.PRICE, True), Level(Col.TIME))
    arrangement.group = GroupBy.CONTRACT
    arrangement.folded = {("contract", "EPEX M7", B, f"{B}/16Q1"), ("oco", "FX", "p")}
    arrangement.chosen.by_column = {
        Col.STATUS: Choice(("working",)), Col.PRICE: Range(None, 5), Col.REASON: Words("by us"),
    }  # fmt: skip
    kept = msgspec.json.decode(msgspec.json.encode(rows.state()))
    again = OrderRows(desk.market, OrderCells(desk.market))
    again.restore(kept)
    assert again.state() == rows.state()
    for junk in (
        {"sort": [["price"], "price", [1, 2], ["gone", True]], "group": "gone", "folded": [1, []], "conditions": 7},
        {"conditions": {"price": {"type": "Words", "text": "x"}, "side": 5, "gone": None}, "folded": "x", "sort": "x"},
    ):
        again.restore(junk)
        assert again.state() == {"sort": [["time", True]], "group": "", "folded": [], "conditions": {}}
    assert {column.key for column in COLUMNS} >= set(kept["conditions"])


def test_what_is_hibernated_is_not_working_and_what_never_left_is_in_no_sum() -> None:
    desk = OrderDesk()
    rows = OrderRows(desk.market, OrderCells(desk.market))
    sleeping = desk.place().client_id
    desk.report(sleeping, state=VenueState.HIBERNATED)
    denied = PlaceOrder(desk.one, Side.BUY, Quantity(500 * SCALE), Price(38 * SCALE))
    desk.market.apply(OrderDenied(desk.intent("d", denied), "too much"))
    rows.follow()
    words = totals_text(totals(rows.facts, rows.arrangement.orders), 2)
    assert words == "2 orders · 0 own working · 1 hibernated · 0.0 of 10.0 MW filled"
