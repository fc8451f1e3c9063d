"""What stands above the tape's rows: the filter, the switches, how fresh the trades are, and the way into a file."""

from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from widgets.buttons import button_sheet
from widgets.fields import FilterField, Toggle
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.tape.sizes import SizesPopover
from widgets.theme import Theme
from widgets.wording import StandingStrip, plain_tip

FILTER_TIP = (
    "Show only trades with these words: contract, area, product, connection, own, bought, sold, recalled, cancelled, "
    "disputed; or of a size: >10, <=5, 10..50"
)
FILTER_WIDTH = 200


class TapeBar(QWidget):
    """`changed` when other trades are to be shown."""

    changed = Signal()
    export_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._linked_words = ("", "")
        self.filter = FilterField("tape.filter", "Filter the trade tape", FILTER_TIP, self)
        self.only_linked = Toggle(theme, self)
        self.merged = Toggle(theme, self)
        self.sizes_button = QPushButton("Sizes…", self)
        self.sizes = SizesPopover(theme, self)
        self.standing = StandingStrip(theme, self)
        self.export = QPushButton("Export…", self)
        self._build()
        self.set_keys(NO_KEYS)
        self.set_theme(theme)

    @property
    def tab_order(self) -> tuple[QWidget, ...]:
        return self.filter, self.only_linked, self.merged, self.sizes_button, self.export

    def set_theme(self, theme: Theme) -> None:
        for themed in (self.filter, self.only_linked, self.merged, self.sizes, self.standing):
            themed.set_theme(theme)
        for button in (self.sizes_button, self.export):
            button.setFont(theme.ui_font(theme.sizes.font_title))
            button.setStyleSheet(button_sheet(theme))
            button.setFixedHeight(self.merged.sizeHint().height())

    def set_keys(self, keys: KeyTexts) -> None:
        self._keys = keys
        self.filter.set_keys(keys)
        self.merged.setToolTip(
            plain_tip(
                keys.tip(
                    "Trades of the same contracts, price and time of execution as one row, with their number; own "
                    "trades stay apart",
                    "tape.merge",
                )
            )
        )
        self.sizes_button.setToolTip(keys.tip("Which sizes are shown, stand out and are heard", "tape.sizes"))
        self.export.setToolTip(keys.tip("Write the trades that are shown into a file", "tape.export"))
        self.name_linked(*self._linked_words)

    def name_linked(self, name: str, tip: str) -> None:
        """`name` is the link group's contract in words, `tip` what the switch does."""
        self._linked_words = name, tip
        one = self.only_linked.isChecked()
        self.only_linked.set_words(f"Only {name}" if one else "All contracts")
        self.only_linked.setToolTip(plain_tip(self._keys.tip(tip, "tape.linked")))
        self.only_linked.setAccessibleName(f"Trades of {name} only" if one else "Trades of all contracts")

    def open_sizes(self) -> None:
        """The popover, below its button."""
        self.sizes.open_at(self.sizes_button.mapToGlobal(self.sizes_button.rect().bottomLeft()))

    def _build(self) -> None:
        self.filter.setMaximumWidth(FILTER_WIDTH)
        self.filter.textChanged.connect(self.changed)
        self.only_linked.toggled.connect(self.changed)
        self.merged.set_words("Merged")
        self.merged.setAccessibleName("Equal trades merged")
        self.merged.toggled.connect(self.changed)
        self.sizes_button.setAccessibleName("Sizes of the trade tape")
        self.sizes_button.clicked.connect(self.open_sizes)
        self.sizes.changed.connect(self.changed)
        self.export.setAccessibleName("Export the trade tape")
        self.export.clicked.connect(self.export_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 3, 6, 3)
        row.setSpacing(4)
        row.addWidget(self.filter, 2)
        row.addWidget(self.only_linked)
        row.addWidget(self.merged)
        row.addWidget(self.sizes_button)
        row.addWidget(self.standing, 1)
        row.addWidget(self.export)
        for one, other in pairwise(self.tab_order):
            self.setTabOrder(one, other)
