"""What the command palette finds: acts by a few letters of their title, and contracts."""

import functools
import re
from collections.abc import Callable

from app.commands import Registry, Scope
from app.contract_search import contract_words, find_contracts, find_pairs, pair_words
from app.flex_search import find_windows
from protocols.market.instruments import ContractKey
from protocols.market.state import MarketState
from protocols.market.times import UtcNs
from widgets.palette import Entry

MOST_CONTRACTS = 30

_NO_MATCH = -1

_PARTS = re.compile("[,;:·“”]")
"""What parts words: typed or pasted as it stands in a title, it must not keep the title from being found."""


class Finder:
    """Finds entries for the palette's text. `invoke` runs an act as its key would; `choose` sets the contract."""

    def __init__(
        self,
        registry: Registry,
        market: MarketState,
        now: Callable[[], UtcNs],
        invoke: Callable[[str], object],
        choose: Callable[[ContractKey], object],
    ) -> None:
        self._registry = registry
        self._market = market
        self._now = now
        self._invoke = invoke
        self._choose = choose

    def find(self, text: str) -> list[Entry]:
        """The best first: acts that begin with the text, pairs and contracts, acts that merely contain its letters."""
        text = _PARTS.sub(" ", text)
        scored = sorted(
            ((score(text, act.words), act) for act in self._registry if act.offered()),
            key=lambda pair: -pair[0],
        )
        good = 2 * len("".join(text.split()))
        acts = [
            (
                value,
                Entry(
                    act.words,
                    "" if act.scope is Scope.WINDOW else act.scope.value.replace("_", " "),
                    self._registry.keys(act.name),
                    functools.partial(self._invoke, act.name),
                ),
            )
            for value, act in scored
            if value != _NO_MATCH and act.name != "window.palette"
        ]
        contracts = [
            Entry(contract.name, contract_words(contract), "", functools.partial(self._choose, contract.key))
            for contract in find_contracts(self._market.contracts.values(), text, self._now(), MOST_CONTRACTS)
        ]
        pairs = [
            Entry(pair.name, pair_words(pair), "", functools.partial(self._choose, pair.key))
            for pair in find_pairs(self._market.pairs.values(), text)[:MOST_CONTRACTS]
        ]
        first = [entry for value, entry in acts if value >= good]
        windows = [
            Entry(name, words, "", functools.partial(self._choose, key))
            for key, name, words in find_windows(self._market, text, self._now(), MOST_CONTRACTS)
        ]
        return [*first, *pairs, *windows, *contracts, *(entry for value, entry in acts if value < good)]


def score(text: str, title: str) -> int:
    """How well a title answers: every letter has to be there in order. The start of words and runs count more."""
    wanted, among = text.casefold().split(), title.casefold()
    if not wanted:
        return 0
    total = 0
    for word in wanted:
        value = _word_score(word, among)
        if value == _NO_MATCH:
            return _NO_MATCH
        total += value
    return total


def _word_score(word: str, among: str) -> int:
    """3 a letter where the title begins with the word, 2 where one of its words does, 1 where it is within one."""
    if among.startswith(word):
        return 3 * len(word)
    if f" {word}" in among or f"({word}" in among:
        return 2 * len(word)
    if word in among:
        return len(word)
    place = 0
    for letter in word:
        place = among.find(letter, place) + 1
        if place == 0:
            return _NO_MATCH
    return 0
