"""The acts of the orders widget that need no more than it: modifying what is selected, and which orders are shown."""

from collections.abc import Callable
from typing import Protocol

from app.commands import Act, Menu, Trading
from app.order_acts import OUT_OF_SIGHT
from protocols.market.orders import Order, OrderStatus


class BlotterPort(Protocol):
    """What keys ask of the orders widget."""

    def selected(self) -> list[Order]: ...
    def brings_into_sight(self) -> bool: ...
    def begin_filter(self) -> object: ...
    def toggle_working(self) -> object: ...
    def toggle_own(self) -> object: ...
    def toggle_linked(self) -> object: ...
    def choose_columns(self) -> object: ...

    @property
    def choosing(self) -> "ChoosingPort": ...


class ChoosingPort(Protocol):
    """How orders are shown."""

    def choose_sort(self, joins: bool) -> object: ...
    def choose_filter(self) -> object: ...
    def clear_filters(self) -> object: ...
    def choose_group(self) -> object: ...
    def toggle_fold(self) -> object: ...
    def toggle_all_folds(self) -> object: ...


class BlotterActs:
    """`orders` gives the widget that the keys are for, None while there is none; `amend` stages the modification of an
    order where its price is seen, `decide` asks what became of one; `say` tells the trader why nothing happened."""

    def __init__(
        self,
        orders: Callable[[], BlotterPort | None],
        trading: Trading,
        amend: Callable[[Order], object],
        decide: Callable[[Order], object],
        say: Callable[[str], object],
    ) -> None:
        self._orders = orders
        self._trading = trading
        self._amend = amend
        self._decide = decide
        self._say = say

    def acts(self) -> list[Act]:
        return [
            self._act("amend", "Modify the selected order", self._seen(self.amend), trading=True),
            self._act(
                "hibernate", "Hibernate or activate the selected orders", self._seen(self.hibernate), trading=True
            ),
            self._act("ask", "Ask the venue about the orders in doubt", self._seen(self.ask), trading=True),
            self._act("decide", "Decide what became of the order in doubt", self._seen(self.decide), trading=True),
            self._act("filter", "Filter the orders", self._shown(lambda widget: widget.begin_filter())),
            self._act("working", "Only working orders", self._shown(lambda widget: widget.toggle_working())),
            self._act("own", "Only own orders", self._shown(lambda widget: widget.toggle_own())),
            self._act("linked", "Only the link group's orders", self._shown(lambda widget: widget.toggle_linked())),
            *self._choosing(),
        ]

    def _choosing(self) -> list[Act]:
        """How orders are shown, all of it by keyboard."""

        def act(name: str, title: str, choose: Callable[[ChoosingPort], object]) -> Act:
            return self._act(name, title, self._shown(lambda widget: choose(widget.choosing)))

        return [
            self._act("columns", "Columns of the orders…", self._shown(lambda widget: widget.choose_columns())),
            act("sort", "Sort the orders by…", lambda choosing: choosing.choose_sort(False)),
            act("sort_then", "Then sort the orders by…", lambda choosing: choosing.choose_sort(True)),
            act("column_filter", "Filter a column of the orders…", lambda choosing: choosing.choose_filter()),
            act("clear_filters", "Show all: no column filtered", lambda choosing: choosing.clear_filters()),
            act("group", "Group the orders by…", lambda choosing: choosing.choose_group()),
            act("fold", "Fold or unfold the group or pair", lambda choosing: choosing.toggle_fold()),
            act("fold_all", "Fold or unfold all", lambda choosing: choosing.toggle_all_folds()),
        ]

    def amend(self) -> None:
        """One order at a time: what is staged is one order."""
        alive = self._alive()
        if len(alive) == 1:
            self._amend(alive[0])
        elif alive:
            self._say("Orders are modified one at a time: select one")
        else:
            self._say("No order is selected that could be modified")

    def hibernate(self) -> None:
        """Any number out of the market; back into it one at a time, since each is checked and may be asked about."""
        alive = self._alive()
        sleeping = [order for order in alive if order.status is OrderStatus.HIBERNATED]
        if not alive:
            self._say("No order is selected that could be hibernated or activated")
        elif not sleeping:
            for order in alive:
                self._trading.set_active(order, False)
        elif len(alive) == 1:
            self._trading.set_active(sleeping[0], True)
        else:
            self._say("Orders are activated one at a time: select one")

    def ask(self) -> None:
        """About those that are selected and in doubt. The venue answers with the list of an area: one order of each is
        enough."""
        doubted = self._doubted()
        if not doubted:
            self._say("No order in doubt is selected")
        for order in {(order.connection, order.key.area): order for order in doubted}.values():
            self._trading.ask(order)

    def decide(self) -> None:
        """One order at a time: each is a decision of its own."""
        doubted = self._doubted()
        if len(doubted) == 1:
            self._decide(doubted[0])
        elif doubted:
            self._say("What became of orders is decided one at a time: select one")
        else:
            self._say("No order in doubt is selected")

    def _doubted(self) -> list[Order]:
        return [order for order in self._alive() if order.status is OrderStatus.IN_DOUBT]

    def _alive(self) -> list[Order]:
        widget = self._orders()
        return [] if widget is None else [order for order in widget.selected() if order.ours and not order.status.over]

    def _seen(self, act: Callable[[], object]) -> Callable[[], None]:
        """Does it with the selected orders once any of them is in view."""

        def run() -> None:
            widget = self._orders()
            if widget is None or widget.brings_into_sight():
                act()
            else:
                self._say(OUT_OF_SIGHT)

        return run

    def _shown(self, change: Callable[[BlotterPort], object]) -> Callable[[], None]:
        """Does it to the widget, if there is one."""

        def run() -> None:
            widget = self._orders()
            if widget is not None:
                change(widget)

        return run

    def _act(self, name: str, title: str, run: Callable[[], object], trading: bool = False) -> Act:
        return Act(
            f"orders.{name}",
            title,
            run,
            Menu.ORDERS if trading else Menu.VIEW,
            trading=trading,
            offered=lambda: self._orders() is not None,
        )
