"""The venue's side of the eZ-nergy WebSocket API, sans-IO: frames and time in, frames out (protocol page, 1 to 7).

After any call: execute `outgoing()`. Nothing here awaits, sleeps or reads a clock. All channels of scope `m7`
are served; what the gateway can't do it answers with `error.not_processed`.
"""

import random
from collections.abc import Callable
from typing import TypeVar

import msgspec

from protocols.eznergy import codec, messages
from protocols.market.times import SECOND, Instant, UtcNs, utc_text
from protocols.practice import urn
from protocols.practice.answers import Who
from protocols.practice.faults import Faults
from protocols.practice.market import Market, MarketEvent
from protocols.practice.market_data import FEEDS, Feed
from protocols.practice.order_entry import OrderEntry
from protocols.practice.requests import Malformed, read_batch
from protocols.practice.subscriptions import Subscription
from protocols.practice.tokens import Tokens
from protocols.practice.truth import Truth

HEARTBEAT_EVERY = 5
"""Seconds (section 4)."""
CATCH_UP = 30 * SECOND
"""Virtual time that one tick advances at most: after a long sleep the market catches up over several ticks."""
MOST_SUBSCRIPTIONS = 512
"""Channels of one client; over it a subscribe is not processed."""
LONGEST_CORRELATION = 511
_LONGEST_QUOTE = 4_000

UNKNOWN_CHANNEL = "error.unknown_channel"
ALREADY_SUBSCRIBED = "error.already_subscribed"
NOT_SUBSCRIBED = "error.not_subscribed"
UNAUTHORIZED = "error.unauthorized"
NOT_PROCESSED = "error.not_processed"

ClientId = int
Result = TypeVar("Result")


class Frame(msgspec.Struct, frozen=True):
    """Send one text frame to a client. An event may be thrown away when its client is too slow: its channel is then
    unsubscribed."""

    client: ClientId
    data: bytes
    event: bool = False


class _Client:
    """One connection: its token, its channels, its deadlines (monotonic seconds)."""

    def __init__(self, user: str, expires: UtcNs, now: Instant) -> None:
        self.user = user
        self.expires = expires
        self.heartbeat_due = now.monotonic
        self.unsubscribed_at = now.monotonic
        self.subscriptions: dict[str, Subscription] = {}


class EznergyGateway:
    """All connections to the venue. `rng` decides faults only; the market has its own."""

    def __init__(
        self,
        market: Market,
        truth: Truth,
        tokens: Tokens,
        contract_code: str,
        faults: Faults,
        rng: random.Random,
        orders: OrderEntry,
    ) -> None:
        self.faults = faults
        self._market = market
        self._truth = truth
        self._tokens = tokens
        self._contract_code = contract_code
        self._rng = rng
        self._orders = orders
        self._advanced_to = market.start
        self._clients: dict[ClientId, _Client] = {}
        self._outgoing: list[Frame] = []
        self._groups: dict[tuple[tuple[str, str], str, str], list[tuple[ClientId, Subscription]]] | None = None
        self._handlers: dict[str, Callable[[ClientId, messages.Envelope, Instant], bool]] = {
            messages.SUBSCRIBE: self._subscribe,
            messages.UNSUBSCRIBE: self._unsubscribe,
            messages.REQUEST: self._request,
        }

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    # What happens to connections

    def connected(self, client: ClientId, token: str, now: Instant) -> None:
        """A handshake with this bearer token: raises `Unauthorised`, or lets the client in and greets it with a
        heartbeat."""
        expires = self._tokens.expiry(token, now.utc)
        self._clients[client] = _Client(self._tokens.user(token), expires, now)
        self._heartbeats(now)

    def disconnected(self, client: ClientId) -> None:
        """The connection ended, however it did; harmless for one that is unknown."""
        self._clients.pop(client, None)
        self._groups = None

    def receive(self, client: ClientId, frame: bytes, now: Instant) -> None:
        """A text frame came in. What can't be read or done is answered with `error.not_processed`."""
        if client not in self._clients:
            return
        try:
            envelope = codec.decode_envelope(frame)
        except codec.Unreadable:
            self._error(client, NOT_PROCESSED, _quoted(frame), None)
            return
        correlation = envelope.correlation
        if correlation is not None and len(correlation.encode()) > LONGEST_CORRELATION:
            self._error(client, NOT_PROCESSED, _quoted(frame), None)
            return
        handler = self._handlers.get(envelope.type)
        if handler is None or not handler(client, envelope, now):
            self._error(client, NOT_PROCESSED, _quoted(frame), correlation)

    def too_slow(self, client: ClientId) -> None:
        """The client doesn't take what waits for it: the server unsubscribes all its channels (section 3)."""
        state = self._clients.get(client)
        for channel in list(state.subscriptions) if state is not None else ():
            self._drop(client, channel, None)

    def tick(self, now: Instant) -> None:
        """Advances the market to `now`, tells what happened, and keeps the deadlines. Every 20 to 50 ms."""
        self._advance(now)
        self._flush_delayed(now)
        self._unsubscribe_at_random(now)
        self._heartbeats(now)
        self._renew_tokens(now)

    def act(self, act: Callable[[], Result], now: Instant) -> Result:
        """Has something done in the market now, as an event of its own; tells what happened. Raises what it raises."""
        self._advance(now)
        results: list[Result] = []
        self._market.schedule(self._advanced_to, lambda: results.append(act()))
        self._advance(now)
        return results[0]

    def outgoing(self) -> list[Frame]:
        """Takes the frames to be sent, in order."""
        frames, self._outgoing = self._outgoing, []
        return frames

    # Requests

    def _subscribe(self, client: ClientId, envelope: messages.Envelope, now: Instant) -> bool:
        name, correlation = envelope.channel, envelope.correlation
        state = self._clients[client]
        if name is None or len(state.subscriptions) >= MOST_SUBSCRIPTIONS:
            return False
        if name in state.subscriptions:
            self._error(client, ALREADY_SUBSCRIBED, None, correlation)
            return True
        found = self._channel(name)
        if found is None:
            self._error(client, UNKNOWN_CHANNEL, name, correlation)
            return True
        channel, feed = found
        if channel.contract_code != self._contract_code:
            self._error(client, UNAUTHORIZED, None, correlation)
            return True
        rng = random.Random(self._rng.random())
        subscription = Subscription(channel, feed, self._truth.open(channel, now.utc), rng, now)
        state.subscriptions[name] = subscription
        self._groups = None
        self._send(client, codec.envelope(messages.SUBSCRIBED, channel=name, correlation=correlation))
        payloads = feed.snapshot(self._market, channel, now.utc)
        self._send_events(client, subscription.snapshot(payloads, self._market.number, self.faults, now))
        return True

    def _unsubscribe(self, client: ClientId, envelope: messages.Envelope, now: Instant) -> bool:
        name = envelope.channel
        if name is None:
            return False
        if name in self._clients[client].subscriptions:
            self._drop(client, name, envelope.correlation)
        else:
            self._error(client, NOT_SUBSCRIBED, urn.scope_of(name), envelope.correlation)
        return True

    def _request(self, client: ClientId, envelope: messages.Envelope, now: Instant) -> bool:
        """Order entry, on an area's private orders (section 7)."""
        name, correlation, state = envelope.channel, envelope.correlation, self._clients[client]
        if name is None:
            return False
        found = self._channel(name)
        if found is None:
            self._error(client, UNKNOWN_CHANNEL, name, correlation)
            return True
        channel, _ = found
        if name not in state.subscriptions:
            self._error(client, NOT_SUBSCRIBED, channel.scope, correlation)
            return True
        if channel.resource != "private_orders":
            return False
        try:
            asks = read_batch(codec.inner_json(envelope.data), channel.area)
        except (codec.Unreadable, Malformed):
            return False
        self._advance(now)
        who = Who(state.user, ours=True)
        self._orders.take(client, who, asks, correlation, self.faults, self._advanced_to)
        self._advance(now)
        return True

    def _channel(self, name: str) -> tuple[urn.Channel, Feed] | None:
        try:
            channel = urn.parse(name)
        except urn.NotAChannel:
            return None
        feed = FEEDS[channel.kind]
        return (channel, feed) if feed.exists(channel) else None

    def _drop(self, client: ClientId, channel: str, correlation: str | None) -> None:
        """Ends a subscription; what its faults still held back is discarded with it."""
        del self._clients[client].subscriptions[channel]
        self._groups = None
        self._send(client, codec.envelope(messages.UNSUBSCRIBED, channel=channel, correlation=correlation))

    # What clients are told

    def _advance(self, now: Instant) -> None:
        self._advanced_to = max(self._advanced_to, min(now.utc, UtcNs(self._advanced_to + CATCH_UP)))
        for event in self._market.advance(self._advanced_to):
            self._publish(event, now)

    def _publish(self, event: MarketEvent, now: Instant) -> None:
        if self._groups is None:
            self._groups = {}
            for client, state in self._clients.items():
                for subscription in state.subscriptions.values():
                    channel = subscription.channel
                    key = (channel.kind, channel.area, channel.product)
                    self._groups.setdefault(key, []).append((client, subscription))
        for followers in self._groups.values():
            first = followers[0][1]
            payloads = first.feed.changes(self._market, first.channel, event)
            for client, subscription in followers if payloads else ():
                if event.answers is None:
                    self._send_events(client, subscription.change(payloads, event.number, self.faults, now))
                else:
                    self._send_answer(client, subscription, payloads[0], event, now)

    def _send_answer(
        self, client: ClientId, subscription: Subscription, payload: messages.Payload, event: MarketEvent, now: Instant
    ) -> None:
        """A report that answers a request: its sender, who alone gets the correlation, and everybody else."""
        answers, faults = event.answers, self.faults
        correlation = answers.correlation if answers is not None and answers.client == client else None
        for _ in range(2 if self._orders.doubles_answer(faults) else 1):
            lost = self._orders.loses_answer(faults)
            frames = subscription.answer(payload, correlation, lost, event.number, faults, now)
            self._send_events(client, frames)

    def _flush_delayed(self, now: Instant) -> None:
        for client, state in self._clients.items():
            for subscription in state.subscriptions.values():
                self._send_events(client, subscription.overdue(now))

    def _unsubscribe_at_random(self, now: Instant) -> None:
        every = self.faults.unsubscribe_every
        for client, state in self._clients.items():
            if not every or not state.subscriptions:
                state.unsubscribed_at = now.monotonic
            elif now.monotonic - state.unsubscribed_at >= every:
                state.unsubscribed_at = now.monotonic
                self._drop(client, self._rng.choice(sorted(state.subscriptions)), None)

    def _heartbeats(self, now: Instant) -> None:
        for client, state in self._clients.items():
            if now.monotonic < state.heartbeat_due:
                continue
            state.heartbeat_due += HEARTBEAT_EVERY
            if state.heartbeat_due <= now.monotonic:
                state.heartbeat_due = now.monotonic + HEARTBEAT_EVERY
            if not self.faults.stall_heartbeat:
                self._send(client, codec.envelope(messages.HEARTBEAT, payload=self._heartbeat(state, now)))

    def _heartbeat(self, state: _Client, now: Instant) -> messages.Heartbeat:
        items = [
            messages.HeartbeatItem(
                channel=name,
                sequence=None
                if subscription.last_sequence is None
                else subscription.last_sequence + self.faults.heartbeat_lies,
            )
            for name, subscription in state.subscriptions.items()
            if not self.faults.heartbeat_omits
        ]
        following = UtcNs(now.utc + HEARTBEAT_EVERY * SECOND)
        return messages.Heartbeat(current=utc_text(now.utc), next=utc_text(following), items=items)

    def _renew_tokens(self, now: Instant) -> None:
        for client, state in self._clients.items():
            if now.utc >= state.expires - self._tokens.notice:
                token = self._tokens.make(state.user, now.utc)
                state.expires = self._tokens.expiry(token, now.utc)
                self._send(client, codec.envelope(messages.TOKEN_REFRESH, payload=messages.Token(token=token)))

    def _error(self, client: ClientId, code: str, message: str | None, correlation: str | None) -> None:
        payload = messages.ErrorPayload(code=code, message=message)
        self._send(client, codec.envelope(messages.ERROR, correlation=correlation, payload=payload))

    def _send(self, client: ClientId, frame: bytes) -> None:
        self._outgoing.append(Frame(client, frame))

    def _send_events(self, client: ClientId, frames: list[bytes]) -> None:
        self._outgoing += [Frame(client, frame, event=True) for frame in frames]


def _quoted(frame: bytes) -> str:
    """A request as it came, cut to a length that is safe to send back."""
    return frame[:_LONGEST_QUOTE].decode("utf-8", "replace")
