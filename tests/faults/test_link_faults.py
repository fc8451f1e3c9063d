"""Peers that break the wire: what the trader is told, that it is told once, and that nothing is left behind."""

import asyncio
import random

import pytest
from websockets.frames import Frame, Opcode

from protocols.link import OUTBOX_FRAMES
from protocols.session import FRAME_LIMIT, Closed, Dropped, Open, Send, SendId, Tls, Written
from tests.support.wire import AUTHORITY, Listening, Peer, abort, accept, linked, peer_at, server_context, text


async def _closed_by(peer: Peer) -> tuple[Closed, list[bytes]]:
    """Connects to the peer and waits for the end: why, and which frames came before it."""
    async with peer_at(peer) as port, linked(close_limit=0.05) as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        why = await heard.until_closed()
        await link.aclose()
        assert len(heard.of("closed")) == 1
        assert len(heard.of("opened")) <= 1
    return Closed(why.reason.replace(f":{port}", ""), why.http_status, why.too_large), heard.frames_received()


def _after_handshake(raw: bytes, *, then_wait: bool = True) -> Peer:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.write(raw)
        await writer.drain()
        if then_wait:
            await reader.read()

    return peer


async def test_a_reset_is_told_as_one_and_what_came_before_it_counts() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer, then=text(b"first"))
        await reader.readexactly(1)  # the client has read that far: it answers
        abort(writer)

    async with peer_at(reset) as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("frame")
        link.execute(Send("market", SendId(1), b"go"))
        why = await heard.until_closed()
    assert why == Closed(f"127.0.0.1:{port} reset the connection")
    assert heard.frames_received() == [b"first"]


async def test_an_end_without_a_goodbye_in_the_middle_of_a_frame() -> None:
    why, frames = await _closed_by(_after_handshake(text(b"whole") + text(b"half" * 100)[:50], then_wait=False))
    assert why == Closed("127.0.0.1 closed the connection without a word")
    assert frames == [b"whole"]


async def test_a_message_over_the_limit_ends_the_link_as_too_large() -> None:
    """50 MB announced and partly sent: neither kept in memory nor waited for."""
    huge = text(b"whole") + text(b"x" * 50_000_000)
    why, frames = await _closed_by(_after_handshake(huge))
    assert why == Closed("127.0.0.1 sent a message of more than 16 MiB", too_large=True)
    assert frames == [b"whole"]


async def test_fragments_that_add_up_over_the_limit_end_the_link_as_too_large() -> None:
    part = b"x" * (FRAME_LIMIT // 2 + 1)
    fragments = text(part, fin=False) + text(part, opcode=Opcode.CONT)
    why, frames = await _closed_by(_after_handshake(fragments))
    assert why.too_large
    assert frames == []


async def test_a_message_of_exactly_the_limit_passes() -> None:
    goodbye = Frame(Opcode.CLOSE, b"").serialize(mask=False)
    _, frames = await _closed_by(_after_handshake(text(b"x" * FRAME_LIMIT) + goodbye))
    assert [len(frame) for frame in frames] == [FRAME_LIMIT]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\x83\x00", "invalid opcode"),
        (b"\xf1\x02hi", "reserved bits must be 0"),
        (b"\x81\x82\x00\x00\x00\x00hi", "incorrect masking"),
        (b"\x80\x02hi", "unexpected continuation frame"),
        (b"\x01\x02hi" + text(b"whole"), "expected a continuation frame"),
        (b"\x09\x7e\x00\xff" + b"x" * 255, "control frame too long"),
        (b"\x88\x01\x03", "close frame too short"),
    ],
)
async def test_bytes_that_are_no_websocket_end_the_link_and_say_what_is_wrong(raw: bytes, words: str) -> None:
    why, frames = await _closed_by(_after_handshake(text(b"before") + raw + text(b"after")))
    assert why == Closed(f"127.0.0.1 broke the WebSocket protocol: {words}")
    assert frames == [b"before"]


@pytest.mark.parametrize("seed", range(20))
async def test_garbage_ends_the_link_once_whatever_it_looks_like(seed: int) -> None:
    garbage = random.Random(seed).randbytes(4_000)
    why, frames = await _closed_by(_after_handshake(text(b"before") + garbage, then_wait=False))
    assert why.reason.startswith(("127.0.0.1 broke the", "127.0.0.1 sent a message of", "127.0.0.1 closed the"))
    assert frames[0] == b"before"


@pytest.mark.parametrize(
    "answer",
    [
        b"\x00\x01\x02 garbage \xff\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: d3Jvbmc=\r\n\r\n" + text(b"frame"),
        b"HTTP/1.1 101 " + b"x" * 20_000,
        b"",
    ],
)
async def test_an_answer_that_is_no_handshake_is_told_and_no_frame_of_it_is_taken(answer: bytes) -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    why, frames = await _closed_by(peer)
    assert why.reason.startswith("127.0.0.1 does not speak WebSocket: ")
    assert frames == []


async def test_a_server_that_never_answers_the_handshake_is_given_up() -> None:
    """And its socket is closed."""
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            gone.set()

    async with peer_at(silent) as port, linked(open_limit=0.05) as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        why = await heard.until_closed()
        await gone.wait()
    assert why == Closed(f"127.0.0.1:{port} did not answer in time")


async def test_closing_while_the_server_thinks_about_the_handshake_closes_the_socket() -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        try:
            await reader.read()
        finally:
            gone.set()

    async with peer_at(silent) as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await asked.wait()
        link.close("market", "switched off")
        await gone.wait()
    assert heard.reports == [("closed", "market", Closed("switched off"))]


async def test_closing_at_the_moment_of_opening_leaves_no_task() -> None:
    """The session closes from within `opened`, before the handshake's own task goes on."""
    async with peer_at(_after_handshake(b"")) as port, linked(close_limit=0.05) as (link, _):

        class ClosesAtOnce(Listening):
            def opened(self, stream: str) -> None:
                super().opened(stream)
                link.close(stream, "changed our mind")

        heard = ClosesAtOnce()
        link.report_to(heard)
        before = asyncio.all_tasks()
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until_closed()
        await link.aclose()
        assert not {task for task in asyncio.all_tasks() - before if "keepalive" in repr(task)}
    assert heard.reports == [("opened", "market"), ("closed", "market", Closed("changed our mind"))]


async def test_a_server_that_hangs_in_the_tls_handshake_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with peer_at(silent) as port, linked(Tls(ca_file=AUTHORITY), open_limit=0.2) as (link, heard):
        link.execute(Open("market", f"wss://127.0.0.1:{port}/ws"))
        why = await heard.until_closed()
    assert why == Closed(f"127.0.0.1:{port} did not answer in time")


async def test_plain_text_where_tls_is_expected_is_told_as_a_tls_failure() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()

    async with peer_at(plain) as port, linked(Tls(ca_file=AUTHORITY)) as (link, heard):
        link.execute(Open("market", f"wss://127.0.0.1:{port}/ws"))
        why = await heard.until_closed()
    assert why == Closed(f"TLS with 127.0.0.1:{port} failed: wrong version number")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
async def test_frames_are_the_same_however_the_bytes_are_sliced(size: int) -> None:
    """Fragments, pings between them, binary, empty and long messages, cut into pieces of any size."""
    messages = [
        (text(b"one"), b"one"),
        (text(b"x" * 200), b"x" * 200),
        (text(b"y" * 70_000), b"y" * 70_000),
        (text(b""), b""),
        (text(b"\x00\xff", opcode=Opcode.BINARY), b"\x00\xff"),
        (
            text(b"frag", fin=False)
            + text(b"ping", opcode=Opcode.PING)
            + text(b"", fin=False, opcode=Opcode.CONT)
            + text(b"ment", opcode=Opcode.CONT),
            b"fragment",
        ),
        (text(b"late pong", opcode=Opcode.PONG) + text(b"last"), b"last"),
    ]
    raw = b"".join(sent for sent, _ in messages) + Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=False)
    if size < 100:
        raw = raw.replace(text(b"y" * 70_000), text(b"y" * 300))
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]

    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0)
        await reader.read()

    why, frames = await _closed_by(dripping)
    assert why == Closed("127.0.0.1 closed the connection: 1000 (OK)")
    assert [frame[:300] for frame in frames] == [expected[:300] for _, expected in messages]


async def test_pings_are_answered() -> None:
    pong = asyncio.get_running_loop().create_future()

    async def pinging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer, then=text(b"are you there", opcode=Opcode.PING))
        head = await reader.readexactly(2)
        pong.set_result((head[0], head[1] & 0x7F))
        await reader.read()

    async with peer_at(pinging) as port, linked(close_limit=0.05) as (link, _):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        assert await pong == (0x80 | Opcode.PONG, len(b"are you there"))


@pytest.mark.parametrize("secure", [False, True])
async def test_a_peer_that_stops_reading_fills_the_outbox_and_ends_the_link(secure: bool) -> None:
    """Half open: the socket stands, nobody reads. What could not be written is dropped, and each send answered."""

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.Event().wait()

    frame = b"x" * 100_000
    tls = server_context("test-only-loopback.pem") if secure else None
    scheme = "wss" if secure else "ws"
    async with peer_at(deaf, tls) as port, linked(Tls(ca_file=AUTHORITY), close_limit=0.05) as (link, heard):
        link.execute(Open("market", f"{scheme}://127.0.0.1:{port}/ws"))
        await heard.until("opened")
        number = 0
        while not heard.of("closed"):
            number += 1
            link.execute(Send("market", SendId(number), frame, True))
            await asyncio.sleep(0)
        why = await heard.until_closed()
    assert why == Closed(f"127.0.0.1:{port} does not read what we send: {OUTBOX_FRAMES} messages waited")
    written = number - OUTBOX_FRAMES - 1
    assert written >= 1
    assert heard.of("left") == [
        (send, Written() if send <= written else Dropped(why.reason)) for send in range(1, number + 1)
    ]


async def test_waiting_frames_go_out_in_order_when_the_peer_reads_again() -> None:
    reads = asyncio.Event()
    received = asyncio.get_running_loop().create_future()
    frames = 300
    size = 50_000

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await reads.wait()
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        numbers = []
        for _ in range(frames):
            head = await reader.readexactly(8)  # 2 bytes, 2 of length, 4 of mask
            payload = await reader.readexactly(int.from_bytes(head[2:4], "big"))
            numbers.append(bytes(byte ^ mask for byte, mask in zip(payload[:4], head[4:8], strict=True)))
        received.set_result([int(number) for number in numbers])
        await reader.read()

    async with peer_at(slow) as port, linked(close_limit=0.05) as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("opened")
        for number in range(frames):
            link.execute(Send("market", SendId(number), b"%04d" % number + b"." * size, True))
        assert len(heard.of("left")) < frames  # some wait: the test would prove nothing otherwise
        reads.set()
        assert await received == list(range(frames))
        assert heard.of("left") == [(number, Written()) for number in range(frames)]


async def test_a_peer_that_ignores_our_goodbye_is_cut_off() -> None:
    ended = asyncio.Event()

    async def stubborn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        try:
            while await reader.read(100):
                writer.write(text(b"still talking"))
        finally:
            ended.set()

    async with peer_at(stubborn) as port, linked(close_limit=0.05) as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("opened")
        await link.aclose()
        await ended.wait()
    assert heard.reports == [("opened", "market"), ("closed", "market", Closed("closed"))]


async def test_a_flood_after_our_close_is_not_reported() -> None:
    async def flooding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        while True:
            writer.write(text(b"flood") * 100)
            await writer.drain()

    async with peer_at(flooding) as port, linked(close_limit=0.05) as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("frame")
        link.close("market", "enough")
        await link.aclose()
    assert heard.reports[-1] == ("closed", "market", Closed("enough"))
