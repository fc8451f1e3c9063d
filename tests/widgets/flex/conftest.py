"""A flexibility market, and a ladder on it."""

import pytest

from tests.widgets.desk import show
from tests.widgets.flex.flex_desk import FlexDesk
from widgets.ladder import Ladder


@pytest.fixture
def desk() -> FlexDesk:
    return FlexDesk()


@pytest.fixture
def ladder(qtbot, desk: FlexDesk) -> Ladder:
    """A ladder in a window, with the focus, on all windows of the book."""
    ladder = Ladder(*desk.parts)
    show(qtbot, ladder, 600, 700)
    ladder.setFocus()
    desk.look_at(None)
    desk.beat()
    return ladder
