"""Every connection of the desk: finds its password, builds session, link and REST client, and runs them. No Qt.

`protocols.link` and `protocols.rest` are imported when the first connection is made: their libraries cost as much time
as the window itself, and the window comes first.
"""

import asyncio
from collections.abc import Callable, Sequence

from app.candles import CandleDesk, session_candles
from app.clock import Clock
from app.connections import ConnectionSettings
from app.credentials import NoPassword, Passwords
from app.desk import Desk
from app.doubts import found_by_hand
from app.failures import FailureHandler
from app.journal import Journal
from app.order_entry import SessionOrders
from app.runner import Runner, Ticker
from protocols.market.commands import Intent
from protocols.market.events import ChannelChanged, ConnectionChanged, ConnectionStatus, Event, Freshness
from protocols.market.instruments import InstrumentSpec
from protocols.market.order_events import OrderEvent
from protocols.market.orders import Order
from protocols.market.times import HOUR, Instant, UtcNs
from protocols.secret import Secret
from protocols.session import CandleSource, ChannelReport, ConnectionReport, Frame, Session

DROPPED = "not subscribed any more"
MAY_LIVE = 7 * 24 * HOUR
"""How long an order may live at a venue, generously: contracts open a day or two before they are delivered."""

Ask = Callable[[ConnectionSettings, str, bool], None]
"""Asks the trader for a connection's password: why it is wanted, and whether he waits for the connection."""


class _Line:
    """One connection, by its name: what it was connected with last, and the runner while there is one."""

    def __init__(self, name: str, venue: str) -> None:
        self.name = name
        self.settings: ConnectionSettings | None = None
        self.runner: Runner | None = None
        self.channels: dict[str, ChannelReport] = {}
        """Of its last session."""
        self.live = asyncio.Event()
        """Set once it is live for the first time since it was connected."""
        self.lacks_password = False
        self.turn = asyncio.Lock()
        """One at a time connects it or leaves it off."""
        self._idle = ConnectionReport(name, venue, ConnectionStatus.OFF, "", 0, 0, "", None, [])

    def report(self) -> ConnectionReport:
        return self._idle if self.runner is None else self.runner.report()

    def idle(self, status: ConnectionStatus, reason: str) -> None:
        """What is reported of it without a runner."""
        self._idle.status, self._idle.reason, self._idle.last_error = status, reason, reason


class Switchboard:
    """Makes and ends connections, on the running event loop."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        failures: FailureHandler,
        specs: Callable[[str], InstrumentSpec],
        remember_secret: Callable[[Secret], None],
        passwords: Passwords,
        journal: Journal | None = None,
        ask: Ask | None = None,
        candles: CandleDesk | None = None,
    ) -> None:
        """Without a journal no order is ours, and the frames of order channels are kept nowhere: such a desk only
        looks. Without `ask` a connection that lacks its password is down and says what to do. `candles` is told which
        connections have some."""
        self._desk = desk
        self._clock = clock
        self._failures = failures
        self._specs = specs
        self._remember_secret = remember_secret
        self._passwords = passwords
        self._journal = journal
        self._is_ours = _never_ours if journal is None else journal.is_ours
        self._keep = _kept_nowhere if journal is None else journal.frame
        self._ask = ask
        self._candles = candles or CandleDesk()
        self._ticker = Ticker(failures)
        self._lines: dict[str, _Line] = {}

    def settings_of(self, name: str) -> ConnectionSettings | None:
        """What a connection was last connected with; None for one that never was."""
        line = self._lines.get(name)
        return None if line is None else line.settings

    async def connect(self, settings: ConnectionSettings, password: Secret | None = None) -> None:
        """Starts one connection, or starts it anew with other settings: what it showed is stale at once, and what was
        sent and not answered is in doubt until the new session has asked the venue."""
        line = self._line(settings.name, settings.venue)
        if password is not None:
            self._passwords.remember(settings, password)
        async with line.turn:
            await self._hang_up(line)
            line.settings, line.lacks_password = settings, False
            line.live.clear()
            self._tell(settings.name, ConnectionStatus.RESYNCHRONISING, "looking for the password")
            password = Secret("")
            if settings.has_password:
                try:
                    password = await self._passwords.find(settings)
                except NoPassword as missing:
                    self._lacks_password(line, settings, missing)
                    return
                self._remember_secret(password)
            await self._start(line, settings, password)

    async def until_live(self, name: str) -> None:
        """Returns once a connection has been live since it was connected last; of some that is never."""
        await self._lines[name].live.wait()

    async def leave_off(self, name: str, reason: str) -> None:
        """The trader gives no password for it: it is off, and says so. One that needs none any more goes on."""
        line = self._lines[name]
        async with line.turn:
            if line.lacks_password:
                await self._hang_up(line)
                self._show_idle(line, ConnectionStatus.OFF, reason, wants_password=True)

    def each_tick(self, act: Callable[[], None]) -> None:
        """Does something else with every tick."""
        self._ticker.add(act)
        self._ticker.start()

    async def connect_all(self, connections: tuple[ConnectionSettings, ...]) -> None:
        """Starts them all; one that waits for its keyring keeps no other waiting."""
        await asyncio.gather(*(self.connect(settings) for settings in connections))

    def refuse(self, name: str, venue: str, reason: str) -> None:
        """A connection that can't even begin is shown with the others, down and with its reason."""
        self._show_idle(self._line(name, venue), ConnectionStatus.DOWN, reason)

    async def stop(self) -> None:
        """Ends every connection: a few seconds at most."""
        self._ticker.stop()
        await asyncio.gather(*(line.runner.stop() for line in self._lines.values() if line.runner is not None))

    # Within

    def _line(self, name: str, venue: str) -> _Line:
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = _Line(name, venue)
            self._desk.add(line.report)
        return line

    async def _start(self, line: _Line, settings: ConnectionSettings, password: Secret) -> None:
        from app.venues import session_of
        from protocols.link import Link
        from protocols.rest import Rest

        session = session_of(
            settings, password, self._specs, self._is_ours, self._shown(line.name), self._sent_before(line.name)
        )
        runner = line.runner = Runner(
            session,
            Link(settings.tls),
            Rest(settings.tls),
            self._clock,
            lambda event: self._apply(line, event),
            self._failures,
            self._keep,
            self._remember_secret,
        )
        self._drop_channels(line, session)
        self._desk.add_orders(line.name, SessionOrders(runner, session))
        if isinstance(session, CandleSource):
            self._candles.add(line.name, session_candles(runner, session))
        outstanding = self._outstanding(line.name)
        runner.call("restoring orders", lambda now: self._restore(session, outstanding, now))
        self._ticker.add(runner.tick)
        self._ticker.start()
        await runner.start()

    def _restore(self, session: Session, outstanding: Sequence[Intent], now: Instant) -> None:
        session.restore(outstanding, now)
        for found in () if self._journal is None else found_by_hand(self._journal, outstanding):
            session.decided(found, now)

    async def _hang_up(self, line: _Line) -> None:
        runner = line.runner
        if runner is not None:
            self._candles.remove(line.name)
            self._ticker.remove(runner.tick)
            await runner.stop()
            line.runner = None

    def _drop_channels(self, line: _Line, session: Session) -> None:
        """Says of the channels that the connection had and has no more that nothing comes from them."""
        before, line.channels = line.channels, {channel.channel: channel for channel in session.report().channels}
        for name, channel in before.items():
            if name not in line.channels:
                where = (line.name, name, channel.feed, channel.area, channel.product)
                self._desk.apply(ChannelChanged(*where, Freshness.STALE, DROPPED, self._clock(), dropped=True))

    def _shown(self, name: str) -> list[Order]:
        return [order for order in self._desk.market.blotter.rows() if order.connection == name]

    def _sent_before(self, name: str) -> bool:
        since = UtcNs(self._clock().utc - MAY_LIVE)
        return self._journal is not None and self._journal.placed_since(name, since)

    def _outstanding(self, name: str) -> Sequence[Intent]:
        """What was sent over this connection and has no known end; each order's placement before its request."""
        intents: list[Intent] = []
        known: set[tuple[str, str]] = set()
        for found in () if self._journal is None else self._journal.open_intents():
            if found.placed is not None and found.intent.connection == name:
                intents += found.unless(known)
        return intents

    def _apply(self, line: _Line, event: Event | OrderEvent) -> None:
        self._desk.apply(event)
        if isinstance(event, ConnectionChanged):
            if event.status is ConnectionStatus.LIVE:
                line.live.set()
            if event.wants_password and line.settings is not None:
                line.lacks_password = True
                self._passwords.forget(line.settings)
                if self._ask is not None:
                    self._ask(line.settings, event.reason, not line.live.is_set())

    def _lacks_password(self, line: _Line, settings: ConnectionSettings, missing: NoPassword) -> None:
        line.lacks_password = True
        if self._ask is None:
            self._show_idle(line, ConnectionStatus.DOWN, str(missing), wants_password=True)
            return
        self._show_idle(line, ConnectionStatus.OFF, f"waits for its password: {missing.why}", wants_password=True)
        self._ask(settings, f"No password was found: {missing.why}.", True)

    def _show_idle(self, line: _Line, status: ConnectionStatus, reason: str, wants_password: bool = False) -> None:
        line.idle(status, reason)
        self._tell(line.name, status, reason, wants_password)

    def _tell(self, name: str, status: ConnectionStatus, reason: str, wants_password: bool = False) -> None:
        self._desk.apply(ConnectionChanged(name, status, reason, self._clock(), wants_password))


def _never_ours(client_id: str) -> bool:
    return False


def _kept_nowhere(frame: Frame) -> None:
    pass
