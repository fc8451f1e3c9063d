"""Child of test_startup: shows an empty PySide6 window, or the desk, and prints seconds since the given start.

`startup.py empty|desk START_NS`: prints `painted` when the first paint is through and, for the desk, `live` when every
channel of the practice venue is.
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
    connecting = asyncio.create_task(terminal.connect(*connections, password=Secret("practice")))
    terminal.window.add_late_widgets()
    await connecting
    live = asyncio.Event()

    def look() -> None:
        if terminal.desk.market.connections["Practice"].status is ConnectionStatus.LIVE:
            live.set()

    terminal.frames.pulse.connect(look)
    await live.wait()
    told("live")
    await terminal.close()
    scratch.cleanup()


if __name__ == "__main__":
    {"empty": empty, "desk": desk}[sys.argv[1]]()
