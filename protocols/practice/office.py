"""The order office: keeps the orders of the venue's users, does what they ask, and reports what becomes of them.

Protocol page, section 7. Everything happens inside an act that the market was asked to schedule, at its virtual time.
Reports go through `Market.report`, each as an event of its own.
"""

import uuid
from collections import Counter
from functools import partial

import msgspec

from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity
from protocols.practice import codes
from protocols.practice.answers import Ticket, Who, acknowledgement, rejection
from protocols.practice.asks import ACTIVATION, CANCELLATION, CREATION, DEACTIVATION, MODIFICATION, Ask, Refused
from protocols.practice.checks import check_price, check_quantity
from protocols.practice.listing import Listing
from protocols.practice.market import Market
from protocols.practice.market_events import Answer
from protocols.practice.matching import Order
from protocols.practice.own_orders import ACTIVE, HIBERNATED, INACTIVE, OwnOrder, OwnSide, OwnTradeRecord, Terms
from protocols.practice.requests import block_named, listing_named
from protocols.practice.trades import TradeRecord

MOST_CREATIONS = 500_000
"""Of one venue's life; further ones are rejected, since no client identifier may ever come twice."""

_CLIENTS = uuid.UUID("0f6c2f0e-5d4c-4b2e-9f6a-2b1c7f0d9e55")
"""The name space of client identifiers that the venue gives, where it may be left out."""

_Sides = tuple[OwnSide | None, OwnSide | None]


class Office:
    """All orders of all users. It watches the market for what becomes of them."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._rules = market.rulebook.orders
        self._actions = self._rules.actions
        self._words = market.rulebook.words
        self._being_done: Counter[str] = Counter()
        self._by_client: dict[str, OwnOrder] = {}
        self._working: dict[int, OwnOrder] = {}
        self._of_contract: dict[tuple[str, int], list[OwnOrder]] = {}
        self._trades: dict[tuple[str, int], dict[int, _Sides]] = {}
        self._used: set[str] = set()
        self._entering: OwnOrder | None = None
        self._acts = {
            CREATION: self._create,
            MODIFICATION: self._modify,
            ACTIVATION: self._activate,
            DEACTIVATION: self._deactivate,
            CANCELLATION: self._cancel,
        }
        market.watcher = self

    def order(self, client_id: str) -> OwnOrder | None:
        """The order of that client identifier, alive or not."""
        return self._by_client.get(client_id)

    # Requests

    def take(self, ask: Ask, who: Who, *, old_first: bool = False, throttled: bool = False) -> Ticket:
        """Notes a request; from now on its client identifier is used. It must be settled, or rejected, once."""
        if ask.kind == CREATION and not ask.client_id:
            ask = msgspec.structs.replace(ask, client_id=str(uuid.uuid5(_CLIENTS, str(len(self._used)))))
        first = ask.kind == CREATION and ask.client_id not in self._used
        if first and len(self._used) < MOST_CREATIONS:
            self._used.add(ask.client_id)
        busy = self._rules.one_at_a_time and ask.client_id != "" and self._being_done[ask.client_id] > 0
        self._being_done[ask.client_id] += 1
        return Ticket(ask, who, first, busy, throttled, old_first)

    def acknowledge(self, ticket: Ticket, answers: Answer) -> None:
        """`Pending`, as asked, with the identifier and revision of the request."""
        order = self._by_client.get(ticket.ask.client_id)
        self._market.report(acknowledgement(self._market, ticket, order), answers)

    def settle(self, ticket: Ticket, answers: Answer | None) -> None:
        """Does what is asked, or rejects it."""
        try:
            self._check_askable(ticket)
            self._acts[ticket.ask.kind](ticket, answers)
        except Refused as error:
            self._report_rejection(ticket, error, answers)
        self._done(ticket)

    def reject(self, ticket: Ticket, why: Refused, answers: Answer | None) -> None:
        """`Rejected`, with the values that were asked for and the identifier and revision of the request."""
        self._report_rejection(ticket, why, answers)
        self._done(ticket)

    def _report_rejection(self, ticket: Ticket, why: Refused, answers: Answer | None) -> None:
        order = self._by_client.get(ticket.ask.client_id)
        self._market.report(rejection(self._market, ticket, order, why), answers)

    def _done(self, ticket: Ticket) -> None:
        client_id = ticket.ask.client_id
        self._being_done[client_id] -= 1
        if not self._being_done[client_id]:
            del self._being_done[client_id]

    @staticmethod
    def _check_askable(ticket: Ticket) -> None:
        if ticket.throttled:
            raise Refused("too many requests", codes.THROTTLED)
        if ticket.ask.unreadable is not None:
            code, reason = ticket.ask.unreadable
            raise Refused(reason, code)
        if ticket.busy:
            raise Refused("another request for this order is being done", codes.ITEM_PENDING)

    def _create(self, ticket: Ticket, answers: Answer | None) -> None:
        ask, who, market = ticket.ask, ticket.who, self._market
        self._rules.check_creation(ask)
        if not ticket.first:
            raise Refused("clientIdentifier: was used before", codes.ILLEGAL)
        if ask.client_id not in self._used:
            raise Refused("too many orders", codes.INTERNAL)
        terms = self._rules.terms_after(ask, self._rules.defaults)
        assert ask.side is not None and ask.price is not None  # noqa: PT018 -- for mypy; check_creation refuses without
        assert ask.quantity is not None and ask.state is not None  # noqa: PT018 -- as above
        check_price(ask.price)
        check_quantity(ask.quantity)
        self._rules.check_terms(terms, ask.side, ask.quantity, ask.state, market.now)
        listing = self._listing(ask, terms)
        self._check_open(listing)
        identifier = market.next_order()
        order = OwnOrder(
            client_id=ask.client_id,
            owner=who.owner,
            ours=who.ours,
            listing=listing,
            area=ask.area,
            side=ask.side,
            identifier=identifier,
            venue_id=self._words.order_id(identifier),
            price=ask.price,
            remaining=ask.quantity,
            shown=_shown(ask.quantity, terms),
            initial=ask.quantity,
            terms=terms,
            entered=market.now,
            state=ask.state,
        )
        self._by_client[order.client_id] = order
        self._of_contract.setdefault(listing.contract.key, []).append(order)
        self._plan_expiry(order)
        market.report(order.record(self._actions.added, market.now), answers)
        if order.state == ACTIVE:
            self._enter(order)

    def _modify(self, ticket: Ticket, answers: Answer | None) -> None:
        ask, order = ticket.ask, self._order_of(ticket)
        self._check_open(order.listing)
        price = order.price if ask.price is None else ask.price
        quantity = order.remaining if ask.quantity is None else ask.quantity
        terms = self._rules.terms_after(ask, order.terms)
        if (price, quantity, terms) == (order.price, order.remaining, order.terms):
            raise Refused("nothing to change", codes.ILLEGAL)
        if terms.type != order.terms.type:
            raise Refused("type: can't be changed", codes.ILLEGAL)
        check_price(price)
        check_quantity(quantity)
        bound = quantity if ask.display is not None else max(quantity, terms.display or 0)
        self._rules.check_terms(terms, order.side, bound, order.state, self._market.now)
        same_nature = self._rules.nature(terms) == self._rules.nature(order.terms)
        keeps_place = price == order.price and quantity <= order.remaining and same_nature
        if order.state == ACTIVE and not keeps_place:
            self._replace(order, price, quantity, terms, ticket.old_first, answers)
            return
        if order.state == ACTIVE and quantity < order.remaining:
            if not order.terms.block:
                self._market.reduce(order.listing, order.identifier, quantity)
            order.shown = min(order.shown, quantity)
        elif order.state == HIBERNATED:
            order.shown = _shown(quantity, terms)
        # What was executed stays executed: `initial` less `remaining` is the same before and after.
        order.initial = Quantity(order.initial + quantity - order.remaining)
        order.price, order.remaining, order.terms = price, quantity, terms
        self._plan_expiry(order)
        self._revise(order, order.state, self._actions.modified, answers)

    def _replace(
        self, order: OwnOrder, price: Price, quantity: Quantity, terms: Terms, old_first: bool, answers: Answer | None
    ) -> None:
        """Another place in the queue: the old identifier ends, a new one begins with what is asked."""
        market = self._market
        self._withdraw(order)
        order.revision += 1
        order.state = INACTIVE
        ended = order.record(self._actions.added, market.now)
        order.identifier, order.revision, order.state = market.next_order(), 1, ACTIVE
        order.venue_id = self._words.order_id(order.identifier)
        order.price, order.remaining, order.initial, order.terms = price, quantity, quantity, terms
        order.shown = _shown(quantity, terms)
        order.entered = market.now
        begun = order.record(self._actions.added, market.now)
        for record in (ended, begun) if old_first else (begun, ended):
            market.report(record, answers)
        self._plan_expiry(order)
        self._enter(order)

    def _activate(self, ticket: Ticket, answers: Answer | None) -> None:
        order = self._order_of(ticket)
        self._check_open(order.listing)
        if order.state == ACTIVE:
            raise Refused("the order is active already", codes.NOT_ALLOWED)
        order.entered = self._market.now
        self._revise(order, ACTIVE, self._actions.modified, answers)
        self._enter(order)

    def _deactivate(self, ticket: Ticket, answers: Answer | None) -> None:
        order = self._order_of(ticket)
        if order.state == HIBERNATED:
            raise Refused("the order is hibernated already", codes.NOT_ALLOWED)
        self._withdraw(order)
        order.shown = _shown(order.remaining, order.terms)
        self._revise(order, HIBERNATED, self._actions.modified, answers)

    def _cancel(self, ticket: Ticket, answers: Answer | None) -> None:
        order = self._order_of(ticket)
        self._withdraw(order)
        self._revise(order, INACTIVE, self._actions.modified, answers)

    def _order_of(self, ticket: Ticket) -> OwnOrder:
        """The order that a request is about, if it may be. Raises `Refused`."""
        ask = ticket.ask
        if not ask.client_id:
            raise Refused("clientIdentifier: missing", codes.MISSING)
        order = self._by_client.get(ask.client_id)
        if order is None or order.area != ask.area:
            raise Refused("no such order in this area", codes.NOT_FOUND)
        if order.owner != ticket.who.owner:
            raise Refused("somebody else's order", codes.NOT_ALLOWED)
        if not order.alive:
            raise Refused("the order is over", codes.NOT_FOUND)
        if str(ask.identifier) != str(order.venue_id):
            raise Refused("identifier: not the order's current one", codes.CONCURRENT)
        if ask.revision != order.revision:
            raise Refused(f"revisionNumber: the order's is {order.revision}", codes.CONCURRENT)
        return order

    def _listing(self, ask: Ask, terms: Terms) -> Listing:
        """The contract that a creation is for. Raises `Refused`."""
        listing = block_named(self._market, ask) if terms.block else listing_named(self._market, ask)
        if (listing.contract.product is self._market.rulebook.custom) is not terms.block:
            raise Refused("contractArea: blocks, and only they, are for contracts of several hours", codes.ILLEGAL)
        return listing

    @staticmethod
    def _check_open(listing: Listing) -> None:
        if not listing.trading:
            raise Refused("the contract is not in continuous trading", codes.NOT_ALLOWED)

    # In and out of the book

    def _enter(self, order: OwnOrder) -> None:
        """Into the book: trades as far as its price reaches; what is left rests, or ends if it may not. A block is not
        in any book: nobody else here trades them."""
        terms, listing = order.terms, order.listing
        at_once = self._rules.at_once(terms)
        available = listing.book.available(order.side, order.price) if self._rules.whole(terms) else None
        self._working[order.identifier] = order
        if not terms.block and (available is None or available >= order.remaining):
            self._entering = order
            self._market.insert(
                listing,
                order.side,
                order.price,
                order.remaining,
                area=order.area,
                owner=order.owner,
                rest=not at_once,
                identifier=order.identifier,
                display=terms.display,
                delta=terms.delta or 0,
            )
            self._entering = None
        if at_once and order.alive:
            del self._working[order.identifier]
            self._revise(order, INACTIVE, self._actions.system_deleted, None)

    def _withdraw(self, order: OwnOrder) -> None:
        if order.state == ACTIVE:
            if not order.terms.block:
                self._market.cancel(order.listing, order.identifier)
            del self._working[order.identifier]

    def _revise(self, order: OwnOrder, state: str, action: str, answers: Answer | None) -> None:
        order.state = state
        order.revision += 1
        self._market.report(order.record(action, self._market.now), answers)

    def _plan_expiry(self, order: OwnOrder) -> None:
        until = order.terms.validity_until
        if until is not None:
            self._market.schedule(until, partial(self._expire, order, until))

    def _expire(self, order: OwnOrder, until: UtcNs) -> None:
        if order.alive and order.terms.validity_until == until:
            self._withdraw(order)
            self._revise(order, INACTIVE, self._actions.expired, None)

    # What the market tells (`Watcher`)

    def traded(self, listing: Listing, trade: TradeRecord) -> None:
        """See `Watcher`."""
        buy, sell = self._working.get(trade.buy_order), self._working.get(trade.sell_order)
        if buy is None and sell is None:
            return
        sides = (_side(buy), _side(sell))
        for order in (buy, sell):
            if order is not None:
                self._execute(order, trade.quantity)
        self._trades.setdefault(listing.contract.key, {})[trade.identifier] = sides
        self._tell_trade(trade, sides)

    def refilled(self, listing: Listing, order: Order) -> None:
        """See `Watcher`."""
        own = self._working.get(order.identifier)
        if own is not None:
            own.price, own.shown, own.entered = order.price, order.quantity, order.entered
            self._revise(own, ACTIVE, self._actions.slice_added, None)

    def revised(self, trade: TradeRecord) -> None:
        """See `Watcher`."""
        sides = self._trades.get(trade.contract.key, {}).get(trade.identifier)
        if sides is not None:
            self._tell_trade(trade, sides)

    def closed(self, listing: Listing) -> None:
        """See `Watcher`."""
        for order in self._of_contract.get(listing.contract.key, ()):
            if order.alive:
                self._working.pop(order.identifier, None)
                self._revise(order, INACTIVE, self._actions.system_deleted, None)

    def forgotten(self, listing: Listing) -> None:
        """See `Watcher`."""
        key = listing.contract.key
        self._trades.pop(key, None)
        for order in self._of_contract.pop(key, ()):
            del self._by_client[order.client_id]

    def _execute(self, order: OwnOrder, quantity: Quantity) -> None:
        order.remaining = Quantity(order.remaining - quantity)
        if order is self._entering:
            order.shown = _shown(order.remaining, order.terms)
        else:
            order.shown = Quantity(order.shown - quantity)
        if order.remaining:
            self._revise(order, ACTIVE, self._actions.partially_executed, None)
        else:
            del self._working[order.identifier]
            self._revise(order, INACTIVE, self._actions.fully_executed, None)

    def _tell_trade(self, trade: TradeRecord, sides: _Sides) -> None:
        """On the channel of every area in which the trade has a side of the user's; a colleague's is not told."""
        for area in dict.fromkeys(side.area for side in sides if side is not None):
            self._market.report(OwnTradeRecord(area=area, trade=trade, buy=sides[0], sell=sides[1]))


def _side(order: OwnOrder | None) -> OwnSide | None:
    return order.own_side() if order is not None and order.ours else None


def _shown(quantity: int, terms: Terms) -> Quantity:
    """What an order with so much left shows when it comes into the book."""
    return Quantity(quantity if terms.display is None else min(quantity, terms.display))
