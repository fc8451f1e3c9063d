"""Garbage is collected on the thread of the window only.

Python collects on whatever thread happens to allocate. When that is not the window's (one that asks the keyring, or
reads the practice venue's output), a forgotten QObject dies on the wrong thread, with its timers: Qt says "timers
cannot be stopped from another thread", and may crash.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1_000


class Collector(QObject):
    """Takes collecting over from the interpreter, from `start` to `stop`. Generations and thresholds stay Python's."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._collect_due)
        self._was_automatic = gc.isenabled()

    def start(self) -> None:
        self._was_automatic = gc.isenabled()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Collects what there is, here and now, and gives collecting back to whoever did it before."""
        self._timer.stop()
        gc.collect()
        if self._was_automatic:
            gc.enable()

    def _collect_due(self) -> None:
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
