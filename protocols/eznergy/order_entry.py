"""What the desk asks of the venue: to take an intent, and to say what became of an order in doubt. Section 7."""

from collections.abc import Callable

from protocols.eznergy.channels import PRIVATE_ORDERS
from protocols.eznergy.order_frames import Refused
from protocols.eznergy.reconciliation import Reconciliation
from protocols.eznergy.requests import Requests
from protocols.eznergy.subscriptions import Subscriptions
from protocols.market.commands import CancelOrder, Command, Intent, SetOrderActive
from protocols.market.events import Freshness
from protocols.market.times import Instant
from protocols.notices import Notices
from protocols.session import Denied, Prepared


class OrderEntry:
    """One connection's. `stream` names the open socket, None while there is none; `send` writes an intent's frame on a
    channel: (frame, channel, intent id)."""

    def __init__(
        self,
        connection: str,
        requests: Requests,
        subscriptions: Subscriptions,
        reconciliation: Reconciliation,
        notices: Notices,
        stream: Callable[[], str | None],
        send: Callable[[bytes, str, str], None],
    ) -> None:
        self._connection = connection
        self._requests = requests
        self._subscriptions = subscriptions
        self._reconciliation = reconciliation
        self._notices = notices
        self._stream = stream
        self._send = send

    def prepare(self, intent: Intent) -> Prepared | Denied:
        try:
            stream, channel = self._way_out(intent)
            return self._requests.encode(intent, channel, stream)
        except Refused as refused:
            return Denied(intent, str(refused))

    def commit(self, prepared: Prepared, now: Instant) -> None:
        intent = prepared.intent
        try:
            stream, channel = self._way_out(intent)
        except Refused:
            stream, channel = "", ""
        frame = self._requests.commit(prepared, channel, now)
        if frame is None:
            self._notices.notice("committed twice", f"intent {intent.intent_id} was sent before", now)
        elif not channel or prepared.stream != stream:
            self._requests.dropped(intent.intent_id, "the link it was meant for is gone", now)
        else:
            self._send(frame, channel, intent.intent_id)

    def ask(self, client_id: str, now: Instant) -> str | None:
        """Why the venue can't be asked now what became of an order, in words; None when it is."""
        try:
            area = self._requests.area_in_doubt(client_id)
            self._socket()
            channel, _ = self._orders_of(area)
        except Refused as refused:
            return str(refused)
        return self._reconciliation.ask(area, channel, now)

    def _way_out(self, intent: Intent) -> tuple[str, str]:
        """The socket and the channel that take the intent. Raises `Refused`.

        What pulls an order goes while the channel is being synchronised, too: it adds no risk, and a version that is
        no longer the current one is refused by the venue (section 7), which leaves the order as it is.
        """
        stream = self._socket()
        area = self._requests.area_of(intent.command)
        channel, status = self._orders_of(area)
        if status is not Freshness.LIVE and not _pulls(intent.command):
            raise Refused(f"connection: own orders of {area} are {status.value}")
        return stream, channel

    def _socket(self) -> str:
        stream = self._stream()
        if stream is None:
            raise Refused(f"connection: {self._connection} is not connected")
        return stream

    def _orders_of(self, area: str) -> tuple[str, Freshness]:
        """An area's order channel and its status. Raises `Refused`."""
        found = self._subscriptions.channel(PRIVATE_ORDERS, area)
        if found is None:
            raise Refused(f"contract: {self._connection} does not trade {area}")
        return found


def _pulls(command: Command) -> bool:
    """Whether it takes an order out of the book."""
    return isinstance(command, CancelOrder) or (isinstance(command, SetOrderActive) and not command.active)
