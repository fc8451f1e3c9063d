"""A real window, a real venue in a process of its own, and the loopback between them."""

import asyncio
import inspect
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.clock import Clock, SystemClock
from app.connections import ConnectionSettings
from app.keys.router import APART
from app.practice_file import practice_file
from app.state_file import state_of
from app.terminal import Terminal
from protocols.practice.acttrader.faults import NO_FX_FAULTS
from protocols.practice.acttrader.pairs import PAIRS
from protocols.secret import Secret
from tests.support.patience import patience


class VenueProcess:
    """`quarterdeck practice` as a user starts it."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app", "practice", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "listening on 127.0.0.1:" in line, line
        self.port = int(line.split("127.0.0.1:")[1].split()[0])
        self._fx_turned = False

    def faults(self, **switches: Any) -> None:
        self._call("/practice/faults", json.dumps(switches).encode())

    def truth(self, channel: str, sequence: int) -> dict[str, Any]:
        return dict(self._call(f"/truth?channel={channel}&sequence={sequence}"))

    def ended(self, channel: str, subscription: int) -> dict[str, Any]:
        """What was true at the last sequence of one of a channel's subscriptions, counted from 1."""
        return dict(self._call(f"/truth?channel={channel}&subscription={subscription}"))

    def fx_faults(self, **switches: Any) -> None:
        self._fx_turned = True
        self._call("/practice/fx/faults", json.dumps(switches).encode())

    def fx_hold(self, **switches: Any) -> None:
        """Nothing is quoted but what is asked for, and of the other switches only these are on. Every pair is quoted
        once more: what was quoted long ago is late for who connects now, and not live."""
        self.fx_faults(**msgspec.to_builtins(msgspec.structs.replace(NO_FX_FAULTS, hold_quotes=True, **switches)))
        for symbol in PAIRS:
            self.fx_move(symbol=symbol, pips=0)

    def fx_calm(self) -> None:
        """As at the start. Asks for nothing where nobody has touched a switch: the FX market begins when asked."""
        if self._fx_turned:
            self.fx_faults(**msgspec.to_builtins(NO_FX_FAULTS))
            self._fx_turned = False

    def fx_move(self, **where: Any) -> None:
        """Makes the market quote a price: `symbol`, with one of `bid`, `ask`, `pips`."""
        self._call("/practice/fx/move", json.dumps(where).encode())

    def flex_faults(self, **switches: Any) -> None:
        self._call("/practice/flex/faults", json.dumps(switches).encode())

    def flex_order(self, **order: Any) -> None:
        """Somebody else places an order for flexibility, in the venue's words."""
        self._call("/practice/flex/order", json.dumps(order).encode())

    def flex_revoke(self) -> None:
        """No access token is good any more: as if all of them had expired."""
        self._call("/practice/flex/revoke", b"{}")

    def flex_truth(self) -> dict[str, Any]:
        return dict(self._call("/truth/flex"))

    def fx_truth(self) -> dict[str, Any]:
        """The FX account's own records."""
        return dict(self._call("/truth/fx"))

    def until_served(self) -> None:
        """Waits until somebody is connected: asks again and again, for the venue calls nobody."""
        while not self._call("/practice/health")["clients"]:
            pass

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _call(self, path: str, body: bytes | None = None) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", body, 30) as answer:
            return json.load(answer)


class Desk:
    """A terminal on the running Qt loop, with what a test does to it."""

    def __init__(self, practice: bool = True, clock: Clock | None = None) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._profile = tempfile.TemporaryDirectory(prefix="quarterdeck-profile-")
        self.profile = os.environ["QUARTERDECK_PROFILE"] = self._profile.name
        self.terminal = Terminal(application, clock or SystemClock(), practice=practice)
        self.market = self.terminal.desk.market
        self.window = self.terminal.window

    async def open(self) -> None:
        await self.terminal.show((1500, 950))
        self.window.add_late_widgets()
        self.window.activateWindow()

    async def connect(self, *connections: ConnectionSettings, password: str = "practice") -> None:
        await self.terminal.connect(*connections, password=Secret(password))

    async def close(self) -> None:
        await self.terminal.close()
        self._profile.cleanup()

    async def frame(self) -> None:
        """The next beat of the frame clock."""
        beaten = asyncio.get_running_loop().create_future()

        def beat() -> None:
            if not beaten.done():
                beaten.set_result(None)

        self.terminal.frames.pulse.connect(beat)
        await beaten
        self.terminal.frames.pulse.disconnect(beat)

    async def until(self, condition: Callable[[], object]) -> None:
        """Frame by frame until it is so."""

        def standing() -> str:
            orders = [(order.client_id, order.status.value, order.reason) for order in self.market.blotter.rows()]
            return f"{inspect.getsource(condition)}\norders {orders}\nnotices {self.notices()}"

        async with patience(standing):
            while not condition():
                await self.frame()

    async def live(self) -> None:
        """Every connection is live and a contract is chosen."""
        await self.until(
            lambda: (
                self.market.connections
                and all(view.status.value == "live" for view in self.market.connections.values())
                and self.window.group.contract is not None
            )
        )

    def state(self) -> dict[str, Any]:
        return dict(msgspec.json.decode(msgspec.json.encode(state_of(self.terminal.desk, self.terminal.clock()))))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key pressed on the window, wherever the focus is, by somebody who sees the market as it is: a key that
        was aimed at an older picture is held (`tests/widgets/ladder/test_fast_market.py`)."""
        self.window.ladder.repaint()
        QTest.keyClick(self.window.windowHandle(), key, modifiers)

    async def apart(self) -> None:
        """The time that a hand takes between two Enters: a second one that comes sooner is taken for a bounce."""
        begun = self.terminal.frames.now.monotonic
        await self.until(lambda: self.terminal.frames.now.monotonic - begun > APART / 1000)

    def click(self, widget: QWidget, at: QPoint) -> None:
        """The left button on the window, at a point of a widget in it."""
        QTest.mouseClick(
            self.window.windowHandle(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            widget.mapTo(self.window, at),
        )

    def key_to_own_order(self) -> None:
        """In the orders, from the top down to the newest own one: colleagues' come in above it all the time."""
        self.window.docking.focus("orders")
        self.key(Qt.Key.Key_Home)
        while not self.window.orders.selected():
            self.key(Qt.Key.Key_Down)

    def notices(self) -> str:
        return "\n".join(self.window.notices.texts())


def on_a_desk(test: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a test with an open desk, and closes it before the event loop stops: between a test and the teardown of an
    async fixture no loop runs, but Qt's timers do when pytest-qt lets it process events."""

    async def run(**fixtures: Any) -> None:
        desk = Desk()
        await desk.open()
        try:
            await test(desk=desk, **fixtures)
        finally:
            await desk.close()

    signature = inspect.signature(test)
    others = [parameter for name, parameter in signature.parameters.items() if name != "desk"]
    run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
    run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
    run.pytestmark = getattr(test, "pytestmark", [])  # type: ignore[attr-defined]
    return run


def connection(port: int, scope: str = "m7", **changes: Any) -> ConnectionSettings:
    """The practice venue's connection of a scope, with some things otherwise."""
    shipped = practice_file(Path("nowhere"), port).read().connections
    (of_scope,) = (settings for settings in shipped if settings.scope == scope)
    return msgspec.structs.replace(of_scope, **changes)


class ScriptedVenue:
    """A venue that says what a test wants, over real HTTP and WebSocket, in a thread. `script` runs per socket."""

    def __init__(self, script: Callable[[WebSocket], Any]) -> None:
        async def authenticate(request: Any) -> JSONResponse:
            return JSONResponse({"token": "a-token-for-tests"})

        async def stream(websocket: WebSocket) -> None:
            await websocket.accept()
            try:
                await script(websocket)
                while True:
                    await websocket.receive()
            except (WebSocketDisconnect, RuntimeError):
                pass

        app = Starlette(routes=[Route("/api/auth", authenticate, methods=["POST"]), WebSocketRoute("/ws", stream)])
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        config = uvicorn.Config(app, log_level="error", ws="websockets-sansio", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._socket.close()


@asynccontextmanager
async def scripted(desk: Desk, script: Callable[[WebSocket], Any]) -> AsyncIterator[ScriptedVenue]:
    """A scripted venue for one desk; the desk hangs up before it ends."""
    venue = ScriptedVenue(script)
    try:
        yield venue
        await desk.terminal.switchboard.stop()
    finally:
        venue.stop()


def unused_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
