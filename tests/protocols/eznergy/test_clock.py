"""The venue's clock against ours, as its heartbeats tell it: late ones, steps of our own clock, another server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.eznergy.heartbeats import COMPARED
from protocols.market.events import ClockCompared
from protocols.market.times import SECOND, Instant, UtcNs, utc_text
from tests.protocols.eznergy.support import START, Conversation

M7 = "EPEX M7"


class Clocked(Conversation):
    """A venue whose clock is `ahead` of ours by so many seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        super().__init__()
        self.ahead = ahead
        self.began = self.now.monotonic
        self.live()

    def beat(self, delay: float = 0.0) -> None:
        """A heartbeat that was sent `delay` seconds ago."""
        true = START + round((self.now.monotonic - self.began) * SECOND)
        current = UtcNs(true + round((self.ahead - delay) * SECOND))
        following = UtcNs(current + 5 * SECOND)
        self.say("heartbeat", data={"current": utc_text(current), "next": utc_text(following), "items": []})

    def later(self, seconds: float = 5.0) -> None:
        self.now = Instant(self.now.monotonic + seconds, UtcNs(self.now.utc + round(seconds * SECOND)))

    def step_our_clock(self, seconds: float) -> None:
        self.now = Instant(self.now.monotonic, UtcNs(self.now.utc + round(seconds * SECOND)))

    @property
    def offset(self) -> float | None:
        """Seconds that the market believes the venue to be ahead."""
        offset = self.market.clock_offset(M7)
        return None if offset is None else offset / SECOND


@pytest.mark.parametrize("ahead", [3.2, -3.2, 0.0])
def test_the_first_heartbeat_tells_how_far_the_clocks_are_apart(ahead: float) -> None:
    talk = Clocked(ahead)
    assert talk.offset is None
    assert talk.market.venue_now(M7, talk.now) == talk.now.utc, "until the venue told the time, ours"
    talk.beat()
    assert talk.offset == pytest.approx(ahead, abs=1e-6)
    assert talk.market.venue_now(M7, talk.now) == pytest.approx(talk.now.utc + ahead * SECOND, abs=1000)
    (told,) = [event for event in talk.events if isinstance(event, ClockCompared)]
    assert (told.connection, told.at) == (M7, talk.now)


@given(delays=st.lists(st.floats(0.0, 4.0), min_size=1, max_size=40))
def test_of_the_last_heartbeats_the_least_delayed_counts(delays: list[float]) -> None:
    talk = Clocked(2.0)
    for delay in delays:
        talk.later()
        talk.beat(delay)
    assert talk.offset == pytest.approx(2.0 - min(delays[-COMPARED:]), abs=1e-5)


def test_a_step_of_our_own_clock_counts_with_the_next_heartbeat() -> None:
    talk = Clocked()
    for _ in range(COMPARED):
        talk.later()
        talk.beat()
    talk.step_our_clock(30.0)
    talk.later()
    talk.beat(delay=0.5)
    assert talk.offset == pytest.approx(-30.0, abs=1e-5), "and what is known of the way is not forgotten"
    talk.step_our_clock(-60.0)
    talk.later()
    talk.beat(delay=0.5)
    assert talk.offset == pytest.approx(30.0, abs=1e-5)


def test_another_socket_may_lead_to_a_server_with_another_clock() -> None:
    talk = Clocked(1.0)
    talk.beat()
    talk.closed()
    assert talk.offset == pytest.approx(1.0), "a link that is down changes no clock"
    talk.ahead = -1.0
    talk.wait(30)
    talk.opened()
    talk.beat()
    assert talk.offset == pytest.approx(-1.0, abs=1e-5)


def test_a_heartbeat_that_can_not_be_read_tells_nothing() -> None:
    talk = Clocked()
    talk.say("heartbeat", data={"current": "2026-11-21T15:02.23Z", "next": "2026-11-21T15:03:00Z", "items": []})
    assert talk.offset is None
