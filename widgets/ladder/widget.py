"""The order book ladder of one link group's contract, and what a trader does on it. It stages; it sends nothing."""

import dataclasses
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from protocols.market.commands import Command, PlaceOrder, Seen
from protocols.market.flex import Delivery
from protocols.market.flex_book import FlexFilter
from protocols.market.instruments import ContractKey, market_key, window_key
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.values import Price, Side
from widgets.flex.order_list import OrderList
from widgets.flex.staging import MadeInTicket
from widgets.flex.view import FlexView, is_flex
from widgets.frame_clock import FrameClock
from widgets.ladder.footing import Footing
from widgets.ladder.hand import FormOf, Typing
from widgets.ladder.menu import ladder_menu, own_orders_menu
from widgets.ladder.mouse import Form, Mouse, Wish
from widgets.ladder.options import Options
from widgets.ladder.speech import click_text, own_text_of, row_text
from widgets.ladder.view import LadderView
from widgets.link_group import LinkGroup
from widgets.staging import KeepsPlace, NotStaged, Stage, staged_order
from widgets.theme import Theme

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class Ladder(LadderView):
    """A ladder under a trader's hands.

    Keys are commands elsewhere, which call the methods here. A stage leaves by `take_staged` alone, and only for who
    asks for it after `send_requested`; cancelling is asked for with `cancel_requested`, and is possible on stale data.
    """

    send_requested = Signal()
    """The trader wants what is staged sent: a click on the preview."""

    cancel_requested = Signal(object)
    """A list of own orders to be pulled."""

    ticket_requested = Signal(object)
    """A `Stage` whose order says more than a ladder can: its ticket is to be opened with what it has."""

    refused = Signal(str)
    """Why an act did nothing, in words; the bar below the rows says it too."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        zone: ZoneInfo | None = None,
        options: Options | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(market, clock, group, theme, zone, options, parent)
        self._mouse = Mouse(market, self._hand)
        self._footing = Footing()
        self._held_press = False
        clock.pulse.connect(self._look_where)
        self.order_list = OrderList(market, clock, group, theme, self)
        self._buttons.preset_chosen.connect(lambda index: self.preset_quantity(index + 1))
        self._buttons.preset_edited.connect(self.edit_preset)
        self._buttons.send.pressed.connect(self._press_send)
        self._buttons.send.clicked.connect(lambda _=False: None if self._held_press else self.send_clicked())
        self._buttons.drop.clicked.connect(lambda _=False: self.drop_stage())
        self.filters.window_chosen.connect(self._choose_window)
        self.filters.place_chosen.connect(self.choose_place)
        self.filters.left.connect(self.setFocus)

    def set_form_source(self, form_of: FormOf) -> None:
        """Which form an order of a contract has; without one there are no terms to go round."""
        self._hand.form_of = form_of

    def set_place_rule(self, keeps_place: KeepsPlace) -> None:
        """What an amendment does to an order's place; without it nothing is foretold."""
        self._hand.keeps_place = keeps_place

    # What is in hand

    @property
    def seen(self) -> Seen | None:
        """What is on the screen with the stage: goes along with what is sent."""
        return self._hand.seen

    @property
    def staged(self) -> Stage | None:
        return self._hand.stage

    @property
    def typing_quantity(self) -> bool:
        """Whether figures are typed into the ladder: a quantity, what an iceberg shows, or a preset."""
        return self._hand.entry is not None

    @property
    def selected(self) -> Order | None:
        """The selected own order, as long as anything can come of it."""
        return self._hand.selected

    @property
    def preview(self) -> str:
        """What the stage says; empty without one."""
        return self._hand.preview(self._clock.now.utc)

    @property
    def notice(self) -> str:
        """Why the last act did nothing; empty when it did something."""
        return self._hand.notice

    def take_staged(self) -> Command | None:
        """Hands what is staged over, to be sent, and clears it. None, and a word, when it must not go as it stands."""
        taken: list[Command] = []
        self._try(lambda: taken.append(self._hand.take()))
        return taken[0] if taken else None

    def next_act(self) -> None:
        """The trader does something else, here or elsewhere: what had passed is no news any more."""
        self._hand.next_act()

    # Staging

    def stage(self, side: Side, take: bool = False) -> None:
        """A limit order beside the best price of its side (join), or at that of the other side (take)."""
        self._try(lambda: self._hand.stage_best(side, take))

    def stage_at(self, side: Side, price: Price) -> None:
        self._try(lambda: self._hand.stage_at(side, price))

    def amend_selected(self) -> None:
        """Stages the modification of the selected own order, as it is; keys then change price and quantity."""
        self._try(lambda: self._hand.stage_amendment(self.selected))

    def amend_order(self, order: Order, price: Price | None = None) -> None:
        """Stages the modification of an own order of this contract, from wherever it was chosen: to another price, or
        as it is."""
        self._try(lambda: self._hand.stage_amendment(order, price))

    def stage_order(self, order: PlaceOrder) -> None:
        """Stages an order that was made elsewhere, such as in the ticket, as it is."""
        self._try(lambda: self._hand.put(staged_order(order)))

    def tell(self, words: str, seconds: float) -> None:
        """What became of an act on the order in hand, said beside it for so long: a question about it, or why it did
        not go."""
        self._hand.say(words, lasts=seconds)
        self.update()

    def set_armed(self, armed: bool) -> None:
        """Whether what is staged can be sent: the preview promises nothing else."""
        self._hand.arm(armed)

    def put_back(self, stage: Stage) -> None:
        """What was taken and not sent is staged again, as it was."""
        self._try(lambda: self._hand.put(stage))

    def nudge_price(self, ticks: int) -> None:
        """Moves the staged price; with nothing staged the same keys move the axis, by as many rows."""
        if self._hand.stage is None:
            self.scroll_rows(-ticks)
        else:
            self._try(lambda: self._hand.nudge_price(ticks))

    def nudge_quantity(self, steps: int) -> None:
        """Of what is staged, else of what will be staged next."""
        self._try(lambda: self._hand.nudge_quantity(steps))

    def preset_quantity(self, index: int) -> None:
        """Takes a preset, counted from 1 as its key is."""
        self._try(lambda: self._hand.use_preset(index - 1))

    def begin_quantity(self) -> None:
        """The figures that follow are a quantity, until `end_quantity`."""
        self._try(lambda: self._hand.begin(Typing.QUANTITY))

    def type_quantity(self, text: str) -> None:
        """Digits, point or comma, backspace."""
        self._try(lambda: self._hand.type(text))

    def end_quantity(self) -> None:
        """Takes what was typed; what can't be taken stays to be mended, and says why."""
        self._try(self._hand.end)
        self._keep_presets()

    def cycle_terms(self) -> None:
        """The next restriction or time in force, as the contract's form has it: none, immediate or cancel, ..."""
        self._try(self._hand.cycle_terms)

    def edit_iceberg(self) -> None:
        """The figures that follow are what the iceberg shows at a time; none at all make it a plain order."""
        self._try(lambda: self._hand.begin(Typing.DISPLAY))

    def edit_preset(self, index: int) -> None:
        """The figures that follow are a preset quantity, counted from 0."""
        self._try(lambda: self._hand.begin(Typing.PRESET, index))

    def drop_stage(self) -> None:
        """Gives up what is dragged, else what is typed, else what is staged."""
        self._try(self._hand.drop)
        self._mouse.cancel()

    def hop_to(self, key: ContractKey) -> None:
        """The link group's contract from now on, the stage going along: as far from its best price, as large. Between
        currency pairs it is dropped."""
        self._try(lambda: self._hand.hop(key))
        self._group.choose(key)

    def next_own(self, step: int) -> None:
        """Selects the next own order, down the ladder (1) or up (-1), and brings it into view."""
        self._try(lambda: self._hand.select_next(step))
        order = self.selected
        if order is not None and order.waits_at is not None:
            self.show_price(order.side, order.waits_at)

    def show_price(self, side: Side, price: Price) -> None:
        """Brings the row of an order into the middle, unless it is in view."""
        axis, slots = self._viewpoint.axis, self._geometry.slots
        if axis is not None and not 0 < axis.place(side, price).slot < slots - 1:
            self._viewpoint.show_at(side, price, slots // 2, slots)
        self.update()

    def click_words(self, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> str:
        """What a click on a quantity does while these modifiers are held, for the status line."""
        return click_text(self._form(modifiers))

    def send_clicked(self) -> None:
        """A click on the preview: what it showed is what is sent, or nothing."""
        shown = self.painted.bar if self.painted is not None else None
        if self._hand.stage is None:
            return
        if shown is None or shown.stage != self._hand.stage:
            self._refuse("The preview has changed: click again to send")
            return
        self.send_requested.emit()

    # Flexibility

    def begin_filter(self) -> None:
        """The keys go to the filter of a flexibility book; other books have none."""
        if self.filters.isVisible():
            self.filters.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._refuse("Only a flexibility book is filtered: choose one in the palette")

    def choose_place(self, place: FlexFilter) -> None:
        """Narrows a flexibility book to a country and a location: another market, which is centred anew."""
        self._hand.place = place
        self._hand.say("")
        self._viewpoint.forget()
        self._flashes.forget()
        self._fill_filters()
        self.update()

    def list_orders(self, price: Price | None = None) -> None:
        """The orders of a flexibility book one by one, from a price on, or from the best bid."""
        book, contract = self._book(), self._contract()
        if isinstance(book, FlexView) and contract is not None:
            self.order_list.open_over(self, contract.key, book.chosen, price)
        else:
            self._refuse("Only the orders of a flexibility book are listed one by one")

    def _choose_window(self, delivery: Delivery | None) -> None:
        key = self._key
        if key is not None:
            whole = market_key(key.connection)
            self._group.choose(whole if delivery is None else window_key(key.connection, delivery))

    # Options

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.order_list.set_theme(theme)

    def set_options(self, options: Options) -> None:
        super().set_options(options)
        self._hand.take_presets(*options.all_presets)
        self._show_hand()

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        place, held = event.position().toPoint(), event.modifiers()
        if self._slid():
            self._mouse.cancel()
            return
        self._mouse.press(self.painted, place.x(), place.y(), self._form(held))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, before = event.position().toPoint(), self._hand.revision
        self._mouse.move(place.x(), place.y(), QApplication.startDragDistance())
        if self._hand.revision != before:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        place, wishes = event.position().toPoint(), []
        axis = self._viewpoint.axis
        self._try(lambda: wishes.append(self._mouse.release(self.painted, axis, place.x(), place.y())))
        if Wish.SEND in wishes:
            self.send_clicked()
        elif Wish.LIST in wishes and is_flex(self._contract()):
            hit = self.hit(place)
            self.list_orders(None if hit is None or hit.meaning is None else hit.meaning.price)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a double click means nothing: what was held must be asked for again, deliberately."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        frame = self.painted
        hit = self.hit(event.pos())
        row = frame.row(hit.slot) if frame is not None and hit is not None and hit.slot is not None else None
        cell = row.own(hit.column) if row is not None and hit is not None else None
        if cell is not None and frame is not None and frame.spec is not None:
            self._mouse.select_in(cell)
            self.update()
            selected = self.selected.client_id if self.selected is not None else None
            menu = own_orders_menu(self, cell, frame.spec, self._keys, selected, self._cancel, self._modify)
            menu.popup(event.globalPos())
            return
        menu = ladder_menu(
            self, self._options, self._keys, self.perform, self.show_column, self.set_compact, self.set_flash
        )
        menu.popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tip(event)
            return True
        return super().event(event)

    # Within

    @property
    def firm(self) -> bool:
        """Whether it has stood where it is on the screen for long enough to be clicked."""
        self._look_where()
        return self._footing.firm(self._clock.now.monotonic)

    def _look_where(self) -> None:
        self._hand.look(self._clock.now.monotonic)
        if self.isVisible():
            corner = self.mapToGlobal(QPoint())
            place = (corner.x(), corner.y(), self.width(), self.height())
            self._footing.look(place, self._clock.now.monotonic)
        else:
            self._footing.lost()

    def _slid(self) -> bool:
        """Whether it moved under the mouse just now; says so then."""
        if self.firm:
            return False
        self._refuse("The ladder has just moved on the screen: click again")
        return True

    def _press_send(self) -> None:
        """By the mouse, the button may have slid under it; by a key, it was the focus that was looked at."""
        self._held_press = QApplication.mouseButtons() != Qt.MouseButton.NoButton and self._slid()

    def _form(self, held: Qt.KeyboardModifier) -> Form | None:
        """What a click stages while these modifiers are held; None where they mean nothing. Icebergs are for contracts,
        stops for pairs."""
        of_pair = self._hand.of_pair
        match held & ~Qt.KeyboardModifier.KeypadModifier:
            case Qt.KeyboardModifier.NoModifier:
                return Form.LIMIT
            case Qt.KeyboardModifier.ShiftModifier if not of_pair:
                return Form.ICEBERG
            case Qt.KeyboardModifier.ControlModifier if of_pair:
                return Form.STOP
        return None

    def _try(self, act: Callable[[], object]) -> None:
        """Does it, or says why not: in the bar below the rows, and to who listens."""
        try:
            act()
        except MadeInTicket as made:
            self._hand.say(str(made), informed=True)
            self.ticket_requested.emit(made.stage)
        except NotStaged as why:
            self._refuse(str(why))
        self._show_hand()

    def _refuse(self, why: str) -> None:
        self._hand.say(why)
        self.update()
        self.refused.emit(why)

    def _keep_presets(self) -> None:
        if self._hand.all_presets != self._options.all_presets:
            of_contracts, of_pairs = self._hand.all_presets
            self.set_options(dataclasses.replace(self._options, presets=of_contracts, pair_presets=of_pairs))

    def _cancel(self, orders: Sequence[Order]) -> None:
        """Asks for those that still live to be pulled."""
        blotter = self._market.blotter
        known = [blotter.get(order.connection, order.client_id) for order in orders]
        alive = [order for order in known if order is not None and not order.status.over]
        if alive:
            self.cancel_requested.emit(alive)
        else:
            self._refuse("Nothing to cancel: the orders are over")

    def _modify(self, order: Order) -> None:
        now = self._market.blotter.get(order.connection, order.client_id)
        self._try(lambda: self._hand.stage_amendment(now))

    def _tip(self, event: QHelpEvent) -> None:
        frame = self.painted
        slot = frame.geometry.slot_at(event.y()) if frame is not None else None
        row = frame.row(slot) if frame is not None and slot is not None else None
        if frame is None or row is None or slot is None or frame.spec is None or not frame.condition.numbers:
            QToolTip.hideText()
            return
        lines = row_text(row, frame.spec).split("\n") if frame.condition.live else own_text_of(row, frame.spec)
        if is_flex(self._contract()):
            lines.append("A click on the price lists its orders")
        QToolTip.showText(event.globalPos(), "\n".join(lines), self, QRect(*frame.geometry.row(slot)))
