"""FX positions: what our own orders executed, by pair, and what that comes to in the account's currency.

The venue's order protocol knows neither trades nor positions, only how much of each order is executed: a position is
the sum of that over the own orders that are known. What was traded elsewhere, or before the venue's list of orders
begins, is not in it.
"""

from collections.abc import Iterator

import msgspec

from protocols.market.commands import FxTerms
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.state import MarketState
from protocols.market.values import SCALE, Side


class FxPosition(msgspec.Struct, frozen=True):
    """One pair's. `net` is in 1e-9 units of the base currency, positive when long. `exposure` is its worth in
    1e-9 of the account's currency at live mid prices; None, with the reason, where there are none to convert at."""

    key: ContractKey
    net: int
    exposure: int | None
    account_currency: str
    reason: str = ""


def fx_positions(market: MarketState) -> list[FxPosition]:
    """A position for each pair of which anything of ours was executed, sorted by key."""
    nets: dict[ContractKey, int] = {}
    for order in market.blotter.rows():
        if order.ours and isinstance(order.terms, FxTerms) and order.filled:
            signed = order.filled if order.side is Side.BUY else -order.filled
            nets[order.key] = nets.get(order.key, 0) + signed
    return [_position(market, key, net) for key, net in sorted(nets.items())]


def fx_net(market: MarketState, key: ContractKey) -> int:
    """The net position of one pair, in 1e-9 units of its base currency; positive is long."""
    orders = market.blotter.of_contract(key)
    return sum(
        order.filled if order.side is Side.BUY else -order.filled
        for order in orders
        if order.ours and isinstance(order.terms, FxTerms)
    )


def _position(market: MarketState, key: ContractKey, net: int) -> FxPosition:
    pair = market.pairs.get(key)
    if pair is None:
        return FxPosition(key, net, None, "", "the pair is not listed")
    exposure = in_account_currency(market, pair, net)
    reason = "" if exposure is not None else f"no live quotes from {pair.base} to {pair.account_currency}"
    return FxPosition(key, net, exposure, pair.account_currency, reason)


def in_account_currency(market: MarketState, pair: CurrencyPair, amount: int) -> int | None:
    """An amount of the pair's base currency at live mid prices, rounded away from zero: a limit is not undercut by a
    fraction. None where the quotes to convert at are missing or not live."""
    found = _convert(market, pair.key.connection, pair.base, pair.account_currency, amount)
    if found is not None:
        return found
    quoted = _convert(market, pair.key.connection, pair.base, pair.quote, amount)
    return None if quoted is None else _convert(market, pair.key.connection, pair.quote, pair.account_currency, quoted)


def quoted_in_account_currency(market: MarketState, pair: CurrencyPair, amount: int) -> int | None:
    """An amount of the pair's second currency, such as what a distance between prices is worth: likewise."""
    return _convert(market, pair.key.connection, pair.quote, pair.account_currency, amount)


def _convert(market: MarketState, connection: str, source: str, target: str, amount: int) -> int | None:
    """Through one pair of the connection, quoted either way round."""
    if source == target:
        return amount
    for pair, mid in _live(market, connection):
        if (pair.base, pair.quote) == (source, target):
            return _away_from_zero(amount * mid, SCALE)
        if (pair.base, pair.quote) == (target, source):
            return _away_from_zero(amount * SCALE, mid)
    return None


def _live(market: MarketState, connection: str) -> Iterator[tuple[CurrencyPair, int]]:
    for key, pair in market.pairs.items():
        quote = market.quotes.get(key) if key.connection == connection else None
        if quote is not None and quote.mid and quote.mid > 0 and market.quote_standing(key).live:
            yield pair, quote.mid


def _away_from_zero(numerator: int, denominator: int) -> int:
    size = -(-abs(numerator) // denominator)
    return size if numerator >= 0 else -size
