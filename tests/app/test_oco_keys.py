"""Any keys on the pair's ticket, in the real window, against a desk and a venue joined in memory: nothing leaves that
was not on the screen, armed, sent by Enter, and confirmed where it had to be."""

import random
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QPushButton

from app.arming import Arming
from app.fx_connections import FxConnectionSettings
from app.fx_limits import shipped_fx_limits
from app.fx_risk import check_fx
from app.main_window import MainWindow
from app.oco_desk import add_oco_ticket
from app.trading import DeskTrading
from protocols.market.commands import CancelOrder, PlaceOco
from protocols.market.forms import QUANTITY
from protocols.market.orders import OrderStatus
from protocols.session import Tls
from tests.app.hands import CTRL, NONE, SHIFT, send_key
from tests.app.keyed_desk import until
from tests.support.fx import LOGIN, ORDERS_URL, SYMBOLS, key
from tests.support.fx_paired import FxPaired
from tests.widgets.desk import DARK
from widgets.frame_clock import FrameClock
from widgets.oco.question import TO_READ

K = Qt.Key
ENTERS = (K.Key_Return, K.Key_Enter, K.Key_Space)
STROKES = [
    *[(K.Key_Return, NONE)] * 8,
    *[(stroke, NONE) for stroke in (K.Key_B, K.Key_S, K.Key_Down, K.Key_Up, K.Key_Tab, K.Key_Left, K.Key_Right)] * 2,
    *[(stroke, SHIFT) for stroke in (K.Key_Up, K.Key_Down, K.Key_Right, K.Key_Left, K.Key_Backtab)],
    *[(stroke, NONE) for stroke in (K.Key_L, K.Key_K, K.Key_T, K.Key_D, K.Key_Space, K.Key_Escape, K.Key_X, K.Key_O)],
    *[(stroke, NONE) for stroke in (K.Key_1, K.Key_0, K.Key_M, K.Key_P, K.Key_Plus, K.Key_Minus, K.Key_Period)],
    (K.Key_A, CTRL | SHIFT), (K.Key_D, CTRL | SHIFT),
]  # fmt: skip


class Settings:
    """The one connection that there is, as the connections' desk would know it."""

    def settings_of(self, name: str) -> FxConnectionSettings:
        url = next(iter(ORDERS_URL.values()))
        return FxConnectionSettings(
            name=name, venue="acttrader", scope="later", host="127.0.0.1", tls=Tls(False, None), contract="",
            client_guid="", areas=(), products=(), user=LOGIN, orders_url=url, chart_url=None, symbols=SYMBOLS,
        )  # fmt: skip


class Keyed:
    """`sent` are the pairs that left; `confirmed` counts those that were asked about first."""

    def __init__(self, folder: Path) -> None:
        self.fx = FxPaired(folder)
        self.fx.run(1)
        self.arming = Arming()
        trading = DeskTrading(
            self.fx.desk, self.arming, lambda: self.fx.now, lambda words: None, lambda: key(), lambda contract: None
        )
        self.frames = FrameClock(lambda: self.fx.now)
        self.window = MainWindow(self.fx.desk, self.frames, DARK, practice=True, trading=trading)
        self.ticket = add_oco_ticket(self.window, self.fx.desk, self.frames, DARK, trading, Settings)  # type: ignore[arg-type]
        self.window.resize(900, 700)
        self.window.show()
        until(self.window.isActiveWindow, self.window.activateWindow)
        self.window.group.choose(key())
        self.window.docking.focus("oco")
        self.sent = self.confirmed = 0
        self._asked: tuple[PlaceOco | None, float] = (None, 0.0)
        self.look()

    def close(self) -> None:
        self.window.dispose()
        self.fx.journal.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def begin(self) -> None:
        """Armed, on the ticket, and nothing of ours at the venue."""
        for order in self.fx.desk.market.blotter.own_alive():
            self.fx.desk.submit(CancelOrder("FX", order.client_id))
        self.fx.run(0.5)
        self.arming.arm(self.fx.now)
        self.window.docking.focus("oco")
        self.look()

    def type_quantity(self) -> None:
        """Anew, over whatever other keys have made of it."""
        entry = self.ticket.fields.rows[QUANTITY].entry
        entry.setFocus()
        entry.selectAll()  # type: ignore[attr-defined]
        for stroke in (K.Key_5, K.Key_0, K.Key_K):
            self.press(stroke, NONE)

    def look(self) -> None:
        """A frame; what is asked is seen from now on."""
        self.frames.beat()
        self.ticket.ladder.grab()
        pair = self._on_screen() if self.ticket.question else None
        if pair != self._asked[0]:
            self._asked = (pair, self.fx.now.monotonic)

    def _on_screen(self) -> PlaceOco | None:
        return None if self.ticket.draft is None else self.ticket.draft.command

    def press(self, stroke: Qt.Key, held: Qt.KeyboardModifier) -> None:
        """Presses, and holds what left against what was on the screen before."""
        shown, armed, focus = self._on_screen(), self.arming.armed, QApplication.focusWidget()
        asks = shown is not None and self._asks(shown)
        asked, since = self._asked
        legs_before, placed = self._legs(), self.fx.placements
        send_key(self.window.windowHandle(), stroke, held)
        if self.fx.placements == placed:
            assert self._legs() == legs_before
            return
        assert self.fx.placements == placed + 1
        assert stroke in ENTERS and held is NONE and armed
        assert stroke is not K.Key_Space or isinstance(focus, QPushButton)
        assert shown is not None
        assert self._of_newest() == shown
        self.sent += 1
        if asks:
            assert asked == shown
            assert self.fx.now.monotonic - since >= TO_READ - 1e-6
            self.confirmed += 1

    def _asks(self, pair: PlaceOco) -> bool:
        return check_fx(pair, self.fx.desk.market, shipped_fx_limits(), self.fx.now.utc).asks

    def _legs(self) -> int:
        orders = self.fx.desk.market.blotter.rows()
        return sum(order.pair is not None and order.status is not OrderStatus.DENIED for order in orders)

    def _of_newest(self) -> PlaceOco | None:
        newest = self.fx.desk.market.blotter.rows()[-1]
        intent = self.fx.journal.placed(newest.pair or "")
        return intent.command if intent is not None and isinstance(intent.command, PlaceOco) else None


def _play(keyed: Keyed, numbers: random.Random, strokes: int) -> None:
    for _ in range(strokes):
        match numbers.randrange(12):
            case 0 | 1:
                keyed.fx.run(numbers.choice((0.1, 0.3, 0.6)))
                keyed.look()
            case 2:
                keyed.fx.move(pips=numbers.choice((-30, -3, 2, 40)))
                keyed.look()
            case 3:
                keyed.window.docking.focus(numbers.choice(("oco", "ladder")))
            case 4:  # as one who means it, and reads what is asked
                if numbers.randrange(2):
                    keyed.type_quantity()
                    keyed.window.docking.focus("oco")
                    keyed.press(K.Key_B, NONE)
                    keyed.look()
                for seconds in (0.6, 0.1):
                    keyed.press(K.Key_Return, NONE)
                    keyed.look()
                    keyed.fx.run(seconds)
                    keyed.look()
            case _:
                keyed.press(*numbers.choice(STROKES))
                if numbers.randrange(4):
                    keyed.look()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("games", [pytest.param(6), pytest.param(100, marks=pytest.mark.soak)])
def test_whatever_is_pressed_nothing_leaves_that_was_not_confirmed(tmp_path: Path, games: int) -> None:
    keyed = Keyed(tmp_path)
    try:
        for seed in range(games):
            keyed.begin()
            _play(keyed, random.Random(seed), 80)
        assert keyed.sent > games
        assert keyed.confirmed > 0
    finally:
        keyed.close()
