"""The fields that an order for flexibility has beside those of every order, and how its places are typed."""

import csv

from protocols.market import forms
from protocols.market.flex import Place

DELIVERY_START = "delivery_start"
DELIVERY_END = "delivery_end"
EXPIRY = "expiry"
LOCATION = "location"
COUNTRY = "country"
BASELINE = "baseline"

OF_WIRE = {
    "side": forms.SIDE,
    "power": forms.QUANTITY,
    "price": forms.PRICE,
    "delivery_start": DELIVERY_START,
    "delivery_end": DELIVERY_END,
    "expiry_time": EXPIRY,
    "location": LOCATION,
    "location_id": LOCATION,
    "country_code": COUNTRY,
    "baseline": BASELINE,
}
"""The field that a venue's word for one is about."""


def locations_in(text: str) -> tuple[str, ...]:
    """What was typed as locations: identifiers with commas between them, in double quotes where one has a comma."""
    cells = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(dict.fromkeys(filter(None, (each.strip() for each in cells))))


def locations_text(place: Place) -> str:
    """The other way."""
    return ", ".join(_quoted(each) if {",", '"'} & set(each) else each for each in place.location_ids)


def _quoted(identifier: str) -> str:
    return '"{}"'.format(identifier.replace('"', '""'))
