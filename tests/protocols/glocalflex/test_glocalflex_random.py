"""Random sessions at the practice flexibility venue. The soak plays far more, twice as long."""

from pathlib import Path

import pytest

from tests.support.flex_random import RandomSession

PARTS = 4


def play(folder: Path, sessions: range, steps: int) -> None:
    for seed in sessions:
        RandomSession(folder / str(seed), seed).play(steps)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_the_desk_shows_what_the_venue_holds(part: int, tmp_path: Path) -> None:
    play(tmp_path, range(part, 40, PARTS), 50)


@pytest.mark.soak
def test_the_desk_shows_what_the_venue_holds_for_long(tmp_path: Path) -> None:
    play(tmp_path, range(1_000, 3_000), 100)
