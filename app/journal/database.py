"""The journal's SQLite files: made, opened, refused, set aside; and why one can't be written, in words."""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

BUSY_SECONDS = 0.25
"""How long a write waits for another program (a backup, say) that holds the file: the trader is waiting too."""

CHECKED_BYTES = 64 * 1024 * 1024
"""Up to here a file is looked through when it is opened, in a tenth of a second. In a larger one, damage shows when it
is come across: starting is not to take longer with every year of trading."""

_WORDS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk can't be written or read",
    "SQLITE_READONLY": "the file can't be written: it is read-only",
    "SQLITE_CANTOPEN": "the file can't be opened",
    "SQLITE_PERM": "the file may not be opened",
    "SQLITE_BUSY": "another program holds the file",
    "SQLITE_LOCKED": "another program holds the file",
    "SQLITE_CORRUPT": "the file is damaged",
    "SQLITE_NOTADB": "the file is no journal",
}
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


class JournalRefused(Exception):
    """The journal could not take something. The text says why, in words for the trader."""


class Layout(msgspec.Struct, frozen=True):
    """What a file holds. Each of `steps` leads from one version of the tables to the next, the first from none."""

    name: str
    steps: tuple[tuple[str, ...], ...]

    @property
    def version(self) -> int:
        return len(self.steps)


def words_of(error: sqlite3.Error) -> str:
    """Why SQLite failed."""
    name = error_name(error)
    known = next((words for code, words in _WORDS.items() if name.startswith(code)), None)
    return known if known is not None else f"{error} ({name or type(error).__name__})"


def error_name(error: sqlite3.Error) -> str:
    """SQLite's own name of the error, such as `SQLITE_FULL`; empty where Python made it."""
    return getattr(error, "sqlite_errorname", None) or ""


def open_database(
    path: Path, layout: Layout, *, durable: bool, busy_seconds: float = BUSY_SECONDS
) -> sqlite3.Connection:
    """Opens the file, or makes it. `durable` makes every commit wait until the disk has it.

    Raises `JournalRefused` for a newer version, which is left as it is; `sqlite3.Error` and `OSError` otherwise.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The owner's alone from its first moment: SQLite gives its other two files the mode of this one.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    # Without the module's implicit transactions: each BEGIN and COMMIT stands in our code.
    database = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > layout.version:
            raise JournalRefused(
                f"{path.name} was written by a newer Quarterdeck (version {version}; this one knows {layout.version})"
            )
        database.execute("PRAGMA journal_mode = WAL").fetchone()
        database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        if version < layout.version:
            database.execute("BEGIN IMMEDIATE")
            for step in layout.steps[version:]:
                for statement in step:
                    database.execute(statement)
            database.execute(f"PRAGMA user_version = {layout.version}")
            database.execute("COMMIT")
    except (sqlite3.Error, JournalRefused):
        database.close()
        raise
    return database


def open_or_set_aside(
    path: Path, layout: Layout, *, durable: bool, busy_seconds: float = BUSY_SECONDS
) -> tuple[sqlite3.Connection, str]:
    """Like `open_database`; a damaged file is put aside under another name, never deleted, and a new one begun. The
    second value says where the old one is, and is empty when there was nothing wrong."""
    database: sqlite3.Connection | None = None
    try:
        database = open_database(path, layout, durable=durable, busy_seconds=busy_seconds)
        problem = ""
        if path.stat().st_size <= CHECKED_BYTES:
            (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
            problem = "" if found == "ok" else "the file is damaged"
    except sqlite3.Error as error:
        if error_name(error).partition("_VTAB")[0] not in _DAMAGED:
            if database is not None:
                database.close()
            raise
        problem = words_of(error)
    if database is not None:
        if not problem:
            return database, ""
        database.close()
    where = _set_aside(path)
    fresh = open_database(path, layout, durable=durable, busy_seconds=busy_seconds)
    return fresh, f"the {layout.name} could not be read ({problem}); it was set aside as {where}"


def roll_back(database: sqlite3.Connection) -> None:
    """Ends a transaction that failed, whatever is left of it."""
    with contextlib.suppress(sqlite3.Error):
        if database.in_transaction:
            database.execute("ROLLBACK")


def write_all(database: sqlite3.Connection, statements: Sequence[tuple[str, tuple[object, ...]]]) -> None:
    """Everything or nothing. Raises `sqlite3.Error`."""
    try:
        database.execute("BEGIN IMMEDIATE")
        for statement, values in statements:
            database.execute(statement, values)
        database.execute("COMMIT")
    except sqlite3.Error:
        roll_back(database)
        raise


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.stem}.unreadable-{number}{path.suffix}")).exists():
        number += 1
    for tail in ("-wal", "-shm", ""):
        part = path.with_name(path.name + tail)
        if part.exists():
            part.rename(aside.with_name(aside.name + tail))
    return aside
