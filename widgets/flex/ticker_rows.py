"""Which rows of the flexibility ticker are shown, newest first, and what the trades among them add up to. No Qt."""

import enum
import functools
from bisect import bisect_left

import msgspec

from protocols.market.flex import Delivery, Place
from protocols.market.flex_events import FlexExpiry, FlexTrade
from protocols.market.flex_tape import FlexRow, FlexTape
from protocols.market.instruments import InstrumentSpec
from protocols.market.times import UtcNs
from widgets.delivery import CONTINENT, period_text
from widgets.figures import amount_text, grouped, rounded_text


class Kind(enum.Enum):
    """Which kinds are shown; expiries are orders that nobody took, and no trades."""

    ALL = "Trades and expiries"
    TRADES = "Trades only"
    EXPIRIES = "Expiries only"

    def takes(self, row: FlexRow) -> bool:
        return self is Kind.ALL or isinstance(row, FlexTrade) == (self is Kind.TRADES)

    @property
    def next(self) -> "Kind":
        kinds = list(Kind)
        return kinds[(kinds.index(self) + 1) % len(kinds)]


class TickerFilter(msgspec.Struct, frozen=True):
    """Every condition has to hold. `words` stand in the window, country, location, connection or kind."""

    kind: Kind = Kind.ALL
    words: tuple[str, ...] = ()
    delivery: Delivery | None = None
    connection: str | None = None

    def takes(self, row: FlexRow) -> bool:
        return (
            self.kind.takes(row)
            and (self.delivery is None or row.delivery == self.delivery)
            and (self.connection is None or row.connection == self.connection)
            and (not self.words or all(word in _text(row) for word in self.words))
        )


class Totals(msgspec.Struct):
    """Of the rows that are shown. Values are price times power, in 1e-18; expiries are counted apart, and in nothing
    else."""

    trades: int = 0
    power: int = 0
    value: int = 0
    expiries: int = 0
    windows: dict[Delivery, int] = msgspec.field(default_factory=dict)
    """How many trades each delivery window had."""

    def add(self, row: FlexRow, sign: int = 1) -> None:
        if isinstance(row, FlexExpiry):
            self.expiries += sign
            return
        self.trades += sign
        self.power += sign * row.power
        self.value += sign * row.price * row.power
        left = self.windows.get(row.delivery, 0) + sign
        if left:
            self.windows[row.delivery] = left
        else:
            self.windows.pop(row.delivery, None)

    def text(self, spec: InstrumentSpec) -> str:
        """`12 trades · 34 000 W · VWAP 0.219 EUR/kWh · 3 expired, not counted`. Power of different windows is not added
        up, nor averaged: they are different goods."""
        parts = [f"{grouped(self.trades)} trade{'' if self.trades == 1 else 's'}"]
        if len(self.windows) == 1 and self.power:
            parts.append(f"{amount_text(self.power, spec.quantity_decimals)} {spec.quantity_unit}")
            vwap = rounded_text(self.value, self.power, spec.price_decimals)
            parts.append(f"VWAP {vwap} {spec.price_unit}")
        elif self.windows:
            parts.append(f"{len(self.windows)} windows, different goods: no sum")
        if self.expiries:
            parts.append(f"{grouped(self.expiries)} expired, not counted")
        return " · ".join(parts)


class TickerRows:
    """The rows as of the last `advance`; row 0 is the newest."""

    def __init__(self, tape: FlexTape) -> None:
        self._tape = tape
        self._filter = TickerFilter()
        self._shown: list[tuple[int, FlexRow]] = []
        """Oldest first, with the ticker's own numbers."""
        self._end = tape.first
        self.totals = Totals()
        self.advance()

    @property
    def count(self) -> int:
        return len(self._shown)

    def choose(self, chosen: TickerFilter) -> None:
        """Shows what passes, from the newest on."""
        self._filter = chosen
        self._shown, self._end, self.totals = [], self._tape.first, Totals()
        self.advance()

    def advance(self) -> int:
        """Takes in what came since; how many rows that are shown came on top."""
        gone = bisect_left(self._shown, self._tape.first, key=_number)
        for _, row in self._shown[:gone]:
            self.totals.add(row, -1)
        del self._shown[:gone]
        before = len(self._shown)
        for number in range(max(self._end, self._tape.first), self._tape.end):
            row = self._tape.row(number)
            if self._filter.takes(row):
                self._shown.append((number, row))
                self.totals.add(row)
        self._end = self._tape.end
        return len(self._shown) - before

    def row(self, index: int) -> FlexRow | None:
        """The row at a place; None beyond the last."""
        return self._shown[-1 - index][1] if 0 <= index < len(self._shown) else None

    def number(self, index: int) -> int | None:
        """The ticker's own number of the row, which never changes."""
        return self._shown[-1 - index][0] if 0 <= index < len(self._shown) else None


def _number(shown: tuple[int, FlexRow]) -> int:
    return shown[0]


def _text(row: FlexRow) -> str:
    kind = "trade" if isinstance(row, FlexTrade) else "expired"
    return f"{kind} {row.connection.casefold()} {_window_text(row.delivery)} {_place_text(row.place)}"


@functools.lru_cache(maxsize=4096)
def _window_text(delivery: Delivery) -> str:
    return period_text(UtcNs(delivery.start), UtcNs(delivery.end), CONTINENT).replace("–", "-").casefold()


@functools.lru_cache(maxsize=8192)
def _place_text(place: Place) -> str:
    return " ".join((place.country_code, *place.location_ids)).casefold()
