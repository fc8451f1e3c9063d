"""`quarterdeck` and `quarterdeck shot`: the desk with its window. The architecture on one page, in order of birth."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

from app.clock import SystemClock
from app.connections import ConnectionSettings, ConnectionsRefused, read_connections
from app.desk import Desk
from app.failures import Failure, FailureHandler
from app.logs import Logs, Masker, user_log_folder
from app.practice_process import PracticeFailed, PracticeProcess
from app.resources import font_configuration, fonts, power_specs, tokens
from app.state_file import write_state
from app.switchboard import Switchboard
from protocols.secret import Secret
from protocols.session import Tls

PRACTICE_AREAS = ("DE-AMPRION", "DE-TENNET", "FR-RTE", "NL-TENNET")


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
        os.environ.setdefault("FONTCONFIG_FILE", str(font_configuration()))


def _run_qt(options: argparse.Namespace, practice: PracticeProcess | None) -> int:
    from PySide6.QtWidgets import QApplication  # before qasync, which takes the Qt it finds loaded

    import qasync  # isort: skip

    from widgets import theme as themes

    application = QApplication(["quarterdeck"])
    application.setApplicationDisplayName("Quarterdeck")
    application.setQuitOnLastWindowClosed(False)
    themes.load_fonts(fonts())
    theme = themes.theme_from_tokens(tokens(), getattr(options, "theme", "dark"))
    themes.dress(application, theme)
    loop = qasync.QEventLoop(application)
    with loop:
        return int(loop.run_until_complete(_desk(options, practice, application, theme)))


async def _desk(options: argparse.Namespace, practice: PracticeProcess | None, application: Any, theme: Any) -> int:
    from app.main_window import MainWindow
    from widgets.frame_clock import FrameClock

    clock = SystemClock()
    masker = Masker()
    logs = Logs(masker, folder=user_log_folder())
    desk = Desk()
    frames = FrameClock(clock)
    window = MainWindow(desk, frames, theme, practice=practice is not None)

    def show_failure(failure: Failure) -> None:
        window.notice(str(failure))

    failures = FailureHandler(show_failure, masker.mask)
    failures.install()
    failures.attach(asyncio.get_running_loop())
    switchboard = Switchboard(desk, clock, failures, power_specs(), masker.know)

    closed = asyncio.Event()
    application.lastWindowClosed.connect(closed.set)
    _close_on_signals(closed)
    if options.command == "shot":
        window.resize(*options.size)
    window.show()
    frames.start()
    await window.painted()
    try:
        connecting = asyncio.create_task(_connect(options, practice, switchboard))
        window.add_late_widgets()
        if options.command == "shot":
            return await _shoot(options, window, desk, clock, closed)
        await closed.wait()
        return 0
    finally:
        connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await connecting
        await switchboard.stop()
        frames.stop()
        window.dispose()
        failures.uninstall()
        logs.close()


async def _connect(options: argparse.Namespace, practice: PracticeProcess | None, switchboard: Switchboard) -> None:
    if practice is None:
        try:
            connections = read_connections(options.connections)
        except ConnectionsRefused as refused:
            print(refused, file=sys.stderr)
            switchboard.refuse("connections file", "none", str(refused))
            return
        await switchboard.connect_all(connections)
        return
    try:
        settings = practice_connection(await practice.port())
    except PracticeFailed as failed:
        switchboard.refuse("Practice", "eznergy", str(failed))
        return
    await switchboard.connect(settings, Secret("practice"))


def practice_connection(port: int) -> ConnectionSettings:
    """The connection to the practice venue on this machine."""
    return ConnectionSettings(
        name="Practice",
        venue="eznergy",
        scope="m7",
        host=f"127.0.0.1:{port}",
        tls=Tls(enabled=False),
        contract="EZ4a26927fea",
        client_guid="6395d740-6e55-11e8-b566-0800200c9a66",
        areas=PRACTICE_AREAS,
        products=("Hour", "QuarterHour"),
        user="trader",
    )


async def _shoot(
    options: argparse.Namespace, window: Any, desk: Desk, clock: SystemClock, closed: asyncio.Event
) -> int:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(closed.wait(), options.seconds)
    window.settle()
    try:
        write_state(options.state, desk, clock())
    except OSError as error:
        print(f"{options.state}: can't be written: {error.strerror}", file=sys.stderr)
        return 2
    if not window.grab().save(str(Path(options.png)), "PNG"):
        print(f"{options.png}: can't be written", file=sys.stderr)
        return 2
    return 0


def _close_on_signals(closed: asyncio.Event) -> None:
    """Ctrl+C and a polite kill end the desk as closing the window does. Python looks at signals between two of its
    instructions, and the frame clock makes sure that there are some."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, frame: closed.set())
