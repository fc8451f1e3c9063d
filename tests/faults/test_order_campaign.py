"""Random trading sessions against the practice venue, on virtual time: lost and doubled answers, lost links, rejects.

At the end the desk's orders are the venue's, every one known or in doubt, and no intent ever left twice.
"""

import json
import random
import uuid
from typing import Any

import pytest

from protocols.market.commands import AmendOrder, CancelOrder, Command, Intent, PlaceOrder, PowerTerms, SetOrderActive
from protocols.market.events import Feed
from protocols.market.order_events import OrderIntended
from protocols.market.orders import Order, OrderStatus, VenueState
from protocols.market.times import HOUR, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side, plain_text
from protocols.session import Prepared
from tests.support.paired import PRODUCTS, START, Paired

SESSIONS_IN_CI = {"m7": 200, "npid": 40}
STEPS = 50
UNTIL = UtcNs(START + HOUR)
TERMS = {
    "m7": [PowerTerms()] * 3 + [PowerTerms(word) for word in ("ImmediateOrCancel", "FillOrKill")],
    "npid": [PowerTerms()] * 4
    + [PowerTerms(validity=word) for word in ("ImmediateOrCancel", "FillOrKill")]
    + [PowerTerms("Aon", "ImmediateOrCancel"), PowerTerms(validity="GoodToDate", validity_until=UNTIL)],
}
"""What the sessions' orders say, in each scope's own words."""
MISHAPS = ("lose_acknowledgement", "double_acknowledgement", "lose_request", "reject_requests", "old_first")


class Trading:
    """One session's trader: places, amends, hibernates, activates, cancels, at random; and things go wrong."""

    def __init__(self, seed: int, scope: str) -> None:
        self.chance = random.Random(seed)
        self.scope = scope
        # Few contracts: order entry does not care how many books there are, and a snapshot costs by the book.
        products = (PRODUCTS[scope][0],)
        self.pair = Paired(seed, ("DE-AMPRION",), rate=5.0, scope=scope, products=products, colleagues=False)
        self.market = self.pair.desk.market
        self.market.blotter._is_ours = lambda client_id: client_id in self.ours
        self.ours: set[str] = set()
        self.committed: list[str] = []
        self.pair.run(2, step=0.1)
        self.contracts = [
            key
            for key, book in self.market.books.items()
            if self.market.book_standing(key).live and book.bids.best is not None and book.asks.best is not None
        ][4:8]
        assert self.contracts

    def step(self) -> None:
        acts = [self.place] * 4 + [self.change] * 6 + [self.mishap] * 2 + [self.cut] + [self.wait] * 4
        self.chance.choice(acts)()
        if self.chance.random() < 0.5:
            self.pair.run(self.chance.choice((0.05, 0.1, 0.5)))

    def place(self) -> None:
        key = self.chance.choice(self.contracts)
        book, side = self.market.books[key], self.chance.choice(list(Side))
        near = book.side(side).best if self.chance.random() < 0.7 else book.side(side.other).best
        if near is None:
            return
        price = Price(near // (SCALE // 100) * (SCALE // 100) + self.chance.randint(-20, 20) * SCALE // 100)
        quantity = Quantity(self.chance.randint(1, 120) * SCALE // 10)
        terms = self.chance.choice(TERMS[self.scope])
        self.submit(PlaceOrder(key, side, quantity, price, terms, self.chance.random() < 0.8), self.new_id())

    def change(self) -> None:
        alive = [order for order in self.market.blotter.rows() if order.ours and order.status.alive]
        if not alive:
            return
        order = self.chance.choice(alive)
        name = (order.connection, order.client_id)
        command: Command = self.chance.choice(
            (
                CancelOrder(*name),
                SetOrderActive(*name, order.status is OrderStatus.HIBERNATED),
                AmendOrder(*name, price=Price(order.price + self.chance.choice((-5, 5)) * SCALE // 100)),
                AmendOrder(*name, quantity=Quantity(max(SCALE // 10, order.remaining // SCALE * SCALE // 2))),
            )
        )
        self.submit(command, order.client_id)

    def mishap(self) -> None:
        self.pair.faults(**{self.chance.choice(MISHAPS): self.chance.choice((0.0, 0.3, 1.0))})

    def cut(self) -> None:
        self.pair.cut()

    def wait(self) -> None:
        self.pair.run(self.chance.choice((0.2, 1.0, 3.0)), step=0.1)

    def new_id(self) -> str:
        client_id = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        self.ours.add(client_id)
        return client_id

    def submit(self, command: Command, client_id: str) -> None:
        """As the desk does it: prepare, (journal), fold, commit."""
        session, now = self.pair.session, self.pair.now
        intent = Intent(str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), client_id, command, now)
        prepared = session.prepare(intent, now)
        if isinstance(prepared, Prepared):
            assert prepared.said == command
            self.committed.append(intent.intent_id)
            self.market.apply(OrderIntended(intent))
            session.commit(prepared, now)
            self.pair._crank()

    def settle(self) -> None:
        """Nothing goes wrong any more; what can be known becomes known."""
        self.pair.faults(**dict.fromkeys(MISHAPS, 0.0))
        self.pair.run(12, step=0.25)
        self.pair.cut()
        self.pair.run(15, step=0.25)


def venue_orders(pair: Paired) -> dict[str, dict[str, Any]]:
    """What the venue holds for each of our client identifiers: living, or how it ended."""
    (urn,) = [report.channel for report in pair.session.report().channels if report.feed is Feed.OWN_ORDERS]
    answer = pair.venue.http("GET", "/truth", {"channel": urn}, b"", pair.now)
    assert answer.status == 200, answer.body
    found: dict[str, dict[str, Any]] = {}
    for row in json.loads(answer.body)["orders"]:
        known = found.get(row["client_id"])
        if known is None or known["state"] not in ("Active", "Hibernated"):
            found[row["client_id"]] = row
    return found


SHOWN = {
    "Active": (OrderStatus.WORKING, OrderStatus.PARTLY_FILLED),
    "Hibernated": (OrderStatus.HIBERNATED,),
    "Inactive": (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED),
    "Rejected": (OrderStatus.REJECTED,),
}


def check(trading: Trading) -> None:
    venue = venue_orders(trading.pair)
    orders = {order.client_id: order for order in trading.market.blotter.rows() if order.ours}
    for client_id, order in orders.items():
        if order.status in (OrderStatus.IN_DOUBT, OrderStatus.NOT_SENT):
            continue
        assert client_id in venue, f"{order.status.value} here, unknown there"
        compare(order, venue[client_id])
    for client_id, row in venue.items():
        if client_id in trading.ours and row["state"] in ("Active", "Hibernated"):
            assert orders[client_id].status.alive, f"alive there, {orders[client_id].status.value} here"
    assert trading.market.blotter.refused == []


def compare(order: Order, row: dict[str, Any]) -> None:
    assert order.status in SHOWN[row["state"]], (order, row)
    if row["state"] in ("Active", "Hibernated"):
        version = order.version
        assert version is not None
        assert version.state in (VenueState.ACTIVE, VenueState.HIBERNATED)
        shown = (version.venue_id, plain_text(order.price), plain_text(order.remaining))
        assert shown == (str(row["venue_id"]), row["price"], row["remaining"])


def nothing_left_twice(trading: Trading) -> None:
    answer = trading.pair.venue.http("GET", "/practice/orders", {}, b"", trading.pair.now)
    received = json.loads(answer.body)["orders"]
    correlations = [request["correlation"] for order in received.values() for request in order["requests"]]
    assert len(correlations) == len(set(correlations))
    assert set(correlations) <= set(trading.committed)
    assert all(order["creations"] <= 1 for client_id, order in received.items() if client_id in trading.ours)


def campaign(scope: str, seeds: range) -> None:
    for seed in seeds:
        trading = Trading(seed, scope)
        for _ in range(STEPS):
            trading.step()
        trading.settle()
        check(trading)
        nothing_left_twice(trading)


@pytest.mark.parametrize("scope", SESSIONS_IN_CI)
@pytest.mark.parametrize("part", range(10))
def test_random_sessions_end_with_the_venues_orders(part: int, scope: str) -> None:
    size = SESSIONS_IN_CI[scope] // 10
    campaign(scope, range(part * size, (part + 1) * size))


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("scope", SESSIONS_IN_CI)
def test_many_more_random_sessions(scope: str) -> None:
    campaign(scope, range(1_000, 3_000))
