"""The grid all tables are made of: geometry, scrolling, keys, copying, columns."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.widgets.desk import DARK, LIGHT, press, show
from widgets.grid import Align, Band, Cell, Column, GridView, RowLook
from widgets.grid.geometry import ColumnWidths, offset_to_show, visible_rows
from widgets.grid.painter import CellPainter


class Numbers:
    """Rows of a number and its square; every tenth is a band."""

    def __init__(self, count: int) -> None:
        self.rows = count

    def columns(self) -> tuple[Column, ...]:
        return (
            Column("n", "Number", 8),
            Column("square", "Square", 10, Align.DECIMAL, decimals=2, numbers=True, stretch=True),
        )

    def count(self) -> int:
        return self.rows

    def cell(self, row: int, column: int) -> Cell:
        return Cell(str(row) if column == 0 else f"{row * row}.00")

    def look(self, row: int) -> RowLook:
        return RowLook()

    def band(self, row: int) -> Band | None:
        return Band((Cell(f"from {row}"),)) if row % 10 == 0 else None

    def section_of(self, row: int) -> int:
        return row - row % 10

    def spoken(self, row: int) -> str:
        return f"number {row}"

    def tip(self, row: int, column: int) -> str:
        return ""


@pytest.fixture
def grid(qtbot) -> GridView:
    source = Numbers(1000)
    view = GridView(source, DARK)
    view.set_count(1000)
    show(qtbot, view, 300, 24 * 11)
    view.setFocus()
    return view


def test_keys_move_the_current_row_and_keep_it_in_view(grid: GridView) -> None:
    press(grid, Qt.Key.Key_Down)
    assert grid.current == 0
    for _ in range(30):
        press(grid, Qt.Key.Key_Down)
    assert grid.current == 30
    assert grid.current in grid.visible_rows()
    press(grid, Qt.Key.Key_End)
    assert grid.current == 999
    press(grid, Qt.Key.Key_PageUp)
    assert grid.current == 999 - 9
    press(grid, Qt.Key.Key_Home)
    assert (grid.current, grid.at_top) == (0, True)
    assert grid.accessibleDescription() == "number 0"


def test_moving_up_never_hides_the_row_under_the_section_header(grid: GridView) -> None:
    press(grid, Qt.Key.Key_End)
    for _ in range(50):
        press(grid, Qt.Key.Key_Up)
        top = grid.row_rect(grid.current).top()
        assert top >= (0 if grid.current % 10 == 0 else grid.row_height)


def test_the_section_header_stays_at_the_top(grid: GridView) -> None:
    grid.verticalScrollBar().setValue(15 * grid.row_height)
    assert grid.row_at(3) == 10
    assert grid.row_at(grid.row_height + 3) == 16


def test_copying_gives_what_is_seen(grid: GridView) -> None:
    grid.set_current(12)
    press(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "12\t144.00"


def test_columns_are_dragged_and_kept(grid: GridView) -> None:
    edge = grid._widths.widths[0]
    for act, x in ((QTest.mousePress, edge), (QTest.mouseMove, edge + 30), (QTest.mouseRelease, edge + 30)):
        place = grid.header.mapTo(grid, QPoint(x, 8))
        if act is QTest.mouseMove:
            QTest.mouseMove(grid.windowHandle(), place)
        else:
            act(grid.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert grid.column_widths() == {"n": edge + 30}
    grid.set_theme(LIGHT)
    assert grid._widths.widths[0] == edge + 30


def test_compact_rows_keep_the_place(grid: GridView) -> None:
    grid.verticalScrollBar().setValue(100 * grid.row_height)
    grid.set_compact(True)
    assert grid.row_height == DARK.sizes.row_height_compact
    assert grid.visible_rows().start == 100


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0, 2.5])
def test_every_row_is_painted_to_its_edge_at_every_scale(grid: GridView, scale: float) -> None:
    from PySide6.QtGui import QPixmap

    pixmap = QPixmap(int(300 * scale), int(260 * scale))
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.magenta)
    grid.render(pixmap)
    picture = pixmap.toImage()
    magenta = sum(
        picture.pixelColor(x, y).name() == "#ff00ff"
        for y in range(picture.height() - 1)
        for x in range(0, picture.width() - 1, 37)
    )
    assert magenta == 0


@pytest.mark.parametrize(
    ("offset", "height", "count", "rows"),
    [(0, 100, 50, range(5)), (10, 100, 50, range(6)), (990, 100, 50, range(49, 50)), (0, 100, 2, range(2))],
)
def test_visible_rows(offset: int, height: int, count: int, rows: range) -> None:
    assert visible_rows(offset, height, 20, count) == rows


def test_offset_to_show_moves_as_little_as_it_can() -> None:
    assert offset_to_show(3, 0, 100, 20) == 0
    assert offset_to_show(5, 0, 100, 20) == 20
    assert offset_to_show(2, 100, 100, 20) == 40
    assert offset_to_show(2, 100, 100, 20, covered=20) == 20


def test_the_stretching_column_takes_what_is_left() -> None:
    widths = ColumnWidths(Numbers(1).columns())
    widths.measure([50, 60], 300)
    assert (widths.widths, widths.lefts, widths.total) == ([50, 250], [0, 50], 300)
    assert (widths.at(49), widths.at(50), widths.at(300)) == (0, 1, -1)
    assert (widths.edge_at(52), widths.edge_at(60)) == (0, -1)
    widths.fit(80)
    assert widths.total == 110


def test_a_roomy_column_grows_before_the_stretching_one_and_never_pushes_others_out() -> None:
    widths = ColumnWidths(Numbers(1).columns())
    widths.measure([50, 60], 300, roomy=[90, 0])
    assert widths.widths == [90, 210]
    widths.fit(130)
    assert widths.widths == [70, 60], "as far as there is room"
    widths.fit(80)
    assert widths.widths == [50, 60]
    widths.measure([50, 60], 300, held=[widths.columns[0].key], roomy=[90, 0])
    assert widths.widths == [50, 250], "dragged to its width, it keeps it"


@pytest.mark.parametrize("middle", [False, True])
def test_a_name_that_does_not_fit_is_cut_where_it_can_be_told_from_others(qtbot, middle: bool) -> None:
    painter = CellPainter(DARK, compact=False)
    column = Column("name", "Name", 9, middle=middle)
    width = painter.figures(10)
    text = painter._fitting(Cell("QH-20261121-68"), column, width)
    assert text.startswith("QH-") and "…" in text
    assert text.endswith("68") is middle
