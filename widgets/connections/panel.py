"""The connections panel: every channel with its counters, and below it what was odd."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from protocols.market.state import MarketState
from protocols.market.times import HOUR, MINUTE, UtcNs
from widgets.buttons import button_sheet
from widgets.connections.figures import ChannelFigures
from widgets.connections.source import ChannelSource, MessageSource
from widgets.delivery import CONTINENT, zone_name
from widgets.frame_clock import FrameClock
from widgets.grid import GridView
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.theme import Theme
from widgets.wording import PlainLabel

ReadChannels = Callable[[], Sequence[ChannelFigures]]

BUTTON_HEIGHT = 26

FIGURES_EVERY = 0.5
"""Seconds between two readings of the counters; a changed status is shown with the next frame."""


class ConnectionsPanel(QWidget):
    """Without `figures` the channels are shown with their status only."""

    choose_requested = Signal(str)
    """What connections subscribe to is to be chosen; the name of the one in the current row, or empty."""
    password_requested = Signal(str)
    """A password is to be given; the name of the connection, the first that waits for one."""

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
        self._second = -1
        self._minute = -1
        self._source = ChannelSource(market)
        self._messages_source = MessageSource(market)
        self.channels = GridView(self._source, theme, self)
        self.messages = GridView(self._messages_source, theme, self)
        self._heading = PlainLabel("Messages", self)
        self.choose = QPushButton("Areas, products, pairs…", self)
        self.password = QPushButton(self)
        self._waiting = ""
        self._build()
        self.set_theme(theme)
        clock.pulse.connect(self._pulse)

    def set_theme(self, theme: Theme) -> None:
        self.channels.set_theme(theme)
        self.messages.set_theme(theme)
        self._heading.setFont(theme.ui_font(theme.sizes.font_title))
        for button in (self.choose, self.password):
            button.setStyleSheet(button_sheet(theme))
            button.setFont(theme.ui_font(theme.sizes.font_title))
            button.setFixedHeight(BUTTON_HEIGHT)

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of the acts behind the buttons are written."""
        words = "Choose what each connection subscribes to"
        self.choose.setToolTip(keys.tip(words, "window.choose_connections"))
        self.password.setToolTip(keys.tip("Give the password it waits for", "window.enter_password"))

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
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.addWidget(self.choose)
        bar.addWidget(self.password)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(splitter, 1)
        self.password.hide()
        self.choose.setAccessibleName("Choose areas, products and pairs")
        self.set_keys(NO_KEYS)
        self.choose.clicked.connect(lambda: self.choose_requested.emit(self._connection()))
        self.password.clicked.connect(lambda: self.password_requested.emit(self._waiting))
        self.setTabOrder(self.channels, self.messages)
        self.setTabOrder(self.messages, self.choose)
        self.setTabOrder(self.choose, self.password)
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
            if changed:
                self._offer_password()
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
        now = self._clock.now
        second = int(now.monotonic)  # nothing came: the ages go on all the same
        if figures == self._taken and second == self._second and not changed:
            return
        self._taken, self._second = figures, second
        self._source.take(figures, now)
        self.channels.set_count(self._source.count())
        self.channels.update_all()

    def _offer_password(self) -> None:
        waiting = [view.name for view in self._market.connections.values() if view.wants_password]
        self._waiting = waiting[0] if waiting else ""
        self.password.setText(f"Enter the password of {self._waiting}…".replace("&", "&&"))
        self.password.setAccessibleName(f"Enter the password of {self._waiting}")
        self.password.setVisible(bool(waiting))

    def _connection(self) -> str:
        return self._source.connection_at(self.channels.current)

    def _plain(self) -> list[ChannelFigures]:
        return [
            ChannelFigures(v.connection, v.channel, v.feed, v.area, v.product, v.status, v.reason)
            for v in self._market.channels.values()
        ]
