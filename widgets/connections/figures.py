"""The counters that the connections widgets show, handed in by whoever has the sessions."""

import msgspec

from protocols.market.events import Feed, Freshness
from protocols.market.times import Instant


class ConnectionFigures(msgspec.Struct, frozen=True):
    """A connection's counters. `latency` in seconds; None where it is not measured. `counts` has the rest in words, as
    a trader reads them, beside how often it was so; those that are 0 are not shown. `account` says whose it is."""

    name: str
    messages: int
    last_message: Instant | None = None
    latency: float | None = None
    counts: tuple[tuple[str, int], ...] = ()
    account: str = ""


class ChannelFigures(msgspec.Struct, frozen=True):
    """A channel's counters since start. `last_sequence` is None before the first event of a subscription, `last_heard`
    the newest event of all, `last_pong` the newest proof that its socket is alive, where that is all there is to go by;
    `counts` what else was met, in words."""

    connection: str
    channel: str
    feed: Feed
    area: str
    product: str
    status: Freshness
    reason: str = ""
    last_sequence: int | None = None
    applied: int = 0
    reordered: int = 0
    dropped: int = 0
    gaps: int = 0
    resubscribes: int = 0
    last_heard: Instant | None = None
    counts: tuple[tuple[str, int], ...] = ()
    last_pong: Instant | None = None


class Rate:
    """Messages per second over the last few seconds."""

    WINDOW = 5.0

    def __init__(self) -> None:
        self._samples: list[tuple[float, int]] = []

    def sample(self, monotonic: float, messages: int) -> None:
        self._samples.append((monotonic, messages))
        while len(self._samples) > 2 and self._samples[1][0] <= monotonic - self.WINDOW:
            del self._samples[0]

    @property
    def per_second(self) -> float | None:
        """None until there are two samples."""
        if len(self._samples) < 2:
            return None
        (before, few), (now, many) = self._samples[0], self._samples[-1]
        return (many - few) / (now - before) if now > before else None
