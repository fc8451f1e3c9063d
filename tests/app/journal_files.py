"""Intents to record, and the journal's files as other programs meet them: read, held, and on a full disk."""

import resource
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.journal import Journal
from protocols.market.commands import Command, Intent, PlaceOrder
from protocols.market.instruments import ContractKey
from protocols.market.times import Instant, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.session import Prepared

KEY = ContractKey("EPEX M7", "DE-AMPRION", "DE-AMPRION-1")
PLACE = PlaceOrder(KEY, Side.BUY, Quantity(10 * SCALE), Price(38 * SCALE))
NOW = Instant(7.5, utc_from_text("2026-11-21T11:30:00Z"))
FRAME = b'{"type":"request","correlation":"i-1"}'


def prepared(
    intent_id: str = "i-1", client_id: str = "c-1", command: Command = PLACE, frame: bytes = FRAME
) -> Prepared:
    return Prepared(Intent(intent_id, client_id, command, NOW), command, "market-1", intent_id, frame)


def rows(folder: Path, query: str, name: str = "orders") -> list[dict[str, object]]:
    """What is in a file, read as another program would."""
    with closing(sqlite3.connect(folder / f"{name}.sqlite3")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query).fetchall()]


@contextmanager
def held(folder: Path, name: str = "orders") -> Iterator[None]:
    """Another program holds the file."""
    with closing(sqlite3.connect(folder / f"{name}.sqlite3", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file may grow beyond `size`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@contextmanager
def journal_in(folder: Path, mask: Callable[[str], str] = lambda text: text) -> Iterator[Journal]:
    with closing(Journal(folder, mask, busy_seconds=0.0)) as journal:
        yield journal
