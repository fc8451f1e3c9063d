"""The market as the desk knows it: every fold, and how fresh each part is. Widgets read this and nothing else."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from protocols.market.blotter import Blotter
from protocols.market.book import Book
from protocols.market.candles import Candles, Series
from protocols.market.events import (
    AnomalyNoticed,
    AreaState,
    AreaStateChanged,
    BookChanged,
    BookReplaced,
    CandlesArrived,
    ChannelChanged,
    ClockCompared,
    ConnectionChanged,
    ConnectionStatus,
    ContractListed,
    ContractLost,
    Event,
    Feed,
    Freshness,
    InformationChanged,
    MarketInformation,
    PairListed,
    Quote,
    QuoteChanged,
    TradePrinted,
)
from protocols.market.executions import Executions
from protocols.market.flex_book import ALL, FlexFilter
from protocols.market.flex_events import (
    FlexBookLost,
    FlexBookReplaced,
    FlexCandidatesChanged,
    FlexContractReported,
    FlexExpiryPrinted,
    FlexMarketListed,
    FlexOrderRefused,
    FlexOrderTold,
    FlexPonged,
    FlexTradePrinted,
)
from protocols.market.flex_state import FlexState
from protocols.market.instruments import ContractKey, CurrencyPair, Instrument, PowerContract
from protocols.market.latest import Latest
from protocols.market.order_events import (
    OrderDecided,
    OrderDenied,
    OrderEvent,
    OrderIntended,
    OrderRecalled,
    OrderReported,
    OrdersListed,
    OwnExecuted,
    OwnExecutionsRecalled,
    OwnTradePrinted,
    RequestDoubted,
    RequestDropped,
)
from protocols.market.positions import Positions
from protocols.market.queues import Queues
from protocols.market.strays import Strays
from protocols.market.tape import Tape
from protocols.market.times import Instant, UtcNs

ANOMALIES_KEPT = 1_000
"""The newest anomalies; the oldest are forgotten first (the log file keeps them all)."""

_WORST_FIRST = (Freshness.UNSYNCHRONISED, Freshness.RESYNCHRONISING, Freshness.STALE, Freshness.LIVE)


class ConnectionView(msgspec.Struct):
    """What is known of a connection: its status, why, and since when; and whether it waits for a password."""

    name: str
    status: ConnectionStatus = ConnectionStatus.OFF
    reason: str = ""
    since: Instant | None = None
    wants_password: bool = False


class ChannelView(msgspec.Struct):
    """What is known of a channel. One that is `dropped` is not subscribed to any more, at the trader's wish."""

    connection: str
    channel: str
    feed: Feed
    area: str
    product: str
    status: Freshness
    reason: str
    since: Instant
    dropped: bool = False


class Standing(msgspec.Struct, frozen=True):
    """How fresh something on screen is, and why, in words; `reason` is empty when it is live."""

    freshness: Freshness
    reason: str = ""

    @property
    def live(self) -> bool:
        return self.freshness is Freshness.LIVE


LIVE = Standing(Freshness.LIVE)
NEVER_SEEN = Standing(Freshness.UNSYNCHRONISED, "nothing received yet")


class MarketState:
    """Folds every event. Each part carries a revision; `revision` counts all events.

    A painter remembers the revisions it painted and paints again when one moved: a burst costs folds, not paints.
    `is_ours` tells our orders by client identifier; without it none is. `sent_at` knows when those of before a restart
    were sent.
    """

    def __init__(
        self,
        is_ours: Callable[[str], bool] = lambda client_id: False,
        sent_at: Callable[[str], UtcNs | None] = lambda client_id: None,
    ) -> None:
        self.revision = 0
        self.status_revision = 0
        """Moves with every connection's and channel's status: whatever shows freshness watches it."""
        self.contracts_revision = 0
        self.connections: dict[str, ConnectionView] = {}
        self.channels: dict[tuple[str, str], ChannelView] = {}
        self.clocks: dict[str, ClockCompared] = {}
        """The latest comparison of each connection that told the time."""
        self.contracts: dict[ContractKey, PowerContract] = {}
        self.pairs: dict[ContractKey, CurrencyPair] = {}
        self.books: dict[ContractKey, Book] = {}
        self.tape = Tape()
        self.area_states: Latest[AreaState] = Latest()
        self.information: Latest[MarketInformation] = Latest()
        self.quotes: Latest[Quote] = Latest()
        self.candles = Candles()
        self._unbuilt: set[ContractKey] = set()
        """Pairs whose newest quote is in no candle yet: whether it came too late is told right after it."""
        self.blotter = Blotter(is_ours, sent_at)
        self.queues = Queues(self.blotter, self.tape, self._trades_live)
        self.strays = Strays()
        self.positions = Positions()
        self.flex = FlexState()
        self.executions = Executions()
        self.anomalies: deque[AnomalyNoticed] = deque(maxlen=ANOMALIES_KEPT)
        self.anomalies_seen = 0
        self._folds: dict[type[Any], Callable[[Any], object]] = {
            ConnectionChanged: self._connection_changed,
            ChannelChanged: self._channel_changed,
            ClockCompared: self._clock_compared,
            ContractListed: self._contract_listed,
            BookReplaced: self._book_event,
            BookChanged: self._book_event,
            ContractLost: self._contract_lost,
            TradePrinted: self._trade_printed,
            AreaStateChanged: self._area_state_changed,
            InformationChanged: self._information_changed,
            AnomalyNoticed: self._anomaly_noticed,
            PairListed: self._pair_listed,
            QuoteChanged: self._quote_changed,
            CandlesArrived: self._candles_arrived,
            FlexMarketListed: self._flex_market_listed,
            FlexBookReplaced: self.flex.apply,
            FlexBookLost: self.flex.apply,
            FlexTradePrinted: self.flex.apply,
            FlexExpiryPrinted: self.flex.apply,
            FlexContractReported: self.flex.apply,
            FlexOrderTold: self.flex.apply,
            FlexOrderRefused: self.flex.apply,
            FlexCandidatesChanged: self.flex.apply,
            FlexPonged: self.flex.apply,
            OrderIntended: self.blotter.apply,
            OrderDenied: self.blotter.apply,
            RequestDropped: self.blotter.apply,
            RequestDoubted: self.blotter.apply,
            OrderDecided: self.blotter.apply,
            OrderRecalled: self.blotter.apply,
            OrdersListed: _no_fold,
            OrderReported: self._order_reported,
            OwnTradePrinted: self.positions.apply,
            OwnExecuted: self.executions.apply,
            OwnExecutionsRecalled: self.executions.recall,
            **self.strays.folds,
        }

    def apply(self, event: Event | OrderEvent) -> None:
        """Folds one event."""
        self.revision += 1
        self._folds[type(event)](event)

    def instrument(self, key: ContractKey | None) -> Instrument | None:
        """What was said of a contract, a pair or a book of flexibility; None before anything was."""
        if key is None:
            return None
        return self.contracts.get(key) or self.pairs.get(key) or self.flex.instrument(key)

    def candles_of(self, key: ContractKey, interval: str) -> Series | None:
        """A pair's candles with all that was quoted live so far; None before the venue was asked for them."""
        self._build_candles(key)
        return self.candles.of(key, interval)

    # What time is it there?

    def clock_offset(self, connection: str) -> int | None:
        """Nanoseconds by which the venue's clock is ahead of this computer's; None where it never told the time."""
        compared = self.clocks.get(connection)
        return None if compared is None else compared.offset_ns

    def venue_now(self, connection: str, now: Instant) -> UtcNs:
        """The time on the venue's clock, by which it opens and closes its contracts; ours until it told its own."""
        return UtcNs(now.utc + (self.clock_offset(connection) or 0))

    # How fresh is it?

    def book_standing(self, key: ContractKey) -> Standing:
        """Live only when the book is consistent, not crossed, and its channel is live."""
        book = self.books.get(key)
        if book is None:
            return NEVER_SEEN
        standing = self._channel_standing(key.connection, book.channel)
        if book.fault is not None:
            return Standing(Freshness.UNSYNCHRONISED, book.fault)
        if standing.live and book.crossed:
            return Standing(Freshness.UNSYNCHRONISED, "crossed: the best bid reaches the best ask")
        return standing

    def flex_standing(self, connection: str, chosen: FlexFilter = ALL) -> Standing:
        """Live only when what the filter shows of a connection's flexibility book is whole, and its channel live."""
        book = self.flex.books.get(connection)
        if book is None:
            return NEVER_SEEN
        fault = book.fault_of(chosen)
        if fault is not None:
            return Standing(Freshness.UNSYNCHRONISED, fault)
        return self._channel_standing(connection, book.channel)

    def area_state_standing(self, key: ContractKey) -> Standing:
        return self._row_standing(self.area_states, key)

    def information_standing(self, key: ContractKey) -> Standing:
        return self._row_standing(self.information, key)

    def quote_standing(self, key: ContractKey) -> Standing:
        """Live only when the pair was quoted since the connection's last reconnect, both ways and not crossed."""
        standing = self._row_standing(self.quotes, key)
        quote = self.quotes.get(key)
        if not standing.live or quote is None:
            return standing
        if quote.bid is None or quote.ask is None:
            return Standing(Freshness.UNSYNCHRONISED, "one-sided: the venue quotes no bid or no ask")
        if quote.bid > quote.ask:
            return Standing(Freshness.UNSYNCHRONISED, "crossed: the bid is above the ask")
        return standing

    def feed_standing(self, feed: Feed, keys: Iterable[tuple[str, str]] | None = None) -> Standing:
        """The worst standing of the channels of a feed, in all or in the given (connection, area) pairs. Channels
        that were dropped count where there are no others."""
        wanted = None if keys is None else set(keys)
        found = [
            view
            for view in self.channels.values()
            if view.feed is feed and (wanted is None or (view.connection, view.area) in wanted)
        ]
        views = [view for view in found if not view.dropped] or found
        if not views:
            return NEVER_SEEN
        worst = min(views, key=lambda view: _WORST_FIRST.index(view.status))
        return Standing(worst.status, worst.reason)

    def _channel_standing(self, connection: str, channel: str | None) -> Standing:
        view = self.channels.get((connection, channel or ""))
        if view is None:
            return NEVER_SEEN
        return LIVE if view.status is Freshness.LIVE else Standing(view.status, view.reason)

    def _row_standing(self, rows: Latest[Any], key: ContractKey) -> Standing:
        if rows.get(key) is None:
            return NEVER_SEEN
        fault = rows.fault_of(key)
        if fault is not None:
            return Standing(Freshness.UNSYNCHRONISED, fault)
        return self._channel_standing(key.connection, rows.channel_of(key))

    # Folds

    def _connection_changed(self, event: ConnectionChanged) -> None:
        known = self.connections.get(event.connection)
        since = known.since if known is not None and known.status is event.status else event.at
        self.connections[event.connection] = ConnectionView(
            event.connection, event.status, event.reason, since, event.wants_password
        )
        self.status_revision += 1

    def _channel_changed(self, event: ChannelChanged) -> None:
        known = self.channels.get((event.connection, event.channel))
        self.channels[event.connection, event.channel] = ChannelView(
            event.connection,
            event.channel,
            event.feed,
            event.area,
            event.product,
            event.status,
            event.reason,
            # A new reason for the same status does not make it any younger.
            known.since if known is not None and known.status is event.status else event.at,
            event.dropped,
        )
        self.status_revision += 1

    def _clock_compared(self, event: ClockCompared) -> None:
        self.clocks[event.connection] = event

    def _contract_listed(self, event: ContractListed) -> None:
        self.contracts[event.contract.key] = event.contract
        self.contracts_revision += 1

    def _book_event(self, event: BookReplaced | BookChanged) -> None:
        book = self.books.get(event.key)
        if book is None:
            book = self.books[event.key] = Book(event.key, event.channel)
        book.apply(event)
        self.queues.book_applied(book, event)

    def _trade_printed(self, event: TradePrinted) -> None:
        self.tape.apply(event)
        self.queues.trade_printed(event.trade)

    def _trades_live(self, key: ContractKey) -> bool:
        return self.feed_standing(Feed.TRADES, [(key.connection, key.area)]).live

    def _order_reported(self, event: OrderReported) -> None:
        self.blotter.apply(event)
        book = self.books.get(event.report.key)
        if book is not None:
            self.queues.book_applied(book)

    def _contract_lost(self, event: ContractLost) -> None:
        match event.feed:
            case Feed.ORDER_BOOKS:
                book = self.books.get(event.key)
                if book is None:
                    book = self.books[event.key] = Book(event.key, event.channel)
                book.apply(event)
            case Feed.AREA_STATES:
                self.area_states.lose(event.key, event.reason)
            case Feed.MARKET_INFORMATION:
                self.information.lose(event.key, event.reason)
            case Feed.QUOTES:
                self.quotes.lose(event.key, event.reason)
            case Feed.TRADES | Feed.TICKER | Feed.OWN_ORDERS | Feed.OWN_TRADES:
                pass  # a trade or an order that was reported stays reported

    def _area_state_changed(self, event: AreaStateChanged) -> None:
        self.area_states.put(event.area_state.key, event.area_state, event.channel)

    def _information_changed(self, event: InformationChanged) -> None:
        self.information.put(event.information.key, event.information, event.channel)

    def _pair_listed(self, event: PairListed) -> None:
        self.pairs[event.pair.key] = event.pair
        self.contracts_revision += 1

    def _quote_changed(self, event: QuoteChanged) -> None:
        key = event.quote.key
        self._build_candles(key)
        self.quotes.put(key, event.quote, event.channel)
        self._unbuilt.add(key)

    def _candles_arrived(self, event: CandlesArrived) -> None:
        self._build_candles(event.query.key)  # what was quoted before the answer is in it already
        self.candles.take(event)

    def _build_candles(self, key: ContractKey) -> None:
        """From the newest quote, unless it was taken back or is not live: no stale quote gets into a candle."""
        if key not in self._unbuilt:
            return
        self._unbuilt.discard(key)
        quote = self.quotes.get(key)
        if quote is not None and quote.bid is not None and self.quote_standing(key).live:
            self.candles.build(key, quote.bid, quote.received.utc if quote.at is None else quote.at)

    def _flex_market_listed(self, event: FlexMarketListed) -> None:
        self.flex.apply(event)
        self.contracts_revision += 1

    def _anomaly_noticed(self, event: AnomalyNoticed) -> None:
        self.anomalies.append(event)
        self.anomalies_seen += 1


def _no_fold(event: OrdersListed) -> None:
    """What the list said came as reports; this one is told to the trader."""
