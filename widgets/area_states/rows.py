"""Which rows the panel shows: a section per area, its contracts by delivery, closed ones folded away. Without Qt."""

import enum
from collections.abc import Callable

import msgspec

from protocols.market.events import AreaState
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.state import MarketState
from protocols.market.times import UtcNs

CLOSED_PHASES = frozenset({"Closed"})
CLOSED_STATES = frozenset({"Inactive"})

Area = tuple[str, str]
"""A connection and an area of it."""


class Kind(enum.Enum):
    SECTION = enum.auto()
    CONTRACT = enum.auto()
    FOLD = enum.auto()


class Row(msgspec.Struct, frozen=True):
    """One row; equal to the row that shows the same thing after a rebuild. `key` is None but for contracts."""

    kind: Kind
    area: Area
    key: ContractKey | None = None


class Section(msgspec.Struct):
    """An area's contracts as they pass the filter."""

    area: Area
    open: list[PowerContract]
    closed: list[PowerContract]


class AreaRows:
    """The rows as of the last `rebuild`."""

    def __init__(self, market: MarketState, words_of: Callable[[PowerContract], str]) -> None:
        self._market = market
        self._words_of = words_of
        self.rows: list[Row] = []
        self.sections: dict[Area, Section] = {}
        self.unfolded: set[Area] = set()
        self.folded: set[Area] = set()
        """Areas of which only the header is shown; a filter looks into them all the same."""
        self.needle = ""
        self.next_end: int | None = None
        """When the next open contract is delivered and folds away."""
        self._index: dict[Row, int] = {}
        self._section_at: list[int] = []

    def rebuild(self, now: UtcNs) -> bool:
        """Lays the rows out anew; whether any changed."""
        self.sections = self._sections(now)
        ends = [contract.delivery_end for section in self.sections.values() for contract in section.open]
        self.next_end = min(ends, default=None)
        rows: list[Row] = []
        section_at: list[int] = []
        for area, section in self.sections.items():
            start = len(rows)
            rows.append(Row(Kind.SECTION, area))
            if self.is_folded(area):
                section_at.append(start)
                continue
            if section.closed:
                rows.append(Row(Kind.FOLD, area))
                if area in self.unfolded:
                    rows.extend(Row(Kind.CONTRACT, area, contract.key) for contract in section.closed)
            rows.extend(Row(Kind.CONTRACT, area, contract.key) for contract in section.open)
            section_at.extend([start] * (len(rows) - start))
        changed = rows != self.rows
        self.rows, self._section_at = rows, section_at
        if changed:
            self._index = {row: index for index, row in enumerate(rows)}
        return changed

    def index_of(self, row: Row) -> int | None:
        return self._index.get(row)

    def index_of_contract(self, key: ContractKey) -> int | None:
        return self._index.get(Row(Kind.CONTRACT, (key.connection, key.area), key))

    def section_of(self, index: int) -> int:
        return self._section_at[index] if index < len(self._section_at) else -1

    def toggle(self, area: Area) -> None:
        self.unfolded ^= {area}

    def fold(self, area: Area, away: bool) -> None:
        """Shows of an area its header only, or all its rows again."""
        (self.folded.add if away else self.folded.discard)(area)

    def is_folded(self, area: Area) -> bool:
        return area in self.folded and not self.needle

    def _sections(self, now: UtcNs) -> dict[Area, Section]:
        """Of the areas that are followed: a trade across areas names contracts of others, too."""
        needles = self.needle.lower().split()
        followed = {(view.connection, view.area) for view in self._market.channels.values()}
        found: dict[Area, Section] = {}
        for key, contract in self._market.contracts.items():
            if (key.connection, key.area) not in followed:
                continue
            if needles:
                words = self._words_of(contract).lower()
                if not all(needle in words for needle in needles):
                    continue
            area = (key.connection, key.area)
            section = found.get(area)
            if section is None:
                section = found[area] = Section(area, [], [])
            over = is_closed(contract, self._market.area_states.get(key), now)
            (section.closed if over else section.open).append(contract)
        for section in found.values():
            section.open.sort(key=_by_delivery)
            section.closed.sort(key=_by_delivery)
        return dict(sorted(found.items(), key=lambda item: (item[0][1], item[0][0])))


def is_closed(contract: PowerContract, state: AreaState | None, now: UtcNs) -> bool:
    """Delivered, or closed by the venue's own word."""
    if contract.delivery_end <= now:
        return True
    return state is not None and (state.phase in CLOSED_PHASES or state.state in CLOSED_STATES)


def _by_delivery(contract: PowerContract) -> tuple[int, int, str]:
    return (contract.delivery_start, contract.delivery_end, contract.name)
