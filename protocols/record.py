"""What a session keeps of its order channels for the journal: every frame that was written and received, once each, and
every REST body. Any venue's session can have one; `app.runner` takes what is in it to the journal.

Only what belongs to orders is handed in here, so that no body of an authentication and no renewed token ever is.
"""

from protocols.market.times import Instant
from protocols.session import Call, CallFailed, Direction, Frame, Reply


class Record:
    """One connection's. Frames stand in the order in which they were written and received."""

    def __init__(self, connection: str) -> None:
        self._connection = connection
        self._frames: list[Frame] = []

    def wrote(self, channel: str, frame: bytes, now: Instant) -> None:
        """A frame was handed to the operating system. One that was dropped is not told here: it never left."""
        self._keep(Direction.OUT, channel, frame, now)

    def received(self, channel: str, frame: bytes, now: Instant) -> None:
        """A frame came. Told before anything is made of it, so that one which breaks the session is there too."""
        self._keep(Direction.IN, channel, frame, now)

    def called(self, channel: str, call: Call, now: Instant) -> None:
        """A call goes out: what it asks for and its body, never its headers, which carry the token."""
        body = b"" if call.body is None else call.body.reveal().encode()
        self._keep(Direction.OUT, channel, b"%s %s\n\n%s" % (call.method.encode(), call.url.encode(), body), now)

    def answered(self, channel: str, reply: Reply | CallFailed, now: Instant) -> None:
        """A call's answer: its status and its body; of a call that failed, why."""
        if isinstance(reply, Reply):
            self._keep(Direction.IN, channel, b"%d\n\n%s" % (reply.status, reply.body), now)
        else:
            self._keep(Direction.IN, channel, b"no answer\n\n%s" % reply.reason.encode(), now)

    def take(self) -> list[Frame]:
        """What came since the last time."""
        taken, self._frames = self._frames, []
        return taken

    def _keep(self, direction: Direction, channel: str, data: bytes, now: Instant) -> None:
        self._frames.append(Frame(direction, self._connection, channel, data, now))
