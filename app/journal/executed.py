"""What was executed, in the journal: executions of our orders, and those that belong to no order known here.

Venues that tell no trades leave nothing behind that a later run could ask for: what is not kept here is lost with the
process. Rows are written without waiting for the disk, as outcomes are: they survive the death of the program at any
moment; what only the death of the machine can take is the last moment's. All of them are kept for ever; an index by
time makes reading the last days as quick after years as on the first day.
"""

from collections.abc import Callable, Sequence
from typing import Any

from app.journal.rows import Row
from protocols.market.events import Unmatched
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnExecuted
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price, Quantity, Side

UNMATCHED_READ = 1_000
"""The newest that are open, and as many that were dismissed: no session keeps more."""

TABLES = (
    """CREATE TABLE executions (
        number INTEGER PRIMARY KEY,
        connection TEXT NOT NULL,
        area TEXT NOT NULL,
        contract_id TEXT NOT NULL,
        client_id TEXT NOT NULL,
        side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
        quantity INTEGER NOT NULL,      -- in 1e-9 of its unit, as it was told
        executed INTEGER NOT NULL,      -- of the order in all, with this
        price INTEGER,                  -- the average of this quantity, in 1e-9; NULL where the venue did not say
        at INTEGER NOT NULL,            -- nanoseconds since 1970, by the venue's clock where it tells the time
        utc INTEGER NOT NULL            -- nanoseconds since 1970, when it was written, by ours
    ) STRICT""",
    "CREATE INDEX executions_order ON executions (connection, client_id)",
    "CREATE INDEX executions_time ON executions (connection, utc)",
    """CREATE TABLE unmatched (
        number INTEGER PRIMARY KEY,
        connection TEXT NOT NULL,
        venue_id TEXT NOT NULL,
        client_id TEXT NOT NULL,
        symbol TEXT NOT NULL,           -- this and what follows as the venue wrote it, masked
        side TEXT NOT NULL,
        executed TEXT NOT NULL,
        status TEXT NOT NULL,
        ended TEXT,                     -- explained (by the venue's later word), dismissed (by a person)
        monotonic REAL NOT NULL,        -- seconds
        utc INTEGER NOT NULL            -- nanoseconds since 1970
    ) STRICT""",
    "CREATE INDEX unmatched_open ON unmatched (connection, number) WHERE ended IS NULL",
    "CREATE INDEX unmatched_dismissed ON unmatched (connection, utc) WHERE ended = 'dismissed'",
)

_EXECUTED = """INSERT INTO executions
    (connection, area, contract_id, client_id, side, quantity, executed, price, at, utc)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
# Of an order all of it, or none: a part alone would be an execution at a price that nobody knows.
_EXECUTIONS = """SELECT area, contract_id, client_id, side, quantity, executed, price, at FROM executions
    WHERE connection = ?1 AND client_id IN (SELECT client_id FROM executions WHERE connection = ?1 AND utc >= ?2)
    ORDER BY number"""
_FIELDS = "connection, venue_id, client_id, symbol, side, executed, status, monotonic, utc"
_UNMATCHED = f"INSERT INTO unmatched ({_FIELDS}) VALUES ({', '.join('?' * 9)})"
_OPEN = f"SELECT {_FIELDS} FROM unmatched WHERE connection = ? AND ended IS NULL ORDER BY number DESC LIMIT ?"
_DISMISSED = f"""SELECT {_FIELDS} FROM unmatched WHERE connection = ? AND ended = 'dismissed' AND utc >= ?
    ORDER BY number DESC LIMIT ?"""
_ENDED = """UPDATE unmatched SET ended = ?
    WHERE connection = ? AND venue_id = ? AND client_id = ? AND executed = ? AND status = ? AND utc = ?
    AND ended IS NULL"""


class ExecutedRecord:
    """`put` writes rows now or keeps them until that is possible; `read` asks, and says None where it can't be read.
    Nothing here raises."""

    def __init__(
        self,
        put: Callable[[list[Row]], None],
        read: Callable[[str, tuple[object, ...]], list[Any] | None],
        mask: Callable[[str], str],
    ) -> None:
        self._put = put
        self._read = read
        self._mask = mask

    def add(self, event: OwnExecuted, now: Instant) -> None:
        """Takes an execution that was not known."""
        key = event.key
        values = (
            key.connection, key.area, key.contract_id, event.client_id, event.side.value, event.quantity,
            event.executed, event.price, event.at, now.utc,
        )  # fmt: skip
        self._put([(_EXECUTED, values)])

    def executions(self, connection: str, since: UtcNs) -> tuple[OwnExecuted, ...] | None:
        """Those of every order of which anything was executed since then, as they were taken. None where they can't be
        read."""
        rows = self._read(_EXECUTIONS, (connection, since))
        return None if rows is None else tuple(_execution(connection, *row) for row in rows)

    def change_unmatched(
        self, came: Sequence[Unmatched], explained: Sequence[Unmatched], dismissed: Sequence[Unmatched]
    ) -> None:
        """Takes what is unmatched since now, and of what was so before what the venue has explained and what a person
        has seen to."""
        rows: list[Row] = [(_UNMATCHED, (*self._texts(each), each.at.monotonic, each.at.utc)) for each in came]
        for word, ended in (("explained", explained), ("dismissed", dismissed)):
            rows += [(_ENDED, (word, *self._name(each))) for each in ended]
        if rows:
            self._put(rows)

    def unmatched(self, connection: str) -> tuple[Unmatched, ...]:
        """What nothing has ended, the oldest first."""
        return self._recalled(_OPEN, (connection, UNMATCHED_READ))

    def dismissed(self, connection: str, since: UtcNs) -> tuple[Unmatched, ...]:
        """What came since then and was dismissed, the oldest first."""
        return self._recalled(_DISMISSED, (connection, since, UNMATCHED_READ))

    def _recalled(self, query: str, values: tuple[object, ...]) -> tuple[Unmatched, ...]:
        found = self._read(query, values) or []
        return tuple(_unmatched(*row) for row in reversed(found))

    def _texts(self, each: Unmatched) -> tuple[str, ...]:
        venues = (each.venue_id, each.client_id, each.symbol, each.side, each.executed, each.status)
        return (each.connection, *map(self._mask, venues))

    def _name(self, each: Unmatched) -> tuple[object, ...]:
        connection, venue_id, client_id, _, _, executed, status = self._texts(each)
        return (connection, venue_id, client_id, executed, status, each.at.utc)


def _execution(
    connection: str,
    area: str,
    contract_id: str,
    client_id: str,
    side: str,
    quantity: int,
    executed: int,
    price: int | None,
    at: int,
) -> OwnExecuted:
    return OwnExecuted(
        ContractKey(connection, area, contract_id),
        client_id,
        Side(side),
        Quantity(quantity),
        Quantity(executed),
        None if price is None else Price(price),
        UtcNs(at),
    )


def _unmatched(
    connection: str,
    venue_id: str,
    client_id: str,
    symbol: str,
    side: str,
    executed: str,
    status: str,
    monotonic: float,
    utc: int,
) -> Unmatched:
    at = Instant(monotonic, UtcNs(utc))
    return Unmatched(connection, venue_id, client_id, symbol, side, executed, status, at, recalled=True)
