"""The ActTrader session: an order socket, and where it is configured a chart socket beside it. Sans-IO;
`protocols.session` says how to drive it. The protocol page is `acttrader.md`.
"""

import random
from collections.abc import Callable, Iterable, Sequence

from protocols.acttrader.chart import ChartFeed
from protocols.acttrader.codec import Unreadable, decode_message
from protocols.acttrader.entry import OrderEntry
from protocols.acttrader.orders import OrderTraffic
from protocols.acttrader.pairs import PairDirectory, PairTable
from protocols.acttrader.requests import Refused
from protocols.acttrader.settings import AREA, ORDERS_CHANNEL, Settings
from protocols.market.commands import Intent
from protocols.market.events import (
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    Event,
    Feed,
    Freshness,
    PairListed,
)
from protocols.market.intervals import CandleQuery
from protocols.market.order_events import OrderDecided, OrderEvent
from protocols.market.orders import Order
from protocols.market.times import Instant
from protocols.notices import Notices
from protocols.record import Record
from protocols.session import (
    CallFailed,
    CallId,
    ChannelReport,
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
"""So many frames that are no messages, and the link itself is taken for broken."""


class ActTraderSession:
    """One connection. `new_id` makes identifiers of questions, `randomness` jitter; `is_ours` knows our orders. `shown`
    are those that the desk shows of it, from an earlier session of the same connection."""

    def __init__(
        self,
        settings: Settings,
        table: PairTable,
        new_id: Callable[[], str],
        randomness: random.Random,
        is_ours: Callable[[str], bool] = lambda client_id: False,
        shown: Iterable[Order] = (),
    ) -> None:
        self._settings = settings
        self._out: list[Outgoing] = []
        self._events: list[Event | OrderEvent] = []
        self._calls = 0
        self._sends = 0
        self._sent: dict[SendId, tuple[str, bytes]] = {}
        self._unreadable_in_a_row = 0
        self._shown: tuple[ConnectionStatus, str] | None = None
        self._report = ConnectionReport(settings.name, "acttrader", ConnectionStatus.OFF, "", 0, 0, "", None, [])
        self._orders_report = ChannelReport(ORDERS_CHANNEL, Feed.OWN_ORDERS, AREA, "", Freshness.UNSYNCHRONISED)
        self._notices = Notices(settings.name, self._events)
        self._record = Record(settings.name)
        self._pairs = PairDirectory(settings.name, table, lambda pair: self._events.append(PairListed(pair)))
        self._socket = Socket("orders", settings.orders_url, settings.token, randomness, self._out)
        self._traffic = OrderTraffic(
            settings, self._pairs, is_ours, new_id, self._send_order, self._events, self._notices
        )
        self._entry = OrderEntry(settings, self._pairs, self._traffic.ledger, self._traffic.requests)
        self._chart: ChartFeed | None = None
        if settings.chart_url is not None:
            self._chart = ChartFeed(
                settings, settings.chart_url, self._pairs, randomness, self._out, self._events, self._notices,
                self._new_send, self._new_call,
            )  # fmt: skip
        self._pairs.add(settings.symbols)
        for order in shown:
            self._traffic.ledger.recall(order)

    # protocols.session.Session

    def start(self, now: Instant) -> None:
        self._notices.begin(now)
        self._traffic.ledger.begin(now)
        self._socket.start()
        if self._chart is not None:
            self._chart.socket.start()
        self._settle(now)

    def stop(self, now: Instant) -> None:
        self._notices.begin(now)
        self._socket.stop()
        self._traffic.disconnected("switched off", now)
        if self._chart is not None:
            self._chart.stop(now)
        self._settle(now)

    def opened(self, stream: str, now: Instant) -> None:
        self._notices.begin(now)
        if self._socket.opened(stream, now):
            self._notices.forget()
            self._unreadable_in_a_row = 0
            self._traffic.connected(now)
        elif self._chart is not None:
            self._chart.opened(stream, now)
        self._settle(now)

    def closed(self, stream: str, why: Closed, now: Instant) -> None:
        self._notices.begin(now)
        if self._socket.closed(stream, why, now):
            self._notices.error(self._socket.reason)
            self._traffic.disconnected(self._socket.reason, now)
        elif self._chart is not None:
            self._chart.closed(stream, why, now)
        self._settle(now)

    def receive(self, stream: str, frame: bytes, now: Instant) -> None:
        self._notices.begin(now)
        if self._socket.is_open and stream == self._socket.stream:
            self._count(now)
            self._receive_order(frame, now)
        elif self._chart is not None and self._chart.socket.is_open and stream == self._chart.socket.stream:
            self._count(now)
            self._chart.receive(frame, now)
        self._settle(now)

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        self._notices.begin(now)
        if self._chart is not None:
            self._chart.answered(call, reply, now)
        self._settle(now)

    def ponged(self, stream: str, now: Instant) -> None:
        """Says nothing here: how fresh orders and quotes are rests on other things."""

    def left(self, send: SendId, outcome: Written | Dropped, now: Instant) -> None:
        self._notices.begin(now)
        intent_id, frame = self._sent.pop(send, ("", b""))
        if isinstance(outcome, Written) and frame:
            self._record.wrote(ORDERS_CHANNEL, frame, now)
        elif isinstance(outcome, Dropped) and intent_id:
            self._traffic.requests.dropped(intent_id, outcome.reason, now)
        self._settle(now)

    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        """Before `start`: what an earlier run of the desk sent and has no answer to."""
        self._notices.begin(now)
        self._traffic.restore(intents, now)

    def prepare(self, intent: Intent, now: Instant) -> Prepared | Denied:
        if not self._socket.is_open:
            return Denied(intent, f"connection: {self._settings.name} is not connected")
        try:
            return self._entry.encode(intent, self._socket.stream, self._traffic.locked)
        except Refused as refused:
            return Denied(intent, str(refused))

    def commit(self, prepared: Prepared, now: Instant) -> None:
        self._notices.begin(now)
        intent = prepared.intent
        if not self._traffic.requests.commit(intent, now):
            self._notices.notice("committed twice", f"intent {intent.intent_id} was sent before", now)
        elif not self._socket.is_open or prepared.stream != self._socket.stream:
            self._traffic.requests.dropped(intent.intent_id, "the link it was meant for is gone", now)
        else:
            self._send_order(prepared.frame, intent.intent_id)
        self._settle(now)

    def ask(self, client_id: str, now: Instant) -> str | None:
        self._notices.begin(now)
        if not self._socket.is_open:
            return f"connection: {self._settings.name} is not connected"
        why = self._traffic.ask(client_id, now)
        self._settle(now)
        return why

    def decided(self, decision: OrderDecided, now: Instant) -> None:
        self._traffic.decided(decision)

    def tick(self, now: Instant) -> None:
        self._notices.begin(now)
        self._socket.tick(now)
        if self._socket.is_open:
            self._traffic.tick(now)
            if self._traffic.broken:
                self._drop("the venue does not list its orders", now)
        if self._chart is not None:
            self._chart.tick(now)
        self._settle(now)

    def outgoing(self) -> list[Outgoing]:
        return take_all(self._out)

    def events(self) -> list[Event | OrderEvent]:
        return take_all(self._events)

    def kept(self) -> list[Frame]:
        return self._record.take()

    def report(self) -> ConnectionReport:
        channels = [self._orders_report]
        if self._chart is not None:
            channels.append(self._chart.report)
        self._report.channels = channels
        self._report.reconnects = max(0, self._socket.times_opened - 1)
        self._report.last_error = self._notices.last_error
        self._report.anomalies = dict(self._notices.counts)
        return self._report

    # Beyond it

    def ask_candles(self, query: CandleQuery, now: Instant) -> str | None:
        """`protocols.session.CandleSource`: the chart service is asked. Raises `ValueError` for an interval that it
        doesn't have."""
        if self._chart is None:
            return f"{self._settings.name} has no chart service"
        self._notices.begin(now)
        return self._chart.ask_candles(query)

    # Within

    def _receive_order(self, frame: bytes, now: Instant) -> None:
        self._orders_report.applied += 1
        self._orders_report.last_heard = now
        self._record.received(ORDERS_CHANNEL, frame, now)
        try:
            self._traffic.receive(decode_message(frame), now)
        except Unreadable as error:
            self._orders_report.dropped += 1
            self._notices.notice("unreadable message", str(error), now, ORDERS_CHANNEL)
            self._notices.error(f"unreadable message: {error}")
            self._traffic.unreadable(str(error), now)
            self._unreadable_in_a_row += 1
            if self._unreadable_in_a_row >= UNREADABLE_IN_A_ROW:
                self._drop(f"{UNREADABLE_IN_A_ROW} unreadable messages in a row", now)
        else:
            self._unreadable_in_a_row = 0

    def _drop(self, reason: str, now: Instant) -> None:
        self._notices.error(reason)
        self._socket.drop(reason, now)
        self._traffic.disconnected(reason, now)

    def _count(self, now: Instant) -> None:
        self._report.messages += 1
        self._report.last_message = now

    def _send_order(self, frame: bytes, intent_id: str = "") -> None:
        send = self._new_send()
        self._sent[send] = intent_id, frame
        self._socket.send(send, frame, report=True)

    def _new_send(self) -> SendId:
        self._sends += 1
        return SendId(self._sends)

    def _new_call(self) -> CallId:
        self._calls += 1
        return CallId(self._calls)

    # What is told

    def _settle(self, now: Instant) -> None:
        status, reason = self._orders_standing()
        report = self._orders_report
        if (status, reason) != (report.status, report.reason):
            report.status, report.reason = status, reason
            self._events.append(
                ChannelChanged(
                    self._settings.name, ORDERS_CHANNEL, Feed.OWN_ORDERS, AREA, "", status, reason, now
                )
            )  # fmt: skip
        shown = self._standing()
        if shown != self._shown:
            self._shown = shown
            self._report.status, self._report.reason = shown
            refused = self._socket.phase is Phase.STOPPED and self._settings.token is not None
            self._events.append(ConnectionChanged(self._settings.name, *shown, now, wants_password=refused))

    def _orders_standing(self) -> tuple[Freshness, str]:
        if self._socket.is_open:
            locked = self._traffic.locked
            return (Freshness.RESYNCHRONISING, locked) if locked else (Freshness.LIVE, "")
        known = self._orders_report.status in (Freshness.LIVE, Freshness.STALE)
        return (Freshness.STALE if known else Freshness.UNSYNCHRONISED), self._socket.reason

    def _standing(self) -> tuple[ConnectionStatus, str]:
        match self._socket.phase:
            case Phase.OFF:
                return ConnectionStatus.OFF, self._socket.reason
            case Phase.OPEN if self._traffic.locked:
                return ConnectionStatus.RESYNCHRONISING, self._traffic.locked
            case Phase.OPEN:
                return self._with_chart()
            case Phase.OPENING if not self._socket.failing:
                return ConnectionStatus.RESYNCHRONISING, self._socket.reason
            case _:
                return ConnectionStatus.DOWN, self._socket.reason

    def _with_chart(self) -> tuple[ConnectionStatus, str]:
        """Orders are live; quotes may be missing, and nobody should have to look for that."""
        if self._chart is None:
            return ConnectionStatus.LIVE, "no quotes: the connection has no chart service"
        quotes = self._chart.report
        if quotes.status is Freshness.LIVE:
            return ConnectionStatus.LIVE, ""
        return ConnectionStatus.RESYNCHRONISING, f"quotes: {quotes.reason or quotes.status.value}"
