"""Wishes, in the imperative and frozen: what a trader, or a key, asks of a venue."""

import msgspec

from protocols.market.flex import Baseline, Delivery, Place
from protocols.market.instruments import ContractKey
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price, Quantity, Side


class PowerTerms(msgspec.Struct, frozen=True, gc=False, tag="power", tag_field="market"):
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


class FxTerms(msgspec.Struct, frozen=True, gc=False, tag="fx", tag_field="market"):
    """What an FX order says beyond side, quantity and limit price, in the venue's words: `type` (`MARKET`, `LIMIT`,
    `STOP`, `STOP_LIMIT`) and `time_in_force`. A stop has a `stop_price`, from where it becomes an order."""

    type: str
    time_in_force: str
    stop_price: Price | None = None
    until: UtcNs | None = None
    """When the venue ends it; None leaves it until it is filled or cancelled."""
    note: str = ""


class FlexTerms(msgspec.Struct, frozen=True, tag="flex", tag_field="market"):
    """What an order for flexibility says beyond side, power (its quantity, in W) and price (EUR/kWh).

    A `baseline` belongs to sell orders; one without waits at the venue until it has one. `expiry` is None only of an
    order that the venue told of, without one."""

    delivery: Delivery
    expiry: UtcNs | None
    place: Place = Place()
    baseline: Baseline | None = None


Terms = PowerTerms | FxTerms | FlexTerms


class PlaceOrder(msgspec.Struct, frozen=True, tag=True):
    """A new order. Without a `price` it has no limit: an FX market or stop order. `active` False asks for a hibernated
    one: known to the venue, in no book (power)."""

    key: ContractKey
    side: Side
    quantity: Quantity
    price: Price | None
    terms: Terms = PowerTerms()
    active: bool = True

    @property
    def limit(self) -> Price:
        """The price of an order that has one, as every power order does; `ValueError` for another."""
        return limit_of(self.price)

    @property
    def power(self) -> PowerTerms:
        """The terms of a power order; `ValueError` for another."""
        return power_of(self.terms)


class OcoLeg(msgspec.Struct, frozen=True):
    """One of the two orders of a pair, in the words of `FxTerms`."""

    type: str
    price: Price | None = None
    stop_price: Price | None = None
    note: str = ""


class PlaceOco(msgspec.Struct, frozen=True, tag=True):
    """Two orders of which one cancels the other: once either is filled, or begins to be, the venue ends its brother."""

    key: ContractKey
    side: Side
    quantity: Quantity
    legs: tuple[OcoLeg, OcoLeg]
    time_in_force: str
    until: UtcNs | None = None

    def order(self, number: int) -> PlaceOrder:
        """Leg 1 or 2 as an order of its own."""
        leg = self.legs[number - 1]
        terms = FxTerms(leg.type, self.time_in_force, leg.stop_price, self.until, leg.note)
        return PlaceOrder(self.key, self.side, self.quantity, leg.price, terms)


class AmendOrder(msgspec.Struct, frozen=True, tag=True):
    """Another price or quantity (of what remains) for an order of ours; None leaves it as it is. FX orders may have
    their stop price and lifetime changed too; `forever` takes the lifetime away."""

    connection: str
    client_id: str
    quantity: Quantity | None = None
    price: Price | None = None
    stop_price: Price | None = None
    until: UtcNs | None = None
    forever: bool = False


class CancelOrder(msgspec.Struct, frozen=True, tag=True):
    """The end of an order of ours."""

    connection: str
    client_id: str


class SetOrderActive(msgspec.Struct, frozen=True, tag=True):
    """Into the book (True), or out of it and kept at the venue, hibernated (False)."""

    connection: str
    client_id: str
    active: bool


Command = PlaceOrder | PlaceOco | AmendOrder | CancelOrder | SetOrderActive


def limit_of(price: Price | None) -> Price:
    """The price that is surely there. Raises `ValueError`."""
    if price is None:
        raise ValueError("an order without a limit price")
    return price


def power_of(terms: Terms) -> PowerTerms:
    """The terms of what is surely a power order. Raises `ValueError`."""
    if not isinstance(terms, PowerTerms):
        raise ValueError("not the terms of a power order")
    return terms


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

    `client_id` is the order's identity for life (a GUID): new for a placement, the order's own otherwise. That of a
    `PlaceOco` names the pair, and its legs' are made of it (`leg_id`). `seen` is None where it was not sent from a
    picture of the market.
    """

    intent_id: str
    client_id: str
    command: Command
    at: Instant
    seen: Seen | None = None

    @property
    def connection(self) -> str:
        command = self.command
        return command.key.connection if isinstance(command, PlaceOrder | PlaceOco) else command.connection

    def placements(self) -> list[tuple[str, PlaceOrder]]:
        """The orders that it makes, each with its client identifier: one, the two legs of a pair, or none."""
        match self.command:
            case PlaceOrder() as order:
                return [(self.client_id, order)]
            case PlaceOco() as pair:
                return [(leg_id(self.client_id, number), pair.order(number)) for number in (1, 2)]
            case _:
                return []

    def of_order(self, client_id: str) -> "Intent":
        """What a placement says of one of the orders that it makes: of a pair, that leg's part."""
        order = dict(self.placements())[client_id]
        return msgspec.structs.replace(self, client_id=client_id, command=order)

    def client_ids(self) -> list[str]:
        """The orders that it is about: both legs of a pair that it places."""
        return [client_id for client_id, _ in self.placements()] or [self.client_id]


def leg_id(pair: str, number: int) -> str:
    """The client identifier of leg 1 or 2. It carries the pair's, so that legs find each other after a restart."""
    return f"{pair}.{number}"


def pair_of(client_id: str) -> str | None:
    """The pair that an order is a leg of; None for a single order."""
    pair, dot, number = client_id.rpartition(".")
    return pair if dot and pair and number in ("1", "2") else None


def placed_as(client_id: str) -> str:
    """The client identifier of the intent that placed the order: the pair's for a leg, its own otherwise."""
    return pair_of(client_id) or client_id
