"""The tape as a table that leaves the desk: a million rows, each made when it is written. No Qt."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from protocols.market.events import Trade
from protocols.market.instruments import PowerContract
from protocols.market.values import plain_text
from widgets.sheet import ColumnKind, LazyRows, Row, zoned_text

COLUMNS = {
    "executed_utc": ColumnKind.TIME,
    "executed": ColumnKind.TEXT,
    "connection": ColumnKind.TEXT,
    "trade": ColumnKind.TEXT,
    "revision": ColumnKind.WHOLE,
    "contract": ColumnKind.TEXT,
    "sold_in": ColumnKind.TEXT,
    "bought_in": ColumnKind.TEXT,
    "delivery_start_utc": ColumnKind.TIME,
    "delivery_end_utc": ColumnKind.TIME,
    "quantity": ColumnKind.DECIMAL,
    "quantity_unit": ColumnKind.TEXT,
    "price": ColumnKind.DECIMAL,
    "price_unit": ColumnKind.TEXT,
    "state": ColumnKind.TEXT,
    "own": ColumnKind.TEXT,
}
HEADINGS, KINDS = tuple(COLUMNS), tuple(COLUMNS.values())


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


class TapeSheetRows(LazyRows[Trade]):
    """The trades as they were when it was made, in their order. Reads what never changes: any thread may."""

    def __init__(
        self,
        trades: NewestFirst,
        contract_of: Callable[[Trade], PowerContract | None],
        is_own: Callable[[str, str], bool],
        zone: ZoneInfo,
    ) -> None:
        """`zone` is the one that times are shown in."""
        super().__init__(trades)
        self._zone = zone
        self._contract_of = contract_of
        self._is_own = is_own

    def row_of(self, trade: Trade) -> Row:
        contract = self._contract_of(trade)
        key = trade.buy or trade.sell
        return (
            trade.executed_at,
            zoned_text(trade.executed_at, self._zone),
            trade.connection,
            trade.identifier,
            trade.revision,
            contract.name if contract else key.contract_id if key else None,
            trade.sell.area if trade.sell else None,
            trade.buy.area if trade.buy else None,
            contract.delivery_start if contract else None,
            contract.delivery_end if contract else None,
            Decimal(plain_text(trade.quantity)),
            contract.spec.quantity_unit if contract else None,
            Decimal(plain_text(trade.price)),
            contract.spec.price_unit if contract else None,
            trade.venue_state,
            "own" if self._is_own(trade.connection, trade.identifier) else None,
        )
