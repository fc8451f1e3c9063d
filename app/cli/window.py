"""`quarterdeck` and `quarterdeck shot`: the desk with its window, until it is closed or its picture is taken."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from app.clock import SystemClock
from app.connections import ConnectionsRefused
from app.connections_file import ConnectionsFile
from app.practice_file import practice_file
from app.practice_process import PracticeFailed, PracticeProcess
from app.profile import ProfileRefused
from app.resources import font_configuration
from app.state_file import write_state
from protocols.secret import Secret

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.terminal import Terminal


def run(options: argparse.Namespace) -> int:
    """Opens the window and runs until it is closed, or until the picture is taken."""
    # First of all, so that the venue comes up while Qt is loaded.
    practice = None if hasattr(options, "connections") else PracticeProcess()
    try:
        _choose_platform(options)
        return _run_qt(options, practice)
    finally:
        if practice is not None:
            practice.stop()


def _choose_platform(options: argparse.Namespace) -> None:
    if options.command == "shot" and options.scale is not None:
        os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    headless = sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if headless and options.command == "shot":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        # The offscreen platform asks fontconfig: pictures are the same everywhere when it knows our fonts only.
        os.environ.setdefault("FONTCONFIG_FILE", str(font_configuration()))


def _run_qt(options: argparse.Namespace, practice: PracticeProcess | None) -> int:
    from PySide6.QtWidgets import QApplication  # before qasync, which takes the Qt it finds loaded

    import qasync  # isort: skip

    from app.qt_messages import log_qt_messages

    log_qt_messages()
    application = QApplication(["quarterdeck"])
    application.setApplicationDisplayName("Quarterdeck")
    # Closing the last window ends our coroutine, which ends the loop in order; Qt would cut it off.
    application.setQuitOnLastWindowClosed(False)
    with qasync.QEventLoop(application) as loop:
        return int(loop.run_until_complete(_run(options, practice, application)))


async def _run(options: argparse.Namespace, practice: PracticeProcess | None, application: "QApplication") -> int:
    from app.terminal import Terminal

    closed = asyncio.Event()
    application.lastWindowClosed.connect(closed.set)
    _close_on_signals(closed)
    theme = getattr(options, "theme", "dark")
    try:
        with tempfile.TemporaryDirectory(prefix="quarterdeck-") as scratch:
            # A desk that only has its picture taken keeps out of the trader's profile, and of a running desk's way.
            # Nobody is there to be asked either.
            shot = options.command == "shot"
            terminal = Terminal(
                application,
                SystemClock(),
                theme=theme,
                practice=practice is not None,
                profile=Path(scratch) if shot else None,
                asks=not shot,
            )
            return await _run_terminal(options, practice, terminal, closed)
    except ProfileRefused as refused:
        print(f"quarterdeck: {refused}", file=sys.stderr)
        await _tell(str(refused))
        return 1


async def _tell(words: str) -> None:
    """Where a double click started the desk there is no terminal to read: says it in a window, and waits for it."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QMessageBox

    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return
    box = QMessageBox(QMessageBox.Icon.Critical, "Quarterdeck", words)
    box.setTextFormat(Qt.TextFormat.PlainText)
    read = asyncio.Event()
    box.finished.connect(read.set)
    box.open()
    await read.wait()


async def _run_terminal(
    options: argparse.Namespace, practice: PracticeProcess | None, terminal: "Terminal", closed: asyncio.Event
) -> int:
    try:
        await terminal.show(getattr(options, "size", None))
        terminal.spawn("connecting", _connect(options, practice, terminal))
        terminal.window.add_late_widgets()
        if options.command == "shot":
            return await _shoot(options, terminal, closed)
        await closed.wait()
        return 0
    finally:
        await terminal.close()


async def _connect(options: argparse.Namespace, practice: PracticeProcess | None, terminal: "Terminal") -> None:
    """Connects; what stands in the way is said in the window, where a double click leaves no other place."""
    try:
        file = ConnectionsFile(options.connections) if practice is None else await _practice_file(practice, terminal)
        terminal.connections.use(file)
        connections = file.read().connections
    except PracticeFailed as failed:
        terminal.switchboard.refuse("Practice", "eznergy", str(failed))
        return
    except ConnectionsRefused as refused:
        print(refused, file=sys.stderr)
        terminal.switchboard.refuse("Connections file", "none", str(refused))
        return
    if practice is None:
        await terminal.connect(*connections)
        return
    await terminal.connect_in_turn(*connections, password=Secret("practice"))
    terminal.window.notices.block("practice venue", await practice.ended())


async def _practice_file(practice: PracticeProcess, terminal: "Terminal") -> ConnectionsFile:
    return practice_file(terminal.profile, await practice.port())


async def _shoot(options: argparse.Namespace, terminal: "Terminal", closed: asyncio.Event) -> int:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(closed.wait(), options.seconds)
    terminal.window.settle()
    try:
        write_state(options.state, terminal.desk, terminal.clock())
    except OSError as error:
        print(f"{options.state}: can't be written: {error.strerror}", file=sys.stderr)
        return 2
    if not terminal.window.grab().save(str(options.png), "PNG"):
        print(f"{options.png}: can't be written", file=sys.stderr)
        return 2
    return 0


def _close_on_signals(closed: asyncio.Event) -> None:
    """Ctrl+C and a polite kill end the desk as closing the window does. Python looks at signals between two of its
    instructions, and the frame clock makes sure that there are some."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, frame: closed.set())
