"""A flexibility market filled by hand: books of several windows and places, the ticker, contracts of ours."""

from collections.abc import Sequence

from app.gallery.market import NOON, Exhibit, price, quantity
from protocols.market.commands import FlexTerms, Intent, PlaceOrder
from protocols.market.events import ChannelChanged, ConnectionStatus, Feed, Freshness
from protocols.market.flex import AREA, Coordinates, Delivery, Place
from protocols.market.flex_events import (
    FlexBookOrder,
    FlexBookReplaced,
    FlexContract,
    FlexContractReported,
    FlexExpiry,
    FlexExpiryPrinted,
    FlexMarketListed,
    FlexOrderTold,
    FlexPonged,
    FlexTrade,
    FlexTradePrinted,
)
from protocols.market.instruments import ContractKey, FlexMarket, InstrumentSpec, market_key, window_key
from protocols.market.order_events import OrderIntended, OrderReported, RequestDoubted
from protocols.market.orders import Order, OrderReport, VenueState, Verdict
from protocols.market.times import MINUTE, SECOND, UtcNs
from protocols.market.values import Side

FLEX = "GLocalFlex"
BOOK, TICKER, TRADE = "orderbook", "ticker", "trade"
SPEC = InstrumentSpec(price("0.001"), quantity("1"), 3, 0, "EUR/kWh", "W")
QUARTER = 15 * MINUTE
WINDOWS = tuple(
    Delivery(UtcNs(NOON + (4 + 4 * number) * QUARTER), UtcNs(NOON + (8 + 4 * number) * QUARTER)) for number in range(6)
)
"""Hours, the first an hour from noon."""

PLACES = (
    Place(("Hamburg-Altona",), "DE", Coordinates(53.55, 9.94)),
    Place(("Aachen-Nord", "Aachen-Mitte"), "DE", Coordinates(50.79, 6.09)),
    Place(("Helsinki-Kalasatama",), "FI", Coordinates(60.19, 24.98)),
    Place(("Grenoble-Est",), "FR", Coordinates(45.19, 5.76)),
    Place(("Luzern-Ebikon",), ""),
    Place((), "CZ"),
)
_BIDS = ("0.214", "0.212", "0.210", "0.205", "0.200", "0.195")
_ASKS = ("0.221", "0.224", "0.230", "0.235", "0.248", "0.260")
_POWERS = ("4500", "1200", "25000", "800", "11000", "3700", "150000")


def book_orders(windows: Sequence[Delivery] = WINDOWS) -> tuple[FlexBookOrder, ...]:
    """Several at each price, of different windows and places."""
    orders = []
    for side, prices in ((Side.BUY, _BIDS), (Side.SELL, _ASKS)):
        for rank, at in enumerate(prices):
            for number in range(len(prices) - rank + 1):
                pick = 5 * rank + 3 * number + (side is Side.SELL)
                window, place = windows[pick % len(windows)], PLACES[(pick + rank) % len(PLACES)]
                power = quantity(_POWERS[pick % len(_POWERS)])
                energy = power if pick % 3 else None
                orders.append(FlexBookOrder(side, price(at), power, energy, window, place))
    return tuple(orders)


class FlexDay:
    """Fills an exhibit's market with flexibility; its link group looks at a window of it."""

    def __init__(self, exhibit: Exhibit) -> None:
        self.exhibit = exhibit
        self.key = market_key(FLEX)
        exhibit.market.apply(FlexMarketListed(FlexMarket(self.key, SPEC)))
        exhibit.connection(ConnectionStatus.LIVE, name=FLEX)
        self.channels(Freshness.LIVE)
        exhibit.market.apply(FlexPonged(FLEX, BOOK, exhibit.clock.now))
        self.book(book_orders())

    def channels(self, freshness: Freshness, reason: str = "") -> None:
        for channel, feed in ((BOOK, Feed.ORDER_BOOKS), (TICKER, Feed.TICKER), (TRADE, Feed.OWN_ORDERS)):
            told = ChannelChanged(FLEX, channel, feed, AREA, "", freshness, reason, self.exhibit.clock.now)
            self.exhibit.market.apply(told)

    def book(self, orders: Sequence[FlexBookOrder]) -> None:
        now = self.exhibit.clock.now
        self.exhibit.market.apply(FlexBookReplaced(BOOK, self.key, now.utc, tuple(orders), (), now))

    def window(self, number: int) -> ContractKey:
        return window_key(FLEX, WINDOWS[number])

    def look_at(self, number: int | None) -> None:
        """A window, or all of them."""
        self.exhibit.group.choose(self.key if number is None else self.window(number))
        self.exhibit.beat(1.0)

    def trade(self, at: str, much: str, window: int = 0, place: int = 0, before: int = 0) -> None:
        now = self.exhibit.clock.now
        when = UtcNs(now.utc - before * SECOND)
        told = FlexTrade(FLEX, when, price(at), quantity(much), None, WINDOWS[window], PLACES[place], now)
        self.exhibit.market.apply(FlexTradePrinted(TICKER, told))

    def expiry(self, at: str, much: str, window: int = 0, place: int = 0, before: int = 0) -> None:
        now = self.exhibit.clock.now
        when = UtcNs(now.utc - before * SECOND)
        told = FlexExpiry(FLEX, when, price(at), quantity(much), None, WINDOWS[window], PLACES[place], now)
        self.exhibit.market.apply(FlexExpiryPrinted(TICKER, told))

    def ticker(self) -> None:
        """A morning of trades and expiries, the oldest first."""
        for number in range(14):
            at, much = (_BIDS + _ASKS)[5 * number % 12], _POWERS[3 * number % 7]
            tell = self.expiry if number % 3 == 1 else self.trade
            tell(at, much, number % len(WINDOWS), number % len(PLACES), 60 * (14 - number))
        self.exhibit.beat(1.0)

    def contract(
        self,
        identifier: str,
        *told: tuple[str, str, str],
        side: Side | None = Side.SELL,
        at: str = "0.221",
        much: str = "4500",
        window: int = 0,
        raw: str = "",
    ) -> None:
        """A contract and what was told of it: status, verification and settlement of each message."""
        for step, (status, verification, settlement) in enumerate(told):
            now = self.exhibit.clock.now
            raw_text = raw or f'{{"contract_id": "{identifier}", "status": "{status or verification or settlement}"}}'
            contract = FlexContract(
                FLEX, identifier, (f"order-{identifier}",), status, verification, settlement, side, price(at),
                quantity(much), None, WINDOWS[window], UtcNs(now.utc + step * SECOND), raw_text,
            )  # fmt: skip
            self.exhibit.market.apply(FlexContractReported(TRADE, contract, now))

    def lost(self, name: str, side: Side, at: str, much: str, window: int = 0) -> Order:
        """An order of ours whose answer was lost."""
        delivery, now = WINDOWS[window], self.exhibit.clock.now
        terms = FlexTerms(delivery, UtcNs(delivery.start - QUARTER), PLACES[0])
        command = PlaceOrder(self.window(window), side, quantity(much), price(at), terms)
        intent = Intent(f"intent-{name}", f"0b{name}", command, now)
        self.exhibit.market.apply(OrderIntended(intent))
        reason = "did not answer within 10 s; the order may have been taken"
        self.exhibit.market.apply(RequestDoubted(FLEX, intent.client_id, intent.intent_id, reason, now))
        order = self.exhibit.market.blotter.get(FLEX, intent.client_id)
        assert order is not None
        return order

    def order(self, name: str, side: Side, at: str, much: str, status: str, window: int = 0) -> None:
        """An order of ours that the venue has, with its own word for where it stands."""
        delivery = WINDOWS[window]
        terms = FlexTerms(delivery, UtcNs(delivery.start - QUARTER), PLACES[0])
        command = PlaceOrder(self.window(window), side, quantity(much), price(at), terms)
        client_id = f"0b{name}"
        now = self.exhibit.clock.now
        self.exhibit.market.apply(OrderIntended(Intent(f"intent-{name}", client_id, command, now)))
        report = OrderReport(
            FLEX, client_id, name, 1, command.key, side, price(at), quantity(much), quantity(much),
            VenueState.ACTIVE, Verdict.NONE, status, terms,
        )  # fmt: skip
        self.exhibit.market.apply(OrderReported(TRADE, report, False, now))
        raw = f'{{"order_id": "{name}", "status": "{status}"}}'
        self.exhibit.market.apply(FlexOrderTold(FLEX, client_id, name, status, raw, now))
