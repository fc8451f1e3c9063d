"""The order ticket: drawn from a form, refusing at the field, and sending nothing by itself."""

import itertools
from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from protocols.market import forms
from protocols.market.commands import Command, PlaceOrder
from protocols.market.forms import Checked, Field, OrderForm
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.order_texts import to_texts
from protocols.market.state import MarketState
from protocols.market.values import Side, fixed_text
from widgets.delivery import market_zone
from widgets.frame_clock import FrameClock
from widgets.link_group import LinkGroup
from widgets.theme import Theme, scroll_bar_sheet
from widgets.ticket.findings import Finding, Level
from widgets.ticket.foot import TicketFoot
from widgets.ticket.header import TicketHeader
from widgets.ticket.rows import FieldRow

FormOf = Callable[[PowerContract], OrderForm | None]
"""The form for a contract; None where orders for it can't be placed."""

SCROLL_BAR = 10
TO_READ = 0.5
"""Seconds that a warning must have stood before a second Enter counts as having read it."""


class PowerTicket(QWidget):
    """An order ticket for the link group's contract. Enter asks to send, Ctrl+Enter to stage, Esc clears.

    Who receives `submit_requested` answers once, at once or later: `taken` when the order is on its way, or
    `show_findings` with what stands against it. Until then a second Enter on the same order does nothing. An order
    whose warnings the trader confirmed is asked for again, with those warnings in `confirmed`.
    """

    submit_requested = Signal(object)
    """PlaceOrder: to be checked, and sent when armed."""
    stage_requested = Signal(object)
    """PlaceOrder: to be shown on the ladder, not sent."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        form_of: FormOf,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._form_of = form_of
        self._theme = theme
        self._compact = False
        self._form: OrderForm | None = None
        self._contract: PowerContract | None = None
        self._key: ContractKey | None = None
        self._filling = False
        self._waiting: Command | None = None
        self._findings: tuple[Finding, ...] = ()
        self._found_at = 0.0
        self.confirmed: tuple[Finding, ...] = ()
        """The warnings that the trader has read and sends in spite of; empty on a first asking."""
        self.rows: dict[str, FieldRow] = {}
        self.header = TicketHeader(market, theme, self)
        self.area = QScrollArea(self)
        self.foot = TicketFoot(theme, self)
        self._build()
        self._take_contract()
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window and the desk use

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.header.set_theme(theme)
        self.foot.set_theme(theme)
        self.area.verticalScrollBar().setStyleSheet(scroll_bar_sheet(theme))
        for row in self.rows.values():
            row.set_theme(theme, self._compact)
        self._understand()
        self.header.refresh(self._key, self._group.number, self._clock.now)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self._space()
        self.set_theme(self._theme)

    def set_form_source(self, form_of: FormOf) -> None:
        self._form_of = form_of
        self._take_contract()

    @property
    def form(self) -> OrderForm | None:
        return self._form

    def texts(self) -> dict[str, str]:
        """What stands in the fields, by name."""
        return {name: row.editor.text() for name, row in self.rows.items()}

    def fill(self, order: PlaceOrder) -> None:
        """Takes over an order, such as a ladder's stage: the contract becomes the link group's."""
        self._write({})
        self._group.choose(order.key)
        if self._form is None or self._contract is None or self._key != order.key:
            self.header.say("The order's contract is not listed: nothing was taken over", "warning")
            return
        self._write(to_texts(self._form, order, self._contract.spec, market_zone(self._contract.area)))
        self.header.say("")

    def clear(self) -> None:
        """Every field as it was at first; the focus on the first."""
        self._write({})
        self.header.say("")
        self._focus_first()

    def submit(self) -> None:
        """Asks for the order to be sent, or shows why it can't be."""
        order = self._order()
        if order is None or order == self._waiting:
            return
        warnings = tuple(finding for finding in self._findings if finding.level is Level.WARN)
        if warnings and len(warnings) == len(self._findings):
            if not self.foot.anyway.isChecked() and self._clock.now.monotonic - self._found_at < TO_READ:
                return
            self.foot.anyway.setChecked(True)
            self.confirmed = warnings
        else:
            self.confirmed = ()
        self._waiting = order
        self.submit_requested.emit(order)

    def stage(self) -> None:
        """Asks for the order to be shown on the ladder."""
        if (order := self._order()) is not None:
            self.stage_requested.emit(order)

    def show_findings(self, findings: Iterable[Finding]) -> None:
        """What stands against the order that was asked for; nothing lets it be asked for again as it is.

        The first finding that blocks takes the focus to its field. Any edit takes them all away.
        """
        self._waiting = None
        self._findings = tuple(findings)
        self._found_at = self._clock.now.monotonic
        self.confirmed = ()
        for name, row in self.rows.items():
            of_row = [finding for finding in self._findings if finding.field == name]
            worst = next((f for f in of_row if f.level is Level.BLOCK), of_row[0] if of_row else None)
            row.complain(worst.level if worst else None, "; ".join(f.words for f in of_row))
        self._show_general()
        blocked = [f.field for f in self._findings if f.level is Level.BLOCK and f.field in self.rows]
        if blocked:
            self.rows[blocked[0]].entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def taken(self, words: str) -> None:
        """The order that was asked for is on its way: the ticket is cleared, unless it holds another by now."""
        if self._waiting is not None:
            self._waiting = None
            self._write({})
            self._focus_first()
        self.header.say(words, "text")

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(360, 520)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pulse()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.stage()
            elif not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            event.ignore()

    # Within, the contract

    def _pulse(self) -> None:
        if not self.isVisible():
            return
        self.header.refresh(self._key, self._group.number, self._clock.now)
        if self._contract is None and self._key is not None and self._key in self._market.contracts:
            self._take_contract()

    def _contract_changed(self) -> None:
        """Another contract: what it costs is another thing, so the price goes, and says so."""
        price = self.rows.get(forms.PRICE)
        dropped = price is not None and bool(price.editor.text())
        self._take_contract()
        if dropped and forms.PRICE in self.rows:
            self._filling = True
            self.rows[forms.PRICE].editor.set_text("")
            self.rows[forms.PRICE].touched = False
            self._filling = False
            self._edited()
        self.header.say("Another contract: the price was dropped" if dropped else "")

    def _take_contract(self) -> None:
        self._key = self._group.contract
        self._contract = self._market.contracts.get(self._key) if self._key is not None else None
        form = self._form_of(self._contract) if self._contract is not None else None
        if form is None or form != self._form:
            # What was filled in stays, as far as the new form has it; another form has its own defaults.
            defaults = self._form.defaults() if self._form is not None else {}
            filled = {name: text for name, text in self.texts().items() if text != defaults[name]}
            self._form = form
            self._draw_form()
            self._write(filled)
        self.header.refresh(self._key, self._group.number, self._clock.now)
        self._edited()

    # Within, the fields

    def _draw_form(self) -> None:
        """The form's rows; the old ones go with the widget that held them."""
        self.rows = {}
        page = QWidget(self.area)
        grid = QGridLayout(page)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        if self._form is not None and self._contract is not None:
            for field in self._form.fields:
                self.rows[field.name] = self._row(field, grid, page)
            grid.setRowStretch(grid.rowCount(), 1)
        self.area.setWidget(page)
        self._space()
        self.area.setMinimumWidth(page.minimumSizeHint().width() + SCROLL_BAR)
        self._order_tabs()

    def _row(self, field: Field, grid: QGridLayout, page: QWidget) -> FieldRow:
        assert self._contract is not None
        row = FieldRow(field, self._contract.spec, self._theme, grid, page)
        row.set_theme(self._theme, self._compact)
        row.editor.set_text(field.default)
        row.editor.changed.connect(self._edited)
        row.editor.left.connect(lambda: self._left(field.name))
        return row

    def _order_tabs(self) -> None:
        entries = [row.entry for row in self.rows.values()]
        chain = [*entries, self.foot.anyway, self.foot.send, self.foot.stage, self.foot.clear]
        for one, other in itertools.pairwise(chain):
            self.setTabOrder(one, other)
        self.setFocusProxy(chain[0])

    def _write(self, texts: dict[str, str]) -> None:
        """These texts, and the defaults where there is none; as if nobody had touched a field."""
        self._filling = True
        defaults = self._form.defaults() if self._form is not None else {}
        for name, row in self.rows.items():
            row.touched = False
            row.editor.set_text(texts.get(name, defaults[name]))
        self._filling = False
        self._edited()

    def _edited(self) -> None:
        """A text changed: what was found or asked for is of another order now."""
        if self._filling:
            return
        self._waiting = None
        self._findings = ()
        self.confirmed = ()
        self._show_general()
        self._understand()

    def _left(self, name: str) -> None:
        """A field was filled in and left: from now on it says what is wrong with it."""
        if not self._filling and self.rows[name].editor.text() and not self._findings:
            self.rows[name].touched = True
            self._understand()

    def _check(self) -> Checked | None:
        if self._form is None or self._contract is None:
            return None
        zone = market_zone(self._contract.area)
        return forms.check(self._form, self.texts(), self._contract.spec, self._clock.now.utc, zone)

    def _understand(self) -> None:
        """Shows what the texts come to, and problems of fields that were left already."""
        self._show_those_with_a_say()
        checked = self._check()
        if checked is not None and self._contract is not None and not self._findings:
            spec, zone = self._contract.spec, market_zone(self._contract.area)
            for name, row in self.rows.items():
                value = checked.values.get(name)
                row.understand("" if value is None else forms.understood(row.field, value, spec, zone))
                problem = checked.problems.get(name) if row.touched else None
                row.complain(Level.BLOCK if problem else None, problem or "")
        self._name_send(checked)

    def _show_those_with_a_say(self) -> None:
        """A field that hangs on a choice is there only with it, and empty without; one that hangs on another's text
        is greyed out, unless something stands in it: that is refused, never left out in silence."""
        texts = self.texts()
        for row in self.rows.values():
            when = row.field.only_when
            if when is None:
                continue
            has_a_say = forms.has_a_say(row.field, texts)
            if when.values:
                row.set_shown(has_a_say)
                if not has_a_say and row.editor.text():
                    self._filling = True
                    row.editor.set_text("")
                    row.touched = self._filling = False
            else:
                row.set_enabled(has_a_say or bool(row.editor.text()))

    def _order(self) -> Command | None:
        """The order; or None, and the problems are shown at their fields with the focus on the first."""
        checked = self._check()
        if checked is None or self._key is None or self._form is None:
            self.header.say(self._no_form(), "danger")
            return None
        if checked.ok:
            return self._form.to_command(self._key, checked.values)
        self._findings = ()
        for row in self.rows.values():
            row.touched = True
        self._show_general()
        self._understand()
        first = next(name for name in self.rows if name in checked.problems)
        self.rows[first].entry.setFocus(Qt.FocusReason.OtherFocusReason)
        return None

    # Within, the words

    def _no_form(self) -> str:
        if self._key is None:
            return "Choose a contract first"
        return (
            "This contract is not listed" if self._contract is None else "No orders are placed here for this contract"
        )

    def _show_general(self) -> None:
        about_all = [finding for finding in self._findings if finding.field not in self.rows]
        warned = bool(self._findings) and all(finding.level is Level.WARN for finding in self._findings)
        self.foot.show_findings(about_all, warned)
        self._name_send(self._check())

    def _name_send(self, checked: Checked | None) -> None:
        values = checked.values if checked is not None else {}
        side = Side(values[forms.SIDE]) if forms.SIDE in values else None
        words = side.value if side is not None else "Send"
        quantity, price = values.get(forms.QUANTITY), values.get(forms.PRICE)
        if side is not None and quantity is not None and price is not None and self._contract is not None:
            spec = self._contract.spec
            much = fixed_text(int(quantity), spec.quantity_decimals)
            words = f"{words} {much} {spec.quantity_unit} @ {fixed_text(int(price), spec.price_decimals)}"
            words += "" if values.get(forms.ACTIVE, True) else " hibernated"
        self.foot.name_send(words, side, checked is not None)

    def _focus_first(self) -> None:
        if self.rows and self.isVisible():
            next(iter(self.rows.values())).entry.setFocus(Qt.FocusReason.OtherFocusReason)

    # Within, the layout

    def _build(self) -> None:
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.foot.clear.clicked.connect(self.clear)
        self.foot.stage.clicked.connect(self.stage)
        self.foot.send.clicked.connect(self.submit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.area, 1)
        column.addWidget(self.foot)

    def _space(self) -> None:
        page = self.area.widget()
        grid = page.layout() if page is not None else None
        if isinstance(grid, QGridLayout):
            grid.setContentsMargins(8, 6, 8, 6)
            grid.setHorizontalSpacing(8)
            grid.setVerticalSpacing(1 if self._compact else 3)
