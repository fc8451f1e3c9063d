"""Who follows which channel, with which sequence, and which event of the market each sequence stands for."""

import random
from collections import deque
from typing import Protocol

from protocols.eznergy import messages
from protocols.market.times import Instant, UtcNs
from protocols.practice.exchange import Exchange
from protocols.practice.faults import Faults, Stream
from protocols.practice.market_data import Feed
from protocols.practice.spoiling import Spoiler
from protocols.practice.urn import Channel

_SPLIT_FIRST = 2
_KEPT_STRAGGLERS = 64


class Following(Protocol):
    """A channel of a client, whatever it carries."""

    @property
    def channel(self) -> Channel: ...

    @property
    def last_sequence(self) -> int | None:
        """The last number that was given, whether its event was sent or not."""
        ...

    def due(self, faults: Faults, now: Instant) -> list[bytes]:
        """Frames whose time has come by itself."""
        ...

    def stragglers(self) -> list[bytes]:
        """Its last events, for those who want to see them again when it has ended."""
        ...


class Record:
    """What the truth needs of a subscription: it outlives the client. At most `KEPT` sequences, oldest forgotten."""

    KEPT = 65_536

    def __init__(self, channel: Channel, exchange: Exchange, number: int, began: UtcNs) -> None:
        self.channel = channel
        self.exchange = exchange
        self.number = number
        """1 for the first subscription of the channel's name, then 2, ..."""
        self.began = began
        self.last: int | None = None
        self._marks: deque[int | None] = deque(maxlen=self.KEPT)

    def mark(self, sequence: int, event: int | None) -> None:
        self.last = sequence
        self._marks.append(event)

    def event_of(self, sequence: int) -> int | None:
        """The market event that `sequence` stands for. Raises `LookupError` when it isn't held or wasn't sent."""
        if self.last is None or sequence > self.last or sequence < 0:
            raise LookupError(f"sequence {sequence} was not sent")
        index = sequence - (self.last - len(self._marks) + 1)
        if index < 0:
            raise LookupError(f"sequence {sequence} is older than what is kept")
        return self._marks[index]


class Subscription:
    """One channel of one client: numbers its events, splits them, and sends them through the faults."""

    def __init__(
        self, channel: Channel, feed: Feed, record: Record, spoiler: Spoiler, rng: random.Random, now: Instant
    ) -> None:
        self.channel = channel
        self.feed = feed
        self.exchange = record.exchange
        self.record = record
        self._spoiler = spoiler
        self._stream = Stream(rng, now)
        self._latest: deque[bytes] = deque(maxlen=_KEPT_STRAGGLERS)

    @property
    def last_sequence(self) -> int | None:
        return self.record.last

    def snapshot(self, payloads: list[messages.Payload], event: int, faults: Faults, now: Instant) -> list[bytes]:
        """Frames of the first event: always a list, an empty one included."""
        return self._send(self._frames(payloads, None, event, faults), faults, now)

    def answer(
        self, payload: messages.Payload, correlation: str | None, lost: bool, event: int, faults: Faults, now: Instant
    ) -> list[bytes]:
        """Frames of an answer to a request; with `lost` none, but it has its sequence all the same."""
        frame = self._frame(payload, event, faults, correlation=correlation)
        return [] if lost else self._send([frame], faults, now)

    def change(self, payloads: list[messages.Payload], event: int, faults: Faults, now: Instant) -> list[bytes]:
        """Frames of a later event: an object when one thing changed, a list when several did."""
        before = self.record.event_of(self.record.last) if self.record.last is not None else None
        frames = self._frames(payloads, before, event, faults, single=len(payloads) == 1)
        if faults.stragglers:
            self._latest.extend(frames)
        return self._send(frames, faults, now)

    def due(self, faults: Faults, now: Instant) -> list[bytes]:
        """Delayed frames that nothing came after."""
        return self._stream.overdue(now)

    def stragglers(self) -> list[bytes]:
        """See `Following`."""
        return list(self._latest)

    def _send(self, frames: list[bytes], faults: Faults, now: Instant) -> list[bytes]:
        return [sent for frame in frames for sent in self._stream.push(frame, faults, now)]

    def _frames(
        self,
        payloads: list[messages.Payload],
        before: int | None,
        event: int,
        faults: Faults,
        single: bool = False,
    ) -> list[bytes]:
        parts = min(faults.split, len(payloads))
        if parts < _SPLIT_FIRST:
            return [self._frame(payloads[0] if single else payloads, event, faults)]
        frames: list[bytes] = []
        for part in range(parts):
            # As even as can be: part k of n holds the items from k/n to (k+1)/n.
            data = payloads[part * len(payloads) // parts : (part + 1) * len(payloads) // parts]
            whole = part == parts - 1
            frames.append(self._frame(data, event if whole else before, faults, part + faults.split_base, parts))
        return frames

    def _frame(
        self,
        data: messages.Payload,
        event: int | None,
        faults: Faults,
        part: int | None = None,
        parts: int | None = None,
        correlation: str | None = None,
    ) -> bytes:
        sequence = faults.sequence_base if self.record.last is None else self.record.last + 1
        self.record.mark(sequence, event)
        return self._spoiler.event(
            messages.Envelope(
                type=messages.EVENT,
                channel=self.channel.text,
                correlation=correlation,
                sequence=sequence,
                part=part,
                totalparts=parts,
            ),
            data,
            faults,
        )
