"""What is foretold of an amendment's place in the queue is what the practice venue then does: 500 at random."""

import random
import uuid

import pytest

from protocols.eznergy.rules import keeps_place
from protocols.market.commands import AmendOrder, Command, Intent, PlaceOrder, PowerTerms, Seen
from protocols.market.order_events import OrderIntended
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.session import Prepared
from tests.support.paired import Paired

AMENDMENTS = 500
LIVE = 12
"""Orders that are kept in the market at a time."""
TICK, STEP = SCALE // 100, SCALE // 10


class Trader:
    """Places near the market, and amends at random: a tick or a step here and there, or none, fills coming between."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.pair = Paired(seed, areas=("DE-AMPRION",), rate=40.0, colleagues=False)
        self.market = self.pair.desk.market
        self.ours: set[str] = set()
        self.market.blotter._is_ours = lambda client_id: client_id in self.ours
        self.pair.run(2, step=0.1)
        self.contracts = [
            key
            for key, book in self.market.books.items()
            if self.market.book_standing(key).live and book.bids.best is not None and book.asks.best is not None
        ][4:8]

    def guid(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def place(self) -> None:
        key, side = self.chance.choice(self.contracts), self.chance.choice(list(Side))
        best = self.market.books[key].side(side).best
        if best is None:
            return
        price = Price(best // TICK * TICK + self.chance.randint(-5, 5) * TICK)
        quantity = Quantity(self.chance.randint(10, 120) * STEP)
        display = Quantity(quantity // STEP // 2 * STEP) if self.chance.random() < 0.2 else None
        client_id = self.guid()
        self.ours.add(client_id)
        self.submit(PlaceOrder(key, side, quantity, price, PowerTerms(display_quantity=display)), client_id, None)

    def amend(self, order: Order) -> None:
        price = Price(order.price + self.chance.choice((0, 0, 0, 0, 0, -3, -1, 1, 3)) * TICK)
        quantity = Quantity(max(STEP, order.remaining + self.chance.choice((0, -10, -2, -1, -1, 1, 20)) * STEP))
        if order.terms.display_quantity is not None:
            quantity = Quantity(max(quantity, order.terms.display_quantity + STEP))
        asked = (
            price if price != order.price or self.chance.random() < 0.5 else None,
            quantity if quantity != order.remaining or self.chance.random() < 0.5 else None,
        )
        if asked == (None, None):
            return
        command = AmendOrder(order.connection, order.client_id, price=asked[0], quantity=asked[1])
        self.submit(command, order.client_id, Seen(1, 1, keeps_place=keeps_place(order, *asked)))

    def submit(self, command: Command, client_id: str, seen: Seen | None) -> None:
        """As the desk does it: prepare, (journal), fold, commit."""
        intent = Intent(self.guid(), client_id, command, self.pair.now, seen)
        prepared = self.pair.session.prepare(intent, self.pair.now)
        if isinstance(prepared, Prepared):
            self.market.apply(OrderIntended(intent))
            self.pair.session.commit(prepared, self.pair.now)
            self.pair._crank()

    def alive(self) -> list[Order]:
        return [
            order
            for order in self.market.blotter.rows()
            if order.ours and order.request is None and order.status in (OrderStatus.WORKING, OrderStatus.PARTLY_FILLED)
        ]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_amendment_does_to_its_place_what_was_foretold(seed: int) -> None:
    trader, told = Trader(seed), {True: 0, False: 0}
    while sum(told.values()) < AMENDMENTS // 2:
        while len(trader.alive()) < LIVE:
            trader.place()
            trader.pair.run(0.1)
        amended = trader.chance.sample(trader.alive(), 4)
        for order in amended:
            trader.amend(order)
        trader.pair.run(0.5)
        for order in amended:
            now = trader.market.blotter.get(order.connection, order.client_id)
            assert now is not None
            if now.kept_place is not None and now.foretold_place is not None and now.versions != order.versions:
                assert not now.misforetold, (order, now)
                told[now.kept_place] += 1
    assert min(told.values()) > AMENDMENTS // 10  # both kinds, many times
