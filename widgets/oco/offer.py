"""What the ticket says in place of a header where there is no currency pair: why not, and the pair to go to instead."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from protocols.market.instruments import ContractKey, CurrencyPair, Instrument, PowerContract
from protocols.market.state import MarketState
from widgets.buttons import button_sheet
from widgets.raised import Raised
from widgets.theme import Theme
from widgets.ticket.foot import FootButton
from widgets.ticket.rows import WordsLabel
from widgets.wording import PlainLabel, plain_tip

ONLY_PAIRS = "Two orders of which one cancels the other (OCO) are for currency pairs only"


class PairOffer(Raised):
    """It goes nowhere by itself: another contract in the link group is another contract on its ladder too."""

    taken = Signal(object)
    """ContractKey: the pair that was offered is to be shown."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._nearest: ContractKey | None = None
        self.title = PlainLabel("", self)
        self.title.elide()
        self.words = WordsLabel(self)
        self.take = FootButton("", self)
        self.take.setAccessibleName("Show a currency pair")
        self.take.clicked.connect(lambda: self.taken.emit(self._nearest))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.sizes.padding, 8, theme.sizes.padding, 8)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addWidget(self.take, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()
        self.title.setFont(theme.ui_font(theme.sizes.font_ui + 1, QFont.Weight.DemiBold))
        self.title.set_ink(theme.text)
        self.words.set_theme(theme)
        self.take.setFont(theme.ui_font())
        self.take.setStyleSheet(button_sheet(theme))

    def offer(self, chosen: Instrument | None, nearest: CurrencyPair | None, group: int) -> None:
        """`chosen` is what link group `group` shows and is no pair, `nearest` the pair to go to; None for neither."""
        self._nearest = None if nearest is None else nearest.key
        self.title.say("No currency pair is chosen" if chosen is None else f"No pair of orders for {chosen.title}")
        shows = "nothing" if chosen is None else "power" if isinstance(chosen, PowerContract) else "flexibility"
        missing = "" if nearest is not None else ". No currency pair is listed here yet"
        self.words.say(f"{ONLY_PAIRS}. Link group {group} shows {shows}{missing}", "text_secondary", self._theme)
        self.take.setVisible(nearest is not None)
        if nearest is not None:
            self.take.setText(f"Show {nearest.title}")
            where = f"{nearest.title} of {nearest.key.connection}"
            self.take.setAccessibleName(f"Show {where} in link group {group}")
            self.take.setToolTip(plain_tip(f"Link group {group}, and so its ladder, goes to {where} (Enter)"))


def nearest_pair(
    market: MarketState, before: ContractKey | None, takes_pairs: Callable[[CurrencyPair], bool]
) -> CurrencyPair | None:
    """Of the currency pairs that pairs of orders are placed for, the one that was shown last, else the first that is
    quoted live, else the first."""
    best_first = sorted(
        market.pairs.values(), key=lambda pair: (pair.key != before, not market.quote_standing(pair.key).live)
    )
    return next(filter(takes_pairs, best_first), None)
