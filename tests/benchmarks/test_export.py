"""Long tables into files: how long each format takes, and that the window's beat goes on meanwhile."""

import time
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from app.export import FORMATS, Format, write_sheet
from app.exporting import BREATH, Exporter
from protocols.market.times import UtcNs
from widgets.delivery import CONTINENT
from widgets.sheet import ColumnKind, Sheet, Value, zoned_text

ROWS = 100_000
BUDGET = {Format.CSV: 8.0, Format.PARQUET: 8.0, Format.EXCEL: 50.0}
"""Seconds of the processor for 100,000 rows of sixteen columns."""
BEAT = 33
LATEST = 0.060
"""Seconds from one beat to the next, of all but one in a hundred."""
WATCHED = 4.0

K = ColumnKind
COLUMNS = {
    "executed_utc": K.TIME, "executed": K.TEXT, "connection": K.TEXT, "trade": K.TEXT, "revision": K.WHOLE,
    "contract": K.TEXT, "sold_in": K.TEXT, "bought_in": K.TEXT, "start_utc": K.TIME, "end_utc": K.TIME,
    "quantity": K.DECIMAL, "quantity_unit": K.TEXT, "price": K.DECIMAL, "price_unit": K.TEXT, "state": K.TEXT,
    "own": K.TEXT,
}  # fmt: skip


class Rows(list[tuple[Value, ...]]):
    """Made as they are read, as the tape's are."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        for number in range(self._count):
            at = UtcNs(1_763_700_000_000_000_000 + number * 1_234_567)
            yield (
                at, zoned_text(at, CONTINENT), "EPEX M7", f"T{number}", 1, "15Q4", "DE-AMPRION", "DE-TENNET", at, at,
                Decimal("10.5"), "MW", Decimal("38.41"), "EUR/MWh", "Active", None,
            )  # fmt: skip


def sheet(count: int = ROWS) -> Sheet:
    return Sheet("trades", tuple(COLUMNS), Rows(count), tuple(COLUMNS.values()))


@pytest.mark.parametrize("form", FORMATS)
def test_a_hundred_thousand_rows(form: Format, tmp_path: Path) -> None:
    before = time.process_time()
    write_sheet(sheet(), tmp_path / f"trades{form.value}", form, lambda _rows: time.sleep(BREATH))
    took = time.process_time() - before
    print(f"\n{form.title}: {took:.1f} s of the processor for {ROWS:,} rows")
    assert took < BUDGET[form]


@pytest.mark.parametrize("form", FORMATS)
def test_the_window_beats_on(form: Format, tmp_path: Path, qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    exporter = Exporter(window, lambda: UtcNs(0))
    exporter.begin(sheet(10 * ROWS), tmp_path / f"trades{form.value}", form)
    beats: list[float] = []
    timer = QTimer(window)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    timer.start(BEAT)
    qtbot.wait(round(1000 * WATCHED))
    timer.stop()
    exporter.release()
    gaps = sorted(after - before for before, after in pairwise(beats))
    late = gaps[int(0.99 * len(gaps))]
    print(f"\n{form.title}: {len(beats)} beats, the longest wait {1000 * gaps[-1]:.0f} ms, p99 {1000 * late:.0f} ms")
    assert late < LATEST
    assert list(tmp_path.iterdir()) == []
