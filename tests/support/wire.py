"""Both ends of a socket for tests: who hears a link's reports, and peers that misbehave byte by byte."""

import asyncio
import contextlib
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from websockets.frames import Frame, Opcode
from websockets.utils import accept_key

from protocols.link import Link
from protocols.session import Closed, Dropped, SendId, Tls, Written

CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = str(CERTIFICATES / "test-only-authority.pem")
PLAIN = Tls(enabled=False)
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n"
)

Report = tuple[object, ...]
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listening:
    """A link's listener that keeps every report in order, frames one by one, and can be waited on."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.batches: list[int] = []
        self._news = asyncio.Event()

    def opened(self, stream: str) -> None:
        self._add("opened", stream)

    def frames(self, stream: str, batch: list[bytes]) -> None:
        self.batches.append(len(batch))
        for frame in batch:
            self._add("frame", stream, frame)

    def ponged(self, stream: str) -> None:
        self._add("ponged", stream)

    def closed(self, stream: str, why: Closed) -> None:
        self._add("closed", stream, why)

    def left(self, send_id: SendId, outcome: Written | Dropped) -> None:
        self._add("left", send_id, outcome)

    def of(self, kind: str) -> list[Report]:
        """The reports of one kind, without the word."""
        return [report[1:] for report in self.reports if report[0] == kind]

    def frames_received(self) -> list[bytes]:
        return [frame for _, frame in self.of("frame") if isinstance(frame, bytes)]

    async def until(self, kind: str, count: int = 1) -> list[Report]:
        """Waits until there are so many reports of a kind."""
        while len(self.of(kind)) < count:
            self._news.clear()
            await self._news.wait()
        return self.of(kind)

    async def until_closed(self) -> Closed:
        """Waits for the only `closed`, and says why."""
        ((_, why),) = await self.until("closed")
        assert isinstance(why, Closed)
        return why

    def _add(self, *report: object) -> None:
        self.reports.append(report)
        self._news.set()


@contextlib.asynccontextmanager
async def linked(
    tls: Tls = PLAIN, *, open_limit: float = 10.0, close_limit: float = 2.0
) -> AsyncIterator[tuple[Link, Listening]]:
    """A link with its listener; closed at the end, with a check that it left no task behind."""
    before = asyncio.all_tasks()
    link, listening = Link(tls, open_limit=open_limit, close_limit=close_limit), Listening()
    link.report_to(listening)
    try:
        yield link, listening
    finally:
        await link.aclose()
    left_behind = {task for task in asyncio.all_tasks() - before if "_Socket" in repr(task) or "Link" in repr(task)}
    assert not left_behind


@contextlib.asynccontextmanager
async def peer_at(peer: Peer, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A TCP server that plays `peer` to every client; yields its port. What clients break is no error here."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, TimeoutError):
                await peer(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    playing: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(play(reader, writer))
        playing.add(task)
        task.add_done_callback(playing.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
        await asyncio.sleep(0)  # for the sockets that were aborted to be closed
        await server.wait_closed()


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, then: bytes = b"") -> str:
    """Answers a WebSocket handshake, in one piece with `then`, and returns the request."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    found = re.search(r"(?im)^sec-websocket-key:\s*(\S+)", request)
    assert found is not None
    writer.write(ACCEPTED % accept_key(found[1]).encode() + then)
    return request


def text(payload: bytes, *, fin: bool = True, opcode: Opcode = Opcode.TEXT) -> bytes:
    """A server's frame as bytes."""
    return Frame(opcode, payload, fin).serialize(mask=False)


def abort(writer: asyncio.StreamWriter) -> None:
    """Resets the connection: nothing that is still buffered goes out."""
    transport = writer.transport
    assert isinstance(transport, asyncio.Transport)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def server_context(certificate: str) -> ssl.SSLContext:
    """A server's TLS with one of the test certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / certificate)
    return context
