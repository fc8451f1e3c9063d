"""The password dialog, by real keys."""

from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from protocols.secret import Secret
from tests.widgets.desk import DARK, press
from widgets.password import PasswordDialog

VARIABLE = "QD_PASSWORD"


@pytest.fixture
def dialog(qtbot) -> Iterator[PasswordDialog]:
    dialog = PasswordDialog(
        "EPEX <b>M7</b>", "m7.example.com:443", "trader", "No password: the keyring has none.", DARK
    )
    dialog.ask(activate=True)
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.windowHandle().isExposed())
    yield dialog
    if shiboken6.isValid(dialog):  # it goes by itself once it is answered
        dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _given(dialog: PasswordDialog) -> list[tuple[Any, bool]]:
    given: list[tuple[Any, bool]] = []
    dialog.given.connect(lambda password, store: given.append((password, store)))
    return given


def _texts(dialog: PasswordDialog) -> list[str]:
    """What stands in the line, one after the other: the dialog is gone when it was answered."""
    texts: list[str] = []
    dialog.line.textChanged.connect(texts.append)
    return texts


def test_what_is_typed_is_handed_over_as_a_secret_and_forgotten(dialog: PasswordDialog) -> None:
    given, texts = _given(dialog), _texts(dialog)
    press(dialog, "hunter2 B")
    assert dialog.line.displayText() == "●" * 9
    assert dialog.line.echoMode() is QLineEdit.EchoMode.Password
    press(dialog, Qt.Key.Key_Return)
    assert given == [(Secret("hunter2 B"), False)]
    assert "hunter2" not in repr(given)
    assert texts[-2:] == ["hunter2 B", ""]
    assert not shiboken6.isValid(dialog)


def test_without_a_password_enter_does_nothing(dialog: PasswordDialog) -> None:
    given = _given(dialog)
    press(dialog, Qt.Key.Key_Return)
    assert (given, dialog.isVisible(), dialog.connect_button.isEnabled()) == ([], True, False)


@pytest.mark.parametrize("how", ["escape", "button", "window"])
def test_leaving_gives_nothing_and_forgets(dialog: PasswordDialog, how: str) -> None:
    given, texts, rejected = _given(dialog), _texts(dialog), []
    dialog.rejected.connect(lambda: rejected.append(how))
    press(dialog, "hunter2")
    match how:
        case "escape":
            press(dialog, Qt.Key.Key_Escape)
        case "button":
            press(dialog, Qt.Key.Key_Tab)
            press(dialog, Qt.Key.Key_Tab)
            assert dialog.cancel_button.hasFocus()
            press(dialog, Qt.Key.Key_Space)
        case _:
            dialog.close()
    assert (given, rejected, texts[-2:]) == ([], [how], ["hunter2", ""])


def test_it_says_who_asks_as_it_stands(dialog: PasswordDialog) -> None:
    words = [label.text() for label in dialog.findChildren(type(dialog.why))]
    assert {"EPEX <b>M7</b>", "m7.example.com:443", "trader", "No password: the keyring has none."} <= set(words)
    assert dialog.windowTitle() == "Password for EPEX <b>M7</b>"
    assert all(
        label.textFormat() is Qt.TextFormat.PlainText
        for label in dialog.findChildren(type(dialog.why))
        if "<" in label.text()
    )


def test_a_keyring_that_answers_is_offered_and_not_taken_by_itself(dialog: PasswordDialog) -> None:
    given = _given(dialog)
    dialog.show_keyring("Secret Service", None)
    assert dialog.keeping.text() == "Kept in memory until Quarterdeck closes"
    press(dialog, "hunter2")
    press(dialog, Qt.Key.Key_Tab)
    press(dialog, Qt.Key.Key_Space)
    assert dialog.keeping.text() == "Kept in Secret Service"
    press(dialog, Qt.Key.Key_Return)
    assert given == [(Secret("hunter2"), True)]


def test_a_variable_that_comes_first_is_named(dialog: PasswordDialog) -> None:
    dialog.show_keyring("KWallet", VARIABLE)
    dialog.store.click()
    assert (
        dialog.keeping.text() == "Kept in KWallet; at the next start the environment variable QD_PASSWORD comes first"
    )


def test_without_a_keyring_it_says_so(dialog: PasswordDialog) -> None:
    dialog.show_no_keyring("the keyring in use, <x>, is not one of ours")
    expected = "Kept in memory until Quarterdeck closes: no keyring of this system keeps secrets"
    assert dialog.keeping.text() == expected
    assert not dialog.store.isVisible()
    assert "&lt;x&gt;" in dialog.keeping.toolTip()


def test_it_blocks_no_other_window(dialog: PasswordDialog) -> None:
    assert not dialog.isModal()
    assert QApplication.activeModalWidget() is None


def test_every_control_has_a_name_and_a_tip(dialog: PasswordDialog) -> None:
    dialog.show_keyring("KWallet", None)
    for control in (dialog.line, dialog.store, dialog.connect_button, dialog.cancel_button):
        assert control.toolTip()
        assert control.accessibleName() or control.text()
