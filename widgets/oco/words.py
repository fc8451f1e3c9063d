"""How the pair's ticket says results and distances. No Qt."""

from typing import NamedTuple

from protocols.market.events import Quote
from protocols.market.fx_positions import quoted_in_account_currency
from protocols.market.instruments import CurrencyPair
from protocols.market.pair_results import LegResult
from protocols.market.pairs import PairState
from protocols.market.pips import from_market_text, pips_text
from protocols.market.state import MarketState
from protocols.market.values import SCALE, Price, Quantity, Side, fixed_text, plain_text
from widgets.figures import amount_text
from widgets.oco.placing import Distances, deals_at

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


class Distance(NamedTuple):
    """How far a leg is from the market: in pips, from which price, and in money; the latter two may be empty."""

    pips: str = ""
    where: str = ""
    money: str = ""

    @property
    def words(self) -> str:
        """`28.5 p below ask   3 943.22 EUR`."""
        return "   ".join(filter(None, (" ".join(filter(None, (self.pips, self.where))), self.money)))

    @property
    def brief(self) -> str:
        """Where there is little room: `28.5 p   3 943.22 EUR`."""
        return "   ".join(filter(None, (self.pips or self.where, self.money)))


def distance_of(
    market: MarketState, pair: CurrencyPair, side: Side | None, at: Price, quantity: Quantity | None, quote: Quote
) -> Distance:
    """How far a leg is from the price of a live quote that it deals at, and what that is worth over the quantity.
    Before a side is chosen nobody knows which price that is: then it is said where the leg is, and no money."""
    if side is None:
        return Distance(where=from_market_text(at, quote, pair.pip))
    dealt = deals_at(side, quote)
    if dealt is None:
        return Distance()
    name = "ask" if side is Side.BUY else "bid"
    if at == dealt:
        return Distance(where=f"at the {name}")
    far = abs(at - dealt)
    money = "" if not quantity else _money(market, pair, -(-far * quantity // SCALE))
    return Distance(pips_text(far, pair.pip), f"{'above' if at > dealt else 'below'} {name}", money)


def _money(market: MarketState, pair: CurrencyPair, amount: int) -> str:
    """An amount of the pair's second currency in the account's, to the cent, upwards."""
    worth = quoted_in_account_currency(market, pair, amount)
    if worth is None:
        return f"{pair.account_currency} unknown"
    return f"{amount_text(-(-worth // CENT) * CENT, 2)} {pair.account_currency}"


def beginning_words(distances: Distances, buy: str, sell: str) -> str:
    """By which keys both legs are placed, and where: `B buys, S sells: limit 20 p, stop 25 p off the ask or bid that
    they deal at`."""
    limit, stop = (plain_text(each) for each in (distances.limit, distances.stop))
    by_keys = f"{buy} buys, {sell} sells" if buy and sell else "New pairs"
    return f"{by_keys}: limit {limit} p, stop {stop} p off the ask or bid that they deal at"


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
