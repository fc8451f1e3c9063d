"""Tables as files: exact, safe to open in a spreadsheet, and never half written. Each format is read back by others'
code, not by ours."""

import csv
import datetime
import gc
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from app.export import FORMATS, ExportRefused, Format, format_of, write_sheet
from app.export.excel_file import CUT, LONGEST
from protocols.market.times import utc_from_text
from protocols.market.values import MAXIMUM, plain_text
from widgets.delivery import CONTINENT
from widgets.sheet import ColumnKind, Sheet, Value, zoned_text

HEADINGS = ("contract", "price", "comment")
K = ColumnKind
AT = utc_from_text("2026-10-25T01:15:00.123456789Z")


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_excel(path: Path) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    cells = [list(row) for page in book.worksheets for row in page.iter_rows()]
    assert not [cell for row in cells for cell in row if cell.data_type == "f"], "a formula"
    return [[cell.value for cell in row] for row in cells]


def read_parquet(path: Path) -> list[dict[str, Any]]:
    return parquet.read_table(path).to_pylist()


def prices(*values: Value) -> Sheet:
    return Sheet("x", ("price",), [(value,) for value in values], (K.DECIMAL,))


def texts(*values: str) -> Sheet:
    return Sheet("x", ("comment", "n"), [(value, 1) for value in values], (K.TEXT, K.WHOLE))


def test_numbers_are_exact_and_keep_their_sign(tmp_path) -> None:
    path = tmp_path / "own trades.csv"
    write_sheet(Sheet("x", HEADINGS, (("15Q4", Decimal("-38.4"), None), ("16Q1", 12, "ok"))), path, Format.CSV)
    assert read_csv(path) == [list(HEADINGS), ["15Q4", "-38.4", ""], ["16Q1", "12", "ok"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_text_that_a_spreadsheet_would_run_is_quoted(tmp_path, text) -> None:
    path = tmp_path / "x.csv"
    write_sheet(texts(text), path, Format.CSV)
    assert read_csv(path)[1] == [f"'{text}", "1"]
    write_sheet(texts(text), tmp_path / "x.xlsx", Format.EXCEL)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    cell = book.worksheets[0]["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True), "text now, and after somebody edits the cell"


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_text_comes_back_and_no_cell_starts_a_formula(tmp_path_factory, text) -> None:
    path = tmp_path_factory.mktemp("export") / "x.csv"
    write_sheet(texts(text), path, Format.CSV)
    (cell, number) = read_csv(path)[1]
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert number == "1"


@settings(max_examples=20)
@given(texts_given=st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=30))
def test_any_text_comes_back_from_parquet(tmp_path_factory, texts_given) -> None:
    path = tmp_path_factory.mktemp("export") / "x.parquet"
    write_sheet(texts(*texts_given), path, Format.PARQUET)
    assert [row["comment"] for row in read_parquet(path)] == texts_given


@settings(max_examples=10)
@given(values=st.lists(st.integers(-MAXIMUM, MAXIMUM), min_size=1, max_size=60))
def test_every_price_is_exact_in_every_format(tmp_path_factory, values) -> None:
    folder = tmp_path_factory.mktemp("export")
    exact = [Decimal(plain_text(value)) for value in values]
    for form in FORMATS:
        write_sheet(prices(*exact), folder / f"x{form.value}", form)
    assert [Decimal(row[0]) for row in read_csv(folder / "x.csv")[1:]] == exact
    assert [row["price"] for row in read_parquet(folder / "x.parquet")] == exact
    # A number has as many digits as Excel's hold; what has more is text.
    shown = [row[0] for row in read_excel(folder / "x.xlsx")[1:]]
    assert [Decimal(f"{each:.15g}") if isinstance(each, float) else Decimal(each) for each in shown] == exact
    long = [len(str(value).strip("-0")) > 15 for value in values]
    assert [isinstance(each, str) for each in shown] == long


def test_prices_are_numbers_in_excel(tmp_path) -> None:
    write_sheet(prices(Decimal("38.4"), Decimal("1.07541"), 25_000_000, None), tmp_path / "x.xlsx", Format.EXCEL)
    assert read_excel(tmp_path / "x.xlsx") == [["price"], [38.4], [1.07541], [25_000_000]]


def test_times_are_utc_and_beside_them_as_shown(tmp_path) -> None:
    sheet = Sheet("x", ("at_utc", "at"), [(AT, zoned_text(AT, CONTINENT)), (None, None)], (K.TIME, K.TEXT))
    for form in FORMATS:
        write_sheet(sheet, tmp_path / f"x{form.value}", form)
    shown = "2026-10-25 02:15:00.123456789 CET"
    assert read_csv(tmp_path / "x.csv")[1:] == [["2026-10-25T01:15:00.123456789Z", shown], ["", ""]]
    (at, text), *_ = read_excel(tmp_path / "x.xlsx")[1:]
    assert (at, text) == (datetime.datetime(2026, 10, 25, 1, 15, 0, 123_000), shown)
    table = parquet.read_table(tmp_path / "x.parquet")
    assert str(table.schema.field("at_utc").type) == "timestamp[ns, tz=UTC]"
    assert table["at_utc"].cast("int64").to_pylist() == [AT, None]
    assert table["at"].to_pylist() == [shown, None]


def test_the_two_hours_of_one_name_are_told_apart() -> None:
    assert zoned_text(utc_from_text("2026-10-25T00:15:00Z"), CONTINENT) == "2026-10-25 02:15:00 CEST"
    assert zoned_text(utc_from_text("2026-10-25T01:15:00Z"), CONTINENT) == "2026-10-25 02:15:00 CET"


def test_what_no_cell_of_excels_holds_is_cut_visibly(tmp_path) -> None:
    write_sheet(texts("ä" * 40_000, "b" * LONGEST), tmp_path / "x.xlsx", Format.EXCEL)
    _, (cut, _n), (whole, _n) = read_excel(tmp_path / "x.xlsx")
    assert cut.startswith("ää") and cut.endswith(CUT)
    assert whole == "b" * LONGEST


def test_a_full_page_goes_on_in_another(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("app.export.excel_file.ROWS", 3)
    write_sheet(texts(*"abcdefg"), tmp_path / "x.xlsx", Format.EXCEL)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["x", "x 2", "x 3"]
    assert [row[0] for row in read_excel(tmp_path / "x.xlsx")] == [
        "comment", "a", "b", "c", "comment", "d", "e", "f", "comment", "g",
    ]  # fmt: skip


def test_what_a_column_cannot_hold_exactly_is_refused_by_name(tmp_path) -> None:
    with pytest.raises(ExportRefused, match="n: "):
        write_sheet(Sheet("x", ("n",), [(2**63,)], (K.WHOLE,)), tmp_path / "x.parquet", Format.PARQUET)
    with pytest.raises(ExportRefused, match="price: "):
        write_sheet(prices(Decimal("0.0000000001")), tmp_path / "x.parquet", Format.PARQUET)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_cannot_be_written_is_named_and_the_old_one_stays(tmp_path, form) -> None:
    path = tmp_path / f"x{form.value}"
    write_sheet(Sheet("x", HEADINGS, ()), path, form)
    before = path.read_bytes()
    with pytest.raises(ExportRefused, match="no such folder"):
        write_sheet(Sheet("x", HEADINGS, ()), tmp_path / "no such folder" / "x", form)
    blocked = tmp_path / "folder"
    blocked.mkdir()
    with pytest.raises(ExportRefused, match=r"folder"):
        write_sheet(Sheet("x", HEADINGS, ()), blocked, form)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["folder", path.name])


class Enough(Exception):
    pass


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_ended_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path, form) -> None:
    """At words to who watches from the first to the last, those of the packing included, which comes last."""
    path = tmp_path / f"x{form.value}"
    path.write_bytes(b"old")
    sheet = texts(*("row" for _ in range(210)))
    words = [0]
    write_sheet(sheet, tmp_path / "whole", form, lambda _rows: words.append(0))
    (tmp_path / "whole").unlink()
    ends = range(len(words) - 1)
    for last in {*ends[:: max(1, len(ends) // 12)], *ends[-2:]}:
        left = [last]

        def watch(_rows: int, left: list[int] = left) -> None:
            if not left[0]:
                raise Enough
            left[0] -= 1

        with pytest.raises(Enough):
            write_sheet(sheet, path, form, watch)
        assert [each.name for each in tmp_path.iterdir()] == [path.name]
        assert path.read_bytes() == b"old"


@pytest.mark.parametrize("form", FORMATS)
def test_a_disk_that_fills_up_is_named(tmp_path, form, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.export.whole.os.fsync", full)
    with pytest.raises(ExportRefused, match="No space left"):
        write_sheet(texts("a"), tmp_path / "x", form)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_while_the_workbook_is_packed_leaves_nothing_behind(tmp_path, monkeypatch) -> None:
    """Beside the workbook there are files of its parts; what is let go later must not look for them."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xlsxwriter.packager.Packager._write_styles_file", full)
    with pytest.raises(ExportRefused, match="No space left"):
        write_sheet(texts("a", "b"), tmp_path / "x.xlsx", Format.EXCEL)
    gc.collect()  # the archive is let go: any complaint of its fails the test
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_file_names_its_format() -> None:
    assert format_of(Path("a.b/Orders.XLSX")) is Format.EXCEL
    assert format_of(Path("orders.parquet")) is Format.PARQUET
    assert format_of(Path("orders.txt")) is None
    assert format_of(Path("orders")) is None


def test_the_libraries_are_loaded_by_their_use_alone() -> None:
    code = "import sys, app.exporting; print(*{'xlsxwriter', 'pyarrow'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""
