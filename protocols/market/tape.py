"""The trades of all connections in the order they were first reported. A fold of `TradePrinted`."""

from collections.abc import Iterator

from protocols.market.events import Trade, TradePrinted
from protocols.market.instruments import ContractKey

CAPACITY = 1_000_000
"""Rows kept. Over it the oldest tenth is forgotten at once, so that forgetting costs nothing per trade."""


class Tape:
    """One row per trade: a later revision replaces its row in place, an earlier or equal one changes nothing.

    Rows have stable numbers: `first` is the number of the oldest row kept, `end` one past the newest.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._rows: list[Trade] = []
        self._row_of: dict[tuple[str, str], int] = {}
        self._of_contract: dict[ContractKey, list[int]] = {}
        self.first = 0
        self.revision = 0
        self.changed: list[int] = []
        """Row numbers in order of change, a new row included: a reader keeps its place in this list."""
        self.changed_offset = 0
        """How many entries were cut off the front of `changed` when the oldest rows were forgotten."""

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

    def newest_first(self) -> Iterator[Trade]:
        return reversed(self._rows)

    def rows_of(self, key: ContractKey) -> list[int]:
        """Row numbers of the trades in which the contract was bought or sold, oldest first."""
        return self._of_contract.get(key, [])

    def last_standing(self, key: ContractKey) -> Trade | None:
        """The contract's newest trade by execution time that was not recalled or cancelled."""
        newest: Trade | None = None
        # Reports arrive nearly in order of execution: looking at the last few dozen is enough and bounds the cost.
        for number in self.rows_of(key)[:-65:-1]:
            trade = self.row(number)
            if trade.state.stands and (newest is None or (trade.executed_at or 0) > (newest.executed_at or 0)):
                newest = trade
        return newest

    def apply(self, event: TradePrinted) -> bool:
        """Folds one report; False when it told nothing newer than what was known."""
        trade = event.trade
        name = (trade.connection, trade.identifier)
        number = self._row_of.get(name)
        if number is None:
            number = self.end
            self._rows.append(trade)
            self._row_of[name] = number
            for key in {trade.buy, trade.sell} - {None}:
                assert key is not None
                self._of_contract.setdefault(key, []).append(number)
        else:
            if trade.revision <= self.row(number).revision:
                return False
            self._rows[number - self.first] = trade
        self.changed.append(number)
        self.revision += 1
        if len(self._rows) > self._capacity:
            self._forget_oldest()
        return True

    def _forget_oldest(self) -> None:
        count = max(1, self._capacity // 10)
        for trade in self._rows[:count]:
            del self._row_of[trade.connection, trade.identifier]
        del self._rows[:count]
        self.first += count
        for key, numbers in list(self._of_contract.items()):
            kept = [number for number in numbers if number >= self.first]
            if kept:
                self._of_contract[key] = kept
            else:
                del self._of_contract[key]
        kept_changes = [number for number in self.changed[-self._capacity :] if number >= self.first]
        self.changed_offset += len(self.changed) - len(kept_changes)
        self.changed = kept_changes
