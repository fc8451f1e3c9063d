"""Any order of keys in the order ticket of a currency pair, in the real window, with quotes, pairs, dialogs and time
going by: what is on the wire is what stood on the screen, once, confirmed where it had to be.

What that is, `tests.app.meant_in_ticket` reads off the widgets. Desk, risk check, journal, session and venue are real.
"""

import random
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QLineEdit, QVBoxLayout

from protocols.acttrader.messages import Dialect
from protocols.market.commands import FxTerms
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import SCALE
from tests.app.fx_window import OTHER_PAIR, FxWindow
from tests.app.hands import CTRL, KEYPAD, NONE, SHIFT
from tests.app.meant_in_ticket import Living, MeantInTicket, Moment, read_frame, text_of
from tests.support.fx import key, order

K = Qt.Key
ORDERS = ("newordersingle", "neworderoco", "modifyordersingle", "ordercancel")
TEXTS = {
    "side": ("b", "s"),
    "type": ("l", "l", "l", "m", "s", "ss"),
    "quantity": (*("10k", "25000", "0,05m", "0.02M") * 3, "7", "1.500", "1e4"),
    "price": (*("+12p", "-12p", "b-3p", "a", "1,06", "1.0", "1.0") * 2, "b", "1.09", "1.0725p", "-1.07"),
    "stop_price": ("+20p", "a+3p", "-20p", "1.09", "1,2"),
    "validity_until": ("90m", "2h", "", "", "", "2"),
    "comment": ("lunch", ""),
}
WHOLE = ("side", "price", "quantity")
STROKES = [
    *[(K.Key_Return, NONE)] * 10, (K.Key_Enter, KEYPAD), (K.Key_Return, CTRL), (K.Key_Return, SHIFT),
    *[(K.Key_Tab, NONE)] * 5, *[(K.Key_Backtab, SHIFT)] * 2, *[(K.Key_Space, NONE)] * 3, (K.Key_Escape, NONE),
    *[(stroke, NONE) for stroke in (K.Key_Up, K.Key_Down, K.Key_Backspace, K.Key_Delete, K.Key_Home)] * 2,
    *[(stroke, NONE) for stroke in (K.Key_B, K.Key_S, K.Key_M, K.Key_L, K.Key_1, K.Key_0, K.Key_Period, K.Key_P)],
    (K.Key_Z, CTRL), (K.Key_A, CTRL | SHIFT), (K.Key_D, CTRL | SHIFT), (K.Key_T, CTRL), (K.Key_Slash, NONE),
]  # fmt: skip
SENDS = {(K.Key_Return, NONE), (K.Key_Enter, KEYPAD), (K.Key_Space, NONE)}


class Game:
    """A trader's hands on the ticket, and the oracle beside them."""

    def __init__(self, folder: Path, dialect: Dialect, chance: random.Random) -> None:
        self.desk = FxWindow(folder, dialect)
        self.chance = chance
        self.meant = MeantInTicket()
        self.went: Counter[str] = Counter()
        self.dialog = QDialog(self.desk.window)
        QVBoxLayout(self.dialog).addWidget(QLineEdit(self.dialog))
        self.own = ""
        """An order of ours that waits, to be modified."""

    def begin(self) -> None:
        """As every game begins: an empty ticket that has the keyboard, armed, EURUSD live."""
        self.dialog.done(0)
        self.desk.choose(key())
        self.desk.fx.move(bid="1.07660")
        while not self.desk.fx.desk.market.quote_standing(key()).live:
            self.desk.fx.run(0.5)
        if self.desk.fx.status(self.own) != OrderStatus.WORKING.value:
            self.own = self.desk.fx.submit(order("LIMIT", "1.06", units="30000"))
            self.desk.fx.run(0.5)
        self.desk.arming.arm(self.desk.fx.now)
        self.desk.focus("ticket")
        self.desk.ticket.clear()
        self.desk.window.ladder.drop_stage()
        self.look()

    # What is there

    def now(self) -> Moment:
        market, contract = self.desk.fx.desk.market, self.desk.window.group.contract
        assert contract is not None
        quote = market.quotes.get(contract) if market.quote_standing(contract).live else None
        best = (None, None) if quote is None else (Decimal(quote.bid or 0) / SCALE, Decimal(quote.ask or 0) / SCALE)
        instant = self.desk.fx.now
        return Moment(*best, instant.monotonic, datetime.fromtimestamp(instant.utc // SCALE, UTC))

    def look(self) -> None:
        """A frame."""
        self.desk.beat()
        ticket = self.desk.ticket
        self.meant.living = None if ticket.modifying is None else self._shown(ticket.modifying)
        texts = {name: text_of(row.editor) for name, row in ticket.rows.items() if not row.editor.isHidden()}
        self.meant.look(texts, not ticket.foot.anyway.isHidden(), self.now())

    # What happens

    def press(self, stroke: Qt.Key, held: Qt.KeyboardModifier, *, repeat: bool = False) -> None:
        """A key; what left because of it is held against what was on the screen before."""
        before, focus, armed = len(self.desk.fx.sent), QApplication.focusWidget(), self.desk.arming.armed
        contract, now = self.desk.window.group.contract, self.now()
        assert contract is not None
        expected = self.meant.on_the_wire(contract.contract_id)
        read = self.meant.was_read(now) or self.desk.ticket.foot.anyway.isChecked()
        must_be_read = self.meant.has_to_be_asked(now)
        self.desk.press(stroke, held, repeat=repeat)
        left = [frame for frame in self.desk.fx.sent[before:] if frame["event"] in ORDERS]
        if left:
            (frame,) = left
            assert (stroke, held) in SENDS and not repeat and armed
            self._may_send(focus, stroke)
            assert read_frame(frame) == expected
            assert read or not must_be_read
            self.went[frame["event"]] += 1
            self.went["asked"] += must_be_read
        self.look()

    def _may_send(self, focus: object, stroke: Qt.Key) -> None:
        """Enter in a field, a row of choices too, or the button that says what it sends; never what opens or ticks."""
        ticket = self.desk.ticket
        assert focus is not None and ticket.isAncestorOf(focus) and focus is not ticket.search.line
        if isinstance(focus, QAbstractButton):
            assert focus is ticket.foot.send or (focus.autoExclusive() and stroke is not K.Key_Space)
        else:
            assert isinstance(focus, QLineEdit | QComboBox) and stroke is not K.Key_Space

    def type(self, name: str) -> None:
        """One goes to a field and writes over what stands there."""
        row = self.desk.ticket.rows.get(name)
        if row is None or row.editor.isHidden() or row.locked or not row.editor.isVisible():
            return
        self.desk.ticket.fields.focus_on(name)
        if isinstance(row.editor, QLineEdit):
            self.press(K.Key_A, CTRL)
            self.press(K.Key_Delete, NONE)
        for character in self.chance.choice(TEXTS[name]):
            self.desk.type(character)
            self.look()

    def modify(self) -> None:
        """From wherever orders are seen."""
        self.desk.window._begin_amendment(self.desk.fx.get(self.own))
        self.look()

    def _shown(self, order: Order) -> Living:
        """A living order's numbers as the ticket was given them."""
        assert isinstance(order.terms, FxTerms)
        until = order.terms.until
        ends = None if until is None else datetime.fromtimestamp(until // SCALE, UTC)
        price, quantity = (Decimal(number or 0) / SCALE for number in (order.price, order.remaining))
        numbers = {"quantity": quantity, "price": price, "validity_until": ends}
        return Living(int(order.venue_id or 0), numbers)

    def happen(self) -> None:
        """One thing of many."""
        chance, desk = self.chance, self.desk
        match chance.randrange(24):
            case 0 | 1 | 2 | 3 | 4 | 5:
                self.type(chance.choice(list(TEXTS)))
            case 6 | 7:
                for name in WHOLE:
                    self.type(name)
            case 8 | 9:
                desk.fx.move(pips=chance.choice((-40, -3, 2, 30)))
                desk.fx.run(0.1)
            case 10 | 11:
                desk.fx.run(chance.choice((0.1, 0.3, 0.6)))
            case 12 if chance.random() < 0.5:
                desk.choose(chance.choice((key(), OTHER_PAIR)))
            case 13 if chance.random() < 0.5:
                desk.fx.cut("chart")
            case 14:
                desk.focus(chance.choice(("ticket", "ticket", "orders")))
            case 15 | 21:
                self.modify()
            case 16 if chance.random() < 0.3:
                self.dialog.open()
            case 17:
                self.dialog.done(0)
            case 18 | 19:
                self.mean_it()
            case 20:
                self.press(*chance.choice(STROKES), repeat=True)
            case _:
                self.press(*chance.choice(STROKES))
        self.look()

    def mean_it(self) -> None:
        """As one who wants it sent, and reads what is asked."""
        self.dialog.done(0)
        self.desk.focus("ticket")
        for name in self.chance.choice((WHOLE, WHOLE[::-1], ("price",), ("quantity",), ("validity_until", "quantity"))):
            self.type(name)
        for _ in range(2):
            if self.chance.random() < 0.4:
                self.desk.fx.move(pips=self.chance.choice((-20, 20)))
                self.desk.fx.run(0.1)
                self.look()
            left = sum(self.went.values())
            self.press(K.Key_Return, NONE)
            if sum(self.went.values()) > left:
                return
            self.desk.fx.run(self.chance.choice((0.1, 0.6)))
            self.look()
            if self.chance.random() < 0.3:
                for stroke in (K.Key_0, K.Key_Backspace):
                    self.press(stroke, NONE)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("dialect", list(Dialect), ids=lambda dialect: dialect.value)
@pytest.mark.parametrize("games", [pytest.param(20), pytest.param(200, marks=pytest.mark.soak)])
def test_whatever_is_pressed_only_what_stood_in_the_ticket_is_sent(
    tmp_path: Path, dialect: Dialect, games: int
) -> None:
    game = Game(tmp_path, dialect, random.Random(games))
    try:
        for _ in range(games):
            game.begin()
            for _ in range(25):
                game.happen()
            game.mean_it()
        assert game.went["asked"]
        assert game.went["modifyordersingle"] > games // 8
        assert game.went["newordersingle"] > games // 6
    finally:
        game.desk.dispose()
