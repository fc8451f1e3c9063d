"""The eZ-nergy session: authenticates, subscribes, keeps every channel honest. Sans-IO; `protocols.session` says how to
drive it. Sections 1 to 5 and 8 of the protocol page.

    off -> authenticating -> opening -> open
             ^  ^---- waiting <--'--------'      stopped: wrong password, or a fresh token was refused
"""

import random
from collections.abc import Callable, Sequence

from protocols.backoff import BackOff
from protocols.eznergy import messages
from protocols.eznergy.channels import PRIVATE_ORDERS, Settings
from protocols.eznergy.codec import Unreadable, decode_envelope, decode_heartbeat, decode_one, encode, inner_json
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.notices import Notices
from protocols.eznergy.phase import Phase
from protocols.eznergy.reconciliation import Reconciliation
from protocols.eznergy.requests import Refused, Requests
from protocols.eznergy.subscriptions import Subscriptions
from protocols.market.commands import Intent
from protocols.market.events import ConnectionChanged, ConnectionStatus, Event, Freshness
from protocols.market.instruments import InstrumentSpec
from protocols.market.order_events import OrderEvent
from protocols.market.times import SECOND, Instant, TimeRefused, UtcNs, utc_from_text
from protocols.secret import Secret
from protocols.session import (
    Call,
    CallFailed,
    CallId,
    Close,
    Closed,
    ConnectionReport,
    Denied,
    Dropped,
    Open,
    Outgoing,
    Prepared,
    Reply,
    Send,
    SendId,
    Written,
)

HEARTBEAT_SECONDS = 5.0
"""The interval until the venue's first heartbeat tells its own."""
HEARTBEATS_MISSED = 2.0
"""Stale, and reconnected, after so many intervals without one (section 8), or when one is so much late."""
INTERVALS = (1.0, 30.0)
"""Seconds between heartbeats that are believed; the page says 5."""
RETRY_AFTER_CAP = 3600.0
CLEAN_SECONDS = 10.0
BACK_OFF_FIRST = 0.5
BACK_OFF_CAP = 10.0
UNREADABLE_IN_A_ROW = 20
"""So many frames that are no messages, and the link itself is taken for broken."""


class EzNergySession:
    """One connection. `new_id` makes correlations, `randomness` jitter, `spec_of` an area's tick and step."""

    def __init__(
        self,
        settings: Settings,
        spec_of: Callable[[str], InstrumentSpec],
        new_id: Callable[[], str],
        randomness: random.Random,
        is_ours: Callable[[str], bool] = lambda client_id: False,
    ) -> None:
        self._settings = settings
        self._back_off = BackOff(BACK_OFF_FIRST, BACK_OFF_CAP, randomness)
        self._phase = Phase.OFF
        self._reason = ""
        self._token: Secret | None = None
        self._token_is_fresh = False
        self._authenticated_again = False
        self._failing = False
        self._least_lag: float | None = None
        self._retry_at = 0.0
        self._opened_before = False
        self._open_since = 0.0
        self._heartbeat_due = 0.0
        self._interval = HEARTBEAT_SECONDS
        self._call: CallId | None = None
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
        contracts = ContractDirectory(settings.name, spec_of)
        self._requests = Requests(settings.name, contracts, is_ours, self._events.append)
        self._sent: dict[SendId, str] = {}
        self._subscriptions = Subscriptions(
            settings, new_id, randomness, self._notices, self._say, self._events, contracts, self._requests
        )
        self._reconciliation = Reconciliation(settings, self._subscriptions.take_list, self._notices)
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
            self._authenticated_again = False
            self._failing = False
            self._reason = "connecting"
            self._authenticate()
        self._settle()

    def stop(self, now: Instant) -> None:
        self._begin(now)
        self._lose_link("switched off")
        self._outgoing.append(Close(self._stream, "switched off"))
        self._phase = Phase.OFF
        self._call = None
        self._reason = ""
        self._settle()

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        self._begin(now)
        if call == self._call and self._phase is Phase.AUTHENTICATING:
            self._call = None
            self._authenticated(reply)
        else:
            self._reconciliation.answered(call, reply, now)
        self._settle()

    def opened(self, stream: str, now: Instant) -> None:
        self._begin(now)
        if self._phase is Phase.OPENING and stream == self._stream:
            self._phase = Phase.OPEN
            self._failing = False
            self._reason = ""
            self._least_lag = None
            self._report.reconnects += self._opened_before
            self._opened_before = True
            self._open_since = now.monotonic
            self._interval = HEARTBEAT_SECONDS
            self._heartbeat_due = now.monotonic + HEARTBEATS_MISSED * self._interval
            self._unreadable_in_a_row = 0
            self._notices.forget()
            self._subscriptions.connected(now)
        self._settle()

    def closed(self, stream: str, why: Closed, now: Instant) -> None:
        self._begin(now)
        if self._phase in (Phase.OPENING, Phase.OPEN) and stream == self._stream:
            self._lose_link(why.reason)
            self._after_close(why)
        self._settle()

    def left(self, send: SendId, outcome: Written | Dropped, now: Instant) -> None:
        self._begin(now)
        intent_id = self._sent.pop(send, None)
        if intent_id is not None and isinstance(outcome, Dropped):
            self._requests.dropped(intent_id, outcome.reason, now)
        self._settle()

    def restore(self, intents: Sequence[Intent], now: Instant) -> None:
        """Before `start`: what an earlier run of the desk sent and has no answer to; each order's placement comes
        before its request. The venue is asked once its orders are known."""
        self._requests.restore(intents, now)

    def prepare(self, intent: Intent, now: Instant) -> Prepared | Denied:
        try:
            return self._requests.encode(intent, self._order_channel(intent), self._stream)
        except Refused as refused:
            return Denied(intent, str(refused))

    def commit(self, prepared: Prepared, now: Instant) -> None:
        self._begin(now)
        intent = prepared.intent
        try:
            channel = self._order_channel(intent)
        except Refused:
            channel = ""
        frame = self._requests.commit(prepared, channel, now)
        if frame is None:
            self._notices.notice("committed twice", f"intent {intent.intent_id} was sent before", now)
        elif not channel or prepared.stream != self._stream:
            self._requests.dropped(intent.intent_id, "the link it was meant for is gone", now)
        else:
            self._sent[self._send(frame, report=True)] = intent.intent_id
        self._settle()

    def _order_channel(self, intent: Intent) -> str:
        """The live channel that takes the intent. Raises `Refused`."""
        if self._phase is not Phase.OPEN:
            raise Refused(f"connection: {self._settings.name} is not connected")
        area = self._requests.area_of(intent.command)
        found = self._subscriptions.channel(PRIVATE_ORDERS, area)
        if found is None:
            raise Refused(f"contract: {self._settings.name} does not trade {area}")
        channel, status = found
        if status is not Freshness.LIVE:
            raise Refused(f"connection: own orders of {area} are {status.value}")
        return channel

    def receive(self, stream: str, frame: bytes, now: Instant) -> None:
        if self._phase is not Phase.OPEN or stream != self._stream:
            return
        self._now = now
        self._notices.begin(now)
        if now.monotonic > self._heartbeat_due:
            # Before any tick could say so: after a resume, what lay in the socket's buffer is as old as the sleep.
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
            handler = self._handlers.get(message.type)
            if handler is None:
                self._notices.notice("unrecognised message", message.type[:80], now)
            else:
                handler(message, now)
        self._settle()

    def tick(self, now: Instant) -> None:
        self._begin(now)
        if self._phase is Phase.WAITING and now.monotonic >= self._retry_at:
            if self._token is None:
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
        taken = self._events[:]
        self._events.clear()  # the list itself is shared with whoever tells
        return taken

    def report(self) -> ConnectionReport:
        self._report.channels = self._subscriptions.reports()
        self._report.last_error = self._notices.last_error
        return self._report

    # Connection: sections 1 and 8

    def _authenticate(self) -> None:
        self._phase = Phase.AUTHENTICATING
        self._token = None
        self._calls += 1
        self._call = CallId(self._calls)
        body = encode(messages.Credentials(self._settings.user, self._settings.password.reveal())).decode()
        self._outgoing.append(Call(self._call, "POST", f"{self._settings.api_url}/auth", Secret(body)))

    def _authenticated(self, reply: Reply | CallFailed) -> None:
        if isinstance(reply, CallFailed):
            self._wait(f"cannot authenticate: {reply.reason}")
        elif reply.status == 401:
            self._halt(f"the venue refused the user name or the password of {self._settings.user!r}")
        elif reply.status == 429:
            self._slow_down(reply.retry_after)
        elif reply.status != 200:
            self._wait(f"the venue answered {reply.status} when authenticating")
        else:
            try:
                self._token = Secret(decode_one(messages.Token, reply.body).token)
            except Unreadable:
                # The text of the error could quote the answer, which holds a token.
                self._wait("the venue's answer when authenticating was unreadable")
                return
            self._token_is_fresh = True
            self._open()

    def _open(self) -> None:
        self._phase = Phase.OPENING
        # A name of its own for every socket: news of an old one can't be taken for news of this.
        self._sockets += 1
        self._stream = f"market-{self._sockets}"
        self._outgoing.append(Open(self._stream, self._settings.ws_url, self._token))

    def _after_close(self, why: Closed) -> None:
        fresh, self._token_is_fresh = self._token_is_fresh, False
        if why.http_status in (401, 403):
            if fresh and self._authenticated_again:
                self._halt("the venue refused a fresh token: not authorised")
                return
            # Once more, then stop and say so (section 8).
            self._authenticated_again = True
            self._failing = True
            self._reason = f"the venue refused the token ({why.http_status}); authenticating again"
            self._notices.error(self._reason)
            self._authenticate()
        elif why.too_large:
            self._wait(why.reason, self._back_off.longest())
        elif why.http_status == 429:
            self._slow_down(None)
        else:
            self._wait(why.reason)

    def _slow_down(self, seconds: float | None) -> None:
        """429: as long as the venue says, within reason, else as long as we ever wait (section 1)."""
        delay = self._back_off.longest() if seconds is None else min(seconds, RETRY_AFTER_CAP)
        self._wait(f"the venue asks to slow down (429); trying again in {delay:.0f} s", delay)

    def _wait(self, reason: str, at_least: float | None = None) -> None:
        delay = max(self._back_off.delay(), at_least or 0.0)
        self._phase = Phase.WAITING
        self._failing = True
        self._retry_at = self._now.monotonic + delay
        self._reason = reason
        self._notices.error(reason)

    def _halt(self, reason: str) -> None:
        self._phase = Phase.STOPPED
        self._failing = True
        self._token = None
        self._reason = reason
        self._notices.error(reason)

    def _lose_link(self, reason: str) -> None:
        self._subscriptions.disconnected(reason)
        self._requests.link_lost(reason, self._now)

    def _drop_link(self, reason: str) -> None:
        """We end the link: it can't be trusted any more."""
        self._lose_link(reason)
        self._outgoing.append(Close(self._stream, reason))
        self._token_is_fresh = False
        self._wait(reason)

    def _tick_open(self) -> None:
        now = self._now.monotonic
        if now > self._heartbeat_due:
            self._drop_link(f"no heartbeat for {HEARTBEATS_MISSED * self._interval:.0f} s")
            return
        if now - self._open_since > CLEAN_SECONDS:
            self._back_off.reset()
            self._authenticated_again = False
        self._subscriptions.tick(self._now)
        self._requests.tick(self._now)
        for area, channel in self._requests.take_areas_to_ask().items():
            self._calls += 1
            self._outgoing.append(self._reconciliation.ask(CallId(self._calls), area, channel, self._token))

    def _say(self, frame: bytes) -> None:
        self._send(frame)

    def _send(self, frame: bytes, report: bool = False) -> SendId:
        self._sends += 1
        send = SendId(self._sends)
        self._outgoing.append(Send(self._stream, send, frame, report))
        return send

    # Messages: sections 3 to 5

    def _on_heartbeat(self, message: messages.Envelope, now: Instant) -> None:
        try:
            heartbeat = decode_heartbeat(inner_json(message.data))
            current = utc_from_text(heartbeat.current)
            interval = (utc_from_text(heartbeat.next) - current) / SECOND
        except (Unreadable, TimeRefused) as error:
            self._notices.notice("unreadable heartbeat", str(error), now)
            return
        # Their clock may be wrong; the difference of two of its readings is not (section 8).
        if INTERVALS[0] <= interval <= INTERVALS[1]:
            self._interval = interval
        else:
            self._notices.notice("odd heartbeat", f"the next one in {interval:.1f} s", now)
        self._heartbeat_due = now.monotonic + HEARTBEATS_MISSED * self._interval
        # How much later than the earliest one on this socket, by their clock and ours, this one arrived: a link that
        # falls behind delivers old books with old heartbeats, at the right distance from one another.
        lag = now.monotonic - current / SECOND
        self._least_lag = lag if self._least_lag is None else min(lag, self._least_lag)
        late = lag - self._least_lag
        if late > HEARTBEATS_MISSED * self._interval:
            self._drop_link(f"the venue's messages arrive {late:.0f} s late")
            return
        if heartbeat.items is None:
            self._notices.notice("unreadable heartbeat", "it lists no channels", now)
            return
        self._subscriptions.on_heartbeat(heartbeat, now)

    def _on_token_refresh(self, message: messages.Envelope, now: Instant) -> None:
        try:
            self._token = Secret(decode_one(messages.Token, inner_json(message.data)).token)
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
            self._events.append(ConnectionChanged(self._settings.name, status, reason, self._now))

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
