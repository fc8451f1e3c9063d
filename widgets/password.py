"""Asks for one connection's password. Not modal: who trades on another connection goes on trading."""

import itertools

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from protocols.secret import Secret
from widgets.buttons import button_sheet
from widgets.theme import Theme
from widgets.tick_box import TickBox
from widgets.wording import plain_tip

WIDTH = 440
BUTTON_HEIGHT = 28


class PasswordDialog(QDialog):
    """Made for one question, and gone when it is answered: `given`, or `rejected` when nothing was."""

    given = Signal(object, bool)
    """The password, and whether it is to be stored in the keyring."""

    def __init__(
        self, connection: str, host: str, user: str, why: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """`why` is what stands in the way without it, in words."""
        super().__init__(parent)
        self.setWindowTitle(f"Password for {connection}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self.why = _plain(why, self)
        self.line = QLineEdit(self)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setFixedHeight(BUTTON_HEIGHT)
        self.line.setStyleSheet(_line_sheet(theme))
        self.line.setAccessibleName(f"Password of {user} at {host}")
        self.line.setToolTip(plain_tip("The password; Enter connects, Esc leaves the connection off"))
        self.line.textChanged.connect(self._changed)
        self.store = TickBox("", theme, self)
        self.store.hide()
        self.keeping = _plain("Looking for a keyring of this system…", self)
        self.keeping.setAccessibleName("Where the password is kept")
        self.buttons = QDialogButtonBox(self)
        role = QDialogButtonBox.ButtonRole
        self.connect_button = self._button("Connect", role.AcceptRole, "Connect with this password (Enter)")
        self.connect_button.setDefault(True)
        self.cancel_button = self._button("Cancel", role.RejectRole, "Leave the connection off (Esc)")
        self.connect_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        form = QFormLayout()
        form.addRow("Connection", _plain(connection, self))
        form.addRow("Host", _plain(host, self))
        form.addRow("User", _plain(user, self))
        form.addRow("Password", self.line)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(self.why)
        column.addLayout(form)
        column.addWidget(self.store)
        column.addWidget(self.keeping)
        column.addWidget(self.buttons)
        for before, after in itertools.pairwise(self._order):
            self.setTabOrder(before, after)
        for button in (self.connect_button, self.cancel_button):
            button.setStyleSheet(button_sheet(theme))
            button.setFixedHeight(BUTTON_HEIGHT)
        self._changed()

    def show_keyring(self, name: str, variable: str | None) -> None:
        """A keyring answered: it is offered. `variable` is an environment variable that comes before it."""
        self.store.set_words(f"Store it in the keyring of this system ({name})")
        self.store.setToolTip(plain_tip(f"Keep the password in {name}, and ask no more (Space)"))
        self.store.toggled.connect(lambda on: self._say_keeping(name if on else "", variable))
        self.store.show()
        self._say_keeping("", variable)
        self.adjustSize()

    def show_no_keyring(self, why: str) -> None:
        """No keyring keeps it, and `why`."""
        self.keeping.setText("Kept in memory until Quarterdeck closes: no keyring of this system keeps secrets")
        self.keeping.setToolTip(plain_tip(why))

    def ask(self, activate: bool) -> None:
        """Shows it. Without `activate` the keyboard stays where it is: nobody expects the question."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not activate)
        self.show()
        if activate:
            self.raise_()
            self.activateWindow()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def accept(self) -> None:
        """Hands the password over; with none typed it stays and waits."""
        if not self.line.text():
            return
        password = Secret(self.line.text())
        self._empty()
        self.given.emit(password, self.store.isChecked())
        super().accept()

    def reject(self) -> None:
        self._empty()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._empty()
        super().closeEvent(event)

    @property
    def _order(self) -> tuple[QWidget, ...]:
        return self.line, self.store, self.connect_button, self.cancel_button

    def _button(self, text: str, role: QDialogButtonBox.ButtonRole, tip: str) -> QPushButton:
        button = self.buttons.addButton(text, role)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        return button

    def _changed(self) -> None:
        self.connect_button.setEnabled(bool(self.line.text()))

    def _empty(self) -> None:
        self.line.clear()

    def _say_keeping(self, name: str, variable: str | None) -> None:
        where = f"Kept in {name}" if name else "Kept in memory until Quarterdeck closes"
        if variable is not None:
            where += f"; at the next start the environment variable {variable} comes first"
        self.keeping.setText(where)


def _plain(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _line_sheet(theme: Theme) -> str:
    """An edge that is seen on a dark ground too."""
    return f"""
    QLineEdit {{
        border: 1px solid {theme.border_strong.name()}; border-radius: {theme.sizes.radius}px; padding: 3px 6px;
    }}
    QLineEdit:focus {{ border-color: {theme.focus_ring.name()}; }}
    """
