"""A real window on a real desk, from the keys down to what the session is handed, and Qt's word on where the keyboard
is. Only the market, the venue and the keys are made here."""

import dataclasses
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.arming import Arming
from app.commands import Menu
from app.desk import Desk, Ordering
from app.forms import power_forms
from app.journal import Journal
from app.limits import Limits, Most
from app.main_window import MainWindow
from app.trading import DeskTrading
from protocols.market.commands import Command, Intent
from protocols.market.events import AreaStateChanged, BookOrder, BookReplaced, ContractListed, Feed, Freshness
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.orders import Verdict
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import SCALE, Price, Side
from protocols.session import Prepared
from tests.app import trading_desk as td
from tests.app.hands import CTRL, send_key
from tests.app.meant import (
    ASKED_ABOVE,
    DENIED_ABOVE,
    ENTERS,
    NONE,
    RESTRICTIONS,
    STEPS,
    TICKS,
    Meant,
    Where,
    Working,
)
from tests.support.clock import VirtualClock
from tests.widgets.desk import DARK
from widgets.frame_clock import FrameClock

NO_LIMIT = Most(None, None)
LIMITS = Limits(
    price_warn=None, price_block=None, through_warn=None, through_block=None, away_warn=None, away_block=None,
    quantity=Most(ASKED_ABOVE * SCALE // STEPS, DENIED_ABOVE * SCALE // STEPS),
    notional=NO_LIMIT, open_orders=NO_LIMIT, position=NO_LIMIT,
    restrictions=RESTRICTIONS, validities=("GoodForSession",),
)  # fmt: skip
PERIODS = 3
OWN = Working(td.KEY, "own-1", Side.BUY, 38_00, 10 * STEPS)
BOOKS = ((38_20, 38_60), (41_00, 41_35), (-3_10, 2_00))
"""Best bid and ask of each period, in ticks."""
QUARTER = 15 * MINUTE
FIRST_START = UtcNs(td.START + 365 * 24 * 60 * MINUTE)
"""So far off that no gate closes, however often time passes."""
SEND = "Send what is staged"
CLOSES = {(Qt.Key.Key_Escape, NONE), (Qt.Key.Key_K, CTRL)}
"""Keys that close the palette."""
PATIENCE = 100
"""Rounds of Qt's events until something must have happened."""


@dataclasses.dataclass
class Venue:
    """Writes down what the session would send, and refuses it as soon as it is let: the desk then stands as before."""

    apply: Callable[[object], None]
    sent: list[Command] = dataclasses.field(default_factory=list)
    unanswered: list[Intent] = dataclasses.field(default_factory=list)

    def prepare(self, intent: Intent) -> Prepared:
        return Prepared(intent, intent.command, "market-1", intent.intent_id, msgspec.json.encode(intent.command))

    def commit(self, prepared: Prepared) -> None:
        self.sent.append(prepared.said)
        self.unanswered.append(prepared.intent)

    def answer(self) -> None:
        for intent in self.unanswered:
            self.apply(td.report(intent.client_id, None, verdict=Verdict.REJECTED))
        self.unanswered.clear()


class KeyedDesk:
    """`meant` follows the keys on its own; `venue.sent` is what came of them. `dispose` when done."""

    def __init__(self, folder: Path) -> None:
        ids = (f"id-{number}" for number in count(1))
        self.clock = VirtualClock(td.NOW.monotonic, td.NOW.utc)
        self._journal = Journal(folder, lambda text: text, busy_seconds=0.0)
        self._desk = Desk(Ordering(self._journal, LIMITS, self.clock, lambda: next(ids)))
        self.venue = Venue(self._desk.apply)
        self._desk.add_orders(td.M7, self.venue)
        self.keys = [td.KEY, *(ContractKey(td.M7, td.KEY.area, f"DE-AMPRION-{n}") for n in range(2, PERIODS + 1))]
        self.meant = Meant(td.M7, OWN, {key: {} for key in self.keys}, self._period)
        self._open_market()
        self.trading = DeskTrading(
            self._desk, Arming(), self.clock, lambda words: self.window.notice(words),
            lambda: self.window.group.contract, lambda key: self.window.ladder.hop_to(key),
            to_read=0.0,  # no time passes between the keys of a sequence
        )  # fmt: skip
        frames = FrameClock(self.clock)
        self.window = MainWindow(self._desk, frames, DARK, practice=True, trading=self.trading)
        self.window.ladder.set_form_source(power_forms())
        self.window.resize(720, 380)
        self.window.setUpdatesEnabled(False)  # frames come when they are told to
        self._beat = frames.beat
        self.other = _other_window()
        self.stranger = QWindow()
        self.dialog = QDialog(self.window)
        QVBoxLayout(self.dialog).addWidget(QLineEdit(self.dialog))
        self._triggered: list[str] = []
        self._from: QWidget | None = None
        """What had the keyboard as the palette opened."""
        self.ways: Counter[Where] = Counter()
        """Where the keyboard was when something was sent."""
        for menu in self.window.menus.menus.values():
            menu.triggered.connect(lambda action: self._triggered.append(_title(action.text())))
        application().focusChanged.connect(self._focus_moved)
        application().focusWindowChanged.connect(self._focus_moved)
        for window in (self.other, self.window):
            window.show()

    def dispose(self) -> None:
        application().focusChanged.disconnect(self._focus_moved)
        application().focusWindowChanged.disconnect(self._focus_moved)
        self.other.close()
        self.stranger.close()
        self.window.dispose()
        self._journal.close()

    # The market

    def _open_market(self) -> None:
        for event in td.market_open():
            self._desk.apply(event)
        state = td.phase().area_state
        for number, key in enumerate(self.keys):
            start = UtcNs(FIRST_START + number * QUARTER)
            name, end = f"15Q{number + 1}", UtcNs(start + QUARTER)
            contract = PowerContract(key, key.contract_id, name, "QuarterHour", "Local", start, end, td.SPEC)
            self._desk.apply(ContractListed(contract))
            phase = msgspec.structs.replace(state, key=key, phase_end=start)
            self._desk.apply(AreaStateChanged(Feed.AREA_STATES.name, phase))
        for event in td.working(OWN.client_id, OWN.side, "10", at="38.00"):
            self._desk.apply(event)
        self.set_books()

    def set_books(self, shift: int = 0) -> None:
        """Every best price so many ticks from where it was at first."""
        for key, (bid, ask) in zip(self.keys, BOOKS, strict=True):
            best = {Side.BUY: bid + shift, Side.SELL: ask + shift}
            lines = {
                side: (BookOrder(side.value, Price(ticks * SCALE // TICKS), td.quantity("5")),)
                for side, ticks in best.items()
            }
            self._desk.apply(BookReplaced(Feed.ORDER_BOOKS.name, key, lines[Side.BUY], lines[Side.SELL]))
            self.meant.books[key] = best

    def set_live(self, live: bool) -> None:
        freshness = Freshness.LIVE if live else Freshness.STALE
        self._desk.apply(td.channel(Feed.ORDER_BOOKS, freshness, "" if live else "no heartbeat"))
        self.meant.live = live

    def pass_time(self) -> None:
        """As a machine sleeps for half a minute."""
        self.clock.advance(31.0)
        self.trading.look()
        self.meant.time_passed()

    def paint(self) -> None:
        """One frame. What the ladder's button sends is what was seen."""
        self._beat()
        self.window.setUpdatesEnabled(True)
        self.window.ladder.grab()
        self.window.setUpdatesEnabled(False)
        self.meant.painted()

    def choose(self, key: ContractKey) -> None:
        """As another widget of the link group would."""
        self.window.group.choose(key)
        self.meant.shows(key)

    def _period(self, key: ContractKey, step: int) -> ContractKey | None:
        place = self.keys.index(key) + step
        return self.keys[place] if 0 <= place < PERIODS else None

    # Windows

    def activate(self, window: QWidget) -> None:
        """The window manager gives a window the keyboard; it can't under a modal dialog."""
        window.show()
        until(window.isActiveWindow, window.activateWindow)

    def leave(self) -> None:
        """Another program has the keyboard; menus don't outlive that."""
        self._close_menus()
        self.stranger.show()
        until(lambda: QApplication.activeWindow() is None, self.stranger.requestActivate)

    def open_dialog(self) -> None:
        self.dialog.open()
        until(self.dialog.isActiveWindow, self.dialog.activateWindow)

    def uncover(self) -> None:
        """Dialog and menu are closed; the window manager gives the keyboard back to the desk."""
        self._close_menus()
        self.dialog.done(0)
        self.activate(self.window)

    @staticmethod
    def _close_menus() -> None:
        while (menu := QApplication.activePopupWidget()) is not None:
            menu.close()

    def open_menu(self) -> None:
        """The menu that sends, with the line that does so highlighted."""
        menu = self.window.menus.menus[Menu.ORDERS]
        menu.popup(self.window.mapToGlobal(self.window.rect().center()))
        menu.setActiveAction(next(action for action in menu.actions() if _title(action.text()) == SEND))

    def focus_send(self) -> None:
        """As with Tab, to the button below the rows; it is there while something is staged."""
        for button in self.window.ladder.findChildren(QAbstractButton):
            if button.accessibleName() == SEND and button.isVisible():
                button.setFocus(Qt.FocusReason.TabFocusReason)

    def begin(self) -> None:
        """As every sequence begins, whatever the one before left: disarmed, nothing staged, the ladder focused."""
        palette = self.window.palettes.palette
        if palette is not None:
            palette.finish()
        self.window.setWindowState(Qt.WindowState.WindowNoState)
        self.uncover()
        self.set_live(True)
        self.set_books()
        self.window.group.choose(self.keys[1])
        self.choose(self.keys[0])
        self.window.area_states.filter.clear()
        self.trading.disarm()
        self.window.ladder.preset_quantity(3)
        self.window.docking.focus("ladder")
        self.pass_time()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.venue.sent.clear()
        self.meant.begin()
        self.paint()

    # Keys

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, *, repeat: bool = False, late: bool = False) -> None:
        """A key as the window system sends it; `late`, to a window that has not the keyboard (any more).

        A modifier stays down: what a key is with it, its own event says.
        """
        beside = self.other if self.window.isActiveWindow() else self.window
        handle = beside.windowHandle() if late else QGuiApplication.focusWindow()
        if handle is None or not handle.isVisible() or handle is self.stranger:
            return
        if key in (Qt.Key.Key_Shift, Qt.Key.Key_Control):
            send_key(handle, key, held, release=False)
            return
        where, palette = self.where(handle), self.window.palettes.palette
        before = QApplication.focusWidget()
        named = self._named(key, held, where) if not repeat else None
        self.meant.press(key, held, repeat, where)
        self._triggered.clear()
        send_key(handle, key, held, repeat=repeat)
        if self._triggered:
            # A menu is Qt's, and so is which of its keys choose; but none that was never let go may.
            assert where is Where.COVERED and not repeat
            named = self._triggered[0]
        if named is not None:
            self.meant.click(named) if where is Where.BUTTON else self.meant.act(named)
        contract = self.window.group.contract
        assert contract is not None
        self.meant.shows(contract)
        if self.venue.unanswered:
            self.ways[where] += 1
        self.venue.answer()
        if self.meant.staged is not None and self.meant.staged.amends is not None:
            self.paint()  # the order's record is part of what is seen, and is not followed here
        if palette is None and self.window.palettes.palette is not None:
            self._from = before
        elif palette is not None and self.window.palettes.palette is None and (key, held) in CLOSES:
            assert QApplication.focusWidget() is self._from, "closed, it gives the keyboard back"

    def _named(self, key: Qt.Key, held: Qt.KeyboardModifier, where: Where) -> str | None:
        """What the key is about to choose by name: a focused button's, or the palette's highlighted line."""
        palette = self.window.palettes.palette
        if where is Where.BUTTON and ((key, held) in ENTERS or (key, held) == (Qt.Key.Key_Space, NONE)):
            self.paint()
            focus = QApplication.focusWidget()
            return focus.accessibleName() if focus is not None else None
        if where is Where.TEXT and palette is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            row = palette.list.currentRow()
            return palette.titles[row] if row >= 0 else None
        return None

    def where(self, window: QWindow) -> Where:
        """What the keyboard belongs to, in Qt's word."""
        if QApplication.activePopupWidget() is not None or QGuiApplication.modalWindow() is not None:
            return Where.COVERED
        focus, active, ladder = QApplication.focusWidget(), QGuiApplication.focusWindow(), self.window.ladder
        if focus is None or active is None or window.winId() != active.winId():
            return Where.ELSEWHERE
        if isinstance(focus, QLineEdit | QComboBox):
            return Where.TEXT
        if focus is not ladder and not ladder.isAncestorOf(focus):
            return Where.ELSEWHERE
        return Where.BUTTON if isinstance(focus, QAbstractButton) else Where.LADDER

    def _focus_moved(self, *_: object) -> None:
        self.meant.focus_moved()


def application() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


def until(condition: Callable[[], bool], wanted: Callable[[], None]) -> None:
    """Asks for what is wanted until it holds, with Qt's events between: of several windows that ask to be activated
    before Qt sees to it, any one may be. Fails when it does not come to it."""
    for _ in range(PATIENCE):
        wanted()
        QCoreApplication.processEvents()
        if condition():
            return
    raise AssertionError("it did not come to it")


def _title(text: str) -> str:
    return text.partition("\t")[0]


def _other_window() -> QWidget:
    """A window of the desk that is neither its main one nor modal, with a text field and a table."""
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(QTableView(window))
    column.addWidget(QLineEdit(window))
    return window
