"""Our orders and executions as a chart shows them: lines at prices, marks at candles. No Qt."""

import bisect
import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

from protocols.market.commands import FxTerms
from protocols.market.events import Candle
from protocols.market.order_events import OwnExecuted
from protocols.market.orders import Order
from protocols.market.values import Price, Quantity, Side
from widgets.candles.words import order_words
from widgets.ladder.own import Look, look_of
from widgets.staging import why_not_amended

MOST_LINES = 200
"""Orders that are drawn; a chart with more lines than pixels shows nothing. The others are counted."""


@dataclasses.dataclass(frozen=True, slots=True)
class OrderLine:
    """One price of a working order: where a limit or a stop waits; a stop limit has a line for each of its two."""

    order: Order
    price: Price
    text: str
    look: Look
    why_not: str
    """Why it can't be moved from here; empty when it can."""

    @property
    def name(self) -> str:
        return self.order.client_id


def lines_of(orders: Sequence[Order]) -> list[OrderLine]:
    """Of living orders, the first known first; a market order waits nowhere and has none."""
    lines = []
    for order in orders:
        look, at = look_of(order), order.waits_at
        if at is None:
            continue
        text, why_not = order_words(order, look.mark), why_not_amended(order)
        lines.append(OrderLine(order, at, text, look, why_not))
        if isinstance(order.terms, FxTerms) and order.terms.stop_price is not None and order.price is not None:
            lines.append(OrderLine(order, order.price, f"{text} limit", look, why_not))
    return lines


def joined(lines: Sequence[OrderLine]) -> list[tuple[OrderLine, OrderLine]]:
    """What belongs together: the legs of a pair of which one cancels the other, the two prices of a stop limit."""
    first_of: dict[str, OrderLine] = {}
    found = []
    for line in lines:
        of_order = f"order {line.name}"
        if of_order in first_of:
            found.append((first_of[of_order], line))
            continue
        first_of[of_order] = line
        pair = line.order.pair
        if pair is not None:
            if f"pair {pair}" in first_of:
                found.append((first_of[f"pair {pair}"], line))
            first_of.setdefault(f"pair {pair}", line)
    return found


class Fill(NamedTuple):
    """Executions of one side at one price within one candle, together. `price` is None where nobody said it."""

    number: int
    """Of the candle, from 0, the oldest."""
    side: Side
    price: Price | None
    quantity: Quantity
    parts: tuple[OwnExecuted, ...]


def fills_of(executions: Sequence[OwnExecuted], candles: Sequence[Candle]) -> list[Fill]:
    """Each at the candle in which it happened; those before the oldest candle have none."""
    if not candles:
        return []
    together: dict[tuple[int, Side, Price | None], list[OwnExecuted]] = {}
    for execution in executions:
        if execution.at >= candles[0].at:
            number = bisect.bisect_right(candles, execution.at, key=lambda candle: candle.at) - 1
            together.setdefault((number, execution.side, execution.price), []).append(execution)
    return [
        Fill(number, side, price, Quantity(sum(part.quantity for part in parts)), tuple(parts))
        for (number, side, price), parts in sorted(together.items(), key=lambda item: item[0][0])
    ]
