"""What a worker of pytest-xdist was doing when it died, in the report of the run.

A crash in Qt takes the worker along, and its standard error is on no record of a run in CI. So each writes its stacks
to a file of its own, and whoever started it shows them.
"""

import faulthandler
import tempfile
from pathlib import Path
from typing import IO, Any

import pytest

STUCK_AFTER = 110.0
"""Seconds after which a test is about to be ended, by pytest-timeout."""


class LastWords:
    """In a worker."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] = path.open("w")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        faulthandler.enable(self._file)  # after pytest's own, which writes to the standard error

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        faulthandler.dump_traceback_later(STUCK_AFTER, file=self._file)

    def pytest_runtest_logfinish(self) -> None:
        faulthandler.cancel_dump_traceback_later()

    def pytest_unconfigure(self) -> None:
        faulthandler.disable()
        self._file.close()
        self._path.unlink(missing_ok=True)


class Obituaries:
    """In the process that started the workers."""

    def __init__(self) -> None:
        self._died: list[tuple[str, str]] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        path = _path(node.workerinput)
        if error and path.exists():
            self._died.append((node.gateway.id, path.read_text("utf-8", "replace")))
            path.unlink()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for worker, words in self._died:
            terminalreporter.section(f"last words of {worker}")
            terminalreporter.write(words or "none: it ended without a signal\n")


def register(config: pytest.Config) -> None:
    """Called once, when pytest is configured."""
    worker = getattr(config, "workerinput", None)
    config.pluginmanager.register(LastWords(_path(worker)) if worker is not None else Obituaries())


def _path(worker: dict[str, Any]) -> Path:
    folder = Path(tempfile.gettempdir())
    return folder / f"quarterdeck-{worker['testrunuid']}-{worker['workerid']}.stacks"
