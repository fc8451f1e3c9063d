"""What was traded of one contract, by price: read off the tape as it grows, recalls taken out again."""

import dataclasses

from protocols.market.events import Trade
from protocols.market.instruments import ContractKey
from protocols.market.tape import Tape
from protocols.market.values import Price, Quantity


@dataclasses.dataclass(frozen=True, slots=True)
class LastTrade:
    """The newest trade that stands; `direction` is +1, 0 or -1 against the one before it, None when it is the first."""

    price: Price
    quantity: Quantity
    direction: int | None


class TradedAtPrice:
    """Follows the tape for one contract. Call `catch_up` whenever the tape's revision moved; `revision` moves when
    something of this contract changed."""

    def __init__(self, tape: Tape, key: ContractKey) -> None:
        self._tape = tape
        self._key = key
        self._counted: dict[int, tuple[Price, Quantity]] = {}
        self._seen = -1
        self._read = 0
        self._offset = -1
        self.quantities: dict[Price, Quantity] = {}
        self.last: LastTrade | None = None
        self.revision = 0
        self.catch_up()

    def catch_up(self) -> None:
        """Folds what the tape reported since the last call; from the start when its log was cut."""
        tape = self._tape
        if tape.revision == self._seen:
            return
        self._seen = tape.revision
        if tape.changed_offset != self._offset:
            self._offset = tape.changed_offset
            self._counted.clear()
            self.quantities.clear()
            numbers = tape.rows_of(self._key)
        else:
            numbers = tape.changed[self._read - tape.changed_offset :]
        self._read = tape.changed_offset + len(tape.changed)
        touched = [self._count(number, tape.row(number)) for number in dict.fromkeys(numbers) if number >= tape.first]
        if any(touched):
            self.revision += 1
            self.last = self._newest()

    def _count(self, number: int, trade: Trade) -> bool:
        if self._key not in (trade.buy, trade.sell):
            return False
        before = self._counted.pop(number, None)
        if before is not None:
            self._add(before[0], -before[1])
        if trade.state.stands:
            self._counted[number] = (trade.price, trade.quantity)
            self._add(trade.price, trade.quantity)
        return True

    def _add(self, price: Price, quantity: int) -> None:
        left = self.quantities.get(price, 0) + quantity
        if left:
            self.quantities[price] = Quantity(left)
        else:
            self.quantities.pop(price, None)

    def _newest(self) -> LastTrade | None:
        newest = self._tape.last_standing(self._key)
        if newest is None:
            return None
        before = self._before(newest)
        direction = None if before is None else (newest.price > before) - (newest.price < before)
        return LastTrade(newest.price, newest.quantity, direction)

    def _before(self, newest: Trade) -> Price | None:
        """The price of the trade executed before the newest, among the last few dozen reports."""
        best: Trade | None = None
        for number in self._tape.rows_of(self._key)[:-65:-1]:
            trade = self._tape.row(number)
            if trade.identifier == newest.identifier or not trade.state.stands:
                continue
            if best is None or (trade.executed_at or 0) > (best.executed_at or 0):
                best = trade
        return None if best is None else best.price
