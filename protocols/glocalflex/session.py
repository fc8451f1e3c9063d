"""The GLocalFlex session: a token, three sockets that only tell, and orders by REST. Sans-IO; `protocols.session` says
how to drive it. The protocol page is `glocalflex.md`.
"""

import random
from collections.abc import Iterable, Sequence

from protocols.glocalflex import access, messages
from protocols.glocalflex.access import Access
from protocols.glocalflex.codec import Unreadable, decode_message
from protocols.glocalflex.feeds import Feeding
from protocols.glocalflex.market_data import BookChannel, TickerChannel
from protocols.glocalflex.orders import OrderTraffic
from protocols.glocalflex.requests import Refused, encode_order, read_order
from protocols.glocalflex.settings import BOOK_CHANNEL, SCHEME, TICKER_CHANNEL, TRADE_CHANNEL, Settings
from protocols.market.commands import Intent
from protocols.market.events import ConnectionChanged, ConnectionStatus, Event, Feed
from protocols.market.flex_events import FlexMarketListed
from protocols.market.instruments import FlexMarket, market_key
from protocols.market.order_events import OrderDecided, OrderEvent
from protocols.market.orders import Order
from protocols.market.times import Instant, utc_text
from protocols.notices import Notices
from protocols.record import Record
from protocols.session import (
    CallFailed,
    CallId,
    Closed,
    ConnectionReport,
    Denied,
    Dropped,
    Frame,
    Outgoing,
    Prepared,
    Reply,
    SendId,
    Written,
    take_all,
)
from protocols.socket import Phase, Socket

UNREADABLE_IN_A_ROW = 20
"""So many frames of a socket that are no messages, and the socket itself is taken for broken."""
REST = "rest"
"""What an order is prepared for: no socket, but the calls of this session."""
NO_LIST = (
    "GLocalFlex has no list of orders to ask for: its next update of the order tells, or you decide what became of it"
)

_FEEDS = (
    (TRADE_CHANNEL, Feed.OWN_ORDERS),
    (BOOK_CHANNEL, Feed.ORDER_BOOKS),
    (TICKER_CHANNEL, Feed.TICKER),
)


class GLocalFlexSession:
    """One connection. `shown` are the orders that the desk shows of it, from an earlier session of the same connection;
    `randomness` is for jitter."""

    def __init__(self, settings: Settings, randomness: random.Random, shown: Iterable[Order] = ()) -> None:
        self._settings = settings
        self._out: list[Outgoing] = []
        self._events: list[Event | OrderEvent] = []
        self._calls = 0
        self._on = False
        self._shown: tuple[ConnectionStatus, str, bool] | None = None
        self._committed: set[str] = set()
        self._cut_off: str | None = None
        self._unreadable: dict[str, int] = {}
        self._report = ConnectionReport(settings.name, "glocalflex", ConnectionStatus.OFF, "", 0, 0, "", None, [])
        self._notices = Notices(settings.name, self._events)
        self._record = Record(settings.name)
        self._access = Access(settings, randomness, self._out, self._new_call)
        self._feeds = {
            channel: Feeding(settings.name, channel, feed, self._socket(channel, randomness), self._events)
            for channel, feed in _FEEDS
        }
        self._traffic = OrderTraffic(
            settings, self._out, self._events, self._notices, self._record, self._new_call, self._access.unauthorised
        )
        self._traffic.recall(list(shown))
        if any(self._traffic.ledger.alive()):
            self._cut_off = "an earlier session of this connection ended"
        book, ticker = self._feeds[BOOK_CHANNEL], self._feeds[TICKER_CHANNEL]
        self._book = BookChannel(settings.name, book, self._events, self._notices.of_channel(BOOK_CHANNEL))
        self._ticker = TickerChannel(settings.name, ticker, self._events, self._notices.of_channel(TICKER_CHANNEL))
        self._events.append(FlexMarketListed(FlexMarket(market_key(settings.name), settings.spec)))

    # protocols.session.Session

    def start(self, now: Instant) -> None:
        self._notices.begin(now)
        self._on = True
        self._access.start(now)
        self._settle(now)

    def stop(self, now: Instant) -> None:
        self._notices.begin(now)
        self._on = False
        self._access.stop()
        self._traffic.stop(now)
        self._cut(now)
        for feeding in self._feeds.values():
            feeding.socket.stop()
            feeding.closed(now)
        self._settle(now)

    def opened(self, stream: str, now: Instant) -> None:
        self._notices.begin(now)
        feeding = self._of(stream)
        if feeding is not None and feeding.socket.opened(stream, now):
            self._unreadable[feeding.channel] = 0
            self._notices.forget()
            feeding.opened(now)
            if feeding.channel == BOOK_CHANNEL:
                self._book.opened()
        self._settle(now)

    def closed(self, stream: str, why: Closed, now: Instant) -> None:
        self._notices.begin(now)
        feeding = self._of(stream)
        if feeding is not None and feeding.socket.closed(stream, why, now):
            self._gone(feeding, now)
            if feeding.socket.unauthorised:
                self._access.unauthorised(feeding.socket.token, now)
        self._settle(now)

    def receive(self, stream: str, frame: bytes, now: Instant) -> None:
        self._notices.begin(now)
        feeding = self._of(stream)
        if feeding is not None and feeding.socket.is_open:
            self._report.messages += 1
            self._report.last_message = now
            feeding.heard(now)
            self._receive(feeding, frame, now)
        self._settle(now)

    def ponged(self, stream: str, now: Instant) -> None:
        feeding = self._of(stream)
        if feeding is not None and feeding.socket.is_open:
            feeding.ponged(now)

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        self._notices.begin(now)
        if self._access.answered(call, reply, now):
            if self._access.reason:
                self._notices.error(self._access.reason)
        else:
            self._traffic.answered(call, reply, now)
        self._settle(now)

    def left(self, send: SendId, outcome: Written | Dropped, now: Instant) -> None:
        """Nothing is sent over the sockets."""

    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        self._notices.begin(now)
        self._committed.update(intent.intent_id for intent in intents)
        self._traffic.restore(intents, now)

    def prepare(self, intent: Intent, now: Instant) -> Prepared | Denied:
        try:
            frame = encode_order(intent.command, self._traffic.terms_of(intent.client_id))
            said = read_order(frame, self._settings.name)
        except Refused as refused:
            return Denied(intent, str(refused))
        except Unreadable as error:
            return Denied(intent, f"our own request does not read: {error}")
        why = self._why_not(now)
        if not why and self._traffic.is_known(intent.client_id):
            why = "client identifier: was used before"
        return Denied(intent, why) if why else Prepared(intent, said, REST, intent.intent_id, frame)

    def commit(self, prepared: Prepared, now: Instant) -> None:
        self._notices.begin(now)
        intent = prepared.intent
        token = self._access.token(now)
        if intent.intent_id in self._committed:
            self._notices.notice("committed twice", f"intent {intent.intent_id} was sent before", now)
        elif token is None or prepared.stream != REST:
            self._traffic.drop(intent, "there is no token to send it with", now)
        else:
            self._committed.add(intent.intent_id)
            self._traffic.send(prepared, token, now)
        self._settle(now)

    def ask(self, client_id: str, now: Instant) -> str | None:
        return NO_LIST

    def decided(self, decision: OrderDecided, now: Instant) -> None:
        self._notices.begin(now)
        self._traffic.decided(decision, now)

    def tick(self, now: Instant) -> None:
        self._notices.begin(now)
        if self._on:
            self._access.tick(now)
            self._book.tick(now)
            for feeding in self._feeds.values():
                self._tend(feeding, now)
        self._traffic.tick(now)
        self._settle(now)

    def outgoing(self) -> list[Outgoing]:
        return take_all(self._out)

    def events(self) -> list[Event | OrderEvent]:
        return take_all(self._events)

    def kept(self) -> list[Frame]:
        return self._record.take()

    def report(self) -> ConnectionReport:
        report = self._report
        report.channels = [feeding.report for feeding in self._feeds.values()]
        report.channels[0].stragglers = self._traffic.ledger.stragglers
        report.reconnects = sum(max(0, feeding.socket.times_opened - 1) for feeding in self._feeds.values())
        report.token_refreshes = self._access.renewals
        report.unauthorised = self._access.refusals
        report.slow_downs = self._access.slow_downs + self._traffic.slow_downs
        report.last_error = self._notices.last_error
        report.anomalies = dict(self._notices.counts)
        return report

    # Sockets

    def _socket(self, channel: str, randomness: random.Random) -> Socket:
        url = self._settings.socket_url(channel)
        return Socket(channel, url, None, randomness, self._out, scheme=SCHEME, too_large_stops=True)

    def _of(self, stream: str) -> Feeding | None:
        feeding = self._feeds.get(stream.rpartition("-")[0])
        return feeding if feeding is not None and feeding.socket.stream == stream else None

    def _tend(self, feeding: Feeding, now: Instant) -> None:
        """Opens a socket, or opens it again, with the token there is; drops one that is no good."""
        token, socket = self._access.token(now), feeding.socket
        if token is not None:
            renewed = token != socket.token
            socket.token = token
            if socket.phase is Phase.OFF or (socket.unauthorised and renewed):
                socket.start()
            else:
                socket.tick(now)
        why = feeding.tick(now)
        if why:
            socket.drop(why, now)
            self._gone(feeding, now)

    def _gone(self, feeding: Feeding, now: Instant) -> None:
        if feeding.channel == TRADE_CHANNEL:
            self._cut(now)
        self._notices.error(f"{feeding.channel}: {feeding.socket.reason}")
        feeding.closed(now)

    def _cut(self, now: Instant) -> None:
        """Updates of own orders are missed from now on; nothing new where they were already."""
        if self._feeds[TRADE_CHANNEL].greeted and self._cut_off is None:
            self._cut_off = f"the updates were cut off at {utc_text(now.utc)}"

    # What comes

    def _receive(self, feeding: Feeding, frame: bytes, now: Instant) -> None:
        if feeding.channel == TRADE_CHANNEL:
            self._record.received(TRADE_CHANNEL, frame, now)
        try:
            envelope = decode_message(frame)
            if envelope.type == messages.CONTROL:
                self._greeted(feeding, envelope, now)
                return
            self._take(feeding, envelope, now)
        except Unreadable as error:
            self._unread(feeding, str(error), now)
        else:
            self._unreadable[feeding.channel] = 0

    def _greeted(self, feeding: Feeding, envelope: messages.Envelope, now: Instant) -> None:
        wrong = feeding.greet(envelope)
        if wrong:
            feeding.socket.drop(wrong, now)
            self._gone(feeding, now)
        elif feeding.channel != BOOK_CHANNEL:  # a book is live once there is one
            feeding.whole(now)
            if feeding.channel == TRADE_CHANNEL and self._cut_off is not None:
                self._traffic.unconfirmed(self._cut_off, now)
                self._cut_off = None

    def _take(self, feeding: Feeding, envelope: messages.Envelope, now: Instant) -> None:
        match feeding.channel:
            case "orderbook":
                self._book.receive(envelope, now)
            case "ticker":
                self._ticker.receive(envelope, now)
            case _ if envelope.type in (messages.ORDER_STATUS_UPDATE, messages.CONTRACT_STATUS_UPDATE):
                self._traffic.update(envelope, now)
            case channel:
                self._notices.notice("unrecognised message", f"{envelope.type[:80]} on {channel}", now, channel)

    def _unread(self, feeding: Feeding, why: str, now: Instant) -> None:
        channel = feeding.channel
        feeding.report.dropped += 1
        self._notices.notice("unreadable message", why, now, channel)
        self._notices.error(f"{channel}: unreadable message: {why}")
        if channel == TRADE_CHANNEL:
            self._traffic.unconfirmed("an update could not be read", now)
        elif channel == BOOK_CHANNEL:
            self._book.lost(why, now)
        self._unreadable[channel] = self._unreadable.get(channel, 0) + 1
        if self._unreadable[channel] >= UNREADABLE_IN_A_ROW:
            feeding.socket.drop(f"{UNREADABLE_IN_A_ROW} unreadable messages in a row", now)
            self._gone(feeding, now)

    # What is told

    def _why_not(self, now: Instant) -> str:
        """Why no order can be sent now, in words; empty where it can."""
        trade = self._feeds[TRADE_CHANNEL]
        if self._access.token(now) is None or not self._access.may_trade:
            return f"connection: {self._access.reason or 'there is no token that is still good'}"
        if not trade.live:
            return f"connection: what becomes of orders would not be heard: {trade.report.reason or 'not connected'}"
        seconds = self._traffic.slowed(now)
        if seconds:
            return f"connection: the venue asked to slow down (429): not for another {seconds:.0f} s"
        return ""

    def _settle(self, now: Instant) -> None:
        shown = self._standing()
        if shown != self._shown:
            self._shown = shown
            self._report.status, self._report.reason, wants_password = shown
            self._events.append(ConnectionChanged(self._settings.name, shown[0], shown[1], now, wants_password))

    def _standing(self) -> tuple[ConnectionStatus, str, bool]:
        refused = self._access.phase is access.Phase.REFUSED
        if not self._on:
            return ConnectionStatus.OFF, "", False
        if not any(feeding.socket.is_open for feeding in self._feeds.values()):
            sockets = [feeding.socket for feeding in self._feeds.values() if feeding.socket.failing]
            reason = self._access.reason or (sockets[0].reason if sockets else "connecting")
            failing = refused or self._access.phase is access.Phase.WAITING or bool(sockets)
            return (ConnectionStatus.DOWN if failing else ConnectionStatus.RESYNCHRONISING), reason, refused
        if self._access.reason:
            return ConnectionStatus.RESYNCHRONISING, f"no orders: {self._access.reason}", refused
        for feeding in self._feeds.values():
            if not feeding.live:
                reason = f"{feeding.channel}: {feeding.report.reason or feeding.report.status.value}"
                return ConnectionStatus.RESYNCHRONISING, reason, False
        return ConnectionStatus.LIVE, "", False

    def _new_call(self) -> CallId:
        self._calls += 1
        return CallId(self._calls)
