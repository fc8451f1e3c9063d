"""Flexibility: power for a delivery window at a place. The words that orders, books and trades of it share.

Units are as the venue sends them and are never rescaled: power in W, energy in Wh, prices in EUR/kWh.
"""

import msgspec

from protocols.market.times import MINUTE, TimeRefused, UtcNs, utc_from_text, utc_text
from protocols.market.values import Quantity

AREA = "FLEX"
"""The area in the key of everything flexible: where it is delivered is told by each order."""
WHOLE_BOOK = "all"
"""The contract identifier of a connection's whole book, every window of it."""

CLOSES_BEFORE = 15 * MINUTE
"""So long before its delivery starts the venue ends every order of a window: nothing is traded in it from then on."""

POWER_UNIT, ENERGY_UNIT, PRICE_UNIT = "W", "Wh", "EUR/kWh"


class Delivery(msgspec.Struct, frozen=True, order=True, gc=False):
    """A delivery window."""

    start: UtcNs
    end: UtcNs

    @property
    def contract_id(self) -> str:
        """What names the window in keys: both ends in ISO 8601, `2024-05-02T13:15:00Z/2024-05-02T14:15:00Z`."""
        return f"{utc_text(self.start)}/{utc_text(self.end)}"

    @property
    def text(self) -> str:
        """For people, in UTC: `2024-05-02 13:15–14:15 UTC`."""
        start, end = utc_text(self.start), utc_text(self.end)
        day, later = start[:10], end[:10] if end[:10] != start[:10] else ""
        return f"{day} {start[11:16]}–{later}{later and ' '}{end[11:16]} UTC"


def delivery_of(contract_id: str) -> Delivery | None:
    """The window that `Delivery.contract_id` named; None for another text, that of the whole book included."""
    start, slash, end = contract_id.partition("/")
    if not slash:
        return None
    try:
        return Delivery(utc_from_text(start), utc_from_text(end))
    except TimeRefused:
        return None


class Coordinates(msgspec.Struct, frozen=True, gc=False):
    """Where on a map, in degrees."""

    latitude: float
    longitude: float


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where power is to flow. There may be no location, and `country_code` is empty where the venue left it out."""

    location_ids: tuple[str, ...] = ()
    country_code: str = ""
    coordinates: Coordinates | None = None


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One value of a baseline, in 1e-9 of its `unit_measured`."""

    at: UtcNs
    value: Quantity


class Baseline(msgspec.Struct, frozen=True):
    """What a seller would have drawn or fed in without the order: his flexibility is measured against it.

    `resolution` and the words are the venue's, as its page shows them (`consumption`, `estimated`, `apparent`, `kWh`).
    """

    metering_id: str
    created_at: UtcNs
    reading_start: UtcNs
    reading_end: UtcNs
    readings: tuple[Reading, ...]
    resolution: int = 1
    direction: str = "consumption"
    quality: str = "estimated"
    energy_product: str = "apparent"
    unit_measured: str = "kWh"
