"""The foot of the pair's ticket: what is unusual about the pair, the question that has to be confirmed, the buttons."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from protocols.market.values import Side
from widgets.buttons import button_sheet
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.theme import Theme
from widgets.ticket.findings import Finding, Level
from widgets.ticket.foot import FootButton
from widgets.ticket.rows import INKS, MARKS, WordsLabel


class PairFoot(QWidget):
    """The buttons' clicks are the ticket's to connect."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._side: Side | None = None
        self._points = 0
        self._words = ""
        self.general = WordsLabel(self)
        self.clear = FootButton("Clear", self)
        self.clear.setAccessibleName("Empty the ticket")
        self.send = FootButton("", self)
        self.general.hide()
        self.set_keys(NO_KEYS)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.clear)
        buttons.addWidget(self.send, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.general)
        column.addLayout(buttons)

    def set_keys(self, keys: KeyTexts) -> None:
        self.clear.setToolTip(keys.tip("Empty the ticket", "oco.drop"))
        self._send_tip = keys.tip("Send both legs", "oco.send")
        self._confirm_tip = keys.tip("All points above are read, and both legs sent", "oco.send")
        self._name()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.general.set_theme(theme)
        for button in (self.clear, self.send):
            button.setFont(theme.ui_font())
        self.clear.setStyleSheet(button_sheet(theme))
        self.send.setStyleSheet(button_sheet(theme, self._side))

    def tell(self, concerns: Sequence[str]) -> None:
        """What will have to be confirmed, as far as is known before anything was asked."""
        self._points = 0
        words = "\n".join(f"{MARKS[Level.WARN]} {each}" for each in concerns)
        self.general.say(f"{words}\nIt will have to be confirmed" if words else "", INKS[Level.WARN], self._theme)
        self._name()

    def ask(self, findings: Sequence[Finding], may_be_confirmed: bool) -> None:
        """What stands against the pair. When all of it may be confirmed, the button says that it does so."""
        blocked = [finding for finding in findings if finding.level is Level.BLOCK]
        self._points = len(findings) if may_be_confirmed else 0
        lines = [f"{MARKS[each.level]} {each.words}" for each in findings]
        if self._points:
            lines.insert(0, "To be confirmed:")
        self.general.say("\n".join(lines), INKS[Level.BLOCK if blocked else Level.WARN], self._theme)
        self._name()

    def name_send(self, words: str, side: Side | None, possible: bool) -> None:
        """What the button would send, in the colour of its side."""
        self._words = words
        if side is not self._side:
            self._side = side
            self.send.setStyleSheet(button_sheet(self._theme, side))
        for button in (self.clear, self.send):
            button.setEnabled(possible)
        self._name()

    def _name(self) -> None:
        if self._points:
            count = "it" if self._points == 1 else f"all {self._points} points"
            self.send.setText(f"Confirm {count}: {self._words}")
        else:
            self.send.setText(self._words)
        tip = self._confirm_tip if self._points else self._send_tip
        if self.send.toolTip() != tip:
            self.send.setToolTip(tip)
        self.send.setAccessibleName(self.send.text())
