"""What stands above the tape's rows: the filter, the switches, how fresh the trades are, and the way into a file."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from widgets.buttons import button_sheet
from widgets.fields import FilterField, Toggle
from widgets.grid.table import bar_row, chain_tabs
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.linked_switch import LinkedSwitch
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
        self.filter = FilterField("tape.filter", "Filter the trade tape", FILTER_TIP, self)
        self.only_linked = LinkedSwitch("tape.linked", "Trades", "all contracts", theme, self)
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
        for themed in (self.only_linked, self.merged, self.sizes):
            themed.set_theme(theme)
        for button in (self.sizes_button, self.export):
            button.setFont(theme.ui_font(theme.sizes.font_title))
            button.setStyleSheet(button_sheet(theme))
            button.setFixedHeight(self.merged.sizeHint().height())

    def set_keys(self, keys: KeyTexts) -> None:
        self.filter.set_keys(keys)
        self.only_linked.set_keys(keys)
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
        switches = ((self.only_linked, 0), (self.merged, 0), (self.sizes_button, 0))
        bar_row(self, ((self.filter, 2), *switches, (self.standing, 1), (self.export, 0)), spacing=4)
        chain_tabs(*self.tab_order)
