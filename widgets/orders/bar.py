"""What stands above the orders: the search, the switches, the grouping, how fresh they are, and what is filtered."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from widgets.buttons import dress_small
from widgets.fields import FilterField, Toggle
from widgets.key_texts import KeyTexts
from widgets.orders.catalogue import GroupBy
from widgets.theme import Theme
from widgets.wording import PlainLabel, StandingStrip


class OrdersBar(QWidget):
    """Says what was chosen here; who owns it shows the orders accordingly."""

    filter_changed = Signal()
    """The search, or a switch."""
    group_asked = Signal()
    all_asked = Signal()
    """All columns' filters are to go."""
    export_asked = Signal()
    """What is shown is to go into a file."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        tip = "Show only orders with these words: contract, area, prices, status, reason, ids"
        self.filter = FilterField("orders.filter", "Filter orders", tip, self)
        self.only_working = Toggle(theme, self)
        self.only_own = Toggle(theme, self)
        self.only_linked = Toggle(theme, self)
        self.group = Toggle(theme, self)
        self.standing = StandingStrip(theme, self)
        self.export = QPushButton("Export…", self)
        self.conditions = PlainLabel("", self)
        self.all = QPushButton("Show all", self)
        self._filters = QWidget(self)
        self._build()
        self.set_theme(theme)
        self.show_group(GroupBy.NONE)
        self.show_conditions("")

    def set_theme(self, theme: Theme) -> None:
        for field in (self.filter, self.only_working, self.only_own, self.only_linked, self.group, self.standing):
            field.set_theme(theme)
        self.conditions.setFont(theme.ui_font(theme.sizes.font_title))
        self.conditions.set_ink(theme.accent)
        dress_small(theme, self.export, self.all)

    def set_keys(self, keys: KeyTexts) -> None:
        self.filter.set_keys(keys)
        for widget, act, words in (
            (self.only_working, "orders.working", "Show only orders that are not over: pending and in doubt included"),
            (self.only_own, "orders.own", "Show only our orders, none of a colleague's"),
            (self.only_linked, "orders.linked", "Show only the orders of the link group's contract"),
            (self.group, "orders.group", "Put orders together by venue, contract, side, status or pair"),
            (self.export, "orders.export", "Write the orders that are shown into a file"),
            (self.all, "orders.clear_filters", "Take the filters of all columns away"),
        ):
            widget.setToolTip(keys.tip(words, act))

    def show_group(self, group: GroupBy) -> None:
        grouped = group is not GroupBy.NONE
        self.group.set_words(f"By {group.words.lower()} ▾" if grouped else f"{group.words} ▾")
        self.group.setChecked(grouped)
        self.group.setAccessibleName(f"Grouping: {group.words}")

    def show_conditions(self, words: str) -> None:
        """Which columns are filtered, and how: nobody overlooks why an order is not there."""
        self.conditions.say(words)
        self.conditions.setAccessibleName(words)
        self._filters.setVisible(bool(words))

    def _build(self) -> None:
        self.filter.setMaximumWidth(200)
        self.filter.textChanged.connect(self.filter_changed)
        self.only_working.set_words("Only working")
        self.only_working.setAccessibleName("Only working orders")
        self.only_own.set_words("Only own")
        self.only_own.setAccessibleName("Only own orders")
        self.only_linked.setAccessibleName("Only the link group's contract")
        for toggle in (self.only_working, self.only_own, self.only_linked):
            toggle.toggled.connect(self.filter_changed)
        self.group.setCheckable(False)
        self.group.clicked.connect(self.group_asked)
        self.export.clicked.connect(self.export_asked)
        self.export.setAccessibleName("Export orders")
        self.all.clicked.connect(self.all_asked)
        self.all.setAccessibleName("Show all: no column is filtered")
        self.conditions.elide()
        self.conditions.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 4, 6, 4)
        bar.setSpacing(4)
        bar.addWidget(self.filter, 1)
        for widget in (self.only_working, self.only_own, self.only_linked, self.group):
            bar.addWidget(widget)
        bar.addWidget(self.standing, 2)
        bar.addWidget(self.export)
        filters = QHBoxLayout(self._filters)
        filters.setContentsMargins(8, 0, 6, 4)
        filters.addWidget(self.conditions, 1)
        filters.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._filters)
