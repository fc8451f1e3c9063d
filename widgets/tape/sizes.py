"""The three sizes that a trader sets: which trades are shown, which stand out, which are heard."""

from itertools import pairwise

import msgspec
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QWidget

from protocols.market.form_text import TextRefused, decimal_from_text
from protocols.market.values import plain_text
from widgets.theme import Theme
from widgets.ticket.sheet import input_sheet
from widgets.wording import PlainLabel, plain_tip

_DECIMALS = 3
WIDTH = 90

_FIELDS = (
    ("least", "Smallest shown", "Smaller trades are left out, of the totals too"),
    ("stands_out", "Stands out from", "Larger trades have a ■ and a bold quantity in another colour"),
    ("heard", "Heard from", "The computer's own alert sound for larger trades as they come, once a second at most, "
     "while the tape is shown"),
)  # fmt: skip


class Sizes(msgspec.Struct, frozen=True):
    """In 1e-9 of the contract's unit, each included; None is off."""

    least: int | None = None
    stands_out: int | None = None
    heard: int | None = None

    def texts(self) -> dict[str, str]:
        """As a workspace keeps them: plain decimals of those that are on."""
        values = msgspec.structs.asdict(self)
        return {name: plain_text(value) for name, value in values.items() if value is not None}


def sizes_from_texts(texts: dict[str, str]) -> Sizes:
    """Raises `TextRefused`, naming what can't be read."""
    values = {}
    for name, title, _ in _FIELDS:
        text = texts.get(name, "").strip()
        if not text:
            continue
        try:
            values[name] = decimal_from_text(text, _DECIMALS)
        except TextRefused as refused:
            raise TextRefused(f"{title}: {refused}") from refused
        if values[name] < 0:
            raise TextRefused(f"{title}: “{text}” is no size")
    return Sizes(**values)


class SizesPopover(QFrame):
    """Three fields, taken over as they are typed. Enter, Esc or a click beside it closes it."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("sizes")
        self.setAccessibleName("Sizes of the trade tape")
        self.sizes = Sizes()
        self.problem = PlainLabel("", self)
        self.problem.setObjectName("problem")
        self.problem.setAccessibleName("What is wrong")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.fields: dict[str, QLineEdit] = {}
        self._labels: list[PlainLabel] = []
        grid = QGridLayout(self)
        for row, (name, title, tip) in enumerate(_FIELDS):
            label, field = PlainLabel(title, self), QLineEdit(self)
            label.setBuddy(field)
            field.setAccessibleName(title)
            field.setToolTip(plain_tip(tip))
            field.setPlaceholderText("off")
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setFixedWidth(WIDTH)
            field.textChanged.connect(self._read)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            self.fields[name] = field
            self._labels.append(label)
        grid.addWidget(self.problem, len(_FIELDS), 0, 1, 2)
        for one, other in pairwise(self.fields.values()):
            self.setTabOrder(one, other)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"#sizes {{ background: {theme.surface_raised.name()}; border: 1px solid {theme.border_strong.name()}; }}"
            f"#problem {{ color: {theme.danger.name()}; }}"
        )
        for label in (*self._labels, self.problem):
            label.setFont(theme.ui_font())
        for field in self.fields.values():
            field.setFont(theme.number_font())
            field.setStyleSheet(input_sheet(theme, "QLineEdit"))

    def set_texts(self, texts: dict[str, str]) -> None:
        """As a workspace kept them; what can't be read stands in its field, with the words for it."""
        for name, field in self.fields.items():
            field.setText(texts.get(name, ""))

    def open_at(self, place: QPoint) -> None:
        """Shows it with its upper left corner at a place on the screen; the first field has the keyboard."""
        self.adjustSize()
        self.move(place)
        self.show()
        first = next(iter(self.fields.values()))
        first.setFocus(Qt.FocusReason.PopupFocusReason)
        first.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)

    def _read(self) -> None:
        try:
            sizes = sizes_from_texts({name: field.text() for name, field in self.fields.items()})
        except TextRefused as refused:
            self.problem.say(str(refused))
            self.problem.show()
            self.adjustSize()
            return
        self.problem.hide()
        self.adjustSize()
        if sizes != self.sizes:
            self.sizes = sizes
            self.changed.emit()
