"""A still FX venue with EUR/USD at 1.1000 bid, and a trader in each dialect."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.protocols.practice.acttrader.fx_rig import FxClient, FxRig


@pytest.fixture
def rig() -> FxRig:
    """EUR/USD stands at 1.1000 bid; each price offers five million."""
    made = FxRig(faults={"liquidity": 5_000_000})
    made.move(bid="1.1000")
    return made


@pytest.fixture(params=["seed", "later"])
def trader(request: pytest.FixtureRequest, rig: FxRig) -> FxClient:
    """One trader in each dialect."""
    return rig.client(request.param)


@pytest.fixture
def later(rig: FxRig) -> FxClient:
    """A trader of the later dialect."""
    return rig.client("later")


@pytest.fixture
def seed(rig: FxRig) -> FxClient:
    """A trader of the seed's dialect."""
    return rig.client("seed")


@pytest.fixture
def fx_rig() -> Callable[..., FxRig]:
    """fx_rig(hold=..., faults=..., **settings): a venue of one's own."""

    def make(**changes: Any) -> FxRig:
        return FxRig(**changes)

    return make
