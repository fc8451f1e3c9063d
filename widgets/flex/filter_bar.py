"""What of a flexibility book is shown: delivery window, country and location, each with "all"."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from protocols.market.flex import Delivery
from protocols.market.flex_book import FlexBook, FlexFilter
from widgets.delivery import period_text, zone_name
from widgets.flex.choice_box import ChoiceBox
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.theme import Theme
from widgets.wording import plain_tip

NO_COUNTRY = "no country"
GAP = 4


class FlexFilterBar(QWidget):
    """Three lists, filled from the book. The window is the link group's; country and location are this ladder's."""

    window_chosen = Signal(object)
    """`Delivery`, or None for all of them."""
    place_chosen = Signal(object)
    """`FlexFilter` without a window."""
    left = Signal()
    """The keys are to go back to the rows."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self.window_box = ChoiceBox("Delivery window", theme, self)
        self.country_box = ChoiceBox("Country", theme, self)
        self.location_box = ChoiceBox("Location", theme, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 3, 6, 3)
        row.setSpacing(GAP)
        for box, share in ((self.window_box, 5), (self.country_box, 3), (self.location_box, 4)):
            row.addWidget(box, share)
            box.left.connect(self.left)
        self.window_box.chosen.connect(lambda: self.window_chosen.emit(self.window_box.value))
        self.country_box.chosen.connect(self._country)
        self.location_box.chosen.connect(self._place)
        self.setTabOrder(self.window_box, self.country_box)
        self.setTabOrder(self.country_box, self.location_box)
        self.setFocusProxy(self.window_box)
        self.set_keys(NO_KEYS)

    def set_theme(self, theme: Theme) -> None:
        for box in (self.window_box, self.country_box, self.location_box):
            box.set_theme(theme)

    def set_keys(self, keys: KeyTexts) -> None:
        tip = "The delivery window whose orders are shown; orders of different windows are different goods"
        self.window_box.setToolTip(keys.tip(tip, "ladder.filter", "Esc goes back to the rows"))
        self.country_box.setToolTip(plain_tip("Only orders that name this country, or none"))
        self.location_box.setToolTip(plain_tip("Only orders of this location, as the venue names it"))

    def show_book(self, book: FlexBook | None, chosen: FlexFilter, zone: ZoneInfo) -> None:
        """The lists as the book has them now; nothing is done where nothing changed."""
        seen = (book.revision if book is not None else -1, chosen, zone)
        if seen == self._shown:
            return
        self._shown = seen
        deliveries = book.deliveries() if book is not None else []
        windows = [(None, "All windows"), *((each, _window_text(each, zone)) for each in deliveries)]
        if chosen.delivery is not None and chosen.delivery not in deliveries:
            windows.append((chosen.delivery, f"{_window_text(chosen.delivery, zone)}, empty"))
        self.window_box.offer(windows, chosen.delivery)
        countries = book.countries() if book is not None else []
        self.country_box.offer([(None, "All countries"), *((c, c or NO_COUNTRY) for c in countries)], chosen.country)
        locations = book.locations(chosen.country) if book is not None else []
        self.location_box.offer([(None, "All locations"), *((each, each) for each in locations)], chosen.location)

    def _country(self) -> None:
        """Locations are those of one country: another one has others."""
        country = self.country_box.value
        self.place_chosen.emit(FlexFilter(country=country if isinstance(country, str) else None))

    def _place(self) -> None:
        country, location = self.country_box.value, self.location_box.value
        self.place_chosen.emit(
            FlexFilter(
                country=country if isinstance(country, str) else None,
                location=location if isinstance(location, str) else None,
            )
        )


def _window_text(delivery: Delivery, zone: ZoneInfo) -> str:
    return f"{period_text(delivery.start, delivery.end, zone)} {zone_name(delivery.start, zone)}"
