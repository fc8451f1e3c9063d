"""FX at the practice venue on a real loopback port, beside power."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from protocols.practice.acttrader.settings import FxSettings
from protocols.practice.server import Address
from tests.protocols.practice.acttrader.fx_rig import LOGIN, read
from tests.protocols.practice.test_server import books, joined, token_of, until, venue


def opened(address: Address, path: str, **headers: str) -> connect:
    return connect(f"ws://{address.host}:{address.port}{path}", additional_headers=headers, proxy=None)


def order(login: int | str = LOGIN, **fields: Any) -> dict[str, Any]:
    usual = {"symbol": "EURUSD", "side": "BUY", "type": "MARKET", "quantity": 10_000, "timeInForce": "IOC"}
    return {**usual, "clientOrderId": "mine", "login": login, **fields}


async def ask(ws: ClientConnection, event: str, payload: Any = None) -> dict[str, Any]:
    message = {"event": event, "requestId": "r"}
    await ws.send(json.dumps(message if payload is None else {**message, "payload": payload}))
    return await until(ws, lambda answer: answer["event"] != "execution")


async def turn(address: Address, **faults: Any) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        (await http.post(f"{address.http}/practice/fx/faults", json=faults)).raise_for_status()


@pytest.mark.parametrize(("path", "login"), [("/acttrader/orders", LOGIN), ("/acttrader/seed/orders", str(LOGIN))])
async def test_an_order_is_taken_told_and_true(path: str, login: int | str) -> None:
    async with venue() as address, opened(address, path) as ws:
        await ws.send(json.dumps({"event": "newordersingle", "requestId": "r", "payload": order(login)}))
        async with asyncio.timeout(10):
            acknowledged, executed = read(await ws.recv()), read(await ws.recv())
        assert acknowledged["payload"]["status"] == "NEW"
        assert (executed["event"], executed["payload"]["status"]) == ("execution", "FILLED")
        async with httpx2.AsyncClient(trust_env=False) as http:
            truth = (await http.get(f"{address.http}/truth/fx")).json()
        assert [one["status"] for one in truth["orders"]] == ["FILLED"]


@pytest.mark.parametrize("path", ["/acttrader/chart", "/acttrader/chart/ws"])
async def test_quotes_come_by_themselves_and_candles_on_request(path: str) -> None:
    async with venue() as address, opened(address, path) as ws:
        await ws.send(json.dumps({"m": "subscribe", "p": ["EURUSD"]}))
        times = set()
        async with asyncio.timeout(20):
            while len(times) < 4:
                times.add(read(await ws.recv())["d"][0]["time"])
        async with httpx2.AsyncClient(trust_env=False, base_url=f"{address.http}/acttrader/chart") as http:
            assert len((await http.get("/symbols")).json()["result"]) == 12
            query = {"symbol": "EURUSD", "interval": "5m", "count": 10}
            assert len((await http.get("/candles", params=query)).json()["result"]) == 10
            assert (await http.post("/candles", params=query)).status_code == 405


async def test_power_and_fx_share_a_port() -> None:
    async with (
        venue() as address,
        joined(address, await token_of(address)) as power,
        opened(address, "/acttrader/orders") as fx,
    ):
        await power.send(json.dumps({"type": "subscribe", "correlation": "c", "channel": books()}))
        assert (await ask(fx, "orders"))["payload"] == []
        await until(power, lambda message: message["type"] == "subscribed")


async def test_a_token_is_checked_at_the_handshake() -> None:
    async with venue(fx=FxSettings(token="let me in")) as address:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            with pytest.raises(InvalidStatus) as refused:
                await opened(address, "/acttrader/orders", **headers)
            assert refused.value.response.status_code == 401
        async with opened(address, "/acttrader/orders", Authorization="Bearer let me in") as ws:
            assert (await ask(ws, "orders"))["payload"] == []


@pytest.mark.parametrize(("switch", "orders"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_is_closed_and_the_next_one_reads_what_there_is(switch: str, orders: int) -> None:
    async with venue() as address:
        async with opened(address, "/acttrader/orders") as ws:
            await turn(address, **{switch: 1.0})
            await ws.send(
                json.dumps(
                    {
                        "event": "newordersingle",
                        "requestId": "r",
                        "payload": order(type="LIMIT", price=1.0, timeInForce="AON"),
                    }
                )
            )
            async with asyncio.timeout(10):
                with pytest.raises(ConnectionClosed) as closed:
                    await ws.recv()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
        await turn(address, **{switch: 0.0})
        async with opened(address, "/acttrader/orders") as ws:
            assert len((await ask(ws, "orders"))["payload"]) == orders


async def test_moved_quotes_fill_what_waits() -> None:
    async with venue() as address, opened(address, "/acttrader/orders") as ws:
        await turn(address, hold_quotes=True, partial_fills=False)
        assert (await ask(ws, "newordersingle", order(type="LIMIT", price=0.9, timeInForce="AON")))["payload"][
            "status"
        ] == "NEW"
        async with httpx2.AsyncClient(trust_env=False) as http:
            moved = await http.post(f"{address.http}/practice/fx/move", json={"symbol": "EURUSD", "ask": "0.9"})
            assert moved.json()["ask"] == "0.9"
            refused = await http.post(f"{address.http}/practice/fx/move", json={"symbol": "EURUSD"})
            assert refused.status_code == 422
        executed = await until(ws, lambda message: message["event"] == "execution")
        assert executed["payload"]["status"] == "FILLED"
