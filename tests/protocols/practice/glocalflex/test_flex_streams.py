"""The book and the ticker as clients see them, with and without faults."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from protocols.practice.glocalflex.publisher import OVERSIZED
from tests.protocols.practice.glocalflex.flex_rig import FlexClient, FlexRig


def latest(client: FlexClient) -> dict[str, Any]:
    data: dict[str, Any] = client.take("orderbook_update")[-1]["data"]
    return data


def flat(side: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str]]:
    """Power and price of a side's orders, in their order."""
    entries = [entry for level in side.values() for entry in level]
    return [(f"{entry['power'].normalize():f}", f"{entry['price'].normalize():f}") for entry in entries]


def true(rig: FlexRig, side: str) -> list[tuple[str, str]]:
    return [(entry["left"], entry["goods"]["price"]) for entry in rig.truth()[side]]


def test_the_book_comes_at_once_and_whole_in_price_and_time_priority(rig: FlexRig) -> None:
    for power, price in ((1, 0.2), (2, 0.3), (3, 0.2), (4, 0.09)):
        rig.other("buy", power, price)
    for power, price in ((5, 11), (6, 9), (7, 100), (8, 9)):
        rig.other("sell", power, price)
    book = latest(rig.connect("orderbook"))
    assert list(book["bids"]) == ["0.3", "0.2", "0.09"]
    assert list(book["asks"]) == ["9", "11", "100"], "by number, not as text"
    assert [int(entry["power"]) for entry in book["bids"]["0.2"]] == [1, 3]
    assert [int(entry["power"]) for entry in book["asks"]["9"]] == [6, 8]
    entry = book["bids"]["0.3"][0]
    assert set(entry) == {"side", "power", "price", "delivery_start", "delivery_end", "location", "energy"}
    assert entry["location"] == {"location_id": ["loc1"], "country_code": "FI"}


def test_every_change_is_told_but_no_faster_than_a_few_times_a_second(rig: FlexRig) -> None:
    book = rig.connect("orderbook")
    book.take()
    for _ in range(40):
        rig.other("buy", 10, 0.2)
        rig.pass_time(0.025, step=0.025)
    told = book.take("orderbook_update")
    assert 2 <= len(told) <= 4
    rig.pass_time(1)
    assert len(flat(latest(book)["bids"])) == 40
    rig.pass_time(5)
    assert book.take() == [], "what did not change is not told again"


def test_a_part_that_is_taken_from_an_order_is_a_change_too(rig: FlexRig) -> None:
    rig.other("buy", 10, 0.2)
    book = rig.connect("orderbook")
    rig.other("sell", 4, 0.2)
    rig.pass_time(1)
    assert flat(latest(book)["bids"]) == [("6", "0.2")]


def test_the_seeded_market_is_the_same_for_the_same_seed_and_lives(flex_rig: Callable[..., FlexRig]) -> None:
    def run(seed: int) -> tuple[FlexRig, list[bytes], list[dict[str, Any]]]:
        rig = flex_rig(orders=300, windows=40, rate=5.0, seed=seed)
        book, ticker = rig.connect("orderbook"), rig.connect("ticker")
        rig.pass_time(150, step=0.25)
        return rig, book.raw(), ticker.take()

    rig, books, ticks = run(1)
    assert run(1)[1] == books and run(2)[1] != books
    kinds = [tick["type"] for tick in ticks]
    assert kinds.count("ticker_update") > 20 and "expired_order_update" in kinds
    truth = rig.truth()
    assert 200 < len(truth["bids"]) + len(truth["asks"]) < 400
    entries = [entry["goods"] for side in ("bids", "asks") for entry in truth[side]]
    assert len({(one["delivery_start"], one["delivery_end"]) for one in entries}) > 30
    assert {one["country_code"] for one in entries} == {"CZ", "DE", "CH", "ES", "FI", "FR", "", None}
    assert {len(one["location_id"]) for one in entries} == {0, 1, 2}
    assert [None] in [one["location_id"] for one in entries]
    powers = [Decimal(one["power"]) for one in entries]
    assert min(powers) < 2_000 and max(powers) > 150_000, "from a household up"


def test_a_book_on_the_wire_is_the_true_one(flex_rig: Callable[..., FlexRig]) -> None:
    rig = flex_rig(orders=200, windows=20, rate=10.0)
    book = rig.connect("orderbook")
    for _ in range(20):
        rig.pass_time(2)
        rig.turn(hold_market=True)
        rig.pass_time(0.5)
        told = latest(book)
        for side in ("bids", "asks"):
            assert flat(told[side]) == true(rig, side)
        rig.turn(hold_market=False)


def test_the_market_keeps_its_size(flex_rig: Callable[..., FlexRig]) -> None:
    rig = flex_rig(orders=300, windows=20, rate=2.0)
    sizes = []
    for _ in range(8):
        rig.pass_time(900, step=30)
        truth = rig.truth()
        sizes.append((len(truth["bids"]), len(truth["asks"])))
    assert all(200 < sum(size) <= 310 and min(size) > 90 for size in sizes), sizes


def test_own_orders_are_in_the_book_and_somebody_trades_with_them(flex_rig: Callable[..., FlexRig]) -> None:
    rig = flex_rig(orders=200, windows=20, rate=5.0)
    trade, book = rig.connect("trade"), rig.connect("orderbook")
    for side, price in (("buy", 0.34), ("sell", 0.34)):
        rig.place(side=side, power=1200, price=price, location={"location_id": [], "country_code": ""})
    rig.pass_time(3)
    levels = [level for half in latest(book).values() for level in half.values()]
    known = {(entry["side"], int(entry["power"])) for level in levels for entry in level}
    assert known & {("buy", 1200), ("sell", 1200)} or "filled" in trade.statuses()
    rig.pass_time(180, step=0.5)
    assert {one["status"] for one in rig.truth()["orders"]} == {"filled"}


# Faults


@pytest.fixture
def busy(flex_rig: Callable[..., FlexRig]) -> FlexRig:
    return flex_rig(orders=100, windows=10, rate=5.0)


def test_an_older_book_may_follow_a_newer_one(busy: FlexRig) -> None:
    book = busy.connect("orderbook")
    busy.turn(old_book=1.0)
    busy.pass_time(3)
    times = [message["created_at"] for message in book.take("orderbook_update")]
    assert times != sorted(times)
    assert sorted(set(times)) == sorted(set(times), key=times.index), "each comes new before it comes old"


def test_keys_may_disagree_with_prices(busy: FlexRig) -> None:
    busy.turn(keys_disagree=1.0)
    book = latest(busy.connect("orderbook"))
    assert any(Decimal(key) != entry["price"] for key, level in book["bids"].items() for entry in level)
    assert flat(book["bids"]) == true(busy, "bids"), "the orders' own prices are right, and their order"


def test_levels_may_stand_in_the_order_of_text(rig: FlexRig) -> None:
    for price in (9, 100, 11, 2):
        rig.other("sell", 10, price)
    rig.turn(text_order=True)
    assert list(latest(rig.connect("orderbook"))["asks"]) == ["100", "11", "2", "9"]


def test_the_country_may_be_missing(rig: FlexRig) -> None:
    rig.other("sell", 10, 1)
    rig.turn(missing_country=1.0)
    ((entry,),) = latest(rig.connect("orderbook"))["asks"].values()
    assert entry["location"] == {"location_id": ["loc1"]}
    rig.turn(missing_country=0.0)
    ((entry,),) = latest(rig.connect("orderbook"))["asks"].values()
    assert entry["location"]["country_code"] == "FI"


def test_a_book_may_be_too_large(rig: FlexRig) -> None:
    rig.turn(oversized_book=True)
    *_, frame = rig.connect("orderbook").raw()
    assert len(frame) == OVERSIZED > 16 * 1024 * 1024
    assert json.loads(frame)["data"] == {"bids": {}, "asks": {}}


def test_a_swallowed_order_and_a_lost_reply_differ_only_in_the_truth(rig: FlexRig) -> None:
    trade = rig.connect("trade")
    rig.turn(lose_request=1.0)
    assert rig.place().withheld
    rig.pass_time(3)
    assert trade.statuses() == []
    rig.turn(lose_request=0.0, lose_reply=1.0)
    assert rig.place().withheld
    rig.pass_time(3)
    assert trade.statuses() == ["pending", "accepted", "matching_active"]
    truth = rig.truth()
    assert [one["lost"] for one in truth["arrivals"]] == [True, False]
    assert len(truth["orders"]) == 1


@pytest.mark.parametrize(("switch", "status"), [("refuse_orders", 422), ("unauthorised", 401)])
def test_orders_may_be_refused_on_purpose(rig: FlexRig, switch: str, status: int) -> None:
    rig.turn(**{switch: 1.0})
    assert rig.place().status == status
    assert rig.truth()["orders"] == []


def test_status_updates_may_come_twice_not_at_all_or_in_words_that_nobody_knows(rig: FlexRig) -> None:
    trade = rig.connect("trade")
    rig.turn(double_status=1.0)
    rig.place()
    assert trade.statuses() == ["pending", "pending"]
    rig.turn(double_status=0.0, lose_status=1.0)
    rig.pass_time(0.5)
    assert trade.statuses() == []
    rig.turn(lose_status=0.0, unknown_status=1.0)
    rig.pass_time(0.5)
    assert trade.statuses() == ["under_review_by_grid_operator"]
    assert rig.truth()["orders"][0]["status"] == "matching_active"


def test_an_order_may_expire_without_a_word(rig: FlexRig) -> None:
    trade, ticker = rig.connect("trade"), rig.connect("ticker")
    rig.turn(silent_expiry=True)
    rig.place()
    rig.pass_time(3 * 3_600, step=600)
    assert trade.statuses() == ["pending", "accepted", "matching_active"]
    assert ticker.take("expired_order_update") == []
    assert rig.truth()["orders"][0]["status"] == "expired"


def test_contracts_may_come_as_the_vendors_example_has_them_and_may_fail(rig: FlexRig) -> None:
    trade = rig.connect("trade")
    rig.turn(contracts_as_orders=True, fail_contracts=1.0)
    rig.other("sell", 1000, 0.2)
    rig.place()
    rig.pass_time(30)
    messages = [message for message in trade.take() if "contract_id" in message["data"]]
    assert {message["type"] for message in messages} == {"order_status_update"}
    assert messages[-1]["name"] == "settlement_completed_failed"
    assert messages[-1]["data"]["settlement"]["status"] == "completed_failed"


def test_an_unknown_switch_is_refused_by_name(rig: FlexRig) -> None:
    answer = rig.ask("POST", "/practice/flex/faults", {"old_boko": 1})
    assert answer.status == 422 and b"old_boko" in answer.body
