"""A venue in a thread and one clock for it and the desk: time runs as ever, and can be put forward for both at once."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.clock import SystemClock
from protocols.market.times import HOUR, Instant, UtcNs
from protocols.practice.server import Address, serve
from protocols.practice.settings import PracticeSettings


class TurnedClock:
    """The machine's clock, with another time of day. Only the wall clock is put forward: the other one never jumps."""

    def __init__(self, past_the_hour: int) -> None:
        """It is so many nanoseconds past a full hour, the next one."""
        self._system = SystemClock()
        self._ahead = HOUR - self._system().utc % HOUR + past_the_hour

    def __call__(self) -> Instant:
        now = self._system()
        return Instant(now.monotonic, UtcNs(now.utc + self._ahead))

    def forward(self, nanoseconds: int) -> None:
        self._ahead += nanoseconds


@contextmanager
def venue_by(clock: TurnedClock) -> Iterator[int]:
    """A practice venue that lives by this clock; yields its port."""
    ports: list[int] = []
    listening = threading.Event()
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    def heard(address: Address) -> None:
        ports.append(address.port)
        listening.set()

    async def run() -> None:
        serving = asyncio.create_task(serve(PracticeSettings(), clock, heard))
        running.append((asyncio.get_running_loop(), serving))
        await asyncio.wait({serving})

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="venue")
    thread.start()
    try:
        assert listening.wait(60)
        yield ports[0]
    finally:
        loop, serving = running[0]
        loop.call_soon_threadsafe(serving.cancel)
        thread.join(20)
