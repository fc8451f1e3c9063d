"""CSV: comma, point, UTF-8; times as ISO 8601 in UTC."""

import csv
import io
from decimal import Decimal

from app.export.portions import Watch, portions
from app.export.whole import Draft
from protocols.market.times import UtcNs, utc_text
from widgets.sheet import ColumnKind, Sheet, Value

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""At the start of a file: without it spreadsheets read UTF-8 as something else."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for a formula when a cell of text begins with it."""

PORTION = 200
"""Rows, about two milliseconds."""


def write_csv(sheet: Sheet, draft: Draft, watch: Watch) -> None:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    file = io.TextIOWrapper(draft.file, encoding="utf-8", newline="")
    file.write(BOM)
    lines = csv.writer(file, lineterminator="\r\n")
    lines.writerow(sheet.headings)
    kinds = sheet.kinds or (ColumnKind.TEXT,) * len(sheet.headings)
    for portion in portions(sheet, PORTION, watch):
        lines.writerows([_field(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in portion)
    file.detach()


def _field(value: Value, kind: ColumnKind) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return utc_text(UtcNs(value)) if kind is ColumnKind.TIME else str(value)
    return f"'{value}" if value.startswith(FORMULA) else value
