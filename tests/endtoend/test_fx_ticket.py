"""Single FX orders from the ticket to the venue and back, by real keys in the real window, in both dialects."""

import asyncio

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from protocols.market.commands import FxTerms
from protocols.market.events import ConnectionStatus
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import SCALE, scaled_from_text
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from tests.endtoend.test_fx_ladder import asking

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key
FX = "Practice FX"
EURUSD = ContractKey(FX, "FX", "EURUSD")
PIP = scaled_from_text("0.0001")
ENDPOINT = {"later": "ws://127.0.0.1:{}/acttrader/orders", "seed": "ws://127.0.0.1:{}/acttrader/seed/orders"}


class Hands:
    """What a trader does: everything by keys on the window."""

    def __init__(self, desk: Desk, venue: VenueProcess) -> None:
        self.desk = desk
        self.venue = venue
        self.ticket = desk.window.ticket

    async def ready(self, dialect: str) -> None:
        """Connected, armed, the ticket for EURUSD. Nothing is quoted but what is asked for."""
        self.venue.fx_hold()
        orders = ENDPOINT[dialect].format(self.venue.port)
        settings = msgspec.structs.replace(connection(self.venue.port, "later"), scope=dialect, orders_url=orders)
        await self.desk.connect(settings)
        market = self.desk.market
        await self.desk.until(lambda: EURUSD in market.pairs and market.quote_standing(EURUSD).live)
        await self.live()
        self.desk.key(K.Key_A, CTRL | SHIFT)
        assert self.desk.terminal.trading.armed
        self.desk.key(K.Key_T, CTRL)
        self.type("eurusd")
        self.desk.key(K.Key_Return)
        assert self.desk.window.group.contract == EURUSD

    async def live(self) -> None:
        connections = self.desk.market.connections
        await self.desk.until(lambda: connections[FX].status is ConnectionStatus.LIVE and not asking())

    def type(self, text: str) -> None:
        for character in text:
            QTest.keyClick(self.desk.window.windowHandle(), character)

    def fill(self, *texts: str) -> None:
        """Each text into a field, and Tab on to the next; an empty one leaves what is there."""
        for text in texts:
            self.type(text)
            self.desk.key(K.Key_Tab)

    def send(self) -> Order:
        before = len(self.own)
        self.desk.key(K.Key_Return)
        assert len(self.own) == before + 1, self.trouble()
        return self.own[-1]

    def trouble(self) -> str:
        rows = {name: row.problem for name, row in self.ticket.rows.items() if row.problem}
        return f"{rows} {self.ticket.foot.general.text()} {self.ticket.header.note.text()} {self.ticket.texts()}"

    @property
    def own(self) -> list[Order]:
        return [order for order in self.desk.market.blotter.rows() if order.ours]

    async def until(self, order: Order, status: OrderStatus) -> Order:
        def now() -> Order:
            return next(each for each in self.own if each.client_id == order.client_id)

        await self.desk.until(lambda: now().status is status and now().request is None)
        return now()

    async def select(self, order: Order) -> None:
        """Its row in the blotter, by keys."""
        window = self.desk.window
        self.desk.key(getattr(K, f"Key_{window.docking.numeral('orders')}"), CTRL)
        self.desk.key(K.Key_Home)
        for _ in range(40):
            await self.desk.frame()
            if [each.client_id for each in window.orders.selected()] == [order.client_id]:
                return
            self.desk.key(K.Key_Down)
        raise AssertionError(f"the row of {order.client_id} is not reached by keys")


def bid(desk: Desk) -> int:
    quote = desk.market.quotes.get(EURUSD)
    assert quote is not None
    assert quote.bid is not None
    return quote.bid


def ask(desk: Desk) -> int:
    quote = desk.market.quotes.get(EURUSD)
    assert quote is not None
    assert quote.ask is not None
    return quote.ask


@pytest.mark.parametrize("dialect", ["later", "seed"])
@on_a_desk
async def test_every_type_is_placed_modified_and_cancelled_by_keys(
    desk: Desk, venue: VenueProcess, dialect: str
) -> None:
    hands = Hands(desk, venue)
    await hands.ready(dialect)

    hands.fill("b", "10k", "m")
    market = await hands.until(hands.send(), OrderStatus.FILLED)
    assert isinstance(market.terms, FxTerms) and market.terms.time_in_force == "IOC"

    hands.fill("b", "10k", "", "-20p")
    limit = await hands.until(hands.send(), OrderStatus.WORKING)
    assert limit.price == bid(desk) - 20 * PIP
    hands.fill("s", "0.02m", "s", "b-30p", "g")
    stop = await hands.until(hands.send(), OrderStatus.WORKING)
    hands.fill("b", "5k", "ss", "a+31p", "a+30p", "", "90m")
    both = await hands.until(hands.send(), OrderStatus.WORKING)
    assert isinstance(both.terms, FxTerms) and both.terms.until is not None

    await hands.select(limit)
    desk.key(K.Key_M)
    hands.fill("", "b-25p")
    desk.key(K.Key_Return)
    await desk.until(lambda: hands.own[1].price == bid(desk) - 25 * PIP)
    await hands.select(stop)
    desk.key(K.Key_M)
    hands.fill("25k", "b-35p")
    desk.key(K.Key_Return)
    await desk.until(lambda: hands.own[2].waits_at == bid(desk) - 35 * PIP and hands.own[2].quantity == 25_000 * SCALE)
    desk.key(K.Key_1, CTRL)
    while desk.window.ladder.selected is None or desk.window.ladder.selected.client_id != both.client_id:
        desk.key(K.Key_N)
    desk.key(K.Key_M)
    assert hands.ticket.modifying is not None, "the ladder leads to the ticket"
    hands.fill("", "a+33p")
    desk.key(K.Key_Return)
    await desk.until(lambda: hands.own[3].price == ask(desk) + 33 * PIP)
    assert hands.own[3].waits_at == both.waits_at

    for order in (limit, stop, both):
        await hands.select(order)
        desk.key(K.Key_X)
        await hands.until(order, OrderStatus.CANCELLED)
    assert desk.notices() == ""
    told = {order["client_id"]: order["status"] for order in venue.fx_truth()["orders"]}
    for order, status in ((market, "FILLED"), (limit, "CANCELED"), (stop, "CANCELED"), (both, "CANCELED")):
        assert told[order.client_id] == status
        assert venue.fx_truth()["arrivals"][order.client_id] == 1


@pytest.mark.parametrize("dialect", ["later", "seed"])
@on_a_desk
async def test_a_lost_acknowledgement_and_a_reconnect_leave_one_order_and_the_truth(
    desk: Desk, venue: VenueProcess, dialect: str
) -> None:
    hands = Hands(desk, venue)
    await hands.ready(dialect)
    venue.fx_faults(drop_after=1.0)
    hands.fill("b", "10k", "", "-20p")
    # From outside this task: the link ends within the key's event, and Qt's tests let tasks run there.
    asyncio.get_running_loop().call_soon(desk.key, K.Key_Return)
    await desk.until(lambda: desk.market.connections[FX].status is not ConnectionStatus.LIVE)
    (order,) = hands.own
    venue.fx_faults(drop_after=0.0)
    known = await hands.until(order, OrderStatus.WORKING)
    await hands.live()
    assert known.venue_id is not None
    (told,) = [each for each in venue.fx_truth()["orders"] if each["client_id"] == order.client_id]
    assert (told["status"], told["quantity"], told["venue_id"]) == ("NEW", "10000", known.venue_id)
    assert venue.fx_truth()["arrivals"][order.client_id] == 1, "nothing is sent twice"
    await hands.select(known)
    desk.key(K.Key_X)
    await hands.until(order, OrderStatus.CANCELLED)


@on_a_desk
async def test_nothing_leaves_a_disarmed_desk_and_a_stage_goes_to_the_ladder(desk: Desk, venue: VenueProcess) -> None:
    hands = Hands(desk, venue)
    await hands.ready("later")
    desk.key(K.Key_D, CTRL | SHIFT)
    hands.fill("b", "10k", "", "-20p")
    desk.key(K.Key_Return)
    assert hands.own == []
    assert "isarmed" in hands.ticket.foot.general.text()
    desk.key(K.Key_Return, CTRL)
    staged = desk.window.ladder.staged
    assert staged is not None and (staged.price, staged.quantity) == (bid(desk) - 20 * PIP, 10_000 * SCALE)
    desk.key(K.Key_Escape)
    desk.key(K.Key_T, CTRL)
    hands.fill("b", "10k", "ss", "a+31p", "a+30p")
    desk.key(K.Key_Return, CTRL)
    assert desk.window.ladder.staged is None
    assert "Not staged: A stop limit order has more than one price" in hands.ticket.header.note.text()
    assert hands.own == []
