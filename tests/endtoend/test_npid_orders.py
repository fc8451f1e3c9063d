"""What is Nord Pool's own about orders, from key to venue and back: time in force, icebergs, errors, blocks.

What both scopes have in common is in `test_orders`.
"""

import pytest
from PySide6.QtCore import Qt

from protocols.market import forms
from protocols.market.orders import Order, OrderStatus
from protocols.market.times import MINUTE
from protocols.market.values import SCALE, fixed_text
from tests.app.hands import send_key
from tests.endtoend.support import Desk, VenueProcess, on_a_desk
from tests.endtoend.test_orders import own, ready
from widgets.orders.catalogue import Col
from widgets.orders.view import OrdersView

pytestmark = pytest.mark.qt_loop

CTRL = Qt.KeyboardModifier.ControlModifier
K = Qt.Key


async def at_the_ticket(desk: Desk, venue: VenueProcess) -> None:
    """Armed, with the keyboard on the ticket's first field."""
    await ready(desk, venue, scope="npid")
    desk.key(K.Key_6, CTRL)
    await desk.until(lambda: desk.window.ticket.rows and desk.window.ticket.rows[forms.SIDE].entry.hasFocus())


def type_in(desk: Desk, text: str) -> None:
    for character in text:
        send_key(desk.window.windowHandle(), Qt.Key(ord(character)))


def tab_to(desk: Desk, field: str) -> None:
    """Tab, until the field has the keyboard."""
    for _ in desk.window.ticket.rows:
        if desk.window.ticket.rows[field].entry.hasFocus():
            return
        desk.key(K.Key_Tab)
    assert desk.window.ticket.rows[field].entry.hasFocus(), field


def best_bid(desk: Desk) -> int:
    assert desk.window.group.contract is not None
    best = desk.market.books[desk.window.group.contract].bids.best
    assert best is not None
    return best


async def sent_from_the_ticket(desk: Desk) -> None:
    """Enter, and once more where the ticket asks."""
    desk.key(K.Key_Return)
    if not own(desk):
        await desk.until(lambda: own(desk) or desk.window.ticket.foot.anyway.isVisible())
        desk.window.ticket.foot.anyway.setChecked(True)
        desk.key(K.Key_Return)
    await desk.until(lambda: own(desk)[0].status is OrderStatus.WORKING)


@on_a_desk
async def test_the_defaults_that_the_form_names_are_shown_and_sent_and_a_key_goes_round_the_times_in_force(
    desk: Desk, venue: VenueProcess
) -> None:
    await ready(desk, venue, scope="npid")
    ladder = desk.window.ladder
    desk.key(K.Key_B)
    for _ in range(10):
        desk.key(K.Key_Down)
    await desk.until(lambda: ladder.painted is not None and "GFS" in ladder.painted.bar.title.text)
    assert ladder.staged is not None
    validities = [ladder.staged.terms.validity]
    for _ in range(2):
        desk.key(K.Key_T)
        validities.append(ladder.staged.terms.validity)
    assert validities == ["GoodForSession", "ImmediateOrCancel", "FillOrKill"], "one that needs a date is not gone to"
    desk.key(K.Key_T)
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk) and own(desk)[0].status is OrderStatus.WORKING)
    terms = own(desk)[0].terms
    assert (terms.validity, terms.restriction) == ("GoodForSession", "None"), "as the venue has it: its own are others"


@on_a_desk
async def test_what_is_not_executed_at_once_is_gone_and_says_so(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue, scope="npid")
    desk.key(K.Key_B)
    for _ in range(10):
        desk.key(K.Key_Down)
    desk.key(K.Key_T)
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk) and own(desk)[0].status is OrderStatus.CANCELLED)
    assert own(desk)[0].reason == "the rest was not executed at once"


@pytest.mark.parametrize("code", ["ThirdParty", "InternalServerError"])
@on_a_desk
async def test_the_venues_errors_are_the_reason_that_the_blotter_shows(
    desk: Desk, venue: VenueProcess, code: str
) -> None:
    await ready(desk, venue, scope="npid")
    venue.faults(reject_requests=1.0, reject_code=code)
    desk.key(K.Key_B)
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk) and own(desk)[0].status is OrderStatus.REJECTED)
    assert own(desk)[0].reason == f"{code}: rejected on purpose"
    view = await at_the_orders(desk)
    await desk.until(lambda: own(desk)[0].client_id in shown_ids(view))
    index = view.model().index(shown_ids(view).index(own(desk)[0].client_id), Col.REASON)
    assert view.model().data(index) == f"{code}: rejected on purpose"


@on_a_desk
async def test_a_rejected_amendment_leaves_the_order_as_it_was(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue, scope="npid")
    desk.key(K.Key_B)
    desk.key(K.Key_Down)
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk) and own(desk)[0].status is OrderStatus.WORKING)
    before = own(desk)[0]
    venue.faults(reject_requests=1.0, reject_code="ConcurrentUpdate")
    desk.key(K.Key_N)
    desk.key(K.Key_M)
    desk.key(K.Key_Down)
    desk.key(K.Key_Return)
    await desk.until(lambda: own(desk)[0].reason)
    after = own(desk)[0]
    assert after.reason == "ConcurrentUpdate: rejected on purpose"
    assert (after.status, after.price, after.venue_id) == (OrderStatus.WORKING, before.price, before.venue_id)


@on_a_desk
async def test_an_iceberg_until_a_date_from_the_ticket(desk: Desk, venue: VenueProcess) -> None:
    await at_the_ticket(desk, venue)
    ticket = desk.window.ticket
    assert ticket.form is not None and ticket.form.name == "Nord Pool limit order"
    assert (ticket.texts()[forms.VALIDITY], ticket.texts()[forms.RESTRICTION]) == ("GoodForSession", "None")
    price = best_bid(desk) // (SCALE // 100) * (SCALE // 100) - SCALE
    desk.key(K.Key_Space)  # buy
    tab_to(desk, forms.QUANTITY)
    type_in(desk, "5")
    tab_to(desk, forms.PRICE)
    type_in(desk, fixed_text(price, 2))
    tab_to(desk, forms.VALIDITY)
    desk.key(K.Key_Down)
    assert ticket.texts()[forms.VALIDITY] == "GoodToDate"
    tab_to(desk, forms.VALIDITY_UNTIL)
    type_in(desk, "23:59")
    tab_to(desk, forms.DISPLAY_QUANTITY)
    type_in(desk, "1")
    tab_to(desk, forms.PRICE_DELTA)
    type_in(desk, "-0,05")
    await sent_from_the_ticket(desk)
    (order,) = own(desk)
    assert (order.price, order.quantity) == (price, 5 * SCALE)
    assert order.terms.validity == "GoodToDate"
    assert order.terms.display_quantity == SCALE
    assert order.terms.price_delta == -5 * SCALE // 100
    until = order.terms.validity_until
    assert until is not None and until % (60 * MINUTE) == 59 * MINUTE
    assert not order.terms.kind, "a kind of order that this desk knows"
    desk.terminal.trading.cancel([order])
    await desk.until(lambda: own(desk)[0].status is OrderStatus.CANCELLED)


@on_a_desk
async def test_a_colleagues_block_is_shown_and_never_acted_on(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue, scope="npid")
    await desk.until(lambda: blocks(desk))
    block = blocks(desk)[0]
    assert not block.ours
    assert desk.market.contracts[block.key].name.startswith("CB-")
    view = await at_the_orders(desk)
    await desk.until(lambda: block.client_id in shown_ids(view))
    desk.key(K.Key_Home)
    while shown_ids(view)[view.currentIndex().row()] != block.client_id:
        desk.key(K.Key_Down)
    row = view.currentIndex().row()
    assert view.selected_orders() == [], "what is a colleague's is looked at, no more"
    assert view.model().data(view.model().index(row, Col.WHOSE)) == "colleague"
    tip = view.model().data(view.model().index(row, Col.TERMS), Qt.ItemDataRole.ToolTipRole)
    assert "user defined block order: shown, not modified from here" in tip.casefold()
    for key in (K.Key_X, K.Key_M, K.Key_H):
        desk.key(key)
    assert desk.window.ladder.staged is None
    assert blocks(desk)[0].request is None
    assert own(desk) == []


def blocks(desk: Desk) -> list[Order]:
    return [order for order in desk.market.blotter.rows() if order.terms.kind == "UserDefinedBlock"]


async def at_the_orders(desk: Desk) -> OrdersView:
    desk.window.docking.focus("orders")
    await desk.until(lambda: desk.window.orders.view.hasFocus())
    return desk.window.orders.view


def shown_ids(view: OrdersView) -> list[str]:
    """The client identifiers of the rows, from the top."""
    model = view.model()
    return [str(model.data(model.index(row, Col.CLIENT_ID))) for row in range(model.rowCount())]
