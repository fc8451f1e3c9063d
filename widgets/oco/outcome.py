"""What became of the pairs that were sent: one result for both legs, and the surviving leg's cancel at hand."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from protocols.market.instruments import CurrencyPair
from protocols.market.pair_book import OwnPair
from protocols.market.pairs import PairState
from protocols.market.state import Standing
from widgets.buttons import button_sheet
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.marks import MARKS
from widgets.oco.words import STATE_LOOKS, leg_line, pair_title
from widgets.theme import Theme
from widgets.ticket.foot import FootButton
from widgets.ticket.rows import WordsLabel
from widgets.wording import plain_tip, standing_text

_RANK = {PairState.BOTH_FILLED: 0, PairState.BROKEN: 0, PairState.IN_DOUBT: 1, PairState.ENDING: 2}


def most_urgent(pairs: Sequence[OwnPair]) -> OwnPair | None:
    """Of pairs, the newest first: one that is broken before one in doubt, and that before what is as it should be."""
    return min(pairs, key=lambda pair: _RANK.get(pair.result.state, 3), default=None)


class Outcome(QWidget):
    """One pair in full, and how many others there are. Takes no room while there is none."""

    cancel_requested = Signal(object)
    """The leg that lives alone: an Order."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = NO_KEYS
        self._shown: tuple[OwnPair, int, CurrencyPair | None, Standing] | None = None
        self.headline = WordsLabel(self)
        self.legs = (WordsLabel(self), WordsLabel(self))
        self.others = WordsLabel(self)
        self.cancel = FootButton("", self)
        self.cancel.clicked.connect(self.cancel_survivor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout()
        row.addWidget(self.others, 1)
        row.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.sizes.padding + 4, 6, theme.sizes.padding, 6)
        column.setSpacing(2)
        for widget in (self.headline, *self.legs):
            column.addWidget(widget)
        column.addLayout(row)
        self.hide()

    @property
    def pair(self) -> OwnPair | None:
        """The one that is shown."""
        return None if self._shown is None else self._shown[0]

    def set_keys(self, keys: KeyTexts) -> None:
        self._keys = keys
        self._say()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._say()

    def show_pairs(self, pairs: Sequence[OwnPair], instrument: CurrencyPair | None, standing: Standing) -> None:
        """Those that are still of interest, the newest first. `standing` is how fresh what is told of them is."""
        urgent = most_urgent(pairs)
        shown = None if urgent is None else (urgent, len(pairs) - 1, instrument, standing)
        if shown != self._shown:
            self._shown = shown
            self._say()

    def cancel_survivor(self) -> bool:
        """Asks for the end of the leg that lives alone; whether there is one."""
        alone = None if self.pair is None else self.pair.result.survivor
        if alone is not None:
            self.cancel_requested.emit(alone)
        return alone is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.pair is None:
            return
        theme, loud = self._theme, self.pair.result.loud
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.danger_surface if loud else theme.surface_raised)
        painter.setPen(QPen(getattr(theme, self._look[1]), 6))
        painter.drawLine(self.rect().topLeft(), self.rect().bottomLeft())
        painter.end()

    # Within

    def _say(self) -> None:
        self.setVisible(self._shown is not None)
        if self._shown is None:
            return
        pair, others, instrument, standing = self._shown
        result, theme = pair.result, self._theme
        mark, ink = self._look
        unsure = "" if standing.live or result.over else f" · orders {standing_text(standing)}"
        known = next(leg for leg in result.legs if leg.order is not None)
        self.headline.say(f"{mark} {pair_title(known, instrument)}: {result.words}{unsure}", ink, theme)
        for label, leg in zip(self.legs, result.legs, strict=True):
            label.say(leg_line(leg, instrument), "text" if result.loud else "text_secondary", theme)
        more = (
            f"{others} more {'pair' if others == 1 else 'pairs'} of {known.order.key.contract_id}"
            if known.order
            else ""
        )
        self.others.say(f"{more}: see Orders" if others else "", "text_secondary", theme)
        self._offer(pair)
        self.setAccessibleName(f"Result of the pair: {result.words}{unsure}")
        self.update()

    @property
    def _look(self) -> tuple[str, str]:
        """Mark and ink of the pair that is shown: of one that nobody hears of now only what is wrong keeps its own."""
        assert self._shown is not None
        pair, standing = self._shown[0], self._shown[3]
        mark, ink = STATE_LOOKS[pair.result.state]
        if standing.live or pair.result.over or ink in ("danger", "warning"):
            return mark, ink
        return MARKS[standing.freshness], "text_muted"

    def _offer(self, pair: OwnPair) -> None:
        alone = pair.result.survivor
        self.cancel.setVisible(alone is not None)
        if alone is None:
            return
        number = alone.client_id[-1]
        self.cancel.setText(f"Cancel leg {number}")
        tip = self._keys.tip(f"Cancel leg {number}, which lives without the other", "oco.cancel_survivor")
        self.cancel.setToolTip(plain_tip(tip))
        self.cancel.setAccessibleName(f"Cancel leg {number}, which lives alone")
        self.cancel.setFont(self._theme.ui_font())
        self.cancel.setStyleSheet(button_sheet(self._theme))
