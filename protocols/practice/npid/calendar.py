"""NPID's zones, products and names.

Continental contracts are traded across borders (`Xbid`) until an hour before delivery, and go on as `Local` until the
gate closes: the same contract by identifier, described anew. Great Britain has no borders that open.
"""

from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.practice.contracts import AHEAD, LOCAL, QUARTER, Liquidity, Naming, Product, Zone, local_time, midnight

BORDERS_CLOSE_BEFORE = 60 * MINUTE

DE = Zone(
    name="DE",
    areas=("DE-AMPRION", "DE-TENNET", "DE-50HERTZ"),
    closes_before=5 * MINUTE,
    borders_close_before=BORDERS_CLOSE_BEFORE,
)
FR = Zone(
    name="FR",
    areas=("FR-RTE",),
    closes_before=5 * MINUTE,
    borders_close_before=BORDERS_CLOSE_BEFORE,
    weight=0.5,
    offset=-5.5,
    wind_share=0.35,
)
NL = Zone(
    name="NL",
    areas=("NL-TENNET",),
    closes_before=5 * MINUTE,
    borders_close_before=BORDERS_CLOSE_BEFORE,
    weight=0.4,
    offset=3.2,
    wind_share=0.75,
)
DK1 = Zone(
    name="DK1",
    areas=("DK-DK1",),
    closes_before=30 * MINUTE,
    borders_close_before=BORDERS_CLOSE_BEFORE,
    clock="Europe/Copenhagen",
    weight=0.4,
    offset=-4.0,
    wind_share=1.1,
)
UK = Zone(
    name="UK",
    areas=("UK-ELEXON",),
    closes_before=15 * MINUTE,
    borders_close_before=2 * AHEAD,  # long before it is listed: never open
    currency="GBP",
    clock="Europe/London",
    weight=0.4,
    offset=9.0,
    wind_share=0.3,
)


def _numbered(prefix: str, length: int) -> Naming:
    def name(zone: Zone, start: UtcNs, end: UtcNs) -> str:
        """`QH-20230220-55`: the period of the market day, counted from 1; a day of 25 hours has more of them."""
        day = midnight(zone, start)
        return f"{prefix}-{local_time(zone, start):%Y%m%d}-{(start - day) // length + 1:02d}"

    return name


def _block_name(zone: Zone, start: UtcNs, end: UtcNs) -> str:
    """`CB-20230220-13-16`: its first and its last hour of the market day."""
    day = midnight(zone, start)
    return f"CB-{local_time(zone, start):%Y%m%d}-{(start - day) // HOUR + 1:02d}-{(end - day) // HOUR:02d}"


_IDENTIFIER = "{area}-NX_{number}"
_WAITING = "Hibernated"

HOURS = Product(
    granularity="P60Min",
    length=HOUR,
    opens_after=4 * MINUTE,
    waiting_state=_WAITING,
    naming=_numbered("PH", HOUR),
    identifier=_IDENTIFIER,
    liquidity=Liquidity(fewest_levels=8, most_levels=28),
)
HALF_HOURS = Product(
    granularity="P30Min",
    length=2 * QUARTER,
    opens_after=4 * MINUTE,
    waiting_state=_WAITING,
    naming=_numbered("HH", 2 * QUARTER),
    identifier=_IDENTIFIER,
    zones=(UK.name, FR.name, DE.name),
    liquidity=Liquidity(weight=0.4, spread=1.8, reach=3.0, fewest_levels=5, most_levels=20),
)
QUARTERS = Product(
    granularity="P15Min",
    length=QUARTER,
    opens_after=3 * MINUTE,
    waiting_state=_WAITING,
    naming=_numbered("QH", QUARTER),
    identifier=_IDENTIFIER,
    liquidity=Liquidity(weight=0.5, spread=2.2, reach=4.0, fewest_levels=5, most_levels=20, together=True),
)
TWO_HOURS = Product(
    granularity="Block_2H",
    length=2 * HOUR,
    opens_after=4 * MINUTE,
    waiting_state=_WAITING,
    naming=_numbered("2H", 2 * HOUR),
    identifier=_IDENTIFIER,
    zones=(UK.name, DE.name),
    liquidity=Liquidity(weight=0.1, spread=3.0, reach=4.0, fewest_levels=3, most_levels=16),
)
CUSTOM = Product(
    granularity="CustomBlock",
    length=HOUR,
    opens_after=0,
    waiting_state=_WAITING,
    naming=_block_name,
    market_type=LOCAL,
    crosses_borders=False,
    identifier=_IDENTIFIER,
    liquidity=None,
)

ZONES = (DE, FR, NL, DK1, UK)
PRODUCTS = (HOURS, HALF_HOURS, QUARTERS, TWO_HOURS)
OTHER_PRODUCTS = ("Block_4H", "Don", "Db34", "Dp", "Dep", "Db", CUSTOM.granularity)
"""Channels without contracts, but for blocks that users define."""
