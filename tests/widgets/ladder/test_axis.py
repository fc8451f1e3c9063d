"""Which price each row stands for."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.values import Price, Side
from tests.widgets.desk import price
from widgets.ladder.axis import (
    BucketAxis,
    LevelAxis,
    centred_buckets,
    centred_levels,
    coarser,
    finer,
    fitting_bucket,
)

TICK = price("0.01")
PRICES = st.integers(-(10**13), 10**13).map(Price)
BUCKETS = st.sampled_from([lead * 10**zeros * TICK for lead in (1, 2, 5) for zeros in range(4)])


def prices(*texts: str) -> list[Price]:
    return [price(text) for text in texts]


@pytest.mark.parametrize(
    ("side", "at", "bucket", "row"),
    [
        (Side.BUY, "72.14", "0.05", "72.10"),
        (Side.BUY, "72.10", "0.05", "72.10"),
        (Side.SELL, "72.11", "0.05", "72.15"),
        (Side.SELL, "72.15", "0.05", "72.15"),
        (Side.BUY, "-0.01", "0.05", "-0.05"),
        (Side.BUY, "-0.05", "0.05", "-0.05"),
        (Side.BUY, "-12.34", "1", "-13"),
        (Side.SELL, "-0.01", "0.05", "0"),
        (Side.SELL, "-12.34", "1", "-12"),
        (Side.BUY, "0.004", "0.01", "0"),  # off tick
        (Side.SELL, "0.004", "0.01", "0.01"),
    ],
)
def test_a_level_counts_in_the_row_of_its_least_aggressive_price(side: Side, at: str, bucket: str, row: str) -> None:
    axis = BucketAxis(price(bucket), 10_000)
    assert axis.price(axis.place(side, price(at)).slot) == price(row)


@given(PRICES, PRICES, BUCKETS)
def test_no_row_holds_a_bid_and_a_higher_ask(one: Price, other: Price, bucket: int) -> None:
    bid, ask = sorted((one, other))
    axis = BucketAxis(bucket, 0)
    if bid < ask:
        assert axis.place(Side.BUY, bid).slot > axis.place(Side.SELL, ask).slot


@given(PRICES, BUCKETS, st.integers(-(10**6), 10**6))
def test_acting_on_a_row_never_costs_more_than_what_it_holds(at: Price, bucket: int, top: int) -> None:
    axis = BucketAxis(bucket, top)
    bid_row = axis.price(axis.place(Side.BUY, at).slot)
    ask_row = axis.price(axis.place(Side.SELL, at).slot)
    assert bid_row <= at < bid_row + bucket
    assert ask_row - bucket < at <= ask_row
    assert abs(axis.price(axis.traded_slot(at)) - at) * 2 <= bucket


@given(PRICES, BUCKETS, st.integers(-1000, 1000), st.integers(1, 80))
def test_scrolling_moves_the_rows_and_keeps_their_prices(at: Price, bucket: int, rows: int, slots: int) -> None:
    axis = centred_buckets(bucket, [at], [], slots)
    moved = axis.scrolled(rows, slots)
    assert all(moved.price(slot) == axis.price(slot + rows) for slot in range(slots))
    assert moved.scrolled(-rows, slots) == axis


@given(PRICES, BUCKETS, BUCKETS, st.integers(2, 80))
def test_changing_the_bucket_keeps_the_middle(at: Price, before: int, after: int, slots: int) -> None:
    axis = centred_buckets(before, [at], [], slots)
    changed = axis.with_bucket(after, slots)
    middle = slots // 2
    assert abs(changed.price(middle) - axis.price(middle)) * 2 <= after
    assert changed.price(middle) % after == 0


@pytest.mark.parametrize(
    ("ticks", "wider", "narrower"),
    [(1, 2, 1), (2, 5, 1), (5, 10, 2), (10, 20, 5), (5_000_000, 5_000_000, 2_000_000)],
)
def test_buckets_go_in_steps_of_1_2_5(ticks: int, wider: int, narrower: int) -> None:
    assert coarser(ticks * TICK, TICK) == wider * TICK
    assert finer(ticks * TICK, TICK) == narrower * TICK


def ladder_of(best: int, step: int, count: int) -> list[Price]:
    return [Price((best + index * step) * TICK) for index in range(count)]


@pytest.mark.parametrize(
    ("bids", "asks", "slots", "bucket"),
    [
        (ladder_of(7210, -1, 10), ladder_of(7211, 1, 10), 20, "0.01"),
        (ladder_of(7210, -1, 10), ladder_of(7215, 1, 10), 20, "0.02"),
        (ladder_of(7210, -5, 30), ladder_of(7215, 5, 30), 20, "0.05"),
        (ladder_of(-200, -3, 30), ladder_of(-195, 3, 30), 40, "0.02"),
        (prices("72.10"), prices("72.15"), 20, "0.01"),
        (prices("72.10"), [], 20, "0.01"),
        (prices("-9999"), prices("9999"), 20, "2000"),
        # Orders at the ends of the price range do not squeeze the market into one row.
        (prices("-12.50", "-9999"), prices("-11.50", "9999"), 14, "0.1"),
        ([], [], 20, "0.01"),
        # A book that mixes goods crosses: both best prices are in view all the same.
        (prices("0.30", "0.29", "0.28"), prices("0.10", "0.11", "0.12"), 10, "0.05"),
    ],
)
def test_the_bucket_shows_about_ten_levels_a_side(
    bids: Sequence[Price], asks: Sequence[Price], slots: int, bucket: str
) -> None:
    assert fitting_bucket(bids, asks, TICK, slots) == price(bucket)


@given(st.lists(PRICES, min_size=1, max_size=12, unique=True), st.integers(6, 80))
def test_the_best_prices_are_in_view_after_recentring(levels: list[Price], slots: int) -> None:
    levels.sort()
    half = len(levels) // 2
    bids, asks = levels[:half][::-1], levels[half:]
    axis = centred_buckets(fitting_bucket(bids, asks, TICK, slots), bids, asks, slots)
    if bids:
        assert 0 <= axis.place(Side.BUY, bids[0]).slot < slots
    assert 0 <= axis.place(Side.SELL, asks[0]).slot < slots


def test_single_levels_have_a_row_each_with_the_spread_in_the_middle() -> None:
    axis = centred_levels(prices("-1", "-2.005", "-7"), prices("0.5", "3"), 6)
    assert [axis.price(slot) for slot in range(6)] == [None, *prices("3", "0.5", "-1", "-2.005", "-7")]


def test_a_level_without_a_row_belongs_between_two() -> None:
    axis = LevelAxis(tuple(prices("3", "0.5", "-1")), 0)
    assert (axis.place(Side.BUY, price("0.5")).slot, axis.place(Side.BUY, price("0.5")).exact) == (1, True)
    assert [axis.place(Side.BUY, at).slot for at in prices("9", "1", "0", "-9")] == [0, 1, 2, 3]
    assert not axis.place(Side.BUY, price("1")).exact
    assert axis.traded_slot(price("1")) is None
    assert axis.position(price("1.75")) == 0.5
    assert axis.position(price("9")) is None


def test_single_levels_never_scroll_out_of_view() -> None:
    axis = LevelAxis(tuple(prices("3", "2", "1")), 0)
    assert axis.scrolled(50, 10).price(0) == price("1")
    assert axis.scrolled(-50, 10).price(9) == price("3")
