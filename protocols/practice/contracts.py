"""What can be traded: zones, products, contracts, and when each is listed, opens, changes and closes.

Everything here follows from the calendar alone. Periods are UTC instants; names are market time (a zone's own clock),
so that the days of 23 and 25 hours come out right. Which zones and products there are is a scope's own (`rulebook`).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs

QUARTER = 15 * MINUTE
AHEAD = 24 * HOUR
"""The list reaches this far: a contract is listed this long before its delivery begins."""

LOCAL, XBID = "Local", "Xbid"


class Zone(msgspec.Struct, frozen=True, cache_hash=True, kw_only=True):
    """Delivery areas that share one order book. Durations in nanoseconds."""

    name: str
    areas: tuple[str, ...]
    """The busiest first."""
    closes_before: int
    """How long before delivery the gate closes."""
    borders_close_before: int | None = None
    """How long before delivery trading across borders ends and the contract becomes local; None: it never changes."""
    currency: str = "EUR"
    clock: str = "Europe/Paris"
    """The time zone of its market time."""
    weight: float = 1.0
    """Its share of the trading, relative to the others'."""
    offset: float = 0.0
    """What a MWh costs more here than in the German reference, in `currency`."""
    wind_share: float = 1.0
    """How much of the German wind is felt here."""


class Liquidity(msgspec.Struct, frozen=True):
    """How a product is traded, relative to an hour: its share of the trading, and the width and depth of its books."""

    weight: float = 1.0
    spread: float = 1.0
    reach: float = 1.8
    """Mean distance, in currency/MWh, of a resting order from the spread."""
    fewest_levels: int = 10
    most_levels: int = 40
    together: bool = False
    """Whether makers often requote neighbouring periods at the same moment."""


Naming = Callable[[Zone, UtcNs, UtcNs], str]
"""A contract's name, from its zone and the two ends of its delivery."""


class Product(msgspec.Struct, frozen=True, cache_hash=True, kw_only=True):
    """A kind of contract. `granularity` names it in channels; durations in nanoseconds."""

    granularity: str
    length: int
    opens_after: int
    """From being listed to the first moment of trading."""
    waiting_state: str
    naming: Naming
    name: str = ""
    market_type: str = XBID
    """Where it never changes; elsewhere time decides (`Contract.market_type`)."""
    crosses_borders: bool = True
    identifier: str = "{area}-{number}"
    zones: tuple[str, ...] = ()
    """The zones that list it; empty for all."""
    liquidity: Liquidity | None = Liquidity()
    """None: nobody trades it but the venue's users."""


class Contract(msgspec.Struct, frozen=True, cache_hash=True):
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

    @property
    def borders_close_at(self) -> UtcNs | None:
        """From then on it is local; None: it never changes."""
        before = self.zone.borders_close_before if self.product.crosses_borders else None
        return None if before is None else UtcNs(self.delivery_start - before)

    def market_type(self, at: UtcNs) -> str:
        """`Local` or `Xbid`, as of an instant."""
        change = self.borders_close_at
        if change is None:
            return self.product.market_type
        return XBID if at < change else LOCAL

    def identifier(self, area: str) -> str:
        """The contract's name in a delivery area, such as `DE-AMPRION-1022776`. It never changes."""
        return self.product.identifier.format(area=area, number=self.number)


def starts_between(product: Product, after: UtcNs, until: UtcNs) -> Iterator[UtcNs]:
    """Delivery starts in (after, until], earliest first. Market time is whole hours off UTC, so UTC will do."""
    start = (after // product.length + 1) * product.length
    while start <= until:
        yield UtcNs(start)
        start += product.length


def local_time(zone: Zone, at: UtcNs) -> datetime:
    """An instant as the zone's clocks show it."""
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone.clock))


def midnight(zone: Zone, at: UtcNs) -> UtcNs:
    """When the day of market time began that an instant belongs to."""
    return _utc(local_time(zone, at).replace(hour=0, minute=0, second=0, fold=0))


def auctioned_at(of: Contract) -> UtcNs:
    """When the day-ahead price of a contract became known: 12:45 market time, the day before."""
    day_before = local_time(of.zone, of.delivery_start) - timedelta(days=1)
    return _utc(day_before.replace(hour=12, minute=45, second=0, fold=0))


def _utc(local: datetime) -> UtcNs:
    return UtcNs(int(local.timestamp()) * SECOND)
