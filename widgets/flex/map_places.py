"""Where a flexibility book's orders are: places with a position, what is wanted and offered there. No Qt."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from protocols.market.flex import Coordinates, Delivery
from protocols.market.flex_book import FlexBook, FlexFilter
from protocols.market.flex_events import FlexBookOrder
from protocols.market.instruments import InstrumentSpec
from protocols.market.values import Side
from widgets.figures import amount_text, grouped
from widgets.flex.order_rows import position_text

Position = tuple[float, float]
"""Latitude and longitude in degrees, for pixels only."""

LEAST_SPAN = 2.0
"""Degrees: one place alone is not magnified beyond this."""
STEPS = (1, 2, 5, 10, 20)
LINE_SPACING = 48
"""Pixels between two lines at least."""


class MapPlace(msgspec.Struct):
    """One position and what its orders add up to: power in 1e-9 W, and how many they are, by side."""

    position: Position
    names: tuple[str, ...] = ()
    country: str = ""
    bids: int = 0
    asks: int = 0
    bid_orders: int = 0
    ask_orders: int = 0
    windows: set[Delivery] = set()

    @property
    def title(self) -> str:
        names = ", ".join(self.names)
        country = "" if names.startswith(self.country) else self.country  # many names begin with their country
        named = " ".join(filter(None, (country, names)))
        return named or position_text(Coordinates(*self.position))

    def add(self, order: FlexBookOrder) -> None:
        if order.side is Side.BUY:
            self.bids, self.bid_orders = self.bids + order.power, self.bid_orders + 1
        else:
            self.asks, self.ask_orders = self.asks + order.power, self.ask_orders + 1
        self.windows.add(order.delivery)

    def words(self, spec: InstrumentSpec) -> str:
        """`DE Hamburg-Altona: B 12 000 W in 3 orders, S 4 500 W in 1`; sums of different windows are called so."""
        parts = []
        for letter, power, count in (("B", self.bids, self.bid_orders), ("S", self.asks, self.ask_orders)):
            if count:
                much = f"{amount_text(power, spec.quantity_decimals)} {spec.quantity_unit}"
                parts.append(f"{letter} {much} in {grouped(count)} order{'s' * (count != 1)}")
        mixed = f" · {len(self.windows)} windows: different goods" if len(self.windows) > 1 else ""
        return f"{self.title}: {', '.join(parts)}{mixed}"


class Box(NamedTuple):
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Box") -> bool:
        apart = self.x + self.width <= other.x or other.x + other.width <= self.x
        return not (apart or self.y + self.height <= other.y or other.y + other.height <= self.y)


def place_labels(wanted: Sequence[tuple[Sequence[Box], bool]], width: float) -> list[Box | None]:
    """Where each label goes: the first of its places that is in view and free of those before it, else nowhere. A
    label that `must` be read is put first, and at its first place at worst."""
    found: list[Box | None] = [None] * len(wanted)
    taken: list[Box] = []
    for index in sorted(range(len(wanted)), key=lambda each: not wanted[each][1]):
        boxes, must = wanted[index]
        free = [b for b in boxes if b.x >= 0 and b.x + b.width <= width and not any(b.meets(each) for each in taken)]
        box = free[0] if free else boxes[0] if must else None
        if box is not None:
            found[index] = box
            taken.append(box)
    return found


class MapView(msgspec.Struct, frozen=True):
    """The places, the northernmost first, and how many orders name no position."""

    places: tuple[MapPlace, ...] = ()
    nowhere: int = 0


def map_of(book: FlexBook, chosen: FlexFilter) -> MapView:
    """What the filter shows of a book, by position."""
    return _gathered(order for order in book.orders() if chosen.takes(order))


def _gathered(orders: Iterable[FlexBookOrder]) -> MapView:
    found: dict[Position, MapPlace] = {}
    nowhere = 0
    for order in orders:
        at = order.place.coordinates
        if at is None or not (-90 <= at.latitude <= 90 and -180 <= at.longitude <= 180):
            nowhere += 1
            continue
        position = (at.latitude, at.longitude)
        place = found.get(position)
        if place is None:
            place = found[position] = MapPlace(position, order.place.location_ids, order.place.country_code)
        place.add(order)
    return MapView(tuple(sorted(found.values(), key=lambda place: (-place.position[0], place.position[1]))), nowhere)


class Projection:
    """Positions on a surface of a size, north up, degrees of longitude as wide as they are in the middle."""

    def __init__(self, positions: Iterable[Position], width: int, height: int, margin: int) -> None:
        positions = list(positions) or [(60.0, 0.0), (40.0, 25.0)]
        souths, wests = [each[0] for each in positions], [each[1] for each in positions]
        self._middle = ((min(souths) + max(souths)) / 2, (min(wests) + max(wests)) / 2)
        self._shrink = max(0.1, math.cos(math.radians(self._middle[0])))
        tall = max(max(souths) - min(souths), LEAST_SPAN)
        wide = max((max(wests) - min(wests)) * self._shrink, LEAST_SPAN)
        self._scale = min((width - 2 * margin) / wide, (height - 2 * margin) / tall)
        self._centre = (width / 2, height / 2)

    def point(self, position: Position) -> tuple[float, float]:
        """Pixels from the left and from the top."""
        north, east = position[0] - self._middle[0], position[1] - self._middle[1]
        x, y = self._centre
        return x + east * self._shrink * self._scale, y - north * self._scale

    def lines(self, width: int, height: int) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """Parallels and meridians in view with their names: where they are, from the top and from the left."""
        up, across = (_step(each) for each in (self._scale, self._scale * self._shrink))
        parallels = [
            (self.point((degree, self._middle[1]))[1], f"{abs(degree)}°{'N' if degree >= 0 else 'S'}")
            for degree in range(-90, 91, up)
        ]
        meridians = [
            (self.point((self._middle[0], degree))[0], f"{abs(degree)}°{'E' if degree >= 0 else 'W'}")
            for degree in range(-180, 181, across)
        ]
        return _within(parallels, height), _within(meridians, width)


def _step(pixels: float) -> int:
    """Degrees between two lines, where one degree is so many pixels."""
    return next((each for each in STEPS if each * pixels >= LINE_SPACING), STEPS[-1])


def _within(lines: list[tuple[float, str]], end: int) -> list[tuple[float, str]]:
    return [line for line in lines if 0 <= line[0] < end]
