"""Which own trades are shown, and in what order. No Qt."""

import enum
from collections.abc import Callable, Iterable

import msgspec

from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.order_events import OwnTrade
from widgets.own_trades.totals import Sums


class Kind(enum.Enum):
    """A trade, or the header of a contract's trades."""

    TRADE = enum.auto()
    CONTRACT = enum.auto()


class Row(msgspec.Struct, frozen=True):
    """`trade` is None in a header."""

    kind: Kind
    key: ContractKey
    trade: OwnTrade | None = None

    @property
    def name(self) -> tuple[object, ...]:
        """What the row is called, whatever revision of its trade is shown."""
        trade = self.trade
        return (self.kind, self.key) if trade is None else (trade.connection, trade.identifier, trade.side)


class OwnTradeRows:
    """The rows as of the last `build`: newest first, or by contract in order of delivery."""

    def __init__(self, contract_of: Callable[[ContractKey], PowerContract | None]) -> None:
        self._contract_of = contract_of
        self.by_contract = False
        self.folded: set[ContractKey] = set()
        self.rows: list[Row] = []
        self.shown: list[OwnTrade] = []
        """The trades that pass the filter, folded ones included: what totals and exports are over."""
        self.sums: dict[ContractKey, Sums] = {}
        self._headers: list[int] = []

    def build(self, trades: Iterable[OwnTrade], passes: Callable[[OwnTrade], bool]) -> None:
        """Takes the trades that pass."""
        self.shown = sorted(filter(passes, trades), key=_newest_first)
        self.sums = {}
        for trade in self.shown:
            self.sums.setdefault(trade.key, Sums()).add(trade)
        if self.by_contract:
            self.rows = self._sections()
        else:
            self.rows = [Row(Kind.TRADE, trade.key, trade) for trade in self.shown]
        self._headers = []
        header = -1
        for index, row in enumerate(self.rows):
            header = index if row.kind is Kind.CONTRACT else header
            self._headers.append(header)

    def section_of(self, row: int) -> int:
        """The row of the header above; -1 for none."""
        return self._headers[row]

    def toggle(self, key: ContractKey) -> None:
        """Folds a contract's trades away, or shows them again."""
        self.folded.symmetric_difference_update({key})

    def _sections(self) -> list[Row]:
        by_key: dict[ContractKey, list[OwnTrade]] = {}
        for trade in self.shown:
            by_key.setdefault(trade.key, []).append(trade)
        rows = []
        for key in sorted(by_key, key=self._by_delivery):
            rows.append(Row(Kind.CONTRACT, key))
            if key not in self.folded:
                rows += [Row(Kind.TRADE, key, trade) for trade in by_key[key]]
        return rows

    def _by_delivery(self, key: ContractKey) -> tuple[int, int, ContractKey]:
        contract = self._contract_of(key)
        return (0, 0, key) if contract is None else (contract.delivery_start, contract.delivery_end, key)


def _newest_first(trade: OwnTrade) -> tuple[int, str, str]:
    # A trade whose time could not be read goes on top: it must not hide at the bottom.
    executed = trade.executed_at
    return (-(2**63) if executed is None else -executed, trade.connection, trade.identifier)
