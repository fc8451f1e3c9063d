"""Orders against the lifecycle tables of the venue: every permutation of a row's events, doubled, ends the same."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.blotter import Blotter
from protocols.market.commands import AmendOrder, CancelOrder, Command, Intent, PlaceOrder, PowerTerms, SetOrderActive
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderDenied, OrderIntended, OrderReported, RequestDoubted, RequestDropped
from protocols.market.orders import (
    TRANSITIONS,
    Fact,
    Order,
    OrderReport,
    OrderStatus,
    Request,
    VenueState,
    Verdict,
)
from protocols.market.times import Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side

VENUE = "EPEX M7"
ME = "6d1f0c52-0000-0000-0000-000000000001"
KEY = ContractKey(VENUE, "DE-AMPRION", "DE-AMPRION-1")
NOW = Instant(1.0, UtcNs(1))
PLACE = PlaceOrder(KEY, Side.BUY, Quantity(10 * SCALE), Price(38 * SCALE))
_ids = itertools.count()


def intent(command: Command) -> Intent:
    return Intent(f"intent-{next(_ids)}", ME, command, NOW)


def report(
    venue_id: str | None,
    revision: int | None,
    state: VenueState | None,
    *,
    verdict: Verdict = Verdict.NONE,
    left: int = 10,
    initial: int = 10,
    price: int = 38,
    by_user: bool = True,
    client_id: str = ME,
    snapshot: bool = False,
) -> OrderReported:
    told = OrderReport(
        VENUE, client_id, venue_id, revision, KEY, Side.BUY, Price(price * SCALE), Quantity(left * SCALE),
        Quantity(initial * SCALE), state, verdict, "", PowerTerms(), by_user,
    )  # fmt: skip
    return OrderReported("orders", told, snapshot, NOW)


def pending(venue_id: str | None, revision: int | None) -> OrderReported:
    return report(venue_id, revision, None, verdict=Verdict.ACKNOWLEDGED)


def rejected(venue_id: str | None, revision: int | None) -> OrderReported:
    return report(venue_id, revision, None, verdict=Verdict.REJECTED)


WORKING = [OrderIntended(intent(PLACE)), report("7", 1, VenueState.ACTIVE)]
SLEEPING = [OrderIntended(intent(PLACE)), report("7", 1, VenueState.HIBERNATED)]
AMEND = AmendOrder(VENUE, ME, Quantity(5 * SCALE))
MOVE = AmendOrder(VENUE, ME, None, Price(39 * SCALE))
CANCEL = CancelOrder(VENUE, ME)
SLEEP, WAKE = SetOrderActive(VENUE, ME, False), SetOrderActive(VENUE, ME, True)

# Section 7 of the protocol page, row by row: (before, asked, reports in any order, status, kept place, venue id)
ROWS: dict[str, tuple[list[Any], Command, list[OrderReported], OrderStatus, bool | None, str | None]] = {
    "created": ([], PLACE, [pending(None, None), report("7", 1, VenueState.ACTIVE)], OrderStatus.WORKING, None, "7"),
    "created hibernated": (
        [], PLACE, [pending(None, None), report("7", 1, VenueState.HIBERNATED)], OrderStatus.HIBERNATED, None, "7",
    ),
    "creation rejected": (
        [], PLACE, [pending(None, None), rejected(None, None)], OrderStatus.REJECTED, None, None,
    ),
    "amended, place kept": (
        WORKING, AMEND, [pending("7", 1), report("7", 2, VenueState.ACTIVE, left=5, initial=5)],
        OrderStatus.WORKING, True, "7",
    ),
    "amended, place lost": (
        WORKING, MOVE,
        [pending("7", 1), report("8", 1, VenueState.ACTIVE, price=39), report("7", 2, VenueState.REPLACED)],
        OrderStatus.WORKING, False, "8",
    ),
    "amendment rejected": (WORKING, MOVE, [pending("7", 1), rejected("7", 1)], OrderStatus.WORKING, None, "7"),
    "deactivated": (
        WORKING, SLEEP, [pending("7", 1), report("7", 2, VenueState.HIBERNATED)], OrderStatus.HIBERNATED, None, "7",
    ),
    "deactivation rejected": (WORKING, SLEEP, [pending("7", 1), rejected("7", 1)], OrderStatus.WORKING, None, "7"),
    "activated": (
        SLEEPING, WAKE, [pending("7", 1), report("7", 2, VenueState.ACTIVE)], OrderStatus.WORKING, None, "7",
    ),
    "activation rejected": (SLEEPING, WAKE, [pending("7", 1), rejected("7", 1)], OrderStatus.HIBERNATED, None, "7"),
    "cancelled": (
        WORKING, CANCEL, [pending("7", 1), report("7", 2, VenueState.CANCELLED)], OrderStatus.CANCELLED, None, "7",
    ),
    "cancellation rejected": (WORKING, CANCEL, [pending("7", 1), rejected("7", 1)], OrderStatus.WORKING, None, "7"),
}  # fmt: skip


def folded(*events: Any) -> Blotter:
    blotter = Blotter(lambda client_id: client_id == ME)
    for event in events:
        blotter.apply(event)
    return blotter


def only(blotter: Blotter) -> Order:
    order = blotter.get(VENUE, ME)
    assert order is not None
    return order


@pytest.mark.parametrize("row", ROWS)
def test_every_permutation_of_a_row_with_duplicates_ends_the_same(row: str) -> None:
    before, command, reports, status, kept, venue_id = ROWS[row]
    doubled = [*reports, *reports]
    seen = set()
    for order in set(itertools.permutations(range(len(doubled)))):
        blotter = folded(*before, OrderIntended(intent(command)), *(doubled[index] for index in order))
        found = only(blotter)
        seen.add(
            (found.status, found.request, found.kept_place, found.venue_id, found.price, found.remaining, found.ours)
        )
        assert blotter.refused == []
    assert len(seen) == 1
    (end,) = seen
    assert end[:4] == (status, None, kept, venue_id)


@pytest.mark.parametrize("command", [MOVE, CANCEL, SLEEP])
def test_a_rejected_request_never_kills_an_order(command: Command) -> None:
    order = only(folded(*WORKING, OrderIntended(intent(command)), rejected("7", 1)))
    assert order.status is OrderStatus.WORKING
    assert order.request is None
    assert order.reason


def test_an_execution_does_not_answer_a_request() -> None:
    fill = report("7", 2, VenueState.ACTIVE, left=4, by_user=False)
    order = only(folded(*WORKING, OrderIntended(intent(MOVE)), fill))
    assert (order.status, order.request) == (OrderStatus.PARTLY_FILLED, Request.AMEND)
    assert order.filled == 6 * SCALE


def test_a_lost_place_is_not_an_end_while_the_new_identifier_is_missing() -> None:
    order = only(folded(*WORKING, OrderIntended(intent(MOVE)), pending("7", 1), report("7", 2, VenueState.REPLACED)))
    assert (order.status, order.request) == (OrderStatus.WORKING, Request.AMEND)


def test_a_fill_of_the_old_identifier_beside_the_new_one() -> None:
    """Dead is an order only when none of its identifiers lives."""
    order = only(
        folded(
            *WORKING,
            OrderIntended(intent(MOVE)),
            report("8", 1, VenueState.ACTIVE, price=39),
            report("7", 2, VenueState.REPLACED),
            report("8", 2, VenueState.FILLED, left=0, price=39, by_user=False),
        )
    )
    assert order.status is OrderStatus.FILLED
    assert order.remaining == 0


def test_never_sent_is_not_sent_and_never_in_doubt() -> None:
    meant = intent(PLACE)
    order = only(folded(OrderIntended(meant), RequestDropped(VENUE, ME, meant.intent_id, "no link", NOW)))
    assert order.status is OrderStatus.NOT_SENT
    assert order.request is None


@pytest.mark.parametrize(
    ("evidence", "status"),
    [
        (report("7", 1, VenueState.ACTIVE, snapshot=True), OrderStatus.WORKING),
        (report("7", 3, VenueState.FILLED, left=0, snapshot=True), OrderStatus.FILLED),
        (rejected(None, None), OrderStatus.REJECTED),
    ],
)
def test_in_doubt_ends_on_the_venues_evidence_only(evidence: OrderReported, status: OrderStatus) -> None:
    meant = intent(PLACE)
    doubted = [OrderIntended(meant), RequestDoubted(VENUE, ME, meant.intent_id, "the link broke", NOW)]
    assert only(folded(*doubted)).status is OrderStatus.IN_DOUBT
    assert only(folded(*doubted)).request is Request.PLACE
    assert only(folded(*doubted, pending(None, None))).status is OrderStatus.IN_DOUBT
    ended = only(folded(*doubted, evidence))
    assert (ended.status, ended.request) == (status, None)


def test_an_amendment_in_doubt_ends_with_the_next_links_snapshot() -> None:
    meant = intent(MOVE)
    doubted = [*WORKING, OrderIntended(meant), RequestDoubted(VENUE, ME, meant.intent_id, "the link broke", NOW)]
    assert only(folded(*doubted)).status is OrderStatus.IN_DOUBT
    same = only(folded(*doubted, report("7", 1, VenueState.ACTIVE, snapshot=True)))
    assert (same.status, same.request) == (OrderStatus.WORKING, None)
    moved = only(folded(*doubted, report("8", 1, VenueState.ACTIVE, price=39, snapshot=True)))
    assert (moved.status, moved.price) == (OrderStatus.WORKING, 39 * SCALE)


def test_denied_is_ours_and_rejected_is_the_venues() -> None:
    order = only(folded(OrderDenied(intent(PLACE), "price: off the tick")))
    assert (order.status, order.reason, order.ours) == (OrderStatus.DENIED, "price: off the tick", True)


def test_a_colleagues_order_is_shown_and_never_ours() -> None:
    blotter = folded(report("9", 1, VenueState.ACTIVE, client_id="somebody else"))
    (order,) = blotter.rows()
    assert not order.ours
    assert blotter.own_alive(KEY) == []


def test_nothing_leaves_an_end_but_a_better_word_for_it_or_the_venues_word_that_it_lives() -> None:
    for (before, fact), after in TRANSITIONS.items():
        if before is not None and before.over:
            thought = before in (OrderStatus.NOT_SENT, OrderStatus.CLOSED_BY_HAND)  # by us, and never the venue's word
            lives = fact in (Fact.ACTIVE, Fact.PART_FILLED, Fact.HIBERNATED)
            assert after.over or lives or (thought and fact is Fact.ACKNOWLEDGED)
    assert TRANSITIONS.get((OrderStatus.FILLED, Fact.CANCELLED)) is None


def test_an_order_that_lives_under_another_identifier_is_not_dead() -> None:
    """Cancelled under the old identifier, as far as told, and alive under a new one: it must be seen to be pulled."""
    blotter = folded(*WORKING, report("7", 2, VenueState.CANCELLED), report("8", 1, VenueState.ACTIVE))
    assert only(blotter).status is OrderStatus.WORKING
    assert blotter.own_alive() == [only(blotter)]


def test_a_reject_for_the_revision_it_was_asked_on_counts_though_a_fill_came_in_between() -> None:
    fill = report("7", 2, VenueState.ACTIVE, left=4, by_user=False)
    order = only(folded(*WORKING, OrderIntended(intent(MOVE)), fill, rejected("7", 1)))
    assert (order.status, order.request) == (OrderStatus.PARTLY_FILLED, None)


def test_an_amendments_success_does_not_end_a_cancel() -> None:
    order = only(folded(*WORKING, OrderIntended(intent(CANCEL)), report("7", 2, VenueState.ACTIVE, left=5, initial=5)))
    assert (order.status, order.request) == (OrderStatus.WORKING, Request.CANCEL)


def test_a_snapshot_that_shows_a_request_as_pending_does_not_end_it() -> None:
    told = msgspec.structs.replace(pending("7", 1), snapshot=True)
    order = only(folded(*WORKING, OrderIntended(intent(CANCEL)), told))
    assert order.request is Request.CANCEL


def test_a_creations_reject_may_name_an_identifier() -> None:
    assert only(folded(OrderIntended(intent(PLACE)), rejected("7", 1))).status is OrderStatus.REJECTED


def test_a_fill_that_keeps_its_revision_counts() -> None:
    order = only(folded(*WORKING, report("7", 1, VenueState.ACTIVE, left=4, by_user=False)))
    assert (order.status, order.filled) == (OrderStatus.PARTLY_FILLED, 6 * SCALE)


def test_the_venues_reason_for_an_end_is_kept() -> None:
    ended = report("7", 2, VenueState.CANCELLED, by_user=False)
    ended = msgspec.structs.replace(ended, report=msgspec.structs.replace(ended.report, reason="by market operations"))
    assert only(folded(*WORKING, ended)).reason == "by market operations"


histories = st.lists(
    st.one_of(
        st.builds(
            report,
            st.sampled_from(["7", "8"]),
            st.integers(1, 4),
            st.sampled_from(list(VenueState)),
            left=st.integers(0, 10),
            by_user=st.booleans(),
            snapshot=st.booleans(),
        ),
        st.builds(pending, st.sampled_from(["7", "8", None]), st.integers(1, 4)),
        st.builds(rejected, st.sampled_from(["7", "8", None]), st.integers(1, 4)),
        st.sampled_from([MOVE, CANCEL, SLEEP, WAKE]).map(lambda command: OrderIntended(intent(command))),
    ),
    max_size=12,
)


@given(histories)
def test_no_history_breaks_the_fold_or_loses_the_order(history: list[Any]) -> None:
    blotter = folded(OrderIntended(intent(PLACE)), *history)
    order = only(blotter)
    assert order.ours
    assert order.status not in (OrderStatus.DENIED, OrderStatus.NOT_SENT)
    assert all(isinstance(fact, Fact) and before is not None and before.over for _, before, fact in blotter.refused), (
        "only what comes after an end is refused"
    )
    if order.status.alive:
        assert (
            any(version.state.alive for version in order.versions)
            or order.request is Request.AMEND
            or all(version.state is VenueState.REPLACED for version in order.versions)
        )
