"""The formats that tables are written in. What a format needs is imported when it is first used."""

import enum
from pathlib import Path

from app.export.portions import Watch
from app.export.whole import ExportRefused, whole
from widgets.sheet import Sheet


class Format(enum.Enum):
    """By the suffix of its files."""

    CSV = ".csv"
    EXCEL = ".xlsx"
    PARQUET = ".parquet"

    @property
    def title(self) -> str:
        return _TITLES[self]


_TITLES = {
    Format.CSV: "Comma-separated values",
    Format.EXCEL: "Excel workbook",
    Format.PARQUET: "Parquet table",
}

FORMATS = tuple(Format)
"""In the order in which they are offered."""


def format_of(path: Path) -> Format | None:
    """The format that a file's name asks for; None where it asks for none of ours."""
    return next((each for each in FORMATS if each.value == path.suffix.lower()), None)


def write_sheet(sheet: Sheet, path: Path, form: Format, watch: Watch = lambda _rows: None) -> None:
    """Writes the sheet, whole or not at all. Raises `ExportRefused`, and what `watch` raises."""
    with whole(path) as draft:
        match form:
            case Format.CSV:
                from app.export.csv_file import write_csv

                write_csv(sheet, draft, watch)
            case Format.EXCEL:
                from app.export.excel_file import write_excel

                write_excel(sheet, draft, watch)
            case Format.PARQUET:
                from app.export.parquet_file import ValueUnfit, write_parquet

                try:
                    write_parquet(sheet, draft, watch)
                except ValueUnfit as error:
                    raise ExportRefused(f"{path}: can't be written: {error}") from error
