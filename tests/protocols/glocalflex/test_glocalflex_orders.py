"""Orders: sent once, what each answer comes to, and what becomes of those that nobody answers for."""

import json
from pathlib import Path
from typing import Any

import pytest

from protocols.market.commands import AmendOrder, CancelOrder, PlaceOrder, SetOrderActive
from protocols.market.flex import Place
from protocols.market.orders import Decision
from protocols.market.times import MINUTE, SECOND, Instant, UtcNs
from protocols.market.values import Side, plain_text
from protocols.session import CallFailed, Denied, Prepared, Reply
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


# What an answer comes to


@pytest.mark.parametrize(
    ("status", "body", "state", "words"),
    [
        (200, {}, "pending", ""),
        (200, b"", "pending", ""),
        (200, b"OK", "pending", ""),
        (201, {"order_id": "o1"}, "working", ""),
        (200, {"order_id": "o1", "status": "pending"}, "working", ""),
        (200, {"order": {"id": 17, "status": "accepted"}}, "working", ""),
        (200, {"data": {"id": "o1", "status": "awaiting_baseline_data"}}, "hibernated", "waits for its baseline data"),
        (401, {"detail": "expired"}, "rejected", "refused the token (401)"),
        (422, {"detail": [{"loc": ["body", "power"], "msg": "too much"}]}, "rejected", "power: too much"),
        (422, {"detail": "no"}, "rejected", "no"),
        (422, b"<html>", "rejected", "422"),
        (400, {"detail": "bad"}, "rejected", "bad"),
        (403, {}, "rejected", "403"),
        (429, {}, "rejected", "slow down (429)"),
        (408, {}, "in doubt", "408"),
        (500, {}, "in doubt", "500"),
        (502, b"", "in doubt", "502"),
        (301, b"", "in doubt", "301"),
        (307, b"", "in doubt", "307"),
    ],
)
def test_what_an_answer_comes_to(desk: FlexDesk, status: int, body: Any, state: str, words: str) -> None:
    client_id = desk.submit(order())
    desk.reply(body, status)
    assert desk.state(client_id) == state
    assert words in desk.get(client_id).reason
    desk.wait(120, 1.0)
    assert len(desk.bodies) == 1, "nothing is ever sent again"


def test_an_answer_that_never_comes_leaves_it_in_doubt(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.fail("did not answer within 10 s")
    assert desk.state(client_id) == "in doubt"
    assert "may have been taken" in desk.get(client_id).reason
    assert desk.desk.ask(desk.get(client_id)) is not None, "there is nobody to ask, and that is said"


def test_a_request_that_surely_never_left_is_not_sent(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.fail("nothing listens there", unsent=True)
    assert (desk.state(client_id), desk.get(client_id).reason) == ("not sent", "nothing listens there")


def test_after_a_401_the_token_is_renewed_and_the_order_is_not_sent_again(desk: FlexDesk) -> None:
    desk.wait(40)
    client_id = desk.submit(order())
    desk.reply({}, 401)
    assert desk.form()["grant_type"] == "refresh_token"
    assert "renewing" in desk.desk.submit(order(power="2000")).reason
    desk.grant(2)
    desk.wait(60, 1.0)
    assert desk.state(client_id) == "rejected"
    assert len(desk.bodies) == 1
    desk.submit(order(power="2000"))
    assert desk.calls[-1].bearer is not None
    assert desk.calls[-1].bearer.reveal() == "token-2"


def test_a_422_is_told_field_by_field(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    places = ("power", "expiry_time", "baseline"), ("location", "country_code"), ("location", "location_id")
    detail = [{"loc": ["body", name], "msg": f"{name}?"} for name in places[0]]
    detail += [{"loc": ["body", *place], "msg": f"{place[1]}?"} for place in places[1:]]
    desk.reply({"detail": detail}, 422)
    assert desk.desk.market.flex.refusals[NAME, client_id].problems == (
        ("quantity", "power?"),
        ("expiry", "expiry_time?"),
        ("baseline", "baseline?"),
        ("country", "country_code?"),
        ("location", "location_id?"),
    )


def test_a_429_stops_orders_for_as_long_as_the_venue_says(desk: FlexDesk) -> None:
    desk.submit(order())
    desk.reply({}, 429, retry_after=30)
    assert "slow down (429): not for another 30 s" in desk.desk.submit(order()).reason
    desk.wait(29)
    assert desk.desk.submit(order()).step.value == "denied"
    desk.wait(2)
    desk.submit(order())
    assert len(desk.bodies) == 2


def test_a_reply_of_more_than_words_is_cut_and_is_plain_text(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply(("\x1b[31m" + "x" * 10_000).encode(), 400)
    reason = desk.get(client_id).reason
    assert len(reason) < 400
    assert reason.isprintable()


# One intent, one call


def test_prepare_sends_nothing_and_commit_sends_once(desk: FlexDesk) -> None:
    command = order()
    calls = len(desk.calls)
    client_id = desk.submit(command)
    assert len(desk.calls) == calls + 1
    intent = desk.journal.placed(client_id)
    assert intent is not None
    prepared = Prepared(intent, command, "rest", intent.intent_id, b"{}")
    desk.session.commit(prepared, desk.now)
    desk.crank()
    assert len(desk.calls) == calls + 1
    assert "committed twice" in desk.anomalies()


def test_an_identifier_is_good_for_one_order(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    intent = desk.journal.placed(client_id)
    assert intent is not None
    assert isinstance(desk.session.prepare(intent, desk.now), Denied)


@pytest.mark.parametrize("kind", ["lose trade", "no token", "stopped"])
def test_without_the_means_to_hear_of_it_nothing_is_sent(desk: FlexDesk, kind: str) -> None:
    if kind == "lose trade":
        desk.lose("trade")
    elif kind == "no token":
        desk.wait(3_700, 1.0)
        desk.book()
    else:
        desk.session.stop(desk.now)
        desk.crank()
    assert desk.desk.submit(order()).step.value == "denied"
    assert desk.bodies == []


def test_a_call_that_is_answered_after_the_link_of_updates_broke_counts(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.lose("trade")
    desk.reply({"order_id": "o1", "status": "pending"})
    assert desk.state(client_id) == "working"


# No way back


def test_a_cancel_is_denied_in_words_with_the_expiry(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "pending"})
    for command in (
        CancelOrder(NAME, client_id), AmendOrder(NAME, client_id, price=order().price),
        SetOrderActive(NAME, client_id, False),
    ):  # fmt: skip
        submission = desk.desk.submit(command)
        assert submission.step.value == "denied"
    assert "documents no way to take an order back" in desk.desk.submit(CancelOrder(NAME, client_id)).reason
    assert "expires at 2026-11-21T14:45:00Z" in desk.desk.submit(CancelOrder(NAME, client_id)).reason
    assert desk.state(client_id) == "working"
    assert len(desk.bodies) == 1


# Statuses


@pytest.mark.parametrize(
    ("status", "state", "fields"),
    [
        ("pending", "working", {}),
        ("awaiting_baseline_data", "hibernated", {}),
        ("selected_for_baseline_activation", "hibernated", {}),
        ("accepted", "working", {}),
        ("matching_active", "working", {}),
        ("partial_filled", "partly filled", {"filled_power": 400}),
        ("partial_filled", "partly filled", {"remaining_power": "600.0"}),
        ("filled", "filled", {}),
        ("cancelled", "cancelled", {}),
        ("expired", "expired", {}),
        ("rejected", "cancelled", {}),
        ("under_review", "working", {}),
    ],
)
def test_every_status(desk: FlexDesk, status: str, state: str, fields: dict[str, Any]) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1"})
    desk.update(order_object(order(), "o1", status, **fields))
    assert (desk.state(client_id), desk.get(client_id).venue_state) == (state, status)
    if fields:
        assert plain_text(desk.get(client_id).remaining) == "600"
    assert ("unrecognised status" in desk.anomalies()) is (status == "under_review")


def test_a_partial_fill_of_untold_size_says_so(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1"})
    desk.update(order_object(order(), "o1", "partial_filled"))
    assert (desk.get(client_id).venue_state, desk.get(client_id).filled) == ("partial_filled", 0)
    assert "does not say how much" in desk.get(client_id).reason


def test_updates_out_of_order_and_twice_end_where_the_newest_word_puts_them(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "pending"})
    told = [("accepted", 1), ("filled", 9), ("matching_active", 2), ("filled", 9), ("partial_filled", 5)]
    for status, seconds in told:
        desk.update(order_object(order(), "o1", status), at=UtcNs(START + seconds * SECOND))
    assert desk.state(client_id) == "filled"
    assert desk.desk.market.blotter.refused == []
    assert desk.session.report().channels[0].stragglers == 2


def test_of_two_updates_made_at_once_the_one_that_is_further_on_counts(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1"})
    for status in ("accepted", "matching_active", "pending"):
        desk.update(order_object(order(), "o1", status), at=START)
    assert desk.get(client_id).venue_state == "matching_active"


def test_another_key_may_name_an_order(tmp_path: Path) -> None:
    desk = FlexDesk(tmp_path, order_id_keys=("uuid",))
    desk.ready()
    client_id = desk.submit(order())
    desk.reply({"uuid": "u1"})
    desk.update({**order_object(order(), "x", "accepted"), "uuid": "u1"})
    assert (desk.get(client_id).venue_id, desk.get(client_id).venue_state) == ("u1", "accepted")


def test_an_update_that_names_no_order_is_an_alarm_and_nothing_else(desk: FlexDesk) -> None:
    desk.update({"status": "accepted"})
    assert desk.anomalies() == ["order without a name"]
    assert desk.desk.market.blotter.rows() == []


def test_an_unreadable_update_puts_every_living_order_in_question(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "pending"})
    desk.say("trade", b'{"type": "order_status_update", "data": ')
    assert "not confirmed since an update could not be read" in desk.get(client_id).reason


# Whose is it?


@pytest.mark.parametrize("updated_first", [False, True])
def test_a_lost_answers_order_is_known_by_its_terms(desk: FlexDesk, updated_first: bool) -> None:
    client_id = desk.submit(order())
    if updated_first:
        desk.update(order_object(order(), "o1", "pending"))
        assert desk.state(client_id) == "pending", "the answer may still name it"
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
    assert [each.venue_id for each in desk.desk.market.unmatched[NAME]] == ["o1"]
    assert desk.anomalies().count("orders alike") == 1
    assert desk.desk.decide(desk.get(one), Decision.NEVER_ARRIVED) is None
    # What is left is one order of ours and one of the venue's.
    assert (desk.state(one), desk.state(other)) == ("not sent", "working")
    assert (desk.get(other).venue_id, desk.get(other).venue_state) == ("o1", "matching_active")
    assert desk.desk.market.unmatched[NAME] == ()
    assert len(desk.bodies) == 2


def test_two_of_the_venues_alike_are_not_matched_to_one_of_ours(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    for venue_id in ("o1", "o2"):
        desk.update(order_object(order(), venue_id, "accepted"))
    desk.fail()
    assert desk.state(client_id) == "in doubt"
    assert {each.venue_id for each in desk.desk.market.unmatched[NAME]} == {"o1", "o2"}


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


def test_an_order_that_was_over_is_not_in_doubt_after_a_restart(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "filled"})
    desk.restart()
    assert desk.state(client_id) == "unknown"


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


# Sell orders and contracts


def test_a_sell_order_carries_its_baseline_and_one_without_is_asked_about(desk: FlexDesk) -> None:
    desk.submit(order(Side.SELL))
    assert desk.bodies[-1]["baseline"]["data_points"] == [{"2026-11-21T15:00:00Z": pytest.approx(1.5)}]
    submission = desk.desk.submit(order(Side.SELL, power="500", based=False))
    assert submission.step.value == "asks"
    assert "awaiting_baseline_data" in submission.reason


def test_a_contract_goes_through_verification_and_settlement(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "filled"})
    words = (
        "verification_initiated", "verification_completed_success", "settlement_initiated", "grid_says_hello",
        "settlement_completed_success",
    )  # fmt: skip
    for number, word in enumerate((*words, words[1])):  # the last one comes late, and twice
        at = UtcNs(START + (1 if number == len(words) else number) * SECOND)
        desk.update({"contract_id": "c1", "order_id": "o1", "status": word, "odd": 1}, "contract_status_update", at)
    venue_id = desk.get(client_id).venue_id
    (view,) = desk.desk.market.flex.contracts.of_order(NAME, venue_id)
    assert tuple(step.word for step in view.steps) == words
    assert view.contract.status == "settlement_completed_success"
    assert json.loads(view.contract.raw)["odd"] == 1
    assert desk.state(client_id) == "filled"


def test_a_contract_without_a_name_is_unreadable_and_breaks_nothing(desk: FlexDesk) -> None:
    desk.update({"status": "verification_initiated"}, "contract_status_update")
    assert desk.anomalies() == ["unreadable message"]
    assert desk.status == "live"
