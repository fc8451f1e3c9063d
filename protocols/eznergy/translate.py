"""Payloads of the public channels, turned into facts of the market. Sections 6 and 8 of the protocol page.

A fault is contained where it is: an entry that can't be read loses its own contract; a payload of which nothing can be
read, or a change that can't be told whom it concerns, raises `Unreadable` and costs the channel a new snapshot.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from protocols.eznergy import messages
from protocols.eznergy.channels import Channel
from protocols.eznergy.codec import Unreadable, decode_list, decode_one, split_list
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.dialects import Dialect
from protocols.eznergy.numbers import optional_price, optional_quantity, price_of, quantity_of
from protocols.eznergy.subscription import Message
from protocols.market.events import (
    AreaState,
    AreaStateChanged,
    BookChanged,
    BookOrder,
    BookReplaced,
    ContractLost,
    Event,
    InformationChanged,
    MarketInformation,
    PastTrade,
    Trade,
    TradePrinted,
    TradeState,
)
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderEvent
from protocols.market.times import Instant, TimeRefused, UtcNs, utc_from_text
from protocols.market.values import scaled_average

Notice = Callable[[str, str], None]
"""Told (kind, message) of what is odd but not wrong enough to refuse."""

Entry = TypeVar("Entry", bound=messages.Wire)


class Translated(msgspec.Struct):
    """What a message said: facts, and whether an entry in it was unreadable so that a new snapshot is called for."""

    events: list[Event | OrderEvent]
    unreadable: str = ""


class Translates(Protocol):
    """What turns a channel's whole messages into facts."""

    def translate(self, message: Message, now: Instant) -> Translated: ...


class _OnlyContract(messages.Wire):
    """What is left to read of a spoiled entry: whom it concerns."""

    contract_area: messages.ContractArea


class Translator(Generic[Entry]):
    """Turns one channel's messages into facts. Subclasses say how one entry reads."""

    kind: type[Entry]

    def __init__(
        self, channel: Channel, connection: str, contracts: ContractDirectory, notice: Notice, dialect: Dialect
    ) -> None:
        self._channel = channel
        self._connection = connection
        self._dialect = dialect
        self._contracts = contracts
        self._notice = notice
        self._known: set[ContractKey] = set()
        self._now = Instant(0.0, UtcNs(0))
        self._snapshot = False

    def translate(self, message: Message, now: Instant) -> Translated:
        """Facts of a whole message, in order. Raises `Unreadable` when it can't be told whom it concerns; then nothing
        of it was taken, and what was known of the channel's contracts is still known."""
        self._now = now
        result = Translated([])
        before = self._known
        self._snapshot = message.snapshot
        if message.snapshot:
            self._known = set()
        try:
            readable = self._translate_entries(message, result)
            if result.unreadable and message.snapshot and not readable:
                raise Unreadable(f"no entry of the snapshot can be read: {result.unreadable}")
        except Unreadable:
            self._known |= before
            raise
        if message.snapshot:
            for key in sorted(before - self._known):
                result.events.append(self._lost(key, "the venue's last snapshot does not list it"))
        return result

    def _translate_entries(self, message: Message, result: Translated) -> int:
        """Fills the result; returns how many entries were readable."""
        readable = 0
        for entry, fault in self._entries(message):
            try:
                if fault:
                    raise Unreadable(fault)
                facts = self._facts_of(entry)
                readable += 1
            except Unreadable as error:
                result.unreadable = str(error)
                facts = self._spoiled(entry, str(error))
            result.events.extend(facts)
        return readable

    def _facts_of(self, entry: Any) -> list[Event | OrderEvent]:
        """Facts of one entry of `kind`. Raises `Unreadable`."""
        raise NotImplementedError

    def _spoiled(self, entry: Any, fault: str) -> list[Event | OrderEvent]:
        """What is left to say when an entry can't be read: its contract is lost until the next good report.

        A snapshot is taken without an entry of which not even the contract can be told: what was known before and is
        missing now is lost by that alone. After a change like that nothing is sure: raises `Unreadable`.
        """
        area: messages.ContractArea | None = getattr(entry, "contract_area", None)  # own trades have one per side
        contract = None if area is None else self._contracts.find(area)
        if contract is None:
            if not self._snapshot:
                raise Unreadable(fault)
            self._notice("unreadable entry", fault)
            return []
        self._known.discard(contract.key)
        self._notice("unreadable entry", f"{contract.name} {contract.area}: {fault}")
        return [self._lost(contract.key, f"unreadable: {fault}")]

    def _entries(self, message: Message) -> Iterator[tuple[Any, str]]:
        """Each entry with what is wrong with it; a spoiled one is read as far as its contract."""
        for part in _lists_of(message):
            try:
                entries = decode_list(self.kind, part)
            except Unreadable:
                for raw in split_list(part):
                    yield self._salvaged(bytes(raw))
            else:
                for entry in entries:
                    yield entry, ""

    def _salvaged(self, json: bytes) -> tuple[Any, str]:
        try:
            return decode_one(self.kind, json), ""
        except Unreadable as error:
            try:
                return decode_one(_OnlyContract, json), str(error)
            except Unreadable:
                return None, str(error)

    def _trade_state(self, word: str) -> TradeState:
        state = self._dialect.trade_states.get(word, TradeState.UNRECOGNISED)
        if state is TradeState.UNRECOGNISED:
            self._notice("unrecognised trade state", word)
        return state

    def _lost(self, key: ContractKey, reason: str) -> ContractLost:
        return ContractLost(self._channel.urn, self._channel.feed, key, reason)

    def _time(self, field: str, text: str | None) -> UtcNs | None:
        """A time that may be missing. One that is not sure counts as missing, and is noticed with its text."""
        if text is None:
            return None
        try:
            return utc_from_text(text)
        except TimeRefused as error:
            self._notice("unsure time", f"{field}: {error}")
            return None


class OrderBooks(Translator[messages.PublicOrderBook]):
    """`public_order_books`: whole books and changes, order by order."""

    kind = messages.PublicOrderBook

    def __init__(
        self, channel: Channel, connection: str, contracts: ContractDirectory, notice: Notice, dialect: Dialect
    ) -> None:
        super().__init__(channel, connection, contracts, notice, dialect)
        self._revisions: dict[ContractKey, int] = {}

    def _facts_of(self, entry: messages.PublicOrderBook) -> list[Event | OrderEvent]:
        key = self._contracts.resolve(entry.contract_area).key
        bids = tuple(map(self._order, entry.buy_orders or ()))
        asks = tuple(map(self._order, entry.sell_orders or ()))
        revision = self._revision(key, entry)
        if not entry.is_delta:
            self._known.add(key)
            return [BookReplaced(self._channel.urn, key, bids, asks, revision)]
        if key not in self._known:
            return [self._lost(key, "a change came before the book")]
        return [BookChanged(self._channel.urn, key, bids, asks, revision)]

    def _order(self, order: messages.PublicOrder) -> BookOrder:
        return BookOrder(
            str(order.identifier),
            price_of("price", order.price),
            quantity_of("quantity", order.quantity),
            self._time("entryDate", order.entry_date),
        )

    def _revision(self, key: ContractKey, entry: messages.PublicOrderBook) -> int | None:
        """M7 counts a book's revisions, NPID gives the time of its update. Either may skip and neither goes back."""
        revision = entry.revision_number
        if revision is None:
            revision = self._time("updatedAt", entry.updated_at)
        if revision is None:
            return None
        before = self._revisions.get(key)
        if entry.is_delta and before is not None and revision < before:
            # A change of what no longer is: a straggler of an earlier subscription would look like this.
            raise Unreadable(f"a book's revision steps back: {entry.revision_number or entry.updated_at}")
        self._revisions[key] = revision
        return revision


class Trades(Translator[messages.PublicTrade]):
    """`public_trades`: each trade, and each later revision of one."""

    kind = messages.PublicTrade

    def _facts_of(self, entry: messages.PublicTrade) -> list[Event | OrderEvent]:
        buy, sell = self._key_of(entry.buy_contract_area), self._key_of(entry.sell_contract_area)
        if buy is None and sell is None:
            raise Unreadable("PublicTrade: neither side names a contract")
        trade = Trade(
            connection=self._connection,
            identifier=str(entry.identifier),
            revision=entry.revision_number,
            price=price_of("price", entry.price),
            quantity=quantity_of("quantity", entry.quantity),
            state=self._trade_state(entry.state),
            venue_state=entry.state,
            executed_at=self._time("execDate", entry.exec_date),
            buy=buy,
            sell=sell,
        )
        return [TradePrinted(self._channel.urn, trade)]

    def _key_of(self, area: messages.ContractArea | None) -> ContractKey | None:
        """The side's contract; one that can't be told does not cost the other side its trade."""
        try:
            return None if area is None else self._contracts.resolve(area, current=False).key
        except Unreadable as error:
            self._notice("unreadable side of a trade", f"{area.delivery_area if area else ''}: {error}")
            return None

    def _spoiled(self, entry: messages.PublicTrade | None, fault: str) -> list[Event | OrderEvent]:
        # A trade has no standing of its own to lose: the others are right without it.
        self._notice("unreadable trade", f"{entry.identifier if entry else 'of unknown identifier'}: {fault}")
        return []


class AreaStates(Translator[messages.ContractAreaState]):
    """`contract_area_states`."""

    kind = messages.ContractAreaState

    def _facts_of(self, entry: messages.ContractAreaState) -> list[Event | OrderEvent]:
        key = self._contracts.resolve(entry.contract_area).key
        self._known.add(key)
        state = AreaState(
            key=key,
            state=entry.state,
            phase=entry.trading_phase or "",
            phase_start=self._time("tradingPhaseStart", entry.trading_phase_start or entry.phase_start),
            phase_end=self._time("tradingPhaseEnd", entry.trading_phase_end or entry.phase_end),
            expires=self._time("expirationDate", entry.expiration_date),
            has_phases=self._dialect.has_phases,
        )
        return [AreaStateChanged(self._channel.urn, state)]


class Information(Translator[messages.MarketInformation]):
    """`market_information`. An absent value is absent, not 0."""

    kind = messages.MarketInformation

    def _facts_of(self, entry: messages.MarketInformation) -> list[Event | OrderEvent]:
        key = self._contracts.resolve(entry.contract_area).key
        self._known.add(key)
        information = MarketInformation(
            key=key,
            last_price=optional_price("lastTradedPrice", entry.last_traded_price),
            last_quantity=optional_quantity("lastTradedQuantity", entry.last_traded_quantity),
            last_at=self._time("lastTradedDate", entry.last_traded_date),
            total_quantity=optional_quantity("totalTradedQuantity", entry.total_traded_quantity),
            high=optional_price("highestTradedPrice", entry.highest_traded_price),
            low=optional_price("lowestTradedPrice", entry.lowest_traded_price),
            direction=entry.price_direction,
            vwap=optional_price("volumeWeightedAveragePrice", entry.volume_weighted_average_price, scaled_average),
            day_ahead=optional_price("dayAheadPrice", entry.day_ahead_price),
            past=tuple(map(self._past, entry.histories or ())),
        )
        return [InformationChanged(self._channel.urn, information)]

    def _past(self, trade: messages.PastTrade) -> PastTrade:
        return PastTrade(
            price=price_of("histories.price", trade.price),
            quantity=quantity_of("histories.quantity", trade.quantity),
            traded_at=self._time("histories.tradeDate", trade.trade_date),
            # Not said, it is a trade like any other.
            state=TradeState.ACTIVE if trade.state is None else self._trade_state(trade.state),
            venue_state=trade.state or "",
        )


def _lists_of(message: Message) -> list[bytes]:
    """The payloads to read. The page does not say whether a split list is split between entries, so that each part is
    a list of its own, or anywhere in its text: parts that are all whole JSON are lists, others are pieces of one.
    """
    if len(message.parts) == 1:
        return message.parts
    try:
        for part in message.parts:
            split_list(part)
    except Unreadable:
        return [b"".join(message.parts)]
    return message.parts
