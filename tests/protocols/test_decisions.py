"""A person decides what became of an order in doubt: what may be decided, what it does, the venue's later word."""

from typing import Any

import msgspec
import pytest

from protocols.market.blotter import Blotter
from protocols.market.commands import Command
from protocols.market.decisions import Decided, contradicts, decisions_for, may_be_named, speaks_of
from protocols.market.order_events import OrderDecided, OrderIntended, OrderReported, RequestDoubted
from protocols.market.orders import Decision, Order, OrderStatus, Request, VenueState, Verdict
from protocols.market.times import Instant, UtcNs
from protocols.market.values import SCALE
from tests.protocols.test_blotter import (
    AMEND,
    CANCEL,
    KEY,
    ME,
    MOVE,
    NOW,
    PLACE,
    SLEEP,
    SLEEPING,
    VENUE,
    WAKE,
    WORKING,
    folded,
    intent,
    only,
    pending,
    rejected,
    report,
)

UNSENT, GONE = Decision.NEVER_ARRIVED, Decision.GONE
BOTH = (UNSENT, GONE)
ID = "the intent"
FILL = report("7", 2, VenueState.ACTIVE, left=4, by_user=False)
DEAD = report("7", 2, VenueState.CANCELLED)


def doubted(before: list[Any], command: Command) -> list[Any]:
    asked = msgspec.structs.replace(intent(command), intent_id=ID)
    return [*before, OrderIntended(asked), RequestDoubted(VENUE, ME, ID, "the link was lost", NOW)]


def decided(decision: Decision, intent_id: str | None = ID) -> OrderDecided:
    return OrderDecided(VENUE, ME, intent_id, decision, "decided by hand", NOW)


def recorded(decision: Decision, request: Request | None) -> Decided:
    return Decided(VENUE, ME, ID, request, decision, "", "", NOW)


@pytest.mark.parametrize(
    ("before", "command", "decision", "status"),
    [
        ([], PLACE, UNSENT, OrderStatus.NOT_SENT),
        ([], PLACE, GONE, OrderStatus.CLOSED_BY_HAND),
        (WORKING, CANCEL, UNSENT, OrderStatus.WORKING),
        (WORKING, CANCEL, GONE, OrderStatus.CLOSED_BY_HAND),
        ([*WORKING, FILL], AMEND, UNSENT, OrderStatus.PARTLY_FILLED),
        (SLEEPING, WAKE, UNSENT, OrderStatus.HIBERNATED),
        (WORKING, SLEEP, GONE, OrderStatus.CLOSED_BY_HAND),
    ],
)
def test_a_decision_ends_the_doubt(
    before: list[Any], command: Command, decision: Decision, status: OrderStatus
) -> None:
    blotter = folded(*doubted(before, command))
    assert decision in decisions_for(only(blotter)) and only(blotter).status is OrderStatus.IN_DOUBT
    blotter.apply(decided(decision))
    order = only(blotter)
    assert (order.status, order.request, order.intent_id, order.reason) == (status, None, None, "decided by hand")
    assert blotter.own_alive(KEY) == ([] if status.over else [order])
    assert decisions_for(order) == () and blotter.refused == []


def test_only_our_orders_in_doubt_are_decided() -> None:
    assert decisions_for(only(folded(*WORKING))) == ()
    assert decisions_for(only(folded(*WORKING, OrderIntended(intent(CANCEL))))) == ()
    order = msgspec.structs.replace(only(folded(*doubted([], PLACE))), ours=False)
    assert decisions_for(order) == ()


@pytest.mark.parametrize(
    "events",
    [
        doubted([OrderIntended(intent(PLACE))], CANCEL),  # after a restart: how it stands without it is not known
        [*doubted(WORKING, MOVE), report("7", 2, VenueState.REPLACED)],  # it did arrive, and the new one is not seen
    ],
    ids=["never seen", "replaced"],
)
def test_that_it_never_arrived_is_decided_only_where_it_is_known_how_the_order_stands(events: list[Any]) -> None:
    assert decisions_for(only(folded(*events))) == (GONE,)


def test_a_decision_on_something_that_is_known_by_now_changes_nothing() -> None:
    answered = folded(*doubted(WORKING, CANCEL), DEAD)
    asked_again = folded(*doubted([], PLACE))
    before = (only(answered), only(asked_again))
    answered.apply(decided(UNSENT))
    asked_again.apply(decided(UNSENT, "another intent"))
    assert (only(answered), only(asked_again)) == before


# The venue's later word

LATER: list[tuple[list[Any], Command, Decision, OrderReported, OrderStatus]] = [
    ([], PLACE, UNSENT, report("7", 1, VenueState.ACTIVE), OrderStatus.WORKING),
    ([], PLACE, UNSENT, report("7", 1, VenueState.FILLED, left=0), OrderStatus.FILLED),
    ([], PLACE, UNSENT, rejected(None, None), OrderStatus.REJECTED),
    ([], PLACE, UNSENT, pending(None, None), OrderStatus.IN_DOUBT),
    ([], PLACE, GONE, report("7", 1, VenueState.ACTIVE, snapshot=True), OrderStatus.WORKING),
    ([], PLACE, GONE, pending(None, None), OrderStatus.IN_DOUBT),
    (WORKING, CANCEL, GONE, DEAD, OrderStatus.CANCELLED),
    (WORKING, CANCEL, GONE, FILL, OrderStatus.PARTLY_FILLED),
    (WORKING, CANCEL, GONE, rejected("7", 1), OrderStatus.WORKING),
    (WORKING, CANCEL, GONE, report("7", 1, VenueState.ACTIVE, snapshot=True), OrderStatus.WORKING),
    (WORKING, MOVE, GONE, report("8", 1, VenueState.ACTIVE, price=39), OrderStatus.WORKING),
    (WORKING, CANCEL, UNSENT, DEAD, OrderStatus.CANCELLED),
]


@pytest.mark.parametrize(("before", "command", "decision", "later", "status"), LATER)
def test_the_venues_later_evidence_wins(
    before: list[Any], command: Command, decision: Decision, later: OrderReported, status: OrderStatus
) -> None:
    blotter = folded(*doubted(before, command), decided(decision), later)
    assert only(blotter).status is status
    assert blotter.refused == []


@pytest.mark.parametrize(
    "old",
    [report("7", 1, VenueState.ACTIVE), rejected("7", 0), report("7", 1, VenueState.ACTIVE, by_user=False)],
    ids=["told twice", "an earlier request's reject", "told twice by the system"],
)
def test_what_was_known_before_the_decision_is_no_evidence_against_it(old: OrderReported) -> None:
    blotter = folded(*doubted(WORKING, CANCEL), decided(GONE), old)
    assert only(blotter).status is OrderStatus.CLOSED_BY_HAND


def test_an_acknowledgement_after_all_brings_the_request_back_into_doubt() -> None:
    told = pending(None, None)
    told = msgspec.structs.replace(told, report=msgspec.structs.replace(told.report, correlation=ID))
    blotter = folded(*doubted([], PLACE), decided(UNSENT), told)
    order = only(blotter)
    assert (order.status, order.request, order.intent_id) == (OrderStatus.IN_DOUBT, Request.PLACE, ID)
    assert decisions_for(order) == BOTH
    blotter.apply(report("7", 1, VenueState.ACTIVE))
    assert only(blotter).status is OrderStatus.WORKING


# Found among the venue's orders


def found(venue_id: str = "7") -> Decided:
    return Decided(VENUE, ME, ID, Request.PLACE, Decision.NAMED, "phoned", "", NOW, venue_id)


def test_an_order_that_was_found_is_in_doubt_until_the_venue_tells_of_it() -> None:
    blotter = folded(*doubted([], PLACE), found().event())
    order = only(blotter)
    assert (order.status, order.request, order.intent_id) == (OrderStatus.IN_DOUBT, Request.PLACE, ID)
    assert order.reason == "decided by hand: it is the venue's order 7 (phoned)"
    blotter.apply(report("7", 1, VenueState.ACTIVE))
    assert (only(blotter).status, only(blotter).intent_id) == (OrderStatus.WORKING, None)


def test_only_an_order_that_the_venue_has_not_named_can_be_found() -> None:
    assert may_be_named(only(folded(*doubted([], PLACE))))
    assert not may_be_named(only(folded(*doubted(WORKING, CANCEL))))
    assert not may_be_named(only(folded(*WORKING)))
    assert not may_be_named(msgspec.structs.replace(only(folded(*doubted([], PLACE))), ours=False))


@pytest.mark.parametrize(
    ("later", "speaks", "loud"),
    [
        (report("7", 1, VenueState.ACTIVE), False, False),
        (report("7", 1, VenueState.FILLED, left=0), True, False),
        (report("8", 1, VenueState.ACTIVE), True, True),
        (rejected(None, None), True, True),
        (pending(None, None), False, False),
    ],
)
def test_what_was_found_stands_until_the_order_is_over_or_known_as_another(
    later: OrderReported, speaks: bool, loud: bool
) -> None:
    order = only(folded(*doubted([], PLACE), found().event(), later))
    assert speaks_of(found(), later.report) is speaks
    assert (speaks and contradicts(found(), order)) is loud


# What is worth an alert


def after(later: OrderReported, before: list[Any], command: Command, decision: Decision) -> Order:
    return only(folded(*doubted(before, command), decided(decision), later))


@pytest.mark.parametrize(
    ("later", "loud"),
    [
        (report("7", 1, VenueState.ACTIVE), True),
        (report("7", 1, VenueState.FILLED, left=0), True),
        (report("7", 1, VenueState.CANCELLED, left=4), True),
        (report("7", 1, VenueState.CANCELLED), False),
        (rejected(None, None), False),
    ],
)
def test_an_order_that_was_decided_unsent_contradicts_when_it_lives_or_was_traded(
    later: OrderReported, loud: bool
) -> None:
    record = recorded(UNSENT, Request.PLACE)
    assert speaks_of(record, later.report)
    assert contradicts(record, after(later, [], PLACE, UNSENT)) is loud


@pytest.mark.parametrize(("later", "loud"), [(DEAD, False), (FILL, True), (rejected("7", 1), True)])
def test_an_order_that_was_decided_over_contradicts_when_it_lives(later: OrderReported, loud: bool) -> None:
    record = recorded(GONE, Request.CANCEL)
    assert speaks_of(record, later.report)
    assert contradicts(record, after(later, WORKING, CANCEL, GONE)) is loud


@pytest.mark.parametrize(
    ("request_", "later", "speaks"),
    [
        (Request.CANCEL, DEAD, True),
        (Request.CANCEL, FILL, False),
        (Request.CANCEL, report("7", 1, VenueState.ACTIVE, snapshot=True), False),
        (Request.CANCEL, report("7", 2, VenueState.CANCELLED, by_user=False), False),
        (Request.AMEND, report("7", 2, VenueState.ACTIVE, left=5), True),
        (Request.AMEND, report("7", 2, VenueState.REPLACED), True),
        (Request.DEACTIVATE, report("7", 2, VenueState.HIBERNATED), True),
        (Request.ACTIVATE, report("7", 2, VenueState.ACTIVE), True),
        (Request.ACTIVATE, rejected("7", 1), False),
    ],
)
def test_of_a_request_that_never_arrived_only_its_own_answer_speaks(
    request_: Request, later: OrderReported, speaks: bool
) -> None:
    assert speaks_of(recorded(UNSENT, request_), later.report) is speaks


def test_its_own_correlation_speaks_whatever_it_says() -> None:
    told = msgspec.structs.replace(rejected("7", 1).report, correlation=ID, verdict=Verdict.ACKNOWLEDGED)
    assert speaks_of(recorded(UNSENT, Request.CANCEL), told)
    assert contradicts(recorded(UNSENT, Request.CANCEL), only(folded(*WORKING)))


def test_the_words_say_who_decided_what() -> None:
    record = msgspec.structs.replace(recorded(UNSENT, Request.PLACE), note="phoned the desk")
    assert record.reason == "decided by hand: it never reached the venue (phoned the desk)"
    assert recorded(GONE, None).reason == "decided by hand: the order is over at the venue"


# Times and identifiers of an order


def test_an_order_knows_when_it_was_sent_asked_about_and_entered() -> None:
    later = Instant(9.0, UtcNs(9))
    entered = [
        msgspec.structs.replace(told, report=msgspec.structs.replace(told.report, entered=at))
        for told, at in (
            (report("7", 1, VenueState.ACTIVE), UtcNs(5)),
            (report("8", 1, VenueState.ACTIVE, price=39), UtcNs(8)),
            (report("7", 2, VenueState.REPLACED), UtcNs(5)),
        )
    ]
    blotter = folded(OrderIntended(intent(PLACE)), entered[0])
    blotter.apply(OrderIntended(msgspec.structs.replace(intent(MOVE), at=later)))
    assert (only(blotter).sent, only(blotter).asked, only(blotter).entered) == (NOW, later, UtcNs(5))
    for told in entered[1:]:
        blotter.apply(told)
    assert only(blotter).entered == UtcNs(5), "an amended order is as old as it was"
    stranger = only(folded(msgspec.structs.replace(entered[0])))
    assert (stranger.sent, stranger.entered) == (None, UtcNs(5))


def test_an_order_is_found_by_every_identifier_it_has_had() -> None:
    blotter = Blotter()
    for number in range(20):
        blotter.apply(report(str(number), 1, VenueState.ACTIVE, client_id=f"c-{number}"))
    blotter.apply(report("3", 2, VenueState.REPLACED, client_id="c-3"))
    blotter.apply(report("103", 1, VenueState.ACTIVE, price=39, client_id="c-3"))
    found = [blotter.with_venue_id(VENUE, name) for name in ("3", "103", "4")]
    assert [order.client_id for order in found if order is not None] == ["c-3", "c-3", "c-4"]
    assert found[0] is found[1] and found[1] is not None and found[1].price == 39 * SCALE
    assert blotter.with_venue_id(VENUE, "999") is None and blotter.with_venue_id("Elsewhere", "3") is None
