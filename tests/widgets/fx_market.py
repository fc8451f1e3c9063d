"""A market with currency pairs, filled by hand: quotes, orders of ours and what becomes of them."""

import itertools

import msgspec

from protocols.acttrader import rules
from protocols.acttrader.messages import Dialect
from protocols.acttrader.settings import AREA, Settings
from protocols.market.commands import FxTerms, Intent, PlaceOrder
from protocols.market.events import (
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    Feed,
    Freshness,
    PairListed,
    Quote,
    QuoteChanged,
)
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair, Instrument, InstrumentSpec
from protocols.market.order_events import OrderIntended, OrderReported
from protocols.market.orders import Order, OrderReport, VenueState, Verdict
from protocols.market.state import MarketState
from protocols.market.values import Price, Quantity, Side
from tests.widgets.desk import Desk, price, quantity

FX = "FX"
EURUSD, EURJPY = (ContractKey(FX, AREA, symbol) for symbol in ("EURUSD", "EURJPY"))


def form_source(dialect: Dialect = Dialect.LATER, *extra: str):
    """The forms of a connection in this dialect."""
    settings = Settings(FX, "ws://127.0.0.1/orders", "700100", ("EURUSD", "EURJPY"), dialect, extra_tif=extra)

    def form_of(pair: Instrument) -> OrderForm | None:
        return rules.order_form(pair, settings) if isinstance(pair, CurrencyPair) else None

    return form_of


class FxMarket(Desk):
    """EURUSD at 1.05000 / 1.05020, live, with EURJPY beside it; EURUSD is chosen."""

    def __init__(self, quoted: bool = True) -> None:
        super().__init__()
        self.market = MarketState(lambda client_id: client_id.startswith("ours"))
        self._numbers = itertools.count(1)
        self.market.apply(ConnectionChanged(FX, ConnectionStatus.LIVE, "", self.clock.now))
        for key, tick, decimals in ((EURUSD, "0.00001", 5), (EURJPY, "0.001", 3)):
            symbol = key.contract_id
            spec = InstrumentSpec(price(tick), quantity("1000"), decimals, 0, symbol[3:], symbol[:3])
            pip = Price(10 * spec.tick)
            pair = CurrencyPair(key, symbol, symbol[:3], symbol[3:], spec, pip, quantity("100000"), "EUR")
            self.market.apply(PairListed(pair))
        if quoted:
            self.quotes()
            self.quote("1.05000", "1.05020")
        self.group.choose(EURUSD)

    def quotes(self, freshness: Freshness = Freshness.LIVE, reason: str = "") -> None:
        self.market.apply(ChannelChanged(FX, "quotes", Feed.QUOTES, AREA, "", freshness, reason, self.clock.now))

    def quote(self, bid: str, ask: str, key: ContractKey = EURUSD) -> None:
        self.market.apply(QuoteChanged("quotes", Quote(key, price(bid), price(ask), None, self.clock.now)))

    def working(self, kind: str = "LIMIT", at: str | None = "1.04", stop: str | None = None, **terms) -> Order:
        """An order of ours to buy 100000 that the venue holds."""
        known = FxTerms(kind, terms.pop("tif", "AON"), None if stop is None else price(stop), **terms)
        command = PlaceOrder(EURUSD, Side.BUY, quantity("100000"), None if at is None else price(at), known)
        number = next(self._numbers)
        self.market.apply(OrderIntended(Intent(f"i{number}", f"ours-{number}", command, self.clock.now)))
        return self.report(self.order(f"ours-{number}"))

    def report(self, order: Order, state: VenueState = VenueState.ACTIVE, left: str | None = None, **changes) -> Order:
        """The venue shows the order, with its price or terms otherwise where `changes` say so."""
        order = msgspec.structs.replace(order, **changes)
        remaining = order.remaining if left is None else quantity(left)
        told = OrderReport(
            connection=FX, client_id=order.client_id, venue_id=f"v{order.client_id}",
            revision=1 if order.version is None else order.version.revision + 1, key=order.key, side=order.side,
            price=order.price, quantity=Quantity(0) if state is VenueState.FILLED else remaining,
            initial=order.quantity, state=state, verdict=Verdict.NONE, venue_state=state.value, terms=order.terms,
            by_user=True,
        )  # fmt: skip
        self.market.apply(OrderReported("orders", told, False, self.clock.now))
        return self.order(order.client_id)

    def order(self, client_id: str) -> Order:
        order = self.market.blotter.get(FX, client_id)
        assert order is not None
        return order
