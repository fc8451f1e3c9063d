"""What the orders that are shown come to: counted, and added up unit by unit. Exact. No Qt."""

from typing import NamedTuple

import numpy as np

from protocols.market.orders import OrderStatus
from widgets.figures import amount_text, grouped
from widgets.orders.facts import ALIVE, DOUBTED, OURS, OVER, WAITING, Fact, OrderFacts
from widgets.orders.vocabulary import Integers
from widgets.orders.words import RANK

_NEVER_THERE = [RANK[status] for status in (OrderStatus.DENIED, OrderStatus.NOT_SENT, OrderStatus.REJECTED)]
_LIMB = 30
"""Sums of the halves of 64 bits fit into 64 bits, for as many orders as there may ever be."""


class UnitSum(NamedTuple):
    """Of the own orders in one unit, in 1e-9 of it. An instrument that isn't listed has the unit ``."""

    unit: str
    decimals: int
    quantity: int
    filled: int


class Totals(NamedTuple):
    """`working`, `hibernated`, `waiting` and `doubted` are own ones; a hibernated one is not working. `sums` are of
    those that were in the market, or may be: what was denied, rejected or not sent never was. Of a pair one leg cancels
    the other, so its quantity counts once."""

    orders: int
    working: int
    hibernated: int
    waiting: int
    doubted: int
    sums: tuple[UnitSum, ...]


def totals(facts: OrderFacts, numbers: Integers) -> Totals:
    """A colleague's orders are counted among all, and nowhere else."""
    marks = facts.column(Fact.MARKS, numbers)
    status = facts.column(Fact.STATUS, numbers)
    mine = (marks & OURS) != 0
    living = mine & ((marks & OVER) == 0)
    asleep = status == RANK[OrderStatus.HIBERNATED]
    return Totals(
        len(numbers),
        int(np.count_nonzero(living & ((marks & ALIVE) != 0) & ~asleep)),
        int(np.count_nonzero(living & asleep)),
        int(np.count_nonzero(living & ((marks & WAITING) != 0))),
        int(np.count_nonzero(living & ((marks & DOUBTED) != 0))),
        _sums(facts, numbers[mine & ~np.isin(status, _NEVER_THERE)]),
    )


def _sums(facts: OrderFacts, numbers: Integers) -> tuple[UnitSum, ...]:
    """No unit is ever added to another."""
    words = facts.instruments.words
    names = sorted({each.unit for each in words})
    unit_of = np.array([names.index(each.unit) for each in words], np.int64)
    units = unit_of[facts.column(Fact.INSTRUMENT, numbers)] if len(numbers) else numbers
    found = []
    for code in range(len(names)):
        own = numbers[units == code]
        if not len(own):
            continue
        decimals = max(each.decimals[1] for each in words if each.unit == names[code])
        quantity, filled = (exact_sum(values) for values in _pairs_once(facts, own))
        found.append(UnitSum(names[code], decimals, quantity, filled))
    return tuple(found)


def _pairs_once(facts: OrderFacts, own: Integers) -> tuple[Integers, Integers]:
    """Quantities and what is filled of them, a pair as one order: of the larger leg, or of all that both legs executed
    where that is more than was meant."""
    quantity, filled, pair = (facts.column(fact, own) for fact in (Fact.QUANTITY, Fact.FILLED, Fact.PAIR))
    single = pair < 0
    if single.all():
        return quantity, filled
    whole, done = (np.zeros(len(facts.pairs), np.int64) for _ in range(2))
    np.maximum.at(whole, pair[~single], quantity[~single])
    np.add.at(done, pair[~single], filled[~single])
    return np.concatenate((quantity[single], np.maximum(whole, done))), np.concatenate((filled[single], done))


def exact_sum(values: Integers) -> int:
    """However large they are: one value may need 60 bits, and so a sum more than 64."""
    low = int((values & ((1 << _LIMB) - 1)).sum())
    return (int((values >> _LIMB).sum()) << _LIMB) + low


def sum_text(one: UnitSum) -> str:
    """`8.0 of 25.0 MW filled`."""
    filled, quantity = (amount_text(value, one.decimals) for value in (one.filled, one.quantity))
    return f"{filled} of {quantity}{f' {one.unit}' if one.unit else ''} filled"


def totals_text(found: Totals, total: int) -> str:
    """`3 of 12 orders · 2 own working · 1 hibernated · 8.0 of 25.0 MW filled`."""
    count = found.orders
    orders = f"order{'' if total == 1 else 's'}"
    parts = [f"{grouped(total)} {orders}" if count == total else f"{grouped(count)} of {grouped(total)} orders"]
    parts.append(f"{grouped(found.working)} own working")
    if found.hibernated:
        parts.append(f"{grouped(found.hibernated)} hibernated")
    if found.waiting:
        parts.append(f"{grouped(found.waiting)} waiting for the venue")
    if found.doubted:
        parts.append(f"? {grouped(found.doubted)} in doubt")
    return " · ".join([*parts, *map(sum_text, found.sums)])
