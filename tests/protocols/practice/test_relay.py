"""The relay between an echo server and a client: each way in which wires fail."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

import pytest

from protocols.practice.relay import Relay

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def relayed() -> AsyncIterator[Relay]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Relay(server.sockets[0].getsockname()[1], rng=random.Random(1)) as relay:
        yield relay


@contextlib.asynccontextmanager
async def client(relay: Relay) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def echoed(streams: Streams, data: bytes) -> bytes:
    streams[1].write(data)
    async with asyncio.timeout(5):
        return await streams[0].readexactly(len(data))


async def silent(streams: Streams) -> bool:
    try:
        async with asyncio.timeout(0.1):
            return not await streams[0].read(1)
    except TimeoutError:
        return True


async def test_bytes_pass_untouched_and_the_end_does_too() -> None:
    async with relayed() as relay, client(relay) as streams:
        data = random.Random(2).randbytes(300_000)
        writing = asyncio.create_task(echoed(streams, data))
        assert await writing == data
        streams[1].write_eof()
        assert await streams[0].read() == b""
        assert relay.accepted == 1


async def test_a_reset_is_a_reset() -> None:
    async with relayed() as relay, client(relay) as streams:
        await echoed(streams, b"hello")
        relay.reset()
        with pytest.raises(ConnectionResetError):
            await streams[0].read(1)


async def test_a_reset_after_some_bytes_cuts_the_frame() -> None:
    async with relayed() as relay, client(relay) as streams:
        await echoed(streams, b"hello")
        relay.reset(after=3)
        streams[1].write(b"0123456789")
        with pytest.raises(ConnectionResetError):
            await streams[0].readexactly(4)
        async with client(relay) as again:
            assert await echoed(again, b"0123456789") == b"0123456789"


async def test_a_half_open_connection_says_nothing_and_stays() -> None:
    async with relayed() as relay, client(relay) as streams:
        relay.half_open()
        streams[1].write(b"anyone?")
        assert await silent(streams)
        assert relay.open == 1
        assert not streams[0].at_eof()


async def test_a_stall_keeps_the_bytes_for_later() -> None:
    async with relayed() as relay, client(relay) as streams:
        relay.stall()
        streams[1].write(b"patience")
        assert await silent(streams)
        relay.resume()
        async with asyncio.timeout(5):
            assert await streams[0].readexactly(8) == b"patience"


async def test_slices_arrive_whole() -> None:
    async with relayed() as relay, client(relay) as streams:
        relay.slice(3)
        assert await echoed(streams, b"x" * 500 + b"y") == b"x" * 500 + b"y"


async def test_flipped_bits_differ_in_one_bit_a_piece() -> None:
    async with relayed() as relay, client(relay) as streams:
        relay.flip(1.0)
        got = await echoed(streams, bytes(16))
        assert sum(byte.bit_count() for byte in got) == 1


async def test_garbage_is_injected() -> None:
    async with relayed() as relay, client(relay) as streams:
        await echoed(streams, b"x")
        noise = relay.garbage(32)
        relay.inject(noise)
        async with asyncio.timeout(5):
            assert await streams[0].readexactly(32) == noise


async def test_refused_connections_end_and_later_ones_are_let_through() -> None:
    async with relayed() as relay:
        relay.refuse()
        async with client(relay) as streams:
            with pytest.raises(ConnectionResetError):
                await streams[0].readexactly(1)
        assert (relay.refused, relay.accepted) == (1, 0)
        relay.refuse(False)
        async with client(relay) as streams:
            assert await echoed(streams, b"x") == b"x"


async def test_a_target_that_is_not_there_refuses() -> None:
    async with relayed() as relay:
        port = relay.port
    async with Relay(port, rng=random.Random(1)) as orphan, client(orphan) as streams:
        with pytest.raises(ConnectionResetError):
            await streams[0].readexactly(1)
