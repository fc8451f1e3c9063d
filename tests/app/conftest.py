"""Lets the app's tests run on both event loops, and gives them a window in use."""

from collections.abc import Iterator

import pytest

from tests.app.hands import Hands
from tests.support.loops import pytest_asyncio_loop_factories

__all__ = ["pytest_asyncio_loop_factories"]


@pytest.fixture
def hands(qtbot) -> Iterator[Hands]:
    """The window is active and the ladder has the keyboard."""
    hands = Hands()
    qtbot.addWidget(hands.window)
    hands.window.show()
    hands.window.activateWindow()
    qtbot.waitUntil(lambda: hands.window.isActiveWindow() and hands.window.windowHandle().isExposed())
    hands.focus("ladder")
    yield hands
    hands.window.dispose()
