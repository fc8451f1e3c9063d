"""The blotter as a table that leaves the desk: what is shown, exact, made when it is read."""

from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import Qt

from protocols.market.orders import VenueState
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Side
from tests.support.fx import START, FxDesk, order
from tests.widgets.desk import NOON, press
from tests.widgets.flex.flex_desk import WINDOWS, FlexDesk
from tests.widgets.orders.market import OrderDesk
from widgets.delivery import CONTINENT
from widgets.orders import OrdersTable
from widgets.orders.catalogue import Col
from widgets.orders.conditions import Choice
from widgets.orders.sheet import order_sheet
from widgets.sheet import ColumnKind


def test_the_shown_rows_and_columns_with_exact_figures_and_their_units(qtbot) -> None:
    desk = OrderDesk()
    table = OrdersTable(*desk.parts)
    qtbot.addWidget(table)
    table.show()
    desk.working(desk.other, Side.SELL, "25", "-4.5")
    done = desk.working()
    desk.report(done, left="0", state=VenueState.FILLED, revision=2)
    desk.beat()
    table.only_working.setChecked(True)
    sheet = table.sheet()
    assert len(sheet.rows) == 1 and len(sheet.headings) == len(sheet.kinds) == len(sheet.rows[0])
    row = dict(zip(sheet.headings, sheet.rows[0], strict=True))
    assert row["time_utc"] == NOON and row["time"] == "2026-11-21 12:00:00 CET"
    assert (row["price"], row["price_unit"], row["filled"], row["quantity"], row["quantity_unit"]) == (
        Decimal("-4.5"), "EUR/MWh", Decimal(0), Decimal(25), "MW",
    )  # fmt: skip
    assert row["side"] == "Sell" and row["status"] == "working" and row["reason"] is None
    kinds = dict(zip(sheet.headings, sheet.kinds, strict=True))
    assert kinds["price"] is ColumnKind.DECIMAL and kinds["time_utc"] is ColumnKind.TIME
    press(table.view, Qt.Key.Key_Home)


def test_it_is_what_was_shown_then_however_late_it_is_read(qtbot) -> None:
    desk = OrderDesk()
    table = OrdersTable(*desk.parts)
    qtbot.addWidget(table)
    table.show()
    name = desk.working()
    desk.beat()
    sheet = table.sheet()
    desk.report(name, left="3", revision=2)
    desk.working()
    desk.beat()
    assert [dict(zip(sheet.headings, row, strict=True))["filled"] for row in sheet.rows[0:9]] == [Decimal(0)]
    assert len(table.sheet().rows) == 2


def test_an_fx_order_with_stop_and_lifetime(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path)
    desk.ready()
    until = UtcNs(START + 90 * MINUTE)
    shown = desk.get(desk.submit(order("STOP_LIMIT", "1.16", "1.15", tif="FOK", until=until, note="hedge")))
    listed = desk.desk.market.pairs
    sheet = order_sheet([shown], listed, list(Col), CONTINENT)
    row = dict(zip(sheet.headings, sheet.rows[0], strict=True))
    assert (row["price"], row["stop"], row["tif"], row["type"]) == (
        Decimal("1.16"), Decimal("1.15"), "FOK", "stop limit",
    )  # fmt: skip
    assert row["lifetime_utc"] == until and row["note"] == "hedge"
    assert row["delivery_start_utc"] is None and row["contract"] == "EURUSD"
    assert len(set(sheet.headings)) == len(sheet.headings)


def test_flexibility_says_its_window_on_the_screen_and_in_the_file(qtbot) -> None:
    day = FlexDesk()
    table = OrdersTable(*day.parts)
    qtbot.addWidget(table)
    table.show()
    day.lost("one", Side.BUY, "0.38", "1000", window=0)
    day.lost("two", Side.BUY, "0.38", "1000", window=1)
    day.beat()
    shown = {str(table.model.index(row, Col.CONTRACT).data()) for row in range(2)}
    assert shown == {"Flex Sat 13:00–14:00", "Flex Sat 14:00–15:00"}, "two goods are not alike"
    sheet = table.sheet()
    rows = [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]
    ends = {(row["contract"], row["delivery_start_utc"], row["delivery_end_utc"]) for row in rows}
    assert ends == {(f"Flex {window.text}", window.start, window.end) for window in WINDOWS[:2]}
    table.choosing.set_condition(Col.CONTRACT, Choice(("Flex Sat 14:00–15:00",)))
    assert table.model.rowCount() == 1, "a filter takes the words that are shown"


def test_a_contract_of_another_day_is_named_with_it_on_the_screen_alone(qtbot) -> None:
    desk = OrderDesk()
    table = OrdersTable(*desk.parts)
    qtbot.addWidget(table)
    table.show()
    desk.working()
    desk.working(desk.contract("DE-AMPRION", "15Q1", UtcNs(NOON + 27 * 60 * MINUTE)))
    desk.beat()
    cells = [table.model.cell(number, Col.CONTRACT) for number in (0, 1)]
    assert [(cell.text, cell.note) for cell in cells] == [("15Q4", ""), ("15Q1", "Sun 22")]
    assert table.model.row_text(0, [Col.CONTRACT, Col.DELIVERY]) == "15Q1\tSun 15:00–15:15"
