"""Count, volume and VWAP over the tape's filter: exact, and a trade costs the same whatever the tape's length."""

from array import array
from collections.abc import Mapping

import msgspec

from protocols.market.events import Trade
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.tape import Tape
from protocols.market.times import MINUTE
from widgets.figures import grouped, rounded_text

AT_ONCE = 10_000
"""Changes taken in per call: a tape of a million trades is counted over a hundred frames, not in one."""

_NOT_COUNTED = -1


class Group(msgspec.Struct, frozen=True):
    """Trades that may be added up as they are: one currency, one unit, one length of delivery."""

    price_unit: str
    quantity_unit: str
    minutes: int
    price_decimals: int
    quantity_decimals: int


class Sum(msgspec.Struct):
    """Of the trades that stand: how many, the quantity in 1e-9, and price times quantity in 1e-18."""

    count: int = 0
    quantity: int = 0
    value: int = 0

    def add(self, price: int, quantity: int, sign: int) -> None:
        self.count += sign
        self.quantity += sign * quantity
        self.value += sign * price * quantity


class TapeTotals:
    """Follows the tape's log of changes. Recalled and cancelled trades leave the sums, as does what is forgotten."""

    def __init__(self, tape: Tape, contracts: Mapping[ContractKey, PowerContract]) -> None:
        self._tape = tape
        self._contracts = contracts
        self._groups: list[Group] = []
        self._group_of: dict[Group, int] = {}
        self._key: ContractKey | None = None
        self.restart()

    def restart(self) -> None:
        """Counts everything anew, over the next calls of `advance`."""
        self._base = self._tape.first
        self._prices = array("q")
        self._quantities = array("q")
        self._counted_in = array("h")
        self._place: int | None = None
        self._log_at_start = self._tape.changed_offset + len(self._tape.changed)
        self._to_count = self._tape.first
        self._all: dict[int, Sum] = {}
        self._one: dict[int, Sum] = {}

    @property
    def behind(self) -> int:
        """How many changes are not taken in yet."""
        if self._place is None:
            return self._tape.end - self._to_count
        return self._tape.changed_offset + len(self._tape.changed) - self._place

    def choose(self, key: ContractKey | None) -> None:
        """`of_contract` speaks of this contract from now on."""
        self._key = key
        self._one = {}
        for number in self._tape.rows_of(key) if key is not None else ():
            index = number - self._base
            if 0 <= index < len(self._counted_in):
                self._count(self._one, index, 1)

    def advance(self, limit: int = AT_ONCE) -> None:
        """Takes in up to `limit` changes."""
        if self._base < self._tape.first:
            self._forget()
        if self._place is None:
            self._count_what_is_there(limit)
            return
        log, offset = self._tape.changed, self._tape.changed_offset
        start = max(0, self._place - offset)
        stop = min(len(log), start + limit)
        for number in log[start:stop]:
            self._take(number)
        self._place = offset + stop

    def of_all(self) -> dict[Group, Sum]:
        return {self._groups[index]: total for index, total in self._all.items() if total.count}

    def of_contract(self) -> dict[Group, Sum]:
        return {self._groups[index]: total for index, total in self._one.items() if total.count}

    def _count_what_is_there(self, limit: int) -> None:
        """The first counting goes over the rows; from then on the log of changes tells."""
        start = max(self._to_count, self._tape.first)
        stop = min(self._tape.end, start + limit)
        for number in range(start, stop):
            self._take(number)
        self._to_count = stop
        if stop == self._tape.end:
            self._place = self._log_at_start  # rows revised while the counting went on; the rest changes nothing

    def _take(self, number: int) -> None:
        index = number - self._base
        if number < self._tape.first or index < 0:
            return
        while len(self._counted_in) <= index:
            self._prices.append(0)
            self._quantities.append(0)
            self._counted_in.append(_NOT_COUNTED)
        trade = self._tape.row(number)
        mine = self._key is not None and self._key in (trade.buy, trade.sell)
        self._count(self._all, index, -1)
        if mine:
            self._count(self._one, index, -1)
        self._prices[index], self._quantities[index] = trade.price, trade.quantity
        self._counted_in[index] = self._group(trade) if trade.state.stands else _NOT_COUNTED
        self._count(self._all, index, 1)
        if mine:
            self._count(self._one, index, 1)

    def _count(self, sums: dict[int, Sum], index: int, sign: int) -> None:
        group = self._counted_in[index]
        if group == _NOT_COUNTED:
            return
        total = sums.get(group)
        if total is None:
            total = sums[group] = Sum()
        total.add(self._prices[index], self._quantities[index], sign)

    def _forget(self) -> None:
        gone = min(self._tape.first - self._base, len(self._counted_in))
        for index in range(gone):
            self._count(self._all, index, -1)
        del self._prices[:gone], self._quantities[:gone], self._counted_in[:gone]
        self._base = self._tape.first
        self.choose(self._key)

    def _group(self, trade: Trade) -> int:
        contract = None
        for key in (trade.buy, trade.sell):
            if key is not None and contract is None:
                contract = self._contracts.get(key)
        if contract is None:
            group = Group("", "", 0, 2, 1)
        else:
            spec = contract.spec
            minutes = (contract.delivery_end - contract.delivery_start) // MINUTE
            group = Group(spec.price_unit, spec.quantity_unit, minutes, spec.price_decimals, spec.quantity_decimals)
        index = self._group_of.get(group)
        if index is None:
            index = self._group_of[group] = len(self._groups)
            self._groups.append(group)
        return index


def totals_text(sums: Mapping[Group, Sum]) -> str:
    """Totals in words, one part per currency: `12 trades · 34.5 MWh · VWAP 45.31 EUR/MWh`.

    Power is added up as energy, for one contract too: a megawatt for an hour is not one for a quarter of it, and one
    line must not change its unit with the filter.
    """
    parts = []
    for unit in sorted({group.price_unit for group in sums}):
        parts.append(_unit_text(unit, {g: s for g, s in sums.items() if g.price_unit == unit}))
    return "   ".join(parts) if parts else "no trades"


def _unit_text(unit: str, sums: Mapping[Group, Sum]) -> str:
    count = sum(total.count for total in sums.values())
    words = f"{grouped(count)} trade{'' if count == 1 else 's'}"
    if not unit:
        return f"{words} of unknown contracts"
    first = next(iter(sums))
    decimals, price_decimals = first.quantity_decimals, first.price_decimals
    as_energy = first.quantity_unit == "MW"
    weights = {group: (group.minutes if as_energy else 1) for group in sums}
    quantity = sum(weights[group] * total.quantity for group, total in sums.items())
    value = sum(weights[group] * total.value for group, total in sums.items())
    volume = rounded_text(quantity, 60 if as_energy else 1, decimals)
    vwap = rounded_text(value, quantity, price_decimals) if quantity else "–"
    return f"{words} · {volume} {'MWh' if as_energy else first.quantity_unit} · VWAP {vwap} {unit}"
