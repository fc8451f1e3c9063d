"""The journal with orders of more than one kind: FX orders and pairs, and files from before there were any."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.risk import PASSED
from protocols.market.commands import CancelOrder, Command, Intent, placed_as
from tests.app.journal_files import NOW, PLACE, journal_in, prepared, rows
from tests.support.fx import order, pair


def kept(folder: Path, command: Command) -> Intent:
    """What a journal that is opened anew has of it."""
    with journal_in(folder) as journal:
        journal.record(prepared(command=command), PASSED)
    with journal_in(folder) as journal:
        (found,) = journal.open_intents()
        assert found.placed == found.intent
        return found.intent


def test_an_fx_order_is_kept_whole(tmp_path: Path) -> None:
    command = order("STOP_LIMIT", "1.05", "1.06", note="why")
    assert kept(tmp_path, command) == Intent("i-1", "c-1", command, NOW)


def test_a_pair_is_kept_whole(tmp_path: Path) -> None:
    assert kept(tmp_path, pair()) == Intent("i-1", "c-1", pair(), NOW)


def test_an_order_from_before_there_was_fx_is_read(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.record(prepared(), PASSED)
    with closing(sqlite3.connect(tmp_path / "orders.sqlite3", isolation_level=None)) as database:
        database.execute("UPDATE intents SET command = json_remove(command, '$.terms.market')")
    (row,) = rows(tmp_path, "SELECT command FROM intents")
    assert "power" not in str(row["command"])
    with journal_in(tmp_path) as journal:
        (found,) = journal.open_intents()
        assert found.intent.command == PLACE
        assert journal.notices == []


def test_legs_are_ours_and_know_what_placed_them(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.record(prepared(command=pair()), PASSED)
        for leg in ("c-1.1", "c-1.2"):
            assert journal.is_ours(leg)
            assert journal.open_of(leg) == ("i-1",)
            placed = journal.placed(leg)
            assert placed is not None and placed.intent_id == "i-1"
        assert not journal.is_ours("c-2.1")
        journal.record(prepared("i-2", "c-1.2", CancelOrder("FX", "c-1.2")), PASSED)
    with journal_in(tmp_path) as journal:
        cancel = journal.open_intents()[-1]
        assert cancel.placed is not None and cancel.placed.intent_id == "i-1"
    assert [placed_as(name) for name in ("c-1", "c-1.1", "c-1.3", ".1")] == ["c-1", "c-1", "c-1.3", ".1"]


def test_a_note_is_masked_like_a_comment(tmp_path: Path) -> None:
    with journal_in(tmp_path, lambda text: text.replace("planted", "***")) as journal:
        journal.record(prepared(command=order(note="planted secret")), PASSED)
    (row,) = rows(tmp_path, "SELECT command, said FROM intents")
    assert "planted" not in str(row)
