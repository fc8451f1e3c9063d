"""The record of frames: beside the orders, in order, bounded, and never in their way."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.journal.database import BUSY_SECONDS
from app.journal.recorder import Recorder
from app.risk import PASSED
from protocols.market.times import SECOND, Instant, UtcNs
from protocols.session import Direction, Frame
from tests.app.journal_files import NOW, held, journal_in, prepared, rows


def test_frames_are_written_in_order_a_file_a_month(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        for number in range(1_200):
            journal.frame(Frame(Direction.OUT, "EPEX M7", "urn:orders", b"%d" % number, NOW))
        december = Instant(9.0, UtcNs(NOW.utc + 30 * 24 * 3600 * SECOND))
        journal.frame(Frame(Direction.IN, "EPEX M7", "urn:orders", b"\xff not text", december))
    november = rows(tmp_path, "SELECT * FROM frames ORDER BY number", "frames-2026-11")
    assert [row["frame"] for row in november] == [b"%d" % number for number in range(1_200)]
    (row,) = rows(tmp_path, "SELECT direction, connection, channel, frame, utc FROM frames", "frames-2026-12")
    assert tuple(row.values()) == ("in", "EPEX M7", "urn:orders", b"\xff not text", december.utc)
    assert journal.frames_lost == 0 and journal.frames_reason == ""


@pytest.mark.parametrize("bound", [{"frames_waiting": 4}, {"bytes_waiting": 4}], ids=["frames", "bytes"])
def test_when_the_disk_cannot_follow_the_oldest_go_counted_and_told(tmp_path: Path, bound: dict[str, int]) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow(text: str) -> str:
        reached.set()
        assert go_on.wait(30)
        return text

    with closing(Recorder(tmp_path, slow, **bound)) as recorder:
        recorder.put(Frame(Direction.OUT, "EPEX M7", "urn", b"a", NOW))
        assert reached.wait(30)
        for letter in "bcdefgh":
            recorder.put(Frame(Direction.OUT, "EPEX M7", "urn", letter.encode(), NOW))
        assert recorder.lost == 3
        assert "oldest" in recorder.reason
        go_on.set()
    assert recorder.lost == 3 and recorder.reason == ""
    kept = rows(tmp_path, "SELECT direction, frame, lost FROM frames ORDER BY number", "frames-2026-11")
    assert [tuple(row.values()) for row in kept] == [
        ("out", b"a", 0),
        ("missing", None, 3),
        *(("out", letter.encode(), 0) for letter in "efgh"),
    ]


def test_frames_that_cannot_be_written_are_counted_and_orders_go_on(tmp_path: Path) -> None:
    (tmp_path / "frames-2026-11.sqlite3").mkdir()
    with journal_in(tmp_path) as journal:
        journal.frame(Frame(Direction.OUT, "EPEX M7", "urn", b"a", NOW))
        journal.record(prepared(), PASSED)
    assert journal.frames_lost == 1 and journal.frames_reason


def test_a_file_that_another_program_holds_for_a_moment_costs_no_frame(tmp_path: Path) -> None:
    def put(letter: bytes) -> None:
        recorder.put(Frame(Direction.OUT, "EPEX M7", "urn", letter, NOW))

    with closing(Recorder(tmp_path, lambda text: text)) as recorder:
        put(b"a")
    with closing(Recorder(tmp_path, lambda text: text)) as recorder:
        with held(tmp_path, "frames-2026-11"):
            put(b"b")
            closes = threading.Thread(target=recorder.close)
            closes.start()
            closes.join(2 * BUSY_SECONDS)
            assert closes.is_alive(), "it waits longer than anything that a trader waits for"
        closes.join()
    assert recorder.lost == 0
    assert [row["frame"] for row in rows(tmp_path, "SELECT frame FROM frames", "frames-2026-11")] == [b"a", b"b"]
