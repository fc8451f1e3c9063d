"""The tape as a table that leaves the desk: a million rows, each made when it is written. No Qt."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import overload

from protocols.market.events import Trade
from protocols.market.instruments import PowerContract
from protocols.market.times import utc_text
from protocols.market.values import plain_text
from widgets.sheet import Value

HEADINGS = (
    "executed_utc", "connection", "trade", "revision", "contract", "sold_in", "bought_in", "delivery_start_utc",
    "delivery_end_utc", "quantity", "quantity_unit", "price", "price_unit", "state", "own",
)  # fmt: skip

Row = tuple[Value, ...]


class NewestFirst:
    """Some of the tape's trades, by their numbers, of which the highest is the first here."""

    def __init__(self, trades: Sequence[Trade], first: int, numbers: Sequence[int]) -> None:
        """`trades` are the tape's from row `first` on; `numbers` go up."""
        self._trades = trades
        self._first = first
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> Trade:
        return self._trades[self._numbers[-1 - index] - self._first]


class TapeSheetRows(Sequence[Row]):
    """The trades as they were when it was made, in their order. Reads what never changes: any thread may."""

    def __init__(
        self,
        trades: NewestFirst,
        contract_of: Callable[[Trade], PowerContract | None],
        is_own: Callable[[str, str], bool],
    ) -> None:
        self._trades = trades
        self._contract_of = contract_of
        self._is_own = is_own

    def __len__(self) -> int:
        return len(self._trades)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self._row(self._trades[each]) for each in range(len(self))[index]]
        return self._row(self._trades[range(len(self))[index]])

    def _row(self, trade: Trade) -> Row:
        contract = self._contract_of(trade)
        key = trade.buy or trade.sell
        return (
            None if trade.executed_at is None else utc_text(trade.executed_at),
            trade.connection,
            trade.identifier,
            trade.revision,
            contract.name if contract else key.contract_id if key else None,
            trade.sell.area if trade.sell else None,
            trade.buy.area if trade.buy else None,
            utc_text(contract.delivery_start) if contract else None,
            utc_text(contract.delivery_end) if contract else None,
            Decimal(plain_text(trade.quantity)),
            contract.spec.quantity_unit if contract else None,
            Decimal(plain_text(trade.price)),
            contract.spec.price_unit if contract else None,
            trade.venue_state,
            "own" if self._is_own(trade.connection, trade.identifier) else None,
        )
