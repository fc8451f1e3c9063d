"""The line below the ladder: where new pairs begin or, after an act that did nothing, why. Its height never changes."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from widgets.buttons import button_sheet
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.oco.placing import Distances
from widgets.oco.words import beginning_words
from widgets.theme import Theme
from widgets.ticket.rows import WordsLabel
from widgets.wording import plain_tip

LINES = 2
KEEP = "New pairs begin as far from the quote as these legs are"


class PairNotice(QWidget):
    """`keep` makes the legs' distances those that new pairs begin with; its click is the ticket's to connect."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._distances = Distances()
        self._keys = NO_KEYS
        self._why = ""
        self._ways = True
        self.words = WordsLabel(self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.keep = QPushButton("Begin like this", self)
        self.keep.setAccessibleName(KEEP)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.keep)

    @property
    def why(self) -> str:
        """Why the last act did nothing; empty when it did something."""
        return self._why

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        small = theme.ui_font(theme.sizes.font_title)
        self.keep.setFont(small)
        self.keep.setStyleSheet(button_sheet(theme))
        line = QFontMetrics(small).height()
        self.keep.setFixedHeight(line + 8)
        self.setFixedHeight(LINES * line + 6)
        self._say()

    def set_keys(self, keys: KeyTexts) -> None:
        self._keys = keys
        self.keep.setToolTip(keys.tip(KEEP, "oco.keep_distances"))
        self._say()

    def show_distances(self, distances: Distances) -> None:
        self._distances = distances
        self._say()

    def show_ways(self, on: bool) -> None:
        """Whether there is a currency pair: else no key begins anything."""
        self._ways = on
        self.keep.setVisible(on)
        self._say()

    def refuse(self, why: str) -> None:
        """Why nothing was done; empty takes it away."""
        self._why = why
        self._say()

    def _say(self) -> None:
        keys = self._keys
        ways = beginning_words(self._distances, keys.first("oco.stage_buy"), keys.first("oco.stage_sell"))
        self.words.say(
            self._why or (ways if self._ways else ""), "warning" if self._why else "text_secondary", self._theme
        )
        self.words.setToolTip(plain_tip(self._why))
