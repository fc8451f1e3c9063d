"""Orders: sent once, what each answer comes to, and what becomes of those that nobody answers for."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocols.market.commands import AmendOrder, CancelOrder, FlexTerms, SetOrderActive
from protocols.market.flex import Reading
from protocols.market.times import SECOND, UtcNs
from protocols.market.values import Quantity, Side, plain_text
from protocols.session import Denied, Prepared
from tests.support.flex import NAME, START, FlexDesk, order, order_object


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


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


@pytest.mark.parametrize("status", [401, 422, 500])
def test_an_answer_that_quotes_the_token_is_shown_and_kept_without_it(
    desk: FlexDesk, tmp_path: Path, status: int
) -> None:
    client_id = desk.submit(order())
    desk.reply({"detail": "no good: Bearer token-1"}, status)
    assert "token-1" not in desk.get(client_id).reason
    desk.journal.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"no good: Bearer ***" in kept
    for secret in (b"token-1", b"refresh-1", b"practice"):
        assert secret not in kept


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


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("answer", [{}, {"status": "success"}])
def test_a_word_that_nobody_knows_hides_none_that_comes_after_it(
    desk: FlexDesk, answer: dict[str, str], anew: bool
) -> None:
    sold = order(Side.SELL)
    client_id = desk.submit(sold)
    desk.reply({"order_id": "o1", **answer})
    if anew:
        desk.connect_anew()
        desk.ready()
    desk.update(order_object(sold, "o1", "awaiting_baseline_data"))
    assert desk.get(client_id).venue_state == "awaiting_baseline_data"
    desk.wait(1)
    desk.update({"order_id": "o1", "filled_power": 100})
    assert desk.get(client_id).venue_state == "awaiting_baseline_data", "an update without a status has none to tell"


def test_an_order_that_names_its_contract_is_an_order_however_its_status_is_spelt(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1"})
    desk.update(order_object(order(), "o1", "Filled", contract_id="c1"))
    assert desk.state(client_id) == "filled"


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


def test_an_update_of_many_megabytes_is_none(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "accepted"})
    desk.update(order_object(order(), "o1", "filled", note="x" * 1_000_000))
    assert desk.state(client_id) == "working"
    assert "an update could not be read" in desk.get(client_id).reason


def test_an_unreadable_update_puts_every_living_order_in_question(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "pending"})
    desk.say("trade", b'{"type": "order_status_update", "data": ')
    assert "not confirmed since an update could not be read" in desk.get(client_id).reason


# Sell orders and contracts


def test_a_sell_order_carries_its_baseline_and_one_without_is_asked_about(desk: FlexDesk) -> None:
    desk.submit(order(Side.SELL))
    assert desk.bodies[-1]["baseline"]["data_points"] == [{"2026-11-21T15:00:00Z": pytest.approx(1.5)}]
    submission = desk.desk.submit(order(Side.SELL, power="500", based=False))
    assert submission.step.value == "asks"
    assert "awaiting_baseline_data" in submission.reason


def test_a_reading_may_be_negative(desk: FlexDesk) -> None:
    sold = order(Side.SELL)
    assert isinstance(sold.terms, FlexTerms)
    assert sold.terms.baseline is not None
    fed_in = Reading(sold.terms.baseline.reading_start, Quantity(-2_125_000_000))
    told = msgspec.structs.replace(sold.terms.baseline, readings=(fed_in,))
    desk.submit(msgspec.structs.replace(sold, terms=msgspec.structs.replace(sold.terms, baseline=told)))
    assert [list(each.values()) for each in desk.bodies[-1]["baseline"]["data_points"]] == [[Decimal("-2.125")]]


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
