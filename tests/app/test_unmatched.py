"""Executions that belong to no order: told once, late enough to be news, and dismissed only by asking twice."""

import pytest

from app.trading import CONFIRM_SECONDS, TO_READ
from app.unmatched import GRACE, Dismissals, UnmatchedAlerts
from protocols.market.events import Unmatched, UnmatchedChanged
from protocols.market.state import MarketState
from protocols.market.times import SECOND, Instant, UtcNs


def at(seconds: float) -> Instant:
    return Instant(1_000.0 + seconds, UtcNs(1_763_700_000 * SECOND + round(seconds * SECOND)))


def stray(name: str, seconds: float = 0.0, connection: str = "FX") -> Unmatched:
    return Unmatched(connection, name, "", "EURUSD", "SELL", "50000", "FILLED", at(seconds))


class Bench:
    def __init__(self) -> None:
        self.market = MarketState()
        self.now = at(0)
        self.alerts: list[str] = []
        self.said: list[str] = []
        self.watch = UnmatchedAlerts(self.market, self.alerts.append)
        self.dismissals = Dismissals(self.market.apply, lambda: self.now, self.said.append)

    def have(self, *executions: Unmatched) -> None:
        self.market.apply(UnmatchedChanged("FX", executions))

    def look(self, seconds: float) -> None:
        self.now = at(seconds)
        self.watch.look(self.now)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_each_is_told_once_and_not_before_the_venue_could_answer(bench: Bench) -> None:
    bench.have(stray("1"))
    bench.look(GRACE - 0.1)
    assert bench.alerts == []
    bench.look(GRACE)
    bench.look(GRACE + 1)
    assert bench.alerts == [
        "An execution belongs to no order known here: SELL 50000 EURUSD FILLED, order 1 of FX. See Positions"
    ]
    bench.have(stray("1"), stray("2", GRACE + 1))
    bench.look(2 * GRACE + 2)
    assert len(bench.alerts) == 2


def test_what_is_matched_in_time_is_no_news(bench: Bench) -> None:
    bench.have(stray("1"))
    bench.look(1)
    bench.have()
    bench.look(GRACE + 1)
    assert bench.alerts == []


def test_the_same_asked_twice_dismisses_and_a_bouncing_key_does_not(bench: Bench) -> None:
    one, other = stray("1"), stray("2")
    bench.have(one, other)
    bench.dismissals.dismiss(one)
    bench.now = at(TO_READ / 2)
    bench.dismissals.dismiss(one)
    assert bench.market.strays.left() == [one, other]
    bench.now = at(TO_READ)
    bench.dismissals.dismiss(other)
    bench.now = at(2 * TO_READ)
    bench.dismissals.dismiss(one)  # a question about another one came in between
    bench.now = at(3 * TO_READ + CONFIRM_SECONDS)
    bench.dismissals.dismiss(one)  # too long ago
    assert bench.market.strays.left() == [one, other]
    bench.now = at(4 * TO_READ + CONFIRM_SECONDS)
    bench.dismissals.dismiss(one)
    assert bench.market.strays.left() == [other]
    assert bench.said[-1] == "Dismissed, and logged: SELL 50000 EURUSD FILLED, order 1 of FX"
    assert bench.market.strays.told["FX"] == (one, other), "nothing that came is forgotten"


def test_what_was_dismissed_is_told_no_more_and_evidence_ends_it(bench: Bench) -> None:
    one = stray("1")
    bench.have(one)
    bench.dismissals.dismiss(one)
    bench.now = at(TO_READ)
    bench.dismissals.dismiss(one)
    bench.look(GRACE + 1)
    assert bench.alerts == []
    bench.have()
    assert bench.market.strays.dismissed == set()


def test_with_none_it_is_said(bench: Bench) -> None:
    bench.dismissals.dismiss(None)
    assert bench.said == ["No execution is unmatched"]


def test_what_is_gone_is_not_dismissed_afterwards(bench: Bench) -> None:
    one = stray("1")
    bench.have(one)
    bench.dismissals.dismiss(one)
    bench.have()
    bench.now = at(TO_READ)
    bench.dismissals.dismiss(one)
    assert bench.market.strays.dismissed == set()
