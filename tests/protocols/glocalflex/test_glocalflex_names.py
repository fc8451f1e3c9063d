"""Whom the venue named before a restart is known after it: no order of somebody else is taken for ours."""

from pathlib import Path

import pytest

from protocols.market.orders import Decision
from protocols.market.times import MINUTE, UtcNs
from tests.support.flex import START, FlexDesk, order, order_object


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def named(desk: FlexDesk, status: str = "matching_active") -> str:
    """An order of ours that the venue's answer called o1."""
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": status})
    desk.wait(1)
    return client_id


def again(desk: FlexDesk) -> None:
    desk.restart()
    desk.ready()


def told(desk: FlexDesk, venue_id: str, status: str) -> None:
    desk.update(order_object(order(), venue_id, status))


@pytest.mark.parametrize("restarts", [1, 2])
def test_an_order_of_the_same_terms_is_a_strangers(desk: FlexDesk, restarts: int) -> None:
    client_id = named(desk)
    for _ in range(restarts):
        again(desk)
        found = desk.get(client_id)
        assert (found.status.value, found.venue_id) == ("in doubt", "o1")
        assert "the venue calls it o1" in found.reason
    told(desk, "o2", "filled")
    assert desk.state(client_id) == "in doubt"
    assert desk.journal.open_of(client_id)
    assert (desk.get("venue:o2").ours, desk.state("venue:o2")) == (False, "filled")
    told(desk, "o1", "matching_active")
    assert (desk.state(client_id), desk.get(client_id).venue_id, desk.get(client_id).reason) == ("working", "o1", "")
    assert desk.get("venue:o1") is None
    assert len(desk.bodies) == 1


def test_one_that_was_a_strangers_before_the_restart_stays_so(desk: FlexDesk) -> None:
    told(desk, "s1", "matching_active")
    desk.wait(1)
    client_id = named(desk)
    again(desk)
    told(desk, "s1", "filled")
    assert desk.state(client_id) == "in doubt"
    assert desk.get("venue:s1").ours is False


@pytest.mark.parametrize("before", ["pending", "matching_active", "partial_filled"])
@pytest.mark.parametrize("after", ["pending", "matching_active", "filled", "expired"])
def test_whatever_the_venue_says_of_it_is_news(desk: FlexDesk, before: str, after: str) -> None:
    client_id = named(desk, before)
    again(desk)
    told(desk, "o1", after)
    assert desk.state(client_id) == {"filled": "filled", "expired": "expired"}.get(after, "working")
    assert bool(desk.journal.open_of(client_id)) is (desk.state(client_id) == "working")


def test_what_only_its_terms_told_to_be_ours_stays_ours(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.fail()
    told(desk, "o1", "accepted")
    assert desk.state(client_id) == "working"
    again(desk)
    told(desk, "o2", "filled")
    told(desk, "o1", "accepted")
    assert (desk.state(client_id), desk.get(client_id).venue_id) == ("working", "o1")


def test_it_is_over_at_its_expiry_and_a_person_may_decide(desk: FlexDesk) -> None:
    soon = order(expiry=UtcNs(START + MINUTE))
    client_id = desk.submit(soon)
    desk.reply({"order_id": "o1", "status": "matching_active"})
    again(desk)
    desk.wait(125, 1.0)
    assert "expiry passed, unconfirmed" in desk.get(client_id).reason
    assert desk.desk.decide(desk.get(client_id), Decision.GONE) is None
    assert not desk.journal.open_of(client_id)
    for _ in range(2):
        again(desk)
        assert desk.state(client_id) == "closed by hand"
    desk.update(order_object(soon, "o1", "filled"))
    assert desk.state(client_id) == "filled"
    again(desk)
    assert desk.state(client_id) == "filled"
