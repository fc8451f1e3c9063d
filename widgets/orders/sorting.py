"""In which order rows stand: several columns, each up or down; the last heard of first among equals. No Qt."""

from collections.abc import Sequence
from functools import cmp_to_key
from typing import NamedTuple

import numpy as np

from widgets.orders.catalogue import Col, GroupBy
from widgets.orders.conditions import STATUSES
from widgets.orders.facts import NUMBER_OF, OURS, TEXT_OF, Fact, OrderFacts
from widgets.orders.vocabulary import NONE, Index, Integers, text_place

Place = int | tuple[str, str] | tuple[int, str, str, str, str] | None


class Level(NamedTuple):
    """One column of those that are sorted by."""

    column: Col
    descending: bool = False


NEWEST_FIRST = (Level(Col.TIME, True),)
"""Where nobody sorts: by the time that is shown. Orders are heard of in other turns, as after a reconnect."""

GROUP_COLUMN = {
    GroupBy.VENUE: Col.VENUE,
    GroupBy.CONTRACT: Col.CONTRACT,
    GroupBy.SIDE: Col.SIDE,
    GroupBy.STATUS: Col.STATUS,
}
_CODES = {
    GroupBy.VENUE: Fact.VENUE,
    GroupBy.CONTRACT: Fact.INSTRUMENT,
    GroupBy.SIDE: Fact.SIDE,
    GroupBy.STATUS: Fact.STATUS,
}
PAIRS, SINGLES = 0, 1
"""The two groups of `GroupBy.PAIR`."""


def group_codes(facts: OrderFacts, group: GroupBy, index: Index) -> Integers:
    """What tells one group from another."""
    if group is GroupBy.PAIR:
        return np.where(facts.column(Fact.PAIR, index) >= 0, PAIRS, SINGLES)
    return facts.column(_CODES[group], index)


def group_name(facts: OrderFacts, group: GroupBy, code: int) -> tuple[str, ...]:
    """What a group is known by from one day to the next."""
    match group:
        case GroupBy.CONTRACT:
            key = facts.instruments.keys[code]
            return (key.connection, key.area, key.contract_id)
        case GroupBy.STATUS:
            return (STATUSES[code],)
        case GroupBy.PAIR:
            return ("pairs" if code == PAIRS else "singles",)
    return (facts.vocabularies[_CODES[group]].texts[code],)


def sorted_rows(facts: OrderFacts, levels: Sequence[Level], group: GroupBy, numbers: Integers) -> Integers:
    """The numbers, which go up, in the order in which they stand: group by group, level by level; among equals the last
    heard of first."""
    keys = [-numbers, *(_keys(facts, level, numbers) for level in reversed(levels))]
    if group is not GroupBy.NONE:
        keys.append(_group_keys(facts, group, numbers))
    return numbers[np.lexsort(keys)]


def insert(facts: OrderFacts, levels: Sequence[Level], group: GroupBy, rows: Integers, numbers: Integers) -> Integers:
    """Puts a few more rows into those that are sorted already, where `sorted_rows` would have them."""

    def compare(one: int, other: int) -> int:
        return -1 if _before(facts, levels, group, one, other) else 1

    # Compared one by one: their texts may be new, and then all would have to be ranked anew.
    fresh = sorted(numbers.tolist(), key=cmp_to_key(compare))
    places = []
    low = 0
    for number in fresh:
        low = _place(facts, levels, group, rows, number, low)
        places.append(low)
    return np.insert(rows, places, fresh)


def _place(facts: OrderFacts, levels: Sequence[Level], group: GroupBy, rows: Integers, number: int, low: int) -> int:
    """By bisection: a few orders are compared, never all."""
    high = len(rows)
    while low < high:
        middle = (low + high) // 2
        if _before(facts, levels, group, int(rows[middle]), number):
            low = middle + 1
        else:
            high = middle
    return low


def _before(facts: OrderFacts, levels: Sequence[Level], group: GroupBy, one: int, other: int) -> bool:
    if group is not GroupBy.NONE:
        left, right = _group_place(facts, group, one), _group_place(facts, group, other)
        if left != right:
            return _less(left, right)
    for column, descending in levels:
        left, right = place_of(facts, column, one), place_of(facts, column, other)
        if left != right:
            if left is None or right is None:
                return right is None
            return _less(right, left) if descending else _less(left, right)
    return one > other


def _less(one: Place, other: Place) -> bool:
    """Both are of one column, and hence of one kind."""
    if one is None or other is None:
        return other is None and one is not None
    return one < other  # type: ignore[operator]  # one kind, as said


def place_of(facts: OrderFacts, column: Col, number: int) -> Place:
    """What a row is compared by; None where it has nothing there."""
    match column:
        case Col.STATUS:
            return facts.at(Fact.STATUS, number)
        case Col.WHOSE:
            return 1 - (facts.at(Fact.MARKS, number) & OURS)
        case Col.CONTRACT:
            return facts.instruments.words[facts.at(Fact.INSTRUMENT, number)].place
        case Col.DELIVERY:
            start = facts.instruments.words[facts.at(Fact.INSTRUMENT, number)].start
            return None if start == NONE else start
        case Col.AREA:
            return text_place(facts.instruments.words[facts.at(Fact.INSTRUMENT, number)].area)
    if column in NUMBER_OF:
        value = facts.at(NUMBER_OF[column], number)
        return None if value == NONE else value
    fact = TEXT_OF[column]
    return text_place(facts.vocabularies[fact].texts[facts.at(fact, number)])


def _group_place(facts: OrderFacts, group: GroupBy, number: int) -> Place:
    if group is GroupBy.PAIR:
        return PAIRS if facts.at(Fact.PAIR, number) >= 0 else SINGLES
    return place_of(facts, GROUP_COLUMN[group], number)


def _group_keys(facts: OrderFacts, group: GroupBy, numbers: Integers) -> Integers:
    if group is GroupBy.PAIR:
        return group_codes(facts, group, numbers)
    return _keys(facts, Level(GROUP_COLUMN[group]), numbers)


def _keys(facts: OrderFacts, level: Level, numbers: Integers) -> Integers:
    """Integers that are sorted as the column is."""
    keys = _ascending(facts, level.column, numbers)
    return np.where(keys == NONE, NONE, -keys) if level.descending else keys


def _ascending(facts: OrderFacts, column: Col, numbers: Integers) -> Integers:
    match column:
        case Col.STATUS:
            return facts.column(Fact.STATUS, numbers)
        case Col.WHOSE:
            return OURS - (facts.column(Fact.MARKS, numbers) & OURS)
        case Col.CONTRACT | Col.DELIVERY | Col.AREA:
            what = {Col.CONTRACT: "place", Col.DELIVERY: "start"}.get(column, "area")
            return facts.instruments.ranks(what)[facts.column(Fact.INSTRUMENT, numbers)]
    if column in NUMBER_OF:
        return facts.column(NUMBER_OF[column], numbers)
    fact = TEXT_OF[column]
    return facts.vocabularies[fact].ranks()[facts.column(fact, numbers)]
