"""The connections panel: every channel with its counters, and below it what was odd."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from protocols.market.state import MarketState
from protocols.market.times import HOUR, MINUTE, UtcNs
from widgets.connections.figures import ChannelFigures
from widgets.connections.source import ChannelSource, MessageSource
from widgets.delivery import CONTINENT, zone_name
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.theme import Theme
from widgets.wording import PlainLabel

ReadChannels = Callable[[], Sequence[ChannelFigures]]

FIGURES_EVERY = 0.5
"""Seconds between two readings of the counters; a changed status is shown with the next frame."""


class ConnectionsPanel(QWidget):
    """Without `figures` the channels are shown with their status only."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        theme: Theme,
        figures: ReadChannels | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._figures = figures
        self._status = -1
        self._read_at = float("-inf")
        self._taken: Sequence[ChannelFigures] = ()
        self._minute = -1
        self._source = ChannelSource(market)
        self._messages_source = MessageSource(market)
        self.channels = GridView(self._source, theme, self)
        self.messages = GridView(self._messages_source, theme, self)
        self._heading = PlainLabel("Messages", self)
        self._build()
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)

    def set_theme(self, theme: Theme) -> None:
        self.channels.set_theme(theme)
        self.messages.set_theme(theme)
        self._heading.setFont(theme.ui_font(theme.sizes.font_title))

    def set_compact(self, compact: bool) -> None:
        self.channels.set_compact(compact)
        self.messages.set_compact(compact)

    def show_connection(self, name: str) -> None:
        """Scrolls to a connection."""
        if self.isVisible():
            self._refresh()
        row = self._source.row_of_connection(name)
        if row >= 0:
            self.channels.set_current(row)

    def sizeHint(self) -> QSize:
        return QSize(860, 420)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _build(self) -> None:
        self.channels.setAccessibleName("Channels by connection")
        self.channels.set_empty_text("No connection yet")
        self.messages.setAccessibleName("Messages, newest first")
        self.messages.set_empty_text("Nothing odd so far")
        self._heading.setContentsMargins(8, 4, 8, 4)
        lower = QWidget(self)
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._heading)
        below.addWidget(self.messages, 1)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.channels)
        splitter.addWidget(lower)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(splitter)
        self.setTabOrder(self.channels, self.messages)
        self.setFocusProxy(self.channels)

    def _pulse(self) -> None:
        self._messages_source.watch(self._clock.now)  # shown or not: what changed meanwhile is told later
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        now = self._clock.now
        changed = self._market.status_revision != self._status
        if changed or now.monotonic - self._read_at >= FIGURES_EVERY:
            self._status, self._read_at = self._market.status_revision, now.monotonic
            self._read(changed)
        self._messages_source.watch(now)
        came = self._messages_source.advance()
        if came:
            self.messages.insert_on_top(came, self._messages_source.count())
            seen, kept = self._messages_source.seen, self._messages_source.count()
            self._heading.say(f"Messages: {kept}" if seen == kept else f"Messages: the last {kept} of {seen}")
        if now.utc // MINUTE != self._minute:
            self._minute = now.utc // MINUTE
            before, today = zone_name(UtcNs(now.utc - 24 * HOUR), CONTINENT), zone_name(now.utc, CONTINENT)
            title = f"Time {today}" if before == today else f"Time {before}/{today}"
            self.messages.header.set_title("time", title)

    def _read(self, changed: bool) -> None:
        figures = list(self._figures()) if self._figures is not None else self._plain()
        if figures == self._taken and not changed:
            return
        self._taken = figures
        self._source.take(figures)
        self.channels.set_count(self._source.count())
        self.channels.update_all()

    def _plain(self) -> list[ChannelFigures]:
        return [
            ChannelFigures(v.connection, v.channel, v.feed, v.area, v.product, v.status, v.reason)
            for v in self._market.channels.values()
        ]
