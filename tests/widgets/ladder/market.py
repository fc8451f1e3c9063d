"""One quarter-hour contract with a believable book, for the tests of the ladder."""

from collections.abc import Mapping

from PySide6.QtWidgets import QApplication

from protocols.market.events import (
    BookChanged,
    BookOrder,
    BookReplaced,
    ContractLost,
    Feed,
    Freshness,
    InformationChanged,
    MarketInformation,
)
from protocols.market.instruments import ContractKey
from protocols.market.times import MINUTE, UtcNs, utc_from_text
from protocols.market.values import scaled_from_text
from tests.widgets.desk import Desk, price, quantity
from widgets.ladder import Ladder, LadderFrame
from widgets.ladder.frame import FrameRow

AREA = "DE-AMPRION"
START = utc_from_text("2026-11-21T14:45Z")
CLOSING = UtcNs(START - 5 * MINUTE)

BIDS = {"72.10": "12.5", "72.08": "5", "72.05": "20", "72.00": "31.3", "71.95": "8", "71.90": "15", "71.80": "2.5"}
ASKS = {"72.15": "7.5", "72.18": "10", "72.20": "25", "72.30": "4.2", "72.35": "12", "72.50": "18", "72.75": "50"}

Levels = Mapping[str, str]
"""Quantity by price; quantity 0 takes the order out."""


def orders(levels: Levels, side: str) -> tuple[BookOrder, ...]:
    """One order per price, identified by it."""
    return tuple(BookOrder(side + at, price(at), quantity(amount)) for at, amount in levels.items())


class LadderDesk(Desk):
    """A desk on which one contract is open, its link group looking at it."""

    def __init__(self) -> None:
        super().__init__(AREA)
        self.key = self.contract(AREA, "15Q4", START)
        self.state(self.key, end=CLOSING)
        self.group.choose(self.key)

    def levels(self, bids: Levels = BIDS, asks: Levels = ASKS, key: ContractKey | None = None) -> None:
        """A whole new book."""
        event = BookReplaced(self._channel, key or self.key, orders(bids, "b"), orders(asks, "a"))
        self.market.apply(event)

    def change(self, bids: Levels | None = None, asks: Levels | None = None) -> None:
        self.market.apply(BookChanged(self._channel, self.key, orders(bids or {}, "b"), orders(asks or {}, "a")))

    def lose(self, reason: str) -> None:
        """The book contradicted itself."""
        self.market.apply(ContractLost(self._channel, Feed.ORDER_BOOKS, self.key, reason))

    def freshness(self, freshness: Freshness, reason: str = "", feed: Feed = Feed.ORDER_BOOKS) -> None:
        self.channel(feed, AREA, freshness, reason)

    def day(self, direction: str | None = None, **values: str) -> None:
        """The contract's figures: `last_price="72.12"`, `total_quantity=...`."""
        scaled = {name: scaled_from_text(text) for name, text in values.items()}
        known = MarketInformation(self.key, direction=direction, **scaled)  # type: ignore[arg-type]
        self.market.apply(InformationChanged(f"{Feed.MARKET_INFORMATION.name}:{AREA}", known))

    @property
    def _channel(self) -> str:
        return f"{Feed.ORDER_BOOKS.name}:{AREA}"


def frame(desk: LadderDesk, ladder: Ladder) -> LadderFrame:
    """The frame on the screen after the next beat."""
    desk.beat()
    QApplication.processEvents()
    assert ladder.painted is not None
    return ladder.painted


def rows(shown: LadderFrame) -> list[FrameRow]:
    assert shown.body is not None
    return [row for row in shown.body.rows if row is not None]


def prices(shown: LadderFrame) -> list[str]:
    return [row.price.text for row in rows(shown)]


def row_at(shown: LadderFrame, at: str) -> FrameRow:
    return next(row for row in rows(shown) if row.meaning.price == price(at))


def buckets_of(desk: LadderDesk, ladder: Ladder, width: str) -> LadderFrame:
    """The frame after the rows were set this wide."""
    for _ in range(12):
        ladder.finer()
    for _ in range(12):
        if frame(desk, ladder).bucket.text == f"{width} fixed":
            break
        ladder.coarser()
    ladder.recentre()
    return frame(desk, ladder)
