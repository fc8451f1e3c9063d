"""What may be had at one quote: a few prices, worse the deeper, and how much at each. Taken once, it is gone until the
next quote."""

from protocols.market.values import Price, Quantity, Side
from protocols.practice.acttrader.orders import Fill, within
from protocols.practice.acttrader.pairs import LARGEST
from protocols.practice.acttrader.quotes import Quote

_UNLIMITED = 1_000_000 * LARGEST
"""More than all orders that can wait at a time."""
_DEPTH = ((0, 1), (1, 1), (3, 2), (6, 3))
"""Distance from the touch in half spreads, and the multiple of its size."""


class Liquidity:
    """Both sides of a quote. `size` overrides what each price offers; without `partial` the touch offers everything."""

    def __init__(self, quote: Quote, tick: Price, *, partial: bool = True, size: Quantity | None = None) -> None:
        self.quote = quote
        gap = max(tick, (quote.ask - quote.bid) // 2 // tick * tick)
        self._offers: dict[Side, list[tuple[Price, int]]] = {}
        for side, sign, touch_size in ((Side.BUY, 1, quote.ask_size), (Side.SELL, -1, quote.bid_size)):
            touch = quote.touch(side)
            if partial:
                offers = [(touch + sign * n * gap, touch_size * m if size is None else size) for n, m in _DEPTH]
            else:
                offers = [(touch, _UNLIMITED)]
            self._offers[side] = [(Price(price), offered) for price, offered in offers if price > 0]

    def take(self, side: Side, limit: Price | None, quantity: Quantity, *, whole: bool) -> list[Fill]:
        """Trades as much of `quantity` as is offered within `limit`; with `whole` all of it, or nothing."""
        offers = self._offers[side]
        fills, left = [], int(quantity)
        remaining = []
        for price, offered in offers:
            traded = min(left, offered) if within(side, limit, price) else 0
            if traded:
                fills.append(Fill(price, Quantity(traded)))
                left -= traded
            remaining.append((price, offered - traded))
        if whole and left:
            return []
        self._offers[side] = remaining
        return fills
