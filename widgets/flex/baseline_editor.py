"""The baseline of a sell order: a pasted or loaded table, the words that go with it, and a plot of what they come to.

It reads no file: who receives `load_requested` hands the text to `take_text`. Importing this imports pyqtgraph.
"""

from itertools import pairwise
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from protocols.market import baseline_text as text_of
from protocols.market.baseline_text import CheckedBaseline, check_baseline, step_text
from protocols.market.flex import Baseline, Delivery
from protocols.market.times import UtcNs, utc_text
from protocols.market.values import plain_text
from widgets.buttons import button_sheet
from widgets.delivery import delivery_text, period_text, zone_name
from widgets.fields import Toggle
from widgets.flex.baseline_plot import BaselinePlot
from widgets.frame_clock import FrameClock
from widgets.theme import Theme, scroll_bar_sheet
from widgets.ticket.rows import WordsLabel
from widgets.ticket.sheet import input_sheet, list_sheet
from widgets.wording import plain_tip

UTC_ZONE = ZoneInfo("UTC")
EXAMPLE = "2026-11-21 14:00\t1.5\n2026-11-21 14:15\t1.25"
NOT_ONLY = "The venue's page shows only this word; another goes to the venue as it is written here"
_TIPS = {
    text_of.METERING_ID: "The identifier of the metering point, as the venue knows it",
    text_of.UNIT: f"The unit of the values. Nothing is converted. {NOT_ONLY}",
    text_of.RESOLUTION: "A whole number; the venue's page shows 1 and does not say of what",
    text_of.DIRECTION: NOT_ONLY,
    text_of.QUALITY: NOT_ONLY,
    text_of.PRODUCT: NOT_ONLY,
    text_of.READING_END: "When the last reading's time is over. Empty: one step after it",
}
_LINES = 3
"""Problems in view at a time."""


class BaselineEditor(QDialog):
    """Modal over the window that has the ticket. `taken` hands the baseline over; Esc leaves everything as it was."""

    taken = Signal(object)
    """`Baseline`."""
    load_requested = Signal()
    """The trader wants a file's text in the table."""

    def __init__(self, clock: FrameClock, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._theme = theme
        self._delivery = Delivery(UtcNs(0), UtcNs(0))
        self._zone = UTC_ZONE
        self._checked: CheckedBaseline | None = None
        self.setWindowTitle("Baseline")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(860, 560)
        self.fields = {name: QLineEdit(self) for name in _TIPS}
        self._labels: list[QLabel] = []
        self.utc = Toggle(theme, self)
        self.table = QPlainTextEdit(self)
        self.problems = QListWidget(self)
        self.summary = WordsLabel(self)
        self.plot = BaselinePlot(theme, self)
        self.load = QPushButton("Load CSV…", self)
        self.cancel = QPushButton("Cancel", self)
        self.use = QPushButton("Use this baseline", self)
        self._build()
        self.set_theme(theme)

    # What the ticket and the window use

    @property
    def delivery(self) -> Delivery:
        """The window whose order the baseline is for."""
        return self._delivery

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.set_theme(theme)
        self.utc.set_theme(theme)
        for label in self._labels:
            label.setFont(theme.ui_font())
        for line in self.fields.values():
            line.setFont(theme.ui_font())
            line.setFixedHeight(theme.sizes.row_height + 2)
        self.table.setFont(theme.number_font())
        self.table.setStyleSheet(_text_sheet(theme))
        self.table.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))
        self.problems.setStyleSheet(list_sheet(theme))
        self.problems.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))
        self.problems.setFont(theme.ui_font(theme.sizes.font_title))
        self.problems.setFixedHeight(_LINES * (theme.sizes.row_height - 2) + 4)
        for button in (self.load, self.cancel, self.use):
            button.setFont(theme.ui_font())
            button.setStyleSheet(button_sheet(theme))
            button.setFixedHeight(theme.sizes.row_height + 4)
        self._check()

    def edit(self, delivery: Delivery, zone: ZoneInfo, baseline: Baseline | None) -> None:
        """Opens it for an order of this window, with the baseline that the order has so far."""
        self.prepare(delivery, zone, baseline)
        self.open()
        self.fields[text_of.METERING_ID].setFocus(Qt.FocusReason.OtherFocusReason)

    def prepare(self, delivery: Delivery, zone: ZoneInfo, baseline: Baseline | None) -> None:
        """Without a baseline, what was typed the last time stands there still, but for the end of another window's
        readings."""
        if delivery != self._delivery:
            self.fields[text_of.READING_END].clear()
        self._delivery, self._zone = delivery, zone
        self.setWindowTitle(f"Baseline for {period_text(delivery.start, delivery.end, zone)}")
        if baseline is not None:
            self._write(baseline)
        self._name_zone()

    def take_text(self, text: str) -> None:
        """A table from elsewhere, such as a file, in the place of what is there."""
        self.table.setPlainText(text)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, words: str) -> None:
        """Why something from elsewhere did not come into the table."""
        self.summary.say(f"■ {words}", "danger", self._theme)

    def release(self) -> None:
        """Frees what its plot holds."""
        self.plot.release()

    # Qt's calls

    def accept(self) -> None:
        """Hands the baseline over; while something is wrong it stays, and the keys go there."""
        checked = self._check()
        if checked.baseline is not None:
            self.taken.emit(checked.baseline)
            super().accept()
            return
        first = next(iter(checked.problems))
        (self.fields.get(first) or self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.accept()
        elif enter and self.problems.hasFocus():
            self._go_to(self.problems.currentItem())
        elif not enter:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.reject()
        super().closeEvent(event)

    # Within

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for row, (name, line) in enumerate(self.fields.items()):
            label = QLabel(text_of.LABELS[name], self)
            label.setBuddy(line)
            self._labels.append(label)
            line.setText(text_of.DEFAULTS.get(name, ""))
            line.setAccessibleName(text_of.LABELS[name])
            line.setToolTip(plain_tip(_TIPS[name]))
            line.textChanged.connect(self._check)
            place = divmod(row, 2) if row else (0, 0)
            grid.addWidget(label, place[0], 2 * place[1])
            grid.addWidget(line, place[0], 2 * place[1] + 1)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(3, 2)
        self.fields[text_of.READING_END].setPlaceholderText("one step after the last")
        self.utc.setToolTip("In which zone times are that name none: UTC as at the venue, or market time (Space)")
        self.utc.toggled.connect(self._name_zone)
        self.table.setTabChangesFocus(True)
        self.table.setAccessibleName("Readings: a time and a value in each row")
        self.table.setToolTip("Paste rows of a time and a value, parted by a tab, a semicolon or a comma")
        self.table.setPlaceholderText(EXAMPLE)
        self.table.textChanged.connect(self._check)
        self.problems.setAccessibleName("What is wrong")
        self.problems.setWordWrap(True)
        self.problems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.problems.setToolTip("Enter or a click goes to the row")
        self.problems.itemClicked.connect(self._go_to)
        self.load.setToolTip("Read a file into the table: nothing of it is converted")
        self.load.setAccessibleName("Load a CSV file")
        self.load.clicked.connect(self.load_requested)
        self.cancel.setToolTip("Leave the order's baseline as it is (Esc)")
        self.cancel.clicked.connect(self.reject)
        self.use.setToolTip("Put this baseline to the order (Ctrl+Enter)")
        self.use.clicked.connect(self.accept)
        for button in (self.load, self.cancel, self.use):
            button.setAutoDefault(False)
        self._lay_out(grid)
        for one, other in pairwise(
            (*self.fields.values(), self.utc, self.load, self.table, self.problems, self.cancel, self.use)
        ):
            self.setTabOrder(one, other)

    def _lay_out(self, grid: QGridLayout) -> None:
        above = QHBoxLayout()
        above.addWidget(self.utc)
        above.addStretch(1)
        above.addWidget(self.load)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(above)
        left.addWidget(self.table, 1)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self.plot, 1)
        right.addWidget(self.summary)
        right.addWidget(self.problems)
        parts = QHBoxLayout()
        parts.setSpacing(10)
        parts.addLayout(left, 2)
        parts.addLayout(right, 3)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addLayout(grid)
        column.addLayout(parts, 1)
        column.addLayout(foot)

    def _write(self, baseline: Baseline) -> None:
        """As it was taken: times in UTC, every digit."""
        texts = {
            text_of.METERING_ID: baseline.metering_id,
            text_of.UNIT: baseline.unit_measured,
            text_of.RESOLUTION: str(baseline.resolution),
            text_of.DIRECTION: baseline.direction,
            text_of.QUALITY: baseline.quality,
            text_of.PRODUCT: baseline.energy_product,
            text_of.READING_END: utc_text(baseline.reading_end),
        }
        for name, text in texts.items():
            self.fields[name].setText(text)
        rows = (f"{utc_text(reading.at)}\t{plain_text(reading.value)}" for reading in baseline.readings)
        self.table.setPlainText("\n".join(rows))

    def _name_zone(self) -> None:
        name = zone_name(self._delivery.start, self._zone)
        words = "Times are UTC" if self.utc.isChecked() else f"Times are {name}"
        self.utc.set_words(f"{words} where they name no zone")
        self.utc.setAccessibleName(self.utc.text())
        self._check()

    def _check(self) -> CheckedBaseline:
        """What the texts come to now, shown."""
        texts = {name: line.text() for name, line in self.fields.items()}
        texts[text_of.TABLE] = self.table.toPlainText()
        zone = UTC_ZONE if self.utc.isChecked() else self._zone
        checked = self._checked = check_baseline(texts, self._clock.now.utc, zone)
        theme = self._theme
        for name, line in self.fields.items():
            wrong = name in checked.problems and (bool(line.text()) or bool(texts[text_of.TABLE]))
            line.setStyleSheet(input_sheet(theme, "QLineEdit", theme.danger if wrong else None))
            line.setAccessibleDescription(checked.problems.get(name, ""))
        self._show_problems(checked)
        self._sum_up(checked)
        end = checked.baseline.reading_end if checked.baseline is not None else None
        readings, unit = checked.table.readings, self.fields[text_of.UNIT].text()
        self.plot.show_readings(readings, end, unit, self._delivery, self._zone)
        self.use.setEnabled(checked.baseline is not None)
        return checked

    def _show_problems(self, checked: CheckedBaseline) -> None:
        table = checked.table
        entries = [(problem.text, problem.row) for problem in table.problems]
        if table.more_problems:
            entries.append((f"and {table.more_problems} more", 0))
        entries += [
            (words, 0) for name, words in checked.problems.items() if name != text_of.TABLE or not table.problems
        ]
        self.problems.clear()
        for words, row in entries:
            item = QListWidgetItem(f"■ {words}")
            item.setData(Qt.ItemDataRole.UserRole, row)
            item.setForeground(self._theme.danger)
            self.problems.addItem(item)
        self.problems.setVisible(bool(entries))

    def _go_to(self, item: QListWidgetItem | None) -> None:
        row = 0 if item is None else int(item.data(Qt.ItemDataRole.UserRole))
        if row:
            cursor = QTextCursor(self.table.document().findBlockByNumber(row - 1))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            self.table.setTextCursor(cursor)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sum_up(self, checked: CheckedBaseline) -> None:
        words, covers = baseline_words(checked, self.fields[text_of.UNIT].text(), self._delivery, self._zone)
        self.summary.say(words, "text_secondary" if covers else "warning", self._theme)


def baseline_words(checked: CheckedBaseline, unit: str, delivery: Delivery, zone: ZoneInfo) -> tuple[str, bool]:
    """`4 readings in kWh, every 15 min, 14:00–15:00 CET`; and whether they cover the window, as the words say too."""
    readings, baseline = checked.table.readings, checked.baseline
    if not readings:
        return "No readings yet", True
    step = checked.table.step
    every = f", every {step_text(step)}" if step is not None else ", not evenly spaced" if len(readings) > 1 else ""
    count = f"{len(readings)} reading{'s' * (len(readings) != 1)} in {unit or 'no unit'}{every}"
    if baseline is None:
        return count, True
    span = delivery_text(baseline.reading_start, baseline.reading_end, zone)
    words = f"{count}, {span} {zone_name(baseline.reading_start, zone)}"
    if baseline.reading_start <= delivery.start and baseline.reading_end >= delivery.end:
        return f"{words}: the whole delivery window", True
    return f"▲ {words}: not the whole delivery window, {delivery_text(delivery.start, delivery.end, zone)}", False


def _text_sheet(theme: Theme) -> str:
    well = theme.surface_sunken if theme.surface.lightness() < 128 else theme.surface
    return f"""
    QPlainTextEdit {{
        background: {well.name()}; color: {theme.text.name()};
        border: 1px solid {theme.border_strong.name()}; border-radius: {theme.sizes.radius}px; padding: 2px;
        selection-background-color: {theme.selection.name()}; selection-color: {theme.text.name()};
    }}
    QPlainTextEdit:focus {{ border-color: {theme.focus_ring.name()}; }}
    """
