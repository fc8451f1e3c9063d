"""A market with one open contract, and a desk that trades in it, for the tests of what leaves the desk."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import msgspec

from app.desk import Desk, Ordering, Step
from app.journal import Journal
from app.limits import shipped_limits
from protocols.market.commands import AmendOrder, Command, Intent, PlaceOrder, PowerTerms
from protocols.market.events import (
    AreaState,
    AreaStateChanged,
    BookOrder,
    BookReplaced,
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    ContractListed,
    Event,
    Feed,
    Freshness,
    InformationChanged,
    MarketInformation,
    TradeState,
)
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.order_events import (
    OrderDecided,
    OrderEvent,
    OrderIntended,
    OrderReported,
    OwnTrade,
    OwnTradePrinted,
)
from protocols.market.orders import Order, OrderReport, VenueState, Verdict
from protocols.market.times import MINUTE, Instant, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side, scaled_from_text
from protocols.session import Denied, Prepared
from tests.app.journal_files import rows
from tests.support.clock import VirtualClock

M7 = "EPEX M7"
KEY = ContractKey(M7, "DE-AMPRION", "DE-AMPRION-1")
NOW = Instant(1_000.0, utc_from_text("2026-11-21T11:30:00Z"))
SPEC = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE // 10), 2, 1, "EUR/MWh", "MW")
START = UtcNs(NOW.utc + 60 * MINUTE)
CONTRACT = PowerContract(KEY, "DE-AMPRION-1", "15Q4", "QuarterHour", "Local", START, UtcNs(START + 15 * MINUTE), SPEC)
ORDERS = "orders"


def price(text: str) -> Price:
    return Price(scaled_from_text(text))


def quantity(text: str) -> Quantity:
    return Quantity(scaled_from_text(text))


def place(side: Side = Side.BUY, size: str = "10", at: str = "38.40", terms: PowerTerms | None = None) -> PlaceOrder:
    return PlaceOrder(KEY, side, quantity(size), price(at), terms or PowerTerms())


def amend(client_id: str, size: str | None = None, at: str | None = None) -> AmendOrder:
    return AmendOrder(M7, client_id, None if size is None else quantity(size), None if at is None else price(at))


def channel(feed: Feed, freshness: Freshness = Freshness.LIVE, reason: str = "") -> ChannelChanged:
    return ChannelChanged(M7, feed.name, feed, KEY.area, "", freshness, reason, NOW)


def connection(status: ConnectionStatus, reason: str = "") -> ConnectionChanged:
    return ConnectionChanged(M7, status, reason, NOW)


def book(bid: str | None, ask: str | None) -> BookReplaced:
    bids, asks = (
        tuple(BookOrder(name, price(text), quantity("5")) for text in (at,) if text is not None)
        for name, at in (("b", bid), ("a", ask))
    )
    return BookReplaced(Feed.ORDER_BOOKS.name, KEY, bids, asks)


def phase(state: str = "Active", name: str = "Continuous", end: UtcNs | None = START) -> AreaStateChanged:
    return AreaStateChanged(Feed.AREA_STATES.name, AreaState(KEY, state, name, None, end))


def information(last: str | None = None, vwap: str | None = None, ahead: str | None = None) -> InformationChanged:
    last_price, average, day_ahead = (None if text is None else price(text) for text in (last, vwap, ahead))
    figures = MarketInformation(KEY, last_price=last_price, vwap=average, day_ahead=day_ahead)
    return InformationChanged(Feed.MARKET_INFORMATION.name, figures)


def market_open(bid: str | None = "38.20", ask: str | None = "38.60") -> list[Event | OrderEvent]:
    return [
        connection(ConnectionStatus.LIVE),
        *(channel(feed) for feed in Feed),
        ContractListed(CONTRACT),
        phase(),
        book(bid, ask),
    ]


def report(
    client_id: str,
    state: VenueState | None = VenueState.ACTIVE,
    *,
    verdict: Verdict = Verdict.NONE,
    side: Side = Side.BUY,
    at: str = "38.40",
    left: str = "10",
    initial: str | None = None,
    venue_id: str | None = None,
    revision: int | None = 1,
    terms: PowerTerms | None = None,
    by_user: bool = True,
    snapshot: bool = False,
    venue_state: str = "Active/AddedByUser",
) -> OrderReported:
    told = OrderReport(
        connection=M7,
        client_id=client_id,
        venue_id=venue_id or f"v-{client_id}",
        revision=revision,
        key=KEY,
        side=side,
        price=price(at),
        quantity=quantity(left),
        initial=quantity(initial or left),
        state=state,
        verdict=verdict,
        venue_state=venue_state,
        terms=terms or PowerTerms(),
        by_user=by_user,
    )
    return OrderReported(ORDERS, told, snapshot, NOW)


def working(client_id: str, side: Side = Side.BUY, left: str = "10", **more: object) -> list[Event | OrderEvent]:
    """An order of ours that the venue holds."""
    told = report(client_id, side=side, left=left, **more)  # type: ignore[arg-type]
    command = PlaceOrder(KEY, side, told.report.initial, told.report.price, told.report.terms)
    return [intended(command, client_id), told]


def intended(command: Command, client_id: str) -> OrderIntended:
    return OrderIntended(Intent(f"i-{client_id}-{type(command).__name__}", client_id, command, NOW))


def own_trade(side: Side, size: str, identifier: str = "t-1") -> OwnTradePrinted:
    trade = OwnTrade(
        M7, identifier, 1, side, KEY, price("38"), quantity(size), TradeState.ACTIVE, "Active", NOW.utc, "v-1"
    )
    return OwnTradePrinted(Feed.OWN_TRADES.name, trade)


class Venue:
    """An order entry that writes down what it is asked, and whether the journal had it by then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sent: list[Prepared] = []
        self.in_journal: list[bool] = []
        self.denies = ""
        self.says: Callable[[Command], Command] = lambda command: command
        self.then: Callable[[Prepared], None] = lambda prepared: None
        self.asked: list[str] = []
        self.not_asked: str | None = None
        self.heard: list[OrderDecided] = []
        self.decisions_in_journal: list[int] = []

    def prepare(self, intent: Intent) -> Prepared | Denied:
        if self.denies:
            return Denied(intent, self.denies)
        frame = msgspec.json.encode(intent.command)
        return Prepared(intent, self.says(intent.command), "market-1", intent.intent_id, frame)

    def commit(self, prepared: Prepared) -> None:
        kept = rows(self._folder, "SELECT intent_id FROM intents WHERE ended IS NULL")
        self.in_journal.append(prepared.intent.intent_id in [row["intent_id"] for row in kept])
        self.sent.append(prepared)
        self.then(prepared)

    def ask(self, connection: str, client_id: str) -> str | None:
        self.asked.append(client_id)
        return self.not_asked

    def decided(self, decision: OrderDecided) -> None:
        self.heard.append(decision)
        self.decisions_in_journal.append(len(rows(self._folder, "SELECT * FROM decisions")))


class Told:
    """What the desk tells the trader."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.alerts: list[str] = []

    def say(self, words: str) -> None:
        self.said.append(words)

    def alert(self, words: str) -> None:
        self.alerts.append(words)


class Trading:
    """A desk in an open market, on a journal in a folder."""

    def __init__(self, folder: Path, new_id: Callable[[], str] | None = None, session: str = "1") -> None:
        ids = (f"id-{session}-{number}" for number in count(1))
        self.folder = folder
        self.clock = VirtualClock(NOW.monotonic, NOW.utc)
        self.journal = Journal(folder, lambda text: text, busy_seconds=0.0)
        self.told = Told()
        self.desk = Desk(Ordering(self.journal, shipped_limits(), self.clock, new_id or (lambda: next(ids))), self.told)
        self.venue = Venue(folder)
        self.desk.add_orders(M7, self.venue)

    def open_market(self) -> "Trading":
        for event in market_open():
            self.desk.apply(event)
        return self

    def close(self) -> None:
        self.journal.close()

    def order(self, client_id: str | None = None) -> Order:
        known = self.desk.market.blotter.rows()
        return known[-1] if client_id is None else next(order for order in known if order.client_id == client_id)

    def placed(self) -> str:
        """A working order's client identifier."""
        taken = self.desk.submit(place())
        assert taken.step is Step.TAKEN and taken.intent is not None
        self.desk.apply(report(taken.intent.client_id))
        return taken.intent.client_id

    def outcomes(self, intent_id: str | None = None) -> list[tuple[str, str]]:
        told = rows(self.folder, "SELECT * FROM outcomes ORDER BY number")
        return [
            (str(row["kind"]), str(row["reason"])) for row in told if intent_id is None or row["intent_id"] == intent_id
        ]
