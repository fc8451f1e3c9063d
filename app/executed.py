"""What was executed outlives the desk: executions of our orders and those that belong to no order known here go into
the journal as they are told, and come back when their connection begins.

How far back: to the beginning of the trading day before today's, as pairs are traded, by UTC and without weekends. That
is more than the venue's own list reaches (a day), so that what both tell fits together, and a position that was opened
on Friday is there on Monday. The journal keeps what is older.
"""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from app.clock import Clock
from app.doubts import Telling
from app.journal import ExecutedRecord
from protocols.market.events import (
    Unmatched,
    UnmatchedChanged,
    UnmatchedDismissed,
    UnmatchedExplained,
    UnmatchedRecalled,
)
from protocols.market.order_events import OrderReported, OwnExecuted, OwnExecutionsRecalled
from protocols.market.orders import OrderReport
from protocols.market.state import MarketState
from protocols.market.times import DAY, UtcNs
from protocols.market.values import ValueRefused, scaled_from_text

UNREADABLE = (
    "what was executed before can't be read from the journal: positions count only what the venue lists, and what"
    " belonged to no order is not shown"
)

_EPOCH_WEEKDAY = 3
_SATURDAY = 5


def counted_since(now: UtcNs) -> UtcNs:
    """00:00 UTC of the trading day before today's; a weekend has none."""
    day = now // DAY - 1
    while (day + _EPOCH_WEEKDAY) % 7 >= _SATURDAY:
        day -= 1
    return UtcNs(day * DAY)


class Executed:
    """Between the folds and the journal. The folds have each event before it comes here. Without a record nothing
    outlives the desk."""

    def __init__(self, record: ExecutedRecord | None, clock: Clock, market: MarketState, telling: Telling) -> None:
        self._record = record
        self._clock = clock
        self._market = market
        self._telling = telling
        self._begun: set[str] = set()
        self._revision = market.executions.revision
        self._told: dict[str, set[Unmatched]] = {}
        """By connection: what its session told last."""
        self._left: dict[str, tuple[Unmatched, ...]] = {}
        """By connection: what is recalled of earlier ones."""
        self.after: dict[type[Any], Callable[[Any], None]] = {
            OwnExecuted: self._own_executed,
            UnmatchedChanged: self._unmatched_changed,
            UnmatchedDismissed: self._dismissed,
        }
        """What takes an event once it is folded."""

    def begin(self, connection: str) -> None:
        """A session of the connection is about to begin: the first takes up what the journal has, the others what the
        one before left unmatched."""
        if connection in self._begun:
            strays = self._market.strays
            left = strays.of(connection)
            executions = tuple(_recalled(each) for each in left)
            dismissed = tuple(_recalled(each) for each in left if each in strays.dismissed)
        else:
            self._begun.add(connection)
            executions, dismissed = self._recall(connection)
        self._told[connection], self._left[connection] = set(), executions
        if executions:
            self._market.apply(UnmatchedRecalled(connection, executions, dismissed))

    def _recall(self, connection: str) -> tuple[tuple[Unmatched, ...], tuple[Unmatched, ...]]:
        """Shows the journal's executions; returns what is unmatched by it, and what of that is dismissed."""
        if self._record is None:
            return (), ()
        since = counted_since(self._clock().utc)
        found = self._record.executions(connection, since)
        if found is None:
            self._telling.alert(f"{connection}: {UNREADABLE}")
            return (), ()
        self._market.apply(OwnExecutionsRecalled(connection, found, since))
        self._revision = self._market.executions.revision
        dismissed = self._record.dismissed(connection, since)
        return (*self._record.unmatched(connection), *dismissed), dismissed

    def reported(self, event: OrderReported) -> None:
        """The venue showed an order. That ends what was recalled of it, once as much of the order is shown executed."""
        for each in self._market.strays.recalled.get(event.report.connection, ()):
            if _explains(event.report, each):
                self._market.apply(UnmatchedExplained(each))
                self._write(explained=[each])

    # What is told

    def _own_executed(self, event: OwnExecuted) -> None:
        """An execution of ours was told. The venue's lists tell many again: only news is written."""
        if self._market.executions.revision != self._revision:
            self._revision = self._market.executions.revision
            if self._record is not None:
                self._record.add(event, self._clock())

    def _unmatched_changed(self, event: UnmatchedChanged) -> None:
        """A session told what it can't match. What is missing now it has matched, unless it was given up: then the
        journal alone remembers it."""
        strays = self._market.strays
        before, now = self._told.get(event.connection, set()), dict.fromkeys(event.executions)
        came = [each for each in now if each not in before]
        left = strays.recalled.get(event.connection, ())
        ended = [each for each in before if each not in now and each not in event.given_up]
        ended += [each for each in self._left.get(event.connection, ()) if each not in left]  # it came again
        self._told[event.connection], self._left[event.connection] = set(now), left
        self._write(came, ended, [each for each in came if each in strays.dismissed])

    def _dismissed(self, event: UnmatchedDismissed) -> None:
        """A person has seen to it."""
        if event.execution in self._market.strays.dismissed:
            self._write(dismissed=[event.execution])

    def _write(
        self,
        came: Sequence[Unmatched] = (),
        explained: Sequence[Unmatched] = (),
        dismissed: Sequence[Unmatched] = (),
    ) -> None:
        if self._record is not None:
            self._record.change_unmatched(came, explained, dismissed)


def _explains(report: OrderReport, stray: Unmatched) -> bool:
    names = {(stray.venue_id, report.venue_id), (stray.client_id, report.client_id)}
    if report.state is None or not any(ours and ours == theirs for ours, theirs in names):
        return False
    executed = 0
    with contextlib.suppress(ValueRefused):
        executed = scaled_from_text(stray.executed) if stray.executed else 0
    return report.initial - report.quantity >= executed


def _recalled(each: Unmatched) -> Unmatched:
    return msgspec.structs.replace(each, recalled=True)
