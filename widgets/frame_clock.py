"""One pulse for all painting."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from protocols.market.times import Instant


class FrameClock(QObject):
    """Beats about `rate` times a second; on each beat every visible widget compares revisions and repaints what moved.

    `read_clock` is the only source of time that widgets have: they see the instant of the beat they paint in, so all
    of one frame tells the same time.
    """

    pulse = Signal()

    def __init__(self, read_clock: Callable[[], Instant], rate: int = 30, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read_clock = read_clock
        self.now = read_clock()
        self.frame = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1000 // rate)
        self._timer.timeout.connect(self.beat)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def beat(self) -> None:
        """One frame: the timer calls this, and a test that wants a frame now."""
        self.now = self._read_clock()
        self.frame += 1
        self.pulse.emit()
