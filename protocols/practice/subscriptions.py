"""Who follows which channel, with which sequence, and which event of the market each sequence stands for."""

import random
from collections import deque

from protocols.eznergy import codec, messages
from protocols.market.times import Instant, UtcNs
from protocols.practice.faults import Faults, Stream
from protocols.practice.market_data import Feed
from protocols.practice.urn import Channel

_SPLIT_FIRST = 2


class Record:
    """What the truth needs of a subscription: it outlives the client. At most `KEPT` sequences, oldest forgotten."""

    KEPT = 65_536

    def __init__(self, channel: Channel, number: int, began: UtcNs) -> None:
        self.channel = channel
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

    def __init__(self, channel: Channel, feed: Feed, record: Record, rng: random.Random, now: Instant) -> None:
        self.channel = channel
        self.feed = feed
        self.record = record
        self._stream = Stream(rng, now)

    @property
    def last_sequence(self) -> int | None:
        return self.record.last

    def snapshot(self, payloads: list[messages.Payload], event: int, faults: Faults, now: Instant) -> list[bytes]:
        """Frames of the first event: always a list, an empty one included."""
        return self._send(payloads, None, event, faults, now)

    def answer(
        self, payload: messages.Payload, correlation: str | None, lost: bool, event: int, faults: Faults, now: Instant
    ) -> list[bytes]:
        """Frames of an answer to a request; with `lost` none, but it has its sequence all the same."""
        frame = self._frame(payload, event, correlation=correlation)
        return [] if lost else self._stream.push(frame, faults, now)

    def change(self, payloads: list[messages.Payload], event: int, faults: Faults, now: Instant) -> list[bytes]:
        """Frames of a later event: an object when one thing changed, a list when several did."""
        before = self.record.event_of(self.record.last) if self.record.last is not None else None
        return self._send(payloads, before, event, faults, now, single=len(payloads) == 1)

    def overdue(self, now: Instant) -> list[bytes]:
        """Delayed frames that nothing came after."""
        return self._stream.overdue(now)

    def _send(
        self,
        payloads: list[messages.Payload],
        before: int | None,
        event: int,
        faults: Faults,
        now: Instant,
        single: bool = False,
    ) -> list[bytes]:
        parts = min(faults.split, len(payloads))
        if parts < _SPLIT_FIRST:
            data = payloads[0] if single else payloads
            return self._stream.push(self._frame(data, event), faults, now)
        frames: list[bytes] = []
        for part in range(parts):
            # As even as can be: part k of n holds the items from k/n to (k+1)/n.
            data = payloads[part * len(payloads) // parts : (part + 1) * len(payloads) // parts]
            whole = part == parts - 1
            frame = self._frame(data, event if whole else before, part + faults.split_base, parts)
            frames += self._stream.push(frame, faults, now)
        return frames

    def _frame(
        self,
        data: messages.Payload,
        event: int | None,
        part: int | None = None,
        parts: int | None = None,
        correlation: str | None = None,
    ) -> bytes:
        sequence = 0 if self.record.last is None else self.record.last + 1
        self.record.mark(sequence, event)
        return codec.envelope(
            messages.EVENT,
            channel=self.channel.text,
            correlation=correlation,
            sequence=sequence,
            part=part,
            totalparts=parts,
            payload=data,
        )
