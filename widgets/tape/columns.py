"""What the tape is filtered, merged and counted by, in columns of integers beside it. Without Qt.

A million trades as objects can't be looked through between two keystrokes; a million integers can. The columns follow
the tape's log of changes, a share of it per frame.
"""

from array import array
from collections.abc import Mapping
from typing import Protocol

from protocols.market.events import Trade, TradeState
from protocols.market.instruments import ContractKey
from protocols.market.tape import Tape
from protocols.market.values import MAXIMUM
from widgets.tape.merging import Merging

AT_ONCE = 4_000
"""Changes taken in per call, some ten milliseconds: a tape of a million trades is counted over many frames."""

STANDS, OWN, BOUGHT, SOLD, RECALLED, CANCELLED, DISPUTED, JOINED = (1 << bit for bit in range(8))
"""Bits of `marks`. `JOINED` is shown within the row of the trade it is merged with."""

COMPACT_AFTER = 100_000
"""Forgotten rows that the columns still hold: moving a million entries is not for every frame."""

NO_TIME = -(2**63)

Place = tuple[ContractKey | None, ContractKey | None]
"""The contract on the buyer's and on the seller's side."""

_STATES = {
    TradeState.RECALLED: RECALLED,
    TradeState.CANCELLED: CANCELLED,
    TradeState.DISPUTED: STANDS | DISPUTED,
    TradeState.UNRECOGNISED: STANDS | DISPUTED,
}


class Watcher(Protocol):
    """Hears of every entry before and after it changes, by its index in the columns."""

    def leave(self, index: int) -> None: ...
    def enter(self, index: int) -> None: ...


class TapeColumns:
    """Index 0 is the tape's row `base`; what stands before `start` is forgotten."""

    def __init__(self, tape: Tape, watcher: Watcher) -> None:
        self._tape = tape
        self._watcher = watcher
        self._own: Mapping[tuple[str, str], int] = {}
        self.base = tape.first
        self.prices = array("q")
        self.quantities = array("q")
        self.sizes = array("q")
        """The quantity, or that of all the trades it is merged with: what sizes are compared with."""
        self.times = array("q")
        self.places = array("i")
        self.marks = array("B")
        self.place_list: list[Place] = []
        self._place_of: dict[Place, int] = {}
        self.merging = Merging()
        self._regrouped: set[int] = set()
        """Rows of groups whose sizes are to be added up anew: once per call, however many came."""
        self._place_in_log: int | None = None
        self._log_at_start = tape.changed_offset + len(tape.changed)

    def __len__(self) -> int:
        return len(self.marks)

    @property
    def start(self) -> int:
        """The index of the oldest trade that the tape still has."""
        return min(len(self.marks), max(0, self._tape.first - self.base))

    @property
    def behind(self) -> int:
        """How many changes are not taken in yet."""
        if self._place_in_log is None:
            return self._tape.end - max(self._tape.first, self.base + len(self.marks))
        return self._tape.changed_offset + len(self._tape.changed) - self._place_in_log

    @property
    def lost(self) -> bool:
        """Whether the log was cut before it was read: only new columns know what the tape has."""
        return self._place_in_log is not None and self._place_in_log < self._tape.changed_offset

    def advance(self, limit: int = AT_ONCE) -> None:
        """Takes in up to `limit` changes."""
        if self._place_in_log is None:
            self._take_what_is_there(limit)
        else:
            log, offset = self._tape.changed, self._tape.changed_offset
            start = max(0, self._place_in_log - offset)
            stop = min(len(log), start + limit)
            for number in log[start:stop]:
                self._take(number)
            self._place_in_log = offset + stop
        self._regroup()

    def set_own(self, own: Mapping[tuple[str, str], int]) -> None:
        """Which trades are ours, by connection and identifier, with the bits of the sides."""
        before, self._own = self._own, own
        for name in own.keys() | before.keys():
            if own.get(name) != before.get(name):
                number = self._tape.number_of(*name)
                if number is not None and number < self.base + len(self.marks):
                    self._take(number)
        self._regroup()

    def forget(self) -> None:
        """Lets go of what the tape forgot; its watcher must have heard of it (`start`)."""
        gone = self.start
        if gone >= COMPACT_AFTER or gone == len(self.marks):
            for column in (self.prices, self.quantities, self.sizes, self.times, self.places, self.marks):
                del column[:gone]
            self.base += gone
        if not self.marks:
            self.base = max(self.base, self._tape.first)

    def part_forgotten(self, before: int) -> None:
        """The trades up to index `start`, from `before` on, are merged with others no more."""
        for index in range(before, self.start):
            self._part(self.base + index)
        self._regroup()

    def _take_what_is_there(self, limit: int) -> None:
        """The first counting goes over the rows; from then on the log of changes tells."""
        if not self.marks:
            self.base = self._tape.first
        start = max(self.base + len(self.marks), self._tape.first)
        stop = min(self._tape.end, start + limit)
        for number in range(start, stop):
            self._take(number)
        if stop == self._tape.end:
            self._place_in_log = self._log_at_start  # rows revised meanwhile; the rest changes nothing

    def _take(self, number: int) -> None:
        index = number - self.base
        if number < self._tape.first or index < 0:
            return
        while len(self.marks) < index:  # forgotten before they were ever taken in
            self._append(0, 0, NO_TIME, 0, 0)
        trade = self._tape.row(number)
        place, marks = self._place(trade), self._marks(trade)
        at = NO_TIME if trade.executed_at is None else trade.executed_at
        if index == len(self.marks):
            self._append(trade.price, trade.quantity, at, place, marks)
        elif self._same(index, trade, at, place, marks):
            return
        else:
            self._part(number)
            self._watcher.leave(index)
            self.prices[index], self.quantities[index], self.sizes[index] = trade.price, trade.quantity, trade.quantity
            self.times[index], self.places[index], self.marks[index] = at, place, marks
        if marks == STANDS and at != NO_TIME:
            self._join(number, (place, trade.price, at))
        self._watcher.enter(index)

    def _append(self, price: int, quantity: int, at: int, place: int, marks: int) -> None:
        self.prices.append(price)
        self.quantities.append(quantity)
        self.sizes.append(quantity)
        self.times.append(at)
        self.places.append(place)
        self.marks.append(marks)

    def _same(self, index: int, trade: Trade, at: int, place: int, marks: int) -> bool:
        return (
            self.prices[index] == trade.price
            and self.quantities[index] == trade.quantity
            and self.marks[index] & ~JOINED == marks
            and self.places[index] == place
            and self.times[index] == at
        )

    def _place(self, trade: Trade) -> int:
        place = trade.buy, trade.sell
        index = self._place_of.get(place)
        if index is None:
            index = self._place_of[place] = len(self.place_list)
            self.place_list.append(place)
        return index

    def _marks(self, trade: Trade) -> int:
        state = _STATES.get(trade.state, STANDS)
        return state | self._own.get((trade.connection, trade.identifier), 0) if self._own else state

    # Merging

    def _join(self, number: int, key: tuple[int, int, int]) -> None:
        if self.merging.join(number, key, self._tape.first):
            self._regrouped.add(number)

    def _part(self, number: int) -> None:
        index = number - self.base
        rest = self.merging.part(number, (self.places[index], self.prices[index], self.times[index]))
        if rest is not None:
            self._regrouped.update((number, rest))

    def _regroup(self) -> None:
        """What is merged counts as one trade of the whole size."""
        for first in {self.merging.first(number) for number in self._regrouped}:
            members = self.merging.members(first)
            indices = [number - self.base for number in members]
            size = min(MAXIMUM, sum(self.quantities[index] for index in indices))
            for index in indices:
                self._watcher.leave(index)
                self.sizes[index] = size
                self.marks[index] = self.marks[index] & ~JOINED if index == indices[0] else self.marks[index] | JOINED
                self._watcher.enter(index)
        self._regrouped.clear()
