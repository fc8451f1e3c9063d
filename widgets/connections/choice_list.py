"""A list of names with ticks: a heading that counts them, and buttons that tick all or none of what is shown."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from widgets.buttons import button_sheet
from widgets.theme import Theme, scroll_bar_sheet
from widgets.tick_list import TickList, TickPainter, tick_state
from widgets.wording import PlainLabel, plain_tip

NAME = Qt.ItemDataRole.UserRole
BUTTON_HEIGHT = 24


class ChoiceList(QWidget):
    """`names` are what is chosen from, in order, each with how people read it."""

    changed = Signal()

    def __init__(self, title: str, names: Mapping[str, str], chosen: Collection[str], whose: str, theme: Theme) -> None:
        super().__init__()
        self._title = title
        self._theme = theme
        self.heading = PlainLabel("", self)
        self.list = TickList(self)
        self.list.setAccessibleName(f"{title} of {whose}")
        self.list.setToolTip(plain_tip("Space ticks and unticks; Up and Down move"))
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(TickPainter(theme, self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))
        for name, readable in names.items():
            item = QListWidgetItem(readable, self.list)
            item.setData(NAME, name)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(tick_state(name in chosen))
        self.list.setCurrentRow(0)
        self.list.itemChanged.connect(self._count)
        what = title.lower()
        self.all = self._button("All", f"Tick all {what} that are shown", "Ctrl+A in the list", True)
        self.none = self._button("None", f"Untick all {what} that are shown", "Ctrl+U in the list", False)
        self.list.all_ticked.connect(self._tick_shown)
        above = QHBoxLayout()
        above.addWidget(self.heading, 1)
        above.addWidget(self.all)
        above.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(above)
        column.addWidget(self.list)
        self._count()

    def chosen(self) -> tuple[str, ...]:
        """What is ticked, shown or not, in the list's order."""
        return tuple(item.data(NAME) for item in self.items if item.checkState() is Qt.CheckState.Checked)

    def filter(self, text: str) -> None:
        """Shows what holds every word of it."""
        words = text.casefold().split()
        for item in self.items:
            item.setHidden(not all(word in item.text().casefold() for word in words))
        current = self.list.currentItem()
        if current is None or current.isHidden():
            shown = next((item for item in self.items if not item.isHidden()), None)
            if shown is not None:
                self.list.setCurrentItem(shown)

    @property
    def items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    @property
    def tab_order(self) -> tuple[QWidget, ...]:
        return self.all, self.none, self.list

    def _button(self, text: str, tip: str, keys: str, on: bool) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setStyleSheet(button_sheet(self._theme))
        button.setFixedHeight(BUTTON_HEIGHT)
        button.setToolTip(f"{tip} ({keys})")
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: self._tick_shown(on))
        return button

    def _tick_shown(self, on: bool) -> None:
        for item in self.items:
            if not item.isHidden():
                item.setCheckState(tick_state(on))

    def _count(self) -> None:
        self.heading.say(f"{self._title}: {len(self.chosen())} of {self.list.count()}")
        self.changed.emit()
