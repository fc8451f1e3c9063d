"""Tables as files: exact, safe to open in a spreadsheet, and never half written."""

import csv
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.export import ExportRefused, write_csv
from widgets.sheet import Sheet

HEADINGS = ("contract", "price", "comment")


def read(path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_numbers_are_exact_and_keep_their_sign(tmp_path) -> None:
    path = tmp_path / "own trades.csv"
    write_csv(Sheet("x", HEADINGS, (("15Q4", Decimal("-38.4"), None), ("16Q1", 12, "ok"))), path)
    assert read(path) == [list(HEADINGS), ["15Q4", "-38.4", ""], ["16Q1", "12", "ok"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_text_that_a_spreadsheet_would_run_is_quoted(tmp_path, text) -> None:
    path = tmp_path / "x.csv"
    write_csv(Sheet("x", ("comment",), ((text,),)), path)
    assert read(path)[1] == [f"'{text}"]


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_text_comes_back_and_no_cell_starts_a_formula(tmp_path_factory, text) -> None:
    path = tmp_path_factory.mktemp("export") / "x.csv"
    write_csv(Sheet("x", ("comment", "n"), ((text, 1),)), path)
    (cell, number) = read(path)[1]
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert number == "1"


def test_a_file_that_cannot_be_written_is_named_and_the_old_one_stays(tmp_path) -> None:
    path = tmp_path / "x.csv"
    write_csv(Sheet("x", HEADINGS, ()), path)
    before = path.read_bytes()
    with pytest.raises(ExportRefused, match="no such folder"):
        write_csv(Sheet("x", HEADINGS, ()), tmp_path / "no such folder" / "x.csv")
    blocked = tmp_path / "folder.csv"
    blocked.mkdir()
    with pytest.raises(ExportRefused, match=r"folder\.csv"):
        write_csv(Sheet("x", HEADINGS, ()), blocked)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder.csv", "x.csv"]
