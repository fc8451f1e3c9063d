"""What an instrument is called where it stands alone on the screen, its times in market time. No Qt."""

from protocols.market.instruments import FlexWindow, Instrument
from widgets.delivery import instrument_zone, period_text, zone_name

ABSENT = "–"


def titled(instrument: Instrument) -> str:
    """`15Q4 DE-AMPRION`, `EURUSD`, `Flex Sat 14:00–15:00 CET`."""
    if not isinstance(instrument, FlexWindow):
        return instrument.title
    delivery, zone = instrument.delivery, instrument_zone(instrument)
    return f"{instrument.name} {period_text(delivery.start, delivery.end, zone)} {zone_name(delivery.start, zone)}"
