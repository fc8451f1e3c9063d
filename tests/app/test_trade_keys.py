"""Own trades and the tape in a real window: by their keys, from menus, and into files."""

import csv
import dataclasses
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from pyarrow import parquet
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QProgressDialog, QPushButton

from app.commands import Menu
from app.export import Format
from app.exporting import LONG, TOLD_EVERY, Exporter
from app.trade_widgets import add_own_trades, add_positions
from protocols.market.commands import Intent, PlaceOrder, PowerTerms
from protocols.market.order_events import OrderIntended
from protocols.market.values import Side
from tests.app.hands import CTRL, Hands, send_key
from tests.widgets.desk import DARK, click, price, quantity
from tests.widgets.test_own_trades import trade
from widgets.docking import Place
from widgets.orders import OrdersTable
from widgets.own_trades import OwnTrades
from widgets.own_trades.source import Col
from widgets.positions.rows import Kind
from widgets.sheet import Sheet

K = Qt.Key


def type_text(hands: Hands, text: str) -> None:
    for letter in text:
        hands.press(K.Key_unknown, text=letter)


@dataclasses.dataclass
class Traded:
    hands: Hands
    widget: OwnTrades

    @property
    def exporter(self) -> Exporter:
        return self.hands.window.exporter

    def type(self, text: str) -> None:
        type_text(self.hands, text)


@pytest.fixture
def traded(hands: Hands) -> Traded:
    """A window whose own trades are docked, with one trade in each of two contracts, and the keyboard on them."""
    widget = add_own_trades(hands.window, hands.desk.market, hands.desk.clock, DARK)
    other = hands.desk.contract("DE-AMPRION", "16Q1")
    trade(hands.desk, hands.key, Side.BUY, "40.00", "4", comment="hedge")
    hands.desk.beat(1)
    trade(hands.desk, other, Side.SELL, "-5.50", "2")
    hands.focus("own_trades")
    hands.desk.beat(1)
    return Traded(hands, widget)


def contracts(widget: OwnTrades) -> list[str]:
    return [widget._source.cell(row, Col.CONTRACT).text for row in range(widget._source.count())]


def save_as(hands: Hands, qtbot, path: Path) -> None:
    """Ctrl+E, then a name into the dialog and Enter."""
    hands.press(K.Key_E, CTRL)
    exporter = hands.window.exporter
    dialog = exporter.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    field = dialog.findChild(QLineEdit)
    field.setFocus()
    field.selectAll()
    type_text(hands, str(path))
    hands.press(K.Key_Return)
    assert exporter.dialog is None


def test_filter_grouping_and_link_by_key(traded: Traded) -> None:
    widget = traded.widget
    assert contracts(widget) == ["16Q1", "15Q4"]
    traded.hands.press(K.Key_L)
    assert contracts(widget) == ["15Q4"]
    traded.hands.press(K.Key_L)
    traded.hands.press(K.Key_G)
    assert contracts(widget) == ["", "15Q4", "", "16Q1"]
    traded.hands.press(K.Key_G)
    traded.hands.press(K.Key_Slash, text="/")
    traded.type("hedge")
    assert contracts(widget) == ["15Q4"]
    traded.hands.press(K.Key_Escape)
    assert contracts(widget) == ["16Q1", "15Q4"]
    assert "5 Own trades" in traded.hands.status


def test_tips_and_menu_name_the_keys(traded: Traded) -> None:
    widget = traded.widget
    assert "(G)" in widget.by_contract.toolTip()
    assert "(L)" in widget.only_linked.toolTip()
    assert "(Ctrl+E)" in widget.export.toolTip()
    assert "(/" in widget.filter.toolTip()
    titles = [action.text() for action in traded.hands.window.menus.fill(Menu.VIEW)]
    assert "On the own trades" in titles
    assert any(title.startswith("Export the own trades") for title in titles)


def test_what_is_shown_goes_into_the_file_that_is_named(traded: Traded, qtbot, tmp_path: Path) -> None:
    traded.hands.press(K.Key_L)
    save_as(traded.hands, qtbot, tmp_path / "own.csv")
    qtbot.waitUntil(lambda: "own.csv" in traded.hands.said)
    assert traded.hands.said == f"Exported own trades, 1 row, to {tmp_path / 'own.csv'}"
    with (tmp_path / "own.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["contract"], row["side"], row["price"], row["comment"]) for row in rows] == [
        ("15Q4", "Buy", "40", "hedge")
    ]
    click(traded.widget.export, traded.widget.export.rect().center())
    dialog = traded.exporter.dialog
    assert dialog is not None
    assert dialog.directory().absolutePath() == str(tmp_path), "the folder is remembered"
    assert dialog.selectedFiles()[0].endswith("own trades 2026-11-21 110002 UTC.csv")
    qtbot.waitUntil(dialog.isActiveWindow)
    traded.hands.press(K.Key_Escape)
    assert traded.exporter.dialog is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.csv"]


def test_the_format_is_chosen_in_the_dialog_and_remembered(traded: Traded, qtbot, tmp_path: Path) -> None:
    traded.exporter.begin(traded.widget.sheet(), tmp_path / "own.csv", Format.CSV)
    qtbot.waitUntil(lambda: "own.csv" in traded.hands.said)
    traded.hands.press(K.Key_E, CTRL)
    dialog = traded.exporter.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    kinds = dialog.findChild(QComboBox, "fileTypeCombo")
    assert [kinds.itemText(each).split(" (")[0] for each in range(kinds.count())] == [
        "Comma-separated values", "Excel workbook", "Parquet table",
    ]  # fmt: skip
    kinds.setFocus()
    traded.hands.press(K.Key_Down)
    traded.hands.press(K.Key_Down)
    traded.hands.press(K.Key_Up)
    field = dialog.findChild(QLineEdit)
    assert field.text() == "own trades 2026-11-21 110002 UTC.xlsx"
    field.setFocus()
    traded.hands.press(K.Key_Return)
    written = tmp_path / "own trades 2026-11-21 110002 UTC.xlsx"
    qtbot.waitUntil(lambda: traded.hands.said == f"Exported own trades, 2 rows, to {written}")
    page = openpyxl.load_workbook(written).worksheets[0]
    headings, *rows = page.iter_rows(values_only=True)
    assert [dict(zip(headings, row, strict=True))["price"] for row in rows] == [-5.5, 40]
    traded.hands.window.activateWindow()  # as a window manager does
    qtbot.waitUntil(traded.hands.window.isActiveWindow)
    traded.hands.press(K.Key_E, CTRL)
    dialog = traded.exporter.dialog
    assert dialog is not None
    assert dialog.selectedNameFilter().startswith("Excel"), "the format is remembered"
    qtbot.waitUntil(dialog.isActiveWindow)
    traded.hands.press(K.Key_Escape)


def test_why_nothing_was_written_is_said(traded: Traded, qtbot, tmp_path: Path) -> None:
    (tmp_path / "own.csv").mkdir()
    traded.exporter.begin(traded.widget.sheet(), tmp_path / "own.csv", Format.CSV)
    qtbot.waitUntil(lambda: "own.csv" in traded.hands.said)
    assert "can't be written" in traded.hands.said
    traded.hands.press(K.Key_Slash, text="/")
    traded.type("nowhere")
    traded.hands.window.invoke("own_trades.export")
    assert traded.hands.said == "Nothing to export: no own trades are shown"
    assert traded.exporter.dialog is None


class Held(list[tuple[int]]):
    """Rows that are read only as far as the test lets them."""

    def __init__(self, rows: int) -> None:
        super().__init__([(number,) for number in range(rows)])
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def __iter__(self) -> Iterator[tuple[int]]:
        for number, row in enumerate(super().__iter__()):
            if number == LONG + 1:
                self.reached.set()
                assert self.go_on.wait(20)
            yield row


def test_a_long_table_has_progress_and_is_cancelled_without_a_trace(traded: Traded, qtbot, tmp_path: Path) -> None:
    exporter = traded.exporter
    rows = Held(3 * LONG)
    exporter.begin(Sheet("rows", ("number",), rows), tmp_path / "long.csv", Format.CSV)
    assert rows.reached.wait(20)
    progress: QProgressDialog | None = exporter.progress
    assert progress is not None
    qtbot.waitUntil(lambda: progress.value() == LONG // TOLD_EVERY * TOLD_EVERY)
    exporter.export(Sheet("rows", ("number",), [(1,)]))
    assert "one at a time" in traded.hands.said
    qtbot.waitUntil(progress.isVisible)
    cancel = progress.findChild(QPushButton)
    click(cancel, cancel.rect().center())
    rows.go_on.set()
    qtbot.waitUntil(lambda: traded.hands.said == "Export: cancelled, nothing was written")
    assert list(tmp_path.iterdir()) == []
    assert exporter.progress is None


def test_a_window_that_closes_leaves_no_half_file(traded: Traded, tmp_path: Path) -> None:
    rows = Held(3 * LONG)
    traded.exporter.begin(Sheet("rows", ("number",), rows), tmp_path / "long.csv", Format.CSV)
    assert rows.reached.wait(20)
    rows.go_on.set()
    traded.exporter.release()
    assert [path.name for path in tmp_path.iterdir()] in ([], ["long.csv"])
    assert QApplication.activeModalWidget() is None


def test_the_tape_by_its_keys(traded: Traded, qtbot, tmp_path: Path) -> None:
    hands, tape = traded.hands, traded.hands.window.tape
    other = hands.desk.contract("DE-AMPRION", "17Q2")
    for much in ("1", "2", "30"):
        hands.desk.trade(hands.key, "40.00", much, name=f"P{much}")
    hands.desk.trade(other, "41.00", "5", name="P")
    hands.focus("tape")
    hands.desk.beat(1)
    count = tape._source.count
    hands.press(K.Key_E)
    assert (tape.merged.isChecked(), count()) == (True, 2)
    hands.press(K.Key_L)
    assert count() == 1
    hands.press(K.Key_E)
    hands.press(K.Key_Z)
    popup = QApplication.activePopupWidget()
    assert popup is tape.bar.sizes
    handle = popup.windowHandle()
    send_key(handle, K.Key_2)
    send_key(handle, K.Key_Return)
    assert QApplication.activePopupWidget() is None
    assert count() == 2
    hands.press(K.Key_Slash, text="/")
    traded.type("15q >2")
    assert count() == 1
    hands.press(K.Key_Return)
    save_as(traded.hands, qtbot, tmp_path / "tape.csv")
    qtbot.waitUntil(lambda: "tape.csv" in hands.said)
    assert hands.said == f"Exported trades, 1 row, to {tmp_path / 'tape.csv'}"
    with (tmp_path / "tape.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["contract"], row["quantity"]) for row in csv.DictReader(file)] == [("15Q4", "30")]
    hands.window.activateWindow()  # as a window manager does
    qtbot.waitUntil(hands.window.isActiveWindow)
    hands.press(K.Key_Escape)
    assert hands.window.toasts.texts() == [], "what was said goes first"
    hands.press(K.Key_Escape)
    assert (tape.filter.text(), count()) == ("", 2)
    assert hands.notebook.notes == [], "nothing was traded"


def test_the_tapes_tips_name_its_keys_and_its_button_exports(traded: Traded) -> None:
    bar, hands = traded.hands.window.tape.bar, traded.hands
    for control, keys in (
        (bar.filter, "(/"), (bar.only_linked, "(L)"), (bar.merged, "(E)"), (bar.sizes_button, "(Z)"),
        (bar.export, "(Ctrl+E)"),
    ):  # fmt: skip
        assert keys in control.toolTip()
        assert control.accessibleName()
    hands.focus("tape")
    click(bar.export, bar.export.rect().center())
    assert hands.said == "Nothing to export: no trades are shown"


def test_the_orders_are_exported_by_their_key(hands: Hands, qtbot, tmp_path: Path) -> None:
    desk, window = hands.desk, hands.window
    orders = OrdersTable(desk.market, desk.clock, window.group, DARK)
    window.docking.add(orders, "orders", "Orders", Place.TAB, relative_to="tape")
    command = PlaceOrder(hands.key, Side.BUY, quantity("5"), price("38.40"), PowerTerms(comment="=hedge"))
    desk.market.apply(OrderIntended(Intent("one", "one", command, desk.clock.now)))
    hands.focus("orders")
    qtbot.waitUntil(orders.isVisible)
    desk.beat(1)
    window.exporter.begin(orders.sheet(), tmp_path / "orders.xlsx", Format.EXCEL)
    qtbot.waitUntil(lambda: "orders.xlsx" in hands.said)
    headings, *rows = openpyxl.load_workbook(tmp_path / "orders.xlsx").worksheets[0].iter_rows(values_only=True)
    (row,) = (dict(zip(headings, row, strict=True)) for row in rows)
    assert (row["contract"], row["side"], row["quantity"], row["price"]) == ("15Q4", "Buy", 5, 38.4)
    save_as(hands, qtbot, tmp_path / "orders.parquet")
    qtbot.waitUntil(lambda: "orders.parquet" in hands.said)
    assert hands.said == f"Exported orders, 1 row, to {tmp_path / 'orders.parquet'}"
    (row,) = parquet.read_table(tmp_path / "orders.parquet").to_pylist()
    assert (row["price"], row["time_utc"].isoformat()[-6:]) == (Decimal("38.4"), "+00:00")
    orders.set_keys(window.registry.key_texts)
    assert "(Ctrl+E)" in orders.bar.export.toolTip()
    asked: list[str] = []
    orders.act_requested.connect(asked.append)
    click(orders.bar.export, orders.bar.export.rect().center())
    assert asked == ["orders.export"]


def test_the_positions_by_their_keys(hands: Hands, qtbot, tmp_path: Path) -> None:
    desk, window = hands.desk, hands.window
    widget = add_positions(window, desk.market, desk.market.apply, desk.clock, DARK)
    other = desk.contract("DE-AMPRION", "16Q1")
    for side, at in ((Side.BUY, "40.00"), (Side.SELL, "41.00")):
        trade(desk, other, side, at, "2")
    trade(desk, hands.key, Side.BUY, "40.00", "4")
    hands.focus("positions")
    qtbot.waitUntil(widget.isVisible)
    desk.beat(1)
    assert [row.kind for row in widget._rows.rows] == [Kind.SECTION, Kind.CONTRACT, Kind.CONTRACT]
    hands.press(K.Key_W)
    assert [row.key for row in widget._rows.shown] == [hands.key], "the other one is flat"
    hands.press(K.Key_Slash, text="/")
    type_text(hands, "nowhere")
    assert widget._rows.shown == []
    hands.press(K.Key_Escape)
    hands.press(K.Key_Escape)
    hands.press(K.Key_D)
    assert hands.said == "No execution is unmatched"
    window.activateWindow()
    hands.focus("positions")
    save_as(hands, qtbot, tmp_path / "positions.csv")
    qtbot.waitUntil(lambda: "positions.csv" in hands.said)
    with (tmp_path / "positions.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["net"], row["average"], row["currency"]) for row in csv.DictReader(file)] == [("4", "40", "EUR")]
    assert hands.notebook.notes == [], "nothing was traded"
    for control, keys in ((widget.only_open, "(W)"), (widget.export, "(Ctrl+E)"), (widget.unmatched.dismiss, "(D)")):
        assert keys in control.toolTip()
        assert control.accessibleName()
