"""The venue's side of the order protocol, sans-IO: frames and time in, frames out. Both dialects, one account.

After any call: execute `outgoing()`. Each connection speaks the dialect of the path it came by.
"""

import hmac
import random
from collections.abc import Callable

import msgspec

from protocols.acttrader import codec, messages
from protocols.acttrader.messages import Dialect
from protocols.market.times import Instant, UtcNs
from protocols.practice.acttrader import refusals, requests, wire
from protocols.practice.acttrader.exchange import Exchange
from protocols.practice.acttrader.orders import Order, OrderId, Terms
from protocols.practice.acttrader.refusals import Refused
from protocols.practice.acttrader.requests import Request
from protocols.practice.sockets import ClientId, Frame, HangUp
from protocols.practice.tokens import Unauthorised

MOST_LATE = 10_000
"""Late answers that wait at a time; any more are lost, as a fault may lose them."""
_GOING_AWAY, _POLICY_VIOLATION = 1001, 1008
"""Close codes of RFC 6455."""


class _Answered(msgspec.Struct, frozen=True):
    """What a request came to: the answer's payload (`UNSET` for none), and the orders that may trade now."""

    payload: object = msgspec.UNSET
    to_work: tuple[OrderId, ...] = ()


class _Late(msgspec.Struct, frozen=True, order=True):
    """An answer that waits; `due` in monotonic seconds."""

    due: float
    client: ClientId
    frame: bytes


class OrderGateway:
    """All order connections. `login` is the account's, digits; with `token` the handshake must carry it."""

    def __init__(self, exchange: Exchange, login: str, token: str | None, rng: random.Random) -> None:
        self._exchange = exchange
        self._login = login
        self._token = token
        self._rng = rng
        self._clients: dict[ClientId, Dialect] = {}
        self._outgoing: list[Frame | HangUp] = []
        self._late: list[_Late] = []
        self._handlers: dict[str, Callable[[Request, Dialect], _Answered]] = {
            messages.NEW_ORDER: self._new_order,
            messages.NEW_OCO: self._new_oco,
            messages.MODIFY_ORDER: self._modify,
            messages.CANCEL_ORDER: self._cancel,
            messages.ORDER_STATUS: self._status,
            messages.ORDERS: self._orders,
        }

    def connected(self, client: ClientId, dialect: str, bearer: str) -> None:
        """A handshake at the path of a dialect (`seed` or `later`). Raises `Unauthorised`."""
        if self._token is not None and not hmac.compare_digest(bearer.encode(), self._token.encode()):
            raise Unauthorised("wrong or missing token")
        self._clients[client] = Dialect(dialect)

    def disconnected(self, client: ClientId) -> None:
        """The connection ended, however it did; harmless for one that is unknown."""
        self._clients.pop(client, None)
        self._late = [late for late in self._late if late.client != client]

    def receive(self, client: ClientId, frame: bytes, now: Instant) -> None:
        """A text frame came in: it is done at once, and answered as the faults allow."""
        dialect, exchange = self._clients.get(client), self._exchange
        if dialect is None:
            return
        exchange.advance(now)
        self.report()
        faults = exchange.faults
        dropped = exchange.happens(faults.drop_before)
        if dropped or exchange.happens(faults.lose_request):
            self._note_lost(frame, dialect)
            if dropped:
                self._hang_up(client, _GOING_AWAY, "dropped on purpose")
            return
        try:
            request = requests.read(frame)
        except Refused as refused:
            self._answer(client, wire.refusal(refused, None, "", dialect), now)
            return
        try:
            done = self._do(request, dialect)
        except Refused as refused:
            self._answer(client, wire.refusal(refused, request.request_id, request.event, dialect), now)
            return
        for identifier in done.to_work:
            exchange.work(identifier)
        if exchange.happens(faults.drop_after):
            self._hang_up(client, _GOING_AWAY, "dropped on purpose")
        if exchange.happens(faults.execution_first):
            self.report()
        self._answer(client, self._answer_to(request, dialect, done), now)
        self.report()
        if request.event == messages.NEW_ORDER and exchange.happens(faults.stray_execution):
            exchange.stray(requests.new_order(request, dialect, self._login, self._now))
            self.report()

    def too_slow(self, client: ClientId) -> None:
        """The client doesn't take what waits for it. No execution is ever left out: its connection ends, and the next
        one reads what there is."""
        if client in self._clients:
            self._hang_up(client, _POLICY_VIOLATION, "too slow")

    def report(self) -> None:
        """Tells all connections what happened to orders."""
        exchange = self._exchange
        for order in exchange.reports():
            for client, dialect in self._clients.items():
                if exchange.happens(exchange.faults.lose_execution):
                    continue
                record = wire.record(order, dialect, exchange.faults, fills=dialect is Dialect.LATER)
                frame = codec.message(messages.EXECUTION, None, record)
                for _ in range(2 if exchange.happens(exchange.faults.double_execution) else 1):
                    self._send(client, frame)

    def tick(self, now: Instant) -> None:
        """Sends late answers that are due. Every 20 to 50 ms, after the exchange has advanced."""
        self.report()
        due = sorted((late for late in self._late if late.due <= now.monotonic), key=lambda late: late.due)
        if due:
            self._late = [late for late in self._late if late.due > now.monotonic]
        for late in due:
            self._send(late.client, late.frame)

    def outgoing(self) -> list[Frame | HangUp]:
        """Takes what is to be sent and which connections are to end, in order."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    # Requests

    def _do(self, request: Request, dialect: Dialect) -> _Answered:
        handler = self._handlers.get(request.event)
        if handler is None:
            raise refusals.unknown_event(request.event)
        if request.event != messages.ORDERS and self._exchange.happens(self._exchange.faults.refuse_requests):
            raise refusals.on_purpose()
        return handler(request, dialect)

    def _note_lost(self, frame: bytes, dialect: Dialect) -> None:
        """New orders that a fault keeps from the exchange count among those that arrived."""
        try:
            for terms in self._terms(requests.read(frame), dialect):
                self._exchange.arrived(terms, lost=True)
        except Refused:
            return

    def _terms(self, request: Request, dialect: Dialect) -> tuple[Terms, ...]:
        if request.event == messages.NEW_ORDER:
            return (requests.new_order(request, dialect, self._login, self._now),)
        if request.event == messages.NEW_OCO:
            return requests.new_oco(request, dialect, self._login, self._now)
        return ()

    def _new_order(self, request: Request, dialect: Dialect) -> _Answered:
        terms = requests.new_order(request, dialect, self._login, self._now)
        self._exchange.arrived(terms)
        order = self._exchange.place(terms)
        return _Answered(wire.placed(order, dialect, self._login), (order.identifier,))

    def _new_oco(self, request: Request, dialect: Dialect) -> _Answered:
        legs = requests.new_oco(request, dialect, self._login, self._now)
        for leg in legs:
            self._exchange.arrived(leg)
        orders = self._exchange.place_pair(legs)
        told = [wire.placed(order, dialect, self._login) for order in orders]
        if self._exchange.happens(self._exchange.faults.omit_leg):
            del told[self._rng.randrange(2)]
        return _Answered(told, tuple(order.identifier for order in orders))

    def _modify(self, request: Request, dialect: Dialect) -> _Answered:
        name, asked = requests.modification(request, dialect)
        order = self._exchange.account.find(name.identifier, name.client_id)
        change = requests.change(asked, order.terms.symbol, self._now)
        order = self._exchange.modify(order, change)
        payload = wire.modified(order, asked) if dialect is Dialect.LATER else msgspec.UNSET
        return _Answered(payload, (order.identifier,))

    def _cancel(self, request: Request, dialect: Dialect) -> _Answered:
        name, note = requests.order_name(request, dialect)
        order = self._exchange.cancel(self._exchange.account.find(name.identifier, name.client_id), note)
        return _Answered(wire.cancelled(order, self._exchange.faults) if dialect is Dialect.LATER else msgspec.UNSET)

    def _status(self, request: Request, dialect: Dialect) -> _Answered:
        name, _ = requests.order_name(request, dialect)
        order = self._exchange.account.find(name.identifier, name.client_id)
        return _Answered(wire.record(order, dialect, self._exchange.faults, fills=True))

    def _orders(self, request: Request, dialect: Dialect) -> _Answered:
        """What waits for a price; in the later dialect also what was filled or cancelled since."""
        since = requests.orders_since(request, dialect)
        return _Answered(
            [
                wire.record(order, dialect, self._exchange.faults, fills=dialect is Dialect.LATER)
                for order in self._exchange.account.orders()
                if _is_listed(order, since)
            ]
        )

    @property
    def _now(self) -> UtcNs:
        return self._exchange.market.now

    # What clients are told

    def _answer_to(self, request: Request, dialect: Dialect, done: _Answered) -> bytes:
        unnamed = dialect is Dialect.SEED and request.event == messages.ORDERS
        return codec.message(request.event, None if unnamed else request.request_id, done.payload)

    def _answer(self, client: ClientId, frame: bytes, now: Instant) -> None:
        exchange, faults = self._exchange, self._exchange.faults
        if client not in self._clients or exchange.happens(faults.lose_answer):
            return
        for _ in range(2 if exchange.happens(faults.double_answer) else 1):
            if faults.answer_delay and len(self._late) >= MOST_LATE:
                return
            if faults.answer_delay:
                self._late.append(_Late(now.monotonic + faults.answer_delay, client, frame))
            else:
                self._send(client, frame)

    def _send(self, client: ClientId, frame: bytes) -> None:
        self._outgoing.append(Frame(client, wire.spoiled(frame, self._exchange.faults, self._rng)))

    def _hang_up(self, client: ClientId, code: int, reason: str) -> None:
        self.disconnected(client)
        self._outgoing.append(HangUp(client, code, reason))


def _is_listed(order: Order, since: UtcNs | None) -> bool:
    """MARKET orders end with their request: what lives waits for a price."""
    ended_since = since is not None and order.at >= since and order.status != messages.REJECTED
    return order.alive or ended_since
