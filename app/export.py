"""Tables into files. A file is whole or it is not there: what was there before stays until the new one is written."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from widgets.sheet import Sheet, Value

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""At the start of a CSV file: without it spreadsheets read UTF-8 as something else."""

CHUNK = 5_000
"""Rows between two words to `watch`."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for a formula when a cell of text begins with it."""

Watch = Callable[[int], object]
"""Told how many rows are written so far; what it raises ends the writing."""


class ExportRefused(OSError):
    """The file can't be written; the text says which and why."""


def write_csv(sheet: Sheet, path: Path, watch: Watch = lambda _rows: None) -> None:
    """Writes the sheet as CSV: comma, point, UTF-8. Text that a spreadsheet would run as a formula gets an apostrophe
    before it. Raises `ExportRefused`, and what `watch` raises."""
    with _whole(path) as file:
        file.write(BOM)
        lines = csv.writer(file, lineterminator="\r\n")
        lines.writerow(sheet.headings)
        for number, row in enumerate(sheet.rows):
            if number % CHUNK == 0:
                watch(number)
            lines.writerow([_field(value) for value in row])


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """A file to write into that takes the place of `path` when all went well, and is gone when not."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise ExportRefused(f"{path}: can't be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)


def _field(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(_FORMULA) else value
