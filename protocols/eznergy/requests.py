"""Order entry: intents become frames (`order_frames`), and every frame that left is watched until its answer.

Section 7 of the protocol page. One outstanding request per order, a fresh correlation per intent (its own identifier).
Nothing here sends: `Requests.commit` hands out one frame per intent, once.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from protocols.eznergy.codec import Unreadable
from protocols.eznergy.order_frames import OrderFrames, Refused
from protocols.market.blotter import Blotter
from protocols.market.commands import (
    AmendOrder,
    CancelOrder,
    Command,
    Intent,
    PlaceOco,
    PlaceOrder,
    SetOrderActive,
)
from protocols.market.order_events import (
    OrderDecided,
    OrderEvent,
    OrderIntended,
    OrderReported,
    RequestDoubted,
    RequestDropped,
)
from protocols.market.orders import Order, OrderStatus, Verdict, request_of
from protocols.market.times import Instant
from protocols.session import Prepared

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


class Requests:
    """One connection's order entry. `tell` takes the events it finds out about; `is_ours` knows our client ids."""

    def __init__(
        self,
        connection: str,
        frames: OrderFrames,
        is_ours: Callable[[str], bool],
        tell: Callable[[OrderEvent], None],
    ) -> None:
        self._connection = connection
        self._frames = frames
        self._own: set[str] = set()
        self._blotter = Blotter(lambda client_id: client_id in self._own or is_ours(client_id))
        self._tell = tell
        self._outstanding: dict[str, _Outstanding] = {}
        self._committed: set[str] = set()

    def area_of(self, command: Command) -> str:
        """The delivery area whose channel takes the command. Raises `Refused`."""
        if isinstance(command, PlaceOrder):
            return command.key.area
        if isinstance(command, PlaceOco):
            raise Refused("order: this venue has no pairs of which one cancels the other")
        return self._acted_on(command).key.area

    def encode(self, intent: Intent, channel: str, stream: str) -> Prepared:
        """The intent's frame, and what it says when read again. Raises `Refused`; changes nothing."""
        frame = self._frame(intent, channel)
        try:
            said = self._frames.read(frame)
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

    def left_out(self, area: str, named: AbstractSet[str]) -> frozenset[str]:
        """Our orders of an area that live as far as we know, and that a report which should name them all does not.
        They are not thereby dead: a snapshot covers 24 h (section 8)."""
        alive = self._blotter.own_alive()
        return frozenset(
            o.client_id for o in alive if o.status.alive and o.key.area == area and o.client_id not in named
        )

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

    def _frame(self, intent: Intent, channel: str) -> bytes:
        command = intent.command
        if isinstance(command, PlaceOco):
            raise Refused("order: this venue has no pairs of which one cancels the other")
        if not isinstance(command, PlaceOrder):
            return self._frames.change(command, self._acted_on(command), channel, intent.intent_id)
        if self._blotter.get(self._connection, intent.client_id) is not None:
            raise Refused("client identifier: was used before")
        return self._frames.place(command, intent.client_id, channel, intent.intent_id)

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
            raise Refused(f"order: its {order.request.word} request is not answered yet")
        if isinstance(command, SetOrderActive) and command.active == (order.version.state.value == "active"):
            raise Refused(f"order: {order.status.value} already")
        return order
