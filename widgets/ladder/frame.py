"""One picture of the ladder as plain facts: what each row means and what is written where. No Qt.

A frame is composed when it is painted, from the market as it stands in that moment, and kept until the next one: a
click is answered from the frame the trader saw, not from a book that has moved since.
"""

import dataclasses
from collections.abc import Mapping

from protocols.market.instruments import ContractKey, InstrumentSpec
from protocols.market.values import Price, Side
from widgets.ladder.axis import Axis
from widgets.ladder.bar import Bar
from widgets.ladder.depth import RowSide, SideDepth
from widgets.ladder.geometry import Column, Geometry
from widgets.ladder.own import OwnCell, OwnSide
from widgets.ladder.sight import Sight
from widgets.ladder.standing import Condition
from widgets.ladder.words import Header, Number, Word


@dataclasses.dataclass(frozen=True, slots=True)
class RowMeaning:
    """What a row stood for: its price, and whose orders rested there (None: nobody's). Equal when acting on the row
    would mean the same."""

    price: Price
    holds: Side | None


@dataclasses.dataclass(frozen=True, slots=True)
class FrameRow:
    """A row with a price. Where there is none (beyond all single levels, under a notice) a frame holds None."""

    meaning: RowMeaning
    price: Number
    round_price: bool
    """One of the coarse steps that guide the eye along the axis."""
    bid: RowSide
    ask: RowSide
    bid_text: Number | None
    ask_text: Number | None
    volume: int
    volume_text: Number | None
    own_buy: OwnCell | None = None
    own_sell: OwnCell | None = None

    def own(self, column: Column | None) -> OwnCell | None:
        """Our orders in one of the two columns that show them."""
        return {Column.OWN_BUY: self.own_buy, Column.OWN_SELL: self.own_sell}.get(column) if column else None


@dataclasses.dataclass(frozen=True, slots=True)
class Guide:
    """A thin line at a price of the day; `position` in rows from the middle of the top row."""

    label: str
    position: float


@dataclasses.dataclass(frozen=True, slots=True)
class LastMark:
    """The last trade. `slot` is None when its price has no row in view."""

    slot: int | None
    text: str
    direction: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class StageMark:
    """Where a staged or dragged order would go. `column` is the own orders' of its side."""

    slot: int
    column: Column
    text: str
    dragged: bool
    stop: bool = False
    """Whether it would wait for the market to come against it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Plate:
    """The words across a ladder that is not live."""

    title: str
    lines: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """What was painted at a point. `meaning` is None outside the priced rows."""

    revision: int
    slot: int | None
    column: Column | None
    meaning: RowMeaning | None


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """The market on the axis. A frame whose numbers must not be shown has none, so nothing can paint them."""

    axis: Axis
    rows: tuple[FrameRow | None, ...]
    bids: SideDepth
    asks: SideDepth
    cumulative: bool
    full_bar: int
    """The quantity whose bar fills its column."""
    full_volume: int
    guides: tuple[Guide, ...]
    last: LastMark | None
    notice_above: tuple[Word, ...]
    notice_below: tuple[Word, ...]
    trades_note: str
    """Why the trades are not to be believed; empty when they are live."""
    flashes: Mapping[tuple[Side, Price], float]
    """How strongly a row's quantity flashes, from 1 down to 0."""
    own_buys: OwnSide
    own_sells: OwnSide
    selected: str | None
    """Client identifier of the selected own order."""
    mark: StageMark | None
    depth: bool = True
    """Whether anybody says how much rests at a price; not where there is nothing but a quote."""


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """The best prices exactly as they came, where a row may only show their bucket. Quantities are empty where nobody
    says any; the spread has a word behind it where it is not in units of the price."""

    bid: str
    ask: str
    spread: str
    bid_quantity: str
    ask_quantity: str


@dataclasses.dataclass(frozen=True, slots=True)
class LadderFrame:
    revision: int
    key: ContractKey | None
    condition: Condition
    geometry: Geometry
    spec: InstrumentSpec | None
    header: Header | None
    plate: Plate | None
    body: Body | None
    quote: Quote | None
    bucket: Word
    """How the rows are spaced: `0.05 auto`, `0.05 fixed`, `levels`; empty without an axis."""
    bar: Bar | None = None
    """None as long as there is nothing to stage an order for."""
    sight: Sight | None = None
    """What acts by key are held against; None without a book in it."""

    def row(self, slot: int) -> FrameRow | None:
        """What was painted in a slot."""
        if self.body is None or not 0 <= slot < len(self.body.rows):
            return None
        return self.body.rows[slot]

    def hit(self, x: int, y: int) -> Hit:
        """What this frame showed at a point of the widget."""
        slot, column = self.geometry.slot_at(y), self.geometry.column_at(x)
        row = self.row(slot) if slot is not None else None
        return Hit(self.revision, slot, column, row.meaning if row else None)
