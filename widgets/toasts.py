"""Toasts: what passed. They lie above the lower right corner and move nothing."""

import dataclasses

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.notice_line import Line
from widgets.theme import Theme

TOAST_SECONDS = 6.0
TOASTS_AT_ONCE = 4
"""The oldest toast goes when there are more: toasts are for what passed, an alert belongs into the bar."""

FOOT = 44
"""Left free below toasts, in pixels: where a table has its sums and buttons, which say what a key would do."""


@dataclasses.dataclass
class _Toast:
    line: Line
    text: str
    until: float
    times: int = 1


class Toasts(QWidget):
    """Passing words above the lower right corner of `host`; each goes by itself, at a click, or with Esc."""

    def __init__(self, host: QWidget, clock: FrameClock, theme: Theme, margin: int = 12) -> None:
        super().__init__(host)
        self._host = host
        self._clock = clock
        self._theme = theme
        self._margin = margin
        self._keys = NO_KEYS
        self._toasts: list[_Toast] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.setAccessibleName("Notices")
        self.hide()
        host.installEventFilter(self)
        clock.pulse.connect(self._pulse)

    def say(self, text: str, warning: bool = False) -> None:
        """Shows a toast for a few seconds; the same text again is counted on the one that is there."""
        until = self._clock.now.monotonic + TOAST_SECONDS
        for toast in self._toasts:
            if toast.text == text:
                toast.times += 1
                toast.until = until
                toast.line.text.say(f"{text}  ×{toast.times}")
                return
        line = Line(self)
        line.framed = True
        line.mark.say("!" if warning else "·")
        line.text.say(text)
        line.setAccessibleName(text)
        toast = _Toast(line, text, until)
        line.closer(self._keys.tip("Dismiss", "window.dismiss"), "Dismiss", lambda: self._drop(toast))
        line.dress(self._theme, "warning" if warning else "accent", "surface_raised")
        self._toasts.append(toast)
        self._column.addWidget(line)
        line.show()
        while len(self._toasts) > TOASTS_AT_ONCE:
            self._drop(self._toasts[0])
        self._place()

    def texts(self) -> list[str]:
        return [toast.text for toast in self._toasts]

    def dismiss_newest(self) -> bool:
        """False when there was none."""
        if not self._toasts:
            return False
        self._drop(self._toasts[-1])
        return True

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for toast in self._toasts:
            warning = toast.line.mark.whole_text == "!"
            toast.line.dress(theme, "warning" if warning else "accent", "surface_raised")

    def set_keys(self, keys: KeyTexts) -> None:
        """For the toasts that come from now on."""
        self._keys = keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self.dismiss_newest():
            event.ignore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return QSize(360, super().sizeHint().height())

    def _pulse(self) -> None:
        now = self._clock.now.monotonic
        for toast in [toast for toast in self._toasts if toast.until <= now]:
            self._drop(toast)

    def _drop(self, toast: _Toast) -> None:
        self._toasts.remove(toast)
        self._column.removeWidget(toast.line)
        toast.line.hide()
        toast.line.deleteLater()
        self._place()

    def _place(self) -> None:
        host = self._host
        self.setVisible(bool(self._toasts))
        self._column.activate()
        width = min(360, max(160, host.width() - 2 * self._margin))
        height = self._column.totalHeightForWidth(width)
        if height < 0:
            height = self.sizeHint().height()
        self.setGeometry(host.width() - width - self._margin, host.height() - height - FOOT, width, height)
        self.raise_()
