"""Wishes, in the imperative and frozen: what a trader, or a key, asks of a venue."""

import msgspec

from protocols.market.instruments import ContractKey
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price, Quantity, Side


class PowerTerms(msgspec.Struct, frozen=True):
    """What a power order says beyond side, quantity and price. Every default is sent, and shown (ux: order ticket).

    `restriction` and `validity` are the venue's words; `validity` is M7's validity restriction and Nord Pool's time in
    force. `validity_until` goes with the dated one only. An iceberg has a `display_quantity` (what the book shows at a
    time) and may have a `price_delta` (what each slice moves by). `kind` is the venue's word for an order that is
    neither plain nor an iceberg, such as a block: shown, never sent or amended from here.
    """

    restriction: str = "None"
    validity: str = "GoodForSession"
    validity_until: UtcNs | None = None
    display_quantity: Quantity | None = None
    price_delta: Price | None = None
    comment: str = ""
    kind: str = ""


class PlaceOrder(msgspec.Struct, frozen=True, tag=True):
    """A new limit order. `active` False asks for a hibernated one: known to the venue, in no book."""

    key: ContractKey
    side: Side
    quantity: Quantity
    price: Price
    terms: PowerTerms = PowerTerms()
    active: bool = True


class AmendOrder(msgspec.Struct, frozen=True, tag=True):
    """Another price or quantity (of what remains) for an order of ours; None leaves it as it is."""

    connection: str
    client_id: str
    quantity: Quantity | None = None
    price: Price | None = None


class CancelOrder(msgspec.Struct, frozen=True, tag=True):
    """The end of an order of ours."""

    connection: str
    client_id: str


class SetOrderActive(msgspec.Struct, frozen=True, tag=True):
    """Into the book (True), or out of it and kept at the venue, hibernated (False)."""

    connection: str
    client_id: str
    active: bool


Command = PlaceOrder | AmendOrder | CancelOrder | SetOrderActive


class Seen(msgspec.Struct, frozen=True):
    """What was on the trader's screen when the command was sent. Revisions are counted anew by each run of the desk.

    `keeps_place` is what was foretold of an amendment; None where nothing was.
    """

    frame: int
    book: int
    venue_book: int | None = None
    keeps_place: bool | None = None


class Intent(msgspec.Struct, frozen=True):
    """A command that was meant. `intent_id` is new for each; at most one frame ever leaves for it.

    `client_id` is the order's identity for life (a GUID): new for a `PlaceOrder`, the order's own otherwise. `seen` is
    None where it was not sent from a picture of the market.
    """

    intent_id: str
    client_id: str
    command: Command
    at: Instant
    seen: Seen | None = None

    @property
    def connection(self) -> str:
        command = self.command
        return command.key.connection if isinstance(command, PlaceOrder) else command.connection
