"""The journal of intents: what was ordered is on the disk before its frame leaves.

One SQLite file, kept for ever. An intent is committed with `synchronous=FULL` on the thread that asks. What became of
it is committed without waiting for the disk: it survives the death of the program, and where the machine itself dies
at that moment, the intent comes back as in doubt and the venue is asked, which is the safe side.
"""

import enum
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.journal.database import (
    BUSY_SECONDS,
    JournalRefused,
    Layout,
    error_name,
    open_database,
    open_or_set_aside,
    words_of,
    write_all,
)
from app.journal.decisions import FOUND_COLUMN, decided_of, decision_row, ended_row, standing
from app.journal.decisions import TABLES as DECISION_TABLES
from app.journal.endings import ENDING_TABLES, EndingRecord
from app.journal.executed import TABLES as EXECUTED_TABLES
from app.journal.executed import ExecutedRecord
from app.journal.names import NAME_TABLES, NameRecord
from app.journal.recorder import Recorder
from app.journal.rows import (
    ENDED,
    INTENT,
    LATE_INTENT,
    OUTCOME,
    READ,
    SEEN_COLUMN,
    TRIAL,
    Row,
    Stored,
    intent_of,
    intent_values,
)
from app.journal.rows import TABLES as ORDER_TABLES
from app.risk import Assessment
from protocols.market.commands import Intent, PlaceOco, PlaceOrder, pair_of, placed_as
from protocols.market.decisions import Decided
from protocols.market.times import Instant, UtcNs
from protocols.session import Frame, Prepared

UNENDED = f"{READ} WHERE ended IS NULL ORDER BY number"

FIRST_PLACED = f"{READ} WHERE client_id = ? AND kind = 'place' AND ended IS NOT 'denied' ORDER BY number LIMIT 1"

NEWEST_PLACED = """SELECT utc FROM intents
    WHERE connection = ? AND kind = 'place' AND ended IS NOT 'denied' ORDER BY number DESC LIMIT 1"""

LAYOUT = Layout(
    "journal of orders",
    (ORDER_TABLES, DECISION_TABLES, SEEN_COLUMN, EXECUTED_TABLES, FOUND_COLUMN, ENDING_TABLES, NAME_TABLES),
)

LATE_KEPT = 10_000
"""Rows that wait for a journal that can't be written; the oldest is given up first, which is counted and told."""
MEND_SECONDS = 1.0
"""How often a journal that failed is tried again."""

_LOG = logging.getLogger(__name__)


class AlreadyRecorded(JournalRefused):
    """The intent is in the journal: it may have been sent, and never is again."""


class Outcome(enum.Enum):
    """What became of an intent. Those that are final end it."""

    SENT = "sent"
    """The venue acknowledged it and is thinking."""
    IN_DOUBT = "in doubt"
    NOT_SENT = "not sent"
    ANSWERED = "answered"
    DENIED = "denied"
    DECIDED = "decided"
    """By a person, while it was in doubt."""

    @property
    def final(self) -> bool:
        return self in (Outcome.NOT_SENT, Outcome.ANSWERED, Outcome.DENIED, Outcome.DECIDED)


class OpenIntent(msgspec.Struct, frozen=True):
    """An intent whose end is not known. `placed` is the one that made its order, itself for a placement, and of a pair
    that leg's part; None where this journal doesn't have it."""

    intent: Intent
    placed: Intent | None

    def unless(self, known: set[tuple[str, str]]) -> Iterator[Intent]:
        """The placement, then the request; but for those that are `known` by intent and order, to which they go."""
        for each in (self.placed, self.intent):
            orders = set() if each is None else {(each.intent_id, client_id) for client_id in each.client_ids()}
            if each is not None and not orders <= known:
                known |= orders
                yield each


class Journal:
    """To be made, called and closed on one thread, the loop's; `frame` may be called on any.

    Nothing here raises but `record`, `record_all` and `decide`. While `healthy` is False nothing new may be ordered:
    they refuse; what could not be written waits, and is written when that is possible again (`mend`).
    """

    def __init__(
        self,
        folder: Path,
        mask: Callable[[str], str],
        *,
        busy_seconds: float = BUSY_SECONDS,
        frames: Recorder | None = None,
    ) -> None:
        self.path = folder / "orders.sqlite3"
        self.notices: list[str] = []
        """What the trader has to know about the start: a file that was set aside, rows that can't be read."""
        self._mask = mask
        self._frames = frames if frames is not None else Recorder(folder, mask)
        self._database: sqlite3.Connection | None = None
        self._swift: sqlite3.Connection | None = None
        self._trouble = ""
        self._late: deque[Row] = deque()
        self._given_up = 0
        self._mended_at = float("-inf")
        self._ours: set[str] = set()
        self._open: dict[str, list[str]] = {}
        self._clients: dict[str, str] = {}
        self._decided: dict[str, Decided] = {}
        self.executed = ExecutedRecord(self._put, self._read, mask)
        """What was executed of our orders, and of orders that are not known here."""
        self.endings = EndingRecord(self._put, self._read, mask, self.notices.append)
        """How orders ended whose venue has no list of them."""
        self.names = NameRecord(self._put, self._read)
        """What venues call our orders that live."""
        try:
            self._database, aside = open_or_set_aside(self.path, LAYOUT, durable=True, busy_seconds=busy_seconds)
            if aside:
                self.notices.append(aside)
            self._swift = open_database(self.path, LAYOUT, durable=False, busy_seconds=busy_seconds)
            self._load(self._database)
        except sqlite3.Error as error:
            self._unusable(words_of(error))
        except OSError as error:
            self._unusable(error.strerror or str(error))
        except JournalRefused as refused:
            self._unusable(str(refused))

    # How it is

    @property
    def healthy(self) -> bool:
        return not self._trouble

    @property
    def reason(self) -> str:
        """Why it is not healthy, with where the file is; empty when it is."""
        if not self._trouble:
            return ""
        lost = f"; {self._given_up} entries were given up" if self._given_up else ""
        waiting = f"; {len(self._late)} entries wait" if self._late else ""
        return f"{self._trouble} ({self.path}){waiting}{lost}"

    @property
    def frames_lost(self) -> int:
        """Frames of order channels that are not in the record, since start."""
        return self._frames.lost

    @property
    def frames_reason(self) -> str:
        """Why the last ones are not; empty when all is well."""
        return self._frames.reason

    # What it knows

    def is_ours(self, client_id: str) -> bool:
        """Whether an order with this identifier was sent, or may have been, from this journal's desk."""
        return placed_as(client_id) in self._ours

    def client_ids(self) -> frozenset[str]:
        """The identifiers of all orders that are ours."""
        return frozenset(self._ours)

    def open_intents(self) -> list[OpenIntent]:
        """Intents that have no final outcome, the oldest first. When the journal was just opened, each is in doubt."""
        rows = self._read(UNENDED) or []
        # What can't be read was told when the journal was opened; an outcome that waits for the disk counts.
        intents = [intent_of(row) for row in rows if row[0] in self._open.get(row[1], ())]
        return [OpenIntent(intent, self._placement(intent)) for intent in intents]

    def open_of(self, client_id: str) -> tuple[str, ...]:
        """The intents of an order that have no final outcome now, the oldest first; for a leg of a pair, the one that
        placed the pair too."""
        pair = pair_of(client_id)
        return (*self._open.get(pair or "", ()), *self._open.get(client_id, ()))

    def decided(self, client_id: str) -> Decided | None:
        """What a person decided of an order in doubt, today or years ago, while the venue has said nothing to it."""
        return self._decided.get(client_id)

    def placed(self, client_id: str) -> Intent | None:
        """The intent that made an order of ours; None where it is not known, or can't be read now."""
        rows = self._read(FIRST_PLACED, (placed_as(client_id),)) or []
        return next((self._intent_of(row) for row in rows), None)

    def sent_at(self, client_id: str) -> UtcNs | None:
        """When an order of ours was sent; None where it is not known, or can't be read now."""
        placed = self.placed(client_id)
        return None if placed is None else placed.at.utc

    def placed_since(self, connection: str, since: UtcNs) -> bool:
        """Whether an order was sent over a connection since then, or may have been. True where that can't be read."""
        newest = self._read(NEWEST_PLACED, (connection,))
        return newest is None or any(utc >= since for (utc,) in newest)

    # What it takes

    def record(self, prepared: Prepared, assessment: Assessment, *, confirmed: bool = False) -> None:
        """Commits an intent to the disk before it returns. Raises `JournalRefused`: nothing may be sent then; and
        `AlreadyRecorded` for an intent that was recorded before."""
        self.record_all([(prepared, assessment)], confirmed=confirmed)

    def record_all(self, entries: Sequence[tuple[Prepared, Assessment]], *, confirmed: bool = False) -> None:
        """Several intents in one commit: all of them, or none and `JournalRefused`."""
        if self._database is None or not self._write_late():
            raise JournalRefused(self.reason)
        for prepared, _ in entries:
            if prepared.intent.intent_id in self._clients:
                raise AlreadyRecorded(f"intent {prepared.intent.intent_id} is in the journal already")
        written: list[Row] = []
        for prepared, assessment in entries:
            values = intent_values(prepared.intent, assessment, self._mask, prepared=prepared, confirmed=confirmed)
            written += [(INTENT, values), *self._undecided(prepared.intent)]
        try:
            write_all(self._database, written)
        except sqlite3.Error as error:
            if error_name(error).startswith("SQLITE_CONSTRAINT"):
                raise AlreadyRecorded("the intent is in the journal already") from error
            self._fails(words_of(error))
            raise JournalRefused(self.reason) from error
        self._trouble = ""
        for prepared, _ in entries:
            self._opened(prepared.intent)

    def record_late(self, prepared: Prepared, assessment: Assessment) -> None:
        """Takes an intent that leaves although the journal can't be written: a cancellation. It waits its turn."""
        undecided = self._undecided(prepared.intent)
        self._opened(prepared.intent)
        values = intent_values(prepared.intent, assessment, self._mask, prepared=prepared)
        self._keep([(LATE_INTENT, values), *undecided])

    def deny(
        self,
        intent: Intent,
        reason: str,
        *,
        prepared: Prepared | None = None,
        assessment: Assessment | None = None,
        confirmed: bool = False,
    ) -> None:
        """Takes an intent that we refused ourselves: it was not sent and never will be."""
        ended = Outcome.DENIED.value
        values = intent_values(intent, assessment, self._mask, prepared=prepared, confirmed=confirmed, ended=ended)
        told = (intent.intent_id, ended, self._mask(reason), intent.at.monotonic, intent.at.utc)
        self._put([(LATE_INTENT, values), (ENDED, (ended, intent.intent_id)), (OUTCOME, told)])

    def outcome(self, intent_id: str, kind: Outcome, reason: str, at: Instant) -> None:
        """Takes what became of an intent."""
        written: list[Row] = [(OUTCOME, (intent_id, kind.value, self._mask(reason), at.monotonic, at.utc))]
        if kind.final:
            written.append((ENDED, (kind.value, intent_id)))
            self._ended(intent_id)
        self._put(written)

    def decide(self, decided: Decided, *, still_open: Collection[str] = ()) -> None:
        """Commits what a person decided of an order in doubt to the disk before it returns; ends its open intents but
        for those that are `still_open` for the sake of a pair's other leg, and those of an order that he found. Raises
        `JournalRefused`: then nothing is decided."""
        if self._database is None or not self._write_late():
            raise JournalRefused(self.reason)
        intents = [each for each in self.open_of(decided.client_id) if each not in still_open]
        ended = intents if decided.ends_the_request else []
        at = decided.at
        kind, reason = Outcome.DECIDED.value, self._mask(decided.reason)
        written = [ended_row(decided.client_id, "decided anew")] if decided.client_id in self._decided else []
        written.append(decision_row(decided, self._mask))
        written += [(OUTCOME, (intent_id, kind, reason, at.monotonic, at.utc)) for intent_id in intents]
        written += [(ENDED, (kind, intent_id)) for intent_id in ended]
        try:
            write_all(self._database, written)
        except sqlite3.Error as error:
            self._fails(words_of(error))
            raise JournalRefused(self.reason) from error
        self._trouble = ""
        for intent_id in ended:
            self._ended(intent_id)
        self._decided[decided.client_id] = decided

    def decision_answered(self, client_id: str, reason: str, at: Instant, *, open_again: bool) -> None:
        """Takes the venue's word on something that was decided. With `open_again` it has the request that the decision
        had ended, and has not said what comes of it: the intent is in doubt as before, after a restart too."""
        decided = self._decided.pop(client_id, None)
        if decided is None:
            return
        written = [ended_row(client_id, self._mask(reason))]
        if decided.intent_id is not None and decided.ends_the_request:
            kind = Outcome.IN_DOUBT if open_again else Outcome.ANSWERED
            told = (decided.intent_id, kind.value, self._mask(reason), at.monotonic, at.utc)
            written += [(OUTCOME, told), (ENDED, (None if open_again else kind.value, decided.intent_id))]
            if open_again:
                self._clients[decided.intent_id] = client_id
                self._open.setdefault(client_id, []).append(decided.intent_id)
        self._put(written)

    def frame(self, frame: Frame) -> None:
        """Takes a frame of an order channel, to be written soon, masked; on any thread."""
        self._frames.put(frame)

    def mend(self, now: Instant) -> bool:
        """While not healthy, tries the disk again, once a second at most. Returns whether all is well now."""
        if self._trouble and self._database is not None and now.monotonic >= self._mended_at + MEND_SECONDS:
            self._mended_at = now.monotonic
            self._write_late(trial=True)
        return self.healthy

    def close(self) -> None:
        """Writes what waits, and closes the files. Nothing is taken any more."""
        self._frames.close()
        if self._late:
            self._write_late()
        if self._late:
            _LOG.error("the journal was closed without %d entries: %s", len(self._late), self._trouble)
        for database in (self._swift, self._database):
            if database is not None:
                database.close()
        self._database = self._swift = None
        self._trouble = "the journal is closed"

    # Within

    def _load(self, database: sqlite3.Connection) -> None:
        rows = database.execute("SELECT DISTINCT client_id FROM intents WHERE ended IS NOT 'denied'").fetchall()
        self._ours = {client_id for (client_id,) in rows}
        for row in database.execute(UNENDED).fetchall():
            intent = self._intent_of(row)
            if intent is not None:
                self._opened(intent)
        for found in standing(database):  # after the intents: one that opens now ends a decision, these it did not end
            try:
                self._decided[found[1]] = decided_of(found)
            except (KeyError, ValueError) as error:
                self.notices.append(f"a decision on order {found[1]} in {self.path} can't be read: {error}")

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any] | None:
        """None where it can't be read."""
        if self._database is None:
            return None
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._fails(words_of(error))
            return None

    def _placement(self, intent: Intent) -> Intent | None:
        if isinstance(intent.command, PlaceOrder | PlaceOco):
            return intent
        placed = self.placed(intent.client_id)
        return None if placed is None else placed.of_order(intent.client_id)

    def _intent_of(self, row: Stored) -> Intent | None:
        try:
            return intent_of(row)
        except msgspec.DecodeError as error:
            self.notices.append(f"intent {row[0]} of order {row[1]} in {self.path} can't be read: {error}")
            return None

    def _opened(self, intent: Intent) -> None:
        self._ours.add(intent.client_id)
        self._decided.pop(intent.client_id, None)
        self._clients[intent.intent_id] = intent.client_id
        self._open.setdefault(intent.client_id, []).append(intent.intent_id)

    def _undecided(self, intent: Intent) -> list[Row]:
        """What a new request does to an earlier decision on its order: reports speak of the new one from now on."""
        return [ended_row(intent.client_id, f"intent {intent.intent_id}")] if intent.client_id in self._decided else []

    def _ended(self, intent_id: str) -> None:
        client_id = self._clients.get(intent_id)
        if client_id is not None and intent_id in self._open.get(client_id, ()):
            self._open[client_id].remove(intent_id)
            if not self._open[client_id]:
                del self._open[client_id]

    def _put(self, rows: list[Row]) -> None:
        """Writes rows now, or keeps them: behind those that wait, and then without a try of their own, since each may
        take as long as the file is held."""
        if self._swift is None or self._late:
            self._keep(rows)
            return
        try:
            write_all(self._swift, rows)
        except sqlite3.Error as error:
            self._fails(words_of(error))
            self._keep(rows)

    def _keep(self, rows: list[Row]) -> None:
        self._late.extend(rows)
        while len(self._late) > LATE_KEPT:
            self._late.popleft()
            self._given_up += 1

    def _write_late(self, trial: bool = False) -> bool:
        """Writes what waits. `trial` writes something in any case. False when the disk takes nothing."""
        if self._database is None:
            return False
        rows = [*self._late, *([(TRIAL, ())] if trial else [])]
        if rows:
            try:
                write_all(self._database, rows)
            except sqlite3.Error as error:
                self._fails(words_of(error))
                return False
            self._late.clear()
            self._trouble = ""
        return True

    def _fails(self, words: str) -> None:
        if words != self._trouble:
            _LOG.error("the journal can't be written: %s", words)
        self._trouble = words

    def _unusable(self, words: str) -> None:
        """It can't be opened: that lasts until the next start."""
        for database in (self._swift, self._database):
            if database is not None:
                database.close()
        self._database = self._swift = None
        self._fails(words)
