"""A person's decision on an order in doubt: on the disk before it is shown, for good; the venue's later word wins."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from app.desk import Desk, Step
from app.journal.database import open_database
from app.journal.journal import LAYOUT
from app.logs import Masker
from app.risk import PASSED
from protocols.market.commands import CancelOrder
from protocols.market.order_events import OrderReported, OrdersListed, RequestDoubted
from protocols.market.orders import Decision, Order, OrderStatus, Request, VenueState, Verdict
from protocols.secret import Secret
from tests.app import trading_desk as td
from tests.app.journal_files import held, journal_in, prepared, rows
from tests.app.trading_desk import M7, NOW, Trading, place

UNSENT, GONE = Decision.NEVER_ARRIVED, Decision.GONE


@pytest.fixture
def trading(tmp_path: Path) -> Iterator[Trading]:
    with closing(Trading(tmp_path).open_market()) as trading:
        yield trading


def lost(trading: Trading, client_id: str | None = None, size: str = "10") -> Order:
    """A new order, or the cancellation of one, whose answer was lost."""
    taken = trading.desk.submit(place(size=size) if client_id is None else CancelOrder(M7, client_id))
    assert taken.step is Step.TAKEN and taken.intent is not None
    intent = taken.intent
    trading.desk.apply(RequestDoubted(M7, intent.client_id, intent.intent_id, "the link was lost", NOW))
    order = trading.order(intent.client_id)
    assert order.status is OrderStatus.IN_DOUBT
    return order


def acknowledged(order: Order) -> OrderReported:
    told = td.report(order.client_id, None, verdict=Verdict.ACKNOWLEDGED, revision=None, venue_state="Pending")
    return msgspec.structs.replace(told, report=msgspec.structs.replace(told.report, correlation=order.intent_id))


def decisions(trading: Trading) -> list[tuple[object, ...]]:
    query = "SELECT client_id, intent_id, request, decision, note, known, later FROM decisions ORDER BY number"
    return [tuple(row.values()) for row in rows(trading.folder, query)]


# Deciding


def test_a_decision_is_in_the_journal_before_anything_shows_it_and_sends_nothing(trading: Trading) -> None:
    order = lost(trading)
    sent = len(trading.venue.sent)
    assert trading.desk.decide(order, UNSENT, " phoned, 14:03 ", "Buy 10, sent 12:30") is None
    shown = trading.order()
    reason = "decided by hand: it never reached the venue (phoned, 14:03)"
    assert (shown.status, shown.request, shown.reason) == (OrderStatus.NOT_SENT, None, reason)
    assert decisions(trading) == [
        (order.client_id, order.intent_id, "place", "never_arrived", "phoned, 14:03", "Buy 10, sent 12:30", None)
    ]
    assert trading.outcomes()[-1] == ("decided", reason)
    (heard,) = trading.venue.heard
    assert (heard.client_id, heard.intent_id, heard.decision) == (order.client_id, order.intent_id, UNSENT)
    assert trading.venue.decisions_in_journal == [1]
    assert len(trading.venue.sent) == sent
    assert trading.journal.open_of(order.client_id) == ()


def test_a_request_that_never_arrived_leaves_the_order_as_it_was(trading: Trading) -> None:
    client_id = trading.placed()
    assert trading.desk.decide(lost(trading, client_id), UNSENT) is None
    assert (trading.order().status, trading.order().request) == (OrderStatus.WORKING, None)
    assert trading.desk.submit(CancelOrder(M7, client_id)).step is Step.TAKEN


def test_what_the_journal_cannot_take_is_not_decided(trading: Trading) -> None:
    order = lost(trading)
    with held(trading.folder):
        assert "another program holds the file" in (trading.desk.decide(order, GONE) or "")
    assert trading.order().status is OrderStatus.IN_DOUBT
    assert trading.venue.heard == []
    trading.desk.tick()
    trading.clock.advance(2)
    trading.desk.tick()
    assert trading.desk.decide(order, GONE) is None


def test_the_venue_may_be_faster(trading: Trading) -> None:
    order = lost(trading)
    trading.desk.apply(td.report(order.client_id))
    assert "working" in (trading.desk.decide(order, GONE) or "")
    again = lost(trading, order.client_id)
    assert "changed" in (trading.desk.decide(order, GONE) or ""), "he looked at another request's doubt"
    assert trading.desk.decide(again, GONE) is None
    assert "closed by hand" in (trading.desk.decide(again, GONE) or "")
    assert len(decisions(trading)) == 1


def test_what_may_not_be_decided_is_not(trading: Trading, tmp_path: Path) -> None:
    assert "unknown" in (trading.desk.decide(msgspec.structs.replace(lost(trading), client_id="nobody"), GONE) or "")
    lost(trading, trading.placed())
    trading.close()
    with closing(Trading(tmp_path, session="2")) as second:
        second.desk.restore()
        cancel = next(order for order in second.desk.market.blotter.rows() if order.request is Request.CANCEL)
        assert "changed" in (second.desk.decide(cancel, UNSENT) or ""), "how it stands is not known"
        assert second.desk.decide(cancel, GONE) is None
    assert "only looks" in (Desk().decide(cancel, GONE) or "")


def test_a_decided_order_counts_no_more_towards_a_limit(trading: Trading) -> None:
    order = lost(trading, size="50")
    assert "working 50.0" in trading.desk.submit(place(size="50.1")).reason
    assert trading.desk.decide(order, UNSENT) is None
    assert "working 50.0" not in trading.desk.submit(place(size="50.1")).reason


# Restarted


@pytest.mark.parametrize("decision", [UNSENT, GONE])
def test_what_was_decided_is_not_in_doubt_after_a_restart(tmp_path: Path, decision: Decision) -> None:
    with closing(Trading(tmp_path).open_market()) as first:
        decided, doubted = lost(first), lost(first)
        assert first.desk.decide(decided, decision) is None
    with closing(Trading(tmp_path, session="2")) as second:
        assert [intent.client_id for intent in second.desk.restore()] == [doubted.client_id]
        assert [order.client_id for order in second.desk.market.blotter.rows()] == [doubted.client_id]
        assert second.journal.is_ours(decided.client_id)
        second.open_market()
        second.desk.apply(td.report(decided.client_id, snapshot=True))
        assert second.order(decided.client_id).status is OrderStatus.WORKING and second.order().ours
        (alert,) = second.told.alerts
        assert "Buy 15Q4 DE-AMPRION 10 at 38.4: decided by hand" in alert and "shows it working" in alert
    with closing(Trading(tmp_path, session="3")) as third:
        third.desk.apply(td.report(decided.client_id, snapshot=True))
        assert third.told.alerts == [], "told once"


def test_a_journal_of_before_decisions_is_taken_over(tmp_path: Path) -> None:
    first_version = msgspec.structs.replace(LAYOUT, steps=LAYOUT.steps[:1])
    path = tmp_path / "orders.sqlite3"
    open_database(path, first_version, durable=True).close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
        assert journal.healthy and journal.notices == []
    assert rows(tmp_path, "SELECT * FROM decisions") == []


def test_a_decision_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with closing(Trading(tmp_path).open_market()) as first:
        order = lost(first)
        assert first.desk.decide(order, GONE) is None
    with closing(sqlite3.connect(tmp_path / "orders.sqlite3")) as database, database:
        database.execute("UPDATE decisions SET decision = 'shrugged'")
    with journal_in(tmp_path) as journal:
        assert order.client_id in journal.notices[0] and "SHRUGGED" in journal.notices[0]
        assert journal.healthy


def test_no_secret_is_written_with_a_decision(tmp_path: Path) -> None:
    masker = Masker()
    masker.know(Secret("hunter2000"))
    with closing(Trading(tmp_path).open_market()) as trading:
        trading.journal._mask = masker.mask
        assert trading.desk.decide(lost(trading), GONE, "asked with hunter2000", "password=hunter2000") is None
    assert all(b"hunter2000" not in file.read_bytes() for file in tmp_path.iterdir())


# The venue's later word


def test_later_evidence_wins_loudly_where_the_decision_was_wrong(trading: Trading) -> None:
    order = lost(trading)
    assert trading.desk.decide(order, UNSENT, "phoned") is None
    trading.desk.apply(td.report(order.client_id))
    assert trading.order().status is OrderStatus.WORKING
    assert trading.told.alerts == [
        "EPEX M7: Buy 15Q4 DE-AMPRION 10 at 38.4: decided by hand: it never reached the venue (phoned),"
        " but the venue shows it working (Active/AddedByUser)"
    ]
    assert trading.outcomes()[-1][0] == "answered"
    assert decisions(trading)[0][-1] == "the venue shows it working (Active/AddedByUser)"
    trading.desk.apply(td.report(order.client_id, revision=2))
    assert len(trading.told.alerts) == 1


def test_later_evidence_that_agrees_is_kept_and_disturbs_nobody(trading: Trading) -> None:
    client_id = trading.placed()
    assert trading.desk.decide(lost(trading, client_id), GONE) is None
    trading.desk.apply(td.report(client_id, VenueState.CANCELLED, revision=2))
    assert trading.order().status is OrderStatus.CANCELLED
    assert trading.told.alerts == []
    assert trading.journal.decided(client_id) is None


def test_what_the_venue_said_before_ends_no_decision(trading: Trading) -> None:
    client_id = trading.placed()
    assert trading.desk.decide(lost(trading, client_id), GONE) is None
    trading.desk.apply(td.report(client_id))
    assert trading.order().status is OrderStatus.CLOSED_BY_HAND
    assert trading.journal.decided(client_id) is not None


def test_an_acknowledgement_after_all_is_in_doubt_again_after_a_restart_too(tmp_path: Path) -> None:
    with closing(Trading(tmp_path).open_market()) as first:
        order = lost(first)
        assert first.desk.decide(order, UNSENT) is None
        first.desk.apply(acknowledged(order))
        assert first.order().status is OrderStatus.IN_DOUBT
        assert len(first.told.alerts) == 1
        assert first.journal.open_of(order.client_id) == (order.intent_id,)
    with closing(Trading(tmp_path, session="2")) as second:
        assert [intent.intent_id for intent in second.desk.restore()] == [order.intent_id]
        second.desk.apply(td.report(order.client_id, VenueState.CANCELLED, snapshot=True))
        assert second.journal.open_of(order.client_id) == ()
        assert second.told.alerts == []


def test_a_new_request_makes_an_earlier_decision_a_thing_of_the_past(tmp_path: Path) -> None:
    with closing(Trading(tmp_path).open_market()) as first:
        client_id = first.placed()
        assert first.desk.decide(lost(first, client_id), UNSENT) is None
        assert first.desk.submit(CancelOrder(M7, client_id)).step is Step.TAKEN
        first.desk.apply(td.report(client_id, VenueState.CANCELLED, revision=2))
        assert first.told.alerts == [], "that was the second cancellation"
    with journal_in(tmp_path) as journal:
        assert journal.decided(client_id) is None


# Asking


def test_the_venue_is_asked_through_the_orders_own_connection(trading: Trading) -> None:
    order = lost(trading)
    assert trading.desk.ask(order) is None
    assert trading.venue.asked == [order.client_id]
    trading.venue.not_asked = "it was asked just now"
    assert trading.desk.ask(order) == "it was asked just now"
    elsewhere = msgspec.structs.replace(order, connection="Elsewhere")
    assert "takes no orders" in (trading.desk.ask(elsewhere) or "")


@pytest.mark.parametrize(
    ("settled", "left", "problem", "words"),
    [
        (1, 0, "", "EPEX M7 DE-AMPRION: the venue's list of orders came: 1 settled"),
        (0, 2, "", "2 still in doubt: see its reason, and decide by hand what you know"),
        (0, 0, "", "nothing is in doubt"),
        (0, 1, "timed out", "could not be asked for its orders: timed out"),
    ],
)
def test_the_venues_list_is_told(trading: Trading, settled: int, left: int, problem: str, words: str) -> None:
    trading.desk.apply(OrdersListed(M7, "DE-AMPRION", settled, left, problem, NOW))
    (said,) = trading.told.said
    assert words in said
