"""The tables of the journal, and an intent as a row of them."""

from collections.abc import Callable

import msgspec

from app.journal.recorder import masked
from app.risk import Assessment
from protocols.market.commands import Command, FlexTerms, FxTerms, Intent, PlaceOco, PlaceOrder, Terms
from protocols.market.orders import request_of
from protocols.market.times import Instant, UtcNs
from protocols.session import Prepared

Row = tuple[str, tuple[object, ...]]
"""A statement and its values."""
Stored = tuple[str, str, str, float, int]
"""What `READ` reads."""

TABLES = (
    """CREATE TABLE intents (
            number INTEGER PRIMARY KEY,
            intent_id TEXT NOT NULL UNIQUE,
            client_id TEXT NOT NULL,
            connection TEXT NOT NULL,
            kind TEXT NOT NULL,             -- place, amend, cancel, activate, deactivate
            command TEXT NOT NULL,          -- JSON: what was meant
            said TEXT,                      -- JSON: what the frame says when it is read again
            correlation TEXT,
            stream TEXT,
            frame BLOB,                     -- masked
            verdict TEXT NOT NULL,          -- of the risk check: passed, warned, blocked, not checked
            findings TEXT NOT NULL,         -- JSON
            confirmed INTEGER NOT NULL,     -- by the trader, after a warning
            ended TEXT,                     -- the last outcome, once it is final
            monotonic REAL NOT NULL,        -- seconds
            utc INTEGER NOT NULL            -- nanoseconds since 1970
        ) STRICT""",
    "CREATE INDEX intents_client ON intents (client_id, kind, ended)",
    "CREATE INDEX intents_open ON intents (number) WHERE ended IS NULL",
    """CREATE TABLE outcomes (
            number INTEGER PRIMARY KEY,
            intent_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            reason TEXT NOT NULL,
            monotonic REAL NOT NULL,
            utc INTEGER NOT NULL
        ) STRICT""",
    "CREATE INDEX outcomes_intent ON outcomes (intent_id)",
    "CREATE TABLE trials (number INTEGER PRIMARY KEY, times INTEGER NOT NULL) STRICT",
)
SEEN_COLUMN = (
    # JSON: the frame and the book on the trader's screen, and what was foretold; NULL where it came from no picture.
    "ALTER TABLE intents ADD COLUMN seen TEXT",
)
_COLUMNS = (
    "intent_id, client_id, connection, kind, command, said, correlation, stream, frame, verdict, findings, confirmed,"
    " ended, monotonic, utc, seen"
)
INTENT = f"INSERT INTO intents ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"
# A row that waited may be there already: a commit whose failure was told can have reached the disk all the same.
LATE_INTENT = INTENT.replace("INSERT", "INSERT OR IGNORE", 1)
OUTCOME = "INSERT INTO outcomes (intent_id, kind, reason, monotonic, utc) VALUES (?, ?, ?, ?, ?)"
ENDED = "UPDATE intents SET ended = ? WHERE intent_id = ?"
TRIAL = "INSERT INTO trials VALUES (1, 1) ON CONFLICT (number) DO UPDATE SET times = times + 1"
READ = "SELECT intent_id, client_id, command, monotonic, utc FROM intents"


def intent_values(
    intent: Intent,
    assessment: Assessment | None,
    mask: Callable[[str], str],
    *,
    prepared: Prepared | None,
    confirmed: bool = False,
    ended: str | None = None,
) -> tuple[object, ...]:
    """The values of `INTENT`. Without `prepared` there is no frame: it was denied before; without
    `assessment` the risk check never saw it."""
    return (
        intent.intent_id,
        intent.client_id,
        intent.connection,
        request_of(intent.command).value,
        _text(intent.command, mask),
        None if prepared is None else _text(prepared.said, mask),
        None if prepared is None else prepared.correlation,
        None if prepared is None else prepared.stream,
        None if prepared is None else masked(prepared.frame, mask),
        "not checked" if assessment is None else assessment.verdict,
        msgspec.json.encode(() if assessment is None else assessment.findings).decode(),
        int(confirmed),
        ended,
        intent.at.monotonic,
        intent.at.utc,
        None if intent.seen is None else msgspec.json.encode(intent.seen).decode(),
    )


def intent_of(row: Stored) -> Intent:
    """The other way. Raises `msgspec.DecodeError`."""
    intent_id, client_id, text, monotonic, utc = row
    return Intent(intent_id, client_id, _command(text), Instant(monotonic, UtcNs(utc)))


def _text(command: Command, mask: Callable[[str], str]) -> str:
    """JSON. The comment is the one place where a person may have typed anything at all."""
    if isinstance(command, PlaceOrder):
        command = msgspec.structs.replace(command, terms=_masked(command.terms, mask))
    elif isinstance(command, PlaceOco):
        one, other = (msgspec.structs.replace(leg, note=mask(leg.note)) for leg in command.legs)
        command = msgspec.structs.replace(command, legs=(one, other))
    return msgspec.json.encode(command).decode()


def _masked(terms: Terms, mask: Callable[[str], str]) -> Terms:
    if isinstance(terms, FxTerms):
        return msgspec.structs.replace(terms, note=mask(terms.note))
    if isinstance(terms, FlexTerms):
        return terms  # nothing in it is free text
    return msgspec.structs.replace(terms, comment=mask(terms.comment))


def _command(text: str) -> Command:
    """Orders from before there was more than one kind of terms don't say which theirs are: power's."""
    read = msgspec.json.decode(text)
    if isinstance(read, dict) and read.get("type") == "PlaceOrder" and isinstance(read.get("terms"), dict):
        read["terms"].setdefault("market", "power")
    command: Command = msgspec.convert(read, Command)
    return command
