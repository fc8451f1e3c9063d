"""Places in the queue: what is ahead of our orders, and whether what was there traded or was pulled."""

from collections import defaultdict
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.commands import PowerTerms
from protocols.market.events import (
    BookChanged,
    BookOrder,
    BookReplaced,
    ChannelChanged,
    ContractLost,
    Feed,
    Freshness,
    Trade,
    TradePrinted,
    TradeState,
)
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderReported
from protocols.market.orders import OrderReport, VenueState, Verdict
from protocols.market.queues import Ahead
from protocols.market.state import MarketState
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.practice.matching import Fact, Matched, OrderAdded, OrderBook, OrderChanged, OrderRemoved

KEY = ContractKey("EPEX M7", "DE-AMPRION", "1")
NOW = Instant(1.0, UtcNs(1))
PRICE = 40


def channel(feed: Feed, freshness: Freshness = Freshness.LIVE) -> ChannelChanged:
    return ChannelChanged(KEY.connection, feed.name, feed, KEY.area, "", freshness, "", NOW)


def resting(name: str, quantity: int, entered: int | None = None, price: int = PRICE) -> BookOrder:
    return BookOrder(name, Price(price), Quantity(quantity), None if entered is None else UtcNs(entered))


def bids(*orders: BookOrder) -> BookChanged:
    return BookChanged("books", KEY, orders, ())


def whole(*orders: BookOrder) -> BookReplaced:
    return BookReplaced("books", KEY, orders, ())


def trade(name: str, quantity: int, at: int, price: int = PRICE) -> TradePrinted:
    told = Trade(
        KEY.connection, name, 1, Price(price), Quantity(quantity), TradeState.ACTIVE, "Active", UtcNs(at), KEY, KEY
    )
    return TradePrinted("trades", told)


def report(remaining: int = 10, initial: int = 10, revision: int = 1, name: str = "me") -> OrderReported:
    told = OrderReport(
        connection=KEY.connection, client_id=f"c-{name}", venue_id=name, revision=revision, key=KEY, side=Side.BUY,
        price=Price(PRICE), quantity=Quantity(remaining), initial=Quantity(initial),
        state=VenueState.ACTIVE if remaining else VenueState.FILLED, verdict=Verdict.NONE, venue_state="Active",
        terms=PowerTerms(),
    )  # fmt: skip
    return OrderReported("own", told, False, NOW)


class Desk:
    """A market in which `me` is an order of ours."""

    def __init__(self, *events: Any) -> None:
        self.market = MarketState(lambda client_id: True)
        self.tell(channel(Feed.ORDER_BOOKS), channel(Feed.TRADES), *events)

    def tell(self, *events: Any) -> "Desk":
        for event in events:
            self.market.apply(event)
        return self

    def ahead(self, name: str = "me") -> Ahead | None:
        order = self.market.blotter.get(KEY.connection, f"c-{name}")
        return None if order is None else self.market.queues.ahead(order)


def desk() -> Desk:
    """Two orders of 5 and 3 stand before ours; one behind it, one at another price."""
    return Desk(
        whole(
            resting("a", 5, 1), resting("b", 3, 2), resting("me", 10, 3), resting("z", 4, 4), resting("y", 7, 0, 39)
        ),
        report(),
    )  # fmt: skip


def test_whoever_tells_first_of_an_order_its_place_is_known() -> None:
    assert desk().ahead() == Ahead(8, 2)
    late = Desk(report(), whole(resting("a", 5, 1)))
    assert late.ahead() is None
    assert late.tell(bids(resting("me", 10, 2))).ahead() == Ahead(5, 1)


def test_what_goes_behind_a_standing_order_was_pulled() -> None:
    assert desk().tell(bids(resting("b", 1, 2))).ahead() == Ahead(6, 2, pulled=2)
    assert desk().tell(bids(resting("b", 0)), trade("t", 3, 9)).ahead() == Ahead(5, 1, pulled=3)


@pytest.mark.parametrize("trade_first", [False, True])
def test_what_goes_from_the_front_with_a_trade_was_executed(trade_first: bool) -> None:
    book, told = bids(resting("a", 2, 1)), trade("t", 3, 9)
    assert desk().tell(*((told, book) if trade_first else (book, told))).ahead() == Ahead(5, 2, traded=3)


def test_what_goes_from_the_front_without_a_trade_was_pulled() -> None:
    assert desk().tell(bids(resting("a", 0))).ahead() == Ahead(3, 1, pulled=5)
    # A trade at another price, from before our order came, or told twice accounts for nothing more.
    known = desk().tell(bids(resting("a", 0)), trade("t", 5, 9, price=39), trade("u", 5, 2))
    assert known.ahead() == Ahead(3, 1, pulled=5)
    assert known.tell(trade("v", 2, 9), trade("v", 2, 9)).ahead() == Ahead(3, 1, traded=2, pulled=3)


def test_our_own_fills_are_not_counted_as_others() -> None:
    """The front goes by being pulled, then ours trades: that trade was not made ahead of us."""
    known = desk().tell(bids(resting("a", 0), resting("b", 0)), bids(resting("me", 6, 3)), report(6, revision=2))
    assert known.tell(trade("t", 4, 9)).ahead() == Ahead(0, 0, pulled=8)


def test_what_was_filled_and_traded_before_it_was_first_seen_is_left_out() -> None:
    """As after a restart: part of ours was filled long ago, and the tape has trades up to the newest order's entry."""
    known = Desk(
        trade("t", 5, 4), report(6, revision=3), whole(resting("a", 5, 1), resting("me", 6, 2), resting("z", 1, 4))
    )
    assert known.ahead() == Ahead(5, 1)
    assert known.tell(bids(resting("a", 2, 1))).ahead() == Ahead(2, 1, pulled=3)
    assert known.tell(trade("u", 3, 5)).ahead() == Ahead(2, 1, traded=3)


def test_who_came_later_is_never_ahead_unless_identifiers_say_so() -> None:
    assert desk().tell(bids(resting("c", 9, 5))).ahead() == Ahead(8, 2)
    # A venue that tells no times: the lower identifier is the older one.
    timeless = Desk(whole(resting("5", 5), resting("7", 10)), report(name="7"))
    assert timeless.ahead("7") == Ahead(5, 1)
    assert timeless.tell(bids(resting("6", 2), resting("8", 1))).ahead("7") == Ahead(7, 2)


def test_an_order_that_moves_begins_anew() -> None:
    known = desk().tell(bids(resting("a", 0)))
    assert known.tell(bids(resting("me", 10, 8))).ahead() == Ahead(7, 2)  # an iceberg's next part, behind all
    assert known.tell(bids(resting("me", 0))).ahead() is None


def test_a_new_snapshot_goes_on_where_the_old_one_ended() -> None:
    lost = ContractLost("books", Feed.ORDER_BOOKS, KEY, "a gap")
    known = desk().tell(trade("t", 5, 9), lost, bids(resting("a", 0)), whole(resting("b", 3, 2), resting("me", 10, 3)))
    assert known.ahead() == Ahead(3, 1, traded=5)


def test_what_went_while_trades_were_not_live_is_not_guessed_at() -> None:
    known = desk().tell(channel(Feed.TRADES, Freshness.STALE), bids(resting("a", 0)))
    assert known.ahead() == Ahead(3, 1, untold=5)
    assert known.tell(channel(Feed.TRADES), trade("t", 5, 9)).ahead() == Ahead(3, 1, untold=5)
    assert known.tell(bids(resting("b", 1, 2))).ahead() == Ahead(1, 1, untold=7)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["rest", "rest", "take", "cancel", "reduce", "mine"]),
        st.integers(38, 42),
        st.integers(1, 9),
        st.integers(0, 30),
    ),
    max_size=40,
)


class Oracle:
    """A venue's book, of which it is written down who stood ahead of each order of ours and what became of it."""

    def __init__(self) -> None:
        numbers = count(1)
        self.book = OrderBook(lambda: next(numbers))
        self.now = 0
        self.ahead: dict[int, set[int]] = {}
        """By order of ours: who stood ahead as it came."""
        self.initial: dict[int, int] = {}
        self.traded: dict[int, int] = defaultdict(int)
        self.pulled: dict[int, int] = defaultdict(int)
        self.book_events: list[Any] = []
        """Changes, each with our entry's report just before."""
        self.trades: list[Any] = []
        self.fills: list[Any] = []

    def act(self, kind: str, price: int, quantity: int, which: int) -> None:
        self.now += 1
        orders = [order for side in Side for order in self.book.orders(side)]
        chosen = orders[which % len(orders)] if orders else None
        if kind in ("rest", "take", "mine"):
            self._enter(kind, Side.BUY if which % 2 else Side.SELL, price, quantity)
        elif chosen is not None and chosen.identifier not in self.ahead:
            left = 0 if kind == "cancel" else max(1, chosen.quantity // 2)
            for mine, ahead in self.ahead.items():
                self.pulled[mine] += chosen.quantity - left if chosen.identifier in ahead else 0
            facts = self.book.reduce(chosen.identifier, Quantity(left)) if left else self.book.cancel(chosen.identifier)
            self._tell(facts)

    def expected(self, mine: int) -> Ahead | None:
        """None when it has left the book."""
        order = self.book.order(mine)
        if order is None:
            return None
        queue = [each for each in self.book.orders(order.side) if each.price == order.price]
        ahead = queue[: queue.index(order)]
        return Ahead(sum(each.quantity for each in ahead), len(ahead), self.traded[mine], self.pulled[mine])

    def _enter(self, kind: str, side: Side, price: int, quantity: int) -> None:
        facts = self.book.insert(
            side, Price(price), Quantity(quantity),
            area=KEY.area, owner=kind, at=UtcNs(self.now), rest=kind != "take",
        )  # fmt: skip
        added = next((fact.order for fact in facts if isinstance(fact, OrderAdded)), None)
        if kind == "mine" and added is not None:
            queue = [each.identifier for each in self.book.orders(side) if each.price == price]
            self.ahead[added.identifier] = set(queue[: queue.index(added.identifier)])
            self.initial[added.identifier] = quantity
            # What it traded as it came in is told later, or sooner.
            self.book_events.append(self._report(added.identifier, side, price, quantity, quantity))
            if added.quantity < quantity:
                self.fills.append(self._report(added.identifier, side, price, added.quantity, quantity))
        self._tell(facts)

    def _report(self, identifier: int, side: Side, price: int, left: int, initial: int) -> OrderReported:
        told = report(left, initial, 1 + len(self.fills), str(identifier))
        return msgspec.structs.replace(
            told, report=msgspec.structs.replace(told.report, side=side, price=Price(price), key=KEY)
        )

    def _tell(self, facts: list[Fact]) -> None:
        rows: dict[Side, list[BookOrder]] = {Side.BUY: [], Side.SELL: []}
        for fact in facts:
            if isinstance(fact, Matched):
                self._matched(fact)
                continue
            assert isinstance(fact, OrderAdded | OrderChanged | OrderRemoved)
            order = fact.order
            left = 0 if isinstance(fact, OrderRemoved) else order.quantity
            rows[order.side].append(resting(str(order.identifier), left, order.entered, order.price))
        self.book_events.append(BookChanged("books", KEY, tuple(rows[Side.BUY]), tuple(rows[Side.SELL])))

    def _matched(self, fact: Matched) -> None:
        self.trades.append(trade(f"t{len(self.trades)}", fact.quantity, self.now, fact.price))
        for order in (fact.buy, fact.sell):
            for mine, ahead in self.ahead.items():
                self.traded[mine] += fact.quantity if order.identifier in ahead else 0
            if order.identifier in self.ahead:
                left, initial = order.quantity - fact.quantity, self.initial[order.identifier]
                self.fills.append(self._report(order.identifier, order.side, order.price, left, initial))


@given(ACTS, st.randoms(use_true_random=False))
def test_against_a_venue_that_knows(acts: list[tuple[str, int, int, int]], chance: Any) -> None:
    """Book, trades and fills come on channels of their own, each in order, one before the other or long after."""
    oracle, known = Oracle(), Desk(whole())
    for act in acts:
        oracle.act(*act)
    streams = [oracle.book_events, oracle.trades, oracle.fills]
    while any(streams):
        stream = chance.choice([stream for stream in streams if stream])
        known.tell(stream.pop(0))
        for mine in oracle.ahead:
            seen = known.ahead(str(mine))
            if seen is not None:
                assert min(seen.traded, seen.pulled) >= 0
                assert seen.traded + seen.pulled <= oracle.traded[mine] + oracle.pulled[mine]
    for mine in oracle.ahead:
        assert known.ahead(str(mine)) == oracle.expected(mine)


RESTING = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 9), st.one_of(st.none(), st.integers(1, 4)), st.booleans()),
    max_size=12,
)


@given(RESTING, st.sampled_from(Side))
def test_what_is_ahead_against_a_naive_count(rows: list[tuple[int, int, int | None, bool]], side: Side) -> None:
    """Orders that came at once or at times not told, several of them ours."""
    orders = [resting(f"v{number}", much, entered, at) for number, (at, much, entered, _) in enumerate(rows)]
    mine = [order for order, (*_, ours) in zip(orders, rows, strict=True) if ours]
    both = (tuple(orders), ()) if side is Side.BUY else ((), tuple(orders))
    known = Desk(BookReplaced("books", KEY, *both))
    for order in mine:
        told = report(order.quantity, order.quantity, 1, order.identifier)
        known.tell(
            msgspec.structs.replace(told, report=msgspec.structs.replace(told.report, side=side, price=order.price))
        )

    def came(order: BookOrder) -> tuple[float, int, str]:
        return float("inf") if order.entered is None else order.entered, len(order.identifier), order.identifier

    for me in mine:
        before = [order for order in orders if order.price == me.price and came(order) < came(me)]
        assert known.ahead(me.identifier) == Ahead(sum(order.quantity for order in before), len(before))
