"""A still flexibility venue, and one of one's own."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.protocols.practice.glocalflex.flex_rig import FlexRig


@pytest.fixture
def rig() -> FlexRig:
    """Nobody else is there."""
    return FlexRig()


@pytest.fixture
def flex_rig() -> Callable[..., FlexRig]:
    """flex_rig(faults=..., **settings): a venue of one's own."""

    def make(**changes: Any) -> FlexRig:
        return FlexRig(**changes)

    return make
