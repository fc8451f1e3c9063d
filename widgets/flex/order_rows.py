"""The orders of a flexibility book one by one, level by level: the rows of the list behind the ladder. No Qt."""

import enum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from protocols.market.flex import Coordinates, Place
from protocols.market.flex_book import FlexBook, FlexFilter, FlexLevel
from protocols.market.flex_events import FlexBookOrder
from protocols.market.instruments import InstrumentSpec
from protocols.market.values import Price, Side
from widgets.delivery import period_text
from widgets.figures import amount_text, grouped, price_figure
from widgets.flex.words import ABSENT
from widgets.grid import Align, Band, Cell, Column, RowLook
from widgets.wording import plain_tip

SIDES = {Side.BUY: ("B", "buy", "Bids"), Side.SELL: ("S", "sell", "Asks")}


class Col(enum.IntEnum):
    """The columns, in the order they have at first."""

    WINDOW = 0
    POWER = enum.auto()
    PRICE = enum.auto()
    ENERGY = enum.auto()
    COUNTRY = enum.auto()
    LOCATION = enum.auto()
    POSITION = enum.auto()


def columns(spec: InstrumentSpec) -> tuple[Column, ...]:
    """With the units that the venue labels its numbers with."""
    return (
        Column("window", "Delivery", 16, numbers=True, tip="Delivery window, in market time"),
        Column("power", spec.quantity_unit, 11, Align.DECIMAL, decimals=spec.quantity_decimals, numbers=True,
               tip=f"Power in {spec.quantity_unit}, as the venue sends it"),
        Column("price", spec.price_unit, 9, Align.DECIMAL, decimals=spec.price_decimals, numbers=True, tip="Price"),
        Column("energy", "Wh", 9, Align.DECIMAL, decimals=0, numbers=True, tip="Energy in Wh, where the venue says any",
               gives_way=2),
        Column("country", "Country", 6, tip="Country code; – where the venue names none"),
        Column("location", "Location", 12, tip="Location identifiers", stretch=True, middle=True),
        Column("where", "Position", 14, numbers=True, tip="Latitude and longitude, where the venue says any",
               gives_way=1),
    )  # fmt: skip


class OrderRow(NamedTuple):
    """A level's header, or one of its orders; `place` counts those from 0, oldest first."""

    side: Side
    level: FlexLevel
    place: int | None

    @property
    def order(self) -> FlexBookOrder | None:
        return None if self.place is None else self.level.orders[self.place]


class OrderRows:
    """The rows as of the last `build`: asks and then bids, prices falling, as on the ladder."""

    def __init__(self, spec: InstrumentSpec, zone: ZoneInfo) -> None:
        self._spec = spec
        self._zone = zone
        self._columns = columns(spec)
        self._headers: list[int] = []
        self.rows: list[OrderRow] = []
        self.live = False

    def build(self, book: FlexBook | None, chosen: FlexFilter) -> None:
        self.rows, self._headers = [], []
        if book is None:
            return
        asks, bids = reversed(book.levels(Side.SELL, chosen)), book.levels(Side.BUY, chosen)
        for side, levels in ((Side.SELL, asks), (Side.BUY, bids)):
            for level in levels:
                header = len(self.rows)
                self.rows.append(OrderRow(side, level, None))
                self.rows += [OrderRow(side, level, place) for place in range(len(level.orders))]
                self._headers += [header] * (len(level.orders) + 1)

    def first_at(self, price: Price | None) -> int:
        """The first order of the level next to a price; of the best bid's, or else the best ask's, without one."""
        headers = sorted(set(self._headers))
        if not headers:
            return -1
        if price is None:
            best = next((row for row in headers if self.rows[row].side is Side.BUY), headers[-1])
            return best + 1
        return min(headers, key=lambda row: abs(self.rows[row].level.price - price)) + 1

    def index_of(self, row: OrderRow) -> int:
        """Where a row of an earlier book is now: the same place at the same price; -1 when that is gone."""
        for index, each in enumerate(self.rows):
            if (each.side, each.level.price, each.place) == (row.side, row.level.price, row.place):
                return index
        return -1

    # What the grid asks

    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def count(self) -> int:
        return len(self.rows)

    def section_of(self, row: int) -> int:
        return self._headers[row]

    def look(self, row: int) -> RowLook:
        return RowLook(dim=not self.live, alternate=row % 2 == 1)

    def band(self, row: int) -> Band | None:
        side, level, place = self.rows[row]
        if place is not None:
            return None
        letter, ink, _ = SIDES[side]
        price = Cell(f"{letter} {price_figure(level.price, self._spec.price_decimals)} {self._spec.price_unit}", ink,
                     bold=True)  # fmt: skip
        count = len(level.orders)
        orders = Cell(f"{grouped(count)} order{'s' * (count != 1)}", "text_secondary")
        if level.windows > 1:
            return Band((price, orders), (Cell(f"{level.windows} windows: different goods", "warning", mark="≠"),))
        total = f"{amount_text(level.power, self._spec.quantity_decimals)} {self._spec.quantity_unit}"
        return Band((price, orders), (Cell(total),))

    def cell(self, row: int, column: int) -> Cell:
        order = self.rows[row].order
        if order is None:
            return Cell()
        match column:
            case Col.WINDOW:
                return Cell(period_text(order.delivery.start, order.delivery.end, self._zone))
            case Col.POWER:
                return Cell(amount_text(order.power, self._spec.quantity_decimals))
            case Col.PRICE:
                return Cell(price_figure(order.price, self._spec.price_decimals), SIDES[order.side][1])
            case Col.ENERGY:
                return Cell(ABSENT if order.energy is None else amount_text(order.energy, 0), "text_secondary")
            case Col.COUNTRY:
                return Cell(order.place.country_code or ABSENT, "text_secondary")
            case Col.LOCATION:
                return Cell(locations_text(order.place), "text_secondary")
            case _:
                return Cell(position_text(order.place.coordinates), "text_secondary")

    def spoken(self, row: int) -> str:
        band = self.band(row)
        if band is not None:
            return ", ".join(cell.text for cell in (*band.left, *band.right))
        side = SIDES[self.rows[row].side][2][:-1]
        cells = [self.cell(row, column).text for column in (Col.WINDOW, Col.COUNTRY, Col.LOCATION)]
        power, price = self.cell(row, Col.POWER).text, self.cell(row, Col.PRICE).text
        return f"{side} {power} {self._spec.quantity_unit} at {price} {self._spec.price_unit}, {', '.join(cells)}"

    def tip(self, row: int, column: int) -> str:
        order = self.rows[row].order
        if order is None:
            return plain_tip("A price level and its orders, oldest first")
        words = "Enter shows this delivery window alone. The venue names no orders: its row may be another's next"
        return plain_tip(words)


def locations_text(place: Place) -> str:
    return ", ".join(place.location_ids) or ABSENT


def position_text(coordinates: Coordinates | None) -> str:
    """`52.52 N 13.41 E`."""
    if coordinates is None:
        return ABSENT
    north, east = coordinates.latitude, coordinates.longitude
    return f"{abs(north):.2f} {'N' if north >= 0 else 'S'} {abs(east):.2f} {'E' if east >= 0 else 'W'}"
