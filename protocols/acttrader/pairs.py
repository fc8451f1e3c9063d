"""The currency pairs of a connection: figures from a table, extended by what the venue lists."""

import re
from collections.abc import Callable, Iterable

import msgspec

from protocols.acttrader.settings import AREA
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec
from protocols.market.values import Price, Quantity

_SYMBOL = re.compile(r"([A-Z]{3})[/]?([A-Z]{3})")


class PairFigures(msgspec.Struct, frozen=True):
    """How a pair's numbers are spaced; all in units of 1e-9."""

    tick: Price
    pip: Price
    step: Quantity
    contract_size: Quantity
    price_decimals: int
    quantity_decimals: int


class PairTable(msgspec.Struct, frozen=True):
    """Figures by symbol, and what is assumed of others: `default`, or `default_jpy` where the second is the yen."""

    account_currency: str
    pairs: dict[str, PairFigures]
    default: PairFigures
    default_jpy: PairFigures


class PairDirectory:
    """Makes pairs, each once; `listed` hears of each new one."""

    def __init__(self, connection: str, table: PairTable, listed: Callable[[CurrencyPair], None]) -> None:
        self._connection = connection
        self._table = table
        self._listed = listed
        self._pairs: dict[str, CurrencyPair] = {}

    def key(self, symbol: str) -> ContractKey:
        return ContractKey(self._connection, AREA, symbol)

    def get(self, symbol: str) -> CurrencyPair | None:
        return self._pairs.get(symbol)

    def add(self, symbols: Iterable[str]) -> list[str]:
        """Lists pairs that were not known; returns those whose names are no pair's: they can't be traded here."""
        strange = []
        for symbol in symbols:
            match = _SYMBOL.fullmatch(symbol)
            if match is None:
                strange.append(symbol)
            elif symbol not in self._pairs:
                self._pairs[symbol] = pair = self._make(symbol, match[1], match[2])
                self._listed(pair)
        return strange

    def _make(self, symbol: str, base: str, quote: str) -> CurrencyPair:
        known = self._table.pairs.get(base + quote)
        figures = known or (self._table.default_jpy if quote == "JPY" else self._table.default)
        return CurrencyPair(
            key=self.key(symbol),
            name=symbol,
            base=base,
            quote=quote,
            spec=InstrumentSpec(
                figures.tick, figures.step, figures.price_decimals, figures.quantity_decimals, quote, base
            ),
            pip=figures.pip,
            contract_size=figures.contract_size,
            account_currency=self._table.account_currency,
            assumed=known is None,
        )
