"""The main window: puts the widgets in their docks and hands them what they read. No logic of any of them."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QStatusBar, QVBoxLayout, QWidget

from app.desk import Desk
from app.first_contract import first_contract
from app.resources import tokens
from widgets.area_states import AreaStates
from widgets.connections import ChannelFigures, ConnectionFigures, ConnectionLamps, ConnectionsPanel
from widgets.delivery import delivery_text, market_zone
from widgets.docking import Docking, Place
from widgets.frame_clock import FrameClock
from widgets.ladder import Ladder
from widgets.link_group import LinkGroup
from widgets.notices import NoticeBar, Toasts
from widgets.practice_band import PracticeBand
from widgets.tape import TradeTape
from widgets.theme import Theme, dress, theme_from_tokens

NAME = "Quarterdeck"
SIZE = QSize(1600, 1000)
"""Logical pixels of the window at the first start, where the screen has room for it."""

DECORATION = QSize(16, 48)
"""What the window manager adds around the window, about: a title bar must stay on the screen."""

LADDER_SHARE = 0.31
"""Of the window's width in the default layout; never less than the ladder needs."""

STATES_SHARES = [540, 400]
"""Heights of the contract areas and of the tape below them."""

LOOK_EVERY = 1.0
"""Seconds between two looks for a first contract."""


class Themed(Protocol):
    def set_theme(self, theme: Theme) -> None: ...


class Compactable(Protocol):
    def set_compact(self, compact: bool, /) -> None: ...


class MainWindow(QMainWindow):
    """One window of docks over one desk. `add_late_widgets` brings what is slow to import, after the first paint."""

    def __init__(self, desk: Desk, clock: FrameClock, theme: Theme, *, practice: bool) -> None:
        super().__init__()
        self._desk = desk
        self._clock = clock
        self._theme = theme
        self._compact = False
        self._painted = asyncio.Event()
        self._laid_out = False
        self._default_layout = b""
        self._choosing = True
        self._looked = (0, float("-inf"))
        self.group = LinkGroup(parent=self)
        market = desk.market
        self.ladder = Ladder(market, clock, self.group, theme)
        self.tape = TradeTape(market, clock, self.group, theme)
        self.area_states = AreaStates(market, clock, self.group, theme)
        self.connections = ConnectionsPanel(market, clock, theme, self._channel_figures)
        self.lamps = ConnectionLamps(market, clock, theme, self._connection_figures)
        self.notices = NoticeBar(theme, clock, market)
        self.band = PracticeBand(theme) if practice else None
        self.target = QLabel()
        self.docking, centre = self._dock()
        self.toasts = Toasts(centre, clock, theme)
        panels = (self.ladder, self.tape, self.area_states, self.connections)
        self._themed: list[Themed] = [*panels, self.lamps, self.notices, self.toasts, self.docking]
        if self.band is not None:
            self._themed.append(self.band)
        self._compactable: tuple[Compactable, ...] = panels
        self._build_status_bar()
        self._build_menus()
        self._name_window()
        self.resize(SIZE.boundedTo(self.screen().availableSize() - DECORATION))
        clock.pulse.connect(self._pulse)
        self.group.contract_changed.connect(self._contract_changed)
        self.lamps.activated.connect(self._show_connection)
        self.docking.escaped.connect(self.toasts.dismiss_newest)
        self._application().focusChanged.connect(self._focus_changed)

    # What the commands use

    async def painted(self) -> None:
        """Returns when the window has been painted once: from here on, slow things may happen."""
        await self._painted.wait()

    def add_late_widgets(self) -> None:
        """Adds what costs time to import: pyqtgraph takes longer than the rest of the window together."""
        from widgets.price_chart import PriceChart

        self.chart = PriceChart(self._desk.market, self._clock, self.group, self._theme)
        self._themed.append(self.chart)
        self.docking.add(self.chart, "chart", "Price chart", Place.TAB, relative_to="tape")
        self.docking.show_dock("tape")
        self._list_docks()
        self._default_layout = self.docking.save()

    def notice(self, text: str) -> None:
        """Tells of something that passed."""
        self.toasts.say(text, warning=True)

    def settle(self) -> None:
        """Paints everything as it stands now: for a picture."""
        self._clock.beat()
        self.repaint()

    def dispose(self) -> None:
        """Lets go of what outlives a closed window otherwise."""
        self._application().focusChanged.disconnect(self._focus_changed)
        if hasattr(self, "chart"):
            self.chart.release()
        self.close()
        self.deleteLater()

    def reset_layout(self) -> None:
        """Every widget back in this window, where the first start puts it."""
        self.docking.restore(self._default_layout)
        self._share_out()
        self.docking.focus("ladder")

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._laid_out:
            # Splitters share out what they have: before the window is laid out that is nothing.
            self._laid_out = True
            self._share_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._painted.set()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._name_target()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no widget used."""
        if event.key() != Qt.Key.Key_Escape or not self.toasts.dismiss_newest():
            event.ignore()

    # Building

    def _share_out(self) -> None:
        wanted = max(self.ladder.minimumSizeHint().width(), round(LADDER_SHARE * self.width()))
        self.docking.set_sizes("ladder", [wanted, max(1, self.width() - wanted)])
        self.docking.set_sizes("states", STATES_SHARES)

    def _dock(self) -> tuple[Docking, QWidget]:
        outer = QWidget(self)
        column = QVBoxLayout(outer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self.band is not None:
            column.addWidget(self.band)
        column.addWidget(self.notices)
        inner = QMainWindow(outer)
        inner.setWindowFlags(Qt.WindowType.Widget)
        column.addWidget(inner, 1)
        self.setCentralWidget(outer)
        docking = Docking(inner, self._theme, practice=self.band is not None)
        docking.add(self.ladder, "ladder", "Ladder", Place.LEFT)
        docking.add(self.area_states, "states", "Contract areas", Place.RIGHT, relative_to="ladder")
        docking.add(self.tape, "tape", "Trade tape", Place.BOTTOM, relative_to="states")
        docking.add(self.connections, "connections", "Connections", Place.TAB, relative_to="tape")
        docking.show_dock("tape")
        self._default_layout = docking.save()
        return docking, inner

    def _build_status_bar(self) -> None:
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        self.target.setTextFormat(Qt.TextFormat.PlainText)
        self.target.setAccessibleName("Where keys go")
        bar.addWidget(self.target, 1)
        bar.addPermanentWidget(self.lamps)
        self.setStatusBar(bar)

    def _build_menus(self) -> None:
        desk = self.menuBar().addMenu("&Desk")
        self._action(desk, "&Quit", QKeySequence("Ctrl+Q"), self.close)
        view = self.menuBar().addMenu("&View")
        themes = QActionGroup(self)
        for name in ("dark", "light"):
            action = self._action(view, f"{name.capitalize()} theme", None, lambda _=False, name=name: self._use(name))
            action.setCheckable(True)
            action.setChecked(name == self._theme.name)
            themes.addAction(action)
        view.addSeparator()
        compact = self._action(view, "&Compact rows", QKeySequence("Ctrl+Alt+C"), self._set_compact)
        compact.setCheckable(True)
        self._docks_menu = self.menuBar().addMenu("&Widgets")
        self._list_docks()

    def _list_docks(self) -> None:
        self._docks_menu.clear()
        for name in self.docking.names():
            numeral = self.docking.numeral(name)
            self._action(
                self._docks_menu,
                self.docking.title(name),
                QKeySequence(f"Ctrl+{numeral}") if numeral <= 9 else None,
                lambda _=False, name=name: self.docking.focus(name),
            )
        self._docks_menu.addSeparator()
        reset = self._action(self._docks_menu, "&Dock all again (reset layout)", None, self.reset_layout)
        reset.setToolTip("Every widget back in this window, where it was at the first start")

    def _action(self, menu: QMenu, text: str, keys: QKeySequence | None, act: Callable[..., object]) -> QAction:
        action = QAction(text, self)
        if keys is not None:
            action.setShortcut(keys)
            # In floating windows too: they are windows of their own to Qt.
            action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        action.triggered.connect(act)
        menu.addAction(action)
        return action

    # Running

    def _pulse(self) -> None:
        if self._choosing:
            self._choose_first()

    def _choose_first(self) -> None:
        """Until somebody chose: once a second at most, and only when something came that may be looked at."""
        market, now = self._desk.market, self._clock.now
        revision, at = self._looked
        if not market.books or market.revision == revision or now.monotonic - at < LOOK_EVERY:
            return
        self._looked = (market.revision, now.monotonic)
        self.group.choose(first_contract(market, now))

    def _contract_changed(self) -> None:
        self._choosing = False
        key = self.group.contract
        contract = self._desk.market.contracts.get(key) if key is not None else None
        title = "Ladder" if contract is None else f"Ladder {contract.name} {contract.area}"
        self.docking.set_title("ladder", title)
        self._name_target()

    def _focus_changed(self, _before: QWidget | None, _now: QWidget | None) -> None:
        self._name_target()

    def _name_target(self) -> None:
        """Names the widget that keys go to (ux: no hover targets)."""
        focused = QApplication.focusWidget()
        for name in self.docking.names():
            widget = self.docking.widget(name)
            if focused is not None and (focused is widget or widget.isAncestorOf(focused)):
                self.target.setText(f"Keys go to {self.docking.title(name)}{self._chosen_words()}")
                return
        self.target.setText("Keys go to no widget; Ctrl+1 focuses the ladder")

    def _chosen_words(self) -> str:
        key = self.group.contract
        contract = self._desk.market.contracts.get(key) if key is not None else None
        if contract is None:
            return ""
        period = delivery_text(contract.delivery_start, contract.delivery_end, market_zone(contract.area))
        return f"   ·   {contract.name} {contract.area}, {period}"

    def _show_connection(self, name: str) -> None:
        self.docking.focus("connections")
        self.connections.show_connection(name)

    def _use(self, name: str) -> None:
        self._theme = theme_from_tokens(tokens(), name)
        dress(self._application(), self._theme)
        for themed in self._themed:
            themed.set_theme(self._theme)

    def _application(self) -> QApplication:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        return application

    def _set_compact(self, compact: bool) -> None:
        self._compact = compact
        for widget in self._compactable:
            widget.set_compact(compact)

    def _name_window(self) -> None:
        self.setWindowTitle(f"{NAME} — PRACTICE" if self.band is not None else NAME)

    def _connection_figures(self) -> list[ConnectionFigures]:
        return [ConnectionFigures(report.name, report.messages, report.last_message) for report in self._desk.reports()]

    def _channel_figures(self) -> list[ChannelFigures]:
        return [
            ChannelFigures(
                report.name,
                channel.channel,
                channel.feed,
                channel.area,
                channel.product,
                channel.status,
                channel.reason,
                channel.last_sequence,
                channel.applied,
                channel.reordered,
                channel.dropped,
                channel.gaps,
                channel.resubscribes,
            )
            for report in self._desk.reports()
            for channel in report.channels
        ]
