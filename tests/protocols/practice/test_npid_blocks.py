"""Blocks that users define, the user's and his colleagues' (protocol page, section 6): kept, shown, never traded."""

import json
from typing import Any

import pytest

from tests.protocols.practice.trader import AREA, Trader, urn

ORDERS = urn("private_orders", scope="npid")
SHARED: list[Any] = []


@pytest.fixture
def listing(npid_trader: Any) -> Any:
    """One contract for all tests of this file: none of them leaves an order in it."""
    if not SHARED or SHARED[0] is not npid_trader.rig:
        SHARED[:] = [npid_trader.rig, npid_trader.market()]
    return SHARED[1]


def code(report: Any) -> str:
    (error,) = report["errors"]
    return str(error["code"])


BLOCK = {
    "type": "UserDefinedBlock",
    "executionRestriction": "Aon",
    "contractArea": {
        "deliveryArea": AREA,
        "deliveryStart": "2026-11-21T14:00:00Z",
        "deliveryEnd": "2026-11-21T17:00:00Z",
    },
}


def test_a_block_is_kept_and_shown_over_its_periods(npid_trader: Any, listing: Any) -> None:
    order = npid_trader.wish(listing, **BLOCK)
    pending, begun = npid_trader.request("Creation", order)
    assert pending["contractArea"] == BLOCK["contractArea"]
    assert (begun["state"], begun["type"], begun["executionRestriction"]) == ("Active", "UserDefinedBlock", "Aon")
    area = begun["contractArea"]
    assert (area["product"], area["type"], area["contractName"]) == ("CustomBlock", "Local", "CB-20261121-16-18")
    assert (area["deliveryStart"], area["deliveryEnd"]) == ("2026-11-21T14:00:00Z", "2026-11-21T17:00:00Z")
    client_id = order["clientIdentifier"]
    hit = {"area": AREA, "contract_id": area["identifier"], "side": "Sell", "price": 40, "quantity": 1, "scope": "npid"}
    answer = npid_trader.rig.http("POST", "/practice/trade", body=hit)
    assert json.loads(answer.body) == {"traded": "0", "left": "1", "trades": []}, "nobody trades blocks"
    _, reduced = npid_trader.request("Modification", npid_trader.on(client_id, quantity=4))
    assert (reduced["revisionNumber"], reduced["quantity"]) == ("2", "4")
    _, begun, ended = npid_trader.request("Modification", npid_trader.on(client_id, price=41))
    assert (begun["state"], ended["state"], ended["identifier"] != begun["identifier"]) == ("Active", "Inactive", True)
    by_name = npid_trader.wish(listing, **(BLOCK | {"contractArea": {"deliveryArea": AREA} | identified(area)}))
    assert npid_trader.request("Creation", by_name)[-1]["contractArea"] == area
    for client in (client_id, by_name["clientIdentifier"]):
        for kind, state in (("Deactivation", "Hibernated"), ("Activation", "Active"), ("Cancellation", "Inactive")):
            assert npid_trader.request(kind, npid_trader.on(client))[-1]["state"] == state


def identified(area: Any) -> dict[str, Any]:
    return {"identifier": area["identifier"]}


def test_a_block_at_once_finds_nobody(npid_trader: Any, listing: Any) -> None:
    *_, ended = npid_trader.request("Creation", npid_trader.wish(listing, **BLOCK, timeInForce="FillOrKill"))
    assert (ended["state"], ended["action"], ended["quantity"]) == ("Inactive", "SystemDeleted", "5")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-21T14:15:00Z", "2026-11-21T17:00:00Z", "FieldOutOfRange"),
        ("2026-11-21T17:00:00Z", "2026-11-21T14:00:00Z", "FieldOutOfRange"),
        ("2026-11-21T11:00:00Z", "2026-11-21T14:00:00Z", "AccessModeViolation"),
        ("2026-11-23T11:00:00Z", "2026-11-23T14:00:00Z", "AccessModeViolation"),
    ],
    ids=["no whole hours", "backwards", "begun", "too far"],
)
def test_other_blocks_are_rejected(npid_trader: Any, listing: Any, start: str, end: str, expected: str) -> None:
    area = {"deliveryArea": AREA, "deliveryStart": start, "deliveryEnd": end}
    _, rejected = npid_trader.request("Creation", npid_trader.wish(listing, **(BLOCK | {"contractArea": area})))
    assert code(rejected) == expected


def test_a_limit_order_is_not_for_a_block(npid_trader: Any, listing: Any) -> None:
    *_, begun = npid_trader.request("Creation", npid_trader.wish(listing, **BLOCK))
    area = {"deliveryArea": AREA} | identified(begun["contractArea"])
    _, rejected = npid_trader.request("Creation", npid_trader.wish(listing, contractArea=area))
    assert code(rejected) == "IllegalField"
    npid_trader.request("Cancellation", npid_trader.on(begun["clientIdentifier"]))


def test_colleagues_have_blocks_among_their_orders(rig: Any) -> None:
    venue = rig(rate=1.0)
    trader = Trader(venue, scope="npid")
    rows = trader.connect()
    assert {row["type"] for row in rows} == {"Limit", "UserDefinedBlock"}
    for row in rows:
        restriction = "Aon" if row["type"] == "UserDefinedBlock" else "None"
        assert (row["executionRestriction"], row["timeInForce"]) == (restriction, "GoodForSession")
    for told in venue.truth(ORDERS)["orders"]:
        assert told["ours"] is False


def test_colleagues_go_on_for_an_hour(rig: Any) -> None:
    venue = rig(rate=2.0)
    trader = Trader(venue, scope="npid")
    seen: set[tuple[str, str, str]] = set()
    for _ in range(60):
        venue.pass_time(60, step=15.0)
        seen |= {(row["state"], row["action"], row["type"]) for row in trader.reports()}
    assert seen >= {
        ("Active", "UserAdded", "Limit"),
        ("Active", "UserModified", "Limit"),
        ("Inactive", "FullExecution", "Limit"),
        ("Hibernated", "UserModified", "Limit"),
        ("Active", "UserAdded", "UserDefinedBlock"),
        ("Inactive", "UserModified", "UserDefinedBlock"),
    }
    assert {state for state, _, _ in seen} <= {"Active", "Hibernated", "Inactive"}
    assert trader.trades == []
