"""A client as somebody else would write it for the real market, from the vendor's pages alone: nothing of ours is used,
and nothing here knows of practice. Both ways of writing a path's end are his."""

import json
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import websockets


class Market:
    """One account at a host such as `glocalflexmarket.com`."""

    def __init__(self, host: str, username: str, password: str, verify: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.login = {"username": username, "password": password}
        self.tls = verify
        self.http = httpx2.AsyncClient(verify=verify or True, trust_env=False)
        self.token: dict[str, Any] = {}

    async def _token(self, **fields: str) -> None:
        url = f"{'https' if self.tls else 'http'}://{self.host}/auth/oauth/v2/token"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        data = {"client_id": "glocalflexmarket_public_api", **fields}
        answer = await self.http.post(url, data=data, headers=headers)
        answer.raise_for_status()
        self.token = answer.json()

    async def log_in(self) -> None:
        await self._token(grant_type="password", **self.login)

    async def renew(self) -> None:
        await self._token(grant_type="refresh_token", refresh_token=self.token["refresh_token"])

    async def order(self, order: dict[str, Any], slash: str = "/") -> httpx2.Response:
        url = f"{'https' if self.tls else 'http'}://{self.host}/api/v1/order{slash}"
        headers = {"Authorization": f"Bearer {self.token['access_token']}", "Content-Type": "application/json"}
        return await self.http.post(url, content=json.dumps(order), headers=headers)

    async def listen(self, endpoint: str) -> AsyncIterator[dict[str, Any]]:
        url = f"{'wss' if self.tls else 'ws'}://{self.host}/api/v1/ws/{endpoint}"
        headers = {"Authorization": f"Bearer {self.token['access_token']}"}
        async with websockets.connect(
            url, additional_headers=headers, ssl=self.tls, ping_interval=1, max_size=None, proxy=None
        ) as ws:
            async for message in ws:
                yield json.loads(message)

    async def close(self) -> None:
        await self.http.aclose()
