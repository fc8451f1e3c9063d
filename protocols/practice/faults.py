"""What can go wrong on the way to a client, switched on purpose. All switches are off by default; `POST
/practice/faults` sets those that it names.

Faults act on each channel's stream after its events got their sequence numbers: the truth (`truth`) knows every
event, dropped ones too. Faults below the frames (resets, stalls, garbage) are the relay's (`relay`).

Some traps of the protocol page need no switch. A trade across two areas is told once on each one's channel; a
contract of NPID turns from `Xbid` to `Local` an hour before delivery; a modification that loses its place ends one
identifier and begins another; `private_orders` tells of colleagues; a reject names no request; a trade of NPID names
orders by GUIDs of its own; clients that are too slow are unsubscribed; by delivery times alone the venue picks what is
active; test channels begin at 1 and some of their events carry a correlation.
"""

import random
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from protocols.market.times import Instant
from protocols.practice import codes

DELAY = 0.2
"""Seconds that an event waits for its successor at most."""

Chance = Annotated[float, msgspec.Meta(ge=0, le=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]


class Faults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The switches."""

    reorder: Chance = 0.0
    """Chance of each event to be sent after its successor."""
    duplicate: Chance = 0.0
    """Chance of each event to be sent twice."""
    drop: Chance = 0.0
    """Chance of each event never to be sent."""
    drop_every: Seconds = 0.0
    """At most one event is dropped per channel in so many seconds; with `drop` 0, exactly one in each."""
    split: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    """List payloads are sent in so many parts (fewer for shorter lists); 0 or 1 sends them whole."""
    split_base: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0
    """The number of the first part."""
    sequence_base: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0
    """The sequence of the snapshot, in subscriptions to come."""
    stragglers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    """So many of the last events of a subscription come once more when its channel is subscribed again: before
    `subscribed`."""
    stragglers_late: bool = False
    """They come after the new snapshot instead."""
    inline_data: Chance = 0.0
    """Chance of each event to have its `data` as JSON, not as a string that holds JSON."""
    pad_names: Chance = 0.0
    """Chance of each `contractName` to end in spaces."""
    omit_identifiers: Chance = 0.0
    """Chance of each `contractArea` to come without its `identifier`."""
    market_type: Chance = 0.0
    """Chance of each product (M7) to say `marketType` for `type`."""
    short_dates: Chance = 0.0
    """Chance of each time on a whole minute to come without seconds."""
    long_fractions: Chance = 0.0
    """Chance of each time to have a fraction of twelve digits."""
    odd_dates: Chance = 0.0
    """Chance of each time to be written `2022-05-22T15:02.23Z`, which nobody can be sure of."""
    big_numbers: bool = False
    """New orders and trades have identifiers beyond 2^53."""
    freeze_every: Seconds = 0.0
    """Every so many seconds a contract of NPID is frozen for a while (`exchange.FROZEN_FOR`)."""
    too_many_requests: Chance = 0.0
    """Chance of each HTTP call below /api, authentication too, to be answered with 429."""
    refuse_tokens: Chance = 0.0
    """Chance of each good token, at the handshake or in a call, to be answered with 401."""
    refresh_tokens_every: Seconds = 0.0
    """Every so many seconds each client gets a new token, long before the old one expires."""
    unsubscribe_every: Seconds = 0.0
    """Every so many seconds a random channel of each client is unsubscribed by the server."""
    stall_heartbeat: bool = False
    """No heartbeats at all."""
    heartbeat_lies: Annotated[int, msgspec.Meta(ge=-1000, le=1000)] = 0
    """Added to every sequence that a heartbeat tells."""
    heartbeat_omits: bool = False
    """Heartbeats list no channels."""
    heartbeat_omits_one: bool = False
    """Heartbeats leave out one of a client's channels, the first by name."""
    lose_request: Chance = 0.0
    """Chance of a request to be swallowed as it comes in: nothing happens, and nobody is told."""
    reject_requests: Chance = 0.0
    """Chance of each order of a request to be rejected, whatever it asks."""
    reject_code: Literal["", codes.Code] = ""
    """NPID's code for those rejects; empty for `Unknown`."""
    lose_acknowledgement: Chance = 0.0
    """Chance of each answer to a request, `Pending` or outcome, never to be sent. It has its sequence number."""
    double_acknowledgement: Chance = 0.0
    """Chance of each answer to a request to be given twice, the second time with the next sequence number."""
    answer_delay: Seconds = 0.0
    """Seconds from a request's `Pending` until the venue does it, and tells the outcome."""
    old_first: Chance = 0.0
    """Chance that a modification which loses its place tells the old identifier's end before the new one's begin."""

    @property
    def spoils(self) -> bool:
        """Whether payloads are changed (`spoiling`)."""
        return any(
            (
                self.pad_names,
                self.omit_identifiers,
                self.market_type,
                self.short_dates,
                self.long_fractions,
                self.odd_dates,
            )
        )


NO_FAULTS = Faults()

Switches = TypeVar("Switches", bound=msgspec.Struct)


class FaultRefused(ValueError):
    """The switches can't be set so; the message names the field."""


def changed(faults: Switches, body: bytes) -> Switches:
    """`faults` with the fields of a JSON object. Raises `FaultRefused`, which names a field that doesn't fit."""
    try:
        wanted: Any = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise FaultRefused("the body is not JSON") from error
    if not isinstance(wanted, dict):
        raise FaultRefused("the body is not a JSON object")
    try:
        return msgspec.convert(msgspec.to_builtins(faults) | wanted, type(faults))
    except msgspec.ValidationError as error:
        raise FaultRefused(str(error)) from error


class Stream:
    """One subscription's frames on their way out: drops, doubles and swaps them as the switches say."""

    def __init__(self, rng: random.Random, now: Instant) -> None:
        self._rng = rng
        self._delayed: list[bytes] = []
        self._due = 0.0
        self._dropped_at = now.monotonic

    def push(self, frame: bytes, faults: Faults, now: Instant) -> list[bytes]:
        """Takes the next event; returns what is to be sent now, in order."""
        if faults is NO_FAULTS and not self._delayed:
            return [frame]
        if self._drops(faults, now):
            return []
        copies = [frame] * (2 if self._chance(faults.duplicate) else 1)
        if self._delayed:
            copies += self._delayed
            self._delayed = []
            return copies
        if self._chance(faults.reorder):
            self._delayed, self._due = copies, now.monotonic + DELAY
            return []
        return copies

    def overdue(self, now: Instant) -> list[bytes]:
        """Frames whose successor didn't come in time."""
        if not self._delayed or now.monotonic < self._due:
            return []
        frames, self._delayed = self._delayed, []
        return frames

    def _drops(self, faults: Faults, now: Instant) -> bool:
        if faults.drop_every and now.monotonic - self._dropped_at < faults.drop_every:
            return False
        dropped = self._chance(faults.drop) if faults.drop else faults.drop_every > 0
        if dropped:
            self._dropped_at = now.monotonic
        return dropped

    def _chance(self, probability: float) -> bool:
        return probability > 0 and self._rng.random() < probability
