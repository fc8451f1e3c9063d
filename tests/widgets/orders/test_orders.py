"""The blotter as a trader meets it: words, freshness, filters, a selection that stays, and keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu

from protocols.market.commands import AmendOrder, CancelOrder, PlaceOrder, PowerTerms
from protocols.market.events import Feed, Freshness
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderDenied, RequestDoubted, RequestDropped
from protocols.market.orders import OrderStatus, VenueState, Verdict
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import DARK, LIGHT, M7, NOON, click, press, price, quantity, show
from tests.widgets.orders.market import A, B, OrderDesk
from widgets.key_texts import KeyTexts
from widgets.orders import OrdersTable
from widgets.orders.catalogue import COLUMNS, HIDDEN_AT_FIRST, Col, GroupBy
from widgets.orders.conditions import Choice
from widgets.orders.model import GLOW, RUNS_AT_MOST
from widgets.orders.sorting import Level
from widgets.orders.words import LOOKS, initials


@pytest.fixture
def desk() -> OrderDesk:
    return OrderDesk()


@pytest.fixture
def table(qtbot, desk: OrderDesk) -> OrdersTable:
    table = OrdersTable(*desk.parts)
    QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    show(qtbot, table, 1300, 400)
    table.view.setFocus()
    return table


def column(table: OrdersTable, which: Col) -> list[str]:
    return [str(table.model.index(row, which).data()) for row in range(table.model.rowCount())]


def ids(table: OrdersTable) -> list[str]:
    return column(table, Col.CLIENT_ID)


def click_row(table: OrdersTable, row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    rect = table.view.visualRect(table.model.index(row, 1))
    place = table.view.viewport().mapTo(table.window(), rect.center())
    QTest.mouseClick(table.window().windowHandle(), Qt.MouseButton.LeftButton, modifier, place)


def selected(table: OrdersTable) -> list[str]:
    return [order.client_id for order in table.selected()]


def test_a_row_says_everything_newest_first(desk: OrderDesk, table: OrdersTable) -> None:
    first = desk.place(terms=PowerTerms(display_quantity=quantity("2"), price_delta=price("-0.5"))).client_id
    desk.report(desk.place(desk.other, Side.SELL, "25", "-4.5").client_id, desk.other, Side.SELL, "25", "-4.5", "21")
    desk.beat()
    row = [str(table.model.index(0, which).data()) for which in Col]
    client_id = row[Col.CLIENT_ID]
    assert row == [
        "12:00:00", M7, "16Q1", B, "Sell", "limit", "4.0 / 25.0", "-4.50", "", "partly filled", "", "GFS",
        "Sat 16:00–16:15", "", "active · added by user", "GFS", "ours", "", "12:00:00", f"v{client_id}", client_id,
    ]  # fmt: skip
    assert ids(table)[1] == first
    assert column(table, Col.TERMS)[1] == "GFS ice 2.0 Δ-0.50"
    assert table.view.titles.title(Col.TIME) == "Time CET ↓"


def test_the_outstanding_request_stands_beside_the_status(desk: OrderDesk, table: OrdersTable) -> None:
    name = desk.working()
    desk.ask(name, AmendOrder(M7, name, quantity("5")))
    desk.place()
    desk.beat()
    assert column(table, Col.STATUS) == ["pending", "working · modify pending"]
    assert table.summary.whole_text == ("2 orders · 1 own working · 2 waiting for the venue · 0.0 of 20.0 MW filled")


def test_denied_rejected_not_sent_and_in_doubt_are_four_things(desk: OrderDesk, table: OrdersTable) -> None:
    desk.market.apply(OrderDenied(desk.intent("d", PlaceOrder(desk.one, Side.BUY, quantity("1"), price("1"))), "ours"))
    rejected = desk.place().client_id
    desk.report(rejected, state=None, verdict=Verdict.REJECTED, said="Rejected/AddedByUser", reason="limit")
    unsent = desk.place()
    desk.market.apply(RequestDropped(M7, unsent.client_id, unsent.intent_id, "no link", desk.clock.now))
    doubted = desk.working()
    cancel = desk.ask(doubted, CancelOrder(M7, doubted))
    desk.market.apply(RequestDoubted(M7, doubted, cancel.intent_id, "no answer for 10 s", desk.clock.now))
    desk.beat()
    assert column(table, Col.STATUS) == ["in doubt · cancel unanswered", "not sent", "rejected", "denied"]
    assert column(table, Col.REASON) == ["no answer for 10 s", "no link", "limit", "ours"]
    assert "· ? 1 in doubt ·" in table.summary.whole_text
    amber = [status for status, look in LOOKS.items() if look.ink == "warning"]
    assert amber == [OrderStatus.IN_DOUBT]
    assert len({look.mark for status, look in LOOKS.items() if status is not OrderStatus.EXPIRED}) == len(LOOKS) - 1


def test_doubt_stays_amber_while_the_feed_is_down(desk: OrderDesk, table: OrdersTable) -> None:
    lost = desk.place()
    desk.market.apply(RequestDoubted(M7, lost.client_id, lost.intent_id, "the link broke", desk.clock.now))
    desk.channel(Feed.OWN_ORDERS, A, Freshness.STALE, "no heartbeat")
    desk.beat()
    rect = table.view.visualRect(table.model.index(0, Col.STATUS))
    image = table.view.viewport().grab(rect).toImage()
    colours = {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}
    assert DARK.warning.name() in colours


def test_rows_of_a_feed_that_is_not_live_are_dimmed_and_it_says_so(desk: OrderDesk, table: OrdersTable) -> None:
    desk.working()
    desk.working(desk.other)
    desk.beat()
    assert table.standing.text == "● live"
    desk.channel(Feed.OWN_ORDERS, A, Freshness.STALE, "no heartbeat")
    desk.beat()
    assert table.standing.text == f"▲ stale: {A}, no heartbeat — orders may stand differently by now"
    assert [table.model.look(row).dim for row in (0, 1)] == [False, True]
    assert "stale" in table.model.index(1, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole)


def test_a_colleagues_order_is_marked_and_never_acted_on(desk: OrderDesk, table: OrdersTable) -> None:
    ours = desk.working()
    desk.colleague()
    desk.beat()
    assert column(table, Col.WHOSE) == ["colleague", "ours"]
    assert table.model.look(0).dim
    click_row(table, 0)
    assert table.view.currentIndex().row() == 0 and selected(table) == []
    assert not table.cancel.isEnabled()
    press(table, "a", Qt.KeyboardModifier.ControlModifier)
    assert selected(table) == [ours]


def test_a_selection_stays_with_its_order_whatever_comes(desk: OrderDesk, table: OrdersTable) -> None:
    names = [desk.working(at=f"{40 - number}.00") for number in range(5)]
    desk.beat()
    click_row(table, 1)
    click_row(table, 3, Qt.KeyboardModifier.ControlModifier)
    assert selected(table) == [names[3], names[1]]
    desk.working()
    desk.report(names[3], at="37.00", left="4", revision=2)
    desk.beat()
    assert selected(table) == [names[3], names[1]]
    assert table.selected()[0].remaining == quantity("4")
    click(table.view.titles.viewport(), QPoint(table.view.titles.sectionViewportPosition(Col.PRICE) + 20, 10))
    assert column(table, Col.PRICE) == ["36.00", "37.00", "38.00", "38.40", "39.00", "40.00"]
    assert selected(table) == [names[3], names[1]]
    for number in range(3 * RUNS_AT_MOST):
        if number % 2:
            desk.working(at="30.00")
        else:
            desk.colleague()
    desk.beat()
    assert set(selected(table)) == {names[3], names[1]}


def test_sorting_goes_up_down_and_back_to_newest_first(desk: OrderDesk, table: OrdersTable) -> None:
    names = [desk.working(at=at) for at in ("-5.00", "40.00", "7.00")]
    desk.beat()
    title = QPoint(table.view.titles.sectionViewportPosition(Col.PRICE) + 20, 10)
    click(table.view.titles.viewport(), title)
    assert column(table, Col.PRICE) == ["-5.00", "7.00", "40.00"]
    click(table.view.titles.viewport(), title)
    assert column(table, Col.PRICE) == ["40.00", "7.00", "-5.00"]
    desk.working(at="20.00")
    desk.beat()
    assert column(table, Col.PRICE) == ["40.00", "20.00", "7.00", "-5.00"]
    click(table.view.titles.viewport(), title)
    assert ids(table)[1:] == names[::-1]


def test_the_filter_and_the_two_toggles(desk: OrderDesk, table: OrdersTable) -> None:
    done = desk.working()
    desk.report(done, left="0", state=VenueState.FILLED, revision=2)
    there = desk.working(desk.other)
    pending = desk.place().client_id
    desk.group.choose(desk.one)
    desk.beat()
    assert table.only_linked.text() == "Only 15Q4 DE-AMPRION"
    table.toggle_working()
    assert ids(table) == [pending, there]
    table.toggle_linked()
    assert ids(table) == [pending]
    desk.group.choose(desk.other)
    assert ids(table) == [there]
    table.toggle_working()
    table.toggle_linked()
    table.begin_filter()
    press(table, "filled ampr")
    assert ids(table) == [done]
    assert table.summary.whole_text.startswith("1 of 3 orders")
    press(table, "zzz")
    assert table.view.empty_text == "None of 3 orders passes the filter"
    press(table, Qt.Key.Key_Escape)
    assert len(ids(table)) == 3 and table.view.hasFocus()


def test_enter_chooses_the_contract_and_copy_gives_what_is_seen(desk: OrderDesk, table: OrdersTable) -> None:
    desk.working(desk.other, Side.SELL, "25", "-4.5")
    desk.working()
    desk.beat()
    press(table, Qt.Key.Key_Down)
    press(table, Qt.Key.Key_Down)
    press(table, Qt.Key.Key_Return)
    assert desk.group.contract == desk.other
    shown = (Col.TIME, Col.CONTRACT, Col.DELIVERY, Col.AREA, Col.SIDE, Col.QUANTITY, Col.PRICE, Col.STATUS, Col.REASON)
    for column in Col:
        table.view.choice.show(column, column in shown)
    table.view.arrange_columns()
    table.view.titles.moveSection(table.view.titles.visualIndex(Col.PRICE), 0)
    press(table, "a", Qt.KeyboardModifier.ControlModifier)
    press(table, "c", Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\n") == [
        "38.40\t12:00:00\t15Q4\tDE-AMPRION\tBuy\t0.0 / 10.0\tworking\tSat 15:00–15:15\t",
        "-4.50\t12:00:00\t16Q1\tDE-TENNET\tSell\t0.0 / 25.0\tworking\tSat 16:00–16:15\t",
    ]


def test_figures_are_set_for_the_eye_and_copied_found_and_spoken_as_they_are_typed(
    desk: OrderDesk, table: OrdersTable
) -> None:
    desk.working(much="12.5", at="40")
    name = desk.working(side=Side.SELL, much="1250000", at="-4.5")
    desk.beat()
    line = table.model.line(0)
    assert line is not None and ids(table)[0] == name
    gap = "\N{NO-BREAK SPACE}"
    assert table.model.cell(line, Col.QUANTITY).text == f"0.0 / 1{gap}250{gap}000.0"
    assert table.model.cell(line, Col.PRICE).text == "−4.50"
    assert f"1{gap}250{gap}000.0 MW not filled" in table.model.cells.tip(desk.market.blotter.order(1))
    for typed in ("1250000", "1 250 000", "-4.5"):
        table.begin_filter()
        press(table, typed)
        assert ids(table) == [name], typed
        press(table, Qt.Key.Key_Escape)
    press(table, Qt.Key.Key_Home)
    press(table, "c", Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().split("\t")
    assert {"0.0 / 1250000.0", "-4.50"} <= set(copied), "a spreadsheet has to read them"


def test_letters_are_left_to_who_knows_the_keys(desk: OrderDesk, table: OrdersTable) -> None:
    desk.working()
    desk.beat()
    heard: list[str] = []
    table.act_requested.connect(heard.append)
    click_row(table, 0)
    press(table, "xmhwl/")
    assert heard == [] and not table.only_working.isChecked() and not table.filter.hasFocus()
    click(table.cancel, table.cancel.rect().center())
    click(table.amend, table.amend.rect().center())
    assert heard == ["orders.cancel", "orders.amend"]


def test_tips_and_the_rows_menu_name_the_keys_of_the_key_map(desk: OrderDesk, table: OrdersTable) -> None:
    desk.working()
    desk.beat()
    assert table.cancel.toolTip() == "Cancel the selected orders"
    keys = {"cancel": "F7", "amend": "F8", "hibernate": "Z", "filter": "F3", "working": "F4", "linked": "F5"}
    table.set_keys(KeyTexts({f"orders.{act}": (key,) for act, key in keys.items()}))
    assert table.filter.placeholderText() == "Filter   F3"
    for widget, key in (
        (table.only_working, "F4"),
        (table.only_linked, "F5"),
        (table.cancel, "F7"),
        (table.amend, "F8"),
    ):
        assert widget.toolTip().endswith(f"({key})")
    click_row(table, 0)
    heard: list[str] = []
    table.act_requested.connect(heard.append)
    place = table.view.viewport().mapTo(table, table.view.visualRect(table.model.index(0, 1)).center())
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, table.mapToGlobal(place))
    QApplication.sendEvent(table, event)
    (menu,) = table.findChildren(QMenu)
    texts = {action.text(): action for action in menu.actions()}
    for text in ("Modify…\tF8", "Cancel\tF7", "Hibernate\tZ"):
        texts[text].trigger()
    assert heard == ["orders.amend", "orders.cancel", "orders.hibernate"]
    menu.close()


def test_what_is_over_can_not_be_cancelled_again(desk: OrderDesk, table: OrdersTable) -> None:
    name = desk.working()
    desk.beat()
    click_row(table, 0)
    assert table.cancel.isEnabled()
    desk.report(name, left="0", state=VenueState.FILLED, revision=2)
    desk.beat()
    assert not table.cancel.isEnabled() and not table.amend.isEnabled()


def test_news_glow_until_seen_for_three_seconds(desk: OrderDesk, table: OrdersTable) -> None:
    name = desk.working()
    desk.beat()
    assert (table.model.look(0).fill, table.model.look(0).glow) == ("flash", GLOW)
    desk.beat(2.9)
    assert table.model.look(0).fill
    desk.beat(0.2)
    assert not table.model.look(0).fill
    desk.report(name, left="4", revision=2)
    desk.beat()
    assert table.model.look(0).fill
    assert table.model.cell(int(table.model.lines[0]), Col.TIME).mark == "•"
    table.set_flashing(False)
    assert not table.model.look(0).fill
    desk.beat()
    desk.beat(3.1)
    desk.report(name, left="4", revision=3)
    desk.beat()
    assert not table.model.news, "a report that shows nothing else is no news"


def test_what_changed_out_of_sight_is_news_when_it_is_seen(desk: OrderDesk, table: OrdersTable) -> None:
    desk.working()
    desk.beat(0)
    desk.beat(4)
    table.hide()
    desk.working()
    desk.beat(60)
    table.show()
    assert [bool(table.model.look(row).fill) for row in (0, 1)] == [True, False]


def test_what_is_in_view_stays_there_when_orders_come(desk: OrderDesk, table: OrdersTable) -> None:
    for _ in range(60):
        desk.working()
    desk.beat()
    QApplication.processEvents()
    table.view.verticalScrollBar().setValue(500)
    at = table.view.rowAt(5)
    seen = ids(table)[at]
    desk.working()
    desk.colleague()
    desk.beat()
    QApplication.processEvents()
    assert at > 0 and ids(table)[table.view.rowAt(5)] == seen


def test_only_what_changed_is_told(desk: OrderDesk, table: OrdersTable) -> None:
    names = [desk.working() for _ in range(50)]
    desk.beat()
    desk.beat(4)
    told: list[tuple[int, int]] = []
    table.model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    desk.beat()
    assert told == []
    desk.report(names[10], left="2", revision=2)
    desk.report(names[11], left="2", revision=2)
    desk.report(names[30], left="2", revision=2)
    desk.beat()
    assert told == [(19, 19), (38, 39)]


def test_an_order_of_an_unlisted_contract_is_shown_as_it_came(desk: OrderDesk, table: OrdersTable) -> None:
    desk.working(ContractKey(M7, A, "unheard-of"), at="38.4")
    desk.beat()
    assert column(table, Col.CONTRACT) == ["unheard-of"]
    assert column(table, Col.PRICE) == ["38.4"]
    assert column(table, Col.DELIVERY) == ["–"]


def test_after_an_amendment_it_says_whether_the_place_was_kept(desk: OrderDesk, table: OrdersTable) -> None:
    kept, lost = desk.working(), desk.working()
    for name, identifier, revision in ((kept, None, 2), (lost, "new", 1)):
        desk.ask(name, AmendOrder(M7, name, quantity("5")))
        desk.report(name, much="5", revision=revision, venue_id=identifier, said="Active/ModifiedByUser")
    desk.report(lost, revision=2, state=VenueState.REPLACED)
    desk.beat()
    assert [text.rsplit(" · ", 1)[1] for text in column(table, Col.EVENT)] == ["lost its place", "kept its place"]
    assert column(table, Col.VENUE_ID)[0] == "new"


def test_a_workspace_keeps_columns_sorting_and_filters(qtbot, desk: OrderDesk, table: OrdersTable) -> None:
    desk.working()
    table.view.choice.show(Col.REASON, False)
    table.view.arrange_columns()
    table.view.titles.moveSection(Col.STATUS, 0)
    table.choosing.sort_by((Level(Col.PRICE, True), Level(Col.TIME)))
    table.choosing.set_condition(Col.SIDE, Choice(("Buy",)))
    table.choosing.set_group(GroupBy.CONTRACT)
    table.filter.setText("15Q4")
    table.only_working.setChecked(True)
    kept = table.state()
    another = OrdersTable(*desk.parts)
    show(qtbot, another)
    another.restore(kept)
    assert another.state() == kept
    assert another.view.choice.shown[0] == Col.STATUS and another.view.isColumnHidden(Col.REASON)
    assert another.bar.conditions.whole_text == "Side Buy" and another.view.titles.title(Col.PRICE) == "Price ↓1"
    another.restore({"order": ["nonsense"], "hidden": ["nonsense"], "sort": "nonsense", "group": "nonsense"})
    assert another.view.choice.shown == tuple(c for c in Col if c not in HIDDEN_AT_FIRST)


def test_themes_sizes_and_words_for_those_who_do_not_see(desk: OrderDesk, table: OrdersTable) -> None:
    desk.working(side=Side.SELL, at="-4.50")
    desk.beat()
    for theme in (LIGHT, DARK):
        table.set_theme(theme)
        table.grab()
    tall = table.view.verticalHeader().defaultSectionSize()
    table.set_compact(True)
    assert table.view.verticalHeader().defaultSectionSize() < tall
    spoken = table.model.index(0, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert spoken == "Sell 15Q4 DE-AMPRION, 0 of 10 MW filled, at -4.50 EUR/MWh, working"
    press(table, Qt.Key.Key_Down)
    assert table.view.accessibleDescription() == spoken
    for widget in (table.view, table.filter, table.only_working, table.only_linked, table.summary):
        assert widget.accessibleName()
    assert all(column.tip for column in COLUMNS)


@pytest.mark.parametrize(
    ("word", "short"),
    [("GoodForSession", "GFS"), ("ImmediateOrCancel", "IOC"), ("Aon", "Aon"), ("GTD", "GTD"), ("", "")],
)
def test_venue_words_are_shortened_without_knowing_them(word: str, short: str) -> None:
    assert initials(word) == short


def test_a_venues_words_are_no_markup(desk: OrderDesk, table: OrdersTable) -> None:
    name = desk.place().client_id
    desk.report(name, state=None, verdict=Verdict.REJECTED, reason="<b>&amp;</b>")
    desk.beat()
    assert column(table, Col.REASON) == ["<b>&amp;</b>"]
    assert "&lt;b&gt;" in table.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_valid_until_is_in_market_time(desk: OrderDesk, table: OrdersTable) -> None:
    until = UtcNs(NOON + 90 * MINUTE)
    desk.place(terms=PowerTerms("ImmediateOrCancel", "GoodUntilDate", until))
    desk.beat()
    assert column(table, Col.TERMS) == ["IOC GUD 13:30"]
