"""Where trades were made, each pair of contracts once: the words they are found by and what they are added up with."""

from collections.abc import Callable, Mapping, Sequence

from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.times import MINUTE
from widgets.tape.columns import Place
from widgets.tape.totals import UNKNOWN, Group


class Places:
    """Follows a list of places that grows. `groups` are told apart by their index."""

    def __init__(self, places: Sequence[Place], contracts: Mapping[ContractKey, PowerContract]) -> None:
        self._places = places
        self._contracts = contracts
        self._index_of: dict[Group, int] = {}
        self._texts: list[str] = []
        self.groups: list[Group] = []
        self.group_of: list[int] = []
        """The group of each place, for those that were asked about."""

    def group(self, place: int) -> int:
        self._read_up_to(place)
        return self.group_of[place]

    def passing(self, passes: Callable[[Place, str], bool], start: int = 0) -> bytes:
        """One byte for each place from `start` on: 1 where it passes, given the place and its words."""
        self._read_up_to(len(self._places) - 1)
        return bytes(passes(place, text) for place, text in zip(self._places[start:], self._texts[start:], strict=True))

    def refresh(self) -> bool:
        """Asks again for contracts that were unknown; whether one is known now."""
        unknown = self._index_of.get(UNKNOWN)
        found = False
        for index, group in enumerate(self.group_of):
            if group == unknown and self._known(self._places[index]):
                self.group_of[index], self._texts[index] = self._read(self._places[index])
                found = True
        return found

    def _read_up_to(self, place: int) -> None:
        for unread in self._places[len(self.group_of) : place + 1]:
            group, text = self._read(unread)
            self.group_of.append(group)
            self._texts.append(text)

    def _known(self, place: Place) -> list[PowerContract]:
        sides = dict.fromkeys(key for key in place if key is not None)
        return [self._contracts[key] for key in sides if key in self._contracts]

    def _read(self, place: Place) -> tuple[int, str]:
        contracts = self._known(place)
        group = UNKNOWN
        if contracts:
            spec = contracts[0].spec
            minutes = (contracts[0].delivery_end - contracts[0].delivery_start) // MINUTE
            group = Group(spec.price_unit, spec.quantity_unit, minutes, spec.price_decimals, spec.quantity_decimals)
        index = self._index_of.get(group)
        if index is None:
            index = self._index_of[group] = len(self.groups)
            self.groups.append(group)
        return index, self._words(place, contracts)

    def _words(self, place: Place, contracts: Sequence[PowerContract]) -> str:
        buy, sell = place
        words = [f"{contract.name} {contract.product}" for contract in contracts]
        words += [key.contract_id for key in (buy, sell) if key is not None and key not in self._contracts]
        words += [f"{key.connection} {key.area}" for key in (buy, sell) if key is not None]
        if buy is not None and sell is not None and buy.area != sell.area:
            words.append(f"{sell.area}→{buy.area}")
        return " ".join(dict.fromkeys(words)).casefold()
