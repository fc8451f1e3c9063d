"""FX positions: what our own orders executed, by pair, and what that comes to in the account's currency.

The venue's order protocol knows neither trades nor positions, only how much of each order is executed: a position is
the sum of that over the own orders that are known. The venue's list leaves out orders that are over (the seed dialect's
all of them, the later one's after a day), so what the journal has of them counts as well, and of each order whatever is
more. What was traded elsewhere, or before the journal is looked at, is not in it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from protocols.market.commands import FxTerms
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.values import SCALE, Price, Side


class FxPosition(msgspec.Struct, frozen=True):
    """One pair's. `net` is in 1e-9 units of the base currency, positive when long. `exposure` is its worth in
    1e-9 of the account's currency at live mid prices; None, with the reason, where there are none to convert at.

    `average` is what the open part cost, `mark` the live price at which it could be closed (the bid when long),
    `realised` and `unrealised` are in 1e-9 of the quote currency. Each is None where it is not known; `cost_reason` and
    `mark_reason` say why.
    """

    key: ContractKey
    net: int
    exposure: int | None
    account_currency: str
    reason: str = ""
    average: Price | None = None
    mark: Price | None = None
    realised: int | None = None
    unrealised: int | None = None
    cost_reason: str = ""
    mark_reason: str = ""
    unlisted: int = 0
    """How much of what was bought and sold is known from the journal alone: the venue did not list it."""


class Sums(NamedTuple):
    """What was bought and sold of a pair, in 1e-9 units of its base currency, and how much of both together the venue
    has not shown to this run of the desk."""

    bought: int = 0
    sold: int = 0
    unlisted: int = 0


class FxTally:
    """How much of our orders was executed, by pair. Kept up to date by the blotter's log of changes: a quote that comes
    in thirty times a second need not look at a hundred thousand orders."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self._read: int | None = None
        self._of_order: dict[int, tuple[ContractKey, int, int]] = {}
        self._shown: dict[ContractKey, tuple[int, int]] = {}
        self._ahead: set[int] = set()
        """Orders of which more is shown than was told as executed: few, and not for long."""

    def sums(self) -> dict[ContractKey, Sums]:
        """Of each pair of which anything was executed, sorted by key."""
        self._catch_up()
        pairs = sorted({*self._shown, *self._market.executions.pairs()})
        return {key: sums for key, sums in zip(pairs, self._all(pairs), strict=True) if any(sums)}

    def _all(self, pairs: list[ContractKey]) -> Iterator[Sums]:
        ahead = self._beyond()
        for key in pairs:
            turnover, (more_bought, more_sold) = self._market.executions.turnover(key), ahead.get(key, (0, 0))
            bought, sold = turnover.bought + more_bought, turnover.sold + more_sold
            yield Sums(bought, sold, bought + sold - sum(self._shown.get(key, (0, 0))))

    def _beyond(self) -> dict[ContractKey, tuple[int, int]]:
        """What orders show beyond what was told as executed."""
        found: dict[ContractKey, tuple[int, int]] = {}
        for number in tuple(self._ahead):
            order = self._market.blotter.order(number)
            if not (more := _untold(self._market, order)):
                self._ahead.discard(number)
                continue
            bought, sold = found.get(order.key, (0, 0))
            found[order.key] = (bought + more, sold) if order.side is Side.BUY else (bought, sold + more)
        return found

    def _catch_up(self) -> None:
        blotter = self._market.blotter
        end = blotter.changed_offset + len(blotter.changed)
        if self._read is None or self._read < blotter.changed_offset:
            changed: Iterable[int] = range(len(blotter))
        else:
            changed = set(blotter.changed[self._read - blotter.changed_offset :])
        self._read = end
        for number in changed:
            self._count(number)

    def _count(self, number: int) -> None:
        order = self._market.blotter.order(number)
        if not order.ours or not isinstance(order.terms, FxTerms):
            return
        bought, sold = (order.filled, 0) if order.side is Side.BUY else (0, order.filled)
        _, before_bought, before_sold = self._of_order.get(number, (order.key, 0, 0))
        all_bought, all_sold = self._shown.get(order.key, (0, 0))
        self._shown[order.key] = (all_bought + bought - before_bought, all_sold + sold - before_sold)
        self._of_order[number] = (order.key, bought, sold)
        if _untold(self._market, order):
            self._ahead.add(number)


def fx_positions(market: MarketState) -> list[FxPosition]:
    """A position for each pair of which anything of ours was executed, sorted by key."""
    return [position_of(market, key, *sums) for key, sums in FxTally(market).sums().items()]


def fx_net(market: MarketState, key: ContractKey) -> int:
    """The net position of one pair, in 1e-9 units of its base currency; positive is long."""
    untold = (
        _untold(market, order) if order.side is Side.BUY else -_untold(market, order)
        for order in market.blotter.of_contract(key)
        if order.ours and isinstance(order.terms, FxTerms)
    )
    return market.executions.turnover(key).net + sum(untold)


def _untold(market: MarketState, order: Order) -> int:
    """What an order shows as executed beyond what was told as executions of it."""
    return max(0, order.filled - market.executions.executed(order.connection, order.client_id))


def position_of(market: MarketState, key: ContractKey, bought: int, sold: int, unlisted: int = 0) -> FxPosition:
    """What a tally's sums come to now: by quotes that are live at this moment."""
    pair, net = market.pairs.get(key), bought - sold
    if pair is None:
        return FxPosition(key, net, None, "", "the pair is not listed", unlisted=unlisted)
    exposure = in_account_currency(market, pair, net) if net else 0
    reason = "" if exposure is not None else f"no live quotes from {pair.base} to {pair.account_currency}"
    turnover = market.executions.turnover(key)
    known = (turnover.bought, turnover.sold) == (bought, sold) and not turnover.unpriced
    mark, mark_reason = _mark(market, key, net)
    return FxPosition(
        key, net, exposure, pair.account_currency, reason,
        average=turnover.average if known else None,
        mark=mark,
        realised=turnover.realised if known else None,
        unrealised=turnover.unrealised(mark or 0) if known and (mark is not None or not net) else None,
        cost_reason="" if known else "the venue did not say what was paid for all of it",
        mark_reason=mark_reason,
        unlisted=unlisted,
    )  # fmt: skip


def _mark(market: MarketState, key: ContractKey, net: int) -> tuple[Price | None, str]:
    """What the open part could be closed at now, or why that is not known."""
    standing, quote = market.quote_standing(key), market.quotes.get(key)
    if not net:
        return None, ""
    if quote is None:
        return None, "not quoted yet"
    if not standing.live:
        return None, f"the quote is {standing.freshness.value}: {standing.reason}"
    return (quote.bid if net > 0 else quote.ask), ""


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
