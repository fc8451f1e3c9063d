"""Which orders stand in which rows, with headers between them: groups that fold, and both legs of a pair together.

A line is the number of an order, or a negative number that names a header. No Qt.
"""

import itertools
from collections.abc import Sequence

import numpy as np

from widgets.orders.catalogue import GroupBy
from widgets.orders.conditions import OrderFilter, passing
from widgets.orders.facts import Fact, OrderFacts
from widgets.orders.sorting import NEWEST_FIRST, Level, group_codes, group_name, insert, sorted_rows
from widgets.orders.vocabulary import ALL, NONE, Integers, Mask

FEW = 512
"""Changed rows that are put in their places one by one; for more all are sorted anew."""

Name = tuple[str, ...]
_OCO = "oco"
_EMPTY = np.empty(0, np.int64)


_GROUPS = tuple(GroupBy)
_KINDS = 8
"""More than there are ways to group: a header's line names its way too, and means the same once another is chosen."""


def group_line(group: GroupBy, code: int) -> int:
    return int(_group_lines(group, np.array([code]))[0])


def pair_line(pair: int) -> int:
    return -2 - 2 * pair


def pair_of_line(line: int) -> int | None:
    """The pair whose header it is; None for any other line."""
    return (-2 - line) // 2 if line < 0 and line % 2 == 0 else None


def pairs_of_lines(lines: Integers) -> Integers:
    """The pairs of headers, all of which are pairs'."""
    return (-2 - lines) // 2


def group_of_line(line: int) -> tuple[GroupBy, int] | None:
    """The group whose header it is; None for any other line."""
    if line >= 0 or line % 2 == 0:
        return None
    code, kind = divmod((-1 - line) // 2, _KINDS)
    return _GROUPS[kind], code


def _group_lines(group: GroupBy, codes: Integers) -> Integers:
    return -1 - 2 * (codes * _KINDS + _GROUPS.index(group))


class Arrangement:
    """`lines` are the rows, top to bottom. Whoever changes a public field calls `renew`, or `fold` for the folds."""

    def __init__(self, facts: OrderFacts) -> None:
        self._facts = facts
        self.chosen = OrderFilter()
        self.levels: Sequence[Level] = NEWEST_FIRST
        self.group = GroupBy.NONE
        self.folded: set[Name] = set()
        self._passes: Mask = np.empty(0, np.bool_)
        self._shows: Mask = np.empty(0, np.bool_)
        self._sorted = _EMPTY
        self._times = _EMPTY
        """By order the time by which it was put in its place."""
        self.orders = _EMPTY
        """The orders that are shown, folded ones included, in the order of the rows."""
        self._slices: dict[int, slice] = {}
        self.lines = _EMPTY

    # What changes

    def renew(self) -> None:
        """All anew: the filter, the sorting or the grouping is another one."""
        facts = self._facts
        self._passes = passing(facts, self.chosen, ALL)
        self._shows = self._passes.copy()
        legs = np.flatnonzero(facts.column(Fact.BROTHER) >= 0)
        self._shows[legs] |= self._passes[facts.column(Fact.BROTHER, legs)]
        self._times = facts.column(Fact.TIME).copy()
        self._sorted = sorted_rows(facts, self.levels, self.group, np.flatnonzero(self._shows))
        self.fold()

    def update(self, numbers: Sequence[int]) -> None:
        """These orders are new, or others than they were."""
        facts, count = self._facts, len(self._facts)
        touched = np.unique(np.asarray(numbers, np.int64))
        brothers = facts.column(Fact.BROTHER, touched)
        touched = np.union1d(touched, brothers[brothers >= 0])
        if len(touched) > FEW:
            self.renew()
            return
        more = count - len(self._passes)
        if more:
            nothing = np.zeros(more, np.bool_)
            self._passes = np.concatenate((self._passes, nothing))
            self._shows = np.concatenate((self._shows, nothing))
            self._times = np.concatenate((self._times, np.full(more, NONE)))
        self._passes[touched] = passing(facts, self.chosen, touched)
        brothers = facts.column(Fact.BROTHER, touched)
        shows = self._passes[touched] | (self._passes[brothers] & (brothers >= 0))
        times = facts.column(Fact.TIME, touched)
        stays = self._by_time_alone and np.array_equal(times, self._times[touched])
        self._times[touched] = times
        if stays and np.array_equal(shows, self._shows[touched]):
            return
        self._shows[touched] = shows
        moved = np.zeros(count, np.bool_)
        moved[touched] = True
        rest = self._sorted[~moved[self._sorted]]
        self._sorted = insert(facts, self.levels, self.group, rest, touched[shows])
        self.fold()

    @property
    def _by_time_alone(self) -> bool:
        """Whether rows stay where they are whatever else becomes of their orders."""
        return self.levels == NEWEST_FIRST and self.group in (GroupBy.NONE, GroupBy.PAIR)

    def fold(self) -> None:
        """Makes the lines of the rows that are sorted: the folds are others, or the rows."""
        facts, rows = self._facts, self._sorted
        pairs = facts.column(Fact.PAIR, rows)
        groups = None if self.group is GroupBy.NONE else group_codes(facts, self.group, rows)
        if pairs.size and pairs.max() >= 0:
            order, leading = self._legs_together(rows, pairs)
            rows, pairs = rows[order], pairs[order]
            groups = None if groups is None else groups[leading]
        self.orders = rows
        self._slices = {}
        places, numbers = _starts(pairs, pairs >= 0)
        lines = -2 - 2 * numbers
        hidden = np.isin(pairs, self._folded_pairs())
        hides = np.zeros(len(places), np.bool_)
        if groups is not None:
            starts, codes = _starts(groups, np.ones(len(groups), np.bool_))
            edges = itertools.pairwise([*starts.tolist(), len(rows)])
            self._slices = {code: slice(*edge) for code, edge in zip(codes.tolist(), edges, strict=True)}
            away = np.isin(groups, [code for code in codes.tolist() if self.is_folded(group_line(self.group, code))])
            hidden = hidden | away
            hides = np.concatenate((np.zeros(len(starts), np.bool_), away[places]))
            places, lines = np.concatenate((starts, places)), np.concatenate((_group_lines(self.group, codes), lines))
        if not len(places):
            self.lines = rows
            return
        # A group's header stands before that of its first pair: places are equal, and the sorting is stable.
        order = np.argsort(places, kind="stable")
        places, lines, hides = places[order], lines[order], hides[order]
        self.lines = np.insert(rows, places, lines)[~np.insert(hidden, places, hides)]

    def _legs_together(self, rows: Integers, pairs: Integers) -> tuple[Integers, Integers]:
        """The order in which both legs of a pair stand where the first one did, and for each row the place of the row
        whose group it is in."""
        at = np.flatnonzero(pairs >= 0)
        first = np.empty(len(self._facts.pairs), np.int64)
        first[pairs[at][::-1]] = at[::-1]  # the last one that is written down is the first one of its pair
        leading = np.arange(len(rows))
        leading[at] = first[pairs[at]]
        # One sorting of what is sorted nearly: a leg's number has room in two bits.
        order = np.argsort(4 * leading + self._facts.column(Fact.LEG, rows), kind="stable")
        return order, leading[order]

    @property
    def shown(self) -> Integers:
        """The orders that are shown, folded ones included, the oldest first."""
        return np.flatnonzero(self._shows)

    # What is asked

    def within(self, line: int) -> Integers:
        """The orders below a header, folded or not."""
        group, pair = group_of_line(line), pair_of_line(line)
        if group is not None:
            where = self._slices.get(group[1]) if group[0] is self.group else None
            return _EMPTY if where is None else self.orders[where]
        return _EMPTY if pair is None else np.array(sorted(self._facts.legs[pair]), np.int64)

    def header_of(self, line: int) -> int | None:
        """The header that an order, or a pair's header, stands below; None where it has none, or is not shown."""
        if line >= 0:
            pair = self._facts.at(Fact.PAIR, line)
            if pair >= 0:
                return pair_line(pair)
        if self.group is GroupBy.NONE or group_of_line(line) is not None:
            return None
        number = line if line >= 0 else int(self.within(line)[0])
        at = np.flatnonzero(self.orders == number)
        if not len(at):
            return None
        code = next(code for code, where in self._slices.items() if where.start <= at[0] < where.stop)
        return group_line(self.group, code)

    def headers_over(self, line: int) -> list[int]:
        """Its header, and the header of that."""
        found = []
        header = self.header_of(line)
        while header is not None:
            found.append(header)
            header = self.header_of(header)
        return found

    def name_of(self, line: int) -> Name:
        """What a header is called for as long as there is one, in whatever order orders come."""
        group, pair = group_of_line(line), pair_of_line(line)
        if pair is not None:
            return (_OCO, *self._facts.pairs[pair])
        assert group is not None
        return (group[0].value, *group_name(self._facts, *group))

    def is_folded(self, line: int) -> bool:
        return self.name_of(line) in self.folded

    def set_folded(self, line: int, on: bool) -> None:
        """Call `fold` when all are set."""
        (self.folded.add if on else self.folded.discard)(self.name_of(line))

    def _folded_pairs(self) -> list[int]:
        pairs = (self._facts.pair_number((name[1], name[2])) for name in self.folded if name[0] == _OCO)
        return [pair for pair in pairs if pair is not None]

    def headers(self) -> list[int]:
        """Those of the groups; without groups those of the pairs."""
        if self._slices:
            return [group_line(self.group, code) for code in self._slices]
        pairs = np.unique(self._facts.column(Fact.PAIR, self.orders))
        return [pair_line(int(pair)) for pair in pairs if pair >= 0]


def _starts(codes: Integers, where: Mask) -> tuple[Integers, Integers]:
    """Where runs of equal codes begin, and which: of those rows that count."""
    if not len(codes):
        return _EMPTY, _EMPTY
    begins = np.concatenate(([True], codes[1:] != codes[:-1])) & where
    places = np.flatnonzero(begins)
    return places, codes[places]
