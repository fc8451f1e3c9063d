"""Decisions of people about orders in doubt, as rows of the journal."""

import sqlite3
from collections.abc import Callable

from app.journal.rows import Row
from protocols.market.decisions import Decided
from protocols.market.orders import Decision, Request
from protocols.market.times import Instant, UtcNs

Stored = tuple[str, str, str | None, str | None, str, str, str, float, int]

TABLES = (
    """CREATE TABLE decisions (
        number INTEGER PRIMARY KEY,
        connection TEXT NOT NULL,
        client_id TEXT NOT NULL,
        intent_id TEXT,                 -- the request in doubt; NULL where none of ours was outstanding
        request TEXT,                   -- its kind
        decision TEXT NOT NULL,         -- never_arrived, gone
        note TEXT NOT NULL,             -- the trader's own words, masked
        known TEXT NOT NULL,            -- what was shown as known when it was decided
        later TEXT,                     -- what ended it: the venue's word on it, or a new request
        monotonic REAL NOT NULL,        -- seconds
        utc INTEGER NOT NULL            -- nanoseconds since 1970
    ) STRICT""",
    "CREATE INDEX decisions_standing ON decisions (number) WHERE later IS NULL",
)
_COLUMNS = "connection, client_id, intent_id, request, decision, note, known, monotonic, utc"
_INSERT = f"INSERT INTO decisions ({_COLUMNS}) VALUES ({', '.join('?' * 9)})"
_STANDING = f"SELECT {_COLUMNS} FROM decisions WHERE later IS NULL ORDER BY number"
_ENDED = "UPDATE decisions SET later = ? WHERE client_id = ? AND later IS NULL"


def decision_row(decided: Decided, mask: Callable[[str], str]) -> Row:
    """The row of a new decision."""
    return (
        _INSERT,
        (
            decided.connection,
            decided.client_id,
            decided.intent_id,
            None if decided.request is None else decided.request.value,
            decided.decision.name.lower(),
            mask(decided.note),
            mask(decided.known),
            decided.at.monotonic,
            decided.at.utc,
        ),
    )


def ended_row(client_id: str, later: str) -> Row:
    """What makes an order's decision a thing of the past."""
    return (_ENDED, (later, client_id))


def standing(database: sqlite3.Connection) -> list[Stored]:
    """Decisions that nothing has ended, the oldest first; the second value of each is its order's client identifier.
    Raises `sqlite3.Error`."""
    return database.execute(_STANDING).fetchall()


def decided_of(row: Stored) -> Decided:
    """The other way. Raises `KeyError` or `ValueError` for a word that this Quarterdeck does not know."""
    connection, client_id, intent_id, request, decision, note, known, monotonic, utc = row
    return Decided(
        connection,
        client_id,
        intent_id,
        None if request is None else Request(request),
        Decision[decision.upper()],
        note,
        known,
        Instant(monotonic, UtcNs(utc)),
    )
