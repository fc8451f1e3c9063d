"""What the orders of some instruments have beside the fields of their form, such as a table that goes with them."""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from protocols.market.commands import Command, PlaceOrder
from protocols.market.forms import Checked
from protocols.market.instruments import Instrument
from widgets.theme import Theme


class TicketSection(Protocol):
    """A part of the ticket, between its fields and its foot. Its widget hides itself where it has nothing to say."""

    @property
    def widget(self) -> QWidget: ...

    def set_theme(self, theme: Theme) -> None: ...

    def show_for(self, instrument: Instrument | None, checked: Checked | None) -> None:
        """The form is of this instrument, and its texts come to this; None without a form."""
        ...

    def completed(self, command: Command) -> Command:
        """The order with what this section adds to it."""
        ...

    def take(self, order: PlaceOrder | None) -> None:
        """What this section has to hold for an order; None empties it."""
        ...

    def entries(self) -> list[QWidget]:
        """What takes the focus, in order."""
        ...
