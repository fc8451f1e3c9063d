"""Scopes `npid` and `test` against the practice venue, on virtual time, with every trap of the protocol page."""

from typing import Any

import pytest

from protocols.market.events import Freshness
from protocols.market.times import HOUR
from tests.faults.test_campaign import check
from tests.support.paired import START, Paired
from tests.support.truth import crossed_and_live, live_channels, live_without_channel

TRAPS: dict[str, dict[str, Any]] = {
    "a contract freezes": {"freeze_every": 5},
    "inline payloads, names with spaces": {"inline_data": 0.5, "pad_names": 0.5},
    "dates without seconds, long fractions": {"short_dates": 0.5, "long_fractions": 0.5},
    "numbers beyond 2^53": {"big_numbers": True},
    "stragglers before": {"stragglers": 8, "unsubscribe_every": 3},
    "stragglers after": {"stragglers": 8, "stragglers_late": True, "unsubscribe_every": 3},
    "heartbeats leave one out": {"heartbeat_omits_one": True},
    "new tokens all the time": {"refresh_tokens_every": 1},
}


@pytest.mark.parametrize("scope", ["m7", "npid"])
@pytest.mark.parametrize("name", TRAPS)
def test_what_is_live_is_true(scope: str, name: str) -> None:
    faults = TRAPS[name]
    pair = Paired(5, areas=("DE-AMPRION",), rate=30.0, scope=scope)
    pair.faults(**faults)
    live = 0
    for _ in range(5):
        pair.run(2.5)
        live += check(pair)
    assert live
    report = pair.session.report()
    if "refresh_tokens_every" in faults:
        assert report.token_refreshes > 5 and report.reconnects == 0
    if "unsubscribe_every" in faults:
        assert pair.counters("unsubscribed") > 2
    if "stragglers" in faults:
        assert pair.counters("stragglers") > 0
    if "heartbeat_omits_one" in faults:
        assert pair.counters("missing") > 0
    pair.faults(**{name: type(value)() for name, value in faults.items()})
    pair.run(20)
    assert check(pair) == len(pair.session.report().channels), "all are live again within 20 s"


@pytest.mark.parametrize("scope", ["m7", "npid"])
@pytest.mark.parametrize("trap", ["omit_identifiers", "odd_dates", "market_type"])
def test_what_can_not_be_held_against_the_truth_is_at_least_no_lie(trap: str, scope: str) -> None:
    """Without identifiers contracts have names of our own; times that are not sure are left out."""
    pair = Paired(6, areas=("DE-AMPRION",), rate=30.0, scope=scope)
    pair.faults(**{trap: 0.2})
    for _ in range(5):
        pair.run(2.5)
        state = pair.state()
        assert crossed_and_live(state) == []
        assert live_without_channel(state) == []
        named = [(row["area"], row["delivery_start"], row["delivery_end"], row["contract"]) for row in state["books"]]
        assert len(named) == len(set(named)), "one contract is one book, named or not"
    if trap == "odd_dates":
        assert pair.session.report().anomalies
    pair.faults(**{trap: 0.0})
    pair.run(20)
    assert len(live_channels(pair.state())) == len(pair.session.report().channels)


def test_contracts_that_turn_local_an_hour_before_delivery_keep_their_row_and_book() -> None:
    pair = Paired(7, areas=("DE-AMPRION",), rate=3.0, scope="npid")
    market = pair.desk.market
    pair.run(5)
    soon = [
        key
        for key, contract in market.contracts.items()
        if START + HOUR < contract.delivery_start <= START + 2 * HOUR and contract.market_type == "Xbid"
    ]
    books = {key: market.books[key] for key in soon if key in market.books}
    assert books
    pair.run(35 * 60, step=1.0)
    switched = [key for key in soon if market.contracts[key].market_type == "Local"]
    assert switched
    assert all(market.books[key] is books[key] for key in switched if key in books)
    assert check(pair) == len(pair.session.report().channels)
    assert pair.counters("resubscribes") == 0
    named = [(c.area, c.delivery_start, c.delivery_end, c.name, c.product) for c in market.contracts.values()]
    assert len(named) == len(set(named)), "one contract is one row, before and after"


# Scope test


def test_the_four_channels_do_as_the_vendor_describes_them() -> None:
    pair = Paired(8, scope="test")
    pair.run(60, step=0.025)
    reports = {report.product: report for report in pair.session.report().channels}
    assert {report.status for report in reports.values()} <= {Freshness.LIVE, Freshness.RESYNCHRONISING}
    normal, fast, disorder, holes = (reports[name] for name in ("normal", "fast_events", "disorder", "with_holes"))
    assert normal.applied >= 295 and (normal.gaps, normal.reordered, normal.resubscribes) == (0, 0, 0)
    assert fast.applied >= 3_000 * 59 and (fast.gaps, fast.dropped, fast.resubscribes) == (0, 0, 0)
    assert disorder.reordered > 20 and (disorder.gaps, disorder.resubscribes) == (0, 0)
    assert holes.gaps == holes.resubscribes > 0
    assert not pair.desk.market.anomalies


def test_every_hole_costs_exactly_one_new_subscription() -> None:
    pair = Paired(9, scope="test", fast_events=2_000)
    for _ in range(60):
        pair.run(2, step=0.1)
        report = next(report for report in pair.session.report().channels if report.product == "with_holes")
        assert report.gaps == report.resubscribes
    assert report.resubscribes >= 3
