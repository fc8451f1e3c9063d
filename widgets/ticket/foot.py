"""The ticket's foot: what stands against the whole order, the box that confirms warnings, and the buttons."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from protocols.market.values import Side
from widgets.buttons import button_sheet
from widgets.figures import true_minus
from widgets.theme import Theme
from widgets.tick_box import TickBox
from widgets.ticket.findings import Finding, Level
from widgets.ticket.rows import INKS, MARKS, WordsLabel
from widgets.wording import plain_tip

STAGE = "Show the order on the ladder, to be sent from there (Ctrl+Enter)"


class FootButton(QPushButton):
    """A button that Enter presses too, when it has the focus: else Enter would send the order."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(40, 28))


class TicketFoot(QWidget):
    """The buttons' clicks are the ticket's to connect."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._side: Side | None = None
        self.general = WordsLabel(self)
        self.anyway = TickBox("Send anyway", theme, self)
        self.clear = FootButton("Clear", self)
        self.stage = FootButton("Stage", self)
        self.send = FootButton("Send", self)
        self.general.hide()
        self.anyway.hide()
        self.anyway.setToolTip("The warnings are read; a second Enter says the same")
        self.clear.setToolTip("Empty the ticket (Esc)")
        self.send.setToolTip("Send the order (Enter)")
        self.name_stage(possible=True, why_not="")
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.clear)
        buttons.addWidget(self.stage)
        buttons.addWidget(self.send, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.general)
        column.addWidget(self.anyway)
        column.addLayout(buttons)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.general.set_theme(theme)
        self.anyway.set_theme(theme)
        for button in (self.clear, self.stage, self.send):
            button.setFont(theme.ui_font())
        self.clear.setStyleSheet(button_sheet(theme))
        self.stage.setStyleSheet(button_sheet(theme))
        self.send.setStyleSheet(button_sheet(theme, self._side))

    def show_findings(self, about_all: Iterable[Finding], may_confirm: bool) -> None:
        """`about_all` are those of no field; `may_confirm` when every finding is a warning."""
        shown = list(about_all)
        worst = Level.BLOCK if any(finding.level is Level.BLOCK for finding in shown) else Level.WARN
        text = "\n".join(f"{MARKS[finding.level]} {true_minus(finding.words)}" for finding in shown)
        self.general.say(text, INKS[worst], self._theme)
        self.anyway.setChecked(False)
        self.anyway.setVisible(may_confirm)

    def name_send(self, words: str, side: Side | None, possible: bool) -> None:
        """The button says what it would send, in the colour of its side."""
        self.send.setText(words if self.anyway.isHidden() else f"{words} anyway")
        if side is not self._side:
            self._side = side
            self.send.setStyleSheet(button_sheet(self._theme, side))
        self.clear.setEnabled(possible)
        self.send.setEnabled(possible)

    def name_stage(self, possible: bool, why_not: str) -> None:
        """`why_not` says why this order is not shown on the ladder; the button is grey then, and tells it."""
        self.stage.setEnabled(possible and not why_not)
        self.stage.setToolTip(plain_tip(f"{STAGE}\nNot this one: {why_not}" if why_not else STAGE))
        self.stage.setAccessibleDescription(why_not and f"Not staged: {why_not}")

    def set_modifying(self, modifying: bool) -> None:
        """Whether a living order is changed: then Esc leaves it as it is."""
        self.clear.setText("Leave" if modifying else "Clear")
        self.clear.setToolTip("Leave the order as it is (Esc)" if modifying else "Empty the ticket (Esc)")
