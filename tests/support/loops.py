"""Runs a test on both event loops: asyncio's own and Qt's.

A folder's conftest.py takes the hook from here; a test of it then says `@both_loops`.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., object])
LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def both_loops(test: Test) -> Test:
    """Marks an async test. (The mark `qt_loop` can't stand on a parameter: loops are chosen before parameters.)"""
    marked: Test = pytest.mark.asyncio(loop_factories=["asyncio", "qt"])(test)
    # A signal would wait for Python code to run, which Qt's event loop with nothing to do never does.
    return pytest.mark.timeout(method="thread")(marked)  # type: ignore[no-any-return]


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, LoopFactory] | None:
    """Both loops, for tests that name them; None leaves the choice to the other hooks."""
    marker = item.get_closest_marker("asyncio")
    if marker is None or "loop_factories" not in marker.kwargs:
        return None
    return {"asyncio": asyncio.new_event_loop, "qt": _qt_event_loop}


def _qt_event_loop() -> asyncio.AbstractEventLoop:
    from PySide6.QtWidgets import QApplication  # first: qasync takes the Qt that it finds loaded

    import qasync  # isort: skip

    loop = qasync.QEventLoop(QApplication.instance() or QApplication(["quarterdeck"]))
    assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop
