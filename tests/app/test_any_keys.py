"""Any order of keys, focus changes, windows and market news: nothing is sent that was not staged and confirmed.

What may be sent is worked out by `tests.app.meant`, from the description of the keyboard alone. The window, the acts,
the desk with its risk check and its journal are the real ones.
"""

import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView

from protocols.market.commands import AmendOrder, CancelOrder, PlaceOrder, SetOrderActive
from tests.app.hands import CTRL, KEYPAD, NONE, SHIFT
from tests.app.keyed_desk import KeyedDesk
from tests.app.meant import ARM, DISARM, Where

K = Qt.Key
SEQUENCES, PARTS = 1_000, 10
"""The window is built once for each part."""
ENOUGH_PARTS = 3
LONGEST = 20


class Press:
    """A key; `late`, on a window that has not the keyboard. A modifier goes down and is not let go."""

    def __init__(
        self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, *, repeat: bool = False, late: bool = False
    ) -> None:
        self.key, self.held, self.repeat, self.late = key, held, repeat, late

    def __repr__(self) -> str:
        held = "" if self.held == NONE else f"{self.held.name}+"
        return f"{held}{self.key.name}{' again' * self.repeat}{' late' * self.late}"


class Ask(str):
    """The palette, and what is typed into it."""


class Focus(str):
    """The keyboard goes to a dock."""


class Choose(int):
    """Another widget of the link group shows that contract."""


class Move(int):
    """The market is so many ticks from where it was at first."""


STAGES = [(K.Key_B, NONE), (K.Key_S, NONE), (K.Key_B, SHIFT), (K.Key_S, SHIFT)]
CONFIRMS = [(K.Key_Return, NONE), (K.Key_Enter, KEYPAD)]
ADJUSTS = [
    *((key, held) for key in (K.Key_Up, K.Key_Down, K.Key_Left, K.Key_Right) for held in (NONE, SHIFT)),
    (K.Key_1, NONE), (K.Key_2, NONE), (K.Key_4, NONE), (K.Key_5, NONE), (K.Key_T, NONE),
]  # fmt: skip
TYPES = [(K.Key_Q, NONE), (K.Key_I, NONE), (K.Key_0, NONE), (K.Key_3, NONE), (K.Key_4, KEYPAD), (K.Key_Comma, NONE),
         (K.Key_Backspace, NONE)]  # fmt: skip
OWN = [(K.Key_N, NONE), (K.Key_M, NONE), (K.Key_X, NONE), (K.Key_X, SHIFT), (K.Key_H, NONE), (K.Key_B, CTRL),
       (K.Key_S, CTRL)]  # fmt: skip
OTHERS = [
    ARM, DISARM, (K.Key_Escape, NONE), (K.Key_PageDown, NONE), (K.Key_PageUp, NONE), (K.Key_Space, NONE),
    (K.Key_Tab, NONE), (K.Key_Backtab, SHIFT), (K.Key_Slash, NONE), (K.Key_K, CTRL), (K.Key_1, CTRL), (K.Key_3, CTRL),
    (K.Key_V, NONE), (K.Key_C, NONE), (K.Key_G, NONE), (K.Key_Return, CTRL), (K.Key_Return, SHIFT), (K.Key_F11, NONE),
    (K.Key_Shift, SHIFT), (K.Key_Control, CTRL),
]  # fmt: skip
TYPICAL = [*STAGES * 6, *CONFIRMS * 12, *[ARM] * 6, *ADJUSTS * 2, *TYPES * 2, *OWN, *OTHERS]
PRESSES = [
    *(Press(*stroke) for stroke in TYPICAL * 3),
    *(Press(*stroke, repeat=True) for stroke in (*STAGES, *CONFIRMS * 4, *ADJUSTS, *OWN, ARM)),
    *(Press(*stroke, late=True) for stroke in (*STAGES, *CONFIRMS * 3, ARM)),
]
TITLES = ("send w", "send w", "stage a b", "arm", "type a q", "15q2", "price up", "next del", "quit")
ENTER, KEYPAD_ENTER = CONFIRMS
BUY, SELL, TAKE, GIVE = STAGES
HABITS: list[list[object]] = [
    [ARM, BUY, "frame", ENTER],
    [ARM, GIVE, (K.Key_Up, NONE), "frame", KEYPAD_ENTER],
    [ARM, SELL, "frame", Move(50), ENTER, "frame", ENTER],
    [SELL, (K.Key_4, NONE), "frame", ENTER, ENTER],
    [GIVE, (K.Key_PageDown, NONE), "frame", ENTER],
    [SELL, (K.Key_Up, NONE), "away", "home", Press(K.Key_Up, repeat=True)],
    [(K.Key_Q, NONE), (K.Key_3, NONE), ENTER, "frame", ENTER],
    [(K.Key_I, NONE), (K.Key_0, NONE), (K.Key_Period, NONE), (K.Key_3, KEYPAD), ENTER],
    [(K.Key_N, NONE), (K.Key_M, NONE), (K.Key_Down, SHIFT), "frame", ENTER],
    [(K.Key_N, NONE), (K.Key_H, NONE), (K.Key_X, NONE)],
    [ARM, TAKE, "frame", Ask("send w"), Press(K.Key_Return, repeat=True), ENTER],
    [ARM, SELL, "frame", "menu", Press(K.Key_Return, repeat=True), ENTER],
    [BUY, "frame", "button", (K.Key_Space, NONE)],
    [Ask("stage a b"), ENTER, "frame", ENTER],
    [Ask("q"), (K.Key_Escape, NONE)],
]
"""What a trader does in one go; the rest comes between."""
NEWS = [
    *[Focus("ladder")] * 20, *["home"] * 12, *["live"] * 8, Focus("tape"), Focus("states"), *map(Ask, TITLES),
    *map(Choose, range(3)), *map(Move, (-50, 7)), "filter", "dialog", "menu", "button", "other window", "its text",
    "away", "sleep", "stale", *["frame"] * 12,
]  # fmt: skip
ONES = st.sampled_from([[doing] for doing in (*PRESSES, *NEWS * 3)])
HABITUAL = st.sampled_from([[Press(*doing) if type(doing) is tuple else doing for doing in habit] for habit in HABITS])
DOINGS = st.lists(st.one_of(*[ONES] * 4, HABITUAL), min_size=6, max_size=LONGEST)


@pytest.fixture
def desk(qapp, tmp_path: Path) -> Iterator[KeyedDesk]:
    desk = KeyedDesk(tmp_path)
    yield desk
    desk.dispose()


def do(desk: KeyedDesk, doing: object) -> None:
    covered = QApplication.activePopupWidget() is not None or QGuiApplication.modalWindow() is not None
    before = QApplication.focusWidget()
    match doing:
        case Press():
            desk.press(doing.key, doing.held, repeat=doing.repeat, late=doing.late)
        case "home":
            desk.uncover()
        case "live" | "stale":
            desk.set_live(doing == "live")
        case Move():
            desk.set_books(doing)
        case Choose():
            desk.choose(desk.keys[doing])
        case "frame":
            desk.paint()
        case "sleep":
            desk.pass_time()
        case "away":
            desk.leave()
        case _ if covered:
            pass  # nothing else can be reached
        case Ask():
            desk.press(K.Key_K, CTRL)
            for letter in doing.upper() if desk.window.palettes.palette is not None else "":
                desk.press(K(ord(letter)))
        case Focus():
            desk.window.docking.focus(doing)
        case "filter":
            desk.window.area_states.filter.setFocus()
        case "button":
            desk.focus_send()
        case "dialog":
            desk.open_dialog()
        case "menu":
            desk.open_menu()
        case "other window" | "its text":
            desk.activate(desk.other)
            desk.other.findChild(QTableView if doing == "other window" else QLineEdit).setFocus()
    if not desk.window.isActiveWindow():
        QApplication.processEvents()  # it may be about to be
    if QApplication.focusWidget() is not before and not isinstance(doing, Press | Ask):
        assert desk.window.router.modifiers == NONE, "what was held elsewhere is not held here"


def shown_by(desk: KeyedDesk) -> tuple[object, ...] | None:
    """What the ladder has staged."""
    stage = desk.window.ladder.staged
    if stage is None:
        return None
    terms = stage.terms
    return stage.key, stage.side, stage.price, stage.quantity, terms.restriction, terms.display_quantity, stage.amending


def check(desk: KeyedDesk) -> None:
    """What was sent is what was meant, what is shown is what would be; and the keyboard is where the words say."""
    meant, ladder, target = desk.meant, desk.window.ladder, desk.window.target
    assert desk.venue.sent == meant.sent
    assert desk.trading.armed is meant.armed
    assert shown_by(desk) == (None if meant.staged is None else meant.staged.told)
    assert ladder.typing_quantity is (meant.typed is not None)
    focus = QApplication.focusWidget()
    assert target.name == target.dock_around(focus)
    assert target.in_text is isinstance(focus, QLineEdit)
    if desk.window.isActiveWindow() and desk.window.isVisible():
        assert focus is not None, "keys go nowhere, and nobody says so"


@pytest.fixture(scope="module")
def went() -> Iterator[Counter[type | Where | str]]:
    """What was sent, and where the keyboard was then: worth nothing unless orders go by every way there is.

    The parts may be shared out among workers: what a worker did tells enough from a few parts on.
    """
    went: Counter[type | Where | str] = Counter()
    yield went
    if went["parts"] >= ENOUGH_PARTS:
        assert min(went[kind] for kind in (PlaceOrder, AmendOrder, CancelOrder, SetOrderActive)) > went["parts"]
        assert min(went[where] for where in Where if where is not Where.ELSEWHERE) > went["parts"]


@pytest.mark.parametrize("part", range(PARTS))
def test_any_order_of_keys_sends_only_what_was_staged_and_confirmed(desk: KeyedDesk, went: Counter, part: int) -> None:
    @seed(part)
    @settings(max_examples=SEQUENCES // PARTS)
    @given(DOINGS)
    def any_order(doings: list[list[object]]) -> None:
        desk.begin()
        check(desk)
        for doing in itertools.chain(*doings):
            do(desk, doing)
            check(desk)
        went.update(type(command) for command in desk.venue.sent)

    any_order()
    assert desk.ways[Where.ELSEWHERE] == 0
    went.update(desk.ways)
    went["parts"] += 1
