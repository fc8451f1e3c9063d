"""Requests that are not done: rejected with a reason, or not processed at all (protocol page, sections 5 and 7)."""

import json
from typing import Any

import pytest

from tests.protocols.practice.trader import new_guid, urn

CREATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no contract": ({"contractArea": None}, "contractArea"),
    "unknown contract": ({"contractArea": {"deliveryArea": "DE-AMPRION", "identifier": "DE-AMPRION-1"}}, "no contract"),
    "another area": ({"contractArea": {"deliveryArea": "FR-RTE", "identifier": "FR-RTE-1"}}, "deliveryArea"),
    "half a period": (
        {"contractArea": {"deliveryArea": "DE-AMPRION", "deliveryStart": "2026-11-21T15:00Z"}},
        "delivery times",
    ),
    "no such period": (
        {
            "contractArea": {
                "deliveryArea": "DE-AMPRION",
                "deliveryStart": "2026-11-21T15:00Z",
                "deliveryEnd": "2026-11-21T15:20Z",
            }
        },
        "period",
    ),
    "not a time": (
        {
            "contractArea": {
                "deliveryArea": "DE-AMPRION",
                "deliveryStart": "2026-11-21T15:00.5Z",
                "deliveryEnd": "2026-11-21T16:00Z",
            }
        },
        "not a time",
    ),
    "no price": ({"price": None}, "price"),
    "no quantity": ({"quantity": None}, "quantity"),
    "no direction": ({"direction": None}, "direction"),
    "no state": ({"state": None}, "state"),
    "another state": ({"state": "Pending"}, "state"),
    "an identifier": ({"identifier": 5}, "identifier"),
    "a revision": ({"revisionNumber": 1}, "revisionNumber"),
    "tick": ({"price": 40.005}, "0.01"),
    "price": ({"price": -9999.01}, "9999"),
    "step": ({"quantity": 0.25}, "0.1"),
    "nothing": ({"quantity": 0}, "positive"),
    "less than nothing": ({"quantity": -5}, "positive"),
    "too much": ({"quantity": 999.1}, "999"),
    "all or none": ({"executionRestriction": "AllOrNone"}, "AllOrNone"),
    "restriction": ({"executionRestriction": "Whatever"}, "Whatever"),
    "validity": ({"validityRestriction": "GoodTillCancelled"}, "GoodTillCancelled"),
    "no date": ({"validityRestriction": "GoodUntilDate"}, "validityDate"),
    "past date": (
        {"validityRestriction": "GoodUntilDate", "validityDate": "2026-11-21T11:29:59Z"},
        "past",
    ),
    "comment": ({"comment": "x" * 251}, "comment"),
    "delta alone": ({"icebergPriceDelta": -0.1}, "icebergDisplayQuantity"),
    "display over all": ({"icebergDisplayQuantity": 6}, "more than"),
    "display step": ({"icebergDisplayQuantity": 0.05}, "0.1"),
    "delta tick": ({"icebergDisplayQuantity": 1, "icebergPriceDelta": -0.001}, "0.01"),
    "delta sign": ({"icebergDisplayQuantity": 1, "icebergPriceDelta": 0.1}, "other side"),
    "slices": ({"quantity": 200, "icebergDisplayQuantity": 0.1}, "1000 parts"),
    "hidden and at once": (
        {"icebergDisplayQuantity": 1, "executionRestriction": "ImmediateOrCancel"},
        "ImmediateOrCancel",
    ),
    "asleep and at once": ({"state": "Hibernated", "executionRestriction": "FillOrKill"}, "FillOrKill"),
    "no guid": ({"clientIdentifier": "mine"}, "GUID"),
}

SHARED: list[Any] = []


@pytest.fixture
def listing(trader: Any) -> Any:
    """One contract for all tests of this file: none of them leaves an order in it."""
    if not SHARED or SHARED[0] is not trader.rig:
        SHARED[:] = [trader.rig, trader.market()]
    return SHARED[1]


@pytest.mark.parametrize("case", CREATIONS)
def test_a_creation_is_rejected_with_its_reason(trader: Any, listing: Any, case: str) -> None:
    fields, reason = CREATIONS[case]
    order = trader.wish(listing, **fields)
    pending, rejected = trader.request("Creation", order)
    assert (pending["state"], pending["action"], pending["correlation"]) == ("Pending", "AddedByUser", "k")
    assert (rejected["state"], rejected["action"]) == ("Rejected", "AddedByUser")
    assert rejected["clientIdentifier"] == order["clientIdentifier"]
    assert reason in rejected["metadata"]["rejectReason"]
    for name in ("price", "quantity"):
        assert pending.get(name) == rejected.get(name) == (str(order[name]) if name in order else None)
    assert trader.shown(listing) == []
    (row,) = [
        row
        for row in trader.rig.truth(urn("private_orders"))["orders"]
        if row["client_id"] == order["clientIdentifier"]
    ]
    assert (row["state"], row["venue_id"], row["revision"]) == ("Rejected", None, None)


CHANGES: dict[str, tuple[dict[str, Any], str, dict[str, Any], str]] = {
    "revision": ({}, "Modification", {"revisionNumber": 2, "price": 41}, "revisionNumber"),
    "no revision": ({}, "Modification", {"revisionNumber": None, "price": 41}, "revisionNumber"),
    "identifier": ({}, "Modification", {"identifier": 5, "price": 41}, "identifier"),
    "no identifier": ({}, "Cancellation", {"identifier": None}, "identifier"),
    "nothing to change": ({}, "Modification", {}, "nothing"),
    "as it is": ({}, "Modification", {"price": 40, "quantity": 5}, "nothing"),
    "tick": ({}, "Modification", {"price": 40.001}, "0.01"),
    "step": ({}, "Modification", {"quantity": 4.99}, "0.1"),
    "nothing left": ({}, "Modification", {"quantity": 0}, "positive"),
    "all or none": ({}, "Modification", {"executionRestriction": "AllOrNone"}, "AllOrNone"),
    "no date": ({}, "Modification", {"validityRestriction": "GoodUntilDate"}, "validityDate"),
    "active already": ({}, "Activation", {}, "already"),
    "asleep already": ({"state": "Hibernated"}, "Deactivation", {}, "already"),
    "cancel by a wrong revision": ({}, "Cancellation", {"revisionNumber": 9}, "revisionNumber"),
}
REJECTED_AS = {
    "Modification": "ModifiedByUser",
    "Activation": "ModifiedByUser",
    "Deactivation": "ModifiedByUser",
    "Cancellation": "DeletedByUser",
}
PENDING_AS = REJECTED_AS | {"Activation": "AddedByUser", "Deactivation": "DeactivatedByUser"}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_rejected_and_the_order_lives_as_it_was(trader: Any, listing: Any, case: str) -> None:
    wish, kind, fields, reason = CHANGES[case]
    client_id = trader.create(listing, **wish)
    before = trader.shown(listing)
    order = trader.on(client_id, **fields)
    pending, rejected = trader.request(kind, order)
    assert (pending["state"], pending["action"]) == ("Pending", PENDING_AS[kind])
    assert (rejected["state"], rejected["action"]) == ("Rejected", REJECTED_AS[kind])
    assert reason in rejected["metadata"]["rejectReason"]
    for name in ("identifier", "revisionNumber"):
        assert rejected.get(name) == (str(order[name]) if name in order else None)
    assert trader.shown(listing) == before
    _, ended = trader.request("Cancellation", trader.on(client_id))
    assert (ended["state"], ended["revisionNumber"], ended["price"], ended["quantity"]) == ("Inactive", "2", "40", "5")


@pytest.mark.parametrize("kind", ["Modification", "Activation", "Deactivation", "Cancellation"])
def test_nothing_is_done_to_an_order_that_is_over(trader: Any, listing: Any, kind: str) -> None:
    client_id = trader.create(listing)
    trader.others(listing, "Sell", 40, 5)
    trader.take()
    _, rejected = trader.request(kind, trader.on(client_id, revisionNumber=2, comment="late"))
    assert (rejected["state"], rejected["action"]) == ("Rejected", REJECTED_AS[kind])
    assert "over" in rejected["metadata"]["rejectReason"]


def test_an_unknown_order_is_rejected_with_what_was_said_of_it(trader: Any) -> None:
    client_id = new_guid()
    _, rejected = trader.request("Cancellation", trader.on(client_id))
    assert (rejected["state"], rejected["identifier"], rejected["revisionNumber"]) == ("Rejected", "1", "1")
    assert "price" not in rejected
    assert all(row["client_id"] != client_id for row in trader.rig.truth(urn("private_orders"))["orders"])


@pytest.mark.parametrize("first", ["Active", "cancelled", "rejected"])
def test_a_client_identifier_comes_once(trader: Any, listing: Any, first: str) -> None:
    client_id = trader.create(listing, price=40.001 if first == "rejected" else 40)
    if first == "cancelled":
        trader.request("Cancellation", trader.on(client_id))
    before = trader.rig.truth(urn("private_orders"))["orders"]
    _, rejected = trader.request("Creation", trader.wish(listing, clientIdentifier=client_id, price=44))
    assert rejected["state"] == "Rejected"
    assert "identifier" not in rejected
    assert "used" in rejected["metadata"]["rejectReason"]
    assert trader.rig.truth(urn("private_orders"))["orders"] == before
    if first == "Active":
        trader.request("Cancellation", trader.on(client_id))


def test_a_contract_may_be_named_by_its_delivery_times(trader: Any) -> None:
    listing = trader.market()
    named = {
        "deliveryArea": "DE-AMPRION",
        "deliveryStart": "2026-11-21T18:00:00Z",
        "deliveryEnd": "2026-11-21T19:00:00Z",
    }
    _, begun, *_ = trader.request("Creation", trader.wish(listing, contractArea=named, price=-9999))
    assert begun["contractArea"]["contractName"] == "19-20_XB"
    assert begun["contractArea"]["product"]["granularity"] == "Hour"


def test_a_batch_is_done_order_by_order(trader: Any, listing: Any) -> None:
    good, bad = trader.wish(listing), trader.wish(listing, quantity=0)
    told = trader.request("Creation", good, bad)
    states = {(row["clientIdentifier"], row["state"]) for row in told}
    mine, other = good["clientIdentifier"], bad["clientIdentifier"]
    assert states == {(mine, "Pending"), (other, "Pending"), (mine, "Active"), (other, "Rejected")}
    assert sum("correlation" in row for row in told) == 2
    trader.request("Cancellation", trader.on(mine))


MALFORMED: dict[str, Any] = {
    "no JSON": "{",
    "no batch": "[]",
    "no type": '{"orders": [{"clientIdentifier": "x"}]}',
    "type": '{"type": "Dance", "orders": [{"clientIdentifier": "x"}]}',
    "no orders": '{"type": "Creation"}',
    "empty": '{"type": "Creation", "orders": []}',
    "no client identifier": '{"type": "Creation", "orders": [{"price": 1}]}',
    "direction": '{"type": "Creation", "orders": [{"clientIdentifier": "x", "direction": "Up"}]}',
    "number": '{"type": "Creation", "orders": [{"clientIdentifier": "x", "price": "much"}]}',
    "absurd number": '{"type": "Creation", "orders": [{"clientIdentifier": "x", "price": 1e999999}]}',
    "too fine": '{"type": "Creation", "orders": [{"clientIdentifier": "x", "quantity": 0.0000000001}]}',
    "time": '{"type": "Creation", "orders": [{"clientIdentifier": "x", "validityDate": "tomorrow"}]}',
    "too many": json.dumps({"type": "Cancellation", "orders": [{"clientIdentifier": "x"}] * 1001}),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_can_not_be_read_is_not_processed(trader: Any, case: str) -> None:
    sent = {"type": "request", "channel": urn("private_orders"), "correlation": "k", "data": MALFORMED[case]}
    trader.rig.send(sent, trader.client)
    (answer,) = trader.rig.take(trader.client)
    assert (answer["type"], answer["correlation"], answer["data"]["code"]) == ("error", "k", "error.not_processed")
    assert json.dumps(sent).startswith(answer["data"]["message"])


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        (urn("private_orders", "FR-RTE"), "not_subscribed"),
        (urn("public_trades"), "not_subscribed"),
        (urn("private_trades"), "not_processed"),
        (urn("private_orders", "XX-NONE"), "unknown_channel"),
        (None, "not_processed"),
    ],
    ids=["not followed", "not followed either", "no orders there", "unknown", "none"],
)
def test_orders_go_through_a_channel_that_is_followed(trader: Any, listing: Any, channel: Any, code: str) -> None:
    data = json.dumps({"type": "Creation", "orders": [trader.wish(listing)]})
    trader.rig.send({"type": "request", "correlation": "k", "data": data} | {"channel": channel}, trader.client)
    (answer,) = trader.rig.take(trader.client)
    assert (answer["correlation"], answer["data"]["code"]) == ("k", f"error.{code}")
    if code == "not_subscribed":
        assert answer["data"]["message"] == "m7"


def test_outside_continuous_trading_nothing_is_taken(trader: Any) -> None:
    market = trader.rig.venue.market
    closed = [x for x in market.listings.values() if "NL-TENNET" in x.contract.zone.areas and not x.trading]
    trader.rig.subscribe(urn("private_orders", "NL-TENNET"), trader.client)
    trader.take()
    for listing in (closed[0], closed[-1]):
        for state in ("Active", "Hibernated"):
            order = trader.wish(listing, area="NL-TENNET", state=state)
            _, rejected = trader.request("Creation", order, area="NL-TENNET")
            assert "continuous trading" in rejected["metadata"]["rejectReason"]
