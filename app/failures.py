"""The failure handler: where an unexpected exception ends, and the only module with `except Exception`.

Whatever breaks is logged with its traceback (never with local variables), shown to the trader in words, and the rest
keeps running. A failure that repeats, as one in painting does 60 times a second, is logged in full once and counted
from then on.
"""

import asyncio
import logging
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import msgspec

_LOG = logging.getLogger(__name__)
_KINDS_COUNTED = 1_000
"""Different failures told apart; beyond them, counting starts anew."""


class Failure(msgspec.Struct, frozen=True):
    """Something that broke: what was being done, and the exception in one line. Masked before it is shown."""

    what: str
    error: str

    def __str__(self) -> str:
        return f"{self.what}: {self.error}"


Show = Callable[[Failure], None]


class FailureHandler:
    """Takes every unexpected exception: of guarded calls, callbacks, tasks, slots and threads.

    `show` tells the trader; it is called on the thread of the event loop once one is attached, and only for the
    first failure of each kind and then at each power of ten. `mask` takes secrets out of what is shown.
    """

    def __init__(self, show: Show, mask: Callable[[str], str]) -> None:
        self._show = show
        self._mask = mask
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.get_ident()
        self._before = (sys.excepthook, threading.excepthook)

    def guarded(self, what: str, act: Callable[[], object], on_failure: Callable[[Failure], object]) -> None:
        """Runs `act`; an exception is taken here, and `on_failure` hears of it. That may fail as well."""
        try:
            act()
        except Exception as error:  # whatever an act of the desk may raise: this is where it ends
            failure = self.take(what, error)
            try:
                on_failure(failure)
            except Exception as another:  # the handling is an act, too
                self.take(f"{what}, and handling that", another)

    async def guarded_wait(self, what: str, work: Awaitable[object]) -> None:
        """Awaits `work`; an exception is taken here. Being cancelled is none."""
        try:
            await work
        except Exception as error:  # as above, of what is awaited
            self.take(what, error)

    def take(self, what: str, error: BaseException) -> Failure:
        """Logs and shows an exception that was caught elsewhere."""
        failure = Failure(what, self._mask(_one_line(error)))
        times = self._count(what, error)
        if times == 1:
            _LOG.error("%s failed", what, exc_info=(type(error), error, error.__traceback__))
        elif _is_power_of_ten(times):
            _LOG.error("%s failed %d times: %s", what, times, failure.error)
        if times == 1 or _is_power_of_ten(times):
            self._tell(failure)
        return failure

    def install(self) -> None:
        """Takes the exceptions that reach the top of this thread (Qt slots', `asyncSlot`s') and of others."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._excepthook
        threading.excepthook = self._thread_excepthook

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Takes the exceptions of the loop's callbacks and tasks as well. Call it on the loop's thread."""
        self._loop = loop
        self._thread = threading.get_ident()
        loop.set_exception_handler(self._loop_handler)

    def uninstall(self) -> None:
        """Puts back what was there before `install`, and lets go of the loop."""
        sys.excepthook, threading.excepthook = self._before
        if self._loop is not None:
            self._loop.set_exception_handler(None)
            self._loop = None

    def _excepthook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, Exception):
            self.take("the program", error.with_traceback(trace))
        else:
            sys.__excepthook__(kind, error, trace)

    def _thread_excepthook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and issubclass(args.exc_type, Exception):
            name = args.thread.name if args.thread is not None else "a thread"
            self.take(f"thread {name}", args.exc_value)

    def _loop_handler(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Only message and exception are told: the context's handles and tasks print their arguments."""
        message = str(context.get("message") or "the event loop")
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.take(message, error)
        else:
            _LOG.error("%s", message)

    def _count(self, what: str, error: BaseException) -> int:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        if len(self._counts) > _KINDS_COUNTED:
            self._counts.clear()
        self._counts[what, type(error).__name__, where] += 1
        return self._counts[what, type(error).__name__, where]

    def _tell(self, failure: Failure) -> None:
        if threading.get_ident() == self._thread:
            self._try_to_show(failure)
        elif self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._try_to_show, failure)

    def _try_to_show(self, failure: Failure) -> None:
        try:
            self._show(failure)
        except Exception:  # nobody left to tell: the log has to do
            _LOG.error("showing a failure failed", exc_info=True)


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    name = type(error).__name__
    return f"{name}: {text[:300]}" if text else name


def _is_power_of_ten(times: int) -> bool:
    while times >= 10 and times % 10 == 0:
        times //= 10
    return times == 1
