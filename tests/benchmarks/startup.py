"""Child of test_startup: shows an empty PySide6 window, or the desk, and prints seconds since the given start.

`startup.py empty|desk START_NS`: prints `painted` when the first paint is through and, for the desk, `live` when every
channel of the practice venue's first connection is, and `all` when those of the others are, too.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def told(what: str) -> None:
    print(what, (time.time_ns() - int(sys.argv[2])) / 1e9, flush=True)


def empty() -> None:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Empty(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            told("painted")
            application.quit()

    application = QApplication([])
    window = Empty()
    window.resize(1600, 1000)
    window.show()
    application.exec()


def desk() -> None:
    from app.practice_process import PracticeProcess

    practice = PracticeProcess()
    from PySide6.QtWidgets import QApplication

    import qasync  # isort: skip

    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    with qasync.QEventLoop(application) as loop:
        loop.run_until_complete(_desk(application, practice))
    practice.stop()


async def _desk(application: Any, practice: Any) -> None:
    from app.clock import SystemClock
    from app.practice_file import practice_file
    from app.terminal import Terminal
    from protocols.market.events import ConnectionStatus
    from protocols.secret import Secret

    scratch = tempfile.TemporaryDirectory(prefix="quarterdeck-")
    terminal = Terminal(application, SystemClock(), practice=True, profile=Path(scratch.name))
    await terminal.show((1600, 1000))
    told("painted")
    connections = practice_file(terminal.profile, await practice.port()).read().connections
    connecting = asyncio.create_task(terminal.connect_in_turn(*connections, password=Secret("practice")))
    terminal.window.add_late_widgets()
    first, everything = asyncio.Event(), asyncio.Event()
    seen = terminal.desk.market.connections

    def look() -> None:
        live = [
            settings.name in seen and seen[settings.name].status is ConnectionStatus.LIVE for settings in connections
        ]
        if live[0]:
            first.set()
        if all(live):
            everything.set()

    terminal.frames.pulse.connect(look)
    await first.wait()
    told("live")
    await everything.wait()
    told("all")
    await connecting
    await terminal.close()
    scratch.cleanup()


if __name__ == "__main__":
    {"empty": empty, "desk": desk}[sys.argv[1]]()
