"""Puts a table into a file: asks for the name, writes in a thread, says where it went or why not."""

import functools
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from app.export import FORMATS, ExportRefused, Format, format_of, write_sheet
from protocols.market.times import UtcNs, utc_text
from widgets.figures import grouped
from widgets.sheet import Sheet

SHOWN_AFTER = 500
"""Milliseconds until the progress of a long table is shown."""

LONG = 5_000
"""Rows from which a table has a progress that can be cancelled."""

BREATH = 0.001
"""Seconds that the thread stands back after each portion: Python runs one thread at a time, and the window's comes
first."""

TOLD_EVERY = 2_000
"""Rows between two movements of the progress."""


class _Stopped(Exception):
    """The trader wants no file after all, or the window closes."""


class Exporter(QObject):
    """One table at a time. What is written is what was shown as the trader asked, whatever comes meanwhile.

    `said` tells of what passed, `warned` of what did not. Folder and format chosen last are offered the next time.
    """

    said = Signal(str)
    warned = Signal(str)
    _wrote = Signal(int)
    _ended = Signal(object)

    def __init__(self, window: QWidget, now: Callable[[], UtcNs]) -> None:
        super().__init__(window)
        self._window = window
        self._now = now
        self._folder = ""
        self._format = Format.CSV
        self._told = 0
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.dialog: QFileDialog | None = None
        """The one that asks for a name, while it is open."""
        self.progress: QProgressDialog | None = None
        """Shown while a table is written that is long."""
        self._wrote.connect(self._show_progress)
        self._ended.connect(self._finish)

    def export(self, sheet: Sheet) -> None:
        """Asks for the name of a file for `sheet`."""
        if self._thread is not None:
            self.warned.emit("Another table is being written: one at a time")
        elif not sheet.rows:
            self.warned.emit(f"Nothing to export: no {sheet.title} are shown")
        elif self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
        else:
            self._ask(sheet)

    def release(self) -> None:
        """Before the window goes: what is not whole by now is not written."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _ask(self, sheet: Sheet) -> None:
        dialog = QFileDialog(self._window, f"Export {sheet.title}", self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_filter_of(form) for form in FORMATS])
        dialog.selectNameFilter(_filter_of(self._format))
        dialog.setDefaultSuffix(self._format.value.removeprefix("."))
        at = utc_text(self._now()).partition(".")[0].rstrip("Z").replace(":", "").replace("T", " ")
        dialog.selectFile(f"{sheet.title} {at} UTC{self._format.value}")
        dialog.filterSelected.connect(functools.partial(_name_by_filter, dialog))
        dialog.fileSelected.connect(functools.partial(self._chosen, dialog, sheet))
        dialog.finished.connect(self._asked)
        self.dialog = dialog
        dialog.open()

    def _asked(self) -> None:
        self.dialog = None

    def _chosen(self, dialog: QFileDialog, sheet: Sheet, name: str) -> None:
        # A name that says a format is believed: a workbook that is called .csv opens nowhere.
        form = format_of(Path(name)) or _format_of_filter(dialog.selectedNameFilter())
        self.begin(sheet, Path(name), form)

    def begin(self, sheet: Sheet, path: Path, form: Format) -> None:
        """Writes the sheet in a thread."""
        self._folder, self._format = str(path.parent), form
        self._stop.clear()
        self._told = 0
        if len(sheet.rows) > LONG:
            self.progress = self._progress_of(sheet)
        self._thread = threading.Thread(target=self._write, args=(sheet, path, form), name="export", daemon=True)
        self._thread.start()

    def _progress_of(self, sheet: Sheet) -> QProgressDialog:
        words = f"Writing {grouped(len(sheet.rows))} {sheet.title}"
        progress = QProgressDialog(words, "Cancel", 0, len(sheet.rows), self._window)
        progress.setWindowTitle(f"Export {sheet.title}")
        progress.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        progress.setMinimumDuration(SHOWN_AFTER)
        progress.setValue(0)  # which begins that time anew: at first it is four seconds
        progress.setAutoClose(False)
        progress.setAutoReset(False)
        progress.canceled.connect(self._stop.set)
        return progress

    def _write(self, sheet: Sheet, path: Path, form: Format) -> None:
        """In the thread: the signals bring its words to the window's."""
        outcome: str | Exception = ExportRefused(f"{path}: could not be written")
        try:
            write_sheet(sheet, path, form, self._watch)
            count = len(sheet.rows)
            outcome = f"Exported {sheet.title}, {grouped(count)} row{'' if count == 1 else 's'}, to {path}"
        except (_Stopped, ExportRefused) as why:
            outcome = why
        finally:
            # After what nobody foresaw as well, which the failure handler shows: the next table may be written.
            self._ended.emit(outcome)

    def _watch(self, rows: int) -> None:
        if self._stop.wait(BREATH):
            raise _Stopped
        if rows >= self._told + TOLD_EVERY:
            self._told = rows
            self._wrote.emit(rows)

    def _show_progress(self, rows: int) -> None:
        if self.progress is not None:
            self.progress.setValue(rows)

    def _finish(self, outcome: str | Exception) -> None:
        self._thread = None
        if self.progress is not None:
            self.progress.deleteLater()
            self.progress = None
        if isinstance(outcome, str):
            self.said.emit(outcome)
        elif isinstance(outcome, _Stopped):
            self.said.emit("Export: cancelled, nothing was written")
        else:
            self.warned.emit(f"Export: {outcome}")


def _filter_of(form: Format) -> str:
    return f"{form.title} (*{form.value})"


def _format_of_filter(text: str) -> Format:
    return next((form for form in FORMATS if _filter_of(form) == text), Format.CSV)


def _name_by_filter(dialog: QFileDialog, text: str) -> None:
    """The name in the field follows the chosen format."""
    suffix = _format_of_filter(text).value
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    for chosen in map(Path, dialog.selectedFiles()):
        if not chosen.is_dir():  # an emptied field stands for the folder
            dialog.selectFile((chosen.with_suffix(suffix) if format_of(chosen) else Path(f"{chosen}{suffix}")).name)
