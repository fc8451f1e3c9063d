"""The bar across the top for what the trader must read: what blocks, alerts, warnings, and what he is asked.

It takes room only while there is something to read; toasts for what passed are in `widgets.toasts`, and move nothing.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from protocols.market.events import ConnectionStatus
from protocols.market.state import MarketState
from widgets.buttons import button_sheet
from widgets.frame_clock import FrameClock
from widgets.notice_line import Kind, Line, Offer
from widgets.theme import Theme
from widgets.venue_clock import is_skewed, skew_words

SHOWN_AT_ONCE = 2
"""Notices shown while the bar is not unfolded; the others are counted."""

MORE_HEIGHT = 20
"""Pixels of the button that counts them: it has to look like one."""

_ALERT = "alert:"
_CLOCK = "clock:"


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
        self._lines: dict[str, Line] = {}
        self._unfolded = False
        self.more = QPushButton(self)
        self.more.setToolTip("Show every notice, or only those that matter most (Space)")
        self.more.clicked.connect(self._toggle)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What blocks trading")
        self.set_theme(theme)
        self._arrange()
        if clock is not None and market is not None:
            clock.pulse.connect(self._follow)

    def block(self, key: str, text: str) -> None:
        """Shows a notice that stays until `resolve(key)`; the same key again changes its text."""
        self._show(key, text, Kind.BLOCK)

    def warn(self, key: str, text: str) -> None:
        """Shows what blocks nothing, until `resolve(key)`; the same key again changes its text."""
        self._show(key, text, Kind.WARNING)

    def alert(self, text: str, offer: Offer | None = None, about: str = "") -> None:
        """Shows something that blocks nothing and must be read: it stays until somebody dismisses it. What is offered
        can be done as often as it is there. Of what goes on, `about` says what it is: its text changes with it, and
        `settle` ends it."""
        key = f"{_ALERT}{about or text}"
        known = self._lines.get(key)
        line = self._show(key, text, Kind.ALERT)
        if known is None:
            if offer is not None:
                line.offer(offer)
                line.dress_as_kind(self._theme)
            line.closer("Dismiss: it was read (Space)", "", lambda: self.resolve(key))
        line.name_closer(f"Dismiss: {text}")

    def alerts_about(self, about: str) -> bool:
        """Whether the alert about this still waits to be dismissed."""
        return f"{_ALERT}{about}" in self._texts

    def settle(self, about: str) -> None:
        """What the alert is about has ended by itself; nothing happens when there is none."""
        self.resolve(f"{_ALERT}{about}")

    def ask(self, key: str, text: str, offer: Offer, drop: Callable[[], object]) -> None:
        """Shows a question above everything else, until `resolve(key)`; the same key again changes its text. `drop` is
        what its × does."""
        asked = key in self._lines
        line = self._show(key, text, Kind.QUESTION)
        if not asked:
            line.offer(offer)
            line.dress_as_kind(self._theme)
            line.closer("Leave it (Space)", "Leave it", drop)

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
        """Every notice, shown or counted, as they stand: what matters most first, of what matters alike the newest."""
        return [self._texts[key] for key in self._in_order()]

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for line in self._lines.values():
            line.dress_as_kind(theme)
        self.more.setFont(theme.ui_font(theme.sizes.font_title))
        self.more.setStyleSheet(button_sheet(theme))
        self.more.setFixedHeight(MORE_HEIGHT)

    def _follow(self) -> None:
        """Bound to the clock, shown or not: this bar is what makes itself seen."""
        assert self._market is not None
        self._follow_clocks(self._market)
        if self._market.status_revision == self._status:
            return
        self._status = self._market.status_revision
        for name, view in self._market.connections.items():
            if view.status is ConnectionStatus.DOWN:
                reason = view.reason or "no reason was given"
                self._show(f"connection:{name}", f"{name} is down: {reason}", Kind.DOWN)
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

    def _show(self, key: str, text: str, kind: Kind) -> Line:
        line = self._lines.get(key)
        if line is not None and self._texts[key] == text:
            return line
        self._texts[key] = text
        mark, _, _, word = kind.value
        if line is None:
            line = self._lines[key] = Line(self, kind)
            line.mark.say(mark)
            line.dress_as_kind(self._theme)
            self._column.insertWidget(self._in_order().index(key), line)
        line.text.say(text)
        line.setAccessibleName(f"{word}: {text}")
        self._arrange()
        return line

    def _in_order(self) -> list[str]:
        """The keys as their lines stand: what matters less never takes the place of what matters more."""
        newest_first = reversed(self._lines)
        return sorted(newest_first, key=lambda key: self._lines[key].kind.rank)

    def _toggle(self) -> None:
        self._unfolded = not self._unfolded
        self._arrange()

    def _arrange(self) -> None:
        lines = [self._lines[key] for key in self._in_order()]
        for index, line in enumerate(lines):
            line.setVisible(self._unfolded or index < SHOWN_AT_ONCE)
        hidden = len(lines) - SHOWN_AT_ONCE
        self.more.setVisible(hidden > 0)
        words = "Show fewer" if self._unfolded else f"{max(0, hidden)} more"
        self.more.setText(f"{'▴' if self._unfolded else '▾'} {words}")
        self.more.setAccessibleName(f"{words} notices")
        self.setVisible(bool(lines))
