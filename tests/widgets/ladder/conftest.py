"""A desk with one contract, and a ladder on it."""

import pytest

from protocols.eznergy.rules import keeps_place
from tests.widgets.desk import form_of, show
from tests.widgets.ladder.market import LadderDesk
from widgets.ladder import Ladder


@pytest.fixture
def desk() -> LadderDesk:
    return LadderDesk()


@pytest.fixture
def ladder(qtbot, desk: LadderDesk) -> Ladder:
    """A ladder in a window, with the focus, on a contract without a book."""
    ladder = Ladder(*desk.parts)
    ladder.set_form_source(form_of)
    ladder.set_place_rule(keeps_place)
    show(qtbot, ladder, 560, 640)
    ladder.setFocus()
    return ladder
