"""A real window whose ladder stages into a notebook, a desk that only writes down what it is asked, and real keys."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from app.desk import Desk as AppDesk
from app.desk import Step, Submission
from app.main_window import MainWindow
from app.order_acts import LadderPort
from protocols.market.commands import Command, PlaceOrder, PowerTerms, Seen
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import Side
from tests.widgets.desk import DARK, M7, Desk, price, quantity

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier

AREA = "DE-AMPRION"


def order(key: ContractKey, client_id: str, side: Side = Side.BUY, ours: bool = True) -> Order:
    one = quantity("1")
    status = OrderStatus.WORKING
    return Order(M7, client_id, key, side, price("40"), one, one, PowerTerms(), status, ours)


class Notebook:
    """Stands for a ladder's staging: notes every act, and has a stage, a typed quantity and a selected order."""

    def __init__(self, key: ContractKey) -> None:
        self.key = key
        self.notes: list[object] = []
        self.staged: PlaceOrder | None = None
        self.typing_quantity = False
        self.figures = ""
        self.selected: Order | None = None
        self.seen = Seen(frame=7, book=3)

    def stage(self, side: Side, take: bool) -> None:
        self.notes.append(("stage", side, take))
        self.staged = PlaceOrder(self.key, side, quantity("10"), price("38.40"))

    def nudge_price(self, ticks: int) -> None:
        self.notes.append(("price", ticks))

    def nudge_quantity(self, steps: int) -> None:
        self.notes.append(("quantity", steps))

    def preset_quantity(self, index: int) -> None:
        self.notes.append(("preset", index))

    def begin_quantity(self) -> None:
        if self.staged is not None:
            self.typing_quantity, self.figures = True, ""

    def type_quantity(self, text: str) -> None:
        self.figures = self.figures[:-1] if text == "\b" else self.figures + text

    def end_quantity(self) -> None:
        self.typing_quantity = False

    def cycle_terms(self) -> None:
        self.notes.append("terms")

    def edit_iceberg(self) -> None:
        self.notes.append("iceberg")

    def drop_stage(self) -> None:
        self.notes.append("drop")
        self.staged, self.typing_quantity = None, False

    def take_staged(self) -> Command | None:
        taken, self.staged = self.staged, None
        return taken

    def put_back(self, stage: object) -> None:
        assert isinstance(stage, PlaceOrder)
        self.staged = stage

    def tell(self, words: str, seconds: float) -> None:
        self.told = words

    def set_armed(self, armed: bool) -> None:
        """The real ladder's bar is not looked at here."""

    def next_own(self, step: int) -> None:
        self.notes.append(("own", step))

    def amend_selected(self) -> None:
        self.notes.append("amend")

    def recentre(self) -> None:
        self.notes.append("recentre")

    def fit(self) -> None:
        self.notes.append("fit")

    def toggle_cumulative(self) -> None:
        self.notes.append("cumulative")

    def toggle_collapsed(self) -> None:
        self.notes.append("collapsed")

    def coarser(self) -> None:
        self.notes.append("coarser")

    def finer(self) -> None:
        self.notes.append("finer")

    def scroll_rows(self, rows: int) -> None:
        self.notes.append(("rows", rows))

    def show_highest(self) -> None:
        self.notes.append("highest")

    def show_lowest(self) -> None:
        self.notes.append("lowest")


class Journal:
    """A `Trading` that writes down what it was asked."""

    def __init__(self) -> None:
        self.armed = False
        self.why: str | None = None
        self.takes = True
        self.sent: list[Command] = []
        self.cancelled: list[Order] = []
        self.hops: list[int] = []

    def arm(self) -> None:
        self.armed = True

    def disarm(self) -> None:
        self.armed = False

    def may_send(self) -> str | None:
        return self.why if self.armed else "disarmed"

    def send(self, command: Command, seen: Seen | None) -> str:
        assert seen == Seen(frame=7, book=3)  # the ladder's own stamp
        self.sent.append(command)
        return "" if self.takes else "Denied: for a test"

    def submit(self, command: Command, *, confirms: bool = False) -> Submission:
        return Submission(Step.DENIED, command, "not from here")

    def cancel(self, orders: Sequence[Order]) -> None:
        self.cancelled += orders

    def hop(self, step: int) -> None:
        self.hops.append(step)


class NotingWindow(MainWindow):
    """The main window with its ladder's staging replaced."""

    notebook: Notebook

    def _ladder(self) -> LadderPort:
        return self.notebook


def send_key(
    handle: QWindow,
    key: Qt.Key,
    held: Qt.KeyboardModifier = NONE,
    text: str = "",
    *,
    repeat: bool = False,
    scan: int = 0,
    release: bool = True,
    at: int = 0,
) -> None:
    """A key press on a window, as its platform would send it at `at` ms, and its release unless it is held."""
    if not text and 0x20 < key.value < 0x7F and not held & (CTRL | ALT):
        text = chr(key.value).upper() if held & SHIFT else chr(key.value).lower()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) if release else (QEvent.Type.KeyPress,):
        event = QKeyEvent(kind, key.value, held, scan, 0, 0, text, repeat)
        event.setTimestamp(at)
        QCoreApplication.sendEvent(handle, event)


class Hands:
    """A window in use. Keys go to the window that has the focus, as they do from a keyboard."""

    def __init__(self) -> None:
        self.desk = Desk(AREA)
        self.key = self.desk.contract(AREA, "15Q4")
        app_desk = AppDesk()
        app_desk.market = self.desk.market
        self.journal = Journal()
        NotingWindow.notebook = self.notebook = Notebook(self.key)
        self.window = NotingWindow(app_desk, self.desk.clock, DARK, practice=True, trading=self.journal)
        self.window.resize(1200, 800)
        self.desk.group = self.window.group
        self.window.group.choose(self.key)

    @property
    def said(self) -> str:
        """The newest toast."""
        return (self.window.toasts.texts() or [""])[-1]

    @property
    def status(self) -> str:
        return self.window.status.target.whole_text

    def press(
        self,
        key: Qt.Key,
        held: Qt.KeyboardModifier = NONE,
        text: str = "",
        *,
        repeat: bool = False,
        scan: int = 0,
        release: bool = True,
        window: QWidget | None = None,
        at: int = 0,
    ) -> None:
        """A key on the window that has the focus: press, and release unless it is held."""
        handle = window.windowHandle() if window is not None else QApplication.focusWindow()
        if handle is None:
            return
        send_key(handle, key, held, text, repeat=repeat, scan=scan, release=release, at=at)

    def focus(self, dock: str) -> None:
        self.window.docking.focus(dock)
