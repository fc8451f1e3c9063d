"""The blotter in the real window, by real keys and clicks, against the practice venue over loopback."""

import os

import pytest
from PySide6.QtCore import Qt

from protocols.market.orders import OrderStatus
from tests.endtoend.support import Desk, VenueProcess, on_a_desk
from tests.endtoend.test_oco import Keys, legs, ready, statuses
from widgets.orders.catalogue import Col, GroupBy

pytestmark = pytest.mark.qt_loop

K = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@on_a_desk
async def test_a_broken_pairs_surviving_leg_is_cancelled_on_its_header(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue, refuse_leg=1.0)
    keys, orders = Keys(desk), desk.window.orders
    await keys.press(K.Key_O, K.Key_S, K.Key_Return)
    await desk.until(lambda: sorted(statuses(desk)) == ["rejected", "working"])
    desk.window.docking.focus("orders")
    await desk.until(lambda: orders.model.band(0) is not None and orders.model.band(0).right)
    assert [order.client_id for order in orders.model.shown()[:2]] == [leg.client_id for leg in legs(desk)]
    await keys.press(K.Key_Home)
    assert [order.status for order in orders.selected() if not order.status.over] == [OrderStatus.WORKING]
    if os.environ.get("PICTURE"):
        desk.window.grab().save(os.environ["PICTURE"])
    await keys.press(K.Key_X)
    await desk.until(lambda: sorted(statuses(desk)) == ["cancelled", "rejected"])
    await desk.until(lambda: not orders.model.band(0).right)
    said = [str(orders.model.index(row, Col.REASON).data()) for row in (1, 2)]
    assert "cancelled by us" in said and any(text.startswith("rejected by the venue") for text in said)


@on_a_desk
async def test_a_pair_whose_limit_fills_is_one_group_that_says_who_cancelled_the_stop(
    desk: Desk, venue: VenueProcess
) -> None:
    await ready(desk, venue)
    keys, orders = Keys(desk), desk.window.orders
    await keys.press(K.Key_O, K.Key_B, K.Key_Return)
    await desk.until(lambda: statuses(desk) == ["working", "working"])
    desk.window.docking.focus("orders")
    orders.choosing.set_group(GroupBy.STATUS)
    await desk.frame()
    await keys.press(K.Key_Home)
    await keys.press(K.Key_Space, held=SHIFT)
    assert orders.model.rowCount() == len(orders.model.rows.arrangement.headers()), "folded, and counted there"
    venue.fx_move(symbol="EURUSD", pips=-25)
    await desk.until(lambda: statuses(desk) == ["filled", "cancelled"])
    await keys.press(K.Key_Space)
    await desk.until(lambda: "filled" in orders.model.band(0).left[0].text)
    band = orders.model.band(1)
    assert band is not None and "leg 2 (STOP) cancelled by the venue: the other leg was executed" in band.left[-1].text
    assert [order.client_id for order in orders.model.shown()[:2]] == [leg.client_id for leg in legs(desk)]
