"""What is pressed in the password dialog is for the dialog: nothing of it stages, sends, pulls or arms."""

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from protocols.market.commands import PlaceOrder
from protocols.market.values import Side
from tests.app.hands import CTRL, SHIFT, Hands
from tests.widgets.desk import DARK, price, quantity
from widgets.password import PasswordDialog


@pytest.fixture
def dialog(hands: Hands, qtbot) -> Iterator[PasswordDialog]:
    """Over a ladder that has a stage, on an armed desk."""
    hands.journal.armed = True
    hands.notebook.staged = PlaceOrder(hands.key, Side.BUY, quantity("10"), price("38.40"))
    dialog = PasswordDialog("EPEX M7", "m7.example.com", "trader", "why", DARK, hands.window)
    dialog.ask(activate=True)
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.windowHandle().isExposed())
    yield dialog
    if shiboken6.isValid(dialog):
        dialog.close()


def _press_all(hands: Hands) -> None:
    """Every letter, digit and arrow, with and without what is held beside them."""
    for held in (Qt.KeyboardModifier.NoModifier, SHIFT):
        for code in (
            *range(Qt.Key.Key_0.value, Qt.Key.Key_9.value + 1),
            *range(Qt.Key.Key_A.value, Qt.Key.Key_Z.value + 1),
        ):
            hands.press(Qt.Key(code), held)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp):
        hands.press(key)
    for key in (Qt.Key.Key_B, Qt.Key.Key_S, Qt.Key.Key_X):
        hands.press(key, CTRL)


def test_letters_that_are_typed_never_trade(hands: Hands, dialog: PasswordDialog) -> None:
    staged = hands.notebook.staged
    _press_all(hands)
    assert len(dialog.line.text()) >= 70
    assert (hands.notebook.notes, hands.notebook.staged) == ([], staged)
    assert (hands.journal.sent, hands.journal.cancelled, hands.journal.hops) == ([], [], [])


def test_enter_connects_and_sends_no_stage(hands: Hands, dialog: PasswordDialog) -> None:
    given: list[object] = []
    dialog.given.connect(lambda password, store: given.append(password))
    hands.press(Qt.Key.Key_X)
    hands.press(Qt.Key.Key_Return, release=False)
    assert (len(given), hands.journal.sent) == (1, [])
    assert hands.notebook.staged is not None


def test_its_buttons_trade_as_little_as_its_line(hands: Hands, dialog: PasswordDialog) -> None:
    dialog.cancel_button.setFocus()
    hands.journal.armed = False
    hands.press(Qt.Key.Key_A, CTRL | SHIFT)
    assert not hands.journal.armed
    _press_all(hands)  # the arrows go on to other controls of the dialog
    assert (hands.notebook.notes, hands.journal.sent, hands.journal.cancelled) == ([], [], [])


def test_escape_closes_it_and_not_a_notice_behind_it(hands: Hands, dialog: PasswordDialog, qtbot) -> None:
    hands.notebook.staged = None
    hands.window.toasts.say("passed")
    dialog.cancel_button.setFocus()
    hands.press(Qt.Key.Key_Escape, release=False)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog) or not dialog.isVisible())
    assert hands.said == "passed"


def test_the_ladder_behind_it_still_trades(hands: Hands, dialog: PasswordDialog, qtbot) -> None:
    """Not modal: another connection goes on while this one waits."""
    hands.window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is hands.window)
    hands.focus("ladder")
    hands.press(Qt.Key.Key_B)
    assert hands.notebook.notes == [("stage", Side.BUY, False)]
