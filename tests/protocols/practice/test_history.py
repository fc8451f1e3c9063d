"""Versions of something: found by event number, bounded by age."""

import pytest

from protocols.market.times import UtcNs
from protocols.practice.history import KEPT_FOR, History, NotHeld


def test_the_version_that_held_is_found() -> None:
    history: History[str] = History()
    for number, version in ((3, "c"), (7, "g")):
        history.record(number, UtcNs(number), version)
    assert [history.at(number) for number in (2, 3, 6, 7, 99)] == [None, "c", "c", "g", "g"]
    assert history.latest == "g"


def test_old_versions_are_forgotten_but_not_the_one_that_still_held() -> None:
    history: History[int] = History()
    every = KEPT_FOR // 100
    for number in range(1024):
        history.record(number, UtcNs(number * every), number)
    with pytest.raises(NotHeld):
        history.at(5)
    held = [number for number in range(1024) if _held(history, number)]
    assert held[-1] == 1023
    assert 101 <= len(held) <= 101 + 256


def test_the_newest_version_is_held_however_old() -> None:
    history: History[str] = History()
    history.record(1, UtcNs(0), "only")
    assert history.at(10**9) == "only"


def _held(history: History[int], number: int) -> bool:
    try:
        return history.at(number) is not None
    except NotHeld:
        return False
