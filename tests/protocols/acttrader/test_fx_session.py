"""The order socket's conversation: connecting, placing, changing, ending."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from protocols.market.commands import AmendOrder, CancelOrder
from protocols.market.events import ConnectionStatus
from protocols.market.orders import OrderStatus
from protocols.market.times import MINUTE, UtcNs
from protocols.secret import Secret
from tests.support.fx import START, FxDesk, order, placed, price, record

# Connecting


def test_entry_is_locked_until_the_orders_are_reconciled(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path)
    assert "not connected" in desk.desk.submit(order()).reason
    desk.open()
    refused = desk.desk.submit(order())
    assert refused.step.value == "denied" and "locked" in refused.reason
    desk.answer(desk.last("orders"), [])
    desk.wait(0.2)
    assert desk.desk.market.connections["FX"].status is not ConnectionStatus.DOWN
    desk.submit(order())
    assert desk.count("newordersingle") == 1


def test_entry_stays_locked_while_an_order_that_the_list_left_out_is_asked_about(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.lose()
    desk.wait(1)
    desk.open()
    desk.answer(desk.last("orders"), [])
    desk.wait(0.2)
    assert desk.locked
    assert desk.last("orderstatus")["payload"] == {"orderId": 501}
    desk.answer(desk.last("orderstatus"), record(client_id, 501, status="FILLED", executedQty=10000))
    desk.wait(0.2)
    assert desk.locked == ""
    assert desk.status(client_id) == "filled"


def test_a_cancellation_passes_while_entry_is_locked(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.lose()
    desk.wait(1)
    desk.open()
    assert desk.locked
    desk.submit(CancelOrder("FX", client_id))
    assert desk.last("ordercancel")["payload"] == {"orderId": 501}


def test_one_list_is_open_at_a_time_and_asked_again_when_it_is_not_answered(seed: FxDesk) -> None:
    seed.lose()
    seed.wait(1)
    seed.open()
    before = seed.count("orders")
    seed.wait(9)
    assert seed.count("orders") == before
    seed.wait(4)
    assert seed.count("orders") == before + 1
    assert seed.locked


def test_a_venue_that_never_lists_its_orders_costs_it_the_link(desk: FxDesk) -> None:
    desk.lose()
    desk.wait(1)
    desk.open()
    desk.wait(40)
    assert desk.desk.market.connections["FX"].status is ConnectionStatus.DOWN
    assert "does not list" in desk.session.report().last_error


def test_the_later_list_reaches_back_to_what_is_in_doubt(desk: FxDesk) -> None:
    desk.submit(order())
    desk.lose()
    desk.wait(60)
    desk.open()
    assert desk.last("orders")["payload"]["fromTime"] <= "2026-11-20T13:25:00.200Z"


def test_the_token_goes_into_the_handshake_and_its_refusal_stops(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path, token=Secret("planted"))
    assert desk.opens[0].bearer == Secret("planted")
    desk.streams["orders"] = desk.opens[0].stream
    desk.lose(http_status=401)
    desk.wait(60)
    assert sum(wish.stream.startswith("orders") for wish in desk.opens) == 1
    assert "refused the token" in desk.desk.market.connections["FX"].reason


# Placing


def test_an_order_is_sent_as_the_dialect_has_it(desk: FxDesk, tmp_path: Path) -> None:
    desk.submit(order(until=UtcNs(START + 60 * MINUTE), note="why"))
    sent = desk.last("newordersingle")["payload"]
    assert sent == {
        "symbol": "EURUSD", "side": "BUY", "type": "LIMIT", "quantity": 10000, "timeInForce": "AON", "login": 700100,
        "price": Decimal("1.05"), "clientOrderId": sent["clientOrderId"],
        "tillTime": "2026-11-20T14:30:00.000Z", "note": "why",
    }  # fmt: skip


def test_the_seed_has_its_own_names(seed: FxDesk) -> None:
    seed.submit(order(until=UtcNs(START + 60 * MINUTE)))
    sent = seed.last("newordersingle")["payload"]
    assert sent["lifeTime"] == "2026-11-20T14:30:00.000Z"
    assert sent["login"] == "700100"
    assert "tillTime" not in sent
    assert "note" in seed.desk.submit(order(note="no room for it")).reason


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (order(tif="GTC"), "time in force"),
        (order("STOP", None, "1.2", tif="TPI"), "time in force"),
        (order("LIMIT", None), "price"),
        (order("STOP", None, None), "stop price"),
        (order("MARKET", None, "1.2"), "stop price"),
        (order("TRAILING"), "type"),
        (order(symbol="EURSEK"), "pair"),
    ],
)
def test_what_is_not_documented_is_not_sent(desk: FxDesk, command: Any, field: str) -> None:
    refused = desk.desk.submit(command)
    assert refused.step.value == "denied"
    assert refused.reason.startswith(field)
    assert desk.count("newordersingle") == 0


def test_gtc_goes_where_the_connection_allows_it(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path, extra_tif=("GTC",))
    desk.ready()
    desk.submit(order(tif="GTC"))
    assert desk.last("newordersingle")["payload"]["timeInForce"] == "GTC"


def test_an_acknowledgement_and_its_execution(desk: FxDesk) -> None:
    client_id = placed(desk)
    assert desk.status(client_id) == "working"
    desk.say({"event": "execution", "payload": record(client_id, 501, status="PARTIAL_FILL", executedQty=4000)})
    assert desk.status(client_id) == "partly filled"
    desk.say({"event": "execution", "payload": record(client_id, 501, status="FILLED", executedQty=10000)})
    assert desk.status(client_id) == "filled"
    assert desk.get(client_id).filled == 10000 * 10**9
    assert desk.journal.open_of(client_id) == ()


def test_an_execution_before_its_acknowledgement(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    desk.say({"event": "execution", "payload": record(client_id, 501, status="FILLED", executedQty=10000)})
    assert desk.status(client_id) == "filled"
    sent = desk.last("newordersingle")
    desk.answer(sent, {"orderId": 501, "clientOrderId": client_id, "status": "NEW", "type": "LIMIT"})
    assert desk.status(client_id) == "filled"
    assert desk.desk.market.blotter.refused == []


def test_an_execution_without_our_name_waits_where_it_can_be_seen(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    desk.say({"event": "execution", "payload": record(None, 501, status="PARTIAL_FILL", executedQty=4000)})
    (held,) = desk.desk.market.strays.told["FX"]
    assert (held.venue_id, held.executed) == ("501", "4000")
    assert desk.status(client_id) == "pending"
    sent = desk.last("newordersingle")
    desk.answer(sent, {"orderId": 501, "clientOrderId": client_id, "status": "NEW", "type": "LIMIT"})
    assert desk.status(client_id) == "partly filled"
    assert desk.desk.market.strays.told["FX"] == ()


def test_an_execution_that_nobody_claims_is_asked_about_and_shown_as_a_colleagues(desk: FxDesk) -> None:
    desk.say({"event": "execution", "payload": record("theirs", 900, status="PARTIAL_FILL", executedQty=4000)})
    assert len(desk.desk.market.strays.told["FX"]) == 1
    desk.wait(3)
    asked = desk.last("orderstatus")
    assert asked["payload"] == {"orderId": 900}
    desk.answer(asked, record("theirs", 900, status="PARTIAL_FILL", executedQty=4000))
    assert desk.desk.market.strays.told["FX"] == ()
    assert desk.status("theirs") == "partly filled"
    assert not desk.get("theirs").ours


def test_executed_only_grows_whatever_order_reports_come_in(desk: FxDesk) -> None:
    client_id = placed(desk)
    for status, executed in (("PARTIAL_FILL", 6000), ("PARTIAL_FILL", 4000), ("NEW", 0), ("PARTIAL_FILL", 6000)):
        desk.say({"event": "execution", "payload": record(client_id, 501, status=status, executedQty=executed)})
        assert desk.get(client_id).filled == 6000 * 10**9
    assert desk.status(client_id) == "partly filled"


def test_more_executed_than_ordered_is_not_believed(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.say({"event": "execution", "payload": record(client_id, 501, status="PARTIAL_FILL", executedQty=12000)})
    assert desk.get(client_id).filled == 0
    assert any("more than ordered" in words for words in desk.anomalies())
    desk.wait(0.2)
    assert desk.last("orderstatus")["payload"] == {"orderId": 501}


def test_an_acknowledgement_that_is_not_new_is_asked_about(desk: FxDesk) -> None:
    client_id = placed(desk, order("MARKET"), status="FILLED")
    assert desk.status(client_id) == "pending"
    desk.wait(0.1)
    desk.answer(
        desk.last("orderstatus"),
        record(client_id, 501, type="MARKET", price=0, status="FILLED", executedQty=10000, timeInForce="IOC"),
    )
    assert desk.status(client_id) == "filled"
    assert desk.get(client_id).price is None


def test_rejections_by_answer_and_by_status(desk: FxDesk) -> None:
    one, other = desk.submit(order()), desk.submit(order())
    first, second = [sent for sent in desk.sent if sent["event"] == "newordersingle"]
    desk.refuse(first, "MARKET_CLOSED")
    desk.answer(second, {"orderId": 7, "clientOrderId": other, "status": "REJECTED", "type": "LIMIT", "reason": "no"})
    assert [desk.status(each) for each in (one, other)] == ["rejected", "rejected"]
    assert "MARKET_CLOSED" in desk.get(one).reason


# Changing and ending


def test_an_amendment_is_confirmed_by_the_status(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.submit(AmendOrder("FX", client_id, price=price("1.06"), quantity=order(units="20000").quantity))
    asked = desk.last("modifyordersingle")
    assert asked["payload"] == {"orderId": 501, "price": Decimal("1.06"), "quantity": 20000}
    desk.answer(asked, {"orderId": 501, "price": 1.06, "quantity": 20000})
    assert desk.get(client_id).request is not None
    desk.wait(0.1)
    desk.answer(desk.last("orderstatus"), record(client_id, 501, price=1.06, origQty=20000))
    amended = desk.get(client_id)
    assert (amended.request, amended.price, amended.quantity) == (None, price("1.06"), 20000 * 10**9)
    assert amended.kept_place is None
    assert desk.journal.open_of(client_id) == ()


def test_the_quantity_of_a_partly_filled_order_is_not_amended(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.say({"event": "execution", "payload": record(client_id, 501, status="PARTIAL_FILL", executedQty=4000)})
    refused = desk.desk.submit(AmendOrder("FX", client_id, quantity=order(units="5000").quantity))
    assert "whole or the rest" in refused.reason
    desk.submit(AmendOrder("FX", client_id, price=price("1.06")))


def test_clearing_a_lifetime_is_not_leaving_it_out(desk: FxDesk) -> None:
    client_id = placed(desk, order(until=UtcNs(START + 60 * MINUTE)))
    desk.submit(AmendOrder("FX", client_id, forever=True))
    assert desk.last("modifyordersingle")["payload"] == {"orderId": 501, "tillTime": ""}


def test_a_cancellation_is_over_when_the_venue_shows_it(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.submit(CancelOrder("FX", client_id))
    desk.answer(desk.last("ordercancel"), {"orderId": 501, "status": "CANCELED", "reason": "USER"})
    desk.wait(0.1)
    desk.answer(desk.last("orderstatus"), record(client_id, 501, status="CANCELED", reason="USER", executedQty=3000))
    assert desk.status(client_id) == "cancelled"
    assert desk.get(client_id).filled == 3000 * 10**9
    assert desk.get(client_id).reason == "cancelled by us"


def test_already_closed_is_not_cancelled(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.submit(CancelOrder("FX", client_id))
    desk.refuse(desk.last("ordercancel"), "ORDER_ALREADY_CLOSED", 401)
    assert desk.status(client_id) == "in doubt"
    desk.wait(0.1)
    desk.answer(desk.last("orderstatus"), record(client_id, 501, status="FILLED", executedQty=10000))
    assert desk.status(client_id) == "filled"


def test_a_cancellation_that_the_venue_goes_on_not_to_show_is_over_as_refused(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.submit(CancelOrder("FX", client_id))
    desk.wait(11)
    assert desk.status(client_id) == "in doubt"
    for _ in range(3):
        desk.answer(desk.last("orderstatus"), record(client_id, 501))
        desk.wait(3)
    assert desk.status(client_id) == "working"
    assert "not cancelled" in desk.get(client_id).reason
    assert desk.count("ordercancel") == 1


@pytest.mark.parametrize("text", ["LIFETIME_EXPIRED", "lifetime expired"])
def test_a_lifetime_that_ran_out(desk: FxDesk, text: str) -> None:
    client_id = placed(desk)
    desk.say({"event": "execution", "payload": record(client_id, 501, status="CANCELED", reason=text)})
    assert desk.get(client_id).status is OrderStatus.EXPIRED
