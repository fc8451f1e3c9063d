"""The practice venue as a process of its own: started by the desk, told to end by it, gone when the desk is.

Its standard input is a pipe that the desk holds open: when the desk dies, however it dies, the pipe closes and the
venue ends. Its first line of output says where it listens.
"""

import asyncio
import contextlib
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError

_LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")
END_SECONDS = 3.0


class PracticeFailed(RuntimeError):
    """The practice venue did not come up; the text is the last it said."""


class PracticeProcess:
    """Started on construction, so that it comes up while the desk does."""

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            # -P: a folder named app where the desk was started must not be taken for ours.
            [sys.executable, "-P", "-m", "app", "practice", "--port", "0", "--with-parent", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._said = ""
        self._listening: Future[int | None] = Future()
        self._ended: Future[int] = Future()
        threading.Thread(target=self._read, name="practice venue", daemon=True).start()

    async def port(self) -> int:
        """Where it listens. Raises `PracticeFailed`."""
        port = await asyncio.wrap_future(self._listening)
        if port is None:
            raise PracticeFailed(f"the practice venue did not start: {self._said or 'it said nothing'}")
        return port

    async def ended(self) -> str:
        """Returns when the process is gone, with words for what should not have happened."""
        status = await asyncio.wrap_future(self._ended)
        how = f"stopped by {_signal_name(-status)}" if status < 0 else f"exit status {status}"
        return f"The practice venue has ended ({how}). Restart Quarterdeck for a new one"

    def stop(self) -> None:
        """Ends it: it is asked first, and killed when it does not listen. Blocks for `END_SECONDS` at most."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # closed by stop()
            for line in self._process.stdout:
                self._said = line.strip()
                found = _LISTENING.search(line)
                if found is not None and not self._listening.done():
                    self._listening.set_result(int(found[1]))
        status = self._process.wait()
        with contextlib.suppress(InvalidStateError):  # told already, or nobody waits any more
            self._listening.set_result(None)
        with contextlib.suppress(InvalidStateError):
            self._ended.set_result(status)


def _signal_name(number: int) -> str:
    """`SIGTERM`, or the number of one that has no name here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
