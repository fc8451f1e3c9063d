"""The order office: keeps the orders of the venue's users, does what they ask, and reports what becomes of them.

Protocol page, section 7. Everything happens inside an act that the market was asked to schedule, at its virtual time.
Reports go through `Market.report`, each as an event of its own.
"""

from functools import partial

from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity
from protocols.practice.answers import Ticket, Who, acknowledgement, rejection
from protocols.practice.listing import Listing
from protocols.practice.market import Answer, Market
from protocols.practice.matching import Order
from protocols.practice.own_orders import (
    ACTIVE,
    AT_ONCE,
    FILL_OR_KILL,
    HIBERNATED,
    INACTIVE,
    OwnOrder,
    OwnSide,
    OwnTradeRecord,
    Terms,
)
from protocols.practice.requests import (
    ACTIVATION,
    CANCELLATION,
    CREATION,
    DEACTIVATION,
    MODIFICATION,
    Ask,
    Refused,
    check_creation,
    check_price,
    check_quantity,
    check_terms,
    listing_named,
    terms_after,
)
from protocols.practice.trades import TradeRecord

MOST_CREATIONS = 500_000
"""Of one venue's life; further ones are rejected, since no client identifier may ever come twice."""

_BY_SYSTEM = "DeletedBySystem"

_Sides = tuple[OwnSide | None, OwnSide | None]


class Office:
    """All orders of all users. It watches the market for what becomes of them."""

    def __init__(self, market: Market) -> None:
        self._market = market
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

    def take(self, ask: Ask, who: Who, old_first: bool = False) -> Ticket:
        """Notes a request; from now on its client identifier is used."""
        first = ask.kind == CREATION and ask.client_id not in self._used
        if first and len(self._used) < MOST_CREATIONS:
            self._used.add(ask.client_id)
        return Ticket(ask, who, first, old_first)

    def acknowledge(self, ticket: Ticket, answers: Answer) -> None:
        """`Pending`, as asked, with the identifier and revision of the request."""
        order = self._by_client.get(ticket.ask.client_id)
        self._market.report(acknowledgement(self._market, ticket, order), answers)

    def settle(self, ticket: Ticket, answers: Answer | None) -> None:
        """Does what is asked, or rejects it."""
        try:
            self._acts[ticket.ask.kind](ticket, answers)
        except Refused as error:
            self.reject(ticket, str(error), answers)

    def reject(self, ticket: Ticket, reason: str, answers: Answer | None) -> None:
        """`Rejected`, with the values that were asked for and the identifier and revision of the request."""
        order = self._by_client.get(ticket.ask.client_id)
        self._market.report(rejection(self._market, ticket, order, reason), answers)

    def _create(self, ticket: Ticket, answers: Answer | None) -> None:
        ask, who, market = ticket.ask, ticket.who, self._market
        check_creation(ask)
        if not ticket.first:
            raise Refused("clientIdentifier: was used before")
        if ask.client_id not in self._used:
            raise Refused("too many orders")
        listing = listing_named(market, ask)
        self._check_open(listing)
        assert ask.side is not None and ask.price is not None  # noqa: PT018 -- for mypy; check_creation refuses without
        assert ask.quantity is not None and ask.state is not None  # noqa: PT018 -- as above
        check_price(ask.price)
        check_quantity(ask.quantity)
        terms = terms_after(ask, Terms())
        check_terms(terms, ask.side, ask.quantity, ask.state, market.now)
        order = OwnOrder(
            client_id=ask.client_id,
            owner=who.owner,
            ours=who.ours,
            listing=listing,
            area=ask.area,
            side=ask.side,
            identifier=market.next_order(),
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
        market.report(order.record("AddedByUser", market.now), answers)
        if order.state == ACTIVE:
            self._enter(order)

    def _modify(self, ticket: Ticket, answers: Answer | None) -> None:
        ask, order = ticket.ask, self._order_of(ticket)
        self._check_open(order.listing)
        price = order.price if ask.price is None else ask.price
        quantity = order.remaining if ask.quantity is None else ask.quantity
        terms = terms_after(ask, order.terms)
        if (price, quantity, terms) == (order.price, order.remaining, order.terms):
            raise Refused("nothing to change")
        check_price(price)
        check_quantity(quantity)
        bound = quantity if ask.display is not None else max(quantity, terms.display or 0)
        check_terms(terms, order.side, bound, order.state, self._market.now)
        same_nature = (terms.restriction, terms.display, terms.delta) == (
            order.terms.restriction,
            order.terms.display,
            order.terms.delta,
        )
        keeps_place = price == order.price and quantity <= order.remaining and same_nature
        if order.state == ACTIVE and not keeps_place:
            self._replace(order, price, quantity, terms, ticket.old_first, answers)
            return
        if order.state == ACTIVE and quantity < order.remaining:
            self._market.reduce(order.listing, order.identifier, quantity)
            order.shown = min(order.shown, quantity)
        elif order.state == HIBERNATED:
            order.shown = _shown(quantity, terms)
        # What was executed stays executed: `initial` less `remaining` is the same before and after.
        order.initial = Quantity(order.initial + quantity - order.remaining)
        order.price, order.remaining, order.terms = price, quantity, terms
        self._plan_expiry(order)
        self._revise(order, order.state, "ModifiedByUser", answers)

    def _replace(
        self, order: OwnOrder, price: Price, quantity: Quantity, terms: Terms, old_first: bool, answers: Answer | None
    ) -> None:
        """Another place in the queue: the old identifier ends, a new one begins with what is asked."""
        market = self._market
        market.cancel(order.listing, order.identifier)
        del self._working[order.identifier]
        order.revision += 1
        order.state = INACTIVE
        ended = order.record("AddedByUser", market.now)
        order.identifier, order.revision, order.state = market.next_order(), 1, ACTIVE
        order.price, order.remaining, order.initial, order.terms = price, quantity, quantity, terms
        order.shown = _shown(quantity, terms)
        order.entered = market.now
        begun = order.record("AddedByUser", market.now)
        for record in (ended, begun) if old_first else (begun, ended):
            market.report(record, answers)
        self._plan_expiry(order)
        self._enter(order)

    def _activate(self, ticket: Ticket, answers: Answer | None) -> None:
        order = self._order_of(ticket)
        self._check_open(order.listing)
        if order.state == ACTIVE:
            raise Refused("the order is active already")
        order.entered = self._market.now
        self._revise(order, ACTIVE, "ModifiedByUser", answers)
        self._enter(order)

    def _deactivate(self, ticket: Ticket, answers: Answer | None) -> None:
        order = self._order_of(ticket)
        if order.state == HIBERNATED:
            raise Refused("the order is hibernated already")
        self._withdraw(order)
        order.shown = _shown(order.remaining, order.terms)
        self._revise(order, HIBERNATED, "ModifiedByUser", answers)

    def _cancel(self, ticket: Ticket, answers: Answer | None) -> None:
        order = self._order_of(ticket)
        self._withdraw(order)
        self._revise(order, INACTIVE, "ModifiedByUser", answers)

    def _order_of(self, ticket: Ticket) -> OwnOrder:
        """The order that a request is about, if it may be. Raises `Refused`."""
        ask = ticket.ask
        order = self._by_client.get(ask.client_id)
        if order is None or order.area != ask.area:
            raise Refused("no such order in this area")
        if order.owner != ticket.who.owner:
            raise Refused("somebody else's order")
        if not order.alive:
            raise Refused("the order is over")
        if str(ask.identifier) != str(order.identifier):
            raise Refused("identifier: not the order's current one")
        if ask.revision != order.revision:
            raise Refused(f"revisionNumber: the order's is {order.revision}")
        return order

    @staticmethod
    def _check_open(listing: Listing) -> None:
        if not listing.trading:
            raise Refused("the contract is not in continuous trading")

    # In and out of the book

    def _enter(self, order: OwnOrder) -> None:
        """Into the book: trades as far as its price reaches; what is left rests, or ends if it may not."""
        terms, listing = order.terms, order.listing
        at_once = terms.restriction in AT_ONCE
        available = listing.book.available(order.side, order.price) if terms.restriction == FILL_OR_KILL else None
        self._working[order.identifier] = order
        if available is None or available >= order.remaining:
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
            self._revise(order, INACTIVE, _BY_SYSTEM, None)

    def _withdraw(self, order: OwnOrder) -> None:
        if order.state == ACTIVE:
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
            self._revise(order, INACTIVE, _BY_SYSTEM, None)

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
            self._revise(own, ACTIVE, "NewIcebergSliceAdded", None)

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
                self._revise(order, INACTIVE, _BY_SYSTEM, None)

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
            self._revise(order, ACTIVE, "PartiallyExecuted", None)
        else:
            del self._working[order.identifier]
            self._revise(order, INACTIVE, "FullyExecuted", None)

    def _tell_trade(self, trade: TradeRecord, sides: _Sides) -> None:
        """On the channel of every area in which the trade has a side of the user's; a colleague's is not told."""
        for area in dict.fromkeys(side.area for side in sides if side is not None):
            self._market.report(OwnTradeRecord(area=area, trade=trade, buy=sides[0], sell=sides[1]))


def _side(order: OwnOrder | None) -> OwnSide | None:
    return order.own_side() if order is not None and order.ours else None


def _shown(quantity: int, terms: Terms) -> Quantity:
    """What an order with so much left shows when it comes into the book."""
    return Quantity(quantity if terms.display is None else min(quantity, terms.display))
