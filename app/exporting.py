"""Puts a table into a file: asks for the name, writes in a thread, says where it went or why not."""

import functools
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from app.export import CHUNK, ExportRefused, write_csv
from protocols.market.times import UtcNs, utc_text
from widgets.figures import grouped
from widgets.sheet import Sheet

SHOWN_AFTER = 500
"""Milliseconds until the progress of a long table is shown."""


class _Stopped(Exception):
    """The trader wants no file after all, or the window closes."""


class Exporter(QObject):
    """One table at a time. What is written is what was shown as the trader asked, whatever comes meanwhile.

    `said` tells of what passed, `warned` of what did not. The folder chosen last is offered the next time.
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
        dialog = QFileDialog(self._window, f"Export {sheet.title}", self._folder, "Comma-separated values (*.csv)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        at = utc_text(self._now()).partition(".")[0].rstrip("Z").replace(":", "").replace("T", " ")
        dialog.selectFile(f"{sheet.title} {at} UTC.csv")
        dialog.fileSelected.connect(functools.partial(self._begin, sheet))
        dialog.finished.connect(self._asked)
        self.dialog = dialog
        dialog.open()

    def _asked(self) -> None:
        self.dialog = None

    def _begin(self, sheet: Sheet, name: str) -> None:
        path = Path(name)
        self._folder = str(path.parent)
        self._stop.clear()
        if len(sheet.rows) > CHUNK:
            self.progress = self._progress_of(sheet)
        self._thread = threading.Thread(target=self._write, args=(sheet, path), name="export", daemon=True)
        self._thread.start()

    def _progress_of(self, sheet: Sheet) -> QProgressDialog:
        words = f"Writing {grouped(len(sheet.rows))} {sheet.title}"
        progress = QProgressDialog(words, "Cancel", 0, len(sheet.rows), self._window)
        progress.setWindowTitle(f"Export {sheet.title}")
        progress.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        progress.setMinimumDuration(SHOWN_AFTER)
        progress.setAutoClose(False)
        progress.setAutoReset(False)
        progress.canceled.connect(self._stop.set)
        return progress

    def _write(self, sheet: Sheet, path: Path) -> None:
        """In the thread: the signals bring its words to the window's."""
        try:
            write_csv(sheet, path, self._watch)
        except (_Stopped, ExportRefused) as why:
            self._ended.emit(why)
        else:
            count = len(sheet.rows)
            self._ended.emit(f"Exported {sheet.title}, {grouped(count)} row{'' if count == 1 else 's'}, to {path}")

    def _watch(self, rows: int) -> None:
        if self._stop.is_set():
            raise _Stopped
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
