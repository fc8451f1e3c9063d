"""Commands as request frames, and frames as the commands they say, in a connection's dialect. Section 7 of the page.

One order per batch. Every default is written, an order is named by all of its names, and what was written is read again
by `read`: the risk check judges that, not what was meant.
"""

from decimal import Decimal

import msgspec

from protocols.eznergy import messages
from protocols.eznergy.codec import Unreadable, decode_envelope, decode_one, envelope, inner_json
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.dialects import Dialect
from protocols.eznergy.numbers import optional_price, optional_quantity, price_of, quantity_of
from protocols.eznergy.private import SIDES
from protocols.eznergy.terms import repeated_fields, said_terms, terms_fields, why_not_written
from protocols.market.commands import AmendOrder, CancelOrder, Command, PlaceOrder, PowerTerms, SetOrderActive
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.times import utc_text
from protocols.market.values import plain_text

CREATION, MODIFICATION, CANCELLATION = "Creation", "Modification", "Cancellation"
ACTIVATION, DEACTIVATION = "Activation", "Deactivation"


class Refused(ValueError):
    """The intent can't become a frame; the text names the field or the state."""


class OrderFrames:
    """Writes and reads the requests of one connection."""

    def __init__(self, connection: str, contracts: ContractDirectory, dialect: Dialect) -> None:
        self._connection = connection
        self._contracts = contracts
        self._dialect = dialect

    def place(self, command: PlaceOrder, client_id: str, channel: str, correlation: str) -> bytes:
        """The frame of a new order. Raises `Refused`."""
        contract = self._contracts.get(command.key)
        if contract is None:
            raise Refused("contract: the venue has not named it")
        terms = command.terms
        if not isinstance(terms, PowerTerms) or command.price is None:
            raise Refused("terms: not those of a power order")
        why = why_not_written(self._dialect, terms)
        if why:
            raise Refused(why)
        order = messages.PrivateOrder(
            client_identifier=client_id,
            state="Active" if command.active else "Hibernated",
            # The identifier whenever it is known: by dates the venue may pick Local or Xbid (section 8).
            contract_area=messages.ContractArea(
                delivery_area=command.key.area,
                identifier=contract.venue_id,
                delivery_start=utc_text(contract.delivery_start),
                delivery_end=utc_text(contract.delivery_end),
            ),
            direction=command.side.value,
            quantity=_decimal(command.quantity),
            price=_decimal(command.price),
            **terms_fields(self._dialect, terms),
        )
        return _frame(CREATION, order, channel, correlation)

    def change(
        self, command: AmendOrder | CancelOrder | SetOrderActive, order: Order, channel: str, correlation: str
    ) -> bytes:
        """The frame of a request on an order that the venue has named. Raises `Refused`."""
        version = order.version
        if version is None:
            raise Refused("order: the venue has not named it yet")
        wire = messages.PrivateOrder(
            client_identifier=order.client_id,
            identifier=self._identifier(version.venue_id),
            revision_number=version.revision,
        )
        match command:
            case CancelOrder():
                return _frame(CANCELLATION, wire, channel, correlation)
            case SetOrderActive():
                return _frame(ACTIVATION if command.active else DEACTIVATION, wire, channel, correlation)
        if order.power.kind:
            raise Refused(f"order: a {order.power.kind} order is not modified from here")
        if command.price is None and command.quantity is None:
            raise Refused("price, quantity: a modification changes one of them")
        repeated = repeated_fields(self._dialect, order.power)
        why = why_not_written(self._dialect, order.power) if repeated else ""
        if why:
            raise Refused(f"order: its terms can't be said again: {why}")
        wire = msgspec.structs.replace(
            wire,
            price=None if command.price is None else _decimal(command.price),
            quantity=None if command.quantity is None else _decimal(command.quantity),
            **repeated,
        )
        return _frame(MODIFICATION, wire, channel, correlation)

    def read(self, frame: bytes) -> Command:
        """What a request frame says. Raises `Unreadable`."""
        message = decode_envelope(frame)
        batch = decode_one(messages.OrderBatch, inner_json(message.data))
        if message.type != messages.REQUEST or len(batch.orders) != 1:
            raise Unreadable("request: not one order")
        order = batch.orders[0]
        client_id = order.client_identifier
        if not client_id:
            raise Unreadable("request: no clientIdentifier")
        match batch.type:
            case "Creation":
                return self._placed(order)
            case "Modification":
                quantity, price = optional_quantity("quantity", order.quantity), optional_price("price", order.price)
                return AmendOrder(self._connection, client_id, quantity, price)
            case "Cancellation":
                return CancelOrder(self._connection, client_id)
            case "Activation" | "Deactivation":
                return SetOrderActive(self._connection, client_id, batch.type == ACTIVATION)
        raise Unreadable(f"request: type {batch.type!r}")

    def _placed(self, order: messages.PrivateOrder) -> PlaceOrder:
        side = SIDES.get(order.direction or "")
        if side is None or order.contract_area is None or order.price is None or order.quantity is None:
            raise Unreadable("request: direction, contractArea, price or quantity is missing")
        contract = self._contracts.resolve(order.contract_area, current=False)
        return PlaceOrder(
            key=ContractKey(self._connection, order.contract_area.delivery_area, contract.key.contract_id),
            side=side,
            quantity=quantity_of("quantity", order.quantity),
            price=price_of("price", order.price),
            terms=said_terms(self._dialect, order),
            active=order.state == "Active",
        )

    def _identifier(self, venue_id: str) -> int | str:
        """Identifiers are text here. M7's are numbers on the wire; NPID's stay text, though they be digits."""
        if not self._dialect.numbered or not (venue_id.isascii() and venue_id.isdigit() and len(venue_id) < 19):
            return venue_id
        return int(venue_id) if str(int(venue_id)) == venue_id else venue_id


def _frame(kind: str, order: messages.PrivateOrder, channel: str, correlation: str) -> bytes:
    batch = messages.OrderBatch(type=kind, orders=[order])
    return envelope(messages.REQUEST, channel=channel, correlation=correlation, payload=batch)


def _decimal(value: int) -> Decimal:
    return Decimal(plain_text(value))
