"""What a socket of the venue feeds, and how fresh that is: its last message, and its last pong.

The venue sends no heartbeats. A socket that is open, has said hello and answered a ping of late is alive; that it had
nothing to say may be because nothing happened. Both ages are told, so that a person can judge.
"""

from protocols.glocalflex import messages
from protocols.market.events import ChannelChanged, Event, Feed, Freshness
from protocols.market.flex import AREA
from protocols.market.flex_events import FlexPonged
from protocols.market.order_events import OrderEvent
from protocols.market.times import Instant
from protocols.session import ChannelReport
from protocols.socket import Socket

ALIVE_SECONDS = 45.0
"""Without a message or a pong for so long, nothing of the socket is live. `protocols.link` pings every 20 s."""
HELLO_SECONDS = 15.0
"""How long the control message may take."""


class Feeding:
    """One socket with the channel that it feeds. `move` tells of the channel's status; whoever reads the messages says
    when there is something whole to show."""

    def __init__(
        self, connection: str, channel: str, feed: Feed, socket: Socket, events: list[Event | OrderEvent]
    ) -> None:
        self._connection = connection
        self._events = events
        self._opened_at = self._alive_at = 0.0
        self.socket = socket
        self.greeted = False
        """Whether the venue said that the connection stands."""
        self._whole = self._had_any = False
        self.report = ChannelReport(channel, feed, AREA, "", Freshness.UNSYNCHRONISED)

    @property
    def channel(self) -> str:
        return self.report.channel

    @property
    def live(self) -> bool:
        return self.report.status is Freshness.LIVE

    def opened(self, now: Instant) -> None:
        """The handshake succeeded."""
        self.greeted = self._whole = False
        self._opened_at = self._alive_at = now.monotonic
        self.report.resubscribes += self.socket.times_opened > 1
        self.move(Freshness.RESYNCHRONISING, "connected; waiting for the venue's first message", now)

    def closed(self, now: Instant) -> None:
        """It is gone, whatever ended it."""
        self.greeted = self._whole = False
        status = Freshness.STALE if self._had_any else Freshness.UNSYNCHRONISED
        self.move(status, self.socket.reason or "switched off", now)

    def heard(self, now: Instant) -> None:
        self.report.applied += 1
        self._alive_at = now.monotonic
        self.report.last_heard = now

    def ponged(self, now: Instant) -> None:
        self._alive_at = now.monotonic
        self.report.last_pong = now
        self._events.append(FlexPonged(self._connection, self.channel, now))

    def greet(self, envelope: messages.Envelope) -> str:
        """Takes the control message; what is wrong with it, in words, if anything."""
        if envelope.status != "success":
            return f"the venue's control message says {str(envelope.status)[:40]!r}"
        self.greeted = True
        return ""

    def whole(self, now: Instant) -> None:
        """What the channel feeds is complete from now on."""
        self._whole = self._had_any = True
        self.move(Freshness.LIVE, "", now)

    def broken(self, reason: str, now: Instant) -> None:
        """What it fed is not to be believed until it is whole again."""
        self._whole = False
        self.move(Freshness.UNSYNCHRONISED, reason, now)

    def tick(self, now: Instant) -> str:
        """Looks for signs of life. Why the socket is to be dropped, in words; empty while there is no reason."""
        if not self.socket.is_open:
            return ""
        if not self.greeted and now.monotonic - self._opened_at > HELLO_SECONDS:
            return f"the venue did not say within {HELLO_SECONDS:.0f} s that the connection stands"
        silent = now.monotonic - self._alive_at > ALIVE_SECONDS
        if silent and self.live:
            self.move(Freshness.STALE, f"no message and no pong for {ALIVE_SECONDS:.0f} s", now)
        elif not silent and self._whole and self.report.status is Freshness.STALE:
            self.move(Freshness.LIVE, "", now)
        return ""

    def move(self, status: Freshness, reason: str, now: Instant) -> None:
        """Says how fresh the channel is, where that has changed."""
        if (status, reason) == (self.report.status, self.report.reason):
            return
        self.report.status, self.report.reason = status, reason
        report = self.report
        where = (self._connection, report.channel, report.feed, report.area, report.product)
        self._events.append(ChannelChanged(*where, status, reason, now))
