"""The wire structs of the ActTrader order protocol and of its chart service, both ways, for both dialects.

One struct holds what either dialect may carry; what is absent is left out. Numbers are `Decimal` (exact), times and
enums the venue's text (an unknown value must pass), identifiers number or text. The protocol page names every field.
"""

import enum
from decimal import Decimal

import msgspec


class Dialect(enum.Enum):
    """Which state of the vendor's protocol a connection speaks: configured, never sniffed from traffic."""

    SEED = "seed"
    LATER = "later"


NEW_ORDER = "newordersingle"
MODIFY_ORDER = "modifyordersingle"
NEW_OCO = "neworderoco"
ORDERS = "orders"
ORDER_STATUS = "orderstatus"
CANCEL_ORDER = "ordercancel"
EXECUTION = "execution"
ERROR = "error"

BUY, SELL = "BUY", "SELL"
MARKET, LIMIT, STOP, STOP_LIMIT = "MARKET", "LIMIT", "STOP", "STOP_LIMIT"
AON, FOK, IOC, TPI, GTC, GTT = "AON", "FOK", "IOC", "TPI", "GTC", "GTT"
NEW, REJECTED, FILLED, PARTIAL_FILL, CANCELED = "NEW", "REJECTED", "FILLED", "PARTIAL_FILL", "CANCELED"
OCO_CONDITION, LIFETIME_EXPIRED, USER = "OCO_CONDITION", "LIFETIME_EXPIRED", "USER"

ORDER_NOT_EXISTS, ORDER_ALREADY_CLOSED = "ORDER_NOT_EXISTS", "ORDER_ALREADY_CLOSED"
NOT_EXISTS_CODE, ALREADY_CLOSED_CODE = 400, 401
INSTRUMENT_INITIALIZING, INSUFFICIENT_CHART_DATA = "INSTRUMENT_INITIALIZING", "INSUFFICIENT_CHART_DATA"

Identifier = int | str


class Wire(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """Base of the order protocol's payloads: camel case, absent optionals left out, unknown fields passed over."""


class Envelope(Wire):
    """Every message. Pushes have no `requestId`, and neither has the seed's answer to `orders`."""

    event: str
    request_id: Identifier | None = None
    payload: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


# Requests


class NewOrder(Wire):
    """`newordersingle`. `lifeTime` and a text `login` are the seed's, `tillTime`, a number and `note` the later
    dialect's."""

    symbol: str
    side: str
    type: str
    quantity: Decimal
    time_in_force: str
    login: Identifier
    price: Decimal | None = None
    stop_price: Decimal | None = None
    client_order_id: str | None = None
    life_time: str | None = None
    till_time: str | None = None
    note: str | None = None


class OcoLeg(Wire):
    """One of the two orders of `neworderoco`."""

    type: str
    price: Decimal | None = None
    stop_price: Decimal | None = None
    client_order_id: str | None = None
    note: str | None = None


class NewOco(Wire):
    """`neworderoco`: two legs of one symbol, side and quantity."""

    login: Identifier
    symbol: str
    side: str
    time_in_force: str
    quantity: Decimal
    orders: list[OcoLeg]
    life_time: str | None = None
    till_time: str | None = None


class ModifyOrder(Wire):
    """`modifyordersingle`. `tillTime` empty clears the lifetime, absent leaves it. The seed knows `orderId` only."""

    order_id: Identifier | None = None
    client_order_id: str | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    quantity: Decimal | None = None
    till_time: str | msgspec.UnsetType = msgspec.UNSET
    client_order_id_value: str | None = None
    note: str | None = None


class OrderName(Wire):
    """`orderstatus` and `ordercancel`: `orderId`, or in the later dialect `clientOrderId` where that is empty."""

    order_id: Identifier | None = None
    client_order_id: str | None = None
    note: str | None = None


class OrdersSince(Wire):
    """`orders` of the later dialect: what is pending, and what was filled or cancelled since `fromTime`."""

    from_time: str


# Answers


class Placed(Wire):
    """Acknowledges one order: the answer to `newordersingle`, and each entry of the answer to `neworderoco`."""

    order_id: Identifier | None = None
    client_order_id: str | None = None
    status: str | None = None
    type: str | None = None
    login: Identifier | None = None
    reason: str | None = None


class Changed(Wire):
    """Acknowledges a modification or cancellation in the later dialect; the seed sends no payload."""

    order_id: Identifier | None = None
    client_order_id: str | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    quantity: Decimal | None = None
    till_time: str | None = None
    note: str | None = None
    status: str | None = None
    reason: str | None = None


class Fill(Wire):
    """A part of an execution. For show: `executedQty` is what counts."""

    price: Decimal
    qty: Decimal


class OrderRecord(Wire):
    """An order as `orders`, `orderstatus` and `execution` show it; each field may be absent.

    `transactTime` is in epoch milliseconds (seed) or ISO 8601 (later).
    """

    symbol: str | None = None
    type: str | None = None
    side: str | None = None
    order_id: Identifier | None = None
    client_order_id: str | None = None
    transact_time: Identifier | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    orig_qty: Decimal | None = None
    executed_qty: Decimal | None = None
    cummulative_quote_qty: Decimal | None = None
    time_in_force: str | None = None
    life_time: Identifier | None = None
    till_time: Identifier | None = None
    status: str | None = None
    reason: str | None = None
    note: str | None = None
    fills: list[Fill] | None = None


class ErrorBody(Wire):
    """`error`: `event` names the request's event in the later dialect, and may be empty."""

    code: Identifier | None = None
    error: str | None = None
    event: str | None = None


# The chart service

SUBSCRIBE, UNSUBSCRIBE, TICKER = "subscribe", "unsubscribe", "ticker"


class ChartWire(msgspec.Struct, omit_defaults=True, kw_only=True):
    """Base of the chart service's structs: names as they are."""


class ChartRequest(ChartWire):
    """`subscribe` or `unsubscribe` to symbols."""

    m: str
    p: list[str]


class ChartEnvelope(ChartWire):
    """What the chart service pushes; `d` depends on `m`."""

    m: str
    d: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Ticker(ChartWire):
    """A symbol's quote; `time` in ISO 8601 to the nanosecond."""

    m: str
    time: str | None = None
    bid: Decimal | None = None
    ask: Decimal | None = None
    day_open: Decimal | None = None
    day_high: Decimal | None = None
    day_low: Decimal | None = None


class ChartAnswer(ChartWire):
    """Every REST answer. `result` is there when it succeeded, `errorCode` when not."""

    success: bool = True
    message: str | None = None
    error_code: str | None = msgspec.field(default=None, name="errorCode")
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class SymbolRow(ChartWire):
    """An entry of `GET /symbols`."""

    name: str
    bid: Decimal | None = None
    ask: Decimal | None = None
    volume: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None


class CandleRow(ChartWire):
    """An entry of `GET /candles`. `time` is ISO 8601, or epoch milliseconds where it is a number."""

    time: Identifier
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal | None = None
    count: int | None = None
