"""The fold of executions that belong to no order known here: what sessions tell, what earlier ones left, and what a
person has seen to.
"""

from collections.abc import Callable
from typing import Any

from protocols.market.events import (
    Unmatched,
    UnmatchedChanged,
    UnmatchedDismissed,
    UnmatchedExplained,
    UnmatchedRecalled,
)


class Strays:
    """By connection: `told` is what its session can't match now, `recalled` what earlier sessions could not, of which
    the present one knows nothing. `dismissed` are those of both that somebody has seen to. `revision` counts changes.
    """

    def __init__(self) -> None:
        self.told: dict[str, tuple[Unmatched, ...]] = {}
        self.recalled: dict[str, tuple[Unmatched, ...]] = {}
        self.dismissed: set[Unmatched] = set()
        self.revision = 0
        self.folds: dict[type[Any], Callable[[Any], object]] = {
            UnmatchedChanged: self._changed,
            UnmatchedRecalled: self._recalled,
            UnmatchedExplained: self._explained,
            UnmatchedDismissed: self._dismissed,
        }
        """What takes each kind of event."""

    def all(self) -> list[Unmatched]:
        """The oldest first, as the wall clock had it: monotonic clocks of two runs can't be compared."""
        found = (each for by in (self.recalled, self.told) for rows in by.values() for each in rows)
        return sorted(found, key=lambda each: each.at.utc)

    def of(self, connection: str) -> tuple[Unmatched, ...]:
        """One connection's."""
        return (*self.recalled.get(connection, ()), *self.told.get(connection, ()))

    def left(self) -> list[Unmatched]:
        """Those that nobody has seen to, the oldest first."""
        return [each for each in self.all() if each not in self.dismissed]

    def _changed(self, event: UnmatchedChanged) -> None:
        self.told[event.connection] = event.executions
        for before in self.recalled.get(event.connection, ()):
            again = [each for each in event.executions if each.says_the_same(before)]
            if again and before in self.dismissed:
                self.dismissed.update(again)
            if again:  # the session looks after it now
                self._forget(before)
        self._moved()

    def _recalled(self, event: UnmatchedRecalled) -> None:
        self.told.pop(event.connection, None)
        self.recalled[event.connection] = event.executions
        self.dismissed.update(event.dismissed)
        self._moved()

    def _explained(self, event: UnmatchedExplained) -> None:
        self._forget(event.execution)
        self._moved()

    def _dismissed(self, event: UnmatchedDismissed) -> None:
        if event.execution in self.of(event.execution.connection):
            self.dismissed.add(event.execution)
            self.revision += 1

    def _forget(self, gone: Unmatched) -> None:
        left = self.recalled.get(gone.connection, ())
        self.recalled[gone.connection] = tuple(each for each in left if each != gone)

    def _moved(self) -> None:
        self.dismissed.intersection_update(self.all())
        self.revision += 1
