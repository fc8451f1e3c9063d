"""The acts of the ticket for pairs of which one cancels the other. Its ladder takes them; in its fields one types."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from app.commands import Act, Menu, Scope
from app.order_acts import STRIDE, OrdersPort
from app.target import scope_of
from protocols.market.instruments import ContractKey
from protocols.market.values import Side

DOCK = "oco"


class OcoPort(Protocol):
    """What keys do to the ticket. It puts a pair together; it sends nothing."""

    def stage(self, side: Side) -> object: ...
    def nudge_price(self, ticks: int) -> object: ...
    def nudge_quantity(self, steps: int) -> object: ...
    def other_leg(self) -> object: ...
    def change_stop_kind(self) -> object: ...
    def cycle_terms(self) -> object: ...
    def fit(self) -> object: ...
    def begin_search(self) -> object: ...
    def keep_distances(self) -> object: ...
    def submit(self) -> object: ...
    @property
    def can_drop(self) -> bool: ...
    def drop(self) -> object: ...
    def cancel_survivor(self) -> object: ...


def oco_acts(
    ticket: Callable[[], OcoPort | None],
    orders: Callable[[], OrdersPort | None],
    here: Callable[[], str | None],
    choose: Callable[[ContractKey], object],
    focus: Callable[[str], object],
) -> list[Act]:
    """`ticket` and `orders` give the widgets that the keys are for, None while there is none; `here` names the dock
    with the keyboard. `choose` sets the link group's contract, `focus` goes to a dock by its name."""

    def open_it() -> None:
        """From the blotter, for what the selected orders are of."""
        blotter = orders() if scope_of(here() or "") is Scope.ORDERS else None
        keys = {order.key for order in blotter.selected()} if blotter is not None else set()
        if len(keys) == 1:
            choose(keys.pop())
        focus(DOCK)

    def act(
        name: str,
        title: str,
        run: Callable[[OcoPort], object],
        group: str = "pair",
        *,
        repeats: bool = False,
        confirms: bool = False,
        drops: bool = False,
        ready: Callable[[], bool] = lambda: True,
    ) -> Act:
        def on_ticket() -> None:
            found = ticket()
            if found is not None:
                run(found)

        return Act(
            f"oco.{name}", title, on_ticket, Menu.ORDERS, group, trading=True, repeats=repeats, confirms=confirms,
            drops=drops, ready=ready, offered=lambda: ticket() is not None,
        )  # fmt: skip

    def filled() -> bool:
        found = ticket()
        return found is not None and found.can_drop

    def price(ticks: int, pair: OcoPort) -> object:
        return pair.nudge_price(ticks)

    def quantity(steps: int, pair: OcoPort) -> object:
        return pair.nudge_quantity(steps)

    return [
        Act("window.oco", "Pair of orders (OCO)…", open_it, Menu.ORDERS, "pair", offered=lambda: ticket() is not None),
        act("stage_buy", "Place the legs of a pair to buy", lambda pair: pair.stage(Side.BUY)),
        act("stage_sell", "Place the legs of a pair to sell", lambda pair: pair.stage(Side.SELL)),
        act("price_up", "Pair: the active leg up by a tick", partial(price, 1), repeats=True),
        act("price_down", "Pair: the active leg down by a tick", partial(price, -1), repeats=True),
        act("price_up_more", "Pair: the active leg up by ten ticks", partial(price, STRIDE), repeats=True),
        act("price_down_more", "Pair: the active leg down by ten ticks", partial(price, -STRIDE), repeats=True),
        act("quantity_up", "Pair: a step more", partial(quantity, 1), repeats=True),
        act("quantity_down", "Pair: a step less", partial(quantity, -1), repeats=True),
        act("quantity_up_more", "Pair: ten steps more", partial(quantity, STRIDE), repeats=True),
        act("quantity_down_more", "Pair: ten steps less", partial(quantity, -STRIDE), repeats=True),
        act("other_leg", "Pair: the other leg", lambda pair: pair.other_leg()),
        act("stop_kind", "Pair: stop or stop limit", lambda pair: pair.change_stop_kind()),
        act("cycle_terms", "Pair: next time in force", lambda pair: pair.cycle_terms()),
        act("fit", "Pair: both legs and the market into sight", lambda pair: pair.fit()),
        act("search", "Pair: find a currency pair", lambda pair: pair.begin_search()),
        act("keep_distances", "Pair: begin as far from the quote from now on", lambda pair: pair.keep_distances()),
        act("send", "Send the pair", lambda pair: pair.submit(), "pair confirm", confirms=True),
        act("drop", "Empty the pair's ticket", lambda pair: pair.drop(), "pair confirm", drops=True, ready=filled),
        act("cancel_survivor", "Cancel the leg that lives alone", lambda pair: pair.cancel_survivor(), "pair confirm"),
    ]
