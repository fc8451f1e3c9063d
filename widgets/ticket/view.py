"""What is seen of an order ticket: its parts, what stands beside the fields, and what its button would send."""

import itertools

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from protocols.market import forms
from protocols.market.forms import Checked, OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.orders import Order
from protocols.market.pips import Typed
from protocols.market.state import MarketState
from protocols.market.values import Side
from widgets.frame_clock import FrameClock
from widgets.link_group import LinkGroup
from widgets.theme import Theme
from widgets.ticket import amending
from widgets.ticket.amending import Amending
from widgets.ticket.beside import typed_now, words_beside
from widgets.ticket.fields import FormFields
from widgets.ticket.foot import TicketFoot
from widgets.ticket.header import TicketHeader
from widgets.ticket.rows import FieldRow
from widgets.ticket.search import ContractSearch, Find
from widgets.ticket.section import TicketSection
from widgets.ticket.words import said, why_not_staged


class TicketView(QWidget):
    """The search, the head, the form's fields and the foot. It asks for nothing: `OrderTicket` does."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        find: Find,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._theme = theme
        self._compact = False
        self._key: ContractKey | None = None
        self._amending: Amending | None = None
        self._measured: tuple[int, int] | None = None
        self.search = ContractSearch(find, theme, self)
        self.header = TicketHeader(market, theme, self)
        self.fields = FormFields(self._typed_now, theme, self)
        self.foot = TicketFoot(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.search)
        column.addWidget(self.header)
        column.addWidget(self.fields, 1)
        column.addWidget(self.foot)
        self._column = column
        self._sections: list[TicketSection] = []

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.search.set_theme(theme)
        self.header.set_theme(theme)
        self.foot.set_theme(theme)
        self.fields.set_theme(theme, self._compact)
        for section in self._sections:
            section.set_theme(theme)
        self.header.refresh(self._key, self._group.number, self._clock.now)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.set_theme(self._theme)

    @property
    def form(self) -> OrderForm | None:
        return self.fields.form

    @property
    def rows(self) -> dict[str, FieldRow]:
        return self.fields.rows

    @property
    def modifying(self) -> Order | None:
        """The living order that is being changed, as it was shown; None for a new one."""
        return None if self._amending is None else self._amending.order

    def texts(self) -> dict[str, str]:
        """What stands in the fields, by name."""
        return self.fields.texts()

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(380, 560)

    # Within

    def _leave(self) -> None:
        """Back to a new order; the one that was being changed stays as it is."""
        if self._amending is not None:
            self._amending = None
            self.header.modifying = ""
            self.foot.set_modifying(False)
            self.fields.lock({})
            self.header.refresh(self._key, self._group.number, self._clock.now)

    def _typed_now(self) -> Typed:
        return typed_now(self._market, self._key, self._clock.now.utc)

    def _order_tabs(self) -> None:
        entries = self.fields.entries()
        entries += [entry for section in self._sections for entry in section.entries()]
        chain = [self.search.line, *entries, self.foot.anyway, self.foot.send, self.foot.stage, self.foot.clear]
        for one, other in itertools.pairwise(chain):
            self.setTabOrder(one, other)

    def _take_keys_at_first_open(self) -> None:
        """Who comes to the ticket is where filling in begins: a field that is locked would leave the keys nowhere."""
        self.setFocusProxy(self.fields.first_open or self.search.line)

    def _check(self) -> Checked | None:
        return self.fields.check(self._clock.now.utc)

    def _measure(self) -> None:
        """What stands beside the fields; again when the market moved."""
        pair = self.fields.instrument
        seen = (self._market.revision, self._market.status_revision)
        if seen == self._measured or not self.rows:
            return
        self._measured = seen
        checked = self._check() if isinstance(pair, CurrencyPair) else None
        words = words_beside(self._market, pair, checked.values) if isinstance(pair, CurrencyPair) and checked else {}
        texts = self.texts()
        for name, row in self.rows.items():
            before = "" if self._amending is None else self._amending.before.get(name, "")
            was = f"was {before or 'empty'}" if self._amending is not None and texts[name] != before else ""
            row.put_aside("  ·  ".join(filter(None, (was, words.get(name, "")))))

    def _no_form(self) -> str:
        if self._key is None:
            return "Choose a contract first"
        listed = self._market.instrument(self._key) is not None
        return "No orders are placed here for this contract" if listed else "This contract is not listed"

    def _name_send(self, checked: Checked | None) -> None:
        values = checked.values if checked is not None else {}
        side = Side(values[forms.SIDE]) if forms.SIDE in values else None
        words = side.value if side is not None else "Send"
        if self._amending is not None and checked is not None and self.form is not None:
            asked = amending.asked(self._amending, checked, self.texts())
            words = " ".join(("Modify", ", ".join(amending.changed_labels(self.form, asked)))).strip()
        elif side is not None:
            words = said(words, values, self.fields.instrument)
        self.foot.name_send(words, side, checked is not None)
        self.foot.name_stage(checked is not None, self._why_not_staged(checked))

    def _why_not_staged(self, checked: Checked | None) -> str:
        """Why the ladder is no place for what is in the ticket; empty when it is, or nothing can be placed at all."""
        if self._amending is not None:
            return "a modification is sent from here"
        return "" if checked is None else why_not_staged(checked.values, self.fields.instrument)

    def _focus_first(self) -> None:
        first = self.fields.first_open
        if first is not None and self.isVisible():
            # As by Tab: what stands there is selected, and typed over.
            first.setFocus(Qt.FocusReason.TabFocusReason)
