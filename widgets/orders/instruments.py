"""What orders are orders of, each instrument once: its words, its place among all, its units. No Qt."""

from typing import NamedTuple

import numpy as np

from protocols.market.instruments import ContractKey, CurrencyPair, FlexWindow, Instrument, PowerContract
from protocols.market.state import MarketState
from widgets.delivery import market_zone, period_text
from widgets.flex.words import titled
from widgets.orders.vocabulary import NONE, Integers, text_ranks


class Words(NamedTuple):
    """One instrument. `unit` is that of its quantities; `decimals` of its price and its quantity."""

    name: str
    delivery: str
    area: str
    title: str
    unit: str
    decimals: tuple[int, int]
    place: tuple[int, str, str, str, str]
    """Sorted by delivery, then by name; no two have the same."""

    @property
    def start(self) -> int:
        """Of the delivery; `NONE` for what isn't delivered in a period."""
        return self.place[0]


class Instruments:
    """Follows what is listed. Codes go up in the order in which orders named them."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self._code_of: dict[ContractKey, int] = {}
        self._listed: list[Instrument | None] = []
        self._seen = -1
        self.keys: list[ContractKey] = []
        self.words: list[Words] = []
        self._ranks: dict[str, Integers] = {}

    def code(self, key: ContractKey) -> int:
        code = self._code_of.get(key)
        if code is None:
            code = self._code_of[key] = len(self.keys)
            self.keys.append(key)
            self._listed.append(self._market.instrument(key))
            self.words.append(_words(key, self._listed[-1]))
            self._ranks.clear()
        return code

    def find(self, key: ContractKey | None) -> int | None:
        return None if key is None else self._code_of.get(key)

    @property
    def price_decimals(self) -> int:
        """Of the finest instrument that there are orders of."""
        return max((words.decimals[0] for words in self.words), default=0)

    def refresh(self) -> list[int]:
        """Takes what was listed since the last call; gives the codes of which something else is known now."""
        if self._seen == self._market.contracts_revision:
            return []
        self._seen = self._market.contracts_revision
        changed = []
        for code, key in enumerate(self.keys):
            listed = self._market.instrument(key)
            if listed is not self._listed[code]:
                self._listed[code] = listed
                words = _words(key, listed)
                if words != self.words[code]:
                    self.words[code] = words
                    changed.append(code)
        if changed:
            self._ranks.clear()
        return changed

    def ranks(self, what: str) -> Integers:
        """By code the place among all: by `place`, by the delivery's `start`, or by the text of the `area`."""
        found = self._ranks.get(what)
        if found is None:
            if what == "area":
                texts = self.texts(what)
                distinct = list(dict.fromkeys(texts))
                ranks = dict(zip(distinct, text_ranks(distinct).tolist(), strict=True))
                found = np.array([ranks[text] for text in texts], np.int64)
            elif what == "start":
                found = np.array([words.start for words in self.words], np.int64)
            else:
                ordered = sorted(range(len(self.words)), key=lambda code: self.words[code].place)
                found = np.empty(len(ordered), np.int64)
                found[ordered] = np.arange(len(ordered))
            self._ranks[what] = found
        return found

    def texts(self, what: str) -> list[str]:
        """By code `name`, `delivery` or `area`."""
        return [getattr(words, what) for words in self.words]


def _words(key: ContractKey, listed: Instrument | None) -> Words:
    """Of an instrument that is not listed: its identifier, and numbers exactly as they came."""
    ident = (key.area, key.connection, key.contract_id)
    match listed:
        case PowerContract():
            start, end = listed.delivery_start, listed.delivery_end
            delivery = period_text(start, end, market_zone(key.area))
            spec = listed.spec
            decimals = (spec.price_decimals, spec.quantity_decimals)
            place = (int(start), listed.name, *ident)
            return Words(listed.name, delivery, key.area, listed.title, spec.quantity_unit, decimals, place)
        case FlexWindow():
            start, end = listed.delivery.start, listed.delivery.end
            delivery = period_text(start, end, market_zone(key.area))
            spec = listed.spec
            decimals = (spec.price_decimals, spec.quantity_decimals)
            place = (int(start), listed.name, *ident)
            name = f"{listed.name} {delivery}"
            return Words(name, delivery, key.area, titled(listed), spec.quantity_unit, decimals, place)
        case CurrencyPair():
            spec = listed.spec
            decimals = (spec.price_decimals, spec.quantity_decimals)
            place = (NONE, listed.name, *ident)
            return Words(listed.name, "", key.area, listed.title, spec.quantity_unit, decimals, place)
    name = key.contract_id
    return Words(name, "", key.area, f"{name} {key.area}", "", (0, 0), (NONE, name, *ident))
