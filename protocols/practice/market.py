"""The market: contracts that open and close, their books and trades, and events as time goes on.

`Market` is the exchange: calendar, matching, tape, and for each of these what it was as of an earlier event.
`Participants` (see `flow`) decide what to do at the virtual times they asked for. `advance` runs everything in order
of time, so what happens depends on the seed and the start alone, never on the size of the steps or on who is watching.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import msgspec

from protocols.market.times import HOUR, UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.practice.contracts import AHEAD, QUARTER, Contract, Zone, auctioned_at
from protocols.practice.ledger import Ledger
from protocols.practice.listing import CLOSED, CONTINUOUS, FROZEN, Listing, StateRecord, Watcher
from protocols.practice.market_events import Answer, BookFact, MarketEvent
from protocols.practice.matching import Fact, Matched, Order, OrderBook, SliceAdded
from protocols.practice.own_orders import OrderRecord, OwnTradeRecord
from protocols.practice.rulebook import Rulebook
from protocols.practice.trades import Tape, TradeRecord

FORGOTTEN_AFTER = 2 * HOUR
"""A contract is forgotten this long after its delivery began; until then the truth still tells of it."""

BIG_NUMBER = 2**60
"""Added to new identifiers while `big_numbers` is on: beyond 2^53 a reader that takes them for floats loses them."""


class Participants(Protocol):
    """Who trades. Called with the market in place; acts through its methods."""

    def begin(self, market: "Market") -> None:
        """Once, when the market starts and its first contracts are listed: schedule, and fill the tape."""
        ...

    def orders_at_opening(self, market: "Market", listing: Listing) -> Iterable[Order]:
        """The orders that rest in a book as it opens; not crossed."""
        ...

    def day_ahead(self, contract: Contract) -> Price:
        """What the day-ahead auction paid for the contract's delivery."""
        ...

    def closed(self, contract: Contract) -> None:
        """The gate of a contract has closed: nothing of it is needed any more."""
        ...


class Market:
    """All contracts of a scope. `now` is virtual time: that of the last thing that happened."""

    def __init__(self, rulebook: Rulebook, start: UtcNs, participants: Participants) -> None:
        self.rulebook = rulebook
        self.start = start
        self.now = start
        self.number = -1
        """The newest event. Number 0 is what the market starts with and is not reported."""
        self._making = 0
        self.big_numbers = False
        self.tape = Tape(rulebook.histories)
        self.ledger = Ledger()
        self.watcher: Watcher | None = None
        self.listings: dict[tuple[str, int], Listing] = {}
        self._participants = participants
        self._heap: list[tuple[UtcNs, int, Callable[[], None]]] = []
        self._places = itertools.count()
        self._orders = itertools.count(rulebook.first_order)
        self._trades = itertools.count(rulebook.first_trade)
        self._newest_trade = rulebook.first_trade - 1
        self._blocks = itertools.count(rulebook.first_block)
        self._touched: dict[tuple[str, int], dict[int, Order]] = {}
        self._whole: set[tuple[str, int]] = set()
        self._printed: list[TradeRecord] = []
        self._states: list[StateRecord] = []
        self._listed: list[Contract] = []
        self._reports: list[tuple[OrderRecord | OwnTradeRecord, Answer | None]] = []
        self._list_first_contracts()
        participants.begin(self)
        self._commit()

    # Time

    def schedule(self, at: UtcNs, act: Callable[[], None]) -> None:
        """Has `act` called when virtual time reaches `at`; what it does is one event."""
        heapq.heappush(self._heap, (at, next(self._places), act))

    def advance(self, until: UtcNs) -> list[MarketEvent]:
        """Runs everything due up to and including `until`; returns what happened, in order."""
        events: list[MarketEvent] = []
        heap = self._heap
        while heap and heap[0][0] <= until:
            self.now, _, act = heapq.heappop(heap)
            act()
            event = self._commit()
            if event is not None:
                events.append(event)
            if self._reports:
                events += self._commit_reports()
        return events

    # What participants may do

    def next_order(self) -> int:
        """A fresh order identifier."""
        return next(self._orders) + self._beyond

    def insert(
        self,
        listing: Listing,
        side: Side,
        price: Price,
        quantity: Quantity,
        *,
        area: str,
        owner: str,
        rest: bool = True,
        identifier: int | None = None,
        display: Quantity | None = None,
        delta: int = 0,
    ) -> list[Fact]:
        """Enters an order now (see `OrderBook.insert`). Raises `OrderRefused`. The facts tell what became of it."""
        facts = listing.book.insert(
            side,
            price,
            quantity,
            area=area,
            owner=owner,
            at=self.now,
            rest=rest,
            identifier=identifier,
            display=display,
            delta=delta,
        )
        return self._happened(listing, facts)

    def cancel(self, listing: Listing, identifier: int) -> list[Fact]:
        """Takes an order out now. Raises `OrderRefused`."""
        return self._happened(listing, listing.book.cancel(identifier))

    def amend(self, listing: Listing, identifier: int, price: Price, quantity: Quantity) -> list[Fact]:
        """Changes an order now, with or without the loss of its place. Raises `OrderRefused`."""
        return self._happened(listing, listing.book.amend(identifier, price, quantity, self.now))

    def reduce(self, listing: Listing, identifier: int, total: Quantity) -> list[Fact]:
        """Leaves `total` of an order, in its place. Raises `OrderRefused`."""
        return self._happened(listing, listing.book.reduce(identifier, total))

    def report(self, report: OrderRecord | OwnTradeRecord, answers: Answer | None = None) -> None:
        """Tells the users something now, in an event of its own."""
        self._reports.append((report, answers))

    @property
    def newest_trade(self) -> int:
        """The identifier of the trade that was made last."""
        return self._newest_trade

    def revise_trade(self, identifier: int, state: str) -> None:
        """Gives a trade its next revision; a trade that was forgotten is let be."""
        trade = self.tape.trade(identifier)
        if trade is not None:
            revised = msgspec.structs.replace(trade, revision=trade.revision + 1, state=state)
            self._printed.append(revised)
            if self.watcher is not None:
                self.watcher.revised(revised)

    def print_earlier_trade(
        self, of: Contract, price: Price, quantity: Quantity, at: UtcNs, buy_area: str, sell_area: str
    ) -> None:
        """Puts a trade on the tape that was made before the market's start."""
        trade = TradeRecord(
            identifier=self._next_trade(),
            revision=self.rulebook.trade_states.first_revision,
            state=self.rulebook.trade_states.made,
            contract=of,
            price=price,
            quantity=quantity,
            at=at,
            buy_area=buy_area,
            sell_area=sell_area,
            buy_order=self.next_order(),
            sell_order=self.next_order(),
        )
        self.tape.print(trade, self._making, self.now)

    def freeze(self, listing: Listing, until: UtcNs) -> None:
        """Stops the trading of a contract for a while: its orders stay, and wait."""
        until = min(until, listing.contract.closes_at)
        self._change_state(listing, "Frozen", FROZEN, self.now, until)
        self.schedule(until, lambda: self._thaw(listing))

    def list_block(self, zone: Zone, delivery_start: UtcNs, delivery_end: UtcNs) -> Listing:
        """The block over these periods, which is listed now if nobody asked for it before."""
        product = self.rulebook.custom
        assert product is not None, "only where the rulebook has them"
        for listing in self.listings.values():
            of = listing.contract
            if of.product is product and (of.zone, of.delivery_start, of.delivery_end) == (
                zone,
                delivery_start,
                delivery_end,
            ):
                return listing
        name = product.naming(zone, delivery_start, delivery_end)
        return self._list(Contract(zone, product, next(self._blocks), name, delivery_start, delivery_end))

    # What there is

    def window(self, after: UtcNs) -> Iterator[Listing]:
        """Listings whose delivery begins after `after`, in the order they were listed."""
        return (listing for listing in self.listings.values() if listing.contract.delivery_start > after)

    def day_ahead(self, of: Contract, at: UtcNs) -> Price | None:
        """What the day-ahead auction paid, once that was known and where the scope tells it."""
        if not self.rulebook.tells_day_ahead or at < auctioned_at(of):
            return None
        return self._participants.day_ahead(of)

    # The calendar

    def _list_first_contracts(self) -> None:
        for of in self.rulebook.contracts_between(self.start, UtcNs(self.start + AHEAD)):
            self._list(of)
        self.schedule(UtcNs((self.start // QUARTER + 1) * QUARTER), self._list_due)

    def _list_due(self) -> None:
        until = UtcNs(self.now + AHEAD)
        for of in self.rulebook.contracts_between(UtcNs(until - QUARTER), until):
            self._list(of)
        self.schedule(UtcNs(self.now + QUARTER), self._list_due)

    def _list(self, of: Contract) -> Listing:
        listing = Listing(of, OrderBook(self.next_order), self._making)
        self.listings[of.key] = listing
        self._listed.append(of)
        self._whole.add(of.key)
        self._touched.setdefault(of.key, {})
        if self.now >= of.closes_at:
            self._change_state(listing, "Inactive", CLOSED, of.closes_at, of.delivery_start)
        elif self.now >= of.opens_at:
            self._open(listing)
        else:
            self._change_state(listing, of.product.waiting_state, CLOSED, of.listed_at, of.opens_at)
            self.schedule(of.opens_at, lambda: self._open(listing))
        self.schedule(UtcNs(of.delivery_start + FORGOTTEN_AFTER), lambda: self._forget(listing))
        if self.rulebook.tells_day_ahead and self.now < auctioned_at(of):
            self.schedule(auctioned_at(of), lambda: self._listed.append(of))
        return listing

    def _open(self, listing: Listing) -> None:
        of = listing.contract
        self._trade_on(listing)
        borders = of.borders_close_at
        if borders is not None and borders > self.now:
            self.schedule(borders, lambda: self._close_borders(listing))
        listing.book.load(self._participants.orders_at_opening(self, listing))
        self._whole.add(of.key)
        self._touched.setdefault(of.key, {})
        self.schedule(of.closes_at, lambda: self._close(listing))

    def _trade_on(self, listing: Listing) -> None:
        """Continuous trading, until the borders close or, if they have, the gate."""
        of = listing.contract
        since, until = of.opens_at, of.closes_at
        borders = of.borders_close_at
        if borders is not None and since < borders:
            since, until = (since, borders) if self.now < borders else (borders, until)
        self._change_state(listing, "Active", CONTINUOUS, since, until)

    def _close_borders(self, listing: Listing) -> None:
        """The contract is local from now on: same identifier, same orders, another type."""
        state = listing.state
        if listing.trading:
            self._trade_on(listing)
        else:  # frozen: it is told once more, as what it is now
            self._change_state(listing, state.state, state.phase, state.phase_start, state.phase_end)
        self._listed.append(listing.contract)

    def _thaw(self, listing: Listing) -> None:
        if listing.state.phase == FROZEN:
            self._trade_on(listing)

    def _close(self, listing: Listing) -> None:
        of = listing.contract
        self._change_state(listing, "Inactive", CLOSED, of.closes_at, of.delivery_start)
        self._happened(listing, listing.book.clear())
        self._participants.closed(of)
        if self.watcher is not None:
            self.watcher.closed(listing)

    def _forget(self, listing: Listing) -> None:
        del self.listings[listing.contract.key]
        self.tape.forget(listing.contract)
        self.ledger.forget(listing.contract)
        if self.watcher is not None:
            self.watcher.forgotten(listing)

    def _change_state(self, listing: Listing, state: str, phase: str, start: UtcNs, end: UtcNs) -> None:
        record = StateRecord(listing.contract, state, phase, start, end)
        self._states.append(record)
        listing.states.record(self._making, self.now, record)

    # From facts to events

    def _happened(self, listing: Listing, facts: list[Fact]) -> list[Fact]:
        touched = self._touched.setdefault(listing.contract.key, {})
        for fact in facts:
            if isinstance(fact, Matched):
                trade = self._trade(listing.contract, fact)
                self._printed.append(trade)
                if self.watcher is not None:
                    self.watcher.traded(listing, trade)
            else:
                if self.watcher is not None and isinstance(fact, SliceAdded):
                    self.watcher.refilled(listing, fact.order)
                order = fact.order
                left = listing.book.order(order.identifier)
                touched[order.identifier] = order.left_with(0) if left is None else left
        return facts

    @property
    def _beyond(self) -> int:
        return BIG_NUMBER if self.big_numbers else 0

    def _next_trade(self) -> int:
        self._newest_trade = next(self._trades) + self._beyond
        return self._newest_trade

    def _trade(self, of: Contract, matched: Matched) -> TradeRecord:
        return TradeRecord(
            identifier=self._next_trade(),
            revision=self.rulebook.trade_states.first_revision,
            state=self.rulebook.trade_states.made,
            contract=of,
            price=matched.price,
            quantity=matched.quantity,
            at=self.now,
            buy_area=matched.buy.area,
            sell_area=matched.sell.area,
            buy_order=matched.buy.identifier,
            sell_order=matched.sell.identifier,
        )

    def _commit(self) -> MarketEvent | None:
        """Makes one event of all that happened since the last, and records what holds from it on."""
        books = tuple(
            self._book_fact(self.listings[key], touched)
            for key, touched in self._touched.items()
            if touched or key in self._whole
        )
        figures = [(area, of) for of in self._listed for area in of.zone.areas]
        for trade in self._printed:
            changed = self.tape.print(trade, self._making, self.now)
            figures += [(area, trade.contract) for area in changed]
        event: MarketEvent | None = None
        if books or figures or self._printed or self._states or self._making == 0:
            event = MarketEvent(
                number=self._making,
                at=self.now,
                books=books,
                trades=tuple(self._printed),
                states=tuple(self._states),
                figures=tuple(dict.fromkeys(figures)),
            )
            self.number = self._making
            self._making += 1
        if self._touched:
            self._touched = {}
        self._whole.clear()
        self._printed.clear()
        self._states.clear()
        self._listed.clear()
        return event

    def _commit_reports(self) -> list[MarketEvent]:
        """Makes an event of each report, in order."""
        events: list[MarketEvent] = []
        for report, answers in self._reports:
            self.ledger.enter(self._making, report)
            events.append(MarketEvent(self._making, self.now, (), (), (), (), report, answers))
            self.number = self._making
            self._making += 1
        self._reports.clear()
        return events

    def _book_fact(self, listing: Listing, touched: dict[int, Order]) -> BookFact:
        book = listing.book
        listing.revision += 1
        listing.changed_at = self.now
        listing.books.record(self._making, self.now, book.state())
        whole = listing.contract.key in self._whole
        bids: list[Order] = book.orders(Side.BUY) if whole else []
        asks: list[Order] = book.orders(Side.SELL) if whole else []
        if not whole:
            for order in touched.values():
                (bids if order.side is Side.BUY else asks).append(order)
        return BookFact(listing.contract, listing.revision, self.now, whole, tuple(bids), tuple(asks))
