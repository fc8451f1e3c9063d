"""Price-time matching, held against tables and against a naive exchange that sorts everything anew."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.practice.matching import (
    Fact,
    Matched,
    Order,
    OrderAdded,
    OrderBook,
    OrderChanged,
    OrderRefused,
    OrderRemoved,
)


def book() -> OrderBook:
    return OrderBook(itertools.count(1).__next__)


def enter(into: OrderBook, side: Side, price: int, quantity: int, **more: Any) -> list[Fact]:
    terms = {"area": "DE-AMPRION", "owner": "a", "at": UtcNs(0)} | more
    return into.insert(side, Price(price), Quantity(quantity), **terms)


def resting(of: OrderBook, side: Side) -> list[tuple[int, int, int]]:
    return [(order.identifier, order.price, order.quantity) for order in of.orders(side)]


def test_an_order_that_meets_nobody_rests() -> None:
    market = book()
    (fact,) = enter(market, Side.BUY, 50, 10)
    assert isinstance(fact, OrderAdded)
    assert resting(market, Side.BUY) == [(1, 50, 10)]


def test_trades_happen_at_the_resting_price_best_price_and_oldest_first() -> None:
    market = book()
    for price, quantity in ((52, 5), (51, 3), (51, 4)):
        enter(market, Side.SELL, price, quantity)
    facts = enter(market, Side.BUY, 52, 9)
    assert [(f.price, f.quantity, f.sell.identifier) for f in facts if isinstance(f, Matched)] == [
        (51, 3, 2),
        (51, 4, 3),
        (52, 2, 1),
    ]
    assert resting(market, Side.SELL) == [(1, 52, 3)]
    assert resting(market, Side.BUY) == []


def test_what_is_left_of_an_aggressor_rests_unless_it_may_not() -> None:
    stays, leaves = book(), book()
    for market, rest in ((stays, True), (leaves, False)):
        enter(market, Side.SELL, 51, 3)
        enter(market, Side.BUY, 51, 5, rest=rest)
    assert resting(stays, Side.BUY) == [(2, 51, 2)]
    assert resting(leaves, Side.BUY) == []


def test_less_quantity_keeps_the_place_in_the_queue() -> None:
    market = book()
    enter(market, Side.BUY, 50, 5)
    enter(market, Side.BUY, 50, 5)
    (fact,) = market.amend(1, Price(50), Quantity(2), UtcNs(9))
    assert isinstance(fact, OrderChanged)
    assert resting(market, Side.BUY) == [(1, 50, 2), (2, 50, 5)]


@pytest.mark.parametrize(("price", "quantity"), [(50, 6), (49, 5), (49, 2), (51, 5)])
def test_more_quantity_or_another_price_loses_place_and_identifier(price: int, quantity: int) -> None:
    market = book()
    enter(market, Side.BUY, 50, 5)
    enter(market, Side.BUY, price, 1)
    removed, added = market.amend(1, Price(price), Quantity(quantity), UtcNs(9))
    assert isinstance(removed, OrderRemoved)
    assert removed.order.identifier == 1
    assert isinstance(added, OrderAdded)
    assert added.order.identifier == 3
    assert added.order.entered == 9
    assert resting(market, Side.BUY) == [(2, price, 1), (3, price, quantity)]


def test_an_amendment_that_reaches_the_other_side_trades() -> None:
    market = book()
    enter(market, Side.SELL, 52, 4)
    enter(market, Side.BUY, 50, 4)
    facts = market.amend(2, Price(52), Quantity(4), UtcNs(1))
    assert [f.quantity for f in facts if isinstance(f, Matched)] == [4]
    assert len(market) == 0


def test_an_amendment_to_the_same_changes_nothing() -> None:
    market = book()
    enter(market, Side.BUY, 50, 5)
    assert market.amend(1, Price(50), Quantity(5), UtcNs(1)) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda market: enter(market, Side.BUY, 50, 0),
        lambda market: enter(market, Side.BUY, 50, -1),
        lambda market: market.cancel(7),
        lambda market: market.amend(7, Price(1), Quantity(1), UtcNs(0)),
        lambda market: market.amend(1, Price(1), Quantity(0), UtcNs(0)),
        lambda market: market.load([Order(9, Side.SELL, Price(50), Quantity(1), "a", "a", UtcNs(0))]),
    ],
    ids=["nothing", "negative", "cancel unknown", "amend unknown", "amend to nothing", "load crossed"],
)
def test_nonsense_is_refused(act: Any) -> None:
    market = book()
    enter(market, Side.BUY, 50, 5)
    with pytest.raises(OrderRefused):
        act(market)


def test_clearing_removes_every_order() -> None:
    market = book()
    enter(market, Side.BUY, 50, 5)
    enter(market, Side.SELL, 51, 5)
    assert {f.order.identifier for f in market.clear() if isinstance(f, OrderRemoved)} == {1, 2}
    assert market.state().bids == () == market.state().asks


def test_a_state_taken_earlier_stays_what_it_was() -> None:
    market = book()
    enter(market, Side.BUY, 50, 5)
    before = market.state()
    enter(market, Side.BUY, 50, 5)
    enter(market, Side.SELL, 50, 7)
    assert before.bids == ((50, 5),)
    assert market.state().bids == ((50, 3),)


class NaiveExchange:
    """The same rules, written as a list that is sorted for every trade."""

    def __init__(self) -> None:
        self.orders: list[list[Any]] = []  # identifier, side, price, quantity, arrival
        self.trades: list[tuple[int, int, int, int]] = []
        self.next = 1
        self.arrivals = itertools.count()

    def insert(self, side: Side, price: int, quantity: int, rest: bool) -> None:
        identifier, self.next = self.next, self.next + 1
        while quantity:
            others = [o for o in self.orders if o[1] is not side]
            others.sort(key=lambda o: (o[2] if side is Side.BUY else -o[2], o[4]))
            if not others or (others[0][2] > price if side is Side.BUY else others[0][2] < price):
                break
            first = others[0]
            traded = min(quantity, first[3])
            self.trades.append((identifier, first[0], first[2], traded))
            quantity -= traded
            first[3] -= traded
            if not first[3]:
                self.orders.remove(first)
        if quantity and rest:
            self.orders.append([identifier, side, price, quantity, next(self.arrivals)])

    def cancel(self, index: int) -> int | None:
        if not self.orders:
            return None
        return int(self.orders.pop(index % len(self.orders))[0])

    def side(self, side: Side) -> list[tuple[int, int, int]]:
        mine = [o for o in self.orders if o[1] is side]
        mine.sort(key=lambda o: (-o[2] if side is Side.BUY else o[2], o[4]))
        return [(o[0], o[2], o[3]) for o in mine]


sides = st.sampled_from(Side)
prices, quantities = st.integers(-5, 5), st.integers(1, 9)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), sides, prices, quantities, st.booleans()),
        st.tuples(st.just("cancel"), st.integers(0, 50)),
        st.tuples(st.just("amend"), st.integers(0, 50), prices, quantities),
    ),
    max_size=40,
)


@given(steps)
def test_any_sequence_matches_the_naive_exchange(plan: list[Any]) -> None:
    market, naive = book(), NaiveExchange()
    trades: list[tuple[int, int, int, int]] = []
    entered = taken_out = 0
    for step in plan:
        facts: list[Fact] = []
        if step[0] == "insert":
            _, side, price, quantity, rest = step
            entered += quantity
            naive.insert(side, price, quantity, rest)
            facts = enter(market, side, price, quantity, rest=rest)
            if not rest:
                taken_out += quantity - sum(f.quantity for f in facts if isinstance(f, Matched))
        elif step[0] == "cancel":
            identifier = naive.cancel(step[1])
            if identifier is not None:
                (removed,) = market.cancel(identifier)
                assert isinstance(removed, OrderRemoved)
                taken_out += removed.order.quantity
        elif naive.orders:
            _, index, price, quantity = step
            found = naive.orders[index % len(naive.orders)]
            identifier, side, old_price, old_quantity, _ = found
            entered += quantity - old_quantity
            if price == old_price and quantity <= old_quantity:
                found[3] = quantity
            else:
                naive.orders.remove(found)
                naive.insert(side, price, quantity, True)
            facts = market.amend(identifier, Price(price), Quantity(quantity), UtcNs(0))
        for fact in facts:
            if isinstance(fact, Matched):
                buyer_came = fact.buy.identifier > fact.sell.identifier
                came, rested = (fact.buy, fact.sell) if buyer_came else (fact.sell, fact.buy)
                trades.append((came.identifier, rested.identifier, fact.price, fact.quantity))
        assert_consistent(market)
        assert resting(market, Side.BUY) == naive.side(Side.BUY)
        assert resting(market, Side.SELL) == naive.side(Side.SELL)
    assert trades == naive.trades
    rests = sum(order.quantity for side in Side for order in market.orders(side))
    assert entered == rests + taken_out + 2 * sum(quantity for *_, quantity in trades)


def assert_consistent(market: OrderBook) -> None:
    bid, ask = market.best(Side.BUY), market.best(Side.SELL)
    assert bid is None or ask is None or bid < ask, "crossed"
    for side in Side:
        sums: dict[int, int] = {}
        for order in market.orders(side):
            sums[order.price] = sums.get(order.price, 0) + order.quantity
        assert list(market.levels(side)) == list(sums.items())
