"""Pairs of which one cancels the other (protocol page: `neworderoco`, order rules, traps)."""

from typing import Any

import pytest

from tests.protocols.practice.acttrader.fx_rig import FxClient, FxRig

LIMIT_BELOW = {"type": "LIMIT", "price": 1.09}
STOP_ABOVE = {"type": "STOP", "stopPrice": 1.11}
STOP_LIMIT_ABOVE = {"type": "STOP_LIMIT", "stopPrice": 1.11, "price": 1.12}


def states(rig: FxRig) -> dict[str, tuple[str, str | None]]:
    return {name: (order["status"], order["reason"]) for name, order in rig.truth().items()}


@pytest.mark.parametrize("above", [STOP_ABOVE, STOP_LIMIT_ABOVE])
def test_a_pair_is_acknowledged_leg_by_leg(rig: FxRig, trader: FxClient, above: dict[str, Any]) -> None:
    (answer,) = trader.pair(LIMIT_BELOW, above)
    assert answer["event"] == "neworderoco"
    assert [(leg["clientOrderId"], leg["type"], leg["status"]) for leg in answer["payload"]] == [
        ("one", "LIMIT", "NEW"),
        ("other", above["type"], "NEW"),
    ]
    truth = rig.truth()
    assert (truth["one"]["sibling"], truth["other"]["sibling"]) == (
        truth["other"]["venue_id"],
        truth["one"]["venue_id"],
    )


@pytest.mark.parametrize(("ask", "filled", "cancelled"), [("1.0900", "one", "other"), ("1.1100", "other", "one")])
def test_when_one_leg_fills_the_other_is_cancelled(
    rig: FxRig, trader: FxClient, ask: str, filled: str, cancelled: str
) -> None:
    trader.pair(LIMIT_BELOW, STOP_ABOVE)
    rig.move(ask=ask)
    assert states(rig) == {filled: ("FILLED", None), cancelled: ("CANCELED", "OCO_CONDITION")}
    pushed = {one["payload"]["clientOrderId"]: one["payload"] for one in trader.take("execution")}
    assert pushed[filled]["status"] == "FILLED"
    assert pushed[cancelled]["status"] == "CANCELED"
    assert pushed[cancelled].get("reason") == ("OCO_CONDITION" if trader.dialect == "later" else None)


def test_a_leg_that_only_starts_to_fill_cancels_the_other_too(rig: FxRig, trader: FxClient) -> None:
    rig.turn(liquidity=4_000)
    trader.pair(LIMIT_BELOW, STOP_ABOVE, timeInForce="GTC")
    rig.move(ask="1.0900")
    assert states(rig) == {"one": ("PARTIAL_FILL", None), "other": ("CANCELED", "OCO_CONDITION")}
    rig.move(ask="1.1100")
    assert rig.truth()["other"]["executed"] == "0"


def test_a_pair_within_reach_of_both_legs_trades_one(rig: FxRig, trader: FxClient) -> None:
    answer, *_ = trader.pair({"type": "LIMIT", "price": 1.2}, {"type": "STOP", "stopPrice": 1.0})
    assert [leg["status"] for leg in answer["payload"]] == ["NEW", "NEW"]
    assert states(rig) == {"one": ("FILLED", None), "other": ("CANCELED", "OCO_CONDITION")}


def test_a_leg_that_its_owner_cancels_leaves_the_other(rig: FxRig, trader: FxClient) -> None:
    trader.pair(LIMIT_BELOW, STOP_ABOVE)
    trader.ask("ordercancel", {"orderId": int(rig.truth()["one"]["venue_id"])})
    assert states(rig) == {"one": ("CANCELED", "USER"), "other": ("NEW", None)}
    rig.move(ask="1.1100")
    assert states(rig)["other"] == ("FILLED", None)


def test_a_pair_s_lifetime_ends_both_legs(rig: FxRig, trader: FxClient) -> None:
    trader.pair(LIMIT_BELOW, STOP_ABOVE, **{trader.lifetime: "2026-11-20T13:30:10.000Z"})
    rig.pass_time(11)
    assert set(states(rig).values()) == {("CANCELED", "LIFETIME_EXPIRED")}


def test_a_pair_that_only_half_fits_is_not_taken_at_all(rig: FxRig, trader: FxClient, monkeypatch: Any) -> None:
    monkeypatch.setattr("protocols.practice.acttrader.account.MOST_ALIVE", 2)
    trader.place(price=1.0)
    (answer,) = trader.pair(LIMIT_BELOW, STOP_ABOVE)
    assert (answer["event"], answer["payload"]["code"]) == ("error", 408)
    assert set(states(rig)) == {"mine"}


def test_a_seller_s_pair_is_the_mirror_image(rig: FxRig, trader: FxClient) -> None:
    trader.pair({"type": "LIMIT", "price": 1.11}, {"type": "STOP", "stopPrice": 1.09}, side="SELL")
    rig.move(bid="1.0900")
    assert states(rig) == {"one": ("CANCELED", "OCO_CONDITION"), "other": ("FILLED", None)}


def test_one_leg_refused_leaves_the_other_alone(rig: FxRig, trader: FxClient) -> None:
    rig.turn(refuse_leg=1.0)
    (answer,) = trader.pair(LIMIT_BELOW, STOP_ABOVE)
    told = {leg["clientOrderId"]: leg["status"] for leg in answer["payload"]}
    assert sorted(told.values()) == ["NEW", "REJECTED"]
    truth = rig.truth()
    assert {name: order["status"] for name, order in truth.items()} == told
    assert {order["sibling"] for order in truth.values()} == {None}


def test_a_leg_may_be_missing_in_the_answer_though_it_was_taken(rig: FxRig, trader: FxClient) -> None:
    rig.turn(omit_leg=1.0)
    (answer,) = trader.pair(LIMIT_BELOW, STOP_ABOVE)
    assert len(answer["payload"]) == 1
    assert set(states(rig).values()) == {("NEW", None)}


@pytest.mark.parametrize(
    ("legs", "fields", "code"),
    [
        ([LIMIT_BELOW], {}, 405),
        ([LIMIT_BELOW, STOP_ABOVE, STOP_ABOVE], {}, 405),
        ([LIMIT_BELOW, {"type": "MARKET"}], {}, 405),
        ([LIMIT_BELOW, {"type": "STOP"}], {}, 405),
        ([LIMIT_BELOW, {"type": "STOP", "stopPrice": 1.000001}], {}, 405),
        ([LIMIT_BELOW, {**STOP_ABOVE, "quantity": 10_000}], {}, 402),
        ([LIMIT_BELOW, STOP_ABOVE], {"quantity": 1}, 405),
        ([LIMIT_BELOW, STOP_ABOVE], {"symbol": "XXXYYY"}, 404),
        ([LIMIT_BELOW, STOP_ABOVE], {"timeInForce": "DAY"}, 405),
        ([LIMIT_BELOW, STOP_ABOVE], {"orders": "none"}, 402),
        ([LIMIT_BELOW, "leg"], {}, 402),
    ],
)
def test_a_pair_that_cannot_be_is_refused_as_a_whole(
    rig: FxRig, trader: FxClient, legs: list[Any], fields: dict[str, Any], code: int
) -> None:
    usual = {"symbol": "EURUSD", "side": "BUY", "quantity": 10_000, "timeInForce": "AON", "login": trader.login}
    answer = trader.ask("neworderoco", {**usual, "orders": legs, **fields})
    assert (answer["event"], answer["payload"]["code"]) == ("error", code)
    assert rig.truth() == {}
    rig.turn(market_closed=True)
    assert trader.ask("neworderoco", {**usual, "orders": [LIMIT_BELOW, STOP_ABOVE]})["payload"]["code"] == 407
    assert rig.truth() == {}
