"""The one client file that makes HTTP calls: executes a session's `Call`s and reports what came of them.

No redirects, no environment proxies, certificates verified always. The HTTP library is imported at the first call,
because it costs as much start time as half the rest of the client.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from protocols.endpoints import (
    AddressRefused,
    NothingTrusted,
    Origin,
    Unsendable,
    bearer_header,
    origin_of,
    trust,
    warnings_only,
    without,
    words_for,
)
from protocols.session import Call, CallFailed, CallId, Reply, Tls

if TYPE_CHECKING:
    import httpx2

CALL_LIMIT = 10.0
"""Seconds for one call, from the name's resolution to the last byte of the body."""
BODY_LIMIT = 16 * 1024 * 1024
"""Bytes of an answer's body; a larger one fails the call."""
AT_ONCE = 4
"""Calls under way at the same time; the others wait their turn, and their time limit starts with it."""
WAIT_LIMIT = 5.0
"""Seconds that a call waits for its turn; then it is not made at all: an order that goes out long after it was meant is
another order."""
WAITING = 100
"""Calls waiting for their turn. One more fails at once."""

_LOGGERS = ("httpx2", "httpcore2.connection", "httpcore2.http11", "httpcore2.http2", "httpcore2.proxy")

Answered = Callable[[CallId, Reply | CallFailed], None]


class Rest:
    """The HTTP calls of one session. Every `Call` is followed by exactly one `answered`, from the event loop or from
    within `execute`. Made before the loop runs, used on the loop."""

    def __init__(self, tls: Tls, *, call_limit: float = CALL_LIMIT, wait_limit: float = WAIT_LIMIT) -> None:
        self._tls = tls
        self._call_limit = call_limit
        self._wait_limit = wait_limit
        self._answered: Answered | None = None
        self._clients: dict[bool, httpx2.AsyncClient] = {}
        """One for secured calls, one for those within this machine: authorities are read only where they are needed."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)

    def report_to(self, answered: Answered) -> None:
        """Names the one who hears. Before the first call."""
        self._answered = answered

    def execute(self, call: Call) -> None:
        """Makes the call; never blocks, never raises for what the network does."""
        try:
            origin = origin_of(call.url, plain="http", secure="https")
            headers = _headers(call)
        except (AddressRefused, Unsendable) as refused:
            self._answer(call, CallFailed(str(refused), unsent=True))
            return
        if len(self._tasks) >= AT_ONCE + WAITING:
            self._answer(call, CallFailed(f"{WAITING} calls to {origin} are waiting already", unsent=True))
            return
        task = asyncio.get_running_loop().create_task(self._make(call, origin, headers))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def abandon_all(self) -> None:
        """Breaks off every call; each is answered with `CallFailed`. Whether the server acted on one is not known."""
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Breaks off every call and closes the connections; no task and no socket is left."""
        self.abandon_all()
        while self._tasks:
            await asyncio.wait(set(self._tasks))
        while self._clients:
            await self._clients.popitem()[1].aclose()

    async def _make(self, call: Call, origin: Origin, headers: dict[str, str]) -> None:
        broken_off = f"the call to {origin} was broken off"
        answer: Reply | CallFailed = CallFailed(broken_off, unsent=True)
        try:
            try:
                async with asyncio.timeout(self._wait_limit):
                    await self._turns.acquire()
            except TimeoutError:
                answer = CallFailed(f"{AT_ONCE} calls to {origin} are waiting for their answers already", unsent=True)
                return
            answer = CallFailed(broken_off)
            try:
                answer = await self._attempt(call, origin, headers)
            finally:
                self._turns.release()
        finally:
            self._answer(call, answer)

    async def _attempt(self, call: Call, origin: Origin, headers: dict[str, str]) -> Reply | CallFailed:
        import httpx2

        content = None if call.body is None else call.body.reveal().encode()
        try:
            client = self._client_for(origin)
            async with (
                asyncio.timeout(self._call_limit),
                client.stream(call.method, call.url, content=content, headers=headers) as response,
            ):
                body = await _body(response)
        except NothingTrusted as error:
            return CallFailed(str(error), unsent=True)
        except TimeoutError:
            return CallFailed(f"{origin} did not answer within {self._call_limit:g} s")
        except httpx2.RemoteProtocolError as error:
            return CallFailed(without(f"{origin} broke the HTTP protocol: {error}", call.bearer))
        except httpx2.ConnectError as error:  # no connection, TLS included: nothing was written
            return CallFailed(without(words_for(error, origin), call.bearer), unsent=True)
        except (httpx2.HTTPError, OSError) as error:
            return CallFailed(without(words_for(error, origin), call.bearer))
        if body is None:
            return CallFailed(f"{origin} answered with more than {BODY_LIMIT >> 20} MiB, or packed the answer")
        return Reply(response.status_code, body, _seconds(response.headers.get("Retry-After")))

    def _client_for(self, origin: Origin) -> "httpx2.AsyncClient":
        client = self._clients.get(origin.secure)
        if client is None:
            import httpx2

            _quieten()
            # The bare context of the plain one trusts nobody: no secured call could be made with it.
            trusted = trust(self._tls) if origin.secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            client = self._clients[origin.secure] = httpx2.AsyncClient(
                verify=trusted,
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # one limit for the whole call: a slow drip beats limits on each read
                limits=httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=1),
            )
        return client

    def _answer(self, call: Call, answer: Reply | CallFailed) -> None:
        assert self._answered is not None, "report_to() comes first"
        self._answered(call.call_id, answer)


async def _body(response: "httpx2.Response") -> bytes | None:
    """The body as sent; None when it is larger than allowed, or packed in spite of our asking not to (a few KiB may
    unpack to gigabytes)."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return None
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "quarterdeck"}
    if call.body is not None:
        headers["Content-Type"] = call.body_kind.value
    if call.bearer is not None:
        headers["Authorization"] = bearer_header(call.bearer, call.scheme)
    return headers


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` in seconds. The other form, a date, would need a clock we agree on with the server."""
    text = (retry_after or "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _quieten() -> None:
    """Keeps the HTTP library's loggers from saying less than a warning: they print URLs and headers."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(warnings_only)
