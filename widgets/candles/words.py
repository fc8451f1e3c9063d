"""What the candles say in words and figures, from the exact integers. No Qt."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from protocols.market.commands import FxTerms
from protocols.market.events import Candle, Quote
from protocols.market.instruments import CurrencyPair
from protocols.market.intervals import Interval
from protocols.market.order_events import OwnExecuted
from protocols.market.orders import Order
from protocols.market.values import Price, Side
from widgets.candles.times import candle_text
from widgets.figures import MINUS, amount_text
from widgets.fx_staging import LIMIT, STOP, sets_off, short_quantity
from widgets.ladder.quote_words import pips_text
from widgets.staging import price_text

LETTERS = {Side.BUY: "B", Side.SELL: "S"}
KINDS = {LIMIT: "LMT", STOP: "STP", "STOP_LIMIT": "STL"}
UNKNOWN = "–"
GAP = "   "
"""Between the parts of a line of figures."""


def signed_pips(distance: int, pip: int) -> str:
    """`+1.2 pips`, `−0.4 pips`, `0 pips`."""
    sign = "+" if distance > 0 else MINUS if distance < 0 else ""
    return f"{sign}{pips_text(abs(distance), pip)} pip{'s' * (pips_text(abs(distance), pip) != '1')}"


def order_words(order: Order, mark: str = "") -> str:
    """What stands on an order's line: `B 25k LMT`, `? S 100k STP OCO`. The letter says the side, as the colour does."""
    kind = KINDS.get(order.terms.type, order.terms.type) if isinstance(order.terms, FxTerms) else ""
    pair = "OCO" if order.pair is not None else ""
    return " ".join(filter(None, (mark, LETTERS[order.side], short_quantity(order.remaining), kind, pair)))


def candle_words(
    candle: Candle, pair: CurrencyPair, interval: Interval, zone: ZoneInfo, *, built: bool, newest: bool
) -> str:
    """`Fri 20 Nov 14:35   O 1.08412   H …   L …   C …   V 12.5   +0.4 pips`. A candle that quotes have changed has no
    volume: the venue has not told it yet."""
    spec = pair.spec
    figures = (("O", candle.open), ("H", candle.high), ("L", candle.low), ("C", candle.close))
    parts = [candle_text(candle.at, interval, zone)]
    parts += [f"{name} {price_text(value, spec)}" for name, value in figures]
    parts.append(f"V {UNKNOWN if candle.volume is None else amount_text(candle.volume, 0)}")
    parts.append(signed_pips(candle.close - candle.open, pair.pip))
    if built:
        parts.append("so far, from live bids" if newest else "from live bids")
    return GAP.join(parts)


def fill_words(fills: Sequence[OwnExecuted], pair: CurrencyPair) -> str:
    """`B 25k @ 1.08360`, one after the other; `price not told` where the venue didn't say what was paid."""
    return ", ".join(
        f"{LETTERS[fill.side]} {short_quantity(fill.quantity)} "
        + (f"@ {price_text(fill.price, pair.spec)}" if fill.price is not None else "price not told")
        for fill in fills
    )


def reaches(order: Order, price: Price, quote: Quote | None) -> str:
    """What an order at this price would do at once by a quote; empty when it would wait."""
    bid, ask = (None, None) if quote is None else (quote.bid, quote.ask)
    if isinstance(order.terms, FxTerms) and order.terms.type == STOP:
        return "set off at once" if sets_off(order.side, price, bid, ask) else ""
    market = ask if order.side is Side.BUY else bid
    if market is None:
        return ""
    return "trade at once" if (price >= market if order.side is Side.BUY else price <= market) else ""


def moved_words(order: Order, price: Price, pair: CurrencyPair, quote: Quote | None) -> str:
    """What a dragged order says: `B 25k LMT 1.08360 → 1.08345   −1.5 pips   6.7 pips below the bid`."""
    spec, before = pair.spec, order.waits_at
    was = f" {price_text(before, spec)} →" if before is not None else ""
    parts = [f"{order_words(order)}{was} {price_text(price, spec)}"]
    if before is not None:
        parts.append(signed_pips(price - before, pair.pip))
    does = reaches(order, price, quote)
    distance = distance_words(order, price, pair, quote)
    parts.append(f"! would {does}" if does else distance)
    return GAP.join(filter(None, parts))


def distance_words(order: Order, price: Price, pair: CurrencyPair, quote: Quote | None) -> str:
    """How far from the side of the quote that it would meet: `6.7 pips below the ask`; empty without a quote."""
    name = "ask" if order.side is Side.BUY else "bid"
    market = None if quote is None else quote.ask if order.side is Side.BUY else quote.bid
    if market is None:
        return ""
    if price == market:
        return f"at the {name}"
    where = "above" if price > market else "below"
    return f"{pips_text(abs(price - market), pair.pip)} pips {where} the {name}"


def shortened(text: str, fits: Callable[[str], bool], last_counts: bool) -> str:
    """As many of its parts as fit, the first ones: half a figure would be another figure. With `last_counts` the last
    one stays as well, such as what an order would do."""
    parts = text.split(GAP)
    if fits(text) or fits("  ".join(parts)):
        return text if fits(text) else "  ".join(parts)
    last = [parts.pop()] if last_counts and len(parts) > 1 else []
    while len(parts) > 1 and not fits("  ".join((*parts, "…", *last))):
        parts.pop()
    return "  ".join((*parts, "…", *last))
