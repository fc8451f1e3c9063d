"""Excel: numbers as numbers where Excel can hold them exactly, times as UTC, text as text whatever it begins with."""

import contextlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from app.export.csv_file import FORMULA
from app.export.portions import Watch, portions
from app.export.whole import Draft
from protocols.market.times import SECOND
from widgets.sheet import ColumnKind, Sheet, Value

PORTION = 50
"""Rows, about five milliseconds."""

ROWS = 2**20 - 1
"""What an Excel sheet has, less the headings; what is more goes on in another."""

LONGEST = 32_767
"""Characters in a cell, in UTF-16."""

CUT = " … (cut: Excel holds 32,767 characters)"

EXACT_DIGITS = 15
"""What Excel's numbers hold of any decimal; those with more stay text."""

_WIDTHS = {ColumnKind.TEXT: 16, ColumnKind.WHOLE: 10, ColumnKind.DECIMAL: 14, ColumnKind.TIME: 24}
"""In characters."""


def write_excel(sheet: Sheet, draft: Draft, watch: Watch) -> None:
    """Writes the sheet; one row at a time is in memory."""
    through = 0

    def note(rows: int) -> None:
        nonlocal through
        through = rows
        watch(rows)

    with _workbook(_Sink(draft.file, lambda: watch(through)), draft) as workbook:
        pages = _Pages(workbook, sheet)
        for portion in portions(sheet, PORTION, note):
            for row in portion:
                pages.write(row)
        pages.finish()


class _Pages:
    """The rows on one sheet of the workbook, and on more when it is full."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._kinds = sheet.kinds or (ColumnKind.TEXT,) * len(sheet.headings)
        self._bold = workbook.add_format({"bold": True})
        self._time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        # Or it becomes a formula when somebody edits the cell.
        self._quoted = workbook.add_format({"quote_prefix": True})
        self._page = self._turn()
        self._row = 0

    def write(self, row: tuple[Value, ...]) -> None:
        if self._row == ROWS:
            self.finish()
            self._page = self._turn()
            self._row = 0
        self._row += 1
        for column, (value, kind) in enumerate(zip(row, self._kinds, strict=True)):
            if value is not None:
                self._put(column, value, kind)

    def finish(self) -> None:
        """Filters over everything that was written."""
        self._page.autofilter(0, 0, self._row, len(self._kinds) - 1)

    def _turn(self) -> Worksheet:
        number = len(self._workbook.worksheets()) + 1
        page = self._workbook.add_worksheet(self._sheet.title if number == 1 else f"{self._sheet.title} {number}")
        for column, (heading, kind) in enumerate(zip(self._sheet.headings, self._kinds, strict=True)):
            page.set_column(column, column, max(_WIDTHS[kind], len(heading) + 4))
            page.write_string(0, column, heading, self._bold)
        page.freeze_panes(1, 0)
        return page

    def _put(self, column: int, value: str | int | Decimal, kind: ColumnKind) -> None:
        if isinstance(value, str):
            self._put_text(column, value)
        elif kind is ColumnKind.TIME:
            at = datetime.fromtimestamp(int(value) // SECOND, UTC)
            # Excel counts milliseconds; what came finer stands in the time as text beside it.
            at = at.replace(tzinfo=None, microsecond=int(value) % SECOND // 1_000_000 * 1_000)
            self._page.write_datetime(self._row, column, at, self._time)
        elif kind is ColumnKind.TEXT or not _fits(value):
            self._put_text(column, f"{value:f}" if isinstance(value, Decimal) else str(value))
        else:
            self._page.write_number(self._row, column, value)

    def _put_text(self, column: int, text: str) -> None:
        if len(text.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST:
            text = text[: LONGEST // 2 - len(CUT)] + CUT
        look = self._quoted if text.startswith(FORMULA) else None
        self._page.write_string(self._row, column, text, look)


def _fits(value: int | Decimal) -> bool:
    """Whether a number of Excel's says the same."""
    digits = "".join(str(digit) for digit in Decimal(value).as_tuple().digits)
    return len(digits.strip("0")) <= EXACT_DIGITS


@contextlib.contextmanager
def _workbook(sink: "_Sink", draft: Draft) -> Iterator[Workbook]:
    """Packed into the sink at the end, if nothing went wrong."""
    workbook = Workbook(sink, {"constant_memory": True, "tmpdir": str(draft.folder)})
    try:
        yield workbook
        try:
            workbook.close()
        except XlsxWriterException as error:
            raise OSError(str(error)) from error
    finally:
        sink.end()
        for file in (file for page in workbook.worksheets() for file in (page.row_data_fh, page.fh)):
            with contextlib.suppress(OSError):
                file.close()  # which only a whole `close` does


class _Sink:
    """The file that the workbook is packed into: packing takes long as well, and is watched at each write. Once
    something went wrong, or all is done, it forgets what the archive still has to say when it is let go."""

    def __init__(self, file: IO[bytes], check: Callable[[], object]) -> None:
        self._file = file
        self._check = check
        self._nowhere = io.BytesIO()
        self._ended = False

    def write(self, data: bytes) -> int:
        if self._ended:
            return self._nowhere.write(data)
        self._ended = True
        self._check()
        written = self._file.write(data)
        self._ended = False
        return written

    def end(self) -> None:
        """Nothing more gets into the file, which may be closed by now."""
        self._ended = True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._open.seek(offset, whence)

    def tell(self) -> int:
        return self._open.tell()

    def flush(self) -> None:
        self._open.flush()

    @property
    def _open(self) -> IO[bytes]:
        return self._nowhere if self._ended else self._file
