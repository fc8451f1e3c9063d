"""The orders widget's acts, and its keys in a real window: the registry's, for keys, buttons and menus alike."""

import msgspec
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.blotter_acts import BlotterActs
from app.commands import Menu, Registry
from protocols.market.commands import Intent, PlaceOrder
from protocols.market.order_events import OrderIntended, OrderReported
from protocols.market.orders import Order, OrderReport, OrderStatus, VenueState, Verdict
from protocols.market.values import Side
from tests.app.hands import AREA, CTRL, NONE, SHIFT, Hands, Journal, order
from tests.widgets.desk import DARK, M7, Desk, click, price, quantity
from widgets.docking import Place
from widgets.grid.choosing import ColumnDialog
from widgets.orders import OrdersTable
from widgets.orders.catalogue import Col
from widgets.orders.conditions import Choice
from widgets.orders.filter_dialog import FilterDialog

K = Qt.Key


class Switching(Journal):
    """Also writes down which orders were put to sleep (False) and woken (True), and about which the venue was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.switched: list[tuple[str, bool]] = []
        self.asked: list[str] = []

    def set_active(self, order: Order, active: bool) -> None:
        self.switched.append((order.client_id, active))

    def ask(self, order: Order) -> None:
        self.asked.append(order.client_id)


class Rows:
    """An orders widget with these rows selected."""

    def __init__(self, *rows: Order) -> None:
        self.rows = list(rows)
        self.shown: list[str] = []

    def brings_into_sight(self) -> bool:
        return True

    def selected(self) -> list[Order]:
        return self.rows

    def begin_filter(self) -> None:
        self.shown.append("filter")

    def toggle_working(self) -> None:
        self.shown.append("working")

    def toggle_own(self) -> None:
        self.shown.append("own")

    def toggle_linked(self) -> None:
        self.shown.append("linked")


class Bench:
    """The acts over rows that are chosen by hand."""

    def __init__(self) -> None:
        self.key = Desk(AREA).contract(AREA, "15Q4")
        self.widget: Rows | None = None
        self.journal = Switching()
        self.amended: list[Order] = []
        self.questions: list[Order] = []
        self.said: list[str] = []
        acts = BlotterActs(
            lambda: self.widget, self.journal, self.amended.append, self.questions.append, self.said.append
        )
        self.registry = Registry(acts.acts())

    def run(self, act: str, *rows: Order) -> None:
        self.widget = Rows(*rows)
        self.registry.run(act)

    def order(self, name: str, status: OrderStatus = OrderStatus.WORKING, ours: bool = True) -> Order:
        return msgspec.structs.replace(order(self.key, name, ours=ours), status=status)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_one_order_at_a_time_is_modified(bench: Bench) -> None:
    one, two = bench.order("1"), bench.order("2")
    over, theirs = bench.order("3", OrderStatus.FILLED), bench.order("4", ours=False)
    bench.run("orders.amend", over, theirs)
    bench.run("orders.amend", one, two)
    assert bench.amended == []
    assert bench.said == [
        "No order is selected that could be modified",
        "Orders are modified one at a time: select one",
    ]
    bench.run("orders.amend", one, over, theirs)
    assert bench.amended == [one]


def test_many_are_hibernated_and_one_at_a_time_is_activated(bench: Bench) -> None:
    one, two = bench.order("1"), bench.order("2")
    asleep = [bench.order(name, OrderStatus.HIBERNATED) for name in "34"]
    bench.run("orders.hibernate", one, two, bench.order("5", OrderStatus.CANCELLED))
    assert bench.journal.switched == [("1", False), ("2", False)]
    bench.journal.switched.clear()
    for rows in (asleep, [one, asleep[0]], []):
        bench.run("orders.hibernate", *rows)
    assert bench.journal.switched == []
    assert len(bench.said) == 3
    bench.run("orders.hibernate", asleep[0])
    assert bench.journal.switched == [("3", True)]


def test_the_venue_is_asked_once_an_area_about_what_is_in_doubt(bench: Bench) -> None:
    doubted = [bench.order(name, OrderStatus.IN_DOUBT) for name in "12"]
    french = Desk("FR-RTE").contract("FR-RTE", "15Q4")
    elsewhere = msgspec.structs.replace(bench.order("3", OrderStatus.IN_DOUBT), key=french)
    bench.run("orders.ask", bench.order("4"), bench.order("5", OrderStatus.PENDING))
    assert bench.journal.asked == [] and bench.said == ["No order in doubt is selected"]
    bench.run("orders.ask", *doubted, elsewhere, bench.order("4"))
    assert bench.journal.asked == ["2", "3"]


def test_what_became_of_orders_is_decided_one_at_a_time(bench: Bench) -> None:
    one, two = (bench.order(name, OrderStatus.IN_DOUBT) for name in "12")
    bench.run("orders.decide", bench.order("3"), bench.order("4", OrderStatus.FILLED))
    bench.run("orders.decide", one, two)
    assert bench.questions == [] and len(bench.said) == 2
    bench.run("orders.decide", one, bench.order("3"))
    assert bench.questions == [one]


def test_without_the_widget_nothing_is_offered_and_nothing_happens(bench: Bench) -> None:
    for act in bench.registry:
        assert not act.offered()
        bench.registry.run(act.name)
    assert bench.amended == [] and bench.journal.switched == []


# In a window


class Blotter:
    """A window in use, with three orders of ours in its orders widget."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        market = hands.desk.market
        hands.desk.state(hands.key)
        hands.desk.book(hands.key, "38.40", "38.55")
        self.table = OrdersTable(market, hands.desk.clock, hands.window.group, DARK)
        for name in ("a", "b", "c"):
            command = PlaceOrder(hands.key, Side.BUY, quantity("5"), price("38.40"))
            market.apply(OrderIntended(Intent(name, name, command, hands.desk.clock.now)))
            report = OrderReport(
                M7, name, f"v{name}", 1, hands.key, Side.BUY, command.price, command.quantity, command.quantity,
                VenueState.ACTIVE, Verdict.NONE, "Active", command.terms, True,
            )  # fmt: skip
            market.apply(OrderReported("orders", report, False, hands.desk.clock.now))
        hands.window.docking.add(self.table, "orders", "Orders", Place.BOTTOM)
        self.table.set_keys(hands.window.registry.key_texts)
        self.table.act_requested.connect(hands.window.registry.run)
        hands.desk.beat()
        hands.focus("orders")

    def select(self, *rows: int) -> None:
        flag = QItemSelectionModel.SelectionFlag
        self.table.view.clearSelection()
        for row in rows:
            self.table.view.selectionModel().select(self.table.model.index(row, 0), flag.Select | flag.Rows)
        self.table.view.scrollTo(self.table.model.index(rows[0], 0))


@pytest.fixture
def blotter(hands: Hands) -> Blotter:
    return Blotter(hands)


def test_keys_filter_and_show_only_some(blotter: Blotter) -> None:
    table, hands = blotter.table, blotter.hands
    hands.press(K.Key_W)
    hands.press(K.Key_W, SHIFT)
    hands.press(K.Key_L)
    assert all(switch.isChecked() for switch in (table.only_working, table.bar.only_own, table.only_linked))
    hands.press(K.Key_Slash, text="/")
    assert table.filter.hasFocus()
    hands.press(K.Key_W)
    assert table.filter.text() == "w", "letters are typed there"
    assert table.only_working.isChecked()
    hands.press(K.Key_Escape)
    assert table.filter.text() == "" and table.view.hasFocus()


def test_keys_change_how_orders_are_shown(qtbot, blotter: Blotter) -> None:
    """Each opens its list, which the keyboard goes through; none of them sends anything."""
    table, hands = blotter.table, blotter.hands
    for key, held, heading in (
        (K.Key_R, NONE, "Sort by"),
        (K.Key_R, SHIFT, "Then sort by"),
        (K.Key_F, NONE, "Filter by"),
    ):
        hands.press(key, held)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu) and menu.actions()[0].text() == heading
        QTest.keyClick(menu, K.Key_Return)
    dialog = table.view.findChild(FilterDialog)
    assert isinstance(dialog, FilterDialog) and dialog.windowTitle() == "Filter: Time"
    dialog.close()
    assert table.view.titles.title(Col.TIME).endswith("↓"), "sorted twice by the first column: up, then down"
    hands.press(K.Key_G)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    for _ in range(4):
        QTest.keyClick(menu, K.Key_Down)
    QTest.keyClick(menu, K.Key_Return)
    assert table.bar.group.text() == "By status ▾" and table.model.rowCount() == 4
    hands.press(K.Key_Home)
    hands.press(K.Key_Space)
    assert table.model.rowCount() == 1
    hands.press(K.Key_Space, SHIFT)
    assert table.model.rowCount() == 4
    table.choosing.set_condition(Col.SIDE, Choice(("Sell",)))
    assert table.model.rowCount() == 0
    hands.press(K.Key_F, SHIFT)
    assert table.model.rowCount() == 4
    hands.press(K.Key_C)
    columns = table.view.findChild(ColumnDialog)
    assert isinstance(columns, ColumnDialog)
    columns.close()
    assert hands.journal.sent == [] and hands.journal.cancelled == []


def test_the_modification_of_the_selected_order_is_staged_on_the_ladder(blotter: Blotter) -> None:
    hands, ladder = blotter.hands, blotter.hands.window.ladder
    blotter.select(1)
    hands.press(K.Key_M)
    assert ladder.staged is not None and ladder.staged.amending == "b"
    assert hands.window.target.name == "ladder"
    assert hands.journal.sent == []


def test_a_button_does_what_its_key_does(blotter: Blotter) -> None:
    table, hands = blotter.table, blotter.hands
    blotter.select(0, 2)
    hands.press(K.Key_X)
    by_key = [order.client_id for order in hands.journal.cancelled]
    hands.journal.cancelled.clear()
    click(table.cancel, table.cancel.rect().center())
    assert [order.client_id for order in hands.journal.cancelled] == by_key == ["c", "a"]
    blotter.select(2)
    click(table.amend, table.amend.rect().center())
    assert hands.window.ladder.staged is not None


def test_menus_palette_and_tips_name_the_same_keys(blotter: Blotter) -> None:
    table, hands = blotter.table, blotter.hands
    texts = {action.text() for kind in Menu for action in hands.window.menus.fill(kind)}
    assert {"Modify the selected order\tM", "Filter the orders\t/", "Only working orders\tW"} <= texts
    assert table.amend.toolTip().endswith("(M)") and table.only_linked.toolTip().endswith("(L)")
    hands.press(K.Key_K, CTRL)
    palette = hands.window.palettes.palette
    assert palette is not None
    palette.line.setText("only working")
    hands.press(K.Key_Return)
    assert table.only_working.isChecked()


def test_a_menu_with_acts_of_several_widgets_says_whose_they_are(blotter: Blotter) -> None:
    def sections(kind: Menu) -> list[str]:
        return [action.text() for action in blotter.hands.window.menus.fill(kind) if action.isSeparator()]

    assert [text for text in sections(Menu.ORDERS) if text] == ["On the ladder", "On the orders widget"]
    assert "On the orders widget" in sections(Menu.VIEW)
    assert not any(sections(Menu.LADDER))
