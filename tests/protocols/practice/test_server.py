"""The venue on a real loopback port, met with a websockets client and an HTTP client."""

import asyncio
import contextlib
import itertools
import json
import random
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from protocols.market.times import SECOND, Instant, UtcNs, utc_from_text
from protocols.practice.offered import AREAS
from protocols.practice.relay import Relay
from protocols.practice.server import Address, from_here, serve
from protocols.practice.settings import PracticeSettings

GUID = "6395d740-6e55-11e8-b566-0800200c9a66"
START = utc_from_text("2026-11-21T11:30:00Z")
CERTIFICATES = Path(__file__).parents[2] / "support" / "certificates"


@contextlib.asynccontextmanager
async def venue(**changes: Any) -> AsyncIterator[Address]:
    """A served venue whose time is the loop's."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    def clock() -> Instant:
        return Instant(loop.time(), UtcNs(START + int((loop.time() - began) * SECOND)))

    listening: asyncio.Future[Address] = loop.create_future()
    settings = msgspec.structs.replace(PracticeSettings(tick=0.01), **changes)
    task = asyncio.create_task(serve(settings, clock, listening.set_result))
    try:
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield listening.result()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def token_of(address: Address, password: str = "practice") -> str:
    async with httpx2.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{address.http}/api/auth", json={"username": "trader", "password": password})
        answer.raise_for_status()
        return str(answer.json()["token"])


def joined(address: Address, token: str, **more: Any) -> connect:
    headers = {"Authorization": f"bearer {token}"}
    return connect(address.websocket, additional_headers=headers, max_size=None, proxy=None, **more)


def books(area: str = "DE-AMPRION", product: str = "Hour") -> str:
    return f"urn:ez-api:EZ4a26927fea:m7:public_order_books:{GUID}:{area}:{product}"


async def until(socket_: ClientConnection, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            message: dict[str, Any] = json.loads(await socket_.recv())
            if wanted(message):
                return message


@pytest.mark.parametrize("ahead", [True, False])
async def test_a_desks_own_venue_opens_its_markets_before_they_are_asked_for(ahead: bool) -> None:
    async with venue(ahead=ahead) as address, httpx2.AsyncClient(trust_env=False, base_url=address.http) as http:

        async def scopes() -> list[str]:
            return list((await http.get("/practice/health")).json()["scopes"])

        if ahead:
            async with asyncio.timeout(20):
                while "npid" not in await scopes():
                    pass
        else:
            assert [await scopes() for _ in range(5)] == 5 * [["m7"]]


async def test_a_client_logs_in_subscribes_and_follows() -> None:
    async with venue(rate=600.0) as address, joined(address, await token_of(address)) as ws:
        assert json.loads(await ws.recv())["type"] == "heartbeat"
        await ws.send(json.dumps({"type": "subscribe", "correlation": "c", "channel": books()}))
        assert json.loads(await ws.recv()) == {"type": "subscribed", "channel": books(), "correlation": "c"}
        for sequence in range(20):
            assert json.loads(await ws.recv())["sequence"] == sequence
        async with httpx2.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"{address.http}/truth", params={"channel": books(), "sequence": 19})
        assert len(answer.json()["books"]) == 24


async def test_without_a_good_token_the_handshake_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    async with venue() as address:
        for header in (None, "bearer nonsense", "basic dHJhZGVyOnByYWN0aWNl", "bearer"):
            headers = {"Authorization": header} if header else None
            with pytest.raises(InvalidStatus) as refused:
                await connect(address.websocket, additional_headers=headers, proxy=None)
            assert refused.value.response.status_code == 401
    assert caplog.records == []


async def test_the_scheme_of_the_header_is_taken_in_any_case() -> None:
    async with venue() as address:
        token = await token_of(address)
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(address.websocket, additional_headers=headers, proxy=None) as ws:
            assert json.loads(await ws.recv())["type"] == "heartbeat"


async def test_http_refusals_have_their_status() -> None:
    async with venue() as address, httpx2.AsyncClient(trust_env=False, base_url=address.http) as http:
        assert (await http.post("/api/auth", json={"username": "trader", "password": "no"})).status_code == 401
        assert (await http.post("/api/auth", content=b"x" * 2_000_000)).status_code == 413
        assert (await http.get("/truth", params={"channel": "urn:none"})).status_code == 404
        assert (await http.post("/practice/faults", json={"dorp": 1})).status_code == 422
        assert (await http.get("/practice/health")).json()["status"] == "ok"


async def test_two_clients_follow_the_same_market() -> None:
    async with venue(rate=600.0) as address:
        token = await token_of(address)
        async with joined(address, token) as one, joined(address, token) as two:
            seen: list[Any] = []
            for ws in (one, two):
                await ws.send(json.dumps({"type": "subscribe", "channel": books()}))
                await until(ws, lambda message: message.get("sequence") == 0)
            for ws in (one, two):
                found = [await until(ws, lambda message: message["type"] == "event") for _ in range(30)]
                seen.append([message["data"] for message in found])
            assert set(seen[0]) & set(seen[1])


async def test_a_port_that_is_taken_is_an_error() -> None:
    async with venue() as address:
        with pytest.raises(OSError, match="in use"):
            async with venue(port=address.port):
                pass


async def test_stopping_says_goodbye_and_frees_the_port() -> None:
    async with venue() as address:
        ws = await joined(address, await token_of(address))
    with pytest.raises(ConnectionClosed) as closed:
        await until(ws, lambda message: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    async with venue(port=address.port):
        pass


async def test_a_client_over_its_bound_loses_its_channels_but_not_its_answers() -> None:
    async with venue(queue_bytes=100_000) as address, joined(address, await token_of(address)) as ws:
        await ws.send(json.dumps({"type": "subscribe", "correlation": "c", "channel": books(product="QuarterHour")}))
        kinds = [json.loads(await ws.recv())["type"] for _ in range(3)]
        assert kinds == ["heartbeat", "subscribed", "unsubscribed"]


async def test_a_client_that_takes_nothing_is_given_up() -> None:
    async with venue(slow_after=0.3) as address:
        token = await token_of(address)
        async with _deaf(address, token) as (reader, writer):
            # Far more than the kernel takes off the venue's hands, on either side.
            for area, product in itertools.product(AREAS["m7"], ("QuarterHour", "Hour")):
                writer.write(_masked({"type": "subscribe", "channel": books(area, product)}))
            async with httpx2.AsyncClient(trust_env=False, base_url=address.http) as http, asyncio.timeout(10):
                while (await http.get("/practice/health")).json()["clients"]:
                    pass
                received = b""
                while not received.endswith(b"\x03\xf0too slow"):  # a close frame with code 1008
                    received += await reader.read(65536)


@contextlib.asynccontextmanager
async def _deaf(address: Address, token: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A WebSocket whose client has a small window and doesn't read after the handshake."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, (address.host, address.port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=2048)
    writer.write(
        f"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: bearer {token}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _masked(message: dict[str, Any]) -> bytes:
    """A client's text frame with a mask of zeros."""
    payload = json.dumps(message).encode()
    assert 125 < len(payload) < 65536 or len(payload) < 126
    if len(payload) < 126:
        return bytes([0x81, 0x80 | len(payload)]) + bytes(4) + payload
    return bytes([0x81, 0x80 | 126]) + len(payload).to_bytes(2, "big") + bytes(4) + payload


def test_addresses_are_written_as_urls() -> None:
    assert Address("127.0.0.1", 80, tls=True).websocket == "wss://127.0.0.1:80/ws"
    assert Address("::1", 80).http == "http://[::1]:80"


async def test_with_a_certificate_it_speaks_tls() -> None:
    certificate = str(CERTIFICATES / "test-only-loopback.pem")
    trusting = ssl.create_default_context(cafile=CERTIFICATES / "test-only-authority.pem")
    async with venue(tls_certificate=certificate, tls_key=certificate) as address:
        assert address.http.startswith("https://")
        async with httpx2.AsyncClient(trust_env=False, verify=trusting, base_url=address.http) as http:
            answer = await http.post("/api/auth", json={"username": "trader", "password": "practice"})
        async with joined(address, answer.json()["token"], ssl=trusting) as ws:
            assert json.loads(await ws.recv())["type"] == "heartbeat"


async def test_orders_go_over_a_real_connection() -> None:
    channel = f"urn:ez-api:EZ4a26927fea:m7:private_orders:{GUID}:DE-AMPRION"
    order = {
        "clientIdentifier": GUID,
        "state": "Hibernated",
        "contractArea": {
            "deliveryArea": "DE-AMPRION",
            "deliveryStart": "2026-11-21T18:00:00Z",
            "deliveryEnd": "2026-11-21T19:00:00Z",
        },
        "direction": "Sell",
        "quantity": 2.5,
        "price": 61.4,
    }
    async with venue(colleagues=False) as address:
        token = await token_of(address)
        async with joined(address, token) as ws, httpx2.AsyncClient(trust_env=False, base_url=address.http) as http:
            await ws.send(json.dumps({"type": "subscribe", "channel": channel}))
            await until(ws, lambda message: message.get("sequence") == 0)
            data = json.dumps({"type": "Creation", "orders": [order]})
            await ws.send(json.dumps({"type": "request", "correlation": "k", "channel": channel, "data": data}))
            pending = await until(ws, lambda message: message["type"] == "event")
            begun = await until(ws, lambda message: message["type"] == "event")
            assert [pending["correlation"], pending["sequence"], begun["sequence"]] == ["k", 1, 2]
            path = channel.removeprefix("urn:ez-api:").replace(":", "/")
            assert (await http.get(f"/api/{path}")).status_code == 401
            answer = await http.get(f"/api/{path}", headers={"Authorization": f"bearer {token}"})
            assert answer.json() == [json.loads(begun["data"])]
            received = (await http.get("/practice/orders")).json()["orders"][GUID]
            assert received["creations"] == 1


@pytest.mark.parametrize(("host", "local"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), (None, False)])
def test_only_this_machine_steers_the_venue(host: str | None, local: bool) -> None:
    assert from_here(host) is local


async def test_through_a_relay_a_frame_is_cut_and_the_venue_forgets_the_client() -> None:
    async with venue() as address, Relay(address.port, rng=random.Random(1)) as relay:
        token = await token_of(address)
        relayed = Address(address.host, relay.port)
        async with httpx2.AsyncClient(trust_env=False, base_url=address.http) as http:
            async with joined(relayed, token) as ws:
                assert json.loads(await ws.recv())["type"] == "heartbeat"
                relay.reset(after=50_000)
                await ws.send(json.dumps({"type": "subscribe", "channel": books()}))
                with pytest.raises(ConnectionClosed) as closed:
                    await until(ws, lambda message: message["type"] == "event")
                assert closed.value.rcvd is None
            async with asyncio.timeout(5):
                while (await http.get("/practice/health")).json()["clients"]:
                    pass


async def test_a_certificate_that_is_not_there_is_an_error() -> None:
    with pytest.raises((OSError, ssl.SSLError)):
        async with venue(tls_certificate="/nonexistent/cert.pem", tls_key="/nonexistent/key.pem"):
            pass
