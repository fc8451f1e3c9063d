"""The left mouse button on the ladder: clicks that stage, drags that modify. No Qt.

A click is answered from the frame that was on the screen when the button went down. Where the market has changed what
the clicked row means, nothing is staged and the trader is asked to click again, now on what is so.
"""

import dataclasses
import enum

from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.values import Side
from widgets.ladder.aim import changed_words, meaning_at
from widgets.ladder.axis import Axis
from widgets.ladder.frame import Hit, LadderFrame
from widgets.ladder.geometry import Column
from widgets.ladder.hand import Hand, Typing
from widgets.ladder.own import OwnCell
from widgets.ladder.standing import why_no_orders
from widgets.staging import NotStaged, Stage

_SIDES = {Column.BID: Side.BUY, Column.ASK: Side.SELL}


class Form(enum.Enum):
    """What a click on a quantity stages, by the keys that are held."""

    LIMIT = "limit"
    ICEBERG = "iceberg"
    STOP = "stop"


class Wish(enum.Enum):
    """What a release of the button asks of the ladder."""

    NOTHING = "nothing"
    SEND = "send"
    LIST = "list"
    """The orders of the row that was pressed, one by one."""


@dataclasses.dataclass(frozen=True, slots=True)
class Press:
    """Where the button went down, and in which frame. `stage` is what the bar showed, for a press on the bar."""

    x: int
    y: int
    frame: LadderFrame
    hit: Hit
    form: Form
    stage: Stage | None
    own: OwnCell | None


class Mouse:
    """One button at one ladder."""

    def __init__(self, market: MarketState, hand: Hand) -> None:
        self._market = market
        self._hand = hand
        self._press: Press | None = None

    def press(self, frame: LadderFrame | None, x: int, y: int, form: Form | None) -> None:
        """Without a `form` keys are held that mean nothing here: then nothing is done."""
        self._press = None
        if frame is None or form is None:
            return
        hit, in_bar = frame.hit(x, y), frame.geometry.bar.contains(x, y)
        row = frame.row(hit.slot) if hit.slot is not None else None
        own = row.own(hit.column) if row is not None else None
        stage = frame.bar.stage if in_bar and frame.bar is not None else None
        self._press = Press(x, y, frame, hit, form, stage, own)
        if own is not None:
            self.select_in(own)

    def select_in(self, own: OwnCell) -> None:
        """What is pointed at is what keys act on: an order of this row, the selected one if it is among them."""
        selected = self._hand.selected
        if selected is None or not own.holds(selected.client_id):
            self._hand.select(own.orders[0].order)

    def move(self, x: int, y: int, far: int) -> None:
        """Drags the own order under the press, once the pointer is `far` from where it went down."""
        press = self._press
        if press is None or press.own is None:
            return
        if self._hand.drag is None and abs(x - press.x) + abs(y - press.y) < far:
            return
        order, slot = self._grasped(press.own), press.frame.geometry.slot_at(y)
        drag = None if slot is None else (order, slot)
        if drag != self._hand.drag:
            self._hand.drag = drag
            self._hand.say("")

    def release(self, frame: LadderFrame | None, axis: Axis | None, x: int, y: int) -> Wish:
        """`frame` is the one on the screen, `axis` the one that the next frame will have. Raises `NotStaged`."""
        press, self._press = self._press, None
        drag, self._hand.drag = self._hand.drag, None
        if press is None or frame is None:
            return Wish.NOTHING
        if drag is not None:
            self._hand.say("")
            self._drop(drag[0], frame, axis, y)
        elif press.stage is not None:
            return Wish.SEND if frame.geometry.bar.contains(x, y) else Wish.NOTHING
        elif press.hit.meaning is not None:
            here = press.frame.hit(x, y)
            if (here.slot, here.column) == (press.hit.slot, press.hit.column):
                if press.hit.column in _SIDES:
                    self._stage(press, axis)
                elif press.hit.column is Column.PRICE:
                    return Wish.LIST
        return Wish.NOTHING

    def cancel(self) -> None:
        """What the button's release would do is not done any more."""
        self._press = None

    # Within

    def _stage(self, press: Press, axis: Axis | None) -> None:
        meaning, column = press.hit.meaning, press.hit.column
        if meaning is None or column is None:
            return
        self._ask_again(press.frame, press.hit, axis)
        if press.form is Form.STOP:
            self._hand.stop_at(_SIDES[column], meaning.price)
            return
        self._hand.stage_at(_SIDES[column], meaning.price)
        if press.form is Form.ICEBERG:
            self._hand.begin(Typing.DISPLAY)

    def _drop(self, order: Order, frame: LadderFrame, axis: Axis | None, y: int) -> None:
        hit = frame.hit(0, y)
        if hit.meaning is None:
            return  # dropped outside: the order stays where it is
        now = self._market.blotter.get(order.connection, order.client_id)
        if now is None or now.status.over:
            raise NotStaged(f"The order is {now.status.value if now is not None else 'not known'}")
        self._ask_again(frame, hit, axis)
        at = now.waits_at
        if frame.body is not None and at is not None and frame.body.axis.place(order.side, at).slot == hit.slot:
            return  # back where it came from
        self._hand.stage_amendment(now, hit.meaning.price)

    def _ask_again(self, frame: LadderFrame, hit: Hit, axis: Axis | None) -> None:
        """Holds what was aimed at a row that has changed its meaning since it was painted."""
        key = self._hand.key
        if key is None or frame.key != key:
            raise NotStaged("The contract has changed: click again to stage")
        why = why_no_orders(self._market, key)
        if why:
            raise NotStaged(f"Nothing is staged: {why}")
        if hit.meaning is None or hit.slot is None or frame.spec is None:
            return
        changed = changed_words(
            hit.meaning, meaning_at(self._market, key, axis, hit.slot, self._hand.place), frame.spec
        )
        if changed:
            raise NotStaged(changed)

    def _grasped(self, cell: OwnCell) -> Order:
        """The selected order of the cell: a press has selected one."""
        selected = self._hand.selected
        for own in cell.orders:
            if selected is not None and own.order.client_id == selected.client_id:
                return own.order
        return cell.orders[0].order
