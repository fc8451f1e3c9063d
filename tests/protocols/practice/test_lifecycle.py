"""The life of an order, row by row of the lifecycle table (protocol page, section 7)."""

import json
from typing import Any

import pytest

from tests.protocols.practice.trader import urn

PENDING = "- Pending/AddedByUser 5@40"
BEGUN = [PENDING, "A1 Active/AddedByUser 5@40"]

Step = tuple[str, dict[str, Any]]

# What was done to the order (`trade`, `rest`: by others), and all that was reported of it.
LIVES: dict[str, tuple[list[Step], list[str]]] = {
    "creation": ([("Creation", {})], BEGUN),
    "hibernated creation": (
        [("Creation", {"state": "Hibernated"})],
        [PENDING, "A1 Hibernated/AddedByUser 5@40"],
    ),
    "less, which keeps the place": (
        [("Creation", {}), ("Modification", {"quantity": 3})],
        [*BEGUN, "A1 Pending/ModifiedByUser 3@40", "A2 Active/ModifiedByUser 3@40"],
    ),
    "same price and less": (
        [("Creation", {}), ("Modification", {"quantity": 3, "price": 40})],
        [*BEGUN, "A1 Pending/ModifiedByUser 3@40", "A2 Active/ModifiedByUser 3@40"],
    ),
    "another price, which loses it": (
        [("Creation", {}), ("Modification", {"price": 41})],
        [
            *BEGUN,
            "A1 Pending/ModifiedByUser 5@41",
            "B1 Active/AddedByUser 5@41",
            "A2 Inactive/AddedByUser 5@40",
        ],
    ),
    "more, which loses it": (
        [("Creation", {}), ("Modification", {"quantity": 7})],
        [*BEGUN, "A1 Pending/ModifiedByUser 7@40", "B1 Active/AddedByUser 7@40", "A2 Inactive/AddedByUser 5@40"],
    ),
    "another comment": (
        [("Creation", {}), ("Modification", {"comment": "mine"})],
        [*BEGUN, "A1 Pending/ModifiedByUser 5@40", "A2 Active/ModifiedByUser 5@40"],
    ),
    "asleep": (
        [("Creation", {}), ("Deactivation", {})],
        [*BEGUN, "A1 Pending/DeactivatedByUser 5@40", "A2 Hibernated/ModifiedByUser 5@40"],
    ),
    "awake": (
        [("Creation", {"state": "Hibernated"}), ("Activation", {})],
        [
            PENDING,
            "A1 Hibernated/AddedByUser 5@40",
            "A1 Pending/AddedByUser 5@40",
            "A2 Active/ModifiedByUser 5@40",
        ],
    ),
    "changed in its sleep": (
        [("Creation", {"state": "Hibernated"}), ("Modification", {"price": 41, "quantity": 9})],
        [
            PENDING,
            "A1 Hibernated/AddedByUser 5@40",
            "A1 Pending/ModifiedByUser 9@41",
            "A2 Hibernated/ModifiedByUser 9@41",
        ],
    ),
    "cancelled": (
        [("Creation", {}), ("Cancellation", {})],
        [*BEGUN, "A1 Pending/DeletedByUser 5@40", "A2 Inactive/ModifiedByUser 5@40"],
    ),
    "cancelled in its sleep": (
        [("Creation", {}), ("Deactivation", {}), ("Cancellation", {})],
        [
            *BEGUN,
            "A1 Pending/DeactivatedByUser 5@40",
            "A2 Hibernated/ModifiedByUser 5@40",
            "A2 Pending/DeletedByUser 5@40",
            "A3 Inactive/ModifiedByUser 5@40",
        ],
    ),
    "filled in parts": (
        [("Creation", {}), ("trade", {"price": 39, "quantity": 2}), ("trade", {"price": 40, "quantity": 9})],
        [*BEGUN, "A2 Active/PartiallyExecuted 3@40", "A3 Inactive/FullyExecuted 0@40"],
    ),
    "filled as it enters": (
        [("rest", {"price": 39.5, "quantity": 2}), ("rest", {"price": 40, "quantity": 3}), ("Creation", {})],
        [*BEGUN, "A2 Active/PartiallyExecuted 3@40", "A3 Inactive/FullyExecuted 0@40"],
    ),
    "the rest of what entered waits": (
        [("rest", {"price": 39.5, "quantity": 2}), ("Creation", {}), ("Cancellation", {})],
        [
            *BEGUN,
            "A2 Active/PartiallyExecuted 3@40",
            "A2 Pending/DeletedByUser 3@40",
            "A3 Inactive/ModifiedByUser 3@40",
        ],
    ),
    "changed into a trade": (
        [("Creation", {}), ("rest", {"price": 42, "quantity": 5}), ("Modification", {"price": 42})],
        [
            *BEGUN,
            "A1 Pending/ModifiedByUser 5@42",
            "B1 Active/AddedByUser 5@42",
            "A2 Inactive/AddedByUser 5@40",
            "B2 Inactive/FullyExecuted 0@42",
        ],
    ),
    "woken into a trade": (
        [("Creation", {"state": "Hibernated"}), ("rest", {"price": 40, "quantity": 1}), ("Activation", {})],
        [
            PENDING,
            "A1 Hibernated/AddedByUser 5@40",
            "A1 Pending/AddedByUser 5@40",
            "A2 Active/ModifiedByUser 5@40",
            "A3 Active/PartiallyExecuted 4@40",
        ],
    ),
    "at once, what there is": (
        [
            ("rest", {"price": 40, "quantity": 2}),
            ("Creation", {"executionRestriction": "ImmediateOrCancel"}),
        ],
        [*BEGUN, "A2 Active/PartiallyExecuted 3@40", "A3 Inactive/DeletedBySystem 3@40"],
    ),
    "at once, nothing": (
        [("Creation", {"executionRestriction": "ImmediateOrCancel"})],
        [*BEGUN, "A2 Inactive/DeletedBySystem 5@40"],
    ),
    "all or nothing, nothing": (
        [("rest", {"price": 40, "quantity": 4.9}), ("Creation", {"executionRestriction": "FillOrKill"})],
        [*BEGUN, "A2 Inactive/DeletedBySystem 5@40"],
    ),
    "all or nothing, all": (
        [
            ("rest", {"price": 40, "quantity": 4}),
            ("rest", {"price": 39, "quantity": 4}),
            ("Creation", {"executionRestriction": "FillOrKill"}),
        ],
        [*BEGUN, "A2 Active/PartiallyExecuted 1@40", "A3 Inactive/FullyExecuted 0@40"],
    ),
}


# The protocol page's other names, in brackets in its table and listed in section 6.
NPID_ACTIONS = {
    "AddedByUser": "UserAdded",
    "ModifiedByUser": "UserModified",
    "DeactivatedByUser": "UserHibernated",
    "DeletedByUser": "UserDeleted",
    "DeletedBySystem": "SystemDeleted",
    "PartiallyExecuted": "PartialExecution",
    "FullyExecuted": "FullExecution",
}


def in_npid_words(line: str) -> str:
    for ours, theirs in NPID_ACTIONS.items():
        line = line.replace(f"/{ours} ", f"/{theirs} ")
    return line


@pytest.mark.parametrize("life", LIVES)
def test_what_is_reported_of_an_order(trader: Any, life: str) -> None:
    steps, expected = LIVES[life]
    live(trader, steps, expected)


@pytest.mark.parametrize("life", LIVES)
def test_at_npid_an_order_has_the_same_life_by_other_names(npid_trader: Any, life: str) -> None:
    steps, expected = LIVES[life]
    theirs: list[Step] = []
    for kind, fields in steps:
        restriction = fields.get("executionRestriction")
        others = {name: value for name, value in fields.items() if name != "executionRestriction"}
        theirs.append((kind, others | ({"timeInForce": restriction} if restriction else {})))
    live(npid_trader, theirs, [in_npid_words(line) for line in expected])


def live(trader: Any, steps: list[Step], expected: list[str]) -> None:
    listing, client_id, reports = trader.market(), "", []
    for kind, fields in steps:
        if kind == "Creation":
            order = trader.wish(listing, **fields)
            client_id = order["clientIdentifier"]
            reports += trader.request(kind, order)
        elif kind in ("trade", "rest"):
            trader.others(listing, "Sell", fields["price"], fields["quantity"], rest=kind == "rest")
            reports += trader.reports()
        else:
            reports += trader.request(kind, trader.on(client_id, **fields))
    assert trader.story(reports) == expected
    assert {report["clientIdentifier"] for report in reports} == {client_id}
    for report in reports:
        assert ("correlation" in report) == (report["state"] == "Pending")
        assert report["contractArea"]["identifier"] == listing.contract.identifier("DE-AMPRION")
    channel = urn("private_orders", scope=trader.scope)
    pending = [row for row in trader.rig.truth(channel)["orders"] if row["client_id"] == client_id]
    assert len(pending) == len({line[0] for line in expected if line[0] != "-"})


def test_an_order_carries_all_it_was_given(trader: Any) -> None:
    listing = trader.market()
    _, begun = trader.request(
        "Creation",
        trader.wish(
            listing,
            comment="desk 7",
            validityRestriction="GoodUntilDate",
            validityDate="2026-11-21T11:50:00Z",
            executionRestriction="None",
        ),
    )
    assert begun["comment"] == "desk 7"
    assert (begun["validityRestriction"], begun["validityDate"]) == ("GoodUntilDate", "2026-11-21T11:50:00Z")
    assert (begun["executionRestriction"], begun["type"]) == ("None", "Regular")
    assert (begun["direction"], begun["initialQuantity"]) == ("Buy", "5")
    assert begun["entryDate"].startswith("2026-11-21T11:30")


def test_what_was_filled_stays_filled_when_the_rest_is_reduced(trader: Any) -> None:
    listing = trader.market()
    client_id = trader.create(listing)
    trader.others(listing, "Sell", 40, 2)
    trader.take()
    _, reduced = trader.request("Modification", trader.on(client_id, quantity=1))
    assert (reduced["quantity"], reduced["initialQuantity"]) == ("1", "3")


def test_a_reduction_keeps_the_place_in_the_queue_and_an_increase_does_not(trader: Any) -> None:
    listing = trader.market()
    client_id = trader.create(listing)
    trader.others(listing, "Buy", 40, 1, rest=True)
    trader.request("Modification", trader.on(client_id, quantity=4))
    assert trader.shown(listing) == ["Buy 4@40", "Buy 1@40"]
    trader.request("Modification", trader.on(client_id, quantity=5))
    assert trader.shown(listing) == ["Buy 1@40", "Buy 5@40"]


def test_an_order_is_in_the_public_book_while_it_is_active(trader: Any) -> None:
    listing = trader.market()
    channel = urn("public_order_books", "DE-TENNET", listing.contract.product.granularity)
    trader.rig.subscribe(channel, trader.client)
    trader.rig.take(trader.client)

    def told() -> list[tuple[str, str]]:
        """Identifier and quantity of the bids in the public deltas since the last look."""
        events = [event for event in trader.take() if event["channel"] == channel]
        return [(bid["identifier"], bid["quantity"]) for event in events for bid in event["data"]["buyOrders"]]

    order = trader.wish(listing)
    send(trader, "Creation", order)
    ((identifier, quantity),) = told()
    assert quantity == "5"
    assert trader.orders[order["clientIdentifier"]] == (int(identifier), 1)
    for kind, left in (("Deactivation", "0"), ("Activation", "5")):
        send(trader, kind, trader.on(order["clientIdentifier"]))
        assert told() == [(identifier, left)]
    trader.others(listing, "Sell", 40, 5)
    assert told() == [(identifier, "0")]


def send(trader: Any, kind: str, order: Any) -> None:
    data = json.dumps({"type": kind, "orders": [order]})
    trader.rig.send({"type": "request", "channel": urn("private_orders"), "data": data}, trader.client)
