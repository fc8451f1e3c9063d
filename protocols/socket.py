"""One WebSocket of a venue, as a session sees it: open it, keep it open, wait longer each time it fails. Sans-IO.

off -> opening -> open
         ^ `-> waiting <-'      stopped: the venue refused the token, or sends more than we take; trying again would
                                only bring the same again, until `start`
"""

import enum
import random

from protocols.backoff import BackOff
from protocols.market.times import Instant
from protocols.secret import Secret
from protocols.session import Close, Closed, Open, Outgoing, Send, SendId

BACK_OFF_FIRST = 0.5
BACK_OFF_CAP = 10.0
CLEAN_SECONDS = 10.0
"""A socket that was open for so long counts as a success: the next failure begins with a short wait."""


class Phase(enum.Enum):
    """Where the socket stands."""

    OFF = "off"
    OPENING = "opening"
    OPEN = "open"
    WAITING = "waiting"
    STOPPED = "stopped"


class Socket:
    """`out` takes its wishes. Each socket has a name of its own: news of an old one can't be taken for news of this.
    With `too_large_stops`, a message over the limit stops it: the next one would be as large."""

    def __init__(
        self,
        kind: str,
        url: str,
        token: Secret | None,
        randomness: random.Random,
        out: list[Outgoing],
        *,
        scheme: str = "bearer",
        too_large_stops: bool = False,
    ) -> None:
        self._kind = kind
        self._url = url
        self.token = token
        """What the next handshake carries."""
        self._scheme = scheme
        self._too_large_stops = too_large_stops
        self._back_off = BackOff(BACK_OFF_FIRST, BACK_OFF_CAP, randomness)
        self._out = out
        self._number = 0
        self._retry_at = 0.0
        self._open_since = 0.0
        self.phase = Phase.OFF
        self.reason = ""
        """Why it is not open, in words for the trader."""
        self.failing = False
        """Whether it was tried, and failed, since it was last open."""
        self.unauthorised = False
        """Whether it is stopped because the venue refused the token."""
        self.times_opened = 0

    @property
    def stream(self) -> str:
        """The name of the current socket."""
        return f"{self._kind}-{self._number}"

    @property
    def is_open(self) -> bool:
        return self.phase is Phase.OPEN

    def start(self) -> None:
        """From off or stopped; harmless otherwise."""
        if self.phase in (Phase.OFF, Phase.STOPPED):
            self.failing = self.unauthorised = False
            self.reason = "connecting"
            self._open()

    def stop(self) -> None:
        """Stays off until it is started again."""
        self._out.append(Close(self.stream, "switched off"))
        self.phase = Phase.OFF
        self.reason = ""

    def opened(self, stream: str, now: Instant) -> bool:
        """Whether this is news: the socket that we wait for is open."""
        if self.phase is not Phase.OPENING or stream != self.stream:
            return False
        self.phase = Phase.OPEN
        self.failing = False
        self.reason = ""
        self.times_opened += 1
        self._open_since = now.monotonic
        return True

    def closed(self, stream: str, why: Closed, now: Instant) -> bool:
        """Whether this is news: the socket that we have, or wait for, is gone."""
        if self.phase not in (Phase.OPENING, Phase.OPEN) or stream != self.stream:
            return False
        if why.http_status in (401, 403):
            self.phase = Phase.STOPPED
            self.failing = self.unauthorised = True
            self.reason = f"the venue refused the token ({why.http_status})"
        elif why.too_large and self._too_large_stops:
            self.phase = Phase.STOPPED
            self.failing = True
            self.reason = f"{why.reason}; it is not tried again until it is connected anew"
        else:
            self._wait(why.reason, now, self._back_off.longest() if why.too_large else 0.0)
        return True

    def drop(self, reason: str, now: Instant) -> None:
        """We end it: it can't be trusted any more."""
        self._out.append(Close(self.stream, reason))
        self._wait(reason, now, 0.0)

    def send(self, send_id: SendId, frame: bytes, report: bool = False) -> None:
        self._out.append(Send(self.stream, send_id, frame, report))

    def tick(self, now: Instant) -> None:
        """Opens again when it has waited long enough."""
        if self.phase is Phase.WAITING and now.monotonic >= self._retry_at:
            self._open()
        elif self.phase is Phase.OPEN and now.monotonic - self._open_since > CLEAN_SECONDS:
            self._back_off.reset()

    def _open(self) -> None:
        self.phase = Phase.OPENING
        self._number += 1
        self._out.append(Open(self.stream, self._url, self.token, self._scheme))

    def _wait(self, reason: str, now: Instant, at_least: float) -> None:
        self.phase = Phase.WAITING
        self.failing = True
        self.reason = reason
        self._retry_at = now.monotonic + max(self._back_off.delay(), at_least)
