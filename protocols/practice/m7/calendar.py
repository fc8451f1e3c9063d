"""M7's zones, products and names."""

from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.practice.contracts import LOCAL, QUARTER, XBID, Liquidity, Product, Zone, local_time

DE = Zone(name="DE", areas=("DE-AMPRION", "DE-TENNET"), closes_before=5 * MINUTE)
FR = Zone(name="FR", areas=("FR-RTE",), closes_before=30 * MINUTE, weight=0.5, offset=-5.5, wind_share=0.35)
NL = Zone(name="NL", areas=("NL-TENNET",), closes_before=60 * MINUTE, weight=0.35, offset=3.2, wind_share=0.75)


def hour_name(zone: Zone, start: UtcNs, end: UtcNs) -> str:
    """`18-19_XB` by market time; the hour that comes twice on a 25-hour day is `02A` and `02B`."""
    hour, letter = local_time(zone, start).hour, _letter(zone, start)
    return f"{hour:02d}{letter}-{hour + 1:02d}{letter}_XB"


def quarter_name(zone: Zone, start: UtcNs, end: UtcNs) -> str:
    """`15Q4` by market time, `02BQ4` in an hour that comes twice."""
    local = local_time(zone, start)
    return f"{local.hour:02d}{_letter(zone, start)}Q{local.minute // 15 + 1}"


def _letter(zone: Zone, start: UtcNs) -> str:
    """`A` or `B` in the hour that the clocks go through twice, empty in all others."""
    local = local_time(zone, start)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return "B" if local.fold else "A"


HOURS = Product(
    granularity="Hour",
    name="XBID_Hour_Power",
    market_type=XBID,
    length=HOUR,
    opens_after=4 * MINUTE,
    waiting_state="Standby",
    naming=hour_name,
)
QUARTERS = Product(
    granularity="QuarterHour",
    name="Intraday_Quarter_Hour_Power",
    market_type=LOCAL,
    length=QUARTER,
    opens_after=3 * MINUTE,
    waiting_state="Hibernated",
    naming=quarter_name,
    liquidity=Liquidity(weight=0.5, spread=2.2, reach=4.0, together=True),
)

ZONES = (DE, FR, NL)
PRODUCTS = (HOURS, QUARTERS)
