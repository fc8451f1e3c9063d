"""What stands in the cells of the flexibility ticker."""

import enum
from zoneinfo import ZoneInfo

from protocols.market.events import Feed
from protocols.market.flex import AREA, ENERGY_UNIT, POWER_UNIT, PRICE_UNIT
from protocols.market.flex_events import FlexExpiry, FlexTrade
from protocols.market.flex_tape import FlexRow
from protocols.market.instruments import InstrumentSpec
from protocols.market.state import MarketState, Standing
from protocols.market.times import UtcNs
from protocols.market.values import plain_text
from widgets.delivery import CONTINENT, moment_text, period_text, time_text
from widgets.figures import amount_text, price_figure
from widgets.flex.order_rows import locations_text
from widgets.flex.ticker_rows import TickerRows
from widgets.flex.words import ABSENT
from widgets.grid import Align, Band, Cell, Column, RowLook
from widgets.wording import plain_tip, standing_text

TRADED, EXPIRED = "●", "○"


class Col(enum.IntEnum):
    """The columns, in the order they have at first."""

    TIME = 0
    KIND = enum.auto()
    WINDOW = enum.auto()
    PRICE = enum.auto()
    POWER = enum.auto()
    ENERGY = enum.auto()
    COUNTRY = enum.auto()
    LOCATION = enum.auto()


COLUMNS = (
    Column("time", "Time", 9, numbers=True, tip="When it was matched, or expired, in market time"),
    Column("kind", "Kind", 11, tip="● a trade; ○ an order that expired: nothing was traded", vital=True),
    Column("window", "Delivery", 17, numbers=True, tip="Delivery window, in market time"),
    Column("price", PRICE_UNIT, 9, Align.DECIMAL, decimals=3, numbers=True, tip="Price"),
    Column("power", POWER_UNIT, 10, Align.DECIMAL, decimals=0, numbers=True, tip="Power, as the venue sends it"),
    Column("energy", ENERGY_UNIT, 10, Align.DECIMAL, decimals=0, numbers=True, gives_way=1,
           tip="Energy, where the venue says any"),
    Column("country", "Country", 6, tip="Country code; – where the venue names none", gives_way=2),
    Column("location", "Location", 12, tip="Location identifiers", stretch=True, middle=True),
)  # fmt: skip


class TickerSource:
    """The cells of the rows in `rows`, read from the market as they are painted."""

    def __init__(self, market: MarketState, rows: TickerRows) -> None:
        self._market = market
        self._rows = rows
        self.zone: ZoneInfo = CONTINENT

    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    def count(self) -> int:
        return self._rows.count

    def band(self, row: int) -> Band | None:
        return None

    def section_of(self, row: int) -> int:
        return -1

    def look(self, row: int) -> RowLook:
        shown, number = self._rows.row(row), self._rows.number(row)
        if shown is None or number is None:
            return RowLook()
        return RowLook(dim=not self.standing(shown).live, alternate=number % 2 == 1)

    def cell(self, row: int, column: int) -> Cell:
        shown = self._rows.row(row)
        if shown is None:
            return Cell()
        ink = "text" if isinstance(shown, FlexTrade) else "text_muted"
        spec = self.spec(shown)
        match column:
            case Col.TIME:
                return Cell(self._time(shown), "text_secondary")
            case Col.KIND:
                return Cell("trade", bold=True, mark=TRADED) if ink == "text" else Cell("expired", ink, mark=EXPIRED)
            case Col.WINDOW:
                return Cell(period_text(shown.delivery.start, shown.delivery.end, self.zone), ink)
            case Col.PRICE:
                return Cell(price_figure(shown.price, spec.price_decimals if spec else 0), ink)
            case Col.POWER:
                return Cell(amount_text(shown.power, spec.quantity_decimals if spec else 0), ink)
            case Col.ENERGY:
                return Cell(ABSENT if shown.energy is None else amount_text(shown.energy, 0), ink)
            case Col.COUNTRY:
                return Cell(shown.place.country_code or ABSENT, "text_secondary")
            case _:
                return Cell(locations_text(shown.place), "text_secondary")

    def spoken(self, row: int) -> str:
        shown = self._rows.row(row)
        if shown is None:
            return ""
        kind = "expired, no trade" if isinstance(shown, FlexExpiry) else "trade"
        cells = [self.cell(row, column).text for column in (Col.WINDOW, Col.COUNTRY, Col.LOCATION)]
        words = (
            f"{kind}, {self._time(shown)}, {plain_text(shown.power)} {POWER_UNIT} at {plain_text(shown.price)} "
            f"{PRICE_UNIT}, {', '.join(cells)}"
        )
        standing = self.standing(shown)
        return words if standing.live else f"{words}, {standing_text(standing)}"

    def tip(self, row: int, column: int) -> str:
        shown = self._rows.row(row)
        if shown is None:
            return ""
        expired = isinstance(shown, FlexExpiry)
        lines = ["An order that expired: nothing was traded" if expired else "A trade", shown.connection]
        at = _at(shown)
        if at is None:
            lines.append("The venue's time could not be read")
        else:
            lines.append(f"{'Expired' if expired else 'Matched'} {moment_text(at, self.zone)}")
        standing = self.standing(shown)
        if not standing.live:
            lines.append(f"The ticker is {standing_text(standing)}")
        return plain_tip("\n".join(lines))

    def spec(self, row: FlexRow) -> InstrumentSpec | None:
        """How its connection's numbers are written."""
        market = self._market.flex.markets.get(row.connection)
        return None if market is None else market.spec

    def standing(self, row: FlexRow) -> Standing:
        """How fresh the ticker of the row's connection is."""
        return self._market.feed_standing(Feed.TICKER, [(row.connection, AREA)])

    def _time(self, row: FlexRow) -> str:
        at = _at(row)
        return ABSENT if at is None else time_text(at, self.zone)


def _at(row: FlexRow) -> UtcNs | None:
    return row.closed_at if isinstance(row, FlexTrade) else row.expired_at
