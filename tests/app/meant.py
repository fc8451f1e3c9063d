"""What a trader's keys mean, worked out from the description of the keyboard alone: the oracle for random keys.

Nothing here is taken from the code under test. Where the keyboard is, is asked of Qt; what a key does there, what is
staged by it and what leaves the desk is reckoned here in whole ticks and steps, and held against what was really sent.
"""

import dataclasses
import enum
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Qt

from protocols.market.commands import AmendOrder, CancelOrder, Command, PlaceOrder, PowerTerms, SetOrderActive
from protocols.market.instruments import ContractKey
from protocols.market.values import SCALE, Price, Quantity, Side

K = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier

TICKS, STEPS = 100, 10
"""In 1 EUR/MWh and in 1 MW."""
ASKED_ABOVE, DENIED_ABOVE = 20 * STEPS, 60 * STEPS
PRESETS = (1, 5, 10, 25, 50)
RESTRICTIONS = ("None", "ImmediateOrCancel", "FillOrKill", "AllOrNone")

ARROWS = {K.Key_Up, K.Key_Down, K.Key_Left, K.Key_Right}
ENTERS = {(K.Key_Return, NONE), (K.Key_Enter, KEYPAD)}

LADDER_KEYS = {
    (K.Key_B, NONE): "Stage a buy at the best bid",
    (K.Key_S, NONE): "Stage a sell at the best ask",
    (K.Key_B, SHIFT): "Stage a buy at the best ask (take)",
    (K.Key_S, SHIFT): "Stage a sell at the best bid (take)",
    (K.Key_Up, NONE): "Price up by a tick",
    (K.Key_Up, SHIFT): "Price up by ten ticks",
    (K.Key_Down, NONE): "Price down by a tick",
    (K.Key_Down, SHIFT): "Price down by ten ticks",
    (K.Key_Right, NONE): "Quantity up by a step",
    (K.Key_Right, SHIFT): "Quantity up by ten steps",
    (K.Key_Left, NONE): "Quantity down by a step",
    (K.Key_Left, SHIFT): "Quantity down by ten steps",
    (K.Key_1, NONE): "Preset quantity 1",
    (K.Key_2, NONE): "Preset quantity 2",
    (K.Key_3, NONE): "Preset quantity 3",
    (K.Key_4, NONE): "Preset quantity 4",
    (K.Key_5, NONE): "Preset quantity 5",
    (K.Key_Q, NONE): "Type a quantity",
    (K.Key_T, NONE): "Next time in force or restriction",
    (K.Key_I, NONE): "Iceberg fields",
    (K.Key_N, NONE): "Select the next own order",
    (K.Key_N, SHIFT): "Select the previous own order",
    (K.Key_M, NONE): "Modify the selected own order",
    (K.Key_H, NONE): "Hibernate or activate the selected order",
    (K.Key_X, NONE): "Cancel the selected own order",
    (K.Key_X, SHIFT): "Cancel all own orders of this contract",
    (K.Key_B, CTRL): "Cancel own bids of this contract",
    (K.Key_S, CTRL): "Cancel own asks of this contract",
    (K.Key_PageDown, NONE): "Next delivery period or pair",
    (K.Key_PageUp, NONE): "Previous delivery period or pair",
    **dict.fromkeys(ENTERS, "Send what is staged"),
    (K.Key_Escape, NONE): "Drop what is staged",
}
FIGURES = {**{(K(K.Key_0.value + n), held): str(n) for n in range(10) for held in (NONE, KEYPAD)},
           (K.Key_Comma, NONE): ".", (K.Key_Period, NONE): ".", (K.Key_Backspace, NONE): "\b"}  # fmt: skip
ARM, DISARM = (K.Key_A, CTRL | SHIFT), (K.Key_D, CTRL | SHIFT)


class Where(enum.Enum):
    """What the keyboard belongs to."""

    LADDER = "the ladder"
    BUTTON = "a button of the ladder"
    ELSEWHERE = "another widget, or none"
    TEXT = "a text field"
    COVERED = "a dialog or a menu"


ON_LADDER = (Where.LADDER, Where.BUTTON)


@dataclasses.dataclass
class Staged:
    """An order that waits for its confirmation: ticks, steps, and the best price it was put beside."""

    key: ContractKey
    side: Side
    ticks: int
    steps: int
    beside: tuple[Side, int]
    restriction: int = 0
    shown: int | None = None
    amends: str | None = None
    """The client identifier of the order that it changes."""

    @property
    def price(self) -> Price:
        return Price(self.ticks * SCALE // TICKS)

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.steps * SCALE // STEPS)

    @property
    def terms(self) -> PowerTerms:
        shown = None if self.shown is None else Quantity(self.shown * SCALE // STEPS)
        return PowerTerms(restriction=RESTRICTIONS[self.restriction], display_quantity=shown)

    @property
    def told(self) -> tuple[object, ...]:
        """What the trader is told of it."""
        terms = self.terms
        return self.key, self.side, self.price, self.quantity, terms.restriction, terms.display_quantity, self.amends


@dataclasses.dataclass(frozen=True)
class Frame:
    """What is on the screen."""

    key: ContractKey
    best: Mapping[Side, int]
    staged: Staged | None


@dataclasses.dataclass(frozen=True)
class Working:
    """The one order of ours that lies in the book, and stays as it is: the venue refuses whatever is asked of it."""

    key: ContractKey
    client_id: str
    side: Side
    ticks: int
    steps: int


class Meant:
    """`books` has each contract's best bid and ask in ticks; `period` gives the neighbouring delivery period."""

    def __init__(
        self,
        connection: str,
        working: Working,
        books: dict[ContractKey, Mapping[Side, int]],
        period: Callable[[ContractKey, int], ContractKey | None],
    ) -> None:
        self._connection = connection
        self._working = working
        self._period = period
        self.books = books
        self.sent: list[Command] = []
        self.begin()

    def begin(self) -> None:
        """As every sequence begins."""
        self.sent.clear()
        self.key = self._working.key
        self.staged: Staged | None = None
        self.next = PRESETS[2] * STEPS
        self.typed: str | None = None
        self.typing_shown = False
        self.selected = self.armed = False
        self.live = True
        self.asked: Command | None = None
        self._repeats: tuple[Qt.Key, Qt.KeyboardModifier] | None = None
        self.painted()

    # What happens without a key

    def painted(self) -> None:
        """What the trader decides by from now on."""
        staged = None if self.staged is None else dataclasses.replace(self.staged)
        self._frame = Frame(self.key, dict(self.books[self.key]), staged)

    def focus_moved(self) -> None:
        """No key that went down before counts as held."""
        self._repeats = None

    def time_passed(self) -> None:
        """Longer than anybody sits before a desk without a sign, and than a question stays open."""
        self.armed, self.asked = False, None

    def shows(self, key: ContractKey) -> None:
        """Another contract was chosen: what was staged for the old one is gone."""
        if key != self.key:
            self.key, self.staged, self.typed, self.selected = key, None, None, False

    # Keys

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier, repeat: bool, where: Where) -> None:
        """A key went down, or is still down (`repeat`)."""
        stroke, nudges = (key, held), where in ON_LADDER and self.typed is None
        if repeat:
            if nudges and stroke == self._repeats:
                self.act(LADDER_KEYS.get(stroke, ""))
            else:
                self._repeats = self._repeats if nudges else None
            return
        self._repeats = stroke if key in ARROWS and nudges else None
        if stroke == DISARM:
            self.armed = False
        elif stroke == ARM:
            self.armed = self.armed or where not in (Where.TEXT, Where.COVERED)
        elif where is Where.LADDER and self.typed is not None and stroke in FIGURES:
            self._type(FIGURES[stroke])
        elif (stroke in ENTERS and where is Where.LADDER) or (  # on a button they press it
            stroke not in ENTERS and where in ON_LADDER and (self.typed is None or key is K.Key_Escape)
        ):
            self.act(LADDER_KEYS.get(stroke, ""))

    def click(self, button: str) -> None:
        """A button of the ladder was pressed; its accessible name."""
        if button.startswith("Preset quantity "):
            self._set_steps(int(Decimal(button.split()[-1]) * STEPS))
        else:
            self.act(button)

    def act(self, title: str) -> None:
        """An act was chosen by its key, or by name in the palette or a menu. Others than these touch no order."""
        match title.split():
            case ["Stage", "a", "buy" | "sell" as side, "at", "the", "best", whose, *take]:
                self._stage(Side.BUY if side == "buy" else Side.SELL, Side.BUY if whose == "bid" else Side.SELL)
                assert bool(take) is ((side == "buy") != (whose == "bid"))
            case ["Price", way, "by", much, _] if self.staged is not None:
                self.staged.ticks += _signed(way, much)
            case ["Quantity", way, "by", much, _]:
                now = self.next if self.staged is None else self.staged.steps
                self._set_steps(max(1, now + _signed(way, much)))
            case ["Preset", "quantity", number]:
                self._set_steps(PRESETS[int(number) - 1] * STEPS)
            case ["Type", "a", "quantity"]:
                self.typed, self.typing_shown = "", False
            case ["Next", "time", *_] if self.staged is not None and self.staged.amends is None:
                self.staged.restriction = (self.staged.restriction + 1) % len(RESTRICTIONS)
            case ["Iceberg", "fields"] if self.staged is not None and self.staged.amends is None:
                self.typed, self.typing_shown = "", True
            case ["Send", "what", "is", "staged"]:
                self._confirm()
            case ["Drop", "what", "is", "staged"]:
                self.typed, self.staged = None, (self.staged if self.typed is not None else None)
            case ["Next" | "Previous" as way, "delivery", "period", "or", "pair"]:
                self._hop(1 if way == "Next" else -1)
            case ["Arm:", *_]:
                self.armed = True
            case ["Disarm"]:
                self.armed = False
            case _ if self.key == self._working.key:
                self._own(title)

    # Within

    def _stage(self, side: Side, whose: Side) -> None:
        best = self.books[self.key][whose]
        if self.live and self._frame.key == self.key and self._frame.best[whose] == best:
            self.staged = Staged(self.key, side, best, self.next, (whose, best))

    def _set_steps(self, steps: int) -> None:
        if self.staged is not None:
            self.staged.steps = steps
        if self.staged is None or self.staged.amends is None:
            self.next = steps

    def _type(self, figure: str) -> None:
        assert self.typed is not None
        self.typed = self.typed[:-1] if figure == "\b" else (self.typed + figure)[:12]

    def _end_typing(self) -> None:
        """What is no quantity in whole steps stays to be mended; without figures an iceberg ends."""
        text = self.typed or ""
        try:
            steps = Decimal(text) * STEPS if text else None
        except InvalidOperation:
            return
        if steps is not None and (steps <= 0 or steps != int(steps)):
            return
        whole = None if steps is None else int(steps)
        if not self.typing_shown:
            if whole is not None:
                self._set_steps(whole)
        elif self.staged is not None:
            if whole is not None and whole >= self.staged.steps:
                return
            self.staged.shown = whole
        self.typed = None

    def _confirm(self) -> None:
        """Enter ends typing; else what is staged and on the screen goes, once: if armed, live and not asked about."""
        staged = self.staged
        if self.typed is not None:
            self._end_typing()
        elif staged is not None and self.armed and self.live:
            command = self._command(staged)
            if command is None or not self._seen(staged):
                return
            asked, self.asked = self.asked, None
            if staged.steps > DENIED_ABOVE:
                return
            if (staged.steps > ASKED_ABOVE or self._meets_own(staged)) and asked != command:
                self.asked = command
                return
            self.sent.append(command)
            self.staged = None

    def _seen(self, staged: Staged) -> bool:
        """Whether this very order is on the screen, and would do in the market what it would have done there."""
        frame, other = self._frame, staged.side.other
        if frame.key != self.key or frame.staged != staged:
            return False
        sign = 1 if staged.side is Side.BUY else -1
        reaches = [(staged.ticks - best[other]) * sign >= 0 for best in (frame.best, self.books[self.key])]
        return reaches[0] is reaches[1]

    def _meets_own(self, staged: Staged) -> bool:
        """Whether it would trade with our own order."""
        own = self._working
        above = (staged.ticks - own.ticks) * (1 if staged.side is Side.BUY else -1)
        return staged.key == own.key and staged.side is not own.side and above >= 0

    def _command(self, staged: Staged) -> Command | None:
        """None for what asks nothing of the venue, or can't be asked."""
        if staged.amends is not None:
            resized, moved = staged.steps != self._working.steps, staged.ticks != self._working.ticks
            changed = (staged.quantity if resized else None, staged.price if moved else None)
            return AmendOrder(self._connection, staged.amends, *changed) if resized or moved else None
        if staged.shown is not None and staged.shown >= staged.steps:
            return None
        return PlaceOrder(staged.key, staged.side, staged.quantity, staged.price, staged.terms)

    def _hop(self, step: int) -> None:
        """The stage goes along, as far from its best price; but not an amendment, nor to a book that is not live."""
        key, staged = self._period(self.key, step), self.staged
        if key is None:
            return
        self.shows(key)
        if staged is not None and staged.amends is None and self.live:
            whose, best = staged.beside
            now = self.books[key][whose]
            self.staged = dataclasses.replace(staged, key=key, ticks=now + staged.ticks - best, beside=(whose, now))

    def _own(self, title: str) -> None:
        """What is asked of the order that lies in the book needs no confirmation, unless it changes the order."""
        name = (self._connection, self._working.client_id)
        match title:
            case "Select the next own order" | "Select the previous own order":
                self.selected = True
            case "Modify the selected own order" if self.selected and self.live:
                own = self._working
                whose = (own.side, self.books[own.key][own.side])
                self.staged = Staged(own.key, own.side, own.ticks, own.steps, whose, amends=own.client_id)
            case "Hibernate or activate the selected order" if self.selected:
                self.sent.append(SetOrderActive(*name, active=False))
            case "Cancel the selected own order" if self.selected:
                self.sent.append(CancelOrder(*name))
            case "Cancel all own orders of this contract" | "Cancel own bids of this contract":
                self.sent.append(CancelOrder(*name))


def _signed(way: str, much: str) -> int:
    return (10 if much == "ten" else 1) * (1 if way == "up" else -1)
