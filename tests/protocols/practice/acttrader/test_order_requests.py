"""The six requests as each dialect writes them, and everything that is refused."""

import json
from decimal import Decimal
from typing import Any

import pytest

from protocols.practice.tokens import Unauthorised
from tests.protocols.practice.acttrader.fx_rig import LOGIN, FxClient, FxRig


def code_of(answer: dict[str, Any]) -> int:
    assert answer["event"] == "error", answer
    return int(answer["payload"]["code"])


def identifier(rig: FxRig, name: str = "mine") -> int:
    return int(rig.truth()[name]["venue_id"])


def test_an_acknowledgement_has_the_dialect_s_fields(trader: FxClient) -> None:
    (answer,) = trader.place(price=1.09)
    payload = answer["payload"]
    assert answer["requestId"] == "1-1"
    assert payload.pop("orderId") >= 100_001
    later = {"login": LOGIN} if trader.dialect == "later" else {}
    assert payload == {"clientOrderId": "mine", "status": "NEW", "type": "LIMIT", **later}


def test_a_modification_is_acknowledged_and_done(rig: FxRig, trader: FxClient) -> None:
    trader.place(price=1.09, timeInForce="GTC")
    answer = trader.ask("modifyordersingle", {"orderId": identifier(rig), "price": 1.08, "quantity": 30_000})
    assert answer["event"] == "modifyordersingle"
    if trader.dialect == "seed":
        assert "payload" not in answer
    else:
        assert (answer["payload"]["price"], answer["payload"]["quantity"]) == (Decimal("1.08"), 30_000)
        assert "stopPrice" not in answer["payload"] and "tillTime" not in answer["payload"]
    order = rig.truth()["mine"]
    assert (order["price"], order["quantity"], order["status"]) == ("1.08", "30000", "NEW")


def test_a_modification_into_the_market_trades(rig: FxRig, trader: FxClient) -> None:
    trader.place(price=1.09)
    trader.request("modifyordersingle", {"orderId": identifier(rig), "price": 1.12})
    assert [message["event"] for message in trader.take()] == ["modifyordersingle", "execution"]
    assert rig.truth()["mine"]["status"] == "FILLED"


def test_a_modified_quantity_is_the_total(rig: FxRig, trader: FxClient) -> None:
    rig.turn(liquidity=4_000)
    trader.place(price=1.09, timeInForce="GTC")
    rig.move(ask="1.09")
    name = {"orderId": identifier(rig)}
    assert code_of(trader.ask("modifyordersingle", {**name, "quantity": 4_000})) == 405
    assert trader.ask("modifyordersingle", {**name, "quantity": 6_000})["event"] == "modifyordersingle"
    rig.move(ask="1.09")
    assert (rig.truth()["mine"]["status"], rig.truth()["mine"]["executed"]) == ("FILLED", "6000")


def test_an_omitted_lifetime_stays_and_an_empty_one_is_cleared(rig: FxRig, later: FxClient) -> None:
    later.place(price=1.09, tillTime="2027-01-01T00:00:00.000Z")
    later.ask("modifyordersingle", {"clientOrderId": "mine", "orderId": "", "price": 1.08})
    assert rig.truth()["mine"]["till"] == "2027-01-01T00:00:00Z"
    answer = later.ask("modifyordersingle", {"clientOrderId": "mine", "tillTime": ""})
    assert answer["payload"]["tillTime"] == ""
    assert rig.truth()["mine"]["till"] is None
    later.ask("modifyordersingle", {"clientOrderId": "mine", "tillTime": "2027-02-01T00:00:00.000Z", "note": "hm"})
    assert (rig.truth()["mine"]["till"], rig.truth()["mine"]["note"]) == ("2027-02-01T00:00:00Z", "hm")


def test_a_new_client_identifier_names_the_order_from_then_on(rig: FxRig, later: FxClient) -> None:
    later.place(price=1.09)
    later.ask("modifyordersingle", {"clientOrderId": "mine", "clientOrderIdValue": "renamed"})
    assert code_of(later.ask("orderstatus", {"clientOrderId": "mine"})) == 400
    assert later.ask("orderstatus", {"clientOrderId": "renamed"})["payload"]["status"] == "NEW"


def test_a_cancellation_is_acknowledged_and_pushed(rig: FxRig, trader: FxClient) -> None:
    trader.place(price=1.09)
    trader.request("ordercancel", {"orderId": identifier(rig)})
    answer, pushed = trader.take()
    assert (answer["event"], pushed["event"]) == ("ordercancel", "execution")
    if trader.dialect == "seed":
        assert "payload" not in answer and "reason" not in pushed["payload"]
    else:
        assert (answer["payload"]["status"], answer["payload"]["reason"]) == ("CANCELED", "USER")
        assert pushed["payload"]["reason"] == "USER"
    assert (rig.truth()["mine"]["status"], rig.truth()["mine"]["reason"]) == ("CANCELED", "USER")


def test_notes_are_kept_in_the_later_dialect(rig: FxRig, later: FxClient) -> None:
    later.place(price=1.09, note="first")
    assert later.ask("orderstatus", {"clientOrderId": "mine"})["payload"]["note"] == "first"
    assert later.ask("ordercancel", {"clientOrderId": "mine", "note": "last"})["payload"]["note"] == "last"
    assert rig.truth()["mine"]["note"] == "last"


def test_an_order_s_status_says_when_in_the_dialect_s_way(rig: FxRig, trader: FxClient) -> None:
    trader.place(type="MARKET", timeInForce="IOC")
    order = trader.ask("orderstatus", {"orderId": identifier(rig)})["payload"]
    expected = {"seed": 1_795_181_400_000, "later": "2026-11-20T13:30:00.000Z"}
    assert order["transactTime"] == expected[trader.dialect]
    assert (order["origQty"], order["executedQty"], order["status"]) == (10_000, 10_000, "FILLED")
    assert (order["side"], order["type"], order["timeInForce"]) == ("BUY", "MARKET", "IOC")
    assert sum(fill["qty"] for fill in order["fills"]) == 10_000


def test_orders_of_the_seed_are_what_waits_for_a_price_and_carry_no_request(rig: FxRig, seed: FxClient) -> None:
    seed.place("limit", price=1.09)
    seed.place("stop", type="STOP", stopPrice=1.2)
    seed.place("done", type="MARKET", timeInForce="IOC")
    seed.place("gone", price=1.09)
    seed.ask("ordercancel", {"orderId": identifier(rig, "gone")})
    answer = seed.ask("orders")
    assert "requestId" not in answer
    assert [order["clientOrderId"] for order in answer["payload"]] == ["limit", "stop"]


def test_orders_of_the_later_dialect_tell_what_ended_since(rig: FxRig, later: FxClient) -> None:
    later.place("old", type="MARKET", timeInForce="IOC")
    rig.pass_time(60)
    later.place("waits", price=1.09)
    later.place("filled", type="MARKET", timeInForce="IOC")
    later.place("cancelled", price=1.09)
    later.ask("ordercancel", {"clientOrderId": "cancelled"})
    answer = later.ask("orders", {"fromTime": "2026-11-20T13:31:00.000Z"})
    assert answer["requestId"]
    assert {order["clientOrderId"]: order["status"] for order in answer["payload"]} == {
        "waits": "NEW",
        "filled": "FILLED",
        "cancelled": "CANCELED",
    }
    assert [order["clientOrderId"] for order in later.ask("orders")["payload"]] == ["waits"]


def test_both_dialects_see_one_account(rig: FxRig, seed: FxClient, later: FxClient) -> None:
    seed.place("from seed", price=1.09)
    later.place("from later", side="SELL", type="STOP", stopPrice=1.05)
    assert len(seed.ask("orders")["payload"]) == len(later.ask("orders")["payload"]) == 2
    rig.move(ask="1.0899")
    (one,), (other,) = seed.take("execution"), later.take("execution")
    assert one["payload"]["orderId"] == other["payload"]["orderId"]
    assert isinstance(one["payload"]["transactTime"], int) and isinstance(other["payload"]["transactTime"], str)


def test_an_order_that_is_not_there_or_has_ended_is_told_apart(rig: FxRig, trader: FxClient) -> None:
    trader.place(type="MARKET", timeInForce="IOC")
    closed = {"orderId": identifier(rig)}
    for event, extra in (("ordercancel", {}), ("modifyordersingle", {"price": 1.0, "quantity": 20_000})):
        answer = trader.ask(event, {**closed, **extra})
        assert (code_of(answer), answer["payload"]["error"]) == (401, "ORDER_ALREADY_CLOSED")
        answer = trader.ask(event, {"orderId": 5, **extra})
        assert (code_of(answer), answer["payload"]["error"]) == (400, "ORDER_NOT_EXISTS")
        assert answer["payload"].get("event") == (event if trader.dialect == "later" else None)
    assert code_of(trader.ask("orderstatus", {"orderId": 5})) == 400
    assert trader.ask("orderstatus", closed)["payload"]["status"] == "FILLED"


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"symbol": "XXXYYY"}, 404, "UNKNOWN_SYMBOL"),
    ({"side": "Buy"}, 405, "side"),
    ({"type": "ICEBERG", "price": 1.0}, 405, "type"),
    ({"timeInForce": "DAY"}, 405, "timeInForce"),
    ({"timeInForce": "GTT"}, 405, "timeInForce"),
    ({"quantity": 10_500}, 405, "quantity"),
    ({"quantity": 0}, 405, "quantity"),
    ({"quantity": -10_000}, 405, "quantity"),
    ({"quantity": 1_000_000_000}, 405, "quantity"),
    ({"quantity": "10000"}, 402, "quantity"),
    ({"price": 1.000001}, 405, "price"),
    ({"price": 0}, 405, "price"),
    ({"price": -1.1}, 405, "price"),
    ({"price": "1.1"}, 402, "price"),
    ({"price": None, "type": "STOP", "stopPrice": 1.000001}, 405, "stopPrice"),
    ({"type": "STOP"}, 405, "stopPrice"),
    ({"type": "STOP_LIMIT"}, 405, "stopPrice"),
    ({"type": "STOP", "stopPrice": 1.2, "price": 1.1}, 405, "price"),
    ({"type": "MARKET", "price": 1.1}, 405, "price"),
    ({"stopPrice": 1.1}, 405, "stopPrice"),
    ({"login": 12}, 402, "login"),
    ({"login": True}, 402, ""),
    ({"clientOrderId": ""}, 405, "clientOrderId"),
    ({"clientOrderId": "x" * 300}, 405, "clientOrderId"),
    ({"clientOrderId": 5}, 402, ""),
    ({"colour": "red"}, 402, "colour"),
]


@pytest.mark.parametrize(("fields", "code", "word"), REFUSED)
def test_an_order_that_cannot_be_is_refused_by_its_field(
    rig: FxRig, trader: FxClient, fields: dict[str, Any], code: int, word: str
) -> None:
    if fields.get("login") == 12 and trader.dialect == "later":
        code, word = 406, "WRONG_LOGIN"
    order = trader.order(**fields)
    if "price" in fields and fields["price"] is None:
        order.pop("price", None)
    answer = trader.ask("newordersingle", order)
    assert code_of(answer) == code
    assert word in answer["payload"]["error"]
    assert rig.truth() == {}


def test_missing_fields_and_payloads_are_malformed(rig: FxRig, trader: FxClient) -> None:
    whole = trader.order(price=1.09)
    for field in ("symbol", "side", "type", "quantity", "timeInForce", "login"):
        assert code_of(trader.ask("newordersingle", {key: whole[key] for key in whole if key != field})) == 402
    for event in ("newordersingle", "neworderoco", "modifyordersingle", "orderstatus", "ordercancel"):
        assert code_of(trader.ask(event)) == 402
        assert code_of(trader.ask(event, [])) == 402
        assert code_of(trader.ask(event, {})) == 402
    assert rig.truth() == {}


def test_a_field_of_the_other_dialect_is_refused(rig: FxRig, seed: FxClient, later: FxClient) -> None:
    till = "2027-01-01T00:00:00.000Z"
    assert code_of(seed.ask("newordersingle", seed.order(tillTime=till))) == 402
    assert code_of(seed.ask("newordersingle", seed.order(note="n"))) == 402
    assert code_of(seed.ask("newordersingle", seed.order(timeInForce="TPI"))) == 405
    assert code_of(seed.ask("newordersingle", seed.order(login=LOGIN))) == 402
    assert code_of(seed.ask("orderstatus", {"clientOrderId": "x"})) == 402
    assert code_of(seed.ask("orders", {"fromTime": till})) == 402
    assert code_of(later.ask("newordersingle", later.order(lifeTime=till))) == 402
    assert code_of(later.ask("newordersingle", later.order(login=str(LOGIN)))) == 402
    assert code_of(later.ask("newordersingle", later.order(type="STOP", stopPrice=1.2, timeInForce="TPI"))) == 405
    assert rig.truth() == {}


@pytest.mark.parametrize("text", ["2026-11-20T13:29:59.000Z", "2026-11-20T13:30:00.000Z", "tomorrow"])
def test_a_lifetime_lies_in_the_future(rig: FxRig, trader: FxClient, text: str) -> None:
    assert code_of(trader.ask("newordersingle", trader.order(**{trader.lifetime: text}))) == 405
    assert rig.truth() == {}


FRAMES = [
    b"",
    b"not json",
    b'{"event": "orders", "requestId": "1",}',
    b'{"event": "orders", "event": "orders", "requestId": "1"}',
    b'[{"event": "orders", "requestId": "1"}]',
    b'{"event": 5, "requestId": "1"}',
    b'{"event": "orders"}',
    b'{"event": "orders", "requestId": 1}',
    b'{"event": "orders", "requestId": ""}',
    b'{"event": "orders", "requestId": "1", "more": 1}',
    b'{"event": "orderstatus", "requestId": "1", "payload": {"orderId": NaN}}',
    b"\xff\xfe",
    b"[" * 50_000,
]


@pytest.mark.parametrize("frame", FRAMES)
def test_what_is_no_request_is_answered_without_one(trader: FxClient, frame: bytes) -> None:
    trader.send(frame)
    (answer,) = trader.take()
    assert code_of(answer) == 402
    assert "requestId" not in answer


def test_an_unknown_event_and_an_endless_number_are_refused(rig: FxRig, trader: FxClient) -> None:
    assert code_of(trader.ask("NEWORDERSINGLE", trader.order())) == 403
    for number in (b"1e999999999", b"1e-999999999", b"9" * 5_000, b"0.00000000001"):
        order = json.dumps(trader.order(price=7)).encode().replace(b'"price": 7', b'"price": ' + number)
        trader.send(b'{"event": "newordersingle", "requestId": "n", "payload": ' + order + b"}")
        assert code_of(trader.take()[0]) in (402, 405)
    assert rig.truth() == {}


def test_while_the_market_is_closed_only_cancelling_works(rig: FxRig, trader: FxClient) -> None:
    trader.place(price=1.09)
    rig.turn(market_closed=True)
    assert code_of(trader.ask("newordersingle", trader.order("other"))) == 407
    assert code_of(trader.ask("modifyordersingle", {"orderId": identifier(rig), "price": 1.2})) == 407
    rig.move(ask="1.0800")
    assert rig.truth()["mine"]["status"] == "NEW"
    rig.turn(market_closed=False)
    assert rig.truth()["mine"]["status"] == "FILLED"
    trader.place("again", price=1.0)
    rig.turn(market_closed=True)
    assert trader.ask("ordercancel", {"orderId": identifier(rig, "again")})["event"] == "ordercancel"


def test_the_account_holds_so_many_orders_and_no_more(rig: FxRig, later: FxClient) -> None:
    for number in range(1_000):
        later.request("newordersingle", later.order(str(number)))
    later.take()
    assert code_of(later.ask("newordersingle", later.order("one too many"))) == 408
    later.ask("ordercancel", {"clientOrderId": "7"})
    assert later.ask("newordersingle", later.order("fits again"))["event"] == "newordersingle"


def test_a_token_is_asked_for_when_the_settings_name_one(fx_rig: Any) -> None:
    guarded, token = fx_rig(token="let me in"), "let me in"
    for bearer in ("", "wrong", "let me i\u00f1"):
        with pytest.raises(Unauthorised):
            guarded.client(bearer=bearer)
    assert guarded.client(bearer=token).ask("orders")["payload"] == []
    assert fx_rig().client(bearer="whatever").ask("orders")["payload"] == []
