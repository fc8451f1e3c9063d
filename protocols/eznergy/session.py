"""The eZ-nergy session: authenticates, subscribes, keeps every channel honest. Sans-IO; `protocols.session` says how to
drive it. Sections 1 to 5 and 8 of the protocol page.

    off -> authenticating -> opening -> open
             ^  ^---- waiting <--'--------'      stopped: wrong password, or a fresh token was refused
"""

import contextlib
import random
from collections.abc import Callable, Sequence

import msgspec

from protocols.eznergy import messages
from protocols.eznergy.access import Access, AuthenticateAgain, Halt, Wait
from protocols.eznergy.channels import Settings
from protocols.eznergy.codec import Unreadable, decode_envelope, decode_heartbeat, inner_json
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.dialects import dialect_of
from protocols.eznergy.heartbeats import Heartbeats
from protocols.eznergy.order_entry import OrderEntry
from protocols.eznergy.order_frames import OrderFrames
from protocols.eznergy.phase import Phase
from protocols.eznergy.reconciliation import Reconciliation
from protocols.eznergy.requests import Requests
from protocols.eznergy.subscriptions import Subscriptions
from protocols.market.commands import Intent
from protocols.market.events import ClockCompared, ConnectionChanged, ConnectionStatus, Event
from protocols.market.instruments import InstrumentSpec
from protocols.market.order_events import OrderDecided, OrderEvent
from protocols.market.times import Instant, TimeRefused, UtcNs
from protocols.notices import Notices
from protocols.record import Record
from protocols.session import (
    CallFailed,
    CallId,
    Close,
    Closed,
    ConnectionReport,
    Denied,
    Dropped,
    Frame,
    Open,
    Outgoing,
    Prepared,
    Reply,
    Send,
    SendId,
    Written,
    take_all,
)

CLEAN_SECONDS = 10.0
UNREADABLE_IN_A_ROW = 20
"""So many frames that are no messages, and the link itself is taken for broken."""


class _Sent(msgspec.Struct, frozen=True):
    """A frame of an order channel that is on its way to the socket. `intent_id` where it is a request of ours."""

    channel: str
    frame: bytes
    intent_id: str | None = None


class EzNergySession:
    """One connection. `new_id` makes correlations, `randomness` jitter, `spec_of` an area's tick and step.
    `sent_before`: orders may live that an earlier session sent."""

    def __init__(
        self,
        settings: Settings,
        spec_of: Callable[[str], InstrumentSpec],
        new_id: Callable[[], str],
        randomness: random.Random,
        is_ours: Callable[[str], bool] = lambda client_id: False,
        sent_before: bool = False,
    ) -> None:
        self._settings = settings
        self._access = Access(settings, randomness, self._new_call)
        self._heartbeats = Heartbeats()
        self._phase = Phase.OFF
        self._reason = ""
        self._failing = False
        self._retry_at = 0.0
        self._opened_before = False
        self._open_since = 0.0
        self._calls = 0
        self._sends = 0
        self._sockets = 0
        self._stream = ""
        self._unreadable_in_a_row = 0
        self._outgoing: list[Outgoing] = []
        self._events: list[Event | OrderEvent] = []
        self._shown: tuple[ConnectionStatus, str] | None = None
        self._moved = True
        self._behind: list[str] = []
        self._report = ConnectionReport(settings.name, "eznergy", ConnectionStatus.OFF, "", 0, 0, "", None, [])
        self._now = Instant(0.0, UtcNs(0))
        self._notices = Notices(settings.name, self._events)
        contracts = ContractDirectory(settings.name, spec_of, settings.scope)
        frames = OrderFrames(settings.name, contracts, dialect_of(settings.scope))
        self._requests = Requests(settings.name, frames, is_ours, self._events.append)
        self._record = Record(settings.name)
        self._sent: dict[SendId, _Sent] = {}
        self._subscriptions = Subscriptions(
            settings,
            new_id,
            randomness,
            self._notices,
            self._send,
            self._events,
            contracts,
            self._requests,
            lambda area, channel: self._reconciliation.want(area, channel),
            sent_before,
        )
        self._reconciliation = Reconciliation(
            settings,
            self._requests,
            self._subscriptions.take_list,
            self._events.append,
            self._notices,
            self._record,
            self._new_call,
        )
        self._order_entry = OrderEntry(
            settings.name,
            self._requests,
            self._subscriptions,
            self._reconciliation,
            self._notices,
            lambda: self._stream if self._phase is Phase.OPEN else None,
            self._send,
        )
        self._handlers: dict[str, Callable[[messages.Envelope, Instant], None]] = {
            messages.EVENT: self._subscriptions.on_event,
            messages.SUBSCRIBED: self._subscriptions.on_subscribed,
            messages.UNSUBSCRIBED: self._subscriptions.on_unsubscribed,
            messages.ERROR: self._subscriptions.on_error,
            messages.HEARTBEAT: self._on_heartbeat,
            messages.TOKEN_REFRESH: self._on_token_refresh,
        }

    # protocols.session.Session

    def start(self, now: Instant) -> None:
        self._begin(now)
        if self._phase in (Phase.OFF, Phase.STOPPED):
            self._access.begin()
            self._failing = False
            self._reason = "connecting"
            self._authenticate()
        self._settle()

    def stop(self, now: Instant) -> None:
        self._begin(now)
        self._lose_link("switched off")
        self._outgoing.append(Close(self._stream, "switched off"))
        self._phase = Phase.OFF
        self._access.forget_call()
        self._reason = ""
        self._settle()

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        self._begin(now)
        if self._access.awaits(call):
            if self._phase is Phase.AUTHENTICATING:
                self._act_on(self._access.answered(reply))
        else:
            self._reconciliation.answered(call, reply, now)
        self._settle()

    def opened(self, stream: str, now: Instant) -> None:
        self._begin(now)
        if self._phase is Phase.OPENING and stream == self._stream:
            self._phase = Phase.OPEN
            self._failing = False
            self._reason = ""
            self._report.reconnects += self._opened_before
            self._opened_before = True
            self._open_since = now.monotonic
            self._heartbeats.opened(now)
            self._unreadable_in_a_row = 0
            self._notices.forget()
            self._subscriptions.connected(now)
        self._settle()

    def closed(self, stream: str, why: Closed, now: Instant) -> None:
        self._begin(now)
        if self._phase in (Phase.OPENING, Phase.OPEN) and stream == self._stream:
            self._lose_link(why.reason)
            self._act_on(self._access.closed(why))
        self._settle()

    def ponged(self, stream: str, now: Instant) -> None:
        """Says nothing here: the venue's heartbeats do."""

    def left(self, send: SendId, outcome: Written | Dropped, now: Instant) -> None:
        self._begin(now)
        sent = self._sent.pop(send, None)
        if sent is not None and isinstance(outcome, Written):
            self._record.wrote(sent.channel, sent.frame, now)
        elif sent is not None and sent.intent_id is not None and isinstance(outcome, Dropped):
            self._requests.dropped(sent.intent_id, outcome.reason, now)
        self._settle()

    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        """Before `start`: what an earlier run of the desk sent and has no answer to; each order's placement comes
        before its request. The venue is asked once its orders are known."""
        self._requests.restore(intents, now)

    def prepare(self, intent: Intent, now: Instant) -> Prepared | Denied:
        return self._order_entry.prepare(intent)

    def commit(self, prepared: Prepared, now: Instant) -> None:
        self._begin(now)
        self._order_entry.commit(prepared, now)
        self._settle()

    def ask(self, client_id: str, now: Instant) -> str | None:
        self._begin(now)
        why = self._order_entry.ask(client_id, now)
        self._ask_venue()
        self._settle()
        return why

    def decided(self, decision: OrderDecided, now: Instant) -> None:
        self._requests.decided(decision)

    def receive(self, stream: str, frame: bytes, now: Instant) -> None:
        if self._phase is not Phase.OPEN or stream != self._stream:
            self._keep_unheard(frame, now)
            return
        self._now = now
        self._notices.begin(now)
        if self._heartbeats.overdue(now):
            # Before any tick could say so: after a resume, what lay in the socket's buffer is as old as the sleep.
            self._keep_unheard(frame, now)
            self._tick_open()
            self._settle()
            return
        self._report.messages += 1
        self._report.last_message = now
        try:
            message = decode_envelope(frame)
        except Unreadable as error:
            self._garbage(str(error))
        else:
            self._unreadable_in_a_row = 0
            channel = self._subscriptions.order_channel(message)
            if channel is not None:
                self._record.received(channel, frame, now)
            handler = self._handlers.get(message.type)
            if handler is None:
                self._notices.notice("unrecognised message", message.type[:80], now)
            else:
                handler(message, now)
        self._settle()

    def _keep_unheard(self, frame: bytes, now: Instant) -> None:
        """Nothing is made of a frame over a link that was given up: the next snapshot tells. But it came."""
        with contextlib.suppress(Unreadable):
            channel = self._subscriptions.order_channel(decode_envelope(frame))
            if channel is not None:
                self._record.received(channel, frame, now)

    def tick(self, now: Instant) -> None:
        self._begin(now)
        if self._phase is Phase.WAITING and now.monotonic >= self._retry_at:
            if self._access.token is None:
                self._authenticate()
            else:
                self._open()
        elif self._phase is Phase.OPEN:
            self._tick_open()
        self._settle()

    def outgoing(self) -> list[Outgoing]:
        taken, self._outgoing = self._outgoing, []
        return taken

    def events(self) -> list[Event | OrderEvent]:
        return take_all(self._events)

    def kept(self) -> list[Frame]:
        return self._record.take()

    def report(self) -> ConnectionReport:
        report, lists = self._report, self._reconciliation
        report.channels = self._subscriptions.reports()
        report.token_refreshes = self._access.refreshes
        report.unauthorised = self._access.refusals + lists.refused
        report.slow_downs = self._access.slow_downs + lists.slow_downs
        report.heartbeats_missed = self._heartbeats.missed
        report.anomalies = dict(self._notices.counts)
        report.lists_asked, report.lists_failed = lists.asked, lists.failed
        report.last_error = self._notices.last_error
        return report

    # Connection: sections 1 and 8

    def _authenticate(self) -> None:
        self._phase = Phase.AUTHENTICATING
        self._outgoing.append(self._access.authenticate())

    def _act_on(self, verdict: Wait | Halt | AuthenticateAgain | None) -> None:
        """Does what the access decided; None where there is a token now."""
        if verdict is None:
            self._open()
            return
        self._failing = True
        self._reason = verdict.reason
        self._notices.error(verdict.reason)
        match verdict:
            case AuthenticateAgain():
                self._authenticate()
            case Halt():
                self._phase = Phase.STOPPED
            case Wait():
                self._phase = Phase.WAITING
                self._retry_at = self._now.monotonic + verdict.seconds

    def _open(self) -> None:
        self._phase = Phase.OPENING
        # A name of its own for every socket: news of an old one can't be taken for news of this.
        self._sockets += 1
        self._stream = f"market-{self._sockets}"
        self._outgoing.append(Open(self._stream, self._settings.ws_url, self._access.token))

    def _lose_link(self, reason: str) -> None:
        self._subscriptions.disconnected(reason)
        self._requests.link_lost(reason, self._now)
        self._reconciliation.link_lost()

    def _drop_link(self, reason: str) -> None:
        """We end the link: it can't be trusted any more."""
        self._lose_link(reason)
        self._outgoing.append(Close(self._stream, reason))
        self._act_on(self._access.dropped(reason))

    def _tick_open(self) -> None:
        if self._heartbeats.overdue(self._now):
            self._heartbeats.missed += 1
            self._drop_link(f"no heartbeat for {self._heartbeats.patience:.0f} s")
            return
        if self._now.monotonic - self._open_since > CLEAN_SECONDS:
            self._access.clean()
        self._subscriptions.tick(self._now)
        self._requests.tick(self._now)
        self._ask_venue()

    def _ask_venue(self) -> None:
        self._outgoing += self._reconciliation.due(self._access.token, self._now)

    def _new_call(self) -> CallId:
        self._calls += 1
        return CallId(self._calls)

    def _send(self, frame: bytes, channel: str, intent_id: str | None = None) -> None:
        """Of an order channel's frames it is to be known whether they left: only then are they kept."""
        self._sends += 1
        send = SendId(self._sends)
        watched = self._subscriptions.carries_orders(channel)
        if watched:
            self._sent[send] = _Sent(channel, frame, intent_id)
        self._outgoing.append(Send(self._stream, send, frame, watched))

    # Messages: sections 3 to 5

    def _on_heartbeat(self, message: messages.Envelope, now: Instant) -> None:
        try:
            heartbeat = decode_heartbeat(inner_json(message.data))
            late, odd = self._heartbeats.beat(heartbeat, now)
        except (Unreadable, TimeRefused) as error:
            self._notices.notice("unreadable heartbeat", str(error), now)
            return
        if odd is not None:
            self._notices.notice("odd heartbeat", f"the next one in {odd:.1f} s", now)
        if late > self._heartbeats.patience:
            self._heartbeats.missed += 1
            self._drop_link(f"the venue's messages arrive {late:.0f} s late")
            return
        self._events.append(ClockCompared(self._settings.name, self._heartbeats.clock_offset(now), now))
        if heartbeat.items is None:
            self._notices.notice("unreadable heartbeat", "it lists no channels", now)
            return
        self._subscriptions.on_heartbeat(heartbeat, now)

    def _on_token_refresh(self, message: messages.Envelope, now: Instant) -> None:
        try:
            self._access.refreshed(inner_json(message.data))
        except Unreadable:
            self._notices.notice("unreadable token", "a token refresh could not be read", now)

    def _garbage(self, why: str) -> None:
        self._notices.notice("unreadable frame", why, self._now)
        self._notices.error(f"unreadable frame: {why}")
        self._unreadable_in_a_row += 1
        if self._unreadable_in_a_row >= UNREADABLE_IN_A_ROW:
            self._drop_link(f"{UNREADABLE_IN_A_ROW} unreadable frames in a row")

    # What is told

    def _begin(self, now: Instant) -> None:
        self._now = now
        self._notices.begin(now)
        self._moved = True

    def _settle(self) -> None:
        """Tells what changed in the connection's and the channels' status since it was told last."""
        behind = self._subscriptions.settle(self._now)
        if behind is None and not self._moved:
            return
        self._moved = False
        if behind is not None:
            self._behind = [f"{line.words}: {line.subscription.report.reason}" for line in behind]
        status, reason = self._status()
        self._report.status, self._report.reason = status, reason
        if (status, reason) != self._shown:
            self._shown = (status, reason)
            refused = self._phase is Phase.STOPPED and self._access.password_refused
            self._events.append(ConnectionChanged(self._settings.name, status, reason, self._now, refused))

    def _status(self) -> tuple[ConnectionStatus, str]:
        match self._phase:
            case Phase.OFF:
                return ConnectionStatus.OFF, ""
            case Phase.OPEN if not self._behind:
                return ConnectionStatus.LIVE, ""
            case Phase.OPEN:
                count = f"{len(self._behind)} of {len(self._subscriptions)} channels not live"
                return ConnectionStatus.RESYNCHRONISING, f"{count}; {self._behind[0]}"
            case Phase.AUTHENTICATING | Phase.OPENING if not self._failing:
                return ConnectionStatus.RESYNCHRONISING, self._reason
        return ConnectionStatus.DOWN, self._reason
