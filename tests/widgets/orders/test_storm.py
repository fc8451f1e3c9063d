"""Whatever the trader chooses while orders come and change: Qt's own checks of the model hold, a selection is only ever
lost with its rows or by a filter, and what is acted on is what is highlighted."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtTest import QAbstractItemModelTester

from protocols.market.orders import VenueState
from protocols.market.values import Side
from tests.widgets.orders.market import OrderDesk
from widgets.orders import OrdersTable
from widgets.orders.catalogue import Col, GroupBy
from widgets.orders.conditions import Choice

STEPS = ("place", "pair", "fill", "cancel", "sort", "join", "group", "fold", "fold all", "filter", "search", "select")

steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 20)), min_size=4, max_size=25)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_nothing_confuses_the_model_or_loses_a_selection(qtbot, steps: list[tuple[str, int]]) -> None:
    desk = OrderDesk()
    table = OrdersTable(*desk.parts)
    tester = QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    table.resize(1200, 300)
    table.show()
    names: list[str] = []
    for step, number in steps:
        before, searched = {order.client_id for order in table.view.selected_orders()}, table.filter.text()
        chosen = take(step, number, desk, table, names)
        desk.beat()
        shown = {order.client_id for order in table.model.shown()}
        if step == "filter" or searched != table.filter.text():
            shown.clear()
        if not chosen:
            assert {order.client_id for order in table.view.selected_orders()} == before & shown, step
        assert {order.client_id for order in table.selected()} == highlighted(table), step
    del tester
    table.close()
    table.deleteLater()


def highlighted(table: OrdersTable) -> set[str]:
    """The orders in rows that are painted as selected, and those that a header so painted stands for."""
    facts, found = table._rows.facts, set()
    for row in filter(table.view.is_acted_on, range(table.model.rowCount())):
        line = int(table.model.lines[row])
        found.update(facts.orders[number].client_id for number in table._rows.legs(line) or [line])
    return found


def take(step: str, number: int, desk: OrderDesk, table: OrdersTable, names: list[str]) -> bool:
    """One step; True where the trader selected something else by it."""
    choosing, model = table.choosing, table.model
    match step:
        case "place":
            names.append(desk.working((desk.one, desk.other)[number % 2], tuple(Side)[number % 2], at=str(30 + number)))
        case "pair":
            for leg in "12":
                desk.own.add(f"P{number}.{leg}")
                desk.report(f"P{number}.{leg}", at=str(30 + number))
        case "fill" | "cancel" if names:
            state = VenueState.FILLED if step == "fill" else VenueState.CANCELLED
            desk.report(names[number % len(names)], left="0", state=state, revision=2)
        case "sort" | "join":
            choosing.sort(tuple(Col)[number % len(Col)], step == "join")
        case "group":
            choosing.set_group(tuple(GroupBy)[number % len(GroupBy)])
        case "fold all":
            choosing.toggle_all_folds()
        case "filter":
            choosing.set_condition(Col.STATUS, Choice(("working",)) if number % 2 else None)
        case "search":
            table.filter.setText(("", "15q4", "3", "filled")[number % 4])
        case "fold" | "select" if model.rowCount():
            flag = QItemSelectionModel.SelectionFlag
            index = model.index(number % model.rowCount(), 0)
            table.view.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
            if step == "fold":
                choosing.toggle_fold()
            return True
    return False
