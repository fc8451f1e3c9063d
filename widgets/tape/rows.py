"""Which trades the tape shows, newest first. Without Qt; keeps row numbers, never trades."""

from bisect import bisect_left

from protocols.market.events import Trade
from protocols.market.instruments import ContractKey
from protocols.market.tape import Tape


class TapeRows:
    """The tape as of the last `advance`: all of it, or the trades of one contract.

    `count` rows; row 0 is the newest. Between two calls of `advance` the rows stand still, whatever is folded.
    """

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._filtered = False
        self._key: ContractKey | None = None
        self._end = tape.first
        self._first = tape.first
        self._kept = 0  # how many of the contract's trades are shown, filtered only
        self.count = 0

    def show_all(self) -> None:
        self._filtered, self._key = False, None
        self._measure()

    def show_only(self, key: ContractKey | None) -> None:
        """Only the trades of one contract; none at all for None."""
        self._filtered, self._key = True, key
        self._measure()

    def advance(self) -> list[int]:
        """Takes in what was folded since; the numbers of the new rows, oldest first."""
        before, self._end = self._end, self._tape.end
        self._measure()
        first_new = max(before, self._tape.first)
        if not self._filtered:
            return list(range(first_new, self._end))
        numbers = self._numbers()
        return numbers[bisect_left(numbers, first_new) : self._kept]

    def number(self, row: int) -> int | None:
        """The tape's number of the row; None when the tape has forgotten it."""
        if not self._filtered:
            number = self._end - 1 - row
        else:
            if self._tape.first != self._first:
                self._measure()
            if not 0 <= row < self._kept:
                return None
            number = self._numbers()[self._kept - 1 - row]
        return number if self._tape.first <= number < self._tape.end else None

    def row_of(self, number: int) -> int | None:
        """Where a trade is shown; None when it is not."""
        if not self._filtered:
            row = self._end - 1 - number
            return row if 0 <= row < self.count else None
        numbers = self._numbers()
        index = bisect_left(numbers, number, hi=min(self._kept, len(numbers)))
        found = index < self._kept and index < len(numbers) and numbers[index] == number
        return self._kept - 1 - index if found else None

    def trade(self, row: int) -> Trade | None:
        number = self.number(row)
        return None if number is None else self._tape.row(number)

    def _numbers(self) -> list[int]:
        return [] if self._key is None else self._tape.rows_of(self._key)

    def _measure(self) -> None:
        self._first = self._tape.first
        if self._filtered:
            self._kept = bisect_left(self._numbers(), self._end)
            self.count = self._kept
        else:
            self.count = max(0, self._end - self._first)


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
