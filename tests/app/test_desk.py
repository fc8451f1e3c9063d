"""The way out: what is sent is in the journal first, what may not be sent is denied, and nothing is sent twice."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from app.desk import Desk, Step, Submission, new_guid
from protocols.market.commands import CancelOrder, Command, Seen, SetOrderActive
from protocols.market.events import ConnectionStatus, Feed, Freshness
from protocols.market.order_events import RequestDoubted, RequestDropped
from protocols.market.orders import OrderStatus, Request, VenueState, Verdict
from tests.app import trading_desk as td
from tests.app.journal_files import held, rows
from tests.app.trading_desk import M7, NOW, Trading, Venue, amend, place


@pytest.fixture
def trading(tmp_path: Path) -> Iterator[Trading]:
    with closing(Trading(tmp_path).open_market()) as trading:
        yield trading


# Sent


def test_an_order_is_in_the_journal_when_it_leaves_and_pending_until_the_venue_speaks(trading: Trading) -> None:
    seen: list[OrderStatus] = []
    trading.venue.then = lambda prepared: seen.append(trading.order(prepared.intent.client_id).status)
    taken = trading.desk.submit(place())
    assert taken.step is Step.TAKEN and taken.reason == "" and taken.findings == ()
    assert taken.intent is not None and taken.intent.intent_id != taken.intent.client_id
    assert taken.intent.at == NOW
    assert [prepared.intent for prepared in trading.venue.sent] == [taken.intent]
    assert trading.venue.in_journal == [True]
    assert seen == [OrderStatus.PENDING]
    assert trading.order().ours
    assert trading.journal.is_ours(taken.intent.client_id)
    trading.desk.apply(td.report(taken.intent.client_id))
    assert trading.order().status is OrderStatus.WORKING


def test_requests_keep_the_orders_identity(trading: Trading) -> None:
    client_id = trading.placed()
    for command in (amend(client_id, size="5"), CancelOrder(M7, client_id)):
        taken = trading.desk.submit(command)
        assert taken.step is Step.TAKEN
        assert taken.intent is not None and taken.intent.client_id == client_id
        trading.desk.apply(td.report(client_id, revision=len(trading.venue.sent)))
    assert len({prepared.intent.intent_id for prepared in trading.venue.sent}) == 3


def test_every_answer_ends_its_intent_in_the_journal(trading: Trading) -> None:
    client_id = trading.desk.submit(place()).intent.client_id  # type: ignore[union-attr]
    acknowledged = td.report(
        client_id, None, verdict=Verdict.ACKNOWLEDGED, revision=None, venue_state="Pending/AddedByUser"
    )
    trading.desk.apply(acknowledged)
    assert trading.journal.open_of(client_id)
    trading.desk.apply(td.report(client_id))
    trading.desk.apply(td.report(client_id))
    trading.desk.apply(acknowledged)
    assert trading.outcomes() == [("sent", "Pending/AddedByUser"), ("answered", "Active/AddedByUser")]
    asked = trading.desk.submit(CancelOrder(M7, client_id))
    refused = td.report(client_id, None, verdict=Verdict.REJECTED, venue_state="Rejected/DeletedByUser")
    trading.desk.apply(refused)
    assert asked.intent is not None
    assert [kind for kind, _ in trading.outcomes(asked.intent.intent_id)] == ["answered"]
    assert trading.order().status is OrderStatus.WORKING
    assert trading.journal.open_of(client_id) == ()


def test_an_amendment_on_its_way_counts_until_it_is_answered(trading: Trading) -> None:
    client_id = trading.placed()
    trading.desk.submit(amend(client_id, size="50"))
    assert "working 50.0" in trading.desk.submit(place(size="50.1")).reason
    trading.desk.apply(td.report(client_id, None, verdict=Verdict.REJECTED))
    assert "working" not in trading.desk.submit(place(size="50.1")).reason


def test_an_execution_is_no_answer_to_a_cancellation(trading: Trading) -> None:
    client_id = trading.placed()
    trading.desk.submit(CancelOrder(M7, client_id))
    trading.desk.apply(td.report(client_id, left="4", initial="10", revision=2, by_user=False))
    assert len(trading.journal.open_of(client_id)) == 1
    trading.desk.apply(td.report(client_id, VenueState.FILLED, left="0", initial="10", revision=3, by_user=False))
    assert trading.journal.open_of(client_id) == ()


@pytest.mark.parametrize(
    ("event", "kind", "status"),
    [(RequestDropped, "not sent", OrderStatus.NOT_SENT), (RequestDoubted, "in doubt", OrderStatus.IN_DOUBT)],
)
def test_what_the_session_tells_of_its_request_is_kept(
    trading: Trading, event: type[RequestDropped | RequestDoubted], kind: str, status: OrderStatus
) -> None:
    # The link may say so before `commit` has returned.
    trading.venue.then = lambda prepared: trading.desk.apply(
        event(M7, prepared.intent.client_id, prepared.intent.intent_id, "the link was lost", NOW)
    )
    assert trading.desk.submit(place()).step is Step.TAKEN
    assert trading.order().status is status
    assert trading.outcomes() == [(kind, "the link was lost")]


def test_a_colleagues_orders_leave_no_trace_in_the_journal(trading: Trading) -> None:
    trading.desk.apply(td.report("somebody"))
    trading.desk.apply(RequestDoubted(M7, "somebody", "i-9", "", NOW))
    assert not trading.order("somebody").ours
    assert trading.outcomes() == []


# Denied


@pytest.mark.parametrize(
    ("command", "prepare", "reason"),
    [
        (place(at="38.405"), lambda venue: None, "Price 38.405 is no multiple of the tick of 0.01 EUR/MWh"),
        (place(), lambda venue: setattr(venue, "denies", "quantity: too many decimals"), "quantity: too many decimals"),
        (
            place(),
            lambda venue: setattr(venue, "says", lambda command: place(at="384")),
            "the frame says something else: price 384000000000 for 38400000000",
        ),
        (
            place(),
            lambda venue: setattr(venue, "says", lambda command: CancelOrder(M7, "c-1")),
            "the frame says something else: CancelOrder for PlaceOrder",
        ),
        (
            msgspec.structs.replace(place(), key=msgspec.structs.replace(td.KEY, connection="Elsewhere")),
            lambda venue: None,
            "connection: Elsewhere takes no orders",
        ),
    ],
)
def test_what_may_not_be_sent_is_denied_shown_and_kept(
    trading: Trading, command: Command, prepare: Callable[[Venue], None], reason: str
) -> None:
    prepare(trading.venue)
    denied = trading.desk.submit(command)
    assert denied.step is Step.DENIED
    assert reason in denied.reason
    assert trading.venue.sent == []
    assert trading.order().status is OrderStatus.DENIED
    assert trading.order().reason == denied.reason
    assert trading.outcomes() == [("denied", denied.reason)]
    assert denied.intent is not None and not trading.journal.is_ours(denied.intent.client_id)


def test_a_denied_request_leaves_the_order_as_it_is(trading: Trading) -> None:
    client_id = trading.placed()
    trading.venue.denies = "order: its cancel request is not answered yet"
    assert trading.desk.submit(amend(client_id, size="5")).step is Step.DENIED
    order = trading.order(client_id)
    assert order.status is OrderStatus.WORKING and order.request is None
    assert order.reason == trading.venue.denies


def test_stale_books_refuse_new_orders_and_never_cancellations(trading: Trading) -> None:
    client_id = trading.placed()
    trading.desk.apply(td.channel(Feed.ORDER_BOOKS, Freshness.STALE, "link lost"))
    for command in (place(), amend(client_id, size="5"), SetOrderActive(M7, client_id, True)):
        assert "Order book: stale; link lost" in trading.desk.submit(command).reason
    assert trading.desk.submit(SetOrderActive(M7, client_id, False)).step is Step.TAKEN
    trading.desk.apply(td.report(client_id, VenueState.HIBERNATED, revision=2))
    assert trading.desk.submit(CancelOrder(M7, client_id)).step is Step.TAKEN


def test_a_desk_without_ordering_only_looks() -> None:
    desk = Desk()
    denied = desk.submit(place())
    assert denied == Submission(Step.DENIED, place(), "this desk only looks")
    assert desk.blocked and desk.restore() == []
    desk.apply(td.report("somebody"))
    desk.apply(td.connection(ConnectionStatus.DOWN))
    desk.tick()


# Confirmed


def test_what_must_be_confirmed_is_asked_about_and_nothing_of_it_is_shown_or_kept(trading: Trading) -> None:
    asks = trading.desk.submit(place(size="60"))
    assert asks.step is Step.ASKS and asks.intent is None
    assert asks.reason == "Quantity 60.0 MW is above 50.0"
    assert [finding.rule for finding in asks.findings] == ["quantity"]
    assert trading.venue.sent == [] and trading.desk.market.blotter.rows() == []
    assert rows(trading.folder, "SELECT * FROM intents") == []
    again = trading.desk.submit(place(size="60"))
    assert again.step is Step.ASKS, "asking is no confirmation"


def test_confirmed_it_is_sent_once_and_the_journal_says_so(trading: Trading) -> None:
    asks = trading.desk.submit(place(size="60"))
    taken = trading.desk.submit(asks.command, confirmed=asks)
    assert taken.step is Step.TAKEN and taken.findings == asks.findings
    assert len(trading.venue.sent) == 1
    (row,) = rows(trading.folder, "SELECT verdict, confirmed FROM intents")
    assert tuple(row.values()) == ("warned", 1)


def test_a_confirmation_is_for_the_same_order(trading: Trading) -> None:
    asks = trading.desk.submit(place(size="60"))
    for other in (place(size="61"), place(size="60", at="38.41"), place(td.Side.SELL, size="60")):
        assert trading.desk.submit(other, confirmed=asks).step is Step.ASKS
    assert trading.venue.sent == []


def test_a_confirmation_is_for_what_was_found(trading: Trading) -> None:
    asks = trading.desk.submit(place(size="60"))
    trading.desk.apply(td.book("20", "21"))
    more = trading.desk.submit(asks.command, confirmed=asks)
    assert more.step is Step.ASKS
    assert {finding.rule for finding in more.findings} == {"quantity", "collar"}
    trading.desk.apply(td.book("20.1", "21"))
    assert trading.desk.submit(more.command, confirmed=more).step is Step.TAKEN, "numbers may move"


def test_a_confirmation_does_not_lift_a_block(trading: Trading) -> None:
    asks = trading.desk.submit(place(size="60"))
    trading.desk.apply(td.phase(name="Closed"))
    assert trading.desk.submit(asks.command, confirmed=asks).step is Step.DENIED
    trading.desk.apply(td.phase())
    denied = trading.desk.submit(place(size="1000"))
    assert trading.desk.submit(denied.command, confirmed=denied).step is Step.DENIED


def test_what_is_fine_by_now_needs_no_confirmation(trading: Trading) -> None:
    trading.desk.apply(td.book("20", "21"))
    asks = trading.desk.submit(place())
    assert asks.step is Step.ASKS
    trading.desk.apply(td.book("38", "39"))
    assert trading.desk.submit(asks.command, confirmed=asks).step is Step.TAKEN
    (row,) = rows(trading.folder, "SELECT verdict, confirmed FROM intents")
    assert tuple(row.values()) == ("passed", 0)


# The journal fails


def test_a_failing_journal_blocks_what_opens_and_lets_go_what_closes(trading: Trading) -> None:
    client_id, sleeper = trading.placed(), trading.placed()
    with held(trading.folder):
        for command in (place(), amend(client_id, size="5"), SetOrderActive(M7, client_id, True)):
            denied = trading.desk.submit(command)
            assert denied.step is Step.DENIED
            assert "journal: another program holds the file" in denied.reason
        assert len(trading.venue.sent) == 2
        assert "the journal can't be written: another program" in str(trading.desk.blocked)
        cancel = trading.desk.submit(CancelOrder(M7, client_id))
        assert cancel.step is Step.TAKEN
        assert trading.desk.submit(SetOrderActive(M7, sleeper, False)).step is Step.TAKEN
        assert len(trading.venue.sent) == 4
        assert trading.order(client_id).request is Request.CANCEL
        trading.desk.apply(td.report(client_id, VenueState.CANCELLED, revision=2))
    trading.clock.advance(2)
    trading.desk.tick()
    assert trading.desk.blocked is None
    assert trading.desk.submit(place()).step is Step.TAKEN
    ended = rows(trading.folder, "SELECT kind, ended FROM intents ORDER BY number")
    assert [tuple(row.values()) for row in ended] == [
        ("place", "answered"),
        ("place", "answered"),
        ("place", "denied"),
        ("amend", "denied"),
        ("activate", "denied"),
        ("cancel", "answered"),
        ("deactivate", None),
        ("place", None),
    ]


def test_a_journal_that_cannot_be_opened_blocks_and_the_desk_works(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with closing(Trading(tmp_path / "file" / "journal").open_market()) as trading:
        assert trading.desk.blocked
        denied = trading.desk.submit(place())
        assert denied.step is Step.DENIED and trading.order().status is OrderStatus.DENIED
        assert trading.venue.sent == []


def test_an_identifier_that_comes_twice_sends_nothing(tmp_path: Path) -> None:
    with closing(Trading(tmp_path, lambda: "always the same").open_market()) as trading:
        assert trading.desk.submit(place()).step is Step.TAKEN
        denied = trading.desk.submit(place())
        assert denied.step is Step.DENIED and "in the journal already" in denied.reason
        cancelled = trading.desk.submit(CancelOrder(M7, "always the same"))
        assert cancelled.step is Step.DENIED
        assert len(trading.venue.sent) == 1
        assert trading.order().status is OrderStatus.PENDING
        assert trading.journal.open_of("always the same"), "the first is not denied by the second"


def test_identifiers_are_guids() -> None:
    made = {new_guid() for _ in range(100)}
    assert len(made) == 100
    assert {len(text) for text in made} == {36}


@pytest.mark.parametrize("foretold", [True, False])
def test_a_place_that_was_foretold_wrongly_is_told_loudly(trading: Trading, foretold: bool) -> None:
    client_id = trading.placed()
    seen = Seen(frame=1, book=1, keeps_place=foretold)
    assert trading.desk.submit(amend(client_id, "8"), None, seen).step is Step.TAKEN
    trading.desk.apply(td.report(client_id, left="8", revision=2))  # under its identifier: it kept its place
    trading.desk.apply(td.report(client_id, left="8", revision=2))
    order = trading.order(client_id)
    assert (order.kept_place, order.foretold_place, order.misforetold) == (True, foretold, not foretold)
    anomalies = [anomaly.kind for anomaly in trading.desk.market.anomalies]
    if foretold:
        assert (trading.told.alerts, anomalies) == ([], [])
        return
    assert anomalies == ["place foretold wrongly"]
    (alert,) = trading.told.alerts
    assert "kept its place in the queue, though it was foretold to lose it" in alert
    trading.desk.submit(CancelOrder(M7, client_id))
    trading.desk.apply(td.report(client_id, VenueState.CANCELLED, left="8", revision=3))
    assert len(trading.told.alerts) == 1  # once, and of this amendment
