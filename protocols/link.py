"""The one client file that opens sockets: executes a session's Open, Send and Close, and reports what came of them.

Received frames go out in the socket's own callback: all frames of one read as one batch, without a queue or a task in
between. A consumer that is slow slows down the reading, and with it the sender; nothing piles up here. The
WebSocket protocol itself (handshake, pings, fragments, the closing handshake, errors) is the `websockets` library's;
only whole, unfragmented data frames, nearly all there are, take a short cut past its parser.

Text is not checked to be UTF-8 here: what is not becomes an unreadable message, which the session shows, and one bad
message doesn't cost the link.
"""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Coroutine
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI, PayloadTooBig
from websockets.frames import DATA_OPCODES, CloseCode, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import Event, State
from websockets.uri import parse_uri

from protocols import endpoints
from protocols.endpoints import Origin
from protocols.secret import Secret
from protocols.session import FRAME_LIMIT, Close, Closed, Dropped, Open, Send, SendId, Tls, Written

OPEN_LIMIT = 10.0
"""Seconds for name, connection, TLS and handshake together."""
CLOSE_LIMIT = 2.0
"""Seconds for the closing handshake; then the socket is cut. Nobody waits for it: `closed` is reported at once."""
PING_SECONDS = 20.0
"""A ping every so often, and so long for its answer."""
OUTBOX_FRAMES = 1_000
"""Frames of one stream that wait because the peer doesn't read. One more ends the link: see `Link.execute`."""

_WHOLE = frozenset((0x81, 0x82))  # first byte of an unfragmented message: the final bit, and text or binary
_HEAD_END = b"\r\n\r\n"


class Listener(Protocol):
    """Who hears what became of the wishes. The calls come from the event loop, or from within `Link.execute`."""

    def opened(self, stream: str) -> None: ...
    def frames(self, stream: str, batch: list[bytes]) -> None: ...
    def ponged(self, stream: str) -> None: ...
    def closed(self, stream: str, why: Closed) -> None: ...
    def left(self, send_id: SendId, outcome: Written | Dropped) -> None: ...


class Link:
    """The sockets of one session. Made before the loop runs, used on the loop.

    Every `Open` is followed by at most one `opened` and exactly one `closed`, whatever happens in between; nothing is
    reported for a stream after its `closed`. Every `Send` with `report` is followed by exactly one `left`.
    """

    def __init__(self, tls: Tls, *, open_limit: float = OPEN_LIMIT, close_limit: float = CLOSE_LIMIT) -> None:
        self._tls = tls
        self._open_limit = open_limit
        self._close_limit = close_limit
        self._streams: dict[str, _Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: Listener | None = None
        self._trusted: ssl.SSLContext | None = None

    def report_to(self, listener: Listener) -> None:
        """Names the one who hears. Before the first wish."""
        self._listener = listener

    def execute(self, wish: Open | Send | Close) -> None:
        """Does as the session wishes; never blocks, never raises for what the network does.

        - `Open` of a stream that is open or opening replaces it: the earlier one is reported closed first.
        - `Close` reports `closed` at once; the closing handshake goes on by itself, bounded by the close limit.
        - `Send` to a stream that is not open is `Dropped`. While the peer doesn't read, up to `OUTBOX_FRAMES` wait;
          one more ends the link and they are all `Dropped`, because the newest order must not queue behind minutes
          of older ones. `Written` means that the bytes may have left this machine: it is never said too late.
        """
        match wish:
            case Open():
                self.close(wish.stream, "replaced by a new connection")
                self._open(wish)
            case Send():
                stream = self._streams.get(wish.stream)
                if stream is not None:
                    stream.send(wish)
                elif wish.report:
                    self.listener.left(wish.send_id, Dropped("not connected"))
            case Close():
                self.close(wish.stream, wish.reason or "closed")

    @property
    def listener(self) -> Listener:
        assert self._listener is not None, "report_to() comes first"
        return self._listener

    @property
    def latency(self) -> float | None:
        """Seconds to the other end and back, as the last ping took: of the slowest stream; None before that."""
        measured = [stream.latency for stream in self._streams.values() if stream.latency]
        return max(measured, default=None)

    def close(self, stream: str, reason: str) -> None:
        """Closes one stream; harmless when there is none."""
        found = self._streams.get(stream)
        if found is not None:
            found.end(Closed(reason))

    def close_all(self, reason: str) -> None:
        """Closes every stream."""
        for stream in list(self._streams):
            self.close(stream, reason)

    async def aclose(self) -> None:
        """Closes every stream and returns when no socket and no task is left: within the close limit."""
        self.close_all("closed")
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _open(self, wish: Open) -> None:
        stream = _Stream(self, wish.stream, wish.bearer)
        self._streams[wish.stream] = stream
        try:
            origin = endpoints.origin_of(wish.url, plain="ws", secure="wss")
            headers = (
                {} if wish.bearer is None else {"Authorization": endpoints.bearer_header(wish.bearer, wish.scheme)}
            )
        except (endpoints.AddressRefused, endpoints.Unsendable) as refused:
            stream.end(Closed(str(refused)))
            return
        stream.opening = self.spawn(self._connect(stream, wish.url, origin, headers))

    async def _connect(self, stream: "_Stream", url: str, origin: Origin, headers: dict[str, str]) -> None:
        """Opens the socket without the library's `connect`, which follows redirects and asks for proxies."""
        loop, quiet = asyncio.get_running_loop(), endpoints.Quiet(logging.getLogger(__name__), {})
        why = Closed(f"the connection to {origin} could not be set up")
        socket: _Socket | None = None
        try:
            protocol = ClientProtocol(parse_uri(url), max_size=FRAME_LIMIT, logger=quiet)
            secured: dict[str, Any] = {}
            if origin.secure:
                self._trusted = self._trusted or endpoints.trust(self._tls)
                secured = {"ssl": self._trusted, "ssl_shutdown_timeout": self._close_limit}
            async with asyncio.timeout(self._open_limit):
                _, socket = await loop.create_connection(
                    lambda: _Socket(protocol, stream, origin, self._close_limit), origin.host, origin.port, **secured
                )
                await socket.handshake(headers)
            stream.opening = None
        except (OSError, UnicodeError, InvalidURI, InvalidHandshake, endpoints.NothingTrusted) as error:
            why = _refusal(error, origin)
        finally:
            if stream.opening is not None:  # whatever went wrong, this cannot become a stream any more
                stream.opening = None
                if socket is not None:
                    socket.transport.abort()
                stream.end(why)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs a coroutine of ours; `aclose` waits for it."""
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def forget(self, stream: "_Stream") -> None:
        """Called by a stream that ends."""
        if self._streams.get(stream.name) is stream:
            del self._streams[stream.name]


class _Stream:
    """One `Open`, from the wish to its `closed`."""

    def __init__(self, link: Link, name: str, bearer: Secret | None) -> None:
        self.name = name
        self.opening: asyncio.Task[None] | None = None
        self.ended = False
        self.latency = 0.0
        """Seconds that the last ping took, 0 before there was one."""
        self._link = link
        self._bearer = bearer
        self._socket: _Socket | None = None
        self._outbox: deque[Send] = deque()

    def opened(self, socket: "_Socket") -> None:
        """The handshake succeeded."""
        self._socket = socket
        self._link.listener.opened(self.name)

    def frames(self, batch: list[bytes]) -> None:
        if not self.ended:
            self._link.listener.frames(self.name, batch)

    def ponged(self, latency: float) -> None:
        """The other end answered a ping."""
        self.latency = latency
        if not self.ended:
            self._link.listener.ponged(self.name)

    def send(self, wish: Send) -> None:
        if self._socket is None:
            self._left(wish, Dropped("not connected"))
            return
        self._outbox.append(wish)
        if len(self._outbox) > OUTBOX_FRAMES:
            self.end(Closed(f"{self._socket.origin} does not read what we send: {OUTBOX_FRAMES} messages waited"))
        else:
            self.pump()

    def pump(self) -> None:
        """Writes while the operating system takes it."""
        while self._outbox and self._socket is not None and self._socket.writable:
            wish = self._outbox.popleft()
            self._socket.protocol.send_text(wish.frame)
            self._socket.send_data()
            self._left(wish, Written())

    def end(self, why: Closed) -> None:
        """Ends the stream, once. What was not written is dropped; the socket closes on its own time."""
        if self.ended:
            return
        self.ended = True
        self._link.forget(self)
        socket, self._socket = self._socket, None
        if socket is not None:
            self._link.spawn(socket.retire())
        elif self.opening is not None:
            self.opening.cancel()
        unwritten = list(self._outbox)
        self._outbox.clear()
        reason = endpoints.without(why.reason, self._bearer)
        for wish in unwritten:
            self._left(wish, Dropped(reason))
        self._link.listener.closed(self.name, Closed(reason, why.http_status, why.too_large))

    def _left(self, wish: Send, outcome: Written | Dropped) -> None:
        if wish.report:
            self._link.listener.left(wish.send_id, outcome)


class _Socket(ClientConnection):
    """The library's connection, handing over frames as they are parsed instead of queueing them."""

    def __init__(self, protocol: ClientProtocol, stream: _Stream, origin: Origin, close_limit: float) -> None:
        super().__init__(
            protocol,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=close_limit,
            # Pause at the first byte that the operating system doesn't take, and go on when all are gone: what is
            # reported as written is then at most one frame ahead of it. (With TLS, up to asyncio's 64 KiB. A high
            # mark of 0 pauses TLS transports for ever.)
            write_limit=(1, 0),
        )
        self.origin = origin
        self._stream = stream
        self._open = False
        self._batch: list[bytes] = []
        self._fragments = bytearray()
        self._tail = b""  # the last bytes of the response's head so far
        # Of a frame that is still incomplete: its parts, their bytes, and how many are needed to go on.
        self._parts: list[bytes] = []
        self._held = 0
        self._needed = 0

    @property
    def writable(self) -> bool:
        return not self.paused and self.protocol.state is State.OPEN and not self.transport.is_closing()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stream.pump()

    async def retire(self) -> None:
        """Closes politely, then by force."""
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(CloseCode.NORMAL_CLOSURE)
            self.send_data()
        elif self.protocol.parser_exc is not None:
            self.transport.close()  # the peer broke the protocol: what else it sends is not even read
        try:
            async with asyncio.timeout(self.close_timeout):
                await self.wait_closed()
        except TimeoutError:
            self.transport.abort()
            await self.wait_closed()

    # In

    def data_received(self, data: bytes) -> None:
        if self._held:
            self._parts.append(data)
            self._held += len(data)
            if self._held < self._needed:
                return
            data = b"".join(self._parts)
            self._parts.clear()
            self._held = 0
        if not self._open:
            data = self._handshake(data)
        self._take(data)
        if self._batch:
            batch, self._batch = self._batch, []
            self._stream.frames(batch)
        if self._open and self.protocol.state is not State.OPEN:
            self._stream.end(self._why())

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._open:  # otherwise the handshake fails and tells
            self._stream.end(self._why())

    def process_event(self, event: Event) -> None:
        """Takes what the library parsed: the response, control frames, fragments."""
        if isinstance(event, Frame) and event.opcode in DATA_OPCODES:
            # The library has checked their order, and their size together; empty ones add nothing here.
            self._fragments += event.data
            if event.fin:
                self._batch.append(bytes(self._fragments))
                self._fragments.clear()
            return
        super().process_event(event)
        if isinstance(event, Frame) and event.opcode is Opcode.PONG:
            self._stream.ponged(self.latency)
        if isinstance(event, Response) and self.protocol.state is State.OPEN:
            self._open = True
            self.start_keepalive()  # before anyone can close: what closes cancels it
            self._stream.opened(self)

    def _handshake(self, data: bytes) -> bytes:
        """Gives the response to the library, and returns what came after its head once the stream is open."""
        seen = self._tail + data
        end = seen.find(_HEAD_END)
        head = len(data) if end < 0 else end + len(_HEAD_END) - len(self._tail)
        self._tail = seen[1 - len(_HEAD_END) :]
        super().data_received(data[:head])
        if not self._open and head < len(data):
            super().data_received(data[head:])  # a refusal's body
            return b""
        return data[head:]

    def _take(self, data: bytes) -> None:
        """Cuts out whole messages and leaves everything else to the library, frame by frame (RFC 6455, 5.2)."""
        if self._deaf():
            super().data_received(data)
            return
        start, end, needed = 0, len(data), 0
        protocol, batch = self.protocol, self._batch
        while end - start >= 2:
            head, length, body = data[start], data[start + 1], start + 2
            if length == 126 or length == 127:
                body += 2 if length == 126 else 8
                if body > end:
                    break
                length = int.from_bytes(data[start + 2 : body], "big")
                malformed = length > FRAME_LIMIT
            else:
                malformed = length > 127  # masked, which only clients may
            if malformed:
                super().data_received(data[start:])
                return
            stop = body + length
            if stop > end:
                needed = stop - start
                break
            if head in _WHOLE and protocol.current_size is None:
                batch.append(data[body:stop])
            else:
                super().data_received(data[start:stop])
                if self._deaf():
                    return  # what follows a goodbye or an error is nothing to anyone
            start = stop
        if start < end:
            self._parts.append(data[start:])
            self._held = end - start
            self._needed = needed or self._held + 1

    def _deaf(self) -> bool:
        """Whether the library reads no more frames: the peer said goodbye, or broke the protocol."""
        return self.protocol.close_rcvd is not None or self.protocol.parser_exc is not None

    def _why(self) -> Closed:
        """Why an open connection ended, from what the library and the transport know."""
        protocol = self.protocol
        broken = protocol.parser_exc
        if isinstance(broken, PayloadTooBig):
            return Closed(f"{self.origin} sent a message of more than {FRAME_LIMIT >> 20} MiB", too_large=True)
        if protocol.close_rcvd is not None:
            return Closed(f"{self.origin} closed the connection: {protocol.close_rcvd}")
        if isinstance(self.connection_exc, OSError):
            return Closed(endpoints.words_for(self.connection_exc, self.origin))
        if protocol.close_sent is not None and protocol.close_sent.reason == "keepalive ping timeout":
            return Closed(f"{self.origin} did not answer a ping within {PING_SECONDS:.0f} s")
        if broken is None or isinstance(broken, EOFError):
            return Closed(f"{self.origin} closed the connection without a word")
        return Closed(f"{self.origin} broke the WebSocket protocol: {broken}")


def _refusal(error: Exception, origin: Origin) -> Closed:
    """Why a connection never opened."""
    match error:
        case InvalidStatus():
            status = error.response.status_code
            return Closed(f"{origin} refused the connection: HTTP {status}", http_status=status)
        case InvalidHandshake():
            return Closed(f"{origin} does not speak WebSocket: {error}")
        case endpoints.NothingTrusted():
            return Closed(str(error))
        case InvalidURI() | UnicodeError():
            return Closed(f"the address of {origin} can't be read")
        case _:
            return Closed(endpoints.words_for(error, origin))
