"""A ticket on EURUSD, quoted live."""

import pytest

from tests.widgets.oco.hands import Hands


@pytest.fixture
def hands(qtbot: object) -> Hands:
    return Hands(qtbot)
