"""The blotter's columns: what they are called, how they are filtered, which are shown at first. No Qt."""

import dataclasses
import enum
from typing import NamedTuple

from widgets.grid import Align, Column


class Col(enum.IntEnum):
    """The blotter's columns, in the order they have at first: down to the reason they fit into some 1650 pixels. In a
    narrower dock those before the status give way to it, what tells orders apart last."""

    TIME = 0
    VENUE = enum.auto()
    CONTRACT = enum.auto()
    AREA = enum.auto()
    SIDE = enum.auto()
    TYPE = enum.auto()
    QUANTITY = enum.auto()
    PRICE = enum.auto()
    STOP = enum.auto()
    STATUS = enum.auto()
    LIFETIME = enum.auto()
    TIF = enum.auto()
    DELIVERY = enum.auto()
    REASON = enum.auto()
    EVENT = enum.auto()
    TERMS = enum.auto()
    WHOSE = enum.auto()
    NOTE = enum.auto()
    CHANGED = enum.auto()
    VENUE_ID = enum.auto()
    CLIENT_ID = enum.auto()


class Kind(enum.Enum):
    """How a column is filtered."""

    CHOICE = "a list of what there is"
    NUMBER = "from and to"
    TIME = "from and to, as times"
    TEXT = "words in it"


class _Told(NamedTuple):
    column: Column
    kind: Kind
    at_first: bool = True


def _text(
    key: str, title: str, width: int, tip: str, kind: Kind = Kind.TEXT, at_first: bool = True, gives_way: int = 0,
    least: int = 0, vital: bool = False,
) -> _Told:  # fmt: skip
    return _Told(Column(key, title, width, tip=tip, gives_way=gives_way, least=least, vital=vital), kind, at_first)


def _figures(
    key: str, title: str, width: int, tip: str, kind: Kind = Kind.TEXT, at_first: bool = True, gives_way: int = 0
) -> _Told:
    return _Told(Column(key, title, width, numbers=True, tip=tip, gives_way=gives_way), kind, at_first)


def _price(key: str, title: str, tip: str) -> _Told:
    """As wide as its finest instrument needs: see `price_column`."""
    return _Told(Column(key, title, 9, Align.DECIMAL, 2, numbers=True, tip=tip), Kind.NUMBER)


_TOLD = {
    Col.TIME: _figures(
        "time",
        "Time",
        12,
        "When the venue says it was entered, else when it was sent: market time",
        Kind.TIME,
        gives_way=3,
    ),
    Col.VENUE: _Told(Column("venue", "Venue", 11, tip="Connection", middle=True, gives_way=1), Kind.CHOICE),
    Col.CONTRACT: _Told(
        Column(
            "contract",
            "Contract",
            18,
            tip="The exchange's name of the contract, or the pair; flexibility with its delivery window",
            middle=True,
            gives_way=4,
            least=13,
        ),
        Kind.CHOICE,
    ),
    Col.DELIVERY: _figures("delivery", "Delivery", 21, "Delivery period, in the area's market time", Kind.CHOICE),
    Col.AREA: _text("area", "Area", 12, "Delivery area", Kind.CHOICE, gives_way=5, least=8),
    Col.SIDE: _text("side", "Side", 4, "Buy or sell", Kind.CHOICE),
    Col.TYPE: _text("type", "Type", 8, "Limit, stop, stop limit, market; iceberg or block", Kind.CHOICE, gives_way=2),
    Col.QUANTITY: _Told(
        Column(
            "quantity",
            "Filled",
            13,
            Align.RIGHT,
            numbers=True,
            tip="Filled of the quantity in all: in MW, of a currency pair in units of the first currency",
        ),
        Kind.NUMBER,
    ),
    Col.PRICE: _price(
        "price", "Price", "Limit price, with the instrument's own decimals; in euros unless a sign stands before it"
    ),
    Col.STOP: _price("stop", "Stop", "The price from which a stop order becomes an order"),
    Col.TIF: _text("tif", "TIF", 7, "Time in force, or restriction and validity, shortened", Kind.CHOICE),
    Col.LIFETIME: _figures(
        "lifetime", "Lifetime", 15, "When the venue ends it, and how long that is from now, by its clock", Kind.TIME
    ),
    Col.STATUS: _text(
        "status",
        "Status",
        28,
        "Where it stands, and what was asked of the venue and is not answered yet",
        Kind.CHOICE,
        vital=True,
    ),
    Col.REASON: _text(
        "reason",
        "Reason",
        16,
        "Who ended it and why; why it was denied (by us), rejected (by the venue), not sent or is in doubt",
    ),
    Col.EVENT: _text("event", "Last event", 30, "The venue's last word on it", at_first=False),
    Col.TERMS: _text(
        "terms", "Terms", 15, "All terms, shortened: the tool tip of a row spells them out", at_first=False
    ),
    Col.WHOSE: _text(
        "whose", "Whose", 9, "Ours, or a colleague's: those are never acted on", Kind.CHOICE, at_first=False
    ),
    Col.NOTE: _text("note", "Note", 20, "The note or comment that was sent with it", at_first=False),
    Col.CHANGED: _figures(
        "changed",
        "Changed",
        12,
        "When anything was last heard or done of it, in market time",
        Kind.TIME,
        at_first=False,
    ),
    Col.VENUE_ID: _figures(
        "venue_id", "Venue id", 14, "The venue's identifier, which a modification may change", at_first=False
    ),
    Col.CLIENT_ID: _figures(
        "client_id", "Client id", 36, "Our identifier, the same for the order's life", at_first=False
    ),
}

COLUMNS = tuple(_TOLD[column].column for column in Col)
KINDS = {column: told.kind for column, told in _TOLD.items()}
HIDDEN_AT_FIRST = frozenset(int(column) for column, told in _TOLD.items() if not told.at_first)
COLUMN_OF = {told.column.key: column for column, told in _TOLD.items()}
"""By the key that workspaces keep."""

PRICES = (Col.PRICE, Col.STOP)
WHOLE_FIGURES = 6
"""Room for `market` and `-9999`, and for a little air: five decimals right behind another number can't be read."""


def price_column(column: Col, decimals: int) -> Column:
    """A column of prices wide enough for `decimals`: the points of all its prices are below one another."""
    return dataclasses.replace(COLUMNS[column], width=WHOLE_FIGURES + 1 + decimals, decimals=decimals)


def quantity_column(figures: int) -> Column:
    """The column of quantities wide enough for so many figures: none of them is ever cut."""
    plain = COLUMNS[Col.QUANTITY]
    return dataclasses.replace(plain, width=max(plain.width, figures))


class GroupBy(enum.Enum):
    """What rows are put together by; the value is what a workspace keeps."""

    NONE = ""
    VENUE = "venue"
    CONTRACT = "contract"
    SIDE = "side"
    STATUS = "status"
    PAIR = "pair"

    @property
    def words(self) -> str:
        return _GROUP_WORDS[self]


_GROUP_WORDS = {
    GroupBy.NONE: "Not grouped",
    GroupBy.VENUE: "Venue",
    GroupBy.CONTRACT: "Contract",
    GroupBy.SIDE: "Side",
    GroupBy.STATUS: "Status",
    GroupBy.PAIR: "Pairs and single orders",
}
