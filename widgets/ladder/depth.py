"""Book levels and trades folded onto the rows of an axis. Plain integers, no Qt."""

import dataclasses
from collections.abc import Mapping, Sequence

from protocols.market.book import Level
from protocols.market.values import Price, Quantity, Side
from widgets.ladder.axis import Axis


@dataclasses.dataclass(slots=True)
class RowSide:
    """One side of one row: what rests there, and what rests there or better."""

    quantity: int = 0
    levels: int = 0
    orders: int = 0
    cumulative: int = 0
    """Everything of the side from its best price up to this row, what lies out of view included."""


@dataclasses.dataclass(slots=True)
class SideDepth:
    """One side of the book on an axis of `len(rows)` slots."""

    side: Side
    rows: list[RowSide]
    gaps: dict[int, int] = dataclasses.field(default_factory=dict)
    """Slot -> number of levels that have no row and lie just above that slot (`len(rows)`: below the last)."""
    total: int = 0
    orders: int = 0
    best: Price | None = None
    best_slot: int | None = None
    """The best price's row, in view or not; None when the side is empty or its best price has no row."""
    above: int = 0
    """Quantity in rows above the view."""
    below: int = 0
    in_gaps: int = 0


def fold_side(axis: Axis, side: Side, levels: Sequence[Level], slots: int) -> SideDepth:
    """Counts each level, best first, in its row, above or below the view, or between rows: none is lost or doubled."""
    depth = SideDepth(side, [RowSide() for _ in range(slots)])
    steps = [0] * (slots + 1)
    before = 0
    rows = depth.rows
    for level in levels:
        place = axis.place(side, level.price)
        slot = place.slot
        depth.total += level.quantity
        depth.orders += level.orders
        if not place.exact:
            # A gap above slot n is met by bids when they reach row n, by asks when they reach row n - 1.
            depth.gaps[slot] = depth.gaps.get(slot, 0) + 1
            depth.in_gaps += level.quantity
            slot = slot if side is Side.BUY else slot - 1
        elif slot < 0:
            depth.above += level.quantity
        elif slot >= slots:
            depth.below += level.quantity
        else:
            row = rows[slot]
            row.quantity += level.quantity
            row.levels += 1
            row.orders += level.orders
        if 0 <= slot < slots:
            steps[slot] += level.quantity
        elif (slot < 0) is (side is Side.BUY):
            before += level.quantity
    if levels:
        depth.best = levels[0].price
        place = axis.place(side, depth.best)
        depth.best_slot = place.slot if place.exact else None
        _accumulate(depth, steps, before)
    return depth


def _accumulate(depth: SideDepth, steps: list[int], before: int) -> None:
    running = before
    slots = range(len(depth.rows))
    for slot in slots if depth.side is Side.BUY else reversed(slots):
        running += steps[slot]
        depth.rows[slot].cumulative = running


def fold_traded(axis: Axis, traded: Mapping[Price, Quantity], slots: int) -> list[int]:
    """Traded quantity per row; what was traded out of view, or at a price without a row, is in none."""
    rows = [0] * slots
    for price, quantity in traded.items():
        slot = axis.traded_slot(price)
        if slot is not None and 0 <= slot < slots:
            rows[slot] += quantity
    return rows
