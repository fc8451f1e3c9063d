"""Orders of the same account that look like ours and are not: older ones, and what is told after a person decided."""

from pathlib import Path
from typing import Any

import pytest

from protocols.market.orders import Decision
from protocols.market.times import HOUR, UtcNs
from tests.support.flex import NAME, START, FlexDesk, order, order_object


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def lose(desk: FlexDesk) -> str:
    """Sends an order whose answer never comes."""
    client_id = desk.submit(order())
    desk.fail("did not answer within 10 s")
    return client_id


def test_an_order_that_the_venue_told_of_before_ours_was_sent_is_not_ours(desk: FlexDesk) -> None:
    desk.update({"order_id": "o1", "status": "pending"})  # too little for a row of its own
    desk.wait(1)
    client_id = lose(desk)
    desk.update(order_object(order(), "o1", "filled"))
    assert desk.state(client_id) == "in doubt"
    assert desk.get("venue:o1").venue_state == "filled"
    desk.update(order_object(order(), "o2", "accepted"))
    assert (desk.state(client_id), desk.get(client_id).venue_id) == ("working", "o2")


def test_an_order_of_an_earlier_desk_that_said_the_same_is_not_taken_for_ours(desk: FlexDesk) -> None:
    client_id = lose(desk)  # the other one was sent from another profile: this journal knows nothing of it
    desk.update(order_object(order(), "o1", "filled"))
    assert desk.state(client_id) == "in doubt"
    assert [each.venue_id for each in desk.desk.market.strays.told[NAME]] == ["o1"]
    assert "for you to decide" in desk.get(client_id).reason


def test_an_order_whose_beginning_was_missed_may_be_over_when_it_is_first_told_of(desk: FlexDesk) -> None:
    client_id = lose(desk)
    desk.lose("trade")
    desk.wait(1)
    desk.open("trade")
    desk.update(order_object(order(), "o1", "filled"))
    assert desk.state(client_id) == "filled"


@pytest.mark.parametrize(
    "other",
    [
        {"expiry_time": "2026-11-21T14:40:00Z"},
        {"location": {"location_id": ["loc2"], "country_code": "FI"}},
        {"location": {"location_id": ["loc1"], "country_code": "DE"}},
    ],
)
def test_an_order_for_another_place_or_time_is_not_taken_for_ours(desk: FlexDesk, other: dict[str, Any]) -> None:
    client_id = lose(desk)
    desk.update(order_object(order(), "o1", "accepted", **other))
    assert desk.state(client_id) == "in doubt"
    assert "for you to decide" in desk.get(client_id).reason


@pytest.mark.parametrize("told", [{"location_id": ["loc1"]}, {"location_id": []}, {"country_code": "FI"}, None])
def test_what_is_left_out_of_a_place_tells_nothing(desk: FlexDesk, told: dict[str, Any] | None) -> None:
    client_id = lose(desk)
    desk.update(order_object(order(), "o1", "accepted", location=told, expiry_time=None))
    assert desk.get(client_id).venue_id == "o1"


def test_an_update_that_was_made_long_before_we_sent_is_not_of_ours(desk: FlexDesk) -> None:
    client_id = lose(desk)
    desk.update(order_object(order(), "o1", "accepted"), at=UtcNs(START - HOUR))
    assert desk.state(client_id) == "in doubt"
    assert "orders alike" in desk.anomalies()


def test_a_name_that_only_the_answer_knows_may_be_another_things_name(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"id": "request-17", "status": "accepted"})
    desk.update(order_object(order(), "o1", "filled"))
    assert desk.get(client_id).venue_id == "request-17"
    (alarm,) = [each for each in desk.desk.market.anomalies if each.kind == "orders alike"]
    assert "o1" in alarm.message
    assert "request-17" in alarm.message


def test_a_name_that_an_update_confirmed_is_beyond_doubt(desk: FlexDesk) -> None:
    desk.submit(order())
    desk.reply({"order_id": "o1"})
    desk.update(order_object(order(), "o1", "accepted"))
    desk.update(order_object(order(), "o2", "accepted"))
    assert desk.anomalies() == []


def test_what_comes_after_a_decision_by_hand_is_an_alarm(desk: FlexDesk) -> None:
    client_id = lose(desk)
    assert desk.desk.decide(desk.get(client_id), Decision.NEVER_ARRIVED) is None
    desk.update(order_object(order(), "o1", "accepted"))
    assert desk.state(client_id) == "not sent"
    assert desk.get("venue:o1").ours is False
    (alarm,) = desk.desk.market.anomalies
    assert "one that was decided by hand" in alarm.message


def test_what_is_kept_of_an_order_that_is_not_matched_has_a_bound(desk: FlexDesk) -> None:
    first, other = lose(desk), lose(desk)
    for number in range(200):
        desk.update(order_object(order(), "o1", "accepted", filled_power=number))
    before = desk.desk.market.flex.told_revision
    assert desk.desk.decide(desk.get(first), Decision.NEVER_ARRIVED) is None
    assert desk.state(other) == "partly filled"
    assert 0 < desk.desk.market.flex.told_revision - before <= 50
