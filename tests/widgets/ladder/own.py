"""Own orders on the tests' desk, told as a session tells them."""

import itertools

from protocols.market.commands import AmendOrder, CancelOrder, Command, Intent, PlaceOrder, PowerTerms, Seen
from protocols.market.events import BookChanged, BookOrder
from protocols.market.order_events import OrderIntended, OrderReported, RequestDoubted
from protocols.market.orders import Order, OrderReport, VenueState, Verdict
from protocols.market.times import UtcNs
from protocols.market.values import Quantity, Side
from tests.widgets.desk import M7, price, quantity
from tests.widgets.ladder.market import LadderDesk

_numbers = itertools.count(1)


def intend(desk: LadderDesk, command: Command, client_id: str, seen: Seen | None = None) -> str:
    """A request of ours that left; its intent's identifier."""
    name = f"i{next(_numbers)}"
    desk.market.apply(OrderIntended(Intent(name, client_id, command, desk.clock.now, seen)))
    return name


def pending(
    desk: LadderDesk, side: Side, at: str, much: str, terms: PowerTerms | None = None, client_id: str = ""
) -> Order:
    """An order that was sent and is not answered."""
    client_id = client_id or f"client-{next(_numbers)}"
    command = PlaceOrder(desk.key, side, quantity(much), price(at), terms or PowerTerms())
    intend(desk, command, client_id)
    return now(desk, client_id)


def now(desk: LadderDesk, client_id: str) -> Order:
    """The order as it stands."""
    order = desk.market.blotter.get(M7, client_id)
    assert order is not None
    return order


def report(
    desk: LadderDesk,
    order: Order,
    state: VenueState = VenueState.ACTIVE,
    *,
    remaining: Quantity | None = None,
    at: str | None = None,
    ours: bool = True,
    revision: int | None = None,
    by_user: bool = True,
    venue_id: str | None = None,
) -> Order:
    """The venue tells of the order."""
    known = order.version
    number = revision or (known.revision + 1 if known else 1)
    told = OrderReport(
        connection=M7,
        client_id=order.client_id,
        venue_id=venue_id or f"v-{order.client_id}",
        revision=number,
        key=order.key,
        side=order.side,
        price=price(at) if at else order.price,
        quantity=order.remaining if remaining is None else remaining,
        initial=order.quantity,
        state=state,
        verdict=Verdict.NONE,
        venue_state="Active",
        terms=order.terms,
        by_user=by_user,
    )
    desk.market.apply(OrderReported("OWN", told, False, desk.clock.now))
    return now(desk, order.client_id)


def book(desk: LadderDesk, order: Order, entered: int | None = None, shown: str | None = None) -> None:
    """The order as the public book shows it."""
    much = quantity(shown) if shown is not None else order.remaining
    entry = BookOrder(f"v-{order.client_id}", order.price, much, None if entered is None else UtcNs(entered))
    bids, asks = ((entry,), ()) if order.side is Side.BUY else ((), (entry,))
    desk.market.apply(BookChanged(desk._channel, desk.key, bids, asks))


def working(desk: LadderDesk, side: Side, at: str, much: str, entered: int | None = None) -> Order:
    """An order in the book, behind what was there at its price."""
    order = report(desk, pending(desk, side, at, much))
    book(desk, order, entered)
    return order


def partly_filled(desk: LadderDesk, side: Side, at: str, much: str, left: str) -> Order:
    order = report(desk, working(desk, side, at, much), remaining=quantity(left), by_user=False)
    book(desk, order)
    return order


def hibernated(desk: LadderDesk, side: Side, at: str, much: str) -> Order:
    return report(desk, pending(desk, side, at, much), VenueState.HIBERNATED)


def in_doubt(desk: LadderDesk, side: Side, at: str, much: str) -> Order:
    order = pending(desk, side, at, much)
    assert order.intent_id is not None
    desk.market.apply(RequestDoubted(M7, order.client_id, order.intent_id, "no answer", desk.clock.now))
    return now(desk, order.client_id)


def cancelling(desk: LadderDesk, order: Order) -> Order:
    """Its cancel was asked for and is not answered."""
    intend(desk, CancelOrder(M7, order.client_id), order.client_id)
    return now(desk, order.client_id)


def amending(desk: LadderDesk, order: Order) -> Order:
    intend(desk, AmendOrder(M7, order.client_id, price=order.price), order.client_id)
    return now(desk, order.client_id)


def filled(desk: LadderDesk, order: Order) -> Order:
    return report(desk, order, VenueState.FILLED, remaining=Quantity(0), by_user=False)
