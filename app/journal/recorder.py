"""The frames of the order channels, in and out, written on a thread of their own: evidence, never in the way.

One file a month, all of them kept. The queue is bounded: when the disk can't follow, the oldest frame that waits is
dropped; how many were is counted, told, and written where they are missing.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from app.journal.database import JournalRefused, Layout, open_or_set_aside, words_of, write_all
from protocols.market.times import SECOND
from protocols.session import Frame

FRAMES_WAITING = 10_000
BYTES_WAITING = 64 * 1024 * 1024
"""What the queue holds at most."""
BATCH = 500
"""Frames of one commit."""
HELD_SECONDS = 3.0
"""How long a commit waits for another program that holds the file, a backup, say: nobody waits for this thread. Less
than closing waits."""
CLOSE_SECONDS = 5.0
"""How long closing waits for what is still to be written."""

LAYOUT = Layout(
    "record of frames",
    (
        (
            """CREATE TABLE frames (
                number INTEGER PRIMARY KEY,
                direction TEXT NOT NULL,        -- in, out; missing: `lost` frames are not here
                connection TEXT NOT NULL,
                channel TEXT NOT NULL,
                frame BLOB,                     -- masked
                lost INTEGER NOT NULL DEFAULT 0,
                monotonic REAL NOT NULL,        -- seconds
                utc INTEGER NOT NULL            -- nanoseconds since 1970
            ) STRICT""",
        ),
    ),
)
_INSERT = (
    "INSERT INTO frames (direction, connection, channel, frame, lost, monotonic, utc) VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class Recorder:
    """`put` on any thread; `close` when the desk ends."""

    def __init__(
        self,
        folder: Path,
        mask: Callable[[str], str],
        *,
        frames_waiting: int = FRAMES_WAITING,
        bytes_waiting: int = BYTES_WAITING,
    ) -> None:
        self._folder = folder
        self._mask = mask
        self._frames_waiting = frames_waiting
        self._bytes_waiting = bytes_waiting
        self._news = threading.Condition()
        self._waiting: deque[Frame] = deque()
        self._bytes = 0
        self._missing = 0  # dropped or unwritten since the last commit
        self._closing = False
        self._thread: threading.Thread | None = None
        self.lost = 0
        """Frames that are not in the files, since start."""
        self.reason = ""
        """Why the last ones are not; empty when the last commit went well."""

    def put(self, frame: Frame) -> None:
        """Queues a frame; takes microseconds."""
        with self._news:
            if self._closing:
                return
            self._waiting.append(frame)
            self._bytes += len(frame.data)
            while len(self._waiting) > self._frames_waiting or self._bytes > self._bytes_waiting:
                self._bytes -= len(self._waiting.popleft().data)
                self._lose(1, "the disk can't follow: the oldest frames that waited were dropped")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="frames", daemon=True)
                self._thread.start()
            self._news.notify()

    def close(self) -> None:
        """Writes what waits and ends the thread; gives up after `CLOSE_SECONDS`."""
        with self._news:
            self._closing = True
            self._news.notify()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _lose(self, frames: int, reason: str) -> None:
        self.lost += frames
        self._missing += frames
        self.reason = reason

    # The thread

    def _run(self) -> None:
        month, database = "", None
        try:
            while batch := self._take():
                for name, frames in groupby(batch, _month_of):
                    these = list(frames)
                    try:
                        if name != month or database is None:
                            if database is not None:
                                database.close()
                            month, database = name, None
                            database = self._open(name)
                        self._write(database, these)
                    except sqlite3.Error as error:
                        self._failed(these, words_of(error))
                    except (OSError, JournalRefused) as error:
                        self._failed(these, str(error))
        finally:
            if database is not None:
                database.close()

    def _take(self) -> list[Frame]:
        """The next batch; empty when there will be none."""
        with self._news:
            while not self._waiting and not self._closing:
                self._news.wait()
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            self._bytes -= sum(len(frame.data) for frame in batch)
            return batch

    def _open(self, month: str) -> sqlite3.Connection:
        path = self._folder / f"frames-{month}.sqlite3"
        database, _aside = open_or_set_aside(path, LAYOUT, durable=False, busy_seconds=HELD_SECONDS)
        return database

    def _write(self, database: sqlite3.Connection, frames: list[Frame]) -> None:
        rows: list[tuple[str, tuple[object, ...]]] = []
        with self._news:
            missing = self._missing
        if missing:
            at = frames[0].at
            rows.append((_INSERT, ("missing", "", "", None, missing, at.monotonic, at.utc)))
        rows += [
            (
                _INSERT,
                (
                    frame.direction.value,
                    frame.connection,
                    frame.channel,
                    masked(frame.data, self._mask),
                    0,
                    frame.at.monotonic,
                    frame.at.utc,
                ),
            )
            for frame in frames
        ]
        write_all(database, rows)
        with self._news:
            self._missing -= missing
            if not self._missing:
                self.reason = ""

    def _failed(self, frames: list[Frame], reason: str) -> None:
        with self._news:
            self._lose(len(frames), reason)


def masked(frame: bytes, mask: Callable[[str], str]) -> bytes:
    """A frame without what looks like a secret; one that has none stays as it is, byte for byte."""
    text = frame.decode("utf-8", "replace")
    clean = mask(text)
    return frame if clean == text else clean.encode("utf-8", "replace")


def _month_of(frame: Frame) -> str:
    return datetime.fromtimestamp(frame.at.utc // SECOND, UTC).strftime("%Y-%m")
