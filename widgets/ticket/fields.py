"""A form as it is drawn and filled in: its rows, and what stands in them. It checks, and decides nothing.

What a text means is decided when it is typed (`Typed`): pips count from the quote of that moment and a duration from
its second, however long the order then waits to be sent.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from protocols.market import forms
from protocols.market.forms import Checked, Field, FieldKind, OrderForm
from protocols.market.instruments import Instrument
from protocols.market.pips import Typed
from protocols.market.times import UtcNs
from widgets.delivery import instrument_zone
from widgets.theme import Theme, scroll_bar_sheet
from widgets.ticket.editors import stops_of
from widgets.ticket.findings import Finding, Level
from widgets.ticket.rows import FieldRow

SCROLL_BAR = 10


class FormFields(QScrollArea):
    """The rows of one form at a time. `typed_now` tells the time and the quote that a text typed now counts from."""

    edited = Signal()
    """A text changed, by a hand or because another did; not by `write`."""
    left = Signal(str)
    """A field that has a text was left; its name."""

    def __init__(self, typed_now: Callable[[], Typed], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._typed_now = typed_now
        self._theme = theme
        self._compact = False
        self._filling = False
        self._defaults: dict[str, str] = {}
        self.form: OrderForm | None = None
        self.instrument: Instrument | None = None
        self.rows: dict[str, FieldRow] = {}
        self.typed: dict[str, Typed] = {}
        """What there was when each field's text was typed, by name."""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_theme(self, theme: Theme, compact: bool) -> None:
        self._theme, self._compact = theme, compact
        self.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))
        for row in self.rows.values():
            row.set_theme(theme, compact)
        self._space()

    @property
    def zone(self) -> tzinfo:
        """The one in which times of day are meant."""
        assert self.instrument is not None
        return instrument_zone(self.instrument)

    def texts(self) -> dict[str, str]:
        """What stands in the fields, by name."""
        return {name: row.editor.text() for name, row in self.rows.items()}

    def carried_to(self, form: OrderForm | None) -> tuple[dict[str, str], bool]:
        """What was filled in and goes on to another contract's form; and whether times stay behind. A time of which
        each contract has its own, such as when delivery begins, would make it an order for the contract before."""
        texts = self.texts()
        before = self.form.defaults(texts) if self.form is not None else {}
        filled = {name: text for name, text in texts.items() if text != before[name]}
        after = form.defaults(filled) if form is not None else {}
        times = {field.name for field in form.fields if field.kind is FieldKind.DATETIME} if form is not None else set()
        left = [name for name in filled if name in times and after[name] != before[name]]
        return {name: text for name, text in filled.items() if name not in left}, any(filled[name] for name in left)

    def suits(self, form: OrderForm | None, instrument: Instrument | None) -> bool:
        """Whether the rows are this form's already; then what is in them stays, and is of this instrument from now."""
        known = self.instrument
        if form is None or instrument is None or known is None or form != self.form or instrument.spec != known.spec:
            return False
        self.instrument = instrument
        return True

    def draw(self, form: OrderForm | None, instrument: Instrument | None) -> None:
        """The form's rows with their defaults; the old ones go with the widget that held them. None clears."""
        focused = next((name for name, row in self.rows.items() if row.entry.hasFocus()), "")
        self.form, self.instrument = (None, None) if form is None or instrument is None else (form, instrument)
        self.rows, self.typed = {}, {}
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        for field in () if self.form is None else self.form.fields:
            self.rows[field.name] = self._row(field, grid, page)
        grid.setRowStretch(grid.rowCount(), 1)
        self.setWidget(page)
        self._space()
        self.setMinimumWidth(page.minimumSizeHint().width() + SCROLL_BAR)
        if focused in self.rows:
            self.focus_on(focused)

    def write(self, texts: Mapping[str, str]) -> None:
        """These texts, and the defaults where there is none; as if nobody had touched a field."""
        self._filling = True
        self._defaults = {} if self.form is None else self.form.defaults(texts)
        typed = self._typed_now()
        for name, row in self.rows.items():
            row.touched = False
            row.remark("")
            row.editor.set_text(texts.get(name, self._defaults[name]))
            self.typed[name] = typed
        self._filling = False
        self._show_those_with_a_say()

    def empty(self, name: str) -> None:
        """One field as if nobody had touched it, without a text."""
        row = self.rows[name]
        self._filling = True
        row.editor.set_text("")
        row.touched = self._filling = False

    def lock(self, locks: Mapping[str, str]) -> None:
        """Fields that can't be changed, and why; the others are open. Who is typing into one that is locked now, such
        as a quantity of which a part was executed, types on into nothing: Qt would go on in the next field."""
        for name, row in self.rows.items():
            if row.locked != locks.get(name, ""):
                if locks.get(name) and row.entry.hasFocus():
                    self.setFocus(Qt.FocusReason.OtherFocusReason)
                row.lock(locks.get(name, ""))
        self._show_those_with_a_say()

    def check(self, now: UtcNs) -> Checked | None:
        """What the texts come to; None without a form."""
        if self.form is None or self.instrument is None:
            return None
        return forms.check(self.form, self.texts(), self.instrument.spec, now, self.zone, self.typed)

    def understand(self, checked: Checked) -> None:
        """Shows what the texts come to, and what is wrong with those fields that were left already."""
        assert self.instrument is not None
        spec = self.instrument.spec
        for name, row in self.rows.items():
            value = checked.values.get(name)
            number = value if isinstance(value, int) else None
            row.understand("" if value is None else forms.understood(row.field, value, spec, self.zone), number)
            problem = checked.problems.get(name) if row.touched else None
            row.complain(Level.BLOCK if problem else None, problem or "")

    def show_findings(self, findings: Iterable[Finding]) -> None:
        """Findings at their fields; those of no field that is shown are somebody else's to show."""
        found = list(findings)
        for name, row in self.rows.items():
            of_row = [finding for finding in found if finding.field == name and row.shown]
            worst = next((f for f in of_row if f.level is Level.BLOCK), of_row[0] if of_row else None)
            row.complain(worst.level if worst else None, "; ".join(f.words for f in of_row))

    def shows(self, name: str) -> bool:
        return name in self.rows and self.rows[name].shown

    def touch_all(self) -> None:
        """From now on every field says what is wrong with it."""
        for row in self.rows.values():
            row.touched = True

    def focus_on(self, name: str) -> None:
        self.rows[name].entry.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def first_open(self) -> QWidget | None:
        """Where filling in begins: the first field that can be changed. What can't be takes no focus."""
        entries = (row.entry for row in self.rows.values() if row.shown)
        return next((entry for entry in entries if entry.isEnabledTo(self)), None)

    def entries(self) -> list[QWidget]:
        """What may have the focus, in the order of the form."""
        return [stop for row in self.rows.values() for stop in stops_of(row.editor)]

    # Within

    def _row(self, field: Field, grid: QGridLayout, page: QWidget) -> FieldRow:
        assert self.instrument is not None
        row = FieldRow(field, self.instrument.spec, self._theme, grid, page)
        row.set_theme(self._theme, self._compact)
        row.editor.changed.connect(lambda: self._changed(field.name))
        row.editor.left.connect(lambda: self._left(field.name))
        return row

    def _changed(self, name: str) -> None:
        if self._filling:
            return
        self.typed[name] = self._typed_now()
        self.rows[name].remark("")
        self._follow_defaults()
        self._show_those_with_a_say()
        self.edited.emit()

    def _left(self, name: str) -> None:
        """A field was filled in and left: from now on it says what is wrong with it."""
        if not self._filling and self.rows[name].editor.text():
            self.rows[name].touched = True
            self.left.emit(name)

    def _follow_defaults(self) -> None:
        """A default that hangs on another field changes with it, and says so, unless somebody chose another word."""
        texts = self.texts()
        for name, row in self.rows.items():
            before, default = self._defaults[name], forms.default_of(row.field, texts)
            self._defaults[name] = default
            if default == before or texts[name] != before:
                continue
            self._filling = True
            row.editor.set_text(default)
            self._filling = False
            labels = {choice.value: choice.label for choice in row.field.choices}
            row.remark(f"changed with the type, was “{labels.get(before, before)}”")

    def _show_those_with_a_say(self) -> None:
        """A field that hangs on a choice is there only with it, and empty without; one that hangs on another's text
        is greyed out, unless something stands in it: that is refused, never left out in silence."""
        texts = self.texts()
        for name, row in self.rows.items():
            when = row.field.only_when
            if when is None:
                continue
            has_a_say = forms.has_a_say(row.field, texts)
            if when.values:
                row.set_shown(has_a_say)
                if not has_a_say and row.editor.text():
                    self.empty(name)
            else:
                row.set_enabled(has_a_say or bool(row.editor.text()))

    def _space(self) -> None:
        page = self.widget()
        grid = page.layout() if page is not None else None
        if isinstance(grid, QGridLayout):
            grid.setContentsMargins(8, 6, 8, 6)
            grid.setHorizontalSpacing(8)
            grid.setVerticalSpacing(1 if self._compact else 3)
