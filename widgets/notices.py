"""What the trader must read: a bar across the top for what blocks, warns or alerts, and toasts for what passed.

The bar takes room only when something blocks. Toasts lie above the lower right corner instead and move nothing:
a ladder that jumps by a line between aim and click would cost money.
"""

import dataclasses
import enum
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from protocols.market.events import ConnectionStatus
from protocols.market.state import MarketState
from widgets.buttons import button_sheet
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.theme import Theme
from widgets.venue_clock import is_skewed, skew_words
from widgets.wording import PlainLabel, plain_tip

SHOWN_AT_ONCE = 2
"""Blocking notices shown while the bar is not unfolded; the others are counted."""

WIDEST_MARK = "▲"
"""Room for it is left before every text, so that texts of several notices begin at one edge."""

TOAST_SECONDS = 6.0
TOASTS_AT_ONCE = 4
"""The oldest toast goes when there are more: toasts are for what passed, an alert belongs into the bar."""

FOOT = 44
"""Left free below toasts, in pixels: where a table has its sums and buttons, which say what a key would do."""


_ALERT = "alert:"
_CLOCK = "clock:"


class _Kind(enum.Enum):
    """Glyph, ink, ground and word of a notice."""

    BLOCK = ("▲", "danger", "danger_surface", "Blocking")
    ALERT = ("!", "danger", "danger_surface", "Alert")
    WARNING = ("◆", "warning", "surface_raised", "Warning")


class Offer(NamedTuple):
    """What can be done about an alert, on a button beside it."""

    words: str
    tip: str
    act: Callable[[], object]


class _Line(QWidget):
    """One notice: a glyph, text that wraps, and room for a button."""

    def __init__(self, parent: QWidget, kind: _Kind = _Kind.BLOCK) -> None:
        super().__init__(parent)
        self.kind = kind
        self._ground = self._edge = QColor()
        self.framed = False
        self.mark = PlainLabel("", self)
        self.text = PlainLabel("", self)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(12, 5, 8, 5)
        self.row.setSpacing(8)
        self.row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addWidget(self.text, 1)
        self.offered: QPushButton | None = None

    def offer(self, offer: Offer) -> None:
        self.offered = button = QPushButton(offer.words, self)
        button.setToolTip(plain_tip(f"{offer.tip} (Space)"))
        button.setAccessibleName(offer.tip)
        button.clicked.connect(lambda: offer.act())
        self.row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def dress_as_kind(self, theme: Theme) -> None:
        _, ink, ground, _ = self.kind.value
        self.dress(theme, ink, ground)

    def dress(self, theme: Theme, ink: str, ground: str) -> None:
        self._ground, self._edge = getattr(theme, ground), theme.border_strong
        self.mark.set_ink(getattr(theme, ink))
        bold = theme.ui_font(weight=QFont.Weight.Bold)
        self.mark.setFont(bold)
        self.mark.setFixedWidth(QFontMetrics(bold).horizontalAdvance(WIDEST_MARK))
        self.text.setFont(theme.ui_font(weight=QFont.Weight.Medium))
        if self.offered is not None:
            self.offered.setFont(theme.ui_font())
            self.offered.setStyleSheet(button_sheet(theme))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ground)
        if self.framed:
            painter.setPen(self._edge)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class NoticeBar(QWidget):
    """What blocks trading, each with its reason, until it is resolved, alerts until they are dismissed, and below them
    warnings while they last. Given a market, it follows the connections and their clocks."""

    def __init__(
        self,
        theme: Theme,
        clock: FrameClock | None = None,
        market: MarketState | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._market = market
        self._status = -1
        self._texts: dict[str, str] = {}
        self._lines: dict[str, _Line] = {}
        self._unfolded = False
        self.more = QToolButton(self)
        self.more.setToolTip("Show all that blocks, or only the newest")
        self.more.setAccessibleName("More notices")
        self.more.setAutoRaise(True)
        self.more.clicked.connect(self._toggle)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What blocks trading")
        self._arrange()
        if clock is not None and market is not None:
            clock.pulse.connect(self._follow)

    def block(self, key: str, text: str) -> None:
        """Shows a notice that stays until `resolve(key)`; the same key again changes its text."""
        self._show(key, text, _Kind.BLOCK)

    def warn(self, key: str, text: str) -> None:
        """Shows what blocks nothing, until `resolve(key)`; the same key again changes its text."""
        self._show(key, text, _Kind.WARNING)

    def alert(self, text: str, offer: Offer | None = None) -> None:
        """Shows something that blocks nothing and must be read: it stays until somebody dismisses it. What is offered
        can be done as often as it is there."""
        key = f"{_ALERT}{text}"
        if key in self._texts:
            return
        line = self._show(key, text, _Kind.ALERT)
        if offer is not None:
            line.offer(offer)
            line.dress_as_kind(self._theme)
        dismiss = QToolButton(line)
        dismiss.setText("×")
        dismiss.setAutoRaise(True)
        dismiss.setToolTip("Dismiss: it was read (Space)")
        dismiss.setAccessibleName(f"Dismiss: {text}")
        dismiss.clicked.connect(lambda: self.resolve(key))
        line.row.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def alerted(self) -> bool:
        """Whether an alert waits to be dismissed."""
        return any(key.startswith(_ALERT) for key in self._texts)

    def dismiss_alert(self) -> None:
        """The newest alert was read."""
        newest = next((key for key in reversed(self._texts) if key.startswith(_ALERT)), None)
        if newest is not None:
            self.resolve(newest)

    def resolve(self, key: str) -> None:
        """The notice is gone; nothing happens when there is none."""
        line = self._lines.pop(key, None)
        if line is not None:
            del self._texts[key]
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
            self._arrange()

    def dismiss_alerts(self) -> None:
        """All of them were read."""
        for key in [key for key in self._texts if key.startswith(_ALERT)]:
            self.resolve(key)

    def texts(self) -> list[str]:
        """Every notice, shown or counted, as they stand: warnings last, else the newest first."""
        return [self._texts[key] for key in self._in_order()]

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for line in self._lines.values():
            line.dress_as_kind(theme)
        self.more.setFont(theme.ui_font(theme.sizes.font_title))

    def _follow(self) -> None:
        """Bound to the clock, shown or not: this bar is what makes itself seen."""
        assert self._market is not None
        self._follow_clocks(self._market)
        if self._market.status_revision == self._status:
            return
        self._status = self._market.status_revision
        for name, view in self._market.connections.items():
            if view.status is ConnectionStatus.DOWN:
                self.block(f"connection:{name}", f"{name} is down: {view.reason or 'no reason was given'}")
            else:
                self.resolve(f"connection:{name}")

    def _follow_clocks(self, market: MarketState) -> None:
        """A connection that is down may still be warned of: what is known of its clock is all that countdowns have."""
        for name, compared in market.clocks.items():
            key = f"{_CLOCK}{name}"
            view = market.connections.get(name)
            on = view is not None and view.status is not ConnectionStatus.OFF
            if on and is_skewed(compared.offset_ns, warned=key in self._texts):
                self.warn(key, skew_words(name, compared.offset_ns))
            else:
                self.resolve(key)

    def _show(self, key: str, text: str, kind: _Kind) -> _Line:
        line = self._lines.get(key)
        if line is not None and self._texts[key] == text:
            return line
        self._texts[key] = text
        mark, _, _, word = kind.value
        if line is None:
            line = self._lines[key] = _Line(self, kind)
            line.mark.say(mark)
            line.dress_as_kind(self._theme)
            self._column.insertWidget(self._in_order().index(key), line)
        line.text.say(text)
        line.setAccessibleName(f"{word}: {text}")
        self._arrange()
        return line

    def _in_order(self) -> list[str]:
        """The keys as their lines stand: a warning never takes the place of what blocks."""
        newest_first = reversed(self._lines)
        return sorted(newest_first, key=lambda key: self._lines[key].kind is _Kind.WARNING)

    def _toggle(self) -> None:
        self._unfolded = not self._unfolded
        self._arrange()

    def _arrange(self) -> None:
        lines = [self._lines[key] for key in self._in_order()]
        for index, line in enumerate(lines):
            line.setVisible(self._unfolded or index < SHOWN_AT_ONCE)
        hidden = len(lines) - SHOWN_AT_ONCE
        self.more.setVisible(hidden > 0)
        self.more.setText("Show fewer" if self._unfolded else f"{max(0, hidden)} more")
        self.setVisible(bool(lines))


@dataclasses.dataclass
class _Toast:
    line: _Line
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
        line = _Line(self)
        line.framed = True
        line.mark.say("!" if warning else "·")
        line.text.say(text)
        line.setAccessibleName(text)
        close = QToolButton(line)
        close.setText("×")
        close.setAutoRaise(True)
        close.setToolTip(self._keys.tip("Dismiss", "window.dismiss"))
        close.setAccessibleName("Dismiss")
        line.row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        toast = _Toast(line, text, until)
        close.clicked.connect(lambda: self._drop(toast))
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
