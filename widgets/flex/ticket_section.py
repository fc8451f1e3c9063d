"""What an order for flexibility has beside its fields: a place from the book, its baseline, and when it ends."""

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from protocols.market import flex_form, forms
from protocols.market.commands import Command, FlexTerms, PlaceOrder
from protocols.market.flex import Baseline, Delivery, Place
from protocols.market.forms import Checked
from protocols.market.instruments import FlexMarket, FlexWindow, Instrument
from protocols.market.state import MarketState
from protocols.market.times import UtcNs
from protocols.market.values import Side
from widgets.buttons import button_sheet
from widgets.delivery import AMBER, countdown_text, delivery_text, instrument_zone, seconds_until, time_text, zone_name
from widgets.flex.choice_box import ChoiceBox
from widgets.flex.view import flex_book, is_flex
from widgets.frame_clock import FrameClock
from widgets.theme import Theme
from widgets.ticket.foot import FootButton
from widgets.ticket.rows import WordsLabel

NO_CANCEL = "This venue takes no order back"
WAITS = "none: a sell order waits for its baseline and is not matched before"
DROPPED = "dropped: it was made for another window"


class FlexTicketSection(QWidget):
    """A `TicketSection`. It is there for flexibility only, and what it says of the end ticks with the clock."""

    edit_requested = Signal()
    """The trader wants to make or change the baseline of `delivery`."""
    changed = Signal()
    """Another baseline: the order is another one now."""
    place_chosen = Signal(object)
    """`Place` of the book, to be put into the fields."""

    def __init__(self, market: MarketState, clock: FrameClock, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._instrument: FlexMarket | FlexWindow | None = None
        self._side: Side | None = None
        self._expiry: UtcNs | None = None
        self._emptied = self._dropped = False
        self._book_seen: tuple[object, ...] = ()
        self.delivery: Delivery | None = None
        """The window that the fields name; None while they name none."""
        self.baseline: Baseline | None = None
        self.places = ChoiceBox("Place from the book", theme, self)
        self.title = QLabel("Baseline", self)
        self.words = WordsLabel(self)
        self.edit = FootButton("Baseline…", self)
        self.remove = FootButton("Remove", self)
        self.end = WordsLabel(self)
        self._build()
        self.set_theme(theme)
        self.hide()
        clock.pulse.connect(self._pulse)

    # What the ticket uses

    @property
    def widget(self) -> QWidget:
        return self

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.places.set_theme(theme)
        for button in (self.edit, self.remove):
            button.setFont(theme.ui_font())
            button.setStyleSheet(button_sheet(theme))
            button.setFixedHeight(theme.sizes.row_height + 2)
        self.title.setFont(theme.ui_font())
        self._show()

    def show_for(self, instrument: Instrument | None, checked: Checked | None) -> None:
        flexible = is_flex(instrument) and checked is not None
        if self._emptied:
            self._dropped, self._emptied = instrument != self._instrument, False
        self._instrument = instrument if isinstance(instrument, FlexMarket | FlexWindow) and flexible else None
        values = checked.values if checked is not None and flexible else {}
        start, end = values.get(flex_form.DELIVERY_START), values.get(flex_form.DELIVERY_END)
        expiry, side = values.get(flex_form.EXPIRY), values.get(forms.SIDE)
        self.delivery = None if start is None or end is None else Delivery(UtcNs(int(start)), UtcNs(int(end)))
        self._expiry = None if expiry is None else UtcNs(int(expiry))
        self._side = None if side is None else Side(side)
        self.setVisible(self._instrument is not None)
        self._fill_places()
        self._show()

    def completed(self, command: Command) -> Command:
        if self.baseline is None or not isinstance(command, PlaceOrder) or not isinstance(command.terms, FlexTerms):
            return command
        terms = msgspec.structs.replace(command.terms, baseline=self.baseline)
        return msgspec.structs.replace(command, terms=terms)

    def take(self, order: PlaceOrder | None) -> None:
        terms = None if order is None else order.terms
        before, self.baseline = self.baseline, terms.baseline if isinstance(terms, FlexTerms) else None
        self._emptied, self._dropped = before is not None and self.baseline is None, False
        self._show()

    def entries(self) -> list[QWidget]:
        return [self.places, self.edit, self.remove]

    def set_baseline(self, baseline: Baseline | None) -> None:
        self.baseline, self._dropped = baseline, False
        self._show()
        self.changed.emit()

    # Within

    def _build(self) -> None:
        self.places.setToolTip("A place that an order of the book names goes into location and country")
        self.places.chosen.connect(self._place)
        self.places.left.connect(self.edit.setFocus)
        self.edit.setToolTip("Paste or load the readings that the flexibility is measured against")
        self.edit.setAccessibleName("Edit the baseline")
        self.edit.clicked.connect(self.edit_requested)
        self.remove.setToolTip("Send the order without a baseline")
        self.remove.setAccessibleName("Remove the baseline")
        self.remove.clicked.connect(lambda: self.set_baseline(None))
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 4, 8, 2)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.places, 0, 0, 1, 4)
        grid.addWidget(self.title, 1, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.words, 1, 1)
        grid.addWidget(self.edit, 1, 2)
        grid.addWidget(self.remove, 1, 3)
        grid.addWidget(self.end, 2, 0, 1, 4)
        grid.setColumnStretch(1, 1)
        self.title.setMinimumWidth(64)

    def _pulse(self) -> None:
        if self.isVisible():
            self._fill_places()
            self._say_end()

    def _fill_places(self) -> None:
        """The places that orders of the book name, once each."""
        instrument = self._instrument
        book = None if instrument is None else flex_book(self._market, instrument.key)
        seen = (instrument, -1 if book is None else book.revision)
        if seen == self._book_seen:
            return
        self._book_seen = seen
        places = {(order.place.country_code, order.place.location_ids) for order in book.orders()} if book else set()
        entries: list[tuple[object, str]] = [(None, "Place from the book…")]
        entries += [(place, _place_words(*place)) for place in sorted(places) if place[1]]
        self.places.offer(entries, None)

    def _place(self) -> None:
        value = self.places.value
        if isinstance(value, tuple):
            self.place_chosen.emit(Place(value[1], value[0]))
            self.places.offer([*self.places.entries], None)

    def _show(self) -> None:
        wanted = self._side is Side.SELL or self.baseline is not None or self._dropped
        for widget in (self.title, self.words, self.edit, self.remove):
            widget.setVisible(wanted)
        self.edit.setEnabled(self.delivery is not None)
        self.remove.setVisible(wanted and self.baseline is not None)
        if wanted:
            self._say_baseline()
        self._say_end()

    def _say_baseline(self) -> None:
        theme, baseline, instrument = self._theme, self.baseline, self._instrument
        if self._dropped:
            self.words.say(f"▲ {DROPPED}", "warning", theme)
        elif baseline is None:
            self.words.say(f"▲ {WAITS}", "warning", theme)
        elif self._side is Side.BUY:
            self.words.say("■ a buy order has none", "danger", theme)
        elif instrument is not None:
            zone = instrument_zone(instrument)
            span = delivery_text(baseline.reading_start, baseline.reading_end, zone)
            count = len(baseline.readings)
            words = f"{count} reading{'s' * (count != 1)} in {baseline.unit_measured}, {span}"
            self.words.say(words, "text", theme)
        self.words.setAccessibleName(f"Baseline: {self.words.text()}")

    def _say_end(self) -> None:
        """When the order would end: it can't be taken back before."""
        instrument = self._instrument
        if instrument is None or self._expiry is None:
            self.end.say(f"{NO_CANCEL}.", "text_secondary", self._theme)
            return
        zone = instrument_zone(instrument)
        now = self._market.venue_now(instrument.key.connection, self._clock.now)
        left = seconds_until(self._expiry, now)
        at = f"{time_text(self._expiry, zone, seconds=False)} {zone_name(self._expiry, zone)}"
        words = f"{NO_CANCEL}: it ends when filled, or in {countdown_text(left)}, at {at}."
        self.end.say(words, "warning" if left <= AMBER else "text_secondary", self._theme)


def _place_words(country: str, locations: tuple[str, ...]) -> str:
    return "  ".join(filter(None, (country, ", ".join(locations))))
