"""Numbers that are wider than their column: drawn smaller, or as ###, and never without their leading figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QToolTip

from tests.widgets.desk import DARK, show
from tests.widgets.grid_rows import PlainRows
from widgets.figures import amount_text
from widgets.grid import Align, Cell, Column, GridView
from widgets.grid.numbers import NO_ROOM
from widgets.grid.painter import PADDING, CellPainter

VOLUME = Column("volume", "Volume", 6, Align.DECIMAL, decimals=1, numbers=True)
PRICE = Column("price", "Price", 6, Align.DECIMAL, decimals=2, numbers=True)
AMOUNT = Column("amount", "Amount", 6, Align.RIGHT, numbers=True)


class Drawn(QPainter):
    """Remembers which texts were drawn, where, and how wide they are."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.texts: list[tuple[str, float, float]] = []

    def drawText(self, rect: QRect, flags: int, text: str) -> None:
        width = self.fontMetrics().horizontalAdvance(text)
        assert flags & Qt.TextFlag.TextDontClip or width <= rect.width(), f"{text} is cut"
        right = flags & Qt.AlignmentFlag.AlignRight
        start = rect.right() + 1 - width if right else rect.left()
        self.texts.append((text, start, start + width))
        super().drawText(rect, flags, text)


def drawn(cells: CellPainter, column: Column, cell: Cell, width: int, left: int = 40) -> list[tuple[str, float, float]]:
    """What a cell of this width draws, beginning at `left`."""
    image = QImage(left + width + 60, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = Drawn(image)
    cells.cell(painter, QRect(left, 0, width, 24), column, cell, dim=False)
    painter.end()
    ink = [x for x in range(image.width()) for y in range(24) if image.pixelColor(x, y).lightness() > 60]
    assert ink, "something is drawn"
    assert min(ink) >= left - 1
    return [(text, start - left, end - left) for text, start, end in painter.texts]


@pytest.fixture(scope="module")
def cells(qapp) -> CellPainter:
    return CellPainter(DARK, compact=False)


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize(
    ("column", "text"),
    [
        (VOLUME, "1\N{NO-BREAK SPACE}024.6"),
        (PRICE, "1024.60"),
        (PRICE, "−1024.60"),
        (PRICE, "−58.41"),
        (AMOUNT, "−1\N{NO-BREAK SPACE}250"),
    ],
)
def test_a_number_a_figure_or_two_too_wide_is_drawn_whole(qapp, column: Column, text: str, compact: bool) -> None:
    cells = CellPainter(DARK, compact)
    for figures in (len(text) - 1, len(text) - 2)[: 1 if compact else 2]:
        width = cells.figures(figures) + 2 * PADDING
        [(shown, start, end)] = drawn(cells, column, Cell(text), width)
        assert shown == text
        assert start >= -0.5
        assert end <= width


@given(
    value=st.integers(min_value=-(10**15), max_value=10**15),
    decimals=st.integers(min_value=0, max_value=5),
    width=st.integers(min_value=24, max_value=140),
    bold=st.booleans(),
    mark=st.sampled_from(["", "▲", "?"]),
    column=st.sampled_from([VOLUME, PRICE, AMOUNT]),
)
def test_no_number_in_any_column_ever_loses_a_figure(cells, value, decimals, width, bold, mark, column) -> None:
    text = amount_text(value, decimals)
    *marks, (shown, start, _) = drawn(cells, column, Cell(text, bold=bold, mark=mark), width)
    assert shown == text or shown == NO_ROOM[: len(shown)]
    if mark and shown == text:
        assert start >= marks[0][2] - 1, "nor covers its mark"


class Growing(PlainRows):
    """Three columns of numbers; a row can be given another volume."""

    def __init__(self) -> None:
        self.volumes = ["974.3", "12.0"]

    def columns(self) -> tuple[Column, ...]:
        return Column("name", "Name", 8), VOLUME, PRICE

    def cell(self, row: int, column: int) -> Cell:
        return Cell((f"HH-{row}", self.volumes[row], "38.40")[column])

    def tip(self, row: int, column: int) -> str:
        return "<qt>the row</qt>"


@pytest.fixture
def grid(qtbot) -> GridView:
    view = GridView(Growing(), DARK)
    view.set_count(2)
    show(qtbot, view, 600, 200)
    return view


def widen(grid: GridView, volume: str) -> None:
    grid._source.volumes[0] = volume
    grid.update_row(0)
    QApplication.processEvents()
    QApplication.processEvents()


def tip_of(grid: GridView, column: int) -> str:
    at = QPoint(grid._widths.lefts[column] + 10, 10)
    where = grid.viewport().mapToGlobal(at)
    QApplication.sendEvent(grid.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, where))
    return QToolTip.text()


def test_a_column_grows_with_its_widest_number_and_keeps_that_width(grid: GridView) -> None:
    before = list(grid._widths.widths)
    widen(grid, "1\N{NO-BREAK SPACE}974.3")
    wide = grid._widths.widths[1]
    assert wide > before[1]
    assert grid._cells.lacking(wide, VOLUME, Cell("1\N{NO-BREAK SPACE}974.3")) == 0
    assert [grid._widths.widths[0], grid._widths.widths[2]] == [before[0], before[2]]
    assert grid.column_widths() == {}, "nobody dragged it"
    widen(grid, "1.0")
    assert grid._widths.widths[1] == wide, "columns do not go to and fro under the mouse"
    grid.set_compact(True)
    assert grid._widths.widths[1] < wide


def test_a_column_that_was_dragged_keeps_its_width_and_its_number_is_said_in_full(grid: GridView) -> None:
    grid.set_column_widths({"volume": 30})
    widen(grid, "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}974.3")
    assert grid._widths.widths[1] == 30
    assert tip_of(grid, 1) == "<qt>Volume 1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}974.3<br>the row</qt>"
    assert tip_of(grid, 2) == "<qt>the row</qt>"
