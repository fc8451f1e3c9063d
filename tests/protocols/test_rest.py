"""HTTP calls against peers on loopback, byte for byte: what is sent, what is answered, what is refused."""

import asyncio
import contextlib
import json
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.certificates import server_certificate
from app.clock import SystemClock
from protocols.market.times import HOUR, Instant, UtcNs
from protocols.rest import AT_ONCE, BODY_LIMIT, WAITING, Rest
from protocols.secret import Secret
from protocols.session import BodyKind, Call, CallFailed, CallId, Reply, Tls
from tests.support.loops import both_loops
from tests.support.wire import AUTHORITY, PLAIN, Peer, peer_at, server_context

TOKEN = "tok3n-that-nobody-may-read"
PASSWORD = "passw0rd-that-nobody-may-read"


class Answers:
    """Hears the answers, and can be waited on."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, Reply | CallFailed]] = []
        self._news = asyncio.Event()

    def __call__(self, call_id: CallId, answer: Reply | CallFailed) -> None:
        self.heard.append((call_id, answer))
        self._news.set()

    async def until(self, count: int) -> list[tuple[int, Reply | CallFailed]]:
        while len(self.heard) < count:
            self._news.clear()
            await self._news.wait()
        return self.heard

    async def only(self) -> Reply | CallFailed:
        ((_, answer),) = await self.until(1)
        return answer


@contextlib.asynccontextmanager
async def rest_client(
    tls: Tls = PLAIN, *, call_limit: float = 10.0, wait_limit: float = 10.0
) -> AsyncIterator[tuple[Rest, Answers]]:
    rest, answers = Rest(tls, call_limit=call_limit, wait_limit=wait_limit), Answers()
    rest.report_to(answers)
    try:
        yield rest, answers
    finally:
        await rest.aclose()


def _answering(answer: bytes, requests: list[bytes] | None = None) -> Peer:
    """A server that reads a request with its body, answers, and hangs up."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        for line in request.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                request += await reader.readexactly(int(line.split(b":")[1]))
        if requests is not None:
            requests.append(request)
        writer.write(answer)

    return peer


def _json(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n".encode() + body


@both_loops
async def test_a_call_carries_body_and_bearer_and_brings_back_the_answer() -> None:
    requests: list[bytes] = []
    async with peer_at(_answering(_json(b'{"token": "x"}'), requests)) as port, rest_client() as (rest, answers):
        url = f"http://127.0.0.1:{port}/api/auth?page=1"
        rest.execute(Call(CallId(7), "POST", url, Secret('{"username": "trader"}'), Secret(TOKEN)))
        assert await answers.until(1) == [(7, Reply(200, b'{"token": "x"}'))]
    head, body = requests[0].split(b"\r\n\r\n")
    lines = [line.lower() for line in head.decode().split("\r\n")]
    assert lines[0] == "post /api/auth?page=1 http/1.1"
    assert f"authorization: bearer {TOKEN}" in lines
    assert "content-type: application/json" in lines
    assert json.loads(body) == {"username": "trader"}


async def test_a_form_says_that_it_is_one_and_the_scheme_is_spelt_as_the_venue_does() -> None:
    requests: list[bytes] = []
    async with peer_at(_answering(_json(b"{}"), requests)) as port, rest_client() as (rest, answers):
        url = f"http://127.0.0.1:{port}/auth/oauth/v2/token"
        body = Secret("grant_type=password&username=a%40b")
        rest.execute(Call(CallId(1), "POST", url, body, Secret(TOKEN), BodyKind.FORM, "Bearer"))
        await answers.only()
    head, sent = requests[0].split(b"\r\n\r\n")
    assert b"content-type: application/x-www-form-urlencoded" in head.lower()
    assert f"Bearer {TOKEN}".encode() in head
    assert sent == b"grant_type=password&username=a%40b"


async def test_over_tls_with_a_private_authority() -> None:
    tls = server_context("test-only-loopback.pem")
    async with peer_at(_answering(_json(b"[]")), tls) as port, rest_client(Tls(ca_file=AUTHORITY)) as (rest, answers):
        rest.execute(Call(CallId(1), "GET", f"https://localhost:{port}/api"))
        assert await answers.only() == Reply(200, b"[]")


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
    requests: list[bytes] = []
    peer = _answering(_json(b"[]"), requests)
    async with peer_at(peer, server_context(certificate)) as port, rest_client(tls) as (rest, answers):
        rest.execute(Call(CallId(1), "GET", f"https://127.0.0.1:{port}/api", bearer=Secret(TOKEN)))
        answer = await answers.only()
    assert isinstance(answer, CallFailed)
    assert answer.reason.startswith(f"the certificate of 127.0.0.1:{port} ")
    assert words in answer.reason
    assert not requests


async def test_a_certificate_that_has_ended_is_refused_whoever_signed_it(tmp_path: Path) -> None:
    half_a_year_ago = Instant(0.0, UtcNs(SystemClock()().utc - 4_400 * HOUR))
    files = server_certificate(tmp_path, half_a_year_ago)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    requests: list[bytes] = []
    trusting = Tls(ca_file=str(files.authority))
    peer = _answering(_json(b"[]"), requests)
    async with peer_at(peer, context) as port, rest_client(trusting) as (rest, answers):
        rest.execute(Call(CallId(1), "POST", f"https://127.0.0.1:{port}/api", Secret(PASSWORD), Secret(TOKEN)))
        answer = await answers.only()
    reason = f"the certificate of 127.0.0.1:{port} is not trusted: certificate has expired"
    assert answer == CallFailed(reason, unsent=True)
    assert not requests


async def test_an_authority_that_cannot_be_read_is_told_by_its_file(tmp_path: Path) -> None:
    async with rest_client(Tls(ca_file=str(tmp_path / "none.pem"))) as (rest, answers):
        rest.execute(Call(CallId(1), "POST", "https://127.0.0.1:1/api", Secret(PASSWORD)))
        answer = await answers.only()
    words = f"the certificates in {tmp_path / 'none.pem'} can't be read: No such file or directory"
    assert answer == CallFailed(words, unsent=True)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://m7.example.com/api", "m7.example.com is not this machine: http:// is not encrypted"),
        ("ftp://localhost/api", "the address must begin with https://"),
        ("https://trader:hunter2@localhost/api", "the address of localhost carries a user name or password"),
    ],
)
async def test_an_address_that_is_not_encrypted_or_not_an_address_is_refused(url: str, words: str) -> None:
    async with rest_client() as (rest, answers):
        rest.execute(Call(CallId(1), "GET", url))
        answer = await answers.only()
    assert isinstance(answer, CallFailed)
    assert words in answer.reason
    assert "hunter2" not in answer.reason


@pytest.mark.parametrize("status", ["302 Found", "401 Unauthorized", "500 Oops"])
async def test_any_status_is_an_answer_and_redirects_are_not_followed(status: str) -> None:
    requests: list[bytes] = []
    answer = _json(b"no", status=status, headers="Location: http://127.0.0.1:1/\r\n")
    async with peer_at(_answering(answer, requests)) as port, rest_client() as (rest, answers):
        rest.execute(Call(CallId(1), "GET", f"http://127.0.0.1:{port}/api"))
        assert await answers.only() == Reply(int(status[:3]), b"no")
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 400, None),
        ("², ", None),
    ],
)
async def test_retry_after_is_read_in_seconds_and_anything_else_is_none(header: str, seconds: float | None) -> None:
    answer = _json(b"", status="429 Slow", headers=f"Retry-After: {header}\r\n")
    async with peer_at(_answering(answer)) as port, rest_client() as (rest, answers):
        rest.execute(Call(CallId(1), "GET", f"http://127.0.0.1:{port}/api"))
        assert await answers.only() == Reply(429, b"", seconds)


async def test_where_nothing_listens_the_words_say_so() -> None:
    async with peer_at(_answering(b"")) as port:
        pass
    async with rest_client() as (rest, answers):
        rest.execute(Call(CallId(1), "GET", f"http://localhost:{port}/api"))
        answer = await answers.only()
    assert answer == CallFailed(f"localhost:{port} refused the connection: nothing listens there", unsent=True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "broke the HTTP protocol: Server disconnected without sending a response."),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "broke the HTTP protocol: illegal status line"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "broke the HTTP protocol: peer closed connection"),
        (_json(b"x", headers="Content-Encoding: gzip\r\n"), "or packed the answer"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (BODY_LIMIT + 1), "answered with more than 16 MiB"),
    ],
    ids=["nothing", "not HTTP", "half a body", "packed", "too large"],
)
async def test_an_answer_that_is_broken_or_too_large_fails_the_call(answer: bytes, words: str) -> None:
    async with peer_at(_answering(answer)) as port, rest_client() as (rest, answers):
        rest.execute(Call(CallId(1), "GET", f"http://127.0.0.1:{port}/api"))
        failed = await answers.only()
    assert isinstance(failed, CallFailed)
    assert failed.reason.startswith(f"127.0.0.1:{port} ")
    assert words in failed.reason


@both_loops
async def test_a_server_that_drips_for_ever_runs_into_the_limit_of_the_whole_call() -> None:
    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.005)

    async with peer_at(dripping) as port, rest_client(call_limit=0.3) as (rest, answers):
        rest.execute(Call(CallId(1), "GET", f"http://127.0.0.1:{port}/api"))
        assert await answers.only() == CallFailed(f"127.0.0.1:{port} did not answer within 0.3 s")


async def test_few_calls_run_at_once_and_too_many_waiting_fail_at_once() -> None:
    running = 0
    most = 0
    enough = asyncio.Event()
    go = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        await reader.readuntil(b"\r\n\r\n")
        running += 1
        most = max(most, running)
        if running == AT_ONCE:
            enough.set()
        await go.wait()
        running -= 1
        writer.write(_json(b"done"))

    async with peer_at(slow) as port, rest_client() as (rest, answers):
        for number in range(AT_ONCE + WAITING + 1):
            rest.execute(Call(CallId(number), "GET", f"http://127.0.0.1:{port}/api"))
        refused = CallFailed(f"{WAITING} calls to 127.0.0.1:{port} are waiting already", unsent=True)
        assert answers.heard == [(AT_ONCE + WAITING, refused)]
        await enough.wait()
        go.set()
        await answers.until(AT_ONCE + WAITING + 1)
    assert most == AT_ONCE
    assert sorted(number for number, _ in answers.heard) == list(range(AT_ONCE + WAITING + 1))


async def test_a_call_whose_turn_does_not_come_is_never_made() -> None:
    asked: list[bytes] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        await reader.read()

    async with peer_at(silent) as port, rest_client(call_limit=1.0, wait_limit=0.2) as (rest, answers):
        for number in range(AT_ONCE + 1):
            rest.execute(Call(CallId(number), "POST", f"http://127.0.0.1:{port}/api", Secret(f"{number}")))
        ((number, answer),) = await answers.until(1)
        assert number == AT_ONCE
        assert answer == CallFailed(
            f"{AT_ONCE} calls to 127.0.0.1:{port} are waiting for their answers already", unsent=True
        )
        await answers.until(AT_ONCE + 1)  # their turns are free again, and the fifth does not take one
    assert len(asked) == AT_ONCE


async def test_closing_answers_every_call_and_leaves_no_task() -> None:
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()

    async with peer_at(silent) as port:
        before = asyncio.all_tasks()
        async with rest_client() as (rest, answers):
            for number in range(AT_ONCE * 2):
                rest.execute(Call(CallId(number), "GET", f"http://127.0.0.1:{port}/api"))
            await asked.wait()
        assert not {task for task in asyncio.all_tasks() - before if "Rest" in repr(task)}
    words = f"the call to 127.0.0.1:{port} was broken off"
    made = [number for number, answer in answers.heard if answer == CallFailed(words)]
    never = [number for number, answer in answers.heard if answer == CallFailed(words, unsent=True)]
    assert (len(made), len(never)) == (AT_ONCE, AT_ONCE), "what waited for its turn never left"
    assert len(answers.heard) == AT_ONCE * 2


async def test_a_token_that_would_break_out_of_its_header_is_not_sent() -> None:
    async with rest_client() as (rest, answers):
        rest.execute(Call(CallId(1), "GET", "http://127.0.0.1:9/", bearer=Secret("abc\r\nX-Evil: 1")))
        assert await answers.only() == CallFailed("the token holds characters that a header can't carry", unsent=True)


async def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    async with peer_at(_answering(_json(b"direct"))) as port, rest_client() as (rest, answers):
        rest.execute(Call(CallId(1), "GET", f"http://127.0.0.1:{port}/api"))
        assert await answers.only() == Reply(200, b"direct")


@both_loops
async def test_secrets_are_in_no_log_record_whatever_the_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = json.dumps({"token": TOKEN}).encode()
    answer = _json(body, headers=f"Set-Cookie: session={TOKEN}\r\n")
    async with peer_at(_answering(answer)) as port, rest_client() as (rest, answers):
        for number in range(2):  # the loggers exist after the first
            rest.execute(Call(CallId(number), "POST", f"http://127.0.0.1:{port}/", Secret(PASSWORD), Secret(TOKEN)))
            await answers.until(number + 1)
            for name in list(logging.Logger.manager.loggerDict):
                caplog.set_level(logging.DEBUG, name)
    text = "\n".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    assert TOKEN not in text
    assert PASSWORD not in text


def test_the_http_library_is_not_loaded_with_the_module() -> None:
    import subprocess
    import sys

    check = "import sys, protocols.rest; protocols.rest.Rest(protocols.session.Tls()); print('httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
