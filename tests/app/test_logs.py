"""What gets into the log, and what does not."""

import json
import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logs import FILES_KEPT, SECRETS_KNOWN, Logs, Masker, MaskingFormatter, user_log_folder
from protocols.secret import Secret

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0cmFkZXIifQ.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.fixture
def masker() -> Masker:
    masker = Masker()
    masker.know(Secret("correct horse battery"))
    return masker


@pytest.fixture
def log(masker: Masker, tmp_path: Path) -> Iterator[Path]:
    """A log file that everything goes into."""
    logs = Logs(masker, level=logging.DEBUG, folder=tmp_path / "logs")
    assert logs.file is not None
    yield logs.file
    logs.close()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: bearer abc.def-123", "Authorization: bearer ***"),
        ("'Authorization': 'Bearer abc'", "'Authorization': '***'"),
        (f"got {JWT} today", "got *** today"),
        ('{"username": "trader", "password": "hunter2"}', '{"username": "trader", "password": "***"}'),
        (r'{"password": "with \" quote and more"}', '{"password": "***"}'),
        ("{'token': 'abc'}", "{'token': '***'}"),
        (json.dumps({"data": json.dumps({"token": "abc"})}), r'{"data": "{\"token\": \"***\"}"}'),
        (r'{"data": "{\"password\": \"a \\\" b\", \"x\": 1}"}', r'{"data": "{\"password\": \"***\", \"x\": 1}"}'),
        ("POST /auth?password=hunter2&x=1", "POST /auth?password=***&x=1"),
        ("it was correct horse battery.", "it was ***."),
        ("a bearer of news; the password is wrong", "a bearer *** news; the password is wrong"),
        ("72.15 EUR/MWh", "72.15 EUR/MWh"),
    ],
)
def test_what_looks_like_a_secret_is_masked(masker: Masker, text: str, masked: str) -> None:
    assert masker.mask(text) == masked


def test_tracebacks_are_masked_as_well(log: Path) -> None:
    try:
        raise ValueError(f"sent with bearer {JWT} and correct horse battery")
    except ValueError:
        logging.getLogger("test").exception("failed with %s", "correct horse battery")
    written = log.read_text()
    assert "Traceback" in written
    assert JWT not in written
    assert "correct horse" not in written


def test_a_venues_text_can_neither_forge_a_line_nor_move_the_cursor(log: Path) -> None:
    logging.getLogger("test").warning("venue says %s", "fine\n2026-01-01 ERROR forged\x1b[2J\x9b")
    lines = log.read_text().splitlines()
    assert len(lines) == 1
    assert r"fine\x0a2026-01-01 ERROR forged\x1b[2J\x9b" in lines[0]


def test_only_the_newest_secrets_are_kept_and_short_ones_are_not_masked(masker: Masker) -> None:
    masker.know(Secret("ab"))
    for number in range(SECRETS_KNOWN):
        masker.know(Secret(f"token-{number}-end"))
    assert masker.mask("ab token-7-end correct horse battery") == "ab *** correct horse battery"


def test_a_secret_that_begins_as_another_one_is_masked_whole(masker: Masker) -> None:
    for typed in ("hunter", "hunter-of-owls", "hunter-of"):
        masker.know(Secret(typed))
    assert masker.mask("hunter-of-owls, hunter") == "***, ***"


def test_the_file_is_bounded_and_private(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = next(handler for handler in logging.getLogger().handlers if hasattr(handler, "maxBytes"))
    monkeypatch.setattr(handler, "maxBytes", 1_000)
    for number in range(200):
        logging.getLogger("test").info("line %d %s", number, "x" * 100)
    files = sorted(log.parent.iterdir())
    assert len(files) == FILES_KEPT + 1
    assert all(file.stat().st_size <= 1_000 for file in files)
    if sys.platform != "win32":
        assert stat.S_IMODE(log.stat().st_mode) & 0o077 == 0


def test_a_folder_that_cannot_be_written_costs_the_file_and_not_the_start(
    masker: Masker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    logs = Logs(masker, folder=tmp_path / "taken")
    logging.getLogger("test").warning("still here")
    logs.close()
    assert logs.file is None
    assert "no log file in" in capsys.readouterr().err


def test_close_puts_the_root_logger_back(masker: Masker, tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    Logs(masker, level=logging.DEBUG, folder=tmp_path).close()
    assert (root.level, list(root.handlers)) == before


def test_bytes_that_are_no_text_are_written_as_escapes(log: Path) -> None:
    logging.getLogger("test").info("odd %s", "\ud800")
    assert r"odd \ud800" in log.read_text()


def test_the_folder_is_the_users(masker: Masker) -> None:
    assert "quarterdeck" in user_log_folder().parts
    assert MaskingFormatter(masker).usesTime()
