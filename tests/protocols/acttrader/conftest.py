"""Desks with an ActTrader session that is live, and no venue: in the later dialect, and in the seed's."""

from pathlib import Path

import pytest

from protocols.acttrader.messages import Dialect
from tests.support.fx import FxDesk


@pytest.fixture
def desk(tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path)
    desk.ready()
    return desk


@pytest.fixture
def seed(tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path, Dialect.SEED)
    desk.ready()
    return desk
