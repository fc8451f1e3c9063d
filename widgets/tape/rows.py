"""Which trades the tape shows, newest first, and what they add up to. Without Qt; keeps row numbers, never trades."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from protocols.market.events import Trade
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.tape import Tape
from widgets.tape.columns import AT_ONCE, JOINED, STANDS, Place, TapeColumns
from widgets.tape.filter import TapeFilter
from widgets.tape.places import Places
from widgets.tape.totals import Group, Sum


class News(NamedTuple):
    """What one `advance` brought, by row numbers, oldest first: rows that are new, and rows that a new trade was
    merged into."""

    rows: list[int]
    grown: list[int]


class TapeRows:
    """The tape as of the last `advance`: all of it, or what passes a filter.

    `count` rows; row 0 is the newest. Between two calls of `advance` the rows stand still, whatever is folded.
    """

    def __init__(self, tape: Tape, contracts: Mapping[ContractKey, PowerContract]) -> None:
        self._tape = tape
        self._contracts = contracts
        self._own: Mapping[tuple[str, str], int] = {}
        self.columns = TapeColumns(tape, self)
        self._places = Places(self.columns.place_list, contracts)
        self._filter = TapeFilter()
        self._only: ContractKey | None = None
        self._linked = False
        self.merged = False
        self._place_passes = b""
        self._shown: array[int] | None = None
        """None while everything is shown: then a row's number needs no list."""
        self._touched: set[int] = set()
        self._sums: dict[int, Sum] = {}
        self._end = self._first = tape.first
        self._taken = 0
        """Entries of the columns that were there before this `advance`, counted from the tape's first row ever."""
        self._left = 0
        self.count = 0

    # What is shown

    def choose(self, chosen: TapeFilter, linked: bool, only: ContractKey | None, merged: bool) -> None:
        """Shows what passes the filter; with `linked` the trades of one contract, none at all for None; with `merged`
        equal trades as one row."""
        self._filter, self._linked, self._only, self.merged = chosen, linked, only, merged
        self._look_through()

    def contracts_listed(self) -> bool:
        """Contracts became known: whether that changes what is shown."""
        found = self._places.refresh()
        if found:
            self._look_through()
        return found

    def set_own(self, own: Mapping[tuple[str, str], int]) -> None:
        """Which trades are ours (`TapeColumns.set_own`); shown from the next `advance` on."""
        self._own = own
        self.columns.set_own(own)

    @property
    def behind(self) -> int:
        """How many changes are not counted yet, and are not shown while there is a filter."""
        return self.columns.behind

    def totals(self) -> dict[Group, Sum]:
        """Of the trades that are shown and stand."""
        return {self._places.groups[index]: total for index, total in self._sums.items() if total.count}

    def advance(self, limit: int = AT_ONCE) -> News:
        """Takes in what was folded since, up to `limit` changes of it where there is a filter."""
        if self.columns.lost:
            self._begin_anew()
        self._forget()
        before, self._end = self._end, self._tape.end
        self._taken = self.columns.base + len(self.columns)
        self.columns.advance(limit)
        if self._shown is None:
            self._touched.clear()
            self._measure()
            return News(list(range(max(before, self._tape.first), self._end)), [])
        news = self._take_in(self._shown)
        self._measure()
        return news

    # Rows and trades

    def number(self, row: int) -> int | None:
        """The tape's number of the row; None when the tape has forgotten it."""
        if self._shown is None:
            number = self._end - 1 - row
        elif 0 <= row < len(self._shown):
            number = self._shown[len(self._shown) - 1 - row]
        else:
            return None
        return number if self._tape.first <= number < self._tape.end else None

    def row_of(self, number: int) -> int | None:
        """Where a trade is shown, by itself or merged; None when it is not."""
        if self._shown is None:
            row = self._end - 1 - number
            return row if 0 <= row < self.count else None
        if self.merged:
            number = self.columns.merging.first(number)
        index = bisect_left(self._shown, number)
        there = index < len(self._shown) and self._shown[index] == number
        return len(self._shown) - 1 - index if there else None

    def row_at_or_below(self, number: int) -> int:
        """The row of the trade, else of the next older one that is shown."""
        if self._shown is None:
            return self._end - 1 - number
        return len(self._shown) - bisect_left(self._shown, number + 1)

    def trade(self, row: int) -> Trade | None:
        number = self.number(row)
        return None if number is None else self._tape.row(number)

    def members(self, number: int) -> list[int]:
        """The trades that the row of this number stands for."""
        if not self.merged:
            return [number]
        return [member for member in self.columns.merging.members(number) if member >= self._tape.first]

    def trade_numbers(self) -> Sequence[int]:
        """Every trade that is shown, merged ones each by itself, oldest first."""
        if self._shown is None:
            return range(max(self._tape.first, self._end - self.count), self._end)
        if not self.merged:
            return self._shown[bisect_left(self._shown, self._tape.first) :]
        from widgets.tape import evaluation

        mask = evaluation.passing(self.columns, self._filter, self._place_passes, merged=True)
        return evaluation.row_numbers(self.columns, mask, merged=False)

    # What the columns tell (`Watcher`)

    def leave(self, index: int) -> None:
        self._count(index, -1)

    def enter(self, index: int) -> None:
        if self._shown is not None:
            self._touched.add(self.columns.base + index)
        self._count(index, 1)

    # Within

    def _count(self, index: int, sign: int) -> None:
        columns = self.columns
        if columns.marks[index] & STANDS and self._passes(index):
            group = self._places.group(columns.places[index])
            total = self._sums.get(group)
            if total is None:
                total = self._sums[group] = Sum()
            total.add(columns.prices[index], columns.quantities[index], sign)

    def _passes(self, index: int) -> bool:
        columns, chosen = self.columns, self._filter
        if self._shown is None:
            return True
        if columns.places[index] >= len(self._place_passes):
            self._place_passes += self._places.passing(self._place_is_chosen, len(self._place_passes))
        size = (columns.sizes if self.merged else columns.quantities)[index]
        return (
            self._place_passes[columns.places[index]] == 1
            and columns.marks[index] & chosen.marks == chosen.marks
            and (chosen.least is None or size >= chosen.least)
            and (chosen.most is None or size <= chosen.most)
        )

    def _place_is_chosen(self, place: Place, text: str) -> bool:
        if self._linked and (self._only is None or self._only not in place):
            return False
        return all(word in text for word in self._filter.words)

    def _begin_anew(self) -> None:
        self.columns = TapeColumns(self._tape, self)
        self.columns.set_own(self._own)
        self._places = Places(self.columns.place_list, self._contracts)
        self._left = 0
        self._look_through()

    def _look_through(self) -> None:
        """All of the columns at once."""
        from widgets.tape import evaluation

        self._forget()
        columns = self.columns
        self._touched.clear()
        self._place_passes = self._places.passing(self._place_is_chosen)
        mask = evaluation.passing(columns, self._filter, self._place_passes, self.merged)
        self._sums = evaluation.totals(columns, mask, self._places.group_of)
        plain = self._filter.passes_all and not self._linked and not self.merged
        self._shown = None if plain else evaluation.row_numbers(columns, mask, self.merged)
        self._measure()

    def _take_in(self, shown: "array[int]") -> News:
        """Brings what passes now, and did not, to its place, and takes away what passes no more."""
        columns, news = self.columns, News([], [])
        for number in sorted(self._touched):
            index = number - columns.base
            passes = index >= columns.start and self._passes(index)
            joined = self.merged and columns.marks[index] & JOINED
            wanted = passes and not joined
            at = len(shown) if not shown or number > shown[-1] else bisect_left(shown, number)
            there = at < len(shown) and shown[at] == number
            if wanted and not there:
                shown.insert(at, number)
            elif there and not wanted:
                del shown[at]
            if number >= self._taken and wanted:
                news.rows.append(number)
            elif number >= self._taken and passes:
                news.grown.append(columns.merging.first(number))
        self._touched.clear()
        return news

    def _forget(self) -> None:
        columns = self.columns
        start = columns.start
        before = max(0, self._left - columns.base)
        if start <= before:
            return
        columns.part_forgotten(before)
        for index in range(before, start):
            self._count(index, -1)
            columns.marks[index] = 0
        self._left = columns.base + start
        columns.forget()
        if self._shown:
            del self._shown[: bisect_left(self._shown, self._tape.first)]

    def _measure(self) -> None:
        self._first = self._tape.first
        self.count = max(0, self._end - self._first) if self._shown is None else len(self._shown)


def move_of(tape: Tape, number: int, trade: Trade) -> int:
    """1 when the price is above the contract's trade before, -1 below, 0 when equal or nothing came before."""
    key = trade.buy or trade.sell
    if key is None or not trade.state.stands:
        return 0
    numbers = tape.rows_of(key)
    index = bisect_left(numbers, number)
    # A run of recalled trades is short; looking further back than this is not worth a frame.
    for earlier in reversed(numbers[max(0, index - 16) : index]):
        before = tape.row(earlier)
        if before.state.stands:
            return (trade.price > before.price) - (trade.price < before.price)
    return 0
