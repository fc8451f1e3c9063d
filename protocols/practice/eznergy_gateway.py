"""The venue's side of the eZ-nergy WebSocket API, sans-IO: frames and time in, frames out (protocol page, 1 to 7).

After any call: execute `outgoing()`. Nothing here awaits, sleeps or reads a clock. All channels of the scopes `m7`,
`npid` and `test` are served; what the gateway can't do it answers with `error.not_processed`.
"""

import random
from collections.abc import Callable
from typing import TypeVar

from protocols.eznergy import codec, messages
from protocols.market.times import SECOND, Instant, UtcNs, utc_text
from protocols.practice import urn
from protocols.practice.answers import Who
from protocols.practice.asks import Malformed
from protocols.practice.drills import DrillSubscription
from protocols.practice.exchange import Exchange, Exchanges, exists
from protocols.practice.m7.rulebook import M7
from protocols.practice.market_events import MarketEvent
from protocols.practice.requests import read_batch
from protocols.practice.settings import PracticeSettings
from protocols.practice.sockets import ClientId, Frame
from protocols.practice.spoiling import Spoiler
from protocols.practice.subscriptions import Following, Subscription
from protocols.practice.tokens import Tokens, Unauthorised
from protocols.practice.truth import Truth

HEARTBEAT_EVERY = 5
"""Seconds (section 4)."""
MOST_SUBSCRIPTIONS = 512
"""Channels of one client; over it a subscribe is not processed."""
LONGEST_CORRELATION = 511
_LONGEST_QUOTE = 4_000

UNKNOWN_CHANNEL = "error.unknown_channel"
ALREADY_SUBSCRIBED = "error.already_subscribed"
NOT_SUBSCRIBED = "error.not_subscribed"
UNAUTHORIZED = "error.unauthorized"
NOT_PROCESSED = "error.not_processed"

_Group = list[tuple[ClientId, Subscription]]
Result = TypeVar("Result")


class _Client:
    """One connection: its token, its channels, its deadlines (monotonic seconds)."""

    def __init__(self, user: str, expires: UtcNs, now: Instant) -> None:
        self.user = user
        self.expires = expires
        self.heartbeat_due = now.monotonic
        self.unsubscribed_at = now.monotonic
        self.refreshed_at = now.monotonic
        self.subscriptions: dict[str, Following] = {}
        self.stragglers: dict[str, list[bytes]] = {}
        """Of channels that were unsubscribed."""


class EznergyGateway:
    """All connections to the venue. `rng` decides faults only; the market has its own."""

    def __init__(
        self,
        exchanges: Exchanges,
        truth: Truth,
        tokens: Tokens,
        settings: PracticeSettings,
        rng: random.Random,
        spoiler: Spoiler,
    ) -> None:
        self.faults = settings.faults
        self._exchanges = exchanges
        self._truth = truth
        self._tokens = tokens
        self._settings = settings
        self._rng = rng
        self._spoiler = spoiler
        self._clients: dict[ClientId, _Client] = {}
        self._outgoing: list[Frame] = []
        self._groups: dict[str, list[_Group]] | None = None
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
        expires = self.admit(token, now)
        self._clients[client] = _Client(self._tokens.user(token), expires, now)
        self._heartbeats(now)

    def admit(self, token: str, now: Instant) -> UtcNs:
        """When a token expires that is good and finds grace. Raises `Unauthorised`."""
        expires = self._tokens.expiry(token, now.utc)
        if self._happens(self.faults.refuse_tokens):
            raise Unauthorised("refused on purpose")
        return expires

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
        """Advances the markets to `now`, tells what happened, and keeps the deadlines. Every 20 to 50 ms."""
        for exchange in list(self._exchanges.opened.values()):
            self._advance(exchange, now)
        self._flush_due(now)
        self._unsubscribe_at_random(now)
        self._heartbeats(now)
        self._renew_tokens(now)

    def act(self, act: Callable[[], Result], now: Instant, scope: str = M7.scope) -> Result:
        """Has something done in a market now, as an event of its own; tells what happened. Raises what it raises."""
        exchange = self._exchanges.open(scope, now.utc)
        self._advance(exchange, now)
        results: list[Result] = []
        exchange.schedule(lambda: results.append(act()))
        self._advance(exchange, now)
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
        channel = self._channel(name)
        if channel is None:
            self._error(client, UNKNOWN_CHANNEL, name, correlation)
        elif channel.scope != urn.TEST and channel.contract_code != self._settings.contract_code:
            self._error(client, UNAUTHORIZED, None, correlation)
        else:
            self._follow(client, channel, correlation, now)
        return True

    def _follow(self, client: ClientId, channel: urn.Channel, correlation: str | None, now: Instant) -> None:
        state, name = self._clients[client], channel.text
        rng = random.Random(self._rng.random())
        stragglers = state.stragglers.pop(name, [])[-self.faults.stragglers :] if self.faults.stragglers else []
        if not self.faults.stragglers_late:
            self._send_events(client, stragglers)
        self._send(client, codec.envelope(messages.SUBSCRIBED, channel=name, correlation=correlation))
        self._groups = None
        if channel.scope == urn.TEST:
            record = self._truth.open_drill(channel)
            state.subscriptions[name] = DrillSubscription(channel, record, self._settings.fast_events, rng, now)
            return
        exchange = self._exchanges.open(channel.scope, now.utc)
        feed, market = exchange.feeds[channel.resource], exchange.market
        subscription = Subscription(
            channel, feed, self._truth.open(channel, exchange, now.utc), self._spoiler, rng, now
        )
        state.subscriptions[name] = subscription
        payloads = feed.snapshot(market, channel, now.utc)
        self._send_events(client, subscription.snapshot(payloads, market.number, self.faults, now))
        if self.faults.stragglers_late:
            self._send_events(client, stragglers)

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
        channel = self._channel(name)
        if channel is None:
            self._error(client, UNKNOWN_CHANNEL, name, correlation)
            return True
        if name not in state.subscriptions:
            self._error(client, NOT_SUBSCRIBED, channel.scope, correlation)
            return True
        if channel.resource != "private_orders":
            return False
        exchange = self._exchanges.open(channel.scope, now.utc)
        try:
            asks = read_batch(codec.inner_json(envelope.data), channel.area, exchange.rulebook.orders)
        except (codec.Unreadable, Malformed):
            return False
        self._advance(exchange, now)
        who = Who(state.user, ours=True)
        exchange.orders.take(client, who, asks, correlation, self.faults, exchange.advanced_to)
        self._advance(exchange, now)
        return True

    def _channel(self, name: str) -> urn.Channel | None:
        try:
            channel = urn.parse(name)
        except urn.NotAChannel:
            return None
        return channel if exists(channel) else None

    def _drop(self, client: ClientId, channel: str, correlation: str | None) -> None:
        """Ends a subscription; what its faults still held back is discarded with it."""
        state = self._clients[client]
        latest = state.subscriptions.pop(channel).stragglers()
        if latest:
            state.stragglers[channel] = latest
        self._groups = None
        self._send(client, codec.envelope(messages.UNSUBSCRIBED, channel=channel, correlation=correlation))

    # What clients are told

    def _advance(self, exchange: Exchange, now: Instant) -> None:
        exchange.suffer(self.faults)
        for event in exchange.advance(now.utc):
            self._publish(exchange, event, now)

    def _publish(self, exchange: Exchange, event: MarketEvent, now: Instant) -> None:
        for followers in self._followers().get(exchange.scope, ()):
            first = followers[0][1]
            payloads = first.feed.changes(exchange.market, first.channel, event)
            for client, subscription in followers if payloads else ():
                if event.answers is None:
                    self._send_events(client, subscription.change(payloads, event.number, self.faults, now))
                else:
                    self._send_answer(client, subscription, payloads[0], event, now)

    def _followers(self) -> dict[str, list[_Group]]:
        """By scope: who is told the same, though each in a sequence of his own."""
        if self._groups is None:
            groups: dict[tuple[str, str, str, str], _Group] = {}
            for client, state in self._clients.items():
                for subscription in state.subscriptions.values():
                    if isinstance(subscription, Subscription):
                        channel = subscription.channel
                        key = (*channel.kind, channel.area, channel.product)
                        groups.setdefault(key, []).append((client, subscription))
            self._groups = {}
            for (scope, *_), group in groups.items():
                self._groups.setdefault(scope, []).append(group)
        return self._groups

    def _send_answer(
        self, client: ClientId, subscription: Subscription, payload: messages.Payload, event: MarketEvent, now: Instant
    ) -> None:
        """A report that answers a request: its sender, who alone gets the correlation, and everybody else."""
        answers, faults, orders = event.answers, self.faults, subscription.exchange.orders
        correlation = answers.correlation if answers is not None and answers.client == client else None
        for _ in range(2 if orders.doubles_answer(faults) else 1):
            lost = orders.loses_answer(faults)
            frames = subscription.answer(payload, correlation, lost, event.number, faults, now)
            self._send_events(client, frames)

    def _flush_due(self, now: Instant) -> None:
        for client, state in self._clients.items():
            for subscription in state.subscriptions.values():
                self._send_events(client, subscription.due(self.faults, now))

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
        faults = self.faults
        omitted = min(state.subscriptions, default="") if faults.heartbeat_omits_one else None
        items = [
            messages.HeartbeatItem(
                channel=name,
                sequence=None
                if subscription.last_sequence is None
                else subscription.last_sequence + faults.heartbeat_lies,
            )
            for name, subscription in state.subscriptions.items()
            if not faults.heartbeat_omits and name != omitted
        ]
        following = UtcNs(now.utc + HEARTBEAT_EVERY * SECOND)
        return messages.Heartbeat(current=utc_text(now.utc), next=utc_text(following), items=items)

    def _renew_tokens(self, now: Instant) -> None:
        every = self.faults.refresh_tokens_every
        for client, state in self._clients.items():
            early = every and now.monotonic - state.refreshed_at >= every
            if early or now.utc >= state.expires - self._tokens.notice:
                state.refreshed_at = now.monotonic
                token = self._tokens.make(state.user, now.utc)
                state.expires = self._tokens.expiry(token, now.utc)
                self._send(client, codec.envelope(messages.TOKEN_REFRESH, payload=messages.Token(token=token)))

    def _happens(self, chance: float) -> bool:
        return chance > 0 and self._rng.random() < chance

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
