"""A snapshot covers 24 h: an order of ours that it leaves out is asked for over REST, and only evidence ends it."""

import json
from typing import Any

import pytest

from protocols.market.commands import CancelOrder
from protocols.market.order_events import OrdersListed
from protocols.market.orders import OrderStatus
from protocols.session import CallFailed, Reply
from tests.protocols.eznergy.support import ORDERS
from tests.protocols.eznergy.test_requests import Trader, reconnected, wire, working

CANCEL = CancelOrder("EPEX M7", "client-1")
LIVES = {**wire("Active", "AddedByUser"), "identifier": 7, "revisionNumber": 1}
GONE = {**LIVES, "state": "Inactive", "action": "DeletedBySystem", "revisionNumber": 2}


def asked(trader: Trader) -> int:
    return sum("private_orders" in call.url for call in trader.calls)


def left_out() -> Trader:
    """A working order, a new link, and a snapshot without it."""
    trader = working()
    trader.closed("gone")
    reconnected(trader, [])
    trader.wait(0.1)
    assert asked(trader) == 1
    assert trader.order().status is OrderStatus.WORKING, "absent is not dead"
    return trader


@pytest.mark.parametrize(("listed", "status"), [([LIVES], OrderStatus.WORKING), ([GONE], OrderStatus.EXPIRED)])
def test_the_venues_list_tells(listed: list[dict[str, Any]], status: OrderStatus) -> None:
    trader = left_out()
    trader.answer(Reply(200, json.dumps(listed).encode()))
    assert trader.order().status is status
    assert not trader.market.anomalies


def test_an_order_in_neither_stays_as_it_was_and_that_is_told() -> None:
    trader = left_out()
    trader.answer(Reply(200, b"[]"))
    assert trader.order().status is OrderStatus.WORKING
    (told,) = trader.market.anomalies
    assert told.kind == "orders not listed" and "1 of ours in FR-RTE" in told.message


def begun_anew() -> Trader:
    """A desk that was started anew: an order of ours is delivered in 30 h, and the snapshot does not have it."""
    return Trader(lambda client_id: client_id == "client-1", sent_before=True)


def test_an_order_of_before_a_restart_that_no_snapshot_covers_is_found_and_can_be_cancelled() -> None:
    trader = begun_anew()
    assert "not known" in trader.denied(CANCEL)
    trader.wait(0.1)
    assert asked(trader) == 1
    trader.answer(Reply(200, json.dumps([LIVES]).encode()))
    trader.submit(CANCEL)
    assert len(trader.requests()) == 1
    assert not any(isinstance(event, OrdersListed) for event in trader.events), "nobody asked: no news"


def test_the_list_of_before_a_restart_is_asked_for_until_it_is_had_and_then_no_more() -> None:
    trader = begun_anew()
    trader.wait(0.1)
    trader.answer(Reply(503, b""))
    (told,) = (event for event in trader.events if isinstance(event, OrdersListed))
    assert "503" in told.problem
    for times in (2, 2):
        trader.wait(5)
        trader.closed("gone")
        reconnected(trader, [LIVES])
        trader.wait(0.1)
        assert asked(trader) == times
        trader.answer(Reply(200, b"[]"))


def test_an_order_that_the_snapshot_has_is_not_asked_for() -> None:
    trader = working()
    trader.closed("gone")
    reconnected(trader, [LIVES])
    trader.wait(6)
    assert asked(trader) == 0


def test_a_colleagues_order_that_is_left_out_is_not_asked_for() -> None:
    trader = Trader()
    trader.report("Active", "AddedByUser", 1, client_id="colleague", identifier=9, revisionNumber=1)
    trader.closed("gone")
    reconnected(trader, [])
    trader.wait(6)
    assert asked(trader) == 0


def test_a_new_subscription_on_the_same_link_asks_as_well() -> None:
    trader = working()
    trader.say("unsubscribed", channel=ORDERS)
    trader.wait(0.3)
    trader.confirm(ORDERS)
    trader.event(ORDERS, 0, [])
    trader.wait(0.1)
    assert asked(trader) == 1


def beating(trader: Trader, seconds: int) -> None:
    until = trader.now.monotonic + seconds
    while trader.now.monotonic < until:
        trader.heartbeat({})
        trader.wait(0.5)


@pytest.mark.parametrize(("after", "waits"), [(20.0, 18), (None, 28)])
def test_429_puts_the_list_off_and_it_is_asked_for_again_by_itself(after: float | None, waits: int) -> None:
    trader = left_out()
    trader.answer(Reply(429, b"", retry_after=after))
    assert trader.session.report().slow_downs == 1
    beating(trader, waits)
    assert asked(trader) == 1
    beating(trader, 3)
    assert asked(trader) == 2


@pytest.mark.parametrize(
    ("reply", "words", "refused"),
    [(Reply(401, b""), "401", 1), (Reply(500, b""), "500", 0), (CallFailed("timed out"), "timed out", 0)],
)
def test_a_list_that_is_not_had_is_said_and_counted(reply: Reply | CallFailed, words: str, refused: int) -> None:
    trader = left_out()
    trader.answer(reply)
    found = trader.session.report()
    assert words in found.last_error
    assert (found.lists_asked, found.lists_failed, found.unauthorised) == (1, 1, refused)
    assert trader.order().status is OrderStatus.WORKING
