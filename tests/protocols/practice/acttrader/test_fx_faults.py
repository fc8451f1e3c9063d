"""Every switch of the FX venue does what it says, and the truth stays the truth."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from protocols.practice.acttrader.faults import FxFaults
from protocols.practice.sockets import HangUp
from tests.protocols.practice.acttrader.fx_rig import PATHS, FxClient, FxRig


def test_a_lost_request_is_counted_and_nothing_else(rig: FxRig, trader: FxClient) -> None:
    rig.turn(lose_request=1.0)
    assert trader.place(price=1.09) == []
    rig.turn(lose_request=0.0)
    assert rig.truth() == {}
    assert rig.get("/truth/fx")["arrivals"] == {"mine": 1}


def test_a_lost_answer_leaves_the_order_done_and_its_executions_told(rig: FxRig, trader: FxClient) -> None:
    rig.turn(lose_answer=1.0)
    (pushed,) = trader.place(type="MARKET", timeInForce="IOC")
    assert pushed["event"] == "execution"
    assert rig.truth()["mine"]["status"] == "FILLED"


def test_a_doubled_answer_is_one_order(rig: FxRig, trader: FxClient) -> None:
    rig.turn(double_answer=1.0)
    one, other = trader.place(price=1.09)
    assert one == other
    assert len(rig.get("/truth/fx")["orders"]) == 1
    assert rig.get("/truth/fx")["arrivals"] == {"mine": 1}


def test_late_answers_come_in_their_time_after_the_execution(rig: FxRig, trader: FxClient) -> None:
    rig.turn(answer_delay=2.0)
    assert [message["event"] for message in trader.place(type="MARKET", timeInForce="IOC")] == ["execution"]
    rig.pass_time(1.9)
    assert trader.take() == []
    rig.pass_time(0.2)
    assert [message["event"] for message in trader.take()] == ["newordersingle"]


def test_late_answers_die_with_their_connection(rig: FxRig, trader: FxClient) -> None:
    rig.turn(answer_delay=2.0)
    trader.place(price=1.09)
    rig.venue.sockets[PATHS[trader.dialect]].disconnected(trader.number)
    rig.pass_time(3)
    assert trader.take() == []


def test_so_many_late_answers_wait_and_the_rest_are_lost(
    rig: FxRig, trader: FxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("protocols.practice.acttrader.order_gateway.MOST_LATE", 3)
    rig.turn(answer_delay=1.0)
    for number in range(5):
        trader.request("newordersingle", trader.order(str(number)))
    rig.pass_time(1.1)
    assert [answer["payload"]["clientOrderId"] for answer in trader.take()] == ["0", "1", "2"]
    assert len(rig.truth()) == 5


def test_an_execution_may_come_before_its_acknowledgement(rig: FxRig, trader: FxClient) -> None:
    kinds = [message["event"] for message in trader.place("one", type="MARKET", timeInForce="IOC")]
    assert kinds == ["newordersingle", "execution"]
    rig.turn(execution_first=1.0)
    kinds = [message["event"] for message in trader.place("two", type="MARKET", timeInForce="IOC")]
    assert kinds == ["execution", "newordersingle"]


def test_executions_are_lost_or_doubled_on_the_way(rig: FxRig, trader: FxClient) -> None:
    rig.turn(lose_execution=1.0)
    assert [message["event"] for message in trader.place("one", type="MARKET", timeInForce="IOC")] == ["newordersingle"]
    rig.turn(lose_execution=0.0, double_execution=1.0)
    _, one, other = trader.place("two", type="MARKET", timeInForce="IOC")
    assert one == other
    assert rig.truth()["two"]["executed"] == "10000"


@pytest.mark.parametrize(("switch", "taken"), [("drop_before", False), ("drop_after", True)])
def test_a_connection_drops_before_or_after_an_order_is_taken(
    rig: FxRig, trader: FxClient, switch: str, taken: bool
) -> None:
    other = rig.client()
    rig.turn(**{switch: 1.0})
    trader.request("newordersingle", trader.order(type="MARKET", timeInForce="IOC"))
    assert [type(sent) for sent in rig.inbox(trader.number)] == [HangUp]
    assert bool(rig.truth()) is taken
    assert bool(other.take("execution")) is taken
    assert rig.get("/truth/fx")["arrivals"] == {"mine": 1}
    rig.turn(**{switch: 0.0})
    trader.request("orders")  # nobody is there any more
    assert trader.take() == []


def test_requests_are_refused_and_orders_rejected_on_purpose(rig: FxRig, trader: FxClient) -> None:
    rig.turn(refuse_requests=1.0)
    (answer,) = trader.place("one", price=1.09)
    assert (answer["event"], answer["payload"]["code"]) == ("error", 499)
    rig.turn(refuse_requests=0.0, reject_orders=1.0)
    (answer,) = trader.place("two", price=1.2)
    assert answer["payload"]["status"] == "REJECTED"
    assert {name: (order["status"], order["executed"]) for name, order in rig.truth().items()} == {
        "two": ("REJECTED", "0")
    }
    rig.move(ask="1.05")
    assert rig.truth()["two"]["executed"] == "0"


@pytest.mark.parametrize("switch", ["garbage", "trailing_comma"])
def test_a_frame_may_be_no_json_at_all(rig: FxRig, trader: FxClient, switch: str) -> None:
    rig.turn(**{switch: 1.0})
    trader.request("newordersingle", trader.order(price=1.09))
    (frame,) = trader.raw()
    with pytest.raises(ValueError):
        json.loads(frame)
    assert rig.truth()["mine"]["status"] == "NEW"


@pytest.mark.parametrize(("switch", "same"), [("equal", True), ("different", False)])
def test_a_key_may_be_repeated(rig: FxRig, trader: FxClient, switch: str, same: bool) -> None:
    rig.turn(repeat_key=switch)
    trader.request("newordersingle", trader.order(price=1.09, clientOrderId='"type":"LIMIT"'))
    (frame,) = trader.raw()
    seen: list[Any] = []
    json.loads(frame, object_pairs_hook=lambda pairs: seen.append(pairs) or dict(pairs))
    types = [value for pairs in seen for key, value in pairs if key == "type"]
    assert len(types) == 2
    assert (types[0] == types[1]) is same
    assert types[1] == "LIMIT"  # the last one is the order's


def test_numbers_may_stand_as_text(rig: FxRig, trader: FxClient) -> None:
    rig.turn(numbers_as_text=True)
    _, pushed = trader.place(type="MARKET", timeInForce="IOC")
    payload = pushed["payload"]
    assert (payload["origQty"], payload["executedQty"]) == ("10000", "10000")
    assert isinstance(payload["cummulativeQuoteQty"], str)
    assert isinstance(payload["orderId"], int)
    if trader.dialect == "later":
        assert all(isinstance(fill["price"], str) and isinstance(fill["qty"], str) for fill in payload["fills"])


def test_a_field_may_have_a_wrong_type(rig: FxRig, trader: FxClient) -> None:
    rig.turn(wrong_type=1.0)
    (answer,) = trader.place(price=1.09)
    assert isinstance(answer["payload"]["orderId"], dict)
    trader.request("ordercancel", {"orderId": 5})
    (answer,) = trader.take()
    assert isinstance(answer["requestId"], dict)


def test_times_may_be_the_other_dialect_s_and_reasons_prose(rig: FxRig, trader: FxClient) -> None:
    rig.turn(other_times=True, reasons_as_text=True)
    trader.place(price=1.09, **{trader.lifetime: "2026-11-20T13:30:01.000Z"})
    rig.pass_time(1.1)
    (pushed,) = trader.take("execution")
    assert isinstance(pushed["payload"]["transactTime"], str if trader.dialect == "seed" else int)
    assert pushed["payload"].get("reason") == ("lifetime expired" if trader.dialect == "later" else None)
    assert rig.truth()["mine"]["reason"] == "LIFETIME_EXPIRED"


def test_a_chance_strikes_some_and_the_same_ones_each_time(fx_rig: Callable[..., FxRig]) -> None:
    def told() -> list[int]:
        trader = fx_rig(faults={"lose_answer": 0.3}).client()
        return [number for number in range(100) if trader.place(str(number), price=1.0)]

    assert told() == told()
    assert 50 < len(told()) < 90


def test_quotes_are_held_and_let_go(fx_rig: Callable[..., FxRig]) -> None:
    rig = fx_rig(hold=False)
    before = rig.get("/acttrader/chart/symbols")["result"]
    rig.turn(hold_quotes=True)
    rig.pass_time(5)
    assert rig.get("/acttrader/chart/symbols")["result"] == before
    rig.turn(hold_quotes=False)
    rig.pass_time(5)
    assert rig.get("/acttrader/chart/symbols")["result"] != before


@pytest.mark.parametrize(
    "body",
    [{"lose_anser": 1}, {"garbage": 2}, {"liquidity": 1_500}, {"repeat_key": "sometimes"}, [], {"answer_delay": -1}],
)
def test_switches_that_there_are_not_are_refused(rig: FxRig, body: Any) -> None:
    before = rig.get("/practice/fx/faults")
    status, answer = rig.post("/practice/fx/faults", body)
    assert status == 422 and answer["message"]
    assert rig.get("/practice/fx/faults") == before


def test_all_switches_are_told(rig: FxRig) -> None:
    assert set(rig.get("/practice/fx/faults")) == set(FxFaults.__struct_fields__)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"symbol": "XXXYYY", "bid": "1.1"},
        {"symbol": "EURUSD"},
        {"symbol": "EURUSD", "bid": "1.1", "ask": "1.2"},
        {"symbol": "EURUSD", "bid": "1.100001"},
        {"symbol": "EURUSD", "bid": "0"},
        {"symbol": "EURUSD", "pips": "-20000"},
        {"symbol": "EURUSD", "bid": "1e999999"},
        {"symbol": "EURUSD", "bidd": "1.1"},
    ],
)
def test_a_move_that_cannot_be_is_refused(rig: FxRig, body: dict[str, str]) -> None:
    before = rig.get("/acttrader/chart/symbols")["result"]
    status, answer = rig.post("/practice/fx/move", body)
    assert status == 422 and answer["message"]
    assert rig.get("/acttrader/chart/symbols")["result"] == before


def test_a_move_by_pips_is_one_of_both_sides(rig: FxRig) -> None:
    for symbol, pip in (("EURUSD", 0.0001), ("USDJPY", 0.01)):
        before = rig.post("/practice/fx/move", {"symbol": symbol, "pips": 0})[1]
        after = rig.post("/practice/fx/move", {"symbol": symbol, "pips": "-12.5"})[1]
        for side in ("bid", "ask"):
            assert float(after[side]) - float(before[side]) == pytest.approx(-12.5 * pip, abs=1e-9)


def test_both_legs_of_a_pair_may_fill_and_both_count(rig: FxRig, trader: FxClient) -> None:
    rig.turn(fill_both_legs=1.0)
    trader.pair({"type": "LIMIT", "price": 1.09}, {"type": "STOP", "stopPrice": 1.11})
    trader.take()
    rig.move(ask="1.0900")
    assert {name: (order["status"], order["executed"]) for name, order in rig.truth().items()} == {
        "one": ("FILLED", "10000"),
        "other": ("FILLED", "10000"),
    }
    assert [one["payload"]["status"] for one in trader.take("execution")] == ["FILLED", "FILLED"]
    assert rig.get("/truth/fx")["positions"]["EURUSD"]["net"] == "20000"


def test_a_stray_execution_is_of_an_order_that_nobody_finds(rig: FxRig, trader: FxClient) -> None:
    rig.turn(stray_execution=1.0)
    answer, stray = trader.place(price=1.09)
    assert (answer["event"], stray["event"]) == ("newordersingle", "execution")
    told = stray["payload"]
    assert (told["status"], told["executedQty"], told.get("clientOrderId")) == ("FILLED", 10_000, None)
    assert [order["client_id"] for order in rig.get("/truth/fx")["orders"]] == ["mine"]
    assert [order["venue_id"] for order in rig.get("/truth/fx")["strays"]] == [str(told["orderId"])]
    assert rig.get("/truth/fx")["positions"] == {}
    refused = trader.ask("orderstatus", {"orderId": told["orderId"]})
    assert refused["event"] == "error"
