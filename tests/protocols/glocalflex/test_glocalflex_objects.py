"""Objects that the venue documents nowhere: what names them, which word is their status, and which kind they are."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.flex import NAME, FlexDesk, order, order_object


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def told(desk: FlexDesk, data: dict[str, Any], name: str, kind: str = "order_status_update") -> None:
    desk.say("trade", {"type": kind, "name": name, "created_at": "2026-11-21T12:00:05Z", "data": data})


def placed(desk: FlexDesk) -> str:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "pending"})
    return client_id


@pytest.mark.parametrize(
    ("own", "name", "shown"),
    [
        (None, "matching_active", "matching_active"),
        ("open", "matching_active", "matching_active"),
        ("matching_active", "Your order has changed", "matching_active"),
        ("open", "Your order has changed", "open"),
    ],
)
def test_the_status_is_whichever_word_is_one(desk: FlexDesk, own: str | None, name: str, shown: str) -> None:
    client_id = placed(desk)
    told(desk, {"order_id": "o1", **({} if own is None else {"status": own})}, name)
    assert desk.get(client_id).venue_state == shown
    assert ("unrecognised status" in desk.anomalies()) is (shown == "open")


def test_two_statuses_in_one_update_are_told_of(desk: FlexDesk) -> None:
    client_id = placed(desk)
    told(desk, {"order_id": "o1", "status": "filled"}, "accepted")
    assert desk.state(client_id) == "filled"
    assert desk.anomalies() == ["two statuses"]


def test_a_status_has_its_reason_however_it_is_spelt(desk: FlexDesk) -> None:
    client_id = placed(desk)
    told(desk, {"order_id": "o1", "status": "AWAITING_BASELINE_DATA"}, "")
    assert (desk.state(client_id), desk.get(client_id).reason) == ("hibernated", "waits for its baseline data")


def test_what_nothing_names_as_an_order_is_a_contract_though_its_word_is_an_orders_too(desk: FlexDesk) -> None:
    told(desk, {"contract_id": "c1", "status": "awaiting_baseline_data"}, "awaiting_baseline_data")
    (view,) = desk.desk.market.flex.contracts.rows()
    assert (view.contract.identifier, view.contract.status) == ("c1", "awaiting_baseline_data")
    assert desk.anomalies() == []


def test_which_keys_name_a_contract_is_a_setting(tmp_path: Path) -> None:
    desk = FlexDesk(tmp_path, contract_id_keys=("deal",))
    desk.ready()
    told(desk, {"deal": "c7", "id": "x", "status": "settlement_initiated"}, "", "contract_status_update")
    assert desk.desk.market.flex.contracts.get(NAME, "c7") is not None


@pytest.mark.parametrize(
    ("other", "named"),
    [({"price": 0.26}, "price"), ({"side": "sell"}, "side"), ({"power": 900}, "power")],
)
def test_an_order_that_is_told_with_other_terms_is_told_of(desk: FlexDesk, other: dict[str, Any], named: str) -> None:
    placed(desk)
    desk.update(order_object(order(), "o1", "accepted", **other))
    (found,) = [each for each in desk.desk.market.anomalies if each.kind == "other terms"]
    assert f"another {named} than was ordered" in found.message


def test_nobodys_order_is_a_strangers_before_the_answer_that_may_name_it(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.update(order_object(order(), "o1", "accepted", price=0.249))
    assert desk.get("venue:o1") is None
    desk.reply({"order_id": "o1"})
    assert (desk.state(client_id), desk.get(client_id).venue_id) == ("working", "o1")
    assert desk.anomalies() == ["other terms"]
    # An answer that names another leaves it a stranger's.
    desk.submit(order(power="2000"))
    desk.update(order_object(order(power="700"), "o2", "accepted"))
    desk.reply({"order_id": "o3"})
    assert desk.get("venue:o2").ours is False
