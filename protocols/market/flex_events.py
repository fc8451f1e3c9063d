"""Facts about a market of flexibility, in the past tense and frozen. What own orders do is in `order_events`."""

import msgspec

from protocols.market.flex import Delivery, Place
from protocols.market.instruments import ContractKey, FlexMarket
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price, Quantity, Side


class FlexMarketListed(msgspec.Struct, frozen=True):
    """A connection has a book of flexibility, or its description changed."""

    market: FlexMarket


class FlexBookOrder(msgspec.Struct, frozen=True, gc=False):
    """One resting order as the public book shows it, without identifier. `energy` is None where the venue said none."""

    side: Side
    price: Price
    power: Quantity
    energy: Quantity | None
    delivery: Delivery
    place: Place


class FlexFault(msgspec.Struct, frozen=True):
    """An order of a book that can't be read; without a `delivery` it may be of any window."""

    delivery: Delivery | None
    reason: str


class FlexBookReplaced(msgspec.Struct, frozen=True):
    """The whole book of a connection; what was known before is void. Orders stand as the venue sorted them, those of
    one price by time. With `faults` it is not whole."""

    channel: str
    key: ContractKey
    created_at: UtcNs
    orders: tuple[FlexBookOrder, ...]
    faults: tuple[FlexFault, ...]
    at: Instant


class FlexBookLost(msgspec.Struct, frozen=True):
    """The book can no longer be believed: a newer one came and could not be read. The next good one mends it."""

    channel: str
    key: ContractKey
    reason: str


class FlexTrade(msgspec.Struct, frozen=True, gc=False):
    """Two orders were matched. `closed_at` is None where the venue's text was not a sure time."""

    connection: str
    closed_at: UtcNs | None
    price: Price
    power: Quantity
    energy: Quantity | None
    delivery: Delivery
    place: Place
    received: Instant


class FlexExpiry(msgspec.Struct, frozen=True, gc=False):
    """An order left the book because its time was over. Nothing was traded."""

    connection: str
    expired_at: UtcNs | None
    price: Price
    power: Quantity
    energy: Quantity | None
    delivery: Delivery
    place: Place
    received: Instant


class FlexTradePrinted(msgspec.Struct, frozen=True):
    """The ticker told of a trade."""

    channel: str
    trade: FlexTrade


class FlexExpiryPrinted(msgspec.Struct, frozen=True):
    """The ticker told of an order that expired."""

    channel: str
    expiry: FlexExpiry


class FlexContract(msgspec.Struct, frozen=True):
    """What came of a matched order of ours, as one message told it. `status` is the venue's word for how far it is
    (`settlement_initiated`); `verification` and `settlement` are its finer words for either, or the same. All are as
    they came, and empty where this message has none.

    What the message leaves out is None or empty. `order_ids` are the venue's identifiers of the orders behind it,
    `raw` is the whole object as text.
    """

    connection: str
    identifier: str
    order_ids: tuple[str, ...]
    status: str
    verification: str
    settlement: str
    side: Side | None
    price: Price | None
    power: Quantity | None
    energy: Quantity | None
    delivery: Delivery | None
    told_at: UtcNs | None
    raw: str


class FlexContractReported(msgspec.Struct, frozen=True):
    """The venue reported on a contract of ours."""

    channel: str
    contract: FlexContract
    at: Instant


class FlexOrderTold(msgspec.Struct, frozen=True):
    """The venue's object about an order of ours, whole, as it came: fields that nobody knows here are in it."""

    connection: str
    client_id: str
    venue_id: str
    status: str
    raw: str
    at: Instant


class FlexOrderRefused(msgspec.Struct, frozen=True):
    """The venue found fault with an order, field by field: the name of the form's field (empty where it is of none) and
    the venue's words."""

    connection: str
    client_id: str
    problems: tuple[tuple[str, str], ...]
    at: Instant


class FlexCandidate(msgspec.Struct, frozen=True):
    """An order of the venue that belongs to no order known here and may be one of ours, as far as its updates tell.
    What they leave out is None or empty; `since` is when it was first told of, `raw` its latest object."""

    venue_id: str
    status: str
    expiry: UtcNs | None
    place: Place | None
    since: Instant
    raw: str


class FlexCandidatesChanged(msgspec.Struct, frozen=True):
    """Which of the venue's orders may be which of ours, by client identifier; replaces what was told before."""

    connection: str
    candidates: tuple[tuple[str, tuple[FlexCandidate, ...]], ...]


class FlexPonged(msgspec.Struct, frozen=True):
    """A channel's socket answered a ping: it is alive, though it may have nothing to tell."""

    connection: str
    channel: str
    at: Instant


FlexEvent = (
    FlexMarketListed
    | FlexBookReplaced
    | FlexBookLost
    | FlexTradePrinted
    | FlexExpiryPrinted
    | FlexContractReported
    | FlexOrderTold
    | FlexOrderRefused
    | FlexCandidatesChanged
    | FlexPonged
)
