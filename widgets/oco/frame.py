"""What one frame of the pair's small ladder shows: rows of prices, the market, and both legs. Pure, no Qt."""

from typing import NamedTuple

from protocols.market.commands import OcoLeg
from protocols.market.events import Quote
from protocols.market.instruments import CurrencyPair
from protocols.market.pairs import STOP_LIMIT
from protocols.market.values import Price, Side
from widgets.oco.axis import Axis
from widgets.oco.placing import LEGS, price_text, waits_at
from widgets.oco.words import Distance

ABOVE, IN_SIGHT, BELOW = -1, 0, 1
_EDGES = {ABOVE: "▲ ", IN_SIGHT: "", BELOW: "▼ "}


class Scene(NamedTuple):
    """What there is to be shown. `quote` is what was quoted last, live or not; `details` are the legs' distances."""

    pair: CurrencyPair | None = None
    quote: Quote | None = None
    live: bool = False
    side: Side | None = None
    legs: tuple[OcoLeg, OcoLeg] | None = None
    active: int = 1
    details: tuple[Distance, ...] = ()


class Tag(NamedTuple):
    """A leg in its row; at the first or last one with an arrow when it is out of sight. A `shadow` is the limit of a
    stop limit: it goes where its stop goes."""

    number: int
    row: int
    words: str
    detail: Distance
    active: bool
    shadow: bool = False


class Row(NamedTuple):
    """`market` says which best prices are within, `between` whether it lies between the legs."""

    price: Price
    text: str
    market: str = ""
    between: bool = False


class Frame(NamedTuple):
    """`tags` in the order of the legs. Without an axis there are no rows, and `words` say why."""

    axis: Axis | None
    rows: tuple[Row, ...]
    tags: tuple[Tag, ...]
    side: Side | None
    live: bool
    words: str = ""

    def tag_at(self, row: int) -> Tag | None:
        """The leg in a row; of two, the active one."""
        found = [tag for tag in self.tags if tag.row == row and not tag.shadow]
        return next((tag for tag in found if tag.active), found[0] if found else None)


NOTHING = Frame(None, (), (), None, False, "Without a currency pair there is nothing to place")


def compose(scene: Scene, axis: Axis | None) -> Frame:
    """The frame of a scene on an axis."""
    pair = scene.pair
    if pair is None or axis is None:
        return (
            NOTHING if pair is None else Frame(None, (), (), scene.side, False, "No quotes: prices are typed in full")
        )
    legs = [(number, leg) for number, leg in zip(LEGS, scene.legs or (), strict=False)]
    ends = [axis.row(at) for _, leg in legs if (at := waits_at(leg)) is not None]
    rows = tuple(_row(axis, row, pair, scene.quote, ends) for row in range(axis.rows))
    tags = [tag for number, leg in legs for tag in _tags(number, leg, scene, axis, pair)]
    return Frame(axis, rows, tuple(tags), scene.side, scene.live)


def spoken(frame: Frame) -> str:
    """The legs and the market in words, for screen readers: as on the screen, old prices are said to be old."""
    market = [row.market if frame.live else f"not live: {row.market}" for row in frame.rows if row.market]
    legs = [tag for tag in frame.tags if not tag.shadow]
    tags = [f"leg {tag.words}{', active' if tag.active else ''}, {tag.detail.words}" for tag in legs]
    return ". ".join((*market, *tags)) or frame.words


def _row(axis: Axis, row: int, pair: CurrencyPair, quote: Quote | None, ends: list[int]) -> Row:
    between = len(ends) == 2 and min(ends) < row < max(ends)
    price = axis.price(row)
    return Row(price, price_text(price, pair), _market(axis, row, pair, quote), between)


def _market(axis: Axis, row: int, pair: CurrencyPair, quote: Quote | None) -> str:
    """`bid 1.08412  ask 1.08416`; at the edge an arrow to a market that is out of sight."""
    if quote is None or quote.bid is None or quote.ask is None:
        return ""
    rows = {name: _edged(axis, at) for name, at in (("bid", quote.bid), ("ask", quote.ask))}
    here = [name for name, (at, _) in rows.items() if at == row]
    prices = {"bid": quote.bid, "ask": quote.ask}
    words = [f"{_EDGES[rows[name][1]]}{name} {price_text(prices[name], pair)}" for name in here]
    return "  ".join(words)


def _edged(axis: Axis, price: Price) -> tuple[int, int]:
    """The row in which a price is shown, and whether it is above or below what is in sight."""
    row = axis.row(price)
    if row < 0:
        return 0, ABOVE
    return (axis.rows - 1, BELOW) if row >= axis.rows else (row, IN_SIGHT)


def _tags(number: int, leg: OcoLeg, scene: Scene, axis: Axis, pair: CurrencyPair) -> list[Tag]:
    at = waits_at(leg)
    if at is None:
        return []
    row, edge = _edged(axis, at)
    words = f"{number} {_EDGES[edge]}{leg.type.replace('_', ' ')} {price_text(at, pair)}"
    detail = scene.details[number - 1] if scene.details else Distance()
    found = [Tag(number, row, words, detail, scene.active == number)]
    if leg.type == STOP_LIMIT and leg.price is not None:
        row, edge = _edged(axis, leg.price)
        limit = f"{number} {_EDGES[edge]}its limit {price_text(leg.price, pair)}"
        found.append(Tag(number, row, limit, Distance(), active=False, shadow=True))
    return found
