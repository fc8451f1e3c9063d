"""A table as it leaves the desk: to the clipboard or into a file. No Qt, no files."""

import enum
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Generic, Protocol, TypeVar, overload
from zoneinfo import ZoneInfo

import msgspec

from protocols.market.times import SECOND, UtcNs

Value = str | int | Decimal | None
Row = tuple[Value, ...]
Item = TypeVar("Item")
Items = TypeVar("Items", covariant=True)


class ColumnKind(enum.Enum):
    """What a column holds. Each may be empty (None) in any row."""

    TEXT = "text"
    WHOLE = "whole number"
    DECIMAL = "decimal number"
    """Exact, with up to nine decimals. A row's value may be a whole number as well."""
    TIME = "time"
    """`UtcNs`: each format writes it in its own way, always in UTC."""


class Sheet(msgspec.Struct, frozen=True):
    """Headings, rows and kinds, all of the same length; without kinds everything is text. Numbers are exact.

    Rows of a long table are made as they are read, by whichever thread writes them: they hold what doesn't change.
    """

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Row]
    kinds: tuple[ColumnKind, ...] = ()


class Listed(Protocol[Items]):
    """Things in their order."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Items: ...


class LazyRows(Sequence[Row], Generic[Item]):
    """The rows of a long table: each is made of its item when it is read. Items must not change any more."""

    def __init__(self, items: Listed[Item]) -> None:
        self._items = items

    def row_of(self, item: Item) -> Row:
        """Whoever says what the rows are says this. May be called by any thread."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self.row_of(self._items[each]) for each in range(len(self))[index]]
        return self.row_of(self._items[range(len(self))[index]])


def zoned_text(at: UtcNs | None, zone: ZoneInfo) -> str | None:
    """A time as it is shown, for people beside the UTC: `2026-10-25 02:15:00.25 CEST`, as exact as it came."""
    if at is None:
        return None
    seconds, nanoseconds = divmod(at, SECOND)
    local = datetime.fromtimestamp(seconds, zone)
    fraction = f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""
    return f"{local:%Y-%m-%d %H:%M:%S}{fraction} {local.tzname()}"
