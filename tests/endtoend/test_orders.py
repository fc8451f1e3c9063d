"""From key to venue and back: real keys in the real window against the real practice venue."""

import asyncio
import json
import urllib.request

import pytest
from PySide6.QtCore import Qt

from app.trading import TO_READ
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import SCALE
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from widgets.orders.question import DoubtQuestion

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
HOURS = {"m7": ("Hour",), "npid": ("P60Min",)}
both_scopes = pytest.mark.parametrize("scope", HOURS)


async def ready(desk: Desk, venue: VenueProcess, armed: bool = True, scope: str = "m7") -> None:
    """Live, the ladder has the keyboard, and its contract is far from gate closure and has both sides."""
    await desk.connect(connection(venue.port, scope, areas=("DE-AMPRION",), products=HOURS[scope]))
    await desk.live()
    open_longest = max(
        (key for key, book in desk.market.books.items() if book.bids.best is not None and book.asks.best is not None),
        key=lambda key: (desk.market.contracts[key].delivery_start, key),
    )
    desk.window.group.choose(open_longest)
    desk.window.docking.focus("ladder")
    await desk.until(lambda: desk.window.ladder.painted is not None and desk.window.ladder.painted.condition.live)
    if armed:
        desk.key(Qt.Key.Key_A, CTRL | SHIFT)
        assert desk.terminal.trading.armed


def own(desk: Desk) -> list[Order]:
    return [order for order in desk.market.blotter.rows() if order.ours]


def received(venue: VenueProcess, client_id: str, scope: str = "m7") -> int:
    """How many creations the venue ever received for an order."""
    with urllib.request.urlopen(f"http://127.0.0.1:{venue.port}/practice/orders?scope={scope}") as answer:
        return int(json.load(answer)["orders"].get(client_id, {"creations": 0})["creations"])


@both_scopes
@on_a_desk
async def test_stage_adjust_send_amend_hibernate_activate_cancel(desk: Desk, venue: VenueProcess, scope: str) -> None:
    await ready(desk, venue, scope=scope)
    ladder = desk.window.ladder
    desk.key(Qt.Key.Key_B)
    assert ladder.staged is not None
    before = ladder.staged.price
    for _ in range(5):
        desk.key(Qt.Key.Key_Down)
    assert ladder.staged.price == before - 5 * SCALE // 100
    desk.key(Qt.Key.Key_2)
    assert ladder.staged.quantity == 5 * SCALE
    assert own(desk) == [], "staging sends nothing"
    desk.key(Qt.Key.Key_Return)
    (order,) = own(desk)
    assert order.status in (OrderStatus.PENDING, OrderStatus.WORKING), "the venue may have answered already"
    await desk.until(lambda: own(desk)[0].status is OrderStatus.WORKING)
    assert desk.window.ladder.painted is not None

    desk.key(Qt.Key.Key_N)
    desk.key(Qt.Key.Key_M)
    desk.key(Qt.Key.Key_Left)
    desk.key(Qt.Key.Key_Return)
    await desk.until(lambda: own(desk)[0].kept_place is True)
    assert own(desk)[0].remaining < 5 * SCALE
    first_id = own(desk)[0].venue_id

    desk.key(Qt.Key.Key_M)
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    await desk.until(lambda: own(desk)[0].kept_place is False)
    assert own(desk)[0].venue_id != first_id

    desk.key(Qt.Key.Key_X)
    await desk.until(lambda: own(desk)[0].status is OrderStatus.CANCELLED)
    assert received(venue, order.client_id, scope) == 1


async def taken(desk: Desk, key: ContractKey) -> bool:
    """Takes 1 MW. The market may go away from the limit while it is under way: then it rests, and is pulled."""
    before = len(own(desk))
    desk.key(Qt.Key.Key_1)
    desk.key(Qt.Key.Key_B, SHIFT)
    desk.key(Qt.Key.Key_Return)
    await desk.until(lambda: len(own(desk)) > before and own(desk)[-1].status is not OrderStatus.PENDING)
    if not own(desk)[-1].status.over:
        desk.key(Qt.Key.Key_X, SHIFT)
        await desk.until(lambda: own(desk)[-1].status.over)
    if own(desk)[-1].status is OrderStatus.FILLED:
        await desk.until(lambda: desk.market.positions.net(key) == SCALE)
    return bool(desk.market.positions.net(key))


@both_scopes
@on_a_desk
async def test_a_take_trades_and_shows_on_the_tape_as_ours(desk: Desk, venue: VenueProcess, scope: str) -> None:
    await ready(desk, venue, scope=scope)
    key = desk.window.group.contract
    assert key is not None
    while not await taken(desk, key):
        pass
    await desk.until(
        lambda: any(
            desk.market.positions.is_own(trade.connection, trade.identifier)
            for trade in desk.market.tape.newest_first()
        )
    )
    assert any(trade["own"] for trade in desk.state()["trades"])


@on_a_desk
async def test_disarmed_nothing_is_sent_and_the_stage_stays(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue, armed=False)
    desk.key(Qt.Key.Key_B)
    desk.key(Qt.Key.Key_Return)
    assert own(desk) == []
    assert desk.window.ladder.staged is not None
    assert "disarmed" in " ".join(desk.window.toasts.texts())
    desk.key(Qt.Key.Key_Escape)
    assert desk.window.ladder.staged is None


@on_a_desk
async def test_a_reject_shows_the_venues_reason(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    venue.faults(reject_requests=1.0)
    desk.key(Qt.Key.Key_B)
    desk.key(Qt.Key.Key_Return)
    await desk.until(lambda: own(desk) and own(desk)[0].status is OrderStatus.REJECTED)
    assert own(desk)[0].reason


@on_a_desk
async def test_an_answer_that_never_comes_is_in_doubt_until_a_person_decides_and_nothing_is_sent_again(
    desk: Desk, venue: VenueProcess
) -> None:
    await ready(desk, venue)
    venue.faults(lose_request=1.0)
    desk.key(Qt.Key.Key_B)
    desk.key(Qt.Key.Key_Return)
    await desk.until(lambda: own(desk)[0].status is OrderStatus.IN_DOUBT)
    desk.window.docking.focus("orders")
    await desk.frame()
    desk.key_to_own_order()
    # From outside this task: a call over HTTP is a task of its own, and Qt's tests let it run within the key's event.
    asyncio.get_running_loop().call_soon(desk.key, Qt.Key.Key_A)
    await desk.until(lambda: any("1 still in doubt" in words for words in desk.window.toasts.texts()))
    assert own(desk)[0].reason.endswith("the venue's list does not have it")
    await desk.until(lambda: any(words.startswith("In doubt: BUY") for words in desk.window.notices.texts()))
    assert "A asks the venue, D records what you know" in " ".join(desk.window.notices.texts())
    desk.key(Qt.Key.Key_D)
    question = desk.window.findChild(DoubtQuestion)
    assert isinstance(question, DoubtQuestion)
    desk.key(Qt.Key.Key_X)
    question.radios[0].click()
    question.record.click()
    assert own(desk)[0].status is OrderStatus.NOT_SENT
    assert own(desk)[0].reason == "decided by hand: it never reached the venue"
    await desk.until(lambda: not desk.window.notices.alerted)
    await desk.frame()
    assert received(venue, own(desk)[0].client_id) <= 1


def has_been_looked_at(desk: Desk, order: Order) -> bool:
    """Nothing wakes up that changed just now."""
    return order.updated is not None and desk.terminal.clock().monotonic - order.updated.monotonic > TO_READ


@both_scopes
@on_a_desk
async def test_hibernate_and_activate_by_key(desk: Desk, venue: VenueProcess, scope: str) -> None:
    await ready(desk, venue, scope=scope)
    desk.key(Qt.Key.Key_B)
    for _ in range(10):
        desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    await desk.until(lambda: own(desk)[0].status is OrderStatus.WORKING)
    desk.key(Qt.Key.Key_N)
    for status in (OrderStatus.HIBERNATED, OrderStatus.WORKING, OrderStatus.HIBERNATED):
        await desk.until(lambda: has_been_looked_at(desk, own(desk)[0]))
        desk.key(Qt.Key.Key_H)
        await desk.until(lambda status=status: own(desk)[0].status is status)
    desk.key(Qt.Key.Key_D, CTRL | SHIFT)
    desk.key(Qt.Key.Key_H)
    await desk.frame()
    assert own(desk)[0].status is OrderStatus.HIBERNATED, "activating needs arming"
    desk.key(Qt.Key.Key_X)
    await desk.until(lambda: own(desk)[0].status is OrderStatus.CANCELLED)
