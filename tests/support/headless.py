"""A desk without a window, over real sockets, whose ticks a test can wait for."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from app.clock import SystemClock
from app.connections import ConnectionSettings
from app.credentials import Passwords
from app.desk import Desk
from app.failures import FailureHandler
from app.resources import power_specs
from app.state_file import state_of
from app.switchboard import Switchboard
from protocols.market.events import ConnectionStatus
from protocols.secret import Secret
from protocols.session import ChannelReport, ConnectionReport
from tests.support.patience import patience


class HeadlessDesk:
    """Folds and connections as in the program; nothing is painted, and nobody trades."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        """What failed within, in words: a test wants none."""
        self.clock = SystemClock()
        self.desk = Desk()
        failures = FailureHandler(lambda failure: self.broken.append(str(failure)), lambda text: text)
        self.switchboard = Switchboard(
            self.desk, self.clock, failures, power_specs(), lambda secret: None, Passwords({})
        )
        self.switchboard.each_tick(self._tick)
        self._waiting: list[asyncio.Future[None]] = []

    async def connect(self, *connections: ConnectionSettings) -> None:
        for settings in connections:
            await self.switchboard.connect(settings, Secret("practice"))

    async def tick(self) -> None:
        """The desk's next tick: ten a second."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    async def until(self, condition: Callable[[], object]) -> None:
        """Tick by tick until it is so."""
        async with patience(lambda: f"{inspect.getsource(condition)}\n{self.desk.reports()}"):
            while not condition():
                await self.tick()

    def report(self, connection: str) -> ConnectionReport:
        return next(report for report in self.desk.reports() if report.name == connection)

    def channel(self, connection: str, ending: str) -> ChannelReport:
        """A channel's counters, by how its name ends."""
        (found,) = (channel for channel in self.report(connection).channels if channel.channel.endswith(ending))
        return found

    def all_live(self) -> bool:
        return all(report.status is ConnectionStatus.LIVE for report in self.desk.reports())

    def state(self) -> dict[str, Any]:
        return dict(msgspec.json.decode(msgspec.json.encode(state_of(self.desk, self.clock()))))

    def _tick(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)


@asynccontextmanager
async def headless() -> AsyncIterator[HeadlessDesk]:
    """One desk; its connections end with the block, and nothing may have failed within."""
    desk = HeadlessDesk()
    try:
        yield desk
        assert desk.broken == []
    finally:
        await desk.switchboard.stop()
