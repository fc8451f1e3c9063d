"""How orders ended whose venue has no list of orders: nobody but the journal could tell it after a restart.

A row is written without waiting for the disk, as outcomes are, and before the order's intent is ended: whatever
happens between the two, the order comes back, in doubt or as it ended.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from app.journal.rows import Row
from protocols.market.orders import Order, OrderStatus, VenueState
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Quantity

ENDING_TABLES = (
    """CREATE TABLE endings (
        client_id TEXT PRIMARY KEY,
        connection TEXT NOT NULL,
        status TEXT NOT NULL,           -- by its name: FILLED, CLOSED_BY_HAND, ...
        venue_id TEXT,                  -- this and the next two are NULL where the venue never named the order
        revision INTEGER,
        state TEXT,                     -- what the venue's last word came to, by its name: FILLED, ACTIVE, ...
        remaining INTEGER NOT NULL,     -- in 1e-9 of its unit
        venue_state TEXT NOT NULL,      -- the venue's last word, masked
        reason TEXT NOT NULL,           -- masked
        monotonic REAL NOT NULL,        -- seconds
        utc INTEGER NOT NULL            -- nanoseconds since 1970
    ) STRICT""",
    "CREATE INDEX endings_time ON endings (utc)",
)
_FIELDS = "client_id, connection, status, venue_id, revision, state, remaining, venue_state, reason, monotonic, utc"
_PUT = f"INSERT OR REPLACE INTO endings ({_FIELDS}) VALUES ({', '.join('?' * 11)})"
_DROP = "DELETE FROM endings WHERE client_id = ?"
_SINCE = f"SELECT {_FIELDS} FROM endings WHERE utc >= ? ORDER BY utc, client_id"


class Ending(msgspec.Struct, frozen=True):
    """An order that is over, as far as is known. Without a `venue_id` its venue never named it."""

    client_id: str
    connection: str
    status: OrderStatus
    venue_id: str | None
    revision: int | None
    state: VenueState | None
    remaining: Quantity
    venue_state: str
    reason: str
    at: Instant


class EndingRecord:
    """`put` writes rows now or keeps them until that is possible; `read` asks, and says None where it can't be read;
    `tell` takes words about a row that says nothing to this Quarterdeck. Nothing here raises."""

    def __init__(
        self,
        put: Callable[[list[Row]], None],
        read: Callable[[str, tuple[object, ...]], list[Any] | None],
        mask: Callable[[str], str],
        tell: Callable[[str], object],
    ) -> None:
        self._put = put
        self._read = read
        self._mask = mask
        self._tell = tell

    def keep(self, order: Order, at: Instant) -> None:
        """Takes how an order ended; of one that is there, the later word counts."""
        version = order.version
        values = (
            order.client_id, order.connection, order.status.name,
            None if version is None else version.venue_id, None if version is None else version.revision,
            None if version is None else version.state.name, order.remaining, self._mask(order.venue_state),
            self._mask(order.reason), at.monotonic, at.utc,
        )  # fmt: skip
        self._put([(_PUT, values)])

    def drop(self, client_id: str) -> None:
        """It is not over after all."""
        self._put([(_DROP, (client_id,))])

    def since(self, utc: UtcNs) -> list[Ending]:
        """Those that ended since then, the oldest first."""
        found: list[Ending] = []
        for row in self._read(_SINCE, (utc,)) or []:
            try:
                found.append(_ending(*row))
            except (KeyError, ValueError) as error:
                self._tell(f"How order {row[0]} of {row[1]} ended can't be read: {error}")
        return found


def _ending(
    client_id: str,
    connection: str,
    status: str,
    venue_id: str | None,
    revision: int | None,
    state: str | None,
    remaining: int,
    venue_state: str,
    reason: str,
    monotonic: float,
    utc: int,
) -> Ending:
    return Ending(
        client_id,
        connection,
        OrderStatus[status],
        venue_id,
        revision,
        None if state is None else VenueState[state],
        Quantity(remaining),
        venue_state,
        reason,
        Instant(monotonic, UtcNs(utc)),
    )
