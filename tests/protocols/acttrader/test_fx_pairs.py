"""Pairs of which one leg cancels the other: their answers, and every way in which they stop being a pair."""

from pathlib import Path
from typing import Any

import pytest

from app.desk import Step
from protocols.market.commands import AmendOrder, CancelOrder
from protocols.market.orders import Decision, Request
from protocols.market.pair_results import PairResult, pair_result
from protocols.market.pairs import PairState, pair_concerns, pair_state
from protocols.market.values import Side
from tests.app.journal_files import rows
from tests.support.fx import START, FxDesk, pair, price, record


def entry(client_id: str | None, venue_id: int, kind: str, status: str = "NEW", **more: Any) -> dict[str, Any]:
    return {"orderId": venue_id, "clientOrderId": client_id, "status": status, "type": kind, "login": 700100, **more}


def placed(desk: FxDesk) -> str:
    name = desk.submit(pair())
    desk.answer(desk.last("neworderoco"), [entry(f"{name}.1", 1, "LIMIT"), entry(f"{name}.2", 2, "STOP")])
    return name


def execute(desk: FxDesk, name: str, leg: int, status: str, executed: int = 0, **more: Any) -> None:
    kind = {"type": "LIMIT"} if leg == 1 else {"type": "STOP", "stopPrice": 1.15}
    desk.say(
        {
            "event": "execution",
            "payload": record(f"{name}.{leg}", leg, status=status, executedQty=executed, **kind, **more),
        }
    )


def alarms(desk: FxDesk) -> list[str]:
    return [words for words in desk.anomalies() if words.startswith("OCO alarm")]


def state(desk: FxDesk, name: str) -> PairState:
    return pair_state(order for order in desk.desk.market.blotter.rows() if order.pair == name)


def result(desk: FxDesk, name: str) -> PairResult:
    return pair_result([order for order in desk.desk.market.blotter.rows() if order.pair == name], pair())


def test_a_pair_is_one_request_with_both_names(desk: FxDesk) -> None:
    name = desk.submit(pair())
    sent = desk.last("neworderoco")["payload"]
    assert [leg["clientOrderId"] for leg in sent["orders"]] == [f"{name}.1", f"{name}.2"]
    assert [leg["type"] for leg in sent["orders"]] == ["LIMIT", "STOP"]
    assert (sent["symbol"], sent["side"], sent["quantity"], sent["timeInForce"]) == ("EURUSD", "BUY", 10000, "AON")
    assert state(desk, name) is PairState.PENDING
    desk.answer(desk.last("neworderoco"), [entry(f"{name}.1", 1, "LIMIT"), entry(f"{name}.2", 2, "STOP")])
    assert state(desk, name) is PairState.WORKING
    assert desk.journal.open_of(f"{name}.1") == ()


def test_answers_are_matched_by_name_and_type_whatever_their_order(desk: FxDesk) -> None:
    name = desk.submit(pair())
    desk.answer(desk.last("neworderoco"), [entry(f"{name}.2", 2, "STOP"), entry(f"{name}.1", 1, "LIMIT")])
    assert [desk.get(f"{name}.{leg}").venue_id for leg in (1, 2)] == ["1", "2"]


def test_one_name_on_both_answers_is_told_apart_by_type(desk: FxDesk) -> None:
    """As the vendor's own example has it."""
    name = desk.submit(pair())
    desk.answer(desk.last("neworderoco"), [entry(f"{name}.1", 1, "LIMIT"), entry(f"{name}.1", 2, "STOP")])
    assert [desk.get(f"{name}.{leg}").venue_id for leg in (1, 2)] == ["1", "2"]
    assert alarms(desk) == []


def test_one_leg_executed_and_the_other_cancelled_for_it(desk: FxDesk) -> None:
    name = placed(desk)
    execute(desk, name, 1, "FILLED", 10000)
    execute(desk, name, 2, "CANCELED", reason="OCO_CONDITION")
    desk.wait(10)
    assert state(desk, name) is PairState.DONE
    assert "other leg was executed" in desk.get(f"{name}.2").reason
    assert alarms(desk) == []


def test_the_news_may_come_the_other_way_round(desk: FxDesk) -> None:
    name = placed(desk)
    execute(desk, name, 2, "CANCELED", reason="OCO_CONDITION")
    desk.wait(2)
    execute(desk, name, 1, "FILLED", 10000)
    desk.wait(10)
    assert alarms(desk) == []


def test_both_legs_executed(desk: FxDesk) -> None:
    name = placed(desk)
    execute(desk, name, 1, "FILLED", 10000)
    execute(desk, name, 2, "FILLED", 10000)
    assert "both legs were executed" in alarms(desk)[0]
    assert state(desk, name) is PairState.BOTH_FILLED


def test_one_leg_refused(desk: FxDesk) -> None:
    name = desk.submit(pair())
    desk.answer(
        desk.last("neworderoco"),
        [entry(f"{name}.1", 1, "LIMIT", "REJECTED", reason="no"), entry(f"{name}.2", 2, "STOP")],
    )
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["rejected", "working"]
    assert state(desk, name) is PairState.BROKEN
    assert len(alarms(desk)) == 1
    desk.submit(CancelOrder("FX", f"{name}.2"))
    assert desk.last("ordercancel")["payload"] == {"orderId": 2}


def test_a_leg_that_the_answer_leaves_out(desk: FxDesk) -> None:
    name = desk.submit(pair())
    desk.answer(desk.last("neworderoco"), [entry(f"{name}.1", 1, "LIMIT")])
    assert "leg 2" in alarms(desk)[0]
    assert state(desk, name) is PairState.IN_DOUBT
    desk.wait(0.1)
    assert desk.last("orderstatus")["payload"] == {"clientOrderId": f"{name}.2"}
    desk.answer(desk.last("orderstatus"), record(f"{name}.2", 2, type="STOP", stopPrice=1.15))
    assert state(desk, name) is PairState.WORKING


def test_a_leg_that_lives_on_when_the_other_was_executed(desk: FxDesk) -> None:
    name = placed(desk)
    execute(desk, name, 1, "FILLED", 10000)
    desk.wait(6)
    assert "lives on" in alarms(desk)[0]
    assert desk.last("orderstatus")["payload"] == {"orderId": 2}


def test_a_leg_cancelled_by_hand_leaves_an_orphan(desk: FxDesk) -> None:
    name = placed(desk)
    execute(desk, name, 2, "CANCELED", reason="USER")
    assert state(desk, name) is PairState.BROKEN
    assert alarms(desk) == [], "the other leg's cancellation may be on its way"
    desk.wait(6)
    (alarm,) = alarms(desk)
    assert "lives on alone" in alarm


def test_a_pair_cancelled_by_hand_alarms_nobody(desk: FxDesk) -> None:
    name = placed(desk)
    for leg in (2, 1):
        execute(desk, name, leg, "CANCELED", reason="USER")
    desk.wait(6)
    assert alarms(desk) == []


def test_a_refused_pair_is_refused_whole(desk: FxDesk) -> None:
    name = desk.submit(pair())
    desk.refuse(desk.last("neworderoco"), "TOO_MANY_ORDERS", 408)
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["rejected", "rejected"]
    assert alarms(desk) == []
    assert desk.journal.open_of(f"{name}.1") == ()


# In words

OCO = {"reason": "OCO_CONDITION"}
TOLD: list[tuple[list[tuple[int, str, int, dict[str, Any]]], PairState, str]] = [
    ([], PairState.WORKING, "both legs working"),
    (
        [(1, "FILLED", 10000, {})],
        PairState.ENDING,
        "leg 1 (LIMIT) filled; the venue is to cancel leg 2 (STOP)",
    ),
    (
        [(2, "CANCELED", 0, OCO)],
        PairState.ENDING,
        "leg 2 (STOP) cancelled by the venue: the other leg was executed; leg 1 (LIMIT) is to be executed",
    ),
    (
        [(1, "PARTIAL_FILL", 4000, {})],
        PairState.ENDING,
        "leg 1 (LIMIT) executed 4000 of 10000; the venue is to cancel leg 2 (STOP)",
    ),
    (
        [(1, "PARTIAL_FILL", 4000, {}), (2, "CANCELED", 0, OCO)],
        PairState.EXECUTING,
        "leg 1 (LIMIT) executed 4000 of 10000; leg 2 (STOP) cancelled by the venue: the other leg was executed",
    ),
    (
        [(1, "FILLED", 10000, {}), (2, "CANCELED", 0, OCO)],
        PairState.DONE,
        "leg 1 (LIMIT) filled; leg 2 (STOP) cancelled by the venue: the other leg was executed",
    ),
    (
        [(2, "CANCELED", 0, {"reason": "USER"})],
        PairState.BROKEN,
        "broken: leg 2 (STOP) cancelled by a user of the account; leg 1 (LIMIT) lives alone",
    ),
    (
        [(1, "CANCELED", 0, {"reason": "LIFETIME_EXPIRED"}), (2, "CANCELED", 0, {"reason": "LIFETIME_EXPIRED"})],
        PairState.DONE,
        "both legs expired",
    ),
    (
        [(1, "FILLED", 10000, {}), (2, "PARTIAL_FILL", 1000, {})],
        PairState.BOTH_FILLED,
        "both legs were executed: leg 1 (LIMIT) filled; leg 2 (STOP) executed 1000 of 10000",
    ),
]


@pytest.mark.parametrize(("happens", "state_of_it", "words"), TOLD)
def test_a_pair_has_one_result_in_words(
    desk: FxDesk, happens: list[tuple[int, str, int, dict[str, Any]]], state_of_it: PairState, words: str
) -> None:
    name = placed(desk)
    for leg, status, executed, more in happens:
        execute(desk, name, leg, status, executed, **more)
    told = result(desk, name)
    assert (told.state, told.words) == (state_of_it, words)
    if told.state in (PairState.BROKEN, PairState.ENDING):
        assert told.survivor is desk.get(f"{name}.{3 - happens[0][0]}")
    else:
        assert told.survivor is None


def test_the_result_before_the_answer_of_a_refused_pair_and_of_one_in_doubt(desk: FxDesk) -> None:
    name = desk.submit(pair())
    assert result(desk, name).words == "sent; the venue has not answered yet"
    desk.refuse(desk.last("neworderoco"), "TOO_MANY_ORDERS", 408)
    assert result(desk, name).words == "both legs rejected by the venue: TOO_MANY_ORDERS (408)"
    doubted = desk.submit(pair())
    desk.lose()
    assert result(desk, doubted).words.startswith("in doubt: leg 1 (LIMIT) and leg 2 (STOP): ")


def test_a_leg_that_nothing_is_heard_of_is_named_by_what_was_sent(desk: FxDesk) -> None:
    """As after a restart: the venue lists only what lives."""
    name = placed(desk)
    alone = pair_result([desk.get(f"{name}.1")], pair())
    assert alone.state is PairState.BROKEN
    assert alone.survivor is desk.get(f"{name}.1")
    assert alone.words == (
        "broken: leg 2 (STOP 1.15) is not known to the venue, as far as it told; leg 1 (LIMIT) lives alone"
    )
    execute(desk, name, 1, "PARTIAL_FILL", 4000)
    assert pair_result([desk.get(f"{name}.1")]).state is PairState.EXECUTING


@pytest.mark.parametrize(
    ("command", "rules"),
    [
        (pair("1.05", "1.15"), []),
        (pair("1.05", "1.15", side=Side.SELL), []),
        (pair("1.12", "1.15"), ["trades at once", "same side"]),
        (pair("1.05", "1.06"), ["trades at once", "same side"]),
        (pair("1.11", "1.09"), ["trades at once", "trades at once"]),
    ],
)
def test_unusual_pairs_have_to_be_confirmed(desk: FxDesk, command: Any, rules: list[str]) -> None:
    desk.open("chart")
    desk.quote()
    quote = desk.desk.market.quotes.get(command.key)
    assert [concern.rule for concern in pair_concerns(command, quote)] == rules
    submission = desk.desk.submit(command)
    asked = [finding.rule for finding in submission.findings]
    assert [rule for rule in asked if rule in ("trades at once", "same side")] == rules
    assert (submission.step.value == "asks") == bool(asked)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": pair(units="20000").quantity}, "quantity"),
        ({"until": START}, "lifetime"),
        ({"forever": True}, "lifetime"),
    ],
)
def test_a_leg_is_not_made_another_size_or_age_than_its_brother(
    desk: FxDesk, change: dict[str, Any], field: str
) -> None:
    name = placed(desk)
    refused = desk.desk.submit(AmendOrder("FX", f"{name}.1", **change))
    assert refused.step is Step.DENIED and refused.reason.startswith(f"{field}: both legs of a pair")
    assert desk.count("modifyordersingle") == 0
    desk.submit(AmendOrder("FX", f"{name}.1", price=price("1.06")))
    assert desk.count("modifyordersingle") == 1, "where it waits is each leg's own"


# By hand


def test_a_decision_on_one_leg_leaves_the_other_in_doubt_after_a_restart_too(desk: FxDesk) -> None:
    name = desk.submit(pair())
    desk.lose()
    assert desk.desk.decide(desk.get(f"{name}.1"), Decision.NEVER_ARRIVED) is None
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["not sent", "in doubt"]
    desk.restart()
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["not sent", "in doubt"]
    desk.open()
    desk.answer(desk.last("orders"), [record(f"{name}.2", 2, type="STOP", stopPrice=1.15)])
    assert desk.status(f"{name}.2") == "working"
    assert desk.status(f"{name}.1") == "not sent"


def test_decisions_on_both_legs_end_the_intent(desk: FxDesk) -> None:
    name = desk.submit(pair())
    desk.lose()
    for leg in (1, 2):
        assert desk.desk.decide(desk.get(f"{name}.{leg}"), Decision.GONE, "seen at the venue") is None
    assert desk.journal.open_of(f"{name}.1") == ()
    desk.restart()
    assert desk.status(f"{name}.1") == "unknown"  # nothing is open: it is history


def test_the_journal_does_not_call_a_pair_unsent_of_which_one_leg_lives(desk: FxDesk, tmp_path: Path) -> None:
    name = desk.submit(pair())
    desk.answer(desk.last("neworderoco"), [entry(f"{name}.1", 1, "LIMIT")])
    while desk.status(f"{name}.2") == "in doubt":
        asked = desk.count("orderstatus")
        desk.wait(1)
        if desk.count("orderstatus") > asked:
            desk.refuse(desk.last("orderstatus"), "ORDER_NOT_EXISTS", 400)
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["working", "not sent"]
    (kept,) = rows(tmp_path, "SELECT ended FROM intents")
    assert kept["ended"] == "answered"
    told = rows(tmp_path, "SELECT kind, reason FROM outcomes ORDER BY number")[-1]
    assert told == {"kind": "answered", "reason": "leg 2: the venue does not know it: it never arrived there"}


def test_a_leg_in_doubt_does_not_put_its_brother_in_doubt_after_a_restart(desk: FxDesk) -> None:
    """Its cancellation is not answered; the other leg is long over, and the journal knows that both were placed."""
    name = placed(desk)
    execute(desk, name, 2, "CANCELED", reason="USER")
    desk.submit(CancelOrder("FX", f"{name}.1"))
    desk.restart()
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["in doubt", "unknown"]
    desk.open()
    desk.answer(desk.last("orders"), [record(f"{name}.1", 1, status="CANCELED", reason="USER")])
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["cancelled", "unknown"]


def test_both_legs_are_in_doubt_after_a_restart_where_both_were_asked_for_something(desk: FxDesk) -> None:
    name = placed(desk)
    for leg in (1, 2):
        desk.submit(CancelOrder("FX", f"{name}.{leg}"))
    desk.restart()
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["in doubt", "in doubt"]


def test_a_pair_and_a_request_on_its_leg_are_each_taken_up_once(desk: FxDesk) -> None:
    name = desk.submit(pair())
    desk.answer(desk.last("neworderoco"), [entry(f"{name}.1", 1, "LIMIT")])
    desk.submit(CancelOrder("FX", f"{name}.1"))
    open_ones = desk.journal.open_intents()
    desk.restart()
    assert [len(list(each.unless(set()))) for each in open_ones] == [1, 2]
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["in doubt", "in doubt"]
    assert [(each.request, each.price) for each in desk.desk.market.blotter.rows()] == [
        (Request.CANCEL, price("1.05")),
        (Request.PLACE, None),
    ]
