"""Asking the venue what became of an order in doubt: at once, one call an area, and an answer that is told."""

import json
from typing import Any

import pytest

from protocols.market.commands import CancelOrder
from protocols.market.order_events import OrderDecided, OrderIntended, OrdersListed
from protocols.market.orders import Decision, OrderStatus, Request
from protocols.session import CallFailed, Reply
from tests.protocols.eznergy.support import ORDERS
from tests.protocols.eznergy.test_requests import PLACE, Trader, reconnected, wire, working

CANCEL = CancelOrder("EPEX M7", "client-1")
SHOWN = {**wire("Active", "AddedByUser"), "identifier": 7, "revisionNumber": 1}
COLLEAGUE = {**SHOWN, "clientIdentifier": "client-9"}
NOT_PROCESSED = {"code": "error.not_processed", "message": "request"}


def doubted() -> Trader:
    """A new order that the venue did not process, over a link that goes on."""
    trader = Trader()
    prepared = trader.submit(PLACE)
    trader.say("error", correlation=prepared.correlation, data=NOT_PROCESSED)
    assert trader.order().status is OrderStatus.IN_DOUBT
    return trader


def ask(trader: Trader) -> str | None:
    why = trader.session.ask("client-1", trader.now)
    trader.crank()
    return why


def answer(trader: Trader, listed: list[dict[str, Any]]) -> None:
    trader.answer(Reply(200, json.dumps(listed).encode()))


def lists(trader: Trader) -> list[OrdersListed]:
    return [event for event in trader.events if isinstance(event, OrdersListed)]


def asked(trader: Trader) -> list[str]:
    return [call.url for call in trader.calls if call.method == "GET"]


def test_the_venues_list_is_asked_for_at_once_and_settles_what_it_shows() -> None:
    trader = doubted()
    assert ask(trader) is None
    assert [url.rpartition("/private_orders/")[2] for url in asked(trader)] == [
        "6395d740-6e55-11e8-b566-0800200c9a66/FR-RTE"
    ]
    answer(trader, [SHOWN])
    assert trader.order().status is OrderStatus.WORKING
    (told,) = lists(trader)
    assert (told.connection, told.area, told.settled, told.left, told.problem) == ("EPEX M7", "FR-RTE", 1, 0, "")
    report = trader.session.report()
    assert (report.lists_asked, report.lists_failed) == (1, 0)


def test_that_the_list_does_not_have_it_is_said_and_no_death() -> None:
    trader = doubted()
    ask(trader)
    answer(trader, [])
    order = trader.order()
    assert (order.status, order.request) == (OrderStatus.IN_DOUBT, Request.PLACE)
    assert order.reason.endswith("; the venue's list does not have it") and "not_processed" in order.reason
    assert (lists(trader)[-1].settled, lists(trader)[-1].left) == (0, 1)
    trader.wait(5.1)
    assert ask(trader) is None
    answer(trader, [])
    assert trader.order().reason == order.reason, "said once, not once more with every list"


def test_a_list_over_the_link_of_the_request_does_not_answer_it() -> None:
    trader = working()
    prepared = trader.submit(CANCEL)
    trader.say("error", correlation=prepared.correlation, data=NOT_PROCESSED)
    ask(trader)
    answer(trader, [SHOWN])
    order = trader.order()
    assert (order.status, order.request) == (OrderStatus.IN_DOUBT, Request.CANCEL)
    assert order.reason.endswith("; the venue's list shows it, and says nothing of the cancel")


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (CallFailed("timed out"), "timed out"),
        (Reply(503, b""), "503"),
        (Reply(200, b"<html>"), "JSON"),
        (Reply(200, json.dumps([COLLEAGUE, {**COLLEAGUE, "price": "NaN"}]).encode()), "a part of the list"),
    ],
)
def test_no_whole_list_says_nothing_of_any_order(reply: Reply | CallFailed, problem: str) -> None:
    trader = doubted()
    reason = trader.order().reason
    ask(trader)
    trader.answer(reply)
    assert problem in lists(trader)[-1].problem
    assert (trader.order().status, trader.order().reason) == (OrderStatus.IN_DOUBT, reason)
    assert trader.session.report().lists_failed == 1
    assert problem in trader.session.report().last_error


def test_one_call_an_area_and_not_two_within_a_moment() -> None:
    trader = doubted()
    assert ask(trader) is None
    assert "is being asked" in (ask(trader) or "")
    answer(trader, [])
    assert "just now; again in 5 s" in (ask(trader) or "")
    trader.wait(5.1)
    assert ask(trader) is None
    assert len(asked(trader)) == 2


def test_only_what_is_in_doubt_is_asked_about_and_only_while_connected() -> None:
    trader = working()
    assert "working" in (ask(trader) or "")
    assert "not known" in (trader.session.ask("nobody", trader.now) or "")
    trader.submit(CANCEL)
    trader.closed("gone")
    assert "not connected" in (ask(trader) or "")
    assert asked(trader) == []


def test_a_list_that_was_asked_for_over_an_earlier_link_says_nothing() -> None:
    """It may be older than a request that the broken link took with it."""
    trader = working()
    prepared = trader.submit(PLACE, "client-2")
    trader.say("error", correlation=prepared.correlation, data=NOT_PROCESSED)
    assert trader.session.ask("client-2", trader.now) is None
    trader.crank()
    early = trader.calls[-1].call_id
    trader.submit(CANCEL)
    trader.closed("gone")
    trader.session.answered(early, Reply(200, json.dumps([SHOWN]).encode()), trader.now)
    trader.crank()
    assert trader.order().status is OrderStatus.IN_DOUBT
    assert lists(trader) == []


def test_snapshots_in_a_row_ask_once_and_then_when_they_may() -> None:
    trader = Trader()
    trader.submit(PLACE)
    trader.closed("gone")
    reconnected(trader, [])
    trader.wait(0.1)
    answer(trader, [])
    trader.say("unsubscribed", channel=ORDERS)
    trader.wait(0.5)
    trader.confirm(ORDERS)
    trader.event(ORDERS, 0, [])
    trader.wait(1)
    assert len(asked(trader)) == 1
    trader.wait(5)
    assert len(asked(trader)) == 2


@pytest.mark.parametrize("decision", list(Decision))
def test_after_a_decision_nothing_is_waited_for_and_nothing_is_sent(decision: Decision) -> None:
    trader = working()
    prepared = trader.submit(CANCEL)
    trader.closed("gone")
    sent = len(trader.sent)
    decided = OrderDecided("EPEX M7", "client-1", prepared.intent.intent_id, decision, "by hand", trader.now)
    trader.session.decided(decided, trader.now)
    trader.market.apply(decided)
    trader.crank()
    assert len(trader.sent) == sent
    held = {**wire("Active", "AddedByUser"), "identifier": 7, "revisionNumber": 1}
    reconnected(trader, [] if decision is Decision.GONE else [held])
    trader.wait(1)
    assert asked(trader) == [], "there is nothing in doubt, and nothing missing"
    if decision is Decision.GONE:
        assert "closed by hand already" in trader.denied(CANCEL)
        trader.report("Active", "PartiallyExecuted", 1, identifier=7, revisionNumber=2, quantity=4)
        assert trader.order().status is OrderStatus.PARTLY_FILLED
    trader.submit(CANCEL)
    assert trader.order().request is Request.CANCEL


def test_an_intent_of_before_a_restart_can_be_asked_about() -> None:
    trader = Trader()
    intent = trader.intent(PLACE)
    trader.session.restore([intent], trader.now)
    trader.market.apply(OrderIntended(intent))
    assert ask(trader) is None
    answer(trader, [SHOWN])
    assert trader.order().status is OrderStatus.WORKING
