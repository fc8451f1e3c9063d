"""A market filled by hand, at a fixed time: what the gallery's widgets look at."""

import itertools
from collections.abc import Mapping

import msgspec

from protocols.market.commands import AmendOrder, CancelOrder, Command, Intent, PlaceOrder, PowerTerms
from protocols.market.events import (
    AnomalyNoticed,
    AreaState,
    AreaStateChanged,
    BookChanged,
    BookOrder,
    BookReplaced,
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    ContractListed,
    ContractLost,
    Feed,
    Freshness,
    InformationChanged,
    MarketInformation,
    PairListed,
    Quote,
    QuoteChanged,
    Trade,
    TradePrinted,
    TradeState,
)
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec, PowerContract
from protocols.market.order_events import (
    OrderDenied,
    OrderIntended,
    OrderReported,
    OwnTrade,
    OwnTradePrinted,
    RequestDoubted,
)
from protocols.market.orders import Order, OrderReport, VenueState, Verdict
from protocols.market.state import MarketState
from protocols.market.times import MINUTE, SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side, scaled_from_text
from widgets.frame_clock import FrameClock
from widgets.link_group import LinkGroup

VENUE = "EPEX M7"
AREA = "DE-AMPRION"
FX = "FX"
"""The area of currency pairs."""
NOON = utc_from_text("2026-11-21T11:00:00Z")
QUARTER = 15 * MINUTE
FIRST = UtcNs(NOON + 45 * MINUTE)
"""Delivery of the first contract."""
OPEN = 12
"""How many quarter-hours are listed; the first two are closed."""
LOOKED_AT = 4
CLOSES = 5 * MINUTE
"""How long before delivery trading ends."""

BIDS = {"72.10": "12.5", "72.08": "5", "72.05": "20", "72.00": "31.3", "71.95": "8", "71.90": "15", "71.80": "2.5"}
ASKS = {"72.15": "7.5", "72.18": "10", "72.20": "25", "72.30": "4.2", "72.35": "12", "72.50": "18", "72.75": "50"}
TRADES = (("72.12", "5"), ("72.15", "10"), ("72.10", "2.5"), ("72.08", "25"), ("72.15", "1"), ("72.18", "12"))
"""Prices and quantities, the oldest first; they go round."""
SPEC = InstrumentSpec(Price(scaled_from_text("0.01")), Quantity(scaled_from_text("0.1")), 2, 1, "EUR/MWh", "MW")

_FINAL = {VenueState.FILLED, VenueState.CANCELLED, VenueState.EXPIRED}


def price(text: str) -> Price:
    return Price(scaled_from_text(text))


def quantity(text: str) -> Quantity:
    return Quantity(scaled_from_text(text))


class Exhibit:
    """A market with its clock and link group. `fill` makes a trading day of it; without, nothing has come yet."""

    def __init__(self) -> None:
        self.market = MarketState(lambda client_id: client_id.startswith("0b"))
        self.monotonic = 1_000.0
        self.utc = int(NOON)
        self.clock = FrameClock(lambda: Instant(self.monotonic, UtcNs(self.utc)))
        self.group = LinkGroup(1)
        self.keys = [ContractKey(VENUE, AREA, f"{AREA}-{1022776 + number}") for number in range(OPEN)]
        self._numbers = itertools.count(1)

    @property
    def key(self) -> ContractKey:
        """The contract that the link group looks at."""
        return self.keys[LOOKED_AT]

    def beat(self, seconds: float = 0.0) -> None:
        self.monotonic += seconds
        self.utc += int(seconds * SECOND)
        self.clock.beat()

    def fill(self) -> "Exhibit":
        """Contracts, books, trades, figures and orders, all live, and a contract chosen."""
        self.connection(ConnectionStatus.LIVE)
        for feed in Feed:
            self.channel(feed)
        for number, key in enumerate(self.keys):
            self._contract(number, key)
        self.book()
        for minute in range(40, 0, -1):
            at, much = TRADES[minute % len(TRADES)]
            self.trade(at, much, at_minute=-minute)
        self.group.choose(self.key)
        self.beat(1.0)
        return self

    # The market

    def connection(self, status: ConnectionStatus, reason: str = "", name: str = VENUE) -> None:
        self.market.apply(ConnectionChanged(name, status, reason, self.clock.now))

    def channel(self, feed: Feed, freshness: Freshness = Freshness.LIVE, reason: str = "", area: str = AREA) -> None:
        self.market.apply(
            ChannelChanged(VENUE, f"{feed.name}:{area}", feed, area, "", freshness, reason, self.clock.now)
        )

    def relist(self, scope: str) -> None:
        """The contract that is looked at is one of another scope."""
        contract = msgspec.structs.replace(self.market.contracts[self.key], scope=scope)
        self.market.apply(ContractListed(contract))

    def all_channels(self, freshness: Freshness, reason: str) -> None:
        for feed in Feed:
            self.channel(feed, freshness, reason)
        self.beat(7.0)

    def book(self, bids: Mapping[str, str] = BIDS, asks: Mapping[str, str] = ASKS) -> None:
        event = BookReplaced(self._name(Feed.ORDER_BOOKS), self.key, _orders(bids, "b"), _orders(asks, "a"))
        self.market.apply(event)

    def levels(self, bids: Mapping[str, str] | None = None, asks: Mapping[str, str] | None = None) -> None:
        """Changes of the book; quantity 0 takes an order out."""
        event = BookChanged(self._name(Feed.ORDER_BOOKS), self.key, _orders(bids or {}, "b"), _orders(asks or {}, "a"))
        self.market.apply(event)

    def lose(self, feed: Feed, reason: str) -> None:
        self.market.apply(ContractLost(self._name(feed), feed, self.key, reason))

    def state(self, state: str = "Active", phase: str = "Continuous", key: ContractKey | None = None) -> None:
        key = key or self.key
        contract = self.market.contracts[key]
        row = AreaState(key, state, phase, None, UtcNs(contract.delivery_start - CLOSES))
        self.market.apply(AreaStateChanged(self._name(Feed.AREA_STATES), row))

    def trade(
        self, at: str, much: str, *, at_minute: int = 0, state: TradeState = TradeState.ACTIVE, name: str = ""
    ) -> str:
        """A public trade; its identifier, to be told again in a later revision."""
        revision = 2 if name else 1
        name = name or f"T{next(self._numbers)}"
        executed = UtcNs(self.utc + at_minute * MINUTE)
        told = Trade(VENUE, name, revision, price(at), quantity(much), state, state.value, executed, self.key, self.key)
        self.market.apply(TradePrinted(self._name(Feed.TRADES), told))
        return name

    def own_trade(self, number: int, side: Side, at: str, much: str, state: TradeState = TradeState.ACTIVE) -> None:
        key = self.keys[number]
        told = OwnTrade(
            VENUE, f"T{next(self._numbers)}", 1, side, key, price(at), quantity(much), state, state.value.capitalize(),
            UtcNs(self.utc), "74100", "",
        )  # fmt: skip
        self.market.apply(OwnTradePrinted(self._name(Feed.OWN_TRADES), told))

    def anomaly(self, kind: str, message: str) -> None:
        channel = self._name(Feed.ORDER_BOOKS)
        self.market.apply(AnomalyNoticed(VENUE, channel, kind, message, self.clock.now))

    def pair(self, symbol: str) -> ContractKey:
        """A currency pair that is listed, and not quoted; its key."""
        key = ContractKey(VENUE, FX, symbol)
        tick, decimals = ("0.001", 3) if symbol.endswith("JPY") else ("0.00001", 5)
        spec = InstrumentSpec(price(tick), quantity("1000"), decimals, 0, symbol[3:], symbol[:3])
        pip = Price(10 * spec.tick)
        pair = CurrencyPair(key, symbol, symbol[:3], symbol[3:], spec, pip, quantity("100000"), "EUR")
        self.market.apply(PairListed(pair))
        return key

    def quote(self, symbol: str, bid: str, ask: str) -> ContractKey:
        """A currency pair that is quoted, live; its key."""
        key = self.pair(symbol)
        told = Quote(
            key,
            price(bid),
            price(ask),
            UtcNs(self.utc),
            self.clock.now,
            price("1.0835"),
            price("1.0851"),
            price("1.0829"),
        )
        self.channel(Feed.QUOTES, area=FX)
        self.market.apply(QuoteChanged(f"{Feed.QUOTES.name}:{FX}", told))
        return key

    # Orders

    def placed(self, command: PlaceOrder) -> Order:
        """An order of ours that the venue holds."""
        client_id = f"0b61{next(self._numbers):04x}-6e55-41e8-b566-0800200c9a66"
        self.intend(command, client_id)
        return self.report(self._now(client_id))

    def intend(self, command: Command, client_id: str) -> Intent:
        """A request of ours that left."""
        intent = Intent(f"i{next(self._numbers)}", client_id, command, self.clock.now)
        self.market.apply(OrderIntended(intent))
        return intent

    def pending(self, side: Side, at: str, much: str, terms: PowerTerms | None = None, key: int = LOOKED_AT) -> Order:
        client_id = f"0b61{next(self._numbers):04x}-6e55-41e8-b566-0800200c9a66"
        self.intend(PlaceOrder(self.keys[key], side, quantity(much), price(at), terms or PowerTerms()), client_id)
        return self._now(client_id)

    def report(
        self, order: Order, state: VenueState = VenueState.ACTIVE, left: str | None = None, action: str = "AddedByUser"
    ) -> Order:
        known = order.version
        told = OrderReport(
            connection=VENUE, client_id=order.client_id, venue_id=f"741{order.client_id[4:8]}",
            revision=known.revision + 1 if known else 1, key=order.key, side=order.side, price=order.price,
            quantity=Quantity(0) if state is VenueState.FILLED else quantity(left) if left else order.remaining,
            initial=order.quantity, state=state, verdict=Verdict.NONE,
            venue_state=f"{'Inactive' if state in _FINAL else state.value.capitalize()}/{action}",
            terms=order.terms, by_user=action.endswith("ByUser"),
        )  # fmt: skip
        self.market.apply(OrderReported(self._name(Feed.OWN_ORDERS), told, False, self.clock.now))
        return self._now(order.client_id)

    def working(self, side: Side, at: str, much: str, left: str | None = None) -> Order:
        """In the book, behind what was at its price; partly filled where something is `left`."""
        order = self.report(self.pending(side, at, much))
        if left is not None:
            order = self.report(order, left=left, action="PartiallyExecuted")
        entry = BookOrder(order.venue_id or "", price(at), order.remaining, UtcNs(self.utc))
        bids, asks = ((entry,), ()) if side is Side.BUY else ((), (entry,))
        self.market.apply(BookChanged(self._name(Feed.ORDER_BOOKS), self.key, bids, asks))
        return order

    def hibernated(self, side: Side, at: str, much: str) -> Order:
        return self.report(self.pending(side, at, much), VenueState.HIBERNATED, action="DeactivatedByUser")

    def ended(self, side: Side, at: str, much: str, state: VenueState, action: str, key: int = LOOKED_AT) -> Order:
        return self.report(self.report(self.pending(side, at, much, key=key)), state, action=action)

    def in_doubt(self, side: Side, at: str, much: str, key: int = LOOKED_AT) -> Order:
        return self.doubt(self.pending(side, at, much, key=key).client_id)

    def doubt(self, client_id: str) -> Order:
        """Nothing was answered to what this order was asked."""
        order = self._now(client_id)
        assert order.intent_id is not None
        reason = "no answer within 10 s: the link may have been lost"
        self.market.apply(RequestDoubted(VENUE, client_id, order.intent_id, reason, self.clock.now))
        return self._now(client_id)

    def denied(self, side: Side, at: str, much: str) -> None:
        command = PlaceOrder(self.key, side, quantity(much), price(at))
        intent = Intent("denied", "0b61dead-6e55-41e8-b566-0800200c9a66", command, self.clock.now)
        self.market.apply(OrderDenied(intent, "price: 99.00 is more than 10 % beyond the market"))

    def rejected(self, side: Side, at: str, much: str) -> None:
        order = self.pending(side, at, much)
        told = OrderReport(
            VENUE, order.client_id, None, None, order.key, side, order.price, order.quantity, order.quantity,
            None, Verdict.REJECTED, "Rejected/AddedByUser", order.terms, reason="not enough trading limit",
        )  # fmt: skip
        self.market.apply(OrderReported(self._name(Feed.OWN_ORDERS), told, False, self.clock.now))

    def cancelling(self, order: Order) -> None:
        self.intend(CancelOrder(VENUE, order.client_id), order.client_id)

    def amending(self, order: Order) -> None:
        self.intend(AmendOrder(VENUE, order.client_id, price=order.price), order.client_id)

    # Within

    def _contract(self, number: int, key: ContractKey) -> None:
        start = UtcNs(FIRST + number * QUARTER)
        hour, quarter = divmod(int(start - NOON) // QUARTER, 4)
        name = f"{13 + hour}Q{quarter + 1}"
        contract = PowerContract(
            key, key.contract_id, name, "QuarterHour", "Local", start, UtcNs(start + QUARTER), SPEC
        )
        self.market.apply(ContractListed(contract))
        closed = number < 2
        self.state("Active", "Closed" if closed else "Continuous", key)
        middle = 70_00 + 35 * number
        bid, ask = (Price(ticks * SCALE // 100) for ticks in (middle - 4, middle + 3))
        one = quantity("5")
        bids, asks = (BookOrder(f"b{number}", bid, one),), (BookOrder(f"a{number}", ask, one),)
        if not closed:
            self.market.apply(BookReplaced(self._name(Feed.ORDER_BOOKS), key, bids, asks))
        figures = MarketInformation(
            key, last_price=bid, last_quantity=one, total_quantity=quantity(f"{120 + 17 * number}"),
            high=price("72.40"), low=price("71.85"), direction=("Up", "Down", "Unchanged")[number % 3],
            vwap=price("72.05"), day_ahead=price("69.80"),
        )  # fmt: skip
        if number == LOOKED_AT:
            figures = msgspec.structs.replace(figures, last_price=price("72.12"))
        self.market.apply(InformationChanged(self._name(Feed.MARKET_INFORMATION), figures))

    def _now(self, client_id: str) -> Order:
        order = self.market.blotter.get(VENUE, client_id)
        assert order is not None
        return order

    def _name(self, feed: Feed) -> str:
        return f"{feed.name}:{AREA}"


def _orders(levels: Mapping[str, str], side: str) -> tuple[BookOrder, ...]:
    """One order per price, entered before noon; identified by side and price."""
    return tuple(
        BookOrder(f"{side}{at}", price(at), quantity(much), UtcNs(NOON - 60 * MINUTE)) for at, much in levels.items()
    )
