"""Planted secrets are found in no file and no output afterwards."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from starlette.websockets import WebSocket

from tests.endtoend.support import Desk, connection, on_a_desk, scripted

PASSWORD, REFRESHED = "planted-password-5d1c", "planted-refreshed-91aa"
TOKEN = "a-token-for-tests"
"""What the scripted venue hands out; it goes into the handshake's header."""


ORDERS = "urn:ez-api:EZ4a26927fea:m7:private_orders:6395d740-6e55-11e8-b566-0800200c9a66:DE-AMPRION"


def frames_kept(folder: str) -> str:
    """The record of frames, as another program reads it; empty while there is none."""
    found = ""
    for path in Path(folder).rglob("frames-*.sqlite3"):
        with closing(sqlite3.connect(path)) as database, contextlib.suppress(sqlite3.OperationalError):
            rows = database.execute("SELECT direction, channel, frame FROM frames ORDER BY number").fetchall()
            found += "\n".join(f"{direction} {channel} {frame.decode()}" for direction, channel, frame in rows)
    return found


def everything_in(folder: str) -> str:
    """The content of every file."""
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


@pytest.mark.qt_loop
@on_a_desk
async def test_no_secret_is_in_anything_that_the_desk_keeps_or_shows(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async def echo(websocket: WebSocket) -> None:
        """Everything a careless venue could do with a secret, on an order channel too, whose frames are kept."""
        for kind, data in (
            ("error", json.dumps({"code": "x", "message": f"bearer {TOKEN}"})),
            ("event", json.dumps([f"the password is {PASSWORD}, the token {TOKEN}"])),
            ("token_refresh", json.dumps({"token": REFRESHED})),
        ):
            await websocket.send_text(json.dumps({"type": kind, "channel": ORDERS, "data": data}))
        refresh = {"type": "token_refresh", "data": json.dumps({"token": REFRESHED})}
        await websocket.send_text(json.dumps(refresh))
        await websocket.send_text(json.dumps({"type": "token_refresh", "data": {"token": 7, "was": REFRESHED}}))
        await websocket.send_text(
            '{"type": "error", "data": "{\\"code\\": \\"x\\", \\"message\\": \\"bearer ' + TOKEN + '\\"}"}'
        )
        await websocket.send_text("garbage bearer " + TOKEN)

    caplog.set_level("DEBUG")
    async with scripted(desk, echo) as broken:
        await desk.connect(connection(broken.port), password=PASSWORD)
        await desk.until(lambda: len(desk.market.anomalies) >= 3)
        shown = (
            json.dumps(desk.state())
            + desk.notices()
            + repr(desk.market.anomalies)
            + " ".join(desk.window.toasts.texts())
        )
        await desk.until(lambda: "the password is" in frames_kept(desk.profile))
    kept = everything_in(desk.profile)
    frames = frames_kept(desk.profile)
    assert f"in {ORDERS}" in frames and f"out {ORDERS}" in frames
    assert "bearer ***" in frames and "the password is ***, the token ***" in frames
    assert "auth" not in frames and "token_refresh" not in frames
    for secret in (PASSWORD, REFRESHED):
        assert secret not in shown
        assert secret not in kept
        assert secret not in caplog.text
    assert TOKEN not in kept
    assert TOKEN not in desk.notices()


def test_secrets_of_the_environment_and_of_a_url_are_in_no_output(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    fields = {
        "name": "X", "venue": "eznergy", "scope": "m7", "host": "trader:planted-url@127.0.0.1:1", "contract": "C",
        "client_guid": "6395d740-6e55-11e8-b566-0800200c9a66", "areas": ["FR-RTE"], "products": ["Hour"], "user": "u",
        "password_env": "PLANTED", "password": "planted-in-file",
    }  # fmt: skip
    lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
    file.write_text("\n".join(["[[connection]]", "tls = false", *lines]))
    arguments = ("probe", "--connections", file, "--seconds", "1", "--state", tmp_path / "s.json")
    done = subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        env={**os.environ, "PLANTED": "planted-in-environment"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    said = done.stdout + done.stderr
    for secret in ("planted-url", "planted-in-file", "planted-in-environment"):
        assert secret not in said
