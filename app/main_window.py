"""The main window: puts the widgets in their docks and hands them what they read. No logic of any of them."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QPaintEvent, QShowEvent
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

WORKSPACE = "Default"
LADDER_WIDTH = 500
"""Logical pixels of the ladder in the default layout."""


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
        self.resize(1600, 1000)
        clock.pulse.connect(self._pulse)
        self.group.contract_changed.connect(self._contract_changed)
        self.lamps.activated.connect(self._show_connection)
        self.docking.focused.connect(self._name_target)

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

    def notice(self, text: str) -> None:
        """Tells of something that passed."""
        self.toasts.say(text, warning=True)

    def settle(self) -> None:
        """Paints everything as it stands now: for a picture."""
        self._clock.beat()
        self.repaint()

    def dispose(self) -> None:
        """Lets go of what outlives a closed window otherwise."""
        if hasattr(self, "chart"):
            self.chart.release()
        self.close()
        self.deleteLater()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Splitters share out what they have: before the window is laid out that is nothing.
        self.docking.set_sizes("ladder", [LADDER_WIDTH, max(1, self.width() - LADDER_WIDTH)])
        self.docking.set_sizes("states", [540, 400])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._painted.set()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._name_target()

    # Building

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
        docking = Docking(inner, self._theme)
        docking.add(self.ladder, "ladder", "Ladder", Place.LEFT)
        docking.add(self.area_states, "states", "Contract areas", Place.RIGHT, relative_to="ladder")
        docking.add(self.tape, "tape", "Trade tape", Place.BOTTOM, relative_to="states")
        docking.add(self.connections, "connections", "Connections", Place.TAB, relative_to="tape")
        docking.show_dock("tape")
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

    def _action(self, menu: QMenu, text: str, keys: QKeySequence | None, act: Callable[..., object]) -> QAction:
        action = QAction(text, self)
        if keys is not None:
            action.setShortcut(keys)
        action.triggered.connect(act)
        menu.addAction(action)
        return action

    # Running

    def _pulse(self) -> None:
        if self.group.contract is None:
            self.group.choose(first_contract(self._desk.market, self._clock.now))

    def _contract_changed(self) -> None:
        key = self.group.contract
        contract = self._desk.market.contracts.get(key) if key is not None else None
        if contract is None:
            self.docking.set_title("ladder", "Ladder")
            return
        self.docking.set_title("ladder", f"Ladder {contract.name} {contract.area}")
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
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        dress(application, self._theme)
        for themed in self._themed:
            themed.set_theme(self._theme)

    def _set_compact(self, compact: bool) -> None:
        self._compact = compact
        for widget in self._compactable:
            widget.set_compact(compact)

    def _name_window(self) -> None:
        self.setWindowTitle(f"{WORKSPACE} — PRACTICE" if self.band is not None else WORKSPACE)

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
