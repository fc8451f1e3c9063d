"""The trades of all connections in the order they were first reported. A fold of `TradePrinted`."""

from bisect import bisect_left, insort
from collections.abc import Iterator

import msgspec

from protocols.market.events import Trade, TradePrinted
from protocols.market.instruments import ContractKey

CAPACITY = 1_000_000
"""Rows kept. Over it the oldest thousandth is forgotten at once, which takes a few milliseconds: what was kept for a
million trades is never gone through in one frame."""


class Tape:
    """One row per trade: a later revision replaces its row in place, an earlier or equal one changes nothing.

    Rows have stable numbers: `first` is the number of the oldest row kept, `end` one past the newest.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._rows: list[Trade] = []
        self._row_of: dict[tuple[str, str], int] = {}
        self._of_contract: dict[ContractKey, list[int]] = {}
        self._last: dict[ContractKey, int] = {}
        self.first = 0
        self.revision = 0
        self.changed: list[int] = []
        """Row numbers in order of change, a new row included: a reader keeps its place in this list, and passes over
        rows that were forgotten meanwhile."""
        self.changed_offset = 0
        """How many entries were cut off the front of `changed`: a tenth of the capacity at a time."""

    @property
    def end(self) -> int:
        return self.first + len(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> Trade:
        """The trade in row `number`, `first <= number < end`."""
        if number < self.first:
            raise IndexError(number)
        return self._rows[number - self.first]

    def number_of(self, connection: str, identifier: str) -> int | None:
        """The row of a trade; None for one that was never told, or is forgotten."""
        return self._row_of.get((connection, identifier))

    def newest_first(self) -> Iterator[Trade]:
        return reversed(self._rows)

    def copy(self) -> list[Trade]:
        """The trades from row `first` on, as they are now."""
        return self._rows.copy()

    def rows_of(self, key: ContractKey) -> list[int]:
        """Row numbers of the trades in which the contract was bought or sold, oldest first."""
        return self._of_contract.get(key, [])

    def last_standing(self, key: ContractKey) -> Trade | None:
        """The contract's newest trade by execution time that was not recalled or cancelled."""
        number = self._last.get(key)
        return None if number is None else self.row(number)

    def apply(self, event: TradePrinted) -> bool:
        """Folds one report; False when it told nothing newer than what was known."""
        trade = event.trade
        name = (trade.connection, trade.identifier)
        number = self._row_of.get(name)
        if number is None:
            known = None
            number = self.end
            self._rows.append(trade)
            self._row_of[name] = number
        else:
            known = self.row(number)
            trade = _merged(known, trade)
            if trade == known:
                return False
            self._rows[number - self.first] = trade
        self._index(number, known, trade)
        self.changed.append(number)
        self.revision += 1
        if len(self._rows) > self._capacity:
            self._forget_oldest()
        if len(self.changed) > self._capacity + self._capacity // 10:
            cut = max(1, self._capacity // 10)
            del self.changed[:cut]
            self.changed_offset += cut
        return True

    def _index(self, number: int, known: Trade | None, trade: Trade) -> None:
        """Which contracts the row is of, and which of them it is the last standing trade of."""
        before, sides = _sides(known) if known is not None else (), _sides(trade)
        for key in before:
            if key not in sides:  # a later revision moved it to another contract
                self._take_out(number, key)
        for key in sides:
            if key not in before:
                insort(self._of_contract.setdefault(key, []), number)  # the other side may be told much later
            last = self._last.get(key)
            if trade.state.stands and (last is None or _executed(trade) >= _executed(self.row(last))):
                self._last[key] = number
            if last == number:  # it may have stopped standing, or moved in time
                self._find_last(key)

    def _take_out(self, number: int, key: ContractKey) -> None:
        numbers = self._of_contract[key]
        del numbers[bisect_left(numbers, number)]
        if not numbers:
            del self._of_contract[key]
        if self._last.get(key) == number:
            self._find_last(key)

    def _find_last(self, key: ContractKey) -> None:
        standing = [number for number in self.rows_of(key) if self.row(number).state.stands]
        if standing:
            self._last[key] = max(standing, key=lambda number: (_executed(self.row(number)), number))
        else:
            self._last.pop(key, None)

    def _forget_oldest(self) -> None:
        count = max(1, self._capacity // 1_000)
        gone = self._rows[:count]
        del self._rows[:count]
        self.first += count
        for trade in gone:
            del self._row_of[trade.connection, trade.identifier]
        for key in {key for trade in gone for key in _sides(trade)}:
            numbers = self._of_contract[key]
            del numbers[: bisect_left(numbers, self.first)]
            if not numbers:
                del self._of_contract[key]
            if self._last.get(key, self.first) < self.first:
                self._find_last(key)


def _merged(known: Trade, report: Trade) -> Trade:
    """The later revision, with both sides as far as either report told them: each area may tell its own only."""
    newer = report if report.revision > known.revision else known
    other = known if newer is report else report
    buy, sell = newer.buy or other.buy, newer.sell or other.sell
    return newer if (buy, sell) == (newer.buy, newer.sell) else msgspec.structs.replace(newer, buy=buy, sell=sell)


def _sides(trade: Trade) -> tuple[ContractKey, ...]:
    """The contracts of a trade, each once."""
    if trade.buy == trade.sell:
        return () if trade.buy is None else (trade.buy,)
    return tuple(key for key in (trade.buy, trade.sell) if key is not None)


def _executed(trade: Trade) -> int:
    return trade.executed_at or 0
