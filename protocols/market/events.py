"""Facts, in the past tense and frozen: what sessions tell the desk.

`gc=False` stands where there are hundreds of thousands of them and none can be part of a cycle: the garbage
collector then has nothing to visit.

Every fact of a channel names its `channel` (the venue's own name for it, unique within the connection), because a
book or a tape is as fresh as the channel that feeds it.
"""

import enum

import msgspec

from protocols.market.flex_events import FlexEvent
from protocols.market.instruments import ContractKey, CurrencyPair, PowerContract
from protocols.market.intervals import CandleQuery
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price, Quantity


class Freshness(enum.Enum):
    """How far what is shown may be believed. Only `LIVE` looks live."""

    LIVE = "live"
    STALE = "stale"
    """It was right once; the link or the channel that feeds it is broken."""
    RESYNCHRONISING = "resynchronising"
    """A new snapshot was asked for and is not there yet."""
    UNSYNCHRONISED = "unsynchronised"
    """There is no consistent state to show: never had a snapshot, or the venue contradicted itself."""


class Feed(enum.Enum):
    """What a channel carries."""

    ORDER_BOOKS = "order books"
    TRADES = "trades"
    AREA_STATES = "contract states"
    MARKET_INFORMATION = "market information"
    OWN_ORDERS = "own orders"
    OWN_TRADES = "own trades"
    TEST = "test events"
    """A venue's own exercise of the link; nothing of the market."""
    QUOTES = "quotes"
    TICKER = "ticker"
    """Trades and expired orders of a market of flexibility: none of them is on the tape of power."""


class ConnectionStatus(enum.Enum):
    """The word beside a connection's lamp."""

    LIVE = "live"
    RESYNCHRONISING = "resynchronising"
    DOWN = "down"
    OFF = "off"


class ConnectionChanged(msgspec.Struct, frozen=True):
    """A connection's status changed; `reason` says why in words for the trader, and is empty when all is well.

    With `wants_password` it stays as it is until somebody gives a password: there is none, or the venue refused it.
    """

    connection: str
    status: ConnectionStatus
    reason: str
    at: Instant
    wants_password: bool = False


class ChannelChanged(msgspec.Struct, frozen=True):
    """Everything that `channel` feeds has this freshness from now on. `product` is empty where it carries all.

    A channel that is `dropped` is not one of its connection's any more: the trader took it off. What it fed stays as
    it was, never live, and no feed is called stale on its account.
    """

    connection: str
    channel: str
    feed: Feed
    area: str
    product: str
    status: Freshness
    reason: str
    at: Instant
    dropped: bool = False


class ClockCompared(msgspec.Struct, frozen=True):
    """A venue told the time. Its clock is `offset_ns` nanoseconds ahead of this computer's; negative, it is behind.

    What a message takes on its way can't be told from a clock that is behind: the offset is too small by that much.
    """

    connection: str
    offset_ns: int
    at: Instant


class ContractListed(msgspec.Struct, frozen=True):
    """A contract was seen for the first time, or its description changed."""

    contract: PowerContract


class PairListed(msgspec.Struct, frozen=True):
    """A currency pair is traded on a connection, or its description changed."""

    pair: CurrencyPair


class BookOrder(msgspec.Struct, frozen=True, gc=False):
    """One resting order as the public book shows it. `entered` is None where the venue's text was not a sure time."""

    identifier: str
    price: Price
    quantity: Quantity
    entered: UtcNs | None = None


class BookReplaced(msgspec.Struct, frozen=True):
    """The whole book of a contract; what was known before is void."""

    channel: str
    key: ContractKey
    bids: tuple[BookOrder, ...]
    asks: tuple[BookOrder, ...]
    venue_revision: int | None = None


class BookChanged(msgspec.Struct, frozen=True):
    """Orders that were added or replaced, by identifier; quantity 0 removes (protocol page, section 6)."""

    channel: str
    key: ContractKey
    bids: tuple[BookOrder, ...]
    asks: tuple[BookOrder, ...]
    venue_revision: int | None = None


class ContractLost(msgspec.Struct, frozen=True):
    """What `feed` said of a contract can no longer be believed: a change came without a base, the venue's new
    snapshot leaves the contract out, or its entry could not be read. The next good report mends it."""

    channel: str
    feed: Feed
    key: ContractKey
    reason: str


class TradeState(enum.Enum):
    """What became of a trade; venues' finer words are kept in `Trade.venue_state`."""

    ACTIVE = "active"
    DISPUTED = "disputed"
    """A recall or cancellation was asked for and not decided; the trade still stands."""
    RECALLED = "recalled"
    CANCELLED = "cancelled"
    UNRECOGNISED = "unrecognised"

    @property
    def stands(self) -> bool:
        """Whether the trade counts: a recalled or cancelled one leaves VWAP and volume."""
        return self not in (TradeState.RECALLED, TradeState.CANCELLED)


class Trade(msgspec.Struct, frozen=True, gc=False):
    """A public trade. A later `revision` of the same identifier replaces the earlier one.

    Buyer and seller may sit in different areas: `buy` and `sell` name the contract in each, None where not told.
    `executed_at` is None where the venue's text was not a sure time.
    """

    connection: str
    identifier: str
    revision: int
    price: Price
    quantity: Quantity
    state: TradeState
    venue_state: str
    executed_at: UtcNs | None
    buy: ContractKey | None
    sell: ContractKey | None


class TradePrinted(msgspec.Struct, frozen=True):
    """A trade was reported, or a later revision of one."""

    channel: str
    trade: Trade


class AreaState(msgspec.Struct, frozen=True):
    """State and trading phase of a contract in an area, in the venue's words (`Active`, `Continuous`).

    `has_phases` is False for a venue that has states alone: `phase` is empty there, and its times are the state's.
    """

    key: ContractKey
    state: str
    phase: str
    phase_start: UtcNs | None
    phase_end: UtcNs | None
    expires: UtcNs | None = None
    has_phases: bool = True

    @property
    def open(self) -> bool:
        """Whether the contract is traded now. A word that is not known here is no yes."""
        return self.state == "Active" and (self.phase == "Continuous" or not self.has_phases)


class AreaStateChanged(msgspec.Struct, frozen=True):
    """A contract's state or phase was reported."""

    channel: str
    area_state: AreaState


class PastTrade(msgspec.Struct, frozen=True, gc=False):
    """A trade behind a contract's figures. It has no identifier: it can't be told which trade of the tape it is.

    `traded_at` is None where the venue's text was not a sure time, `venue_state` empty where it gave none.
    """

    price: Price
    quantity: Quantity
    traded_at: UtcNs | None
    state: TradeState
    venue_state: str = ""


class MarketInformation(msgspec.Struct, frozen=True):
    """A contract's day in figures. An absent value is absent, not 0."""

    key: ContractKey
    last_price: Price | None = None
    last_quantity: Quantity | None = None
    last_at: UtcNs | None = None
    total_quantity: Quantity | None = None
    high: Price | None = None
    low: Price | None = None
    direction: str | None = None
    """`Unchanged`, `Up` or `Down`, or another word of the venue's."""
    vwap: Price | None = None
    day_ahead: Price | None = None
    past: tuple[PastTrade, ...] = ()
    """Earlier trades, in the venue's order: also from before the tape began."""


class InformationChanged(msgspec.Struct, frozen=True):
    """A contract's figures were reported anew."""

    channel: str
    information: MarketInformation


class Quote(msgspec.Struct, frozen=True):
    """The best bid and ask of a pair as the venue quotes them, and its day. `at` by the venue's clock, `received` by
    ours. An absent value is absent, not 0."""

    key: ContractKey
    bid: Price | None
    ask: Price | None
    at: UtcNs | None
    received: Instant
    day_open: Price | None = None
    day_high: Price | None = None
    day_low: Price | None = None

    @property
    def mid(self) -> Price | None:
        """Halfway between bid and ask, rounded down to 1e-9; None without both."""
        return None if self.bid is None or self.ask is None else Price((self.bid + self.ask) // 2)


class QuoteChanged(msgspec.Struct, frozen=True):
    """A pair was quoted anew."""

    channel: str
    quote: Quote


class Candle(msgspec.Struct, frozen=True, gc=False):
    """A pair's prices over an interval that begins at `at`."""

    at: UtcNs
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity | None = None


class CandlesArrived(msgspec.Struct, frozen=True):
    """The answer to a question for candles, the oldest first, each beginning once. `problem` says in words why there
    are none; with `none_there` the venue has none then. One that is `waiting` is no answer yet: it will be asked again.
    """

    query: CandleQuery
    candles: tuple[Candle, ...]
    at: Instant
    problem: str = ""
    none_there: bool = False
    waiting: bool = False


class Unmatched(msgspec.Struct, frozen=True):
    """An execution that belongs to no order known here (yet): shown as it came, so that it is not lost. `recalled` when
    an earlier session was told of it, before a restart or with other settings: nobody but us remembers it."""

    connection: str
    venue_id: str
    client_id: str
    symbol: str
    side: str
    executed: str
    status: str
    at: Instant
    recalled: bool = False

    def says_the_same(self, other: "Unmatched") -> bool:
        """Whether both name the same order and say the same of it, whenever they came."""
        named = bool(self.venue_id or self.client_id)
        return named and msgspec.structs.replace(self, at=other.at, recalled=other.recalled) == other


class UnmatchedChanged(msgspec.Struct, frozen=True):
    """All executions that a connection's session can't match at present; replaces what it told before. What is missing
    was matched, but for those that were `given_up` for want of room."""

    connection: str
    executions: tuple[Unmatched, ...]
    given_up: tuple[Unmatched, ...] = ()


class UnmatchedRecalled(msgspec.Struct, frozen=True):
    """A connection's session begins. What earlier ones left unmatched is as it was; `dismissed` are those of it that a
    person has seen to."""

    connection: str
    executions: tuple[Unmatched, ...]
    dismissed: tuple[Unmatched, ...]


class UnmatchedExplained(msgspec.Struct, frozen=True):
    """The venue shows whose a recalled execution is, and that it counts."""

    execution: Unmatched


class UnmatchedDismissed(msgspec.Struct, frozen=True):
    """A person has seen to an execution that belongs to no order known here. It stays among the unmatched, which only
    evidence changes, but is not shown as waiting for anybody any more."""

    execution: Unmatched
    at: Instant


class AnomalyNoticed(msgspec.Struct, frozen=True):
    """Something a venue sent that could not be taken as it stood. `kind` groups repeats; `message` is for people."""

    connection: str
    channel: str | None
    kind: str
    message: str
    at: Instant


Event = (
    ConnectionChanged
    | ChannelChanged
    | ClockCompared
    | ContractListed
    | BookReplaced
    | BookChanged
    | ContractLost
    | TradePrinted
    | AreaStateChanged
    | InformationChanged
    | AnomalyNoticed
    | PairListed
    | QuoteChanged
    | CandlesArrived
    | UnmatchedChanged
    | UnmatchedRecalled
    | UnmatchedExplained
    | FlexEvent
    | UnmatchedDismissed
)
