"""The blotter under real keys and clicks: what its tests do with it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.widgets.desk import click, show
from widgets.orders import OrdersTable
from widgets.orders.catalogue import Col

K = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def shown_table(qtbot, table: OrdersTable) -> OrdersTable:
    QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    show(qtbot, table, 1500, 400)
    table.view.setFocus()
    return table


def texts(table: OrdersTable, column: Col) -> list[str]:
    """What stands in a column; headers, in the first column, as `[words]`."""
    found = []
    for row in range(table.model.rowCount()):
        band = table.model.band(row)
        found.append(str(table.model.index(row, column).data()) if band is None else f"[{band.left[0].text}]")
    return found


def click_title(table: OrdersTable, column: Col, held=Qt.KeyboardModifier.NoModifier) -> None:
    titles = table.view.titles
    place = titles.viewport().mapTo(table.window(), QPoint(titles.sectionViewportPosition(column) + 20, 10))
    QTest.mouseClick(table.window().windowHandle(), Qt.MouseButton.LeftButton, held, place)


def click_at(table: OrdersTable, place: QPoint) -> None:
    click(table.view.viewport(), place)


def popup() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, text: str) -> None:
    """By keyboard: down to the entry, and Enter."""
    for _ in menu.actions():
        active = menu.activeAction()
        if active is not None and active.text().startswith(text):
            break
        QTest.keyClick(menu, K.Key_Down)
    QTest.keyClick(menu, K.Key_Return)
