"""The three sockets and the order endpoint, sans-IO: requests and time in, frames and answers out.

After any call: execute `outgoing()`. Who connects is told what happens from then on: the sockets know no snapshots, but
that of the book, and nothing to send.
"""

import msgspec

from protocols.glocalflex import codec, messages
from protocols.market.times import Instant, UtcNs
from protocols.practice.glocalflex import requests, wire
from protocols.practice.glocalflex.exchange import Exchange
from protocols.practice.glocalflex.grants import Grants
from protocols.practice.glocalflex.office import Told
from protocols.practice.glocalflex.orders import Match
from protocols.practice.glocalflex.own_orders import OwnOrder
from protocols.practice.glocalflex.publisher import Publisher
from protocols.practice.replies import Answer
from protocols.practice.sockets import ClientId, Frame, HangUp
from protocols.practice.tokens import Unauthorised

UNKNOWN_STATUS = "under_review_by_grid_operator"
"""A status that no page knows."""
_POLICY_VIOLATION = 1008


class _Client(msgspec.Struct, frozen=True):
    """One connection: which socket, and with what token; with None where none was asked for."""

    endpoint: str
    bearer: str | None


class FlexGateway:
    """All connections to the flexibility market."""

    def __init__(self, exchange: Exchange, grants: Grants, publisher: Publisher) -> None:
        self._exchange = exchange
        self._grants = grants
        self._publisher = publisher
        self._clients: dict[ClientId, _Client] = {}
        self._outgoing: list[Frame | HangUp] = []

    def connected(self, endpoint: str, client: ClientId, bearer: str, now: Instant) -> None:
        """A handshake at one of the three sockets. Raises `Unauthorised`."""
        asked = endpoint == messages.TRADE or not self._exchange.faults.open_market_data
        if asked:
            self._grants.expiry(bearer, now.utc)
        self._clients[client] = _Client(endpoint, bearer if asked else None)
        self._send(client, codec.control_message())
        if endpoint == messages.ORDERBOOK:
            (book, *_) = self._publisher.update(self._exchange.faults, now)
            self._broadcast(messages.ORDERBOOK, book)

    def disconnected(self, client: ClientId) -> None:
        """The connection ended, however it did; harmless for one that is unknown."""
        self._clients.pop(client, None)

    def too_slow(self, client: ClientId) -> None:
        """The client doesn't take what waits for it: its connection ends."""
        if client in self._clients:
            self._hang_up(client, "too slow")

    def report(self) -> None:
        """Tells what happened: to the user's orders on `trade`, in the whole market on `ticker`."""
        for told in self._exchange.reports():
            self._tell(told)
        for tick in self._exchange.ticks():
            frame = wire.matched(tick) if isinstance(tick, Match) else wire.expired(tick.order, tick.at)
            self._broadcast(messages.TICKER, frame)

    def tick(self, now: Instant) -> None:
        """Publishes a changed book when it may, and ends sockets whose token has. Every 20 to 50 ms."""
        self.report()
        if self._has(messages.ORDERBOOK) and self._publisher.due(now):
            for frame in self._publisher.update(self._exchange.faults, now):
                self._broadcast(messages.ORDERBOOK, frame)
        if self._exchange.faults.close_expired:
            self._close_expired(now.utc)

    def outgoing(self) -> list[Frame | HangUp]:
        """Takes what is to be sent and which connections are to end, in order."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    # Order entry

    def order(self, body: bytes, bearer: str, now: Instant) -> Answer:
        """`POST /api/v1/order/`."""
        exchange = self._exchange
        faults = exchange.faults
        try:
            self._grants.expiry(bearer, now.utc)
            if exchange.happens(faults.unauthorised):
                raise Unauthorised("refused on purpose")
        except Unauthorised as error:
            return unauthorised(error)
        try:
            asked = requests.read_order(body, exchange.now)
            if exchange.office.full:
                raise requests.Invalid(requests.Problem(("body",), "too many open orders"))
            if exchange.happens(faults.refuse_orders):
                raise requests.Invalid(requests.Problem(("body", "price"), "refused on purpose"))
        except requests.Invalid as invalid:
            return Answer(422, codec.encode({"detail": invalid.problems}))
        lost = exchange.happens(faults.lose_request)
        exchange.arrived(asked.terms, lost=lost)
        if lost:
            return Answer(200, b"{}", withheld=True)
        order = exchange.place(asked.terms, asked.baseline)
        self.report()
        withheld = exchange.happens(faults.lose_reply)
        return Answer(200, codec.encode(wire.order_object(order)), late=faults.reply_delay, withheld=withheld)

    # Within

    def _tell(self, told: Told) -> None:
        faults = self._exchange.faults
        is_order = isinstance(told, OwnOrder)
        if is_order and told.status == messages.EXPIRED and faults.silent_expiry:
            return
        at = told.history[-1][1]
        for client, state in list(self._clients.items()):
            if state.endpoint != messages.TRADE or self._exchange.happens(faults.lose_status):
                continue
            frame = self._status(told, at)
            for _ in range(2 if self._exchange.happens(faults.double_status) else 1):
                self._send(client, frame)

    def _status(self, told: Told, at: UtcNs) -> bytes:
        faults = self._exchange.faults
        if isinstance(told, OwnOrder):
            kind, data = messages.ORDER_STATUS_UPDATE, wire.order_object(told)
        else:
            kind, data = messages.CONTRACT_STATUS_UPDATE, wire.contract_object(told)
            if faults.contracts_as_orders:
                kind = messages.ORDER_STATUS_UPDATE
        if self._exchange.happens(faults.unknown_status):
            data["status"] = UNKNOWN_STATUS
        return codec.message(kind, data, wire.moment_text(at), str(data["status"]))

    def _close_expired(self, now: UtcNs) -> None:
        for client, state in list(self._clients.items()):
            try:
                if state.bearer is not None:
                    self._grants.expiry(state.bearer, now)
            except Unauthorised as error:
                self._hang_up(client, str(error))

    def _has(self, endpoint: str) -> bool:
        return any(state.endpoint == endpoint for state in self._clients.values())

    def _broadcast(self, endpoint: str, frame: bytes) -> None:
        for client, state in self._clients.items():
            if state.endpoint == endpoint:
                self._send(client, frame, event=True)

    def _send(self, client: ClientId, frame: bytes, *, event: bool = False) -> None:
        self._outgoing.append(Frame(client, frame, event))

    def _hang_up(self, client: ClientId, why: str) -> None:
        del self._clients[client]
        self._outgoing.append(HangUp(client, _POLICY_VIOLATION, why))


def unauthorised(error: Unauthorised) -> Answer:
    """401, as such servers write it."""
    challenge = (("WWW-Authenticate", "Bearer"),)
    return Answer(401, codec.encode(messages.Refusal(detail=f"Could not validate credentials: {error}")), challenge)
