"""NPID's order entry to the letter of the protocol page, sections 6 to 8: types, defaults, codes, blocks, expiry."""

import json
import re
from typing import Any

import pytest

from protocols.practice import codes
from tests.protocols.practice.trader import AREA, Trader, new_guid, urn

ORDERS, TRADES = urn("private_orders", scope="npid"), urn("private_trades", scope="npid")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHARED: list[Any] = []


@pytest.fixture
def listing(npid_trader: Any) -> Any:
    """One contract for all tests of this file that leave no order in it."""
    if not SHARED or SHARED[0] is not npid_trader.rig:
        SHARED[:] = [npid_trader.rig, npid_trader.market()]
    return SHARED[1]


def code(report: Any) -> str:
    """The code of a reject: it has one, with a message."""
    (error,) = report["errors"]
    assert error["message"]
    return str(error["code"])


# What a report says


def test_an_order_carries_all_it_was_given_in_npid_words(npid_trader: Any, listing: Any) -> None:
    pending, begun = npid_trader.request(
        "Creation",
        npid_trader.wish(
            listing,
            comment="desk 7",
            timeInForce="GoodToDate",
            validityDate="2026-11-21T11:50:00Z",
        ),
    )
    assert (pending["state"], pending["action"], "identifier" in pending) == ("Pending", "UserAdded", False)
    assert (begun["state"], begun["action"], begun["revisionNumber"]) == ("Active", "UserAdded", "1")
    assert re.fullmatch(r"X\d+", begun["identifier"])
    assert (begun["type"], begun["timeInForce"], begun["executionRestriction"]) == ("Limit", "GoodToDate", "None")
    assert (begun["validityDate"], begun["comment"]) == ("2026-11-21T11:50:00Z", "desk 7")
    assert begun.keys().isdisjoint({"validityRestriction", "metadata", "errors"})
    assert begun["contractArea"]["identifier"] == listing.contract.identifier(AREA)
    npid_trader.request("Cancellation", npid_trader.on(begun["clientIdentifier"]))


def test_an_own_trade_has_its_currency_and_names_the_order_by_a_guid(npid_trader: Any) -> None:
    listing = npid_trader.market()
    client_id = npid_trader.create(listing, comment="mine")
    npid_trader.others(listing, "Sell", 40, 2)
    npid_trader.take()
    (trade,) = npid_trader.trades
    assert (trade["currency"], trade["state"], trade["revisionNumber"]) == ("EUR", "Completed", "0")
    side = trade["buySide"]
    assert GUID.fullmatch(side["orderIdentifier"])
    assert side["orderIdentifier"] not in (client_id, npid_trader.orders[client_id][0])
    assert side["comment"] == "mine"
    assert "userCode" not in side
    (row,) = [row for row in npid_trader.rig.truth(TRADES)["own_trades"] if row["client_id"] == client_id]
    assert row["venue_id"] == side["orderIdentifier"]
    (order,) = [row for row in npid_trader.rig.truth(ORDERS)["orders"] if row["client_id"] == client_id]
    assert order["venue_id"] == npid_trader.orders[client_id][0]


def test_trades_in_britain_are_in_pounds(quiet_venue: Any) -> None:
    trader = Trader(quiet_venue, "UK-ELEXON", scope="npid")
    market = trader.exchange.market
    listing = next(one for one in market.listings.values() if "UK-ELEXON" in one.contract.zone.areas and one.trading)
    trader.create(listing, area="UK-ELEXON", price=9999, quantity=1)
    assert [trade["currency"] for trade in trader.trades] == ["GBP"]
    trader.leave()


# Defaults


def test_whoever_forgets_the_time_in_force_gets_immediate_or_cancel(npid_trader: Any) -> None:
    listing = npid_trader.market()
    npid_trader.others(listing, "Sell", 40, 2, rest=True)
    _, begun, part, ended = npid_trader.request("Creation", npid_trader.wish(listing, timeInForce=None))
    assert begun["timeInForce"] == "ImmediateOrCancel"
    assert (part["action"], part["quantity"]) == ("PartialExecution", "3")
    assert (ended["state"], ended["action"], ended["quantity"]) == ("Inactive", "SystemDeleted", "3")
    assert npid_trader.shown(listing) == []


def test_whoever_forgets_the_restriction_too_gets_all_or_nothing(npid_trader: Any) -> None:
    listing = npid_trader.market()
    npid_trader.others(listing, "Sell", 40, 2, rest=True)
    forgotten = {"timeInForce": None, "executionRestriction": None}
    _, begun, ended = npid_trader.request("Creation", npid_trader.wish(listing, **forgotten))
    assert begun["executionRestriction"] == "Aon"
    assert (ended["action"], ended["quantity"]) == ("SystemDeleted", "5")
    _, _, filled = npid_trader.request("Creation", npid_trader.wish(listing, quantity=2, **forgotten))
    assert filled["action"] == "FullExecution"


def test_a_limit_order_that_stays_is_not_aon(npid_trader: Any, listing: Any) -> None:
    _, rejected = npid_trader.request("Creation", npid_trader.wish(listing, executionRestriction=None))
    assert (code(rejected), rejected["executionRestriction"]) == ("IllegalField", "Aon")


def test_the_client_identifier_is_optional_and_then_the_venues(npid_trader: Any) -> None:
    listing = npid_trader.market()
    told = [
        report["clientIdentifier"]
        for _ in range(2)
        for report in npid_trader.request("Creation", npid_trader.wish(listing, clientIdentifier=None))
    ]
    assert all(GUID.fullmatch(given) for given in told)
    assert told[0] == told[1] != told[2] == told[3]
    _, ended = npid_trader.request("Cancellation", npid_trader.on(told[0]))
    assert ended["state"] == "Inactive"


# Rejects

CREATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no type": ({"type": None}, "MissingRequiredField"),
    "another type": ({"type": "Regular"}, "IllegalField"),
    "no price": ({"price": None}, "MissingRequiredField"),
    "no quantity": ({"quantity": None}, "MissingRequiredField"),
    "no direction": ({"direction": None}, "MissingRequiredField"),
    "no state": ({"state": None}, "MissingRequiredField"),
    "no contract": ({"contractArea": None}, "MissingRequiredField"),
    "half a period": (
        {"contractArea": {"deliveryArea": AREA, "deliveryStart": "2026-11-21T15:00Z"}},
        "MissingRequiredField",
    ),
    "no date": ({"timeInForce": "GoodToDate"}, "MissingRequiredField"),
    "iceberg without display": ({"type": "Iceberg"}, "MissingRequiredField"),
    "another state": ({"state": "Pending"}, "IllegalField"),
    "an identifier": ({"identifier": "X5"}, "IllegalField"),
    "time in force": ({"timeInForce": "GoodUntilDate"}, "IllegalField"),
    "date without time in force": ({"validityDate": "2026-11-21T11:50:00Z"}, "IllegalField"),
    "restriction": ({"executionRestriction": "AllOrNone"}, "IllegalField"),
    "limit with display": ({"icebergDisplayQuantity": 1}, "IllegalField"),
    "hidden and at once": (
        {"type": "Iceberg", "icebergDisplayQuantity": 1, "timeInForce": "ImmediateOrCancel"},
        "IllegalField",
    ),
    "asleep and at once": ({"state": "Hibernated", "timeInForce": "FillOrKill"}, "IllegalField"),
    "block that is not Aon": ({"type": "UserDefinedBlock", "executionRestriction": "None"}, "IllegalField"),
    "block of one contract": ({"type": "UserDefinedBlock", "executionRestriction": "Aon"}, "IllegalField"),
    "price": ({"price": -9999.01}, "FieldOutOfRange"),
    "too much": ({"quantity": 999.1}, "FieldOutOfRange"),
    "nothing": ({"quantity": 0}, "FieldOutOfRange"),
    "past date": ({"timeInForce": "GoodToDate", "validityDate": "2026-11-21T11:29:59Z"}, "FieldOutOfRange"),
    "comment": ({"comment": "x" * 251}, "FieldOutOfRange"),
    "display over all": ({"type": "Iceberg", "icebergDisplayQuantity": 6}, "FieldOutOfRange"),
    "tick": ({"price": 40.005}, "FieldFormatInvalid"),
    "step": ({"quantity": 0.25}, "FieldFormatInvalid"),
    "no guid": ({"clientIdentifier": "mine"}, "FieldFormatInvalid"),
    "not a time": ({"timeInForce": "GoodToDate", "validityDate": "2022-05-22T15:02.23Z"}, "FieldFormatInvalid"),
    "too fine": ({"quantity": 1e-10}, "FieldFormatInvalid"),
    "unreadable direction": ({"direction": "Up"}, "ParsingError"),
    "unknown contract": ({"contractArea": {"deliveryArea": AREA, "identifier": f"{AREA}-NX_1"}}, "ItemNotFound"),
    "another area": ({"contractArea": {"deliveryArea": "FR-RTE", "identifier": "FR-RTE-NX_1"}}, "InvalidArea"),
}


@pytest.mark.parametrize("case", CREATIONS)
def test_a_creation_is_rejected_with_its_code(npid_trader: Any, listing: Any, case: str) -> None:
    fields, expected = CREATIONS[case]
    order = npid_trader.wish(listing, **fields)
    pending, rejected = npid_trader.request("Creation", order)
    assert (pending["state"], pending["action"], pending["correlation"]) == ("Pending", "UserAdded", "k")
    assert (rejected["state"], rejected["action"]) == ("Rejected", "UserAdded")
    assert rejected["clientIdentifier"] == order["clientIdentifier"]
    assert code(rejected) == expected
    assert rejected.keys().isdisjoint({"metadata", "identifier"})
    assert npid_trader.shown(listing) == []


def test_a_request_that_is_no_request_is_not_processed(npid_trader: Any) -> None:
    for data in ("{", "[]", '{"type": "Dance", "orders": [{}]}', '{"type": "Creation", "orders": [{"price": "much"}]}'):
        sent = {"type": "request", "channel": ORDERS, "correlation": "k", "data": data}
        npid_trader.rig.send(sent, npid_trader.client)
        (answer,) = npid_trader.rig.take(npid_trader.client)
        assert (answer["type"], answer["data"]["code"]) == ("error", "error.not_processed")


CHANGES: dict[str, tuple[str, dict[str, Any], str]] = {
    "revision": ("Modification", {"revisionNumber": 2, "price": 41}, "ConcurrentUpdate"),
    "no revision": ("Cancellation", {"revisionNumber": None}, "ConcurrentUpdate"),
    "identifier": ("Modification", {"identifier": "X5", "price": 41}, "ConcurrentUpdate"),
    "no client identifier": ("Cancellation", {"clientIdentifier": None}, "MissingRequiredField"),
    "another type": ("Modification", {"type": "Iceberg", "icebergDisplayQuantity": 1}, "IllegalField"),
    "nothing": ("Modification", {"price": 40}, "IllegalField"),
    "tick": ("Modification", {"price": 41.001}, "FieldFormatInvalid"),
    "unreadable": ("Modification", {"quantity": 1e-10}, "FieldFormatInvalid"),
    "active already": ("Activation", {}, "AccessModeViolation"),
    "nobody's": ("Cancellation", {"clientIdentifier": new_guid()}, "ItemNotFound"),
}
REJECTED_AS = {
    "Modification": "UserModified",
    "Activation": "UserModified",
    "Deactivation": "UserModified",
    "Cancellation": "UserDeleted",
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_rejected_and_the_order_lives(npid_trader: Any, listing: Any, case: str) -> None:
    kind, fields, expected = CHANGES[case]
    client_id = npid_trader.create(listing)
    _, rejected = npid_trader.request(kind, npid_trader.on(client_id, **fields))
    assert (rejected["state"], rejected["action"], code(rejected)) == ("Rejected", REJECTED_AS[kind], expected)
    assert npid_trader.shown(listing) == ["Buy 5@40"]
    npid_trader.request("Cancellation", npid_trader.on(client_id))


def test_an_order_that_is_over_is_not_found_and_a_colleagues_is_not_ours(rig: Any) -> None:
    trader = Trader(rig(rate=1.0), scope="npid")
    rows = trader.rig.truth(ORDERS)["orders"]
    colleague = next(row for row in rows if row["state"] == "Active")
    order = trader.on(colleague["client_id"], identifier=colleague["venue_id"], revisionNumber=colleague["revision"])
    _, rejected = trader.request("Cancellation", order)
    assert code(rejected) == "AccessModeViolation"
    client_id = trader.create(trader.market())
    trader.request("Cancellation", trader.on(client_id))
    _, rejected = trader.request("Cancellation", trader.on(client_id))
    assert code(rejected) == "ItemNotFound"


def test_one_request_at_a_time_and_order(rig: Any) -> None:
    trader = Trader(rig(rate=0.01, colleagues=False), scope="npid")
    listing = trader.market()
    first, second = trader.create(listing), trader.create(listing)
    trader.rig.http("POST", "/practice/faults", body={"answer_delay": 1})
    trader.request("Modification", trader.on(first, quantity=4))
    trader.request("Cancellation", trader.on(first))
    trader.request("Cancellation", trader.on(second))
    trader.rig.pass_time(1.1)
    told = {(row["clientIdentifier"], row["state"]): row for row in trader.reports()}
    assert told.keys() == {(first, "Active"), (first, "Rejected"), (second, "Inactive")}
    assert code(told[first, "Rejected"]) == "ItemPending"
    trader.request("Cancellation", trader.on(first))
    trader.rig.pass_time(1.1)
    assert [row["state"] for row in trader.reports()] == ["Inactive"], "it is not pending for ever"


def test_too_many_requests_in_a_second_are_throttled(rig: Any) -> None:
    trader = Trader(rig(rate=0.01, colleagues=False), scope="npid")
    listing = trader.market()
    outcomes = [trader.request("Creation", trader.wish(listing))[-1] for _ in range(102)]
    assert [row["state"] for row in outcomes] == ["Active"] * 100 + ["Rejected"] * 2
    assert code(outcomes[-1]) == "RequestOverThrottling"
    trader.rig.pass_time(1)
    assert trader.request("Creation", trader.wish(listing))[-1]["state"] == "Active"


@pytest.mark.parametrize("wanted", codes.ALL)
def test_every_code_can_be_had(npid_trader: Any, listing: Any, wanted: str) -> None:
    rig = npid_trader.rig
    assert rig.http("POST", "/practice/faults", body={"reject_requests": 1, "reject_code": wanted}).status == 200
    _, rejected = npid_trader.request("Creation", npid_trader.wish(listing))
    rig.http("POST", "/practice/faults", body={"reject_requests": 0, "reject_code": ""})
    assert code(rejected) == wanted


def test_the_codes_are_the_pages() -> None:
    page = (
        "Unknown MissingRequiredField IllegalField FieldOutOfRange FieldFormatInvalid ItemNotFound ItemPending "
        "AccessModeViolation ThirdParty InvalidArea ParsingError RequestOverThrottling InternalServerError "
        "ConcurrentUpdate"
    )
    assert list(codes.ALL) == page.split()


# Ends


@pytest.mark.parametrize("state", ["Active", "Hibernated"])
def test_an_order_with_a_date_expires(rig: Any, state: str) -> None:
    venue = rig(rate=0.01, colleagues=False)
    trader = Trader(venue, scope="npid")
    until = {"timeInForce": "GoodToDate", "validityDate": "2026-11-21T11:30:05Z"}
    order = trader.create(trader.market(), state=state, **until)
    later = trader.create(trader.market(), **until)
    trader.request("Modification", trader.on(later, validityDate="2026-11-21T11:30:10Z"))
    session = trader.create(trader.market(), **until)
    trader.request("Modification", trader.on(session, timeInForce="GoodForSession"))
    ends = []
    for _ in range(3):
        venue.pass_time(5)
        ends.append([(row["clientIdentifier"], row["state"], row["action"]) for row in trader.reports()])
    assert ends == [[(order, "Inactive", "SystemExpired")], [(later, "Inactive", "SystemExpired")], []]


def test_gate_closure_deletes_what_works_and_what_sleeps(rig: Any) -> None:
    venue = rig(rate=0.01, colleagues=False, start="2026-11-21T11:54:58Z")
    trader = Trader(venue, scope="npid")
    (listing,) = [
        one
        for one in trader.exchange.market.listings.values()
        if AREA in one.contract.zone.areas and one.contract.name == "QH-20261121-53"
    ]
    orders = [trader.create(listing, price=-9999, state=state) for state in ("Active", "Hibernated")]
    trader.take()
    venue.pass_time(3)
    assert [(row["clientIdentifier"], row["state"], row["action"]) for row in trader.reports()] == [
        (client_id, "Inactive", "SystemDeleted") for client_id in orders
    ]


def test_an_order_outlives_the_closure_of_borders_and_is_described_anew(rig: Any) -> None:
    venue = rig(rate=0.01, colleagues=False, start="2026-11-21T11:59:58Z")
    trader = Trader(venue, scope="npid")
    (listing,) = [
        one
        for one in trader.exchange.market.listings.values()
        if AREA in one.contract.zone.areas and one.contract.name == "QH-20261121-57"
    ]
    order = trader.wish(listing, price=-9999)
    before = trader.request("Creation", order)[-1]["contractArea"]
    venue.pass_time(3)
    assert trader.reports() == []
    told = trader.request("Modification", trader.on(order["clientIdentifier"], quantity=4))[-1]
    assert (before["type"], told["contractArea"]["type"]) == ("Xbid", "Local")
    assert before | {"type": "Local"} == told["contractArea"]
    assert told["state"] == "Active"


# Icebergs


def test_an_iceberg_shows_a_part_and_says_when_the_next_comes(npid_trader: Any) -> None:
    listing = npid_trader.market()
    order = npid_trader.wish(listing, type="Iceberg", icebergDisplayQuantity=2, icebergPriceDelta=-1)
    *_, begun = npid_trader.request("Creation", order)
    assert (begun["type"], begun["icebergDisplayQuantity"], begun["icebergHiddenQuantity"]) == ("Iceberg", "2", "3")
    assert npid_trader.shown(listing) == ["Buy 2@40"]
    npid_trader.others(listing, "Sell", 40, 2)
    actions = [(row["action"], row["quantity"], row["price"]) for row in npid_trader.reports()]
    assert actions == [("PartialExecution", "3", "40"), ("IcebergSliceAdded", "3", "39")]
    assert npid_trader.shown(listing) == ["Buy 2@39"]


def test_a_modification_may_call_the_shown_quantity_visible(npid_trader: Any) -> None:
    listing = npid_trader.market()
    client_id = npid_trader.create(listing, type="Iceberg", icebergDisplayQuantity=2)
    npid_trader.request("Modification", npid_trader.on(client_id, icebergVisibleQuantity=1))
    assert npid_trader.shown(listing) == ["Buy 1@40"]


# The roads beside the socket


def test_companion_truth_orders_and_trades_take_the_scope(npid_trader: Any) -> None:
    listing, rig = npid_trader.market(), npid_trader.rig
    client_id = npid_trader.create(listing)
    for scope, known in (("npid", True), ("m7", False)):
        answer = rig.http("GET", "/practice/orders", {"scope": scope})
        assert (client_id in json.loads(answer.body)["orders"]) is known
    assert rig.http("GET", "/practice/orders", {"scope": "test"}).status == 422
    path = "/api/" + ORDERS.removeprefix("urn:ez-api:").replace(":", "/")
    answer = rig.venue.http("GET", path, {}, b"", rig.now, rig.token())
    assert client_id in {row["clientIdentifier"] for row in json.loads(answer.body)}
    body = {"area": AREA, "contract_id": listing.contract.identifier(AREA), "side": "Sell", "price": 40, "quantity": 1}
    told = json.loads(rig.http("POST", "/practice/trade", body=body | {"scope": "npid"}).body)
    npid_trader.take()
    assert [trade["identifier"] for trade in npid_trader.trades] == told["trades"]
    assert rig.http("POST", "/practice/trade", body=body).status == 422
    assert rig.http("POST", "/practice/trade", body=body | {"scope": "test"}).status == 422
