"""The journal: on the disk before anything leaves, once per intent, and honest about what it can't do."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from app.journal import AlreadyRecorded, Journal, JournalRefused, Outcome
from app.journal.journal import LAYOUT
from app.limits import Level
from app.logs import Masker
from app.risk import PASSED, Assessment, Finding
from protocols.market.commands import AmendOrder, CancelOrder, PlaceOrder, PowerTerms, Seen
from protocols.market.times import SECOND, Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.secret import Secret
from protocols.session import Direction, Frame
from tests.app.journal_files import FRAME, KEY, NOW, full_disk, held, journal_in, prepared, rows

ROOT = Path(__file__).resolve().parents[2]


def fill(journal: Journal) -> None:
    for number in range(10_000):
        journal.record(prepared(f"j-{number}", frame=b"x" * 5_000), PASSED)


# What is kept


def test_what_was_on_the_screen_is_kept_with_the_intent(tmp_path: Path) -> None:
    seen = Seen(frame=41, book=1_207, venue_book=9, keeps_place=False)
    with journal_in(tmp_path) as journal:
        known = prepared()
        intent = msgspec.structs.replace(known.intent, seen=seen)
        journal.record(msgspec.structs.replace(known, intent=intent), PASSED)
        (row,) = rows(tmp_path, "SELECT seen FROM intents")
    assert msgspec.json.decode(str(row["seen"]), type=Seen) == seen


def test_an_intent_is_kept_whole(tmp_path: Path) -> None:
    found = Assessment((Finding("quantity", "quantity", Level.WARN, "Quantity 60.0 MW is above 50.0"),))
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), found, confirmed=True)
        (row,) = rows(tmp_path, "SELECT * FROM intents")
    command = {
        "type": "PlaceOrder",
        "key": {"connection": "EPEX M7", "area": "DE-AMPRION", "contract_id": "DE-AMPRION-1"},
        "side": "Buy",
        "quantity": 10 * SCALE,
        "price": 38 * SCALE,
        "active": True,
    }
    for column in ("command", "said"):
        told = json.loads(str(row.pop(column)))
        assert told.pop("terms")["restriction"] == "None"
        assert told == command
    assert row.pop("seen") is None
    (finding,) = json.loads(str(row.pop("findings")))
    assert finding == {
        "rule": "quantity",
        "field": "quantity",
        "level": "warn",
        "words": "Quantity 60.0 MW is above 50.0",
    }
    assert row == {
        "number": 1,
        "intent_id": "i-1",
        "client_id": "c-1",
        "connection": "EPEX M7",
        "kind": "place",
        "correlation": "i-1",
        "stream": "market-1",
        "frame": FRAME,
        "verdict": "warned",
        "confirmed": 1,
        "ended": None,
        "monotonic": 7.5,
        "utc": NOW.utc,
    }


CHILD = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from app.journal import Journal, Outcome
from app.risk import PASSED
from tests.app.journal_files import NOW, prepared
journal = Journal(Path(sys.argv[1]), lambda text: text)
{act}
"""
RECORD_AND_DIE = "journal.record(prepared(), PASSED)\nos.kill(os.getpid(), signal.SIGKILL)"
RECORD_ON_AND_ON = """
for number in range(100_000):
    journal.record(prepared(f"i-{number}", f"c-{number}"), PASSED)
    print(number, flush=True)
"""
ANSWER_AND_DIE = """
journal.record(prepared(), PASSED)
journal.outcome("i-1", Outcome.ANSWERED, "", NOW)
os.kill(os.getpid(), signal.SIGKILL)
"""
DIE_BEFORE_COMMIT = """
journal._database.set_trace_callback(lambda text: os.kill(os.getpid(), signal.SIGKILL) if text == "COMMIT" else None)
journal.record_all([(prepared(), PASSED), (prepared("i-2", "c-2"), PASSED)])
"""


def child(folder: Path, act: str) -> subprocess.Popen[str]:
    code = CHILD.format(tests=str(ROOT), act=act)
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_what_was_recorded_survives_a_kill_right_after(tmp_path: Path) -> None:
    with child(tmp_path, RECORD_AND_DIE) as process:
        assert process.wait() == -signal.SIGKILL
    with journal_in(tmp_path) as journal:
        (found,) = journal.open_intents()
        assert found.intent == found.placed == prepared().intent
        assert journal.is_ours("c-1")


def test_a_commit_of_an_intent_waits_for_the_disk(tmp_path: Path) -> None:
    # A kill leaves the system's buffers behind, a power cut doesn't: only the setting can tell.
    with journal_in(tmp_path) as journal:
        assert journal._database is not None
        assert journal._database.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
        assert journal._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_outcome_survives_it_too(tmp_path: Path) -> None:
    with child(tmp_path, ANSWER_AND_DIE) as process:
        assert process.wait() == -signal.SIGKILL
    with journal_in(tmp_path) as journal:
        assert journal.open_intents() == []
        assert journal.is_ours("c-1")


def test_whatever_was_told_as_recorded_is_there_after_a_kill_in_the_middle(tmp_path: Path) -> None:
    with child(tmp_path, RECORD_ON_AND_ON) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(50)]
        process.kill()
        told += [int(line) for line in process.stdout.read().splitlines() if line]
    with journal_in(tmp_path) as journal:
        assert journal.healthy and journal.notices == []
        there = [int(found.intent.intent_id[2:]) for found in journal.open_intents()]
    assert there == list(range(len(there)))
    assert len(told) <= len(there) <= len(told) + 1


def test_several_in_one_transaction_are_all_there_or_none(tmp_path: Path) -> None:
    with child(tmp_path, DIE_BEFORE_COMMIT) as process:
        assert process.wait() == -signal.SIGKILL
    with journal_in(tmp_path) as journal:
        assert journal.open_intents() == []
        journal.record_all([(prepared(), PASSED), (prepared("i-2", "c-2"), PASSED)])
    with journal_in(tmp_path) as journal:
        assert [found.intent.intent_id for found in journal.open_intents()] == ["i-1", "i-2"]


# Once


def test_an_intent_is_recorded_once_also_after_a_restart(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
        with pytest.raises(AlreadyRecorded):
            journal.record(prepared(client_id="c-2"), PASSED)
        journal.outcome("i-1", Outcome.NOT_SENT, "", NOW)
        with pytest.raises(AlreadyRecorded):
            journal.record(prepared(), PASSED)
        with pytest.raises(AlreadyRecorded):
            journal.record_all([(prepared("i-3"), PASSED), (prepared("i-3"), PASSED)])
        assert journal.healthy, "that is no failure of the journal"
    with journal_in(tmp_path) as journal:
        with pytest.raises(AlreadyRecorded):
            journal.record(prepared(), PASSED)
        assert not journal.is_ours("c-2")
        journal.record(prepared("i-4"), PASSED)
    assert [row["intent_id"] for row in rows(tmp_path, "SELECT intent_id FROM intents")] == ["i-1", "i-4"]


@pytest.mark.parametrize("kind", list(Outcome), ids=lambda kind: kind.name)
def test_final_outcomes_end_an_intent_and_others_do_not(tmp_path: Path, kind: Outcome) -> None:
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
        assert journal.open_of("c-1") == ("i-1",)
        journal.outcome("i-1", Outcome.IN_DOUBT, "the link was lost", NOW)
        journal.outcome("i-1", kind, "so it was", NOW)
        assert journal.open_of("c-1") == (() if kind.final else ("i-1",))
        assert len(journal.open_intents()) == (0 if kind.final else 1)
    with journal_in(tmp_path) as journal:
        assert len(journal.open_intents()) == (0 if kind.final else 1)
    told = [(row["kind"], row["reason"]) for row in rows(tmp_path, "SELECT * FROM outcomes ORDER BY number")]
    assert told == [("in doubt", "the link was lost"), (kind.value, "so it was")]


def test_an_open_request_comes_with_the_placement_of_its_order(tmp_path: Path) -> None:
    cancel = prepared("i-2", "c-1", CancelOrder("EPEX M7", "c-1"))
    stranger = prepared("i-3", "c-3", AmendOrder("EPEX M7", "c-3", Quantity(SCALE)))
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
        journal.outcome("i-1", Outcome.ANSWERED, "", NOW)
        journal.record(cancel, PASSED)
        journal.record(stranger, PASSED)
        assert journal.placed("c-1") == prepared().intent
    with journal_in(tmp_path) as journal:
        found = [(each.intent, each.placed) for each in journal.open_intents()]
        assert found == [(cancel.intent, prepared().intent), (stranger.intent, None)]
        assert journal.client_ids() == {"c-1", "c-3"}


def test_it_tells_whether_anything_may_live_that_was_sent_over_a_connection(tmp_path: Path) -> None:
    def since(seconds: int, connection: str = "EPEX M7") -> bool:
        return journal.placed_since(connection, UtcNs(NOW.utc + seconds * SECOND))

    with journal_in(tmp_path) as journal:
        assert not since(0)
        journal.deny(prepared("i-0", "c-0").intent, "not today")
        assert not since(0), "what was denied was not sent"
        journal.record(prepared(), PASSED)
        journal.outcome("i-1", Outcome.ANSWERED, "Active/AddedByUser", NOW)
        assert since(0) and not since(1) and not since(0, "Nord Pool")
    assert since(0), "it can't be looked up: it may be so"


def test_what_was_denied_is_kept_and_is_neither_open_nor_ours(tmp_path: Path) -> None:
    blocked = Assessment((Finding("tick", "price", Level.BLOCK, "Price 38.001 is no multiple of the tick"),))
    with journal_in(tmp_path) as journal:
        journal.deny(prepared().intent, blocked.words, prepared=prepared(), assessment=blocked)
        journal.deny(prepared("i-2", "c-2").intent, "connection: down")
        assert not journal.is_ours("c-1")
        with pytest.raises(AlreadyRecorded):
            journal.record(prepared(), PASSED)
    with journal_in(tmp_path) as journal:
        assert journal.open_intents() == [] and journal.client_ids() == frozenset() and journal.placed("c-1") is None
    kept = rows(tmp_path, "SELECT intent_id, verdict, ended, frame FROM intents ORDER BY number")
    assert [tuple(row.values()) for row in kept] == [
        ("i-1", "blocked", "denied", FRAME),
        ("i-2", "not checked", "denied", None),
    ]


# Secrets


def test_nothing_that_looks_like_a_secret_is_written(tmp_path: Path) -> None:
    masker = Masker()
    masker.know(Secret("hunter2000"))
    terms = PowerTerms(comment='password="x y" hunter2000 bearer a"b')
    order = prepared(command=PlaceOrder(KEY, Side.BUY, Quantity(SCALE), Price(SCALE), terms))
    frame = b'{"authorization":"Bearer abc.def","note":"hunter2000"}'
    with journal_in(tmp_path, masker.mask) as journal:
        journal.record(prepared("i-1", "c-1", order.intent.command, frame), PASSED)
        journal.outcome("i-1", Outcome.SENT, "token=hunter2000", NOW)
        journal.frame(Frame(Direction.IN, "EPEX M7", "urn:orders", frame, NOW))
    with journal_in(tmp_path) as journal:
        (found,) = journal.open_intents()
        assert isinstance(found.intent.command, PlaceOrder) and found.intent.command.price == SCALE
        assert journal.notices == []
    for file in tmp_path.iterdir():
        data = file.read_bytes()
        assert b"hunter2000" not in data and b"abc.def" not in data, file.name


# When it can't


def test_a_held_file_refuses_in_words_and_recovers(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        with held(tmp_path):
            with pytest.raises(JournalRefused, match="another program holds the file") as refused:
                journal.record(prepared(), PASSED)
            assert not isinstance(refused.value, AlreadyRecorded)
            assert not journal.healthy and str(journal.path) in journal.reason
            assert not journal.mend(NOW)
        assert not journal.mend(Instant(NOW.monotonic + 0.5, NOW.utc)), "once a second is enough"
        assert journal.mend(Instant(NOW.monotonic + 1.1, NOW.utc))
        assert journal.reason == ""
        journal.record(prepared(), PASSED)
    assert len(rows(tmp_path, "SELECT * FROM intents")) == 1


def test_a_full_disk_refuses_and_what_was_there_stays(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
        size = max(file.stat().st_size for file in tmp_path.iterdir())
        with full_disk(size), pytest.raises(JournalRefused, match="disk"):
            fill(journal)
        assert not journal.healthy
        assert journal.mend(NOW)
    with journal_in(tmp_path) as journal:
        assert journal.healthy and journal.notices == []
        assert journal.open_intents()[0].intent.intent_id == "i-1"


def test_a_read_only_file_refuses(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        assert journal._database is not None
        journal._database.execute("PRAGMA query_only = ON")
        with pytest.raises(JournalRefused, match="read-only"):
            journal.record(prepared(), PASSED)


def test_what_could_not_be_written_waits_in_order(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        with held(tmp_path):
            journal.record_late(prepared("i-2", "c-1", CancelOrder("EPEX M7", "c-1")), PASSED)
        # The file is free again, but nothing overtakes what waits.
        journal.outcome("i-2", Outcome.ANSWERED, "gone", NOW)
        with held(tmp_path):
            journal.deny(prepared("i-3", "c-3").intent, "blocked")
            assert rows(tmp_path, "SELECT * FROM intents") == []
            with pytest.raises(JournalRefused, match="entries wait"):
                journal.record(prepared(), PASSED)
        journal.record(prepared(), PASSED)
        assert journal.healthy
    ended = rows(tmp_path, "SELECT intent_id, ended FROM intents ORDER BY number")
    assert [tuple(row.values()) for row in ended] == [("i-2", "answered"), ("i-3", "denied"), ("i-1", None)]


def test_what_waits_is_bounded_and_the_loss_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.journal.journal.LATE_KEPT", 3)
    with journal_in(tmp_path) as journal:
        with held(tmp_path):
            for number in range(5):
                journal.outcome(f"i-{number}", Outcome.SENT, "", NOW)
            assert "2 entries were given up" in journal.reason
        assert journal.mend(NOW)
    kept = [row["intent_id"] for row in rows(tmp_path, "SELECT intent_id FROM outcomes ORDER BY number")]
    assert kept == ["i-2", "i-3", "i-4"]


def test_what_waits_is_written_when_it_closes(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal, held(tmp_path):
        journal.outcome("i-1", Outcome.SENT, "", NOW)
    assert len(rows(tmp_path, "SELECT * FROM outcomes")) == 1


def test_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        pass
    with pytest.raises(JournalRefused, match="closed"):
        journal.record(prepared(), PASSED)
    journal.close()


# At the start


@pytest.mark.parametrize("content", [b"not a database at all, whatever its name says. " * 50, None])
def test_a_file_that_cannot_be_read_is_set_aside_and_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "orders.sqlite3"
    if content is None:
        with journal_in(tmp_path) as journal:
            for number in range(200):
                journal.record(prepared(f"i-{number}"), PASSED)
        whole = path.read_bytes()
        content = whole[:8192] + b"\xa5" * (len(whole) - 16384) + whole[-8192:]
    for _ in range(2):
        path.write_bytes(content)
        with journal_in(tmp_path) as journal:
            (notice,) = journal.notices
            journal.record(prepared(), PASSED)
            assert journal.healthy
    assert (tmp_path / "orders.unreadable-1.sqlite3").read_bytes() == content
    assert (tmp_path / "orders.unreadable-2.sqlite3").read_bytes() == content
    assert str(tmp_path / "orders.unreadable-2.sqlite3") in notice


def test_a_newer_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
    with closing(sqlite3.connect(journal.path)) as database:
        database.execute("PRAGMA user_version = 99")
    before = journal.path.read_bytes()
    with journal_in(tmp_path) as journal:
        assert not journal.healthy
        with pytest.raises(JournalRefused, match=rf"newer Quarterdeck \(version 99; this one knows {LAYOUT.version}\)"):
            journal.record(prepared("i-2"), PASSED)
        journal.outcome("i-1", Outcome.ANSWERED, "", NOW)
        assert not journal.mend(NOW)
    assert journal.path.read_bytes() == before


def test_a_folder_that_cannot_be_used_refuses_orders_not_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with journal_in(tmp_path / "file" / "journal") as journal:
        assert not journal.healthy and "file" in journal.reason
        assert journal.open_intents() == [] and journal.placed("c-1") is None
        with pytest.raises(JournalRefused):
            journal.record(prepared(), PASSED)


def test_a_row_that_cannot_be_read_is_told_and_the_others_are_there(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
        journal.record(prepared("i-2", "c-2"), PASSED)
    with closing(sqlite3.connect(journal.path)) as database, database:
        database.execute("""UPDATE intents SET command = '{"type":"PlaceOption"}' WHERE intent_id = 'i-1'""")
    with journal_in(tmp_path) as journal:
        assert [found.intent.intent_id for found in journal.open_intents()] == ["i-2"]
        assert journal.is_ours("c-1")
        (notice,) = journal.notices
        assert "i-1" in notice and "c-1" in notice


@pytest.mark.skipif(sys.platform == "win32", reason="other people's access is not a mode there")
def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
        assert {file.stat().st_mode & 0o77 for file in tmp_path.iterdir()} == {0}
