"""What venues called our orders that live: of those whose venue does not list what is over, nobody but the journal
could tell after a restart that they were there.

A row is written without waiting for the disk, as outcomes are: before the order's intent is ended, and deleted after
the order's own end is written. Whatever happens in between, the order comes back, in doubt.
"""

from collections.abc import Callable
from typing import Any

from app.journal.rows import Row

NAME_TABLES = (
    """CREATE TABLE names (
        client_id TEXT PRIMARY KEY,
        venue_id TEXT NOT NULL          -- as the venue wrote it
    ) STRICT""",
)
_NAMED = "INSERT OR REPLACE INTO names (client_id, venue_id) VALUES (?, ?)"
_FORGOTTEN = "DELETE FROM names WHERE client_id = ?"
_ALL = "SELECT client_id, venue_id FROM names ORDER BY rowid"


class NameRecord:
    """`put` writes rows now or keeps them until that is possible; `read` asks, and says None where it can't be read.
    Nothing here raises."""

    def __init__(
        self, put: Callable[[list[Row]], None], read: Callable[[str, tuple[object, ...]], list[Any] | None]
    ) -> None:
        self._put = put
        self._read = read

    def name(self, client_id: str, venue_id: str) -> None:
        """Takes what the venue calls an order that lives."""
        self._put([(_NAMED, (client_id, venue_id))])

    def forget(self, client_id: str) -> None:
        """The order is over."""
        self._put([(_FORGOTTEN, (client_id,))])

    def names(self) -> list[tuple[str, str]]:
        """Each living order's client identifier and what the venue calls it; none where they can't be read."""
        return [(client_id, venue_id) for client_id, venue_id in self._read(_ALL, ()) or []]
