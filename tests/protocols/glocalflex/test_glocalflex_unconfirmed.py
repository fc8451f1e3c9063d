"""What this desk tells again after a gap is not the venue's word: it brings no order back that is in doubt or over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from protocols.market.orders import Decision
from protocols.market.times import MINUTE, UtcNs
from tests.support.flex import START, FlexDesk, order, order_object

EXPIRY = UtcNs(START + MINUTE)
SOON = order(expiry=EXPIRY)


def cut(desk: FlexDesk) -> None:
    desk.lose("trade")
    desk.wait(5, 0.5)
    desk.open("trade")


def unreadable(desk: FlexDesk) -> None:
    desk.say("trade", b'{"type": "order_status_update", "data": ')


def another_session(desk: FlexDesk) -> None:
    desk.connect_anew()
    desk.ready()


def another_desk(desk: FlexDesk) -> None:
    desk.restart()
    desk.ready()


GAPS = [cut, unreadable, another_session]
GAPS_AND_RESTART = [*GAPS, another_desk]


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def doubted(desk: FlexDesk) -> str:
    """An order that the venue named, and told nothing of once its time was over."""
    client_id = desk.submit(SOON)
    desk.reply({"order_id": "o1", "status": "matching_active"})
    desk.wait(125, 1.0)
    assert desk.state(client_id) == "in doubt"
    return client_id


def decided(desk: FlexDesk) -> str:
    client_id = doubted(desk)
    assert desk.desk.decide(desk.get(client_id), Decision.GONE, "phoned") is None
    desk.alerts.clear()
    return client_id


def states(desk: FlexDesk, client_id: str) -> set[str]:
    """All that it was shown as, from now on for a while."""
    seen = {desk.state(client_id)}
    for _ in range(60):
        desk.wait(1, 1.0)
        seen.add(desk.state(client_id))
    return seen


@pytest.mark.parametrize("gap", GAPS)
def test_an_order_in_doubt_stays_so(desk: FlexDesk, gap: Callable[[FlexDesk], None]) -> None:
    client_id = doubted(desk)
    for _ in range(2):
        gap(desk)
        assert states(desk, client_id) == {"in doubt"}
        assert "expiry passed, unconfirmed" in desk.get(client_id).reason
    assert desk.journal.open_of(client_id)


@pytest.mark.parametrize("gap", GAPS_AND_RESTART)
def test_what_a_person_decided_stays_so(desk: FlexDesk, gap: Callable[[FlexDesk], None]) -> None:
    client_id = decided(desk)
    for _ in range(2):
        gap(desk)
        assert states(desk, client_id) == {"closed by hand"}
        assert desk.alerts == []
    assert desk.journal.decided(client_id) is not None
    assert [each.client_id for each in desk.journal.endings.since(UtcNs(0))] == [client_id]


@pytest.mark.parametrize("gap", GAPS_AND_RESTART)
def test_what_the_venue_tells_after_it_counts(desk: FlexDesk, gap: Callable[[FlexDesk], None]) -> None:
    client_id = decided(desk)
    gap(desk)
    desk.update(order_object(SOON, "o1", "matching_active"))
    assert desk.state(client_id) == "working"
    (alert,) = desk.alerts
    assert "decided by hand: the order is over at the venue (phoned), but the venue shows it working" in alert
    assert desk.journal.decided(client_id) is None
    desk.wait(1)
    assert desk.state(client_id) == "in doubt", "its time is over all the same"
    desk.update(order_object(SOON, "o1", "filled"))
    assert desk.state(client_id) == "filled"


@pytest.mark.parametrize("gap", GAPS)
def test_the_venues_word_ends_a_doubt_that_outlasted_a_gap(desk: FlexDesk, gap: Callable[[FlexDesk], None]) -> None:
    client_id = doubted(desk)
    gap(desk)
    desk.update(order_object(SOON, "o1", "matching_active"))
    assert desk.state(client_id) == "working"
    desk.update(order_object(SOON, "o1", "expired"))
    assert desk.state(client_id) == "expired"


@pytest.mark.parametrize("gap", [another_session, another_desk])
def test_what_the_venue_said_before_its_time_was_over_is_not_said_again(
    desk: FlexDesk, gap: Callable[[FlexDesk], None]
) -> None:
    """A session that begins is not told when the venue said what the desk shows."""
    client_id = decided(desk)
    gap(desk)
    desk.update(order_object(SOON, "o1", "matching_active"), at=EXPIRY)
    assert desk.state(client_id) == "closed by hand"
    assert desk.alerts == []


@pytest.mark.parametrize("gap", GAPS)
def test_an_order_that_lives_as_far_as_is_known_is_marked_beside_one_that_does_not(
    desk: FlexDesk, gap: Callable[[FlexDesk], None]
) -> None:
    doubted(desk)
    living = desk.submit(order(power="2000"))
    desk.reply({"order_id": "o2", "status": "matching_active"})
    gap(desk)
    assert desk.state(living) == "working"
    assert "not confirmed since" in desk.get(living).reason
