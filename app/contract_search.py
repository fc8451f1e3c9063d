"""Finding a contract or a currency pair by a few letters: `15Q4`, `fr 18-19`, `tennet 07:15`, `eur`, `gbp/usd`."""

import functools
from collections.abc import Iterable

from app.flex_search import find_windows
from protocols.market.instruments import ContractKey, CurrencyPair, PowerContract
from protocols.market.state import MarketState
from protocols.market.times import UtcNs
from widgets.delivery import day_text, delivery_text, market_zone


def find_contracts(contracts: Iterable[PowerContract], text: str, now: UtcNs, most: int) -> list[PowerContract]:
    """Contracts not delivered yet with a word that begins with each of the text's, the soonest first.

    One whose name is the text, or begins with it, comes before those that have it elsewhere.
    """
    wanted = text.casefold().replace("–", "-").split()
    if not wanted:
        return []
    found = [
        contract
        for contract in contracts
        if contract.delivery_end > now and all(_has(contract, word) for word in wanted)
    ]
    return sorted(found, key=lambda contract: _rank(contract, wanted))[:most]


def find_pairs(pairs: Iterable[CurrencyPair], text: str) -> list[CurrencyPair]:
    """Pairs of which every word of the text begins the name or one of the currencies; those named so first."""
    wanted = [word.replace("/", "") for word in text.casefold().split()]
    if not wanted:
        return []

    def has(pair: CurrencyPair, word: str) -> bool:
        return any(each.casefold().startswith(word) for each in (pair.name.replace("/", ""), pair.base, pair.quote))

    found = [pair for pair in pairs if all(has(pair, word) for word in wanted)]
    return sorted(found, key=lambda pair: (not pair.name.casefold().startswith(wanted[0]), pair.name, pair.key))


def find_instruments(market: MarketState, text: str, now: UtcNs, most: int) -> list[tuple[ContractKey, str, str]]:
    """Pairs and contracts that a text finds: key, name and a word on what it is; pairs first, there are few."""
    pairs = [(pair.key, pair.name, pair_words(pair)) for pair in find_pairs(market.pairs.values(), text)]
    found = find_contracts(market.contracts.values(), text, now, most)
    contracts = [(contract.key, contract.name, contract_words(contract)) for contract in found]
    return [*pairs, *find_windows(market, text, now, most), *contracts][:most]


def pair_words(pair: CurrencyPair) -> str:
    """Connection and currencies, as the palette shows them beside the name."""
    return f"{pair.key.connection}   {pair.base} in {pair.quote}"


def contract_words(contract: PowerContract) -> str:
    """Area, day and delivery period, as the palette shows them beside the name."""
    zone = market_zone(contract.area)
    period = delivery_text(contract.delivery_start, contract.delivery_end, zone)
    return f"{contract.area}   {day_text(contract.delivery_start, zone)}   {period}   {contract.market_type}"


def _has(contract: PowerContract, word: str) -> bool:
    return any(token.startswith(word) for token in _tokens(contract))


def _rank(contract: PowerContract, wanted: list[str]) -> tuple[int, int, int, str, str]:
    name = contract.name.casefold()
    best = min(0 if name == word else 1 if name.startswith(word) else 2 for word in wanted)
    return best, contract.delivery_start, -contract.delivery_end, contract.area, contract.market_type


@functools.lru_cache(maxsize=8192)
def _tokens(contract: PowerContract) -> tuple[str, ...]:
    zone = market_zone(contract.area)
    period = delivery_text(contract.delivery_start, contract.delivery_end, zone).replace("–", "-")
    area = contract.area.casefold()
    hours = period.replace(":00", "")  # 18-19 finds 18:00–19:00
    words = [contract.name, *contract.name.split("_"), period, hours, contract.product, contract.market_type]
    return tuple(dict.fromkeys(word.casefold() for word in [*words, area, *area.split("-")]))
