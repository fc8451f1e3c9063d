"""Orders from `POST` to settled: what is refused and how, every status in its order, and what the ticker says of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.protocols.practice.glocalflex.flex_rig import BASELINE, WINDOW, FlexRig, order, read

STEPS = ["pending", "accepted", "matching_active"]
SETTLING = [
    "verification_initiated",
    "verification_completed_success",
    "settlement_initiated",
    "settlement_completed_success",
]


def test_a_buyer_is_filled_in_parts_and_each_part_is_verified_and_settled(rig: FlexRig) -> None:
    trade, ticker = rig.connect("trade"), rig.connect("ticker")
    placed = rig.place(side="buy", power=1000, price=0.25)
    identifier = read(placed.body)["order_id"]
    assert placed.status == 200
    rig.pass_time(2)
    assert trade.statuses() == STEPS
    rig.other("sell", 400, 0.20)
    rig.other("sell", 700, 0.20)
    rig.other("sell", 600, 0.25)
    updates = trade.take("order_status_update")
    assert [(one["name"], one["data"]["status"]) for one in updates] == [("partial_filled",) * 2, ("filled",) * 2]
    assert [one["data"]["remaining_power"] for one in updates] == [600, 0]
    assert {one["data"]["order_id"] for one in updates} == {identifier}
    ticks = [tick["data"] for tick in ticker.take("ticker_update")]
    assert [(tick["power"], str(tick["price"])) for tick in ticks] == [(400, "0.25"), (600, "0.25")]
    rig.pass_time(20)
    contracts = trade.take("contract_status_update")
    names = {one["data"]["contract_id"] for one in contracts}
    for name in names:
        assert [one["name"] for one in contracts if one["data"]["contract_id"] == name] == SETTLING
    assert len(names) == 2 and {one["data"]["order_id"] for one in contracts} == {identifier}
    assert {(one["status"], one["order_id"]) for one in rig.truth()["contracts"]} == {(SETTLING[-1], identifier)}


def test_a_seller_with_a_baseline_is_filled_whole(rig: FlexRig) -> None:
    trade = rig.connect("trade")
    rig.other("buy", 600, 0.25)
    rig.place(side="sell", power=1000, price=0.20)
    rig.pass_time(2)
    assert trade.statuses() == ["pending", "selected_for_baseline_activation", "accepted", "matching_active"]
    rig.other("buy", 1500, 0.22)
    (filled,) = trade.take("order_status_update")
    assert (filled["name"], filled["data"]["filled_power"]) == ("filled", 1000)
    assert filled["data"]["verification"]["status"] == "baseline_accepted"
    (left,) = [one for one in rig.truth()["bids"] if one["goods"]["power"] == "1500"]
    assert left["left"] == "500"


def test_a_seller_without_a_baseline_waits_and_expires(rig: FlexRig) -> None:
    trade, ticker = rig.connect("trade"), rig.connect("ticker")
    rig.other("buy", 5000, 0.90)
    rig.place(side="sell", price=0.20, baseline=None)
    rig.pass_time(60, step=1)
    assert trade.statuses() == ["pending", "awaiting_baseline_data"]
    rig.pass_time(2 * 3_600, step=60)
    assert trade.statuses() == ["expired"]
    assert len(ticker.take("expired_order_update")) == 1, "only the bid was ever in the book"


def test_a_baseline_can_come_late(flex_rig: Callable[..., FlexRig]) -> None:
    rig = flex_rig(faults={"baseline_after": 5.0})
    trade = rig.connect("trade")
    rig.place(side="sell", baseline=None)
    rig.pass_time(10)
    assert trade.statuses() == ["pending", "awaiting_baseline_data", "accepted", "matching_active"]


@pytest.mark.parametrize(("expiry", "seconds"), [(WINDOW["expiry_time"], 7_200), (None, 9_900)])
def test_an_order_expires_at_its_time_or_a_quarter_of_an_hour_before_delivery(
    rig: FlexRig, expiry: str | None, seconds: int
) -> None:
    trade, ticker = rig.connect("trade"), rig.connect("ticker")
    rig.place(expiry_time=expiry)
    rig.pass_time(seconds - 1, step=1_000)
    assert trade.statuses() == STEPS
    rig.pass_time(1)
    assert trade.statuses() == ["expired"]
    (expired,) = ticker.take("expired_order_update")
    assert expired["data"]["power"] == 1000 and expired["data"]["expired_at"] == expired["created_at"]
    assert ticker.take("ticker_update") == []


def test_the_operator_may_cancel(rig: FlexRig) -> None:
    trade = rig.connect("trade")
    identifier = read(rig.place().body)["order_id"]
    rig.pass_time(2)
    assert rig.ask("POST", "/practice/flex/cancel", {"order_id": identifier}).status == 200
    assert trade.statuses()[-1] == "cancelled"
    assert rig.truth()["bids"] == []
    assert rig.ask("POST", "/practice/flex/cancel", {"order_id": identifier}).status == 422


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"side": "both"}, ["side"]),
        ({"power": 0}, ["power"]),
        ({"power": "1000"}, ["power"]),
        ({"power": True}, ["power"]),
        ({"power": 1e30}, ["power"]),
        ({"price": -0.1}, ["price"]),
        ({"price": None}, ["price"]),
        ({"delivery_start": "tomorrow"}, ["delivery_start"]),
        ({"delivery_start": "2026-11-21T12:15:00Z"}, ["delivery_start"]),
        ({"delivery_end": WINDOW["delivery_start"]}, ["delivery_end"]),
        ({"expiry_time": "2026-11-21T11:59:00Z"}, ["expiry_time"]),
        ({"location": None}, ["location"]),
        ({"location": []}, ["location"]),
        ({"location": {"location_id": "loc1"}}, ["location", "location_id"]),
        ({"location": {"country_code": "XX"}}, ["location", "country_code"]),
        ({"baseline": BASELINE}, ["baseline"]),
        ({"side": "sell", "baseline": 1}, ["baseline"]),
        ({"side": "sell", "baseline": {**BASELINE, "direction": "sideways"}}, ["baseline", "direction"]),
        ({"side": "sell", "baseline": {**BASELINE, "data_points": []}}, ["baseline", "data_points"]),
        ({"side": "sell", "baseline": {**BASELINE, "data_points": [{"a": 1}]}}, ["baseline", "data_points", 0]),
    ],
)
def test_what_is_wrong_is_named(rig: FlexRig, changes: dict[str, Any], where: list[str | int]) -> None:
    answer = rig.place(**changes)
    assert answer.status == 422
    details = read(answer.body)["detail"]
    assert [one["loc"] for one in details] == [["body", *where]]
    assert all(one["msg"] and one["type"] for one in details)
    assert rig.truth()["orders"] == rig.truth()["arrivals"] == []


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"side":', b'{"side":"buy","side":"sell"}', b"[" * 5_000])
def test_what_is_no_order_at_all_is_refused_too(rig: FlexRig, body: bytes) -> None:
    from protocols.practice.glocalflex.flex_venue import Asked

    answer = rig.venue.answer(Asked("POST", "/api/v1/order/", body, "application/json", rig.token()), rig.now)
    assert answer.status == 422 and read(answer.body)["detail"][0]["loc"][0] == "body"


def test_everything_that_is_wrong_is_told_at_once(rig: FlexRig) -> None:
    details = read(rig.place(side="no", power=-1, price="x").body)["detail"]
    assert [one["loc"][-1] for one in details] == ["side", "power", "price"]


@pytest.mark.parametrize(
    "location",
    [{"location_id": [None], "country_code": ""}, {"location_id": None, "country_code": None}, {}],
)
def test_what_the_vendors_own_client_leaves_open_is_taken(rig: FlexRig, location: dict[str, Any]) -> None:
    assert rig.place(location=location, delivery_name="kept by nobody").status == 200


def test_orders_are_the_users_own(rig: FlexRig) -> None:
    trade = rig.connect("trade")
    rig.other("buy", 10, 0.3)
    rig.other("sell", 10, 0.2)
    assert trade.statuses() == []


def test_time_priority_begins_when_an_order_becomes_active(rig: FlexRig) -> None:
    identifier = read(rig.place(price=0.25).body)["order_id"]
    rig.other("buy", 1000, 0.25)
    rig.pass_time(2)
    rig.other("sell", 1000, 0.25)
    (left,) = rig.truth()["bids"]
    assert left["order_id"] == identifier, "the other was in the book first"


def test_two_orders_that_are_the_same_are_two(rig: FlexRig) -> None:
    one, other = (read(rig.place().body)["order_id"] for _ in range(2))
    assert one != other
    assert len(rig.truth()["arrivals"]) == 2


def test_an_order_says_what_was_asked_for(rig: FlexRig) -> None:
    told = read(rig.place(side="sell", power=1234.5, price=0.123456789).body)
    asked = order("sell")
    assert (str(told["power"]), str(told["price"]), str(told["energy"])) == ("1234.5", "0.123456789", "1234.5")
    assert told["delivery_start"] == "2026-11-21T15:00:00.000Z"
    assert told["location"] == asked["location"]
