"""Every connection of the desk: finds its password, builds session, link and REST client, and runs them. No Qt.

`protocols.link` and `protocols.rest` are imported when the first connection is made: their libraries cost as much time
as the window itself, and the window comes first.
"""

import asyncio
import os
from collections.abc import Callable, Sequence

from app.clock import Clock
from app.connections import ConnectionSettings
from app.credentials import NoPassword, Passwords
from app.desk import Desk, SessionOrders
from app.failures import FailureHandler
from app.journal import Journal
from app.runner import Runner, Ticker
from protocols.market.commands import Intent
from protocols.market.events import ConnectionChanged, ConnectionStatus
from protocols.market.instruments import InstrumentSpec
from protocols.secret import Secret
from protocols.session import ConnectionReport, Frame


class Switchboard:
    """Makes and ends connections, on the running event loop."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        failures: FailureHandler,
        specs: Callable[[str], InstrumentSpec],
        remember_secret: Callable[[Secret], None],
        journal: Journal | None = None,
        restored: Sequence[Intent] = (),
    ) -> None:
        """`restored` is what the journal had open when the desk started. Without a journal no order is ours, and the
        frames of order channels are kept nowhere: such a desk only looks."""
        self._desk = desk
        self._clock = clock
        self._failures = failures
        self._specs = specs
        self._remember_secret = remember_secret
        self._is_ours = _never_ours if journal is None else journal.is_ours
        self._keep = _kept_nowhere if journal is None else journal.frame
        self._restored = restored
        self._ticker = Ticker(failures)
        self._runners: list[Runner] = []

    async def connect(self, settings: ConnectionSettings, password: Secret | None = None) -> None:
        """Starts one connection. Without a password, its environment variable or the keyring is asked; where there is
        none either, the connection is down and says what to do."""
        self._tell(settings.name, ConnectionStatus.RESYNCHRONISING, "looking for the password")
        if password is None:
            try:
                password = await Passwords(os.environ).find(settings)
            except NoPassword as missing:
                self.refuse(settings.name, settings.venue, str(missing))
                return
        self._remember_secret(password)
        from app.venues import session_of
        from protocols.link import Link
        from protocols.rest import Rest

        session = session_of(settings, password, self._specs, self._is_ours)
        runner = Runner(
            session,
            Link(settings.tls),
            Rest(settings.tls),
            self._clock,
            self._desk.apply,
            self._failures,
            self._keep,
            self._remember_secret,
        )
        self._runners.append(runner)
        self._desk.add(runner.report)
        self._desk.add_orders(settings.name, SessionOrders(runner, session))
        restored = [intent for intent in self._restored if intent.connection == settings.name]
        runner.call("restoring orders", lambda now: session.restore(restored, now))
        self._ticker.add(runner.tick)
        self._ticker.start()
        await runner.start()

    def each_tick(self, act: Callable[[], None]) -> None:
        """Does something else with every tick."""
        self._ticker.add(act)
        self._ticker.start()

    async def connect_all(self, connections: tuple[ConnectionSettings, ...]) -> None:
        """Starts them all; one that waits for its keyring keeps no other waiting."""
        await asyncio.gather(*(self.connect(settings) for settings in connections))

    def refuse(self, name: str, venue: str, reason: str) -> None:
        """A connection that can't even begin is shown with the others, down and with its reason."""
        report = ConnectionReport(name, venue, ConnectionStatus.DOWN, reason, 0, 0, reason, None, [])
        self._desk.add(lambda: report)
        self._tell(name, ConnectionStatus.DOWN, reason)

    async def stop(self) -> None:
        """Ends every connection: a few seconds at most."""
        self._ticker.stop()
        await asyncio.gather(*(runner.stop() for runner in self._runners))

    def _tell(self, name: str, status: ConnectionStatus, reason: str) -> None:
        self._desk.apply(ConnectionChanged(name, status, reason, self._clock()))


def _never_ours(client_id: str) -> bool:
    return False


def _kept_nowhere(frame: Frame) -> None:
    pass
