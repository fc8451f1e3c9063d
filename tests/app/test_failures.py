"""Where unexpected exceptions end."""

import asyncio
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from app.failures import Failure, FailureHandler
from app.logs import Masker
from protocols.secret import Secret
from tests.support.loops import both_loops


class Shown(list[Failure]):
    """What the trader was shown; can be waited on."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[int] = []
        self._news = asyncio.Event()

    def show(self, failure: Failure) -> None:
        self.append(failure)
        self.threads.append(threading.get_ident())
        self._news.set()

    async def until(self, count: int) -> None:
        while len(self) < count:
            self._news.clear()
            await self._news.wait()


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def failures(shown: Shown) -> Iterator[FailureHandler]:
    masker = Masker()
    masker.know(Secret("s3cret-text"))
    handler = FailureHandler(shown.show, masker.mask)
    handler.install()
    yield handler
    handler.uninstall()


def _fail() -> None:
    raise ValueError("broke with s3cret-text")


@both_loops
async def test_a_guarded_failure_is_logged_shown_masked_and_handed_on(
    failures: FailureHandler, shown: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    handed: list[Failure] = []
    failures.guarded("folding", _fail, handed.append)
    assert handed == shown == [Failure("folding", "ValueError: broke with ***")]
    assert caplog.records[0].exc_info is not None
    assert str(shown[0]) == "folding: ValueError: broke with ***"


@both_loops
async def test_a_failure_of_the_handling_itself_is_taken_as_well(failures: FailureHandler, shown: Shown) -> None:
    def handling_fails(failure: Failure) -> None:
        raise KeyError(failure.what)

    failures.guarded("folding", _fail, handling_fails)
    assert [failure.what for failure in shown] == ["folding", "folding, and handling that"]


@both_loops
async def test_an_exception_while_showing_ends_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def show(failure: Failure) -> None:
        raise RuntimeError("no window")

    FailureHandler(show, lambda text: text).guarded("folding", _fail, lambda failure: None)
    assert [record.getMessage() for record in caplog.records] == ["folding failed", "showing a failure failed"]


@both_loops
async def test_what_is_not_an_error_passes_through(failures: FailureHandler) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failures.guarded("folding", interrupt, lambda failure: None)


@both_loops
async def test_a_failure_that_repeats_is_logged_in_full_once_and_counted(
    failures: FailureHandler, shown: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(1_000):
        failures.guarded("painting", _fail, lambda failure: None)
    assert len(shown) == 4
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False, False]
    assert "1000 times" in caplog.records[-1].getMessage()


@both_loops
async def test_exceptions_of_callbacks_and_tasks_come_here(failures: FailureHandler, shown: Shown) -> None:
    loop = asyncio.get_running_loop()
    failures.attach(loop)

    async def task() -> None:
        _fail()

    loop.call_soon(_fail)
    running = asyncio.ensure_future(task())
    await asyncio.wait([running])
    del running
    await shown.until(2)
    assert {failure.error for failure in shown} == {"ValueError: broke with ***"}


@both_loops
async def test_exceptions_at_the_top_of_a_thread_are_shown_on_the_loops_thread(
    failures: FailureHandler, shown: Shown
) -> None:
    failures.attach(asyncio.get_running_loop())
    thread = threading.Thread(target=_fail, name="journal")
    thread.start()
    await shown.until(1)
    thread.join()
    assert shown == [Failure("thread journal", "ValueError: broke with ***")]
    assert shown.threads == [threading.get_ident()]


@both_loops
async def test_exceptions_at_the_top_come_here_and_the_hooks_are_put_back(
    failures: FailureHandler, shown: Shown
) -> None:
    try:
        _fail()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert shown == [Failure("the program", "ValueError: broke with ***")]
    ours = sys.excepthook
    failures.uninstall()
    assert sys.excepthook is not ours


@both_loops
async def test_the_loops_context_is_not_logged(failures: FailureHandler, caplog: pytest.LogCaptureFixture) -> None:
    """Handles and tasks print the arguments they were given, which may be secrets."""
    caplog.set_level(logging.DEBUG)
    loop = asyncio.get_running_loop()
    failures.attach(loop)
    loop.call_exception_handler({"message": "odd", "handle": "<Handle send('s3cret-text')>"})
    assert [record.getMessage() for record in caplog.records if record.name == "app.failures"] == ["odd"]
