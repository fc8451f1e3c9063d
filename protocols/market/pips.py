"""Prices counted in pips from the quote, as dealers say them, and distances told in pips. Exact integers throughout.

`+12p` is twelve pips above the market, which is above its ask; `-12p` is as far below its bid. `b-3p` and `a+3p` say
from where they count, `b` and `a` alone are the bid and the ask. The quote is the one that was on the screen when the
text was typed: what was understood is a price from then on, and follows no market.
"""

import re

import msgspec

from protocols.market.events import Quote
from protocols.market.form_text import TextRefused, decimal_from_text
from protocols.market.instruments import InstrumentSpec
from protocols.market.times import UtcNs
from protocols.market.values import DIGITS, MAXIMUM, SCALE, Price, Side, plain_text

_FROM_QUOTE = re.compile(
    r"(?P<side>[ab])(?:\s*(?P<sign>[+\-\N{MINUS SIGN}])\s*(?P<pips>[\d.,]+)\s*p(?:ips?)?)?"
    r"|(?P<outside>[+\-\N{MINUS SIGN}])\s*(?P<far>[\d.,]+)\s*p(?:ips?)?",
    re.ASCII | re.IGNORECASE,
)
_MEANT_PIPS = re.compile(r"(?:[ab]?\s*[+\-\N{MINUS SIGN}].*|.*p(?:ips?)?)", re.IGNORECASE | re.DOTALL)


class Typed(msgspec.Struct, frozen=True):
    """What there was when a text was typed: the time, and the live quote. Without a quote `no_quote` says why."""

    at: UtcNs
    quote: Quote | None = None
    no_quote: str = ""


def price_from_text(text: str, spec: InstrumentSpec, pip: Price, typed: Typed) -> int:
    """A price in 1e-9, written in full or counted from the quote. `pip` is in 1e-9, 0 where there are none to count.

    Raises `TextRefused`, among others where there was no live quote to count from.
    """
    text = text.strip()
    match = _FROM_QUOTE.fullmatch(text) if pip else None
    if match is not None:
        return _from_quote(match, text, pip, typed)
    if pip and text and _MEANT_PIPS.fullmatch(text):
        raise TextRefused(f"“{text[:40]}” is no price: +12p counts pips from the quote, or write the price itself")
    return decimal_from_text(text, spec.price_decimals)


def is_from_quote(text: str) -> bool:
    """Whether a text counts from the quote, whatever it counts."""
    return _FROM_QUOTE.fullmatch(text.strip()) is not None


def pips_text(distance: int, pip: Price) -> str:
    """A distance between prices, without its sign: `12.3 p`; exact, as far as a price is."""
    return f"{plain_text(abs(distance) * SCALE // pip)} p"


def from_market_text(price: Price, quote: Quote, pip: Price) -> str:
    """Where a price is, beside a live quote: `12.3 p below the bid`, `at the ask`, `within the spread`."""
    bid, ask = quote.bid, quote.ask
    if bid is None or ask is None:
        return ""
    for name, at in (("bid", bid), ("ask", ask)):
        if price == at:
            return f"at the {name}"
    if price < bid:
        return f"{pips_text(bid - price, pip)} below the bid"
    if price > ask:
        return f"{pips_text(price - ask, pip)} above the ask"
    return "within the spread"


def _from_quote(match: re.Match[str], text: str, pip: Price, typed: Typed) -> int:
    best = None
    whose = _side_of(match)
    if typed.quote is not None:
        best = typed.quote.bid if whose is Side.BUY else typed.quote.ask
    if best is None:
        why = f" ({typed.no_quote})" if typed.no_quote else ""
        raise TextRefused(f"“{text[:40]}” counts from a live quote, and there is none{why}: write the price itself")
    far: str | None = match["pips"] or match["far"]
    if far is None:
        return best
    distance, finer = divmod(decimal_from_text(far, DIGITS) * pip, SCALE)
    if finer:
        raise TextRefused(f"“{text[:40]}” is finer than any price: a pip is {plain_text(pip)}")
    sign = match["sign"] or match["outside"]
    price: int = best + distance if sign == "+" else best - distance
    if abs(price) > MAXIMUM:
        raise TextRefused("is too large")
    return price


def _side_of(match: re.Match[str]) -> Side:
    """Whose best price it counts from: the buyers' bid, or the sellers' ask."""
    side = match["side"]
    if side is not None:
        return Side.BUY if side.casefold() == "b" else Side.SELL
    return Side.SELL if match["outside"] == "+" else Side.BUY
