"""Armed or not: by tables, and no path that sends while nobody may be there."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arming import GAP_SECONDS, IDLE_SECONDS, Arming, Cause
from protocols.market.times import SECOND, Instant, UtcNs
from tests.support.clock import VirtualClock


class Watched:
    """An arming, and its clock, looked at ten times a second."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.arming = Arming()
        self.arming.look(self.clock())

    def armed(self) -> "Watched":
        self.arming.arm(self.clock())
        return self

    def run(self, seconds: float, step: float = 1.0) -> "Watched":
        for _ in range(round(seconds / step)):
            self.arming.look(self.clock.advance(step))
        return self

    @property
    def why(self) -> str | None:
        return self.arming.may_send(self.clock())


def test_disarmed_at_the_start_until_somebody_arms() -> None:
    desk = Watched()
    assert desk.why == "disarmed: the desk has just started"
    desk.arming.touched(desk.clock())
    assert desk.why is not None
    assert desk.armed().why is None


@pytest.mark.parametrize("cause", list(Cause), ids=lambda cause: cause.name)
def test_every_cause_disarms_ends_one_key_and_is_told(cause: Cause) -> None:
    desk = Watched().armed()
    assert desk.arming.set_one_key(True, desk.clock())
    before = desk.arming.revision
    desk.arming.disarm(cause)
    assert desk.why == f"disarmed: {cause.value}"
    assert not desk.arming.one_key
    assert desk.arming.revision > before
    desk.armed()
    assert not desk.arming.one_key, "one-key mode is asked for anew"


def _silence(desk: Watched) -> None:
    desk.run(IDLE_SECONDS)


def _sleep(desk: Watched) -> None:
    desk.clock.advance(GAP_SECONDS + 1)


def _sleep_of_a_clock_that_stops(desk: Watched) -> None:
    desk.clock = VirtualClock(desk.clock().monotonic + 0.1, desk.clock().utc + 3600 * SECOND)


def _clock_set_back(desk: Watched) -> None:
    desk.clock = VirtualClock(desk.clock().monotonic + 0.1, desk.clock().utc - 60 * SECOND)


def _monotonic_backwards(desk: Watched) -> None:
    desk.clock = VirtualClock(desk.clock().monotonic - 1, desk.clock().utc)


@pytest.mark.parametrize(
    ("happens", "cause"),
    [
        (_silence, Cause.IDLE),
        (_sleep, Cause.GAP),
        (_sleep_of_a_clock_that_stops, Cause.CLOCK),
        (_clock_set_back, Cause.CLOCK),
        (_monotonic_backwards, Cause.GAP),
    ],
)
def test_what_nobody_says_is_noticed_even_by_the_first_key_after_it(
    happens: Callable[[Watched], None], cause: Cause
) -> None:
    for noticed in ("may_send", "touched", "look"):
        desk = Watched().armed()
        happens(desk)
        getattr(desk.arming, noticed)(desk.clock())
        assert desk.arming.cause is cause, noticed


def test_trading_input_keeps_it_armed_and_time_alone_does_not() -> None:
    desk = Watched().armed()
    for _ in range(4):
        desk.run(IDLE_SECONDS - 1)
        desk.arming.touched(desk.clock())
        assert desk.why is None
    assert desk.run(IDLE_SECONDS - 1).why is None
    assert desk.run(1).why == "disarmed: no trading input for 15 minutes"


def test_small_unevenness_of_clocks_is_no_jump() -> None:
    desk = Watched().armed()
    for nudge in (0.5, -0.5, 2.0, -2.0):
        now = desk.clock.advance(0.1)
        desk.arming.look(Instant(now.monotonic, UtcNs(now.utc + int(nudge * SECOND))))
        desk.arming.look(desk.clock.advance(0.1))
    assert desk.why is None
    assert desk.run(GAP_SECONDS * 3, GAP_SECONDS).why is None


def test_the_cause_that_is_shown_stays() -> None:
    desk = Watched().armed()
    desk.arming.disarm(Cause.LOCKED)
    revision = desk.arming.revision
    desk.arming.disarm(Cause.WORKSPACE)
    desk.run(IDLE_SECONDS * 2)
    assert desk.arming.cause is Cause.LOCKED
    assert desk.arming.revision == revision


def test_one_key_needs_an_armed_desk() -> None:
    desk = Watched()
    assert not desk.arming.set_one_key(True, desk.clock())
    desk.armed()
    assert desk.arming.set_one_key(True, desk.clock())
    assert not desk.arming.set_one_key(False, desk.clock())


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.floats(0.05, 3_000)),
        st.tuples(st.sampled_from(["touch", "one", "lock", "switch"]), st.just(0.0)),
    )
)


@given(ACTS)
def test_once_disarmed_nothing_but_arming_allows_sending(acts: list[tuple[str, float]]) -> None:
    desk = Watched().armed()
    allowed = True
    for act, seconds in acts:
        match act:
            case "pass":
                desk.clock.advance(seconds)
            case "touch":
                desk.arming.touched(desk.clock())
            case "one":
                desk.arming.set_one_key(True, desk.clock())
            case "lock":
                desk.arming.disarm(Cause.LOCKED)
            case _:
                desk.arming.disarm(Cause.WORKSPACE)
        sends = desk.why is None
        assert allowed or not sends
        assert sends is desk.arming.armed
        assert not desk.arming.one_key or sends
        if act == "pass" and seconds > GAP_SECONDS:
            assert not sends
        allowed = sends
