"""The wire structs of GLocalFlex, both ways. The protocol page names every field.

Numbers are `Decimal` (exact), times and words the venue's text (an unknown value must pass). What is absent is left out
where it is written. Power is in W, energy in Wh, prices in EUR/kWh. `gc=False` stands where a message has thousands of
them and none can be part of a cycle.
"""

from decimal import Decimal

import msgspec

CONTROL = "control"
ORDER_STATUS_UPDATE = "order_status_update"
CONTRACT_STATUS_UPDATE = "contract_status_update"
TICKER_UPDATE = "ticker_update"
EXPIRED_ORDER_UPDATE = "expired_order_update"
ORDERBOOK_UPDATE = "orderbook_update"

BUY, SELL = "buy", "sell"

PENDING, AWAITING_BASELINE = "pending", "awaiting_baseline_data"
SELECTED_FOR_BASELINE = "selected_for_baseline_activation"
ACCEPTED, MATCHING, PARTLY_FILLED = "accepted", "matching_active", "partial_filled"
FILLED, CANCELLED, EXPIRED = "filled", "cancelled", "expired"

VERIFICATION_INITIATED, VERIFICATION_SUCCESS = "verification_initiated", "verification_completed_success"
SETTLEMENT_INITIATED, SETTLEMENT_SUCCESS = "settlement_initiated", "settlement_completed_success"

COUNTRIES = ("CZ", "DE", "CH", "ES", "FI", "FR")
CLIENT_ID = "glocalflexmarket_public_api"
PASSWORD_GRANT, REFRESH_GRANT = "password", "refresh_token"

TOKEN_PATH = "/auth/oauth/v2/token"
ORDER_PATH = "/api/v1/order/"
SOCKET_PATH = "/api/v1/ws/"
TRADE, ORDERBOOK, TICKER = "trade", "orderbook", "ticker"


class Wire(msgspec.Struct, omit_defaults=True, kw_only=True):
    """Base of what is written and read: absent optionals left out, unknown fields passed over."""


class Envelope(Wire):
    """Every message of a socket. A control message has a `status` and no `created_at`."""

    type: str
    status: str | None = None
    name: str | None = None
    created_at: str | None = None
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class ControlData(Wire):
    """What a control message says."""

    message: str


class Coordinates(Wire, gc=False):
    """Degrees: for a map, hence no exact numbers."""

    latitude: float | None = None
    longitude: float | None = None


class Location(Wire, gc=False):
    """Where. `location_id` may be empty or hold null; `country_code` may be missing."""

    location_id: list[str | None] | None = None
    country_code: str | None = None
    coordinates: Coordinates | None = None


class BookOrder(Wire, gc=False):
    """A resting order. It has no identifier."""

    side: str
    power: Decimal
    price: Decimal
    delivery_start: str
    delivery_end: str
    location: Location | None = None
    energy: Decimal | None = None


class Book(Wire):
    """The whole book: price text -> the orders there, oldest first. Bids from the highest price, asks the lowest."""

    bids: dict[str, list[BookOrder]]
    asks: dict[str, list[BookOrder]]


class RawBook(Wire):
    """The same, order by order unread."""

    bids: dict[str, list[msgspec.Raw]]
    asks: dict[str, list[msgspec.Raw]]


class Tick(Wire):
    """`ticker_update` has `closed_at`, `expired_order_update` has `expired_at`."""

    price: Decimal
    delivery_start: str
    delivery_end: str
    power: Decimal
    energy: Decimal | None = None
    location: Location | None = None
    closed_at: str | None = None
    expired_at: str | None = None


# REST


class Baseline(Wire, omit_defaults=False):
    """What belongs to a sell order. Each data point is an object of one time and one value."""

    metering_id: str
    created_at: str
    reading_start: str
    reading_end: str
    resolution: int
    direction: str
    quality: str
    energy_product: str
    unit_measured: str
    data_points: list[dict[str, Decimal]]


class OrderRequest(Wire, omit_defaults=False):
    """The body of `POST /api/v1/order/`. `baseline` is written as null where there is none."""

    side: str
    power: Decimal
    price: Decimal
    delivery_start: str
    delivery_end: str
    expiry_time: str
    location: Location
    baseline: Baseline | None = None


class TokenReply(Wire):
    """The token endpoint's answer; `expires_in` in seconds."""

    access_token: str
    refresh_token: str | None = None
    expires_in: Decimal | None = None
    token_type: str | None = None


class TokenRefusal(Wire):
    """What OAuth says where it refuses."""

    error: str = ""
    error_description: str = ""


class Complaint(Wire):
    """One entry of a 422's `detail`: where in the request (`["body", "power"]`) and what about it."""

    loc: list[str | int] = []
    msg: str = ""
    type: str | None = None


class Refusal(Wire):
    """The body of a refused call, as such servers write it. `detail` may be plain text."""

    detail: list[Complaint] | str = ""
