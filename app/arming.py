"""Armed or not: whether sending is allowed, and why it is not. Pure; whoever calls brings the time.

A desk that nobody may be sitting at sends nothing. It is disarmed at the start, at a workspace switch, at an import,
on screen lock, after 15 idle minutes, and when its clock jumps, which is what a machine that slept looks like. One-key
mode, in which a key sends at once, never outlives being armed.
"""

import enum

from protocols.market.times import SECOND, Instant

IDLE_SECONDS = 15 * 60.0
"""Without trading input."""
GAP_SECONDS = 10.0
"""The desk looks at the clock ten times a second. A longer gap: the machine slept, or the desk stood still."""
JUMP_SECONDS = 5.0
"""How far the wall clock may go from the monotonic one between two looks: where the latter stands still during sleep,
this is what shows it."""


class Cause(enum.Enum):
    """Why the desk was disarmed, in the words for the trader."""

    START = "the desk has just started"
    BY_HAND = "disarmed by hand"
    WORKSPACE = "the workspace was switched"
    IMPORT = "a workspace was imported"
    IDLE = f"no trading input for {IDLE_SECONDS / 60:.0f} minutes"
    LOCKED = "the screen was locked"
    GAP = "the machine slept, or the desk stood still"
    CLOCK = "the clock was changed, or the machine slept"


class Arming:
    """`look` on every tick, so that gaps and idleness are noticed; each other call looks as well. `revision` moves
    with every change that is to be shown."""

    def __init__(self) -> None:
        self.revision = 0
        self._cause: Cause | None = Cause.START
        self._one_key = False
        self._touched = 0.0
        self._seen: Instant | None = None

    @property
    def armed(self) -> bool:
        return self._cause is None

    @property
    def one_key(self) -> bool:
        """Whether a key or a click sends at once."""
        return self._one_key

    @property
    def cause(self) -> Cause | None:
        """Why it is disarmed; None while it is armed."""
        return self._cause

    def arm(self, now: Instant) -> None:
        """Allows sending: an act of the trader's."""
        self._seen, self._touched = now, now.monotonic
        if self._cause is not None:
            self._cause = None
            self.revision += 1

    def disarm(self, cause: Cause = Cause.BY_HAND) -> None:
        """Forbids it. While it is forbidden already, the cause that the trader is shown stays."""
        if self._cause is None:
            self._cause = cause
            self._one_key = False
            self.revision += 1

    def set_one_key(self, on: bool, now: Instant) -> bool:
        """Turns one-key mode on or off; returns whether it is on. Only an armed desk can be in it."""
        self.look(now)
        wanted = on and self.armed
        if wanted is not self._one_key:
            self._one_key = wanted
            self.revision += 1
        return wanted

    def touched(self, now: Instant) -> None:
        """Trading input: staging, adjusting, sending, pulling. It keeps an armed desk armed, and never arms one."""
        self.look(now)
        self._touched = now.monotonic

    def may_send(self, now: Instant) -> str | None:
        """Why nothing may be sent, in words; None when it may."""
        self.look(now)
        return None if self._cause is None else f"disarmed: {self._cause.value}"

    def look(self, now: Instant) -> None:
        """Notices gaps, jumps and idleness."""
        seen, self._seen = self._seen, now
        if self._cause is not None:
            return
        if seen is not None:
            passed = now.monotonic - seen.monotonic
            by_the_wall = (now.utc - seen.utc) / SECOND
            if passed > GAP_SECONDS or passed < 0:
                self.disarm(Cause.GAP)
            elif abs(by_the_wall - passed) > JUMP_SECONDS:
                self.disarm(Cause.CLOCK)
        if self._cause is None and now.monotonic - self._touched >= IDLE_SECONDS:
            self.disarm(Cause.IDLE)
