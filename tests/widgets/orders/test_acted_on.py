"""What acts are for is what is highlighted and in view; rows stand by the time that is shown, and news are our own."""

import pytest
from PySide6.QtCore import Qt

from protocols.market.orders import VenueState
from protocols.market.times import UtcNs
from tests.widgets.desk import NOON, click, press, quantity
from tests.widgets.orders.hands import CTRL, click_title, shown_table, texts
from tests.widgets.orders.market import OrderDesk
from widgets.orders import OrdersTable
from widgets.orders.catalogue import Col
from widgets.orders.conditions import Choice


@pytest.fixture
def desk() -> OrderDesk:
    return OrderDesk()


@pytest.fixture
def table(qtbot, desk: OrderDesk) -> OrdersTable:
    return shown_table(qtbot, OrdersTable(*desk.parts))


def selected(table: OrdersTable) -> list[str]:
    return [order.client_id for order in table.selected()]


def click_row(table: OrdersTable, row: int) -> None:
    click(table.view.viewport(), table.view.visualRect(table.model.index(row, 1)).center())


# What acts are for


@pytest.mark.parametrize("how", ["search", "working", "linked", "condition"])
def test_a_filter_drops_the_selection(desk: OrderDesk, table: OrdersTable, how: str) -> None:
    for _ in range(3):
        desk.working()
    desk.group.choose(desk.one)
    desk.beat()
    click_row(table, 1)
    assert len(selected(table)) == 1
    if how == "search":
        table.begin_filter()
        press(table, "15q4")
    elif how == "condition":
        table.choosing.set_condition(Col.WHOSE, Choice(("ours",)))
    else:
        (table.toggle_working if how == "working" else table.toggle_linked)()
    assert table.model.rowCount() == 3 and selected(table) == []
    assert not table.cancel.isEnabled() and "selected" not in table.summary.whole_text


def test_enter_in_the_filter_selects_the_first_order(desk: OrderDesk, table: OrdersTable) -> None:
    names = [desk.working() for _ in range(3)]
    desk.beat()
    table.begin_filter()
    press(table, "15q4")
    assert selected(table) == []
    press(table, Qt.Key.Key_Return)
    assert selected(table) == [names[2]] and table.view.hasFocus()


def test_what_is_out_of_sight_is_shown_before_it_is_acted_on(desk: OrderDesk, table: OrdersTable) -> None:
    name = desk.working()
    desk.beat()
    click_row(table, 0)
    assert table.brings_into_sight()
    desk.beat(1)
    for _ in range(60):
        desk.colleague()
    desk.beat()
    table.view.verticalScrollBar().setValue(0)
    assert "1 selected, out of sight" in table.summary.whole_text and selected(table) == [name]
    assert not table.brings_into_sight(), "it is brought there"
    assert 60 in table.view.rows_in_sight() and "out of sight" not in table.summary.whole_text
    assert table.brings_into_sight(), "now it can be acted on"


def test_what_was_behind_another_tab_is_seen_before_it_is_acted_on(qtbot, desk: OrderDesk, table: OrdersTable) -> None:
    name = desk.working()
    desk.beat()
    click_row(table, 0)
    table.hide()
    table.show()  # as menu and palette bring it up, and act in the same turn
    assert selected(table) == [name] and not table.brings_into_sight()
    qtbot.waitUntil(table.brings_into_sight)


# The time that is shown


def test_rows_stand_by_the_time_that_is_shown_in_whatever_turn_they_are_told(
    desk: OrderDesk, table: OrdersTable
) -> None:
    second = 1_000_000_000
    times = [NOON - offset * second for offset in (30, 10, 50, 20, 40)]
    for number, at in enumerate(times):
        desk.report(f"x{number}", entered=UtcNs(at))
    desk.beat()
    shown = texts(table, Col.TIME)
    assert shown == sorted(shown, reverse=True) and len(set(shown)) == 5
    assert table.view.titles.title(Col.TIME).endswith("↓"), "and the title says so"
    mine = desk.place().client_id
    desk.beat()
    assert texts(table, Col.CLIENT_ID)[0] == mine
    desk.report(mine, entered=UtcNs(NOON - 35 * second))
    desk.beat()
    shown = texts(table, Col.TIME)
    assert shown == sorted(shown, reverse=True) and texts(table, Col.CLIENT_ID)[3] == mine, "the venue's word moves it"
    click_title(table, Col.TIME)
    assert texts(table, Col.TIME) == sorted(shown)
    click_title(table, Col.TIME)
    assert texts(table, Col.TIME) == shown


def test_a_colleagues_orders_are_no_news(desk: OrderDesk, table: OrdersTable) -> None:
    desk.beat()
    for _ in range(3):
        desk.colleague()
    mine = desk.working()
    desk.beat()
    row = texts(table, Col.CLIENT_ID).index(mine)
    assert [look for look in range(4) if table.model.look(look).fill] == [row]


def test_what_acts_are_for_is_said_wherever_it_is_scrolled_to(desk: OrderDesk, table: OrdersTable) -> None:
    names = [desk.working() for _ in range(2)]
    for _ in range(60):
        desk.colleague()
    desk.beat()
    assert "selected" not in table.summary.whole_text
    press(table, "a", CTRL)
    assert set(selected(table)) == set(names)
    in_sight = {table.model.order(row) for row in table.view.visible_rows()}
    assert not in_sight & set(table.selected())
    assert table.summary.whole_text.startswith("2 selected, out of sight · 62 orders · 2 own working")
    desk.report(names[0], left="0", state=VenueState.FILLED, revision=2)
    desk.beat()
    assert table.summary.whole_text.startswith("1 selected, out of sight · 62 orders"), "one is over by now"


def test_selected_is_what_the_blotter_says_now(desk: OrderDesk, table: OrdersTable) -> None:
    name = desk.working()
    desk.beat()
    click_row(table, 0)
    desk.report(name, left="3", revision=2)
    assert table.selected()[0].remaining == quantity("3")


def test_own_orders_alone_are_one_key_away(qtbot, desk: OrderDesk, table: OrdersTable) -> None:
    mine = desk.working()
    for _ in range(20):
        desk.colleague()
    desk.beat()
    table.toggle_own()
    assert texts(table, Col.CLIENT_ID) == [mine]
    desk.colleague()
    desk.beat()
    assert texts(table, Col.CLIENT_ID) == [mine]
    again = OrdersTable(*desk.parts)
    qtbot.addWidget(again)
    again.restore(table.state())
    desk.beat()
    assert again.bar.only_own.isChecked(), "a workspace keeps it"
