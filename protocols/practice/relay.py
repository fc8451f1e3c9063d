"""A TCP relay on loopback between a client and a server: the faults of wires, which no ASGI server can commit.

    async with Relay(target_port, rng=random.Random(1)) as relay:
        ... connect to relay.port ...
        relay.reset()

Bytes pass untouched until told otherwise. Downstream is from the server to the client. Orders given to the relay
hold for the connections of the moment and for those to come; `reset` and `inject` act on those of the moment.
"""

import asyncio
import contextlib
import random
import socket
import struct
from types import TracebackType

_PIECE = 65_536
_NO_LINGER = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 seconds: closing sends RST instead of FIN."""


class _Link:
    """One client's connection and the server's end of it."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.downstream = 0
        """Bytes that went to the client."""

    def reset(self) -> None:
        """RST both ways."""
        for writer in (self.client, self.server):
            connection = writer.get_extra_info("socket")
            # A socket that is closed already has no options to set.
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            writer.transport.abort()


class Relay:
    """Listens on a free loopback port (`port`) and passes bytes to and from `target_port`."""

    def __init__(self, target_port: int, *, rng: random.Random, host: str = "127.0.0.1") -> None:
        self._target_port = target_port
        self._host = host
        self._rng = rng
        self._links: set[_Link] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._slice = 0
        self._slice_pause = 0.0
        self._flip = 0.0
        self._reset_after: int | None = None
        self._refusing = False
        self._half_open = False
        self.accepted = 0
        """Connections that were let through."""
        self.refused = 0
        self.port = 0

    async def __aenter__(self) -> "Relay":
        self._server = await asyncio.start_server(self._accept, self._host, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.reset()
        for pump in self._pumps:
            pump.cancel()
        if self._pumps:
            await asyncio.wait(self._pumps)
        await self._server.wait_closed()

    @property
    def open(self) -> int:
        """Connections that stand."""
        return len(self._links)

    # Orders

    def reset(self, after: int | None = None) -> None:
        """Resets every connection: now, or in mid-frame once `after` more bytes have gone to a client (then once)."""
        if after is None:
            for link in list(self._links):
                link.reset()
            return
        self._reset_after = after
        for link in self._links:
            link.downstream = 0

    def half_open(self, on: bool = True) -> None:
        """Swallows everything both ways and closes nothing: a peer that vanished. What was swallowed is lost."""
        self._half_open = on

    def stall(self) -> None:
        """Reads no more: bytes wait, and after them the senders. `resume` lets them flow again, none lost."""
        self._flowing.clear()

    def resume(self) -> None:
        """Ends a stall."""
        self._flowing.set()

    def slice(self, size: int, pause: float = 0.0) -> None:
        """Forwards in pieces of 1 to `size` bytes, `pause` seconds apart; 0 forwards as it comes."""
        self._slice, self._slice_pause = size, pause

    def flip(self, chance: float) -> None:
        """Flips a bit in each downstream piece with this chance."""
        self._flip = chance

    def inject(self, garbage: bytes) -> None:
        """Writes bytes to every client that the server never sent."""
        for link in self._links:
            link.client.write(garbage)

    def garbage(self, length: int) -> bytes:
        """Random bytes to inject."""
        return self._rng.randbytes(length)

    def refuse(self, on: bool = True) -> None:
        """Resets new connections instead of letting them through."""
        self._refusing = on

    # Bytes

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            self.refused += 1
            _Link(writer, writer).reset()
            return
        try:
            from_server, to_server = await asyncio.open_connection(self._host, self._target_port)
        except OSError:
            self.refused += 1
            _Link(writer, writer).reset()
            return
        self.accepted += 1
        link = _Link(writer, to_server)
        self._links.add(link)
        pumps = [
            asyncio.create_task(self._pump(reader, to_server, link, downstream=False)),
            asyncio.create_task(self._pump(from_server, writer, link, downstream=True)),
        ]
        self._pumps.update(pumps)
        try:
            await asyncio.wait(pumps)
        finally:
            self._pumps.difference_update(pumps)
            self._links.discard(link)
            writer.close()
            to_server.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: _Link, *, downstream: bool
    ) -> None:
        try:
            while piece := await self._read(reader):
                if not self._half_open:
                    await self._forward(self._spoiled(piece) if downstream else piece, writer, link, downstream)
            if not self._half_open and writer.can_write_eof():
                writer.write_eof()
        except OSError:
            link.reset()  # a reset on one side is passed on to the other

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        await self._flowing.wait()
        piece = await reader.read(_PIECE)
        await self._flowing.wait()
        return piece

    async def _forward(self, piece: bytes, writer: asyncio.StreamWriter, link: _Link, downstream: bool) -> None:
        while piece:
            length = self._rng.randint(1, self._slice) if self._slice else len(piece)
            if downstream and self._reset_after is not None:
                length = min(length, self._reset_after - link.downstream)
            writer.write(piece[:length])
            await writer.drain()
            piece = piece[length:]
            if downstream:
                link.downstream += length
                if self._reset_after is not None and link.downstream >= self._reset_after:
                    self._reset_after = None
                    link.reset()
                    return
            if self._slice_pause:
                await asyncio.sleep(self._slice_pause)

    def _spoiled(self, piece: bytes) -> bytes:
        if not self._flip or self._rng.random() >= self._flip:
            return piece
        position = self._rng.randrange(len(piece))
        flipped = piece[position] ^ (1 << self._rng.randrange(8))
        return piece[:position] + bytes([flipped]) + piece[position + 1 :]
