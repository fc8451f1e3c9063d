"""Scope `npid` where it is not M7: update times in place of revisions, contracts that switch, words of its own."""

import json
from typing import Any

import pytest

from protocols.market.commands import AmendOrder, Intent
from protocols.market.events import AnomalyNoticed, ContractListed, Freshness
from protocols.market.instruments import ContractKey
from protocols.market.orders import OrderStatus
from protocols.market.values import SCALE, Price
from protocols.session import Denied, Prepared
from tests.protocols.eznergy.support import NPID_SETTINGS, Everything

AREA = {
    "identifier": "DE-50HERTZ-NX_315460",
    "deliveryArea": "DE-50HERTZ",
    "contractName": "QH-20261121-55",
    "deliveryStart": "2026-11-21T12:30:00Z",
    "deliveryEnd": "2026-11-21T12:45:00Z",
    "type": "Xbid",
    "product": "P15Min",
}
LOCAL = {**AREA, "type": "Local"}
BID = {"identifier": "X1", "price": 38.4, "quantity": 2, "entryDate": "2026-11-21T11:00:00Z"}


def unnamed(area: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in area.items() if name != "identifier"}


def book(area: dict[str, Any], *bids: dict[str, Any], delta: bool = False, at: str = "10:00:00Z") -> dict[str, Any]:
    return {
        "isDelta": delta,
        "updatedAt": f"2026-11-21T{at}",
        "contractArea": area,
        "buyOrders": list(bids),
        "sellOrders": [],
    }


def order(area: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "clientIdentifier": "mine",
        "identifier": "X9",
        "revisionNumber": 0,
        "contractArea": area,
        "direction": "Buy",
        "price": 38.4,
        "quantity": 2,
        "state": "Active",
        "action": "UserAdded",
        "type": "Limit",
        **more,
    }


def venue() -> Everything:
    return Everything(NPID_SETTINGS)


# Books


@pytest.mark.parametrize("later", ["10:00:00Z", "10:00:00.0000001Z", "11:30Z"])
def test_updates_need_not_follow_one_another_closely(later: str) -> None:
    talk = venue()
    talk.tell("public_order_books", book(AREA, BID))
    talk.tell("public_order_books", book(AREA, {**BID, "quantity": 3}, delta=True, at=later))
    assert talk.standing() == "live"


def test_an_update_that_steps_back_is_told_and_not_shown() -> None:
    talk = venue()
    talk.tell("public_order_books", book(AREA, BID))
    talk.tell("public_order_books", book(AREA, {**BID, "quantity": 3}, delta=True, at="09:59:59.9Z"))
    assert talk.standing() != "live"
    assert talk.levels() == ([(3840, 20)], [])
    assert "steps back" in talk.market.anomalies[-1].message
    assert talk.sent[-1]["type"] == "unsubscribe"


def test_an_update_time_that_is_not_sure_is_told_and_not_compared() -> None:
    talk = venue()
    talk.tell("public_order_books", book(AREA, BID))
    talk.tell("public_order_books", book(AREA, {**BID, "quantity": 3}, delta=True, at="10:02.23Z"))
    assert talk.standing() == "live"
    assert "10:02.23" in talk.market.anomalies[-1].message


# A contract that switches between Local and Xbid


@pytest.mark.parametrize("named", [True, False], ids=["same identifier", "absent identifier"])
def test_a_contract_that_switches_is_one_row_and_keeps_its_book_and_orders(named: bool) -> None:
    before, after = (AREA, LOCAL) if named else (unnamed(AREA), unnamed(LOCAL))
    talk = venue()
    talk.tell("contract_area_states", {"contractArea": before, "state": "Active"})
    talk.tell("public_order_books", book(before, BID))
    talk.tell("private_orders", order(before))
    talk.tell("contract_area_states", {"contractArea": after, "state": "Active"})
    (only,) = talk.market.contracts.values()
    assert only.market_type == "Local"
    assert talk.standing() == "live"
    talk.tell("public_order_books", book(after, {**BID, "quantity": 3}, delta=True))
    assert talk.levels() == ([(3840, 30)], [])
    talk.tell("private_orders", order(after, revisionNumber=1, action="UserModified"))
    (held,) = talk.market.blotter.of_contract(only.key)
    assert held.status is OrderStatus.WORKING


def test_a_contract_that_switches_there_and_back_is_described_each_time() -> None:
    talk = venue()
    for area in (AREA, LOCAL, AREA, LOCAL):
        talk.tell("contract_area_states", {"contractArea": area, "state": "Active"})
        (only,) = talk.market.contracts.values()
        assert only.market_type == area["type"]


def test_a_trade_of_before_the_switch_does_not_describe_the_contract() -> None:
    talk = venue()
    talk.tell("contract_area_states", {"contractArea": LOCAL, "state": "Active"})
    trade = {"identifier": "1", "revisionNumber": 0, "price": 1, "quantity": 1, "state": "Completed"}
    talk.tell("public_trades", {**trade, "buyContractArea": AREA, "sellContractArea": AREA})
    talk.tell("private_orders", order(AREA))
    (only,) = talk.market.contracts.values()
    assert only.market_type == "Local"
    assert len([event for event in talk.events if isinstance(event, ContractListed)]) == 1
    assert talk.market.tape.rows_of(only.key)


def test_local_and_xbid_that_stand_side_by_side_stay_two() -> None:
    talk = venue()
    other = {**LOCAL, "identifier": "DE-50HERTZ-NX_315461"}
    for area in (AREA, other, unnamed(AREA), unnamed(other)):
        talk.tell("contract_area_states", {"contractArea": area, "state": "Active"})
    assert {contract.market_type for contract in talk.market.contracts.values()} == {"Local", "Xbid"}
    assert len(talk.market.contracts) == 2


def test_an_identifier_that_comes_later_names_the_same_contract() -> None:
    talk = venue()
    talk.tell("public_order_books", book(unnamed(AREA), BID))
    talk.tell("contract_area_states", {"contractArea": AREA, "state": "Active"})
    (only,) = talk.market.contracts.values()
    assert only.venue_id == "DE-50HERTZ-NX_315460"
    assert set(talk.market.books) == set(talk.market.area_states.rows()) == {only.key}


def test_trailing_spaces_are_no_other_name() -> None:
    talk = venue()
    talk.tell("contract_area_states", {"contractArea": unnamed(AREA), "state": "Active"})
    talk.tell(
        "contract_area_states", {"contractArea": {**unnamed(LOCAL), "contractName": "QH-20261121-55  "}, "state": "A"}
    )
    assert [contract.name for contract in talk.market.contracts.values()] == ["QH-20261121-55"]


# Words


def test_an_action_that_is_not_listed_is_told_once_and_the_state_counts() -> None:
    talk = venue()
    for revision in (0, 1):
        talk.tell("private_orders", order(AREA, revisionNumber=revision, action="ModifiedByUser"))
    told = [event for event in talk.events if isinstance(event, AnomalyNoticed)]
    assert [(event.kind, event.message) for event in told] == [("unrecognised order action", "ModifiedByUser")]
    (only,) = talk.market.blotter.rows()
    assert only.status is OrderStatus.WORKING
    assert talk.channel(talk.urns["private_orders"]).status is Freshness.LIVE


@pytest.mark.parametrize(
    ("action", "terms", "quantity", "status", "reason"),
    [
        ("FullExecution", {}, 0, OrderStatus.FILLED, ""),
        ("UserDeleted", {}, 2, OrderStatus.CANCELLED, ""),
        ("UserModified", {}, 2, OrderStatus.CANCELLED, ""),
        ("SystemDeleted", {"timeInForce": "GoodForSession"}, 2, OrderStatus.EXPIRED, "by the system"),
        ("SystemExpired", {"timeInForce": "GoodToDate"}, 2, OrderStatus.EXPIRED, "its validity ended"),
        (
            "SystemDeleted",
            {"timeInForce": "ImmediateOrCancel"},
            1,
            OrderStatus.CANCELLED,
            "the rest was not executed at once",
        ),
    ],
)
def test_how_an_order_ended(
    action: str, terms: dict[str, str], quantity: int, status: OrderStatus, reason: str
) -> None:
    talk = venue()
    talk.tell("private_orders", order(AREA))
    talk.tell(
        "private_orders", order(AREA, state="Inactive", action=action, revisionNumber=1, quantity=quantity, **terms)
    )
    (only,) = talk.market.blotter.rows()
    assert (only.status, only.reason) == (status, reason)


# Amending


def amended(talk: Everything) -> Prepared | Denied:
    command = AmendOrder(NPID_SETTINGS.name, "mine", None, Price(39 * SCALE))
    return talk.session.prepare(Intent("i-1", "mine", command, talk.now), talk.now)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"timeInForce": "GoodForSession"}, {"type": "Limit", "timeInForce": "GoodForSession"}),
        (
            {"timeInForce": "GoodToDate", "validityDate": "2026-11-21T12:20:00Z"},
            {"type": "Limit", "timeInForce": "GoodToDate", "validityDate": "2026-11-21T12:20:00Z"},
        ),
        (
            {"timeInForce": "GoodForSession", "type": "Iceberg", "icebergDisplayQuantity": 1},
            {"type": "Iceberg", "timeInForce": "GoodForSession"},
        ),
    ],
)
def test_an_amendment_says_the_orders_terms_again_so_that_no_default_takes_their_place(
    terms: dict[str, Any], said: dict[str, str]
) -> None:
    talk = Everything(NPID_SETTINGS, lambda client_id: client_id == "mine")
    talk.tell("private_orders", order(AREA, executionRestriction="None", **terms))
    prepared = amended(talk)
    assert isinstance(prepared, Prepared), prepared
    (sent,) = json.loads(json.loads(prepared.frame)["data"])["orders"]
    named = {"clientIdentifier": "mine", "identifier": "X9", "revisionNumber": 0}
    assert sent == {**named, "price": 39, "executionRestriction": "None", **said}


def test_an_order_whose_terms_are_not_known_is_not_amended() -> None:
    """Left out they would be the venue's defaults: immediate or cancel, all or none."""
    talk = Everything(NPID_SETTINGS, lambda client_id: client_id == "mine")
    talk.tell("private_orders", order(AREA))
    denied = amended(talk)
    assert isinstance(denied, Denied) and "validity: ''" in denied.reason


def test_identifiers_stay_text_whatever_they_look_like() -> None:
    talk = venue()
    talk.tell("private_orders", order(AREA, identifier="0090071992547409930001"))
    talk.tell("private_orders", order(AREA, identifier=2**80 + 1, clientIdentifier="other"))
    assert [row.venue_id for row in talk.market.blotter.rows()] == ["0090071992547409930001", str(2**80 + 1)]


def test_the_key_of_a_contract_holds_no_float() -> None:
    talk = venue()
    talk.tell("contract_area_states", {"contractArea": {**AREA, "identifier": 2**53 + 1}, "state": "Active"})
    assert ContractKey("Nord Pool", "DE-50HERTZ", str(2**53 + 1)) in talk.market.contracts
