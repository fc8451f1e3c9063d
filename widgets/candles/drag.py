"""An order's line that is dragged to another price: what may be, and what has changed under the hand meanwhile. No Qt.

A drag sends nothing. It ends in a price to stage, or in words why there is none.
"""

import dataclasses

from protocols.market.events import Quote
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.values import Price, Side
from widgets.candles.marks import OrderLine
from widgets.candles.words import reaches
from widgets.ladder.standing import why_no_orders
from widgets.staging import NotStaged, price_text, why_not_amended


@dataclasses.dataclass(frozen=True, slots=True)
class Drag:
    """`order` as it was when it was grasped; `price` is where it is held now."""

    key: ContractKey
    order: Order
    price: Price

    def at(self, price: Price) -> "Drag":
        return dataclasses.replace(self, price=price)


def grasp(market: MarketState, key: ContractKey, line: OrderLine) -> Drag:
    """Takes a line in hand. Raises `NotStaged` where it can't be moved, or is not where it was painted any more."""
    order = _living(market, line.order)
    why = why_not_amended(order)
    if why:
        raise NotStaged(why)
    if order.waits_at != line.price:
        raise NotStaged("The order has moved meanwhile: look, and drag again")
    why = why_no_orders(market, key)
    if why:
        raise NotStaged(f"Nothing is staged: {why}")
    return Drag(key, order, line.price)


def still_held(market: MarketState, drag: Drag) -> Order:
    """The order as it stands. Raises `NotStaged` when it is not any more what was grasped."""
    now = _living(market, drag.order)
    before = drag.order
    if (now.waits_at, now.price, now.request) != (before.waits_at, before.price, before.request):
        raise NotStaged("The order changed meanwhile: look, and drag again")
    if now.remaining != before.remaining:
        raise NotStaged("The order was executed in part meanwhile: look, and drag again")
    return now


def released(market: MarketState, drag: Drag, painted: Quote | None) -> tuple[Order, Price] | None:
    """The order and the price to stage; None where it is back at its own. `painted` is the quote on the screen.

    Raises `NotStaged` when the order, or what it would do there, has changed since.
    """
    order, price = still_held(market, drag), drag.price
    why = why_no_orders(market, drag.key)
    if why:
        raise NotStaged(f"Nothing is staged: {why}")
    if price == order.waits_at:
        return None
    now = market.quotes.get(drag.key)
    saw, does = reaches(order, price, painted), reaches(order, price, now)
    pair = market.pairs[drag.key]
    if saw != does:
        words = f"would {does}" if does else f"would not {saw} any more"
        raise NotStaged(f"At {price_text(price, pair.spec)} it {words}, the quote has moved: drag again")
    if does == "set off at once":
        where = "above the ask" if order.side is Side.BUY else "below the bid"
        raise NotStaged(f"A {order.side.value.lower()} stop waits {where}: at {price_text(price, pair.spec)} it {does}")
    return order, price


def _living(market: MarketState, order: Order) -> Order:
    now = market.blotter.get(order.connection, order.client_id)
    if now is None or now.status.over:
        raise NotStaged(f"The order is {now.status.value if now is not None else 'not known'}: nothing is staged")
    return now
