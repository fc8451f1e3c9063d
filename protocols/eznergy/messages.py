"""The wire structs of the eZ-nergy API, both ways: names and types as sections 3 to 6 of the protocol page list them.

Numbers are `Decimal` (exact; range-checked when they become market values), times are the venue's text (read by
`market.times`), enums are text (an unknown value must pass), identifiers number or text (never through a float).
"""

from decimal import Decimal
from typing import Any

import msgspec

Identifier = int | str

SUBSCRIBE = "subscribe"
UNSUBSCRIBE = "unsubscribe"
REQUEST = "request"
SUBSCRIBED = "subscribed"
UNSUBSCRIBED = "unsubscribed"
EVENT = "event"
HEARTBEAT = "heartbeat"
ERROR = "error"
TOKEN_REFRESH = "token_refresh"


class Wire(msgspec.Struct, rename="camel", omit_defaults=True):
    """Base of all payload structs: camel case on the wire, absent optionals left out, unknown fields passed over."""


class Envelope(msgspec.Struct, omit_defaults=True, kw_only=True):
    """Section 3. `data` is a JSON string that holds JSON; an inline object or list is accepted too."""

    type: str
    channel: str | None = None
    sequence: int | None = None
    correlation: str | None = None
    part: int | None = None
    totalparts: int | None = None
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Credentials(Wire):
    """Body of `POST /api/auth`."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.username!r}, ***)"


class Token(Wire):
    """Answer of `POST /api/auth`, and payload of `token_refresh`."""

    token: str

    def __repr__(self) -> str:
        return "Token(***)"


class ErrorPayload(Wire):
    """Section 5."""

    code: str
    message: str | None = None


class HeartbeatItem(Wire):
    """The last sequence that the server sent on a channel."""

    channel: str
    sequence: int | None = None


class Heartbeat(Wire):
    """Section 4; the server's clock and the channels it thinks we follow."""

    current: str
    next: str
    items: list[HeartbeatItem] | None = None


class Product(Wire):
    """M7's product; the examples show `marketType` in place of `type`."""

    name: str | None = None
    granularity: str | None = None
    type: str | None = None
    market_type: str | None = None


class ContractArea(Wire):
    """A contract in a delivery area. M7 nests product and type, NPID has both flat."""

    delivery_area: str
    identifier: Identifier | None = None
    contract_name: str | None = None
    delivery_start: str | None = None
    delivery_end: str | None = None
    product: Product | str | None = None
    type: str | None = None


class ContractAreaState(Wire):
    """M7: `tradingPhase*`; NPID: `phaseStart` and `phaseEnd`."""

    contract_area: ContractArea
    state: str
    expiration_date: str | None = None
    trading_phase: str | None = None
    trading_phase_start: str | None = None
    trading_phase_end: str | None = None
    phase_start: str | None = None
    phase_end: str | None = None


class PublicOrder(Wire):
    """One order of a public book; quantity 0 in a delta removes it."""

    identifier: Identifier
    price: Decimal
    quantity: Decimal
    entry_date: str | None = None


class PublicOrderBook(Wire):
    """Whole (`isDelta: false`) or change."""

    is_delta: bool
    contract_area: ContractArea
    revision_number: int | None = None
    updated_at: str | None = None
    buy_orders: list[PublicOrder] | None = None
    sell_orders: list[PublicOrder] | None = None


class PublicTrade(Wire):
    """A later revision of the same identifier replaces the earlier one."""

    identifier: Identifier
    revision_number: int
    price: Decimal
    quantity: Decimal
    state: str
    exec_date: str | None = None
    buy_contract_area: ContractArea | None = None
    sell_contract_area: ContractArea | None = None


class PastTrade(Wire):
    """NPID: one of the trades behind a contract's figures."""

    quantity: Decimal
    price: Decimal
    trade_date: str
    state: str | None = None


class MarketInformation(Wire):
    """All but the contract is optional; absent is absent, not 0. NPID adds the last two."""

    contract_area: ContractArea
    last_traded_price: Decimal | None = None
    last_traded_quantity: Decimal | None = None
    total_traded_quantity: Decimal | None = None
    last_traded_date: str | None = None
    highest_traded_price: Decimal | None = None
    lowest_traded_price: Decimal | None = None
    price_direction: str | None = None
    volume_weighted_average_price: Decimal | None = None
    day_ahead_price: Decimal | None = None
    histories: list[PastTrade] | None = None


class OrderFault(Wire):
    """NPID: why an order was not taken."""

    code: str | None = None
    message: str | None = None


class PrivateOrder(Wire, kw_only=True):
    """Section 6; a request carries only what its kind asks for (section 7), so everything is optional.

    An iceberg's shown quantity has two names on the page: both are read, the first is the one that is written.
    """

    contract_area: ContractArea | None = None
    client_identifier: str | None = None
    identifier: Identifier | None = None
    revision_number: int | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    direction: str | None = None
    execution_restriction: str | None = None
    validity_restriction: str | None = None
    time_in_force: str | None = None
    validity_date: str | None = None
    initial_quantity: Decimal | None = None
    type: str | None = None
    comment: str | None = None
    entry_date: str | None = None
    state: str | None = None
    action: str | None = None
    iceberg_price_delta: Decimal | None = None
    iceberg_display_quantity: Decimal | None = None
    iceberg_visible_quantity: Decimal | None = None
    iceberg_hidden_quantity: Decimal | None = None
    metadata: dict[str, Any] | None = None
    errors: list[OrderFault] | None = None


class OrderBatch(Wire):
    """What a `request` carries: `Creation Modification Activation Deactivation Cancellation`, and the orders."""

    type: str
    orders: list[PrivateOrder]


class TradeSide(Wire, kw_only=True):
    """The side of a trade that is the company's; `identifier` is the side's own."""

    identifier: Identifier | None = None
    order_identifier: Identifier | None = None
    contract_area: ContractArea | None = None
    comment: str | None = None
    user_code: str | None = None
    metadata: dict[str, Any] | None = None


class PrivateTrade(Wire, kw_only=True):
    """A side is there when it is the company's. A later revision of the same identifier replaces the earlier one."""

    identifier: Identifier
    quantity: Decimal
    price: Decimal
    exec_date: str
    state: str
    revision_number: int
    buy_side: TradeSide | None = None
    sell_side: TradeSide | None = None
    currency: str | None = None


Payload = Any
"""What goes into `data` when encoding: any of the structs above, or a list of them."""
