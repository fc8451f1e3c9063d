"""The acts of the ladder and of the orders widget: staging, sending, pulling.

Staging needs no arming, sending does. Nothing here decides what is sent: the ladder hands over what its preview shows,
and the desk checks it again.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from app.commands import Act, Menu, Trading
from app.trading import CONFIRM_SECONDS
from protocols.market.commands import Command, Seen
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import Side
from widgets.fx_staging import why_not_here

STRIDE = 10
"""Ticks or steps at a time with Shift."""

PRESETS = 5

OUT_OF_SIGHT = "What is selected was out of sight: it is shown now, and nothing was done"


class LadderPort(Protocol):
    """What keys do to a ladder. The ladder draws what is staged; it sends nothing."""

    @property
    def staged(self) -> object | None: ...

    @property
    def seen(self) -> Seen | None: ...

    @property
    def typing_quantity(self) -> bool: ...

    @property
    def selected(self) -> Order | None: ...

    def stage(self, side: Side, take: bool) -> object: ...
    def nudge_price(self, ticks: int) -> object: ...
    def nudge_quantity(self, steps: int) -> object: ...
    def preset_quantity(self, index: int) -> object: ...
    def begin_quantity(self) -> object: ...
    def type_quantity(self, text: str) -> object: ...
    def end_quantity(self) -> object: ...
    def cycle_terms(self) -> object: ...
    def edit_iceberg(self) -> object: ...
    def drop_stage(self) -> object: ...
    def take_staged(self) -> Command | None: ...
    def put_back(self, stage: Any) -> object: ...
    def tell(self, words: str, seconds: float) -> object: ...
    def next_own(self, step: int) -> object: ...
    def amend_selected(self) -> object: ...
    def recentre(self) -> object: ...
    def fit(self) -> object: ...
    def toggle_cumulative(self) -> object: ...
    def toggle_collapsed(self) -> object: ...
    def coarser(self) -> object: ...
    def finer(self) -> object: ...
    def scroll_rows(self, rows: int) -> object: ...
    def show_highest(self) -> object: ...
    def show_lowest(self) -> object: ...


class OrdersPort(Protocol):
    """What keys ask of the orders widget."""

    def selected(self) -> list[Order]: ...
    def brings_into_sight(self) -> bool: ...


class OrderActs:
    """`ladder` and `orders` give the widget that the keys are for; `own` our living orders of the ladder's contract;
    `say` tells the trader why nothing happened; `keys` is how an act's keys are written; `amend` takes an order to
    where it is changed, if that is not the ladder."""

    def __init__(
        self,
        ladder: Callable[[], LadderPort],
        orders: Callable[[], OrdersPort | None],
        own: Callable[[], Sequence[Order]],
        trading: Trading,
        say: Callable[[str], object],
        keys: Callable[[str], str],
        amend: Callable[[Order], object],
    ) -> None:
        self._ladder = ladder
        self._orders = orders
        self._own = own
        self._trading = trading
        self._say = say
        self._keys = keys
        self._amend = amend

    def acts(self) -> list[Act]:
        return [*self._staging(), *self._pulling(), *self._looking()]

    # What Enter does

    def send(self) -> None:
        """Ends the typing of a quantity; else sends what is staged, if that is allowed now."""
        ladder = self._ladder()
        if ladder.typing_quantity:
            ladder.end_quantity()
            return
        if ladder.staged is None:
            stage = f"{self._keys('ladder.stage_buy')} and {self._keys('ladder.stage_sell')}"
            self._say(f"Nothing is staged: {stage} stage an order")
            return
        why = self._trading.may_send()
        if not self._trading.armed:
            self._refuse(f"Not sent: disarmed. {self._keys('window.arm')} arms; the order stays staged")
        elif why is not None:
            self._refuse(f"Not sent: {why}")
        else:
            staged, seen = ladder.staged, ladder.seen
            command = ladder.take_staged()
            refused = "" if command is None else self._trading.send(command, seen)
            if refused:
                ladder.put_back(staged)
                ladder.tell(refused, CONFIRM_SECONDS)

    def _refuse(self, words: str) -> None:
        """Says it where everything is said, and at the order: that may be on another monitor."""
        self._say(words)
        self._ladder().tell(words, CONFIRM_SECONDS)

    # The acts

    def _staging(self) -> list[Act]:
        ladder = self._ladder
        return [
            _stage("stage_buy", "Stage a buy at the best bid", lambda: ladder().stage(Side.BUY, False)),
            _stage("stage_sell", "Stage a sell at the best ask", lambda: ladder().stage(Side.SELL, False)),
            _stage("take_buy", "Stage a buy at the best ask (take)", lambda: ladder().stage(Side.BUY, True)),
            _stage("take_sell", "Stage a sell at the best bid (take)", lambda: ladder().stage(Side.SELL, True)),
            *self._adjusting(),
            Act(
                "ladder.send",
                "Send what is staged",
                self.send,
                Menu.ORDERS,
                "confirm",
                trading=True,
                while_typing=True,
                confirms=True,
            ),
            Act(
                "ladder.drop",
                "Drop what is staged",
                lambda: ladder().drop_stage(),
                Menu.ORDERS,
                "confirm",
                while_typing=True,
                drops=True,
                ready=lambda: ladder().staged is not None or ladder().typing_quantity,
            ),
        ]

    def _adjusting(self) -> list[Act]:
        ladder = self._ladder
        acts = []
        for name, title, much in (("", "a tick", 1), ("_more", "ten ticks", STRIDE)):
            acts += [
                _adjust(f"price_up{name}", f"Price up by {title}", partial(self._nudge_price, much)),
                _adjust(f"price_down{name}", f"Price down by {title}", partial(self._nudge_price, -much)),
            ]
        for name, title, much in (("", "a step", 1), ("_more", "ten steps", STRIDE)):
            acts += [
                _adjust(f"quantity_up{name}", f"Quantity up by {title}", partial(self._nudge_quantity, much)),
                _adjust(f"quantity_down{name}", f"Quantity down by {title}", partial(self._nudge_quantity, -much)),
            ]
        return [
            *acts,
            *(
                _stage(f"preset_{index}", f"Preset quantity {index}", partial(self._preset, index), group="quantity")
                for index in range(1, PRESETS + 1)
            ),
            _stage("type_quantity", "Type a quantity", lambda: ladder().begin_quantity(), group="quantity"),
            _stage("cycle_terms", "Next time in force or restriction", lambda: ladder().cycle_terms(), group="terms"),
            _stage("iceberg", "Iceberg fields", lambda: ladder().edit_iceberg(), group="terms"),
        ]

    def _pulling(self) -> list[Act]:
        ladder, trading = self._ladder, self._trading
        return [
            _own("next_own", "Select the next own order", lambda: ladder().next_own(1)),
            _own("previous_own", "Select the previous own order", lambda: ladder().next_own(-1)),
            _own("amend", "Modify the selected own order", lambda: self._with_selected(self._amend_selected)),
            _own("cancel", "Cancel the selected own order", lambda: self._with_selected(self._cancel_selected)),
            _own("hibernate", "Hibernate or activate the selected order", lambda: self._with_selected(self._toggle)),
            _own("cancel_bids", "Cancel own bids of this contract", lambda: self._cancel_own(Side.BUY)),
            _own("cancel_asks", "Cancel own asks of this contract", lambda: self._cancel_own(Side.SELL)),
            _own("cancel_all", "Cancel all own orders of this contract", lambda: self._cancel_own(None)),
            Act(
                "orders.cancel",
                "Cancel the selected orders",
                self._cancel_rows,
                Menu.ORDERS,
                trading=True,
                offered=lambda: self._orders() is not None,
            ),
            Act(
                "ladder.next_period",
                "Next delivery period or pair",
                lambda: trading.hop(1),
                Menu.LADDER,
                trading=True,
            ),
            Act(
                "ladder.previous_period",
                "Previous delivery period or pair",
                lambda: trading.hop(-1),
                Menu.LADDER,
                trading=True,
            ),
        ]

    def _looking(self) -> list[Act]:
        ladder = self._ladder
        return [
            _view("recentre", "Recentre on the market", lambda: ladder().recentre()),
            _view("fit", "Recentre and choose the bucket anew", lambda: ladder().fit()),
            _view("cumulative", "Cumulative depth", lambda: ladder().toggle_cumulative()),
            _view("collapsed", "Occupied levels only", lambda: ladder().toggle_collapsed()),
            _view("coarser", "Wider bucket", lambda: ladder().coarser()),
            _view("finer", "Narrower bucket", lambda: ladder().finer()),
            _view("row_up", "Axis up by a row", lambda: ladder().scroll_rows(-1), repeats=True),
            _view("row_down", "Axis down by a row", lambda: ladder().scroll_rows(1), repeats=True),
            _view("highest", "To the highest price", lambda: ladder().show_highest()),
            _view("lowest", "To the lowest price", lambda: ladder().show_lowest()),
        ]

    # Within

    def _nudge_price(self, ticks: int) -> None:
        self._ladder().nudge_price(ticks)

    def _nudge_quantity(self, steps: int) -> None:
        self._ladder().nudge_quantity(steps)

    def _preset(self, index: int) -> None:
        self._ladder().preset_quantity(index)

    def _with_selected(self, act: Callable[[], object]) -> None:
        if self._ladder().selected is None:
            self._say(f"No own order is selected: {self._keys('ladder.next_own')} selects the next one")
        else:
            act()

    def _cancel_selected(self) -> None:
        order = self._ladder().selected
        if order is not None:
            self._trading.cancel([order])

    def _amend_selected(self) -> None:
        """Where one price says all, on the ladder."""
        order = self._ladder().selected
        if order is not None and why_not_here(order.terms):
            self._amend(order)
        else:
            self._ladder().amend_selected()

    def _toggle(self) -> None:
        order = self._ladder().selected
        if order is not None:
            self._trading.set_active(order, order.status is OrderStatus.HIBERNATED)

    def _cancel_own(self, side: Side | None) -> None:
        orders = [order for order in self._own() if side in (None, order.side)]
        if orders:
            self._trading.cancel(orders)
        else:
            what = "orders" if side is None else "bids" if side is Side.BUY else "asks"
            self._say(f"Nothing to cancel: no own {what} of this contract")

    def _cancel_rows(self) -> None:
        widget = self._orders()
        if widget is not None and not widget.brings_into_sight():
            self._say(OUT_OF_SIGHT)
            return
        selected = [] if widget is None else widget.selected()
        orders = [order for order in selected if order.ours and not order.status.over]
        if orders:
            self._trading.cancel(orders)
        else:
            self._say("Nothing to cancel: no living order of ours is selected")


def _stage(name: str, title: str, run: Callable[[], object], repeats: bool = False, group: str = "stage") -> Act:
    return Act(f"ladder.{name}", title, run, Menu.ORDERS, group, trading=True, repeats=repeats)


def _adjust(name: str, title: str, run: Callable[[], object]) -> Act:
    return _stage(name, title, run, repeats=True, group="adjust")


def _own(name: str, title: str, run: Callable[[], object]) -> Act:
    return _stage(name, title, run, group="own")


def _view(name: str, title: str, run: Callable[[], object], repeats: bool = False) -> Act:
    return Act(f"ladder.{name}", title, run, Menu.LADDER, repeats=repeats)
