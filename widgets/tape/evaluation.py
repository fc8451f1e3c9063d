"""The tape's columns all at once: what passes a filter, and what that adds up to. Exact; imports numpy."""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from widgets.tape.columns import JOINED, STANDS, TapeColumns
from widgets.tape.filter import TapeFilter
from widgets.tape.totals import Sum

Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]

_LIMB = 20
_LOW = (1 << _LIMB) - 1
_SLICE = 1 << 16
"""Rows added up in 64 bits: limbs have at most 23 bits and a sign, so that products of two, and this many, fit."""


def passing(columns: TapeColumns, chosen: TapeFilter, places: bytes, merged: bool) -> Mask:
    """For each entry whether it passes: `places` says so for each place, `chosen` for the rest."""
    marks = _view(columns.marks, np.uint8)
    mask = np.frombuffer(places, np.bool_)[_view(columns.places, np.int32)] if places else np.zeros(len(marks), bool)
    if chosen.marks:
        mask &= (marks & chosen.marks) == chosen.marks
    sizes = _view(columns.sizes if merged else columns.quantities, np.int64)
    if chosen.least is not None:
        mask &= sizes >= chosen.least
    if chosen.most is not None:
        mask &= sizes <= chosen.most
    mask[: columns.start] = False
    return mask


def row_numbers(columns: TapeColumns, mask: Mask, merged: bool) -> "array[int]":
    """The tape's numbers of the rows that are shown, oldest first."""
    if merged:
        mask = mask & ((_view(columns.marks, np.uint8) & JOINED) == 0)
    numbers = array("q")
    numbers.frombytes((np.flatnonzero(mask).astype(np.int64) + columns.base).tobytes())
    return numbers


def totals(columns: TapeColumns, mask: Mask, group_of: Sequence[int]) -> dict[int, Sum]:
    """The sums of what passes and stands, by group of place."""
    counted = mask & ((_view(columns.marks, np.uint8) & STANDS) != 0)
    if not group_of:
        return {}
    groups = np.array(group_of, np.int16)[_view(columns.places, np.int32)]
    prices, quantities = _view(columns.prices, np.int64), _view(columns.quantities, np.int64)
    sums = {}
    for group in sorted(set(group_of)):
        mine = np.flatnonzero(counted & (groups == group))
        if len(mine):
            sums[group] = Sum(len(mine), *exact_sums(prices[mine], quantities[mine]))
    return sums


def exact_sums(prices: Integers, quantities: Integers) -> tuple[int, int]:
    """The sum of the quantities, and of price times quantity, whatever their size. One such product alone needs more
    than 64 bits: they are multiplied in limbs."""
    quantity = value = 0
    for start in range(0, len(prices), _SLICE):
        left, right = _limbs(prices[start : start + _SLICE]), _limbs(quantities[start : start + _SLICE])
        for place, limb in right:
            quantity += int(limb.sum()) << place
            for other_place, other in left:
                value += int(limb @ other) << (place + other_place)
    return quantity, value


def _limbs(values: Integers) -> list[tuple[int, Integers]]:
    """What adds up to the values when each is shifted by its place; limbs that are all zero are left out. Only the
    highest has a sign."""
    limbs = [(0, values & _LOW), (_LIMB, values >> _LIMB & _LOW), (2 * _LIMB, values >> 2 * _LIMB)]
    return [(place, limb) for place, limb in limbs if limb.any()]


def _view(column: "array[int]", kind: type[Any]) -> NDArray[Any]:
    """The column without copying. It can't grow while the view lives: no view leaves this module."""
    return np.frombuffer(column, kind)
