"""Random sessions at the practice venue, in both dialects. The soak plays ten times as many, twice as long."""

from pathlib import Path

import pytest

pytest.importorskip("protocols.practice.acttrader.fx_venue")

from protocols.acttrader.messages import Dialect
from tests.support.fx_random import RandomSession

PARTS = 4


def play(folder: Path, dialect: Dialect, sessions: range, steps: int) -> None:
    for seed in sessions:
        RandomSession(folder / str(seed), dialect, seed).play(steps)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("dialect", Dialect)
def test_the_desk_shows_what_the_venue_holds(dialect: Dialect, part: int, tmp_path: Path) -> None:
    play(tmp_path, dialect, range(part, 200, PARTS), 50)


@pytest.mark.soak
@pytest.mark.parametrize("dialect", Dialect)
def test_the_desk_shows_what_the_venue_holds_for_long(dialect: Dialect, tmp_path: Path) -> None:
    play(tmp_path, dialect, range(1_000, 3_000), 100)
