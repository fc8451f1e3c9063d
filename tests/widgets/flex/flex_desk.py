"""A flexibility market filled by hand, for the tests of its widgets."""

from collections.abc import Sequence

from app.gallery.flex_market import FLEX, PLACES, WINDOWS, FlexDay
from app.gallery.market import Exhibit, price, quantity
from protocols.market.flex_events import FlexBookOrder
from protocols.market.state import MarketState
from protocols.market.values import Side
from tests.widgets.desk import DARK
from widgets.frame_clock import FrameClock
from widgets.link_group import LinkGroup
from widgets.theme import Theme

__all__ = ["FLEX", "PLACES", "WINDOWS", "FlexDesk", "order"]


class FlexDesk(FlexDay):
    """`beat` is one frame."""

    def __init__(self) -> None:
        super().__init__(Exhibit())

    @property
    def market(self) -> MarketState:
        return self.exhibit.market

    @property
    def group(self) -> LinkGroup:
        return self.exhibit.group

    @property
    def parts(self) -> tuple[MarketState, FrameClock, LinkGroup, Theme]:
        return self.exhibit.market, self.exhibit.clock, self.exhibit.group, DARK

    def beat(self, seconds: float = 1.0) -> None:
        self.exhibit.beat(seconds)

    def books(self, *orders: FlexBookOrder | Sequence[FlexBookOrder]) -> None:
        """A new book of these, seen."""
        whole = [each for some in orders for each in ([some] if isinstance(some, FlexBookOrder) else some)]
        self.book(whole)
        self.beat()


def order(side: Side, at: str, much: str = "100", window: int = 0, place: int = 0) -> FlexBookOrder:
    """Of one of the six windows and places."""
    return FlexBookOrder(side, price(at), quantity(much), None, WINDOWS[window], PLACES[place])
