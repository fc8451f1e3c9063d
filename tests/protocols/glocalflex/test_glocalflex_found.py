"""A person finds an order of ours among the venue's: recorded, nothing sent, and what the venue tells later counts."""

from pathlib import Path

import pytest

from protocols.market.commands import PlaceOrder
from protocols.market.flex import Place
from protocols.market.orders import Decision
from protocols.market.times import MINUTE, UtcNs
from tests.protocols.glocalflex.test_glocalflex_naming import lose
from tests.support.flex import NAME, START, FlexDesk, order, order_object

BY_HAND = "found among the venue's orders by hand"


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def offered(desk: FlexDesk, client_id: str) -> list[str]:
    return [each.venue_id for each in desk.desk.market.flex.candidates(NAME, client_id)]


def find(desk: FlexDesk, client_id: str, venue_id: str | None, note: str = "") -> str | None:
    return desk.desk.decide(desk.get(client_id), Decision.NAMED, note, "what was shown", venue_id)


def told(desk: FlexDesk, venue_id: str, status: str = "accepted", command: PlaceOrder | None = None) -> None:
    desk.update(order_object(command or order(), venue_id, status))


def test_twins_are_told_apart_by_a_person(desk: FlexDesk) -> None:
    one, other = lose(desk, order()), lose(desk, order())
    told(desk, "o1")
    assert (offered(desk, one), offered(desk, other)) == (["o1"], ["o1"])
    assert find(desk, other, "o1", "phoned") is None
    found = desk.get(other)
    assert (found.status.value, found.venue_id, found.reason) == ("working", "o1", BY_HAND)
    assert desk.state(one) == "in doubt"
    assert offered(desk, one) == []
    assert desk.desk.market.strays.told[NAME] == ()
    # The second one of the venue's can only be the other one of ours.
    told(desk, "o2")
    told(desk, "o1", "filled")
    assert (desk.state(other), desk.get(one).venue_id) == ("filled", "o2")
    assert desk.alerts == []
    assert len(desk.bodies) == 2, "nothing was sent for it"


def test_of_two_orders_of_the_venue_the_one_that_is_not_ours_is_shown_as_a_strangers(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    told(desk, "o1")
    told(desk, "o2")
    desk.fail()
    assert offered(desk, client_id) == ["o1", "o2"]
    assert find(desk, client_id, "o2") is None
    assert desk.get(client_id).venue_id == "o2"
    assert desk.get("venue:o1").ours is False


def test_an_order_that_tells_little_of_itself_is_matched_by_nobody_but_a_person(desk: FlexDesk) -> None:
    client_id = lose(desk, order())
    desk.update({"order_id": "o1", "status": "accepted"})
    desk.update({"order_id": "o2", "status": "accepted", "side": "sell"})
    assert desk.state(client_id) == "in doubt"
    assert offered(desk, client_id) == ["o1"], "what is told to be another is not offered"
    assert find(desk, client_id, "o1") is None
    assert (desk.state(client_id), desk.get(client_id).venue_id) == ("working", "o1")


def test_what_is_known_to_be_older_is_not_offered(desk: FlexDesk) -> None:
    desk.update({"order_id": "o1", "status": "accepted"})
    desk.wait(1)
    assert offered(desk, lose(desk, order())) == []


def test_an_order_for_another_place_may_be_found_to_be_ours_all_the_same(desk: FlexDesk) -> None:
    client_id = lose(desk, order())
    told(desk, "o1", command=order(place=Place(("loc2",), "FI")))
    assert desk.state(client_id) == "in doubt"
    (candidate,) = desk.desk.market.flex.candidates(NAME, client_id)
    assert (candidate.status, candidate.place) == ("accepted", Place(("loc2",), "FI"))
    assert find(desk, client_id, "o1") is None
    terms = desk.get(client_id).terms
    assert terms.place == Place(("loc2",), "FI"), "the venue's word counts"


@pytest.mark.parametrize("venue_id", ["o9", "", None])
def test_only_what_is_offered_can_be_found(desk: FlexDesk, venue_id: str | None) -> None:
    one, _ = lose(desk, order()), lose(desk, order())
    told(desk, "o1")
    assert "look again" in (find(desk, one, venue_id) or "")
    assert desk.state(one) == "in doubt"
    assert desk.journal.decided(one) is None


def test_one_of_the_venues_orders_is_found_once(desk: FlexDesk) -> None:
    one, other = lose(desk, order()), lose(desk, order())
    told(desk, "o1")
    looked_at = desk.get(other)
    assert find(desk, one, "o1") is None
    assert "look again" in (desk.desk.decide(looked_at, Decision.NAMED, venue_id="o1") or "")
    assert "not in doubt" in (find(desk, one, "o1") or "")


@pytest.mark.parametrize("how", ["restart", "connect_anew"])
def test_what_was_found_is_known_after_another_session_or_desk(desk: FlexDesk, how: str) -> None:
    one, other = lose(desk, order()), lose(desk, order())
    told(desk, "o1")
    assert find(desk, one, "o1") is None
    getattr(desk, how)()
    desk.ready()
    if how == "restart":
        assert desk.state(one) == "in doubt"
        assert desk.get(one).reason.startswith("decided by hand: it is the venue's order o1; how it stands")
    told(desk, "o1", "matching_active")
    assert (desk.state(one), desk.get(one).venue_id) == ("working", "o1")
    assert BY_HAND in desk.get(one).reason
    assert desk.state(other) == "in doubt"
    told(desk, "o1", "filled")
    assert (desk.state(one), desk.journal.open_of(one), desk.journal.decided(one)) == ("filled", (), None)
    desk.restart()
    assert desk.state(one) == "filled"
    assert BY_HAND in desk.get(one).reason
    assert desk.alerts == []


def test_a_restart_before_the_venue_tells_of_it_leaves_other_decisions_open(desk: FlexDesk) -> None:
    one, _ = lose(desk, order()), lose(desk, order())
    told(desk, "o1")
    assert find(desk, one, "o1") is None
    desk.restart()
    desk.ready()
    assert desk.desk.decide(desk.get(one), Decision.GONE) is None
    assert (desk.state(one), desk.journal.open_of(one)) == ("closed by hand", ())
    desk.restart()
    assert desk.state(one) == "closed by hand"
    assert desk.journal.decided(one).decision is Decision.GONE


def test_an_order_found_by_hand_that_says_something_else_later_is_told_of(desk: FlexDesk) -> None:
    client_id = lose(desk, order())
    desk.update({"order_id": "o1", "status": "accepted"})
    assert find(desk, client_id, "o1") is None
    desk.wait(1)
    told(desk, "o1", "matching_active", order(at="0.31"))
    assert "other terms" in desk.anomalies()
    assert desk.get(client_id).venue_state == "matching_active"


def test_a_lookalike_of_an_order_found_by_hand_is_an_alarm(desk: FlexDesk) -> None:
    client_id = lose(desk, order())
    desk.update({"order_id": "o1", "status": "accepted"})
    assert find(desk, client_id, "o1") is None
    told(desk, "o2")
    assert "orders alike" in desk.anomalies()
    assert desk.get("venue:o2").ours is False


def test_an_expiry_that_passed_is_asked_about_and_can_still_be_found(desk: FlexDesk) -> None:
    soon = order(expiry=UtcNs(START + MINUTE))
    one, _ = lose(desk, soon), lose(desk, soon)
    desk.wait(125, 1.0)
    told(desk, "o1", "filled", soon)
    assert find(desk, one, "o1") is None
    assert desk.state(one) == "filled"


def test_while_switched_off_it_is_found_as_well_and_stays_in_the_journal_first(desk: FlexDesk) -> None:
    one, _ = lose(desk, order()), lose(desk, order())
    told(desk, "o1")
    desk.session.stop(desk.now)
    desk.crank()
    assert find(desk, one, "o1") is None
    decided = desk.journal.decided(one)
    assert decided is not None
    assert (decided.venue_id, decided.known) == ("o1", "what was shown")
    assert desk.get(one).venue_id == "o1"


def test_a_journal_that_takes_nothing_leaves_the_doubt(desk: FlexDesk) -> None:
    one, _ = lose(desk, order()), lose(desk, order())
    told(desk, "o1")
    desk.journal.close()
    assert "journal" in (find(desk, one, "o1") or "")
    assert desk.state(one) == "in doubt"
