"""Asks a person what became of one order in doubt. Not modal: the orders of the others are still to be watched."""

import itertools

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from protocols.market.flex_events import FlexCandidate
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import MarketState
from widgets.buttons import button_sheet
from widgets.frame_clock import FrameClock
from widgets.orders.cells import OrderCells
from widgets.orders.doubt_words import Choice, choices, contract_words, known
from widgets.theme import Theme
from widgets.wording import PlainLabel, plain_tip

WIDTH = 620
BUTTON_HEIGHT = 28
NOTE_LENGTH = 500
EFFECT = "Nothing is sent. The decision is kept in the journal; if the venue shows otherwise later, its word counts."


class DoubtQuestion(QDialog):
    """States what is known and offers what may be decided; nothing is chosen before somebody chooses. It follows the
    order: what becomes known is shown, and has to be chosen on anew; out of doubt, nothing is left to decide."""

    decided = Signal(object, object, str, str, object)
    """The order as it was shown, the `Decision`, the trader's note, what was shown as known, and which of the venue's
    orders it was found to be (None: none)."""
    ask_requested = Signal(object)
    """The order: the venue is to be asked first."""

    def __init__(
        self, order: Order, market: MarketState, clock: FrameClock, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._order = order
        self._market = market
        self._theme = theme
        self._cells = cells = OrderCells(market)
        self._known: list[tuple[str, str]] = []
        self._facts = QFormLayout()
        self._choices = choices(order, self._candidates())
        self.setWindowTitle(f"What became of {order.side.value} {contract_words(order, cells)}?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self.note = QLineEdit(self)
        self.ask = QPushButton("&Ask the venue", self)
        self.record = QPushButton("&Record the decision", self)
        self.leave = QPushButton("&Leave it in doubt", self)
        self.foot = _label(EFFECT, self)
        self.group = QButtonGroup(self)
        self.radios = [self._radio(choice) for choice in self._choices]
        self._show_known(known(order, cells, self._candidates()))
        self._build()
        clock.pulse.connect(self._follow)

    def _radio(self, choice: Choice) -> QRadioButton:
        number = len(self.group.buttons()) + 1
        radio = QRadioButton(f"&{number}  {choice.words.replace('&', '&&')}", self)
        radio.setAccessibleName(choice.words)
        radio.setAccessibleDescription(choice.then)
        radio.setToolTip(plain_tip(f"{choice.then} (Alt+{number})"))
        self.group.addButton(radio, number - 1)
        return radio

    def _build(self) -> None:
        self.note.setMaxLength(NOTE_LENGTH)
        self.note.setPlaceholderText("How do you know? Kept with the decision")
        self.note.setAccessibleName("How you know it")
        self.note.setToolTip("Who said so, and when: kept in the journal with the decision")
        self.record.setToolTip("End the doubt as chosen, for good (Alt+R)")
        self.leave.setToolTip("Decide nothing (Esc, Alt+L)")
        self.ask.setToolTip("Fetch the venue's list of orders first (Alt+A)")
        for field in (*self.radios, self.note):
            field.setStyleSheet(_field_sheet(self._theme))
        for button in self._buttons:
            # No default: Enter in the note must neither decide nor throw away what was written.
            button.setAutoDefault(False)
            button.setStyleSheet(button_sheet(self._theme))
            button.setFixedHeight(BUTTON_HEIGHT)
            button.setAccessibleName(button.text().replace("&", ""))
        self.record.setEnabled(False)
        self.record.clicked.connect(self._record)
        self.leave.clicked.connect(self.reject)
        self.ask.clicked.connect(lambda: self.ask_requested.emit(self._order))
        self.group.idToggled.connect(lambda _number, on: self.record.setEnabled(on))
        self._facts.setHorizontalSpacing(16)
        buttons = QHBoxLayout()
        buttons.addWidget(self.ask)
        buttons.addStretch(1)
        buttons.addWidget(self.record)
        buttons.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addLayout(self._facts)
        for radio, choice in zip(self.radios, self._choices, strict=True):
            then = PlainLabel(choice.then, self)
            then.setIndent(24)
            pair = QVBoxLayout()
            pair.setSpacing(2)
            pair.addWidget(radio)
            pair.addWidget(then)
            column.addLayout(pair)
        column.addWidget(self.note)
        column.addWidget(self.foot)
        column.addLayout(buttons)
        for before, after in itertools.pairwise((*self.radios, self.note, *self._buttons)):
            self.setTabOrder(before, after)
        self.leave.setFocus()

    def _candidates(self) -> tuple[FlexCandidate, ...]:
        """The venue's orders that it may be."""
        return self._market.flex.candidates(self._order.connection, self._order.client_id)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.ask, self.record, self.leave

    def _show_known(self, facts: list[tuple[str, str]]) -> None:
        self._known = facts
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for name, words in facts:
            value = _label(words, self)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(f"{name}: {words}")
            self._facts.addRow(PlainLabel(name, self), value)

    def _follow(self) -> None:
        now = self._market.blotter.get(self._order.connection, self._order.client_id)
        if now is None or not self.note.isEnabled():
            return
        if now.status is not OrderStatus.IN_DOUBT:
            self._end(f"Nothing is left to decide: the order is {now.status.value}.")
        elif now.intent_id != self._order.intent_id:
            self._end("It is another doubt by now: close this and look again.")
        elif choices(now, self._candidates()) != self._choices:
            self._end("What may be decided has changed: close this and look again.")
        elif (facts := known(now, self._cells, self._candidates())) != self._known:
            self._order = now
            self._show_known(facts)
            self._choose_anew()

    def _choose_anew(self) -> None:
        self.group.setExclusive(False)
        for radio in self.radios:
            radio.setChecked(False)
        self.group.setExclusive(True)
        self.record.setEnabled(False)

    def _end(self, words: str) -> None:
        for widget in (*self.radios, self.note, self.ask, self.record):
            widget.setEnabled(False)
        self.foot.say(words)
        self.foot.setAccessibleName(words)
        self.leave.setText("C&lose")
        self.leave.setAccessibleName("Close")
        self.leave.setFocus()

    def _record(self) -> None:
        words = "; ".join(f"{name}: {words}" for name, words in self._known)
        choice = self._choices[self.group.checkedId()]
        self.decided.emit(self._order, choice.decision, self.note.text(), words, choice.venue_id)
        self.accept()


def _field_sheet(theme: Theme) -> str:
    """The style's own circles and lines can hardly be seen on a dark ground."""
    return f"""
    QRadioButton::indicator {{
        width: 10px; height: 10px; border: 1px solid {theme.text_secondary.name()}; border-radius: 6px;
    }}
    QRadioButton::indicator:checked {{ background: {theme.accent.name()}; border-color: {theme.text.name()}; }}
    QRadioButton:focus {{ text-decoration: underline; }}
    QLineEdit {{
        background: {theme.surface_raised.name()}; border: 1px solid {theme.border_strong.name()}; padding: 3px;
    }}
    QLineEdit:focus {{ border-color: {theme.focus_ring.name()}; }}
    """


def _label(text: str, parent: QWidget) -> PlainLabel:
    label = PlainLabel(text, parent)
    label.setWordWrap(True)
    return label
