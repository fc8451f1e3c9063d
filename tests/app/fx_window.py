"""The real window with tickets and blotter, on a desk joined in memory with the practice FX venue. Only keys and time
are made here."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from app.arming import Arming
from app.fx_connections import FxConnectionSettings
from app.main_window import MainWindow
from app.oco_desk import add_oco_ticket
from app.order_widgets import add_order_widgets
from app.trading import DeskTrading
from protocols.acttrader.messages import Dialect
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.session import Tls
from tests.app.hands import NONE, send_key
from tests.app.keyed_desk import until
from tests.support.fx import LOGIN, ORDERS_URL, SYMBOLS, key
from tests.support.fx_paired import FxPaired
from tests.widgets.desk import DARK
from widgets.frame_clock import FrameClock

OTHER_PAIR = key("GBPUSD")


class Connections:
    """The one connection that there is, as the connections' desk would know it."""

    def __init__(self, dialect: Dialect, *more_terms: str) -> None:
        self._settings = FxConnectionSettings(
            name="FX", venue="acttrader", scope=dialect.value, host="127.0.0.1", tls=Tls(False, None), contract="",
            client_guid="", areas=(), products=(), user=LOGIN, orders_url=ORDERS_URL[dialect], chart_url=None,
            symbols=SYMBOLS, extra_tif=more_terms,
        )  # fmt: skip

    def settings_of(self, name: str) -> FxConnectionSettings | None:
        return self._settings if name == self._settings.name else None


class FxWindow:
    """EURUSD in the order ticket, which has the keyboard; armed. `dispose` when done."""

    def __init__(self, folder: Path, dialect: Dialect = Dialect.LATER, *more_terms: str) -> None:
        self.fx = FxPaired(folder, dialect, extra_tif=more_terms)
        self.fx.run(1)
        self.arming = Arming()
        self.trading = DeskTrading(
            self.fx.desk, self.arming, lambda: self.fx.now, lambda words: self.window.notice(words),
            lambda: self.window.group.contract, lambda contract: self.window.ladder.hop_to(contract),
        )  # fmt: skip
        frames = FrameClock(lambda: self.fx.now)
        self._beat: Callable[[], None] = frames.beat
        desk, connections = self.fx.desk, Connections(dialect, *more_terms)
        self.window = MainWindow(desk, frames, DARK, practice=True, trading=self.trading)
        self.orders, self.ticket = add_order_widgets(
            self.window, desk.market, frames, DARK, self.trading, connections.settings_of
        )
        self.window.orders, self.window.ticket = self.orders, self.ticket
        self.oco = add_oco_ticket(self.window, desk, frames, DARK, self.trading, lambda: connections)
        self.window.resize(1000, 800)
        self.window.show()
        until(self.window.isActiveWindow, self.window.activateWindow)
        self.window.group.choose(key())
        self.arming.arm(self.fx.now)
        self.focus("ticket")
        self.frame()

    def dispose(self) -> None:
        self.window.dispose()
        self.fx.journal.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    # Time

    def beat(self) -> None:
        """One frame, of which nobody needs the picture."""
        self._beat()

    def frame(self) -> None:
        """One frame, on the screen."""
        self._beat()
        self.window.grab()

    def wait(self, seconds: float) -> None:
        """Time passes at both ends; the last of it is on the screen."""
        self.fx.run(seconds)
        self.frame()

    # What a trader does

    def focus(self, dock: str) -> None:
        self.window.docking.focus(dock)

    def choose(self, contract: ContractKey) -> None:
        """As another widget of the link group does."""
        self.window.group.choose(contract)

    def press(self, stroke: Qt.Key, held: Qt.KeyboardModifier = NONE, *, repeat: bool = False) -> None:
        handle = QGuiApplication.focusWindow()
        if handle is not None:
            send_key(handle, stroke, held, repeat=repeat)

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def type(self, text: str) -> None:
        handle = QGuiApplication.focusWindow()
        assert handle is not None
        for character in text:
            send_key(handle, Qt.Key(ord(character.upper())), text=character)

    def fill(self, **texts: str) -> None:
        """Each text into its field of the order ticket, over what stands there."""
        for name, text in texts.items():
            self.ticket.fields.focus_on(name)
            editor = self.ticket.rows[name].editor
            if isinstance(editor, QLineEdit):
                editor.selectAll()
            self.type(text)

    # What came of it

    @property
    def placements(self) -> int:
        """Frames that place something, as the venue counted them."""
        return self.fx.placements

    @property
    def own(self) -> list[Order]:
        return [order for order in self.fx.desk.market.blotter.rows() if order.ours]

    @property
    def said(self) -> str:
        return (self.window.toasts.texts() or [""])[-1]
