"""Where everything is, and what is at a point."""

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.ladder.geometry import Column, Geometry, Metrics, minimum_height, minimum_width
from widgets.ladder.options import Options

METRICS = Metrics(digit=8, row_height=24, line_height=20, padding=8, price_decimals=2, quantity_decimals=1)
HIDDEN = st.sets(st.sampled_from([Column.OWN_BUY, Column.OWN_SELL, Column.TRADED]))


@given(st.integers(400, 2000), st.integers(400, 2000), HIDDEN)
def test_columns_lie_side_by_side_from_edge_to_edge(width: int, height: int, hidden: set[Column]) -> None:
    geometry = Geometry(max(width, minimum_width(METRICS, hidden)), height, METRICS, hidden)
    cells = [geometry.cell(0, column) for column in geometry.columns]
    assert [column for column in Column if column not in hidden] == list(geometry.columns)
    assert (cells[0].x, cells[-1].right) == (0, geometry.width)
    assert all(left.right == right.x for left, right in itertools.pairwise(cells))
    assert all(geometry.column_at(cell.x) == column for cell, column in zip(cells, geometry.columns, strict=True))


@given(st.integers(0, 2000))
def test_rows_fill_the_body_and_answer_for_their_own_pixels(height: int) -> None:
    geometry = Geometry(400, height, METRICS, Options().hidden)
    for slot in range(geometry.slots):
        row = geometry.row(slot)
        assert geometry.body.y <= row.y
        assert row.bottom <= geometry.footer.y
        assert geometry.slot_at(row.y) == geometry.slot_at(row.bottom - 1) == slot
    assert geometry.slot_at(geometry.body.y - 1) is None
    assert geometry.slot_at(geometry.row(geometry.slots).y) is None


def test_the_smallest_ladder_has_six_rows() -> None:
    geometry = Geometry(400, minimum_height(METRICS), METRICS, Options().hidden)
    assert geometry.slots == 6


def test_numbers_at_the_narrowest_width_stay_in_their_columns() -> None:
    geometry = Geometry(minimum_width(METRICS, frozenset()), 600, METRICS, frozenset())
    for column, whole, fraction in (
        (Column.PRICE, 5, 3),
        (Column.BID, 4, 2),
        (Column.ASK, 4, 2),
        (Column.TRADED, 4, 2),
    ):
        cell, point = geometry.cell(0, column), geometry.point(column)
        assert cell.x <= point - whole * METRICS.digit
        assert point + fraction * METRICS.digit <= cell.right


def test_the_price_stays_between_equally_wide_sides() -> None:
    geometry = Geometry(801, 600, METRICS, Options().hidden)
    bid, price, ask = (geometry.cell(0, column) for column in (Column.BID, Column.PRICE, Column.ASK))
    assert bid.width == ask.width
    assert bid.right == price.x


def test_buttons_and_bucket_do_not_overlap() -> None:
    geometry = Geometry(minimum_width(METRICS, Options().hidden), 600, METRICS, Options().hidden)
    rects = sorted([*geometry.buttons, geometry.bucket])
    assert all(left.right <= right.x for left, right in itertools.pairwise(rects))
    assert rects[-1].right <= geometry.width


@given(st.integers(150, 1200), st.integers(0, 300), st.integers(0, 90))
def test_presets_stand_beside_the_quantity_or_give_way_whole(width: int, amount: int, chip: int) -> None:
    metrics = dataclasses.replace(METRICS, amount=amount, chip=chip)
    geometry = Geometry(width, 600, metrics, Options().hidden)
    shown = [rect for rect in geometry.presets if rect.width]
    ends = [metrics.padding + amount, *(rect.right for rect in shown), geometry.send.x]
    starts = [*(rect.x for rect in shown), geometry.send.x]
    assert all(end < start for end, start in zip(ends[:-1], starts[:-1], strict=False))
    assert all(rect.width >= chip for rect in shown)
    assert shown == list(geometry.presets[: len(shown)]), "they go from the right"


@given(st.integers(100, 1200), st.integers(0, 300))
def test_buttons_of_the_strip_leave_room_for_the_best_prices(width: int, quote: int) -> None:
    metrics = dataclasses.replace(METRICS, quote=quote)
    geometry = Geometry(width, 600, metrics, Options().hidden)
    shown = [rect for rect in (*geometry.buttons, geometry.bucket) if rect.width]
    assert all(rect.x >= metrics.padding + quote for rect in shown)
    assert len(shown) in (0, 3, 6)
    assert len(Geometry(quote + 300, 600, metrics, Options().hidden).buttons) == 5


@pytest.mark.parametrize("column", [Column.BID, Column.PRICE, Column.ASK])
def test_a_ladder_without_its_heart_is_refused(column: Column) -> None:
    with pytest.raises(ValueError, match="can't be hidden"):
        Options(hidden=frozenset({column}))
