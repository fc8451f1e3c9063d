"""Orders that no answer names: which of the venue's orders is which of ours, and what time and cuts leave open."""

from pathlib import Path

import pytest

from protocols.market.commands import PlaceOrder
from protocols.market.events import Freshness
from protocols.market.flex import Place
from protocols.market.orders import Decision
from protocols.market.times import MINUTE, SECOND, Instant, UtcNs
from protocols.market.values import Side
from protocols.session import CallFailed, Reply
from tests.support.flex import NAME, START, FlexDesk, order, order_object, window


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def lose(desk: FlexDesk, command: PlaceOrder) -> str:
    """Sends an order whose answer never comes."""
    client_id = desk.submit(command)
    desk.fail("did not answer within 10 s")
    assert desk.state(client_id) == "in doubt"
    return client_id


# Whose is it?


@pytest.mark.parametrize("updated_first", [False, True])
def test_a_lost_answers_order_is_known_by_its_terms(desk: FlexDesk, updated_first: bool) -> None:
    client_id = desk.submit(order())
    if updated_first:
        desk.update(order_object(order(), "o1", "pending"))
        assert desk.state(client_id) == "pending", "the answer may still name it"
        assert not desk.desk.market.strays.told.get(NAME), "until then nothing is amiss"
    desk.fail()
    desk.update(order_object(order(), "o1", "accepted"))
    assert (desk.state(client_id), desk.get(client_id).venue_id) == ("working", "o1")
    assert desk.journal.open_of(client_id), "it lives, and no list would tell of it after a restart"
    desk.update(order_object(order(), "o1", "expired"))
    assert not desk.journal.open_of(client_id)


@pytest.mark.parametrize(
    "other",
    [
        order(Side.SELL), order(power="1001"), order(at="0.26"), order(delivery=window(4)),
    ],
)  # fmt: skip
def test_an_order_that_says_something_else_is_not_it(desk: FlexDesk, other: PlaceOrder) -> None:
    client_id = lose(desk, order())
    desk.update(order_object(other, "o1", "accepted"))
    assert desk.state(client_id) == "in doubt"
    (foreign,) = [each for each in desk.desk.market.blotter.rows() if not each.ours]
    assert (foreign.client_id, foreign.venue_state) == ("venue:o1", "accepted")


def test_of_two_orders_alike_neither_is_matched_and_a_person_decides(desk: FlexDesk) -> None:
    one, other = lose(desk, order()), lose(desk, order())
    desk.update(order_object(order(), "o1", "accepted"))
    desk.update(order_object(order(), "o1", "matching_active"))
    assert [desk.state(each) for each in (one, other)] == ["in doubt", "in doubt"]
    assert "for you to decide" in desk.get(one).reason
    assert [each.venue_id for each in desk.desk.market.strays.told[NAME]] == ["o1"]
    assert desk.anomalies().count("orders alike") == 1
    assert desk.desk.decide(desk.get(one), Decision.NEVER_ARRIVED) is None
    # What is left is one order of ours and one of the venue's.
    assert (desk.state(one), desk.state(other)) == ("not sent", "working")
    assert (desk.get(other).venue_id, desk.get(other).venue_state) == ("o1", "matching_active")
    assert desk.desk.market.strays.told[NAME] == ()
    assert len(desk.bodies) == 2


def test_two_of_the_venues_alike_are_not_matched_to_one_of_ours(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    for venue_id in ("o1", "o2"):
        desk.update(order_object(order(), venue_id, "accepted"))
    desk.fail()
    assert desk.state(client_id) == "in doubt"
    assert {each.venue_id for each in desk.desk.market.strays.told[NAME]} == {"o1", "o2"}


def test_an_answer_with_a_name_tells_twins_apart(desk: FlexDesk) -> None:
    one = lose(desk, order())
    other = desk.submit(order())
    desk.update(order_object(order(), "o1", "accepted"))
    desk.update(order_object(order(), "o2", "accepted"))
    desk.reply({"order_id": "o2", "status": "pending"})
    assert desk.get(other).venue_id == "o2"
    assert desk.get(one).venue_id == "o1"


def test_place_and_expiry_tell_apart_what_says_the_same_otherwise(desk: FlexDesk) -> None:
    here, there = order(place=Place(("loc1",), "FI")), order(place=Place(("loc2",), "DE"))
    one, other = lose(desk, here), lose(desk, there)
    desk.update(order_object(there, "o2", "accepted"))
    assert (desk.state(one), desk.get(other).venue_id) == ("in doubt", "o2")
    desk.update(order_object(here, "o1", "accepted"))
    assert desk.get(one).venue_id == "o1"


def test_a_second_order_that_looks_like_one_known_by_its_terms_is_an_alarm(desk: FlexDesk) -> None:
    client_id = lose(desk, order())
    desk.update(order_object(order(), "o1", "accepted"))
    desk.update(order_object(order(), "o2", "accepted"))
    assert desk.get(client_id).venue_id == "o1"
    assert "orders alike" in desk.anomalies()
    assert desk.get("venue:o2").ours is False


def test_an_order_that_the_venue_took_and_never_names_is_in_doubt(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({})
    desk.wait(14)
    assert desk.state(client_id) == "pending"
    desk.wait(2)
    assert desk.state(client_id) == "in doubt"
    assert "has not told of it" in desk.get(client_id).reason


def test_a_twin_that_is_not_named_yet_is_asked_about(desk: FlexDesk) -> None:
    desk.submit(order())
    submission = desk.desk.submit(order())
    assert submission.step.value == "asks"
    assert [finding.rule for finding in submission.findings] == ["twin"]


# Time


def test_an_expiry_that_passes_without_a_word_is_told_as_such(desk: FlexDesk) -> None:
    soon = order(expiry=UtcNs(START + MINUTE))
    named, unnamed = desk.submit(soon), lose(desk, order(power="2000", expiry=UtcNs(START + MINUTE)))
    desk.reply({"order_id": "o1", "status": "matching_active"}, call=desk.calls[-2])
    desk.wait(119, 1.0)
    assert desk.state(named) == "working"
    desk.wait(3, 1.0)
    for client_id in (named, unnamed):
        assert desk.state(client_id) == "in doubt"
        assert "expiry passed, unconfirmed" in desk.get(client_id).reason
    assert desk.desk.decide(desk.get(named), Decision.GONE) is None
    assert desk.state(named) == "closed by hand"
    # The venue's word counts all the same, however late.
    desk.update(order_object(soon, "o1", "filled"))
    assert desk.state(named) == "filled"


def test_an_order_ends_a_quarter_of_an_hour_before_delivery_whatever_its_expiry(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "matching_active"})
    desk.update(order_object(order(), "o1", "accepted", expiry_time="2026-11-21T15:00:00Z"))
    desk.now = Instant(desk.now.monotonic, UtcNs(window().start - 13 * MINUTE))
    desk.wait(0.2)
    assert "expiry passed, unconfirmed" in desk.get(client_id).reason


# What a cut leaves behind


@pytest.mark.parametrize("gap", ["silence", "switched off", "another session"])
def test_no_gap_in_the_updates_passes_in_silence(desk: FlexDesk, gap: str) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "matching_active"})
    if gap == "silence":  # the other end is gone, and nobody says so for a while
        desk.muted = True
        desk.wait(50, 1.0)
        assert desk.channel("trade").status is Freshness.STALE
        desk.lose("trade")
        desk.muted = False
        desk.wait(11)
        desk.open("trade")
    elif gap == "switched off":
        desk.session.stop(desk.now)
        desk.crank()
        desk.wait(1)
        desk.session.start(desk.now)
        desk.crank()
        desk.ready()
    else:
        desk.connect_anew()
        desk.ready()
    assert desk.state(client_id) == "working"
    assert "not confirmed since" in desk.get(client_id).reason


def test_after_a_cut_what_lived_is_not_confirmed_until_the_venue_says(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "pending"})
    desk.lose("trade")
    desk.wait(1)
    desk.open("trade")
    assert desk.state(client_id) == "working"
    assert "not confirmed since the updates were cut off at 2026-11-21T12:00" in desk.get(client_id).reason
    desk.update(order_object(order(), "o1", "matching_active"))
    assert desk.get(client_id).reason == ""


@pytest.mark.parametrize("how", ["connect_anew", "restart"])
def test_what_was_sent_is_known_again_after_another_session_or_desk(desk: FlexDesk, how: str) -> None:
    answered, lost = desk.submit(order()), lose(desk, order(power="2000"))
    desk.reply({"order_id": "o1", "status": "matching_active"}, call=desk.calls[-2])
    getattr(desk, how)()
    desk.ready()
    assert desk.state(answered) == ("working" if how == "connect_anew" else "in doubt")
    assert desk.state(lost) == "in doubt"
    desk.update(order_object(order(), "o1", "partial_filled", filled_power=400), at=UtcNs(START + 3_600 * SECOND))
    desk.update(order_object(order(power="2000"), "o2", "accepted"))
    assert (desk.state(answered), desk.get(answered).venue_id) == ("partly filled", "o1")
    assert (desk.state(lost), desk.get(lost).venue_id) == ("working", "o2")
    assert len(desk.bodies) == 2


def test_switching_off_with_an_answer_to_come_leaves_a_doubt(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    call = desk.calls[-1]
    desk.session.stop(desk.now)
    desk.crank()
    assert desk.state(client_id) == "in doubt"
    desk.session.answered(call.call_id, CallFailed("broken off"), desk.now)
    desk.session.answered(call.call_id, Reply(200, b"{}"), desk.now)
    desk.crank()
    assert desk.state(client_id) == "in doubt"
