"""What may be asked of the venue, and when: from an intent to a frame that may be committed. Changes nothing."""

from protocols.acttrader import messages
from protocols.acttrader.codec import Unreadable
from protocols.acttrader.ledger import Known, Ledger
from protocols.acttrader.outstanding import Requests
from protocols.acttrader.pairs import PairDirectory
from protocols.acttrader.requests import Refused, encode_intent, read_request
from protocols.acttrader.settings import AREA, Settings
from protocols.market.commands import AmendOrder, CancelOrder, Intent, PlaceOco, PlaceOrder, pair_of
from protocols.session import Prepared


class OrderEntry:
    """One connection's."""

    def __init__(self, settings: Settings, pairs: PairDirectory, ledger: Ledger, requests: Requests) -> None:
        self._settings = settings
        self._pairs = pairs
        self._ledger = ledger
        self._requests = requests

    def encode(self, intent: Intent, stream: str, locked: str) -> Prepared:
        """The intent's frame, and what it says when it is read again. `locked` says why order entry is, if it is: then
        nothing but a cancellation passes. Raises `Refused`."""
        venue_id = self._may(intent, locked)
        frame = encode_intent(intent, self._settings, venue_id)
        try:
            said = read_request(frame, self._settings.name, self._ledger.client_of)
        except Unreadable as error:
            raise Refused(f"our own frame does not read: {error}") from error
        return Prepared(intent, said, stream, intent.intent_id, frame)

    def _may(self, intent: Intent, locked: str) -> str | None:
        """The venue's identifier of the order that is acted on; None for a new one. Raises `Refused`."""
        command = intent.command
        if locked and not isinstance(command, CancelOrder):
            raise Refused(f"connection: order entry is locked: {locked}")
        match command:
            case PlaceOrder() | PlaceOco():
                self._may_place(intent, command)
                return None
            case AmendOrder():
                known = self._acted_on(command.client_id)
                if command.quantity is not None and known.executed:
                    raise Refused(
                        "quantity: a part is executed, and the venue doesn't say whether a new quantity is the whole or"
                        " the rest; cancel it and place another"
                    )
                self._fits(command, known)
                self._leaves_a_pair_one(command)
                return known.venue_id
            case CancelOrder():
                return self._acted_on(command.client_id).venue_id
        raise Refused("order: this venue knows no inactive orders")

    def _may_place(self, intent: Intent, command: PlaceOrder | PlaceOco) -> None:
        key = command.key
        if key.area != AREA or self._pairs.get(key.contract_id) is None:
            raise Refused(f"pair: {key.contract_id} is not traded on {self._settings.name}")
        for client_id in intent.client_ids():
            if self._ledger.get(client_id) is not None:
                raise Refused("client identifier: was used before")

    def _acted_on(self, client_id: str) -> Known:
        known = self._ledger.get(client_id)
        if known is None:
            raise Refused("order: not known here (yet)")
        if not known.ours:
            raise Refused("order: a colleague's, not ours")
        waiting = self._requests.of_order(client_id)
        if waiting is not None:
            raise Refused("order: what was asked of it is not answered yet")
        if not known.alive:
            raise Refused("order: over already" if known.over else "order: the venue has not named it yet")
        return known

    @staticmethod
    def _fits(command: AmendOrder, known: Known) -> None:
        kind = known.terms.type
        if command.price is not None and kind not in (messages.LIMIT, messages.STOP_LIMIT):
            raise Refused(f"price: a {kind} order has none")
        if command.stop_price is not None and kind not in (messages.STOP, messages.STOP_LIMIT):
            raise Refused(f"stop price: a {kind} order has none")

    @staticmethod
    def _leaves_a_pair_one(command: AmendOrder) -> None:
        """Both legs are for one quantity and live equally long: the other leg would not follow."""
        if pair_of(command.client_id) is None:
            return
        if command.quantity is not None:
            raise Refused("quantity: both legs of a pair are for one quantity; cancel the pair and place another")
        if command.until is not None or command.forever:
            raise Refused("lifetime: both legs of a pair live equally long; cancel the pair and place another")
