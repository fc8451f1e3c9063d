"""Order entry: intents become frames, frames are read again, and every frame that left is watched until its answer.

Section 7 of the protocol page. One order per batch, one outstanding request per order, a fresh correlation per intent
(its own identifier), and every default sent explicitly. Nothing here sends: `Requests.commit` hands out one frame per
intent, once.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal

import msgspec

from protocols.eznergy import messages
from protocols.eznergy.codec import Unreadable, decode_envelope, decode_one, envelope, inner_json
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.private import SIDES
from protocols.eznergy.translate import optional_price, optional_quantity, quantity_of, scaled_of
from protocols.market.blotter import Blotter
from protocols.market.commands import (
    AmendOrder,
    CancelOrder,
    Command,
    Intent,
    PlaceOrder,
    PowerTerms,
    SetOrderActive,
)
from protocols.market.instruments import ContractKey
from protocols.market.order_events import (
    OrderDecided,
    OrderEvent,
    OrderIntended,
    OrderReported,
    RequestDoubted,
    RequestDropped,
)
from protocols.market.orders import Order, OrderStatus, Verdict, request_of
from protocols.market.times import Instant, utc_from_text, utc_text
from protocols.market.values import Price, Quantity, plain_text
from protocols.session import Prepared

CREATION, MODIFICATION, CANCELLATION = "Creation", "Modification", "Cancellation"
ACTIVATION, DEACTIVATION = "Activation", "Deactivation"

ANSWER_SECONDS = 10.0
"""How long a request may go without any answer, and how long again after its acknowledgement, before it is in doubt."""


RESTARTED = "sent before a restart"


class _Outstanding(msgspec.Struct):
    """A request whose frame left, or is leaving."""

    intent: Intent
    channel: str
    deadline: float
    doubt: str = ""
    """Why it is in doubt; empty while it is not."""
    in_flight: bool = True
    """False once the link it was sent on is gone: an answer can only be a later report."""


class Refused(ValueError):
    """The intent can't become a frame; the text names the field or the state."""


class Requests:
    """One connection's order entry. `tell` takes the events it finds out about; `is_ours` knows our client ids."""

    def __init__(
        self,
        connection: str,
        contracts: ContractDirectory,
        is_ours: Callable[[str], bool],
        tell: Callable[[OrderEvent], None],
    ) -> None:
        self._connection = connection
        self._contracts = contracts
        self._own: set[str] = set()
        self._blotter = Blotter(lambda client_id: client_id in self._own or is_ours(client_id))
        self._tell = tell
        self._outstanding: dict[str, _Outstanding] = {}
        self._committed: set[str] = set()

    def area_of(self, command: Command) -> str:
        """The delivery area whose channel takes the command. Raises `Refused`."""
        if isinstance(command, PlaceOrder):
            return command.key.area
        return self._acted_on(command).key.area

    def encode(self, intent: Intent, channel: str, stream: str) -> Prepared:
        """The intent's frame, and what it says when read again. Raises `Refused`; changes nothing."""
        kind, order = self._wire(intent)
        batch = messages.OrderBatch(type=kind, orders=[order])
        frame = envelope(messages.REQUEST, channel=channel, correlation=intent.intent_id, payload=batch)
        try:
            said = read_request(frame, self._connection, self._contracts)
        except Unreadable as error:
            raise Refused(f"our own frame does not read: {error}") from error
        return Prepared(intent, said, stream, intent.intent_id, frame)

    def commit(self, prepared: Prepared, channel: str, now: Instant) -> bytes | None:
        """The frame to send, once: None when this intent was committed before, which is told."""
        intent = prepared.intent
        if intent.intent_id in self._committed:
            return None
        self._committed.add(intent.intent_id)
        self._own.add(intent.client_id)
        self._blotter.apply(OrderIntended(intent))
        self._outstanding[intent.intent_id] = _Outstanding(intent, channel, now.monotonic + ANSWER_SECONDS)
        return prepared.frame

    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        """Takes up the intents of an earlier run: in doubt, and watched for the venue's evidence."""
        for intent in intents:
            self._own.add(intent.client_id)
            self._committed.add(intent.intent_id)
            self._blotter.apply(OrderIntended(intent))
        for intent in {intent.client_id: intent for intent in intents}.values():
            self._blotter.apply(RequestDoubted(self._connection, intent.client_id, intent.intent_id, RESTARTED, now))
            waiting = _Outstanding(intent, "", now.monotonic, RESTARTED, in_flight=False)
            self._outstanding[intent.intent_id] = waiting

    # What becomes of them

    def dropped(self, intent_id: str, reason: str, now: Instant) -> None:
        """The frame was never written."""
        waiting = self._outstanding.pop(intent_id, None)
        if waiting is not None:
            self._say(RequestDropped(self._connection, waiting.intent.client_id, waiting.intent.intent_id, reason, now))

    def doubt(self, intent_id: str, reason: str, now: Instant) -> bool:
        """No answer will come, or it can't be read. False when no such request is outstanding."""
        waiting = self._outstanding.get(intent_id)
        if waiting is None:
            return False
        if not waiting.doubt:
            waiting.doubt = reason
            self._say(RequestDoubted(self._connection, waiting.intent.client_id, waiting.intent.intent_id, reason, now))
        return True

    def link_lost(self, reason: str, now: Instant) -> None:
        """The socket is gone: what was in flight is in doubt, until the next link's snapshot or list tells."""
        for intent_id, waiting in list(self._outstanding.items()):
            waiting.in_flight = False
            self.doubt(intent_id, reason, now)

    def unreadable(self, channel: str, reason: str, now: Instant) -> None:
        """Something on the channel could not be read: it may have been an answer."""
        for intent_id, waiting in list(self._outstanding.items()):
            if waiting.channel == channel:
                self.doubt(intent_id, f"an unreadable message came: {reason}", now)

    def tick(self, now: Instant) -> None:
        """Deadlines."""
        for intent_id, waiting in list(self._outstanding.items()):
            if now.monotonic > waiting.deadline:
                self.doubt(intent_id, f"no answer for {ANSWER_SECONDS:.0f} s", now)

    def reported(self, event: OrderReported) -> OrderReported:
        """Takes a report; returns it as it may be told. A snapshot that came over the link on which a request is in
        flight says nothing about that request: its answer is still to come."""
        client_id = event.report.client_id
        waiting = next((w for w in self._outstanding.values() if w.intent.client_id == client_id), None)
        if waiting is not None and waiting.in_flight and event.snapshot:
            event = msgspec.structs.replace(event, snapshot=False)
        self._blotter.apply(event)
        if waiting is not None:
            order = self._blotter.get(self._connection, client_id)
            if order is None or order.intent_id != waiting.intent.intent_id or order.status.over:
                del self._outstanding[waiting.intent.intent_id]
            elif event.report.verdict is Verdict.ACKNOWLEDGED:
                waiting.deadline = event.at.monotonic + ANSWER_SECONDS
        return event

    # In doubt

    def in_doubt(self, area: str) -> frozenset[str]:
        """The client identifiers of our orders of an area that are in doubt."""
        alive = self._blotter.own_alive()
        return frozenset(o.client_id for o in alive if o.status is OrderStatus.IN_DOUBT and o.key.area == area)

    def area_in_doubt(self, client_id: str) -> str:
        """The area of an order of ours that is in doubt. Raises `Refused`."""
        order = self._blotter.get(self._connection, client_id)
        if order is None or not order.ours:
            raise Refused("order: not known here (yet)")
        if order.status is not OrderStatus.IN_DOUBT:
            raise Refused(f"order: not in doubt, it is {order.status.value}")
        return order.key.area

    def listed(self, area: str, named: AbstractSet[str], now: Instant) -> None:
        """The venue's whole list of an area's orders came, and its reports are taken: of what is in doubt all the
        same, it is told whether the list has it."""
        doubted = self.in_doubt(area)
        for waiting in list(self._outstanding.values()):
            client_id = waiting.intent.client_id
            if waiting.doubt and client_id in doubted:
                asked = request_of(waiting.intent.command).value
                there = f"shows it, and says nothing of the {asked}" if client_id in named else "does not have it"
                reason = f"{waiting.doubt}; the venue's list {there}"
                self._say(RequestDoubted(self._connection, client_id, waiting.intent.intent_id, reason, now))

    def decided(self, event: OrderDecided) -> None:
        """A person decided what became of an order in doubt: nothing is waited for any more."""
        self._blotter.apply(event)
        self._outstanding.pop(event.intent_id or "", None)

    def channel_of(self, intent_id: str) -> str | None:
        """The channel on which an outstanding request was made; None for what is none."""
        waiting = self._outstanding.get(intent_id)
        return None if waiting is None else waiting.channel or None

    def _say(self, event: RequestDropped | RequestDoubted) -> None:
        self._blotter.apply(event)
        self._tell(event)

    # Encoding

    def _wire(self, intent: Intent) -> tuple[str, messages.PrivateOrder]:
        command = intent.command
        if isinstance(command, PlaceOrder):
            return CREATION, self._creation(intent.client_id, command)
        order = self._acted_on(command)
        version = order.version
        assert version is not None
        wire = messages.PrivateOrder(
            client_identifier=order.client_id,
            identifier=_wire_identifier(version.venue_id),
            revision_number=version.revision,
        )
        match command:
            case CancelOrder():
                return CANCELLATION, wire
            case SetOrderActive():
                return (ACTIVATION if command.active else DEACTIVATION), wire
        if command.price is None and command.quantity is None:
            raise Refused("price, quantity: an amendment changes one of them")
        wire.price = None if command.price is None else _decimal(command.price)
        wire.quantity = None if command.quantity is None else _decimal(command.quantity)
        return MODIFICATION, wire

    def _creation(self, client_id: str, command: PlaceOrder) -> messages.PrivateOrder:
        contract = self._contracts.get(command.key)
        if contract is None:
            raise Refused("contract: the venue has not named it")
        if self._blotter.get(self._connection, client_id) is not None:
            raise Refused("client identifier: was used before")
        terms = command.terms
        return messages.PrivateOrder(
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
            execution_restriction=terms.restriction,
            validity_restriction=terms.validity,
            validity_date=None if terms.validity_until is None else utc_text(terms.validity_until),
            iceberg_display_quantity=None if terms.display_quantity is None else _decimal(terms.display_quantity),
            iceberg_price_delta=None if terms.price_delta is None else _decimal(terms.price_delta),
            comment=terms.comment or None,
        )

    def _acted_on(self, command: AmendOrder | CancelOrder | SetOrderActive) -> Order:
        """The order that a request may be made on. Raises `Refused`."""
        order = self._blotter.get(self._connection, command.client_id)
        if order is None:
            raise Refused("order: not known here (yet)")
        if not order.ours:
            raise Refused("order: a colleague's, not ours")
        if order.status.over:
            raise Refused(f"order: {order.status.value} already")
        if order.version is None or not order.version.state.alive:
            raise Refused("order: the venue has not named it yet")
        if order.request is not None:
            raise Refused(f"order: its {order.request.value} request is not answered yet")
        if isinstance(command, SetOrderActive) and command.active == (order.version.state.value == "active"):
            raise Refused(f"order: {order.status.value} already")
        return order


def read_request(frame: bytes, connection: str, contracts: ContractDirectory) -> Command:
    """What a request frame says: the risk check judges this, not what was meant. Raises `Unreadable`."""
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
            return _placed(order, connection, contracts)
        case "Modification":
            return AmendOrder(
                connection,
                client_id,
                optional_quantity("quantity", order.quantity),
                optional_price("price", order.price),
            )
        case "Cancellation":
            return CancelOrder(connection, client_id)
        case "Activation" | "Deactivation":
            return SetOrderActive(connection, client_id, batch.type == ACTIVATION)
    raise Unreadable(f"request: type {batch.type!r}")


def _placed(order: messages.PrivateOrder, connection: str, contracts: ContractDirectory) -> PlaceOrder:
    side = SIDES.get(order.direction or "")
    if side is None or order.contract_area is None or order.price is None or order.quantity is None:
        raise Unreadable("request: direction, contractArea, price or quantity is missing")
    terms = PowerTerms(
        restriction=order.execution_restriction or "",
        validity=order.validity_restriction or "",
        validity_until=None if order.validity_date is None else utc_from_text(order.validity_date),
        display_quantity=optional_quantity("icebergDisplayQuantity", order.iceberg_display_quantity),
        price_delta=optional_price("icebergPriceDelta", order.iceberg_price_delta),
        comment=order.comment or "",
    )
    return PlaceOrder(
        key=ContractKey(
            connection, order.contract_area.delivery_area, contracts.resolve(order.contract_area).key.contract_id
        ),
        side=side,
        quantity=Quantity(quantity_of("quantity", order.quantity)),
        price=Price(scaled_of("price", order.price)),
        terms=terms,
        active=order.state == "Active",
    )


def _decimal(value: int) -> Decimal:
    return Decimal(plain_text(value))


def _wire_identifier(venue_id: str) -> int | str:
    """Identifiers are text here; M7's are numbers on the wire (section 6)."""
    return int(venue_id) if venue_id.isascii() and venue_id.isdigit() and len(venue_id) < 19 else venue_id
