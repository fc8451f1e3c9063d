"""The session over real sockets: the practice venue as it is served, a book that is too large, and redirects."""

import asyncio
from typing import Any

import httpx2

from app.flex_connections import FlexConnectionSettings
from protocols.practice.glocalflex.settings import FlexSettings
from protocols.session import Tls
from tests.protocols.practice.test_server import venue
from tests.support.headless import headless
from tests.support.wire import peer_at

QUIET = FlexSettings(orders=50, windows=5, rate=5.0)


def connection(host: str) -> FlexConnectionSettings:
    values: dict[str, Any] = {"scope": "flexibility", "contract": "", "client_guid": "", "areas": (), "products": ()}
    return FlexConnectionSettings(
        name="Flex", venue="glocalflex", host=host, tls=Tls(enabled=False), user="trader", **values
    )


async def test_everything_is_live_and_a_book_over_the_limit_is_an_error_and_no_loop() -> None:
    async with venue(flex=QUIET) as address, headless() as desk:
        await desk.connect(connection(f"127.0.0.1:{address.port}"))
        await desk.until(desk.all_live)
        market = desk.desk.market
        await desk.until(lambda: len(market.flex.tape) > 0)
        assert len(market.flex.books["Flex"]) > 10
        async with httpx2.AsyncClient(trust_env=False, base_url=address.http) as http:
            await http.post("/practice/flex/faults", json={"oversized_book": True})
        await desk.until(lambda: not market.flex_standing("Flex").live)
        assert "more than 16 MiB" in market.flex_standing("Flex").reason
        opened = desk.report("Flex").reconnects
        for _ in range(30):  # three seconds: the shortest wait for a socket is half a second
            await desk.tick()
        assert desk.report("Flex").reconnects == opened
        assert "more than 16 MiB" in market.connections["Flex"].reason
        assert desk.channel("Flex", "trade").status.value == "live"


async def test_a_redirect_is_not_followed() -> None:
    visited: list[bytes] = []

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visited.append(await reader.read(100))

    async with peer_at(elsewhere) as other:

        async def redirecting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            request = await reader.readuntil(b"\r\n\r\n")
            if b"GET" in request or b"oauth" not in request:
                head = f"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:{other}/x\r\n"
                writer.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
                return
            body = b'{"access_token": "t", "refresh_token": "r", "expires_in": 3600}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))

        async with peer_at(redirecting) as port, headless() as desk:
            await desk.connect(connection(f"127.0.0.1:{port}"))
            await desk.until(lambda: "HTTP 307" in desk.report("Flex").reason)
    assert visited == []
