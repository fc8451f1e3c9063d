"""A position's figures, of a pair and of power alike: each known exactly, or why it is not. No Qt."""

import msgspec

from protocols.market.events import Feed
from protocols.market.fx_positions import FxPosition, position_of, quoted_in_account_currency
from protocols.market.instruments import ContractKey, CurrencyPair, PowerContract
from protocols.market.state import MarketState, Standing
from protocols.market.times import MINUTE
from protocols.market.values import Price
from widgets.feeds import Standings
from widgets.positions.rows import Kind, Row
from widgets.positions.words import Result

HOUR_MINUTES = 60
NOT_TOLD = "not told"
NO_QUOTES = "no quotes"


class Figures(msgspec.Struct, frozen=True):
    """`net` in 1e-9 of `unit`; `worth` in 1e-9 of `worth_unit`: what the net is in the account's currency, or in
    energy. None where something is not known; then `mark_word` and `worth_word` say why in a cell, the reasons in a
    tip."""

    net: int
    unit: str
    quantity_decimals: int
    price_decimals: int
    average: Price | None
    mark: Price | None
    result: Result
    total: Result
    """The same to be added up: a pair's in the account's currency, at live mid prices."""
    worth: int | None
    worth_unit: str
    worth_decimals: int
    standing: Standing
    """Of the feed that the position is made of."""
    mark_word: str = ""
    worth_word: str = ""
    reasons: tuple[str, ...] = ()
    unlisted: int = 0
    """How much of what was bought and sold is known from the journal alone, in 1e-9 of `unit`."""


def figures_of(market: MarketState, row: Row, standings: Standings) -> Figures | None:
    """None for a header, and for what is not listed."""
    if row.key is None:
        return None
    if row.kind is Kind.PAIR:
        pair = market.pairs.get(row.key)
        return None if pair is None else _of_pair(market, pair, position_of(market, row.key, *row.sums), standings)
    contract = market.contracts.get(row.key)
    return None if contract is None else _of_contract(market, contract, standings)


def _of_pair(market: MarketState, pair: CurrencyPair, fx: FxPosition, standings: Standings) -> Figures:
    quote = market.quote_standing(pair.key)
    word = NOT_TOLD if fx.cost_reason else "" if fx.unrealised is not None else quote.freshness.value
    return Figures(
        net=fx.net,
        unit=pair.base,
        quantity_decimals=pair.spec.quantity_decimals,
        price_decimals=pair.spec.price_decimals,
        average=fx.average,
        mark=fx.mark,
        result=Result(fx.realised, fx.unrealised, pair.quote),
        total=Result(
            _in_account_currency(market, pair, fx.realised),
            _in_account_currency(market, pair, fx.unrealised),
            pair.account_currency,
        ),
        worth=fx.exposure,
        worth_unit=fx.account_currency,
        worth_decimals=2,
        standing=standings.of(Feed.OWN_ORDERS, pair.key.connection, pair.key.area),
        mark_word=word,
        worth_word="" if fx.exposure is not None else NO_QUOTES,
        reasons=tuple(filter(None, (fx.cost_reason, fx.mark_reason, fx.reason))),
        unlisted=fx.unlisted,
    )


def _of_contract(market: MarketState, contract: PowerContract, standings: Standings) -> Figures:
    key, spec = contract.key, contract.spec
    turnover = market.positions.turnover(key)
    mark, word, reason = _closes_at(market, key, turnover.net)
    minutes = (contract.delivery_end - contract.delivery_start) // MINUTE
    unrealised = None if mark is None and turnover.net else turnover.unrealised(mark or 0)
    realised, unrealised = _times_hours(turnover.realised, minutes), _times_hours(unrealised, minutes)
    result = Result(realised, unrealised, _currency(spec.price_unit))
    return Figures(
        net=turnover.net,
        unit=spec.quantity_unit,
        quantity_decimals=spec.quantity_decimals,
        price_decimals=spec.price_decimals,
        average=turnover.average,
        mark=mark,
        result=result,
        total=result,
        worth=_times_hours(turnover.net, minutes),
        worth_unit=f"{spec.quantity_unit}h",
        worth_decimals=2,
        standing=standings.of(Feed.OWN_TRADES, key.connection, key.area),
        mark_word=word,
        reasons=(reason,) if reason else (),
    )


def _closes_at(market: MarketState, key: ContractKey, net: int) -> tuple[Price | None, str, str]:
    """The live price that the net position meets, or why there is none: in a word, and in words."""
    if not net:
        return None, "", ""
    standing, book = market.book_standing(key), market.books.get(key)
    if book is None or not standing.live:
        word = standing.freshness.value
        return None, word, f"the order book is {word}: {standing.reason}"
    best = book.bids.best if net > 0 else book.asks.best
    side = "bids" if net > 0 else "asks"
    return best, "" if best is not None else f"no {side}", "" if best is not None else f"the book has no {side}"


def _in_account_currency(market: MarketState, pair: CurrencyPair, amount: int | None) -> int | None:
    """None as well where no live quotes lead there; nothing is nothing in any currency."""
    return amount if not amount else quoted_in_account_currency(market, pair, amount)


def _times_hours(value: int | None, minutes: int) -> int | None:
    return None if value is None else value * minutes // HOUR_MINUTES


def _currency(price_unit: str) -> str:
    return price_unit.partition("/")[0]
