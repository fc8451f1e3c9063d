"""Which rows the panel shows: a section per area, its contracts by delivery, folded away what is over and what does
not trade yet. Without Qt."""

import enum
from collections.abc import Callable

import msgspec

from protocols.market.events import AreaState
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.state import MarketState
from protocols.market.times import Instant, UtcNs

Area = tuple[str, str]
"""A connection and an area of it."""


class Kind(enum.Enum):
    SECTION = enum.auto()
    CONTRACT = enum.auto()
    CLOSED = enum.auto()
    """Stands for the contracts that are over."""
    LATER = enum.auto()
    """Stands for those that do not trade yet."""


class Stage(enum.Enum):
    """How far a contract has come."""

    LATER = enum.auto()
    OPEN = enum.auto()
    OVER = enum.auto()


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
    later: list[PowerContract]
    hidden: int = 0
    """How many of the closed ones are folded away, or would be."""


class AreaRows:
    """The rows as of the last `rebuild`."""

    def __init__(self, market: MarketState, words_of: Callable[[PowerContract], str]) -> None:
        self._market = market
        self._words_of = words_of
        self.rows: list[Row] = []
        self.sections: dict[Area, Section] = {}
        self.unfolded: set[Area] = set()
        """Areas of which all closed contracts are shown."""
        self.later_unfolded: set[Area] = set()
        self.closed_kept = 0
        """So many of an area's closed contracts stay in view: those that closed last."""
        self.folded: set[Area] = set()
        """Areas of which only the header is shown; a filter looks into them all the same."""
        self.needle = ""
        self.next_end: int | None = None
        """When the next open contract is delivered and folds away, by our clock."""
        self._index: dict[Row, int] = {}
        self._section_at: list[int] = []

    def rebuild(self, now: Instant) -> bool:
        """Lays the rows out anew; whether any changed."""
        self.sections = self._sections(now)
        self.next_end = min(
            (
                UtcNs(contract.delivery_end - (self._market.clock_offset(section.area[0]) or 0))
                for section in self.sections.values()
                for contract in section.open
            ),
            default=None,
        )
        rows: list[Row] = []
        section_at: list[int] = []
        for section in self.sections.values():
            start = len(rows)
            rows += self._rows_of(section)
            section_at.extend([start] * (len(rows) - start))
        changed = rows != self.rows
        self.rows, self._section_at = rows, section_at
        if changed:
            self._index = {row: index for index, row in enumerate(rows)}
        return changed

    def _rows_of(self, section: Section) -> list[Row]:
        area = section.area
        rows = [Row(Kind.SECTION, area)]
        if self.is_folded(area):
            return rows
        closed = section.closed
        if section.hidden:
            rows.append(Row(Kind.CLOSED, area))
            closed = closed if area in self.unfolded else closed[section.hidden :]
        rows += [Row(Kind.CONTRACT, area, contract.key) for contract in (*closed, *section.open)]
        if section.later:
            rows.append(Row(Kind.LATER, area))
            if area in self.later_unfolded:
                rows += [Row(Kind.CONTRACT, area, contract.key) for contract in section.later]
        return rows

    def index_of(self, row: Row) -> int | None:
        return self._index.get(row)

    def index_of_contract(self, key: ContractKey) -> int | None:
        return self._index.get(Row(Kind.CONTRACT, (key.connection, key.area), key))

    def section_of(self, index: int) -> int:
        return self._section_at[index] if index < len(self._section_at) else -1

    def toggle(self, row: Row) -> None:
        """Folds away what a row of kind CLOSED or LATER stands for, or shows it."""
        if row.kind is Kind.CLOSED:
            self.unfolded ^= {row.area}
        else:
            self.later_unfolded ^= {row.area}

    def fold(self, area: Area, away: bool) -> None:
        """Shows of an area its header only, or all its rows again."""
        (self.folded.add if away else self.folded.discard)(area)

    def is_folded(self, area: Area) -> bool:
        return area in self.folded and not self.needle

    def _sections(self, now: Instant) -> dict[Area, Section]:
        """Of the areas that are followed: a trade across areas names contracts of others, too."""
        needles = self.needle.lower().split()
        followed = {(view.connection, view.area) for view in self._market.channels.values()}
        venue_now = {name: self._market.venue_now(name, now) for name in self._market.clocks}
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
                section = found[area] = Section(area, [], [], [])
            at = venue_now.get(key.connection, now.utc)
            match stage_of(contract, self._market.area_states.get(key), at):
                case Stage.OPEN:
                    section.open.append(contract)
                case Stage.LATER:
                    section.later.append(contract)
                case Stage.OVER:
                    section.closed.append(contract)
        for section in found.values():
            for contracts in (section.open, section.closed, section.later):
                contracts.sort(key=_by_delivery)
            section.hidden = max(0, len(section.closed) - self.closed_kept)
        return dict(sorted(found.items(), key=lambda item: (item[0][1], item[0][0])))


def stage_of(contract: PowerContract, state: AreaState | None, venue_now: UtcNs) -> Stage:
    """Over is what was delivered or is closed by the venue's own word. `Closed`, and where there are no phases
    `Inactive`, are the words before the opening too: they are when they end before delivery begins, for after the gate
    nothing opens any more."""
    if contract.delivery_end <= venue_now:
        return Stage.OVER
    if state is None or (state.state != "Inactive" and state.phase != "Closed"):
        return Stage.OPEN
    if state.state == "Inactive" and state.has_phases:
        return Stage.OVER
    opens = state.phase_end is not None and state.phase_end < contract.delivery_start
    return Stage.LATER if opens and venue_now < contract.delivery_start else Stage.OVER


def _by_delivery(contract: PowerContract) -> tuple[int, int, str]:
    return (contract.delivery_start, contract.delivery_end, contract.name)
