"""Windows, places and numbers as the venue sends them, in the market's words.

They repeat thousands of times in a book. Each is made once and shared: cheap to read, and cheap to compare.
"""

import math
from decimal import Decimal
from typing import TypeVar

from protocols.glocalflex import messages
from protocols.glocalflex.codec import Unreadable, read_price, read_time
from protocols.market.flex import Coordinates, Delivery, Place
from protocols.market.times import UtcNs
from protocols.market.values import Price

Key = TypeVar("Key")
Value = TypeVar("Value")

KEPT = 20_000
"""Windows, places and prices remembered, of each kind; one more, and they are forgotten and made anew."""


class _Bounded(dict[Key, Value]):
    """Forgets everything rather than grow past `KEPT`."""

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self) >= KEPT:
            self.clear()
        super().__setitem__(key, value)


class FlexValues:
    """Reads values and remembers those that repeat. Powers and energies hardly do: `codec.read_quantity` reads them."""

    def __init__(self) -> None:
        self._deliveries: _Bounded[tuple[str, str], Delivery] = _Bounded()
        self._places: _Bounded[tuple[object, ...], Place] = _Bounded()
        self._prices: _Bounded[Decimal, Price] = _Bounded()

    def delivery(self, start: str, end: str) -> Delivery:
        """A window. Raises `Unreadable`."""
        found = self._deliveries.get((start, end))
        if found is None:
            found = Delivery(read_time(start), read_time(end))
            if found.end <= found.start:
                raise Unreadable(f"delivery: it ends at {end[:40]}, before it has begun")
            self._deliveries[start, end] = found
        return found

    def place(self, location: messages.Location | None) -> Place:
        """Where; a missing `country_code` and a null location are no error."""
        if location is None:
            return Place()
        at = location.coordinates
        degrees = None if at is None else (at.latitude, at.longitude)
        name = (location.country_code, degrees, *(location.location_id or ()))
        found = self._places.get(name)
        if found is None:
            ids = tuple(each for each in location.location_id or () if each)
            found = self._places[name] = Place(ids, location.country_code or "", _coordinates(degrees))
        return found

    def price(self, value: Decimal) -> Price:
        """In EUR/kWh. Raises `Unreadable`."""
        try:
            return self._prices[value]
        except KeyError:
            found = self._prices[value] = read_price(value)
            return found
        except TypeError as error:  # NaN as text can be one that has no hash
            raise Unreadable("price: is not a number") from error


def read_moment(text: str | None) -> UtcNs | None:
    """A time that is told and may be unsure: None then."""
    if text is None:
        return None
    try:
        return read_time(text)
    except Unreadable:
        return None


def _coordinates(degrees: tuple[float | None, float | None] | None) -> Coordinates | None:
    if degrees is None or degrees[0] is None or degrees[1] is None:
        return None
    latitude, longitude = degrees[0], degrees[1]
    return Coordinates(latitude, longitude) if math.isfinite(latitude) and math.isfinite(longitude) else None
