"""Scope `test`: channels that carry nothing but their sequence, each with a habit of its own (protocol page, 2 and 8).

They begin at 1 without a snapshot; their payload is `{}`. What comes late and what is left out follows from the
subscription's generator.
"""

import random
import uuid
from collections import deque
from typing import Protocol

from protocols.eznergy import codec, messages
from protocols.market.times import Instant
from protocols.practice.faults import Faults, Stream
from protocols.practice.urn import Channel

PER_SECOND = {"normal": 5, "disorder": 5, "with_holes": 1}
"""Events per second; those of `fast_events` can be chosen."""
FASTEST = 3_000
"""The page says 2,000 to 3,000."""
RANGE = 20
"""Events of `with_holes` of which exactly one is left out; at one a second, 20 seconds."""
LEFT_OUT = 0.1
LATE = 0.2
MOST_AT_ONCE = 20_000
"""Events of one channel in one tick: after a long sleep it catches up over several."""
KEPT = 4_096
"""Sequences that were left out or came late, which the truth tells; the oldest are forgotten."""
CORRELATED = 10
"""Every so many events of `normal` carry a correlation."""


class DrillRecord:
    """What the truth tells of a subscription; it outlives the client."""

    def __init__(self, channel: Channel, number: int) -> None:
        self.channel = channel
        self.number = number
        self.last: int | None = None
        self.left_out: deque[int] = deque(maxlen=KEPT)
        self.late: deque[int] = deque(maxlen=KEPT)

    def told(self, sequence: int) -> dict[str, list[int]]:
        """Up to a sequence: what was left out, and what was sent after its successor. Raises `LookupError`."""
        if self.last is None or not 1 <= sequence <= self.last:
            raise LookupError(f"sequence {sequence} was not sent")
        return {
            "left_out": [number for number in self.left_out if number <= sequence],
            "late": [number for number in self.late if number <= sequence],
        }


class _Habit(Protocol):
    """What a channel does to its frames."""

    def push(self, sequence: int, frame: bytes) -> list[bytes]:
        """Takes the next event; returns what is to be sent now, in order."""
        ...


class _InOrder:
    """`normal` and `fast_events`."""

    def push(self, sequence: int, frame: bytes) -> list[bytes]:
        return [frame]


class _Disorder:
    """Each event has a chance of being sent after its successor; which may be late itself."""

    def __init__(self, rng: random.Random, record: DrillRecord) -> None:
        self._rng = rng
        self._late = record.late
        self._held: list[bytes] = []

    def push(self, sequence: int, frame: bytes) -> list[bytes]:
        if self._rng.random() < LATE:
            self._late.append(sequence)
            self._held.append(frame)
            return []
        frames = [frame, *reversed(self._held)]
        self._held.clear()
        return frames


class _WithHoles:
    """Of each range exactly one event is left out: the first that chance picks, else the last."""

    def __init__(self, rng: random.Random, record: DrillRecord) -> None:
        self._rng = rng
        self._left_out = record.left_out
        self._hole = 0

    def push(self, sequence: int, frame: bytes) -> list[bytes]:
        place = (sequence - 1) % RANGE
        if place == 0:
            self._hole = next((place for place in range(RANGE) if self._rng.random() < LEFT_OUT), RANGE - 1)
        if place != self._hole:
            return [frame]
        self._left_out.append(sequence)
        return []


def _habit(name: str, rng: random.Random, record: DrillRecord) -> _Habit:
    match name:
        case "disorder":
            return _Disorder(rng, record)
        case "with_holes":
            return _WithHoles(rng, record)
    return _InOrder()


class DrillSubscription:
    """One test channel of one client. `fast` is the rate of `fast_events`, per second; `rng` is its own."""

    def __init__(self, channel: Channel, record: DrillRecord, fast: int, rng: random.Random, now: Instant) -> None:
        self.channel = channel
        self._record = record
        self._rng = rng
        self._began = now.monotonic
        self._rate = PER_SECOND.get(channel.resource, fast)
        self._made = 0
        self._habit = _habit(channel.resource, rng, record)
        self._stream = Stream(random.Random(rng.random()), now)
        # All but the number is the same in every frame, and there are thousands a second.
        frame = codec.envelope(messages.EVENT, channel=channel.text, sequence=0, payload={})
        self._head, _, self._tail = frame.partition(b'"sequence":0')

    @property
    def last_sequence(self) -> int | None:
        return self._record.last

    def due(self, faults: Faults, now: Instant) -> list[bytes]:
        """Every event whose time has come."""
        frames = self._stream.overdue(now)
        wanted = int((now.monotonic - self._began) * self._rate + 1e-6)
        for sequence in range(self._made + 1, min(wanted, self._made + MOST_AT_ONCE) + 1):
            self._made = self._record.last = sequence
            for frame in self._habit.push(sequence, self._frame(sequence)):
                frames += self._stream.push(frame, faults, now)
        return frames

    def stragglers(self) -> list[bytes]:
        """None: one event is like another."""
        return []

    def _frame(self, sequence: int) -> bytes:
        if self.channel.resource == "normal" and sequence % CORRELATED == 0:
            correlation = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
            return codec.envelope(
                messages.EVENT, channel=self.channel.text, sequence=sequence, correlation=correlation, payload={}
            )
        return b'%b"sequence":%d%b' % (self._head, sequence, self._tail)
