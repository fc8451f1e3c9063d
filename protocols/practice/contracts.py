"""Which contracts exist, what they are called, and when they open and close.

Everything here follows from the calendar alone. Periods are UTC instants; names are market time (Europe/Paris), so
that the days of 23 and 25 hours come out right.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs

MARKET_TIME = ZoneInfo("Europe/Paris")
QUARTER = 15 * MINUTE
AHEAD = 24 * HOUR
"""The list reaches this far: a contract is listed this long before its delivery begins."""


class Zone(msgspec.Struct, frozen=True):
    """Delivery areas that share one order book, and how long before delivery its gate closes."""

    name: str
    areas: tuple[str, ...]
    closes_before: int


class Product(msgspec.Struct, frozen=True):
    """A granularity of the M7 scope: `name` and `market_type` as the wire has them, the rest in nanoseconds."""

    granularity: str
    name: str
    market_type: str
    length: int
    opens_after: int
    """From being listed to the first moment of trading."""
    waiting_state: str


ZONES = (
    Zone("DE", ("DE-AMPRION", "DE-TENNET"), 5 * MINUTE),
    Zone("FR", ("FR-RTE",), 30 * MINUTE),
    Zone("NL", ("NL-TENNET",), 60 * MINUTE),
)
HOURS = Product("Hour", "XBID_Hour_Power", "Xbid", HOUR, 4 * MINUTE, "Standby")
QUARTERS = Product("QuarterHour", "Intraday_Quarter_Hour_Power", "Local", QUARTER, 3 * MINUTE, "Hibernated")
PRODUCTS = (HOURS, QUARTERS)

ZONE_OF_AREA = {area: zone for zone in ZONES for area in zone.areas}
PRODUCT_OF_GRANULARITY = {product.granularity: product for product in PRODUCTS}


class Contract(msgspec.Struct, frozen=True):
    """Power delivered between two instants, traded in the one book of a zone."""

    zone: Zone
    product: Product
    number: int
    name: str
    delivery_start: UtcNs
    delivery_end: UtcNs

    @property
    def key(self) -> tuple[str, int]:
        return (self.zone.name, self.number)

    @property
    def listed_at(self) -> UtcNs:
        return UtcNs(self.delivery_start - AHEAD)

    @property
    def opens_at(self) -> UtcNs:
        return UtcNs(self.listed_at + self.product.opens_after)

    @property
    def closes_at(self) -> UtcNs:
        """Gate closure."""
        return UtcNs(self.delivery_start - self.zone.closes_before)

    def identifier(self, area: str) -> str:
        """The contract's name in a delivery area, such as `DE-AMPRION-1022776`."""
        return f"{area}-{self.number}"


def contract(zone: Zone, product: Product, delivery_start: UtcNs) -> Contract:
    """The contract whose delivery begins then."""
    return Contract(
        zone=zone,
        product=product,
        number=2 * (delivery_start // QUARTER) + PRODUCTS.index(product),
        name=name_of(product, delivery_start),
        delivery_start=delivery_start,
        delivery_end=UtcNs(delivery_start + product.length),
    )


def starts_between(product: Product, after: UtcNs, until: UtcNs) -> Iterator[UtcNs]:
    """Delivery starts in (after, until], earliest first. Market time is whole hours off UTC, so UTC will do."""
    start = (after // product.length + 1) * product.length
    while start <= until:
        yield UtcNs(start)
        start += product.length


def name_of(product: Product, delivery_start: UtcNs) -> str:
    """`18-19_XB` or `15Q4` by market time; the hour that comes twice on a 25-hour day is `02A` and `02B`."""
    local = datetime.fromtimestamp(delivery_start // SECOND, UTC).astimezone(MARKET_TIME)
    letter = _letter(local)
    if product is QUARTERS:
        return f"{local.hour:02d}{letter}Q{local.minute // 15 + 1}"
    return f"{local.hour:02d}{letter}-{local.hour + 1:02d}{letter}_XB"


def _letter(local: datetime) -> str:
    """`A` or `B` in the hour that the clocks go through twice, empty in all others."""
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return "B" if local.fold else "A"
