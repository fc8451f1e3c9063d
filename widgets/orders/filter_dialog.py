"""The filter of one column, by keyboard alone: ticks, two ends of a range, or words. What is done is seen at once."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from protocols.market.times import UtcNs
from widgets.buttons import dialog_button
from widgets.figures import grouped
from widgets.orders.catalogue import COLUMNS, KINDS, Col, Kind
from widgets.orders.conditions import Choice, Condition, Range, Words
from widgets.orders.moments import EndRefused, end_of_range, end_text
from widgets.theme import Theme, scroll_bar_sheet
from widgets.tick_list import TickList, TickPainter, tick_state
from widgets.wording import PlainLabel

LIST_SIZE, FIELD_SIZE = QSize(300, 360), QSize(340, 150)
TEXT = Qt.ItemDataRole.UserRole

Changed = Callable[[Condition | None], object]


class FilterDialog(QDialog):
    """Tells `changed` of every condition that is whole; None takes the filter away. Deletes itself when it closes.

    A choice of everything is no filter: what comes later is shown as well.
    """

    def __init__(
        self,
        column: Col,
        condition: Condition | None,
        offered: Sequence[tuple[str, int]],
        time: tuple[UtcNs, ZoneInfo],
        changed: Changed,
        theme: Theme,
        parent: QWidget | None,
    ) -> None:
        """`offered` are the texts that the column has, each with how many orders have it; `time` is now, and the zone
        that times are typed in."""
        super().__init__(parent)
        self._kind = KINDS[column]
        self._changed = changed
        self._theme = theme
        self._now, self._zone = time
        title = COLUMNS[column].title
        self.setWindowTitle(f"Filter: {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.refused = PlainLabel("", self)
        self.refused.setAccessibleName("Why it is refused")
        self.refused.set_ink(theme.danger)
        self.fields: list[QLineEdit] = []
        column_box = QVBoxLayout(self)
        if self._kind is Kind.CHOICE:
            self.resize(LIST_SIZE)
            self._build_list(title, condition, offered, column_box)
        else:
            self.resize(FIELD_SIZE)
            self._build_fields(title, condition, column_box)
            column_box.addWidget(self.refused)
            column_box.addStretch(1)
        self.clear = dialog_button("Show all", "Take the filter of this column away", self._clear, theme, self)
        self.close_button = dialog_button("Close", "Keep it like this (Esc or Enter)", self.close, theme, self)
        self.close_button.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column_box.addLayout(row)

    def _build_list(
        self, title: str, condition: Condition | None, offered: Sequence[tuple[str, int]], box: QVBoxLayout
    ) -> None:
        chosen = condition.texts if isinstance(condition, Choice) else None
        self.list = TickList(self)
        self.list.setAccessibleName(f"{title}: which are shown")
        self.list.setToolTip("Space shows and hides; Ctrl+A shows all, Ctrl+U none")
        self.list.setItemDelegate(TickPainter(self._theme, self.list))
        self.list.verticalScrollBar().setStyleSheet(scroll_bar_sheet(self._theme))
        counted = dict(offered)
        for text in [*counted, *(text for text in chosen or () if text not in counted)]:
            item = QListWidgetItem(f"{text or 'nothing'}   {grouped(counted.get(text, 0))}", self.list)
            item.setData(TEXT, text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(tick_state(chosen is None or text in chosen))
        self.list.setCurrentRow(0)
        self.list.itemChanged.connect(self._ticked)
        self.list.all_ticked.connect(self._tick_all)
        box.addWidget(self.list, 1)
        self.list.setFocus()

    def _build_fields(self, title: str, condition: Condition | None, box: QVBoxLayout) -> None:
        if self._kind is Kind.TEXT:
            texts = [condition.text if isinstance(condition, Words) else ""]
            names = [("Has", f"Show only orders whose {title.lower()} has these words")]
        else:
            ends = (condition.least, condition.most) if isinstance(condition, Range) else (None, None)
            texts = [end_text(end, self._kind, self._zone) for end in ends]
            like = "14:30, or 2026-11-20 14:30" if self._kind is Kind.TIME else "a number"
            names = [("From", f"The lowest that is shown: {like}"), ("To", f"The highest that is shown: {like}")]
        for (name, tip), text in zip(names, texts, strict=True):
            field = QLineEdit(text, self)
            field.setAccessibleName(f"{title}: {name.lower()}")
            field.setToolTip(tip)
            field.setFont(self._theme.number_font())
            field.textEdited.connect(self._typed)
            label = QLabel(name, self)
            label.setMinimumWidth(40)
            label.setBuddy(field)
            row = QHBoxLayout()
            row.addWidget(label)
            row.addWidget(field, 1)
            box.addLayout(row)
            self.fields.append(field)
        self.fields[0].setFocus()
        self.fields[0].selectAll()

    def _ticked(self) -> None:
        items = [self.list.item(row) for row in range(self.list.count())]
        chosen = [str(item.data(TEXT)) for item in items if item.checkState() is Qt.CheckState.Checked]
        self._changed(None if len(chosen) == len(items) else Choice(tuple(chosen)))

    def _tick_all(self, on: bool) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(tick_state(on))
        self.list.blockSignals(False)
        self._ticked()

    def _typed(self) -> None:
        self.refused.say("")
        if self._kind is Kind.TEXT:
            text = self.fields[0].text().strip()
            self._changed(Words(text) if text else None)
            return
        try:
            least, most = (
                end_of_range(field.text(), self._kind, self._now, self._zone, last=last)
                for field, last in zip(self.fields, (False, True), strict=True)
            )
        except EndRefused as refused:
            self.refused.say(f"{refused}; the filter is as it was")
            return
        if least is not None and most is not None and least > most:
            self.refused.say("From is above to; the filter is as it was")
            return
        self._changed(None if least is None and most is None else Range(least, most))

    def _clear(self) -> None:
        if self._kind is Kind.CHOICE:
            self._tick_all(True)
            return
        for field in self.fields:
            field.clear()
        self._typed()
