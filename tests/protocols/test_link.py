"""The link against real servers on loopback: what it reports, in what order, and what it refuses."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode
from websockets.http11 import Request, Response

from protocols.link import Link
from protocols.secret import Secret
from protocols.session import Close, Closed, Dropped, Open, Send, SendId, Tls, Written
from tests.support.loops import both_loops
from tests.support.wire import AUTHORITY, PLAIN, Listening, accept, linked, peer_at, server_context, text

TOKEN = "tok3n-that-nobody-may-read"


async def _echo(connection: ServerConnection) -> None:
    """Echoes until it is told `bye`."""
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            if message == "bye":
                await connection.close(1001, "maintenance")
            else:
                await connection.send(message)


@contextlib.asynccontextmanager
async def echo_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async with serve(_echo, "127.0.0.1", 0, ssl=tls) as server:
        yield next(iter(server.sockets)).getsockname()[1]


def _send(number: int, frame: bytes, *, report: bool = True) -> Send:
    return Send("market", SendId(number), frame, report)


@both_loops
async def test_frames_go_out_and_come_back_and_the_peers_goodbye_is_told() -> None:
    async with echo_server() as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("opened")
        link.execute(_send(1, b'{"hello": "world"}'))
        link.execute(_send(2, b"not reported", report=False))
        await heard.until("frame", 2)
        link.execute(_send(3, b"bye"))
        why = await heard.until_closed()
    assert heard.frames_received() == [b'{"hello": "world"}', b"not reported"]
    assert heard.of("left") == [(1, Written()), (3, Written())]
    assert why == Closed(f"127.0.0.1:{port} closed the connection: 1001 (going away) maintenance")


@both_loops
async def test_tls_with_a_private_authority_is_trusted() -> None:
    tls = server_context("test-only-loopback.pem")
    async with echo_server(tls) as port, linked(Tls(ca_file=AUTHORITY)) as (link, heard):
        link.execute(Open("market", f"wss://localhost:{port}/ws", Secret(TOKEN)))
        await heard.until("opened")
        link.execute(_send(1, b"over TLS"))
        link.execute(_send(2, b"x" * 200_000))
        await heard.until("frame", 2)
        link.execute(_send(3, b"bye"))
        await heard.until_closed()
    assert [outcome for _, outcome in heard.of("left")] == [Written()] * 3


@pytest.mark.parametrize(
    ("certificate", "tls", "words"),
    [
        ("test-only-loopback.pem", Tls(), "is not trusted: unable to get local issuer certificate"),
        ("test-only-elsewhere.pem", Tls(ca_file=AUTHORITY), "is not trusted: IP address mismatch"),
    ],
)
async def test_a_certificate_that_is_unknown_or_of_another_host_is_refused(
    certificate: str, tls: Tls, words: str
) -> None:
    async with echo_server(server_context(certificate)) as port, linked(tls) as (link, heard):
        link.execute(Open("market", f"wss://127.0.0.1:{port}/ws"))
        why = await heard.until_closed()
    assert why.reason.startswith(f"the certificate of 127.0.0.1:{port} ")
    assert words in why.reason
    assert not heard.of("opened")


async def test_an_authority_that_cannot_be_read_is_told_by_its_file() -> None:
    async with linked(Tls(ca_file="/nowhere/ca.pem")) as (link, heard):
        link.execute(Open("market", "wss://127.0.0.1:9/ws"))
        why = await heard.until_closed()
    assert why == Closed("the certificates in /nowhere/ca.pem can't be read: No such file or directory")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ws://m7.example.com/ws", "m7.example.com is not this machine: ws:// is not encrypted, use wss://"),
        ("ws://128.0.0.1/ws", "128.0.0.1 is not this machine: ws:// is not encrypted, use wss://"),
        ("ws://localhost.example.com/ws", "localhost.example.com is not this machine: ws:// is not encrypted"),
        ("https://localhost/ws", "the address must begin with wss://"),
        ("wss://trader:hunter2@localhost/ws", "the address of localhost carries a user name or password"),
        ("wss:///ws", "names no host"),
        ("wss://localhost:70000/ws", "the address can't be read"),
        ("wss://local host/ws", "characters that no address has"),
    ],
)
async def test_an_address_that_is_not_encrypted_or_not_an_address_is_refused(url: str, words: str) -> None:
    async with linked() as (link, heard):
        link.execute(Open("market", url))
        why = await heard.until_closed()
    assert words in why.reason
    assert "hunter2" not in why.reason


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST"])
async def test_this_machine_may_be_reached_without_tls(host: str) -> None:
    async with echo_server() as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://{host}:{port}/ws"))
        await heard.until("opened")


async def test_the_token_goes_into_the_authorization_header_and_nowhere_else() -> None:
    requests: list[Request] = []

    def look(connection: ServerConnection, request: Request) -> Response:
        requests.append(request)
        return connection.respond(401, f"not you, {TOKEN}")

    async with serve(_echo, "127.0.0.1", 0, process_request=look) as server, linked() as (link, heard):
        port = next(iter(server.sockets)).getsockname()[1]
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws", Secret(TOKEN)))
        why = await heard.until_closed()
    assert requests[0].headers["Authorization"] == f"bearer {TOKEN}"
    assert why == Closed(f"127.0.0.1:{port} refused the connection: HTTP 401", http_status=401)


async def test_a_token_that_would_break_out_of_its_header_is_not_sent() -> None:
    async with linked() as (link, heard):
        link.execute(Open("market", "ws://127.0.0.1:9/ws", Secret("abc\r\nX-Evil: 1")))
        why = await heard.until_closed()
    assert why == Closed("the token holds characters that a header can't carry")


@pytest.mark.parametrize("status", [302, 403, 500, 503])
async def test_a_refused_handshake_tells_its_status_and_redirects_are_not_followed(status: int) -> None:
    connections = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d No\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 4\r\n\r\nsome" % status)

    async with peer_at(refuse) as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws", Secret(TOKEN)))
        why = await heard.until_closed()
    assert why == Closed(f"127.0.0.1:{port} refused the connection: HTTP {status}", http_status=status)
    assert connections == 1


async def test_where_nothing_listens_the_words_say_so() -> None:
    async with echo_server() as port:
        pass
    async with linked() as (link, heard):
        link.execute(Open("market", f"ws://localhost:{port}/ws"))
        why = await heard.until_closed()
    assert why == Closed(f"localhost:{port} refused the connection: nothing listens there")


async def test_a_name_that_cannot_be_resolved_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    async def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    async with linked() as (link, heard):
        link.execute(Open("market", "wss://m7.invalid/ws"))
        why = await heard.until_closed()
    assert why == Closed("the name m7.invalid can't be resolved")


async def test_close_while_opening_is_reported_once_and_at_once() -> None:
    async with echo_server() as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        link.execute(Close("market", "switched off"))
        assert heard.reports == [("closed", "market", Closed("switched off"))]
        await link.aclose()
    assert len(heard.reports) == 1


async def test_open_twice_replaces_the_first_and_each_gets_its_own_closed() -> None:
    async with echo_server() as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/one"))
        link.execute(Open("market", f"ws://127.0.0.1:{port}/two"))
        await heard.until("opened")
        link.execute(Open("market", f"ws://127.0.0.1:{port}/three"))
        await heard.until("opened", 2)
        link.execute(Close("market"))
    replaced = ("closed", "market", Closed("replaced by a new connection"))
    opened = ("opened", "market")
    assert heard.reports == [replaced, opened, replaced, opened, ("closed", "market", Closed("closed"))]


async def test_close_of_what_is_not_open_is_harmless_and_sends_to_it_are_dropped() -> None:
    async with linked() as (link, heard):
        link.execute(Close("market", "again"))
        link.execute(_send(1, b"too early"))
        link.execute(_send(2, b"unreported", report=False))
    assert heard.reports == [("left", 1, Dropped("not connected"))]


async def test_a_send_before_the_stream_is_open_is_dropped() -> None:
    async with echo_server() as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        link.execute(_send(1, b"too early"))
        await heard.until("opened")
    assert heard.of("left") == [(1, Dropped("not connected"))]


async def test_two_streams_of_one_session_live_side_by_side() -> None:
    async with echo_server() as port, linked() as (link, heard):
        for stream in ("market", "orders"):
            link.execute(Open(stream, f"ws://127.0.0.1:{port}/{stream}"))
        await heard.until("opened", 2)
        link.execute(Close("market"))
        link.execute(Send("orders", SendId(1), b"still here"))
        await heard.until("frame")
    assert heard.of("frame") == [("orders", b"still here")]


async def test_frames_that_arrive_with_the_handshake_come_after_opened_and_in_one_batch() -> None:
    async def eager(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer, then=b"".join(text(b"%d" % number) for number in range(100)))
        await reader.read()

    async with peer_at(eager) as port, linked(close_limit=0.05) as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("frame", 100)
    assert heard.reports[0] == ("opened", "market")
    assert heard.frames_received() == [b"%d" % number for number in range(100)]
    assert heard.batches == [100]


async def test_no_frame_is_reported_after_closed() -> None:
    """Even when one batch holds more than the frame that made the session close."""
    async with echo_server() as port, linked() as (link, heard):

        class ClosesAtOnce(Listening):
            def frames(self, stream: str, batch: list[bytes]) -> None:
                super().frames(stream, batch)
                link.execute(Close("market", "had enough"))

        heard = ClosesAtOnce()
        link.report_to(heard)
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("opened")
        for number in range(50):
            link.execute(_send(number, b"again", report=False))
        await heard.until_closed()
        await link.aclose()
    assert heard.reports[-1] == ("closed", "market", Closed("had enough"))


async def test_an_answer_to_a_ping_is_told_and_is_no_message() -> None:
    async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer, text(b"", opcode=Opcode.PONG) + text(b"news"))
        await reader.read()

    async with peer_at(quiet) as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("frame")
    assert heard.reports[:3] == [("opened", "market"), ("ponged", "market"), ("frame", "market", b"news")]


async def test_the_latency_is_that_of_the_last_ping_while_the_stream_is_open(monkeypatch) -> None:
    monkeypatch.setattr("protocols.link.PING_SECONDS", 0.02)
    async with echo_server() as port, linked() as (link, heard):
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("opened")
        assert link.latency is None, "nothing was measured"
        await heard.until("ponged")
        assert link.latency is not None and link.latency > 0
        link.execute(Close("market"))
        assert link.latency is None


async def test_a_link_that_was_closed_leaves_no_task_and_every_open_was_answered() -> None:
    async with echo_server() as port:
        before = asyncio.all_tasks()
        link, heard = Link(PLAIN), Listening()
        link.report_to(heard)
        for number in range(5):
            link.execute(Open(f"open {number}", f"ws://127.0.0.1:{port}/ws"))
        await heard.until("opened", 5)
        for number in range(5):
            link.execute(Open(f"opening {number}", f"ws://127.0.0.1:{port}/ws"))
        await link.aclose()
        ours = {task for task in asyncio.all_tasks() - before if "server.py" not in repr(task)}
        assert not ours
    assert len(heard.of("closed")) == 10


@both_loops
async def test_the_token_is_in_no_log_record_whatever_the_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with echo_server() as port, linked() as (link, heard):
        for name in list(logging.Logger.manager.loggerDict):
            caplog.set_level(logging.DEBUG, name)
        link.execute(Open("market", f"ws://127.0.0.1:{port}/ws", Secret(TOKEN)))
        await heard.until("opened")
        link.execute(_send(1, f"an order with {TOKEN}".encode()))
        await heard.until("frame")
        link.execute(_send(2, b"bye"))
        await heard.until_closed()
    ours = [record for record in caplog.records if not record.name.startswith("websockets.server")]
    assert not [record for record in ours if TOKEN in record.getMessage() or TOKEN in str(record.__dict__)]
