"""How the pair's ticket says results and distances. No Qt."""

from protocols.market.events import Quote
from protocols.market.fx_positions import quoted_in_account_currency
from protocols.market.instruments import CurrencyPair
from protocols.market.pair_results import LegResult
from protocols.market.pairs import PairState
from protocols.market.pips import pips_text
from protocols.market.state import MarketState
from protocols.market.values import SCALE, Price, Quantity, fixed_text, plain_text
from widgets.figures import amount_text
from widgets.oco.placing import Distances

CENT = SCALE // 100

STATE_LOOKS = {
    PairState.PENDING: ("…", "text_secondary"),
    PairState.WORKING: ("●", "live"),
    PairState.EXECUTING: ("▶", "live"),
    PairState.ENDING: ("▶", "text_secondary"),
    PairState.DONE: ("✓", "text"),
    PairState.BROKEN: ("▲", "danger"),
    PairState.BOTH_FILLED: ("▲", "danger"),
    PairState.IN_DOUBT: ("?", "warning"),
}
"""A glyph and an ink beside each state's words."""


def distance_words(market: MarketState, pair: CurrencyPair, at: Price, quantity: Quantity | None, quote: Quote) -> str:
    """How far from a live quote a price is, and what that is worth over the quantity: `28.5 p   3 943.22 EUR`. Which
    way it is shows on the ladder."""
    if quote.bid is None or quote.ask is None:
        return ""
    far = max(quote.bid - at, at - quote.ask, 0)
    if not far or not quantity:
        return pips_text(far, pair.pip)
    worth = quoted_in_account_currency(market, pair, -(-far * quantity // SCALE))
    if worth is None:
        return f"{pips_text(far, pair.pip)}   {pair.account_currency} unknown"
    money = amount_text(-(-worth // CENT) * CENT, 2)
    return f"{pips_text(far, pair.pip)}   {money} {pair.account_currency}"


def beginning_words(distances: Distances, buy: str, sell: str) -> str:
    """By which keys both legs are placed, and where: `B buys, S sells: limit 20 p and stop 25 p off the quote`."""
    limit, stop = (plain_text(each) for each in (distances.limit, distances.stop))
    by_keys = f"{buy} buys, {sell} sells" if buy and sell else "New pairs"
    return f"{by_keys}: limit {limit} p and stop {stop} p off the quote"


def leg_line(leg: LegResult, pair: CurrencyPair | None) -> str:
    """`leg 1  LIMIT 1.08212  working`."""
    order = leg.order
    if order is None:
        return leg.text
    at = order.waits_at
    decimals = 0 if pair is None else pair.spec.price_decimals
    kind = leg.name.partition("(")[2].rstrip(")").replace("_", " ")
    named = f"leg {leg.number}  {kind} {'' if at is None else fixed_text(at, decimals)}"
    return f"{named}  {leg.words}"


def pair_title(leg: LegResult, pair: CurrencyPair | None) -> str:
    """`Buy 50 000 EUR EURUSD`, from a leg that is known."""
    order = leg.order
    if order is None:
        return ""
    unit, name = ("", order.key.contract_id) if pair is None else (f" {pair.base}", pair.name)
    return f"{order.side.value} {amount_text(order.quantity, 0)}{unit} {name}"
