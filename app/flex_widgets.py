"""Flexibility's widgets, brought to the window after the first paint, and what they ask of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from protocols.market import flex_form, forms
from protocols.market.commands import FlexTerms, PlaceOrder
from protocols.market.flex import Baseline, Place
from protocols.market.flex_book import FlexFilter
from protocols.market.flex_events import FlexOrderRefused
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.values import fixed_text, plain_text
from widgets.delivery import instrument_zone
from widgets.docking import Place as Dock
from widgets.flex.contracts import FlexContracts
from widgets.flex.map import FlexMap
from widgets.flex.ticker import FlexTicker
from widgets.flex.ticket_section import FlexTicketSection
from widgets.frame_clock import FrameClock
from widgets.staging import Stage
from widgets.theme import Theme
from widgets.ticket import Finding, Level

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from widgets.flex.baseline_editor import BaselineEditor

LARGEST_FILE = 1_000_000
"""Bytes: a year of quarter-hours has fewer."""


class TextRefused(ValueError):
    """Why a file is no table, in words."""


def ask_for_file(parent: QWidget) -> str:
    """The name of a file of the trader's choice; empty when he gives up."""
    name, _ = QFileDialog.getOpenFileName(parent, "Load a baseline", "", "Tables (*.csv *.tsv *.txt);;All files (*)")
    return name


def text_of_file(path: Path) -> str:
    """The text, as it stands there. Raises `TextRefused` for what can't be read, and for what is no text."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise TextRefused(f"{path.name} can't be read: {error.strerror or error}") from error
    if len(content) > LARGEST_FILE:
        raise TextRefused(f"{path.name} is larger than {LARGEST_FILE // 1000} kB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextRefused(f"{path.name} is not text in UTF-8: byte {error.start} can't be read") from error


class FlexWidgets(QObject):
    """The tape, the contracts, and what the ticket has beside its fields; `choose_file` asks for a baseline's file."""

    def __init__(
        self,
        window: "MainWindow",
        market: MarketState,
        clock: FrameClock,
        theme: Theme,
        choose_file: Callable[[QWidget], str] = ask_for_file,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._market = market
        self._told = market.flex.told_revision
        self._known: set[tuple[str, str]] = set(market.flex.refusals)
        self.choose_file = choose_file
        self.ticker = FlexTicker(market, clock, window.group, theme)
        self.contracts = FlexContracts(market, clock, window.group, theme)
        self.section = FlexTicketSection(market, clock, theme)
        self._clock = clock
        self._theme = theme
        self._editor: BaselineEditor | None = None
        window.docking.add(self.ticker, "ticker", "Flex tape", Dock.TAB, relative_to="tape")
        self.map = FlexMap(market, clock, window.group, theme)
        window.docking.add(self.contracts, "contracts", "Flex contracts", Dock.TAB, relative_to="tape")
        window.docking.add(self.map, "map", "Flex map", Dock.TAB, relative_to="tape")
        self.map.place_chosen.connect(self._choose_place)
        for keyed in (self.ticker, self.contracts):
            keyed.set_keys(window.registry.key_texts)
        window.ticket.add_section(self.section)
        window.ladder.ticket_requested.connect(self.begin_order)
        self.section.changed.connect(window.ticket.changed_beside)
        self.section.place_chosen.connect(self._take_place)
        self.section.edit_requested.connect(self.edit_baseline)
        clock.pulse.connect(self._pulse)

    @property
    def editor(self) -> "BaselineEditor":
        """Made when it is first asked for: its plot imports pyqtgraph."""
        if self._editor is None:
            from widgets.flex.baseline_editor import BaselineEditor

            self._editor = BaselineEditor(self._clock, self._theme, self._window)
            self._editor.taken.connect(self._take_baseline)
            self._editor.load_requested.connect(self.load_baseline)
        return self._editor

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for themed in (self.ticker, self.contracts, self.map):
            themed.set_theme(theme)
        if self._editor is not None:
            self._editor.set_theme(theme)

    def set_compact(self, compact: bool) -> None:
        self.ticker.set_compact(compact)
        self.contracts.set_compact(compact)

    def release(self) -> None:
        """Frees what its plot holds, before the window goes."""
        if self._editor is not None:
            self._editor.release()

    # What the trader asks for

    def begin_order(self, stage: Stage) -> None:
        """An order that was aimed at on the ladder, in its ticket: side and price are said, the rest is to come."""
        contract = self._market.instrument(stage.key)
        if contract is None:
            return
        self._window.docking.focus("ticket")
        price = fixed_text(stage.price, contract.spec.price_decimals)
        self._window.ticket.begin({forms.SIDE: stage.side.value, forms.PRICE: price})
        aimed = stage.reference.best if stage.reference is not None else stage.price
        if aimed % contract.spec.tick and abs(aimed - stage.price) < contract.spec.tick:
            self._window.ticket.say(f"{plain_text(aimed)} is between two ticks: {price} was taken")

    def edit_baseline(self) -> None:
        """Opens the editor for the window that the ticket's fields name."""
        instrument = self._market.instrument(self._window.group.contract)
        if instrument is not None and self.section.delivery is not None:
            self.editor.edit(self.section.delivery, instrument_zone(instrument), self.section.baseline)

    def load_baseline(self) -> None:
        """Puts a file's text into the editor."""
        name = self.choose_file(self.editor)
        if not name:
            return
        try:
            self.editor.take_text(text_of_file(Path(name)))
        except TextRefused as refused:
            self.editor.say(str(refused))

    # Within

    def _choose_place(self, place: FlexFilter) -> None:
        """The ladder shows the orders of a place on the map."""
        self._window.ladder.choose_place(place)
        self._window.docking.focus("ladder")

    def _take_baseline(self, baseline: Baseline) -> None:
        """Into the order, and the keys back to its fields: on the button, Enter would open the editor again. A floating
        widget may have brought another window into the ticket meanwhile: that order is another one."""
        if self.section.delivery != self.editor.delivery:
            self._window.notice("The ticket is for another window now: it has not taken the baseline")
            return
        self.section.set_baseline(baseline)
        self._window.ticket.rows[forms.QUANTITY].entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_place(self, place: Place) -> None:
        rows = self._window.ticket.rows
        texts = {flex_form.LOCATION: flex_form.locations_text(place), flex_form.COUNTRY: place.country_code}
        for name, text in texts.items():
            if name in rows:
                rows[name].editor.set_text(text)

    def _pulse(self) -> None:
        """What the venue found fault with, since the last look."""
        flex = self._market.flex
        if flex.told_revision == self._told:
            return
        self._told = flex.told_revision
        for name in [name for name in flex.refusals if name not in self._known]:
            self._known.add(name)
            order = self._market.blotter.get(*name)
            if order is not None and order.ours:
                self._show_refusal(order, flex.refusals[name])

    def _show_refusal(self, order: Order, refusal: FlexOrderRefused) -> None:
        """At its fields, where the ticket holds nothing else and is what the trader works with; else in words."""
        window, ticket = self._window, self._window.ticket
        words = "; ".join(words for _, words in refusal.problems) or order.reason
        assert isinstance(order.terms, FlexTerms)
        untouched = ticket.form is not None and ticket.texts() == ticket.form.defaults() and ticket.modifying is None
        here = window.target.name == "ticket" and window.group.contract == order.key
        if here and untouched and self.section.baseline is None:
            ticket.fill(PlaceOrder(order.key, order.side, order.quantity, order.price, order.terms))
            ticket.show_findings([Finding(field, Level.BLOCK, text) for field, text in refusal.problems])
            ticket.say(f"Refused by {order.connection}: mend it and send it anew", "danger")
        else:
            window.notice(f"{order.connection} refused an order: {words}")
