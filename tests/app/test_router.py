"""The event filter on real windows: where keys go, and where they never trade."""

from typing import ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
)

from app.commands import Menu
from protocols.market.orders import Order
from protocols.market.values import Side
from tests.app.hands import CTRL, KEYPAD, NONE, SHIFT, Hands, order
from widgets.docking import Place
from widgets.ladder.controls import GlyphButton

K = Qt.Key
BUY, SELL = Side.BUY, Side.SELL


@pytest.mark.parametrize(
    ("key", "held", "note"),
    [
        (K.Key_B, NONE, ("stage", BUY, False)),
        (K.Key_S, NONE, ("stage", SELL, False)),
        (K.Key_B, SHIFT, ("stage", BUY, True)),
        (K.Key_S, SHIFT, ("stage", SELL, True)),
        (K.Key_Up, NONE, ("price", 1)),
        (K.Key_Down, SHIFT, ("price", -10)),
        (K.Key_Right, NONE, ("quantity", 1)),
        (K.Key_Left, SHIFT, ("quantity", -10)),
        (K.Key_1, NONE, ("preset", 1)),
        (K.Key_5, NONE, ("preset", 5)),
        (K.Key_T, NONE, "terms"),
        (K.Key_I, NONE, "iceberg"),
        (K.Key_N, NONE, ("own", 1)),
        (K.Key_N, SHIFT, ("own", -1)),
        (K.Key_Space, NONE, "recentre"),
        (K.Key_Space, SHIFT, "fit"),
        (K.Key_V, NONE, "cumulative"),
        (K.Key_C, NONE, "collapsed"),
        (K.Key_G, NONE, "coarser"),
        (K.Key_G, SHIFT, "finer"),
        (K.Key_Plus, KEYPAD, "coarser"),
        (K.Key_Minus, KEYPAD, "finer"),
        (K.Key_Up, CTRL, ("rows", -1)),
        (K.Key_Home, NONE, "highest"),
        (K.Key_End, NONE, "lowest"),
    ],
    ids=str,
)
def test_the_ladder_s_keys(hands: Hands, key: Qt.Key, held: Qt.KeyboardModifier, note: object) -> None:
    hands.press(key, held)
    assert hands.notebook.notes == [note]


def test_stage_type_a_quantity_and_send(hands: Hands) -> None:
    hands.press(K.Key_A, CTRL | SHIFT)
    assert hands.journal.armed
    hands.press(K.Key_B)
    hands.press(K.Key_Q)
    for key, text in ((K.Key_1, "1"), (K.Key_2, "2"), (K.Key_Backspace, ""), (K.Key_Comma, ","), (K.Key_5, "5")):
        hands.press(key, text=text)
    hands.press(K.Key_Ampersand, text="&", scan=10)  # a French 1
    hands.press(K.Key_3, KEYPAD, "3")
    assert hands.notebook.figures == "1.513"
    hands.press(K.Key_X)  # rests while typing
    hands.press(K.Key_1, repeat=True)
    hands.press(K.Key_Return)
    assert hands.journal.sent == []
    staged = hands.notebook.staged
    hands.press(K.Key_Return, repeat=True)
    assert hands.journal.sent == []
    hands.press(K.Key_Return)
    assert hands.journal.sent == [staged]
    assert hands.notebook.figures == "1.513"


def test_the_french_row_and_keypad(hands: Hands) -> None:
    hands.press(K.Key_Ampersand, text="&", scan=10)
    hands.press(K.Key_Agrave, text="à", scan=19)  # 0 is no preset
    hands.press(K.Key_2, KEYPAD, "2", scan=88)  # the keypad is apart
    assert hands.notebook.notes == [("preset", 1)]
    hands.press(K.Key_QuoteDbl, CTRL, scan=12)
    assert hands.window.target.name == "tape"


@pytest.mark.parametrize("second", [K.Key_Return, K.Key_Enter])
def test_the_second_of_two_quick_enters_does_nothing(hands: Hands, second: Qt.Key) -> None:
    hands.press(K.Key_A, CTRL | SHIFT)
    hands.press(K.Key_B)
    hands.press(K.Key_Q)
    hands.press(K.Key_2)
    hands.press(K.Key_Return, at=5_000)
    hands.press(second, KEYPAD if second is K.Key_Enter else NONE, at=5_299)
    assert hands.journal.sent == []
    assert "quick Enters" in hands.status
    staged = hands.notebook.staged
    hands.press(second, KEYPAD if second is K.Key_Enter else NONE, at=5_600)
    assert hands.journal.sent == [staged]


def test_enters_with_another_key_in_between_are_two(hands: Hands) -> None:
    hands.press(K.Key_A, CTRL | SHIFT)
    for at in (5_000, 5_200):
        hands.press(K.Key_B, at=at - 50)
        hands.press(K.Key_Return, at=at)
    assert len(hands.journal.sent) == 2


def test_two_quick_enters_agree_to_nothing_in_a_dialog(hands: Hands, qtbot) -> None:
    dialog = QDialog(hands.window)
    save, lines = QPushButton("Save", dialog), QPlainTextEdit(dialog)
    column = QVBoxLayout(dialog)
    column.addWidget(save)
    column.addWidget(lines)
    pressed: list[bool] = []
    save.clicked.connect(lambda: pressed.append(True))
    dialog.open()
    qtbot.waitUntil(lambda: QApplication.focusWindow() is dialog.windowHandle())
    save.setFocus()
    for at in (4_000, 4_200, 4_600):
        hands.press(K.Key_Return, at=at)
    assert len(pressed) == 2
    lines.setFocus()
    for at in (9_000, 9_100):
        hands.press(K.Key_Return, at=at)
    assert lines.toPlainText() == "\n\n", "lines are parted as quickly as somebody types"
    dialog.done(0)


def test_an_enter_that_bounces_from_the_palette_sends_nothing(hands: Hands) -> None:
    hands.press(K.Key_A, CTRL | SHIFT)
    hands.press(K.Key_B)
    hands.press(K.Key_K, CTRL)
    for letter in "recentre":
        hands.press(K(ord(letter.upper())))
    hands.press(K.Key_Return, at=9_000)
    assert hands.notebook.notes[-1] == "recentre"
    hands.press(K.Key_Return, at=9_040)
    assert hands.journal.sent == []


def test_enter_disarmed_sends_nothing_and_says_why(hands: Hands) -> None:
    hands.press(K.Key_B)
    hands.press(K.Key_Return)
    assert hands.journal.sent == []
    assert "disarmed" in hands.said
    assert hands.notebook.staged is not None
    hands.press(K.Key_Escape)
    assert hands.notebook.staged is None
    assert hands.window.toasts.texts()
    hands.press(K.Key_Escape)
    assert not hands.window.toasts.texts()


def test_a_held_key_repeats_on_arrows_only(hands: Hands) -> None:
    hands.press(K.Key_B, release=False)
    hands.press(K.Key_B, repeat=True)
    hands.press(K.Key_X, SHIFT, repeat=True)
    hands.press(K.Key_Up, release=False)
    for _ in range(3):
        hands.press(K.Key_Up, repeat=True)
    assert hands.notebook.notes == [("stage", BUY, False), *[("price", 1)] * 4]
    hands.focus("tape")
    hands.focus("ladder")
    hands.press(K.Key_Up, repeat=True)  # held since before the focus came
    assert hands.notebook.notes[5:] == []
    hands.press(K.Key_G, repeat=True)
    assert hands.notebook.notes[5:] == []


def test_text_fields_keep_their_keys(hands: Hands) -> None:
    hands.focus("states")
    hands.press(K.Key_Slash, text="/")
    field = hands.window.area_states.filter
    assert field.hasFocus()
    assert "text field" in hands.status
    hands.journal.arm()
    hands.notebook.stage(BUY, False)
    hands.notebook.notes.clear()
    for key in (K.Key_B, K.Key_S, K.Key_X, K.Key_1, K.Key_Left, K.Key_Return):
        hands.press(key)
    hands.press(K.Key_X, SHIFT, "X")
    hands.press(K.Key_S, CTRL)
    assert "bsx" in field.text()
    assert hands.notebook.notes == []
    assert (hands.journal.sent, hands.journal.cancelled) == ([], [])
    hands.press(K.Key_1, CTRL)  # but the window's keys work
    assert hands.window.target.name == "ladder"


def test_order_keys_in_another_widget_do_nothing_and_say_where_they_belong(hands: Hands) -> None:
    hands.focus("tape")
    hands.press(K.Key_B)
    assert hands.notebook.notes == []
    assert "Stage a buy" in hands.status
    assert "1 Ladder" in hands.status
    assert "3 Trade tape" in hands.status
    hands.press(K.Key_L)
    assert hands.window.tape.only_linked.isChecked()
    assert hands.status.startswith("Keys go to 3 Trade tape")


def test_hopping_and_cancelling(hands: Hands) -> None:
    hands.press(K.Key_PageDown)
    hands.press(K.Key_PageUp)
    assert hands.journal.hops == [1, -1]
    hands.press(K.Key_X, SHIFT)
    assert "no own orders" in hands.said


def test_ctrl_letters_go_by_the_key_and_not_by_what_they_type(hands: Hands) -> None:
    hands.press(K.Key_B, CTRL, "\x02")
    assert "no own bids" in hands.said


@pytest.mark.parametrize(("key", "held"), [(K.Key_Space, NONE), (K.Key_Return, NONE), (K.Key_Enter, KEYPAD)])
def test_a_button_in_the_ladder_is_pressed_by_its_keys(hands: Hands, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    hands.journal.arm()
    hands.notebook.stage(BUY, False)
    hands.notebook.notes.clear()
    button = hands.window.ladder.findChild(GlyphButton)
    button.setFocus()
    pressed = []
    button.clicked.connect(lambda: pressed.append(True))
    hands.press(key, held)
    assert pressed == [True]
    hands.press(key, held, repeat=True)
    assert pressed == [True]
    assert hands.notebook.notes == []
    assert hands.journal.sent == []
    hands.press(K.Key_B)
    assert hands.notebook.notes == [("stage", BUY, False)]
    assert "1 Ladder" in hands.status


def test_tab_stays_focus(hands: Hands) -> None:
    before = QApplication.focusWidget()
    QTest.keyClick(hands.window.windowHandle(), K.Key_Tab)
    assert QApplication.focusWidget() is not before


def test_under_a_dialog_only_what_makes_safer_works(hands: Hands, qtbot) -> None:
    dialog = QDialog(hands.window)
    field, button = QLineEdit(dialog), QPushButton("No", dialog)
    column = QVBoxLayout(dialog)
    column.addWidget(field)
    column.addWidget(button)
    dialog.open()
    qtbot.waitUntil(lambda: QApplication.focusWindow() is dialog.windowHandle())
    hands.journal.arm()
    hands.notebook.stage(BUY, False)
    hands.notebook.notes.clear()
    for window in (dialog, hands.window):
        for where in (field, button):
            where.setFocus()
            for key in (K.Key_B, K.Key_X, K.Key_1):
                hands.press(key, window=window)
            hands.press(K.Key_K, CTRL, window=window)
            hands.press(K.Key_2, CTRL, window=window)
    hands.press(K.Key_Return, window=hands.window)
    assert hands.notebook.notes == []
    assert hands.journal.sent == []
    assert hands.window.palettes.palette is None
    hands.press(K.Key_D, CTRL | SHIFT)
    assert not hands.journal.armed
    dialog.done(0)


def test_under_a_menu_keys_go_to_the_menu(hands: Hands) -> None:
    menu = hands.window.menus.menus[Menu.LADDER]
    menu.popup(hands.window.mapToGlobal(hands.window.rect().center()))
    hands.press(K.Key_B, window=hands.window)
    assert hands.notebook.notes == []
    menu.close()
    hands.press(K.Key_B)
    assert hands.notebook.notes == [("stage", BUY, False)]


@pytest.mark.parametrize("held", [NONE, CTRL], ids=["plain", "with Ctrl"])
def test_a_held_enter_chooses_nothing_from_a_menu(hands: Hands, held: Qt.KeyboardModifier) -> None:
    hands.journal.arm()
    hands.notebook.stage(BUY, False)
    menu = hands.window.menus.menus[Menu.ORDERS]
    menu.popup(hands.window.mapToGlobal(hands.window.rect().center()))
    menu.setActiveAction(next(action for action in menu.actions() if action.objectName() == "ladder.send"))
    hands.press(K.Key_Return, held, window=hands.window, repeat=True)
    assert hands.journal.sent == []
    hands.press(K.Key_Return, window=hands.window)
    assert len(hands.journal.sent) == 1


def test_a_floating_ladder_has_the_same_keys(hands: Hands, qtbot) -> None:
    # Off xcb, QtAds hides what floats whenever the main window comes or goes: it changes window flags.
    manager = hands.window.docking._manager
    for watched in (hands.window, manager.parent(), manager):
        watched.removeEventFilter(manager)
    hands.window.docking.float_dock("ladder")
    floating = hands.window.ladder.window()
    assert floating is not hands.window

    def focused() -> bool:
        hands.focus("ladder")  # until it stays: a window that has just been shown gives the focus back once
        return floating.isActiveWindow() and hands.window.ladder.hasFocus()

    qtbot.waitUntil(focused)
    hands.press(K.Key_B)
    assert hands.notebook.notes == [("stage", BUY, False)]
    assert hands.status.startswith("Keys go to 1 Ladder")
    hands.press(K.Key_3, CTRL)
    qtbot.waitUntil(lambda: hands.window.target.name == "tape")
    hands.press(K.Key_B)
    assert hands.notebook.notes == [("stage", BUY, False)]


def test_without_the_focus_nothing_is_held_and_keys_go_nowhere(hands: Hands, qtbot) -> None:
    hands.press(K.Key_Shift, SHIFT, release=False)
    held = hands.window.ladder.click_words(SHIFT)
    assert held in hands.status
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: other.isActiveWindow())
    assert held not in hands.status
    assert "no widget" in hands.status
    hands.press(K.Key_B)
    assert other.text() == "b"
    assert hands.notebook.notes == []
    hands.window.activateWindow()
    qtbot.waitUntil(lambda: hands.window.isActiveWindow())
    assert hands.status.startswith("Keys go to 1 Ladder")


def test_the_target_is_outlined(hands: Hands) -> None:
    for dock in ("ladder", "tape", "states"):
        hands.focus(dock)
        rings = {name: ring.isVisible() for name, ring in hands.window.target._rings.items()}
        assert [name for name, seen in rings.items() if seen] == [dock]
        widget = hands.window.docking.widget(dock)
        assert hands.window.target._rings[dock].geometry() == widget.geometry()


def test_modifiers_say_what_a_click_will_do(hands: Hands) -> None:
    words = hands.window.ladder.click_words(SHIFT)
    assert words
    QTest.keyPress(hands.window.windowHandle(), K.Key_Shift, SHIFT)
    assert words in hands.status
    QTest.keyRelease(hands.window.windowHandle(), K.Key_Shift, SHIFT)
    assert words not in hands.status
    hands.focus("tape")
    QTest.keyPress(hands.window.windowHandle(), K.Key_Shift, SHIFT)
    assert words not in hands.status
    QTest.keyRelease(hands.window.windowHandle(), K.Key_Shift, SHIFT)


class Rows(QTableView):
    """Stands for the orders widget."""

    rows: ClassVar[list[Order]] = []

    def brings_into_sight(self) -> bool:
        return True

    def selected(self) -> list[Order]:
        return self.rows


def test_the_orders_widget_has_its_own_keys(hands: Hands) -> None:
    table = Rows()
    table.rows = [order(hands.key, "a"), order(hands.key, "b")]
    hands.window.docking.add(table, "orders-2", "Orders", Place.BOTTOM)
    hands.focus("orders-2")
    hands.press(K.Key_X)
    assert hands.journal.cancelled == table.rows
    hands.press(K.Key_B)
    assert hands.notebook.notes == []
    assert "orders.cancel" in {action.objectName() for action in hands.window.menus.fill(Menu.ORDERS)}


def test_a_failing_act_keeps_its_key_to_itself(hands: Hands, qtbot, monkeypatch) -> None:
    reached = []
    monkeypatch.setattr(hands.notebook, "recentre", lambda: 1 / 0)
    monkeypatch.setattr(type(hands.window.ladder), "keyPressEvent", lambda self, event: reached.append(event.key()))
    with qtbot.captureExceptions() as failures:
        hands.press(K.Key_Space, text=" ")
    assert [failure[0] for failure in failures] == [ZeroDivisionError]
    assert reached == []
    hands.press(K.Key_V)
    assert hands.notebook.notes == ["cumulative"]


def test_the_arming_is_said_in_words_and_colour(hands: Hands) -> None:
    label = hands.window.status.armed
    seen = {}
    for key, word in ((K.Key_A, "● ARMED"), (K.Key_D, "○ DISARMED")):
        hands.press(key, CTRL | SHIFT)
        hands.desk.beat()
        assert label.text() == word
        seen[word] = label.palette().window().color().name()
    assert len(set(seen.values())) == 2
