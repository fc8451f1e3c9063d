"""The switches of order entry, and the list of what was received."""

import json
from typing import Any

import pytest

from tests.protocols.practice.trader import Trader, urn

ORDERS = urn("private_orders")


@pytest.fixture
def switched(trader: Any) -> Any:
    """switched(**faults): the trader, at the venue with these switches; they are off again afterwards."""
    before = json.loads(trader.rig.http("GET", "/practice/faults").body)

    def switch(**faults: Any) -> Any:
        answer = trader.rig.http("POST", "/practice/faults", body=faults)
        assert answer.status == 200, answer.body
        return trader

    yield switch
    trader.rig.http("POST", "/practice/faults", body=before)


def received(trader: Any, client_id: str) -> Any:
    return json.loads(trader.rig.http("GET", "/practice/orders").body)["orders"].get(client_id)


def sequence(trader: Any) -> int:
    return int(trader.rig.truth(ORDERS)["last_sequence"])


def test_a_lost_request_never_happened(switched: Any) -> None:
    trader = switched(lose_request=1.0)
    order = trader.wish(trader.market())
    assert trader.request("Creation", order, correlation="gone") == []
    assert (sequence(trader), trader.errors) == (0, [])
    log = received(trader, order["clientIdentifier"])
    assert (log["creations"], log["requests"][0]["correlation"], log["requests"][0]["lost"]) == (1, "gone", True)
    switched(lose_request=0.0)
    assert trader.request("Creation", order)[-1]["state"] == "Active", "the identifier was not used"


def test_a_lost_answer_has_its_sequence_and_its_effect(switched: Any) -> None:
    trader = switched(lose_acknowledgement=1.0)
    listing = trader.market()
    assert trader.request("Creation", trader.wish(listing)) == []
    assert trader.shown(listing) == ["Buy 5@40"]
    assert sequence(trader) == 2
    trader.others(listing, "Sell", 40, 1)
    (event,) = [event for event in trader.take() if event["channel"] == ORDERS]
    assert event["sequence"] == 3, "an execution is no answer"
    rows = [
        row for row in trader.rig.truth(ORDERS, 2)["orders"] if row["remaining"] == "5" and row["state"] == "Active"
    ]
    assert rows, "the truth knows what was not sent"


def test_the_heartbeat_tells_of_a_lost_answer(switched: Any) -> None:
    trader = switched(lose_acknowledgement=1.0)
    trader.request("Creation", trader.wish(trader.market()))
    trader.rig.pass_time(5)
    beat = trader.rig.take(trader.client, "heartbeat")[-1]
    assert {item["channel"]: item["sequence"] for item in beat["data"]["items"]}[ORDERS] == "2"


def test_a_doubled_answer_comes_again_with_the_next_sequence(switched: Any) -> None:
    trader = switched(double_acknowledgement=1.0)
    order = trader.wish(trader.market())
    told = trader.request("Creation", order)
    assert [(row["state"], row.get("correlation")) for row in told] == [
        ("Pending", "k"),
        ("Pending", "k"),
        ("Active", None),
        ("Active", None),
    ]
    assert sequence(trader) == 4
    assert received(trader, order["clientIdentifier"])["creations"] == 1


def test_a_request_is_rejected_on_purpose(switched: Any) -> None:
    trader = switched()
    listing = trader.market()
    client_id = trader.create(listing)
    switched(reject_requests=1.0)
    for kind in ("Modification", "Deactivation", "Cancellation"):
        _, rejected = trader.request(kind, trader.on(client_id, price=41))
        assert rejected["metadata"] == {"rejectReason": "rejected on purpose"}
    _, rejected = trader.request("Creation", trader.wish(listing))
    assert rejected["state"] == "Rejected"
    assert trader.shown(listing) == ["Buy 5@40"]


def test_the_outcome_may_take_its_time(switched: Any) -> None:
    trader = switched(answer_delay=2.0)
    listing = trader.market()
    order = trader.wish(listing)
    assert [row["state"] for row in trader.request("Creation", order)] == ["Pending"]
    trader.rig.pass_time(1.9)
    assert trader.reports() == []
    (row,) = [row for row in Trader(trader.rig).connect() if row["clientIdentifier"] == order["clientIdentifier"]]
    assert row["state"] == "Pending", "a snapshot tells what is being thought about"
    assert trader.shown(listing) == []
    trader.rig.pass_time(0.2)
    assert [row["state"] for row in trader.reports()] == ["Active"]
    assert trader.shown(listing) == ["Buy 5@40"]


def test_of_two_requests_at_once_the_later_finds_another_revision(switched: Any) -> None:
    trader = switched(answer_delay=1.0)
    listing = trader.market()
    order = trader.wish(listing)
    trader.request("Creation", order)
    trader.rig.pass_time(1)
    trader.take()
    client_id = order["clientIdentifier"]
    trader.request("Modification", trader.on(client_id, quantity=4))
    trader.request("Cancellation", trader.on(client_id))
    trader.rig.pass_time(1)
    assert [row["state"] for row in trader.reports()] == ["Active", "Rejected"]


@pytest.mark.parametrize(("chance", "states"), [(0.0, ["Active", "Inactive"]), (1.0, ["Inactive", "Active"])])
def test_which_end_of_a_replacement_comes_first(switched: Any, chance: float, states: list[str]) -> None:
    trader = switched(old_first=chance)
    client_id = trader.create(trader.market())
    _, *ends = trader.request("Modification", trader.on(client_id, price=41))
    assert [row["state"] for row in ends] == states
    assert {row["action"] for row in ends} == {"AddedByUser"}


def test_chances_are_seeded(rig: Any) -> None:
    def play(seed: int) -> list[list[str]]:
        venue = rig(rate=0.01, colleagues=False, fault_seed=seed)
        venue.http("POST", "/practice/faults", body={"lose_acknowledgement": 0.5, "reject_requests": 0.3})
        trader = Trader(venue)
        listing = trader.market()
        return [[row["state"] for row in trader.request("Creation", trader.wish(listing))] for _ in range(12)]

    assert play(1) == play(1) != play(2)


def test_the_faults_of_all_channels_act_on_orders_too(switched: Any) -> None:
    trader = switched(drop=1.0)
    assert trader.request("Creation", trader.wish(trader.market())) == []
    switched(drop=0.0, duplicate=1.0)
    told = trader.request("Creation", trader.wish(trader.market()))
    assert [row["state"] for row in told] == ["Pending", "Pending", "Active", "Active"]


def test_everything_that_was_received_is_listed(switched: Any) -> None:
    trader = switched()
    order = trader.wish(trader.market())
    client_id = order["clientIdentifier"]
    trader.request("Creation", order, correlation="first")
    identifier, revision = trader.orders[client_id]
    trader.request("Creation", order, correlation="again")
    trader.request("Cancellation", trader.on(client_id), correlation="end")
    log = received(trader, client_id)
    assert log["creations"] == 2
    assert [(row["type"], row["correlation"], row["identifier"], row["revision"]) for row in log["requests"]] == [
        ("Creation", "first", None, None),
        ("Creation", "again", None, None),
        ("Cancellation", "end", identifier, revision),
    ]
