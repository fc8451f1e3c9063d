"""Executions in the journal: kept whole, masked, by order; there after a kill; and a journal from before it had any."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec

from app.journal import Journal, executed
from app.journal.database import Layout, open_database
from app.journal.journal import LAYOUT
from protocols.market.events import Unmatched
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnExecuted
from protocols.market.times import SECOND, Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.app.journal_files import NOW, held, journal_in, rows

ROOT = Path(__file__).resolve().parents[2]
EURUSD = ContractKey("FX", "FX", "EURUSD")
EVER = UtcNs(0)


def execution(
    client_id: str = "c-1", quantity: int = 4_000, executed: int = 4_000, at: int | None = 107
) -> OwnExecuted:
    price = None if at is None else Price(at * SCALE // 100)
    much, all_of_it = Quantity(quantity * SCALE), Quantity(executed * SCALE)
    return OwnExecuted(EURUSD, client_id, Side.SELL, much, all_of_it, price, UtcNs(NOW.utc - 5))


def stray(venue_id: str = "900", status: str = "FILLED") -> Unmatched:
    return Unmatched("FX", venue_id, "", "EURUSD", "Sell", "4000", status, NOW)


def later(seconds: int) -> Instant:
    return Instant(NOW.monotonic + seconds, UtcNs(NOW.utc + seconds * SECOND))


def test_executions_are_kept_whole_and_in_their_order(tmp_path: Path) -> None:
    told = (execution(), execution("c-2", at=None), execution("c-1", 6_000, 10_000))
    with journal_in(tmp_path) as journal:
        for each in told:
            journal.executed.add(each, NOW)
    with journal_in(tmp_path) as journal:
        assert journal.executed.executions("FX", EVER) == told
        assert journal.executed.executions("Another", EVER) == ()


def test_the_largest_amounts_that_are_read_can_be_written(tmp_path: Path) -> None:
    most = 10**18 - 1
    huge = msgspec.structs.replace(execution(), quantity=most, executed=most, price=Price(most))
    with journal_in(tmp_path) as journal:
        journal.executed.add(huge, NOW)
        assert journal.executed.executions("FX", EVER) == (huge,)


def test_of_an_order_all_comes_back_or_nothing(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.executed.add(execution("old"), NOW)
        journal.executed.add(execution("both"), NOW)
        journal.executed.add(execution("both", 6_000, 10_000), later(60))
        found = journal.executed.executions("FX", later(60).utc)
    assert found is not None
    assert [(each.client_id, each.quantity // SCALE) for each in found] == [("both", 4_000), ("both", 6_000)]


def test_what_was_open_is_open_and_what_was_dismissed_is_known(tmp_path: Path) -> None:
    one, other, third = stray("1"), stray("2"), stray("3")
    with journal_in(tmp_path) as journal:
        journal.executed.change_unmatched([one, other, third], [], [])
        journal.executed.change_unmatched([], [other], [third])
        assert rows(tmp_path, "SELECT venue_id, ended FROM unmatched ORDER BY number") == [
            {"venue_id": "1", "ended": None},
            {"venue_id": "2", "ended": "explained"},
            {"venue_id": "3", "ended": "dismissed"},
        ]
    with journal_in(tmp_path) as journal:
        assert journal.executed.unmatched("FX") == (msgspec.structs.replace(one, recalled=True),)
        assert journal.executed.dismissed("FX", NOW.utc) == (msgspec.structs.replace(third, recalled=True),)
        assert journal.executed.dismissed("FX", later(1).utc) == ()


def test_the_venues_texts_are_masked_and_still_end(tmp_path: Path) -> None:
    secret = stray(status="planted")
    with journal_in(tmp_path, lambda text: text.replace("planted", "***")) as journal:
        journal.executed.change_unmatched([secret], [], [])
        assert [each.status for each in journal.executed.unmatched("FX")] == ["***"]
        journal.executed.change_unmatched([], [secret], [])
        assert journal.executed.unmatched("FX") == ()
    assert b"planted" not in (tmp_path / "orders.sqlite3").read_bytes()


def test_what_can_not_be_written_waits(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        with held(tmp_path):
            journal.executed.add(execution(), NOW)
            journal.executed.change_unmatched([stray()], [], [])
            assert not journal.healthy
        assert journal.mend(NOW)
        assert journal.executed.executions("FX", EVER) == (execution(),)
        assert len(journal.executed.unmatched("FX")) == 1


def test_a_journal_that_can_not_be_read_says_so_and_raises_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path, lambda text: text)
    journal.close()
    assert journal.executed.executions("FX", EVER) is None
    assert (journal.executed.unmatched("FX"), journal.executed.dismissed("FX", EVER)) == ((), ())


def test_a_journal_from_before_there_were_executions_gets_room_for_them(tmp_path: Path) -> None:
    before = Layout(LAYOUT.name, LAYOUT.steps[:3])
    with closing(open_database(tmp_path / "orders.sqlite3", before, durable=True)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        assert "executions" not in names
    with journal_in(tmp_path) as journal:
        assert journal.notices == []
        journal.executed.add(execution(), NOW)
    with journal_in(tmp_path) as journal:
        assert journal.executed.executions("FX", EVER) == (execution(),)


def test_years_of_executions_are_found_by_an_index(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        plans: list[str] = []
        with closing(sqlite3.connect(journal.path)) as database:
            for query in (executed._EXECUTIONS, executed._OPEN, executed._DISMISSED):
                values = ("FX", 0, 9)[: query.count("?") if "?1" not in query else 2]
                plans += [row[-1] for row in database.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    assert not [plan for plan in plans if plan.startswith("SCAN")], plans


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
import msgspec
from tests.support.fx import FxDesk, order, record
desk = FxDesk(Path(sys.argv[1]))
desk.ready()
for number in range(100_000):
    client_id = desk.submit(order())
    told = record(client_id, number, status="FILLED", executedQty=10_000, cummulativeQuoteQty=10_500)
    desk.say({{"event": "execution", "payload": told}})
    desk.say({{"event": "execution", "payload": record(None, -1 - number, status="FILLED", executedQty=1)}})
    print(client_id, flush=True)
"""


def test_what_was_shown_is_there_after_a_kill(tmp_path: Path) -> None:
    code = CHILD.format(root=str(ROOT))
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        shown = [child.stdout.readline().strip() for _ in range(30)]
        child.kill()
        shown += [line for line in child.stdout.read().splitlines() if len(line) == len(shown[0])]
        assert child.wait() == -signal.SIGKILL
    with journal_in(tmp_path) as journal:
        found = journal.executed.executions("FX", EVER)
        assert found is not None
        kept = [each.client_id for each in found]
        assert set(shown) <= set(kept)
        assert len(kept) == len(set(kept))
        assert len(journal.executed.unmatched("FX")) >= len(shown)
