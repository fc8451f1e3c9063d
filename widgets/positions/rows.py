"""Which positions are shown, and in what order: pairs by connection, power by area and delivery. No Qt."""

import enum
from collections.abc import Callable, Iterable, Mapping

import msgspec

from protocols.market.fx_positions import Sums
from protocols.market.instruments import ContractKey, PowerContract
from widgets.positions.doubts import NO_DOUBT, Doubt

Section = tuple[bool, str, str]
"""Whether it is power, the connection, and the area."""


class Kind(enum.Enum):
    """What a row is."""

    SECTION = enum.auto()
    PAIR = enum.auto()
    CONTRACT = enum.auto()


class Row(msgspec.Struct, frozen=True):
    """`key` is None in a section's header; `sums` is of a pair. `doubt` is of what may have moved it."""

    kind: Kind
    section: Section
    key: ContractKey | None = None
    sums: Sums = Sums()
    doubt: Doubt = NO_DOUBT

    @property
    def name(self) -> tuple[object, ...]:
        """What the row is called, however its figures change."""
        return (self.kind, self.section, self.key)


class PositionRows:
    """The rows as of the last `build`."""

    def __init__(self, contract_of: Callable[[ContractKey], PowerContract | None]) -> None:
        self._contract_of = contract_of
        self.folded: set[Section] = set()
        self.rows: list[Row] = []
        self.of_section: dict[Section, list[Row]] = {}
        """The positions that pass the filter, folded ones included: what totals and exports are over."""
        self._headers: list[int] = []

    def build(
        self,
        pairs: Mapping[ContractKey, Sums],
        contracts: Iterable[ContractKey],
        doubts: Mapping[ContractKey, Doubt],
    ) -> None:
        """Takes the positions that pass, and the orders in doubt that may have moved them."""
        self.of_section = {}
        for key, sums in pairs.items():
            section = (False, key.connection, "")
            self.of_section.setdefault(section, []).append(
                Row(Kind.PAIR, section, key, sums, doubts.get(key, NO_DOUBT))
            )
        for key in sorted(contracts, key=self._by_delivery):
            section = (True, key.connection, key.area)
            self.of_section.setdefault(section, []).append(
                Row(Kind.CONTRACT, section, key, doubt=doubts.get(key, NO_DOUBT))
            )
        self.rows, self._headers = [], []
        for section in sorted(self.of_section):
            header = len(self.rows)
            self.rows.append(Row(Kind.SECTION, section))
            if section not in self.folded:
                self.rows += self.of_section[section]
            self._headers += [header] * (len(self.rows) - header)

    @property
    def shown(self) -> list[Row]:
        """All positions that pass, section by section."""
        return [row for section in sorted(self.of_section) for row in self.of_section[section]]

    def section_of(self, row: int) -> int:
        """The row of the header above."""
        return self._headers[row]

    def toggle(self, section: Section) -> None:
        """Folds a section away, or shows it again."""
        self.folded.symmetric_difference_update({section})

    def _by_delivery(self, key: ContractKey) -> tuple[int, int, ContractKey]:
        contract = self._contract_of(key)
        return (0, 0, key) if contract is None else (contract.delivery_start, contract.delivery_end, key)
