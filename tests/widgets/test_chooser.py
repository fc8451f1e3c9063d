"""Choosing areas and products in the dialog, by real keys and clicks."""

from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from tests.widgets.desk import DARK, click, press
from widgets.connections.choice_list import ChoiceList
from widgets.connections.chooser import Choosable, ChoosableList, ChooserDialog

CTRL = Qt.KeyboardModifier.ControlModifier
AREAS = {
    "DE-AMPRION": "DE-AMPRION · Germany, Amprion",
    "DE-TENNET": "DE-TENNET · Germany, TenneT",
    "FR-RTE": "FR-RTE · France",
}
PRODUCTS = {"Hour": "Hour · 60 minutes", "QuarterHour": "QuarterHour · 15 minutes"}


def _connection(name: str) -> Choosable:
    areas = ChoosableList("areas", "Delivery areas", AREAS, {"DE-AMPRION", "FR-RTE"})
    return Choosable(name, "m7 at m7.example.com", (areas, ChoosableList("products", "Products", PRODUCTS, {"Hour"})))


class Chooser:
    """The dialog in use, and what it asked for."""

    def __init__(self, qtbot: Any) -> None:
        self.dialog = dialog = ChooserDialog("Kept in connections.toml", DARK)
        self.asked: list[tuple[dict[str, Any], bool]] = []
        dialog.save_requested.connect(lambda changes, agreed: self.asked.append((changes, agreed)))
        dialog.show_connections([_connection("EPEX M7"), _connection("Second")], "EPEX M7")
        dialog.open()
        dialog.activateWindow()
        dialog.filter.setFocus()
        qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.windowHandle().isExposed())

    def press(self, *keys: Qt.Key | str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            press(self.dialog, key, held)

    def list(self, number: int = 0) -> ChoiceList:
        return self.dialog.pages.currentWidget().findChildren(ChoiceList)[number]

    @property
    def words(self) -> str:
        return self.dialog.words.text()


@pytest.fixture
def chooser(qtbot):
    chooser = Chooser(qtbot)
    yield chooser
    if shiboken6.isValid(chooser.dialog):
        chooser.dialog.close()
    qtbot.wait(0)


def test_names_are_filtered_by_typing_ticked_with_space_and_saved_with_enter(chooser: Chooser) -> None:
    chooser.press("germ")
    assert [item.text() for item in chooser.list().items if not item.isHidden()] == [*AREAS.values()][:2]
    chooser.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Space)
    assert chooser.list().heading.text() == "Delivery areas: 3 of 3"
    chooser.press(Qt.Key.Key_Return)
    assert chooser.asked == [({"EPEX M7": {"areas": ("DE-AMPRION", "DE-TENNET", "FR-RTE")}}, False)]


def test_a_click_anywhere_on_a_row_ticks(chooser: Chooser) -> None:
    view = chooser.list().list
    click(view.viewport(), view.visualItemRect(view.item(1)).center())
    assert "DE-TENNET" in chooser.list().chosen()
    click(view.viewport(), view.visualItemRect(view.item(1)).center())
    assert "DE-TENNET" not in chooser.list().chosen()


def test_all_and_none_are_those_that_are_shown(chooser: Chooser) -> None:
    chooser.press("germ", Qt.Key.Key_Down)
    chooser.press(Qt.Key.Key_U, held=CTRL)
    assert chooser.list().chosen() == ("FR-RTE",)
    chooser.press(Qt.Key.Key_A, held=CTRL)
    assert chooser.list().chosen() == tuple(AREAS)
    chooser.list().none.click()
    assert chooser.list().chosen() == ("FR-RTE",)


def test_every_connection_keeps_its_own_ticks(chooser: Chooser) -> None:
    chooser.dialog.connections.setFocus()
    chooser.press(Qt.Key.Key_Down)
    assert chooser.dialog.pages.currentIndex() == 1
    chooser.list(1).all.click()
    chooser.press(Qt.Key.Key_Return)
    assert chooser.asked == [({"Second": {"products": ("Hour", "QuarterHour")}}, False)]


def test_a_connection_without_areas_can_not_be_saved(chooser: Chooser) -> None:
    chooser.list().none.click()
    assert chooser.words == "▲ EPEX M7 has no delivery areas: tick at least one"
    chooser.press(Qt.Key.Key_Return)
    assert (chooser.asked, chooser.dialog.isVisible()) == ([], True)
    chooser.list().all.click()
    assert (chooser.words, chooser.dialog.save.isEnabled()) == ("", True)


def test_nothing_changed_is_nothing_saved(chooser: Chooser) -> None:
    chooser.list().all.click()
    chooser.list().none.click()
    for row in (0, 2):
        item = chooser.list().items[row]
        item.setCheckState(Qt.CheckState.Checked)
    finished: list[int] = []
    chooser.dialog.finished.connect(finished.append)
    chooser.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert (chooser.asked, len(finished)) == ([], 1)


def test_a_question_is_answered_by_saving_again_and_taken_back_by_another_tick(chooser: Chooser) -> None:
    chooser.list(1).all.click()
    chooser.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    chooser.dialog.show_question("2 own orders")
    assert (chooser.words, chooser.dialog.save.text()) == ("▲ 2 own orders", "Save all the same")
    chooser.list().all.click()
    assert (chooser.words, chooser.dialog.save.text()) == ("", "Save")
    chooser.press(Qt.Key.Key_Return)
    chooser.dialog.show_question("2 own orders")
    chooser.press(Qt.Key.Key_Return)
    assert [agreed for _, agreed in chooser.asked] == [False, False, True]


def test_a_problem_keeps_the_ticks_and_a_changed_file_has_to_be_read_again(chooser: Chooser) -> None:
    chooser.list(1).all.click()
    chooser.dialog.show_problem("the disk is full")
    assert (chooser.words, chooser.dialog.save.isEnabled()) == ("▲ the disk is full", True)
    assert chooser.list(1).chosen() == tuple(PRODUCTS)
    chooser.dialog.show_problem("changed", reload=True)
    assert (chooser.dialog.save.isEnabled(), chooser.dialog.reload.isVisible()) == (False, True)
    reloads: list[None] = []
    chooser.dialog.reload_requested.connect(lambda: reloads.append(None))
    chooser.dialog.reload.click()
    chooser.dialog.show_connections([_connection("EPEX M7")])
    assert (len(reloads), chooser.words, chooser.dialog.reload.isVisible()) == (1, "", False)
    assert chooser.list(1).chosen() == ("Hour",)


def test_escape_empties_the_filter_first_and_then_leaves(chooser: Chooser) -> None:
    chooser.press("germ", Qt.Key.Key_Escape)
    assert chooser.dialog.filter.text() == ""
    assert chooser.list().list.hasFocus()
    finished: list[int] = []
    chooser.dialog.finished.connect(finished.append)
    chooser.press(Qt.Key.Key_Escape)
    assert (chooser.asked, len(finished)) == ([], 1)


def test_tab_goes_through_every_control_and_each_has_a_name_and_a_tip(chooser: Chooser) -> None:
    first = chooser.dialog.filter
    seen = [first]
    chooser.press(Qt.Key.Key_Tab)
    while (focus := QApplication.focusWidget()) is not first:
        assert len(seen) < 20, "; ".join(each.accessibleName() for each in seen)
        seen.append(focus)
        chooser.press(Qt.Key.Key_Tab)
    buttons = [button for button in chooser.dialog.findChildren(QPushButton) if button.isVisible()]
    lists = [chooser.list(number).list for number in (0, 1)]
    assert set(seen) >= {first, chooser.dialog.connections, *lists, *buttons}
    for control in seen:
        assert control.toolTip()
        assert control.accessibleName()
