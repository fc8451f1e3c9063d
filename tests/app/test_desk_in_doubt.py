"""Orders in doubt: after a restart, when a connection ends, when a session breaks. Shown, kept, never sent again."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from app.clock import Clock
from app.desk import Step
from app.failures import Failure, FailureHandler
from app.names import RESTARTED
from app.order_entry import SessionOrders
from app.risk import PASSED
from app.runner import Runner
from protocols.link import Link
from protocols.market.commands import CancelOrder, Intent
from protocols.market.events import ConnectionStatus
from protocols.market.order_events import OrderEvent, RequestDropped
from protocols.market.orders import OrderStatus, Request, VenueState
from protocols.market.times import Instant
from protocols.rest import Rest
from protocols.session import ConnectionReport, Denied, Frame, Outgoing, Prepared
from tests.app import trading_desk as td
from tests.app.trading_desk import M7, NOW, Trading, amend, place
from tests.support.wire import PLAIN


@pytest.fixture
def trading(tmp_path: Path) -> Iterator[Trading]:
    with closing(Trading(tmp_path).open_market()) as trading:
        yield trading


# Restarted


def restarted(folder: Path) -> Trading:
    return Trading(folder, session="2")


def test_what_has_no_known_end_is_in_doubt_after_a_restart(tmp_path: Path) -> None:
    with closing(Trading(tmp_path).open_market()) as first:
        cancelled, answered = first.placed(), first.placed()
        cancel = first.desk.submit(CancelOrder(M7, cancelled)).intent
        pending = first.desk.submit(place(size="7")).intent
    assert cancel is not None and pending is not None
    with closing(restarted(tmp_path)) as second:
        intents = second.desk.restore()
        assert [intent.client_id for intent in intents] == [cancelled, cancelled, pending.client_id]
        assert intents[1:] == [cancel, pending]
        in_doubt = {order.client_id: order for order in second.desk.market.blotter.rows()}
        assert set(in_doubt) == {cancelled, pending.client_id}
        for order, request in ((in_doubt[cancelled], Request.CANCEL), (in_doubt[pending.client_id], Request.PLACE)):
            assert order.status is OrderStatus.IN_DOUBT and order.ours
            assert (order.request, order.reason) == (request, RESTARTED)
        assert in_doubt[pending.client_id].quantity == td.quantity("7")
        # The venue's snapshot is the evidence.
        second.open_market()
        second.desk.apply(td.report(cancelled, VenueState.CANCELLED, revision=2, snapshot=True))
        second.desk.apply(td.report(answered, snapshot=True))
        assert second.order(cancelled).status is OrderStatus.CANCELLED
        assert second.order(answered).ours and second.order(answered).status is OrderStatus.WORKING
        assert second.order(pending.client_id).status is OrderStatus.IN_DOUBT
    with closing(restarted(tmp_path)) as third:
        assert [intent.intent_id for intent in third.desk.restore()] == [pending.intent_id]


def test_an_amendment_of_before_a_restart_still_counts(tmp_path: Path) -> None:
    with closing(Trading(tmp_path).open_market()) as first:
        asked = first.desk.submit(amend(first.placed(), size="50"))
        assert asked.step is Step.TAKEN
    with closing(restarted(tmp_path)) as second:
        second.desk.restore()
        second.open_market()
        asks = second.desk.submit(place(size="50.1"))
        assert "working 50.0" in asks.reason


def test_a_request_on_an_order_that_the_journal_never_saw_is_ended_by_its_report(tmp_path: Path) -> None:
    with closing(Trading(tmp_path).open_market()) as first:
        prepared = first.venue.prepare(Intent("i-1", "c-1", CancelOrder(M7, "c-1"), NOW))
        assert isinstance(prepared, Prepared)
        first.journal.record(prepared, PASSED)
    with closing(restarted(tmp_path)) as second:
        assert second.desk.restore() == []
        second.desk.apply(td.report("c-1", VenueState.CANCELLED, snapshot=True))
        assert second.journal.open_of("c-1") == ()


# A connection ends


@pytest.mark.parametrize("status", [ConnectionStatus.DOWN, ConnectionStatus.OFF])
def test_a_connection_that_ends_leaves_its_requests_in_doubt(trading: Trading, status: ConnectionStatus) -> None:
    client_id = trading.placed()
    trading.desk.submit(CancelOrder(M7, client_id))
    trading.desk.submit(place())
    quiet = trading.placed()
    elsewhere = td.connection(ConnectionStatus.DOWN)
    trading.desk.apply(msgspec.structs.replace(elsewhere, connection="Elsewhere"))
    trading.desk.apply(td.connection(ConnectionStatus.RESYNCHRONISING))
    assert all(order.status is not OrderStatus.IN_DOUBT for order in trading.desk.market.blotter.rows())
    trading.desk.apply(td.connection(status, "stopped after an internal error"))
    trading.desk.apply(td.connection(status, "stopped after an internal error"))
    doubted = [order.status for order in trading.desk.market.blotter.rows() if order.client_id != quiet]
    assert doubted == [OrderStatus.IN_DOUBT, OrderStatus.IN_DOUBT]
    assert trading.order(quiet).status is OrderStatus.WORKING
    assert [kind for kind, _ in trading.outcomes()].count("in doubt") == 2
    assert trading.order(client_id).reason == f"the connection is {status.value}: stopped after an internal error"


class OrderSession:
    """A session that takes orders, on a real runner: sends nothing, and breaks when told."""

    def __init__(self) -> None:
        self.breaks = ""
        self.committed: list[str] = []
        self.facts: list[OrderEvent] = []

    def prepare(self, intent: Intent, now: Instant) -> Prepared | Denied:
        if self.breaks == "prepare":
            raise ZeroDivisionError("a bug")
        return Prepared(intent, intent.command, "market-1", intent.intent_id, b"{}")

    def commit(self, prepared: Prepared, now: Instant) -> None:
        if self.breaks == "commit":
            raise ZeroDivisionError("a bug")
        self.committed.append(prepared.intent.intent_id)
        intent = prepared.intent
        self.facts.append(RequestDropped(M7, intent.client_id, intent.intent_id, "the link is gone", now))

    def outgoing(self) -> list[Outgoing]:
        return []

    def events(self) -> list[OrderEvent]:
        facts, self.facts = self.facts, []
        return facts

    def kept(self) -> list[Frame]:
        return []

    def report(self) -> ConnectionReport:
        return ConnectionReport(M7, "eznergy", ConnectionStatus.LIVE, "", 0, 0, "", None, [])


def run_session(trading: Trading) -> tuple[OrderSession, list[Failure]]:
    session, shown = OrderSession(), list[Failure]()
    clock: Clock = trading.clock
    failures = FailureHandler(shown.append, lambda text: text)
    nowhere: list[object] = []
    runner = Runner(
        session,  # type: ignore[arg-type]
        Link(PLAIN),
        Rest(PLAIN),
        clock,
        trading.desk.apply,
        failures,
        nowhere.append,
        nowhere.append,
    )
    trading.desk.add_orders(M7, SessionOrders(runner, session))  # type: ignore[arg-type]
    return session, shown


async def test_a_sessions_events_are_applied_within_the_submission(trading: Trading) -> None:
    session, _ = run_session(trading)
    taken = trading.desk.submit(place())
    assert taken.intent is not None and session.committed == [taken.intent.intent_id]
    assert trading.order().status is OrderStatus.NOT_SENT
    assert trading.outcomes() == [("not sent", "the link is gone")]


async def test_a_session_that_breaks_while_preparing_denies(trading: Trading) -> None:
    session, shown = run_session(trading)
    session.breaks = "prepare"
    for _ in range(2):
        denied = trading.desk.submit(place())
        assert denied.step is Step.DENIED and "internal error" in denied.reason
    assert len(shown) == 1
    assert {order.status for order in trading.desk.market.blotter.rows()} == {OrderStatus.DENIED}


async def test_a_session_that_breaks_while_sending_leaves_the_order_in_doubt(trading: Trading) -> None:
    session, _ = run_session(trading)
    session.breaks = "commit"
    taken = trading.desk.submit(place())
    assert taken.step is Step.TAKEN
    assert trading.order().status is OrderStatus.IN_DOUBT
    assert "internal error" in trading.order().reason
    assert [kind for kind, _ in trading.outcomes()] == ["in doubt"]
