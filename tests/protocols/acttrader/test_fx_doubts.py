"""Orders in doubt: what puts them there, what ends it, after a restart too; and what nothing but a person can end."""

from pathlib import Path

import pytest

from protocols.market.commands import CancelOrder
from protocols.market.events import ConnectionStatus, Freshness
from protocols.market.orders import Decision
from protocols.session import Direction
from tests.support.fx import FxDesk, order, pair, placed, record

# In doubt


def test_a_lost_acknowledgement_is_looked_up_by_our_name_and_never_sent_again(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    desk.wait(11)
    assert desk.status(client_id) == "in doubt"
    asked = desk.last("orderstatus")
    assert asked["payload"] == {"clientOrderId": client_id}
    desk.answer(asked, record(client_id, 501))
    assert desk.status(client_id) == "working"
    assert desk.count("newordersingle") == 1


def test_an_order_that_the_venue_does_not_know_never_arrived(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    desk.wait(11)
    desk.refuse(desk.last("orderstatus"), "ORDER_NOT_EXISTS", 400)
    assert desk.status(client_id) == "in doubt"  # said once may be too early
    desk.wait(6)
    desk.refuse(desk.last("orderstatus"), "ORDER_NOT_EXISTS", 400)
    assert desk.status(client_id) == "not sent"
    assert desk.journal.open_of(client_id) == ()
    desk.say({"event": "execution", "payload": record(client_id, 501, status="FILLED", executedQty=10000)})
    assert desk.status(client_id) == "filled"  # the venue's word is the evidence


def test_the_seed_can_not_ask_for_a_market_order_and_leaves_it_to_the_trader(seed: FxDesk) -> None:
    client_id = seed.submit(order("MARKET"))
    seed.lose()
    seed.wait(1)
    seed.open()
    for _ in range(3):
        seed.answer(seed.last("orders"), [], named=False)
        seed.wait(6)
    assert seed.locked == ""
    assert seed.count("orderstatus") == 0
    assert seed.status(client_id) == "in doubt"
    assert "decide" in seed.get(client_id).reason
    seed.wait(600)
    assert seed.desk.submit(CancelOrder("FX", client_id)).step.value == "denied"
    assert seed.status(client_id) == "in doubt"
    assert "decide" in seed.get(client_id).reason
    assert seed.count("newordersingle") == 1
    seed.say({"event": "execution", "payload": record(client_id, 9, type="MARKET", status="FILLED", executedQty=10000)})
    assert seed.status(client_id) == "filled"


def test_the_seeds_list_answers_for_a_waiting_order(seed: FxDesk) -> None:
    client_id = seed.submit(order())
    seed.lose()
    seed.wait(1)
    seed.open()
    seed.answer(seed.last("orders"), [record(client_id, 77)], named=False)
    assert seed.status(client_id) == "working"


def test_what_could_not_be_written_was_not_sent(desk: FxDesk) -> None:
    del desk.streams["orders"]
    client_id = desk.submit(order())
    assert desk.status(client_id) == "not sent"


@pytest.mark.parametrize(
    "frame",
    [
        b'{"event":"execution","payload":{"orderId":501,"status":"NEW",}}',
        b'{"event":"execution","payload":{"orderId":501,"status":"NEW","status":"FILLED"}}',
        b'{"event":"execution","payload":{"orderId":{"value":501},"status":"NEW"}}',
        b'{"event":"execution","payload":{"orderId":501,"status":"MAYBE"}}',
        b'{"event":"newordersingle","requestId":{"value":1}}',
        b'{"event":"execution"}',
        b'{"event":"error","payload":{"code":1,"error":"something"}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_an_unreadable_message_puts_requests_in_doubt_and_locks_entry(desk: FxDesk, frame: bytes) -> None:
    client_id = desk.submit(order())
    lists = desk.count("orders")
    desk.say(frame)
    assert desk.status(client_id) == "in doubt"
    assert "unreadable" in desk.locked
    assert desk.desk.market.connections["FX"].status is ConnectionStatus.RESYNCHRONISING
    assert any("unreadable" in words for words in desk.anomalies())
    desk.wait(0.2)
    assert desk.count("orders") == lists + 1
    desk.answer(desk.last("orders"), [record(client_id, 501)])
    desk.wait(0.2)
    assert (desk.status(client_id), desk.locked) == ("working", "")


def test_a_repeated_key_with_one_value_is_harmless(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.say(
        b'{"event":"execution","payload":{"type":"LIMIT","orderId":501,"origQty":10000,"executedQty":"10000",'
        b'"status":"FILLED","type":"LIMIT","transactTime":1507725176595}}'
    )
    assert desk.status(client_id) == "filled"


def test_the_link_is_dropped_when_nothing_on_it_can_be_read(desk: FxDesk) -> None:
    for _ in range(20):
        if "orders" in desk.streams:
            desk.say(b"{")
    assert desk.desk.market.connections["FX"].status is ConnectionStatus.DOWN


# Restart


def test_a_restart_asks_for_what_was_in_doubt(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    both = desk.submit(pair())
    desk.restart()
    assert [desk.status(each) for each in (client_id, f"{both}.1", f"{both}.2")] == ["in doubt"] * 3
    desk.open()
    desk.answer(desk.last("orders"), [record(f"{both}.1", 11), record(f"{both}.2", 12, type="STOP", stopPrice=1.15)])
    desk.wait(0.1)
    assert desk.last("orderstatus")["payload"] == {"clientOrderId": client_id}
    desk.answer(desk.last("orderstatus"), record(client_id, 501))
    desk.wait(0.2)
    assert [desk.status(each) for each in (client_id, f"{both}.1", f"{both}.2")] == ["working"] * 3
    assert all(desk.get(f"{both}.{leg}").pair == both and desk.get(f"{both}.{leg}").ours for leg in (1, 2))
    assert desk.count("newordersingle") == desk.count("neworderoco") == 0
    assert desk.journal.open_of(f"{both}.1") == ()


def test_orders_of_an_earlier_run_are_known_as_ours_and_a_stranger_as_a_colleagues(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.restart()
    desk.ready(record(client_id, 501), record("theirs", 502))
    assert desk.get(client_id).ours
    assert not desk.get("theirs").ours
    assert "colleague" in desk.desk.submit(CancelOrder("FX", "theirs")).reason


def test_one_name_of_ours_for_two_orders_at_the_venue_raises_the_alarm(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.lose()
    desk.wait(1)
    desk.ready(record(client_id, 501), record(client_id, 502))
    assert any("two orders" in words for words in desk.anomalies())
    assert desk.status("venue:502") == "working"


def test_doubled_answers_change_nothing(desk: FxDesk) -> None:
    client_id = placed(desk)
    sent = desk.last("newordersingle")
    before = desk.get(client_id)
    desk.answer(sent, {"orderId": 501, "clientOrderId": client_id, "status": "NEW", "type": "LIMIT"})
    assert desk.get(client_id) == before


def test_an_intent_is_committed_once(desk: FxDesk) -> None:
    client_id = placed(desk)
    intent = desk.journal.placed(client_id)
    assert intent is not None
    prepared = desk.session.prepare(intent, desk.now)
    assert "used before" in str(prepared)


def test_the_connection_says_that_it_has_no_quotes(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path, chart_url=None)
    desk.ready()
    assert "no quotes" in desk.desk.market.connections["FX"].reason
    assert desk.desk.market.quote_standing(order().key).freshness is Freshness.UNSYNCHRONISED


# By hand


def test_a_market_order_that_the_seed_can_not_know_ends_by_a_recorded_decision(seed: FxDesk) -> None:
    client_id = seed.submit(order("MARKET"))
    seed.lose()
    seed.wait(1)
    seed.open()
    for _ in range(2):
        seed.answer(seed.last("orders"), [], named=False)
        seed.wait(6)
    assert seed.status(client_id) == "in doubt"
    assert seed.desk.decide(seed.get(client_id), Decision.NEVER_ARRIVED, "the broker says so") is None
    assert seed.status(client_id) == "not sent"
    decided = seed.journal.decided(client_id)
    assert decided is not None and decided.note == "the broker says so"
    sent = len(seed.sent)
    seed.wait(120)
    assert len(seed.sent) == sent
    seed.restart()
    assert seed.status(client_id) == "unknown"
    seed.ready()
    filled = record(client_id, 9, type="MARKET", status="FILLED", executedQty=10000)
    seed.say({"event": "execution", "payload": filled})
    seed.wait(3)
    seed.answer(seed.last("orderstatus"), filled)
    assert (seed.status(client_id), seed.get(client_id).ours) == ("filled", True)
    assert "decided by hand" in seed.alerts[-1]


def test_the_venue_is_asked_when_the_trader_wants_it(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    assert "in doubt" in (desk.session.ask(client_id, desk.now) or "")
    desk.wait(11)
    desk.refuse(desk.last("orderstatus"), "ORDER_NOT_EXISTS", 400)
    lists = desk.count("orders")
    assert desk.desk.ask(desk.get(client_id)) is None
    assert desk.count("orders") == lists + 1
    desk.answer(desk.last("orders"), [record(client_id, 501)])
    desk.answer(desk.last("orderstatus"), record(client_id, 501))
    desk.wait(0.2)
    assert desk.status(client_id) == "working"
    assert "1 settled" in desk.said[-1]
    desk.lose()
    assert "not connected" in (desk.session.ask(client_id, desk.now) or "")


def test_every_order_frame_is_kept_once_in_the_order_of_the_wire(desk: FxDesk) -> None:
    desk.session.kept()
    placed(desk)
    sent, came = desk.session.kept()
    assert (sent.direction, came.direction) == (Direction.OUT, Direction.IN)
    assert (sent.data, sent.channel) == (desk.frames[-1], "orders")
    assert b"501" in came.data
    del desk.streams["orders"]
    desk.submit(order())
    assert desk.session.kept() == []  # it never left


def test_a_session_made_anew_on_the_same_desk_is_believed(desk: FxDesk) -> None:
    """As when the connection's settings were changed: the blotter remembers what the earlier session said."""
    client_id = placed(desk)
    for executed in (1000, 2000, 3000):
        partly = record(client_id, 501, status="PARTIAL_FILL", executedQty=executed)
        desk.say({"event": "execution", "payload": partly})
    desk.wait(1)
    desk.connect_anew()
    desk.ready(record(client_id, 501, status="PARTIAL_FILL", executedQty=4000))
    assert desk.get(client_id).filled == 4000 * 10**9
    desk.say({"event": "execution", "payload": record(client_id, 501, status="FILLED", executedQty=10000)})
    assert desk.status(client_id) == "filled"


def test_a_session_made_anew_asks_about_orders_that_the_seeds_list_leaves_out(seed: FxDesk) -> None:
    client_id = placed(seed)
    seed.connect_anew()
    seed.open()
    seed.answer(seed.last("orders"), [], named=False)
    seed.wait(0.1)
    assert seed.last("orderstatus")["payload"] == {"orderId": 501}
    seed.answer(seed.last("orderstatus"), record(client_id, 501, status="CANCELED"))
    assert seed.status(client_id) == "cancelled"


def test_a_question_whose_answer_can_not_be_read_is_asked_again_and_entry_waits(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.lose()
    desk.wait(1)
    desk.open()
    desk.answer(desk.last("orders"), [])
    desk.wait(0.1)
    asked = desk.last("orderstatus")
    desk.answer(asked, {**record(client_id, 501, status="FILLED", executedQty=10000), "orderId": {"value": 501}})
    desk.wait(0.2)
    desk.answer(desk.last("orders"), [])
    desk.wait(1)
    assert desk.locked
    desk.wait(2)
    assert desk.count("orderstatus") == 2
    desk.answer(desk.last("orderstatus"), record(client_id, 501, status="FILLED", executedQty=10000))
    desk.wait(0.2)
    assert (desk.status(client_id), desk.locked) == ("filled", "")


def test_entry_does_not_wait_for_ever_for_an_answer(desk: FxDesk) -> None:
    placed(desk)
    desk.lose()
    desk.wait(1)
    desk.open()
    desk.answer(desk.last("orders"), [])
    desk.wait(30)
    assert desk.locked
    desk.wait(30)
    assert desk.locked == ""
    assert desk.count("orderstatus") >= 3
