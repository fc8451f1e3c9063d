"""Whatever a trader and the others do: quantity is conserved, and every order moves by the rules."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.practice.settings import PracticeSettings
from tests.protocols.practice.conftest import Rig
from tests.protocols.practice.trader import Trader, urn

PRICES = st.integers(38, 42)
TENTHS = st.integers(1, 90).map(lambda tenths: tenths / 10)
SIDES = st.sampled_from(["Buy", "Sell"])
CREATE = st.tuples(
    st.just("Creation"),
    st.fixed_dictionaries(
        {"direction": SIDES, "price": PRICES, "quantity": TENTHS, "state": st.sampled_from(["Active", "Hibernated"])},
        optional={
            "icebergDisplayQuantity": st.sampled_from([0.5, 2]),
            "executionRestriction": st.sampled_from(["None", "ImmediateOrCancel", "FillOrKill"]),
        },
    ),
)
MODIFY = st.tuples(
    st.just("Modification"),
    st.fixed_dictionaries({"order": st.integers(0, 5)}, optional={"price": PRICES, "quantity": TENTHS}),
)
REDUCE = st.tuples(
    st.just("Modification"),
    st.fixed_dictionaries({"order": st.integers(0, 5), "quantity": st.integers(1, 9).map(lambda tenths: tenths / 10)}),
)
CHANGE = st.tuples(
    st.sampled_from(["Activation", "Deactivation", "Cancellation"]),
    st.fixed_dictionaries({"order": st.integers(0, 5)}),
)
OTHERS = st.tuples(
    st.sampled_from(["trade", "rest"]),
    st.fixed_dictionaries({"side": SIDES, "price": PRICES, "quantity": TENTHS}),
)

# State before -> states after, of one venue identifier (None: not seen before).
LEGAL: dict[str | None, set[str]] = {
    None: {"Active", "Hibernated"},
    "Active": {"Active", "Hibernated", "Inactive"},
    "Hibernated": {"Active", "Hibernated", "Inactive"},
    "Inactive": set(),
}


@pytest.fixture(scope="module")
def desk() -> Any:
    venue = Rig(PracticeSettings(rate=0.01, colleagues=False))
    venue.http("POST", "/practice/faults", body={"old_first": 0.5})
    trader = Trader(venue)
    return trader, trader.market()


@given(steps=st.lists(st.one_of(CREATE, CREATE, MODIFY, REDUCE, CHANGE, OTHERS, OTHERS), min_size=4, max_size=14))
@settings(max_examples=80, deadline=None)
def test_quantity_is_conserved_and_states_are_legal(desk: Any, steps: list[Any]) -> None:
    trader, listing = desk
    mine: list[str] = []
    reports: list[Any] = []
    trader.trades.clear()
    for kind, fields in steps:
        given_fields = dict(fields)
        if kind == "Creation":
            order = trader.wish(listing, **given_fields)
            mine.append(order["clientIdentifier"])
            reports += trader.request(kind, order)
        elif kind in ("trade", "rest"):
            trader.others(listing, fields["side"], fields["price"], fields["quantity"], rest=kind == "rest")
            reports += trader.reports()
        elif mine:
            client_id = mine[given_fields.pop("order") % len(mine)]
            reports += trader.request(kind, trader.on(client_id, **given_fields))
        _check_the_book(trader, listing, mine)
    _check_the_reports(trader, reports)
    for client_id in mine:
        trader.request("Cancellation", trader.on(client_id))
    trader.others(listing, "Buy", 9999, 999)
    trader.others(listing, "Sell", -9999, 999)
    assert trader.shown(listing) == []
    trader.take()


def _check_the_book(trader: Any, listing: Any, mine: list[str]) -> None:
    """Active orders rest in the book, all others don't."""
    for client_id in mine:
        order = trader.rig.venue.office.order(client_id)
        if order is None:
            continue
        resting = listing.book.order(order.identifier)
        assert (resting is not None) == (order.state == "Active")
        if resting is not None:
            assert (resting.price, resting.quantity) == (order.price, order.shown)
            assert order.shown + listing.book.hidden(order.identifier) == order.remaining


def _check_the_reports(trader: Any, reports: list[Any]) -> None:
    states: dict[str, str] = {}
    revisions: dict[str, int] = defaultdict(int)
    left: dict[str, tuple[Decimal, Decimal]] = {}
    for row in reports:
        if row["state"] in ("Pending", "Rejected"):
            continue
        identifier = row["identifier"]
        assert row["state"] in LEGAL[states.get(identifier)]
        states[identifier] = row["state"]
        # A replaced order's end may be told with the next revision, and nothing is told twice or left out.
        revisions[identifier] += 1
        assert int(row["revisionNumber"]) == revisions[identifier]
        left[identifier] = (Decimal(row["initialQuantity"]), Decimal(row["quantity"]))
        assert Decimal(0) <= left[identifier][1] <= left[identifier][0]
        assert (row["action"] == "FullyExecuted") == (left[identifier][1] == 0)
    traded: dict[str, Decimal] = defaultdict(Decimal)
    for trade in trader.trades:
        for side in ("buySide", "sellSide"):
            if side in trade:
                traded[trade[side]["orderIdentifier"]] += Decimal(trade["quantity"])
    for identifier, (initial, remaining) in left.items():
        assert initial - remaining == traded[identifier]
    truth = {row["venue_id"]: row for row in trader.rig.truth(urn("private_orders"))["orders"]}
    for identifier, state in states.items():
        assert truth[identifier]["state"] == state
