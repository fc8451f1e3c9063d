"""Order entry of the session: what leaves, once; what comes of it; and what is denied before anything leaves."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.commands import AmendOrder, CancelOrder, Command, Intent, PlaceOrder, PowerTerms, SetOrderActive
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderIntended
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.session import Denied, Dropped, Prepared, Reply, SendId, Written
from tests.protocols.eznergy.support import BOOKS, ORDERS, STATES, Conversation, contract

KEY = ContractKey("EPEX M7", "FR-RTE", "FR-RTE-1022776")
PLACE = PlaceOrder(KEY, Side.BUY, Quantity(10 * SCALE), Price(38_400_000_000))
_numbers = itertools.count()


class Trader(Conversation):
    """A conversation with orders: each intent is prepared and committed as the desk does it."""

    def __init__(self, is_ours: Callable[[str], bool] = lambda client_id: False, sent_before: bool = False) -> None:
        super().__init__(is_ours=is_ours, sent_before=sent_before)
        self.live()
        self.event(STATES, 1, {"contractArea": contract(), "state": "Active", "tradingPhase": "Continuous"})

    def intent(self, command: Command, client_id: str = "client-1") -> Intent:
        return Intent(f"intent-{next(_numbers)}", client_id, command, self.now)

    def prepare(self, command: Command, client_id: str = "client-1") -> Prepared:
        prepared = self.session.prepare(self.intent(command, client_id), self.now)
        assert isinstance(prepared, Prepared), prepared
        return prepared

    def submit(self, command: Command, client_id: str = "client-1") -> Prepared:
        prepared = self.prepare(command, client_id)
        self.market.apply(OrderIntended(prepared.intent))
        self.session.commit(prepared, self.now)
        self.crank()
        return prepared

    def denied(self, command: Command, client_id: str = "client-1") -> str:
        denied = self.session.prepare(self.intent(command, client_id), self.now)
        assert isinstance(denied, Denied), denied
        return denied.reason

    def requests(self) -> list[dict[str, Any]]:
        return [frame for frame in self.sent if frame["type"] == "request"]

    def order(self, client_id: str = "client-1") -> Order:
        order = self.market.blotter.get("EPEX M7", client_id)
        assert order is not None
        return order

    def report(self, state: str, action: str, sequence: int, client_id: str = "client-1", **fields: Any) -> None:
        self.event(ORDERS, sequence, {**wire(state, action, client_id), **fields})


def wire(state: str, action: str, client_id: str = "client-1") -> dict[str, Any]:
    return {
        "clientIdentifier": client_id,
        "contractArea": contract(),
        "direction": "Buy",
        "price": 38.4,
        "quantity": 10,
        "initialQuantity": 10,
        "state": state,
        "action": action,
    }


def working() -> Trader:
    trader = Trader()
    trader.submit(PLACE)
    trader.report("Pending", "AddedByUser", 1)
    trader.report("Active", "AddedByUser", 2, identifier=7, revisionNumber=1)
    assert trader.order().status is OrderStatus.WORKING
    return trader


def test_a_creation_says_everything_explicitly() -> None:
    trader = Trader()
    prepared = trader.submit(PLACE)
    (frame,) = trader.requests()
    assert frame["channel"] == ORDERS
    assert frame["correlation"] == prepared.intent.intent_id
    batch = json.loads(frame["data"])
    assert batch["type"] == "Creation"
    (order,) = batch["orders"]
    assert order == {
        "clientIdentifier": "client-1",
        "state": "Active",
        "contractArea": {
            "deliveryArea": "FR-RTE",
            "identifier": "FR-RTE-1022776",
            "deliveryStart": "2026-11-21T14:45:00Z",
            "deliveryEnd": "2026-11-21T15:00:00Z",
        },
        "direction": "Buy",
        "quantity": 10,
        "price": 38.4,
        "executionRestriction": "None",
        "validityRestriction": "GoodForSession",
    }
    assert trader.order().status is OrderStatus.PENDING


@given(
    st.sampled_from(list(Side)),
    st.integers(1, 10**13),
    st.integers(-(10**13), 10**13),
    st.one_of(st.none(), st.integers(1, 10**12)),
    st.sampled_from(["None", "ImmediateOrCancel", "FillOrKill", "AllOrNone"]),
    st.booleans(),
    st.text(max_size=20).filter(str.isprintable),
)
def test_what_a_frame_says_is_what_was_meant(
    side: Side, quantity: int, price: int, display: int | None, restriction: str, active: bool, comment: str
) -> None:
    terms = PowerTerms(
        restriction=restriction,
        display_quantity=None if display is None else Quantity(display),
        price_delta=None if display is None else Price(-SCALE // 100),
        comment=comment,
    )
    command = PlaceOrder(KEY, side, Quantity(quantity), Price(price), terms, active)
    assert SHARED.prepare(command, "never sent").said == command


SHARED = Trader()


@pytest.mark.parametrize(
    ("command", "kind", "fields"),
    [
        (CancelOrder("EPEX M7", "client-1"), "Cancellation", {}),
        (SetOrderActive("EPEX M7", "client-1", False), "Deactivation", {}),
        (AmendOrder("EPEX M7", "client-1", Quantity(5 * SCALE)), "Modification", {"quantity": 5}),
        (AmendOrder("EPEX M7", "client-1", None, Price(-SCALE)), "Modification", {"price": -1}),
    ],
)
def test_requests_on_an_order_carry_its_three_names(command: Command, kind: str, fields: dict[str, Any]) -> None:
    trader = working()
    prepared = trader.submit(command)
    batch = json.loads(trader.requests()[-1]["data"])
    assert batch["type"] == kind
    assert batch["orders"] == [{"clientIdentifier": "client-1", "identifier": 7, "revisionNumber": 1, **fields}]
    assert prepared.said == command


def test_one_intent_leaves_once() -> None:
    trader = Trader()
    prepared = trader.submit(PLACE)
    trader.session.commit(prepared, trader.now)
    trader.crank()
    assert len(trader.requests()) == 1


def test_preparing_sends_nothing() -> None:
    trader = Trader()
    trader.prepare(PLACE)
    trader.crank()
    assert trader.requests() == []


def test_one_outstanding_request_per_order() -> None:
    trader = working()
    trader.submit(AmendOrder("EPEX M7", "client-1", Quantity(5 * SCALE)))
    assert "modify request is not answered" in trader.denied(CancelOrder("EPEX M7", "client-1"))
    trader.report("Rejected", "ModifiedByUser", 3, identifier=7, revisionNumber=1)
    assert trader.order().status is OrderStatus.WORKING
    trader.prepare(CancelOrder("EPEX M7", "client-1"))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (CancelOrder("EPEX M7", "nobody"), "not known"),
        (AmendOrder("EPEX M7", "client-1"), "price, quantity"),
        (SetOrderActive("EPEX M7", "client-1", True), "working already"),
        (PlaceOrder(ContractKey("EPEX M7", "FR-RTE", "?"), Side.BUY, Quantity(1), Price(1)), "contract"),
        (PlaceOrder(ContractKey("EPEX M7", "DE-AMPRION", "1"), Side.BUY, Quantity(1), Price(1)), "DE-AMPRION"),
    ],
)
def test_what_cannot_be_asked_is_denied_in_words(command: Command, words: str) -> None:
    trader = working()
    client_id = command.client_id if not isinstance(command, PlaceOrder) else "client-2"
    assert words in trader.denied(command, client_id)
    assert len(trader.requests()) == 1


def test_a_colleagues_order_is_not_ours_to_act_on() -> None:
    trader = Trader()
    trader.report("Active", "AddedByUser", 1, client_id="colleague", identifier=9, revisionNumber=1)
    assert "colleague" in trader.denied(CancelOrder("EPEX M7", "colleague"), "colleague")


def test_no_link_no_order() -> None:
    trader = working()
    trader.closed("gone")
    assert "not connected" in trader.denied(PLACE, "client-2")


def test_a_channel_that_is_not_live_takes_no_order() -> None:
    trader = working()
    trader.say("unsubscribed", channel=ORDERS)
    assert "resynchronising" in trader.denied(PLACE, "client-2")


@pytest.mark.parametrize("pull", [CancelOrder("EPEX M7", "client-1"), SetOrderActive("EPEX M7", "client-1", False)])
def test_a_channel_that_is_not_live_still_lets_an_order_be_pulled(pull: Command) -> None:
    trader = working()
    trader.say("unsubscribed", channel=ORDERS)
    trader.submit(pull)
    assert len(trader.requests()) == 2
    trader.wait(0.3)
    trader.confirm(ORDERS)
    trader.event(ORDERS, 0, [{**wire("Active", "AddedByUser"), "identifier": 7, "revisionNumber": 1}])
    assert trader.order().request is not None, "what the snapshot shows may be from before it"
    trader.report("Rejected", "DeletedByUser", 1, identifier=7, revisionNumber=1)
    assert (trader.order().status, trader.order().request) == (OrderStatus.WORKING, None)


def test_a_channel_that_is_not_live_lets_no_order_be_woken_or_changed() -> None:
    trader = working()
    trader.report("Hibernated", "ModifiedByUser", 3, identifier=7, revisionNumber=2)
    trader.say("unsubscribed", channel=ORDERS)
    assert "resynchronising" in trader.denied(SetOrderActive("EPEX M7", "client-1", True))
    assert "resynchronising" in trader.denied(AmendOrder("EPEX M7", "client-1", Quantity(5 * SCALE)))


def test_a_frame_for_an_old_socket_is_not_sent() -> None:
    trader = working()
    prepared = trader.prepare(PLACE, "client-2")
    trader.closed("gone")
    trader.wait(1)
    trader.opened()
    trader.market.apply(OrderIntended(prepared.intent))
    trader.session.commit(prepared, trader.now)
    trader.crank()
    assert len(trader.requests()) == 1
    assert trader.order("client-2").status is OrderStatus.NOT_SENT


def test_a_frame_that_was_never_written_is_not_sent_and_not_in_doubt() -> None:
    trader = Trader()
    trader.submit(PLACE)
    trader.session.left(SendId(trader.session._sends), Dropped("the socket was gone"), trader.now)
    trader.closed("gone")
    assert trader.order().status is OrderStatus.NOT_SENT


@pytest.mark.parametrize("how", ["link", "silence", "not processed", "unreadable"])
def test_written_and_unanswered_is_in_doubt_and_never_sent_again(how: str) -> None:
    trader = Trader()
    prepared = trader.submit(PLACE)
    trader.session.left(SendId(trader.session._sends), Written(), trader.now)
    match how:
        case "link":
            trader.closed("gone")
        case "silence":
            for _ in range(3):
                trader.heartbeat({})
                trader.wait(4)
        case "not processed":
            error = {"code": "error.not_processed", "message": "request"}
            trader.say("error", correlation=prepared.correlation, data=error)
        case "unreadable":
            trader.event(ORDERS, 1, {"clientIdentifier": 5})
    assert trader.order().status is OrderStatus.IN_DOUBT
    assert trader.order().request is Request.PLACE
    trader.wait(30)
    assert len(trader.requests()) == 1


def reconnected(trader: Trader, snapshot: list[dict[str, Any]]) -> None:
    trader.wait(1)
    trader.opened()
    trader.confirm(ORDERS)
    trader.event(ORDERS, 0, snapshot)


def test_the_next_snapshot_tells() -> None:
    trader = Trader()
    trader.submit(PLACE)
    trader.closed("gone")
    reconnected(trader, [{**wire("Active", "AddedByUser"), "identifier": 7, "revisionNumber": 1}])
    assert trader.order().status is OrderStatus.WORKING
    assert trader.order().ours


def test_what_the_snapshot_leaves_out_is_asked_for_over_rest() -> None:
    trader = Trader()
    trader.submit(PLACE)
    trader.closed("gone")
    reconnected(trader, [])
    assert trader.order().status is OrderStatus.IN_DOUBT, "absent is not dead"
    trader.wait(0.1)
    call = trader.calls[-1]
    assert (call.method, call.url) == (
        "GET",
        "http://127.0.0.1:8765/api/EZ4a26927fea/m7/private_orders/6395d740-6e55-11e8-b566-0800200c9a66/FR-RTE",
    )
    listed = {**wire("Inactive", "FullyExecuted"), "identifier": 7, "revisionNumber": 2, "quantity": 0}
    trader.answer(Reply(200, json.dumps([listed]).encode()))
    assert trader.order().status is OrderStatus.FILLED


def test_absent_from_everything_stays_in_doubt() -> None:
    trader = Trader()
    trader.submit(PLACE)
    trader.closed("gone")
    reconnected(trader, [])
    trader.wait(0.1)
    trader.answer(Reply(200, b"[]"))
    assert trader.order().status is OrderStatus.IN_DOUBT


def test_a_snapshot_over_the_link_that_carries_a_request_does_not_answer_it() -> None:
    trader = working()
    trader.submit(AmendOrder("EPEX M7", "client-1", Quantity(5 * SCALE)))
    trader.say("unsubscribed", channel=ORDERS)
    trader.wait(0.3)
    trader.confirm(ORDERS)
    trader.event(ORDERS, 0, [{**wire("Active", "AddedByUser"), "identifier": 7, "revisionNumber": 1}])
    assert trader.order().request is Request.AMEND
    trader.report("Active", "ModifiedByUser", 1, identifier=7, revisionNumber=2, quantity=5, initialQuantity=5)
    assert (trader.order().request, trader.order().kept_place) == (None, True)


@pytest.mark.parametrize(
    ("state", "action", "quantity", "status"),
    [
        ("Inactive", "FullyExecuted", 0, OrderStatus.FILLED),
        ("Inactive", "ModifiedByUser", 10, OrderStatus.CANCELLED),
        ("Inactive", "DeletedByMarketOps", 10, OrderStatus.CANCELLED),
        ("Inactive", "DeletedBySystem", 10, OrderStatus.EXPIRED),
        ("Active", "PartiallyExecuted", 4, OrderStatus.PARTLY_FILLED),
        ("Hibernated", "SharedOrderBookUnavailability", 10, OrderStatus.HIBERNATED),
        ("Meditating", "Yoga", 10, OrderStatus.WORKING),
    ],
)
def test_states_and_actions_together_say_what_became_of_it(
    state: str, action: str, quantity: int, status: OrderStatus
) -> None:
    trader = working()
    trader.report(state, action, 3, identifier=7, revisionNumber=2, quantity=quantity)
    assert trader.order().status is status


def test_orders_do_not_disturb_the_books() -> None:
    trader = working()
    assert trader.channel(BOOKS).status.value == "live"
