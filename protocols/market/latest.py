"""The latest report on each contract, for facts that replace one another whole: states, market information."""

from typing import Generic, TypeVar

from protocols.market.instruments import ContractKey

Row = TypeVar("Row")


class Latest(Generic[Row]):
    """One row per contract. `revision` counts all changes, `revision_of(key)` those of one contract."""

    def __init__(self) -> None:
        self._rows: dict[ContractKey, Row] = {}
        self._channels: dict[ContractKey, str] = {}
        self._revisions: dict[ContractKey, int] = {}
        self._faults: dict[ContractKey, str] = {}
        self.revision = 0

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: ContractKey) -> Row | None:
        return self._rows.get(key)

    def rows(self) -> dict[ContractKey, Row]:
        """All rows, to read only."""
        return self._rows

    def channel_of(self, key: ContractKey) -> str | None:
        """The channel that reported the row last."""
        return self._channels.get(key)

    def fault_of(self, key: ContractKey) -> str | None:
        """Why the row is not to be believed whatever its channel says; None when it is good."""
        return self._faults.get(key)

    def revision_of(self, key: ContractKey) -> int:
        return self._revisions.get(key, 0)

    def put(self, key: ContractKey, row: Row, channel: str) -> None:
        """Takes a report in place of the one before."""
        self._rows[key] = row
        self._channels[key] = channel
        self._faults.pop(key, None)
        self._touch(key)

    def lose(self, key: ContractKey, reason: str) -> None:
        """Marks a row as no longer to be believed; it stays readable as what was last known."""
        if key in self._rows:
            self._faults[key] = reason
            self._touch(key)

    def _touch(self, key: ContractKey) -> None:
        self.revision += 1
        self._revisions[key] = self._revisions.get(key, 0) + 1
