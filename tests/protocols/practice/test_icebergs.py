"""Icebergs: what the book shows of them, how they trade, and what is reported (protocol page, section 7)."""

from typing import Any

import pytest


def test_the_book_shows_a_part_and_the_report_the_rest(trader: Any) -> None:
    listing = trader.market()
    _, begun = trader.request("Creation", trader.wish(listing, quantity=25, icebergDisplayQuantity=10))
    assert (begun["type"], begun["quantity"], begun["icebergDisplayQuantity"]) == ("Iceberg", "25", "10")
    assert begun["icebergHiddenQuantity"] == "15"
    assert trader.shown(listing) == ["Buy 10@40"]


def test_the_modification_tables_name_is_read_as_well(trader: Any) -> None:
    listing = trader.market()
    _, begun = trader.request("Creation", trader.wish(listing, icebergVisibleQuantity=2))
    assert begun["icebergDisplayQuantity"] == "2"


def test_a_new_part_comes_in_behind_the_others_at_its_price(trader: Any) -> None:
    listing = trader.market()
    trader.create(listing, quantity=5, icebergDisplayQuantity=2)
    trader.others(listing, "Buy", 40, 1, rest=True)
    trader.others(listing, "Sell", 40, 2)
    assert trader.shown(listing) == ["Buy 1@40", "Buy 2@40"]
    told = trader.reports()
    assert trader.story(told) == ["A2 Active/PartiallyExecuted 3@40", "A3 Active/NewIcebergSliceAdded 3@40"]
    assert [row["icebergHiddenQuantity"] for row in told] == ["3", "1"]


def test_one_large_order_goes_through_part_after_part(trader: Any) -> None:
    listing = trader.market()
    trader.create(listing, quantity=5, icebergDisplayQuantity=2)
    trader.others(listing, "Buy", 40, 1, rest=True)
    trader.others(listing, "Sell", 40, 9)
    assert trader.shown(listing) == []
    assert trader.story(trader.reports()) == [
        "A2 Active/PartiallyExecuted 3@40",
        "A3 Active/NewIcebergSliceAdded 3@40",
        "A4 Active/PartiallyExecuted 1@40",
        "A5 Active/NewIcebergSliceAdded 1@40",
        "A6 Inactive/FullyExecuted 0@40",
    ]


@pytest.mark.parametrize(("side", "delta", "prices"), [("Buy", -0.5, ["40", "39.5"]), ("Sell", 0.5, ["40", "40.5"])])
def test_each_part_moves_away_by_the_delta(trader: Any, side: str, delta: float, prices: list[str]) -> None:
    listing = trader.market()
    iceberg = {"direction": side, "icebergDisplayQuantity": 2, "icebergPriceDelta": delta}
    trader.create(listing, **iceberg)
    assert trader.shown(listing) == [f"{side} 2@{prices[0]}"]
    trader.others(listing, "Sell" if side == "Buy" else "Buy", 40, 5)
    assert trader.shown(listing) == [f"{side} 2@{prices[1]}"]
    assert trader.story(trader.reports())[-1] == f"A3 Active/NewIcebergSliceAdded 3@{prices[1]}"


def test_as_it_enters_it_trades_with_all_it_has(trader: Any) -> None:
    listing = trader.market()
    trader.others(listing, "Sell", 40, 4, rest=True)
    *_, last = trader.request("Creation", trader.wish(listing, quantity=9, icebergDisplayQuantity=2))
    assert (last["action"], last["quantity"], last["icebergHiddenQuantity"]) == ("PartiallyExecuted", "5", "3")
    assert trader.shown(listing) == ["Buy 2@40"]


@pytest.mark.parametrize(("left", "shown"), [(4, "2"), (1, "1")])
def test_a_reduction_takes_what_is_hidden_first(trader: Any, left: int, shown: str) -> None:
    listing = trader.market()
    client_id = trader.create(listing, icebergDisplayQuantity=2)
    identifier, _ = trader.orders[client_id]
    _, reduced = trader.request("Modification", trader.on(client_id, quantity=left))
    assert (int(reduced["identifier"]), reduced["quantity"]) == (identifier, str(left))
    assert int(reduced["icebergHiddenQuantity"]) == left - int(shown)
    assert trader.shown(listing) == [f"Buy {shown}@40"]


def test_what_it_hid_before_it_slept_is_forgotten(trader: Any) -> None:
    listing = trader.market()
    client_id = trader.create(listing, icebergDisplayQuantity=2)
    trader.request("Deactivation", trader.on(client_id))
    trader.request("Modification", trader.on(client_id, quantity=1))
    trader.request("Activation", trader.on(client_id))
    trader.others(listing, "Sell", 40, 1)
    assert trader.story(trader.reports()) == ["A5 Inactive/FullyExecuted 0@40"]
    assert trader.shown(listing) == []


def test_showing_another_part_loses_the_place(trader: Any) -> None:
    listing = trader.market()
    client_id = trader.create(listing, icebergDisplayQuantity=2)
    told = trader.request("Modification", trader.on(client_id, icebergDisplayQuantity=3))
    assert [row["action"] for row in told] == ["ModifiedByUser", "AddedByUser", "AddedByUser"]
    assert trader.shown(listing) == ["Buy 3@40"]


def test_asleep_and_awake_it_shows_a_whole_part(trader: Any) -> None:
    listing = trader.market()
    client_id = trader.create(listing, icebergDisplayQuantity=2)
    trader.others(listing, "Sell", 40, 1)
    trader.take()
    _, asleep = trader.request("Deactivation", trader.on(client_id))
    assert (asleep["quantity"], asleep["icebergHiddenQuantity"]) == ("4", "2")
    trader.request("Activation", trader.on(client_id))
    assert trader.shown(listing) == ["Buy 2@40"]


@pytest.mark.parametrize(("delta", "wanted", "filled"), [(0, 5, True), (0, 6, False), (0.5, 2, True), (0.5, 3, False)])
def test_what_an_iceberg_hides_counts_for_all_or_nothing(trader: Any, delta: float, wanted: int, filled: bool) -> None:
    listing = trader.market()
    trader.create(listing, direction="Sell", icebergDisplayQuantity=2, icebergPriceDelta=delta)
    order = trader.wish(listing, quantity=wanted, executionRestriction="FillOrKill")
    told = [row for row in trader.request("Creation", order) if row["clientIdentifier"] == order["clientIdentifier"]]
    assert (told[-1]["action"] == "FullyExecuted") is filled
