"""What a field is edited with. Each holds the form's text, says when it `changed` and when it was `left`, and marks
itself with the ink of what is wrong."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from protocols.market.form_text import TextRefused, decimal_from_text
from protocols.market.forms import NO, SIDE, YES, Field, FieldKind
from protocols.market.instruments import InstrumentSpec
from protocols.market.values import MAXIMUM, Side, fixed_text
from widgets.figures import amount_text, price_figure
from widgets.theme import Theme
from widgets.tick_box import TickBox
from widgets.ticket.sheet import input_sheet, segment_sheet
from widgets.wording import plain_tip

FEW = 2
"""A field with no more choices than this shows them all side by side."""


class _Box:
    """The frame of one input, whose edge takes the ink of what is wrong."""

    def __init__(self, widget: QWidget, kind: str, theme: Theme) -> None:
        """`kind` is the widget's class as style sheets name it."""
        self._widget = widget
        self._kind = kind
        self._theme = theme
        self._ink = ""

    def dress(self, theme: Theme, font: QFont, compact: bool) -> None:
        self._theme = theme
        self._widget.setFont(font)
        self._widget.setFixedHeight(_height(theme, compact))
        self._draw()

    def mark(self, ink: str) -> None:
        if ink != self._ink:
            self._ink = ink
            self._draw()

    def _draw(self) -> None:
        edge: QColor | None = getattr(self._theme, self._ink) if self._ink else None
        self._widget.setStyleSheet(input_sheet(self._theme, self._kind, edge))


class LineEditor(QLineEdit):
    """Text; for numbers the arrow keys step it by a tick or a step, Shift by ten.

    `understood` is what the text was read as, where a form has read it: arrows step from there, so that a price counted
    from the quote goes on as the price that it is.
    """

    changed = Signal()
    left = Signal()

    def __init__(self, field: Field, spec: InstrumentSpec, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = field.kind in (FieldKind.PRICE, FieldKind.QUANTITY)
        self._positive = field.kind is FieldKind.QUANTITY
        self._unit = spec.step if self._positive else spec.tick
        self._decimals = spec.quantity_decimals if self._positive else spec.price_decimals
        self._box = _Box(self, "QLineEdit", theme)
        if self._number:
            self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.understood: int | None = None
        self.setPlaceholderText(_example(field))
        self.setMaxLength(2 * field.max_length)
        self.textChanged.connect(self.changed)
        self.editingFinished.connect(self.left)

    def set_text(self, text: str) -> None:
        self.setText(text)

    def dress(self, theme: Theme, compact: bool) -> None:
        self._box.dress(theme, theme.number_font() if self._number else theme.ui_font(), compact)

    def mark(self, level_ink: str) -> None:
        self._box.mark(level_ink)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if steps and self._number:
            self._step(steps * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1))
        else:
            super().keyPressEvent(event)

    def _step(self, steps: int) -> None:
        value = self._value()
        if value is None:
            return  # from nothing there is nowhere to step
        # Onto the grid first, so that a value between two ticks goes to the next one.
        if value % self._unit:
            value = value // self._unit * self._unit + (self._unit if steps < 0 else 0)
        value += steps * self._unit
        if (self._positive and value <= 0) or abs(value) > MAXIMUM:
            return
        self.setText(fixed_text(value, self._decimals))

    def _value(self) -> int | None:
        try:
            return decimal_from_text(self.text(), self._decimals)
        except TextRefused:
            return self.understood if self.text().strip() else None


class ChoiceEditor(QComboBox):
    """One of several. A letter goes to the next choice that begins with it, however fast letters follow. The
    wheel scrolls what is around and never changes a choice."""

    changed = Signal()
    left = Signal()

    def __init__(self, field: Field, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._box = _Box(self, "QComboBox", theme)
        for choice in field.choices:
            self.addItem(choice.label, choice.value)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.currentIndexChanged.connect(self.changed)
        self.activated.connect(self.left)

    def text(self) -> str:
        return str(self.currentData() or "")

    def set_text(self, text: str) -> None:
        """A word that is none of the choices is shown as it is, and refused by the check: never taken for another."""
        index = self.findData(text)
        if index < 0 and text:
            self.addItem(text, text)
            index = self.count() - 1
        self.setCurrentIndex(index)

    def dress(self, theme: Theme, compact: bool) -> None:
        self._theme = theme
        self._box.dress(theme, theme.ui_font(), compact)

    def mark(self, level_ink: str) -> None:
        self._box.mark(level_ink)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().casefold()
        held = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if not letter.isalnum() or held:
            super().keyPressEvent(event)
            return
        count, here = self.count(), self.currentIndex()
        after = [(here + step) % count for step in range(1, count + 1)]
        found = next((index for index in after if self.itemText(index).casefold().startswith(letter)), here)
        if found != here:
            self.setCurrentIndex(found)
            self.activated.emit(found)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.text_secondary, 1.4))
        x, y = self.width() - 13.0, self.height() / 2 - 1.5
        painter.drawPolyline([QPointF(x - 4, y), QPointF(x, y + 4), QPointF(x + 4, y)])
        painter.end()


class SegmentEditor(QWidget):
    """Few choices side by side. None need be chosen: a side is never assumed."""

    changed = Signal()
    left = Signal()

    def __init__(self, field: Field, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wrong = False
        self._sides = [Side(choice.value) if field.name == SIDE else None for choice in field.choices]
        self._values = [choice.value for choice in field.choices]
        self.buttons: list[QPushButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for choice in field.choices:
            button = QPushButton(choice.label, self)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setAccessibleName(f"{field.label}: {choice.label}")
            button.toggled.connect(self._toggled)
            row.addWidget(button, 1)
            self.buttons.append(button)
        self._stop_at_one()

    @property
    def entry(self) -> QPushButton:
        return next((button for button in self.buttons if button.isChecked()), self.buttons[0])

    def text(self) -> str:
        return next((value for value, b in zip(self._values, self.buttons, strict=True) if b.isChecked()), "")

    def set_text(self, text: str) -> None:
        before = self.text()
        for value, button in zip(self._values, self.buttons, strict=True):
            button.setAutoExclusive(False)
            button.setChecked(value == text)
            button.setAutoExclusive(True)
        self._stop_at_one()
        if self.text() != before:
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The first letter of a choice chooses it."""
        letter = event.text().casefold()
        chosen = [button for button in self.buttons if letter and button.text().casefold().startswith(letter)]
        if len(chosen) == 1 and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            chosen[0].setFocus(Qt.FocusReason.OtherFocusReason)
            chosen[0].click()
        else:
            super().keyPressEvent(event)

    def dress(self, theme: Theme, compact: bool) -> None:
        self._theme = theme
        for button in self.buttons:
            button.setFont(theme.ui_font())
            button.setFixedHeight(_height(theme, compact))
        self._dress()

    def mark(self, level_ink: str) -> None:
        if (level_ink == "danger") != self._wrong:
            self._wrong = level_ink == "danger"
            self._dress()

    def _stop_at_one(self) -> None:
        """Tab stops once, at what is chosen; and goes on from wherever the focus is."""
        entry = self.entry
        for button in self.buttons:
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if button is entry else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(entry)

    def _toggled(self, on: bool) -> None:
        if on:
            self._stop_at_one()
            self.changed.emit()
            self.left.emit()

    def _dress(self) -> None:
        last = len(self.buttons) - 1
        for index, button in enumerate(self.buttons):
            sheet = segment_sheet(self._theme, self._sides[index], index == 0, index == last, self._wrong)
            button.setStyleSheet(sheet)


class FlagEditor(TickBox):
    """Yes or no."""

    changed = Signal()
    left = Signal()

    def __init__(self, field: Field, theme: Theme, parent: QWidget) -> None:
        super().__init__(field.label, theme, parent)
        self.toggled.connect(self.changed)

    def text(self) -> str:
        return YES if self.isChecked() else NO

    def set_text(self, text: str) -> None:
        self.setChecked(text == YES)

    def dress(self, theme: Theme, compact: bool) -> None:
        self.set_theme(theme)
        self.setFixedHeight(_height(theme, compact))

    def mark(self, level_ink: str) -> None:
        """The words beneath say it."""


Editor = LineEditor | ChoiceEditor | SegmentEditor | FlagEditor


def editor_for(field: Field, spec: InstrumentSpec, theme: Theme, parent: QWidget) -> Editor:
    """The editor that suits the field's kind."""
    editor: Editor
    if field.kind is FieldKind.CHOICE:
        make: Callable[[Field, Theme, QWidget], ChoiceEditor | SegmentEditor]
        make = SegmentEditor if len(field.choices) <= FEW else ChoiceEditor
        editor = make(field, theme, parent)
    elif field.kind is FieldKind.FLAG:
        editor = FlagEditor(field, theme, parent)
    else:
        editor = LineEditor(field, spec, theme, parent)
    editor.setToolTip(plain_tip(usual_tip(field, spec)))
    if not isinstance(editor, SegmentEditor):
        editor.setAccessibleName(f"{field.label}, {field.unit}" if field.unit else field.label)
    return editor


def usual_tip(field: Field, spec: InstrumentSpec) -> str:
    """What a field is, and by which keys it is filled in, for its tool tip."""
    keys = ""
    match field.kind:
        case FieldKind.PRICE | FieldKind.QUANTITY:
            price = field.kind is FieldKind.PRICE
            by = price_figure(spec.tick, 0) if price else amount_text(spec.step, 0)
            keys = f"{'Ticks' if price else 'Steps'} of {by} {field.unit}: up and down arrows, with Shift ten at a time"
        case FieldKind.CHOICE:
            keys = "Its first letter chooses" if len(field.choices) <= FEW else "A letter or the arrows choose"
        case FieldKind.FLAG:
            keys = "Space ticks it"
        case FieldKind.DATETIME if not field.tip:
            keys = f"Such as {_example(field)}"
        case _:
            pass
    return "\n".join(filter(None, (field.tip or field.label, keys.replace(" :", ":"))))


def stops_of(editor: Editor) -> list[QWidget]:
    """What may have the focus within, in its order: all of it has a place among the tab stops."""
    return [*editor.buttons] if isinstance(editor, SegmentEditor) else [editor]


def entry_of(editor: Editor) -> QWidget:
    """The widget within that takes the focus."""
    return editor.entry if isinstance(editor, SegmentEditor) else editor


def _example(field: Field) -> str:
    """What may be typed, where it is not plain that it may."""
    if field.kind is FieldKind.DATETIME:
        return "15:45, 2026-11-21 15:45 or 90m"
    if field.letters:
        return "25k or 1.5m"
    return "+12p, b-3p" if field.pip else ""


def _height(theme: Theme, compact: bool) -> int:
    return theme.sizes.row_height_compact + 3 if compact else theme.sizes.row_height + 4
