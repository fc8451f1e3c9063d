"""The examples of the vendor's early document: its requests are taken, and the answers have its shape. The examples
are of several orders and pairs; here they are one trader's, on a day when their lifetime still lay ahead."""

import json
from typing import Any

import pytest

from protocols.market.times import utc_from_text
from tests.protocols.practice.acttrader.fx_rig import PATHS, FxRig, read

NEW_ORDER = """{"event": "newordersingle", "requestId": "ID", "payload": {
  "symbol": "EURUSD", "side": "BUY", "type": "LIMIT", "price": 1.2345, "quantity": 10000,
  "clientOrderId": "my first order", "timeInForce": "AON",
  "lifeTime": "2022-03-19T07:22:00.000Z", "login": "user-login"}}"""
OCO = """{"event": "neworderoco", "requestId": "ID", "payload": {
  "login": "user-login", "lifeTime": "2022-03-19T07:22:00.000Z", "symbol": "EURUSD", "side": "BUY",
  "timeInForce": "AON", "quantity": 10000, "orders": [
  {"type": "LIMIT", "price": 1.2345, "clientOrderId": "6gCrw2kRUAF9CvJDGP16IP"},
  {"type": "STOP_LIMIT", "price": 1.2345, "stopPrice": 1.2345, "clientOrderId": "clientorderid"}]}}"""
ORDERS = '{"event": "orders", "requestId": "ID"}'
FIELDS = {
    *("symbol", "type", "orderId", "clientOrderId", "transactTime", "price", "origQty", "executedQty"),
    *("cummulativeQuoteQty", "status", "timeInForce", "side"),
}


class Seed:
    """A connection that sends text as it stands."""

    def __init__(self) -> None:
        self.rig = FxRig(login="user-login", start=utc_from_text("2022-03-18T12:00:00Z"))
        self.rig.move(bid="1.3000")
        self._number = self.rig.connect(PATHS["seed"])

    def say(self, frame: str) -> list[Any]:
        self.rig.venue.sockets[PATHS["seed"]].receive(self._number, frame.encode(), self.rig.now)
        return self.heard()

    def heard(self) -> list[Any]:
        return [read(sent) for sent in self.rig.inbox(self._number) if isinstance(sent, bytes)]


@pytest.fixture
def venue() -> Seed:
    return Seed()


def test_a_single_order(venue: Seed) -> None:
    assert venue.say(NEW_ORDER) == [
        {
            "event": "newordersingle",
            "requestId": "ID",
            "payload": {"orderId": 100001, "clientOrderId": "my first order", "status": "NEW", "type": "LIMIT"},
        }
    ]


def test_a_modification_and_a_cancellation_are_answered_without_payload(venue: Seed) -> None:
    (placed,) = venue.say(OCO)
    stop = placed["payload"][1]["orderId"]
    changes = {"orderId": stop, "price": 1.2, "stopPrice": 1.2, "quantity": 10_000}
    assert venue.say(json.dumps({"event": "modifyordersingle", "requestId": "ID", "payload": changes})) == [
        {"event": "modifyordersingle", "requestId": "ID"}
    ]
    answer, pushed = venue.say(json.dumps({"event": "ordercancel", "requestId": "ID", "payload": {"orderId": stop}}))
    assert answer == {"event": "ordercancel", "requestId": "ID"}
    assert pushed["event"] == "execution"


def test_a_pair_is_answered_by_a_list(venue: Seed) -> None:
    (answer,) = venue.say(OCO)
    assert (answer["event"], answer["requestId"]) == ("neworderoco", "ID")
    assert [set(leg) for leg in answer["payload"]] == [{"orderId", "clientOrderId", "status", "type"}] * 2
    assert [leg["type"] for leg in answer["payload"]] == ["LIMIT", "STOP_LIMIT"]


def test_orders_have_the_fields_of_the_example_and_no_request(venue: Seed) -> None:
    venue.say(NEW_ORDER)
    (answer,) = venue.say(ORDERS)
    assert set(answer) == {"event", "payload"}
    assert set(answer["payload"][0]) == FIELDS
    assert answer["payload"][0]["transactTime"] == 1_647_604_800_000


def test_a_status_has_fills_and_an_execution_has_none(venue: Seed) -> None:
    venue.say(NEW_ORDER)
    venue.rig.move(ask="1.2300")
    (pushed,) = venue.heard()
    assert set(pushed) == {"event", "payload"}
    assert "fills" not in pushed["payload"] and pushed["payload"]["status"] == "FILLED"
    (answer,) = venue.say('{"event": "orderstatus", "requestId": "ID", "payload": {"orderId": 100001}}')
    assert [set(fill) for fill in answer["payload"]["fills"]] == [{"price", "qty"}]


def test_an_error_has_code_and_words(venue: Seed) -> None:
    (answer,) = venue.say('{"event": "orderstatus", "requestId": "ID", "payload": {"orderId": 123123}}')
    assert answer == {"event": "error", "requestId": "ID", "payload": {"code": 400, "error": "ORDER_NOT_EXISTS"}}
