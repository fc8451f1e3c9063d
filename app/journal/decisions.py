"""Decisions of people about orders in doubt, as rows of the journal."""

import sqlite3
from collections.abc import Callable

from app.journal.rows import Row
from protocols.market.decisions import Decided
from protocols.market.orders import Decision, Request
from protocols.market.times import Instant, UtcNs

Stored = tuple[str, str, str | None, str | None, str, str, str, float, int, str | None]

TABLES = (
    """CREATE TABLE decisions (
        number INTEGER PRIMARY KEY,
        connection TEXT NOT NULL,
        client_id TEXT NOT NULL,
        intent_id TEXT,                 -- the request in doubt; NULL where none of ours was outstanding
        request TEXT,                   -- its kind
        decision TEXT NOT NULL,         -- never_arrived, gone, named
        note TEXT NOT NULL,             -- the trader's own words, masked
        known TEXT NOT NULL,            -- what was shown as known when it was decided
        later TEXT,                     -- what ended it: the venue's word on it, or a new request
        monotonic REAL NOT NULL,        -- seconds
        utc INTEGER NOT NULL            -- nanoseconds since 1970
    ) STRICT""",
    "CREATE INDEX decisions_standing ON decisions (number) WHERE later IS NULL",
)
FOUND_COLUMN = (
    # The venue's order that it was found to be; NULL of any other decision.
    "ALTER TABLE decisions ADD COLUMN venue_id TEXT",
)
_COLUMNS = "connection, client_id, intent_id, request, decision, note, known, monotonic, utc, venue_id"
_INSERT = f"INSERT INTO decisions ({_COLUMNS}) VALUES ({', '.join('?' * 10)})"
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
            decided.venue_id,
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
    connection, client_id, intent_id, request, decision, note, known, monotonic, utc, venue_id = row
    return Decided(
        connection,
        client_id,
        intent_id,
        None if request is None else Request(request),
        Decision[decision.upper()],
        note,
        known,
        Instant(monotonic, UtcNs(utc)),
        venue_id,
    )
