"""Channels of the eZ-nergy API: section 2 of the protocol page."""

import msgspec

from protocols.eznergy.dialects import TEST
from protocols.market.events import Feed
from protocols.secret import Secret


class Settings(msgspec.Struct, frozen=True):
    """One connection's settings. `contract` and `client_guid` are account settings of the user.

    `ws_url` and `api_url` are the whole addresses (`wss://host/ws`, `https://host/api`). Scope `test` has neither areas
    nor products: its channels are named one by one, in `test_channels`.
    """

    name: str
    ws_url: str
    api_url: str
    contract: str
    client_guid: str
    scope: str
    areas: tuple[str, ...]
    products: tuple[str, ...]
    user: str
    password: Secret
    test_channels: tuple[str, ...] = ()


class Channel(msgspec.Struct, frozen=True):
    """One thing to subscribe to. `urn` is its name on the wire; `product` is empty where it carries all products.

    A data channel begins with its snapshot, numbered 0; a test channel has none and begins at 1 (section 8).
    """

    urn: str
    scope: str
    resource: str
    feed: Feed
    area: str
    product: str = ""

    @property
    def has_snapshot(self) -> bool:
        return self.feed is not Feed.TEST

    @property
    def base(self) -> int:
        """The sequence of a subscription's first event."""
        return 0 if self.has_snapshot else 1


PUBLIC_ORDER_BOOKS = "public_order_books"
PUBLIC_TRADES = "public_trades"
CONTRACT_AREA_STATES = "contract_area_states"
MARKET_INFORMATION = "market_information"
PRIVATE_ORDERS = "private_orders"
PRIVATE_TRADES = "private_trades"

_FEEDS = {
    CONTRACT_AREA_STATES: Feed.AREA_STATES,
    PUBLIC_ORDER_BOOKS: Feed.ORDER_BOOKS,
    PUBLIC_TRADES: Feed.TRADES,
    MARKET_INFORMATION: Feed.MARKET_INFORMATION,
    PRIVATE_ORDERS: Feed.OWN_ORDERS,
    PRIVATE_TRADES: Feed.OWN_TRADES,
}
TEST_CHANNELS = ("normal", "fast_events", "disorder", "with_holes")
"""The channels of scope `test` (section 2)."""
_PER_PRODUCT = {PUBLIC_ORDER_BOOKS, MARKET_INFORMATION}


def channels_of(settings: Settings) -> list[Channel]:
    """Every channel of the connection's areas and products; contract states first, they name the contracts.

    In scope `test` the channels that its settings name.
    """
    if settings.scope == TEST:
        return [test_channel(settings, name) for name in settings.test_channels]
    return [
        channel(settings, resource, area, product)
        for resource in _FEEDS
        for area in settings.areas
        for product in (settings.products if resource in _PER_PRODUCT else ("",))
    ]


def channel(settings: Settings, resource: str, area: str, product: str = "") -> Channel:
    """The channel of a resource: `urn:ez-api:<Contract>:<scope>:<resource>:<ClientGuid>:<Area>[:<Product>]`."""
    parts = ["urn", "ez-api", settings.contract, settings.scope, resource, settings.client_guid, area]
    if product:
        parts.append(product)
    return Channel(":".join(parts), settings.scope, resource, _FEEDS[resource], area, product)


def test_channel(settings: Settings, name: str) -> Channel:
    """A channel of scope `test`: `urn:ez-api:<Contract>:test:<name>`."""
    return Channel(f"urn:ez-api:{settings.contract}:{TEST}:{name}", TEST, name, Feed.TEST, "", name)
