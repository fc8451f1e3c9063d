"""A table as it leaves the desk: to the clipboard or into a file. No Qt, no files."""

from decimal import Decimal

import msgspec

Value = str | int | Decimal | None


class Sheet(msgspec.Struct, frozen=True):
    """Headings and rows of the same length. Numbers are numbers, exact; times are text in UTC, ISO 8601."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
