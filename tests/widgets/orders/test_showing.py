"""How the trader shows orders, by real keys and clicks: several sortings, columns' filters, groups, pairs, folds."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from protocols.market.orders import VenueState
from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import M7, NOON, click, press
from tests.widgets.orders.hands import CTRL, SHIFT, K, choose, click_at, click_title, popup, shown_table, texts
from tests.widgets.orders.market import A, OrderDesk
from widgets.delivery import CONTINENT
from widgets.grid.choosing import ColumnDialog
from widgets.key_texts import KeyTexts
from widgets.orders import OrdersTable
from widgets.orders.catalogue import COLUMNS, Col, GroupBy, Kind
from widgets.orders.cells import OrderCells
from widgets.orders.conditions import Choice, Range, Words
from widgets.orders.filter_dialog import FilterDialog
from widgets.orders.model import RUNS_AT_MOST
from widgets.orders.moments import EndRefused, condition_words, end_of_range, end_text
from widgets.orders.sorting import Level


@pytest.fixture
def desk() -> OrderDesk:
    return OrderDesk()


@pytest.fixture
def table(qtbot, desk: OrderDesk) -> OrdersTable:
    return shown_table(qtbot, OrdersTable(*desk.parts))


# Sorting


def test_shift_and_click_sorts_by_one_more_column(desk: OrderDesk, table: OrdersTable) -> None:
    for side, at in ((Side.SELL, "40"), (Side.BUY, "38"), (Side.SELL, "39"), (Side.BUY, "41")):
        desk.working(side=side, at=at)
    desk.beat()
    click_title(table, Col.SIDE)
    click_title(table, Col.PRICE, SHIFT)
    assert texts(table, Col.PRICE) == ["38.00", "41.00", "39.00", "40.00"]
    assert [table.view.titles.title(column) for column in (Col.SIDE, Col.PRICE)] == ["Side ↑1", "Price ↑2"]
    click_title(table, Col.PRICE, SHIFT)
    assert texts(table, Col.PRICE) == ["41.00", "38.00", "40.00", "39.00"]
    click_title(table, Col.SIDE, SHIFT)
    assert texts(table, Col.PRICE) == ["40.00", "39.00", "41.00", "38.00"]
    click_title(table, Col.PRICE, SHIFT)
    assert table.view.titles.title(Col.PRICE) == "Price"
    assert texts(table, Col.SIDE) == ["Sell", "Sell", "Buy", "Buy"]
    click_title(table, Col.PRICE)
    assert texts(table, Col.PRICE) == ["38.00", "39.00", "40.00", "41.00"], "alone again"


def test_sorted_by_identifiers_what_comes_is_put_in_its_place(desk: OrderDesk, table: OrdersTable) -> None:
    names = [desk.working() for _ in range(3)]
    desk.beat()
    table.choosing.sort_by((Level(Col.CLIENT_ID),))
    names += [desk.colleague(), desk.working()]
    desk.beat()
    assert texts(table, Col.CLIENT_ID) == sorted(names)


def test_columns_to_sort_by_are_picked_by_keyboard(desk: OrderDesk, table: OrdersTable) -> None:
    for side, at in ((Side.SELL, "40"), (Side.BUY, "38"), (Side.SELL, "39")):
        desk.working(side=side, at=at)
    desk.beat()
    table.choosing.choose_sort()
    choose(popup(), "Side")
    table.choosing.choose_sort(joins=True)
    choose(popup(), "Price")
    assert texts(table, Col.PRICE) == ["38.00", "39.00", "40.00"]
    table.choosing.choose_sort()
    choose(popup(), "Side")
    assert texts(table, Col.SIDE) == ["Sell", "Sell", "Buy"], "down"


# Filters of columns


def opened(qtbot, table: OrdersTable, title: str) -> FilterDialog:
    table.choosing.choose_filter()
    choose(popup(), title)
    dialog = table.view.findChild(FilterDialog)
    assert isinstance(dialog, FilterDialog)
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.focusWidget() is not None)
    return dialog


def closed(qtbot, table: OrdersTable, dialog: FilterDialog) -> None:
    press(dialog, K.Key_Escape)
    qtbot.waitUntil(lambda: table.view.findChild(FilterDialog) is None)


def test_a_choice_is_ticked_by_keyboard(qtbot, desk: OrderDesk, table: OrdersTable) -> None:
    desk.working()
    desk.place()
    desk.report(desk.working(), left="0", state=VenueState.FILLED, revision=2)
    desk.beat()
    dialog = opened(qtbot, table, "Status")
    assert dialog.windowTitle() == "Filter: Status"
    words = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert words == ["pending   1", "working   1", "filled   1"]
    press(dialog, K.Key_Down)
    press(dialog, K.Key_Space)
    assert texts(table, Col.STATUS) == ["filled", "pending"], "seen at once"
    assert table.bar.conditions.whole_text == "Status pending, filled"
    assert table.view.titles.title(Col.STATUS) == "Status ▼"
    press(dialog, "u", CTRL)
    assert texts(table, Col.STATUS) == [] and table.view.empty_text == "None of 3 orders passes the filter"
    press(dialog, "a", CTRL)
    assert len(texts(table, Col.STATUS)) == 3 and table.bar.conditions.whole_text == "", "all of them: no filter"
    press(dialog, K.Key_Space)
    closed(qtbot, table, dialog)
    desk.place()
    desk.beat()
    assert texts(table, Col.STATUS) == ["pending", "filled", "pending"], "it goes for what comes as well"
    table.bar.all.click()
    assert len(texts(table, Col.STATUS)) == 4 and not table.bar.all.isVisible()


def test_a_range_takes_what_it_can_read_and_names_what_not(qtbot, desk: OrderDesk, table: OrdersTable) -> None:
    for at in ("-5", "38.4", "38.41", "40"):
        desk.working(at=at)
    desk.beat()
    dialog = opened(qtbot, table, "Price")
    press(dialog, "38,4")
    assert texts(table, Col.PRICE) == ["40.00", "38.41", "38.40"]
    press(dialog, K.Key_Tab)
    press(dialog, "38.4")
    assert texts(table, Col.PRICE) == ["38.40"]
    press(dialog, "x")
    assert dialog.refused.whole_text == "Not a number: 38.4x; the filter is as it was"
    assert texts(table, Col.PRICE) == ["38.40"]
    press(dialog, K.Key_Backspace)
    assert dialog.refused.whole_text == "" and table.bar.conditions.whole_text == "Price 38.4 to 38.4"
    closed(qtbot, table, dialog)
    dialog = opened(qtbot, table, "Price")
    assert [field.text() for field in dialog.fields] == ["38.4", "38.4"]
    dialog.clear.click()
    assert len(texts(table, Col.PRICE)) == 4
    closed(qtbot, table, dialog)


def test_words_are_found_in_one_column(qtbot, desk: OrderDesk, table: OrdersTable) -> None:
    desk.report(desk.working(), state=VenueState.CANCELLED, revision=2, said="Cancelled/DeletedByUser")
    desk.working()
    desk.beat()
    dialog = opened(qtbot, table, "Reason")
    press(dialog, "USER del")
    assert texts(table, Col.REASON) == ["deleted by user"]
    closed(qtbot, table, dialog)
    assert table.state()["conditions"] == {"reason": {"type": "Words", "text": "USER del"}}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", None, None),
        ("12:30", NOON + 30 * MINUTE, NOON + 31 * MINUTE - 1),
        (" 12:30:00 ", NOON + 30 * MINUTE, NOON + 30 * MINUTE + 10**9 - 1),
        ("2026-11-21", NOON - 12 * 60 * MINUTE, NOON + 12 * 60 * MINUTE - 1),
        ("2026-11-20 12:00", NOON - 24 * 60 * MINUTE, NOON - 24 * 60 * MINUTE + MINUTE - 1),
    ],
)
def test_ends_of_a_range_of_times(text: str, first: int | None, last: int | None) -> None:
    for end, is_last in ((first, False), (last, True)):
        found = end_of_range(text, Kind.TIME, NOON, CONTINENT, last=is_last)
        assert found == end
        if found is not None:
            again = end_of_range(end_text(found, Kind.TIME, CONTINENT), Kind.TIME, NOON, CONTINENT, last=is_last)
            assert again == found


@pytest.mark.parametrize("kind", [Kind.TIME, Kind.NUMBER])
@pytest.mark.parametrize("text", ["x", "25:00", "1e999", "nan", "9" * 5_000, "2026-02-30", "--1", "12:3", "1e-30"])
def test_what_is_no_end_of_a_range_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(EndRefused):
        end_of_range(text, kind, NOON, CONTINENT, last=False)


def test_in_the_hour_that_comes_twice_a_range_takes_both() -> None:
    now = UtcNs(NOON - 27 * 24 * 60 * MINUTE)
    first, last = (end_of_range("2026-10-25 02:30", Kind.TIME, now, CONTINENT, last=end) for end in (False, True))
    assert last is not None and first is not None and last - first == 61 * MINUTE - 1


def test_conditions_in_words() -> None:
    many = Choice(("a", "", "b", "c", "d"))
    assert condition_words(Col.SIDE, many, CONTINENT) == "Side a, nothing, b and 2 more"
    assert condition_words(Col.SIDE, Choice(()), CONTINENT) == "Side: none chosen"
    assert condition_words(Col.QUANTITY, Range(None, 10**9), CONTINENT) == "Quantity up to 1"
    assert condition_words(Col.TIME, Range(NOON, None), CONTINENT) == "Time from Sat 21 Nov 12:00:00"
    assert condition_words(Col.NOTE, Words("x"), CONTINENT) == "Note has “x”"


# Groups


def test_groups_have_headers_that_fold(desk: OrderDesk, table: OrdersTable) -> None:
    one, other = desk.working(), desk.working(desk.other, much="5")
    desk.report(one, left="4", revision=2)
    desk.beat()
    table.choosing.choose_group()
    choose(popup(), "Contract")
    assert texts(table, Col.CLIENT_ID) == [
        "[15Q4 DE-AMPRION · Sat 15:00–15:15 · EPEX M7]", one, "[16Q1 DE-TENNET · Sat 16:00–16:15 · EPEX M7]", other,
    ]  # fmt: skip
    band = table.model.band(0)
    assert band is not None and band.left[1].text == "1 order · 1 own working · 6.0 of 10.0 MW filled"
    assert table.bar.group.text() == "By contract ▾"
    press(table.view, K.Key_Home)
    press(table.view, K.Key_Left)
    assert [text[:5] for text in texts(table, Col.CLIENT_ID)] == ["[15Q4", "[16Q1", other]
    press(table.view, K.Key_Right)
    press(table.view, K.Key_Return)
    assert len(texts(table, Col.CLIENT_ID)) == 3, "Enter folds, too"
    click_at(table, table.view.row_rect(0).topLeft() + QPoint(8, 10))
    assert len(texts(table, Col.CLIENT_ID)) == 4
    press(table.view, K.Key_End)
    table.choosing.toggle_fold()
    assert len(texts(table, Col.CLIENT_ID)) == 3
    assert table.view.currentIndex().row() == 2, "the keys stay with the header"
    table.choosing.toggle_all_folds()
    assert len(texts(table, Col.CLIENT_ID)) == 2
    desk.working()
    desk.beat()
    assert table.model.rowCount() == 2, "what comes into a folded group is counted there"
    band = table.model.band(0)
    assert band is not None and band.left[1].text.startswith("2 orders")
    table.choosing.toggle_all_folds()
    assert table.model.rowCount() == 5
    table.choosing.set_group(GroupBy.NONE)
    assert all(text[0] != "[" for text in texts(table, Col.CLIENT_ID))


def test_a_groups_header_is_never_acted_on(desk: OrderDesk, table: OrdersTable) -> None:
    desk.working()
    desk.beat()
    table.choosing.set_group(GroupBy.STATUS)
    press(table.view, K.Key_Home)
    assert table.model.band(0) is not None and table.selected() == []
    assert not table.cancel.isEnabled()
    press(table.view, K.Key_A, CTRL)
    assert len(table.selected()) == 1
    press(table.view, K.Key_Home)
    press(table.view, K.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "working\t1 order · 1 own working · 0.0 of 10.0 MW filled"


# What stays where it is


def test_the_row_under_inspection_stays_while_orders_come_above(desk: OrderDesk, table: OrdersTable) -> None:
    for _ in range(40):
        desk.working()
    desk.beat()
    QApplication.processEvents()
    for _ in range(4):
        press(table.view, K.Key_Down)
    row = table.view.currentIndex().row()
    name, at = texts(table, Col.CLIENT_ID)[row], table.view.row_rect(row).top()
    desk.beat(4)
    desk.working()
    desk.working()
    desk.beat()
    row = table.view.currentIndex().row()
    assert texts(table, Col.CLIENT_ID)[row] == name and table.view.row_rect(row).top() == at
    assert table.pill.isVisible() and table.pill.text() == "▲ 2 new above"
    click(table.pill, table.pill.rect().center())
    desk.beat()
    assert table.view.verticalScrollBar().value() == 0 and not table.pill.isVisible()
    newest = desk.working()
    desk.beat()
    assert texts(table, Col.CLIENT_ID)[table.view.rowAt(5)] == newest, "now it stays at the top"
    press(table.view, K.Key_Home)
    desk.working()
    desk.beat()
    assert texts(table, Col.CLIENT_ID)[table.view.rowAt(5)] == newest


@pytest.mark.parametrize("focused", [True, False])
def test_where_nobody_went_to_a_row_the_newest_come_on_top(desk: OrderDesk, table: OrdersTable, focused: bool) -> None:
    for _ in range(40):
        desk.working()
    desk.beat()
    table.filter.setFocus()
    if focused:
        table.view.setFocus()
    newest = desk.working()
    desk.beat()
    assert texts(table, Col.CLIENT_ID)[table.view.rowAt(5)] == newest


def test_a_sorted_row_that_changes_moves_and_stays_selected(desk: OrderDesk, table: OrdersTable) -> None:
    names = [desk.working(at=str(30 + number)) for number in range(5)]
    desk.beat()
    click_title(table, Col.PRICE)
    press(table.view, K.Key_Home)
    press(table.view, K.Key_Down)
    desk.report(names[1], at="39", revision=2)
    desk.beat()
    assert texts(table, Col.PRICE) == ["30.00", "32.00", "33.00", "34.00", "39.00"]
    assert [order.client_id for order in table.selected()] == [names[1]]


def test_selection_and_current_row_outlive_a_reset(desk: OrderDesk, table: OrdersTable) -> None:
    for number in range(2 * RUNS_AT_MOST):
        desk.working(at=str(2 * number))
    desk.beat()
    table.choosing.sort_by((Level(Col.PRICE),))
    press(table.view, K.Key_Home)
    for _ in range(3):
        press(table.view, K.Key_Down)
    press(table.view, K.Key_Down, SHIFT)
    press(table.view, K.Key_Down, SHIFT)
    chosen = [order.client_id for order in table.selected()]
    current = texts(table, Col.CLIENT_ID)[table.view.currentIndex().row()]
    assert len(chosen) == 3
    resets: list[bool] = []
    table.model.modelReset.connect(lambda: resets.append(True))
    for number in range(2 * RUNS_AT_MOST):
        desk.working(at=str(2 * number + 1))
    desk.beat()
    assert resets and table.model.rowCount() == 4 * RUNS_AT_MOST
    assert [order.client_id for order in table.selected()] == chosen
    assert texts(table, Col.CLIENT_ID)[table.view.currentIndex().row()] == current


# Columns, copying


def test_columns_are_chosen_by_keyboard_and_some_wait_for_it(qtbot, desk: OrderDesk, table: OrdersTable) -> None:
    assert table.view.isColumnHidden(Col.CLIENT_ID) and not table.view.isColumnHidden(Col.LIFETIME)
    table.choose_columns()
    dialog = table.view.findChild(ColumnDialog)
    assert isinstance(dialog, ColumnDialog)
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.list.hasFocus())
    press(dialog, K.Key_End)
    press(dialog, K.Key_Space)
    assert not table.view.isColumnHidden(Col.CLIENT_ID)
    press(dialog, K.Key_Up, CTRL)
    assert table.view.choice.shown[-1] == Col.CLIENT_ID
    assert table.view.titles.visualIndex(Col.CLIENT_ID) == len(Col) - 2
    dialog.reset.click()
    assert table.view.isColumnHidden(Col.CLIENT_ID)
    press(dialog, K.Key_Escape)
    qtbot.waitUntil(lambda: table.view.findChild(ColumnDialog) is None)


@pytest.mark.parametrize(("decimals", "figures"), [(2, 13), (5, 15), (5, 17), (5, 21)])
def test_in_the_dock_of_a_small_screen_columns_give_way_until_the_status_is_whole(
    desk: OrderDesk, table: OrdersTable, decimals: int, figures: int
) -> None:
    """At 1366 pixels the dock has 881 of them, of which the scroll bar takes ten."""
    view = table.view
    shown = view.choice.shown
    assert not view.squeezed, "there is room for all"
    table.window().resize(871, 300)
    view.set_figures(decimals, figures)
    QApplication.processEvents()
    status = view.titles.sectionViewportPosition(Col.STATUS) + view.columnWidth(Col.STATUS)
    assert status <= view.viewport().width() == 871
    assert view.columnWidth(Col.STATUS) == view._rows.cells.width_of(COLUMNS[Col.STATUS])
    for vital in (Col.CONTRACT, Col.AREA, Col.SIDE, Col.QUANTITY, Col.PRICE, Col.STOP):
        assert vital not in view.squeezed, "what tells one order from another"
    assert {Col.VENUE, Col.TYPE} <= view.squeezed
    assert view.choice.shown == shown, "nobody chose to hide them"
    table.window().resize(1500, 300)
    view.set_figures(2, 13)
    QApplication.processEvents()
    assert not view.squeezed


def test_what_is_sorted_by_or_was_made_wider_gives_way_to_nothing(desk: OrderDesk, table: OrdersTable) -> None:
    table.window().resize(871, 300)
    table.view.set_figures(5, 17)
    QApplication.processEvents()
    assert {Col.VENUE, Col.TYPE, Col.TIME} <= table.view.squeezed
    table.choosing.sort(Col.TIME, False)
    table.view.set_column_widths({"venue": 120})
    assert not {Col.TIME, Col.VENUE} & table.view.squeezed
    assert table.view.columnWidth(Col.VENUE) == 120


def test_a_quantity_is_never_cut(desk: OrderDesk, table: OrdersTable) -> None:
    name = desk.working(much="1250000.5")
    desk.report(name, much="1250000.5", left="0", state=VenueState.FILLED, revision=2)
    desk.beat()
    line = table.model.line(0)
    assert line is not None
    words = table.model.cell(line, Col.QUANTITY).text
    cells = table.view._rows.cells
    assert len(words) == 25 and table.view.columnWidth(Col.QUANTITY) >= cells.figures(len(words))


def test_many_rows_are_copied_a_share_per_frame_and_esc_ends_it(desk: OrderDesk, table: OrdersTable) -> None:
    for _ in range(900):
        desk.working()
    desk.beat()
    assert table.summary.whole_text.startswith("601 changes to be read · 600 of 900 orders"), "a share per frame, too"
    desk.beat()
    QGuiApplication.clipboard().setText("before")
    press(table.view, "a", CTRL)
    press(table.view, "c", CTRL)
    assert table.summary.whole_text.startswith("Copying 150 of 900 rows, Esc ends it")
    assert QGuiApplication.clipboard().text() == "before"
    press(table.view, K.Key_Escape)
    desk.beat()
    assert QGuiApplication.clipboard().text() == "before" and "Copying" not in table.summary.whole_text
    press(table.view, "c", CTRL)
    for _ in range(5):
        desk.beat()
    lines = QGuiApplication.clipboard().text().split("\n")
    shown = table.view.choice.shown
    assert len(lines) == 900
    assert lines[-1].split("\t") == [str(table.model.index(899, column).data()) for column in shown]


def test_titles_and_switches_name_their_keys(desk: OrderDesk, table: OrdersTable) -> None:
    acts = ("columns", "group", "clear_filters", "working", "linked")
    table.set_keys(KeyTexts({f"orders.{act}": (f"F{number}",) for number, act in enumerate(acts, start=1)}))
    assert "(F1)" in str(table.model.headerData(Col.TIME, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole))
    assert table.bar.group.toolTip().endswith("(F2)") and table.bar.all.toolTip().endswith("(F3)")
    for widget in (table.bar.group, table.bar.all, table.bar.filter):
        assert widget.accessibleName() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert A in str(table.only_linked.text()) or table.only_linked.text()


def test_a_british_order_says_pounds_and_the_zone_of_its_delivery(desk: OrderDesk) -> None:
    british = desk.contract("UK-ELEXON", "2H-12", UtcNs(NOON + 3 * HOUR), 120, "GBP/MWh")
    cells = OrderCells(desk.market)
    for key, sign, zone in ((british, "£", "GMT"), (desk.one, "", "CET")):
        order = desk.market.blotter.get(M7, desk.working(key))
        assert order is not None
        assert cells.cell(order, Col.PRICE).mark == sign
        assert cells.cell(order, Col.DELIVERY).note == zone
        assert zone not in cells.text(order, Col.DELIVERY), "what is copied stays as it was"
