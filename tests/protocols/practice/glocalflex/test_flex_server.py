"""Flexibility at the practice venue on a real loopback port, beside power and FX, plain and over TLS."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.certificates import ServerCertificate, server_certificate
from protocols.market.times import Instant
from protocols.practice.acttrader.settings import FxSettings
from protocols.practice.glocalflex.settings import FlexSettings
from protocols.practice.server import Address
from tests.protocols.practice.glocalflex.flex_rig import BASELINE
from tests.protocols.practice.glocalflex.strangers_client import Market
from tests.protocols.practice.test_server import START, venue

QUIET = FlexSettings(orders=50, windows=5, rate=0.0, pace=20.0)


def order(side: str, **changes: Any) -> dict[str, Any]:
    """An order of the vendor's example, in the venue's time."""
    usual = {
        "side": side,
        "power": 1000.0,
        "price": 0.25,
        "delivery_start": "2026-11-22T13:15:00.000Z",
        "delivery_end": "2026-11-22T14:15:00.000Z",
        "expiry_time": "2026-11-22T12:25:00.000Z",
        "location": {"location_id": ["loc1"], "country_code": "FI"},
        "baseline": BASELINE if side == "sell" else None,
    }
    return {**usual, **changes}


@contextlib.asynccontextmanager
async def stranger(address: Address, verify: ssl.SSLContext | None = None) -> AsyncIterator[Market]:
    market = Market(f"{address.host}:{address.port}", "trader", "practice", verify)
    try:
        await market.log_in()
        yield market
    finally:
        await market.close()


class Heard:
    """What came by one socket."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self._came = asyncio.Event()

    async def collect(self, market: Market, endpoint: str) -> None:
        async for message in market.listen(endpoint):
            self.messages.append(message)
            self._came.set()

    async def until(self, **wanted: str) -> None:
        """Waits for a message with these fields; it may have come already."""
        async with asyncio.timeout(10):
            while not any(wanted.items() <= message.items() for message in self.messages):
                self._came.clear()
                await self._came.wait()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]


@contextlib.asynccontextmanager
async def listening(market: Market, *endpoints: str) -> AsyncIterator[list[Heard]]:
    heard = [Heard() for _ in endpoints]
    tasks = [asyncio.create_task(one.collect(market, endpoint)) for one, endpoint in zip(heard, endpoints, strict=True)]
    try:
        for one in heard:
            await one.until(type="control")
        yield heard
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_client_written_for_the_real_venue_is_served_unchanged(slash: str) -> None:
    async with venue(flex=QUIET) as address, stranger(address) as market:
        await market.renew()
        async with listening(market, f"trade{slash}", f"orderbook{slash}", f"ticker{slash}") as (trade, book, ticker):
            assert all(heard.messages[0]["type"] == "control" for heard in (trade, book, ticker))
            for side in ("sell", "buy"):
                assert (await market.order(order(side), slash)).status_code == 200
            await trade.until(name="settlement_completed_success")
            assert "filled" in [message["name"] for message in trade.of("order_status_update")]
            assert [message["data"]["power"] for message in ticker.of("ticker_update")] == [1000.0]
            assert len(book.of("orderbook_update")) > 1
            assert (await market.order(order("buy", price="x"), slash)).status_code == 422
            market.token["access_token"] = "nonsense"
            assert (await market.order(order("buy"), slash)).status_code == 401


async def test_a_handshake_without_a_token_is_refused() -> None:
    async with venue(flex=QUIET) as address:
        for endpoint in ("trade", "orderbook/"):
            with pytest.raises(InvalidStatus) as refused:
                await connect(f"ws://{address.host}:{address.port}/api/v1/ws/{endpoint}", proxy=None)
            assert refused.value.response.status_code == 401


async def test_switches_and_truth_are_reached_over_http_and_methods_are_checked() -> None:
    async with venue(flex=QUIET) as address, httpx2.AsyncClient(trust_env=False, base_url=address.http) as http:
        assert (await http.get("/api/v1/order/")).status_code == 405
        assert (await http.get("/auth/oauth/v2/token")).status_code == 405
        assert (await http.post("/practice/flex/faults", json={"too_many_requests": 1.0})).status_code == 200
        busy = await http.post("/api/v1/order/", json=order("buy"))
        assert (busy.status_code, busy.headers["Retry-After"]) == (429, "5")
        truth = (await http.get("/truth/flex")).json()
        assert len(truth["bids"]) + len(truth["asks"]) == 50


async def test_an_answer_that_is_withheld_never_comes_and_the_order_may_be_there() -> None:
    async with (
        venue(flex=QUIET) as address,
        stranger(address) as market,
        httpx2.AsyncClient(trust_env=False, base_url=address.http) as http,
    ):
        await http.post("/practice/flex/faults", json={"lose_reply": 1.0})
        usual, market.http.timeout = market.http.timeout, httpx2.Timeout(0.3)
        with pytest.raises(httpx2.ReadTimeout):
            await market.order(order("buy"))
        market.http.timeout = usual
        await http.post("/practice/flex/faults", json={"lose_reply": 0.0, "reply_delay": 0.05})
        assert (await market.order(order("buy"))).status_code == 200
        assert len((await http.get("/truth/flex")).json()["orders"]) == 2


async def test_a_venue_that_ends_lets_those_go_who_wait_for_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    market = Market("", "trader", "practice")
    async with venue(flex=QUIET) as address, httpx2.AsyncClient(trust_env=False, base_url=address.http) as http:
        market.host = f"{address.host}:{address.port}"
        await market.log_in()
        await http.post("/practice/flex/faults", json={"lose_reply": 1.0})
        waiting = asyncio.create_task(market.order(order("buy")))
        while not (await http.get("/truth/flex")).json()["orders"]:
            pass
    assert (await waiting).status_code == 504
    await market.close()
    assert caplog.records == []


# TLS


@pytest.fixture
def certificate(tmp_path: Path) -> ServerCertificate:
    return server_certificate(tmp_path / "tls", Instant(0.0, START))


def trusting(certificate: ServerCertificate) -> ssl.SSLContext:
    """As a client that knows the authority: strictly, as later Pythons do by themselves."""
    context = ssl.create_default_context(cafile=str(certificate.authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_over_tls_all_three_venues_are_there_for_who_trusts_the_authority(
    certificate: ServerCertificate, host: str
) -> None:
    files = {"tls_certificate": str(certificate.certificate), "tls_key": str(certificate.key)}
    context = trusting(certificate)
    async with venue(**files, flex=QUIET, fx=FxSettings()) as address:
        here = Address(host, address.port, address.tls)
        async with stranger(here, context) as market, listening(market, "orderbook") as (book,):
            assert (await market.order(order("buy"))).status_code == 200
            await book.until(type="orderbook_update")
        async with httpx2.AsyncClient(trust_env=False, verify=context, base_url=here.http) as http:
            answer = await http.post("/api/auth", json={"username": "trader", "password": "practice"})
        bearer = {"Authorization": f"bearer {answer.json()['token']}"}
        async with connect(here.websocket, additional_headers=bearer, ssl=context, proxy=None) as power:
            assert json.loads(await power.recv())["type"] == "heartbeat"
        async with connect(f"wss://{host}:{here.port}/acttrader/chart", ssl=context, proxy=None) as fx:
            await fx.send(json.dumps({"m": "subscribe", "p": ["EURUSD"]}))
            assert json.loads(await fx.recv())["m"] == "ticker"


async def test_over_tls_who_does_not_know_the_authority_is_not_connected(certificate: ServerCertificate) -> None:
    files = {"tls_certificate": str(certificate.certificate), "tls_key": str(certificate.key)}
    async with venue(**files, flex=QUIET) as address:
        async with httpx2.AsyncClient(trust_env=False, base_url=address.http) as http:
            with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await http.get("/practice/health")
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(f"wss://{address.host}:{address.port}/api/v1/ws/ticker", proxy=None)
