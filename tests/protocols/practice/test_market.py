"""The market over time: deterministic, believable, and right by its calendar."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs, utc_from_text
from protocols.market.values import SCALE, Side
from protocols.practice.contracts import AHEAD
from protocols.practice.flow import Flow
from protocols.practice.m7.calendar import QUARTERS
from protocols.practice.m7.rulebook import M7
from protocols.practice.market import Market
from protocols.practice.market_events import MarketEvent
from protocols.practice.openings import STEP, TICK

START = utc_from_text("2026-11-21T11:30:00Z")


def market(seed: int = 1, start: UtcNs = START, rate: float = 150.0) -> Market:
    return Market(M7, start, Flow(M7, seed, rate))


def after(start: str, minutes: float, rate: float = 5.0) -> tuple[Market, list[MarketEvent]]:
    made = market(start=utc_from_text(start), rate=rate)
    return made, made.advance(UtcNs(made.start + int(minutes * MINUTE)))


@pytest.fixture(scope="module")
def one_minute() -> tuple[Market, list[MarketEvent]]:
    made = market()
    return made, made.advance(UtcNs(START + MINUTE))


@given(st.lists(st.integers(1, 2 * SECOND), min_size=1, max_size=12))
@settings(max_examples=4)
def test_the_size_of_the_steps_changes_nothing(steps: list[int]) -> None:
    whole, stepped = market(seed=7), market(seed=7)
    events: list[MarketEvent] = []
    now = START
    for step in steps:
        now = UtcNs(now + step)
        events += stepped.advance(now)
    assert events == whole.advance(now)
    assert {key: listing.book.state() for key, listing in stepped.listings.items()} == {
        key: listing.book.state() for key, listing in whole.listings.items()
    }


def test_another_seed_is_another_market() -> None:
    assert market(seed=1).advance(UtcNs(START + SECOND)) != market(seed=2).advance(UtcNs(START + SECOND))


def test_it_starts_in_well_under_a_second_of_processor_time() -> None:
    began = time.process_time()
    made = market()
    assert time.process_time() - began < 1.0
    assert len(made.listings) == 3 * (24 + 96)


def test_books_have_depth_and_are_never_crossed(one_minute: tuple[Market, list[MarketEvent]]) -> None:
    for listing in one_minute[0].listings.values():
        bids, asks = listing.book.levels(Side.BUY), listing.book.levels(Side.SELL)
        if not listing.trading:
            assert not bids
            assert not asks
            continue
        assert 8 <= len(bids) <= 41
        assert 8 <= len(asks) <= 41
        assert bids[0][0] < asks[0][0]


def test_prices_are_on_the_tick_and_quantities_on_the_step(one_minute: tuple[Market, list[MarketEvent]]) -> None:
    for event in one_minute[1]:
        for fact in event.books:
            for order in fact.bids + fact.asks:
                assert order.price % TICK == 0
                assert order.quantity % STEP == 0
                assert 0 <= order.quantity <= 50 * SCALE


def test_events_are_numbered_and_in_order_of_time(one_minute: tuple[Market, list[MarketEvent]]) -> None:
    events = one_minute[1]
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert all(a.at <= b.at for a, b in pairwise(events))


def test_the_rate_is_roughly_what_was_asked_for() -> None:
    made = market(rate=60.0)
    events = made.advance(UtcNs(START + 300 * SECOND))
    changes = sum(len(fact.contract.zone.areas) for event in events for fact in event.books)
    assert 45 <= changes / 300 <= 75


def test_trading_thickens_and_spreads_narrow_towards_gate_closure(
    one_minute: tuple[Market, list[MarketEvent]],
) -> None:
    made, events = one_minute
    near = UtcNs(START + 4 * HOUR)
    counts = [0, 0]
    for event in events:
        for fact in event.books:
            counts[fact.contract.delivery_start > near] += 1
    # 4 of the 24 hours get more of the flow than all others.
    assert counts[0] > counts[1]
    spreads: tuple[list[int], list[int]] = ([], [])
    for listing in made.listings.values():
        bid, ask = listing.book.best(Side.BUY), listing.book.best(Side.SELL)
        if bid is not None and ask is not None:
            spreads[listing.contract.delivery_start > near].append(ask - bid)
    assert sum(spreads[0]) / len(spreads[0]) < sum(spreads[1]) / len(spreads[1])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_windy_stretch_has_negative_prices(seed: int) -> None:
    made = market(seed)
    hours = {
        listing.contract.name
        for listing in made.listings.values()
        if listing.contract.zone.name == "DE" and (listing.book.best(Side.BUY) or 0) < 0
    }
    assert 1 <= len(hours) <= 6 * 5


def test_the_evening_is_dearer_than_the_night() -> None:
    made = market()
    best = {
        (listing.contract.zone.name, listing.contract.name): listing.book.best(Side.BUY) or 0
        for listing in made.listings.values()
    }
    assert best["DE", "19-20_XB"] > best["DE", "03-04_XB"]


def test_trades_cross_areas_of_one_zone_only(one_minute: tuple[Market, list[MarketEvent]]) -> None:
    trades = [trade for event in one_minute[1] for trade in event.trades]
    crossing = [trade for trade in trades if trade.buy_area != trade.sell_area]
    assert crossing
    assert {frozenset(trade.areas) for trade in crossing} == {frozenset({"DE-AMPRION", "DE-TENNET"})}
    assert all({trade.buy_area, trade.sell_area} <= set(trade.contract.zone.areas) for trade in trades)


def test_the_list_always_reaches_24_hours_ahead() -> None:
    made, _ = after("2026-11-21T11:37:00Z", 24, rate=1.0)
    starts = {
        listing.contract.delivery_start for listing in made.listings.values() if listing.contract.product is QUARTERS
    }
    first = (made.now // (15 * MINUTE) + 1) * 15 * MINUTE
    assert set(range(first, made.now + AHEAD + 1, 15 * MINUTE)) <= starts


def test_a_new_contract_is_listed_empty_and_opens_with_a_whole_book() -> None:
    made, events = after("2026-11-21T11:58:00Z", 7)
    start = utc_from_text("2026-11-22T12:00:00Z")
    books = [f for e in events for f in e.books if f.contract.delivery_start == start and f.contract.zone.name == "DE"]
    hour = [fact for fact in books if fact.contract.product is not QUARTERS]
    assert hour[0].whole
    assert hour[0].bids == hour[0].asks == ()
    assert hour[1].whole
    assert len(hour[1].bids) > 10
    states = [s for e in events for s in e.states if s.contract == hour[0].contract]
    assert [(s.state, s.phase) for s in states] == [("Standby", "Closed"), ("Active", "Continuous")]
    assert states[0].phase_end == states[1].phase_start == hour[0].contract.opens_at
    assert made.listings[hour[0].contract.key].trading


def test_at_gate_closure_orders_leave_and_the_state_says_so() -> None:
    made, events = after("2026-11-21T11:54:30Z", 1)
    closing = [e for e in events if any(s.phase == "Closed" and s.state == "Inactive" for s in e.states)]
    names = {(s.contract.zone.name, s.contract.name) for e in closing for s in e.states}
    assert names == {("DE", "13-14_XB"), ("DE", "13Q1")}
    for event in closing:
        (fact,) = event.books
        assert fact.bids
        assert all(order.quantity == 0 for order in fact.bids + fact.asks)
        assert not len(made.listings[fact.contract.key].book)
    later = [f for e in events if e.number > closing[-1].number for f in e.books]
    assert not {f.contract for f in later} & {e.states[0].contract for e in closing}


def test_a_market_may_start_when_gates_are_closed_or_not_yet_open() -> None:
    made = market(start=utc_from_text("2026-11-21T11:46:30Z"))
    state = {
        (
            listing.contract.zone.name,
            listing.contract.name,
            listing.contract.delivery_start > made.start + 12 * HOUR,
        ): listing.state.state
        for listing in made.listings.values()
    }
    assert state["FR", "13-14_XB", False] == "Inactive"
    assert state["DE", "13-14_XB", False] == "Active"
    assert state["DE", "12Q4", True] == "Hibernated"


def test_contracts_are_forgotten_two_hours_after_delivery_began() -> None:
    made, _ = after("2026-11-21T11:58:00Z", 150, rate=1.0)
    oldest = min(listing.contract.delivery_start for listing in made.listings.values())
    assert made.now - 2 * HOUR <= oldest <= made.now - HOUR
    assert all(trade.contract.key in made.listings for trade in made.tape.as_of("FR-RTE", made.number))


def test_some_trades_are_recalled() -> None:
    made = market(rate=300.0)
    events = made.advance(UtcNs(START + 160 * SECOND))
    revisions = [trade for event in events for trade in event.trades if trade.revision > 1]
    assert {trade.revision: trade.state for trade in revisions if trade.revision == 2} == {2: "RecallRequested"}
    assert {trade.state for trade in revisions if trade.revision == 3} <= {"RecallGranted", "RecallRejected"}
    assert any(trade.revision == 3 for trade in revisions)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        Flow(M7, 1, 0.0)
