"""Whatever is asked and however the market moves: statuses go by the page, power is kept, a seller is filled whole, and
what is pushed is what the truth says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.market.times import utc_from_text
from protocols.practice.glocalflex import office
from tests.protocols.practice.glocalflex.flex_rig import BASELINE, FlexRig, read

NEXT = {
    "": {"pending"},
    "pending": {"accepted", "awaiting_baseline_data", "selected_for_baseline_activation"},
    "awaiting_baseline_data": {"accepted"},
    "selected_for_baseline_activation": {"accepted"},
    "accepted": {"matching_active"},
    "matching_active": {"partial_filled", "filled"},
    "partial_filled": {"partial_filled", "filled"},
    "filled": set(),
    "cancelled": set(),
    "expired": set(),
}
ENDS = {"cancelled", "expired"}
SETTLING = [status for _, status in office.CONTRACT_STEPS]

SIDES = st.sampled_from(["buy", "sell"])
POWERS = st.integers(1, 9)
CENTS = st.integers(19, 22)
WHERE = st.sampled_from(
    [{"location_id": ["loc1"], "country_code": "FI"}, {"location_id": [], "country_code": ""}, {"country_code": "DE"}]
)
EXPIRIES = st.sampled_from([None, None, "2026-11-21T12:00:10Z", "2026-11-21T12:05:00Z"])
ACTS = st.one_of(
    st.tuples(st.just("place"), SIDES, POWERS, CENTS, WHERE, EXPIRIES, st.booleans()),
    st.tuples(st.just("other"), SIDES, POWERS, CENTS, WHERE),
    st.tuples(st.just("wait"), st.sampled_from([0.2, 1.0, 5.0, 30.0, 600.0])),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("baseline"), st.sampled_from([0.0, 2.0])),
)


def act(rig: FlexRig, token: str, known: list[str], what: tuple[Any, ...]) -> None:
    match what:
        case ("place", side, power, cents, where, expiry, has_baseline):
            baseline = BASELINE if side == "sell" and has_baseline else None
            answer = rig.place(
                token, side=side, power=power, price=cents / 100, location=where, expiry_time=expiry, baseline=baseline
            )
            if answer.status == 200:
                known.append(read(answer.body)["order_id"])
            else:
                assert [one["loc"] for one in read(answer.body)["detail"]] == [["body", "expiry_time"]]
        case ("other", side, power, cents, where):
            rig.other(side, power, cents / 100, location=where)
        case ("wait", seconds):
            rig.pass_time(seconds, step=seconds / 3)
        case ("cancel", number) if number < len(known):
            rig.ask("POST", "/practice/flex/cancel", {"order_id": known[number]})
        case ("baseline", seconds):
            rig.turn(baseline_after=seconds)
        case _:
            pass


def check_order(order: dict[str, Any], contracts: list[dict[str, Any]]) -> None:
    """One order of the truth by itself, with its contracts."""
    before, at = "", 0
    for status, text in order["history"]:
        then = utc_from_text(text)
        assert status in NEXT[before] or (status in ENDS and before not in ENDS | {"filled"}), order
        assert at <= then
        before, at = status, then
    traded = sum(int(contract["power"]) for contract in contracts)
    power, filled = int(order["goods"]["power"]), int(order["filled"])
    assert filled == traded <= power
    assert (order["status"] == "filled") is (filled == power)
    if order["goods"]["side"] == "sell":
        assert filled in (0, power)
    for contract in contracts:
        statuses = [status for status, _ in contract["history"]]
        assert statuses == SETTLING[: len(statuses)]


@given(st.lists(ACTS, max_size=30))
@settings(max_examples=200)
def test_whatever_happens(acts: list[tuple[Any, ...]]) -> None:
    rig = FlexRig(token_lifetime=80_000)
    token = rig.token()
    trade, book = rig.connect("trade", token), rig.connect("orderbook", token)
    known: list[str] = []
    for what in acts:
        act(rig, token, known, what)
    rig.pass_time(1)
    truth = rig.truth()
    assert [order["order_id"] for order in truth["orders"]] == known
    for order in truth["orders"]:
        check_order(order, [one for one in truth["contracts"] if one["order_id"] == order["order_id"]])
        in_book = [one for one in truth["bids"] + truth["asks"] if one["order_id"] == order["order_id"]]
        active = order["status"] in ("matching_active", "partial_filled")
        assert len(in_book) == active
        if active:
            assert int(in_book[0]["left"]) == int(order["goods"]["power"]) - int(order["filled"])
    pushed: dict[str, list[str]] = {}
    for message in trade.take()[1:]:
        data = message["data"]
        pushed.setdefault(data.get("contract_id", data["order_id"]), []).append(message["name"])
    told = {one["order_id"]: [status for status, _ in one["history"]] for one in truth["orders"]}
    told |= {
        one["contract_id"]: [status for status, _ in one["history"]] for one in truth["contracts"] if one["history"]
    }
    assert pushed == told
    latest = book.take("orderbook_update")[-1]["data"]
    for side in ("bids", "asks"):
        entries = [(int(entry["power"]), entry["price"]) for level in latest[side].values() for entry in level]
        assert [(left, f"{price.normalize():f}") for left, price in entries] == [
            (int(one["left"]), one["goods"]["price"]) for one in truth[side]
        ]


def test_a_market_that_slept_fills_again(flex_rig: Any) -> None:
    rig = flex_rig(orders=200, windows=10, rate=2.0)
    rig.connect("orderbook")
    rig.elapsed += 12 * 3_600
    rig.pass_time(2)
    truth = rig.truth()
    assert 150 < len(truth["bids"]) + len(truth["asks"]) <= 220
    assert min(one["goods"]["delivery_start"] for one in truth["bids"] + truth["asks"]) > truth["now"]


@pytest.mark.usefixtures("rig")
def test_the_office_keeps_so_many_orders_and_refuses_more(rig: FlexRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "KEPT", 3)
    token = rig.token()
    for _ in range(3):
        assert rig.place(token).status == 200
    full = rig.place(token)
    assert full.status == 422 and b"too many open orders" in full.body
    identifier = rig.truth()["orders"][1]["order_id"]
    rig.ask("POST", "/practice/flex/cancel", {"order_id": identifier})
    assert rig.place(token).status == 200
    assert identifier not in [order["order_id"] for order in rig.truth()["orders"]]
