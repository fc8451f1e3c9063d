"""What differs between the scopes of the venue, in one place: what is traded, by which rules, and in which words.

The engines (`market`, `office`, `flow`, `colleagues`) know no scope: each is given a rulebook. There are two, `m7` and
`npid`.
"""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from protocols.eznergy import messages
from protocols.market.times import UtcNs
from protocols.market.values import Price, Side
from protocols.practice.asks import Ask
from protocols.practice.contracts import QUARTER, Contract, Product, Zone, starts_between
from protocols.practice.listing import StateRecord
from protocols.practice.market_events import BookFact
from protocols.practice.own_orders import OrderRecord, OwnTradeRecord, Terms
from protocols.practice.trades import Figures, TradeRecord, TradeStates


class Actions(msgspec.Struct, frozen=True, kw_only=True):
    """What reports call the things that happen to an order (protocol page, 6)."""

    added: str
    modified: str
    deactivated: str
    deleted: str
    system_deleted: str
    expired: str
    partially_executed: str
    fully_executed: str
    slice_added: str


class OrderRules(Protocol):
    """How requests are read, and what they may ask (protocol page, 6 and 7)."""

    actions: Actions
    defaults: Terms
    """What holds where a creation says nothing."""
    one_at_a_time: bool
    """Whether a request is rejected while another for the same order is being done."""
    requests_per_second: int | None
    """Of one user; further ones are rejected."""

    def read(self, kind: str, area: str, order: messages.PrivateOrder) -> Ask:
        """One order of a batch. Raises `Malformed`."""
        ...

    def check_creation(self, ask: Ask) -> None:
        """What a creation must say, and must not. Raises `Refused`."""
        ...

    def terms_after(self, ask: Ask, before: Terms) -> Terms:
        """The terms with what the request says of them, unchecked."""
        ...

    def check_terms(self, terms: Terms, side: Side, quantity: int, state: str, now: UtcNs) -> None:
        """For a new order, or an order with new terms or a new quantity. Raises `Refused`."""
        ...

    def at_once(self, terms: Terms) -> bool:
        """Whether what is not executed as the order enters is deleted."""
        ...

    def whole(self, terms: Terms) -> bool:
        """Whether the order enters only if all of it is executed."""
        ...

    def nature(self, terms: Terms) -> object:
        """What of the terms can't change without the loss of the place in the queue."""
        ...

    def resting(self, ask: Ask) -> Ask:
        """The creation, of an ordinary limit order that stays for the session."""
        ...

    def block(self, ask: Ask) -> Ask | None:
        """The creation, of a block that its user defines and that stays for the session; None: there are none."""
        ...


class Words(Protocol):
    """What happened, as the wire tells it. `at` is when: contracts change."""

    def contract_area(self, area: str, of: Contract, at: UtcNs) -> messages.ContractArea: ...

    def order_id(self, identifier: int) -> messages.Identifier: ...

    def trade_order_id(self, identifier: int) -> messages.Identifier:
        """How a trade's side names the order."""
        ...

    def book(self, area: str, fact: BookFact, at: UtcNs) -> messages.PublicOrderBook: ...

    def phase(self, record: StateRecord) -> str:
        """The trading phase, where the scope tells one beside the state; else empty."""
        ...

    def trade(self, trade: TradeRecord, at: UtcNs) -> messages.PublicTrade: ...

    def state(self, area: str, record: StateRecord, at: UtcNs) -> messages.ContractAreaState: ...

    def information(
        self, area: str, of: Contract, figures: Figures, day_ahead: Price | None, at: UtcNs
    ) -> messages.MarketInformation: ...

    def order(self, record: OrderRecord) -> messages.PrivateOrder: ...

    def own_trade(self, record: OwnTradeRecord, at: UtcNs) -> messages.PrivateTrade: ...


class Rulebook(msgspec.Struct, frozen=True, kw_only=True):
    """One scope. `products` are those with a calendar of their own; `custom` is that of blocks users define."""

    scope: str
    zones: tuple[Zone, ...]
    products: tuple[Product, ...]
    channel_products: frozenset[str]
    """What a channel's name may say; some have no contracts."""
    custom: Product | None
    trade_states: TradeStates
    first_order: int
    first_trade: int
    first_block: int = 0
    histories: int = 0
    """How many past trades market information tells."""
    freezes: bool = False
    """Whether a contract can be frozen."""
    tells_day_ahead: bool = False
    """Whether market information has the price of the day-ahead auction."""
    orders: OrderRules
    words: Words

    @property
    def zone_of_area(self) -> dict[str, Zone]:
        return {area: zone for zone in self.zones for area in zone.areas}

    def contract(self, zone: Zone, product: Product, delivery_start: UtcNs) -> Contract:
        """The contract of a product whose delivery begins then."""
        delivery_end = UtcNs(delivery_start + product.length)
        return Contract(
            zone=zone,
            product=product,
            number=len(self.products) * (delivery_start // QUARTER) + self.products.index(product),
            name=product.naming(zone, delivery_start, delivery_end),
            delivery_start=delivery_start,
            delivery_end=delivery_end,
        )

    def contracts_between(self, after: UtcNs, until: UtcNs) -> Iterator[Contract]:
        """All contracts whose delivery begins in (after, until]."""
        for product in self.products:
            for delivery_start in starts_between(product, after, until):
                for zone in self.zones:
                    if not product.zones or zone.name in product.zones:
                        yield self.contract(zone, product, delivery_start)

    def neighbour(self, of: Contract, periods: int) -> tuple[str, int]:
        """The key of the same product's contract so many periods later."""
        return (of.zone.name, of.number + periods * len(self.products) * (of.product.length // QUARTER))
