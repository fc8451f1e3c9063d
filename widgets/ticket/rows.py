"""One line of the ticket per field: label, editor, what was understood, and beneath it what is wrong or to be known."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from protocols.market.forms import Field, FieldKind
from protocols.market.instruments import InstrumentSpec
from widgets.figures import true_minus
from widgets.theme import Theme
from widgets.ticket.editors import Editor, LineEditor, editor_for, entry_of, usual_tip
from widgets.ticket.findings import Level
from widgets.wording import plain_tip

MARKS = {Level.BLOCK: "■", Level.WARN: "▲"}
INKS = {Level.BLOCK: "danger", Level.WARN: "warning"}
_BESIDE = (FieldKind.PRICE, FieldKind.QUANTITY)
_LONGEST = {FieldKind.PRICE: "= −9999.99", FieldKind.QUANTITY: "= 9 999.9"}
_LONGEST_WITH_LETTERS = "= 99 999 999"


class WordsLabel(QLabel):
    """Plain words in one ink, as many lines as they need."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._ink = "text_secondary"

    def say(self, text: str, ink: str, theme: Theme) -> None:
        self._ink = ink
        self.setText(text)
        self.setVisible(bool(text))
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.setFont(theme.ui_font(theme.sizes.font_title))
        palette = self.palette()
        palette.setColor(self.foregroundRole(), getattr(theme, self._ink))
        self.setPalette(palette)


class FieldRow:
    """A field's widgets, placed in two rows of a grid."""

    def __init__(self, field: Field, spec: InstrumentSpec, theme: Theme, grid: QGridLayout, parent: QWidget) -> None:
        self.field = field
        self._spec = spec
        self._theme = theme
        self._problem: tuple[Level, str] | None = None
        self._understood = ""
        self._remark = ""
        self._aside = ""
        self._locked = ""
        self._said: tuple[str, str] | None = None
        self.shown = True
        self.touched = False
        self.editor: Editor = editor_for(field, spec, theme, parent)
        flag = field.kind is FieldKind.FLAG
        self.label = QLabel("" if flag else field.label, parent)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setBuddy(self.entry)
        self.note = QLabel(field.unit, parent)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.words = WordsLabel(parent)
        line = 2 * grid.rowCount()
        beside = field.kind in _BESIDE
        grid.addWidget(self.label, line, 0)
        grid.addWidget(self.editor, line, 1, 1, 1 if beside else 2)
        if beside:
            grid.addWidget(self.note, line, 2)
        else:
            self.note.hide()
        grid.addWidget(self.words, line + 1, 1, 1, 2)
        self.words.hide()
        self.set_theme(theme, compact=False)

    @property
    def problem(self) -> str:
        """The words beneath the field that say what is wrong; empty for nothing."""
        return self._problem[1] if self._problem is not None else ""

    @property
    def entry(self) -> QWidget:
        """What takes the focus."""
        return entry_of(self.editor)

    @property
    def understood(self) -> str:
        return self._understood

    @property
    def locked(self) -> str:
        """Why it can't be changed; empty when it can."""
        return self._locked

    def set_theme(self, theme: Theme, compact: bool) -> None:
        self._theme = theme
        self._said = None
        self.editor.dress(theme, compact)
        self.label.setFont(theme.ui_font())
        self.note.setFont(theme.ui_font(theme.sizes.font_title))
        for label in (self.label, self.note):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), theme.text_secondary)
            label.setPalette(palette)
        # Room for the longest, so that the fields don't move while one is filled in.
        longest = _LONGEST_WITH_LETTERS if self.field.letters else _LONGEST.get(self.field.kind, "")
        self.note.setMinimumWidth(self.note.fontMetrics().horizontalAdvance(f"{longest} {self.field.unit}"))
        self._show()

    def understand(self, words: str, value: int | None = None) -> None:
        """What the text was taken for, in words and for a number as such; empty while it can't be."""
        self._understood = true_minus(words)
        if isinstance(self.editor, LineEditor):
            self.editor.understood = value
        self._show()

    def complain(self, level: Level | None, words: str = "") -> None:
        """What is wrong; None for nothing."""
        self._problem = None if level is None else (level, true_minus(words))
        self._show()

    def remark(self, words: str) -> None:
        """What happened to the field without a hand on it; empty for nothing."""
        self._remark = words
        self._show()

    def put_aside(self, words: str) -> None:
        """What is worth knowing of the value, such as how far from the market it is; empty for nothing."""
        self._aside = words
        self._show()

    def lock(self, why: str) -> None:
        """Not to be changed, and why; empty opens it again."""
        self._locked = why
        for widget in (self.label, self.editor, self.note):
            widget.setEnabled(not why)
        self.editor.setToolTip(plain_tip(why or usual_tip(self.field, self._spec)))
        self._show()

    def set_shown(self, shown: bool) -> None:
        self.shown = shown
        for widget in (self.label, self.editor):
            widget.setVisible(shown)
        self.note.setVisible(shown and self.field.kind in _BESIDE)
        if not shown:
            self.complain(None)
            self.words.hide()

    def set_enabled(self, enabled: bool) -> None:
        for widget in (self.label, self.editor, self.note):
            widget.setEnabled(enabled and not self._locked)

    def _show(self) -> None:
        beside = self.field.kind in _BESIDE
        if beside:
            self.note.setText(f"= {self._understood}" if self._understood else self.field.unit)
        understood = f"= {self._understood}" if self._understood and not beside else ""
        known = "  ·  ".join(filter(None, (understood, self._remark, self._aside, self._locked)))
        text, ink = known, "text_secondary"
        if self._problem is not None:
            level, words = self._problem
            text, ink = f"{MARKS[level]} {words}", INKS[level]
        if (text, ink) == self._said or not self.shown:
            return
        self._said = (text, ink)
        self.words.say(text, ink, self._theme)
        self.editor.mark("" if self._problem is None else ink)
        spoken = self.problem or known
        self.entry.setAccessibleDescription(spoken or self.field.tip)
