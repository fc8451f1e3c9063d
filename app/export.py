"""Tables into files. A file is whole or it is not there: what was there before stays until the new one is written."""

import csv
import io
import os
from decimal import Decimal
from pathlib import Path

from widgets.sheet import Sheet, Value

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""At the start of a CSV file: without it spreadsheets read UTF-8 as something else."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for a formula when a cell of text begins with it."""


class ExportRefused(OSError):
    """The file can't be written; the text says which and why."""


def write_csv(sheet: Sheet, path: Path) -> None:
    """Writes the sheet as CSV: comma, point, UTF-8. Text that a spreadsheet would run as a formula gets an apostrophe
    before it. Raises `ExportRefused`."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(sheet.headings)
    lines.writerows([_field(value) for value in row] for row in sheet.rows)
    write_whole(path, (BOM + text.getvalue()).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file all or nothing. Raises `ExportRefused`."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ExportRefused(f"{path}: can't be written: {error.strerror}") from error


def _field(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(_FORMULA) else value
