"""A table as it leaves the desk: to the clipboard or into a file. No Qt, no files."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

Value = str | int | Decimal | None


class Sheet(msgspec.Struct, frozen=True):
    """Headings and rows of the same length. Numbers are numbers, exact; times are text in UTC, ISO 8601.

    Rows of a long table are made as they are read, by whichever thread writes them: they hold what doesn't change.
    """

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
