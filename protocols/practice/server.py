"""The practice venue on a port: HTTP and WebSocket together, under uvicorn. The only part of the venue that awaits,
besides the relay; what it does is decided by the sans-IO `Venue`.
"""

import asyncio
import contextlib
import functools
import ipaddress
import itertools
import socket
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from protocols.market.times import Instant
from protocols.practice.settings import PracticeSettings
from protocols.practice.sockets import ClientId, Frame, HangUp, Socket
from protocols.practice.tokens import Unauthorised
from protocols.practice.venue import Venue, build

LARGEST_BODY = 1024 * 1024
"""Bytes of a request; a larger one is answered with 413."""
LARGEST_FRAME = 1024 * 1024
_POLICY_VIOLATION = 1008
_LAST_WORD = 1.0
"""Seconds that a connection which is given up, or refused, may still take."""
_NEVER = 120.0
"""Seconds after which nobody waits any more for an answer that is withheld."""
_SEND_BUFFER = 256 * 1024
"""What the kernel holds for a client: with more, a slow one would be noticed megabytes later."""
_JSON = "application/json"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Clock = Callable[[], Instant]


class Address(msgspec.Struct, frozen=True):
    """Where the venue listens."""

    host: str
    port: int
    tls: bool = False

    @property
    def http(self) -> str:
        """`http://127.0.0.1:8123`"""
        return f"http{'s' if self.tls else ''}://{self._authority}"

    @property
    def websocket(self) -> str:
        """`ws://127.0.0.1:8123/ws`"""
        return f"ws{'s' if self.tls else ''}://{self._authority}/ws"

    @property
    def _authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class _Connection:
    """What waits for one client, and the task's side that writes it."""

    def __init__(self, websocket: WebSocket, socket: Socket, now: Instant) -> None:
        self.socket = socket
        """The venue's side of it."""
        self._websocket = websocket
        self._waiting: deque[Frame] = deque()
        self._wake = asyncio.Event()
        self.size = 0
        self.taken_at = now.monotonic
        """When the client last took something, or had nothing to take."""
        self.given_up = asyncio.Event()
        self._goodbye = _POLICY_VIOLATION, "too slow"

    def put(self, frame: Frame, now: Instant) -> None:
        if not self.size:
            self.taken_at = now.monotonic
        self._waiting.append(frame)
        self.size += len(frame.data)
        self._wake.set()

    def discard_events(self) -> None:
        """Throws away the events that wait; answers stay."""
        dropped = [frame for frame in self._waiting if frame.event]
        self._waiting = deque(frame for frame in self._waiting if not frame.event)
        self.size -= sum(len(frame.data) for frame in dropped)

    def give_up(self, code: int, reason: str) -> None:
        """Has the connection ended; what waits is not sent any more."""
        self._goodbye = code, reason
        self.given_up.set()

    async def write(self, clock: Clock) -> None:
        """Writes what comes, until cancelled or the client is gone."""
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    frame = self._waiting.popleft()
                    await self._websocket.send({"type": "websocket.send", "text": frame.data.decode()})
                    self.size -= len(frame.data)
                    self.taken_at = clock().monotonic

    async def close(self) -> None:
        """Says goodbye, if the client still listens."""
        with contextlib.suppress(WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(_LAST_WORD):
                await self._websocket.close(*self._goodbye)


class PracticeServer:
    """The ASGI application over one venue, and the clockwork that drives it."""

    def __init__(self, venue: Venue, clock: Clock) -> None:
        self.venue = venue
        self._clock = clock
        self._ids = itertools.count(1)
        self._connections: dict[ClientId, _Connection] = {}
        self._ending = asyncio.Event()
        self._to_open: deque[Callable[[Instant], object]] = deque()
        self.application = Starlette(
            routes=[
                *(
                    WebSocketRoute(path, _Endpoint(functools.partial(self._socket, socket_)))
                    for path, socket_ in venue.sockets.items()
                ),
                Route("/{path:path}", self._http, methods=_METHODS),
            ]
        )

    def end(self) -> None:
        """Nobody is to wait for an answer any more."""
        self._ending.set()

    def open_ahead(self) -> None:
        """Has every market opened, one at each tick: who asks for another meanwhile waits for one of them at most."""
        self._to_open.extend(self.venue.openings())

    async def tick_forever(self) -> None:
        """Drives the venue, and closes the connections of clients that take nothing for `slow_after` seconds."""
        while True:
            now = self._clock()
            self.venue.tick(now)
            self._flush(now)
            self._give_up_on_slow(now)
            if self._to_open:
                self._to_open.popleft()(now)
            await asyncio.sleep(self.venue.settings.tick)

    def _flush(self, now: Instant) -> None:
        """Queues what is to go out. A client over its bound loses its channels, and the events that waited for it."""
        for wish in self.venue.outgoing():
            connection = self._do(wish, now)
            if connection is not None and connection.size > self.venue.settings.queue_bytes:
                connection.discard_events()
                connection.socket.too_slow(wish.client)
        for wish in self.venue.outgoing():
            self._do(wish, now)

    def _do(self, wish: Frame | HangUp, now: Instant) -> _Connection | None:
        """Queues a frame, or ends a connection; returns the one that a frame waits for now."""
        connection = self._connections.get(wish.client)
        if connection is None:
            return None
        if isinstance(wish, HangUp):
            del self._connections[wish.client]
            connection.give_up(wish.code, wish.reason)
            return None
        connection.put(wish, now)
        return connection

    def _give_up_on_slow(self, now: Instant) -> None:
        for client, connection in list(self._connections.items()):
            if connection.size and now.monotonic - connection.taken_at > self.venue.settings.slow_after:
                self._forget(client, connection)
                connection.give_up(_POLICY_VIOLATION, "too slow")

    def _forget(self, client: ClientId, connection: _Connection) -> None:
        self._connections.pop(client, None)
        connection.socket.disconnected(client)

    async def _http(self, request: Request) -> Response:
        path, bearer = request.url.path, _bearer(request.headers.get("authorization", ""))
        if path.startswith("/practice/") and not from_here(request.client.host if request.client else None):
            return Response(b'{"message": "from this machine only"}', 403, media_type=_JSON)
        body = b""
        try:
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST_BODY:
                    return Response(b'{"message": "too large"}', 413, media_type=_JSON)
        except ClientDisconnect:
            return Response(status_code=400)
        kind = request.headers.get("content-type", "")
        answer = self.venue.http(request.method, path, request.query_params, body, self._clock(), bearer, kind)
        if answer.withheld:
            await self._wait(_given_up(request), _NEVER)
            return Response(status_code=504)
        if answer.late:
            await self._wait(asyncio.sleep(answer.late), answer.late)
        return Response(answer.body, answer.status, dict(answer.headers), _JSON)

    async def _wait(self, wanted: Coroutine[Any, Any, None], most: float) -> None:
        """Waits for something, for `most` seconds, and no longer than there is a venue."""
        tasks = {asyncio.create_task(wanted), asyncio.create_task(self._ending.wait())}
        try:
            await asyncio.wait(tasks, timeout=most, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _socket(self, socket_: Socket, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        client, now = next(self._ids), self._clock()
        try:
            socket_.connected(client, _bearer(websocket.headers.get("authorization", "")), now)
        except Unauthorised as error:
            await _refuse(websocket, receive, str(error))
            return
        connection = self._connections[client] = _Connection(websocket, socket_, now)
        self._flush(now)
        try:
            await websocket.accept()
            await self._converse(client, connection, websocket)
        finally:
            self._forget(client, connection)

    async def _converse(self, client: ClientId, connection: _Connection, websocket: WebSocket) -> None:
        """Reads and writes until either ends: the client left, or the connection was given up."""
        reading = asyncio.create_task(self._read(client, connection.socket, websocket))
        writing = asyncio.create_task(connection.write(self._clock))
        given_up = asyncio.create_task(connection.given_up.wait())
        tasks = {reading, writing, given_up}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        if connection.given_up.is_set():
            await connection.close()
        for task in (reading, writing):
            if not task.cancelled():
                task.result()

    async def _read(self, client: ClientId, socket_: Socket, websocket: WebSocket) -> None:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            frame = text.encode() if text is not None else message.get("bytes", b"")
            now = self._clock()
            socket_.receive(client, frame, now)
            self._flush(now)


async def _given_up(request: Request) -> None:
    """Returns when whoever asked has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _refuse(websocket: WebSocket, receive: Receive, why: str) -> None:
    """401 at the handshake. Leaves only when the connection has ended: uvicorn takes leaving earlier for a fault."""
    await websocket.send_denial_response(
        Response(msgspec.json.encode({"message": why}), 401, {"WWW-Authenticate": "bearer"}, _JSON)
    )
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WORD):
            disconnects = 0
            while disconnects < 2:
                disconnects += (await receive())["type"] == "websocket.disconnect"


class _Endpoint:
    """An ASGI endpoint as it is: Starlette wraps functions, and hides `receive` from them."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._application(scope, receive, send)


class _Uvicorn(uvicorn.Server):
    """uvicorn inside somebody else's process: signals stay theirs."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()


async def serve(
    settings: PracticeSettings,
    clock: Clock,
    on_listening: Callable[[Address], None],
    venue: Venue | None = None,
) -> None:
    """Runs the venue until cancelled. `on_listening` is called once it can be reached, with the port it got.

    `venue` runs one that was built before. Raises `OSError` when the address can't be had.
    """
    server = PracticeServer(build(settings, clock) if venue is None else venue, clock)
    listening = _listen(settings.host, settings.port)
    tls = settings.tls_certificate is not None
    address = Address(settings.host, listening.getsockname()[1], tls)

    def started() -> None:
        on_listening(address)
        if settings.ahead:
            server.open_ahead()

    runner = _Uvicorn(_config(settings, server), started)
    serving = asyncio.create_task(runner.serve(sockets=[listening]))
    ticking = asyncio.create_task(server.tick_forever())
    try:
        await asyncio.wait({serving, ticking}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.end()
        runner.should_exit = True
        ticking.cancel()
        await asyncio.wait({serving, ticking})
        listening.close()
    for task in (serving, ticking):
        if not task.cancelled():
            task.result()


def _config(settings: PracticeSettings, server: PracticeServer) -> uvicorn.Config:
    return uvicorn.Config(
        server.application,
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=settings.compression,
        http="h11",
        lifespan="off",
        log_config=None,
        # Below warning, websockets logs the handshake's headers, the token among them.
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)  # handed on to its connections
        listening.bind((host, port))
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def from_here(host: str | None) -> bool:
    """Whether a client's address is loopback: what steers the venue is nobody else's."""
    return host is not None and ipaddress.ip_address(host).is_loopback


def _bearer(header: str) -> str:
    """The token of an Authorization header; empty, hence refused, for anything else."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
