"""One channel's subscription: sequence, hold-back, split messages, and when to start over. Sans-IO.

Sections 4 and 8 of the protocol page. Events that arrive early are held and applied in order; late ones are dropped; a
gap that does not fill, a contradiction or a heartbeat that twice knows more than we do is a break: unsubscribe,
subscribe again, start from the new snapshot. Between a break and the new snapshot nothing is passed on.

    idle -> subscribing -> awaiting snapshot -> live
      ^---- unsubscribing <-- break --'----------'        refused: until the next reconnect
"""

import enum
import random
from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from protocols.backoff import BackOff
from protocols.eznergy import messages
from protocols.eznergy.channels import Channel
from protocols.eznergy.codec import Unreadable, inner_json
from protocols.market.events import Freshness
from protocols.market.times import Instant
from protocols.session import ChannelReport

HOLD_BACK_EVENTS = 256
"""Early events held; one more is a break."""
HOLD_BACK_SECONDS = 1.0
ANSWER_SECONDS = 10.0
"""How long `subscribed`, a snapshot or `unsubscribed` may take."""
CLEAN_SECONDS = 10.0
"""Live for so long, and the back-off starts over."""
BACK_OFF_FIRST = 0.1
BACK_OFF_CAP = 8.0
PARTS_MAXIMUM = 4_096
SPLIT_BYTES_MAXIMUM = 64 * 1024 * 1024
SEQUENCE_MAXIMUM = 2**53

_NOT_SPLIT = ((None, None), (None, 0), (None, 1), (0, 0))
"""`part` and `totalparts` of a message that is whole; some writers spell out zeros for absent numbers."""


class State(enum.Enum):
    """Where a subscription stands."""

    IDLE = "idle"
    SUBSCRIBING = "subscribing"
    SNAPSHOT = "awaiting snapshot"
    LIVE = "live"
    UNSUBSCRIBING = "unsubscribing"
    REFUSED = "refused"


class Message(msgspec.Struct, frozen=True):
    """A whole payload, in order: the JSON of its parts, whether it is the subscription's snapshot, and the request of
    ours that it answers where the venue says so."""

    parts: list[bytes]
    snapshot: bool
    correlation: str | None = None


class _Split(msgspec.Struct):
    """A split message that is coming in."""

    total: int
    base: int
    parts: dict[int, bytes]
    size: int = 0


class Subscription:
    """State machine of one channel on one connection, over all its subscriptions.

    `wants_subscribe` says when to ask; the answers, `event`, `heartbeat` and `tick` feed it. `report` holds status and
    counters; `on_status` is called whenever the status moved.
    """

    def __init__(self, channel: Channel, randomness: random.Random, on_status: Callable[[], None]) -> None:
        self.channel = channel
        self._on_status = on_status
        self.state = State.IDLE
        self.correlation: str | None = None
        self.report = ChannelReport(
            channel.urn,
            channel.feed,
            channel.area,
            channel.product,
            Freshness.UNSYNCHRONISED,
            "not subscribed yet",
        )
        self._back_off = BackOff(BACK_OFF_FIRST, BACK_OFF_CAP, randomness)
        self._was_live = False
        self._first_on_socket = True
        self._retry_at = 0.0
        self._deadline = 0.0
        self._live_since = 0.0
        self._expected = channel.base
        self._held: dict[int, messages.Envelope] = {}
        self._gap_since: float | None = None
        self._recent: deque[tuple[int, int]] = deque(maxlen=HOLD_BACK_EVENTS)
        self._changes_from = SEQUENCE_MAXIMUM
        """The first number after the snapshot, once that is taken."""
        self._before: frozenset[tuple[int, int]] = frozenset()
        """Number and digest of the newest changes of the subscription before this one, on this socket."""
        self._split: _Split | None = None
        self._snapshot_came = False
        self._last_heartbeat: tuple[str, int] | None = None

    # What the session asks and tells

    def wants_subscribe(self, now: Instant) -> bool:
        """Whether it is time to subscribe."""
        return self.state is State.IDLE and now.monotonic >= self._retry_at

    @property
    def awaiting(self) -> bool:
        """Whether a subscribe is out whose snapshot is not in."""
        return self.state in (State.SUBSCRIBING, State.SNAPSHOT)

    def connected(self) -> None:
        """A new socket: nothing is subscribed on it, and no old subscription can speak on it."""
        self.state = State.IDLE
        self._retry_at = 0.0
        self._first_on_socket = True
        self._forget()
        self._before = frozenset()

    def disconnected(self, reason: str) -> None:
        """The socket is gone: what was right is stale now."""
        self.state = State.IDLE
        self.correlation = None
        self._forget()
        self._show(Freshness.STALE if self._was_live else Freshness.UNSYNCHRONISED, reason)

    def subscribe_sent(self, correlation: str, now: Instant) -> None:
        self.correlation = correlation
        self._forget()
        self.state = State.SUBSCRIBING
        self._deadline = now.monotonic + ANSWER_SECONDS
        if self.report.status is not Freshness.RESYNCHRONISING:
            self._show(Freshness.RESYNCHRONISING, "waiting for the snapshot")

    def subscribed(self, correlation: str | None, now: Instant) -> Iterator[Message]:
        """The venue's answer. Yields messages that had overtaken it. An answer to an older request is ignored.

        A channel without a snapshot is live from here on.
        """
        if self.state is not State.SUBSCRIBING or correlation != self.correlation:
            return
        self.state = State.SNAPSHOT
        self._first_on_socket = False
        self._deadline = now.monotonic + ANSWER_SECONDS
        if not self.channel.has_snapshot:
            self._snapshot_came = True
            self.committed(now)
        yield from self._drain(now)

    def unsubscribed(self, now: Instant) -> bool:
        """The venue ended the subscription; True when we had not asked for it."""
        if self.state is State.UNSUBSCRIBING:
            self._wait(now)
            return False
        if self.state is State.IDLE or self.state is State.REFUSED:
            return False
        self._first_on_socket = False
        self.report.unsubscribed += 1
        self._begin_again("the venue ended the subscription")
        self._wait(now)
        return True

    def refused(self, reason: str) -> None:
        """The venue does not serve this channel; asked again after the next reconnect only."""
        self.state = State.REFUSED
        self._forget()
        self._show(Freshness.STALE if self._was_live else Freshness.UNSYNCHRONISED, reason)

    def not_processed(self, reason: str, now: Instant) -> None:
        """Our subscribe or unsubscribe came to nothing: try again later."""
        self._begin_again(reason)
        self._wait(now)

    def break_off(self, reason: str, now: Instant) -> None:
        """Starts over: the caller sends `unsubscribe`, and all events are ignored until the next `subscribed`."""
        self._begin_again(reason)
        self._first_on_socket = False
        self.state = State.UNSUBSCRIBING
        self._deadline = now.monotonic + ANSWER_SECONDS

    def committed(self, now: Instant) -> None:
        """The snapshot was taken, or there is none to wait for: the channel is live."""
        self.state = State.LIVE
        self._changes_from = self._expected
        self._was_live = True
        self._live_since = now.monotonic
        self._show(Freshness.LIVE, "")

    def event(self, envelope: messages.Envelope, now: Instant) -> Iterator[Message]:
        """Takes an event; yields the messages that became whole, in order, each to be folded before the next is asked
        for. Raises `Unreadable` for a contradiction: what was yielded before it stands."""
        sequence = envelope.sequence
        if sequence is None or not 0 <= sequence <= SEQUENCE_MAXIMUM:
            raise Unreadable(f"event: sequence {'missing' if sequence is None else 'out of range'}")
        buffering = self.state is State.SUBSCRIBING and self._first_on_socket
        if not buffering and self.state not in (State.SNAPSHOT, State.LIVE):
            self.report.dropped += 1
            self.report.stragglers += 1
            return
        if self._is_straggler(sequence, envelope):
            self.report.dropped += 1
            self.report.stragglers += 1
            return
        self.report.last_heard = now
        if sequence < self._expected:
            self._check_repeat(sequence, envelope)
            self.report.dropped += 1
            return
        if sequence in self._held:
            if _digest(self._held[sequence]) != _digest(envelope):
                raise Unreadable(f"event {sequence} came twice with different content")
            self.report.dropped += 1
            return
        if len(self._held) >= HOLD_BACK_EVENTS:
            self.report.gaps += 1
            raise Unreadable(f"event {self._expected} is missing, {HOLD_BACK_EVENTS} later ones are here")
        self._held[sequence] = envelope
        if buffering:
            return
        if self.state is State.SNAPSHOT:
            self._deadline = now.monotonic + ANSWER_SECONDS  # its parts are coming in
        if sequence != self._expected:
            self.report.reordered += 1
            if self._gap_since is None:
                self._gap_since = now.monotonic
            return
        yield from self._drain(now)

    def heartbeat(self, listed: bool, sequence: int | None) -> str | None:
        """Compares the venue's last sequence (None: it has sent nothing). Returns why to start over, if so."""
        if self.state is not State.LIVE:
            self._last_heartbeat = None
            return None
        ours = self._expected - 1
        before = self._last_heartbeat
        if sequence is None:
            sequence = self.channel.base - 1
        if not listed:
            verdict = "missing"
        elif sequence > ours:
            verdict = "ahead"
        elif sequence < ours:
            verdict = "behind"
        else:
            self._last_heartbeat = None
            return None
        self._last_heartbeat = (verdict, ours)
        if before is None or before[0] != verdict:
            return None
        if verdict == "ahead" and before[1] != ours:
            return None  # something was taken in between
        if verdict == "behind" and sequence >= before[1]:
            return None  # a venue that reads its numbers a moment early is not behind
        self.report.gaps += verdict == "ahead"
        self.report.missing += verdict == "missing"
        return {
            "missing": "two heartbeats do not list the channel",
            "ahead": f"two heartbeats are at {sequence}, the last event here is {ours}",
            "behind": f"two heartbeats are at {sequence}, behind our {ours}",
        }[verdict]

    def tick(self, now: Instant) -> str | None:
        """Deadlines. Returns why to start over, if so."""
        if self._gap_since is not None and now.monotonic - self._gap_since > HOLD_BACK_SECONDS:
            self.report.gaps += 1
            return f"event {self._expected} is missing"
        if self.state in (State.SUBSCRIBING, State.SNAPSHOT) and now.monotonic > self._deadline:
            return "no snapshot came"
        if self.state is State.UNSUBSCRIBING and now.monotonic > self._deadline:
            self._wait(now)  # no answer: a subscribe will bring the truth out
        if self.state is State.LIVE and now.monotonic - self._live_since > CLEAN_SECONDS:
            self._back_off.reset()
        return None

    # How it is done

    def _drain(self, now: Instant) -> Iterator[Message]:
        while (envelope := self._held.pop(self._expected, None)) is not None:
            self._recent.append((self._expected, _digest(envelope)))
            self._expected += 1
            self.report.applied += 1
            self.report.last_sequence = self._expected - 1
            message = self._assemble(envelope)
            self._gap_since = now.monotonic if self._held else None
            if message is not None:
                yield message

    def _assemble(self, envelope: messages.Envelope) -> Message | None:
        data = inner_json(envelope.data)
        if (envelope.part, envelope.totalparts) in _NOT_SPLIT:
            if self._split is not None:
                raise Unreadable("a split message was not finished before the next event")
            return self._whole([data], envelope.correlation)
        part, total = envelope.part, envelope.totalparts
        if part is None or total is None or not 1 <= total <= PARTS_MAXIMUM:
            raise Unreadable("event: part and totalparts do not fit together")
        split = self._split
        if split is None:
            # The table counts from 0, the example from 1: the first index seen is the base (section 8).
            if part not in (0, 1):
                raise Unreadable(f"event: a split message starts with part {part}")
            split = self._split = _Split(total, part, {})
        if total != split.total or part in split.parts or not split.base <= part < split.base + total:
            raise Unreadable("event: the parts of a split message do not fit together")
        split.parts[part] = data
        split.size += len(data)
        if split.size > SPLIT_BYTES_MAXIMUM:
            raise Unreadable("event: a split message is too large")
        if len(split.parts) < total:
            return None
        self._split = None
        return self._whole([split.parts[index] for index in sorted(split.parts)], envelope.correlation)

    def _whole(self, parts: list[bytes], correlation: str | None) -> Message:
        first, self._snapshot_came = not self._snapshot_came, True
        return Message(parts, first, correlation)

    def _check_repeat(self, sequence: int, envelope: messages.Envelope) -> None:
        # A straggler of an earlier subscription can wear a number of this one; equal content is a harmless duplicate.
        for known, digest in reversed(self._recent):
            if known == sequence:
                if digest != _digest(envelope):
                    raise Unreadable(f"event {sequence} came twice with different content")
                return

    def _is_straggler(self, sequence: int, envelope: messages.Envelope) -> bool:
        """Whether it is a change of the subscription before: nothing else on the wire tells (section 8), but that two
        subscriptions give the same number to the same change is unlikely. Where it is so, a gap starts the channel
        over, once: the next subscription has no such change before it. Test events all look alike."""
        if not self._before or sequence < self._expected or not self.channel.has_snapshot:
            return False
        return (sequence, _digest(envelope)) in self._before

    def _begin_again(self, reason: str) -> None:
        self.report.resubscribes += 1
        self._forget()
        status = Freshness.RESYNCHRONISING if self._was_live else Freshness.UNSYNCHRONISED
        self._show(status, reason)

    def _wait(self, now: Instant) -> None:
        self.state = State.IDLE
        self._retry_at = now.monotonic + self._back_off.delay()

    def _forget(self) -> None:
        self._expected = self.channel.base
        self._held.clear()
        self._gap_since = None
        if self._recent:
            self._before = frozenset(entry for entry in self._recent if entry[0] >= self._changes_from)
        self._changes_from = SEQUENCE_MAXIMUM
        self._recent.clear()
        self._split = None
        self._snapshot_came = False
        self._last_heartbeat = None
        self.report.last_sequence = None

    def _show(self, status: Freshness, reason: str) -> None:
        self.report.status = status
        self.report.reason = reason
        self._on_status()


def _digest(envelope: messages.Envelope) -> int:
    data = envelope.data
    content = b"" if data is msgspec.UNSET else bytes(data)
    return hash((content, envelope.part, envelope.totalparts))
