"""The main window: puts the widgets in their docks and hands them what they read. No logic of any of them."""

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStatusBar, QVBoxLayout, QWidget

from app.accounts import Accounts
from app.blotter_acts import BlotterActs, BlotterPort
from app.candle_acts import ChartPort, chart_acts
from app.candles import AskCandles, no_candles
from app.commands import NoTrading, Registry, Scope, Trading
from app.connection_acts import ConnectionsPort, NoConnections, connection_acts
from app.connection_figures import channel_figures, connection_figures
from app.desk import Desk
from app.exporting import Exporter
from app.first_contract import FirstContract
from app.flex_acts import flex_acts
from app.keys import Bindings, KeyRouter, read_keymap
from app.menus import Menus
from app.naming import Naming
from app.oco_acts import OcoPort, oco_acts
from app.order_acts import LadderPort, OrderActs
from app.palette_host import PaletteHost
from app.panel_acts import panel_acts
from app.quitting import Quitting
from app.resources import keymap, tokens
from app.status_line import StatusLine
from app.target import Target, scope_of
from app.ticket_acts import TicketPort, ticket_acts
from app.trade_acts import table_acts
from app.window_acts import window_acts
from protocols.market.instruments import Instrument
from protocols.market.orders import Order
from widgets.area_states import AreaStates
from widgets.connections import ConnectionLamps, ConnectionsPanel
from widgets.docking import Docking, Place
from widgets.flex.words import titled
from widgets.frame_clock import FrameClock
from widgets.ladder import Ladder
from widgets.link_group import LinkGroup
from widgets.notices import NoticeBar
from widgets.practice_band import PracticeBand
from widgets.tape import TradeTape
from widgets.theme import Theme, dress, theme_from_tokens
from widgets.toasts import Toasts

SIZE = QSize(1600, 1000)
"""Logical pixels of the window at the first start, where the screen has room for it."""

DECORATION = QSize(16, 48)
"""What the window manager adds around the window, about: a title bar must stay on the screen."""

LADDER_SHARE = 0.3
"""Of the window's width in the default layout; never less than the ladder needs."""

STATES_SHARES = [540, 400]
"""Heights of the contract areas and of the tape below them."""


class Themed(Protocol):
    def set_theme(self, theme: Theme) -> None: ...


class Compactable(Protocol):
    def set_compact(self, compact: bool, /) -> None: ...


class MainWindow(QMainWindow):
    """One window of docks over one desk. `add_late_widgets` brings what is slow to import, after the first paint."""

    def __init__(
        self,
        desk: Desk,
        clock: FrameClock,
        theme: Theme,
        *,
        practice: bool,
        trading: Trading | None = None,
        connections: Callable[[], ConnectionsPort] = NoConnections,
        ask_candles: AskCandles = no_candles,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._clock = clock
        self._theme = theme
        self._trading: Trading = trading or NoTrading()
        self._connections = connections
        self._ask_candles = ask_candles
        self._painted = asyncio.Event()
        self.compact = False
        self._laid_out = False
        self._default_layout = b""
        self.group = LinkGroup(parent=self)
        market = desk.market
        self._first = FirstContract(market, self.group)
        self.ladder = Ladder(market, clock, self.group, theme)
        self.tape = TradeTape(market, clock, self.group, theme)
        self.area_states = AreaStates(market, clock, self.group, theme)
        self.connections = ConnectionsPanel(market, clock, theme, lambda: channel_figures(desk.reports()))
        self.accounts = Accounts(lambda: market.connections, connections, practice=practice)
        self.lamps = ConnectionLamps(
            market, clock, theme, lambda: connection_figures(desk.reports(), self.accounts.words_of)
        )
        self.notices = NoticeBar(theme, clock, market)
        self.band = PracticeBand(theme) if practice else None
        self.docking, centre = self._dock()
        self.toasts = Toasts(centre, clock, theme)
        self.exporter = Exporter(self, lambda: clock.now.utc)
        self.exporter.said.connect(self.toasts.say)
        self.exporter.warned.connect(self.notice)
        self._bring_commands()
        panels = (self.ladder, self.tape, self.area_states, self.connections)
        self._themed: list[Themed] = [*panels, self.lamps, self.notices, self.toasts, self.docking]
        self._themed += [self.status, self.target]
        if self.band is not None:
            self._themed.append(self.band)
        self._compactable: list[Compactable] = list(panels)
        self.resize(SIZE.boundedTo(self.screen().availableSize() - DECORATION))
        clock.pulse.connect(self._pulse)
        self.group.contract_changed.connect(self._contract_changed)
        self.lamps.activated.connect(self._show_connection)
        self.tape.export_requested.connect(lambda: self.registry.run("tape.export"))
        for widget in (self.lamps, self.connections):
            widget.choose_requested.connect(lambda name: self._connections().choose(name or None))
            widget.password_requested.connect(lambda name: self._connections().enter_password(name))
        self.docking.escaped.connect(self.dismiss)
        self.naming.name_target()
        self.naming.name_window()

    # What the commands use

    async def painted(self) -> None:
        """Returns when the window has been painted once: from here on, slow things may happen."""
        await self._painted.wait()

    def add_late_widgets(self) -> None:
        """Adds what costs time to import and is not the first thing seen; what needs pyqtgraph is made when seen."""
        from app.candle_widgets import add_chart
        from app.flex_widgets import FlexWidgets
        from app.oco_desk import add_oco_ticket
        from app.order_widgets import add_order_widgets
        from app.trade_widgets import add_trade_widgets

        market, clock = self._desk.market, self._clock
        self.orders, self.ticket = add_order_widgets(
            self, market, clock, self._theme, self._trading, lambda name: self._connections().settings_of(name)
        )
        self.chart = add_chart(self, market, clock, self._theme, self._ask_candles, self._begin_amendment)
        self.own_trades, self.positions = add_trade_widgets(self, self._desk, clock, self._theme)
        self.oco = add_oco_ticket(self, self._desk, clock, self._theme, self._trading, self._connections)
        self.flex = FlexWidgets(self, market, clock, self._theme)
        late = (self.orders, self.ticket, self.oco, self.chart, self.own_trades, self.positions, self.flex)
        self._themed += late
        self._compactable += late
        for widget in late:
            widget.set_compact(self.compact)
        self.docking.show_dock("tape")
        self.docking.show_dock("ladder")
        self.ladder.setFocus(Qt.FocusReason.OtherFocusReason)
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
        if hasattr(self, "chart"):
            self.chart.release()
            self.flex.release()
        self.exporter.release()
        self.router.release()
        self.target.release()
        self.quitting.at_once()
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

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.quitting.may_close():
            super().closeEvent(event)
            return
        event.ignore()
        # The question has to be seen: who closes from a task bar may not have the window before him.
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.activateWindow()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._painted.set()

    # What acts do to the window

    def invoke(self, name: str) -> None:
        """Does an act as menus and palette do: its widget gets the keyboard first, so that what follows goes there."""
        scope = self.registry[name].scope
        dock = self.target.dock_of(scope) if scope is not Scope.WINDOW else None
        if dock is not None and dock != self.target.name:
            self.docking.focus(dock)
        self._run(name)

    def _run(self, name: str) -> None:
        self.ladder.next_act()
        self.registry.run(name)

    def toggle_palette(self) -> None:
        self.palettes.toggle(self._theme)

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @property
    def full_screen(self) -> bool:
        return self.isFullScreen()

    def use_theme(self, name: str) -> None:
        self._theme = theme_from_tokens(tokens(), name)
        dress(self._application(), self._theme)
        for themed in self._themed:
            themed.set_theme(self._theme)

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def theme_name(self) -> str:
        return self._theme.name

    def toggle_compact(self) -> None:
        self.compact = not self.compact
        for widget in self._compactable:
            widget.set_compact(self.compact)

    @property
    def can_dismiss(self) -> bool:
        return (self.quitting.asking or bool(self.toasts.texts())) and self._ladder().staged is None

    def dismiss(self) -> None:
        if self.quitting.asking:
            self.quitting.stay()
        else:
            self.toasts.dismiss_newest()

    @property
    def alerted(self) -> bool:
        return self.notices.alerted

    def dismiss_alert(self) -> None:
        self.notices.dismiss_alert()

    def dismiss_alerts(self) -> None:
        self.notices.dismiss_alerts()

    @property
    def chosen(self) -> Instrument | None:
        """The link group's contract, as far as it is known."""
        return self._desk.market.instrument(self.group.contract)

    def focus_numeral(self, numeral: int) -> None:
        if not self.docking.focus_numeral(numeral):
            self.status.hint(f"No widget has the numeral {numeral}")

    def dock_words(self, numeral: int) -> str:
        names = [name for name in self.docking.names() if self.docking.numeral(name) == numeral]
        return self.docking.title(names[0]) if names else ""

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

    def _bring_commands(self) -> None:
        """Registry, key map, menus, status line and the filter that hears the keys: all of what acts are."""
        application = self._application()
        orders = OrderActs(
            self._ladder,
            self._orders,
            self._own_orders,
            self._trading,
            self.notice,
            lambda name: self.registry.keys(name),
            self._begin_amendment,
        )
        blotter = BlotterActs(self._orders, self._trading, self._begin_amendment, self._ask_what_became_of, self.notice)
        connecting = connection_acts(self._connections, self._desk.market)
        looking = [
            *panel_acts(self.area_states),
            *chart_acts(lambda: cast(ChartPort | None, self._docked(Scope.CHART)), self.notice),
            *table_acts(self.tape, self._docked, self.exporter.export),
            *ticket_acts(self._ticket, self.docking.focus),
            *oco_acts(self._oco, self._orders, lambda: self.target.name, self.group.choose, self.docking.focus),
            *flex_acts(self.ladder, self._docked),
        ]
        acts = [*window_acts(self, self._trading), *connecting, *orders.acts(), *blotter.acts(), *looking]
        self.registry = Registry(acts)
        keys = read_keymap(keymap(), "default.toml")
        bindings = Bindings(self.registry, keys)
        self.registry.show_keys(keys.shown())
        self.quitting = Quitting(
            self._desk.market,
            self._trading,
            self._clock,
            self.notices,
            practice=self.band is not None,
            keys=lambda: self.registry.keys("window.quit"),
            close=self.close,
        )
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        self.setStatusBar(bar)
        self.status = StatusLine(bar, self._clock, self._trading, self._theme)
        self.status.add(bar, self.lamps)
        panels = (self.ladder, self.tape, self.area_states, self.connections)
        for keyed in (*panels, self.docking, self.toasts, self.status):
            keyed.set_keys(self.registry.key_texts)
        self.target = Target(application, self.docking, scope_of, self._types_quantity, self._theme, self)
        self.palettes = PaletteHost(
            self, self.registry, self._desk.market, lambda: self._clock.now.utc, self.invoke, self.group.choose
        )
        self.menus = Menus(self.menuBar(), self.registry, self.invoke)
        self.router = KeyRouter(
            application, bindings, self.target.place, lambda text: self._ladder().type_quantity(text), self
        )
        self.router.chosen.connect(self._chosen)
        self.ladder.send_requested.connect(lambda: self.registry.run("ladder.send"))
        self.ladder.cancel_requested.connect(self._trading.cancel)
        self.ladder.refused.connect(self.status.hint)
        self.router.said.connect(self.status.hint)
        self.naming = Naming(self, self._desk.market)

    # Running

    def _pulse(self) -> None:
        self.status.watch()
        self.ladder.set_armed(self._trading.armed)
        self.naming.watch()
        self._first.look(self._clock.now)

    def _contract_changed(self) -> None:
        contract = self.chosen
        self.docking.set_title("ladder", "Ladder" if contract is None else f"Ladder {titled(contract)}")
        self.naming.name_target()

    def _chosen(self, name: str) -> None:
        self.status.hint("")
        self._run(name)

    def _ladder(self) -> LadderPort:
        return self.ladder

    def _orders(self) -> BlotterPort | None:
        return cast(BlotterPort | None, self._docked(Scope.ORDERS))

    def _ticket(self) -> TicketPort | None:
        return cast(TicketPort | None, self._docked(Scope.TICKET))

    def _oco(self) -> OcoPort | None:
        return cast(OcoPort | None, self._docked(Scope.OCO))

    def _docked(self, scope: Scope) -> QWidget | None:
        dock = self.target.dock_of(scope)
        return None if dock is None else self.docking.widget(dock)

    def _begin_amendment(self, order: Order) -> None:
        from app.order_widgets import begin_amendment

        begin_amendment(self, order)

    def _ask_what_became_of(self, order: Order) -> None:
        from app.order_widgets import ask_what_became_of

        ask_what_became_of(order, self, self._desk.market, self._clock, self._theme, self._trading)

    def _own_orders(self) -> list[Order]:
        key = self.group.contract
        return [] if key is None else self._desk.market.blotter.own_alive(key)

    def _types_quantity(self, name: str) -> bool:
        return scope_of(name) is Scope.LADDER and self._ladder().typing_quantity

    def _show_connection(self, name: str) -> None:
        self.docking.focus("connections")
        self.connections.show_connection(name)

    def _application(self) -> QApplication:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        return application
