"""Book levels and trades on the rows of an axis."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.market.book import Level
from protocols.market.values import Price, Quantity, Side
from tests.widgets.desk import price, quantity
from widgets.ladder.axis import Axis, BucketAxis, LevelAxis
from widgets.ladder.depth import fold_side, fold_traded

TICK = price("0.01")
TICKS = st.integers(-3000, 3000)
LEVELS = st.dictionaries(TICKS, st.integers(1, 10**12), max_size=40)
SLOTS = st.integers(1, 30)
SIDES = st.sampled_from(Side)
AXES = st.one_of(
    st.builds(BucketAxis, st.sampled_from([TICK, 2 * TICK, 50 * TICK]), st.integers(-60, 60)),
    st.builds(
        lambda ticks, first: LevelAxis(tuple(Price(tick * TICK) for tick in sorted(ticks, reverse=True)), first),
        st.sets(TICKS, max_size=30),
        st.integers(-20, 20),
    ),
)


def level(at: str, amount: str, orders: int = 1) -> Level:
    return Level(price(at), quantity(amount), orders)


@given(AXES, SIDES, LEVELS, SLOTS)
def test_every_quantity_is_counted_once(axis: Axis, side: Side, book: dict[int, int], slots: int) -> None:
    ticks = sorted(book, reverse=side is Side.BUY)
    levels = [Level(Price(tick * TICK), Quantity(book[tick]), 1) for tick in ticks]
    depth = fold_side(axis, side, levels, slots)
    shown = sum(row.quantity for row in depth.rows)
    assert shown + depth.above + depth.below + depth.in_gaps == depth.total == sum(book.values())
    assert depth.orders == len(book)


@given(AXES, SIDES, LEVELS, SLOTS)
def test_cumulative_is_everything_at_the_row_or_better(
    axis: Axis, side: Side, book: dict[int, int], slots: int
) -> None:
    ticks = sorted(book, reverse=side is Side.BUY)
    levels = [Level(Price(tick * TICK), Quantity(book[tick]), 1) for tick in ticks]
    rows = fold_side(axis, side, levels, slots).rows
    for slot, row in enumerate(rows):
        at = axis.price(slot)
        if at is not None:
            # A row of a bid bucket reaches up to the next row, one of an ask bucket down to it: both at the price.
            better = [tick for tick in ticks if (tick * TICK >= at if side is Side.BUY else tick * TICK <= at)]
            assert row.cumulative == sum(book[tick] for tick in better)


def test_levels_of_a_bucket_are_added_up() -> None:
    levels = [level("72.14", "1", 2), level("72.11", "2.5"), level("72.09", "4")]
    depth = fold_side(BucketAxis(price("0.05"), 1443), Side.BUY, levels, 4)
    assert [(row.quantity, row.levels, row.orders) for row in depth.rows] == [
        (0, 0, 0),
        (quantity("3.5"), 2, 3),
        (quantity("4"), 1, 1),
        (0, 0, 0),
    ]
    assert depth.best == price("72.14")
    assert depth.best_slot == 1


def test_new_levels_wait_between_the_rows() -> None:
    axis = LevelAxis((price("3"), price("2"), price("1")), 0)
    bids = [level("2.5", "5"), level("2", "1"), level("1.7", "1"), level("1.6", "1"), level("0.5", "9")]
    depth = fold_side(axis, Side.BUY, bids, 3)
    assert depth.gaps == {1: 1, 2: 2, 3: 1}
    assert depth.best_slot is None  # the best bid has no row: no row may pass for it


def test_an_empty_side_has_no_best() -> None:
    depth = fold_side(BucketAxis(TICK, 5), Side.SELL, [], 3)
    assert (depth.best, depth.best_slot, depth.total) == (None, None, 0)


def test_trades_count_in_the_nearest_row_and_only_in_exact_single_levels() -> None:
    traded = {price("0.04"): quantity("1"), price("-0.03"): quantity("2"), price("9"): quantity("4")}
    assert fold_traded(BucketAxis(price("0.05"), 1), traded, 3) == [quantity("1"), 0, quantity("2")]
    assert fold_traded(LevelAxis((price("0.04"), price("0.01")), 0), traded, 2) == [quantity("1"), 0]
