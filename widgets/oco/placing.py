"""Where the legs of a pair are put: beside the quote at first, then wherever keys and clicks move them. Pure, exact.

A limit leg waits on the near side of the market (a buyer's below it), a stop leg on the far one. How far either is from
being executed is counted from the price that it deals at: a buyer's from the ask, a seller's from the bid. What is
staged is a price from then on: it follows no market.
"""

from typing import NamedTuple

from protocols.market import forms
from protocols.market.commands import OcoLeg
from protocols.market.events import Quote
from protocols.market.instruments import CurrencyPair
from protocols.market.pairs import LIMIT, STOP_LIMIT
from protocols.market.values import SCALE, Price, Side, ValueRefused, fixed_text, scaled_from_text

LEGS = (1, 2)
FARTHEST = 10_000 * SCALE
"""In pips: no pair begins further from the quote."""


class Distances(NamedTuple):
    """How far from the price that it deals at a new pair begins, in pips of 1e-9: the limit leg, the stop leg, and how
    far beyond its stop the limit of a stop limit lies."""

    limit: int = 20 * SCALE
    stop: int = 20 * SCALE
    beyond: int = 2 * SCALE


def leg_field(name: str, number: int) -> str:
    """The form's name of a leg's field: `price_1`."""
    return f"{name}_{number}"


def waits_in(number: int, kind: str) -> str:
    """The field that says where a leg waits: a limit's price, a stop's stop price."""
    return leg_field(forms.PRICE if kind == LIMIT else forms.STOP_PRICE, number)


def waits_at(leg: OcoLeg) -> Price | None:
    """Where a leg waits for the market."""
    return leg.price if leg.type == LIMIT else leg.stop_price


def deals_at(side: Side, quote: Quote) -> Price | None:
    """What a leg has to wait for: a buyer is executed, and his stop set off, by the ask, a seller by the bid."""
    return quote.ask if side is Side.BUY else quote.bid


def starting_prices(side: Side, kind: str, quote: Quote, pair: CurrencyPair, distances: Distances) -> list[Price]:
    """Where a leg of this type waits at first, and the limit of a stop limit after it. Off the tick it goes further
    from the market, never nearer. `quote` is live; `ValueError` for one that is not two-sided."""
    dealt = deals_at(side, quote)
    if dealt is None or quote.bid is None or quote.ask is None:
        raise ValueError("a pair begins beside a two-sided quote")
    far = distances.limit if kind == LIMIT else distances.stop
    above = _above(side, kind)
    at = dealt + _pips(far, pair) if above else dealt - _pips(far, pair)
    stop = _on_tick(at, pair, up=above)
    return [stop, limit_of_stop(side, stop, pair, distances)] if kind == STOP_LIMIT else [stop]


def limit_of_stop(side: Side, stop: Price, pair: CurrencyPair, distances: Distances) -> Price:
    """Where the limit of a stop limit begins: beyond its stop, so that it is executed once the stop is reached."""
    beyond = _pips(distances.beyond, pair)
    buying = side is Side.BUY
    return _on_tick(stop + beyond if buying else stop - beyond, pair, up=buying)


def distances_of(
    side: Side, legs: tuple[OcoLeg, OcoLeg], quote: Quote, pair: CurrencyPair, now: Distances
) -> Distances:
    """The distances that legs have from a live quote, to begin with the next time; what is on the wrong side of the
    market, or not there, leaves its distance as it is `now`."""
    found = now._asdict()
    dealt = deals_at(side, quote)
    for leg in legs:
        at = waits_at(leg)
        if at is None or dealt is None:
            continue
        far = at - dealt if _above(side, leg.type) else dealt - at
        if far > 0:
            found["limit" if leg.type == LIMIT else "stop"] = far * SCALE // pair.pip
        if leg.type == STOP_LIMIT and leg.price is not None:
            beyond = leg.price - at if _above(side, leg.type) else at - leg.price
            if beyond >= 0:
                found["beyond"] = beyond * SCALE // pair.pip
    return Distances(**found)


def read_pips(text: object, otherwise: int) -> int:
    """A kept distance in pips (1e-9); what is no number of at most 10 000 pips, or negative, is not taken."""
    try:
        pips = scaled_from_text(str(text))
    except ValueRefused:
        return otherwise
    return pips if 0 <= pips <= FARTHEST else otherwise


def nudged(price: Price, ticks: int, pair: CurrencyPair) -> Price:
    """So many ticks further; a price between two ticks goes to the next one first. Never below one tick."""
    tick = pair.spec.tick
    rest = price % tick
    at = price - rest + (tick if rest and ticks < 0 else 0) + ticks * tick
    return Price(max(tick, at))


def price_text(price: Price, pair: CurrencyPair) -> str:
    """As it stands in a field: `1.08212`."""
    return fixed_text(price, pair.spec.price_decimals)


def _above(side: Side, kind: str) -> bool:
    """Whether a leg of this type belongs above the market."""
    return (side is Side.SELL) is (kind == LIMIT)


def _pips(pips: int, pair: CurrencyPair) -> int:
    """A number of pips (1e-9) as a distance between prices, rounded up."""
    return int(-(-pips * pair.pip // SCALE))


def _on_tick(price: int, pair: CurrencyPair, *, up: bool) -> Price:
    tick = pair.spec.tick
    return Price(-(-price // tick) * tick if up else max(tick, price // tick * tick))
