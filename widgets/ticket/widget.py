"""The order ticket: drawn from a form, refusing at the field, and sending nothing by itself."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from protocols.market import forms
from protocols.market.commands import Command, PlaceOrder
from protocols.market.forms import Checked, FieldKind, OrderForm
from protocols.market.instruments import ContractKey, Instrument
from protocols.market.order_texts import to_texts
from protocols.market.orders import Order
from protocols.market.pairs import MARKET
from protocols.market.state import MarketState
from widgets.frame_clock import FrameClock
from widgets.key_texts import KeyTexts
from widgets.link_group import LinkGroup
from widgets.theme import Theme
from widgets.ticket import amending
from widgets.ticket.amending import Amending
from widgets.ticket.findings import Finding, Level
from widgets.ticket.search import Find
from widgets.ticket.section import TicketSection
from widgets.ticket.view import TicketView

FormOf = Callable[[Instrument], OrderForm | None]
"""The form for a contract or pair; None where orders for it can't be placed."""

TO_READ = 0.5
"""Seconds that a warning must have stood before a second Enter counts as having read it."""


class OrderTicket(TicketView):
    """An order ticket for the link group's contract, shaped by its form. Enter asks to send, Ctrl+Enter to stage, Esc
    clears, or leaves the order alone that is being modified.

    Who receives `submit_requested` answers once, at once or later: `taken` when the order is on its way, or
    `show_findings` with what stands against it. Until then a second Enter on the same order does nothing. An order
    whose warnings the trader confirmed is asked for again, with those warnings in `confirmed`.
    """

    submit_requested = Signal(object)
    """A new order or an amendment: to be checked, and sent when armed."""
    stage_requested = Signal(object)
    """PlaceOrder: to be shown on the ladder, not sent."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        form_of: FormOf,
        find: Find = lambda text: (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(market, clock, group, theme, find, parent)
        self._form_of = form_of
        self._waiting: Command | None = None
        self._findings: tuple[Finding, ...] = ()
        self._found_at = 0.0
        self._changed_at = 0.0
        self.confirmed: tuple[Finding, ...] = ()
        """The warnings that the trader has read and sends in spite of; empty on a first asking."""
        self._connect()
        self._take_contract()
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    # What the main window and the desk use

    def set_form_source(self, form_of: FormOf) -> None:
        self._form_of = form_of
        self._take_contract()

    def fill(self, order: PlaceOrder) -> None:
        """Takes over an order, such as a ladder's stage: the contract becomes the link group's."""
        self._leave()
        self._write({})
        self._group.choose(order.key)
        contract = self.fields.instrument
        if self.form is None or contract is None or self._key != order.key:
            self.header.say("The order's contract is not listed: nothing was taken over", "warning")
            return
        self._write(to_texts(self.form, order, contract.spec, self.fields.zone))
        for section in self._sections:
            section.take(order)
        self.header.say("")

    def add_section(self, section: TicketSection) -> None:
        """Something beside the fields; who changes it calls `changed_beside`."""
        self._sections.append(section)
        self._column.insertWidget(self._column.indexOf(self.foot), section.widget)
        self._order_tabs()
        self._edited()

    def changed_beside(self) -> None:
        """What goes with the fields changed: the order is another one now."""
        self._edited()

    def begin(self, texts: Mapping[str, str]) -> None:
        """A new order of which this much was said elsewhere, such as a side and a price; what else stands in the fields
        stays. The focus on what is still to be said, else on the quantity."""
        if self._amending is not None:
            self.clear()
        self.header.say("")
        for name, text in texts.items():
            if name in self.rows:
                self.rows[name].editor.set_text(text)
        empty = [name for name, row in self.rows.items() if row.shown and row.field.required and not row.editor.text()]
        if self.rows:
            self.fields.focus_on(empty[0] if empty else forms.QUANTITY)

    def amend(self, order: Order) -> str:
        """Shows a living order to be changed: its contract becomes the link group's. Why not, or empty."""
        self._group.choose(order.key)
        why = amending.why_not(self.form, order)
        if why or self.form is None or self.fields.instrument is None:
            return why
        self._leave()
        self._show_amended(amending.begun(self.form, order, self.fields.instrument.spec, self.fields.zone))
        self.header.say("")
        self._focus_first()
        return ""

    def say(self, words: str, ink: str = "warning") -> None:
        """One thing that happened to what is in the ticket."""
        self.header.say(words, ink)

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of its acts are written."""
        self.search.set_tip(keys.of("ticket.find"))

    def begin_search(self) -> None:
        """The keyboard goes to the search."""
        self.search.begin()

    def clear(self) -> None:
        """Every field as it was at first, the focus on the first; an order that was being changed is left as it is."""
        self._leave()
        self._write({})
        self.header.say("")
        self._focus_first()

    def submit(self) -> None:
        """Asks for the order to be sent, or shows why it can't be."""
        command = self._command()
        if command is None or command == self._waiting:
            return
        if self._findings and not self.foot.anyway.isChecked() and not self._stood(self._found_at):
            return  # meant for what stood there before: a double press has read nothing
        warnings = tuple(finding for finding in self._findings if finding.level is Level.WARN)
        if warnings and len(warnings) == len(self._findings):
            self.foot.anyway.setChecked(True)
            self.confirmed = warnings
        else:
            self.confirmed = ()
        self._waiting = command
        self.submit_requested.emit(command)

    def stage(self) -> None:
        """Asks for the order to be shown on the ladder, or says why it can't be."""
        why = self._why_not_staged(self._check())
        if why:
            self.header.say(f"Not staged: {why}", "warning")
        elif isinstance(order := self._command(), PlaceOrder):
            self.stage_requested.emit(order)

    def show_findings(self, findings: Iterable[Finding]) -> None:
        """What stands against the order that was asked for; nothing lets it be asked for again as it is.

        The first finding that blocks takes the focus to its field. Any edit takes them all away.
        """
        self._waiting = None
        self._findings = tuple(findings)
        self._found_at = self._clock.now.monotonic
        self.confirmed = ()
        self.fields.show_findings(self._findings)
        self._show_general()
        blocked = [f.field for f in self._findings if f.level is Level.BLOCK and self.fields.shows(f.field)]
        if blocked:
            self.fields.focus_on(blocked[0])

    def taken(self, words: str) -> None:
        """The order that was asked for is on its way: the ticket is cleared, unless it holds another by now."""
        if self._waiting is not None:
            self._waiting = None
            self._leave()
            self._write({})
            self._focus_first()
        self.header.say(words, "text")

    # Qt's calls

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
        if self.fields.instrument is None and self._market.instrument(self._key) is not None:
            self._take_contract()
        self._follow_amended()
        self._measure()

    def _contract_changed(self) -> None:
        """Another contract: what it costs is another thing, so the prices go, and it says so. Of an order that goes at
        any price the side goes: it would be sent for the new contract by an Enter that was meant for the old one. Times
        that are the old one's own go too, and quantities where they are counted in another unit: 7 W are no 7 MW."""
        left = self._amending is not None
        self._leave()
        if left:
            self.fields.write({})
        texts = self.texts()
        dropped = [name for name in (forms.PRICE, forms.STOP_PRICE) if texts.get(name)]
        what = "price"
        if not dropped and texts.get(forms.ORDER_TYPE) == MARKET and texts.get(forms.SIDE):
            dropped, what = [forms.SIDE], "side"
        before = self.fields.instrument
        timed = self._take_contract()
        now = self.fields.instrument
        gone = [f"the {what}"] if dropped else []
        if before is not None and now is not None and before.spec.quantity_unit != now.spec.quantity_unit:
            counted = [name for name, row in self.rows.items() if row.field.kind is FieldKind.QUANTITY]
            gone += ["the quantity"] if any(texts.get(name) for name in counted) else []
            dropped += counted
        gone += ["the times"] if timed else []
        for name in dropped:
            if name in self.rows:
                self.fields.empty(name)
        self._edited()
        were = "were" if timed or len(gone) > 1 else "was"
        words = f"Another contract: {' and '.join(gone)} {were} dropped" if gone else ""
        self.header.say("Another contract: the order is left as it is" if left else words)

    def _take_contract(self) -> bool:
        """Draws its form; whether times stayed behind that were typed for the contract before."""
        timed = False
        self._key = self._group.contract
        contract = self._market.instrument(self._key)
        form = self._form_of(contract) if contract is not None else None
        if not self.fields.suits(form, contract):
            # What was filled in stays, as far as the new form has it; another form has its own defaults.
            filled, timed = self.fields.carried_to(form)
            typed = self.fields.typed
            self.fields.draw(form, contract)
            self._order_tabs()
            self._write(filled)
            self.fields.typed.update({name: typed[name] for name in filled if name in self.rows and name in typed})
        self.header.refresh(self._key, self._group.number, self._clock.now)
        self._edited()
        return timed

    def _find_done(self, key: ContractKey | None) -> None:
        """A contract was found, or the search given up: on to the first field."""
        if key is not None:
            self._group.choose(key)
        self._focus_first()

    # Within, an order that is being changed

    def _show_amended(self, shown: Amending, texts: dict[str, str] | None = None) -> None:
        assert self.fields.instrument is not None
        self._amending = shown
        self.header.modifying = amending.title(shown.order)
        self.foot.set_modifying(True)
        self.fields.lock(shown.locks)
        self._write(texts or shown.before)
        self.header.refresh(self._key, self._group.number, self._clock.now)

    def _follow_amended(self) -> bool:
        """Whether the order that is being changed is still as it was shown. What has happened to it is shown, and what
        was typed is kept, to be looked at again."""
        shown = self._amending
        if shown is None:
            return True
        now = self._market.blotter.get(shown.order.connection, shown.order.client_id)
        why = "The order is not known any more" if now is None else amending.why_not(self.form, now)
        if now is None or why:
            self.clear()
            self.header.say(why, "warning")
            return False
        if amending.same(shown.order, now) or self.form is None or self.fields.instrument is None:
            return True
        after = amending.begun(self.form, now, self.fields.instrument.spec, self.fields.zone)
        typed, kept = self.fields.typed, amending.carried_on(shown, after, self.texts())
        self._show_amended(after, kept)
        self.fields.typed.update({name: typed[name] for name in kept if name in typed})
        self._understand()
        self._changed_at = self._clock.now.monotonic
        self.header.say("The order changed meanwhile: it is shown as it is now", "warning")
        return False

    # Within, the fields

    def _write(self, texts: dict[str, str]) -> None:
        """These texts, and the defaults where there is none; as if nobody had touched a field."""
        for section in self._sections:
            section.take(None)
        self.fields.write(texts)
        self._edited()

    def _edited(self) -> None:
        """A text changed: what was found or asked for is of another order now."""
        self._waiting = None
        self._findings = ()
        self.confirmed = ()
        self._take_keys_at_first_open()
        self._show_general()
        self._understand()

    def _left(self) -> None:
        if not self._findings:
            self._understand()

    def _understand(self) -> None:
        """Shows what the texts come to, and problems of fields that were left already."""
        checked = self._check()
        if checked is not None and not self._findings:
            if self._amending is not None:
                problems = amending.problems(self._amending, checked, self.texts())
                checked = Checked(checked.values, problems)
            self.fields.understand(checked)
        for section in self._sections:
            section.show_for(self.fields.instrument, checked)
        self._measured = None
        self._measure()
        self._name_send(checked)

    def _command(self) -> Command | None:
        """What is to be asked for; or None, and the problems are shown at their fields with the focus on the first."""
        checked = self._check()
        if checked is None or self._key is None or self.form is None:
            self.header.say(self._no_form(), "danger")
            return None
        problems = checked.problems
        if self._amending is not None:
            if not self._follow_amended() or not self._stood(self._changed_at):
                return None
            problems = amending.problems(self._amending, checked, self.texts())
        if problems:
            self._show_problems(problems)
            return None
        if self._amending is None:
            return self._completed(self.form.to_command(self._key, checked.values))
        command = amending.asked(self._amending, checked, self.texts())
        if command is None:
            self.header.say("Nothing is changed yet: Esc leaves the order as it is", "warning")
        return command

    def _completed(self, command: Command) -> Command:
        for section in self._sections:
            command = section.completed(command)
        return command

    def _show_problems(self, problems: dict[str, str]) -> None:
        self._findings = ()
        self.fields.touch_all()
        self._show_general()
        self._understand()
        self.fields.focus_on(next(name for name in self.rows if name in problems))

    def _stood(self, since: float) -> bool:
        """Whether what has been shown since then can have been read."""
        return self._clock.now.monotonic - since >= TO_READ

    # Within, the words

    def _show_general(self) -> None:
        about_all = [finding for finding in self._findings if not self.fields.shows(finding.field)]
        warned = bool(self._findings) and all(finding.level is Level.WARN for finding in self._findings)
        self.foot.show_findings(about_all, warned)
        self._name_send(self._check())

    def _connect(self) -> None:
        self.search.chosen.connect(self._find_done)
        self.search.given_up.connect(lambda: self._find_done(None))
        self.fields.edited.connect(self._edited)
        self.fields.left.connect(self._left)
        self.foot.clear.clicked.connect(self.clear)
        self.foot.stage.clicked.connect(self.stage)
        self.foot.send.clicked.connect(self.submit)
