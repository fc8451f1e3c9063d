"""All channels of one connection: asks for them, hands their events on, starts the broken ones over. Sans-IO.

Sections 3 to 5 and 8 of the protocol page. The session owns the socket; this owns what is said on it about channels.
"""

import random
from collections.abc import Callable, Iterator

import msgspec

from protocols.eznergy import messages
from protocols.eznergy.channels import Channel, Settings, channels_of
from protocols.eznergy.codec import Unreadable, decode_one, envelope, inner_json
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.requests import Requests
from protocols.eznergy.subscription import Message, State, Subscription
from protocols.eznergy.translate import Translated, Translates
from protocols.eznergy.translators import translator_of
from protocols.market.events import ChannelChanged, Event, Feed, Freshness
from protocols.market.order_events import OrderEvent, OrderReported
from protocols.market.times import Instant
from protocols.notices import Notices
from protocols.session import ChannelReport

ASKED_AT_ONCE = 8
"""Subscribes without a snapshot yet. On a slow link more would only time out together."""


_OF_ORDERS = (Feed.OWN_ORDERS, Feed.OWN_TRADES)
_NEVER_OF_ORDERS = (messages.HEARTBEAT, messages.TOKEN_REFRESH)
"""Whatever channel they may name: a token goes into no record."""


class _Line(msgspec.Struct):
    """A channel's subscription and its translator, and the status that was told last."""

    subscription: Subscription
    translator: Translates
    shown: tuple[Freshness, str] | None = None

    @property
    def words(self) -> str:
        """The channel in words: `order books DE-AMPRION Hour`."""
        channel = self.subscription.channel
        return f"{channel.feed.value} {channel.area} {channel.product}".strip()

    @property
    def does_without(self) -> bool:
        """A private channel that the venue refuses: an account that may look and not trade is live all the same."""
        return self.subscription.channel.feed in _OF_ORDERS and self.subscription.state is State.REFUSED


class Subscriptions:
    """`send` writes a frame on a channel, `events` is where facts go; `new_id` makes correlations.
    `want_list` asks for the whole list of an area (area, channel) whose snapshot left orders open, or may have done:
    `sent_before` says that orders may live which an earlier session sent."""

    def __init__(
        self,
        settings: Settings,
        new_id: Callable[[], str],
        randomness: random.Random,
        notices: Notices,
        send: Callable[[bytes, str], None],
        events: list[Event | OrderEvent],
        contracts: ContractDirectory,
        orders: Requests,
        want_list: Callable[[str, str], None],
        sent_before: bool,
    ) -> None:
        self._connection = settings.name
        self._new_id = new_id
        self._notices = notices
        self._send = send
        self._events = events
        self._orders = orders
        self._want_list = want_list
        self._correlations: dict[str, str] = {}
        self._moved = True
        self._contracts = contracts
        self._lines: dict[str, _Line] = {}
        self._order_channels: set[str] = set()
        self._unlisted: set[str] = set()
        """Order channels whose whole list is still to be had."""
        for channel in channels_of(settings):
            notice = notices.of_channel(channel.urn)
            if channel.feed in _OF_ORDERS:
                self._order_channels.add(channel.urn)
            if channel.feed is Feed.OWN_ORDERS and sent_before:
                self._unlisted.add(channel.urn)
            self._lines[channel.urn] = _Line(
                Subscription(channel, randomness, self._touch), translator_of(channel, settings.name, contracts, notice)
            )

    def reports(self) -> list[ChannelReport]:
        """Every channel's counters."""
        return [line.subscription.report for line in self._lines.values()]

    def __len__(self) -> int:
        return len(self._lines)

    def channel(self, resource: str, area: str) -> tuple[str, Freshness] | None:
        """The name and status of an area's channel; None where the connection does not have it."""
        for urn, line in self._lines.items():
            channel = line.subscription.channel
            if channel.resource == resource and channel.area == area:
                return urn, line.subscription.report.status
        return None

    def carries_orders(self, urn: str) -> bool:
        """Whether the channel's frames are kept for the journal."""
        return urn in self._order_channels

    def order_channel(self, message: messages.Envelope) -> str | None:
        """The order channel that a message is about, by its name or by our correlation. Empty for an error that names
        nothing we know: it may be an order's answer. None for everything else."""
        if message.type in _NEVER_OF_ORDERS:
            return None
        urn = message.channel
        if urn is None:
            correlation = message.correlation or ""
            urn = self._correlations.get(correlation) or self._orders.channel_of(correlation)
        if urn is None:
            return "" if message.type == messages.ERROR else None
        return urn if urn in self._order_channels else None

    # The socket

    def connected(self, now: Instant) -> None:
        """A new socket: subscribe to everything."""
        self._correlations.clear()
        for line in self._lines.values():
            line.subscription.connected()
        self._subscribe_due(now)

    def disconnected(self, reason: str) -> None:
        """The socket is gone: nothing is live."""
        for line in self._lines.values():
            line.subscription.disconnected(reason)

    def tick(self, now: Instant) -> None:
        """Deadlines, retries, and the next subscribes."""
        for line in self._lines.values():
            why = line.subscription.tick(now)
            if why is not None:
                self._break(line, why, now)
        self._subscribe_due(now)

    # What the venue says

    def on_subscribed(self, message: messages.Envelope, now: Instant) -> None:
        line = self._line_of(message)
        if line is not None:
            self._take(line, lambda: line.subscription.subscribed(message.correlation, now), now)
        self._correlations.pop(message.correlation or "", None)

    def on_unsubscribed(self, message: messages.Envelope, now: Instant) -> None:
        line = self._line_of(message)
        if line is not None and line.subscription.unsubscribed(now):
            self._notices.error(f"{line.words}: the venue ended the subscription")
        self._correlations.pop(message.correlation or "", None)

    def on_event(self, message: messages.Envelope, now: Instant) -> None:
        line = self._line_of(message)
        if line is not None:
            self._take(line, lambda: line.subscription.event(message, now), now)

    def on_heartbeat(self, heartbeat: messages.Heartbeat, now: Instant) -> None:
        sequences = {item.channel: item.sequence for item in heartbeat.items or ()}
        for urn, line in self._lines.items():
            why = line.subscription.heartbeat(urn in sequences, sequences.get(urn))
            if why is not None:
                self._break(line, why, now)

    def on_error(self, message: messages.Envelope, now: Instant) -> None:
        try:
            payload = decode_one(messages.ErrorPayload, inner_json(message.data))
        except Unreadable as error:
            self._notices.notice("unreadable error", str(error), now)
            return
        text = f"{payload.code} {payload.message or ''}".strip()[:300]
        code = payload.code.removeprefix("error.")
        urn = message.channel or self._correlations.get(message.correlation or "")
        if urn is None and code == "unknown_channel":
            urn = payload.message  # it holds the channel (section 5)
        self._correlations.pop(message.correlation or "", None)
        if self._orders.doubt(message.correlation or "", f"the venue says: {text}", now):
            self._notices.error(f"a request was not processed: {text}")
            return
        line = self._lines.get(urn or "")
        if line is None:
            self._notices.error(f"the venue says: {text}")
            self._notices.notice(f"the venue says {code[:40]}", text, now)
        elif code == "already_subscribed":
            # Our own race: end that subscription, whatever state it is in, and begin a new one.
            self._break(line, "the venue still held an earlier subscription", now)
        elif code == "not_subscribed":
            if message.correlation in (line.subscription.correlation, None):  # else the answer to an older request
                line.subscription.unsubscribed(now)
        elif code in ("unknown_channel", "unauthorized"):
            line.subscription.refused(f"the venue refuses the channel: {text}")
            self._notices.error(f"{line.words}: {text}")
            self._notices.notice("channel refused", f"{line.words}: {text}", now, line.subscription.channel.urn)
        else:
            line.subscription.not_processed(f"the venue says: {text}", now)
            self._notices.error(f"{line.words}: {text}")

    # What is told

    def settle(self, now: Instant) -> list[_Line] | None:
        """Tells what changed. Returns the channels that are not live, None when nothing moved since the last call."""
        if not self._moved:
            return None
        self._moved = False
        behind: list[_Line] = []
        for line in self._lines.values():
            report = line.subscription.report
            if report.status is not Freshness.LIVE and not line.does_without:
                behind.append(line)
            shown = (report.status, report.reason)
            if shown != line.shown:
                line.shown = shown
                channel = line.subscription.channel
                self._events.append(
                    ChannelChanged(
                        self._connection,
                        channel.urn,
                        channel.feed,
                        channel.area,
                        channel.product,
                        report.status,
                        report.reason,
                        now,
                    )
                )
        return behind

    def take_list(self, urn: str, payload: bytes, now: Instant) -> Translated:
        """Folds a list of orders that was fetched over REST. Raises `Unreadable`."""
        translated = self._translate(self._lines[urn], Message([payload], snapshot=True), now)
        if not translated.unreadable:
            self._unlisted.discard(urn)
        return translated

    def _translate(self, line: _Line, message: Message, now: Instant) -> Translated:
        try:
            translated = line.translator.translate(message, now)
        finally:
            # A contract is listed before anything is said of it, and whatever becomes of the payload.
            self._events.extend(self._contracts.listed())
        for event in translated.events:
            self._events.append(self._reported(event, message) if isinstance(event, OrderReported) else event)
        return translated

    def _wants_list(self, channel: Channel, snapshot: Translated) -> bool:
        """Whether the whole list has to be asked for: the snapshot leaves an order of ours in doubt, or one out that
        lives as far as we know; or this session has sent none of what may live. A snapshot covers 24 h: an order of
        tomorrow night, sent before a restart, could be neither seen nor cancelled."""
        named = {event.report.client_id for event in snapshot.events if isinstance(event, OrderReported)}
        area = channel.area
        return bool(channel.urn in self._unlisted or self._orders.in_doubt(area) or self._orders.left_out(area, named))

    def _reported(self, event: OrderReported, message: Message) -> OrderReported:
        if message.correlation is not None:
            report = msgspec.structs.replace(event.report, correlation=message.correlation)
            event = msgspec.structs.replace(event, report=report)
        return self._orders.reported(event)

    def _touch(self) -> None:
        self._moved = True

    # How it is done

    def _subscribe_due(self, now: Instant) -> None:
        asking = sum(line.subscription.awaiting for line in self._lines.values())
        for urn, line in self._lines.items():
            if asking >= ASKED_AT_ONCE:
                return
            if line.subscription.wants_subscribe(now):
                asking += 1
                line.subscription.subscribe_sent(self._ask(messages.SUBSCRIBE, urn), now)

    def _ask(self, kind: str, urn: str) -> str:
        correlation = self._new_id()
        self._correlations.pop(self._lines[urn].subscription.correlation or "", None)
        self._correlations[correlation] = urn
        self._send(envelope(kind, correlation=correlation, channel=urn), urn)
        return correlation

    def _break(self, line: _Line, reason: str, now: Instant) -> None:
        line.subscription.break_off(reason, now)
        line.subscription.correlation = self._ask(messages.UNSUBSCRIBE, line.subscription.channel.urn)

    def _line_of(self, message: messages.Envelope) -> _Line | None:
        """The channel that an answer or event is about: by name, else by our correlation."""
        urn = message.channel or self._correlations.get(message.correlation or "")
        line = self._lines.get(urn or "")
        if line is None and urn:
            self._notices.error(f"a message came for a channel we did not ask for: {urn[:200]}")
        return line

    def _take(self, line: _Line, step: Callable[[], Iterator[Message]], now: Instant) -> None:
        """Folds what a step made whole. What can't be read costs the channel a new snapshot, and is told."""
        try:
            for message in step():
                translated = self._translate(line, message, now)
                if message.snapshot:
                    line.subscription.committed(now)
                    self._subscribe_due(now)
                    channel = line.subscription.channel
                    if channel.feed is Feed.OWN_ORDERS and self._wants_list(channel, translated):
                        self._want_list(channel.area, channel.urn)
                elif translated.unreadable:
                    raise Unreadable(translated.unreadable)
        except Unreadable as error:
            self._notices.error(f"{line.words}: {error}")
            self._notices.notice("unreadable event", f"{line.words}: {error}", now, line.subscription.channel.urn)
            self._orders.unreadable(line.subscription.channel.urn, str(error), now)
            self._break(line, str(error), now)
